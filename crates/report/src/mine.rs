//! What a report says about itself in its own words and in the furniture around them.

use std::sync::LazyLock;

use daylight_model::{Block, BlockKind, Originator, Span, Timestamp};
use regex::Regex;

use crate::{
    dates, furniture, outlet,
    page::{Metadata, Page, furniture as set_aside},
};

/// Blocks at either end in which the page speaks of itself.
const EDGE_BLOCKS: usize = 12;
/// Blocks at the end where a bare "Source: X" is the source of the whole.
const LAST_BLOCKS: usize = 4;

#[allow(clippy::unwrap_used)] // Constants, compiled in every test.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

static RELEASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W{0,3}(?P<label>(?:original(?:ly)? |first )?(?:release(?:d)?|publish(?:ed)?|publication|posted|issued)(?: date| time)?|date)(?: (?:at|on|by))?\s*[:\-–]?\s*",
    )
});
static REVISED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:last |page )?(?:re-?vised|updated?|modified|edited|reviewed|accessed|retrieved)\b",
    )
});
static TLP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\bTLP\s?:\s?(clear|white|green|amber\s?\+\s?strict|amber|red)\b")
});
static WIRE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[\p{Lu}][\p{L}.'’-]*(?:[ ,/]+[\p{Lu}][\p{L}.'’-]*){0,5}[ ,]*(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?[ ,]*)?\((?P<who>[A-Z][\w&. ]{1,24})\)\s*[-–—]+\s",
    )
});
static REPUBLISHED: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        pattern(
            r"(?i)^(?:this (?:article|post|story|piece|report|item|content|press release)|the (?:article|post|story) above)\b.{0,60}?\b(?:originally|first|initially|republished|syndicated|reprinted|reposted|published|appeared)\b(?: (?:posted|published|appeared|reported|ran|written|produced|republished))?(?: (?:here|on|at|in|by|from|with (?:the )?permission (?:of|from)|under))*\s*:?\s*(?P<who>.+)$",
        ),
        pattern(
            r"(?i)^(?:originally|first) (?:posted|published|appeared|reported)(?: (?:here|on|at|in|by|from))*\s*:?\s*(?P<who>.+)$",
        ),
        pattern(r"(?i)^the post .{1,250} (?:appeared first on|first appeared on)\s+(?P<who>.+)$"),
        pattern(
            r"(?i)^(?:original (?:article|source|story|post|link)|read the (?:original|full)(?: article| story| post)?(?: here| at| on)*|(?:article |story )?source|republished(?: with permission)? from|reprinted(?: with permission)? from|via)\s*[:–-]?\s*(?P<who>.+)$",
        ),
    ]
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"https?://[^\s<>"'”’)\]]+"#));

/// Fills in what the page says about itself, then cuts glued datelines off.
pub(crate) fn mine(page: &mut Page, now: Option<Timestamp>) {
    cut_glued(page);
    let plausible =
        |at: &Timestamp| now.is_none_or(|now| at.as_second() <= now.as_second() + 2 * 86_400);
    if page
        .metadata
        .published
        .as_ref()
        .is_some_and(|(at, _)| !plausible(at))
    {
        page.metadata.published = None;
    }
    if page.metadata.published.is_none() {
        page.metadata.published = published(page).filter(|(at, _)| plausible(at));
    }
    if page.metadata.authors.is_empty() {
        page.metadata.authors = authors(page);
    }
    if page.metadata.tlp.is_none() {
        page.metadata.tlp = marking(page);
    }
    if page.metadata.originator.is_none() {
        page.metadata.originator = originator(page);
    }
    let own = &page.metadata;
    if own
        .originator
        .as_ref()
        .is_some_and(|originator| is_own(originator, own))
    {
        page.metadata.originator = None;
    }
}

/// Whether the outlet named as the first is the one whose page this is.
fn is_own(originator: &Originator, page: &Metadata) -> bool {
    let plain = |name: &str| {
        name.to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let name = plain(&originator.name);
    let site = page.url.as_deref().and_then(outlet::site_of);
    let label = site
        .as_deref()
        .and_then(|site| site.split('.').next())
        .map(plain);
    let same_site =
        originator.url.is_some() && originator.url.as_deref().and_then(outlet::site_of) == site;
    same_site
        || page
            .publisher
            .as_deref()
            .is_some_and(|publisher| plain(publisher) == name)
        || originator.url.is_none()
            && label.is_some_and(|label| label.len() > 3 && name.contains(&label))
}

/// Reads one `key: value` line from the top of a text.
pub(crate) fn head_field(key: &str, value: &str, metadata: &mut Metadata) {
    if value.is_empty() {
        return;
    }
    let address = || ADDRESS.find(value).map(|found| found.as_str().to_owned());
    match key {
        "title" | "headline" | "subject" if metadata.title.is_none() => {
            metadata.title = Some(value.to_owned())
        }
        "url" | "link" | "permalink" | "canonical" if metadata.url.is_none() => {
            metadata.url = address()
        }
        "source" | "publisher" | "site" => match address() {
            Some(url) if metadata.url.is_none() => metadata.url = Some(url),
            None if metadata.publisher.is_none() => metadata.publisher = Some(value.to_owned()),
            _ => {}
        },
        "date" | "published" | "publication date" if metadata.published.is_none() => {
            metadata.published =
                dates::find(value).map(|found| (found.at, found.span.of(value).to_owned()));
        }
        "author" | "authors" | "byline" if metadata.authors.is_empty() => {
            metadata.authors = split_names(value)
        }
        _ => {}
    }
}

/// Pages flattened to text run "Original release date: July 19, 2021" into the first words
/// of the text, and headings into the words below them.
fn cut_glued(page: &mut Page) {
    let mut dated = false;
    let mut parts = Vec::with_capacity(page.blocks.len());
    for (index, block) in std::mem::take(&mut page.blocks).into_iter().enumerate() {
        let mut span = block.span;
        let text = span.of(&page.text);
        if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading)
            || furniture::reason_of(text).is_some()
        {
            parts.push(block);
            continue;
        }
        if let Some(end) = dateline_end(text).filter(|_| !dated && index < EDGE_BLOCKS) {
            dated = true;
            let date = Span::new(span.start, span.start + end);
            parts.push(Block {
                span: date.trimmed(&page.text),
                kind: set_aside("dateline"),
            });
            span = Span::new(date.end, span.end).trimmed(&page.text);
        }
        if let Some(length) = glued_heading(span.of(&page.text)) {
            let heading = Span::new(span.start, span.start + length);
            parts.push(Block {
                span: heading,
                kind: BlockKind::Heading,
            });
            span = Span::new(heading.end, span.end).trimmed(&page.text);
        }
        if !span.is_empty() {
            parts.push(Block {
                span,
                kind: block.kind,
            });
        }
    }
    page.blocks = parts;
}

/// Where a labelled date at the start of `text` ends, a revision date after it included.
fn dateline_end(text: &str) -> Option<usize> {
    let label = RELEASE.find(text)?.end();
    let head: String = text.chars().take(200).collect();
    let found = dates::find_all(&head);
    let first = found.first().filter(|date| date.span.start <= label + 12)?;
    let mut end = first.span.end;
    for date in found.iter().skip(1) {
        let between = head
            .get(end..date.span.start)
            .unwrap_or_default()
            .trim_matches([' ', '|', '·', ',', ';', '-']);
        if between.len() <= 30 && REVISED.is_match(between) {
            end = date.span.end;
        }
    }
    // Glued, or parted by a mark: "July 19, 2021, the FBI said" is a sentence.
    let rest = text.get(end..)?;
    (rest.starts_with(|c: char| c.is_uppercase()) || rest.trim_start().starts_with(['|', '—', '–']))
        .then_some(end)
}

/// "SummaryThis advisory": the length of the heading glued to the text.
fn glued_heading(text: &str) -> Option<usize> {
    const HEADINGS: &[&str] = &[
        "Summary",
        "Executive Summary",
        "Overview",
        "Introduction",
        "Background",
        "Key Findings",
        "Key Points",
        "Technical Details",
        "Description",
        "Abstract",
        "Systems Affected",
        "Mitigations",
        "Recommendations",
        "Contact Information",
        "Indicators of Compromise",
    ];
    let heading = HEADINGS
        .iter()
        .find(|heading| text.starts_with(**heading))?;
    text.get(heading.len()..)?
        .starts_with(|c: char| c.is_uppercase())
        .then_some(heading.len())
}

/// The time of publication: labelled dates before bare ones, the earlier block before the later.
fn published(page: &Page) -> Option<(Timestamp, String)> {
    let edges = page.edges(EDGE_BLOCKS);
    let mut best: Option<(u8, Timestamp, String)> = None;
    for (index, block) in page.blocks.iter().enumerate() {
        let at_edge = edges.get(index).is_some_and(|edge| *edge);
        let text = block.span.of(&page.text);
        let Some(rank) = date_rank(text, &block.kind).filter(|_| at_edge) else {
            continue;
        };
        let Some(found) = dates::find(text) else {
            continue;
        };
        // The page's own time of day makes a dateline better than a bare date.
        let rank = rank * 2 + u8::from(found.has_time);
        if best.as_ref().is_none_or(|(known, _, _)| rank > *known) {
            best = Some((rank, found.at, found.span.of(text).to_owned()));
        }
    }
    best.map(|(_, at, written)| (at, written))
}

/// How likely the first date of a block is the date of publication.
fn date_rank(text: &str, kind: &BlockKind) -> Option<u8> {
    if let BlockKind::Furniture { reason } = kind
        && matches!(
            reason.as_str(),
            "related" | "comments" | "comment form" | "outside the article" | "links" | "copyright"
        )
    {
        return None;
    }
    let head: String = text.chars().take(200).collect();
    let found = dates::find(&head)?;
    if REVISED.is_match(&head) {
        return None;
    }
    let label_end = RELEASE.find(&head).map(|label| label.end());
    if label_end.is_some_and(|end| found.span.start <= end + 12)
        && (furniture::is_dateline(&head) || dateline_end(text).is_some())
    {
        return Some(3);
    }
    if furniture::is_dateline(text) || furniture::is_byline(text) {
        return Some(2);
    }
    // "WASHINGTON, July 19, 2021 (Agency) - "
    let after = head.get(found.span.end..).unwrap_or_default();
    let dateline = head.get(..found.span.start).is_some_and(|before| {
        before.len() < 60
            && before.split_whitespace().next().is_some_and(|word| {
                word.len() > 2
                    && word
                        .chars()
                        .all(|c| c.is_uppercase() || c.is_ascii_punctuation())
            })
    });
    (dateline && after.chars().take(40).any(|c| matches!(c, '-' | '–' | '—'))).then_some(1)
}

fn authors(page: &Page) -> Vec<String> {
    let edges = page.edges(EDGE_BLOCKS);
    let near = page.blocks.iter().zip(edges).filter(|(_, edge)| *edge);
    let mut lines = near
        .map(|(block, _)| block.span.of(&page.text))
        .filter(|text| furniture::is_byline(text));
    lines.next().map(split_names).unwrap_or_default()
}

/// The names in a byline, without dates, roles and agencies.
pub(crate) fn split_names(line: &str) -> Vec<String> {
    let mut line = line.to_owned();
    for date in dates::find_all(&line).iter().rev() {
        line.replace_range(date.span.start..date.span.end, "");
    }
    let mut names = Vec::new();
    for piece in line
        .replace(" and ", ",")
        .replace(" AND ", ",")
        .split([',', '&', '|', '/', '•', '·', ';', '–'])
    {
        let mut words: Vec<&str> = piece.split_whitespace().collect();
        while words.first().is_some_and(|word| {
            matches!(
                word.to_lowercase().trim_end_matches(':'),
                "by" | "written"
                    | "reported"
                    | "story"
                    | "posted"
                    | "published"
                    | "author"
                    | "authors"
                    | "reporter"
                    | "writer"
                    | "and"
            )
        }) {
            words.remove(0);
        }
        let name = words.join(" ");
        let role = [
            "writer",
            "staff",
            "reporter",
            "editor",
            "correspondent",
            "updated",
            "published",
            "news",
            "team",
        ]
        .iter()
        .any(|role| name.to_lowercase().contains(role));
        if !name.is_empty()
            && !role
            && !name.contains('@')
            && !outlet::is_agency(&name)
            && words.len() <= 5
        {
            names.push(name);
        }
    }
    names
}

fn marking(page: &Page) -> Option<String> {
    let of = |text: &str| {
        TLP.captures(text).map(|captures| {
            captures
                .get(1)
                .map_or("", |level| level.as_str())
                .to_uppercase()
        })
    };
    // A banner says how this report is marked; a sentence may speak of markings in general.
    let banner = page
        .blocks
        .iter()
        .map(|block| block.span.of(&page.text))
        .filter(|text| text.len() <= 60)
        .find_map(of);
    let level = banner.or_else(|| of(&page.text))?;
    let level: String = level.split_whitespace().collect();
    Some(format!(
        "TLP:{}",
        if level == "WHITE" { "CLEAR" } else { &level }
    ))
}

fn originator(page: &Page) -> Option<Originator> {
    let edges = page.edges(EDGE_BLOCKS);
    let count = page.blocks.len();
    for (index, block) in page.blocks.iter().enumerate() {
        if matches!(&block.kind, BlockKind::Furniture { reason } if reason == "related" || reason == "comments")
        {
            continue;
        }
        let text = block.span.of(&page.text);
        let at_edge = edges.get(index).is_some_and(|edge| *edge);
        let link = page.links.get(&block.span.start).map(String::as_str);
        if at_edge && let Some(found) = notice(text, link, index + LAST_BLOCKS >= count) {
            return Some(found);
        }
        if at_edge && let Some(agency) = agency_credit(text) {
            return Some(Originator {
                name: agency,
                url: None,
            });
        }
    }
    None
}

/// "This post originally posted here https://…", "First published in X".
fn notice(text: &str, link: Option<&str>, at_end: bool) -> Option<Originator> {
    if text.len() > 500 {
        return None;
    }
    let (place, captures) = REPUBLISHED
        .iter()
        .enumerate()
        .find_map(|(place, pattern)| Some((place, pattern.captures(text)?)))?;
    let who = captures.name("who")?.as_str();
    let url = ADDRESS
        .find(who)
        .map(|found| found.as_str().trim_end_matches(['.', ',', ';']))
        .or(link)
        .map(str::to_owned);
    let before_address = ADDRESS
        .find(who)
        .map_or(who, |found| who.get(..found.start()).unwrap_or_default());
    let name = outlet_words(before_address);
    // "Source: X" names a source of one figure as often as the story's: an address decides,
    // or the place at the very end.
    if place == 3 && url.is_none() && (!at_end || name.split_whitespace().count() > 4) {
        return None;
    }
    let name = if name.is_empty() {
        outlet::name_of(url.as_deref()?)?
    } else {
        name
    };
    (name.len() <= 80).then_some(Originator { name, url })
}

/// The outlet's name at the start of what follows "published in".
fn outlet_words(text: &str) -> String {
    let lower = text.to_lowercase();
    let end = [
        " on ", " and ", " under ", " in ", " at ", ". ", ", ", " (", " by ", " with ", " as ",
    ]
    .iter()
    .filter_map(|stop| lower.find(stop))
    .min()
    .unwrap_or(text.len());
    let words = text
        .get(..end)
        .unwrap_or(text)
        .trim_matches(|c: char| !c.is_alphanumeric());
    let words = words.strip_prefix("the ").unwrap_or(words);
    let starts_like_name = words.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    if starts_like_name {
        words.to_owned()
    } else {
        String::new()
    }
}

/// "LONDON (Reuters) - " or "By Jane Doe, Associated Press".
fn agency_credit(text: &str) -> Option<String> {
    let named = WIRE
        .captures(text)
        .and_then(|captures| captures.name("who"))
        .and_then(|who| outlet::agency(who.as_str()));
    named.or_else(|| {
        let credits = furniture::is_byline(text).then(|| text.split([',', '|', '/', '•']).skip(1));
        credits?.find_map(|piece| outlet::agency(piece.trim().trim_start_matches("The ")))
    })
}
