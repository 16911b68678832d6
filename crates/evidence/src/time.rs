//! Times as logs write them, always UTC.

use daylight_model::{Native, Timestamp, Value, file_time};
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// RFC 3339; date and time without a zone, which the logs read here write in UTC; or what
/// PowerShell makes of a time.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    // Shorter is no date and time; longer is a sentence.
    if !(16..=40).contains(&text.len()) {
        return None;
    }
    let civil = || {
        let civil: DateTime = text.trim_end_matches(" UTC").parse().ok()?;
        Offset::UTC.to_timestamp(civil).ok()
    };
    text.parse()
        .ok()
        .or_else(civil)
        .or_else(|| powershell(text))
}

/// A time in any shape a JSON record may give it: text, or seconds, milliseconds or
/// microseconds since 1970, told apart by size.
pub(crate) fn of_value(value: &Value<'_>) -> Option<Timestamp> {
    match value {
        Value::Native(Native::FileTime(ticks)) => file_time(*ticks),
        Value::Text(_) | Value::Wide(_) | Value::Native(_) => parse(&value.as_text()),
        Value::Integer(number) => since_epoch(*number as f64),
        Value::Float(number) => since_epoch(*number),
        _ => None,
    }
}

fn since_epoch(number: f64) -> Option<Timestamp> {
    // Below: small numbers are counters, not times (1980 and later are taken as times).
    let milliseconds = match number {
        3.1e8..1e11 => number * 1e3,
        1e11..1e14 => number,
        1e14..1e17 => number / 1e3,
        _ => return None,
    };
    Timestamp::from_millisecond(milliseconds.round() as i64).ok()
}

/// What PowerShell's ConvertTo-Json makes of a time: `/Date(1615704000000)/`.
fn powershell(text: &str) -> Option<Timestamp> {
    let milliseconds = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    Timestamp::from_millisecond(milliseconds.parse().ok()?).ok()
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// RFC 3339, or with a zone without a colon, `+0000`, as Suricata writes it.
pub(crate) fn with_short_zone(text: &str) -> Option<Timestamp> {
    let colon = text.len().checked_sub(2)?;
    let mended = || Some(format!("{}:{}", text.get(..colon)?, text.get(colon..)?));
    parse(text).or_else(|| parse(&mended()?))
}

/// Seconds since 1970, with parts of them, written as text or number.
pub(crate) fn of_seconds(value: &Value<'_>) -> Option<Timestamp> {
    let seconds: f64 = value.as_text().parse().ok()?;
    Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()
}

/// `03/Mar/2021:06:30:11 +0100`, as web servers write it.
pub(crate) fn access_log(text: &str) -> Option<Timestamp> {
    let (date, zone) = text.split_once(' ')?;
    let mut parts = date.splitn(3, '/');
    let day: i8 = parts.next()?.parse().ok()?;
    let month = month(parts.next()?)?;
    let (year, clock) = parts.next()?.split_once(':')?;
    let (hours, minutes) = (zone.get(..3)?, zone.get(3..5)?);
    parse(&format!(
        "{year}-{month:02}-{day:02}T{clock}{hours}:{minutes}"
    ))
}

fn month(name: &str) -> Option<i8> {
    let place = MONTHS
        .iter()
        .position(|month| month.eq_ignore_ascii_case(name))?;
    i8::try_from(place + 1).ok()
}

/// Whether a text is `Mar  3 06:30:11`.
pub(crate) fn is_without_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.get(..3).is_some_and(|name| month(name).is_some())
        && bytes.get(3) == Some(&b' ')
        && bytes.get(9) == Some(&b':')
        && bytes.get(12) == Some(&b':')
}

/// `Mar  3 06:30:11` in the last year in which it is not later than `latest`, but for a day that
/// clocks and zones may be apart.
pub(crate) fn without_year(text: &str, latest: Timestamp) -> Option<Timestamp> {
    let month = month(text.get(..3)?)?;
    let (day, clock) = (text.get(4..6)?.trim(), text.get(7..15)?);
    let day: i8 = day.parse().ok()?;
    let last = Offset::UTC.to_datetime(latest).year();
    let in_year = |year: i16| parse(&format!("{year:04}-{month:02}-{day:02}T{clock}Z"));
    let is_past = |time: &Timestamp| time.as_second() <= latest.as_second() + 86_400;
    // The 29th of February is not in every year.
    (0..8).find_map(|back| in_year(last - back).filter(is_past))
}

/// `20210303063011`, as PowerShell's transcripts have it.
pub(crate) fn compact(text: &str) -> Option<Timestamp> {
    let part = |from, to| text.trim().get(from..to);
    let (date, clock) = (
        [part(0, 4)?, part(4, 6)?, part(6, 8)?],
        [part(8, 10)?, part(10, 12)?, part(12, 14)?],
    );
    parse(&format!("{}T{}Z", date.join("-"), clock.join(":")))
}

/// `03/23/21` and `06:30:11`: the month first, as Windows' DHCP server writes it everywhere.
pub(crate) fn month_first(date: &str, clock: &str) -> Option<Timestamp> {
    let mut parts = date.trim().split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year: u16 = year.parse().ok()?;
    let year = if year < 100 { 2000 + year } else { year };
    parse(&format!(
        "{year:04}-{month:0>2}-{day:0>2}T{}Z",
        clock.trim()
    ))
}

/// A date and time as Windows writes it where nothing else is set: `3/23/2021 6:30:11 PM` with the
/// month first, `23/03/2021 18:30:11` and `23.03.2021 18:30:11` with the day first.
pub(crate) fn windows_local(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace();
    let (date, clock) = (words.next()?, words.next()?);
    let half = words.next();
    let mut parts = date.split(['/', '.', '-']);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = match (first.len(), half) {
        (4, _) => (first, second, third),
        (_, Some(_)) => (third, first, second),
        _ => (third, second, first),
    };
    let (hour, rest) = clock.split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let hour = match half {
        Some("PM") if hour < 12 => hour + 12,
        Some("AM") if hour == 12 => 0,
        _ => hour,
    };
    parse(&format!("{year}-{month:0>2}-{day:0>2}T{hour:02}:{rest}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let found = parse(text).map(|time| time.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn times_as_logs_write_them() {
        check("2021-03-14T01:39:32.609Z", Some("2021-03-14T01:39:32.609Z"));
        check("2021-03-14 06:39:30.227", Some("2021-03-14T06:39:30.227Z"));
        check("2021-03-14 06:39:30", Some("2021-03-14T06:39:30Z"));
        check("2021-03-14T06:39:30+05:00", Some("2021-03-14T01:39:30Z"));
        check(
            "2019-03-17 20:18:09.593 UTC",
            Some("2019-03-17T20:18:09.593Z"),
        );
        check("/Date(1615704000000)/", Some("2021-03-14T06:40:00Z"));
        check("2021-02-30 06:39:30", None);
        check("yesterday at noon, or later", None);
        check("", None);
    }

    #[test]
    fn times_as_single_products_write_them() {
        let check = |found: Option<Timestamp>, expected: &str| {
            assert_eq!(
                found.map(|time| time.to_string()).as_deref(),
                Some(expected)
            );
        };
        check(
            access_log("03/Mar/2021:06:30:11 +0130"),
            "2021-03-03T05:00:11Z",
        );
        check(
            with_short_zone("2021-03-03T06:30:11.25+0100"),
            "2021-03-03T05:30:11.25Z",
        );
        check(compact("20210303063011"), "2021-03-03T06:30:11Z");
        check(month_first("03/23/21", "06:30:11"), "2021-03-23T06:30:11Z");
        check(windows_local("3/4/2021 6:30:11 PM"), "2021-03-04T18:30:11Z");
        check(
            windows_local("12/4/2021 12:30:11 AM"),
            "2021-12-04T00:30:11Z",
        );
        check(windows_local("4.3.2021 06:30:11"), "2021-03-04T06:30:11Z");
        check(windows_local("04/03/2021 18:30:11"), "2021-03-04T18:30:11Z");
        let latest = "2021-03-03T07:00:00Z".parse().unwrap();
        check(
            without_year("Mar  3 06:30:11", latest),
            "2021-03-03T06:30:11Z",
        );
        check(
            without_year("Dec 31 23:59:59", latest),
            "2020-12-31T23:59:59Z",
        );
        check(
            without_year("Feb 29 12:00:00", latest),
            "2020-02-29T12:00:00Z",
        );
        assert!(!is_without_year("Mar is the 3rd, "));
    }

    #[test]
    fn numbers_since_1970() {
        let check = |value: Value<'_>, expected: Option<&str>| {
            let found = of_value(&value).map(|time| time.to_string());
            assert_eq!(found.as_deref(), expected);
        };
        check(Value::Integer(1_615_704_000), Some("2021-03-14T06:40:00Z"));
        check(
            Value::Integer(1_615_704_000_123),
            Some("2021-03-14T06:40:00.123Z"),
        );
        check(
            Value::Float(1_615_704_000.5),
            Some("2021-03-14T06:40:00.5Z"),
        );
        check(Value::Integer(17), None);
        check(Value::Float(f64::NAN), None);
    }
}
