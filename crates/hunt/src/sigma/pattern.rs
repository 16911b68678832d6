//! Texts with wildcards, and what they match by definition.

use memchr::memmem;

/// A part of a Sigma text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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

/// Characters between two stars, where `?` stands among them. Each place of a text may be
/// tried against all of them, so the number bounds the work.
const STRETCH_MAX: usize = 512;

/// A text that a value is compared with, in the shape that is cheapest to look for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Pattern {
    /// `*` alone.
    Anything,
    Exact(String),
    Prefix(String),
    Suffix(String),
    Contained(String),
    Glob(Vec<Piece>),
}

impl Pattern {
    /// `cased` keeps upper case apart from lower.
    pub(crate) fn new(value: Vec<Piece>, cased: bool) -> Result<Self, String> {
        let mut value = readable(value, cased)?;
        if stretches(&value).any(|stretch| cost(stretch) > STRETCH_MAX) {
            return Err(format!(
                "more than {STRETCH_MAX} characters with `?` among them between two `*`"
            ));
        }
        // Literals are valid UTF-8 here.
        let text = |bytes: &mut Vec<u8>| {
            let bytes = std::mem::take(bytes);
            String::from_utf8(bytes).unwrap_or_default()
        };
        Ok(match value.as_mut_slice() {
            [] => Self::Exact(String::new()),
            [Piece::Many] => Self::Anything,
            [Piece::Literal(only)] => Self::Exact(text(only)),
            [Piece::Literal(head), Piece::Many] => Self::Prefix(text(head)),
            [Piece::Many, Piece::Literal(tail)] => Self::Suffix(text(tail)),
            [Piece::Many, Piece::Literal(inner), Piece::Many] => Self::Contained(text(inner)),
            _ => Self::Glob(value),
        })
    }

    /// Whether the text matches as a whole; it is in lower case unless the pattern is cased.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Exact(whole) => text == whole,
            Self::Prefix(head) => text.starts_with(head),
            Self::Suffix(tail) => text.ends_with(tail),
            Self::Contained(inner) => memmem::find(text.as_bytes(), inner.as_bytes()).is_some(),
            Self::Glob(glob) => glob_matches(glob, text),
        }
    }

    /// Where a text that is merely contained stands, to show its surroundings.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        match self {
            Self::Contained(inner) => text.find(inner),
            _ => None,
        }
    }
}

/// Joins stars that touch, folds case, and refuses what no text can hold.
fn readable(value: Vec<Piece>, cased: bool) -> Result<Vec<Piece>, String> {
    let mut readable: Vec<Piece> = Vec::with_capacity(value.len());
    for piece in value {
        match piece {
            Piece::Many if readable.last() == Some(&Piece::Many) => {}
            // Encoded texts of one letter leave nothing at some offsets.
            Piece::Literal(bytes) if bytes.is_empty() => {}
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

fn stretches(glob: &[Piece]) -> impl DoubleEndedIterator<Item = &[Piece]> {
    glob.split(|piece| *piece == Piece::Many)
}

/// How much work it is to compare a stretch at one place; a literal is searched for as one.
fn cost(stretch: &[Piece]) -> usize {
    let length = |piece: &Piece| match piece {
        Piece::Literal(bytes) => bytes.len(),
        Piece::One | Piece::Many => 1,
    };
    if stretch.len() < 2 {
        return 0;
    }
    stretch.iter().map(length).sum()
}

/// Matches the whole text: what stands before the first star at its start, what stands
/// after the last at its end, and the stretches between them one after the other, each at
/// the first place that fits. No place is gone back to, so the work is bounded by text times
/// the longest stretch.
fn glob_matches(glob: &[Piece], text: &str) -> bool {
    let mut stretches = stretches(glob);
    let Some(mut rest) = stretches.next().and_then(|head| strip(head, text)) else {
        return false;
    };
    let Some(tail) = stretches.next_back() else {
        return rest.is_empty();
    };
    for stretch in stretches {
        match find_stretch(stretch, rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    strip_end(tail, rest)
}

/// The text after a stretch that stands at its start.
fn strip<'t>(stretch: &[Piece], text: &'t str) -> Option<&'t str> {
    let mut rest = text;
    for piece in stretch {
        rest = match piece {
            Piece::Literal(bytes) if rest.as_bytes().starts_with(bytes) => {
                rest.get(bytes.len()..)?
            }
            Piece::Literal(_) => return None,
            Piece::One | Piece::Many => after_first(rest)?,
        };
    }
    Some(rest)
}

/// Whether the stretch stands at the end of the text.
fn strip_end(stretch: &[Piece], text: &str) -> bool {
    let mut rest = text;
    for piece in stretch.iter().rev() {
        let before = match piece {
            Piece::Literal(bytes) if rest.as_bytes().ends_with(bytes) => {
                rest.get(..rest.len() - bytes.len())
            }
            Piece::Literal(_) => None,
            Piece::One | Piece::Many => {
                let mut characters = rest.chars();
                characters.next_back().map(|_| characters.as_str())
            }
        };
        match before {
            Some(before) => rest = before,
            None => return false,
        }
    }
    true
}

/// The text after the first place where the stretch stands.
fn find_stretch<'t>(stretch: &[Piece], text: &'t str) -> Option<&'t str> {
    let mut rest = text;
    loop {
        // A stretch that begins with a literal can only stand where that does.
        if let Some(Piece::Literal(bytes)) = stretch.first() {
            rest = rest.get(memmem::find(rest.as_bytes(), bytes)?..)?;
        }
        match strip(stretch, rest) {
            Some(after) => return Some(after),
            None => rest = after_first(rest)?,
        }
    }
}

fn after_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().map(|_| characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        let check = |value: &str, text: &str, expected: bool| {
            let pattern = Pattern::new(pieces(value), false).unwrap();
            assert_eq!(pattern.matches(&lower(text)), expected, "{value} {text}");
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
        for value in words(&['a', 'b', '?', '*'], 5) {
            let text: String = value.iter().collect();
            let pattern = Pattern::new(pieces(&text), true).unwrap();
            for text in &texts {
                let expected = matches_by_definition(&value, text);
                let text: String = text.iter().collect();
                assert_eq!(pattern.matches(&text), expected, "{value:?} {text}");
            }
        }
    }
}
