//! Texts of strangers, made harmless for each format.

use std::fmt::Write;

/// Characters of a comment.
const COMMENT_CHARACTERS_MAX: usize = 600;

/// A text as part of a line of comment: one line, nothing that ends it, turns its direction
/// or is not seen, and not without end.
#[must_use]
pub fn comment(text: &str) -> String {
    let mut out = String::new();
    let words = text.split(|c: char| c.is_whitespace() || is_hidden(c));
    for word in words.filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    match out.char_indices().nth(COMMENT_CHARACTERS_MAX) {
        Some((end, _)) => format!("{} …", out.get(..end).unwrap_or_default()),
        None => out,
    }
}

/// Control characters, those that end lines in some format, and those that are not seen or
/// change the direction of others.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Only letters, digits and a few signs that no format gives a meaning; the rest is `_`.
pub(crate) fn word(text: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let characters = text.chars().take(120);
    characters.map(|c| if keep(c) { c } else { '_' }).collect()
}

/// A scalar of YAML: in single quotes where it is plain, else in double quotes with escapes.
pub(crate) fn yaml(text: &str) -> String {
    if text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_hidden(c) => drop(write!(out, "\\U{:08X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A cell of CSV (RFC 4180), and none that a spreadsheet runs as a formula.
pub(crate) fn csv(cell: &str) -> String {
    let cell = comment(cell);
    let is_formula = cell.starts_with(['=', '+', '-', '@']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// The inside of a text of YARA: ASCII, everything else as bytes.
pub(crate) fn yara(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' => out.push(char::from(byte)),
            byte => drop(write!(out, "\\x{byte:02x}")),
        }
    }
    out
}

/// The inside of Suricata's `content`: everything that could mean something as hex.
pub(crate) fn content(text: &str) -> String {
    let mut out = String::new();
    let mut in_hex = false;
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/');
        if plain == in_hex {
            out.push('|');
            in_hex = !in_hex;
        } else if in_hex {
            out.push(' ');
        }
        if plain {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "{byte:02X}");
        }
    }
    if in_hex {
        out.push('|');
    }
    out
}

/// A literal text of Sigma: no wildcard in it, and no backslash that takes one's meaning.
pub(crate) fn sigma(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let doubled = match c {
            '*' | '?' => true,
            '\\' => matches!(characters.peek(), Some('*' | '?' | '\\') | None),
            _ => false,
        };
        if doubled {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_strangers() {
        assert_eq!(comment("a\r\nb\u{202e}c\u{2028}d\u{85}e"), "a b c d e");
        assert_eq!(comment(&"x".repeat(5_000)).chars().count(), 602);
        assert_eq!(yaml("it's"), "'it''s'");
        assert_eq!(yaml("a\nb\"\\"), "\"a\\U0000000Ab\\\"\\\\\"");
        assert_eq!(csv("=1+1\",x"), "\"'=1+1\"\",x\"");
        assert_eq!(yara("a\"\n\\é"), "a\\\"\\x0a\\\\\\xc3\\xa9");
        assert_eq!(content("a;\"b|"), "a|3B 22|b|7C|");
        assert_eq!(sigma(r"C:\a*\\x\"), r"C:\a\*\\\x\\");
        assert_eq!(sigma(r"\*"), r"\\\*");
        assert_eq!(word("a;b (c)"), "a_b__c_");
    }
}
