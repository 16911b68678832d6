//! What another version of a story says otherwise.

use daylight_model::{Claim, Force};
use serde::Serialize;

use crate::fold;

/// How a claim of one version stands in the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not there.
    Added,
    /// It is no longer there.
    Dropped,
    /// It is put more strongly: charged where it was alleged.
    Hardened,
    /// It is put less strongly.
    Softened,
    /// What was said to be so is said not to be, or the other way round.
    Reversed,
}

/// A claim that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimChange {
    /// How.
    pub change: Change,
    /// As the earlier version has it.
    pub before: Option<Claim>,
    /// As the later one has it.
    pub after: Option<Claim>,
}

/// What became of the claims from one version to the next, in the order of the later text.
#[must_use]
pub fn diff_claims(before: &[Claim], after: &[Claim]) -> Vec<ClaimChange> {
    let mut left: Vec<Option<&Claim>> = before.iter().map(Some).collect();
    let mut pairs: Vec<Option<&Claim>> = vec![None; after.len()];
    // The nearest claims are paired first, so that a second speaker of the same takes no
    // partner away from the first.
    for nearness in NEARNESSES {
        for (claim, pair) in after
            .iter()
            .zip(&mut pairs)
            .filter(|(_, pair)| pair.is_none())
        {
            let place = left
                .iter()
                .position(|it| it.is_some_and(|it| nearness(it, claim)));
            *pair = place.and_then(|place| left.get_mut(place)?.take());
        }
    }
    let mut changes = Vec::new();
    for (claim, pair) in after.iter().zip(pairs) {
        let change = match pair {
            None => Some(Change::Added),
            Some(earlier) => compare(earlier, claim),
        };
        changes.extend(change.map(|change| ClaimChange {
            change,
            before: pair.cloned(),
            after: Some(claim.clone()),
        }));
    }
    changes.extend(left.into_iter().flatten().map(|claim| ClaimChange {
        change: Change::Dropped,
        before: Some(claim.clone()),
        after: None,
    }));
    changes
}

/// Ways in which two claims are one in two versions, the surest first.
const NEARNESSES: [fn(&Claim, &Claim) -> bool; 4] = [
    |one, other| {
        one.sentence == other.sentence && same_matter(one, other) && one.force == other.force
    },
    |one, other| same_matter(one, other) && same_speaker(one, other) && one.force == other.force,
    |one, other| same_matter(one, other) && same_speaker(one, other),
    same_matter,
];

fn same_matter(one: &Claim, other: &Claim) -> bool {
    let name = |claim: &Claim| claim.object.as_ref().map(|object| fold(&object.name));
    one.relation == other.relation
        && fold(&one.subject.name) == fold(&other.subject.name)
        && name(one) == name(other)
}

fn same_speaker(one: &Claim, other: &Claim) -> bool {
    let last = |claim: &Claim| claim.speakers.last().map(|speaker| fold(&speaker.name));
    last(one) == last(other)
}

fn compare(before: &Claim, after: &Claim) -> Option<Change> {
    let denies = |claim: &Claim| claim.negated != (claim.force == Force::Denied);
    if denies(before) != denies(after) {
        return Some(Change::Reversed);
    }
    let (was, is) = (strength(before), strength(after));
    match is.cmp(&was) {
        std::cmp::Ordering::Greater => Some(Change::Hardened),
        std::cmp::Ordering::Less => Some(Change::Softened),
        std::cmp::Ordering::Equal => None,
    }
}

/// How strongly a claim is put: by its force, then by the words of confidence.
fn strength(claim: &Claim) -> (u8, u8) {
    let force = match claim.force {
        Force::Reported => 0,
        Force::Alleged => 1,
        // A court is told under oath, and must be shown.
        Force::Charged => 3,
        // Said as a fact by those whose word it is.
        _ => 2,
    };
    // Without words of doubt a claim is as sure as its force.
    let confidence = claim
        .confidence
        .iter()
        .map(|word| word.stix.unwrap_or(50))
        .min();
    (force, confidence.unwrap_or(100))
}
