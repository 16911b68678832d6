//! Turns bytes, a path or an address into a [`daylight_model::Document`]: clean text with
//! spans, title, dates, publisher and originator.
//!
//! Text and Markdown, HTML, PDF and DOCX are recognised by their content. Nothing is thrown
//! away that costs little to keep: what is not the report's own words (share bars, comment
//! forms, datelines of the content-management system, running headers) becomes a block of
//! [`daylight_model::BlockKind::Furniture`] with the reason it was set aside, after it has
//! been asked for date, authors and where the story first appeared.
//!
//! ```
//! use daylight_report::{Options, read_bytes};
//!
//! let page = "Ministry Denies Hack\n\nThe ministry denied it on Monday.\n\n\
//!             Published at Mon, 19 Jul 2021 11:54:41 +0000\n\nLeave a Reply\n";
//! let document = read_bytes("page.txt", page.as_bytes(), &Options::default())?;
//! assert_eq!(document.title.as_deref(), Some("Ministry Denies Hack"));
//! assert_eq!(document.published.map(|at| at.to_string()).as_deref(), Some("2021-07-19T11:54:41Z"));
//! assert_eq!(document.content().count(), 2);
//! # Ok::<(), daylight_report::Error>(())
//! ```

mod dates;
mod decode;
mod docx;
mod error;
mod fetch;
mod furniture;
mod html;
mod mine;
mod outlet;
mod page;
mod pdf;
mod sniff;
mod source;
mod text;

pub use error::Error;
pub use fetch::{Answer, Fetched, Validators, ask};
pub use source::{Options, read, read_bytes, read_fetched};
