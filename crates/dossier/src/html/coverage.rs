//! What was not seen, and what could not be seen.

use std::collections::BTreeSet;

use daylight_model::{CoverageCell, CoverageRow, LogFamily, Outcome};
use maud::{Markup, html};

use super::{outcome_class, outcome_sign, outcome_words};
use crate::coverage::outcome_by_family;
use crate::{Case, clean, words};

pub(super) fn section(case: &Case<'_>) -> Markup {
    let coverage = case.coverage;
    html! {
        section #coverage aria-labelledby="coverage-title" {
            h2 #coverage-title { "What was not seen, and what could not be seen" }
            p.lead {
                "“Not seen” is said only of logs that were there, record such events and reach into the "
                "time of the operation. Everything else could not be seen, and proves nothing."
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
                (heat(&coverage.rows))
                h3 { "Cell by cell" }
                @for row in &coverage.rows { (row_details(row)) }
            }
        }
    }
}

fn heat(rows: &[CoverageRow]) -> Markup {
    let families: BTreeSet<LogFamily> = rows
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
                    @for row in rows {
                        @let by_family = outcome_by_family(row);
                        tr {
                            th scope="row" { (clean::value(&row.id)) span.name { (clean::value(&row.name)) } }
                            (heat_cell(Some(row.outcome)))
                            @for family in &families { (heat_cell(by_family.get(family).copied())) }
                        }
                    }
                }
            }
        }
    }
}

fn heat_cell(outcome: Option<Outcome>) -> Markup {
    html! {
        @match outcome {
            Some(outcome) => {
                td class=(outcome_class(outcome)) {
                    span.sign aria-hidden="true" { (outcome_sign(outcome)) }
                    span.word { (match outcome {
                        Outcome::Hit => "hit",
                        Outcome::NotSeen => "not seen",
                        Outcome::CouldNotSee => "could not see",
                    }) }
                }
            }
            None => { td.none { span aria-hidden="true" { "–" } span.hidden { "would not show there" } } }
        }
    }
}

fn row_details(row: &CoverageRow) -> Markup {
    html! {
        details.row {
            summary {
                span class={ "chip " (outcome_class(row.outcome)) } { (outcome_words(row.outcome)) } " "
                strong { (clean::value(&row.id)) } " " (clean::value(&row.name))
            }
            @if !row.note.is_empty() { p { (clean::line(&row.note)) } }
            @if !row.cells.is_empty() {
                table.stacked.cells {
                    caption.hidden { "Logs that would show " (clean::value(&row.id)) }
                    thead { tr { th scope="col" { "Events" } th scope="col" { "Outcome" } th scope="col" { "Read" } th scope="col" { "Why" } } }
                    tbody { @for cell in &row.cells { (cell_row(cell)) } }
                }
            }
        }
    }
}

/// The note of a cell without a hit names its first gaps; the list is for the others.
const fn lists_gaps(cell: &CoverageCell) -> bool {
    cell.gaps.len() > 4 || (matches!(cell.outcome, Outcome::Hit) && !cell.gaps.is_empty())
}

fn cell_row(cell: &CoverageCell) -> Markup {
    html! {
        tr {
            th scope="row" data-label="Events" { (clean::value(&cell.needs)) }
            td data-label="Outcome" { span class={ "chip " (outcome_class(cell.outcome)) } { (outcome_words(cell.outcome)) } }
            td data-label="Read" {
                (words::number(cell.events))
                @if let Some(covered) = cell.covered { span.reach { (words::interval(covered)) } }
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
