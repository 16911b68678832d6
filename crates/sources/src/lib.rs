//! What others publish again and again: what a source is, when it is to be asked, and what its
//! answers list. Asking and keeping is the pipeline's work.
//!
//! ```
//! use daylight_sources::{Kind, entries};
//!
//! assert_eq!(Kind::of_address("https://example.org/taxii2/api/collections/1/"), Some(Kind::Taxii));
//! let feed = br#"<rss version="2.0"><channel><title>News</title>
//!     <item><title>Mail servers broken into</title><link>https://example.org/a</link></item>
//! </channel></rss>"#;
//! let found = entries("https://example.org/feed", feed)?;
//! assert_eq!(found[0].address, "https://example.org/a");
//! # Ok::<(), daylight_sources::Error>(())
//! ```

mod answers;
mod error;
mod state;

pub use answers::{Entry, Envelope, MispEntry, entries, envelope, misp_manifest};
pub use error::Error;
pub use state::State;

use serde::{Deserialize, Serialize};

/// Something that is asked again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What people call it; unique.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// What it is; found out by its first answer where it is not known.
    pub kind: Option<Kind>,
    /// Seconds from one time it is asked to the next.
    pub every_seconds: u64,
    /// The marking of what bears none.
    pub tlp: Option<String>,
    /// It is inside the house: its own host may have a private address.
    pub private: bool,
}

/// Kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// RSS, Atom or JSON Feed: its entries are stories.
    Feed,
    /// One page that changes: a story of its own.
    Page,
    /// A collection of a TAXII 2.1 server.
    Taxii,
    /// A MISP feed, by its `manifest.json`.
    MispFeed,
    /// One file of objects or indicators: CISA's KEV, a STIX bundle, a list.
    List,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Feed,
        Self::Page,
        Self::Taxii,
        Self::MispFeed,
        Self::List,
    ];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Page => "page",
            Self::Taxii => "taxii",
            Self::MispFeed => "misp-feed",
            Self::List => "list",
        }
    }

    /// What an address says of it; the answer says the rest.
    #[must_use]
    pub fn of_address(address: &str) -> Option<Self> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let path = path.to_ascii_lowercase();
        let name = path.rsplit('/').next().unwrap_or_default();
        if path.contains("/collections/") {
            Some(Self::Taxii)
        } else if name == "manifest.json" {
            Some(Self::MispFeed)
        } else if name.contains("feed") || name.contains("rss") || name.ends_with(".xml") {
            Some(Self::Feed)
        } else if [".json", ".csv", ".txt"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            Some(Self::List)
        } else {
            None
        }
    }

    /// What an answer is, where the address said nothing.
    #[must_use]
    pub fn of_answer(address: &str, bytes: &[u8]) -> Self {
        let start = bytes.trim_ascii_start();
        if entries(address, bytes).is_ok() {
            Self::Feed
        } else if start.starts_with(b"{") || start.starts_with(b"[") {
            Self::List
        } else {
            Self::Page
        }
    }
}
