//! Whether any of a few texts may stand in a record: asked of all its values at once, before
//! each is looked at.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use daylight_model::{Value, Wide};

use crate::sigma::pattern::lower;

/// Stands between values; no text holds it.
const BETWEEN: u8 = 0xff;

/// Looks for a few texts in many values.
#[derive(Debug)]
pub(super) struct Sieve {
    searcher: Searcher,
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
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        builder.extend(texts);
        let searcher = builder.build()?;
        Some(Self {
            searcher,
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
            let start = scratch.len();
            let is_ascii = match value {
                Value::Text(text) => {
                    scratch.extend_from_slice(text.as_bytes());
                    text.is_ascii()
                }
                Value::Wide(wide) => narrow(*wide, scratch),
                _ => continue,
            };
            if !is_ascii {
                if self.asks_beyond_ascii {
                    return true;
                }
                scratch.truncate(start);
                scratch.extend_from_slice(lower(&value.as_text()).as_bytes());
            }
            scratch.push(BETWEEN);
        }
        scratch.make_ascii_lowercase();
        self.searcher.find(scratch.as_slice()).is_some()
    }
}

/// Adds the low halves of the units; whether there is nothing in the high ones.
fn narrow(wide: Wide<'_>, scratch: &mut Vec<u8>) -> bool {
    scratch.extend(wide.bytes().chunks_exact(2).map(|unit| unit[0]));
    let all = wide.units().fold(0, |all, unit| all | unit);
    all < 0x80
}

/// Whether a text may stand in a value that is no text: a number, a GUID, an SID, a time, bytes
/// in hex, or a word for a truth value or for what is no number.
pub(super) fn may_stand_in_number(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_hexdigit() || b"{}-:.+xstz".contains(&byte);
    let words = ["true", "false", "inf", "nan"];
    text.bytes().all(fits) || words.iter().any(|word| word.contains(text))
}
