//! What was not seen, and what could not be seen.

use std::collections::{BTreeMap, BTreeSet};

use daylight_model::{
    Coverage, CoverageCell, CoverageRow, Interval, LogFamily, Outcome, Timestamp,
};
use maud::{Markup, html};

use super::{coordinate as at, machines, outcome_class, outcome_sign, outcome_words};
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
                (machines::table(coverage))
                h3 { "Cell by cell" }
                @for row in shown(coverage) { (row_details(row, window_of(row, coverage))) }
                @if coverage.rows.len() > ROWS_MAX { (more_rows(coverage)) }
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
                        "● hit · ○ not seen where it would show · ? could not see · – would not show there. "
                        @if has_ends(coverage.window) { "Bars are the time of the operation, filled where there are such events." }
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
                    @for row in shown(coverage) {
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

/// How many gaps are drawn; a log with more of them is hardly one.
const GAPS_DRAWN_MAX: usize = 60;

/// The time of the operation from left to right, dark where there are such events.
pub(super) fn strip(gaps: &[Interval], window: Option<Interval>) -> Markup {
    let Some((start, end)) = window.and_then(|window| window.start.zip(window.end)) else {
        return html! {};
    };
    let whole = end.duration_since(start).as_secs_f64().max(1.0);
    let place = |time: Timestamp| {
        (time.duration_since(start).as_secs_f64() / whole).clamp(0.0, 1.0) * 100.0
    };
    let (from, to) = (
        |gap: &Interval| place(gap.start.unwrap_or(start)),
        |gap: &Interval| place(gap.end.unwrap_or(end)),
    );
    html! {
        span.bar aria-hidden="true" {
            @for gap in gaps.iter().take(GAPS_DRAWN_MAX) {
                span style={ "left:" (at(from(gap))) "%;width:" (at(to(gap) - from(gap))) "%" } {}
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

/// How many things looked for the page shows; `coverage.json` holds all.
const ROWS_MAX: usize = 150;

/// The rows to show: where there are too many, hits before what was not seen, and that before the dark.
fn shown(coverage: &Coverage) -> Vec<&CoverageRow> {
    let mut rows: Vec<&CoverageRow> = coverage.rows.iter().collect();
    if rows.len() > ROWS_MAX {
        rows.sort_by_key(|row| rank(row.outcome));
        rows.truncate(ROWS_MAX);
    }
    rows
}

fn more_rows(coverage: &Coverage) -> Markup {
    html! {
        p.note {
            "Shown are " (ROWS_MAX) " of " (words::number(coverage.rows.len() as u64))
            " things looked for, hits first; coverage.json holds all."
        }
    }
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
