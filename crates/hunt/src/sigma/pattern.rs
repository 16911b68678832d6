//! Texts with wildcards, and many of them at once.

use std::collections::HashSet;

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;

/// A part of a Sigma text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Itself. Bytes, since encodings may leave UTF-8 on the way.
    Literal(Vec<u8>),
    /// `?`: any one character.
    One,
    /// `*`: any text, also none.
    Many,
}

/// Splits a text at its wildcards. A backslash takes their meaning from `*`, `?` and from
/// a backslash, and is itself before anything else.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let wildcard = match character {
            '*' => Piece::Many,
            '?' => Piece::One,
            '\\' => {
                let escaped = characters.next_if(|next| matches!(next, '*' | '?' | '\\'));
                literal.push(escaped.unwrap_or('\\'));
                continue;
            }
            other => {
                literal.push(other);
                continue;
            }
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal).into_bytes()));
        }
        pieces.push(wildcard);
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal.into_bytes()));
    }
    pieces
}

/// Lower case as all comparisons without regard to case use it.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase()
    }
}

/// Needles for which an automaton is worth building.
const AUTOMATON_NEEDLES_MIN: usize = 6;

/// A choice of texts: matches where one of them does.
#[derive(Debug, Default)]
pub(crate) struct TextSet {
    exact: HashSet<String>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    contained: Contained,
    globs: Vec<Vec<Piece>>,
    /// `*` alone.
    anything: bool,
}

#[derive(Debug, Default)]
enum Contained {
    #[default]
    Nothing,
    Few(Vec<Finder<'static>>),
    Many(AhoCorasick),
}

impl TextSet {
    /// Compiles the texts; `cased` keeps upper case apart from lower.
    pub(crate) fn new(values: Vec<Vec<Piece>>, cased: bool) -> Result<Self, String> {
        let mut set = Self::default();
        let mut needles = Vec::new();
        for value in values {
            let value = readable(value, cased)?;
            match shape(&value) {
                Shape::Anything => set.anything = true,
                Shape::Exact(text) => drop(set.exact.insert(text)),
                Shape::Prefix(text) => set.prefixes.push(text),
                Shape::Suffix(text) => set.suffixes.push(text),
                Shape::Contained(text) => needles.push(text),
                Shape::Glob => set.globs.push(value),
            }
        }
        set.contained = if needles.is_empty() {
            Contained::Nothing
        } else if needles.len() < AUTOMATON_NEEDLES_MIN {
            let finders = needles
                .iter()
                .map(|needle| Finder::new(needle).into_owned());
            Contained::Few(finders.collect())
        } else {
            Contained::Many(AhoCorasick::new(&needles).map_err(|error| error.to_string())?)
        };
        Ok(set)
    }

    /// Whether one of the texts matches; `text` in lower case unless the set is cased.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.anything
            || (!self.exact.is_empty() && self.exact.contains(text))
            || self.suffixes.iter().any(|suffix| text.ends_with(suffix))
            || self.prefixes.iter().any(|prefix| text.starts_with(prefix))
            || match &self.contained {
                Contained::Nothing => false,
                Contained::Few(finders) => {
                    let text = text.as_bytes();
                    finders.iter().any(|finder| finder.find(text).is_some())
                }
                Contained::Many(automaton) => automaton.is_match(text),
            }
            || self.globs.iter().any(|glob| glob_matches(glob, text))
    }

    /// Where the first text that is merely contained stands, to show its surroundings.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        match &self.contained {
            Contained::Nothing => None,
            Contained::Few(finders) => {
                let text = text.as_bytes();
                finders.iter().filter_map(|finder| finder.find(text)).min()
            }
            Contained::Many(automaton) => automaton.find(text).map(|found| found.start()),
        }
    }

    /// The texts, where every one of them stands for itself alone.
    pub(crate) fn exact_texts(&self) -> Option<impl Iterator<Item = &str>> {
        let only = !self.anything
            && self.prefixes.is_empty()
            && self.suffixes.is_empty()
            && self.globs.is_empty()
            && matches!(self.contained, Contained::Nothing);
        only.then(|| self.exact.iter().map(String::as_str))
    }
}

enum Shape {
    Anything,
    Exact(String),
    Prefix(String),
    Suffix(String),
    Contained(String),
    Glob,
}

/// Finds the cheapest way to match. Literals are valid UTF-8 here.
fn shape(value: &[Piece]) -> Shape {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match value {
        [] => Shape::Exact(String::new()),
        [Piece::Many] => Shape::Anything,
        [Piece::Literal(only)] => Shape::Exact(text(only)),
        [Piece::Literal(head), Piece::Many] => Shape::Prefix(text(head)),
        [Piece::Many, Piece::Literal(tail)] => Shape::Suffix(text(tail)),
        [Piece::Many, Piece::Literal(inner), Piece::Many] => Shape::Contained(text(inner)),
        _ => Shape::Glob,
    }
}

/// Joins stars that touch, folds case, and refuses what no text can hold.
fn readable(value: Vec<Piece>, cased: bool) -> Result<Vec<Piece>, String> {
    let mut readable: Vec<Piece> = Vec::with_capacity(value.len());
    for piece in value {
        match piece {
            Piece::Many if readable.last() == Some(&Piece::Many) => {}
            Piece::Literal(bytes) => {
                let text = String::from_utf8(bytes)
                    .map_err(|_| "this encoding cannot stand in text without base64".to_owned())?;
                let text = if cased { text } else { lower(&text) };
                readable.push(Piece::Literal(text.into_bytes()));
            }
            other => readable.push(other),
        }
    }
    Ok(readable)
}

/// Matches the whole text. On a mismatch only the last star is tried further on, which
/// is enough for stars and bounds the work by text times pattern.
fn glob_matches(glob: &[Piece], text: &str) -> bool {
    let mut rest = text;
    let mut at = 0;
    let mut star: Option<(usize, &str)> = None;
    loop {
        let advanced = match glob.get(at) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Piece::Many) => {
                star = Some((at + 1, rest));
                Some(rest)
            }
            Some(Piece::One) => {
                let mut characters = rest.chars();
                characters.next().map(|_| characters.as_str())
            }
            Some(Piece::Literal(bytes)) => rest
                .as_bytes()
                .starts_with(bytes)
                .then(|| rest.get(bytes.len()..))
                .flatten(),
        };
        match (advanced, star) {
            (Some(after), _) => {
                rest = after;
                at += 1;
            }
            (None, Some((next, from))) => {
                let mut characters = from.chars();
                if characters.next().is_none() {
                    return false;
                }
                star = Some((next, characters.as_str()));
                rest = characters.as_str();
                at = next;
            }
            (None, None) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        let check = |value: &str, text: &str, expected: bool| {
            let set = TextSet::new(vec![pieces(value)], false).unwrap();
            assert_eq!(set.matches(&lower(text)), expected, "{value} {text}");
        };
        check("cmd.exe", "CMD.EXE", true);
        check("cmd.exe", "xcmd.exe", false);
        check("*\\cmd.exe", r"C:\Windows\cmd.exe", true);
        check(r"C:\\*", r"c:\x", true);
        check(r"C:\*", r"c:\x", false);
        check(r"C:\*", "c:*", true);
        check(r"a\?b", "a?b", true);
        check(r"a\?b", "axb", false);
        check(r"a\b", r"a\b", true);
        check(r"a\\b", r"a\b", true);
        check(r"a\\\\b", r"a\\b", true);
        check(r"a\\\*b", r"a\*b", true);
        check("a?c", "aäc", true);
        check("a?c", "ac", false);
        check("a*c*e", "abcde", true);
        check("a*c*e", "abcdx", false);
        check("*a*b", "xaxbxb", true);
        check("*ab?d*", "zzabxabcdzz", true);
        check("?*", "", false);
        check("?*", "x", true);
        check("*", "", true);
        check("", "", true);
        check("", "x", false);
        check("a**b", "ab", true);
        check("ÄÖ*", "äöü", true);
        check("a*", "A\nB", true);
        check(r"end\", r"end\", true);
    }

    #[test]
    fn many_needles_match_as_one_would() {
        let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"];
        let values = words.map(|word| pieces(&format!("*{word}*"))).to_vec();
        let set = TextSet::new(values, false).unwrap();
        for text in ["xxdeltaxx", "theta", "iota", "", "gamm a"] {
            let expected = words.iter().any(|word| text.contains(word));
            assert_eq!(set.matches(text), expected, "{text}");
        }
    }

    /// The definition of wildcards, in the slowest way.
    fn matches_by_definition(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => {
                (0..=text.len()).any(|skip| matches_by_definition(rest, &text[skip..]))
            }
            Some((first, rest)) => {
                let same = |next: &char| *first == '?' || first == next;
                text.first().is_some_and(same) && matches_by_definition(rest, &text[1..])
            }
        }
    }

    #[test]
    fn wildcards_match_as_their_definition_says() {
        // All words over a small alphabet meet every way to backtrack.
        let words = |letters: &[char], length: usize| -> Vec<Vec<char>> {
            let mut words = vec![Vec::new()];
            let mut longest = words.clone();
            for _ in 0..length {
                let longer = |word: &Vec<char>| {
                    let add = |letter: &char| [word.as_slice(), &[*letter]].concat();
                    letters.iter().map(add).collect::<Vec<_>>()
                };
                longest = longest.iter().flat_map(longer).collect();
                words.extend(longest.clone());
            }
            words
        };
        let texts = words(&['a', 'b'], 5);
        for pattern in words(&['a', 'b', '?', '*'], 5) {
            let value: String = pattern.iter().collect();
            let set = TextSet::new(vec![pieces(&value)], true).unwrap();
            for text in &texts {
                let expected = matches_by_definition(&pattern, text);
                let text: String = text.iter().collect();
                assert_eq!(set.matches(&text), expected, "{value} {text}");
            }
        }
    }
}
