//! What was seen of each kind of event, and when.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daylight_model::{Event, EventStatistic, LogFamily, Timestamp};
use foldhash::fast::FixedState;
use jiff::tz::Offset;

/// Kinds of events told apart in one file; further ones are counted under their family alone.
const KINDS_MAX: usize = 4_096;
/// Days told apart for one kind; more than a log can honestly hold.
const DAYS_MAX: usize = 8_192;
/// Machines named for one file.
const HOSTS_MAX: usize = 1_024;

/// Counts, times and machines of one file.
#[derive(Default)]
pub(crate) struct Statistics {
    /// Providers share an id rarely, so the inner list is short and needs no hashing.
    kinds: HashMap<(LogFamily, Option<u32>), Vec<Kind>, FixedState>,
    kind_count: usize,
    hosts: BTreeSet<String>,
    span: Span,
}

#[derive(Default)]
struct Kind {
    provider: Option<String>,
    count: u64,
    span: Span,
    /// Days since 1970.
    days: BTreeMap<i64, u64>,
}

impl Kind {
    fn day(&mut self, day: i64, count: u64) {
        if self.days.len() < DAYS_MAX || self.days.contains_key(&day) {
            *self.days.entry(day).or_default() += count;
        }
    }
}

#[derive(Default, Clone, Copy)]
struct Span {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Span {
    fn merge(&mut self, other: Self) {
        [other.first, other.last]
            .into_iter()
            .flatten()
            .for_each(|time| self.add(time));
    }

    fn add(&mut self, time: Timestamp) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }
}

/// What [`Statistics`] come to.
pub(crate) struct Summary {
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) hosts: Vec<String>,
    pub(crate) kinds: Vec<EventStatistic>,
}

impl Statistics {
    pub(crate) fn add(&mut self, event: &Event<'_>) {
        let kind = self.kind(event.family, event.event_id, event.provider.as_deref());
        kind.count += 1;
        if let Some(time) = event.time {
            kind.span.add(time);
            let day = time.as_second().div_euclid(86_400);
            kind.day(day, 1);
            self.span.add(time);
        }
        if let Some(host) = event.host.as_deref() {
            self.host(host);
        }
    }

    /// Counts events of which nothing but their family is known.
    pub(crate) fn unseen(&mut self, family: LogFamily, count: u64) {
        if count > 0 {
            self.kind(family, None, None).count += count;
        }
    }

    /// Adds what another part of the same file came to.
    pub(crate) fn merge(&mut self, other: Self) {
        self.span.merge(other.span);
        for host in other.hosts {
            self.host(&host);
        }
        // In an order that is always the same: which kinds there is room for depends on it.
        let kinds: BTreeMap<_, _> = other.kinds.into_iter().collect();
        for ((family, id), kinds) in kinds {
            for from in kinds {
                let into = self.kind(family, id, from.provider.as_deref());
                into.count += from.count;
                into.span.merge(from.span);
                for (day, count) in from.days {
                    into.day(day, count);
                }
            }
        }
    }

    fn host(&mut self, host: &str) {
        if self.hosts.len() < HOSTS_MAX && !self.hosts.contains(host) {
            self.hosts.insert(host.to_owned());
        }
    }

    fn kind(
        &mut self,
        family: LogFamily,
        mut id: Option<u32>,
        mut provider: Option<&str>,
    ) -> &mut Kind {
        let known = self.kinds.get(&(family, id));
        let known = known.is_some_and(|kinds| {
            kinds
                .iter()
                .any(|kind| kind.provider.as_deref() == provider)
        });
        if !known && self.kind_count >= KINDS_MAX {
            (id, provider) = (None, None);
        }
        let kinds = self.kinds.entry((family, id)).or_default();
        let at = kinds
            .iter()
            .position(|kind| kind.provider.as_deref() == provider);
        let at = at.unwrap_or_else(|| {
            self.kind_count += 1;
            kinds.push(Kind {
                provider: provider.map(str::to_owned),
                ..Kind::default()
            });
            kinds.len() - 1
        });
        &mut kinds[at]
    }

    pub(crate) fn finish(self) -> Summary {
        let mut kinds: Vec<EventStatistic> = self
            .kinds
            .into_iter()
            .flat_map(|((family, event_id), kinds)| {
                kinds.into_iter().map(move |kind| EventStatistic {
                    family,
                    provider: kind.provider,
                    event_id,
                    count: kind.count,
                    first: kind.span.first,
                    last: kind.span.last,
                    days: kind
                        .days
                        .into_iter()
                        .filter_map(|(day, count)| Some((date(day)?, count)))
                        .collect(),
                })
            })
            .collect();
        kinds.sort_by(|a, b| {
            (a.family, &a.provider, a.event_id).cmp(&(b.family, &b.provider, b.event_id))
        });
        Summary {
            first: self.span.first,
            last: self.span.last,
            hosts: self.hosts.into_iter().collect(),
            kinds,
        }
    }
}

fn date(day: i64) -> Option<String> {
    let time = Timestamp::from_second(day.checked_mul(86_400)?).ok()?;
    Some(Offset::UTC.to_datetime(time).date().to_string())
}
