//! What the answers of sources list.

use std::collections::BTreeMap;

use daylight_model::Timestamp;
use quick_xml::events::Event;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;

/// Entries of one feed that are looked at; feeds hold some tens.
const ENTRIES_MAX: usize = 1_000;
/// Bytes of one feed.
const FEED_BYTES_MAX: usize = 16 << 20;
/// Elements inside one another: what reads feeds goes into each by a call of its own.
const DEPTH_MAX: usize = 64;
/// Attributes of one element, each of which is compared with all others.
const ATTRIBUTES_MAX: usize = 64;

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
/// Where it is no feed, is not well-formed, or passes a limit.
pub fn entries(address: &str, text: &str) -> Result<Vec<Entry>, Error> {
    let wrong = |reason: String| Error::Feed {
        address: address.to_owned(),
        reason,
    };
    let text = without_declaration(text);
    check(text).map_err(wrong)?;
    // Relative links are completed by where the feed is.
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(address))
        .build();
    let feed = parser
        .parse(text.as_bytes())
        .map_err(|error| wrong(error.to_string()))?;
    let entries = feed.entries.into_iter().take(ENTRIES_MAX);
    Ok(entries.filter_map(entry).collect())
}

/// The text without what says in which encoding it was: it is decoded.
fn without_declaration(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.strip_prefix("<?xml") {
        Some(rest) => rest
            .split_once("?>")
            .map_or(text, |(_, rest)| rest)
            .trim_start(),
        None => text,
    }
}

/// Whether the text keeps within the limits, so that it may be read as a feed.
fn check(text: &str) -> Result<(), String> {
    if text.len() > FEED_BYTES_MAX {
        return Err(format!("larger than the limit of {FEED_BYTES_MAX} bytes"));
    }
    if text.starts_with('{') {
        // JSON, whose reader minds its depth.
        return Ok(());
    }
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => return Ok(()),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(format!("nested deeper than the limit of {DEPTH_MAX}"));
        }
        if let Event::Start(tag) | Event::Empty(tag) = &event
            && tag
                .attributes()
                .with_checks(false)
                .nth(ATTRIBUTES_MAX)
                .is_some()
        {
            return Err(format!(
                "an element with more than {ATTRIBUTES_MAX} attributes"
            ));
        }
    }
}

fn entry(entry: feed_rs::model::Entry) -> Option<Entry> {
    let is_web = |text: &str| text.starts_with("https://") || text.starts_with("http://");
    let is_story = |link: &&feed_rs::model::Link| {
        link.rel.as_deref().is_none_or(|rel| rel == "alternate") && is_web(&link.href)
    };
    let link = entry.links.iter().find(is_story).map(|link| &link.href);
    // The id of an entry without a link is its address, if it is one (RSS 2.0, `guid`).
    let address = link.or(Some(&entry.id).filter(|id| is_web(id)))?.clone();
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

    const ADDRESS: &str = "https://example.org/feed";

    fn rss(items: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"windows-1252\"?><rss version=\"2.0\" \
             xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>t</title>\
             {items}</channel></rss>"
        )
    }

    #[test]
    fn feeds_of_several_kinds() {
        let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>i</id>
            <updated>2021-07-19T12:00:00Z</updated>
            <entry><title>Über</title><id>1</id><updated>2021-07-19T12:00:00Z</updated>
            <link href="/one"/></entry></feed>"#;
        let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[
            {"id":"1","url":"https://example.org/one","title":"Über","content_text":"x"}]}"#;
        let linked = "<item><title>Über</title><link>/one</link></item>";
        let by_id = "<item><title>Über</title><guid>https://example.org/one</guid></item>";
        for text in [atom.into(), json.into(), rss(linked), rss(by_id)] {
            let found = entries(ADDRESS, &text).unwrap();
            assert_eq!(found[0].address, "https://example.org/one", "{text}");
            assert_eq!(found[0].title, "Über", "{text}");
        }
    }

    #[test]
    fn feeds_that_are_broken_or_hostile() {
        let nested = |depth: usize| {
            let (begin, end) = (
                "<media:group>".repeat(depth),
                "</media:group>".repeat(depth),
            );
            rss(&format!("<item><link>/one</link>{begin}{end}</item>"))
        };
        assert_eq!(entries(ADDRESS, &nested(20)).unwrap().len(), 1);
        let attributes: String = (0..100_000).map(|it| format!(" a{it}=''")).collect();
        for (text, reason) in [
            (
                "<rss version=\"2.0\"><channel><item>".to_owned(),
                "not closed",
            ),
            (rss("<item></channel>"), "expected `</item>`"),
            ("no feed at all".to_owned(), "no RSS"),
            (nested(200_000), "nested deeper"),
            (rss(&format!("<item{attributes}/>")), "attributes"),
            (rss(&"x".repeat(FEED_BYTES_MAX)), "larger than"),
        ] {
            let error = entries(ADDRESS, &text).unwrap_err().to_string();
            assert!(error.contains(ADDRESS) && error.contains(reason), "{error}");
        }
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
