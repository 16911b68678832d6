//! Furniture that only shows in several blocks together.

use std::sync::LazyLock;

use daylight_model::BlockKind;
use regex::Regex;

use super::bars;
use crate::page::Page;

/// Prose that has to stand before a comment form for the rest of the page to belong to it.
const PROSE_BYTES_MIN: usize = 120;
/// Fewest lines of one item each that make a menu.
const MENU_LINES_MIN: usize = 3;
/// Words of a section's name.
const SECTION_WORDS_MAX: usize = 2;
/// The class of lines that say where a story first stood.
const NOTICE: &str = "republication notice";
/// Longest line of a press release's contact: a name, a telephone number, an address.
const CONTACT_BYTES_MAX: usize = 90;

/// A run of blocks made of nothing but the words of share buttons, with a verb among them.
pub(super) fn mark_share_bars(page: &mut Page) {
    const NETWORKS: &[&str] = &[
        "facebook",
        "twitter",
        "x",
        "linkedin",
        "reddit",
        "whatsapp",
        "telegram",
        "pinterest",
        "email",
        "mail",
        "flipboard",
        "pocket",
        "messenger",
        "tumblr",
        "instagram",
        "youtube",
        "threads",
        "bluesky",
        "mastodon",
        "link",
        "sms",
        "weibo",
        "line",
        "google",
        "rss",
        "comments",
        "comment",
        "more",
        "this",
        "story",
        "article",
        "post",
        "page",
        "report",
        "signal",
        "viber",
        "wechat",
        "vk",
        "hacker",
        "news",
        "and",
        "by",
        "on",
        "via",
        "with",
        "to",
    ];
    const VERBS: &[&str] = &[
        "share", "shares", "tweet", "print", "copy", "pin", "follow", "save", "like", "bookmark",
        "gift",
    ];
    let mut start = 0;
    while start < page.blocks.len() {
        let mut end = start;
        let (mut words, mut has_verb) = (0, false);
        while end < page.blocks.len() {
            let text = page.block_text(end).to_lowercase();
            let plain = text
                .chars()
                .all(|c| c.is_alphanumeric() || c.is_whitespace() || "|·•,:/()&+-".contains(c));
            let mut of_bar = plain && text.contains(char::is_alphabetic) && text.len() < 160;
            for word in text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
            {
                has_verb |= VERBS.contains(&word);
                words += 1;
                let number = word.chars().all(|c| c.is_ascii_digit());
                of_bar &= number || VERBS.contains(&word) || NETWORKS.contains(&word);
            }
            if !of_bar {
                break;
            }
            end += 1;
        }
        if end > start && has_verb && words > 0 {
            for index in start..end {
                page.set_aside(index, "share bar");
            }
        }
        start = end.max(start + 1);
    }
}

/// The short lines after "Related articles" are headlines of other stories.
pub(super) fn mark_after_related(page: &mut Page) {
    let mut inside = false;
    for index in 0..page.blocks.len() {
        let Some(block) = page.blocks.get(index) else {
            break;
        };
        let text = block.span.of(&page.text);
        if let BlockKind::Furniture { reason } = &block.kind {
            inside = reason == "related" && !text.contains(':') || inside;
            continue;
        }
        let quote = text.starts_with(['“', '"']) && text.ends_with(['”', '"']);
        let headline = text.len() < 140
            && !quote
            && !text
                .trim_end_matches(['”', '"', '’', ')'])
                .ends_with(['.', ':', ',', '!'])
            && block.kind != BlockKind::TableRow;
        // A heading opens a new part of the report; a headline of the list follows its like.
        let heading = block.kind == BlockKind::Heading
            && page
                .blocks
                .get(index + 1)
                .is_some_and(|next| next.kind.is_content() && next.span.len() >= 140);
        inside &= headline && !heading;
        if inside {
            page.set_aside(index, "related");
        }
    }
}

/// Everything after the form that asks for comments belongs to it.
pub(super) fn mark_comments(page: &mut Page) {
    let mut prose_bytes = 0;
    let mut inside = false;
    for index in 0..page.blocks.len() {
        let Some(block) = page.blocks.get(index) else {
            break;
        };
        match &block.kind {
            BlockKind::Furniture { reason } => {
                inside |= reason == "comment form"
                    && prose_bytes >= PROSE_BYTES_MIN.max(page.text.len() / 5);
            }
            _ if inside => page.set_aside(index, "comments"),
            BlockKind::Paragraph | BlockKind::ListItem => prose_bytes += block.span.len(),
            _ => {}
        }
    }
}

/// A menu whose items stand on lines of their own; its sections may have names of any kind.
pub(super) fn mark_navigation(page: &mut Page, edges: &[bool]) {
    let known = |page: &Page, index: usize| {
        let block = page.blocks.get(index)?;
        let aside =
            matches!(&block.kind, BlockKind::Furniture { reason } if reason == "navigation");
        bars::navigation_item(block.span.of(&page.text)).or(aside.then_some(true))
    };
    let mut start = 0;
    while start < page.blocks.len() {
        let (mut end, mut items, mut strong) = (start, 0, 0);
        loop {
            if let Some(sure) = known(page, end) {
                items += 1;
                strong += usize::from(sure);
                end += 1;
            } else if items > 0
                && page.block_text(end).split_whitespace().count() <= SECTION_WORDS_MAX
                && known(page, end + 1).is_some()
            {
                end += 1;
            } else {
                break;
            }
        }
        if items >= MENU_LINES_MIN && strong > 0 && edges.get(start) == Some(&true) {
            for index in start..end {
                page.set_aside(index, "navigation");
            }
        }
        start = end.max(start + 1);
    }
}

/// The address below "Originally published at:".
pub(super) fn mark_address_of_original(page: &mut Page) {
    for index in 1..page.blocks.len() {
        let notice = page.blocks.get(index - 1).is_some_and(
            |block| matches!(&block.kind, BlockKind::Furniture { reason } if reason == NOTICE),
        );
        let text = page.block_text(index);
        let address = text.starts_with("https://") || text.starts_with("http://");
        if notice && address && !text.contains(char::is_whitespace) {
            page.set_aside(index, NOTICE);
        }
    }
}

/// Whom to call about a press release, and what its company says of itself in each of them.
pub(super) fn mark_press_release(page: &mut Page) {
    static SELF_PRAISE: LazyLock<Regex> = LazyLock::new(|| {
        #[allow(clippy::unwrap_used)] // A constant, compiled in every test.
        Regex::new(r"(?i)\b(?:headquartered|leading (?:provider|global|cybersecurity|supplier|company)|world['’]s (?:leading|largest)|founded in \d{4}|nasdaq|nyse|(?:learn more|more information|visit(?: us)?)\b[^.]{0,40}\b(?:at|on|visit)? ?(?:https?://|www\.)|customers (?:worldwide|around the world|in \d+ countries)|is trusted by)").unwrap()
    });
    let mut boilerplate = false;
    let mut contact = false;
    let half = page.text.len() / 2;
    for index in 0..page.blocks.len() {
        let Some(block) = page.blocks.get(index) else {
            break;
        };
        let text = block.span.of(&page.text);
        if let BlockKind::Furniture { reason } = &block.kind {
            contact |= reason == "press release frame" && text.to_lowercase().contains("contact");
            boilerplate = false;
            continue;
        }
        let next = page.block_text(index + 1);
        let about = block.span.start > half
            && text.len() <= 80
            && text.starts_with("About ")
            && !text.ends_with('.')
            && SELF_PRAISE.is_match(next);
        let heading = block.kind == BlockKind::Heading;
        contact &= block.kind != BlockKind::Title
            && text.len() <= CONTACT_BYTES_MAX
            && !text.ends_with('.')
            && !about
            && (!heading || next.len() <= CONTACT_BYTES_MAX);
        boilerplate = about || boilerplate && SELF_PRAISE.is_match(text);
        if contact {
            page.set_aside(index, "press release frame");
        } else if boilerplate {
            page.set_aside(index, "about the company");
        }
    }
}
