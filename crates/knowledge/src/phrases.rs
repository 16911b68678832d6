//! Finding known phrases in text, word by word.

use std::collections::HashMap;

use daylight_model::Span;

/// A run of letters and digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'t> {
    pub(crate) text: &'t str,
    /// Where it stands in the document.
    pub(crate) span: Span,
}

impl Word<'_> {
    pub(crate) fn is(&self, lower: &str) -> bool {
        self.text.eq_ignore_ascii_case(lower)
    }

    pub(crate) fn starts_with(&self, lower: &str) -> bool {
        self.text
            .get(..lower.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(lower))
    }
}

/// The words of a text that begins at `offset` in the document. Possessive endings are left
/// out, so that "Microsoft's Exchange" reads as "Microsoft Exchange".
pub(crate) fn words(text: &str, offset: usize) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::with_capacity(text.len() / 5);
    let mut start = None;
    let mut after_apostrophe = false;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphanumeric() {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take() {
            let word = text.get(from..at).unwrap_or_default();
            if !(after_apostrophe && word.eq_ignore_ascii_case("s")) {
                words.push(Word {
                    text: word,
                    span: Span::new(offset + from, offset + at),
                });
            }
        }
        after_apostrophe = matches!(c, '\'' | '’');
    }
    words
}

/// Which spellings of a phrase count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// A phrase written with a capital must be met with one; one without, either way.
    AsWritten,
    /// A name: it must be met with a capital or a digit, or exactly as it is written.
    Name,
}

struct Phrase {
    written: String,
    /// Lower case, from the second word on.
    rest: Vec<String>,
    meaning: usize,
}

/// Phrases, each with a number for what it means.
pub(crate) struct Phrases {
    spelling: Spelling,
    by_first_word: HashMap<String, Vec<Phrase>>,
}

/// A phrase that was met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Met {
    pub(crate) meaning: usize,
    /// Index of its first word.
    pub(crate) first: usize,
    pub(crate) span: Span,
}

impl Phrases {
    pub(crate) fn new(spelling: Spelling) -> Self {
        Self {
            spelling,
            by_first_word: HashMap::new(),
        }
    }

    pub(crate) fn add(&mut self, written: &str, meaning: usize) {
        let mut lower = words(written, 0)
            .into_iter()
            .map(|word| word.text.to_lowercase());
        if let Some(first) = lower.next() {
            let phrase = Phrase {
                rest: lower.collect(),
                written: written.to_owned(),
                meaning,
            };
            self.by_first_word.entry(first).or_default().push(phrase);
        }
    }

    /// Every phrase met, the longest at each place; several where they read the same.
    pub(crate) fn find(&self, words: &[Word<'_>]) -> Vec<Met> {
        let mut met = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let lower = word.text.to_lowercase();
            let known = self
                .by_first_word
                .get(&lower)
                .map_or(&[][..], Vec::as_slice);
            let fitting = || known.iter().filter(|phrase| self.fits(phrase, words, at));
            let length = fitting()
                .map(|phrase| phrase.rest.len() + 1)
                .max()
                .unwrap_or(0);
            let last = words.get((at + length).saturating_sub(1)).unwrap_or(word);
            let span = word.span.join(last.span);
            met.extend(
                fitting()
                    .filter(|phrase| phrase.rest.len() + 1 == length)
                    .map(|phrase| Met {
                        meaning: phrase.meaning,
                        first: at,
                        span,
                    }),
            );
            at += length.max(1);
        }
        met
    }

    fn fits(&self, phrase: &Phrase, words: &[Word<'_>], at: usize) -> bool {
        let following = words.get(at + 1..).unwrap_or_default();
        let rest = phrase.rest.len() <= following.len()
            && phrase
                .rest
                .iter()
                .zip(following)
                .all(|(lower, word)| word.text.to_lowercase() == *lower);
        let Some(first) = words.get(at).filter(|_| rest) else {
            return false;
        };
        let lower_case = |text: &str| text.starts_with(char::is_lowercase);
        match self.spelling {
            Spelling::AsWritten => lower_case(&phrase.written) || !lower_case(first.text),
            Spelling::Name => {
                let exact = phrase.written.starts_with(first.text)
                    && phrase.written.contains(char::is_uppercase);
                exact
                    || !lower_case(first.text)
                    || first.text.contains(|c: char| c.is_ascii_digit())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(phrase: &str, spelling: Spelling, text: &str, expected: &[&str]) {
        let mut phrases = Phrases::new(spelling);
        phrases.add(phrase, 0);
        let met: Vec<_> = phrases
            .find(&words(text, 0))
            .iter()
            .map(|met| met.span.of(text))
            .collect();
        assert_eq!(met, expected, "{phrase:?} in {text:?}");
    }

    #[test]
    fn phrases_are_met_word_by_word() {
        use Spelling::{AsWritten, Name};
        check(
            "PAN-OS",
            AsWritten,
            "flaws in PAN-OS, in PAN OS and in PAN.",
            &["PAN-OS", "PAN OS"],
        );
        check(
            "Microsoft Exchange",
            AsWritten,
            "Microsoft’s Exchange fell",
            &["Microsoft’s Exchange"],
        );
        check(
            "Exchange servers",
            AsWritten,
            "exchange servers, Exchange Servers",
            &["Exchange Servers"],
        );
        check(
            "domain controllers",
            AsWritten,
            "Domain controllers",
            &["Domain controllers"],
        );
        check(
            "menuPass",
            Name,
            "menuPass, Menupass, menupass",
            &["menuPass", "Menupass"],
        );
        check(
            "blackbit",
            Name,
            "the blackbit gang, the Blackbit gang",
            &["Blackbit"],
        );
        check("Log4j", AsWritten, "Log4js", &[]);
    }
}
