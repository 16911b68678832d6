//! The differences that are known, each with its reason.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::compare::{Comparison, Events, Finder};

/// `differences.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// All that is known.
    #[serde(rename = "difference", default)]
    pub differences: Vec<Difference>,
}

/// Pairs that the two see differently for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// On which events.
    pub events: Events,
    /// Who finds the rules.
    pub found_by: Finder,
    /// Who is right, in the words of the Sigma specification where it has some.
    pub verdict: Verdict,
    /// What they do differently, and why that is so.
    pub why: String,
    /// The rules, and in how many events each.
    pub rules: BTreeMap<String, usize>,
}

/// Who is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Daylight does as the specification says, or as the events need.
    Daylight,
    /// The peer does: a fault of ours that is to be mended.
    Peer,
    /// The specification leaves it open.
    Open,
}

/// What does not fit: differences that nobody explained, and explanations of nothing.
#[must_use]
pub fn unfit(comparison: &Comparison, known: &Known, events: Events) -> Vec<String> {
    let mut explained: BTreeMap<(&str, Finder), usize> = BTreeMap::new();
    let about = known.differences.iter();
    for difference in about.filter(|one| one.events == events) {
        for (rule, count) in &difference.rules {
            *explained.entry((rule, difference.found_by)).or_default() += count;
        }
    }
    let mut unfit = Vec::new();
    for ((rule, finder), places) in &comparison.differences {
        let expected = explained.remove(&(rule.as_str(), *finder)).unwrap_or(0);
        if expected != places.len() {
            let found = places.len();
            let first = places.first();
            let place = first.map_or_else(String::new, |place| {
                format!("{} record {} {}", place.file, place.record, place.object)
            });
            unfit.push(format!(
                "{rule}: only {finder:?} finds it in {found} events, {expected} are explained; the first: {place}"
            ));
        }
    }
    let stale = explained.into_iter().map(|((rule, finder), count)| {
        format!(
            "{rule}: explained for {count} events where only {finder:?} finds it; there are none"
        )
    });
    unfit.extend(stale);
    unfit
}
