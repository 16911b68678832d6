//! The coverage table in the width of a terminal.

use std::collections::BTreeMap;

use daylight_model::{CoverageCell, CoverageRow, Interval, LogFamily, Outcome, SubjectKind};
use unicode_width::UnicodeWidthStr;

use super::{Paint, pad, push_wrapped};
use crate::coverage::NO_RULE;
use crate::reach::Reach;
use crate::windows::{misses_window, window_of};
use crate::{Case, clean, words};

/// How many rows of the coverage table the terminal shows; an advisory names a hundred.
const ROWS_SHOWN_MAX: usize = 24;

/// The coverage table in short: what no rule looks for on one line, hits before the rest.
pub(super) fn push_rows(out: &mut String, case: &Case<'_>, width: usize, paint: Paint) {
    let (mut shown, unwatched): (Vec<&CoverageRow>, Vec<&CoverageRow>) = case
        .coverage
        .rows
        .iter()
        .partition(|row| row.note != NO_RULE);
    out.push_str(&format!("\n  {}\n", paint.bold("Looked for")));
    if shown.len() > ROWS_SHOWN_MAX {
        shown.sort_by_key(|row| row.outcome != Outcome::Hit);
    }
    for row in shown.iter().take(ROWS_SHOWN_MAX) {
        push_row(out, row, window_of(row, case.coverage), width, paint);
    }
    let more = shown.len().saturating_sub(ROWS_SHOWN_MAX);
    if more > 0 {
        let text = format!("and {more} more in the dossier");
        out.push_str(&format!("  {}\n", paint.soft(&text)));
    }
    if !unwatched.is_empty() {
        let ids: Vec<String> = unwatched.iter().map(|row| row.id.clone()).collect();
        let text = format!(
            "? No rule here looks for {}: could not see.",
            words::list_at_most(&ids, ROWS_SHOWN_MAX)
        );
        push_wrapped(out, "  ", &text, width, |line| {
            paint.outcome(Outcome::CouldNotSee, line)
        });
    }
}

/// Log families that would show something and showed nothing: those whose logs are of
/// another time, and those of which nothing of use was there.
pub(super) fn dark_families(rows: &[CoverageRow]) -> (Vec<&'static str>, Vec<&'static str>) {
    let mut families: BTreeMap<LogFamily, (bool, bool)> = BTreeMap::new();
    for cell in rows.iter().flat_map(|row| &row.cells) {
        let (dark, missed) = families.entry(cell.family).or_insert((true, false));
        *dark &= cell.outcome == Outcome::CouldNotSee;
        *missed |= misses_window(cell);
    }
    families.retain(|_, (dark, _)| *dark);
    let of = |wanted: bool| {
        let families = families.iter();
        families
            .filter(|(_, (_, missed))| *missed == wanted)
            .map(|(family, _)| family.title())
            .collect()
    };
    (of(true), of(false))
}

/// From this width on a row has room for what it rests on.
const WIDTH_FOR_REACH: usize = 96;

fn push_row(
    out: &mut String,
    row: &CoverageRow,
    window: Option<Interval>,
    width: usize,
    paint: Paint,
) {
    let (id, name) = (clean::value(&row.id), clean::value(&row.name));
    let name = match row.kind {
        _ if name.is_empty() || name == id => id,
        // The id of a report tells people nothing.
        SubjectKind::Indicators => name,
        _ => format!("{id}  {name}"),
    };
    let reach = Reach::of_row(row, window);
    let title = match width >= WIDTH_FOR_REACH {
        true => reach.outcome(row.outcome),
        false => row.outcome.title().into(),
    };
    let room = width.saturating_sub(8 + title.width());
    let name = pad(&name, room);
    out.push_str(&format!(
        "  {} {name}  {}\n",
        paint.outcome(row.outcome, sign(row.outcome)),
        paint.outcome(row.outcome, &title)
    ));
    for line in row_remarks(row, reach) {
        push_wrapped(out, "      ", &clean::line(&line), width, |line| {
            paint.soft(line)
        });
    }
}

/// What has to be known to read a row that is not a hit: its gaps, and what was dark.
fn row_remarks(row: &CoverageRow, reach: Reach) -> Vec<String> {
    let with = |outcome| row.cells.iter().filter(move |cell| cell.outcome == outcome);
    let dark: Vec<&str> = with(Outcome::CouldNotSee)
        .map(|cell| cell.needs.as_str())
        .collect();
    match row.outcome {
        Outcome::Hit => Vec::new(),
        Outcome::CouldNotSee => match row.cells.as_slice() {
            [] => vec![row.note.clone()],
            [only] => vec![only.note.clone()],
            _ => vec![format!("Would show in {}.", words::list_at_most(&dark, 5))],
        },
        Outcome::NotSeen => {
            let seen: Vec<&CoverageCell> = with(Outcome::NotSeen).collect();
            let dark = (!dark.is_empty())
                .then(|| format!("Could not see: {}.", words::list_at_most(&dark, 5)));
            std::iter::once(looked_into(&seen, reach))
                .chain(dark)
                .collect()
        }
    }
}

/// Which logs an absence rests on, from when to when, and whether that is all of the time.
fn looked_into(cells: &[&CoverageCell], part: Reach) -> String {
    let needs: Vec<&str> = cells.iter().map(|cell| cell.needs.as_str()).collect();
    let reach = cells
        .iter()
        .filter_map(|cell| cell.covered)
        .reduce(|a, b| Interval {
            start: a.start.min(b.start),
            end: a.end.max(b.end),
        });
    let reach = reach
        .map(|reach| format!(", {}", words::reach(reach)))
        .unwrap_or_default();
    let part = match part {
        Reach::Seconds { .. } | Reach::Days { .. } => format!(": {} only", part.part()),
        _ => String::new(),
    };
    format!(
        "Looked into {}{reach}{part}.",
        words::list_at_most(&needs, 5)
    )
}

pub(super) const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hit => "●",
        Outcome::NotSeen => "○",
        Outcome::CouldNotSee => "?",
    }
}
