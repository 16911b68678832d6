//! Clocks of the same events that disagree: measured and reported, never mended.

use daylight_model::{ClockDifference, Event, LogFamily, Timestamp};

use crate::time;

/// Events compared in one file, and in a part of one that is read by itself; more would tell
/// nothing new.
const COMPARED_MAX: usize = 20_000;
const COMPARED_IN_PART_MAX: usize = 8;
/// Events needed before anything is said.
const COMPARED_MIN: usize = 3;
/// Differences below this are delay, not another clock.
const DIFFERENCE_SECONDS_MIN: i64 = 60;
/// How far from the median a difference may lie and still belong to it.
const SPREAD_MILLISECONDS_MAX: i64 = 60_000;

/// Compares the event's own time with the `UtcTime` that Sysmon writes into the event.
#[derive(Default)]
pub(crate) struct ClockComparison {
    used: String,
    milliseconds: Vec<i64>,
}

impl ClockComparison {
    /// `used` is the field that the event's time was taken from.
    pub(crate) fn add(&mut self, event: &Event<'_>, used: &str) {
        if event.family != LogFamily::WindowsSysmon
            || self.milliseconds.len() >= COMPARED_IN_PART_MAX
        {
            return;
        }
        if let Some((time, other)) = event.time.zip(utc_time(event)) {
            if self.used.is_empty() {
                self.used.push_str(used);
            }
            self.milliseconds
                .push(other.as_millisecond() - time.as_millisecond());
        }
    }

    /// Adds what another part of the same file showed.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.used.is_empty() {
            self.used = other.used;
        }
        let room = COMPARED_MAX.saturating_sub(self.milliseconds.len());
        self.milliseconds
            .extend(other.milliseconds.into_iter().take(room));
    }

    /// The difference, where it is steady and large enough to matter.
    pub(crate) fn finish(mut self) -> Option<ClockDifference> {
        if self.milliseconds.len() < COMPARED_MIN {
            return None;
        }
        self.milliseconds.sort_unstable();
        let median = *self.milliseconds.get(self.milliseconds.len() / 2)?;
        let near = |value: &&i64| (**value - median).abs() <= SPREAD_MILLISECONDS_MAX;
        let steady = self.milliseconds.iter().filter(near).count();
        let seconds = (median as f64 / 1e3).round() as i64;
        let is_steady = steady * 10 >= self.milliseconds.len() * 9;
        (is_steady && seconds.abs() >= DIFFERENCE_SECONDS_MIN).then(|| ClockDifference {
            used: self.used,
            other: "UtcTime".to_owned(),
            difference_seconds: seconds,
            events: steady as u64,
        })
    }
}

fn utc_time(event: &Event<'_>) -> Option<Timestamp> {
    time::parse(&event.value("UtcTime")?.text()?)
}
