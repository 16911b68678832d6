//! What the answers of sources list.

use std::collections::BTreeMap;

use daylight_model::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;

/// Entries of one feed that are looked at; feeds hold some tens.
const ENTRIES_MAX: usize = 1_000;

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where the story is.
    pub address: String,
    /// Its headline.
    pub title: String,
    /// What changes when the feed says that the story did.
    pub stamp: String,
}

/// The entries of an RSS, Atom or JSON feed that lead to a story, in its order.
///
/// # Errors
/// Where it is no feed, or not well-formed.
pub fn entries(address: &str, bytes: &[u8]) -> Result<Vec<Entry>, Error> {
    // Relative links are completed by where the feed is.
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(address))
        .build();
    let feed = parser.parse(bytes).map_err(|error| Error::Feed {
        address: address.to_owned(),
        reason: error.to_string(),
    })?;
    let entries = feed.entries.into_iter().take(ENTRIES_MAX);
    Ok(entries.filter_map(entry).collect())
}

fn entry(entry: feed_rs::model::Entry) -> Option<Entry> {
    let is_story = |link: &&feed_rs::model::Link| {
        link.rel.as_deref().is_none_or(|rel| rel == "alternate")
            && (link.href.starts_with("https://") || link.href.starts_with("http://"))
    };
    let address = entry.links.iter().find(is_story)?.href.clone();
    let title = entry.title.map(|text| text.content).unwrap_or_default();
    let changed = entry.updated.or(entry.published);
    let stamp = changed.map_or_else(|| title.clone(), |time| time.to_rfc3339());
    Some(Entry {
        address,
        title,
        stamp,
    })
}

/// One page of a TAXII collection (TAXII 2.1, section 3.7).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// There is more.
    pub more: bool,
    /// How to ask for it.
    pub next: Option<String>,
    /// How many objects it holds.
    pub objects: usize,
}

/// What an answer of a TAXII server says about itself.
///
/// # Errors
/// Where it is no envelope.
pub fn envelope(address: &str, bytes: &[u8]) -> Result<Envelope, Error> {
    #[derive(Deserialize)]
    struct Body<'b> {
        #[serde(default)]
        more: bool,
        next: Option<String>,
        #[serde(default, borrow)]
        objects: Vec<&'b RawValue>,
    }
    let body: Body<'_> = json(address, "a TAXII 2.1 collection", bytes)?;
    Ok(Envelope {
        more: body.more,
        next: body.next,
        objects: body.objects.len(),
    })
}

/// An event that a MISP feed lists.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MispEntry {
    /// When it was changed last: seconds since 1970.
    #[serde(default, deserialize_with = "number_or_text")]
    pub timestamp: String,
}

/// The events of a MISP feed, by their uuid.
///
/// # Errors
/// Where it is no manifest.
pub fn misp_manifest(address: &str, bytes: &[u8]) -> Result<BTreeMap<String, MispEntry>, Error> {
    let mut events: BTreeMap<String, MispEntry> = json(address, "a MISP feed", bytes)?;
    // The name of a file that is asked for next to the manifest, and of no other.
    events.retain(|uuid, _| {
        uuid.chars()
            .all(|one| one.is_ascii_hexdigit() || one == '-')
    });
    Ok(events)
}

fn number_or_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned))
}

fn json<'b, T: Deserialize<'b>>(
    address: &str,
    expected: &'static str,
    bytes: &'b [u8],
) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::Json {
        address: address.to_owned(),
        expected,
        reason: error.to_string(),
    })
}

/// The address of the next page of a TAXII collection: what was added after a time, or what a
/// page before said comes next.
#[must_use]
pub(crate) fn taxii_page(address: &str, added_after: Option<&str>, next: Option<&str>) -> String {
    let mut page = address.trim_end_matches('/').to_owned();
    if !page.ends_with("/objects") {
        page.push_str("/objects");
    }
    page.push('/');
    let mut mark = '?';
    for (name, value) in [("added_after", added_after), ("next", next)] {
        if let Some(value) = value {
            page.push(mark);
            page.push_str(name);
            page.push('=');
            page.push_str(&escaped(value));
            mark = '&';
        }
    }
    page
}

/// A value of a query (RFC 3986, section 3.4).
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A time as TAXII wants it.
pub(crate) fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_of_three_kinds() {
        let atom = br#"<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>i</id>
            <updated>2021-07-19T12:00:00Z</updated>
            <entry><title>One</title><id>1</id><updated>2021-07-19T12:00:00Z</updated>
            <link href="/one"/></entry></feed>"#;
        let json = br#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[
            {"id":"1","url":"https://example.org/two","title":"Two","content_text":"x"}]}"#;
        for (bytes, address) in [
            (&atom[..], "https://example.org/one"),
            (&json[..], "https://example.org/two"),
        ] {
            let found = entries("https://example.org/feed", bytes).unwrap();
            assert_eq!(found[0].address, address);
        }
        let broken = entries("https://example.org/feed", b"<rss><channel><item>");
        assert!(
            broken
                .unwrap_err()
                .to_string()
                .contains("https://example.org/feed")
        );
    }

    #[test]
    fn pages_of_a_collection() {
        let address = "https://example.org/api/collections/1";
        assert_eq!(
            taxii_page(address, None, None),
            format!("{address}/objects/")
        );
        assert_eq!(
            taxii_page(address, Some("2021-07-19T12:00:00Z"), Some("a b&c")),
            format!("{address}/objects/?added_after=2021-07-19T12:00:00Z&next=a%20b%26c")
        );
        let envelope = envelope(address, br#"{"more":true,"next":"2","objects":[{},{}]}"#);
        let envelope = envelope.unwrap();
        assert_eq!((envelope.more, envelope.objects), (true, 2));
    }

    #[test]
    fn manifests_name_events_and_no_other_files() {
        let manifest = br#"{"5f1e-aa":{"timestamp":"1626696000","info":"x"},
            "5f1e-bb":{"timestamp":1626696001},"../../etc/passwd":{"timestamp":"1"}}"#;
        let events = misp_manifest("https://example.org/manifest.json", manifest).unwrap();
        let stamps: Vec<&str> = events.values().map(|it| it.timestamp.as_str()).collect();
        assert_eq!(stamps, ["1626696000", "1626696001"]);
    }
}
