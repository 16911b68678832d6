//! Numbers as texts write them, before it is known what they count.

use std::sync::LazyLock;

use daylight_model::Span;
use regex::{Captures, Regex};

use crate::cues::{Before, Cues, Group, Next, Reach};

/// A number or a vague number, with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) at_least: Option<f64>,
    pub(super) at_most: Option<f64>,
    /// The currency written before it.
    pub(super) currency: Option<&'static str>,
    /// It names its own scale ("million"), which a number before it in a range shares.
    pub(super) scale: Option<f64>,
    pub(super) shape: Shape,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Digits alone: may as well be a year, a port or a version.
    Digits,
    /// Digits with a point: may as well be a version.
    Fraction,
    /// Digits in groups, or with a scale or a currency.
    Figure,
    /// A number word.
    Word,
    /// "tens of thousands", "a handful".
    Vague,
}

/// Currency signs and codes, longer ones first.
const CURRENCIES: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("AU$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₽", "RUB"),
    ("₹", "INR"),
    ("₿", "BTC"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("BTC", "BTC"),
];

const WORDS: &[(&str, f64)] = &[
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
    ("one", 1.0),
];

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let words = WORDS
        .iter()
        .map(|(word, _)| *word)
        .collect::<Vec<_>>()
        .join("|");
    let signs = CURRENCIES
        .iter()
        .map(|(sign, _)| regex::escape(sign))
        .collect::<Vec<_>>()
        .join("|");
    Regex::new(&format!(
        r"(?xi)
        (?P<vague>tens|dozens|scores|hundreds|thousands|millions|billions|trillions)(?-u:\b)
            (?:\s+(?:of|and)\s+(?P<of>thousands|millions|billions|trillions)(?-u:\b))?
        | (?P<handful>a\s+handful|several|numerous|a\s+number)(?-u:\b)
        | half\s+an?\s+(?P<half>dozen|million|billion|trillion)(?-u:\b)
        | (?:(?P<currency>{signs})\s?)?
          (?P<number>
              [0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)? | [0-9]+(?:\.[0-9]+)?
            | (?P<tens>twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(?P<ones>one|two|three|four|five|six|seven|eight|nine)(?-u:\b)
            | (?P<word>{words})(?-u:\b) | an?(?-u:\b)
          )
          (?: [\s-]? (?P<scale>hundred\s+thousand|dozen|hundred|thousand|million|billion|trillion)(?-u:\b)
            | (?P<short>k|mn|m|bn|b|tn)(?-u:\b) )?
        "
    ))
    .expect("a constant pattern")
});

/// Words and digits of which a number needs one, and words of which a share does.
static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
    let scales = [
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "tens", "scores",
        "handful", "several", "numerous", "number",
    ];
    let codes = ["usd", "eur", "gbp", "btc"];
    let shares = ["half", "third", "quarter", "fifth"];
    let numbers: [Group<'_>; 4] = [
        (&digits, Next::Any),
        (&words, Next::WordEnd),
        (&scales, Next::Any),
        (&codes, Next::Any),
    ];
    let shares: [Group<'_>; 1] = [(&shares, Next::Any)];
    Cues::new(
        &[&numbers, &shares],
        Before::WordStart,
        Reach::Words(4, 4),
        true,
    )
});

/// Where numbers may be, and where shares.
pub(super) fn places(part: &str) -> [Vec<Span>; 2] {
    let mut places = CUES.parts(part).into_iter();
    std::array::from_fn(|_| places.next().unwrap_or_default())
}

/// All numbers in the places of `part`, those that belong to ids, versions and dates left out.
pub(super) fn amounts(part: &str, places: &[Span]) -> Vec<Amount> {
    let amounts_of = |tried: &Span| {
        let from = tried.start;
        NUMBER
            .captures_iter(tried.of(part))
            .filter_map(move |captures| amount(part, from, &captures))
            .collect::<Vec<_>>()
    };
    places.iter().flat_map(amounts_of).collect()
}

/// The number of a match in `part[from..]`.
fn amount(part: &str, from: usize, captures: &Captures<'_>) -> Option<Amount> {
    let all = captures.get(0)?;
    let (start, end) = (from + all.start(), from + all.end());
    if !stands_free(part, start, end) {
        return None;
    }
    let plain = Amount {
        start,
        end,
        at_least: None,
        at_most: None,
        currency: None,
        scale: None,
        shape: Shape::Vague,
    };
    if captures.name("handful").is_some() {
        return Some(plain);
    }
    if let Some(vague) = captures.name("vague") {
        let scale = captures.name("of").map_or(1.0, |of| scale_of(of.as_str()));
        let (low, high) = vague_bounds(vague.as_str());
        let at_most = high.map(|high| high * scale - 1.0);
        return Some(Amount {
            at_least: Some(low * scale),
            at_most,
            ..plain
        });
    }
    if let Some(half) = captures.name("half") {
        let value = Some(scale_of(half.as_str()) / 2.0);
        return Some(Amount {
            at_least: value,
            at_most: value,
            shape: Shape::Figure,
            ..plain
        });
    }
    figure(captures, plain)
}

/// A number in digits or words, with its currency and its scale.
fn figure(captures: &Captures<'_>, plain: Amount) -> Option<Amount> {
    let written = captures.name("number")?.as_str().to_ascii_lowercase();
    let scale = captures
        .name("scale")
        .map(|scale| scale_of(scale.as_str()))
        .or_else(|| {
            captures
                .name("short")
                .map(|short| short_scale(short.as_str()))
        });
    let (value, shape) = number(captures, &written)?;
    if matches!(written.as_str(), "a" | "an") && scale.is_none() {
        return None;
    }
    let currency = captures
        .name("currency")
        .and_then(|sign| currency_of(sign.as_str()));
    // "4b", "10m" and "5k" are scales of money only; elsewhere they may be anything.
    if captures.name("short").is_some() && currency.is_none() {
        return None;
    }
    let is_bare = scale.is_none() && currency.is_none();
    let shape = if shape == Shape::Word || is_bare {
        shape
    } else {
        Shape::Figure
    };
    let value = Some(value * scale.unwrap_or(1.0));
    Some(Amount {
        at_least: value,
        at_most: value,
        currency,
        scale,
        shape,
        ..plain
    })
}

fn number(captures: &Captures<'_>, written: &str) -> Option<(f64, Shape)> {
    let of_word = |word: &str| {
        WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map(|(_, value)| *value)
    };
    if let (Some(tens), Some(ones)) = (captures.name("tens"), captures.name("ones")) {
        return Some((
            of_word(tens.as_str())? + of_word(ones.as_str())?,
            Shape::Word,
        ));
    }
    if let Some(word) = captures.name("word") {
        return Some((of_word(word.as_str())?, Shape::Word));
    }
    if matches!(written, "a" | "an") {
        return Some((1.0, Shape::Word));
    }
    let shape = match (written.contains(','), written.contains('.')) {
        (true, _) => Shape::Figure,
        (false, true) => Shape::Fraction,
        (false, false) => Shape::Digits,
    };
    written
        .replace(',', "")
        .parse()
        .ok()
        .map(|value| (value, shape))
}

fn currency_of(sign: &str) -> Option<&'static str> {
    CURRENCIES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(sign))
        .map(|(_, code)| *code)
}

fn scale_of(word: &str) -> f64 {
    let word = word.to_ascii_lowercase();
    match word.strip_suffix('s').unwrap_or(&word) {
        "dozen" => 12.0,
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        "trillion" => 1e12,
        _ => 1e5,
    }
}

fn short_scale(short: &str) -> f64 {
    match short.to_ascii_lowercase().as_str() {
        "k" => 1e3,
        "m" | "mn" => 1e6,
        "tn" => 1e12,
        _ => 1e9,
    }
}

/// The smallest value of a vague number, and the first value too large for it.
fn vague_bounds(word: &str) -> (f64, Option<f64>) {
    match word.to_ascii_lowercase().as_str() {
        "tens" => (10.0, Some(100.0)),
        // Nobody agrees where dozens and scores end.
        "dozens" => (24.0, None),
        "scores" => (40.0, None),
        "hundreds" => (100.0, Some(1e3)),
        "thousands" => (1e3, Some(1e6)),
        "millions" => (1e6, Some(1e9)),
        "billions" => (1e9, Some(1e12)),
        _ => (1e12, None),
    }
}

/// Not part of a word, an id, a version, an address or a clock time.
fn stands_free(part: &str, start: usize, end: usize) -> bool {
    let before = part.get(..start).and_then(|text| text.chars().next_back());
    let mut after = part.get(end..).unwrap_or_default().chars();
    let (first, second) = (after.next(), after.next());
    let bad_before = before.is_some_and(|c| {
        c.is_alphanumeric()
            || matches!(
                c,
                '.' | ',' | '/' | '\\' | ':' | '_' | '#' | '@' | '=' | '-' | '%'
            )
    });
    let is_number_before = part
        .get(..start)
        .and_then(|text| text.strip_suffix(['-', '–']))
        .filter(|text| text.ends_with(|c: char| c.is_ascii_digit()))
        .map(|text| text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')))
        .is_some_and(|text| {
            !text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':'))
        });
    let joins_digit =
        matches!(first, Some('.' | ',' | ':' | '/')) && second.is_some_and(|c| c.is_ascii_digit());
    let bad_after = joins_digit
        || first.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '\\' | '@' | '='));
    (!bad_before || is_number_before) && !bad_after
}
