//! Looks through events for what rules describe and for what a report names.
//!
//! Rules are written in Sigma 2, with its filters and correlations: what many matches say
//! together is found by [`correlate`], once all events have been seen. Rules that come with
//! Daylight are compiled in; others are read from folders, and whatever cannot be used of them
//! is told as a [`RuleProblem`], never passed over. Each rule knows the logs it reads, so that
//! an event meets only the rules meant for it, and so that it can be said what could *not* be
//! seen.
//!
//! ```
//! use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
//! use daylight_model::{Event, Field, LogFamily};
//!
//! let rules = RuleSet::embedded();
//! let indicators = IndicatorSet::default();
//! let mut hunter = Hunter::new(&rules, &indicators);
//!
//! let field = |name: &'static str, value: &'static str| Field {
//!     name: name.into(),
//!     value: value.into(),
//! };
//! let event = Event {
//!     source: 0,
//!     family: LogFamily::ExchangeHttpProxy,
//!     time: None,
//!     host: None,
//!     channel: None,
//!     provider: None,
//!     event_id: None,
//!     record: 1,
//!     offset: 0,
//!     fields: vec![
//!         field("AnchorMailbox", "ServerInfo~a]@mail.example:444/mapi/emsmdb/?#"),
//!         field("UrlStem", "/ecp/y.js"),
//!     ],
//!     text: None,
//! };
//! let mut findings = Vec::new();
//! hunter.event(&event, &mut findings);
//! assert!(findings.iter().any(|finding| {
//!     finding.rule.vulnerabilities().any(|id| id == "CVE-2021-26855")
//! }));
//! ```

#[doc(hidden)]
pub mod conformance;
mod correlate;
mod derive;
mod error;
mod evaluate;
mod explain;
mod hunter;
mod indicator;
mod matcher;
mod once;
mod rules;
mod show;
mod sigma;
mod warning;

pub use correlate::{Observation, ObservationPlan, Observations, Sha256Of, Strings, correlate};
pub use error::Error;
pub use explain::{
    Count, Explainer, Explanation, FoundField, LogFit, Question, QuestionKind, Step, Subject,
    Summary, Tally, WantedLog,
};
pub use hunter::{Hunter, attach_source, observed};
pub use indicator::{Giver, IndicatorSet, IndicatorSetBuilder};
pub use once::{Laid, Once};
pub use rules::{RuleProblem, RuleSet};
pub use sigma::placeholder::Placeholders;
pub use warning::warned_of;
