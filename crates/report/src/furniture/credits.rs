//! Datelines and bylines.

use std::sync::LazyLock;

use regex::Regex;

use crate::dates;

/// Words that stand beside a date in a dateline.
const DATE_LABELS: &[&str] = &[
    "published",
    "posted",
    "updated",
    "modified",
    "created",
    "revised",
    "released",
    "edited",
    "original",
    "originally",
    "release",
    "publication",
    "date",
    "last",
    "first",
    "on",
    "at",
    "by",
    "admin",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "time",
    "was",
    "and",
    "issued",
    "online",
];

/// Words that may stand between the names of a byline.
const BETWEEN_NAMES: &[&str] = &[
    "and", "&", "of", "the", "for", "in", "at", "with", "on", "de", "den", "der", "di", "da", "du",
    "dos", "la", "le", "el", "al", "ap", "van", "von", "ter", "bin", "ibn", "y", "e", "our", "a",
    "an",
];

/// What the authors are; other lower-case words may stand only beside one of these.
const ROLES: &[&str] = &[
    "admin",
    "agencies",
    "analyst",
    "bureau",
    "columnist",
    "contributor",
    "correspondent",
    "correspondents",
    "desk",
    "editor",
    "editors",
    "intern",
    "journalist",
    "newsroom",
    "producer",
    "published",
    "reporter",
    "reporters",
    "staff",
    "team",
    "updated",
    "writer",
    "writers",
];

/// Most lower-case words that say what the authors are.
const ROLE_WORDS_MAX: usize = 4;

/// Headings that begin like bylines.
const NO_NAMES: &[&str] = &[
    "country", "default", "design", "industry", "month", "numbers", "region", "sector", "severity",
    "year",
];

/// Whether the block is nothing but a date with its label.
pub(crate) fn is_dateline(text: &str) -> bool {
    let found = dates::find_all(text);
    if found.is_empty() || text.len() > 160 || text.contains(['=', '"', '_', '{', '[']) {
        return false;
    }
    without_dates(text, &found)
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .all(|word| DATE_LABELS.contains(&word.to_lowercase().as_str()))
}

/// Whether the block names the authors and nothing else.
pub(crate) fn is_byline(text: &str) -> bool {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        #[allow(clippy::unwrap_used)] // A constant, compiled in every test.
        Regex::new(
            r"^\(?(?:(?i:(?:written|reported|story|posted|published|words|text|compiled|article)\s+)?(?i:on\s+)?(?:[Bb]y|BY)(?::\s*|\s+)|(?i:authors?|reporters?|writers?):\s*)",
        )
        .unwrap()
    });
    if text.len() > 200 {
        return false;
    }
    let rest = without_dates(text, &dates::find_all(text));
    let rest = rest.trim();
    let Some(names) = LABEL.find(rest).and_then(|label| rest.get(label.end()..)) else {
        return false;
    };
    let words: Vec<&str> = names
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| ",|/•·()–-:;".contains(c)))
        .filter(|word| !word.is_empty())
        .collect();
    let role = |word: &str| ROLES.contains(&word.to_lowercase().as_str());
    let has_role = words.iter().any(|word| role(word));
    let named = |word: &&&str| word.starts_with(char::is_uppercase) || word.contains('@');
    let lower = words
        .iter()
        .filter(|word| !named(word) && !BETWEEN_NAMES.contains(&word.to_lowercase().as_str()));
    let lower_max = if has_role { ROLE_WORDS_MAX } else { 0 };
    let no_name = words
        .last()
        .is_some_and(|word| NO_NAMES.contains(&word.to_lowercase().as_str()));
    words.len() <= 16
        && !rest.ends_with('.')
        && !no_name
        && (has_role || words.iter().any(|word| named(&word)))
        && lower.count() <= lower_max
}

fn without_dates(text: &str, found: &[dates::Dated]) -> String {
    let mut rest = text.to_owned();
    for date in found.iter().rev() {
        rest.replace_range(date.span.start..date.span.end, " ");
    }
    rest
}
