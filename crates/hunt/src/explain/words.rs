//! Tests in words that a person reads.

use std::fmt::Write;

use crate::sigma::compile::{FieldNames, Relation, Test};
use crate::sigma::modifier::Comparison;
use crate::sigma::pattern::{Pattern, Piece};

/// Most values of a rule that are shown for each way of comparing.
const VALUES_SHOWN_MAX: usize = 4;
/// Longest value of a rule that is shown, in bytes.
const VALUE_BYTES_MAX: usize = 120;

/// "ends with 'cmd.exe' or 'powershell.exe'". Texts stand as they are compared: in lower case
/// unless case counts, and after what modifiers made of them.
pub(super) fn asked(test: &Test, names: &FieldNames) -> String {
    match test {
        Test::Text { patterns, cased } => {
            let mut words = texts(patterns);
            if *cased {
                words.push_str(" (case counts)");
            }
            words
        }
        Test::Regex(expression) => format!("matches /{}/", shortened(expression.as_str())),
        Test::Network(networks) => {
            let shown = networks.iter().map(ToString::to_string);
            format!("is in {}", listed(shown, networks.len()))
        }
        Test::Number(number) => format!("is {number}"),
        Test::Compare(comparison, number) => format!("is {} {number}", compared(*comparison)),
        Test::Part {
            part,
            comparison,
            number,
        } => {
            let part = format!("{part:?}").to_lowercase();
            let than = comparison.map(|one| format!("{} ", compared(one)));
            format!(
                "has a time whose {part} is {}{number}",
                than.unwrap_or_default()
            )
        }
        Test::Null => "is absent or without a value".to_owned(),
        Test::Exists(true) => "is there".to_owned(),
        Test::Exists(false) => "is absent".to_owned(),
        Test::Reference { slot, how, cased } => {
            let how = match how {
                Relation::Equal => "is the same as",
                Relation::Contains => "contains",
                Relation::StartsWith => "starts with",
                Relation::EndsWith => "ends with",
            };
            let name = shortened(names.name_of(*slot).unwrap_or("?"));
            let cased = if *cased { " (case counts)" } else { "" };
            format!("{how} the field {name}{cased}")
        }
    }
}

fn compared(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "less than",
        Comparison::LessOrEqual => "at most",
        Comparison::Greater => "greater than",
        Comparison::GreaterOrEqual => "at least",
    }
}

/// Patterns by how they are compared, in the order of their first.
fn texts(patterns: &[Pattern]) -> String {
    let mut groups: Vec<(&str, Vec<&Pattern>)> = Vec::new();
    for pattern in patterns {
        let verb = match pattern {
            Pattern::Anything => "has any value",
            Pattern::Exact(_) => "is",
            Pattern::Prefix(_) => "starts with",
            Pattern::Suffix(_) => "ends with",
            Pattern::Contained(_) => "contains",
            Pattern::Glob(_) => "is like",
        };
        match groups.iter_mut().find(|(other, _)| *other == verb) {
            Some((_, patterns)) => patterns.push(pattern),
            None => groups.push((verb, vec![pattern])),
        }
    }
    let groups = groups.into_iter().map(|(verb, patterns)| {
        if matches!(patterns.first(), Some(Pattern::Anything)) {
            return verb.to_owned();
        }
        let shown = patterns.iter().map(|pattern| quoted(pattern));
        format!("{verb} {}", listed(shown, patterns.len()))
    });
    groups.collect::<Vec<_>>().join(", or ")
}

fn quoted(pattern: &Pattern) -> String {
    let text = match pattern {
        Pattern::Anything => "*",
        Pattern::Exact(text)
        | Pattern::Prefix(text)
        | Pattern::Suffix(text)
        | Pattern::Contained(text) => text,
        Pattern::Glob(pieces) => &written(pieces),
    };
    format!("'{}'", shortened(text))
}

/// A pattern as a rule writes it, as far as it is shown.
fn written(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(bytes) => {
                let literal = String::from_utf8_lossy(bytes);
                // A wildcard without its meaning is told by its backslash.
                text.push_str(&literal.replace('*', "\\*").replace('?', "\\?"));
            }
            Piece::One => text.push('?'),
            Piece::Many => text.push('*'),
        }
        if text.len() > VALUE_BYTES_MAX {
            break;
        }
    }
    text
}

fn shortened(text: &str) -> String {
    if text.len() <= VALUE_BYTES_MAX {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(VALUE_BYTES_MAX);
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// "a, b or c", "a, b, c, d or one of 7 more".
fn listed(values: impl Iterator<Item = String>, count: usize) -> String {
    let shown: Vec<String> = values.take(VALUES_SHOWN_MAX).collect();
    let more = count - shown.len();
    let mut words = String::new();
    for (at, value) in shown.iter().enumerate() {
        let is_last = at + 1 == shown.len() && more == 0;
        let between = match at {
            0 => "",
            _ if is_last => " or ",
            _ => ", ",
        };
        words.push_str(between);
        words.push_str(value);
    }
    if more > 0 {
        // Writing into a string does not fail.
        let _ = write!(words, " or one of {more} more");
    }
    words
}
