//! What is remembered of a source from one time it is asked to the next.

use std::collections::BTreeMap;

use daylight_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answers::{is_time, taxii_page};

/// The longest that a source which fails is left alone, unless it asks for more.
const PAUSE_SECONDS_MAX: u64 = 86_400;
/// What a source may ask for at most: a week.
const RETRY_AFTER_SECONDS_MAX: u64 = 7 * 86_400;

/// How often an entry that cannot be read is tried, until the source says that it changed.
const TRIES_MAX: u32 = 5;
/// An entry that is said to be as it was is not asked for again before.
const AGAIN_SECONDS_MIN: i64 = 3_600;

/// What is remembered. It is written after each piece of work, so that whoever is stopped in
/// the middle goes on where it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
    /// Up to when objects of a TAXII collection were taken over.
    pub added_after: Option<String>,
    /// The same, for the pages since; it holds once the last of them is there.
    pub added_last: Option<String>,
    /// The page that comes next in a collection that was not read to its end.
    pub next: Option<String>,
    /// The entries that the source lists and that were asked for.
    pub entries: BTreeMap<String, Known>,
    /// When the source was asked last.
    pub asked: Option<Timestamp>,
    /// When it is to be asked again.
    pub due: Option<Timestamp>,
    /// How many times in a row it failed.
    pub failures: u32,
    /// Why it failed last.
    pub error: Option<String>,
}

/// What is remembered of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// What the source said of its last change.
    pub stamp: String,
    /// When it was first asked for, as it is now.
    pub first: Timestamp,
    /// When it was asked for last.
    pub asked: Timestamp,
    /// How many times in a row it could not be read.
    pub failures: u32,
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
}

/// What follows a page of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Nothing.
    Nothing,
    /// Another page.
    Page,
    /// The same page, for ever.
    Circle,
}

impl State {
    /// Whether it is time to ask.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_none_or(|due| due <= now)
    }

    /// The address of the page of a TAXII collection that comes next.
    #[must_use]
    pub fn page(&self, address: &str) -> String {
        taxii_page(address, self.added_after.as_deref(), self.next.as_deref())
    }

    /// A page of a collection was taken over. Where there is more, `next` leads on, or the time
    /// at which the last object was added; at the end that is from where on the next time.
    pub fn took_page(
        &mut self,
        more: bool,
        next: Option<String>,
        added_last: Option<String>,
    ) -> Follows {
        if let Some(time) = added_last.filter(|text| is_time(text)) {
            self.added_last = Some(time);
        }
        let before = std::mem::take(&mut self.next);
        if more && next.is_some() {
            if next == before {
                return Follows::Circle;
            }
            self.next = next;
            return Follows::Page;
        }
        let moved = self.added_last.is_some() && self.added_last != self.added_after;
        self.added_after = self.added_last.take().or(self.added_after.take());
        match (more, moved) {
            (false, _) => Follows::Nothing,
            (true, true) => Follows::Page,
            (true, false) => Follows::Circle,
        }
    }

    /// Forgets which page comes next: it begins again after what was taken over as a whole.
    pub fn begin_again(&mut self) {
        self.next = None;
        self.added_last = None;
    }

    /// Whether an entry is new or changed, or could not be read and is worth another try.
    #[must_use]
    pub fn wants(&self, entry: &str, stamp: &str) -> bool {
        self.entries
            .get(entry)
            .is_none_or(|known| known.stamp != stamp || (1..TRIES_MAX).contains(&known.failures))
    }

    /// Whether to look at an entry that is said to be as it was: most feeds do not tell of
    /// edits. It is an hour from the first time to the second, and twice as long each time.
    #[must_use]
    pub fn wants_again(&self, entry: &str, now: Timestamp) -> bool {
        self.entries.get(entry).is_some_and(|known| {
            let seconds = |from: Timestamp, to: Timestamp| to.as_second() - from.as_second();
            let pause = seconds(known.first, known.asked).max(AGAIN_SECONDS_MIN);
            known.failures == 0 && seconds(known.asked, now) >= pause
        })
    }

    /// An entry was read; `changed` where it says something that was not known.
    pub fn took(&mut self, entry: &str, stamp: &str, now: Timestamp, changed: bool) -> &mut Known {
        let known = self.entries.entry(entry.to_owned()).or_default();
        if changed || known.stamp != stamp {
            known.first = now;
        }
        stamp.clone_into(&mut known.stamp);
        known.asked = now;
        known.failures = 0;
        known
    }

    /// An entry could not be read; gives whether it is worth another try.
    pub fn missed(&mut self, entry: &str, stamp: &str, now: Timestamp) -> bool {
        let known = self.entries.entry(entry.to_owned()).or_default();
        if known.stamp != stamp {
            stamp.clone_into(&mut known.stamp);
            known.failures = 0;
        }
        known.asked = now;
        known.failures = known.failures.saturating_add(1);
        known.failures < TRIES_MAX
    }

    /// It answered.
    pub fn succeeded(&mut self, now: Timestamp, every_seconds: u64) {
        self.asked = Some(now);
        self.failures = 0;
        self.error = None;
        self.due = Some(later(now, every_seconds));
    }

    /// It did not answer as it should: it is left alone twice as long each time, and at least as
    /// long as it asks for.
    pub fn failed(
        &mut self,
        now: Timestamp,
        every_seconds: u64,
        why: String,
        retry_after_seconds: Option<u64>,
    ) {
        self.asked = Some(now);
        let doubled = 1_u64 << self.failures.min(16);
        self.failures = self.failures.saturating_add(1);
        self.error = Some(why);
        let pause = every_seconds.saturating_mul(doubled);
        let longest = PAUSE_SECONDS_MAX.max(every_seconds);
        let asked_for = retry_after_seconds
            .unwrap_or(0)
            .min(RETRY_AFTER_SECONDS_MAX);
        self.due = Some(later(now, pause.min(longest).max(asked_for)));
    }
}

fn later(now: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let then = now.as_second().saturating_add(seconds);
    Timestamp::from_second(then).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn who_fails_is_left_alone_longer() {
        let mut state = State::default();
        assert!(state.is_due(at(0)));
        for (failure, pause) in [(0, 600), (1, 1_200), (2, 2_400)] {
            state.failed(at(1_000), 600, "no answer".into(), None);
            assert_eq!(state.due, Some(at(1_000 + pause)), "failure {failure}");
        }
        for _ in 0..80 {
            state.failed(at(1_000), 600, "no answer".into(), None);
        }
        assert_eq!(state.due, Some(at(1_000 + 86_400)));
        state.succeeded(at(2_000), 600);
        assert_eq!(state.due, Some(at(2_600)));
        assert!(state.error.is_none());
    }

    #[test]
    fn a_source_may_ask_for_more_time_but_not_for_ever() {
        let mut state = State::default();
        state.failed(at(0), 60, "429".into(), Some(5_000));
        assert_eq!(state.due, Some(at(5_000)));
        state.failed(at(0), 60, "429".into(), Some(u64::MAX));
        assert_eq!(state.due, Some(at(7 * 86_400)));
    }

    #[test]
    fn a_collection_goes_on_where_it_was_left() {
        let mut state = State::default();
        let page = |state: &State| {
            let page = state.page("https://example.org/collections/1/");
            page.rsplit('/').next().unwrap_or_default().to_owned()
        };
        let time = |day: &str| Some(format!("2021-07-{day}T12:00:00Z"));
        let took = state.took_page(true, Some("2".into()), time("19"));
        assert_eq!((took, page(&state).as_str()), (Follows::Page, "?next=2"));
        // The last page may say nothing of times.
        assert_eq!(state.took_page(false, None, None), Follows::Nothing);
        assert_eq!(page(&state), "?added_after=2021-07-19T12:00:00Z");
        // There may be more without a word on where.
        assert_eq!(state.took_page(true, None, time("20")), Follows::Page);
        assert_eq!(page(&state), "?added_after=2021-07-20T12:00:00Z");
        assert_eq!(state.took_page(true, None, time("20")), Follows::Circle);

        state.took_page(true, Some("2".into()), time("21"));
        assert_eq!(page(&state), "?added_after=2021-07-20T12:00:00Z&next=2");
        let took = state.took_page(true, Some("2".into()), time("21"));
        assert_eq!(took, Follows::Circle);
        state.begin_again();
        assert_eq!(page(&state), "?added_after=2021-07-20T12:00:00Z");
    }

    #[test]
    fn entries_are_looked_at_again_ever_more_seldom() {
        let mut state = State::default();
        let hour = |hours: i64| at(hours * 3_600);
        assert!(state.wants("/a", "1") && !state.wants_again("/a", hour(1)));
        state.took("/a", "1", hour(0), true);
        assert!(!state.wants("/a", "1") && state.wants("/a", "2"));
        let mut asked = Vec::new();
        for now in 0..40 {
            if state.wants_again("/a", hour(now)) {
                asked.push(now);
                state.took("/a", "1", hour(now), false);
            }
        }
        assert_eq!(asked, [1, 2, 4, 8, 16, 32]);
        state.took("/a", "1", hour(40), true);
        assert!(state.wants_again("/a", hour(41)), "it changed just now");
    }

    #[test]
    fn entries_that_cannot_be_read_are_given_up() {
        let mut state = State::default();
        let tries = (0..20)
            .take_while(|_| state.missed("/a", "1", at(0)))
            .count();
        assert_eq!(tries, 4);
        assert!(!state.wants("/a", "1") && !state.wants_again("/a", at(90_000)));
        assert!(state.wants("/a", "2"));
    }
}
