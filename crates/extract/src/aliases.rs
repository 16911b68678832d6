//! "APT40, also known as Leviathan and TEMP.Periscope": other names, as the text lists them.

use std::sync::LazyLock;

use daylight_model::Span;
use regex::Regex;

static LEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[’']?s?\s*(?:\([A-Z]+\))?\s*(?:[,—–(-]\s*)?\(?(?:which is |who are |who is |is |are )?(?:also |commonly |widely |variously |otherwise |better |formerly |previously |publicly )*(?:known|tracked|referred to|identified|called|dubbed|named)?(?: (?:in open[- ]source reporting|publicly|(?:by|to) (?P<user>[A-Z][\w ]{2,30}?)))?\s*(?:aka|a\.k\.a\.|also known as|known as|tracked as|referred to as|identified as|called|dubbed|as)[:,]? ",
    )
    .ok()
});

/// Another name, and who uses it where the text tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alias {
    pub(crate) name: Span,
    pub(crate) user: Option<Span>,
}

/// The other names that a list right after a name gives, up to `sentence`'s end.
pub(crate) fn after(text: &str, name: Span, sentence: Span) -> Vec<Alias> {
    let rest = Span::new(name.end, sentence.end).of(text);
    let Some(captures) = LEAD.as_ref().and_then(|lead| lead.captures(rest)) else {
        return Vec::new();
    };
    let Some(lead) = captures.get(0) else {
        return Vec::new();
    };
    let leading = captures
        .name("user")
        .filter(|user| user.as_str().starts_with(char::is_uppercase))
        .map(|user| Span::new(name.end + user.start(), name.end + user.end()));
    // "as" alone is no alias list: one of the words that make it one must be there.
    let words = lead.as_str().to_lowercase();
    if ![
        "aka",
        "a.k.a",
        "known",
        "tracked",
        "referred",
        "identified",
        "called",
        "dubbed",
        "named",
    ]
    .iter()
    .any(|word| words.contains(word))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start = name.end + lead.end();
    while let Some(span) = item(text, Span::new(start, sentence.end)) {
        let user = leading.or_else(|| user_behind(text, Span::new(span.end, sentence.end)));
        found.push(Alias { name: span, user });
        let Some(next) = separator(&text[span.end..sentence.end]) else {
            break;
        };
        start = span.end + next;
    }
    found
}

/// "tracked as Tin Crow by Acme": who is named behind the name.
fn user_behind(text: &str, rest: Span) -> Option<Span> {
    let part = rest.of(text);
    let marks = part.len() - part.trim_start_matches(['”', '"', '’', '\'']).len();
    let after = part[marks..].strip_prefix(" by ")?;
    let start = rest.start + marks + " by ".len();
    let named = item(text, Span::new(start, start + after.len()))?;
    Some(named)
}

/// The name at the start of the rest of a list: capitalised words.
fn item(text: &str, rest: Span) -> Option<Span> {
    let part = rest.of(text);
    let lead = part.len() - part.trim_start_matches(['“', '"', '‘', '\'', ' ']).len();
    let body = &part[lead..];
    let mut end = 0;
    for (count, word) in body.split(' ').enumerate() {
        let bare = word.trim_end_matches([',', ';', ')', '.', '”', '"', '’', '—', '/']);
        let bare = bare.split(['—', ')', ',', '/']).next().unwrap_or(bare);
        let named =
            bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) && !bare.is_empty();
        if !named || count == 4 {
            break;
        }
        end = body.len() - body[end..].trim_start().len() + bare.len();
        if bare.len() < word.len() {
            break;
        }
    }
    (end > 1).then(|| Span::new(rest.start + lead, rest.start + lead + end))
}

/// Length of what separates a list's items; `None` where the list ends.
fn separator(rest: &str) -> Option<usize> {
    const SEPARATORS: &[&str] = &[
        ", and ",
        ", or ",
        " and ",
        " or ",
        ", ",
        "/",
        " / ",
        "; ",
        "” and ",
        "”, and ",
        "”, ",
        "\" and ",
        "\", ",
    ];
    SEPARATORS
        .iter()
        .find(|separator| rest.starts_with(**separator))
        .map(|separator| separator.len())
        .filter(|&length| {
            rest[length..]
                .trim_start_matches(['“', '"', '‘'])
                .starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, name: &str, expected: &[&str]) {
        let found = after(input, Span::new(0, name.len()), Span::new(0, input.len()));
        let found: Vec<String> = found
            .into_iter()
            .map(|alias| {
                let user = alias.user.map(|user| format!(" by {}", user.of(input)));
                format!("{}{}", alias.name.of(input), user.unwrap_or_default())
            })
            .collect();
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn lists_of_aliases() {
        check(
            "Orange Rook, also known as Violet Finch and TEMP.Crow, struck.",
            "Orange Rook",
            &["Violet Finch", "TEMP.Crow"],
        );
        check(
            "Orange Rook—aka GREY ROOK, G9999, and Temp.Jay—is located in Haikou",
            "Orange Rook",
            &["GREY ROOK", "G9999", "Temp.Jay"],
        );
        check(
            "Orange Rook (aka Jay, Finch) did it",
            "Orange Rook",
            &["Jay", "Finch"],
        );
        check(
            "Orange Rook, tracked as Storm-9999 by Microsoft, struck",
            "Orange Rook",
            &["Storm-9999 by Microsoft"],
        );
        check(
            "Orange Rook, tracked by Red Elk Labs as Tin Crow, struck",
            "Orange Rook",
            &["Tin Crow by Red Elk Labs"],
        );
        check(
            "Orange Rook (known to Mandiant as UNC9999) struck",
            "Orange Rook",
            &["UNC9999 by Mandiant"],
        );
        check(
            "Orange Rook as well as Microsoft did it",
            "Orange Rook",
            &[],
        );
        check("Orange Rook, a group in Haikou", "Orange Rook", &[]);
    }
}
