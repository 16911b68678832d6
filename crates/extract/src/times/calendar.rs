//! Calendar arithmetic: days, weeks, months and years as intervals in UTC.

use daylight_model::{Interval, Timestamp};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// Units of time that texts count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
}

impl Unit {
    /// The unit a word such as "weeks" names.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        Some(match word.strip_suffix('s').unwrap_or(&word) {
            "hour" => Self::Hour,
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "year" => Self::Year,
            "decade" => Self::Decade,
            _ => return None,
        })
    }

    /// That many units.
    pub(super) fn times(self, count: i32) -> Span {
        // Counts come from texts: small ones only, so that no addition overflows a span.
        let count = count.clamp(-5_000, 5_000);
        match self {
            Self::Hour => count.hours(),
            Self::Day => count.days(),
            Self::Week => count.weeks(),
            Self::Month => count.months(),
            Self::Quarter => (count * 3).months(),
            Self::Year => count.years(),
            Self::Decade => count.clamp(-100, 100).years() * 10,
        }
    }

    /// The first day of the unit that `day` lies in; weeks begin on Monday.
    pub(super) fn first_day(self, day: Date) -> Option<Date> {
        match self {
            Self::Hour | Self::Day => Some(day),
            Self::Week => day
                .checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days())
                .ok(),
            Self::Month => Some(day.first_of_month()),
            Self::Quarter => Date::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 1).ok(),
            Self::Year | Self::Decade => Some(day.first_of_year()),
        }
    }
}

/// The first instant of a day.
pub(super) fn instant(day: Date) -> Option<Timestamp> {
    day.to_zoned_datetime(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// The day an instant lies in.
pub(super) fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned_datetime(TimeZone::UTC).date()
}

/// From the first day up to, not including, the second.
pub(super) fn days(first: Date, after_last: Date) -> Option<Interval> {
    Some(Interval {
        start: Some(instant(first)?),
        end: Some(instant(after_last)?),
    })
}

/// One day.
pub(super) fn day(day: Date) -> Option<Interval> {
    days(day, day.tomorrow().ok()?)
}

/// The unit of the calendar that `day` lies in.
pub(super) fn unit_around(unit: Unit, day: Date) -> Option<Interval> {
    let first = unit.first_day(day)?;
    days(first, first.checked_add(unit.times(1)).ok()?)
}

/// The same instant a year before.
pub(super) fn year_before(instant: Timestamp) -> Option<Timestamp> {
    let zoned = instant.to_zoned_datetime(TimeZone::UTC);
    zoned
        .checked_sub(1.year())
        .ok()
        .map(|earlier| earlier.timestamp())
}

/// A third of a month or a year: `early`, `mid` or `late`; the beginning and the end of
/// something are read as its first and last third.
pub(super) fn third(part: &str, first: Date, unit: Unit) -> Option<Interval> {
    let after = first.checked_add(unit.times(1)).ok()?;
    let (from, to) = match unit {
        Unit::Month => (
            first.checked_add(10.days()).ok()?,
            first.checked_add(20.days()).ok()?,
        ),
        _ => (
            first.checked_add(4.months()).ok()?,
            first.checked_add(8.months()).ok()?,
        ),
    };
    match part {
        "early" | "beginning" | "start" => days(first, from),
        "mid" | "middle" => days(from, to),
        "late" | "end" => days(to, after),
        _ => days(first, after),
    }
}

/// The nearest such month that began on or before `today`.
pub(super) fn past_month(month: i8, today: Date) -> Option<Date> {
    let this_year = Date::new(today.year(), month, 1).ok()?;
    if this_year <= today {
        Some(this_year)
    } else {
        Date::new(today.year() - 1, month, 1).ok()
    }
}

/// The nearest such day on or before `today`; 29 February may lie four years back.
pub(super) fn past_day(month: i8, day: i8, today: Date) -> Option<Date> {
    (0..=8).find_map(|back| {
        Date::new(today.year().checked_sub(back)?, month, day)
            .ok()
            .filter(|date| *date <= today)
    })
}

/// Such a weekday on or before `today`, before it, or after it.
pub(super) fn weekday(weekday: Weekday, today: Date, which: &str) -> Option<Date> {
    let since = i32::from(weekday.until(today.weekday()));
    match which {
        "last" => today
            .checked_sub(if since == 0 { 7 } else { since }.days())
            .ok(),
        "next" => today.checked_add((7 - since).days()).ok(),
        _ => today.checked_sub(since.days()).ok(),
    }
}
