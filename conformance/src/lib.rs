//! Runs the same Sigma rules over the same events with Daylight and with `rsigma-eval`, an
//! implementation that shares no code with it, and tells every difference.
//!
//! Matching is compared where both can be right: on pairs of a rule and an event that the rule
//! is meant for. Which those are is Daylight's decision (`logsource` names no events), so that
//! it is checked against others where others say something: see [`compare::Pairs`].

pub mod compare;
mod crafted;
pub mod differences;
mod flat;
