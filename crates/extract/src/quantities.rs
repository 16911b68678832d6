//! Sums of money, shares, and numbers of things.
//!
//! A number alone says nothing: it becomes a quantity where a currency, a percent sign or a
//! noun in the plural stands with it. So years, ports, versions and ids stay out.

mod amount;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use daylight_model::{Quantity, QuantityKind, Span};
use regex::Regex;

use self::amount::{Amount, Shape};

/// Words before a number that make a bound of it.
static BOUND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)(?-u:\b)(?:
            (?P<least> at\s+least | more\s+than | over | upwards?\s+of | above | no\s+(?:fewer|less)\s+than
                     | exceeding | in\s+excess\s+of | a\s+minimum\s+of | well\s+over | greater\s+than )
          | (?P<most> up\s+to | at\s+most | as\s+(?:many|much)\s+as | (?:fewer|less)\s+than | under | below | nearly
                    | almost | close\s+to | no\s+more\s+than | a\s+maximum\s+of )
          | (?P<about> about | around | approximately | roughly | some | an\s+estimated | estimated | exactly | only )
          | (?P<from> between | from )
        )\s+(?:the\s+)?$",
    )
    .expect("a constant pattern")
});

/// Words between the two ends of a range.
static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s?(?P<word>to|and|or|-|\u{2013})\s?$").expect("a constant pattern")
});

/// A currency after a number.
static CURRENCY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\s+(?:(?:worth\s+)?of\s+|in\s+)?(?:
            (?P<usd>(?:U\.?S\.?\s+)?dollars?(?-u:\b)|USD(?-u:\b)) | (?P<eur>euros?(?-u:\b)|EUR(?-u:\b))
          | (?P<gbp>(?:British\s+)?pounds(?:\s+sterling)?(?-u:\b)|GBP(?-u:\b)) | (?P<jpy>yen(?-u:\b)) | (?P<cny>yuan(?-u:\b)|renminbi(?-u:\b))
          | (?P<rub>(?:Russian\s+)?rubles?(?-u:\b)|roubles?(?-u:\b)) | (?P<krw>(?:Korean\s+)?won(?-u:\b))
          | (?P<btc>bitcoins?(?-u:\b)|BTC(?-u:\b)) | (?P<xmr>monero(?-u:\b)|XMR(?-u:\b)) | (?P<eth>ether(?:eum)?(?-u:\b)|ETH(?-u:\b))
        )",
    )
    .expect("a constant pattern")
});

static PERCENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:\s?%|\s?-?\s?(?:percent|per\s+cent)(?-u:\b)(?:age\s+points)?)")
        .expect("a constant pattern")
});

/// Shares written as words.
static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?-u:\b)(?:(?P<half>half)|(?P<thirds>two[ -]thirds)|(?P<quarters>three[ -]quarters)|an?\s+(?P<part>third|quarter|fifth))\s+of(?-u:\b)")
        .expect("a constant pattern")
});

/// The amounts in `text[within]`, in order of place.
#[must_use]
pub fn quantities(text: &str, within: Span) -> Vec<Quantity> {
    let part = within.of(text);
    let [of_numbers, of_shares] = amount::places(part);
    let amounts = amount::amounts(part, &of_numbers);
    let mut found = shares(part, &of_shares);
    let mut index = 0;
    while let Some(first) = amounts.get(index) {
        index += 1;
        let bound = bound(part, first.start);
        let range = amounts
            .get(index)
            .and_then(|second| range(part, bound, first, second));
        if range.is_some() {
            index += 1;
        }
        found.extend(quantity(part, bound, range.as_ref().unwrap_or(first)));
    }
    found.sort_by_key(|quantity| quantity.span.start);
    for quantity in &mut found {
        let span = quantity.span;
        quantity.span = Span::new(span.start + within.start, span.end + within.start);
    }
    found
}

/// What a word before a number makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Least,
    Most,
    About,
    From,
}

/// Whether the last word is one that a bound ends with, "the" left out.
fn may_bound(before: &str) -> bool {
    const LAST: &[&str] = &[
        "least",
        "than",
        "over",
        "of",
        "above",
        "exceeding",
        "to",
        "most",
        "as",
        "under",
        "below",
        "nearly",
        "almost",
        "about",
        "around",
        "approximately",
        "roughly",
        "some",
        "estimated",
        "exactly",
        "only",
        "between",
        "from",
        "the",
    ];
    let word = before.trim_end();
    let word = word.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
    word.is_some_and(|word| LAST.iter().any(|last| last.eq_ignore_ascii_case(word)))
}

/// The bound right before `at`, and where its words start.
fn bound(part: &str, at: usize) -> Option<(Bound, usize)> {
    let from = (at.saturating_sub(32)..=at).find(|&from| part.is_char_boundary(from))?;
    let before = part.get(from..at)?;
    if !may_bound(before) {
        return None;
    }
    let captures = BOUND.captures(before)?;
    [
        ("least", Bound::Least),
        ("most", Bound::Most),
        ("about", Bound::About),
        ("from", Bound::From),
    ]
    .into_iter()
    .find_map(|(name, bound)| captures.name(name).map(|word| (bound, from + word.start())))
}

/// Two numbers as the ends of one range; a scale or a currency is written once.
fn range(
    part: &str,
    bound: Option<(Bound, usize)>,
    first: &Amount,
    second: &Amount,
) -> Option<Amount> {
    let between = part.get(first.end..second.start)?;
    let word = RANGE
        .captures(between)?
        .name("word")?
        .as_str()
        .to_ascii_lowercase();
    let is_between = bound.is_some_and(|(bound, _)| bound == Bound::From);
    if (word == "and" && !is_between) || first.shape == Shape::Vague || second.shape == Shape::Vague
    {
        return None;
    }
    let same_currency = second.currency.is_none() || first.currency == second.currency;
    // "$1 to $2 million" shares the scale, "$300,000 to $1 million" does not.
    let written = first.at_least?;
    let scaled = written
        * second
            .scale
            .filter(|_| first.scale.is_none())
            .unwrap_or(1.0);
    let low = if Some(scaled) < second.at_most {
        scaled
    } else {
        written
    };
    (same_currency && Some(low) < second.at_most).then_some(Amount {
        start: first.start,
        end: second.end,
        at_least: Some(low),
        at_most: second.at_most,
        currency: first.currency,
        scale: second.scale,
        shape: if second.shape == Shape::Digits {
            first.shape
        } else {
            second.shape
        },
    })
}

/// The quantity a number belongs to, where it is one.
fn quantity(part: &str, bound: Option<(Bound, usize)>, amount: &Amount) -> Option<Quantity> {
    let rest = part.get(amount.end..)?;
    let is_pair = matches!(bound, Some((Bound::From, _))) && amount.at_least == amount.at_most;
    // "between the two": no range follows, so nothing is counted.
    if is_pair && amount.shape == Shape::Word {
        return None;
    }
    let bound = bound.filter(|_| !is_pair);
    let (kind, unit, unit_len) = if let Some(code) = amount.currency {
        (QuantityKind::Money, Some(code.to_owned()), 0)
    } else if let Some(sign) = PERCENT.find(rest).filter(|_| amount.shape != Shape::Vague) {
        (QuantityKind::Percent, None, sign.end())
    } else if let Some((code, length)) = currency_after(rest) {
        (QuantityKind::Money, Some(code), length)
    } else {
        let (noun, length) = counted(part, bound.is_some(), amount)?;
        (QuantityKind::Count, Some(noun), length)
    };
    let (mut at_least, mut at_most) = (amount.at_least, amount.at_most);
    match bound.map(|(bound, _)| bound) {
        Some(Bound::Least) => {
            at_most = if amount.shape == Shape::Vague {
                at_most
            } else {
                None
            }
        }
        Some(Bound::Most) => at_least = None,
        _ => {}
    }
    let after = part.get(amount.end + unit_len..)?;
    if after.starts_with('+') || after.starts_with(" or more") {
        at_most = None;
    }
    let start = bound.map_or(amount.start, |(_, start)| start);
    let span = Span::new(start, amount.end + unit_len);
    Some(Quantity {
        span,
        text: span.of(part).to_owned(),
        kind,
        at_least,
        at_most,
        unit,
    })
}

/// The currency that follows a number, and the length of its words.
fn currency_after(rest: &str) -> Option<(String, usize)> {
    let captures = CURRENCY.captures(rest)?;
    let all = captures.get(0)?;
    let code = [
        "usd", "eur", "gbp", "jpy", "cny", "rub", "krw", "btc", "xmr", "eth",
    ]
    .into_iter()
    .find(|code| captures.name(code).is_some())?;
    Some((code.to_ascii_uppercase(), all.end()))
}

/// Words that end a noun phrase or never begin one.
const STOPS: &[&str] = &[
    "a", "about", "across", "after", "also", "an", "and", "are", "as", "at", "been", "before",
    "but", "by", "can", "could", "did", "do", "does", "during", "each", "for", "from", "had",
    "has", "have", "he", "her", "his", "if", "in", "into", "is", "it", "its", "may", "more", "no",
    "not", "on", "or", "over", "says", "she", "since", "than", "that", "the", "their", "then",
    "there", "they", "this", "times", "to", "under", "until", "was", "were", "when", "where",
    "which", "while", "who", "will", "with", "would",
];

/// Units of time are no things; [`crate::times()`] reads them.
const TIME_UNITS: &[&str] = &[
    "seconds",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "quarters",
    "years",
    "decades",
    "centuries",
];

/// Words before a number that make it a name: "port 443", "version 10".
const NAMING: &[&str] = &[
    "article", "build", "chapter", "figure", "id", "level", "line", "no", "number", "page", "part",
    "phase", "port", "ports", "section", "stage", "step", "table", "version", "versions",
];

const PLURALS: &[&str] = &[
    "children",
    "criminals",
    "data",
    "men",
    "people",
    "personnel",
    "police",
    "staff",
    "women",
];

/// The noun a number counts, and the length of the words up to its end.
fn counted(part: &str, is_bound: bool, amount: &Amount) -> Option<(String, usize)> {
    let rest = part.get(amount.end..)?;
    let is_name = amount.shape == Shape::Digits && is_name(part, amount, is_bound);
    if is_name || amount.shape == Shape::Fraction {
        return None;
    }
    if amount.at_least == Some(1.0) && amount.at_most == Some(1.0) {
        return None;
    }
    let mut phrase = rest.strip_prefix('+').unwrap_or(rest);
    for skipped in [
        " or more",
        " of the",
        " of its",
        " of their",
        " of these",
        " of other",
        " of",
        " other",
        " different",
    ] {
        phrase = phrase
            .strip_prefix(skipped)
            .filter(|next| next.starts_with(' '))
            .unwrap_or(phrase);
    }
    phrase.strip_prefix([' ', '\u{a0}'])?;
    let start = amount.end + (rest.len() - phrase.len());
    let mut at = start;
    let mut noun_start = None;
    for _ in 0..4 {
        let after = part.get(at..)?;
        let blank = after.len() - after.trim_start_matches([' ', '\u{a0}']).len();
        let word_start = at + blank;
        let tail = part.get(word_start..)?;
        let length = tail
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '.')))
            .unwrap_or(tail.len());
        let word = tail.get(..length)?.trim_end_matches(['.', '\'', '’', '-']);
        let lower = word.to_lowercase();
        if blank != 1 && !after.starts_with('\u{a0}')
            || word.is_empty()
            || STOPS.contains(&lower.as_str())
        {
            return None;
        }
        let first = *noun_start.get_or_insert(word_start);
        if TIME_UNITS.contains(&lower.as_str()) {
            return None;
        }
        if is_plural(word, &lower) {
            let end = word_start + word.len();
            return Some((part.get(first..end)?.to_owned(), end - amount.end));
        }
        if word.len() < length {
            return None;
        }
        at = word_start + word.len();
    }
    None
}

fn is_plural(word: &str, lower: &str) -> bool {
    let is_s = word.ends_with('s') && word.len() > 3;
    let singular = ["ss", "us", "is", "'s", "’s"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    (is_s && !singular) || PLURALS.contains(&lower)
}

/// A year, or a number that belongs to the name before it: "Windows 10 machines".
fn is_name(part: &str, amount: &Amount, is_bound: bool) -> bool {
    let value = amount.at_most.unwrap_or_default();
    if is_bound {
        return false;
    }
    if (1900.0..2100.0).contains(&value) {
        return true;
    }
    let before = part.get(..amount.start).unwrap_or_default();
    let Some(before) = before.strip_suffix([' ', '\u{a0}']) else {
        return false;
    };
    let word = before
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let lower = word.to_lowercase();
    let is_capital = word.starts_with(char::is_uppercase) && !STOPS.contains(&lower.as_str());
    let is_word = !matches!(
        lower.as_str(),
        "all" | "another" | "these" | "those" | "of" | "affected" | "around"
    );
    NAMING.contains(&lower.as_str()) || (is_capital && is_word)
}

/// "half of", "a third of".
fn shares(part: &str, places: &[Span]) -> Vec<Quantity> {
    let share = |(from, captures): (usize, regex::Captures<'_>)| {
        let all = captures.get(0)?;
        let all = Span::new(from + all.start(), from + all.end());
        let percent = if captures.name("half").is_some() {
            50.0
        } else if captures.name("thirds").is_some() {
            200.0 / 3.0
        } else if captures.name("quarters").is_some() {
            75.0
        } else {
            match captures
                .name("part")?
                .as_str()
                .to_ascii_lowercase()
                .as_str()
            {
                "third" => 100.0 / 3.0,
                "quarter" => 25.0,
                _ => 20.0,
            }
        };
        // "the first half of 2021" and "a quarter of an hour" are times.
        let before = part.get(..all.start)?.trim_end().to_ascii_lowercase();
        let is_time = ["first", "second", "latter", "other", "last"]
            .iter()
            .any(|word| before.ends_with(word));
        let bound = bound(part, all.start);
        let span = Span::new(bound.map_or(all.start, |(_, start)| start), all.end);
        let (low, high) = match bound.map(|(bound, _)| bound) {
            Some(Bound::Least) => (Some(percent), None),
            Some(Bound::Most) => (None, Some(percent)),
            _ => (Some(percent), Some(percent)),
        };
        (!is_time).then(|| Quantity {
            span,
            text: span.of(part).to_owned(),
            kind: QuantityKind::Percent,
            at_least: low,
            at_most: high,
            unit: None,
        })
    };
    let captures = places.iter().flat_map(|place| {
        let captures = SHARE.captures_iter(place.of(part));
        captures.map(|captures| (place.start, captures))
    });
    captures.filter_map(share).collect()
}
