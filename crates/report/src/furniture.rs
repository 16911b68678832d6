//! Words of the page that are not words of the report.
//!
//! A pattern always has to fit a block from its first letter to its last, and none accepts a
//! whole sentence of prose: a story about people who "share" or "comment" stays whole.

use std::sync::LazyLock;

use daylight_model::BlockKind;
use regex::Regex;

use crate::{dates, page::Page};

/// Longest block that a pattern may set aside.
const BLOCK_BYTES_MAX: usize = 600;
/// Blocks at either end where dates and names alone are the page's.
const EDGE_BLOCKS: usize = 15;
/// Prose that has to stand before a comment form for the rest of the page to belong to it.
const PROSE_BYTES_MIN: usize = 120;

/// Why a block is set aside, and what it looks like from end to end.
const PATTERNS: &[(&str, usize, &str)] = &[
    (
        "comment form",
        220,
        r"(?:leave|post|add|write) (?:a|your) (?:reply|comment)s?(?: cancel reply)?|(?:\d+|no) (?:comments?|replies)(?: on this .*)?|comments? ?\(\d+\)|\d+ (?:comments?|responses?|thoughts?) (?:on|to) .+|(?:show|view|read|hide|load|see)(?: all| more)?(?: \d+)? comments?|join the (?:conversation|discussion)|comments are (?:now )?(?:closed|disabled|off)\.?|you must be logged in to (?:post a )?comment\.?|be the first to comment\.?|cancel reply|post comment|submit comment",
    ),
    (
        "comment form",
        220,
        r"your email address will not be published\.?(?: required fields are marked.*)?|required fields are marked.*|save my name, e-?mail,? (?:and|&) website in this browser.*|notify me of (?:follow-up|new) (?:comments|posts) by e-?mail\.?|(?:name|e-?mail|website|comment)(?: address)? ?\*",
    ),
    (
        "comment form",
        220,
        r"this site uses akismet.*|learn how your comment (?:data|information) is processed\.?",
    ),
    (
        "share bar",
        100,
        r"(?:share|tweet|post|pin|send) (?:this|on|via|to|by|with|the)(?: (?:this|article|story|post|page|news|report|link|a friend|your friends|on|via|to|with|by|and|&|or|facebook|twitter|x|linked-?in|reddit|whatsapp|telegram|pinterest|e-?mail|mail|print|threads|bluesky|mastodon|link|sms))*:?|click to (?:share|email|print)\b.*|(?:copy|copied) (?:the )?link(?: to clipboard)?|print this (?:page|article)|follow (?:us|me|along) (?:on|at|for|via) .+|like us on .+|sharing is caring!?|this article is more than .+ old",
    ),
    (
        "newsletter",
        260,
        r"(?:subscribe|sign up|register|join|get)\b.*\b(?:newsletters?|in ?box|e-?mail (?:list|updates|alerts)|mailing list|daily briefing|push notifications)\b.*|(?:subscribe|sign up)(?: now| today| here| for free)?[.!]?|(?:enter )?your e-?mail(?: address)?|(?:thank you|thanks) for (?:subscribing|signing up)[.!]?|already a (?:subscriber|member)\?.*",
    ),
    (
        "cookie notice",
        600,
        r"(?:we(?: and our partners)? use|(?:this|our) (?:web)?site uses|(?:this|our) pages? uses?) cookies\b.*|(?:accept|reject|allow|manage)(?: all)?(?: cookies)?|(?:cookie|privacy)(?: &| and)?(?: cookies?)? (?:policy|settings|preferences|notice|statement)|by (?:continuing to|using|browsing|clicking)\b.*\b(?:cookies|terms|privacy policy).*|(?:terms (?:of|and) (?:use|service|conditions)|privacy policy|do not sell my (?:personal )?info(?:rmation)?)",
    ),
    (
        "related",
        200,
        r"(?:related|recommended|trending|popular|latest|recent|more|similar|other|top)(?: (?:articles?|stories|story|posts?|news|content|reading|topics|coverage|headlines|links))+:?|(?:you (?:may|might) also (?:like|be interested in)|what to read next|more (?:from|on|about|like this)\b.*|most (?:read|popular|viewed)|don['’]t miss|read next|up next|editors?['’]? ?picks?|from our partners|around the web|keep reading|continue reading)[:.]?",
    ),
    (
        "related",
        200,
        r"(?:read (?:more|also|next)|also read|related|recommended|must read|watch|listen|more)\s*(?::|\||—|–|>|»).+[^.]|read more|learn more|read the full (?:story|article)|continue reading\b.*",
    ),
    (
        "breaking news label",
        160,
        r"(?:this is a )?(?:breaking|developing)(?: news)?(?: story| item)?(?:\b.*\b(?:will be|is being) updated\b.*|\.?|: .*more (?:to come|soon).*)|(?:please )?check back (?:later |soon )?for (?:more )?(?:updates|details|information)\.?|more (?:to (?:come|follow)|details soon)\.*|(?:exclusive|developing|live updates?|just in|opinion|news alert)|this (?:story|article|post) (?:has been|was|will be|is being) updated\b.*",
    ),
    (
        "advertisement",
        180,
        r"(?:- ?)?(?:advertise?ments?|ads?|sponsored(?: content| post)?|promoted|paid content|partner content)(?: ?-)?|(?:story|article|content) continues below(?: (?:this )?(?:ad|advertise?ment))?|(?:continue reading below|scroll (?:down )?to continue)(?: (?:with content|reading))?|report (?:this )?ad|support (?:our|independent) journalism\b.*|(?:click here to )?(?:donate|advertise) (?:now|today|with us)[.!]?",
    ),
    (
        "copyright",
        400,
        r"(?:©|\(c\) ?|copyright ?(?:©|\(c\)|\d{4})|(?:all content )?(?:©|copyright) ).*(?:\d{4}|reserved|inc|ltd|llc).*|.*\ball rights reserved\b.*|this material may not be published, broadcast.*|powered by (?:wordpress|ghost|drupal|joomla|blogger|medium|substack).*|theme:? .+ by .+",
    ),
    (
        "photo credit",
        200,
        r"(?:photo|image|picture|photograph|illustration|screenshot|graphic|video|file photo|stock photo|featured image)s?(?: ?credits?| by| courtesy(?: of)?| source| via)?\s*[:/]\s*[^\\=]+|(?:photo|image|picture|photograph|illustration)s? (?:by|courtesy of|credit) .+[^.]|(?:credit|caption)\s*:\s*.+|[^.]*\b(?:getty images|shutterstock|istock|afp via getty|unsplash|ap photo)\b[^.]*|(?:hide|toggle|show) caption|enlarge(?: this)? image",
    ),
    (
        "photo caption",
        450,
        r".+\((?:ap photo|photo by|photo:|photo credit|image:|image credit|reuters/|getty|afp/|courtesy)[^)]{0,100}\)\.?|.+[.”] ?(?:reuters/[A-Z].+|(?:ap photo|afp/getty).*|getty images)",
    ),
    (
        "tags",
        200,
        r"(?:tags?|tagged|categories|topics|more on this)\s*:\s*[\w#&’' ,|•·/-]+|(?:tagged (?:with|as|in)|filed (?:under|in)|posted in)\s*:?\s*[\w#&’' ,|•·/-]+",
    ),
    (
        "navigation",
        120,
        r"page \d+(?: of \d+)?(?: ?\|.*)?|skip to (?:main )?(?:content|navigation)|(?:main |toggle |open |close )?(?:menu|navigation)|search(?: for:?| \.{3}| this site)?|(?:log|sign) ?(?:in|out|up)|register|my account|home|back to top|jump to.*|(?:next|previous|older|newer) (?:article|post|story|entry|page)s?\b.*|load more\b.*|(?:home|news)(?: ?[>»›/] ?[\w&’' -]+)+|print(?: page)?|listen(?: to this (?:article|story))?\b.*|\d{1,2}[- ]min(?:ute)?s? read|(?:reading|estimated) time:?.*|view (?:all|original|gallery|in browser)\b.*|download (?:pdf|this).*|contact us|about us|accessibility|site ?map|rss(?: feed)?|loading\.*|close|advertise with us|send (?:us )?(?:a )?tips?(?: .*)?",
    ),
    (
        "press release frame",
        120,
        r"(?:for immediate release|press release|news release|media (?:contacts?|enquiries|inquiries)\b.*|#{2,4}|- ?(?:30|ends) ?-|source:? .+/?prnewswire.*|view (?:original content|source version).*)",
    ),
    (
        "marking",
        60,
        r"(?:tlp ?: ?(?:clear|white|green|amber(?:\+strict)?|red))(?:[ |/-]+.*)?|unclassified(?://.*)?",
    ),
    (
        "republication notice",
        400,
        r"(?:this (?:article|post|story|piece|report|item|content|press release)|the (?:article|post|story) above)\b.*\b(?:originally|first|initially|republished|syndicated|reprinted|reposted)\b.*\b(?:posted|published|appeared|republished|ran|from|on|by|under|here)\b.*|(?:originally|first) (?:posted|published|appeared|reported) (?:here|on|at|in|by|from)\b.+|(?:original (?:article|source|story|post|link)|read the original(?: article| story| post| here)?|(?:article |story )?source)\s*[:–-]?\s*https?://\S+|the post .+ (?:appeared first on|first appeared on) .+|(?:read|see|view) (?:the )?(?:full |original )(?:article|story|post)(?: (?:here|at|on).*)?|(?:republished|reprinted) (?:with permission )?from .+|source\s*:\s*[^.]{1,80}",
    ),
];

static COMPILED: LazyLock<Vec<(&'static str, usize, Regex)>> = LazyLock::new(|| {
    #[allow(clippy::unwrap_used)] // Constants, compiled in every test.
    let compile = |text: &str| Regex::new(&format!(r"(?is)^(?:{text})$")).unwrap();
    PATTERNS
        .iter()
        .map(|(reason, bytes_max, text)| (*reason, *bytes_max, compile(text)))
        .collect()
});

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
    mark_share_runs(page);
    mark_after_related(page);
    mark_comments(page);
}

fn reason_for(page: &Page, index: usize) -> Option<&'static str> {
    let block = page.blocks.get(index)?;
    if matches!(
        block.kind,
        BlockKind::Title | BlockKind::Code | BlockKind::TableRow | BlockKind::Furniture { .. }
    ) {
        return None;
    }
    let reason = reason_of(block.span.of(&page.text))?;
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
                && !block.span.of(&page.text).to_lowercase().contains("news")
        }
        (BlockKind::ListItem, "tags" | "photo credit" | "navigation") => true,
        _ => false,
    };
    (!keep).then_some(reason)
}

/// Why a block with this text is page furniture, if it is.
pub(crate) fn reason_of(text: &str) -> Option<&'static str> {
    if text.len() > BLOCK_BYTES_MAX {
        return None;
    }
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain
        .trim_start_matches(['*', '•', '#', '|', '»', '>', '_'])
        .trim();
    let plain = plain
        .trim_end_matches(['*', '_', '|', '»', '>', '…'])
        .trim();
    if plain.is_empty() {
        return None;
    }
    if is_dateline(plain) {
        return Some("dateline");
    }
    if is_byline(plain) {
        return Some("byline");
    }
    COMPILED
        .iter()
        .find(|(_, bytes_max, pattern)| plain.len() <= *bytes_max && pattern.is_match(plain))
        .map(|(reason, _, _)| *reason)
}

/// Whether the block is nothing but a date with its label.
pub(crate) fn is_dateline(text: &str) -> bool {
    const LABELS: &[&str] = &[
        "published",
        "posted",
        "updated",
        "modified",
        "created",
        "revised",
        "released",
        "original",
        "originally",
        "release",
        "publication",
        "date",
        "last",
        "first",
        "on",
        "at",
        "by",
        "admin",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "time",
        "was",
        "and",
        "issued",
    ];
    let found = dates::find_all(text);
    if found.is_empty() || text.len() > 160 || text.contains(['=', '"', '_', '{', '[']) {
        return false;
    }
    let mut rest = text.to_owned();
    for date in found.iter().rev() {
        rest.replace_range(date.span.start..date.span.end, " ");
    }
    rest.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .all(|word| LABELS.contains(&word.to_lowercase().as_str()))
}

/// Whether the block names the authors and nothing else.
pub(crate) fn is_byline(text: &str) -> bool {
    static BYLINE: LazyLock<Regex> = LazyLock::new(|| {
        #[allow(clippy::unwrap_used)]
        Regex::new(
            r"^(?:(?i:written |reported |story |posted |published )?(?:[Bb]y|BY):? |(?i:authors?|reporters?|writer): )(?:[\p{Lu}][\p{L}\p{M}.'’-]*|[Aa]nd|&|of|the|for|de|van|von|bin|al|[,|/•·–-]|\(|\)|@\w+|\S+@\S+|[Ss]taff|[Ww]riter|[Uu]pdated|[Pp]ublished)(?:[\s,|/•·()–-]+(?:[\p{Lu}][\p{L}\p{M}.'’-]*|\p{Lu}+|[Aa]nd|&|of|the|for|de|van|von|bin|al|@\w+|\S+@\S+|[Ss]taff|[Ww]riter|[Rr]eporter|[Uu]pdated|[Pp]ublished|[Oo]n|[Aa]t))*[\s,|/•·()–-]*$",
        )
        .unwrap()
    });
    if text.len() > 200 {
        return false;
    }
    let mut rest = text.to_owned();
    for date in dates::find_all(text).iter().rev() {
        rest.replace_range(date.span.start..date.span.end, "");
    }
    let rest = rest.trim();
    rest.split_whitespace().count() <= 16 && BYLINE.is_match(rest) && !rest.ends_with('.')
}

/// A run of blocks made of nothing but the words of share buttons, with a verb among them.
fn mark_share_runs(page: &mut Page) {
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
fn mark_after_related(page: &mut Page) {
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
        let headline = text.len() < 140
            && !text.ends_with(['.', ':', '”', '"', '!'])
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
fn mark_comments(page: &mut Page) {
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

#[cfg(test)]
mod tests {
    use super::reason_of;

    fn check(text: &str, reason: &str) {
        assert_eq!(
            reason_of(text),
            Some(reason).filter(|reason| !reason.is_empty()),
            "{text:?}"
        );
    }

    #[test]
    fn furniture() {
        check("Published at Mon, 19 Jul 2021 11:54:41 +0000", "dateline");
        check(
            "Original release date: July 19, 2021 | Last revised: August 20, 2021",
            "dateline",
        );
        check("July 19, 2021 at 7:54 AM EDT", "dateline");
        check("Updated 7:54 AM ET, Mon July 19, 2021", "dateline");
        check("By Jane Doe", "byline");
        check("By Jane Doe and John O’Neill, Associated Press", "byline");
        check("By JANE DOE | July 19, 2021", "byline");
        check("Written by Maria van den Berg", "");
        check("Written by Maria Berg", "byline");
        check(
            "This post originally posted here https://example.com/a-story",
            "republication notice",
        );
        check(
            "This article first appeared in The Example Times.",
            "republication notice",
        );
        check(
            "The post Ten things appeared first on Example Blog.",
            "republication notice",
        );
        check("Source: https://example.com/x", "republication notice");
        check("Leave a Reply", "comment form");
        check("12 Comments", "comment form");
        check("Comments (3)", "comment form");
        check("Comment", "");
        check("tags:", "");
        check("category: process_creation", "");
        check("date = \"2022-09-12\"", "");
        check("Image: C:\\Windows\\system32\\svchost.exe", "");
        check("30", "");
        check(
            "Your email address will not be published. Required fields are marked *",
            "comment form",
        );
        check(
            "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
            "comment form",
        );
        check("Share this article on Facebook", "share bar");
        check("Follow us on Twitter", "share bar");
        check("Subscribe to our newsletter", "newsletter");
        check(
            "Sign up for our daily briefing, delivered to your inbox every morning.",
            "newsletter",
        );
        check(
            "We use cookies to give you the best experience on our website.",
            "cookie notice",
        );
        check("Accept all cookies", "cookie notice");
        check("Related articles", "related");
        check("Read more: Gang claims attack on pipeline", "related");
        check("Breaking news", "breaking news label");
        check(
            "This is a breaking news story and will be updated.",
            "breaking news label",
        );
        check("ADVERTISEMENT", "advertisement");
        check("Story continues below advertisement", "advertisement");
        check(
            "© 2021 Example Media Inc. All rights reserved.",
            "copyright",
        );
        check("Photo: Jane Doe/Example Agency", "photo credit");
        check(
            "A server room in Haikou on Monday. (AP Photo/Jane Doe)",
            "photo caption",
        );
        check("Tags: China, hacking, Microsoft", "tags");
        check("Filed under: Security", "tags");
        check("Home > News > Security", "navigation");
        check("Skip to content", "navigation");
        check("TLP:AMBER+STRICT", "marking");
        check("FOR IMMEDIATE RELEASE", "press release frame");
    }

    #[test]
    fn sentences_of_a_story() {
        for text in [
            "Share prices of the company fell by ten percent.",
            "Share drives were encrypted on Monday, the hospital said.",
            "The ministry declined to comment.",
            "Comment spam was used to spread the malware, the researchers found.",
            "Leave a reply-all storm alone, administrators were told.",
            "By Monday evening the servers had been patched.",
            "By Design, the flaw affects all versions.",
            "Published reports link the group to Beijing.",
            "On July 19, 2021, the United States accused China.",
            "The report was first published in 2019 by a security firm.",
            "Subscribe requests to the server were used as a channel.",
            "The attackers stole cookies and session tokens from browsers.",
            "We use cookies stolen from a browser to show the flaw? No.".trim_end_matches(" No."),
            "Copyright notices served as lures in the phishing mails.",
            "Read more than 100 mailboxes.",
            "Source code was stolen from the company.",
            "Related activity was seen in April.",
            "Breaking into the server took minutes.",
            "Search engines were poisoned to spread the loader.",
            "Watch lists held the names of dissidents.",
            "Home routers were used as proxies.",
            "Print servers were hit first.",
            "Follow the vendor’s guidance to patch the servers.",
            "Advertisers were among the victims.",
            "More than 30,000 organisations were hit.",
            "This report is based on incident response at twelve victims.",
            "Photos of the officers were released by the FBI.",
            "Topics of the lure documents were elections and trade.",
        ] {
            let expected = if text.starts_with("We use cookies") {
                "cookie notice"
            } else {
                ""
            };
            check(text, expected);
        }
    }
}
