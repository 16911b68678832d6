//! What the head of a page says about it: `meta`, `link`, JSON-LD.

use daylight_model::{Originator, Timestamp};
use serde_json::Value;

use crate::{dates, mine, outlet, page::Metadata};

/// Raw findings of the walk.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// `name`, `property` or `itemprop` with content, in order.
    pub(super) metas: Vec<(String, String)>,
    /// Content of `<title>`.
    pub(super) title: String,
    pub(super) canonical: Option<String>,
    /// JSON-LD scripts.
    pub(super) scripts: Vec<String>,
    /// `datetime` of `<time>` elements outside lists of other stories, with their class.
    pub(super) times: Vec<(String, String)>,
}

const TITLES: &[&str] = &[
    "og:title",
    "twitter:title",
    "dc.title",
    "citation_title",
    "headline",
];
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "pubdate",
    "publication_date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "date",
];
const PUBLISHERS: &[&str] = &[
    "og:site_name",
    "application-name",
    "dc.publisher",
    "publisher",
];
const AUTHORS: &[&str] = &[
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "sailthru.author",
    "byl",
];
/// Kinds of JSON-LD objects that describe the story.
const STORIES: &[&str] = &["Article", "Posting", "Report", "Story", "WebPage"];

impl Head {
    fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let found = self
                .metas
                .iter()
                .find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.trim().is_empty());
            found.map(|(_, value)| value.trim())
        })
    }

    /// The head's metadata, and the site's name.
    pub(super) fn metadata(&self) -> (Metadata, Option<String>) {
        let story = self.story();
        let text = |key: &str| story.as_ref().and_then(|story| name_in(story.get(key)?));
        let site = text("publisher").or_else(|| self.meta(PUBLISHERS).map(str::to_owned));
        let title = self
            .meta(TITLES)
            .map(str::to_owned)
            .or_else(|| text("headline"))
            .map(|title| cut_site(&title, site.as_deref(), false));
        let published = self.published(text("datePublished"));
        let mut authors = story
            .as_ref()
            .and_then(|story| story.get("author"))
            .map(names_in)
            .unwrap_or_default();
        if authors.is_empty() {
            authors = self
                .meta(AUTHORS)
                .filter(|value| !value.starts_with("http"))
                .map(mine::split_names)
                .unwrap_or_default();
        }
        let own = self
            .meta(&["og:url"])
            .or(self.canonical.as_deref())
            .filter(|url| url.starts_with("http"));
        let metadata = Metadata {
            title,
            published,
            publisher: site.clone(),
            originator: self.originator(story.as_ref()),
            authors: authors
                .into_iter()
                .filter(|name| site.as_deref() != Some(name))
                .collect(),
            url: own.map(str::to_owned),
            tlp: None,
        };
        (metadata, site)
    }

    /// A canonical address on another site, `isBasedOn`, or a syndication source.
    fn originator(&self, story: Option<&serde_json::Map<String, Value>>) -> Option<Originator> {
        let own = self.meta(&["og:url"]).and_then(outlet::site_of);
        let elsewhere = |url: &&str| {
            own.as_ref()
                .is_some_and(|own| outlet::site_of(url).as_ref() != Some(own))
        };
        let based = story
            .and_then(|story| name_in(story.get("isBasedOn")?))
            .filter(|url| url.starts_with("http"));
        let url = self
            .canonical
            .as_deref()
            .filter(|url| url.starts_with("http"))
            .filter(elsewhere)
            .or_else(|| self.meta(&["syndication-source", "original-source"]))
            .map(str::to_owned)
            .or(based)?;
        Some(Originator {
            name: outlet::name_of(&url)?,
            url: Some(url),
        })
    }

    /// JSON-LD before `meta` before `<time>`; a time of day on the same date beats none.
    fn published(&self, story: Option<String>) -> Option<(Timestamp, String)> {
        let candidates = [story.as_deref(), self.meta(PUBLISHED), self.first_time()];
        let dated: Vec<_> = candidates
            .into_iter()
            .flatten()
            .filter_map(|written| Some((dates::find(written)?, written)))
            .collect();
        let (first, written) = dated.first()?;
        let day = |at: Timestamp| at.as_second().div_euclid(86_400);
        let finer = dated
            .iter()
            .find(|(found, _)| !first.has_time && found.has_time && day(found.at) == day(first.at));
        Some(
            finer.map_or((first.at, (*written).to_owned()), |(found, written)| {
                (found.at, (*written).to_owned())
            }),
        )
    }

    /// Whether a title stands in the metadata itself, not only in `<title>`.
    pub(super) fn has_title(&self) -> bool {
        self.meta(TITLES).is_some() || self.story().is_some()
    }

    fn first_time(&self) -> Option<&str> {
        let revised = |class: &str| {
            ["update", "modif", "revis"]
                .iter()
                .any(|word| class.to_lowercase().contains(word))
        };
        self.times
            .iter()
            .find(|(class, _)| !revised(class))
            .map(|(_, datetime)| datetime.as_str())
    }

    /// `<title>` without the site's name.
    pub(super) fn page_title(&self, site: Option<&str>) -> Option<String> {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        (!title.is_empty()).then(|| cut_site(&title, site, true))
    }

    /// The first JSON-LD object that describes a story.
    fn story(&self) -> Option<serde_json::Map<String, Value>> {
        // serde_json refuses to nest deeper than 128, so this recurses no deeper either.
        fn search(value: Value) -> Option<serde_json::Map<String, Value>> {
            match value {
                Value::Array(items) => items.into_iter().find_map(search),
                Value::Object(mut object) => {
                    let kind = object
                        .get("@type")
                        .map(|kind| kind.to_string())
                        .unwrap_or_default();
                    let describes = STORIES.iter().any(|known| kind.contains(known))
                        && (object.contains_key("headline")
                            || object.contains_key("datePublished"));
                    if describes {
                        return Some(object);
                    }
                    ["@graph", "mainEntity"]
                        .iter()
                        .find_map(|key| search(object.remove(*key)?))
                }
                _ => None,
            }
        }
        self.scripts
            .iter()
            .find_map(|script| search(serde_json::from_str(script.trim()).ok()?))
    }
}

/// A string, or the name or address of an object, or of the first of a list.
fn name_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) => items.first().and_then(name_in),
        Value::Object(object) => ["name", "url", "@id"]
            .iter()
            .find_map(|key| object.get(*key)?.as_str())
            .map(str::to_owned),
        _ => None,
    }
}

fn names_in(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(name_in).collect(),
        other => name_in(other)
            .map(|name| mine::split_names(&name))
            .unwrap_or_default(),
    }
}

/// "Headline | Site" to "Headline". Without knowing the site, the last part goes only where
/// that is asked for and it is short.
fn cut_site(title: &str, site: Option<&str>, guess: bool) -> String {
    for mark in [
        " | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", ": ",
    ] {
        let Some((first, last)) = title.rsplit_once(mark) else {
            continue;
        };
        if site.is_some_and(|site| last.eq_ignore_ascii_case(site))
            || guess
                && mark != ": "
                && last.split_whitespace().count() <= 4
                && first.len() > last.len()
        {
            return first.trim().to_owned();
        }
        if let (Some(site), Some((start, rest))) = (site, title.split_once(mark))
            && start.eq_ignore_ascii_case(site)
        {
            return rest.trim().to_owned();
        }
    }
    title.to_owned()
}
