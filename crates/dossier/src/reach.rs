//! How much of the time of an operation the logs reach over.

use daylight_model::{CoverageCell, CoverageRow, Interval, Outcome};

use crate::words;

/// The part of the operation's time that has events of the needed kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// When the operation ran is not known, or only from one side.
    Unknown,
    /// Less than a day.
    Seconds { seen: u64, days: u64 },
    /// Some of the days.
    Days { seen: u64, days: u64 },
    /// All of it.
    Whole,
}

const DAY_SECONDS: u64 = 86_400;

impl Reach {
    /// What a cell's events reach over.
    pub(crate) fn of_cell(cell: &CoverageCell, window: Option<Interval>) -> Self {
        Self::of(cell.covered, &cell.gaps, window)
    }

    /// The longest reach of a row's cells that saw nothing.
    pub(crate) fn of_row(row: &CoverageRow, window: Option<Interval>) -> Self {
        row.cells
            .iter()
            .filter(|cell| cell.outcome == Outcome::NotSeen)
            .map(|cell| Self::of_cell(cell, window))
            .max_by(|a, b| a.share().total_cmp(&b.share()).then(a.cmp(b)))
            .unwrap_or(Self::Unknown)
    }

    pub(crate) fn of(
        covered: Option<Interval>,
        gaps: &[Interval],
        window: Option<Interval>,
    ) -> Self {
        let Some(window) = window.filter(|it| it.start.is_some() && it.end.is_some()) else {
            return Self::Unknown;
        };
        let days = days_in(window);
        let dark: u64 = gaps.iter().map(|gap| days_in(*gap)).sum();
        let seconds = covered.and_then(|covered| seconds_within(covered, window));
        match seconds {
            // Days are counted by their dates; an hour of one is not the day.
            Some(seen)
                if seen < DAY_SECONDS && seen.saturating_mul(10) < seconds_in(window) * 9 =>
            {
                Self::Seconds { seen, days }
            }
            _ if gaps.is_empty() => Self::Whole,
            _ => Self::Days {
                seen: days.saturating_sub(dark),
                days,
            },
        }
    }

    /// Between 0 and 1; what is not known counts as nothing.
    pub(crate) fn share(self) -> f64 {
        match self {
            Self::Unknown => 0.0,
            Self::Whole => 1.0,
            Self::Seconds { seen, days } => seen as f64 / (days.max(1) * DAY_SECONDS) as f64,
            Self::Days { seen, days } => seen as f64 / days.max(1) as f64,
        }
    }

    /// `2 of the 88 days`, `58 minutes of the 88 days`; empty where it is all, or not known.
    pub(crate) fn part(self) -> String {
        let all = |days| match days {
            1 => "the day".to_owned(),
            _ => format!("the {} days", words::number(days)),
        };
        match self {
            Self::Unknown | Self::Whole => String::new(),
            Self::Seconds { seen, days } => format!("{} of {}", length(seen), all(days)),
            Self::Days { seen, days } => format!("{} of {}", words::number(seen), all(days)),
        }
    }

    /// The outcome in the words people see first, with what it rests on.
    pub(crate) fn outcome(self, outcome: Outcome) -> String {
        let part = self.part();
        match (outcome, self) {
            (Outcome::NotSeen, Self::Days { .. }) => format!("{}, on {part}", outcome.title()),
            (Outcome::NotSeen, Self::Seconds { .. }) => format!("{}, for {part}", outcome.title()),
            _ => outcome.title().into(),
        }
    }
}

/// A length of time below a day, rounded down: nothing is claimed that was not covered.
fn length(seconds: u64) -> String {
    let count = |number: u64, one, many| words::count(number as usize, one, many);
    match seconds {
        0 => "one moment".into(),
        1..=59 => count(seconds, "second", "seconds"),
        60..=7_199 => count(seconds / 60, "minute", "minutes"),
        _ => count(seconds / 3_600, "hour", "hours"),
    }
}

/// Days that an interval touches; none where it is open.
fn days_in(interval: Interval) -> u64 {
    let (Some(start), Some(end)) = (interval.start, interval.end) else {
        return 0;
    };
    let days = words::date(start)
        .until(words::last_day(end))
        .map_or(0, |span| span.get_days());
    u64::try_from(days + 1).unwrap_or(0)
}

fn seconds_in(interval: Interval) -> u64 {
    seconds_within(interval, interval).unwrap_or(0)
}

fn seconds_within(interval: Interval, window: Interval) -> Option<u64> {
    let start = interval.start.max(window.start)?;
    let end = [interval.end, window.end].into_iter().flatten().min()?;
    u64::try_from(end.duration_since(start).as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start: &str, end: &str) -> Interval {
        Interval {
            start: start.parse().ok(),
            end: end.parse().ok(),
        }
    }

    #[track_caller]
    fn check(covered: (&str, &str), gaps: &[(&str, &str)], expected: &str) {
        let window = interval("2021-03-01T00:00:00Z", "2021-03-11T00:00:00Z");
        let gaps: Vec<Interval> = gaps
            .iter()
            .map(|(start, end)| interval(start, end))
            .collect();
        let reach = Reach::of(Some(interval(covered.0, covered.1)), &gaps, Some(window));
        assert_eq!(reach.part(), expected);
    }

    #[test]
    fn parts_in_words() {
        let (first, last) = ("2021-03-01T00:00:00Z", "2021-03-11T00:00:00Z");
        check((first, last), &[], "");
        check(
            ("2021-03-03T04:00:00Z", "2021-03-04T20:00:00Z"),
            &[
                (first, "2021-03-03T00:00:00Z"),
                ("2021-03-05T00:00:00Z", last),
            ],
            "2 of the 10 days",
        );
        let only_third = [
            (first, "2021-03-03T00:00:00Z"),
            ("2021-03-04T00:00:00Z", last),
        ];
        let of_third = |start, end| (start, end);
        check(
            of_third("2021-03-03T04:00:00Z", "2021-03-03T04:58:00Z"),
            &only_third,
            "58 minutes of the 10 days",
        );
        check(
            of_third("2021-03-03T04:00:00Z", "2021-03-03T09:30:00Z"),
            &only_third,
            "5 hours of the 10 days",
        );
        check(
            of_third("2021-03-03T04:00:00Z", "2021-03-03T04:00:00Z"),
            &only_third,
            "one moment of the 10 days",
        );
        // What lies outside the window is no reach.
        check(
            ("2021-01-01T00:00:00Z", "2021-03-01T02:00:00Z"),
            &[("2021-03-02T00:00:00Z", last)],
            "2 hours of the 10 days",
        );
        assert_eq!(Reach::of(None, &[], None), Reach::Unknown);
    }
}
