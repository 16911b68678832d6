//! The techniques of reports, compared with what is publicly said of groups.

use daylight_knowledge::{Pattern, Trial};
use daylight_model::Reading;

use crate::Known;
use crate::subjects::DESCRIBED_PROBABILITY_MIN;

/// Groups that stand side by side.
const HYPOTHESES_MAX: usize = 5;

/// Compares the techniques that readings name, or are likely to describe, and those given by
/// their ids; with how often such a comparison is right where the answer is known.
#[must_use]
pub fn pattern(readings: &[Reading], ids: &[String], known: &Known) -> (Pattern, Trial) {
    let named = readings.iter().flat_map(|one| &one.techniques);
    let likely = readings.iter().flat_map(|one| &one.described);
    let described = likely.filter(|one| one.probability >= DESCRIBED_PROBABILITY_MIN);
    let given = ids.iter().map(String::as_str);
    let all: Vec<&str> = given
        .chain(named.map(|one| one.id.as_str()))
        .chain(described.map(|one| one.id.as_str()))
        .collect();
    let knowledge = known.knowledge();
    (
        knowledge.pattern(&all, HYPOTHESES_MAX),
        knowledge.pattern_trial(),
    )
}
