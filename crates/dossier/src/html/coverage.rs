//! What was not seen, and what could not be seen.

use std::collections::{BTreeMap, BTreeSet};

use daylight_model::{Coverage, CoverageCell, CoverageRow, Interval, LogFamily, Outcome};
use maud::{Markup, html};

use super::{coordinate as at, outcome_class, outcome_sign, outcome_words};
use crate::coverage::rank;
use crate::reach::Reach;
use crate::windows::window_of;
use crate::{Case, clean, words};

pub(super) fn section(case: &Case<'_>) -> Markup {
    let coverage = case.coverage;
    html! {
        section #coverage aria-labelledby="coverage-title" {
            h2 #coverage-title { "What was not seen, and what could not be seen" }
            p.lead {
                "“Not seen” is said only of logs that were there, record such events and reach into the "
                "time of the operation, and only of the days they reach over. Everything else could not be seen, and proves nothing."
            }
            p {
                @match coverage.window {
                    Some(window) => {
                        "The operation ran " strong { (words::interval(window)) }
                        @if let Some(source) = &coverage.window_source { " (" (clean::value(source)) ")" } "."
                    }
                    None => { "When the operation ran is not known: gaps in the logs cannot be held against it." }
                }
            }
            @if coverage.rows.is_empty() {
                p { "The story led to nothing that can be looked for in logs." }
            } @else {
                (heat(coverage))
                h3 { "Cell by cell" }
                @for row in &coverage.rows { (row_details(row, window_of(row, coverage))) }
            }
        }
    }
}

fn heat(coverage: &Coverage) -> Markup {
    let families: BTreeSet<LogFamily> = coverage
        .rows
        .iter()
        .flat_map(|row| &row.cells)
        .map(|cell| cell.family)
        .collect();
    html! {
        div.scroll role="region" aria-label="Coverage table" tabindex="0" {
            table.heat {
                caption {
                    "Each thing looked for, by the logs that would show it. "
                    span.legend {
                        "● hit · ○ not seen where it would show · ? could not see · – would not show there"
                    }
                }
                thead {
                    tr {
                        th scope="col" { "Looked for" }
                        th scope="col" { "All told" }
                        @for family in &families { th scope="col" { (family.title()) } }
                    }
                }
                tbody {
                    @for row in &coverage.rows {
                        @let window = window_of(row, coverage);
                        @let by_family = best_by_family(row, window);
                        tr {
                            th scope="row" { (clean::value(&row.id)) span.name { (clean::value(&row.name)) } }
                            (heat_cell(Some((row.outcome, Reach::of_row(row, window)))))
                            @for family in &families { (heat_cell(by_family.get(family).copied())) }
                        }
                    }
                }
            }
        }
    }
}

fn heat_cell(cell: Option<(Outcome, Reach)>) -> Markup {
    html! {
        @match cell {
            Some((outcome, reach)) => {
                td class=(outcome_class(outcome)) {
                    span.sign aria-hidden="true" { (outcome_sign(outcome)) }
                    span.word { (match outcome {
                        Outcome::Hit => "hit",
                        Outcome::NotSeen => "not seen",
                        Outcome::CouldNotSee => "could not see",
                    }) }
                    @if outcome == Outcome::NotSeen && !reach.part().is_empty() { (share(reach)) }
                }
            }
            None => { td.none { span aria-hidden="true" { "–" } span.hidden { "would not show there" } } }
        }
    }
}

/// On how much of the time an absence rests, in words and as a bar.
fn share(reach: Reach) -> Markup {
    html! {
        span.part { (reach.part()) }
        span.bar aria-hidden="true" { span style={ "width:" (at(reach.share() * 100.0)) "%" } {} }
    }
}

/// Families in the order of the table, with the best outcome and reach each has in a row.
fn best_by_family(
    row: &CoverageRow,
    window: Option<Interval>,
) -> BTreeMap<LogFamily, (Outcome, Reach)> {
    let mut best: BTreeMap<LogFamily, (Outcome, Reach)> = BTreeMap::new();
    for cell in &row.cells {
        let here = (cell.outcome, Reach::of_cell(cell, window));
        let known = best.entry(cell.family).or_insert(here);
        let further = here.1.share() > known.1.share();
        if rank(here.0) < rank(known.0) || (here.0 == known.0 && further) {
            *known = here;
        }
    }
    best
}

fn row_details(row: &CoverageRow, window: Option<Interval>) -> Markup {
    html! {
        details.row {
            summary {
                span class={ "chip " (outcome_class(row.outcome)) } { (outcome_words(row.outcome, Reach::of_row(row, window))) } " "
                strong { (clean::value(&row.id)) } " " (clean::value(&row.name))
            }
            @if !row.note.is_empty() { p { (clean::line(&row.note)) } }
            @if !row.cells.is_empty() {
                table.stacked.cells {
                    caption.hidden { "Logs that would show " (clean::value(&row.id)) }
                    thead { tr { th scope="col" { "Events" } th scope="col" { "Outcome" } th scope="col" { "Read" } th scope="col" { "Why" } } }
                    tbody { @for cell in &row.cells { (cell_row(cell, window)) } }
                }
            }
        }
    }
}

/// The note of a cell without a hit names its first gaps; the list is for the others.
const fn lists_gaps(cell: &CoverageCell) -> bool {
    cell.gaps.len() > 4 || (matches!(cell.outcome, Outcome::Hit) && !cell.gaps.is_empty())
}

fn cell_row(cell: &CoverageCell, window: Option<Interval>) -> Markup {
    let reach = Reach::of_cell(cell, window);
    html! {
        tr {
            th scope="row" data-label="Events" { (clean::value(&cell.needs)) }
            td data-label="Outcome" { span class={ "chip " (outcome_class(cell.outcome)) } { (outcome_words(cell.outcome, reach)) } }
            td data-label="Read" {
                (words::number(cell.events))
                @if let Some(covered) = cell.covered { span.reach { (words::reach(covered)) } }
            }
            td data-label="Why" {
                (clean::line(&cell.note))
                @if lists_gaps(cell) {
                    details {
                        summary { (words::count(cell.gaps.len(), "gap", "gaps")) " in the time of the operation" }
                        ul { @for gap in cell.gaps.iter().take(100) { li { (words::interval(*gap)) } } }
                    }
                }
            }
        }
    }
}
