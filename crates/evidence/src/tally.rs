//! What a file, or a stretch of one, came to: counts, times, and what was wrong.

use daylight_model::{Event, Limits, LogFamily, Problem, SourceRecord};

use crate::clock::ClockComparison;
use crate::statistics::Statistics;

/// Counts of events and problems. Those of a file's stretches add up to those of the file.
#[derive(Default)]
pub(crate) struct Tally {
    events: u64,
    records_failed: u64,
    problems: Vec<Problem>,
    problems_left_out: u64,
    statistics: Statistics,
    clock: ClockComparison,
}

impl Tally {
    /// Counts an event. `time_field` names where its time was taken from.
    pub(crate) fn event(&mut self, event: &Event<'_>, time_field: &str) {
        self.events += 1;
        self.statistics.add(event);
        self.clock.add(event, time_field);
    }

    /// Counts events that nobody wanted to see.
    pub(crate) fn unseen(&mut self, family: LogFamily, count: u64) {
        self.events += count;
        self.statistics.unseen(family, count);
    }

    /// Counts what is no event of the file's own.
    pub(crate) fn listing(&mut self, event: &Event<'_>) {
        self.statistics.add(event);
    }

    /// A record could not be read.
    pub(crate) fn failed(&mut self) {
        self.records_failed += 1;
    }

    /// Something is wrong. Details beyond the limit are only counted.
    pub(crate) fn problem(&mut self, problem: Problem, limits: &Limits) {
        if self.problems.len() < limits.problems_max {
            self.problems.push(problem);
        } else {
            self.problems_left_out += 1;
        }
    }

    /// Adds what the stretches of a file came to, given in their order.
    pub(crate) fn add(&mut self, stretches: impl IntoIterator<Item = Self>, limits: &Limits) {
        let own = std::mem::take(&mut self.problems);
        let mut problems = own;
        for stretch in stretches {
            self.events += stretch.events;
            self.records_failed += stretch.records_failed;
            self.problems_left_out += stretch.problems_left_out;
            problems.extend(stretch.problems);
            self.statistics.merge(stretch.statistics);
            self.clock.merge(stretch.clock);
        }
        problems.sort_by_key(|problem| problem.offset.unwrap_or(u64::MAX));
        for problem in problems {
            self.problem(problem, limits);
        }
    }

    /// Writes it all into the file's record.
    pub(crate) fn finish(mut self, record: &mut SourceRecord) {
        if self.problems_left_out > 0 {
            self.problems.push(Problem {
                path: record.path.clone(),
                offset: None,
                record: None,
                message: format!("{} more problems are not listed", self.problems_left_out),
            });
        }
        record.events = self.events;
        record.records_failed = self.records_failed;
        record.problems = self.problems;
        let summary = self.statistics.finish();
        record.first = summary.first;
        record.last = summary.last;
        record.hosts = summary.hosts;
        record.statistics = summary.kinds;
        record.clock_differences.extend(self.clock.finish());
    }
}
