//! What the names of elements, roles and classes say about their content.

/// Elements whose text is never shown as text.
pub(super) fn is_unread(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "math"
            | "iframe"
            | "object"
            | "canvas"
            | "audio"
            | "video"
            | "select"
            | "textarea"
            | "datalist"
            | "head"
            | "map"
            | "rp"
            | "rt"
            | "noframes"
    )
}

/// Elements that have no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements inside a line of text.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "img"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "nobr"
            | "q"
            | "ruby"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "picture"
            | "g-emoji"
            | "input"
    )
}

/// Why an element is furniture by its name or role, and whether it may be wrong.
pub(super) fn by_element(name: &str, role: &str, in_article: bool) -> Option<(&'static str, bool)> {
    match (name, role) {
        ("nav" | "menu", _) | (_, "navigation" | "menu" | "menubar" | "toolbar") => {
            Some(("navigation", false))
        }
        ("footer", _) | (_, "contentinfo") => Some(("page footer", true)),
        ("aside", _) | (_, "complementary") => Some(("side bar", true)),
        ("form", _) | (_, "search" | "form") => Some(("form", true)),
        ("button", _) | (_, "button") => Some(("button", true)),
        ("dialog", _) | (_, "dialog" | "alertdialog") => Some(("dialog", true)),
        ("figcaption", _) => Some(("photo caption", false)),
        ("header", _) | (_, "banner") if !in_article => Some(("page header", true)),
        _ => None,
    }
}

/// Words of class names and ids, why they mark furniture, and whether they may be wrong.
const WORDS: &[(&[&str], &str, bool)] = &[
    (
        &["comment", "comments", "disqus", "respond", "commentlist"],
        "comments",
        false,
    ),
    (
        &["cookie", "cookies", "consent", "gdpr", "onetrust", "cmp"],
        "cookie notice",
        false,
    ),
    (
        &[
            "related",
            "recirc",
            "recirculation",
            "recommended",
            "recommendations",
            "outbrain",
            "taboola",
            "trending",
            "readmore",
            "morelike",
            "jp-relatedposts",
            "relatedposts",
            "zergnet",
        ],
        "related",
        false,
    ),
    (
        &[
            "share",
            "sharing",
            "social",
            "sharedaddy",
            "addthis",
            "sharebar",
            "addtoany",
            "shareaholic",
            "socials",
        ],
        "share bar",
        true,
    ),
    (
        &[
            "newsletter",
            "subscribe",
            "subscription",
            "signup",
            "mailchimp",
            "paywall",
        ],
        "newsletter",
        true,
    ),
    (
        &[
            "ad",
            "ads",
            "advert",
            "advertisement",
            "adsbygoogle",
            "adslot",
            "dfp",
            "sponsored",
            "promo",
            "promoted",
        ],
        "advertisement",
        true,
    ),
    (
        &[
            "breadcrumb",
            "breadcrumbs",
            "pagination",
            "pager",
            "navbar",
            "nav",
            "navigation",
            "menu",
            "skip",
            "toc",
        ],
        "navigation",
        true,
    ),
    (&["sidebar", "widget", "widgets", "aside"], "side bar", true),
    (&["footer", "copyright", "colophon"], "page footer", true),
    (
        &["modal", "popup", "lightbox", "overlay", "toast"],
        "dialog",
        true,
    ),
    (&["tags", "taglist", "tagcloud"], "tags", true),
    (
        &["caption", "wp-caption-text", "credit", "credits"],
        "photo caption",
        true,
    ),
];

/// Words that turn the meaning round: `has-sidebar`, `no-comments`, `with-ads`.
const SPOILERS: &[&str] = &[
    "has",
    "no",
    "with",
    "without",
    "enabled",
    "disabled",
    "open",
    "closed",
    "layout",
    "page",
    "content",
    "article",
    "story",
    "body",
    "main",
    "entry",
    "post",
    "wrapper",
    "container",
    "single",
    "text",
    "grid",
];

/// Why an element is furniture by its class and id.
pub(super) fn by_class(names: &str) -> Option<(&'static str, bool)> {
    for name in names.split_whitespace().take(40) {
        let words = words_of(name);
        let found = WORDS
            .iter()
            .find(|(known, _, _)| words.iter().any(|word| known.contains(&word.as_str())));
        let Some((known, reason, weak)) = found else {
            continue;
        };
        let others = words.iter().filter(|word| !known.contains(&word.as_str()));
        let spoiled = others.clone().any(|word| SPOILERS.contains(&word.as_str()));
        // "comment-body" is a comment all the same; "post-sidebar" may be the post.
        if !spoiled
            || !weak
                && words
                    .first()
                    .is_some_and(|word| known.contains(&word.as_str()))
        {
            return Some((reason, *weak));
        }
    }
    None
}

/// `shareBar__item--left` to `share`, `bar`, `item`, `left`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for letter in name.chars().take(80) {
        if !letter.is_alphanumeric() || letter.is_uppercase() && was_lower {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        was_lower = letter.is_lowercase();
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether the class marks the body of a story.
pub(super) fn is_story_body(names: &str, itemprop: &str) -> bool {
    const BODIES: &[&str] = &[
        "articlebody",
        "article-body",
        "article__body",
        "article-content",
        "article__content",
        "entry-content",
        "post-content",
        "post-body",
        "story-body",
        "story-content",
        "story__body",
        "story-text",
        "field--name-body",
        "c-field--name-body",
    ];
    itemprop.eq_ignore_ascii_case("articlebody")
        || names
            .split_whitespace()
            .any(|name| BODIES.contains(&name.to_lowercase().as_str()))
}

/// Whether a style or attribute hides the element.
pub(super) fn is_hiding(style: &str, names: &str) -> bool {
    let style: String = style.to_lowercase().split_whitespace().collect();
    let class = |name: &str| {
        matches!(
            name,
            "sr-only"
                | "visually-hidden"
                | "screen-reader-text"
                | "visuallyhidden"
                | "screenreader-only"
                | "hidden"
                | "d-none"
        )
    };
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || names.split_whitespace().any(class)
}

#[cfg(test)]
mod tests {
    use super::by_class;

    fn check(names: &str, reason: Option<&str>) {
        assert_eq!(by_class(names).map(|(reason, _)| reason), reason, "{names}");
    }

    #[test]
    fn classes() {
        check("shareBar", Some("share bar"));
        check("article__social-share", None);
        check("td-share", Some("share bar"));
        check("comment-body", Some("comments"));
        check("single comments-open has-sidebar", Some("comments"));
        check("has-sidebar", None);
        check("main-content-with-sidebar", None);
        check("header shadow adaptive upload", None);
        check("jp-relatedposts", Some("related"));
        check("cookieConsent", Some("cookie notice"));
        check("ad-slot top", Some("advertisement"));
    }
}
