//! What was not seen, and what could not be seen.

use std::collections::{BTreeMap, BTreeSet};

use daylight_model::{
    Coverage, CoverageCell, CoverageRow, Interval, LogFamily, Outcome, Timestamp,
};
use maud::{Markup, html};

use super::{coordinate as at, machines, outcome_class, outcome_sign, outcome_words};
use crate::coverage::{most_telling, rank, rows_not_shown};
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
                (machines::table(coverage))
                h3 { "Cell by cell" }
                @for row in most_telling(coverage) { (row_details(row, window_of(row, coverage))) }
                @if let Some(rest) = rows_not_shown(coverage) { p.note { (rest) } }
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
        p.legend {
            "Each thing looked for, by the logs that would show it. ● hit · ○ not seen where it would show · "
            "? could not see · – would not show there."
            @if has_ends(coverage.window) { " Bars are the time of the operation, filled where there are such events." }
        }
        div.scroll role="region" aria-label="Coverage table" tabindex="0" {
            table.heat {
                caption.hidden { "Each thing looked for, by the logs that would show it" }
                thead {
                    tr {
                        th scope="col" { "Looked for" }
                        th scope="col" { "All told" }
                        @for family in &families { th scope="col" { (family.title()) } }
                    }
                }
                tbody {
                    @for row in most_telling(coverage) {
                        @let window = window_of(row, coverage);
                        @let by_family = best_by_family(row, window);
                        tr {
                            th scope="row" { (clean::value(&row.id)) span.name { (clean::value(&row.name)) } }
                            (heat_cell(row.outcome, Reach::of_row(row, window), None))
                            @for family in &families {
                                @match by_family.get(family) {
                                    Some(cell) => (heat_cell(cell.outcome, Reach::of_cell(cell, window), Some((cell, window)))),
                                    None => td.none { span aria-hidden="true" { "–" } span.hidden { "would not show there" } },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn heat_cell(
    outcome: Outcome,
    reach: Reach,
    time: Option<(&CoverageCell, Option<Interval>)>,
) -> Markup {
    html! {
        td class=(outcome_class(outcome)) {
            span.sign aria-hidden="true" { (outcome_sign(outcome)) }
            span.word { (match outcome {
                Outcome::Hit => "hit",
                Outcome::NotSeen => "not seen",
                Outcome::CouldNotSee => "could not see",
            }) }
            @if outcome == Outcome::NotSeen && !reach.part().is_empty() { span.part { (reach.part()) } }
            @if let Some((cell, window)) = time.filter(|(cell, _)| cell.events > 0) { (strip(&cell.gaps, window)) }
        }
    }
}

/// On how much of the time an absence rests: `, 2 of the 12 days`; where the time of the operation is
/// not known, from when to when.
pub(super) fn reached(reach: Reach, covered: Option<Interval>) -> String {
    match (reach, covered) {
        (Reach::Whole, _) => ", all days".into(),
        (Reach::Unknown, Some(covered)) => format!(", {}", words::reach(covered)),
        (reach, _) if reach.part().is_empty() => String::new(),
        (reach, _) => format!(", {}", reach.part()),
    }
}

/// Whether a stretch of time can be drawn.
fn has_ends(window: Option<Interval>) -> bool {
    window.is_some_and(|window| window.start.is_some() && window.end.is_some())
}

/// How many stretches are drawn; a log with more gaps is hardly one.
const STRETCHES_MAX: usize = 60;

/// The time of the operation from left to right, filled where there are such events.
pub(super) fn strip(gaps: &[Interval], window: Option<Interval>) -> Markup {
    let Some((start, end)) = window.and_then(|window| window.start.zip(window.end)) else {
        return html! {};
    };
    let seconds = |time: Timestamp| time.duration_since(start).as_secs_f64();
    let place = |time| (seconds(time) / seconds(end).max(1.0)).clamp(0.0, 1.0) * 100.0;
    let ends = gaps.iter().map(|gap| gap.end.unwrap_or(end));
    let from = std::iter::once(start).chain(ends);
    let to = gaps
        .iter()
        .map(|gap| gap.start.unwrap_or(start))
        .chain([end]);
    let stretches = from.zip(to).filter(|(from, to)| from < to);
    html! {
        span.bar aria-hidden="true" {
            @for (from, to) in stretches.take(STRETCHES_MAX) {
                span style={ "left:" (at(place(from))) "%;width:" (at(place(to) - place(from))) "%" } {}
            }
        }
    }
}

/// The cell of each family that says most: the best outcome, and the longest reach.
fn best_by_family(
    row: &CoverageRow,
    window: Option<Interval>,
) -> BTreeMap<LogFamily, &CoverageCell> {
    let mut best: BTreeMap<LogFamily, &CoverageCell> = BTreeMap::new();
    let order = |cell: &CoverageCell| (rank(cell.outcome), -Reach::of_cell(cell, window).share());
    for cell in &row.cells {
        let known = best.entry(cell.family).or_insert(cell);
        if order(cell) < order(known) {
            *known = cell;
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
