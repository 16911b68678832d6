//! Sentences of a block, with exact spans.

use daylight_model::{BlockKind, Document, Span};

/// Words that end in a full stop without ending a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "gen", "col", "lt", "sgt", "capt", "adm", "sen", "rep", "gov",
    "hon", "st", "jr", "sr", "inc", "co", "corp", "ltd", "bros", "dept", "univ", "assn", "est",
    "no", "nos", "vol", "fig", "sec", "art", "para", "p", "pp", "vs", "v", "e.g", "i.e", "etc",
    "al", "cf", "ca", "approx", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
    "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "a.m", "p.m", "a.k.a", "u.s", "u.k",
    "u.n", "e.u", "u.s.c", "d.c", "n.y", "min", "max",
];

/// Abbreviations that often do end a sentence: the next word decides.
const MAY_END: &[&str] = &[
    "u.s", "u.k", "u.n", "e.u", "d.c", "n.y", "inc", "co", "corp", "ltd", "etc", "a.m", "p.m", "jr",
];

/// Words that, capitalised after such an abbreviation, start a new sentence.
const STARTERS: &[&str] = &[
    "the",
    "a",
    "an",
    "in",
    "on",
    "at",
    "it",
    "its",
    "this",
    "that",
    "these",
    "those",
    "he",
    "she",
    "they",
    "we",
    "i",
    "but",
    "and",
    "as",
    "after",
    "before",
    "when",
    "while",
    "if",
    "for",
    "from",
    "according",
    "both",
    "there",
    "however",
    "meanwhile",
    "last",
    "earlier",
    "since",
    "by",
    "with",
    "to",
    "our",
    "their",
    "his",
    "her",
];

/// Every sentence of the document's content. Headings and table rows are one unit each:
/// they end where their block ends, full stop or not.
pub(crate) fn sentences(document: &Document) -> Vec<Span> {
    let mut found = Vec::new();
    for block in document.content() {
        match block.kind {
            BlockKind::Paragraph | BlockKind::ListItem => {
                split(&document.text, block.span, &mut found)
            }
            _ => found.push(block.span.trimmed(&document.text)),
        }
    }
    found.retain(|span| !span.is_empty());
    found
}

/// Splits one block.
pub(crate) fn split(text: &str, within: Span, found: &mut Vec<Span>) {
    let block = within.of(text);
    let mut start = 0;
    let mut characters = block.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if !matches!(character, '.' | '!' | '?' | '…') {
            continue;
        }
        // Closing quotation marks and brackets belong to the sentence they close.
        let mut end = at + character.len_utf8();
        while let Some(&(next, closing)) = characters.peek() {
            if !matches!(
                closing,
                '.' | '!' | '?' | '"' | '”' | '’' | '\'' | ')' | ']' | '»'
            ) {
                break;
            }
            end = next + closing.len_utf8();
            characters.next();
        }
        if ends_sentence(&block[start..at], character, &block[end..]) {
            found.push(Span::new(within.start + start, within.start + end).trimmed(text));
            start = end;
        }
    }
    found.push(Span::new(within.start + start, within.end).trimmed(text));
}

/// Whether a mark after `before` and ahead of `after` ends a sentence.
fn ends_sentence(before: &str, mark: char, after: &str) -> bool {
    let rest = after.trim_start();
    if rest.is_empty() || rest.len() == after.len() {
        return rest.is_empty();
    }
    let opens = |c: char| {
        c.is_uppercase()
            || c.is_numeric()
            || matches!(
                c,
                '“' | '"' | '‘' | '\'' | '(' | '[' | '«' | '•' | '-' | '–'
            )
    };
    if !rest.starts_with(opens) {
        return false;
    }
    if mark != '.' {
        return true;
    }
    let last_word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '“' | '"' | '['))
        .next()
        .unwrap_or_default();
    let lower = last_word.to_lowercase();
    let initial = last_word.chars().count() == 1 && last_word.chars().all(char::is_uppercase);
    if MAY_END.contains(&lower.as_str()) {
        let next = rest
            .trim_start_matches(['“', '"', '(', '‘'])
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_lowercase();
        return STARTERS.contains(&next.trim_end_matches(','));
    }
    !initial && !ABBREVIATIONS.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &[&str]) {
        let mut found = Vec::new();
        split(input, Span::new(0, input.len()), &mut found);
        let texts: Vec<&str> = found
            .iter()
            .map(|span| span.of(input))
            .filter(|text| !text.is_empty())
            .collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn splits_sentences() {
        check(
            "One thing. Another thing.",
            &["One thing.", "Another thing."],
        );
        check(
            "The U.S. Department of Justice acted. It did.",
            &["The U.S. Department of Justice acted.", "It did."],
        );
        check(
            "Victims are in the U.S. The group denies it.",
            &["Victims are in the U.S.", "The group denies it."],
        );
        check(
            "“We deny it.” The ministry said so.",
            &["“We deny it.”", "The ministry said so."],
        );
        check(
            "It struck example.com at 3.5 GB/s. Then it stopped",
            &["It struck example.com at 3.5 GB/s.", "Then it stopped"],
        );
        check(
            "Tools, e.g. Mimikatz, were used. J. Smith said so.",
            &["Tools, e.g. Mimikatz, were used.", "J. Smith said so."],
        );
        check(
            "Why? Nobody knows! “Ask them,” he said.",
            &["Why?", "Nobody knows!", "“Ask them,” he said."],
        );
        check(
            "Acme Corp. said on Jan. 5 that it paid. In May it denied this.",
            &[
                "Acme Corp. said on Jan. 5 that it paid.",
                "In May it denied this.",
            ],
        );
        check("", &[]);
        check("no end mark", &["no end mark"]);
        check(
            "Temp.Periscope and U.S. agencies met...",
            &["Temp.Periscope and U.S. agencies met..."],
        );
    }
}
