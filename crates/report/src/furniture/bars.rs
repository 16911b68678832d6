//! Lines of several short items: navigation at the head of a page, links at its foot.

/// Items that only navigation has.
const STRONG: &[&str] = &[
    "about",
    "about us",
    "accessibility",
    "advertise",
    "advertise with us",
    "archive",
    "archives",
    "careers",
    "contact",
    "contact us",
    "cookie policy",
    "cookies",
    "crosswords",
    "donate",
    "e-paper",
    "epaper",
    "faq",
    "feedback",
    "help",
    "home",
    "homepage",
    "imprint",
    "jobs",
    "lifestyle",
    "log in",
    "login",
    "log out",
    "logout",
    "menu",
    "my account",
    "newsletter",
    "newsletters",
    "obituaries",
    "opinion",
    "podcast",
    "podcasts",
    "privacy",
    "privacy policy",
    "puzzles",
    "register",
    "rss",
    "search",
    "shop",
    "sign in",
    "sign up",
    "site map",
    "sitemap",
    "skip to content",
    "skip to main content",
    "sport",
    "sports",
    "store",
    "subscribe",
    "terms",
    "terms & conditions",
    "terms and conditions",
    "terms of service",
    "terms of use",
    "top stories",
    "trending",
    "unsubscribe",
    "videos",
    "weather",
    "webinars",
];

/// Items that navigation has, and tables too: alone they decide nothing.
const WEAK: &[&str] = &[
    "africa",
    "americas",
    "arts",
    "asia",
    "australia",
    "authors",
    "blog",
    "books",
    "business",
    "climate",
    "company",
    "culture",
    "economy",
    "education",
    "entertainment",
    "environment",
    "europe",
    "events",
    "fashion",
    "features",
    "finance",
    "food",
    "forum",
    "forums",
    "games",
    "health",
    "international",
    "investigations",
    "latest",
    "legal",
    "live",
    "local",
    "magazine",
    "markets",
    "members",
    "middle east",
    "money",
    "more",
    "music",
    "national",
    "news",
    "partners",
    "photos",
    "politics",
    "press",
    "pricing",
    "products",
    "property",
    "resources",
    "reviews",
    "science",
    "security",
    "solutions",
    "style",
    "support",
    "tech",
    "technology",
    "topics",
    "travel",
    "tv",
    "uk",
    "us",
    "u.s.",
    "video",
    "world",
];

/// Longest item that is no furniture by itself.
const ITEM_WORDS_MAX: usize = 4;

/// The items of a line, where bars, dots, arrows or tabs part them.
pub(crate) fn items(line: &str) -> Vec<&str> {
    line.split(['|', '•', '·', '›', '»', '\t', '●', '¦'])
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .collect()
}

/// Whether a short line is an item of navigation: `Some(true)` if nothing else has it.
pub(crate) fn navigation_item(item: &str) -> Option<bool> {
    let item = item.to_lowercase();
    if STRONG.contains(&item.as_str()) {
        Some(true)
    } else {
        WEAK.contains(&item.as_str()).then_some(false)
    }
}

/// Why a line of several items is furniture, if it is: all of them are, or all are short and
/// enough of them are known to be navigation.
pub(super) fn reason_of_items(
    items: &[&str],
    reason_of_line: impl Fn(&str) -> Option<&'static str>,
) -> Option<&'static str> {
    if items.len() < 2 {
        return None;
    }
    let (mut strong, mut known, mut unknown) = (0, 0, 0);
    let mut first = None;
    for item in items {
        let reason = reason_of_line(item);
        if let Some(sure) = navigation_item(item) {
            known += 1;
            strong += usize::from(sure);
            first = first.or(Some("navigation"));
        } else if reason.is_some() {
            known += 1;
            strong += usize::from(reason == Some("navigation"));
            first = first.or(reason);
        } else if item.split_whitespace().count() <= ITEM_WORDS_MAX && !item.ends_with('.') {
            unknown += 1;
        } else {
            return None;
        }
    }
    if unknown == 0 && first != Some("navigation") {
        return first;
    }
    // A row of a table may hold one such word by chance.
    (strong >= 1 && known >= 2 && known >= unknown).then_some("navigation")
}
