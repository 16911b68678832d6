//! Points in time as texts name them.

use std::sync::LazyLock;

use daylight_model::{Interval, Span, Timestamp};
use jiff::civil::{Date, Weekday};
use regex::{Captures, Regex};

use super::calendar::{self, Unit};
use crate::cues::{Before, Cues, Group, Next, Reach};

/// How a point is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A year and nothing else: a time only behind "in", "since" …
    Year,
    /// A month and nothing else: likewise, for "May" and "March" are words as well.
    Month,
    /// Anything that says by itself that it is a time.
    Clear,
}

/// One point, with its place in the part of the text that was searched.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) span: Span,
    pub(super) interval: Option<Interval>,
    pub(super) relative: bool,
    pub(super) kind: Kind,
}

/// What one pattern reads: interval, whether it is relative, how it is written.
type Meaning = (Option<Interval>, bool, Kind);

/// A pattern and its reader; `None` where the match is no time after all.
struct Pattern {
    regex: Regex,
    read: fn(&Captures<'_>, Option<Timestamp>) -> Option<Meaning>,
}

const MONTH: &str = r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sep(?:tember|t\.?|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)";
const WEEKDAY: &str = r"(?P<weekday>Mon(?:day)|Tues(?:day)|Wednes(?:day)|Thurs(?:day)|Fri(?:day)|Satur(?:day)|Sun(?:day))";
const DAY: &str = r"(?P<day>[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?";
const YEAR: &str = r"(?P<year>19[89][0-9]|20[0-4][0-9])";
const PART: &str = r"(?P<part>early|mid|late|beginning|start|middle|end)(?:\s+of\s+(?:the\s+)?(?:year\s+)?|[\s-]+)(?:in\s+)?";
const COUNT: &str = r"(?P<count>[0-9]{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:a\s+)?couple(?:\s+of)?|(?:a\s+)?few|several)";
const UNIT: &str = r"(?P<unit>hours?|days?|weeks?|months?|quarters?|years?|decades?)";

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let pattern = |source: String, read| Pattern {
        regex: Regex::new(&format!(r"(?i)(?-u:\b)(?:{source})")).expect("a constant pattern"),
        read,
    };
    vec![
        pattern(
            format!(
                r"{YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3][0-9])(?:[T ](?P<hour>[0-2][0-9]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:[.,][0-9]{{1,9}})?)?\s?(?P<zone>Z|UTC|GMT|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
            ),
            iso,
        ),
        pattern(
            format!(r"(?:{WEEKDAY},?\s+)?(?:the\s+)?{MONTH}\s+{DAY}(?:(?:,\s*|\s+){YEAR})?"),
            date,
        ),
        pattern(
            format!(r"(?:{WEEKDAY},?\s+)?(?:the\s+)?{DAY}(?:\s+of)?\s+{MONTH}(?:,?\s+{YEAR})?"),
            date,
        ),
        pattern(
            format!(r"(?:{PART})?{MONTH}(?:,?\s+(?:of\s+)?{YEAR})?"),
            month,
        ),
        pattern(format!(r"(?:{PART})?{YEAR}"), year),
        pattern(format!(r"Q(?P<quarter>[1-4])(?:\s+of)?\s+{YEAR}"), quarter),
        pattern(
            format!(
                r"(?:the\s+)?(?P<ordinal>first|second|third|fourth)\s+(?P<portion>quarter|half)\s+of\s+{YEAR}"
            ),
            portion,
        ),
        pattern(
            r"(?P<word>today|yesterday|tomorrow|tonight)".to_owned(),
            named_day,
        ),
        pattern(
            format!(
                r"(?:(?P<way>earlier|later|early|late)\s+)?(?P<which>this|last|past|next|previous)\s+{UNIT}"
            ),
            this_unit,
        ),
        pattern(
            format!(
                r"(?:the\s+)?(?:last|past)\s+{COUNT}\s+{UNIT}|the\s+(?:last|past)\s+(?P<single>decade|year|month|week)"
            ),
            past_units,
        ),
        pattern(format!(r"{COUNT}\s+{UNIT}\s+(?:ago|earlier)"), ago),
        pattern(format!(r"recent\s+{UNIT}"), recent),
        pattern(format!(r"(?P<which>last|this|next)\s+{MONTH}"), named_month),
        pattern(
            format!(r"(?:(?P<which>last|this|next)\s+)?{WEEKDAY}"),
            named_weekday,
        ),
    ]
});

/// Words of which a pattern needs one, by the pattern's number.
static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let weekdays = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let years = ["198", "199", "200", "201", "202", "203", "204"];
    let units = ["hour", "day", "week", "month", "quarter", "year", "decade"];
    let groups: [Group<'_>; 14] = [
        (&years, Next::Any),
        (&months, Next::Capitalised),
        (&months, Next::Capitalised),
        (&months, Next::Capitalised),
        (&years, Next::Any),
        (&["q1", "q2", "q3", "q4"], Next::Any),
        (&["quarter", "half"], Next::Any),
        (&["today", "yesterday", "tomorrow", "tonight"], Next::Any),
        (&units, Next::Any),
        (&units, Next::Any),
        (&["ago", "earlier"], Next::Any),
        (&["recent"], Next::Any),
        (&months, Next::Capitalised),
        (&weekdays, Next::Capitalised),
    ];
    let patterns = groups.each_ref().map(std::slice::from_ref);
    Cues::new(&patterns, Before::WordStart, Reach::Words(9, 6), true)
});

/// All points in `part`, the longest where several begin together, without overlaps.
pub(super) fn points(part: &str, published: Option<Timestamp>) -> Vec<Point> {
    let mut found = Vec::new();
    let tried = CUES.parts(part);
    for (pattern, tried) in PATTERNS.iter().zip(&tried) {
        let hits = tried.iter().flat_map(|tried| {
            let hits = pattern.regex.captures_iter(tried.of(part));
            hits.map(|captures| (tried.start, captures))
        });
        for (from, captures) in hits {
            let Some(all) = captures.get(0) else { continue };
            let span = Span::new(from + all.start(), from + all.end());
            if !stands_free(part, span.start, span.end) || !is_capitalised(&captures) {
                continue;
            }
            if let Some((interval, relative, kind)) = (pattern.read)(&captures, published) {
                found.push(Point {
                    span,
                    interval,
                    relative,
                    kind,
                });
            }
        }
    }
    found.sort_by_key(|point| (point.span.start, std::cmp::Reverse(point.span.end)));
    let mut taken = 0;
    found.retain(|point| {
        let free = point.span.start >= taken;
        if free {
            taken = point.span.end;
        }
        free
    });
    found
}

/// Not part of an id, a version, an amount or an address.
fn stands_free(part: &str, start: usize, end: usize) -> bool {
    let before = part.get(..start).and_then(|text| text.chars().next_back());
    let mut after = part.get(end..).unwrap_or_default().chars();
    let (first, second) = (after.next(), after.next());
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '\\' | '@' | '=' | '%');
    // "2011-2018": a year may follow a hyphen that follows a year.
    let follows_year = part.get(..start.saturating_sub(1)).is_some_and(|text| {
        text.len() >= 4 && text.bytes().rev().take(4).all(|byte| byte.is_ascii_digit())
    }) && end - start == 4;
    let bad_before = before.is_some_and(|c| {
        joins(c) || matches!(c, '.' | '$' | '#' | '€' | '£') || (c == '-' && !follows_year)
    });
    let bad_after = first.is_some_and(joins)
        || (matches!(first, Some('.' | ',' | '-' | ':'))
            && second.is_some_and(|c| c.is_ascii_digit())
            && !is_year_range(part, start, end));
    !bad_before && !bad_after
}

/// `2011-2018`, with `start..end` its first half.
fn is_year_range(part: &str, start: usize, end: usize) -> bool {
    let rest = part.get(end..).unwrap_or_default();
    let digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    end - start == 4
        && rest.starts_with('-')
        && digits == 4
        && !rest.get(5..).unwrap_or_default().starts_with('-')
}

/// Names of months and days are written with a capital; `may` and `march` are verbs.
fn is_capitalised(captures: &Captures<'_>) -> bool {
    ["month", "weekday"]
        .into_iter()
        .filter_map(|name| captures.name(name))
        .all(|name| {
            name.as_str()
                .starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
        })
}

fn number(captures: &Captures<'_>, name: &str) -> Option<i16> {
    captures
        .name(name)
        .and_then(|number| number.as_str().parse().ok())
}

fn lower(captures: &Captures<'_>, name: &str) -> Option<String> {
    captures
        .name(name)
        .map(|word| word.as_str().to_ascii_lowercase())
}

fn month_number(captures: &Captures<'_>) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let name = lower(captures, "month")?;
    let index = NAMES.iter().position(|start| name.starts_with(start))?;
    i8::try_from(index + 1).ok()
}

fn iso(captures: &Captures<'_>, _: Option<Timestamp>) -> Option<Meaning> {
    let date = Date::new(
        number(captures, "year")?,
        i8::try_from(number(captures, "month")?).ok()?,
        i8::try_from(number(captures, "day")?).ok()?,
    )
    .ok()?;
    let Some(hour) = captures.name("hour") else {
        return Some((calendar::day(date), false, Kind::Clear));
    };
    let minute = captures.name("minute")?.as_str();
    let second = captures
        .name("second")
        .map_or("00", |second| second.as_str());
    let zone = match captures
        .name("zone")
        .map(|zone| zone.as_str().to_ascii_uppercase())
    {
        None => "Z".to_owned(),
        Some(zone) if matches!(zone.as_str(), "Z" | "UTC" | "GMT") => "Z".to_owned(),
        Some(zone) => zone,
    };
    let start: Timestamp = format!("{date}T{}:{minute}:{second}{zone}", hour.as_str())
        .parse()
        .ok()?;
    let seconds = if captures.name("second").is_some() {
        1
    } else {
        60
    };
    let end = start
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .ok();
    Some((
        Some(Interval {
            start: Some(start),
            end,
        }),
        false,
        Kind::Clear,
    ))
}

fn date(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let month = month_number(captures)?;
    let day = i8::try_from(number(captures, "day")?).ok()?;
    if let Some(year) = number(captures, "year") {
        return Some((
            calendar::day(Date::new(year, month, day).ok()?),
            false,
            Kind::Clear,
        ));
    }
    let date = published.and_then(|at| calendar::past_day(month, day, calendar::day_of(at)));
    Some((date.and_then(calendar::day), true, Kind::Clear))
}

fn month(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let month = month_number(captures)?;
    let part = lower(captures, "part");
    let year = number(captures, "year");
    let first = match year {
        Some(year) => Date::new(year, month, 1).ok(),
        None => published.and_then(|at| calendar::past_month(month, calendar::day_of(at))),
    };
    let interval = first
        .and_then(|first| calendar::third(part.as_deref().unwrap_or_default(), first, Unit::Month));
    let kind = if year.is_none() && part.is_none() {
        Kind::Month
    } else {
        Kind::Clear
    };
    Some((interval, year.is_none(), kind))
}

fn year(captures: &Captures<'_>, _: Option<Timestamp>) -> Option<Meaning> {
    let first = Date::new(number(captures, "year")?, 1, 1).ok()?;
    let part = lower(captures, "part");
    let kind = if part.is_some() {
        Kind::Clear
    } else {
        Kind::Year
    };
    Some((
        calendar::third(part.as_deref().unwrap_or_default(), first, Unit::Year),
        false,
        kind,
    ))
}

fn quarter(captures: &Captures<'_>, _: Option<Timestamp>) -> Option<Meaning> {
    let quarter = i8::try_from(number(captures, "quarter")?).ok()?;
    let first = Date::new(number(captures, "year")?, quarter * 3 - 2, 1).ok()?;
    Some((
        calendar::unit_around(Unit::Quarter, first),
        false,
        Kind::Clear,
    ))
}

fn portion(captures: &Captures<'_>, _: Option<Timestamp>) -> Option<Meaning> {
    let index = ["first", "second", "third", "fourth"]
        .iter()
        .position(|word| lower(captures, "ordinal").as_deref() == Some(word))?;
    let months = if lower(captures, "portion")? == "half" {
        6
    } else {
        3
    };
    let month = i8::try_from(index)
        .ok()?
        .checked_mul(months)?
        .checked_add(1)?;
    let first = Date::new(number(captures, "year")?, month, 1).ok()?;
    let after = first
        .checked_add(Unit::Month.times(i32::from(months)))
        .ok()?;
    Some((calendar::days(first, after), false, Kind::Clear))
}

fn named_day(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let today = published.map(calendar::day_of);
    let date = match lower(captures, "word")?.as_str() {
        "yesterday" => today.and_then(|today| today.yesterday().ok()),
        "tomorrow" => today.and_then(|today| today.tomorrow().ok()),
        _ => today,
    };
    Some((date.and_then(calendar::day), true, Kind::Clear))
}

fn this_unit(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let unit = Unit::of_word(captures.name("unit")?.as_str())?;
    if captures.name("unit")?.as_str().ends_with('s') || matches!(unit, Unit::Hour | Unit::Day) {
        return None;
    }
    let which = lower(captures, "which")?;
    let way = lower(captures, "way");
    let meant = published.and_then(|at| {
        let today = calendar::day_of(at);
        let shift = match which.as_str() {
            "this" => 0,
            "next" => 1,
            _ => -1,
        };
        // From the first day, so that the month before 31 March is February.
        let around = calendar::unit_around(
            unit,
            unit.first_day(today)?.checked_add(unit.times(shift)).ok()?,
        )?;
        Some(match way.as_deref() {
            Some("earlier") if shift == 0 => Interval {
                end: Some(at),
                ..around
            },
            Some("later") if shift == 0 => Interval {
                start: Some(at),
                ..around
            },
            Some(part @ ("early" | "late")) if unit != Unit::Week => {
                calendar::third(part, calendar::day_of(around.start?), unit)?
            }
            _ => around,
        })
    });
    Some((meant, true, Kind::Clear))
}

/// "the past two weeks": up to publication.
fn past_units(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let (count, unit) = match captures.name("single") {
        Some(single) => (Some(1), Unit::of_word(single.as_str())?),
        None => (
            count(captures),
            Unit::of_word(captures.name("unit")?.as_str())?,
        ),
    };
    let interval = published.zip(count).and_then(|(at, count)| {
        let zoned = at
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .checked_sub(unit.times(count))
            .ok()?;
        Some(Interval {
            start: Some(zoned.timestamp()),
            end: Some(at),
        })
    });
    Some((interval, true, Kind::Clear))
}

/// "two weeks ago": the calendar's unit that lies so far back; "earlier" alone counts from a
/// time the text is speaking of, which is not known here.
fn ago(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let unit = Unit::of_word(captures.name("unit")?.as_str())?;
    let counts_from_now = captures
        .get(0)?
        .as_str()
        .to_ascii_lowercase()
        .ends_with("ago");
    let interval = published
        .filter(|_| counts_from_now)
        .zip(count(captures))
        .and_then(|(at, count)| {
            let then = at
                .to_zoned_datetime(jiff::tz::TimeZone::UTC)
                .checked_sub(unit.times(count))
                .ok()?;
            calendar::unit_around(unit, then.date())
        });
    Some((interval, true, Kind::Clear))
}

/// "recent months": no text says where they begin; they end with publication.
fn recent(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let plural = captures.name("unit")?.as_str().ends_with('s');
    let interval = published.map(|at| Interval {
        start: None,
        end: Some(at),
    });
    plural.then_some((interval, true, Kind::Clear))
}

fn named_month(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let month = month_number(captures)?;
    let which = lower(captures, "which")?;
    let first = published
        .map(calendar::day_of)
        .and_then(|today| match which.as_str() {
            "last" => calendar::past_month(month, today.first_of_month().yesterday().ok()?),
            "next" => {
                let year = if month > today.month() {
                    today.year()
                } else {
                    today.year().checked_add(1)?
                };
                Date::new(year, month, 1).ok()
            }
            _ => Date::new(today.year(), month, 1).ok(),
        });
    Some((
        first.and_then(|first| calendar::unit_around(Unit::Month, first)),
        true,
        Kind::Clear,
    ))
}

fn named_weekday(captures: &Captures<'_>, published: Option<Timestamp>) -> Option<Meaning> {
    let name = lower(captures, "weekday")?;
    let weekday = match name.get(..3)? {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        _ => Weekday::Sunday,
    };
    let which = lower(captures, "which").unwrap_or_default();
    let date = published.and_then(|at| calendar::weekday(weekday, calendar::day_of(at), &which));
    Some((date.and_then(calendar::day), true, Kind::Clear))
}

/// The number before a unit; none for "several" and "a few".
fn count(captures: &Captures<'_>) -> Option<i32> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let word = lower(captures, "count")?;
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    if matches!(word.as_str(), "a" | "an") {
        return Some(1);
    }
    if word.contains("couple") {
        return Some(2);
    }
    WORDS
        .iter()
        .position(|known| *known == word)
        .and_then(|index| i32::try_from(index).ok())
}

/// Every match of every pattern lies in a part that its cues give.
#[cfg(test)]
pub(super) fn check_cues(text: &str) {
    for (pattern, parts) in PATTERNS.iter().zip(CUES.parts(text)) {
        for hit in pattern.regex.find_iter(text) {
            let hit = Span::new(hit.start(), hit.end());
            let held = parts.iter().any(|part| part.contains(hit));
            let free = stands_free(text, hit.start, hit.end);
            assert!(held || !free, "{} in {text:?}", hit.of(text));
        }
    }
}
