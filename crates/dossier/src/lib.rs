//! What people read and machines take in, from everything one investigation knows.
//!
//! A [`Case`] borrows what the other stages produced. [`coverage()`] crosses what was to be
//! looked for with what the logs could show, [`verdict`] draws the conclusion in five lines,
//! and the rest renders: [`html`] and [`markdown`] (from an [`outline()`]) for people, [`stix_bundle`],
//! [`misp_event`], [`navigator_layer`], [`sarif`], [`timesketch_jsonl`], [`findings_jsonl`] and
//! [`findings_csv`] for machines, [`text_summary`], [`reading_text`]
//! and [`table`] for the terminal.
//!
//! Nothing here names a culprit: the dossier says who attributes what to whom, and what was
//! found; who did it is never concluded. And nothing here calls an absence a proof: a hunt
//! ends in *hit*, *not seen where it would show* or *could not see*.
//!
//! ```
//! use daylight_dossier::{Subject, coverage};
//! use daylight_model::{Manifest, Outcome, SubjectKind};
//!
//! let subject = Subject {
//!     kind: SubjectKind::Technique,
//!     id: "T1505.003".into(),
//!     name: "Web Shell".into(),
//!     why: "named in the report".into(),
//!     window: None,
//!     window_source: None,
//! };
//! // No rules, no logs: nothing could be seen, and it is said so.
//! let coverage = coverage(&[subject], None, None, &[], &[], &Manifest::default());
//! assert_eq!(coverage.rows[0].outcome, Outcome::CouldNotSee);
//! assert_eq!(coverage.rows[0].note, "No rule here looks for it.");
//! ```
//!
//! Text from reports and logs is hostile until shown otherwise. Everything for people goes
//! through one place that makes control and direction characters visible and shortens what
//! is too long; HTML is escaped by the template engine, Markdown and CSV by their own rules.
//! A CSV value that a spreadsheet would run as a formula (`=`, `+`, `-`, `@` first) gets a
//! leading apostrophe; `findings.jsonl` holds it unchanged.

mod advice;
mod case;
mod clean;
mod compare;
mod coverage;
mod export;
mod formats;
mod groups;
mod hosts;
mod html;
mod incidents;
mod markdown;
mod outline;
mod picture;
mod reach;
mod reading;
mod stix;
mod terminal;
mod timeline;
mod verdict;
mod views;
mod windows;
mod words;

pub use advice::{Fact, advise, family_advice};
pub use case::{Advice, Case, HeldBack, Subject, When};
pub use clean::{line as clean_line, value as clean_value, visible};
pub use compare::{Comparison, OutcomeChange, compare};
pub use coverage::coverage;
pub use export::{findings_csv, findings_jsonl};
pub use formats::{misp_event, navigator_layer, sarif, timesketch_jsonl};
pub use html::html;
pub use markdown::markdown;
pub use outline::{Block, Cell, Item, Outline, Section, Table, outline};
pub use picture::{Anchor, Form, Picture, Point, Role, Shape};
pub use reading::reading_text;
pub use stix::{observable_id, stix_bundle, stix_reading};
pub use terminal::{table, text_summary};
pub use timeline::{TimelineFormat, timeline};
pub use verdict::{Verdict, verdict};
pub use words::{claim_in_words, speaker_chain};
