//! Texts that must stand in a value for a test to hold: what the automata look for.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::sigma::compile::Test;
use crate::sigma::pattern::{Pattern, Piece, lower};

/// Where in the value it must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Anchor {
    Whole,
    Start,
    End,
    Anywhere,
}

/// A text to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) anchor: Anchor,
    /// In lower case.
    pub(super) text: String,
    /// Whether the test holds once it is found; else it may hold, and must be asked.
    pub(super) decides: bool,
}

impl Literal {
    /// A guess at how often it is met, between 0 and 1: the longer, the rarer.
    pub(super) fn frequency(&self) -> f32 {
        let length = self.text.chars().count().min(64) as f32;
        match self.anchor {
            // Only the empty text, which is rare, or any text, which is not.
            Anchor::Whole => 0.5 / (1.0 + length),
            _ => 1.0 / (1.0 + length).powf(1.5),
        }
    }
}

/// Texts of which one must stand in a value for the test to hold; `None` where there are no
/// such texts, and the test has to be asked.
pub(super) fn literals(test: &Test) -> Option<Vec<Literal>> {
    match test {
        Test::Text { patterns, cased } => {
            patterns.iter().map(|one| of_pattern(one, *cased)).collect()
        }
        Test::Regex(expression) => {
            let needed = needed(&regex_syntax::parse(expression.as_str()).ok()?)?;
            let literal = |text| Literal {
                anchor: Anchor::Anywhere,
                text,
                decides: false,
            };
            Some(needed.into_iter().map(literal).collect())
        }
        _ => None,
    }
}

fn of_pattern(pattern: &Pattern, cased: bool) -> Option<Literal> {
    let (anchor, text) = match pattern {
        Pattern::Anything => (Anchor::Start, ""),
        Pattern::Exact(text) => (Anchor::Whole, text.as_str()),
        Pattern::Prefix(text) => (Anchor::Start, text.as_str()),
        Pattern::Suffix(text) => (Anchor::End, text.as_str()),
        Pattern::Contained(text) => (Anchor::Anywhere, text.as_str()),
        Pattern::Glob(glob) => longest(glob)?,
    };
    Some(Literal {
        anchor,
        text: lower(text),
        decides: !cased && !matches!(pattern, Pattern::Glob(_)),
    })
}

/// The longest literal of a pattern.
fn longest(glob: &[Piece]) -> Option<(Anchor, &str)> {
    let last = glob.len().checked_sub(1)?;
    let literals = glob.iter().enumerate().filter_map(|(at, piece)| {
        let Piece::Literal(bytes) = piece else {
            return None;
        };
        let anchor = match at {
            0 => Anchor::Start,
            _ if at == last => Anchor::End,
            _ => Anchor::Anywhere,
        };
        Some((anchor, std::str::from_utf8(bytes).ok()?))
    });
    literals.max_by_key(|(_, text)| text.len())
}

/// Shorter texts stand nearly everywhere.
const NEEDED_BYTES_MIN: usize = 2;
/// More alternatives than this are not worth looking for.
const ALTERNATIVES_MAX: usize = 64;

/// Texts of which each match of an expression holds one, in lower case.
///
/// Only ASCII counts: values with other characters are always asked, as their lower case is
/// not taken letter by letter. The parser bounds the depth.
fn needed(hir: &Hir) -> Option<Vec<String>> {
    if let Some(text) = only_text(hir) {
        return (text.len() >= NEEDED_BYTES_MIN).then(|| vec![text]);
    }
    match hir.kind() {
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(needed(part)?);
            }
            (all.len() <= ALTERNATIVES_MAX).then_some(all)
        }
        HirKind::Concat(parts) => best_of_sequence(parts),
        _ => None,
    }
}

fn best_of_sequence(parts: &[Hir]) -> Option<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut run = String::new();
    for part in parts {
        match only_text(part) {
            Some(text) => run.push_str(&text),
            None => {
                found.push(vec![std::mem::take(&mut run)]);
                found.extend(needed(part));
            }
        }
    }
    found.push(vec![run]);
    let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min().unwrap_or(0);
    found
        .into_iter()
        .filter(|texts| shortest(texts) >= NEEDED_BYTES_MIN)
        .max_by_key(|texts| (shortest(texts), std::cmp::Reverse(texts.len())))
}

/// The one text that the expression matches, but for case.
fn only_text(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            text.is_ascii().then(|| text.to_ascii_lowercase())
        }
        HirKind::Class(class) => only_letter(class).map(String::from),
        HirKind::Capture(capture) => only_text(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(only_text).collect(),
        _ => None,
    }
}

/// The one ASCII letter of a class, in either case: `[Aa]`, which may hold others beyond
/// ASCII.
fn only_letter(class: &Class) -> Option<char> {
    let mut letters = Vec::new();
    match class {
        Class::Unicode(class) => {
            for range in class.ranges() {
                if range.len() > 2 {
                    return None;
                }
                letters.extend(range.start()..=range.end());
            }
        }
        Class::Bytes(_) => return None,
    }
    letters.retain(char::is_ascii);
    let first = letters.first()?.to_ascii_lowercase();
    letters
        .iter()
        .all(|letter| letter.to_ascii_lowercase() == first)
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_an_expression_needs() {
        let check = |expression: &str, expected: Option<&[&str]>| {
            let found = needed(&regex_syntax::parse(expression).unwrap());
            let found = found
                .as_ref()
                .map(|texts| texts.iter().map(String::as_str).collect());
            let expected: Option<Vec<&str>> = expected.map(<[_]>::to_vec);
            assert_eq!(found, expected, "{expression}");
        };
        check("PowerShell", Some(&["powershell"]));
        check("(?i)powershell", Some(&["powershell"]));
        check("a+bc.*longer$", Some(&["longer"]));
        check("(?:cmd|powershell)\\.exe", Some(&[".exe"]));
        check("(?:pwsh|powershell)\\d", Some(&["pwsh", "powershell"]));
        check("(?:cmd|x)[0-9]tail", Some(&["tail"]));
        check("(?:net1?|sc) stop", Some(&[" stop"]));
        check("[0-9]{4}", None);
        check("(foo)?bar*", Some(&["ba"]));
        check("(foo)+\\d", Some(&["foo"]));
        check("é|x", None);
        check(".*", None);
    }
}
