//! HTML: which parts of a page are the report.

mod head;
mod rules;
mod walk;

use std::collections::{HashMap, HashSet};

use daylight_model::BlockKind;

use crate::{
    outlet,
    page::{Draft, Page, furniture},
    text,
};
use walk::{Part, Walk};

/// Prose below which a page is taken to have no article of its own.
const PROSE_BYTES_MIN: usize = 200;
/// Short links in a row that are a menu.
const LINK_RUN_MIN: usize = 12;

/// Reads a page.
pub(crate) fn read(html: &str) -> Page {
    let mut walk = walk::walk(html);
    rescue(&mut walk);
    let mut drafts = keep_article(&walk);
    let (mut metadata, site) = walk.head.metadata();
    let heading = walk
        .parts
        .iter()
        .find(|part| part.level == 1)
        .map(|part| part.text.clone());
    let title = metadata
        .title
        .take()
        .or_else(|| walk.head.page_title(site.as_deref()));
    // "Headline - Site": the heading on the page has no name of the site in it.
    let title = match (&heading, title) {
        (Some(heading), Some(title))
            if !extends(&title, heading) && !heading.is_empty() && walk.head.has_title() =>
        {
            Some(title)
        }
        (Some(heading), _) => Some(heading.clone()),
        (None, title) => title,
    };
    metadata.title = title
        .map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|title| !title.is_empty());
    if let Some(title) = &metadata.title {
        mark_title(&mut drafts, title, heading.as_deref());
    }
    if metadata.publisher.is_none() {
        metadata.publisher = site.or_else(|| metadata.url.as_deref().and_then(outlet::name_of));
    }
    let mut page = Page::from_drafts(drafts);
    page.metadata = metadata;
    page
}

/// Whether `title` is `heading` with a mark and a name after it.
fn extends(title: &str, heading: &str) -> bool {
    let rest = title
        .trim()
        .strip_prefix(heading.trim())
        .unwrap_or_default()
        .trim_start();
    rest.starts_with(['-', '|', '–', '—', '·', '•', '»'])
}

/// A whole page inside a `form`, or a wrapper named after its side bar, is no furniture:
/// where most of the prose was set aside for one such reason, the reason was wrong.
fn rescue(walk: &mut Walk) {
    for _ in 0..4 {
        let mut outside = 0;
        let mut by_region = vec![0_usize; walk.regions.len()];
        for part in &walk.parts {
            match walk.outermost(part.region) {
                Some(region) => {
                    if let Some(bytes) = by_region.get_mut(region) {
                        *bytes += part.prose_bytes();
                    }
                }
                None => outside += part.prose_bytes(),
            }
        }
        let Some((region, bytes)) = by_region
            .into_iter()
            .enumerate()
            .max_by_key(|(_, bytes)| *bytes)
        else {
            return;
        };
        let wrong = |weak: bool| {
            bytes >= PROSE_BYTES_MIN && (outside < PROSE_BYTES_MIN || weak && bytes > outside * 3)
        };
        match walk.regions.get_mut(region) {
            Some(region) if wrong(region.weak) => region.active = false,
            _ => return,
        }
    }
}

/// Where one article, story body or main part holds most of the prose, the rest of the page
/// is not the report.
fn keep_article(walk: &Walk) -> Vec<Draft> {
    let prose = |part: &Part| {
        if walk.reason(part.region).is_none() {
            part.prose_bytes()
        } else {
            0
        }
    };
    let total: usize = walk.parts.iter().map(prose).sum();
    let mut chosen = None;
    for kind in 0..3 {
        let mut bytes = HashMap::<u32, usize>::new();
        for part in &walk.parts {
            *bytes.entry(part.inside[kind]).or_default() += prose(part);
        }
        bytes.remove(&0);
        let best = bytes
            .into_iter()
            .max_by_key(|(id, bytes)| (*bytes, std::cmp::Reverse(*id)));
        if let Some((id, bytes)) = best
            && bytes >= PROSE_BYTES_MIN
            && bytes * 2 >= total
        {
            chosen = Some((kind, id));
            break;
        }
    }
    let contains_prose = |part: &Part| prose(part) > 0;
    let first = walk.parts.iter().position(contains_prose).unwrap_or(0);
    let last = walk
        .parts
        .iter()
        .rposition(contains_prose)
        .unwrap_or(walk.parts.len());
    let mut drafts = Vec::new();
    for (index, part) in walk.parts.iter().enumerate() {
        let outside = chosen.is_some_and(|(kind, id)| part.inside[kind] != id) && part.level != 1;
        let link_list = chosen.is_none()
            && (index < first || index > last)
            && part.link_bytes * 10 >= part.text.len() * 8
            && part.level != 1;
        let reason = walk
            .reason(part.region)
            .or(outside.then_some("outside the article"))
            .or(link_list.then_some("links"));
        push_part(&mut drafts, part, reason);
    }
    drop_link_runs(&mut drafts, walk);
    drafts
}

/// Sets long runs of short links aside: languages, sections, archives.
fn drop_link_runs(drafts: &mut [Draft], walk: &Walk) {
    let links: HashSet<&str> = walk
        .parts
        .iter()
        .filter(|part| part.link_bytes >= part.text.len())
        .map(|part| part.text.as_str())
        .collect();
    let short = |draft: &Draft| {
        draft.kind == BlockKind::ListItem
            && draft.text.len() < 60
            && !draft.text.contains('.')
            && links.contains(draft.text.as_str())
    };
    for run in drafts
        .chunk_by_mut(|a, b| short(a) && short(b))
        .filter(|run| run.len() >= LINK_RUN_MIN)
    {
        for draft in run {
            draft.kind = furniture("links");
        }
    }
}

fn push_part(drafts: &mut Vec<Draft>, part: &Part, reason: Option<&str>) {
    let kind = |kind: &BlockKind| reason.map_or_else(|| kind.clone(), furniture);
    let draft = |text: &str, kind: BlockKind| Draft {
        text: text.to_owned(),
        kind,
        link: part.link.clone(),
    };
    // Lines divided by <br> are read like the lines of a text.
    if part.kind == BlockKind::Paragraph && part.text.contains('\n') {
        for block in text::blocks_in(&part.text) {
            drafts.push(draft(block.span.of(&part.text), kind(&block.kind)));
        }
        return;
    }
    drafts.push(draft(&part.text, kind(&part.kind)));
}

/// Finds the headline among the blocks, or puts it before them.
fn mark_title(drafts: &mut Vec<Draft>, title: &str, heading: Option<&str>) {
    let plain = |text: &str| {
        text.to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let title_plain = plain(title);
    let fits = |text: &str| {
        let text = plain(text);
        text == title_plain
            || text.len() > 10
                && (title_plain.contains(&text) || text.len() < 300 && text.contains(&title_plain))
    };
    let found = drafts
        .iter()
        .position(|draft| heading.is_some_and(|heading| heading == draft.text) && fits(&draft.text))
        .or_else(|| {
            drafts.iter().position(|draft| {
                draft.text.len() < 400 && draft.kind == BlockKind::Heading && fits(&draft.text)
            })
        });
    match found.and_then(|index| drafts.get_mut(index)) {
        Some(draft) => draft.kind = BlockKind::Title,
        None => drafts.insert(
            0,
            Draft {
                text: title.to_owned(),
                kind: BlockKind::Title,
                link: None,
            },
        ),
    }
}
