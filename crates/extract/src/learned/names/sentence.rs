//! The words of a sentence as the tagger of names sees them.

use daylight_learn::{Form, Forms, mix};

use super::features::{NameFacts, OUTSIDE, PLACES, REACH, form_features, joint_features};
use super::listed::Listed;
use super::pattern::Case;

/// In the bits of a listed name: it begins here, or goes on.
const BEGINS: u8 = 0x40;
const GOES_ON: u8 = 0x80;

/// Which words of a sentence may be part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// Those with a capital or with letters and digits, and those that are listed: few, so that
    /// reading is fast.
    Written,
}

/// What is known of every form that was met, for finding names.
#[derive(Debug, Default)]
pub struct NameTable {
    facts: Vec<Option<NameFacts>>,
    generation: u32,
}

impl NameTable {
    fn get(&mut self, form: Form, forms: &Forms, listed: &Listed) -> NameFacts {
        if self.generation != forms.generation() {
            self.facts.clear();
            self.generation = forms.generation();
        }
        let index = form as usize;
        if self.facts.len() <= index {
            self.facts.resize(index + 1, None);
        }
        *self.facts[index].get_or_insert_with(|| NameFacts::new(forms.facts(form), listed))
    }
}

/// A sentence, or the part of an endless one that is read at once.
#[derive(Debug)]
pub struct Sentence<'p> {
    pub(super) forms: &'p [Form],
    pub(super) facts: Vec<NameFacts>,
    /// The kinds of the listed name around each word, as bits.
    listed: Vec<u8>,
    habit: u64,
    scope: Scope,
}

impl<'p> Sentence<'p> {
    /// Looks up the words of a sentence.
    pub fn new(
        words: &'p [Form],
        forms: &Forms,
        table: &mut NameTable,
        listed: &Listed,
        scope: Scope,
    ) -> Self {
        let facts: Vec<NameFacts> = words
            .iter()
            .map(|word| table.get(*word, forms, listed))
            .collect();
        Self {
            forms: words,
            listed: listed_names(&facts, listed),
            habit: habit(&facts),
            scope,
            facts,
        }
    }

    /// All features of each word: what the model is trained on.
    #[must_use]
    pub fn features(&self, forms: &Forms) -> Vec<Vec<u64>> {
        (0..self.forms.len())
            .map(|at| {
                let mut list = Vec::new();
                if self.skips(at) {
                    return vec![SKIPPED];
                }
                for place in 0..PLACES {
                    let Some(other) = self.at_place(at, place) else {
                        list.push(outside(place));
                        continue;
                    };
                    let start = list.len();
                    let facts = forms.facts(self.forms[other]);
                    form_features(facts, &self.facts[other], place, &mut list);
                    for feature in &mut list[start..] {
                        *feature = mix(*feature, place as u64);
                    }
                }
                self.joint_features(at, &mut list);
                list
            })
            .collect()
    }

    /// Whether a word is no part of any name, whatever stands around it.
    #[must_use]
    pub fn skips(&self, at: usize) -> bool {
        let word = &self.facts[at];
        self.scope == Scope::Written && !word.is_candidate() && word.listed == 0
    }

    /// The word at a place of the window around another.
    pub(super) fn at_place(&self, at: usize, place: usize) -> Option<usize> {
        (at + place)
            .checked_sub(REACH)
            .filter(|other| *other < self.forms.len())
    }

    /// The features of a word that are of several words together.
    pub(super) fn joint_features(&self, at: usize, list: &mut Vec<u64>) {
        let window: [&NameFacts; PLACES] = std::array::from_fn(|place| {
            self.at_place(at, place)
                .map_or(&OUTSIDE, |other| &self.facts[other])
        });
        let listed = |at: Option<usize>| at.and_then(|at| self.listed.get(at).copied());
        let listed =
            [at.checked_sub(1), Some(at), Some(at + 1)].map(|at| listed(at).unwrap_or_default());
        let sentence = self.habit * 2 + u64::from(at == 0);
        joint_features(&window, listed, sentence, list);
    }
}

/// The one feature of a word that is skipped.
const SKIPPED: u64 = 78;

/// The feature of a place beyond the ends of the sentence.
pub(super) fn outside(place: usize) -> u64 {
    mix(77, place as u64)
}

/// The kinds of the listed names in a sentence, the longest at each place.
fn listed_names(facts: &[NameFacts], listed: &Listed) -> Vec<u8> {
    let mut kinds: Vec<u8> = facts
        .iter()
        .map(|word| {
            if word.listed > 0 {
                word.listed | BEGINS
            } else {
                0
            }
        })
        .collect();
    let mut at = 0;
    while at < facts.len() {
        let longest = if facts[at].begins {
            listed.longest(facts[at..].iter().map(|word| word.lower))
        } else {
            None
        };
        let Some((length, found)) = longest else {
            at += 1;
            continue;
        };
        kinds[at] = found | BEGINS;
        kinds[at + 1..at + length].fill(found | GOES_ON);
        at += length;
    }
    kinds
}

/// Whether capitals tell anything in a sentence (not in a heading), and whether it is short.
fn habit(facts: &[NameFacts]) -> u64 {
    let count = |cases: &[Case]| {
        facts
            .iter()
            .filter(|word| cases.contains(&word.case))
            .count()
    };
    let is_heading = count(&[Case::Initial, Case::Upper]) > count(&[Case::Lower]);
    u64::from(is_heading) + 2 * u64::from(facts.len() < 6)
}
