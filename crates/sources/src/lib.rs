//! What others publish again and again: what a source is, when it is to be asked, and what its
//! answers list. Asking and keeping is the pipeline's work.
//!
//! ```
//! use daylight_sources::{Kind, entries};
//!
//! assert_eq!(Kind::of_address("https://example.org/taxii2/api/collections/1/"), Some(Kind::Taxii));
//! let feed = r#"<rss version="2.0"><channel><title>News</title>
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
pub use state::{Follows, Known, State};

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
        let path = path.trim_end_matches('/');
        let name = path.rsplit('/').next().unwrap_or_default();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if path.contains("/collections/") && (path.contains("taxii") || is_uuid(name)) {
            Some(Self::Taxii)
        } else if name == "manifest.json" {
            Some(Self::MispFeed)
        } else if ends(&[".xml", ".rss", ".atom"]) || ["feed", "rss", "atom"].contains(&name) {
            Some(Self::Feed)
        } else if ends(&[".csv", ".txt"]) {
            Some(Self::List)
        } else {
            None
        }
    }

    /// What an answer is, where the address said nothing.
    #[must_use]
    pub fn of_answer(address: &str, text: &str) -> Self {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        let begins = |words: &[&str]| words.iter().any(|word| start.starts_with(word));
        // A broken feed is a feed all the same, and no page.
        if entries(address, text).is_ok() || begins(&["<rss", "<feed", "<rdf:RDF"]) {
            Self::Feed
        } else if begins(&["{", "["]) {
            Self::List
        } else {
            Self::Page
        }
    }
}

/// Whether it is what collections of TAXII are called (TAXII 2.1, section 5.2.1).
fn is_uuid(name: &str) -> bool {
    let is_hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups = name.split('-').filter(is_hex);
    groups.map(str::len).eq([8, 4, 4, 4, 12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_addresses_and_answers_say() {
        let of_address = |address: &str, kind| assert_eq!(Kind::of_address(address), kind);
        let collection = "https://example.org/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/";
        of_address(collection, Some(Kind::Taxii));
        of_address(
            "https://taxii.example.org/collections/indicators",
            Some(Kind::Taxii),
        );
        of_address("https://example.org/collections/news", None);
        of_address(
            "https://example.org/osint/manifest.json",
            Some(Kind::MispFeed),
        );
        of_address("https://example.org/News/Feed/?all=1", Some(Kind::Feed));
        of_address("https://example.org/feedback.html", None);
        of_address("https://example.org/threatfeed.csv", Some(Kind::List));
        of_address("https://example.org/feed.json", None);

        let of_answer = |text: &str, kind| assert_eq!(Kind::of_answer("https://e.org", text), kind);
        let json = r#"{"version":"https://jsonfeed.org/version/1","title":"t","items":[]}"#;
        of_answer(json, Kind::Feed);
        of_answer(r#"{"type":"bundle","objects":[]}"#, Kind::List);
        of_answer("<rss><channel>", Kind::Feed);
        of_answer("<!doctype html><p>Hello", Kind::Page);
    }
}
