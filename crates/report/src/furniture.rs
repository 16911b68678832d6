//! Words of the page that are not words of the report.
//!
//! A pattern always has to fit a block from its first letter to its last, and none accepts a
//! whole sentence of prose: a story about people who "share" or "comment" stays whole.

mod bars;
mod credits;
mod patterns;
mod runs;
#[cfg(test)]
mod tests;

use daylight_model::BlockKind;

use crate::page::Page;

pub(crate) use bars::{items, navigation_item};
pub(crate) use credits::{is_byline, is_dateline};

/// Longest block that a pattern may set aside.
const BLOCK_BYTES_MAX: usize = 600;
/// Blocks at either end where dates and names alone are the page's.
const EDGE_BLOCKS: usize = 15;
/// Most sentences of a block that is furniture as a whole.
const SENTENCES_MAX: usize = 5;

/// Sets page furniture aside.
pub(crate) fn mark(page: &mut Page) {
    let edges = page.edges(EDGE_BLOCKS);
    for index in 0..page.blocks.len() {
        let at_edge = edges.get(index).is_some_and(|edge| *edge);
        // In the middle, a date or "author:" alone is a cell of a table or a line of a rule.
        let reason = reason_for(page, index)
            .filter(|reason| at_edge || !matches!(*reason, "dateline" | "byline"));
        if let Some(reason) = reason {
            page.set_aside(index, reason);
        }
    }
    runs::mark_share_bars(page);
    runs::mark_navigation(page, &edges);
    runs::mark_address_of_original(page);
    runs::mark_after_related(page);
    runs::mark_press_release(page);
    runs::mark_comments(page);
}

fn reason_for(page: &Page, index: usize) -> Option<&'static str> {
    let block = page.blocks.get(index)?;
    if matches!(
        block.kind,
        BlockKind::Title | BlockKind::Code | BlockKind::Furniture { .. }
    ) {
        return None;
    }
    let text = block.span.of(&page.text);
    if block.kind == BlockKind::TableRow && !stands_alone(page, index) {
        return None;
    }
    let reason = reason_of(text)?;
    // A list of references may say "Source: X"; only prose about the page stands alone. And a
    // heading "Analysis" over text is the report's own.
    let followed_by_prose = || {
        page.blocks
            .get(index + 1)
            .is_some_and(|next| next.kind == BlockKind::Paragraph && next.span.len() > 150)
    };
    let keep = match (&block.kind, reason) {
        (BlockKind::Heading, "breaking news label" | "navigation" | "marking") => {
            index > 0
                && followed_by_prose()
                && reason != "marking"
                && !text.to_lowercase().contains("news")
                && items(text).len() < 2
        }
        (BlockKind::ListItem, "tags" | "photo credit" | "navigation" | "forum frame") => true,
        _ => false,
    };
    (!keep).then_some(reason)
}

/// Whether a line that looks like a row of a table is the only one, so that it is none.
pub(crate) fn stands_alone(page: &Page, index: usize) -> bool {
    let row = |place: Option<usize>| {
        let block = place.and_then(|place| page.blocks.get(place));
        block.is_some_and(|block| {
            block.kind == BlockKind::TableRow && reason_of(block.span.of(&page.text)).is_none()
        })
    };
    !page.block_text(index).starts_with('|') && !row(index.checked_sub(1)) && !row(Some(index + 1))
}

/// Why a block with this text is page furniture, if it is.
pub(crate) fn reason_of(text: &str) -> Option<&'static str> {
    if text.len() > BLOCK_BYTES_MAX {
        return None;
    }
    reason_of_line(text)
        .or_else(|| bars::reason_of_items(&items(text), reason_of_line))
        .or_else(|| reason_of_sentences(text))
}

fn reason_of_line(text: &str) -> Option<&'static str> {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain
        .trim_start_matches(['*', '•', '#', '|', '»', '>', '_', '←'])
        .trim();
    let plain = plain
        .trim_end_matches(['*', '_', '|', '»', '>', '…', '→'])
        .trim();
    if is_dateline(plain) {
        return Some("dateline");
    }
    if is_byline(plain) {
        return Some("byline");
    }
    let inner = plain
        .strip_prefix(['(', '['])
        .and_then(|inner| inner.strip_suffix([')', ']']));
    // The signs at either end may be the point: "###" ends a press release.
    patterns::class_of(plain)
        .or_else(|| patterns::class_of(text.trim()))
        .or_else(|| patterns::class_of(inner?.trim_end_matches('.')))
}

/// "Get our morning briefing. Enter your email address.": furniture if each sentence is.
fn reason_of_sentences(text: &str) -> Option<&'static str> {
    let mut reason = None;
    let mut count = 0;
    for sentence in text.split_inclusive(['.', '!', '?', ';']) {
        let sentence = sentence.trim();
        count += 1;
        if sentence.is_empty() {
            continue;
        }
        let bare = sentence.trim_end_matches(['.', '!', ';']);
        let found = reason_of_line(sentence).or_else(|| reason_of_line(bare))?;
        // Dates and names between sentences are prose.
        reason = reason.or(Some(found).filter(|found| !matches!(*found, "dateline" | "byline")));
    }
    reason.filter(|_| (2..=SENTENCES_MAX).contains(&count))
}
