//! Reads a document: who says what of whom, and what it leaves to look for.
//!
//! [`read`] turns a [`Document`] into a [`Reading`]: sentences, entities, claims with their
//! speakers and force, indicators, techniques, times and amounts, each with its place in the
//! text. Names come from a [`Lexicon`]; nothing is looked up anywhere else.
//!
//! ```
//! use daylight_extract::{Lexicon, read};
//! use daylight_model::{Block, BlockKind, Document, MediaType, Relation, Span};
//!
//! let text = "The White House said Russia is working with criminal gangs.";
//! let document = Document {
//!     id: "report--1".into(), source: "-".into(), sha256: String::new(), media: MediaType::Text,
//!     title: None, published: None, published_as_written: None, publisher: None, authors: vec![],
//!     originator: None, url: None, tlp: None, text: text.into(),
//!     blocks: vec![Block { span: Span::new(0, text.len()), kind: BlockKind::Paragraph }],
//!     diagnostics: vec![],
//! };
//! let reading = read(document, &Lexicon::new([]), &|_| true);
//! let claim = &reading.claims[0];
//! assert_eq!(claim.relation, Relation::WorksWith);
//! assert_eq!(claim.subject.name, "Russia");
//! assert_eq!(claim.speakers.last().unwrap().name, "White House");
//! assert_eq!(claim.span.of(&reading.document.text), text);
//! ```

mod aliases;
mod claims;
mod clause;
mod cues;
mod discourse;
mod entities;
mod hedges;
mod indicators;
mod learned;
mod lexicon;
mod quantities;
mod read;
mod relations;
mod sentences;
mod speech;
mod techniques;
mod times;
mod tokens;
mod words;

pub use daylight_learn::ModelError;
pub use indicators::{IndicatorContext, indicators, rules};
pub use learned::Models;
#[doc(hidden)]
pub use learned::training;
pub use lexicon::{KnownName, Lexicon};
pub use quantities::quantities;
pub use read::read;
pub use techniques::techniques;
pub use times::times;

#[cfg(doc)]
use daylight_model::{Document, Reading};
