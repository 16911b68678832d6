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
