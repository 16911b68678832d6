//! What a report says about itself in its own words and in the furniture around them.

mod originator;

use std::sync::LazyLock;

use daylight_model::{Block, BlockKind, Span, Timestamp};
use regex::Regex;

use crate::{
    dates, furniture, outlet,
    page::{Metadata, Page, furniture as set_aside},
};

/// Blocks at either end in which the page speaks of itself.
const EDGE_BLOCKS: usize = 12;

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
        page.metadata.originator = originator::find(page);
    }
    let own = &page.metadata;
    if own
        .originator
        .as_ref()
        .is_some_and(|originator| originator::is_own(originator, own))
    {
        page.metadata.originator = None;
    }
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

/// Where a date at the start of `text` ends.
fn dateline_end(text: &str) -> Option<usize> {
    labelled_date(text).or_else(|| opening_date(text))
}

/// "Original release date: March 3, 2022 |", with a revision date after it.
fn labelled_date(text: &str) -> Option<usize> {
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

/// "March 3, 2025 – Acme said", the dash included.
fn opening_date(text: &str) -> Option<usize> {
    let head: String = text.chars().take(40).collect();
    let date = dates::find(&head).filter(|date| date.span.start == 0)?;
    let rest = text.get(date.span.end..)?.trim_start();
    let body = rest.strip_prefix(['-', '–', '—'])?.trim_start();
    let goes_on = body.starts_with(char::is_uppercase) && body.contains(' ');
    goes_on.then_some(text.len() - body.len())
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

/// The time of publication: labelled dates before bare ones, those of updates last, the
/// earlier block before the later.
fn published(page: &Page) -> Option<(Timestamp, String)> {
    let edges = page.edges(EDGE_BLOCKS);
    let mut best: Option<(u8, Timestamp, String)> = None;
    for (block, _) in page.blocks.iter().zip(edges).filter(|(_, edge)| *edge) {
        let foreign = [
            "related",
            "comments",
            "comment form",
            "outside the article",
            "links",
            "copyright",
            "forum frame",
        ];
        if matches!(&block.kind, BlockKind::Furniture { reason } if foreign.contains(&reason.as_str()))
        {
            continue;
        }
        let text = block.span.of(&page.text);
        for (rank, found) in ranked_dates(text) {
            // The page's own time of day makes a dateline better than a bare date.
            let rank = rank * 2 + u8::from(found.has_time);
            if best.as_ref().is_none_or(|(known, _, _)| rank > *known) {
                best = Some((rank, found.at, found.span.of(text).to_owned()));
            }
        }
    }
    best.map(|(_, at, written)| (at, written))
}

/// The dates of a block, and how likely each is the date of publication.
fn ranked_dates(text: &str) -> Vec<(u8, dates::Dated)> {
    let head: String = text.chars().take(200).collect();
    let all = dates::find_all(&head);
    let Some(first) = all.first() else {
        return Vec::new();
    };
    let line = text.len() <= head.len()
        && (furniture::is_dateline(text)
            || furniture::is_byline(text)
            || matches!(furniture::reason_of(text), Some("dateline" | "byline")));
    if !line && dateline_end(text).is_none() {
        let wire = is_wire_dateline(&head, first.span).then(|| (1, first.clone()));
        return wire.into_iter().collect();
    }
    let mut end = 0;
    let mut ranked = Vec::new();
    for date in all {
        let before = head.get(end..date.span.start).unwrap_or_default();
        let label = before.trim_start_matches(|c: char| !c.is_alphanumeric());
        end = date.span.end;
        let rank = match RELEASE.find(label) {
            _ if REVISED.is_match(label) => 0,
            Some(found) if label.len() <= found.end() + 12 => 3,
            _ => 2,
        };
        ranked.push((rank, date));
        if !line {
            break;
        }
    }
    ranked
}

/// "WASHINGTON, July 19, 2021 (Agency) - "
fn is_wire_dateline(head: &str, date: Span) -> bool {
    let capitals = |word: &str| {
        word.len() > 2
            && word
                .chars()
                .all(|c| c.is_uppercase() || c.is_ascii_punctuation())
    };
    let before = head.get(..date.start).unwrap_or_default();
    let after = head.get(date.end..).unwrap_or_default();
    before.len() < 60
        && before.split_whitespace().next().is_some_and(capitals)
        && after.chars().take(40).any(|c| matches!(c, '-' | '–' | '—'))
}

fn authors(page: &Page) -> Vec<String> {
    let edges = page.edges(EDGE_BLOCKS);
    let near = page.blocks.iter().zip(edges).filter(|(_, edge)| *edge);
    let mut lines = near
        .map(|(block, _)| block.span.of(&page.text))
        .flat_map(|text| std::iter::once(text).chain(furniture::items(text)))
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
        .replace(" in ", ",in ")
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
                    | "on"
                    | "words"
                    | "text"
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
            "desk",
            "bureau",
            "agencies",
            "admin",
            "analyst",
            "columnist",
            "contributor",
            "min read",
        ]
        .iter()
        .any(|role| name.to_lowercase().contains(role));
        if !name.is_empty()
            && !role
            && !name.starts_with("in ")
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
