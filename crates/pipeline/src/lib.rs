//! The one place where Daylight's stages are wired together.
//!
//! [`read`] turns a report into sourced claims and links them to what is known; [`hunt`] runs
//! rules and indicators over evidence; [`investigate`] does both and crosses what the story
//! leads to with what the evidence could show. Nothing here prints, and time is passed in.
//!
//! ```no_run
//! use daylight_pipeline::{HuntOptions, Investigation, ReadOptions, investigate};
//!
//! let reading = ReadOptions::default();
//! let hunting = HuntOptions::default();
//! let now = "2026-01-01T00:00:00Z".parse().unwrap();
//! let found: Investigation =
//!     investigate(&["story.txt".into()], &["logs".into()], &reading, &hunting, now, &mut |_| {})?;
//! println!("{}", found.verdict().headline);
//! # Ok::<(), daylight_pipeline::Error>(())
//! ```

mod counter;
mod error;
mod explain;
mod findings;
mod hunt;
mod investigate;
mod journal;
mod keep;
mod kept;
mod known;
mod limit;
mod lists;
mod once;
mod pattern;
mod poll;
mod polling;
mod read;
mod redact;
mod refresh;
mod subjects;
mod timeline;
mod write;
#[cfg(feature = "yara")]
mod yara;
#[cfg(not(feature = "yara"))]
#[path = "without_yara.rs"]
mod yara;

pub use counter::{Counter, CounterFormat, CounterOptions, counter, kept_readings};
pub use daylight_counter::Validity;
pub use daylight_evidence::{KindInfo, kinds};
pub use daylight_hunt::{
    Count, Error as RulesError, Explanation, LogFit, Placeholders, Question, QuestionKind,
    RuleProblem, RuleSet, Step, Subject, Summary, WantedLog,
};
pub use daylight_knowledge::{
    Changes, Entry, FactSource, Hypothesis, Knowledge, KnowledgeError, Pattern, Shared, Taken,
    Trial, Update,
};
pub use daylight_sources::{Kind as SourceKind, Source, State as SourceState};
pub use error::Error;
pub use explain::{Explained, ExplainedRule, explain};
pub use findings::Findings;
pub use hunt::{Hunt, HuntOptions, Window, hunt, rule_set};
pub use investigate::{Investigation, investigate};
pub use journal::Journaling;
pub use keep::{KnownBearer, keep_investigation, keep_reading, known_bearers};
pub use kept::{kept_investigation, kept_story};
pub use known::Known;
pub use limit::limit;
pub use once::Repeated;
pub use pattern::pattern;
pub use poll::{Follower, Outcome, Polled, Story, followed};
pub use read::{LinkedReading, ReadOptions, read};
pub use redact::{Redact, redact};
pub use refresh::{Found, published, write_update};
pub use timeline::{Timeline, timeline};
pub use write::outside_evidence;
pub use yara::yara_rules;

/// How far a long piece of work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// So many bytes of evidence are to be read.
    Total(u64),
    /// So many have been.
    Done(u64),
}

/// Daylight's version, as written into what it makes.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
