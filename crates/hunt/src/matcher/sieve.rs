//! Whether any of a few texts may stand in a record: asked of all its values at once, before
//! each is looked at.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use daylight_model::{Value, stands_in_number};

use super::search::fold_onto;

/// Stands between values; no text holds it.
const BETWEEN: u8 = 0xff;

/// Texts that are looked for together; quick for no more.
const TEXTS_TOGETHER: usize = 48;
/// So often each record is gone through at most.
const SEARCHERS_MAX: usize = 3;

/// Looks for a few texts in many values.
#[derive(Debug)]
pub(super) struct Sieve {
    searchers: Vec<Searcher>,
    /// Whether what the texts are for is asked of every value that holds more than ASCII.
    asks_beyond_ascii: bool,
}

impl Sieve {
    /// A sieve for these texts, in lower case; `None` where there are too many, or where one of
    /// them may stand in a value that is no text.
    pub(super) fn new<'t>(
        texts: impl Iterator<Item = &'t str>,
        asks_beyond_ascii: bool,
    ) -> Option<Self> {
        let texts: Vec<&str> = texts.collect();
        if texts.is_empty() || texts.iter().any(|text| may_stand_in_number(text)) {
            return None;
        }
        let shares = texts.chunks(TEXTS_TOGETHER).take(SEARCHERS_MAX + 1);
        let searchers = shares.map(|texts| {
            let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
            builder.extend(texts);
            builder.build()
        });
        let searchers: Vec<Searcher> = searchers.collect::<Option<_>>()?;
        (searchers.len() <= SEARCHERS_MAX).then_some(Self {
            searchers,
            asks_beyond_ascii,
        })
    }

    /// Whether one of the texts stands in one of the values, or may do so.
    pub(super) fn holds<'v>(
        &self,
        values: impl Iterator<Item = &'v Value<'v>>,
        scratch: &mut Vec<u8>,
    ) -> bool {
        scratch.clear();
        for value in values {
            if !matches!(value, Value::Text(_) | Value::Wide(_)) {
                continue;
            }
            if !fold_onto(value, scratch) && self.asks_beyond_ascii {
                return true;
            }
            scratch.push(BETWEEN);
        }
        let mut searchers = self.searchers.iter();
        searchers.any(|searcher| searcher.find(scratch.as_slice()).is_some())
    }
}

/// Whether a text may stand in a value that is no text: a number, a GUID, an SID, a time, bytes
/// in hex, or a word for a truth value or for what is no number.
pub(super) fn may_stand_in_number(text: &str) -> bool {
    let words = ["true", "false", "inf", "nan"];
    text.bytes().all(stands_in_number) || words.iter().any(|word| word.contains(text))
}
