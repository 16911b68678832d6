//! The words every stage of Daylight speaks.
//!
//! This crate holds data and almost no behaviour: what a [`Document`] is, what a [`Claim`]
//! says and who says it, what an [`Event`] in a log looks like to a rule, what a [`Finding`]
//! proves and what [`Coverage`] admits could not be seen. Every other crate turns one of
//! these into another and depends on nothing else of ours but this.
//!
//! ```
//! use daylight_model::Span;
//!
//! let text = "“We deny it,” said the ministry.";
//! let quotation = Span::new(3, 13);
//! assert_eq!(quotation.of(text), "We deny it");
//! ```
//!
//! Offsets are always UTF-8 bytes, end exclusive. Times are always UTC.

mod claim;
mod coverage;
mod document;
mod entity;
mod event;
mod finding;
mod incident;
mod indicator;
mod limits;
mod link;
mod manifest;
mod reading;
mod span;
mod time;
mod value;

pub use claim::{Claim, ConfidenceScale, ConfidenceWord, Force, Party, Relation, Speaker};
pub use coverage::{
    Coverage, CoverageCell, CoverageRow, MachineCoverage, MachineLog, Outcome, SubjectKind,
};
pub use document::{Block, BlockKind, Diagnostic, Document, MediaType, Originator};
pub use entity::{Entity, EntityKind, Mention};
pub use event::{Decisive, Event, Field, LogFamily, LogSource};
pub use finding::{Finding, FindingKind, Level, MatchedField, Rule};
pub use incident::{Incident, IncidentKind, IncidentRole, Participant, ReadBy, Realis};
pub use indicator::{Indicator, IndicatorKind, IndicatorRole};
pub use limits::Limits;
pub use link::{Candidate, CandidateKind, Link, Reason};
pub use manifest::{ClockDifference, EventStatistic, Manifest, Problem, SourceRecord};
pub use reading::{DescribedTechnique, Reading, TechniqueMention};
pub use span::Span;
pub use time::{Interval, Quantity, QuantityKind, TimeExpression};
pub use value::{Native, Value, Wide, file_time, stands_in_number};

/// Text that is short more often than not, and then takes no memory of its own.
pub use compact_str::CompactString as ShortText;
/// Points in time, always UTC; re-exported so that every crate uses the same type.
pub use jiff::Timestamp;

/// The namespace of every identifier Daylight derives by itself (UUIDv5, RFC 9562 section 5.5).
///
/// STIX 2.1 section 2.9 reserves its own namespace for observables; this one is for
/// Daylight's domain objects, so that reading the same report twice gives the same ids.
pub const NAMESPACE: uuid::Uuid = uuid::uuid!("6f0d5b1e-62a5-4c0e-9a4e-1d7c1b8f20da");

/// The namespace STIX 2.1 (section 2.9) sets for the ids of observables.
pub const OBSERVABLE_NAMESPACE: uuid::Uuid = uuid::uuid!("00abedb4-aa42-466c-9c01-fed23315a9b7");

/// Where STIX wants a random identifier: one of that form (UUIDv4) that stays the same for the
/// same name, so that whoever compares two runs sees no difference.
#[must_use]
pub fn random_looking(name: &str) -> uuid::Uuid {
    let derived = uuid::Uuid::new_v5(&NAMESPACE, name.as_bytes());
    uuid::Builder::from_random_bytes(derived.into_bytes()).into_uuid()
}

/// A deterministic identifier `kind--uuid` for the given parts.
///
/// ```
/// let id = daylight_model::derived_id("relationship", &["a", "b"]);
/// assert_eq!(id, daylight_model::derived_id("relationship", &["a", "b"]));
/// assert_ne!(id, daylight_model::derived_id("relationship", &["ab", ""]));
/// ```
#[must_use]
pub fn derived_id(kind: &str, parts: &[&str]) -> String {
    // A separator that cannot occur in text keeps ("a", "b") apart from ("ab", "").
    let name = parts.join("\u{1f}");
    let uuid = uuid::Uuid::new_v5(&NAMESPACE, format!("{kind}\u{1f}{name}").as_bytes());
    format!("{kind}--{uuid}")
}
