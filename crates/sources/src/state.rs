//! What is remembered of a source from one time it is asked to the next.

use std::collections::BTreeMap;

use daylight_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answers::{is_time, taxii_page};

/// The longest that a source which fails is left alone, unless it asks for more.
const PAUSE_SECONDS_MAX: u64 = 86_400;
/// What a source may ask for at most: a week.
const RETRY_AFTER_SECONDS_MAX: u64 = 7 * 86_400;

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
    /// The page that comes next in a collection that was not read to its end.
    pub next: Option<String>,
    /// Of each entry that was read, what the source said of its last change.
    pub read: BTreeMap<String, String>,
    /// When the source was asked last.
    pub asked: Option<Timestamp>,
    /// When it is to be asked again.
    pub due: Option<Timestamp>,
    /// How many times in a row it failed.
    pub failures: u32,
    /// Why it failed last.
    pub error: Option<String>,
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

    /// A page of a collection was taken over. `next` leads on where there is more; at the end
    /// `added_last` says from where on the next time.
    pub fn took_page(&mut self, next: Option<String>, added_last: Option<String>) {
        if next.is_none()
            && let Some(added_last) = added_last.filter(|text| is_time(text))
        {
            self.added_after = Some(added_last);
        }
        self.next = next;
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
        let address = "https://example.org/collections/1/";
        state.took_page(Some("2".into()), Some("2021-07-19T12:00:00Z".into()));
        assert_eq!(
            state.page(address),
            "https://example.org/collections/1/objects/?next=2"
        );
        state.took_page(None, Some("2021-07-20T12:00:00Z".into()));
        assert!(
            state
                .page(address)
                .ends_with("?added_after=2021-07-20T12:00:00Z")
        );
    }
}
