//! For the comparison with another implementation (`conformance/`), and for nothing else: which
//! rules meet an event, and what they see of it beyond its own fields.

use std::sync::Arc;

use daylight_model::{Event, Field, Rule};

use crate::{RuleSet, derive};

/// The rules that are run over an event, each once.
#[must_use]
pub fn rules_for<'r>(rules: &'r RuleSet, event: &Event<'_>) -> Vec<&'r Arc<Rule>> {
    let admitting = rules.admitting(event);
    let met = admitting
        .into_iter()
        .filter_map(|rule| rules.rules.get(rule));
    met.map(|compiled| &compiled.rule).collect()
}

/// Fields that rules see and that are not in the record under that name.
#[must_use]
pub fn derived_fields<'e>(event: &'e Event<'_>) -> Vec<Field<'e>> {
    derive::fields(event, derive::Lacking::of(&event.fields))
}
