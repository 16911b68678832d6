//! All texts that rules look for in one field, looked for at once.

use std::collections::HashSet;
use std::fmt::Write;

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous;
use aho_corasick::{Anchored, MatchKind};
use daylight_model::Value;

use super::ends::{End, Ends, Entry};
use super::grams::Grams;
use super::literal::{Anchor, Literal};
use crate::sigma::pattern::lower;

/// Finds the texts of one field.
#[derive(Debug)]
pub(super) struct Search {
    start: Ends,
    end: Ends,
    /// Texts that may stand anywhere, by their length: of four letters and more, and fewer.
    long: Option<Grams<4>>,
    short: Option<Grams<2>>,
    /// Those of one letter, which stand nearly everywhere, and often.
    single: Vec<(u8, u32)>,
    /// Texts that grams are no good for, and their ids.
    rest: Option<(contiguous::NFA, Vec<u32>)>,
}

impl Search {
    /// The place of a text among `literals` is its id.
    pub(super) fn new(literals: &[Literal]) -> Self {
        let (mut start, mut end, mut anywhere) = (Vec::new(), Vec::new(), Vec::new());
        for (literal, id) in literals.iter().zip(0_u32..) {
            let letters = literal.text.as_bytes();
            let entry = Entry {
                text: letters.into(),
                whole: literal.anchor == Anchor::Whole,
                id,
            };
            match literal.anchor {
                // The end of a value mostly tells more than its beginning.
                Anchor::Whole | Anchor::End => end.push(entry),
                Anchor::Start => start.push(entry),
                Anchor::Anywhere => anywhere.push((letters, id)),
            }
        }
        let mut long = anywhere;
        let mut short: Vec<_> = long.extract_if(.., |(text, _)| text.len() < 4).collect();
        let single = short.extract_if(.., |(text, _)| text.len() < 2);
        let single = single.filter_map(|(text, id)| Some((*text.first()?, id)));
        let single = single.collect();
        Self {
            start: Ends::new(End::Start, start),
            end: Ends::new(End::End, end),
            long: Grams::new(&mut long),
            short: Grams::new(&mut short),
            single,
            rest: automaton(&[long, short].concat()),
        }
    }

    /// Calls `found` with the id of each text in the folded value, some of them more than once.
    pub(super) fn run(&self, folded: &[u8], found: &mut impl FnMut(u32)) {
        self.start.search(folded, found);
        self.end.search(folded, found);
        if let Some(grams) = &self.long {
            grams.search(folded, found);
        }
        if let Some(grams) = &self.short {
            grams.search(folded, found);
        }
        for (letter, id) in &self.single {
            if memchr::memchr(*letter, folded).is_some() {
                found(*id);
            }
        }
        if let Some((automaton, ids)) = &self.rest {
            run(automaton, folded, ids, found);
        }
    }
}

/// An automaton whose work is bounded by the value, whatever the texts.
fn automaton(texts: &[(&[u8], u32)]) -> Option<(contiguous::NFA, Vec<u32>)> {
    let (texts, ids): (Vec<&[u8]>, Vec<u32>) = texts.iter().copied().unzip();
    // Fails only for more states than 32 bits can number, which rules of limited size do not
    // have.
    let automaton = contiguous::Builder::new()
        .match_kind(MatchKind::Standard)
        .build(&texts);
    automaton
        .ok()
        .filter(|_| !ids.is_empty())
        .map(|automaton| (automaton, ids))
}

fn run(automaton: &contiguous::NFA, value: &[u8], ids: &[u32], found: &mut impl FnMut(u32)) {
    let Ok(mut state) = automaton.start_state(Anchored::No) else {
        return;
    };
    // The texts of a state are told once: many may end at each place, as those of one letter do
    // in a value of the same.
    let mut told = HashSet::new();
    for letter in value {
        state = automaton.next_state(Anchored::No, state, *letter);
        if automaton.is_match(state) && told.insert(state) {
            for place in 0..automaton.match_len(state) {
                let pattern = automaton.match_pattern(state, place).as_usize();
                ids.get(pattern).copied().into_iter().for_each(&mut *found);
            }
        }
    }
}

/// Values in lower case, one at a time, in memory that is used again.
///
/// Copying the letters of a value, which lie two bytes apart, takes a tenth of the time that
/// searching them does, and lets that be done in one way for every kind of value.
#[derive(Debug, Default)]
pub(super) struct Folded {
    letters: Vec<u8>,
    text: String,
}

impl Folded {
    /// Folds a value; gives its bytes in UTF-8, and whether they are all ASCII.
    pub(super) fn fold(&mut self, value: &Value<'_>) -> (&[u8], bool) {
        self.letters.clear();
        let is_ascii = match value {
            Value::Text(text) => {
                self.letters.extend_from_slice(text.as_bytes());
                text.is_ascii()
            }
            Value::Wide(wide) => {
                let (units, _) = wide.bytes().as_chunks::<2>();
                self.letters.extend(units.iter().map(|unit| unit[0]));
                let all = wide.units().fold(0, |all, unit| all | unit);
                all < 0x80
            }
            _ => false,
        };
        if is_ascii {
            self.letters.make_ascii_lowercase();
            return (&self.letters, true);
        }
        self.text.clear();
        // Writing into a string does not fail.
        let _ = match value {
            Value::Null => Ok(()),
            Value::Integer(number) => write!(self.text, "{number}"),
            Value::Native(native) => write!(self.text, "{native}"),
            Value::Wide(wide) => write!(self.text, "{wide}"),
            other => write!(self.text, "{}", other.as_text()),
        };
        let is_ascii = self.text.is_ascii();
        if is_ascii {
            self.text.make_ascii_lowercase();
        } else {
            self.text = lower(&self.text);
        }
        (self.text.as_bytes(), is_ascii)
    }
}
