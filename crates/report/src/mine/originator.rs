//! Who wrote a republished story first.

use std::sync::LazyLock;

use daylight_model::{BlockKind, Originator};
use regex::Regex;

use super::{ADDRESS, EDGE_BLOCKS, pattern};
use crate::{
    furniture, outlet,
    page::{Metadata, Page},
};

/// Blocks at the end where a bare "Source: X" is the source of the whole.
const LAST_BLOCKS: usize = 4;
/// Words of an outlet's name.
const WORDS_OF_NAME_MAX: usize = 5;

static WIRE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[\p{Lu}][\p{L}.'’-]*(?:[ ,/]+[\p{Lu}][\p{L}.'’-]*){0,5}[ ,]*(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?[ ,]*)?\((?P<who>[A-Z][\w&. ]{1,24})\)\s*[-–—]+\s",
    )
});
static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:copyright|\(c\)|©)[\s©]*(?:\(c\)\s*)?(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s*(?:the )?(?P<who>[A-Z][\w -]{1,24}?)(?:[.,|]| all rights| inc\b|$)",
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
            r"(?i)^(?:original (?:article|source|story|post|link)|(?:read|see|view) (?:the )?(?:original|full|complete|rest of the)(?: article| story| post| report)?(?:,? here| at| on| in)*|(?:article |story )?source|(?:republished|reprinted|reposted|cross-?posted|syndicated)(?: with permission)? from|courtesy of|via)\s*[:–-]?\s*(?P<who>.+)$",
        ),
    ]
});
/// The first that a notice or a credit on the page names.
pub(super) fn find(page: &Page) -> Option<Originator> {
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
        // The address may stand on the line below.
        let below = page.block_text(index + 1);
        let link = link.or_else(|| {
            ADDRESS
                .find(below)
                .filter(|address| address.as_str() == below)
                .map(|address| address.as_str())
        });
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
    let text = text
        .strip_prefix(['(', '['])
        .and_then(|inner| inner.trim_end_matches('.').strip_suffix([')', ']']))
        .unwrap_or(text);
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
    let agency = outlet::agency(&name);
    let sure = url.is_some() || agency.is_some();
    let set_aside = furniture::reason_of(text).is_some();
    if place == 3
        && !sure
        && (!at_end || !set_aside || name.split_whitespace().count() > WORDS_OF_NAME_MAX)
    {
        return None;
    }
    let name = agency.unwrap_or(name);
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
        .or_else(|| COPYRIGHT.captures(text))
        .and_then(|captures| captures.name("who"))
        .and_then(|who| outlet::agency(who.as_str()));
    named.or_else(|| {
        let credits = furniture::is_byline(text).then(|| text.split([',', '|', '/', '•']).skip(1));
        credits?.find_map(|piece| outlet::agency(piece.trim().trim_start_matches("The ")))
    })
}

/// Whether the outlet named as the first is the one whose page this is.
pub(super) fn is_own(originator: &Originator, page: &Metadata) -> bool {
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
