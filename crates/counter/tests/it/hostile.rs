//! Reports that try to write lines of their own.

use daylight_counter::{
    Chosen, csv, hosts, left_out, nftables, queries, rpz, sigma, suricata, yara,
};
use daylight_model::IndicatorKind;

use crate::sample::{chosen, each_kind, reading};

/// What ends a line, a text, a comment or a command somewhere.
const BREAKS: &[&str] = &[
    "\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{b}", "\u{c}", "\0", "\"", "'", ";",
    "`", "$(id)", "*/", "-->", "#", "//", "|", "\\", "\"\"\"", "\u{202e}", "\u{2066}", "\u{feff}",
    "{{", "}", "%0a", "\t", "]]>", "---\n", "${x}",
];

/// A line that does something in one of the formats, were it to stand by itself.
const EVIL: &str = "EVIL0 0.0.0.0 pass any any EVIL1";

fn all(chosen: &Chosen) -> Vec<(String, String)> {
    let mut files = vec![
        ("hosts".to_owned(), hosts(chosen)),
        ("rpz".to_owned(), rpz(chosen)),
        ("nftables".to_owned(), nftables(chosen)),
        ("yara".to_owned(), yara(chosen)),
    ];
    let rules = suricata(chosen).into_iter().chain(sigma(chosen));
    files.extend(
        rules
            .chain(queries(chosen))
            .map(|file| (file.path, file.text)),
    );
    files
}

/// Every line in which the evil words stand is a comment, or a text in quotes that the line
/// opens and closes.
#[track_caller]
fn assert_kept_in(name: &str, text: &str) {
    assert!(
        !text.contains([
            '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\0', '\u{202e}', '\u{2066}',
            '\u{feff}'
        ]),
        "{name}: a character that is not seen:\n{text}"
    );
    for line in text.lines().filter(|line| line.contains("EVIL")) {
        let start = line.trim_start();
        let is_comment = match name.ends_with(".spl") {
            true => start
                .strip_prefix("```")
                .and_then(|rest| rest.strip_suffix("```"))
                .is_some_and(|rest| !rest.contains('`')),
            false => ["#", ";", "//"].iter().any(|sign| start.starts_with(sign)),
        };
        let is_quoted = match name {
            "yara" => closes(start.split_once(" = ").map_or("", |(_, text)| text)),
            _ if name.ends_with(".yml") => {
                let text = start.split_once(' ').map_or("", |(_, text)| text);
                closes(text) || closes_single(text)
            }
            _ if name.ends_with(".rules") => {
                start.starts_with("alert ") && start.ends_with("rev:1;)")
            }
            _ if name.ends_with(".kql") || name.ends_with(".esql") => {
                !outside_of_texts(line).contains("EVIL")
            }
            _ => false,
        };
        assert!(is_comment || is_quoted, "{name}: {line:?}\nin:\n{text}");
    }
}

/// A line without its texts in double quotes.
fn outside_of_texts(line: &str) -> String {
    let (mut outside, mut is_inside) = (String::new(), false);
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' if is_inside => drop(characters.next()),
            '"' => is_inside = !is_inside,
            _ if is_inside => {}
            _ => outside.push(c),
        }
    }
    outside
}

/// Whether a text is one text in double quotes, but for plain words behind it.
fn closes(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('"').map(str::chars) else {
        return false;
    };
    while let Some(c) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            '"' => {
                return rest
                    .as_str()
                    .chars()
                    .all(|c| c == ' ' || c.is_ascii_lowercase());
            }
            _ => {}
        }
    }
    false
}

fn closes_single(text: &str) -> bool {
    let inner = text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    inner.is_some_and(|inner| !inner.replace("''", "").contains('\''))
}

#[test]
fn titles_and_sentences_stay_text() {
    for broken in BREAKS {
        let title = format!("A{broken}{EVIL}{broken}");
        let reading = reading(&title, &each_kind());
        for (name, text) in all(&chosen(&reading)) {
            assert_kept_in(&name, &text);
        }
    }
}

#[test]
fn values_stay_values() {
    let kinds = each_kind();
    for broken in BREAKS {
        for (kind, value) in &kinds {
            for bad in [
                format!("{value}{broken}{EVIL}"),
                format!("{broken}{EVIL}{value}"),
            ] {
                let reading = reading("A report", &[(*kind, bad.as_str())]);
                let chosen = chosen(&reading);
                for (name, text) in all(&chosen) {
                    assert_kept_in(&name, &text);
                }
                let free = matches!(
                    kind,
                    IndicatorKind::Filename
                        | IndicatorKind::FilePath
                        | IndicatorKind::RegistryKey
                        | IndicatorKind::Mutex
                        | IndicatorKind::UserAgent
                );
                assert!(free || chosen.entries.is_empty(), "{bad:?} was taken");
            }
        }
    }
}

#[test]
fn tables_hold_no_formula_and_no_row_of_others() {
    for broken in BREAKS.iter().chain(&["=", "+", "-", "@"]) {
        let title = format!("{broken}{EVIL}{broken}");
        let mut values = each_kind();
        let bad = format!("{broken}{EVIL}");
        values.push((IndicatorKind::Domain, &bad));
        let chosen = chosen(&reading(&title, &values));
        let rows = chosen
            .entries
            .iter()
            .map(|one| one.said.len())
            .sum::<usize>();
        let (table, out) = (csv(&chosen), left_out(&chosen));
        assert_eq!(table.lines().count(), rows + 1, "{table}");
        assert_eq!(out.lines().count(), chosen.left_out.len() + 1, "{out}");
        for text in [&table, &out] {
            for sign in ["=", "+", "-", "@"] {
                assert!(!text.contains(&format!(",\"{sign}")), "{text}");
            }
        }
    }
}
