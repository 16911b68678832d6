//! All texts that rules look for in one field, looked for at once.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous;
use aho_corasick::{Anchored, MatchKind, dfa};
use daylight_model::{Value, Wide};

use super::literal::{Anchor, Literal};
use super::trie::{Entry, Trie};
use crate::sigma::pattern::lower;

/// Bytes of texts up to which the larger, faster kind of automaton is made; it takes some
/// 300 bytes for each.
const FAST_BYTES_MAX: usize = 96 << 10;

/// Finds the texts of one field.
#[derive(Debug)]
pub(super) struct FieldAutomaton {
    start: Trie,
    end: Trie,
    anywhere: Option<Anywhere>,
}

/// Texts that may stand anywhere, and the ids of them.
#[derive(Debug)]
enum Anywhere {
    Fast(dfa::DFA, Vec<u32>),
    Small(contiguous::NFA, Vec<u32>),
}

/// What a value is compared in.
pub(super) enum Folded {
    /// The value itself: its ASCII letters are folded one by one.
    Ascii,
    /// A copy in lower case.
    Copy,
}

impl FieldAutomaton {
    /// The place of a text among `literals` is its id.
    pub(super) fn new(literals: &[Literal]) -> Self {
        let (mut start, mut end, mut anywhere) = (Vec::new(), Vec::new(), Vec::new());
        for (literal, id) in literals.iter().zip(0_u32..) {
            let letters = literal.text.as_bytes().to_vec();
            let whole = literal.anchor == Anchor::Whole;
            match literal.anchor {
                Anchor::Whole | Anchor::Start => start.push(Entry { letters, whole, id }),
                Anchor::End => {
                    let letters = letters.into_iter().rev().collect();
                    end.push(Entry { letters, whole, id });
                }
                Anchor::Anywhere => anywhere.push((letters, id)),
            }
        }
        Self {
            start: Trie::new(start),
            end: Trie::new(end),
            anywhere: Anywhere::new(anywhere),
        }
    }

    /// Calls `found` with the id of each text in the value, some of them more than once.
    /// `scratch` is for values that cannot be compared where they lie.
    pub(super) fn scan(
        &self,
        value: &Value<'_>,
        scratch: &mut String,
        found: &mut impl FnMut(u32),
    ) -> Folded {
        match value {
            Value::Text(text) if text.is_ascii() => self.letters(Narrow(text.as_bytes()), found),
            Value::Wide(wide) if is_ascii(*wide) => self.letters(Doubled(*wide), found),
            Value::Null => self.letters(Narrow(b""), found),
            value => {
                use std::fmt::Write;
                scratch.clear();
                // Writing into a string does not fail.
                let _ = match value {
                    Value::Integer(number) => write!(scratch, "{number}"),
                    Value::Native(native) => write!(scratch, "{native}"),
                    Value::Wide(wide) => write!(scratch, "{wide}"),
                    other => write!(scratch, "{}", other.as_text()),
                };
                if scratch.is_ascii() {
                    self.letters(Narrow(scratch.as_bytes()), found);
                } else {
                    *scratch = lower(scratch);
                    self.letters(Narrow(scratch.as_bytes()), found);
                    return Folded::Copy;
                }
            }
        }
        Folded::Ascii
    }

    fn letters(&self, letters: impl Letters, found: &mut impl FnMut(u32)) {
        let fold = |letter: u8| letter.to_ascii_lowercase();
        self.start.walk(letters.forward().map(fold), &mut *found);
        self.end.walk(letters.backward().map(fold), &mut *found);
        match &self.anywhere {
            Some(Anywhere::Fast(automaton, ids)) => {
                run(automaton, letters.forward().map(fold), ids, found);
            }
            Some(Anywhere::Small(automaton, ids)) => {
                run(automaton, letters.forward().map(fold), ids, found);
            }
            None => {}
        }
    }
}

impl Anywhere {
    fn new(texts: Vec<(Vec<u8>, u32)>) -> Option<Self> {
        if texts.is_empty() {
            return None;
        }
        let bytes: usize = texts.iter().map(|(text, _)| text.len()).sum();
        let (texts, ids): (Vec<_>, Vec<_>) = texts.into_iter().unzip();
        // Neither fails but for more states than 32 bits can number, which rules of limited
        // size do not have; the texts would then not be found.
        if bytes <= FAST_BYTES_MAX {
            let automaton = dfa::Builder::new()
                .match_kind(MatchKind::Standard)
                .build(&texts)
                .ok()?;
            Some(Self::Fast(automaton, ids))
        } else {
            let automaton = contiguous::Builder::new()
                .match_kind(MatchKind::Standard)
                .build(&texts)
                .ok()?;
            Some(Self::Small(automaton, ids))
        }
    }
}

/// Runs an automaton over letters that need not lie side by side.
fn run<A: Automaton>(
    automaton: &A,
    letters: impl Iterator<Item = u8>,
    ids: &[u32],
    found: &mut impl FnMut(u32),
) {
    let Ok(mut state) = automaton.start_state(Anchored::No) else {
        return;
    };
    for letter in letters {
        state = automaton.next_state(Anchored::No, state, letter);
        if automaton.is_special(state) && automaton.is_match(state) {
            matches(automaton, state, ids, found);
        }
    }
}

#[inline(never)]
fn matches<A: Automaton>(automaton: &A, state: StateID, ids: &[u32], found: &mut impl FnMut(u32)) {
    for place in 0..automaton.match_len(state) {
        let pattern = automaton.match_pattern(state, place).as_usize();
        if let Some(id) = ids.get(pattern) {
            found(*id);
        }
    }
}

/// ASCII letters, from either end.
trait Letters: Copy {
    fn forward(self) -> impl Iterator<Item = u8>;
    fn backward(self) -> impl Iterator<Item = u8>;
}

/// Letters of one byte.
#[derive(Clone, Copy)]
struct Narrow<'a>(&'a [u8]);

impl Letters for Narrow<'_> {
    fn forward(self) -> impl Iterator<Item = u8> {
        self.0.iter().copied()
    }

    fn backward(self) -> impl Iterator<Item = u8> {
        self.0.iter().rev().copied()
    }
}

/// Letters of two bytes, the second of which is 0.
#[derive(Clone, Copy)]
struct Doubled<'a>(Wide<'a>);

impl Letters for Doubled<'_> {
    fn forward(self) -> impl Iterator<Item = u8> {
        self.0.bytes().chunks_exact(2).map(|unit| unit[0])
    }

    fn backward(self) -> impl Iterator<Item = u8> {
        self.0.bytes().chunks_exact(2).rev().map(|unit| unit[0])
    }
}

fn is_ascii(wide: Wide<'_>) -> bool {
    wide.units().fold(0, |all, unit| all | unit) < 0x80
}
