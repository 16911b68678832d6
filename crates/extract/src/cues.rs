//! Where a pattern can match at all: around the words of which it needs one.
//!
//! Every pattern for names, times and amounts needs one of a few words ("Ministry of", "week"),
//! and most text has none of them. All of these cues are looked for at once; a pattern is tried
//! around its own alone. A cue may stand where nothing matches, but whatever matches holds one.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use daylight_model::Span;

/// What stands before a cue.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Before {
    /// Anything.
    Any,
    /// No letter or digit.
    WordStart,
}

/// What a cue opens with or what follows it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Next {
    /// Anything.
    Any,
    /// A capital letter, a digit, or a quotation mark.
    Name,
    /// No ASCII letter or digit.
    WordEnd,
    /// Anything; the cue itself is capitalised.
    Capitalised,
}

/// How far from a cue a match reaches, both ways. Words are what white space parts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach {
    /// Over capitalised words, and the small words between them.
    Capitals,
    /// Over so many words, back and on.
    Words(usize, usize),
}

/// Cues of one pattern, and what stands behind each of them.
pub(crate) type Group<'w> = (&'w [&'w str], Next);

/// The cues of several patterns.
#[derive(Debug)]
pub(crate) struct Cues {
    automaton: Option<AhoCorasick>,
    /// The pattern of each cue, and what stands behind it.
    cues: Vec<(usize, Next)>,
    patterns: usize,
    before: Before,
    reach: Reach,
}

/// Parts of a text where one pattern is tried.
#[derive(Debug, Default, Clone)]
struct Parts {
    spans: Vec<Span>,
    /// Up to here, nothing reaches past the last of them.
    settled: usize,
}

/// Small words inside names, and between them.
const JOINING: &[&str] = &["of", "for", "on", "the", "and"];

impl Cues {
    /// The groups of each pattern, in the order of the patterns.
    pub(crate) fn new(
        patterns: &[&[Group<'_>]],
        before: Before,
        reach: Reach,
        any_case: bool,
    ) -> Self {
        let mut words: Vec<&str> = Vec::new();
        let mut cues = Vec::new();
        for (pattern, groups) in patterns.iter().enumerate() {
            for (group, next) in *groups {
                words.extend(*group);
                cues.resize(words.len(), (pattern, *next));
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .ascii_case_insensitive(any_case)
            .build(words)
            .ok();
        Self {
            automaton,
            cues,
            patterns: patterns.len(),
            before,
            reach,
        }
    }

    /// For each pattern, the parts of a text that hold all its matches, whole and in order. They
    /// begin and end at white space, or where the text does.
    pub(crate) fn parts(&self, text: &str) -> Vec<Vec<Span>> {
        let mut parts = vec![Parts::default(); self.patterns];
        let hits = self.automaton.iter();
        for hit in hits.flat_map(|automaton| automaton.find_overlapping_iter(text)) {
            let cue = Span::new(hit.start(), hit.end());
            let fits =
                |&&(_, next): &&(usize, Next)| self.before.fits(text, cue) && next.fits(text, cue);
            let cue_of = self.cues.get(hit.pattern().as_usize()).filter(fits);
            if let Some(parts) = cue_of.and_then(|&(pattern, ..)| parts.get_mut(pattern)) {
                parts.add(text, cue, self.reach);
            }
        }
        parts.into_iter().map(|parts| parts.spans).collect()
    }
}

impl Parts {
    /// Adds the part around a cue; hits come in the order of their ends.
    fn add(&mut self, text: &str, cue: Span, reach: Reach) {
        let covered = self
            .spans
            .last()
            .is_some_and(|part| part.start <= cue.start);
        if covered && cue.end <= self.settled {
            return;
        }
        let mut part = Span::new(
            reach.start(text, cue.start),
            reach.end(text, cue.end, &mut self.settled),
        );
        while let Some(last) = self.spans.pop_if(|last| part.start <= last.end) {
            part = part.join(last);
        }
        self.spans.push(part);
    }
}

impl Before {
    fn fits(self, text: &str, cue: Span) -> bool {
        match self {
            Self::Any => true,
            Self::WordStart => !text[..cue.start].ends_with(char::is_alphanumeric),
        }
    }
}

impl Next {
    fn fits(self, text: &str, cue: Span) -> bool {
        let after = &text[cue.end..];
        match self {
            Self::Any => true,
            Self::Name => after.starts_with(|c: char| {
                c.is_uppercase() || c.is_numeric() || matches!(c, '“' | '"')
            }),
            Self::WordEnd => !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'),
            Self::Capitalised => text[cue.start..].starts_with(|c: char| c.is_ascii_uppercase()),
        }
    }
}

impl Reach {
    /// Where the part begins that holds what reaches back from a place.
    fn start(self, text: &str, place: usize) -> usize {
        let mut start = word_start(text, place);
        let mut words = match self {
            Self::Capitals => 0,
            Self::Words(back, _) => back,
        };
        while start > 0 && self.goes_on(text, start, &mut words) {
            start = word_start(text, text[..start].trim_end().len());
        }
        start
    }

    /// Where the part ends that holds what reaches on from a place, and up to where whatever
    /// begins reaches no further.
    fn end(self, text: &str, place: usize, settled: &mut usize) -> usize {
        let mut end = word_end(text, place);
        *settled = end;
        let mut words = match self {
            Self::Capitals => 0,
            Self::Words(_, on) => on,
        };
        while end < text.len() {
            let start = text.len() - text[end..].trim_start().len();
            end = word_end(text, start);
            if !self.goes_on(text, start, &mut words) {
                break;
            }
            if matches!(self, Self::Capitals) {
                *settled = end;
            }
        }
        end
    }

    /// Whether a match can reach past the word that begins at a place, with so many words left.
    fn goes_on(self, text: &str, start: usize, words: &mut usize) -> bool {
        let rest = &text[start..];
        match self {
            Self::Words(..) => {
                // Dashes between words are none.
                let counts = !rest.starts_with(['-', '–', '—']);
                *words = words.saturating_sub(usize::from(counts));
                *words > 0
            }
            Self::Capitals => {
                !rest.starts_with(char::is_lowercase)
                    || JOINING.iter().any(|word| {
                        rest.strip_prefix(word)
                            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
                    })
            }
        }
    }
}

/// Where the word begins that holds a place, or ends there.
fn word_start(text: &str, place: usize) -> usize {
    text[..place]
        .char_indices()
        .rev()
        .find(|(_, c)| c.is_whitespace())
        .map_or(0, |(at, c)| at + c.len_utf8())
}

/// Where the word ends that holds a place, or begins there.
fn word_end(text: &str, place: usize) -> usize {
    text[place..]
        .find(char::is_whitespace)
        .map_or(text.len(), |length| place + length)
}
