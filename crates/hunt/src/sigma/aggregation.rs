//! What Sigma 1 wrote behind the condition: `selection | count() by host > 5` and
//! `selection | near other`, with `timeframe`. Deprecated, and still found in rules; it is
//! translated into a correlation of the rule's own detections.

use super::condition::{self, Condition};
use super::correlation::{Kind, Logic, Measure, Operator, Wanted};
use super::modifier;

/// An aggregation in the words of correlations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Aggregation {
    /// Over what the rule's condition matches.
    Matches { logic: Logic, group_by: Vec<String> },
    /// Detections that must match near in time, besides what the condition matches.
    Near {
        others: Condition,
        span: Option<i64>,
    },
}

/// Reads what stands behind the first `|` of a condition.
pub(crate) fn parse(
    text: &str,
    span: Option<i64>,
    depth_max: usize,
) -> Result<Aggregation, String> {
    let text = text.trim();
    if let Some(others) = strip_word(text, "near") {
        let others = condition::parse(others, depth_max)?;
        if others.has_quantity() {
            return Err("`of` cannot stand behind `near`".to_owned());
        }
        return Ok(Aggregation::Near { others, span });
    }
    let wrong = || format!("aggregation `{text}` is not of the form `count(field) by field > 5`");
    let (function, rest) = text.split_once('(').ok_or_else(wrong)?;
    let (field, rest) = rest.split_once(')').ok_or_else(wrong)?;
    let kind = kind(function.trim(), field.trim()).ok_or_else(wrong)?;
    let (groups, comparison) = match rest.find(['<', '>', '=', '!']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let groups = match groups.trim() {
        "" => "",
        groups => strip_word(groups, "by").ok_or_else(wrong)?,
    };
    let group_by = groups.split([',', ' ']).map(str::trim);
    let group_by = group_by.filter(|name| !name.is_empty()).map(str::to_owned);
    let bound = bound(comparison.trim(), &kind).ok_or_else(wrong)?;
    Ok(Aggregation::Matches {
        group_by: group_by.collect(),
        logic: Logic {
            kind,
            span,
            condition: Wanted::Bounds(vec![bound]),
        },
    })
}

/// What follows a word that stands at the start.
fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (first, rest) = text.split_once(char::is_whitespace)?;
    first.eq_ignore_ascii_case(word).then(|| rest.trim())
}

fn kind(function: &str, field: &str) -> Option<Kind> {
    if function.eq_ignore_ascii_case("count") {
        return Some(match field {
            "" | "*" => Kind::EventCount,
            field => Kind::ValueCount(vec![field.to_owned()]),
        });
    }
    let measure = match function.to_ascii_lowercase().as_str() {
        "min" => Measure::Percentile(0),
        "max" => Measure::Percentile(100),
        "avg" => Measure::Average,
        "sum" => Measure::Sum,
        _ => return None,
    };
    (!field.is_empty()).then(|| Kind::Value(measure, field.to_owned()))
}

/// `> 5`; a count that is compared with nothing is asked to be there at all.
fn bound(text: &str, kind: &Kind) -> Option<(Operator, f64)> {
    if text.is_empty() {
        return (!matches!(kind, Kind::Value(..))).then_some((Operator::GreaterOrEqual, 1.0));
    }
    let operators = [
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
        ("=", Operator::Equal),
    ];
    let (rest, operator) = operators
        .into_iter()
        .find_map(|(sign, operator)| Some((text.strip_prefix(sign)?, operator)))?;
    let number = modifier::number(rest)?;
    number.is_finite().then_some((operator, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregations() {
        let check = |text: &str, expected: &str| {
            let shown = match parse(text, Some(60), 8) {
                Ok(Aggregation::Matches { logic, group_by }) => {
                    format!("{:?} {group_by:?} {:?}", logic.kind, logic.condition)
                }
                Ok(Aggregation::Near { others, .. }) => format!("near {others:?}"),
                Err(reason) => reason,
            };
            assert_eq!(shown, expected, "{text}");
        };
        check(" count() > 5", "EventCount [] Bounds([(Greater, 5.0)])");
        check(
            "count(User) by Host, Ip>=10",
            "ValueCount([\"User\"]) [\"Host\", \"Ip\"] Bounds([(GreaterOrEqual, 10.0)])",
        );
        check(
            "COUNT() BY x",
            "EventCount [\"x\"] Bounds([(GreaterOrEqual, 1.0)])",
        );
        check(
            "sum(Bytes) by x == 3",
            "Value(Sum, \"Bytes\") [\"x\"] Bounds([(Equal, 3.0)])",
        );
        check(
            "min(A) < 3",
            "Value(Percentile(0), \"A\") [] Bounds([(Less, 3.0)])",
        );
        check("near b", "near Name(\"b\")");
        for bad in [
            "",
            "count",
            "count(",
            "count() near x",
            "sum() > 1",
            "avg(A)",
            "count() > x",
        ] {
            let text = bad.trim();
            let reason =
                format!("aggregation `{text}` is not of the form `count(field) by field > 5`");
            check(bad, &reason);
        }
    }
}
