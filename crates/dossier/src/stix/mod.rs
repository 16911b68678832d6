use crate::Case;
use daylight_model::{IndicatorKind, Link, Reading, Timestamp};
use serde_json::{Value, json};
/// A STIX 2.1 bundle.
#[must_use]
pub fn stix_bundle(_case: &Case<'_>) -> Value {
    json!({})
}
/// A STIX 2.1 bundle of one reading.
#[must_use]
pub fn stix_reading(_reading: &Reading, _links: &[Link], _generated: Timestamp) -> Value {
    json!({})
}
/// The STIX id of an observable.
#[must_use]
pub fn observable_id(_kind: IndicatorKind, _value: &str) -> Option<String> {
    None
}
