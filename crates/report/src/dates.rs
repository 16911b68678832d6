//! Dates and times as people and machines write them.

use std::sync::LazyLock;

use daylight_model::{Span, Timestamp};
use jiff::{civil::DateTime, tz::TimeZone};
use regex::{Captures, Regex};

/// A point in time and the words it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dated {
    /// Midnight UTC where no time is written, UTC where no zone is.
    pub(crate) at: Timestamp,
    /// The words, in the text that was searched.
    pub(crate) span: Span,
    /// Whether a time of day is written.
    pub(crate) has_time: bool,
}

const MONTHS: &str = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|\
     aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";

#[allow(clippy::unwrap_used)] // The patterns are constants, compiled in every test.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let orders = [
        r"(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})".to_owned(),
        r"(?P<y2>\d{4})/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})".to_owned(),
        format!(r"(?P<n3>{MONTHS})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{{4}})"),
        format!(
            r"(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<n4>{MONTHS})\.?,?[\s-]+(?P<y4>\d{{4}})"
        ),
        r"(?P<a5>\d{1,2})[/.](?P<b5>\d{1,2})[/.](?P<y5>\d{4})".to_owned(),
    ];
    pattern(&format!(r"(?i)\b(?:{})", orders.join("|")))
});

const CLOCK: &str = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?)?\s*(?P<half>[aApP]\.?\s?[mM]\b\.?)?(?:\s*\(?(?P<zone>Z\b|[+-]\d{2}:?\d{2}|(?:GMT|UTC)[+-]\d{1,2}(?::?\d{2})?\b|[A-Z]{2,5}\b|(?:Eastern|Central|Mountain|Pacific)(?: (?:Standard|Daylight))? Time)\)?)?";

static CLOCK_AFTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"^(?:T|[\s,|•·–—-]+|\s*(?:,\s*)?at\s+){CLOCK}")));

static CLOCK_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b{CLOCK}[\s,|•·–—-]*(?:on\s+)?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s+)?$"
    ))
});

static WEEKDAY_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+$")
});

/// The first date in `text`, with the time of day beside it where one is written.
pub(crate) fn find(text: &str) -> Option<Dated> {
    let mut from = 0;
    while let Some(captures) = text.get(from..).and_then(|rest| DATE.captures(rest)) {
        let whole = captures.get(0)?;
        let span = Span::new(from + whole.start(), from + whole.end());
        let runs_on = text
            .get(span.end..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if !runs_on && let Some(date) = civil_date(&captures) {
            return complete(text, span, date);
        }
        from = span.end;
    }
    None
}

/// Every date in `text`.
pub(crate) fn find_all(text: &str) -> Vec<Dated> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(find) {
        let span = Span::new(from + found.span.start, from + found.span.end);
        from = span.end;
        all.push(Dated { span, ..found });
    }
    all
}

fn civil_date(captures: &Captures) -> Option<jiff::civil::Date> {
    let number = |names: &[&str]| -> Option<i16> {
        names
            .iter()
            .find_map(|name| captures.name(name)?.as_str().parse().ok())
    };
    let year = number(&["y1", "y2", "y3", "y4", "y5"])?;
    let (month, day) = match (captures.name("n3").or(captures.name("n4")), number(&["a5"])) {
        (Some(name), _) => (month_number(name.as_str())?, number(&["d3", "d4"])?),
        // 07/19/2021 can be read one way only; 07/08/2021 cannot, so it is left alone.
        (None, Some(first)) => match (first, number(&["b5"])?) {
            (first, second) if first > 12 => (second, first),
            (first, second) if second > 12 || first == second => (first, second),
            _ => return None,
        },
        (None, None) => (number(&["m1", "m2"])?, number(&["d1", "d2"])?),
    };
    if !(1970..=2200).contains(&year) {
        return None;
    }
    jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn month_number(name: &str) -> Option<i16> {
    let short: String = name.to_lowercase().chars().take(3).collect();
    let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let place = months.iter().position(|month| *month == short)?;
    i16::try_from(place + 1).ok()
}

fn complete(text: &str, date_span: Span, date: jiff::civil::Date) -> Option<Dated> {
    // The time stands close by, so only a short stretch is searched on either side.
    let after = text.get(date_span.end..)?;
    let mut start_of_before = date_span.start.saturating_sub(60);
    while !text.is_char_boundary(start_of_before) {
        start_of_before += 1;
    }
    let before = text.get(start_of_before..date_span.start)?;
    let mut span = date_span;
    let mut clock = None;
    if let Some(captures) = CLOCK_AFTER.captures(after)
        && let Some(read) = read_clock(&captures)
    {
        span.end += captures.get(0)?.end();
        clock = Some(read);
    } else if let Some(captures) = CLOCK_BEFORE.captures(before)
        && let Some(read) = read_clock(&captures)
    {
        span.start = start_of_before + captures.get(0)?.start();
        clock = Some(read);
    }
    if span.start == date_span.start
        && let Some(weekday) = WEEKDAY_BEFORE.find(before)
    {
        span.start = start_of_before + weekday.start();
    }
    let (time, zone) = clock
        .clone()
        .unwrap_or((jiff::civil::Time::midnight(), TimeZone::UTC));
    let at = zone.to_timestamp(DateTime::from_parts(date, time)).ok()?;
    Some(Dated {
        at,
        span: span.trimmed(text),
        has_time: clock.is_some(),
    })
}

fn read_clock(captures: &Captures) -> Option<(jiff::civil::Time, TimeZone)> {
    let number = |name: &str| {
        captures
            .name(name)
            .and_then(|found| found.as_str().parse::<i8>().ok())
    };
    let half = captures
        .name("half")
        .map(|half| half.as_str().to_lowercase());
    // A bare number is a time only with "am" or "pm".
    if captures.name("minute").is_none() && half.is_none() {
        return None;
    }
    let hour = match (number("hour")?, half) {
        (12, Some(half)) if half.starts_with('a') => 0,
        (hour, Some(half)) if half.starts_with('p') && hour < 12 => hour + 12,
        (hour, _) => hour,
    };
    let time = jiff::civil::Time::new(
        hour,
        number("minute").unwrap_or(0),
        number("second").unwrap_or(0),
        0,
    )
    .ok()?;
    let zone = captures
        .name("zone")
        .and_then(|zone| named_zone(zone.as_str()));
    Some((time, zone.unwrap_or(TimeZone::UTC)))
}

/// The zones that news pages and advisories write by name.
fn named_zone(name: &str) -> Option<TimeZone> {
    // The zones of the United States by rule, so that "ET" is right in summer and winter
    // without a time-zone database on the machine.
    let rule = match name {
        "ET" => "EST5EDT,M3.2.0,M11.1.0",
        "CT" => "CST6CDT,M3.2.0,M11.1.0",
        "MT" => "MST7MDT,M3.2.0,M11.1.0",
        "PT" => "PST8PDT,M3.2.0,M11.1.0",
        _ if name.ends_with("Time") => return named_zone(&spelled_zone(name)),
        _ => "",
    };
    if !rule.is_empty() {
        return TimeZone::posix(rule).ok();
    }
    let minutes = match name {
        "Z" | "GMT" | "UTC" | "WET" => 0,
        "BST" | "CET" | "WEST" => 60,
        "CEST" | "EET" | "SAST" => 120,
        "EEST" | "MSK" => 180,
        "IST" => 330,
        "SGT" | "HKT" | "AWST" => 480,
        "JST" | "KST" => 540,
        "ACST" => 570,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "EDT" => -240,
        "EST" | "CDT" => -300,
        "CST" | "MDT" => -360,
        "MST" | "PDT" => -420,
        "PST" | "AKDT" => -480,
        "AKST" => -540,
        "HST" => -600,
        _ => offset_minutes(name)?,
    };
    Some(TimeZone::fixed(
        jiff::tz::Offset::from_seconds(minutes * 60).ok()?,
    ))
}

fn spelled_zone(name: &str) -> String {
    let initial = name.get(..1).unwrap_or_default();
    let middle = if name.contains("Standard") {
        "S"
    } else if name.contains("Daylight") {
        "D"
    } else {
        ""
    };
    format!("{initial}{middle}T")
}

fn offset_minutes(name: &str) -> Option<i32> {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let sign = if digits.starts_with('-') { -1 } else { 1 };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        3 | 4 => digits.split_at(digits.len() - 2),
        _ => return None,
    };
    Some(sign * (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at: &str, written: &str) {
        let found = find(text).unwrap_or_else(|| panic!("no date in {text:?}"));
        assert_eq!(
            (found.at.to_string().as_str(), found.span.of(text)),
            (at, written),
            "{text:?}"
        );
    }

    #[test]
    fn dates_with_and_without_time() {
        check(
            "Published at Mon, 19 Jul 2021 11:54:41 +0000",
            "2021-07-19T11:54:41Z",
            "Mon, 19 Jul 2021 11:54:41 +0000",
        );
        check(
            "2021-07-19T07:54:41-04:00",
            "2021-07-19T11:54:41Z",
            "2021-07-19T07:54:41-04:00",
        );
        check(
            "2021-07-19T07:54:41.123Z",
            "2021-07-19T07:54:41Z",
            "2021-07-19T07:54:41.123Z",
        );
        check(
            "2021-07-19 07:54",
            "2021-07-19T07:54:00Z",
            "2021-07-19 07:54",
        );
        check(
            "Original release date: July 19, 2021Summary",
            "2021-07-19T00:00:00Z",
            "July 19, 2021",
        );
        check(
            "19 July 2021 11:54 GMT",
            "2021-07-19T11:54:00Z",
            "19 July 2021 11:54 GMT",
        );
        check(
            "Posted on Jul. 19th, 2021 at 7:54 a.m. EDT by",
            "2021-07-19T11:54:00Z",
            "Jul. 19th, 2021 at 7:54 a.m. EDT",
        );
        check(
            "Updated 7:54 AM ET, Mon July 19, 2021",
            "2021-07-19T11:54:00Z",
            "7:54 AM ET, Mon July 19, 2021",
        );
        check(
            "January 19, 2021, 7:54 AM ET",
            "2021-01-19T12:54:00Z",
            "January 19, 2021, 7:54 AM ET",
        );
        check(
            "July 19, 2021 | 5 pm Pacific Time",
            "2021-07-20T00:00:00Z",
            "July 19, 2021 | 5 pm Pacific Time",
        );
        check(
            "Monday 19 July 2021 12.54 BST",
            "2021-07-19T11:54:00Z",
            "Monday 19 July 2021 12.54 BST",
        );
        check(
            "19.07.2021, 13:54 CEST",
            "2021-07-19T11:54:00Z",
            "19.07.2021, 13:54 CEST",
        );
        check("07/19/2021", "2021-07-19T00:00:00Z", "07/19/2021");
        check(
            "July 19, 2021 12:01 AM UTC+2",
            "2021-07-18T22:01:00Z",
            "July 19, 2021 12:01 AM UTC+2",
        );
        check(
            "Released July 19, 2021 - 30 victims",
            "2021-07-19T00:00:00Z",
            "July 19, 2021",
        );
        check(
            "31 February 2021, then 1 March 2021",
            "2021-03-01T00:00:00Z",
            "1 March 2021",
        );
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "07/08/2021",
            "2021-13-40",
            "call 555-1234",
            "July 2021",
            "version 10.15.20211",
            "1 May 19999",
        ] {
            assert_eq!(find(text), None, "{text:?}");
        }
    }
}
