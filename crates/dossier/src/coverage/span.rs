//! From when to when events of one kind were seen, and the days on which they were not.

use std::collections::BTreeSet;

use daylight_model::{
    EventStatistic, Interval, LogFamily, LogSource, Manifest, Outcome, Timestamp,
};
use jiff::civil::Date;

use crate::hosts::Hosts;
use crate::words;

/// How many gaps a note lists; the cell holds them all.
const GAPS_IN_NOTE_MAX: usize = 4;

/// What the manifest knows of one kind of event.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Events of the kind.
    pub(super) events: u64,
    /// Those of them that carry no time.
    pub(super) events_without_time: u64,
    /// Events of the whole family.
    pub(super) family_events: u64,
    /// First to last event of the kind.
    pub(super) covered: Option<Interval>,
    /// Days of the window without events of the kind.
    pub(super) gaps: Vec<Interval>,
    /// Whether any event of the kind falls into the window.
    pub(super) reaches_window: bool,
    /// Whether the log itself has events on some of the days in the gaps.
    family_runs_on: bool,
    /// Machines from which other logs were read, but no such events.
    hosts_without: Vec<String>,
    /// Whether some of these events stand in files that name no machine.
    names_no_host: bool,
}

impl Seen {
    pub(super) fn collect(
        manifest: &Manifest,
        need: &LogSource,
        window: Option<Interval>,
        names: &Hosts,
    ) -> Self {
        let mut seen = Self::default();
        let (mut days, mut family_days) = (BTreeSet::new(), BTreeSet::new());
        let (mut hosts, mut hosts_with) = (BTreeSet::new(), BTreeSet::new());
        let (mut first, mut last): (Option<Timestamp>, Option<Timestamp>) = (None, None);
        for source in &manifest.sources {
            hosts.extend(source.hosts.iter().map(|host| names.name(host)));
            for statistic in source
                .statistics
                .iter()
                .filter(|it| it.family == need.family)
            {
                seen.family_events += statistic.count;
                family_days.extend(days_of(statistic));
                if statistic.count == 0 || !is_needed(statistic, need) {
                    continue;
                }
                seen.events += statistic.count;
                if statistic.first.is_none() && statistic.days.is_empty() {
                    seen.events_without_time += statistic.count;
                }
                days.extend(days_of(statistic));
                first = [first, statistic.first].into_iter().flatten().min();
                last = last.max(statistic.last);
                hosts_with.extend(source.hosts.iter().map(|host| names.name(host)));
                seen.names_no_host |= source.hosts.is_empty();
            }
        }
        seen.covered = reach(first, last);
        seen.hosts_without = hosts
            .difference(&hosts_with)
            .map(|host| (*host).to_owned())
            .collect();
        // A listing shows what was there when it was taken: it has no days to miss.
        if let Some(window) = window.filter(|_| need.family != LogFamily::FileListing) {
            seen.gaps = gaps(&days, window);
            seen.reaches_window = days.iter().any(|day| falls_into(*day, window));
            seen.family_runs_on = family_days
                .difference(&days)
                .any(|day| falls_into(*day, window));
        }
        seen
    }

    /// The gaps in a sentence; empty where there are none.
    pub(super) fn gaps_in_words(&self, window: Interval) -> String {
        if self.gaps.is_empty() {
            return String::new();
        }
        let gaps: Vec<String> = self
            .gaps
            .iter()
            .map(|gap| words::gap(*gap, window))
            .collect();
        let listed = words::list_at_most(&gaps, GAPS_IN_NOTE_MAX);
        let runs_on = if self.family_runs_on {
            " (on some of these days the log has other events, so there may have been none)"
        } else {
            ""
        };
        format!("Within the time of the operation: {listed}{runs_on}.")
    }

    /// What else has to be known to read a cell rightly.
    pub(super) fn remarks(&self, outcome: Outcome) -> String {
        if self.hosts_without.is_empty() || outcome == Outcome::CouldNotSee {
            return String::new();
        }
        if self.names_no_host {
            return " The log names no machine.".into();
        }
        let hosts = words::list_at_most(&self.hosts_without, 5);
        format!(" No such events came from {hosts}.")
    }
}

/// Whether an event counted here is of the kind a rule needs.
pub(super) fn is_needed(statistic: &EventStatistic, need: &LogSource) -> bool {
    let provider_fits = match (&need.provider, &statistic.provider) {
        (Some(needed), Some(there)) => needed.eq_ignore_ascii_case(there),
        // A log of one provider, such as Sysmon's, need not name it.
        (Some(_), None) => need.family == LogFamily::WindowsSysmon,
        (None, _) => true,
    };
    let id_fits = need.event_ids.is_empty()
        || statistic
            .event_id
            .is_some_and(|id| need.event_ids.contains(&id));
    provider_fits && id_fits
}

/// The days with events; where they were not counted by day, the first and the last.
pub(super) fn days_of(statistic: &EventStatistic) -> impl Iterator<Item = Date> {
    let counted = statistic
        .days
        .iter()
        .filter(|(_, count)| **count > 0)
        .filter_map(|(day, _)| day.parse::<Date>().ok());
    let ends = [statistic.first, statistic.last]
        .into_iter()
        .flatten()
        .filter(|_| statistic.days.is_empty())
        .map(words::date);
    counted.chain(ends)
}

/// From the first event to the last, which belongs to it although the end is exclusive.
pub(super) fn reach(first: Option<Timestamp>, last: Option<Timestamp>) -> Option<Interval> {
    first.or(last).map(|_| Interval {
        start: first,
        end: last.and_then(|last| instant(last).end),
    })
}

/// A single moment as an interval.
pub(super) fn instant(time: Timestamp) -> Interval {
    let after = Timestamp::from_nanosecond(time.as_nanosecond().saturating_add(1));
    Interval {
        start: Some(time),
        end: Some(after.unwrap_or(time)),
    }
}

pub(super) fn falls_into(day: Date, window: Interval) -> bool {
    let next = day.tomorrow().ok().and_then(words::midnight);
    let whole_day = Interval {
        start: words::midnight(day),
        end: next,
    };
    window.overlaps(&whole_day)
}

/// Days of the window that have no event, joined into intervals and cut to the window.
pub(super) fn gaps(days: &BTreeSet<Date>, window: Interval) -> Vec<Interval> {
    let inside: Vec<Date> = days
        .iter()
        .copied()
        .filter(|day| falls_into(*day, window))
        .collect();
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
        return vec![window];
    };
    let mut gaps = Vec::new();
    let first_midnight = words::midnight(*first);
    if window
        .start
        .is_none_or(|start| first_midnight.is_some_and(|first| start < first))
    {
        gaps.push(Interval {
            start: window.start,
            end: first_midnight,
        });
    }
    for (earlier, later) in inside.iter().zip(inside.iter().skip(1)) {
        let next = earlier.tomorrow().unwrap_or(*earlier);
        if next < *later {
            gaps.push(Interval {
                start: words::midnight(next),
                end: words::midnight(*later),
            });
        }
    }
    let after_last = last.tomorrow().ok().and_then(words::midnight);
    if window
        .end
        .is_none_or(|end| after_last.is_some_and(|after| after < end))
    {
        gaps.push(Interval {
            start: after_last,
            end: window.end,
        });
    }
    gaps
}
