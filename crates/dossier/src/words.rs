//! Times, numbers and intervals in words.

use daylight_model::{Claim, DescribedTechnique, Interval, Relation, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clean;

/// A moment for people: `2021-03-02 01:40:10 UTC`.
pub(crate) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A moment that may be unknown.
pub(crate) fn moment_or_unknown(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "time unknown".into(), moment)
}

/// The day (UTC) on which a moment falls.
pub(crate) fn date(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

/// The first moment of a day; `None` only at the far end of the calendar.
pub(crate) fn midnight(date: Date) -> Option<Timestamp> {
    TimeZone::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

/// A day for people: `5 March 2021`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// The last day an exclusive end takes in.
pub(crate) fn last_day(end: Timestamp) -> Date {
    let just_before = Timestamp::from_nanosecond(end.as_nanosecond().saturating_sub(1));
    date(just_before.unwrap_or(end))
}

/// An interval in whole days: `from 5 March 2021 to 9 March 2021`.
pub(crate) fn interval(interval: Interval) -> String {
    match (interval.start, interval.end) {
        (Some(start), Some(end)) if date(start) == last_day(end) => {
            format!("on {}", day(date(start)))
        }
        (Some(start), Some(end)) => {
            format!("from {} to {}", day(date(start)), day(last_day(end)))
        }
        (Some(start), None) => format!("from {} on", day(date(start))),
        (None, Some(end)) => format!("up to {}", day(last_day(end))),
        (None, None) => "at any time".into(),
    }
}

/// From when to when events reach: with the hours where that is less than a day.
pub(crate) fn reach(covered: Interval) -> String {
    let (Some(start), Some(end)) = (covered.start, covered.end) else {
        return interval(covered);
    };
    if end.duration_since(start).as_secs() >= 86_400 {
        return interval(covered);
    }
    let time = |time: Timestamp| time.strftime("%H:%M").to_string();
    let (first, last) = (date(start), last_day(end));
    match (first == last, time(start) == time(end)) {
        (true, true) => format!("on {} at {}", day(first), time(start)),
        (true, false) => format!("on {} from {} to {}", day(first), time(start), time(end)),
        (false, _) => format!(
            "from {} {} to {} {}",
            day(first),
            time(start),
            day(last),
            time(end)
        ),
    }
}

/// What an interval without events means: `none before 5 March 2021`.
pub(crate) fn gap(gap: Interval, window: Interval) -> String {
    match (gap.start, gap.end) {
        (start, Some(end)) if start == window.start => format!("none before {}", day(date(end))),
        (Some(start), end) if end == window.end => {
            let before = date(start).yesterday().unwrap_or(date(start));
            format!("none after {}", day(before))
        }
        _ => format!("none {}", interval(gap)),
    }
}

/// A number with separators: `1,234,567`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut separated = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            separated.push(',');
        }
        separated.push(digit);
    }
    separated
}

/// `1 event`, `2 events`; an irregular plural is given whole.
pub(crate) fn count(how_many: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        number(how_many as u64),
        if how_many == 1 { one } else { many }
    )
}

/// Bytes for people.
pub(crate) fn bytes(size_bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if size_bytes < 1_000 {
        return format!("{size_bytes} B");
    }
    let mut size = size_bytes as f64;
    let mut unit = "B";
    for next in UNITS {
        if size < 1_000.0 {
            break;
        }
        size /= 1_000.0;
        unit = next;
    }
    format!("{size:.1} {unit}")
}

/// A duration for people.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:.0} s", (seconds / 60.0) as u64, seconds % 60.0)
    }
}

/// A difference between two clocks: `5 h 0 min`.
pub(crate) fn clock_difference(seconds: i64) -> String {
    let size = seconds.unsigned_abs();
    match (size / 3_600, size / 60 % 60, size % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// With a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

/// A list for a sentence: `a, b and c`.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().into(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// At most `items_max` items for a sentence, then how many more there are.
pub(crate) fn list_at_most<S: AsRef<str>>(items: &[S], items_max: usize) -> String {
    let shown: Vec<String> = items
        .iter()
        .take(items_max)
        .map(|item| item.as_ref().into())
        .collect();
    match items.len().saturating_sub(items_max) {
        0 => list(&shown),
        more => format!("{} and {} more", shown.join(", "), number(more as u64)),
    }
}

/// The relation as a verb that fits its subject: `gangs work with`, `China works with`.
pub(crate) fn verb_for(relation: Relation, subject: &str) -> String {
    let verb = verb(relation);
    // Names keep the singular ("United States"); described people are written small.
    let first = subject.split(' ').next().unwrap_or_default();
    let last = subject.rsplit(' ').next().unwrap_or_default();
    let counted = ["two", "three", "four", "five", "several", "many", "both"].contains(&first);
    let plural = counted
        || last.starts_with(char::is_lowercase)
            && last.ends_with('s')
            && !["ss", "us", "is"].iter().any(|end| last.ends_with(end));
    match verb.split_once(' ') {
        _ if !plural => verb.into(),
        Some(("is", rest)) => format!("are {rest}"),
        Some((first, rest)) => format!("{} {rest}", first.trim_end_matches('s')),
        None => verb.trim_end_matches('s').into(),
    }
}

const fn verb(relation: Relation) -> &'static str {
    match relation {
        Relation::AttributedTo => "is attributed to",
        Relation::SponsoredBy => "is backed by",
        Relation::WorksWith => "works with",
        Relation::Employs => "employs",
        Relation::Targets => "targets",
        Relation::Exploits => "exploits",
        Relation::Uses => "uses",
        Relation::Compromised => "compromised",
        Relation::Conducts => "conducts",
        Relation::Demanded => "demanded",
        Relation::Charged => "charged",
        Relation::Sanctioned => "sanctioned",
        Relation::Denied => "denied",
        Relation::CausedLoss => "caused a loss to",
        Relation::Patched => "patched",
        Relation::LocatedIn => "is in",
        Relation::AliasOf => "is another name of",
        _ => relation.as_str(),
    }
}

/// The chain of speakers: `Newsweek ← White House`.
#[must_use]
pub fn speaker_chain(claim: &Claim) -> String {
    let names: Vec<String> = claim
        .speakers
        .iter()
        .map(|speaker| crate::clean::value(&speaker.name))
        .collect();
    if names.is_empty() {
        "speaker unknown".into()
    } else {
        names.join(" ← ")
    }
}

/// The claim without its speaker: `China works with criminal gangs`.
#[must_use]
pub fn claim_in_words(claim: &Claim) -> String {
    let subject = crate::clean::value(&claim.subject.name);
    let not = if claim.negated { "not so: " } else { "" };
    let object = claim
        .object
        .as_ref()
        .map(|party| crate::clean::value(&party.name));
    match object {
        Some(object) => format!(
            "{not}{subject} {} {object}",
            verb_for(claim.relation, &subject)
        ),
        None => format!("{not}{subject} {}", verb_alone(claim.relation)),
    }
}

/// The relation where no other party is named.
const fn verb_alone(relation: Relation) -> &'static str {
    match relation {
        Relation::Demanded => "makes demands",
        Relation::Denied => "denies it",
        Relation::CausedLoss => "caused losses",
        Relation::Compromised => "was compromised",
        Relation::Charged => "was charged",
        Relation::Sanctioned => "was sanctioned",
        _ => verb(relation),
    }
}

/// Everything that narrows or colours a claim: confidence, scope, time, place, amounts.
pub(crate) fn qualifiers(claim: &Claim) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = Vec::new();
    let mut add = |name: &'static str, words: Vec<&str>| {
        if !words.is_empty() {
            let quoted: Vec<String> = words
                .iter()
                .map(|text| format!("“{}”", crate::clean::value(text)))
                .collect();
            all.push((name, quoted.join(", ")));
        }
    };
    add(
        "confidence",
        claim
            .confidence
            .iter()
            .map(|word| word.text.as_str())
            .collect(),
    );
    add("scope", claim.scope.iter().map(String::as_str).collect());
    add(
        "when",
        claim.time.iter().map(|time| time.text.as_str()).collect(),
    );
    add("where", claim.place.iter().map(String::as_str).collect());
    add(
        "how much",
        claim
            .quantities
            .iter()
            .map(|amount| amount.text.as_str())
            .collect(),
    );
    all
}

/// The title over techniques that a report describes.
pub(crate) const DESCRIBED_TITLE: &str = "Techniques described, not named";
pub(crate) const DESCRIBED_LEAD: &str = "Daylight’s own inference, by a model learnt from annotated reports. The probability says how often a report like this one describes the technique.";

/// A technique that is described, with its probability and the words that weighed most.
pub(crate) fn described(technique: &DescribedTechnique) -> String {
    let words: Vec<String> = technique
        .words
        .iter()
        .map(|word| clean::value(word))
        .collect();
    let learnt = technique.learnt_as.as_deref();
    let learnt = learnt.map(|id| format!(", learnt as {}", clean::value(id)));
    format!(
        "{} (probability {:.2}{}): {}",
        technique.id,
        technique.probability,
        learnt.unwrap_or_default(),
        words.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn intervals_and_gaps_in_words() {
        let window = Interval {
            start: at("2021-01-03T00:00:00Z"),
            end: at("2021-03-10T00:00:00Z"),
        };
        let check = |start: Option<Timestamp>, end, expected: &str| {
            assert_eq!(gap(Interval { start, end }, window), expected);
        };
        check(
            window.start,
            at("2021-03-05T00:00:00Z"),
            "none before 5 March 2021",
        );
        check(
            at("2021-03-06T00:00:00Z"),
            window.end,
            "none after 5 March 2021",
        );
        check(
            at("2021-02-01T00:00:00Z"),
            at("2021-02-03T00:00:00Z"),
            "none from 1 February 2021 to 2 February 2021",
        );
        check(
            at("2021-02-01T00:00:00Z"),
            at("2021-02-02T00:00:00Z"),
            "none on 1 February 2021",
        );
    }

    #[test]
    fn verbs_fit_their_subjects() {
        let check = |relation, subject: &str, expected: &str| {
            assert_eq!(verb_for(relation, subject), expected, "{subject}");
        };
        check(Relation::Uses, "contract hackers", "use");
        check(Relation::WorksWith, "criminal gangs", "work with");
        check(Relation::WorksWith, "United States", "works with");
        check(Relation::AttributedTo, "the attacks", "are attributed to");
        check(Relation::Compromised, "the attacks", "compromised");
        check(Relation::Targets, "Lazarus", "targets");
    }

    #[test]
    fn numbers_in_words() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(999), "999");
        assert_eq!(bytes(1_500_000), "1.5 MB");
        assert_eq!(clock_difference(-18_000), "5 h");
        assert_eq!(clock_difference(75), "1 min 15 s");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list_at_most(&["a", "b", "c"], 2), "a, b and 1 more");
    }
}
