//! All texts that rules look for in one field, looked for at once.

use std::collections::HashSet;
use std::io::Write;

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

/// Adds a value in lower case, in UTF-8, to what is there; whether it is all ASCII.
///
/// Copying the letters of a value, which lie two bytes apart, takes a tenth of the time that
/// searching them does, and lets that be done in one way for every kind of value.
pub(super) fn fold_onto(value: &Value<'_>, letters: &mut Vec<u8>) -> bool {
    let start = letters.len();
    // Writing into memory does not fail.
    let _ = match value {
        Value::Null => Ok(()),
        Value::Text(text) => letters.write_all(text.as_bytes()),
        Value::Wide(wide) => {
            match wide.ascii() {
                Some(ascii) => letters.extend(ascii),
                None => letters.extend(wide.to_string().into_bytes()),
            }
            Ok(())
        }
        Value::Integer(number) => write!(letters, "{number}"),
        Value::Native(native) => write!(letters, "{native}"),
        other => letters.write_all(other.as_text().as_bytes()),
    };
    let added = letters.get_mut(start..).unwrap_or_default();
    if added.is_ascii() {
        added.make_ascii_lowercase();
        return true;
    }
    let lowered = lower(&String::from_utf8_lossy(added));
    letters.truncate(start);
    letters.extend(lowered.into_bytes());
    false
}
