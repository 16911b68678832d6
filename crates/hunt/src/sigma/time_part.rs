//! Parts of times: `minute`, `hour`, `day`, `week`, `month` and `year` (appendix on
//! modifiers, "Time Modifiers").
//!
//! The field holds a time; a number is taken from it and compared. Sigma converts no time
//! zones: what a text says is taken as it stands, except that an offset it gives is turned
//! into UTC, in which all of Daylight's times are.

use daylight_model::{Native, Timestamp, Value, file_time};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Which part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimePart {
    Minute,
    Hour,
    Day,
    /// Of ISO 8601: week 1 is the one with the year's first Thursday.
    Week,
    Month,
    Year,
}

impl TimePart {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "minute" => Self::Minute,
            "hour" => Self::Hour,
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return None,
        })
    }

    /// The part of the time that a field holds; `None` where it holds none, or a time
    /// without this part.
    pub(crate) fn of(self, value: &Value<'_>) -> Option<f64> {
        match value {
            Value::Native(Native::FileTime(ticks)) => self.of_date_time(utc(file_time(*ticks)?)),
            Value::Text(_) | Value::Wide(_) | Value::Native(_) => {
                self.of_text(value.as_text().trim())
            }
            _ => None,
        }
    }

    fn of_text(self, text: &str) -> Option<f64> {
        // The longest form is `2021-03-13T14:40:00.123456789+00:00[...]`.
        const TIME_BYTES_MAX: usize = 64;
        if text.len() > TIME_BYTES_MAX || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        if let Ok(time) = text.parse::<Timestamp>() {
            return self.of_date_time(utc(time));
        }
        // A date alone would be read as midnight, of which nothing is said.
        let has_date = text.get(4..5) == Some("-");
        let has_time = text.contains(':');
        match (has_date, has_time) {
            (true, true) => self.of_date_time(text.parse::<DateTime>().ok()?),
            (true, false) => self.of_date(text.parse::<Date>().ok()?),
            (false, _) => self.of_time(text.parse::<Time>().ok()?),
        }
    }

    fn of_date_time(self, time: DateTime) -> Option<f64> {
        self.of_date(time.date())
            .or_else(|| self.of_time(time.time()))
    }

    fn of_date(self, date: Date) -> Option<f64> {
        match self {
            Self::Day => Some(f64::from(date.day())),
            Self::Week => Some(f64::from(date.iso_week_date().week())),
            Self::Month => Some(f64::from(date.month())),
            Self::Year => Some(f64::from(date.year())),
            Self::Minute | Self::Hour => None,
        }
    }

    fn of_time(self, time: Time) -> Option<f64> {
        match self {
            Self::Minute => Some(f64::from(time.minute())),
            Self::Hour => Some(f64::from(time.hour())),
            _ => None,
        }
    }
}

fn utc(time: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let check = |part, text: &str, expected: Option<f64>| {
            assert_eq!(
                TimePart::of(part, &Value::from(text)),
                expected,
                "{part:?} {text}"
            );
        };
        let sysmon = "2021-01-03 14:40:07.345";
        check(TimePart::Minute, sysmon, Some(40.0));
        check(TimePart::Hour, sysmon, Some(14.0));
        check(TimePart::Day, sysmon, Some(3.0));
        check(TimePart::Week, sysmon, Some(53.0));
        check(TimePart::Month, sysmon, Some(1.0));
        check(TimePart::Year, sysmon, Some(2021.0));
        check(TimePart::Hour, "2021-01-03T23:30:00Z", Some(23.0));
        check(TimePart::Hour, "2021-01-03T23:30:00-02:00", Some(1.0));
        check(TimePart::Day, "2021-01-03T23:30:00-02:00", Some(4.0));
        check(TimePart::Day, "2021-01-03", Some(3.0));
        check(TimePart::Hour, "2021-01-03", None);
        check(TimePart::Hour, "14:40:00", Some(14.0));
        check(TimePart::Day, "14:40:00", None);
        for bad in ["", "x", "1614869003", "2021-13-03 00:00:00", "25:00"] {
            check(TimePart::Hour, bad, None);
        }
        let native = Value::Native(Native::FileTime(132_601_200_003_456_789));
        assert_eq!(TimePart::Hour.of(&native), Some(14.0));
    }
}
