//! Words about time, and what they mean given when the text was published.
//!
//! Points ("March 2021", "last week", "Monday") are found first; then the words between and
//! before them ("between … and …", "since", "until") make spans of them.

mod calendar;
mod points;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use daylight_model::{Interval, Span, TimeExpression, Timestamp};
use regex::Regex;

use self::points::{Kind, Point};

/// Words before a point that decide how it is meant.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)(?-u:\b)(?:
            (?P<since> since (?:\s+(?:at\s+least|as\s+early\s+as|around|about))? | as\s+early\s+as
                     | (?:starting|beginning)\s+(?:in|on|from) | dating\s+back\s+to )
          | (?P<until> until | till | up\s+to | up\s+until | through | by )
          | (?P<before> before | prior\s+to )
          | (?P<after> after | following )
          | (?P<pair> between | from (?:\s+at\s+least)? )
          | (?P<at> in | on | during | over | within | throughout | as\s+of )
          | (?P<of> of | for | around | about | circa | early | late | year | to | dated | spring | summer | fall
                  | autumn | winter )
        )\s+(?:the\s+)?$",
    )
    .expect("a constant pattern")
});

/// Words between two points that make one span of them.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?:-|\u{2013}|\u{2014}|to|through|until|till|and)(?:\s+(?:the|at\s+least))?\s*$",
    )
    .expect("a constant pattern")
});

/// What stands before a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    Since,
    Until,
    Before,
    After,
    Pair,
    At,
    /// Makes a bare year or month believable, but is no part of the expression.
    Of,
}

/// The words about time in `text[within]`, in order and without overlaps.
///
/// Relative words stay unresolved where `published` is missing. Days are days in UTC: a text
/// seldom says in which zone its "Monday" lies.
#[must_use]
pub fn times(text: &str, within: Span, published: Option<Timestamp>) -> Vec<TimeExpression> {
    let part = within.of(text);
    let points = points::points(part, published);
    let mut found = Vec::new();
    let mut index = 0;
    let mut taken = 0;
    while let Some(point) = points.get(index) {
        let next = points.get(index + 1);
        let (expression, used) = expression(part, taken, point, next, published);
        index += used;
        if let Some((span, interval, relative)) = expression {
            taken = span.end;
            found.push(TimeExpression {
                text: span.of(part).to_owned(),
                span: Span::new(span.start + within.start, span.end + within.start),
                interval,
                relative,
            });
        }
    }
    found
}

type Expression = (Span, Option<Interval>, bool);

/// The expression a point begins, and how many points it takes up.
fn expression(
    part: &str,
    taken: usize,
    point: &Point,
    next: Option<&Point>,
    published: Option<Timestamp>,
) -> (Option<Expression>, usize) {
    let lead = lead(part, taken, point.span.start);
    let start = lead
        .filter(|(lead, _)| *lead != Lead::Of)
        .map_or(point.span.start, |(_, start)| start);
    if let Some(next) = next
        && let Some(interval) = pair(part, lead.map(|(lead, _)| lead), point, next)
    {
        let span = Span::new(start, next.span.end);
        return (Some((span, interval, point.relative || next.relative)), 2);
    }
    // A bare number or month name is a time only behind a word that asks for one.
    if matches!(point.kind, Kind::Year | Kind::Month) && lead.is_none() {
        return (None, 1);
    }
    let span = Span::new(start, point.span.end);
    let interval = point
        .interval
        .map(|meant| match lead.map(|(lead, _)| lead) {
            Some(Lead::Since) => Interval {
                start: meant.start,
                end: published,
            },
            Some(Lead::Until) => Interval {
                start: None,
                end: meant.end,
            },
            Some(Lead::Before) => Interval {
                start: None,
                end: meant.start,
            },
            Some(Lead::After) => Interval {
                start: meant.end,
                end: None,
            },
            _ => meant,
        });
    (Some((span, interval, point.relative)), 1)
}

/// The lead word right before `at`, and where it starts.
fn lead(part: &str, taken: usize, at: usize) -> Option<(Lead, usize)> {
    let from = (at.saturating_sub(40).max(taken)..=at).find(|&from| part.is_char_boundary(from))?;
    let captures = LEAD.captures(part.get(from..at)?)?;
    let names = [
        ("since", Lead::Since),
        ("until", Lead::Until),
        ("before", Lead::Before),
        ("after", Lead::After),
        ("pair", Lead::Pair),
        ("at", Lead::At),
        ("of", Lead::Of),
    ];
    names
        .into_iter()
        .find_map(|(name, lead)| captures.name(name).map(|word| (lead, from + word.start())))
}

/// The interval of two points that one expression joins: `Some(None)` where it has no meaning
/// without guessing.
fn pair(part: &str, lead: Option<Lead>, first: &Point, second: &Point) -> Option<Option<Interval>> {
    let between = part.get(first.span.end..second.span.start)?;
    if between.len() > 24 || !BETWEEN.is_match(between) {
        return None;
    }
    let word = between.trim();
    let joined = match lead {
        Some(Lead::Pair) => true,
        _ => !word.eq_ignore_ascii_case("and") && first.kind == second.kind && !first.relative,
    };
    if !joined {
        return None;
    }
    let (Some(start), Some(end)) = (first.interval, second.interval) else {
        return Some(None);
    };
    // "between November and March", "June to November 2016": a first point without a year lies
    // before the second, some years back if need be.
    let mut from = start.start;
    for _ in 0..100 {
        if !first.relative || !matches!((from, end.end), (Some(from), Some(to)) if from >= to) {
            break;
        }
        from = from.and_then(calendar::year_before);
    }
    let start = from;
    let ordered = !matches!((start, end.end), (Some(from), Some(to)) if from >= to);
    Some(ordered.then_some(Interval {
        start,
        end: end.end,
    }))
}
