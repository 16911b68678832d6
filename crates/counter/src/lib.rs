//! Block lists and rules out of what reports give.
//!
//! [`select`] decides which indicators of which reports are fit to act on, and says of every
//! other one why it is not; the writers turn the rest into what name servers, firewalls,
//! Suricata, Sigma and YARA read, and into queries for those who hunt elsewhere (KQL, SPL, ES|QL). Every line names the report and the sentence it comes from,
//! its marking, and until when it holds. What a report says is text in every one of these
//! formats, whatever it holds: values are checked against what their kind can be, and written
//! with the escapes of the format.
//!
//! ```
//! use daylight_counter::{Report, Validity, hosts, select};
//!
//! let now = "2026-01-01T00:00:00Z".parse().unwrap();
//! let chosen = select(&[] as &[Report<'_>], &|_, _| None, Validity::default(), now);
//! assert!(chosen.entries.is_empty());
//! assert!(hosts(&chosen).starts_with("# Written by Daylight"));
//! ```

mod block;
mod entry;
mod escape;
mod queries;
mod search;
mod select;
mod sigma;
mod suricata;
mod value;
mod yara;

pub use block::{csv, hosts, left_out, nftables, rpz};
pub use entry::{Chosen, Entry, LeftOut, Report, Said, Source, Validity};
pub use escape::comment;
pub use queries::queries;
pub use select::{Warning, select};
pub use sigma::sigma;
pub use suricata::suricata;
pub use yara::yara;

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path inside the folder of the output, with `/` between folders.
    pub path: String,
    /// All of it.
    pub text: String,
}
