//! The one place where foreign text becomes fit for people's eyes.

use std::fmt::Write;

/// Characters of a value shown to people; what is longer is shortened and says so.
pub(crate) const VALUE_CHARACTERS_MAX: usize = 400;

/// Characters of a quoted sentence shown to people.
pub(crate) const SENTENCE_CHARACTERS_MAX: usize = 1_200;

/// Text on one line, with everything visible that hides or acts: control characters,
/// terminal escapes, direction overrides and invisible marks appear as `⟪U+202E⟫`.
#[must_use]
pub fn line(text: &str) -> String {
    shorten(text, SENTENCE_CHARACTERS_MAX)
}

/// Like [`line()`], for values of log fields.
#[must_use]
pub fn value(text: &str) -> String {
    shorten(text, VALUE_CHARACTERS_MAX)
}

/// Text as it is, whatever its length, but with everything visible that hides or acts.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            _ => {
                push_visible(character, &mut shown);
            }
        }
    }
    shown
}

/// Adds a character, or a mark for what hides or acts; how much room that takes.
fn push_visible(character: char, shown: &mut String) -> usize {
    if hides_or_acts(character) {
        let _ = write!(shown, "⟪U+{:04X}⟫", u32::from(character));
        8
    } else {
        shown.push(character);
        1
    }
}

/// Like [`line()`], with about `characters_max` characters shown; marks for what is hidden
/// count as what they take up, so that no input can swell.
pub(crate) fn shorten(text: &str, characters_max: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(characters_max * 4));
    let mut room = characters_max;
    let mut space = false;
    let mut characters = text.trim().chars();
    while room > 0 {
        let Some(character) = characters.next() else {
            break;
        };
        if character.is_whitespace() && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{85}') {
            // Line breaks and runs of blanks carry no meaning in a table or a quotation.
            if !space {
                shown.push(' ');
                room -= 1;
            }
            space = true;
            continue;
        }
        space = false;
        room = room.saturating_sub(push_visible(character, &mut shown));
    }
    let rest = characters.count();
    if rest > 0 {
        let _ = write!(
            shown,
            "… ({} more characters)",
            crate::words::number(rest as u64)
        );
    }
    shown
}

/// Like [`shorten`], with an ellipsis only: for labels whose whole text stands elsewhere.
pub(crate) fn shorten_quietly(text: &str, characters_max: usize) -> String {
    let shown = shorten(text, characters_max.saturating_sub(1));
    match shown.split_once("… (") {
        Some((start, _)) if text.chars().count() > characters_max => format!("{start}…"),
        _ => shorten(text, characters_max),
    }
}

/// Like [`shorten_quietly`], with the middle left out: the end of a path says most of it.
pub(crate) fn shorten_middle(text: &str, characters_max: usize) -> String {
    let is_longer = text.chars().nth(characters_max).is_some();
    if !is_longer {
        return shorten(text, characters_max);
    }
    let room = characters_max.saturating_sub(1);
    let end: Vec<char> = text.chars().rev().take(room / 2).collect();
    let end: String = end.into_iter().rev().collect();
    let start: String = text.chars().take(room - room / 2).collect();
    // Each half is cleaned by itself; marks for what is hidden may shorten it further.
    let (start, end) = (line(&start), line(&end));
    format!("{start}…{end}")
}

/// Characters that change how other text is shown, or cannot be seen themselves.
///
/// The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji need them.
fn hides_or_acts(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// Cleaned text for Markdown: every character escaped that Markdown or HTML would act on,
/// addresses included, so that a viewer makes nothing clickable of what a log says.
pub(crate) fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    // At the start of a block these begin headings, lists, rules; inside they are text.
    let mut text = text;
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let (number, after) = text.split_at(text.len() - rest.len());
    let is_item =
        [". ", ") "].iter().any(|end| after.starts_with(end)) || matches!(after, "." | ")");
    if text.starts_with(['#', '+', '-', '=']) {
        escaped.push('\\');
    } else if !number.is_empty() && is_item {
        escaped.push_str(number);
        escaped.push('\\');
        text = after;
    }
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '@' => escaped.push_str("&#64;"),
            _ => escaped.push(character),
        }
    }
    // Viewers make links of bare addresses; an entity in the middle stops them.
    escaped
        .replace("://", "&#58;//")
        .replace("www.", "www&#46;")
}

/// A CSV cell, always in quotes; a leading `=`, `+`, `-`, `@`, tab or return, which a
/// spreadsheet would take for a formula, gets an apostrophe before it.
pub(crate) fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let apostrophe = if formula { "'" } else { "" };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(line(input), expected, "{input:?}");
    }

    #[test]
    fn hostile_characters_become_visible() {
        check("plain", "plain");
        check("a\u{1b}[31mred", "a⟪U+001B⟫[31mred");
        check("evil\u{202e}gpj.exe", "evil⟪U+202E⟫gpj.exe");
        check("a\u{9b}2J", "a⟪U+009B⟫2J");
        check("zero\u{200b}width", "zero⟪U+200B⟫width");
        check("tag\u{e0041}", "tag⟪U+E0041⟫");
        check("nul\0byte", "nul⟪U+0000⟫byte");
        check("sep\u{2028}arator", "sep⟪U+2028⟫arator");
        check("two\r\n  lines\tand tabs", "two lines and tabs");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
    }

    #[test]
    fn long_values_say_how_much_is_left_out() {
        let long = "x".repeat(1_000_400);
        let shown = value(&long);
        assert!(shown.ends_with("… (1,000,000 more characters)"), "{shown}");
        assert!(shown.chars().count() < VALUE_CHARACTERS_MAX + 40);
    }

    #[test]
    fn the_middle_goes_first() {
        assert_eq!(shorten_middle("0123456789", 10), "0123456789");
        assert_eq!(shorten_middle("0123456789a", 10), "01234…789a");
        assert_eq!(shorten_middle("\u{1b}123456789", 6), "⟪U+001B⟫12…89");
    }

    #[test]
    fn markdown_is_text_only() {
        let markdown = escape_markdown;
        assert_eq!(markdown("<b>[x](y)"), "&lt;b&gt;\\[x\\](y)");
        assert_eq!(markdown("# x"), "\\# x");
        assert_eq!(markdown("- x"), "\\- x");
        assert_eq!(markdown("1. x"), "1\\. x");
        assert_eq!(markdown("0.1.0"), "0.1.0");
        assert_eq!(markdown("2021-03-02 x"), "2021-03-02 x");
        assert_eq!(markdown("a@b.example"), "a&#64;b.example");
        assert_eq!(markdown("a | `b`"), "a \\| \\`b\\`");
        assert_eq!(markdown("http://e.example"), "http&#58;//e.example");
        assert_eq!(markdown("www.e.example"), "www&#46;e.example");
    }

    #[test]
    fn spreadsheets_run_nothing() {
        for (input, expected) in [
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2", "\"'-2\""),
            ("+3", "\"'+3\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("plain, text", "\"plain, text\""),
        ] {
            assert_eq!(csv_cell(input), expected);
        }
    }
}
