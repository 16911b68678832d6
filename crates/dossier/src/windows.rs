//! When the deeds were done that findings are measured against.

use std::collections::HashMap;

use daylight_model::{Coverage, CoverageCell, CoverageRow, Finding, Interval, LogFamily, Outcome};

use foldhash::fast::RandomState;

use crate::words;

/// How many times of different operations a sentence names.
const WINDOWS_SHOWN_MAX: usize = 3;

/// The time a row is about: its own, or that of the whole story.
pub(crate) fn window_of(row: &CoverageRow, coverage: &Coverage) -> Option<Interval> {
    row.window.or(coverage.window)
}

/// The times of the rows that each finding serves.
pub(crate) struct Windows<'a> {
    of_finding: HashMap<&'a str, Vec<Option<Interval>>, RandomState>,
    of_all_rows: Vec<Option<Interval>>,
}

impl<'a> Windows<'a> {
    pub(crate) fn of(coverage: &'a Coverage) -> Self {
        let mut of_finding: HashMap<&str, Vec<Option<Interval>>, RandomState> = HashMap::default();
        let mut of_all_rows = Vec::new();
        for row in &coverage.rows {
            let window = window_of(row, coverage);
            push_new(&mut of_all_rows, window);
            for id in row.cells.iter().flat_map(|cell| &cell.findings) {
                push_new(of_finding.entry(id).or_default(), window);
            }
        }
        Self {
            of_finding,
            of_all_rows,
        }
    }

    /// The times a finding is measured against; those of all rows where none counts it.
    fn of_finding(&self, finding: &Finding) -> &[Option<Interval>] {
        let known = self.of_finding.get(finding.id.as_str());
        known.unwrap_or(&self.of_all_rows)
    }

    /// Whether a finding certainly lies outside the time of all that it may tell of.
    pub(crate) fn is_outside(&self, finding: &Finding) -> bool {
        let windows = self.of_finding(finding);
        !windows.is_empty() && windows.iter().all(|window| is_outside(finding, *window))
    }

    /// The findings that an answer rests on: those within the time of the operation; all of
    /// them, where none is.
    pub(crate) fn nearest<'f>(&self, findings: &[&'f Finding]) -> Vec<&'f Finding> {
        let mut inside = findings.to_vec();
        inside.retain(|finding| !self.is_outside(finding));
        if inside.is_empty() {
            findings.to_vec()
        } else {
            inside
        }
    }

    /// The times findings are measured against, for people.
    pub(crate) fn in_words(&self, findings: &[&Finding]) -> String {
        in_words(findings.iter().flat_map(|it| self.of_finding(it)).copied())
    }
}

/// Whether a finding certainly lies outside a stretch of time.
pub(crate) fn is_outside(finding: &Finding, window: Option<Interval>) -> bool {
    let (Some(time), Some(window)) = (finding.time, window) else {
        return false;
    };
    window.start.is_some_and(|start| time < start) || window.end.is_some_and(|end| end <= time)
}

/// Whether the needed events are there, and only their time is another than the operation's.
pub(crate) fn misses_window(cell: &CoverageCell) -> bool {
    cell.outcome == Outcome::CouldNotSee
        && cell.family != LogFamily::FileListing
        && cell.covered.is_some()
}

/// Each time once; empty where none is known.
pub(crate) fn in_words(windows: impl Iterator<Item = Option<Interval>>) -> String {
    let mut each = Vec::new();
    for window in windows.flatten() {
        push_new(&mut each, words::interval(window));
    }
    words::list_at_most(&each, WINDOWS_SHOWN_MAX)
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
