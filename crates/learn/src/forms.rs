//! Words repeat: what is known of a form is found out once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::{Vocabulary, Weights, hash, mix};

/// After so many distinct forms all are forgotten, so that memory stays bounded.
const FORMS_MAX: usize = 1 << 17;
/// Longer forms are known by their beginning and their length. Bytes.
const FORM_BYTES_MAX: usize = 64;

/// The number of a form, as long as [`Forms`] is not told to forget.
pub type Form = u32;

/// What a form says by itself.
#[derive(Debug, Clone)]
pub struct FormFacts {
    /// As it is written; the beginning of a long one.
    pub text: Box<str>,
    /// The hash of the form.
    pub form: u64,
    /// The hash of the form in lower case.
    pub lower: u64,
    /// The hash of its shape: "Xx", "dd.d", runs of more than two made two.
    pub shape: u64,
    /// The clusters of the word, coarsest first; all zero where it is not known. Clusters of
    /// known words begin at one.
    pub clusters: [u16; 4],
    /// Its place in the vocabulary.
    pub word: Option<crate::Word>,
}

/// Every distinct form that was read lately.
#[derive(Debug, Default)]
pub struct Forms {
    numbers: HashMap<u64, Form, BuildHasherDefault<Itself>>,
    facts: Vec<FormFacts>,
    generation: u32,
}

/// Hashes are hashed already.
#[derive(Debug, Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

impl Forms {
    /// Forgets all forms if there are very many. Numbers given out before mean nothing then:
    /// to be called between texts.
    pub fn tidy(&mut self) {
        if self.facts.len() > FORMS_MAX {
            self.numbers.clear();
            self.facts.clear();
            self.generation += 1;
        }
    }

    /// The number of a form.
    pub fn number(&mut self, text: &str, vocabulary: &Vocabulary<'_>) -> Form {
        let form = hash(text.as_bytes());
        *self.numbers.entry(form).or_insert_with(|| {
            self.facts.push(facts(text, form, vocabulary));
            Form::try_from(self.facts.len() - 1).unwrap_or(Form::MAX)
        })
    }

    /// What a form says.
    ///
    /// # Panics
    /// Where the number is of no form: a mistake in the program, whatever the input.
    #[must_use]
    pub fn facts(&self, form: Form) -> &FormFacts {
        &self.facts[form as usize]
    }

    /// Grows whenever all forms are forgotten.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }
}

fn facts(text: &str, form: u64, vocabulary: &Vocabulary<'_>) -> FormFacts {
    let kept = &text[..text.floor_char_boundary(FORM_BYTES_MAX)];
    let lower_text = kept.to_lowercase().replace('’', "'");
    let mut lower = hash(lower_text.as_bytes());
    if kept.len() < text.len() {
        lower = mix(lower, form);
    }
    let word = vocabulary.find(lower);
    let mut clusters = [0; 4];
    if let Some(word) = word {
        for (slot, cluster) in clusters.iter_mut().zip(vocabulary.clusters(word)) {
            *slot = cluster + 1;
        }
    }
    FormFacts {
        text: kept.into(),
        form,
        lower,
        shape: shape(kept),
        clusters,
        word,
    }
}

/// "Xx", "ddx": what kinds of characters follow each other, at most two of a kind.
fn shape(text: &str) -> u64 {
    let mut shape: Vec<u8> = Vec::with_capacity(text.len());
    for character in text.chars() {
        let kind = match character {
            c if c.is_uppercase() => b'X',
            c if c.is_alphabetic() => b'x',
            c if c.is_numeric() => b'd',
            c if c.is_ascii() => c as u8,
            _ => b'?',
        };
        if !(shape.len() > 1 && shape[shape.len() - 2..] == [kind, kind]) {
            shape.push(kind);
        }
    }
    hash(&shape)
}

/// Sums of weights by form, for one model: one row for each place in a window around a word.
#[derive(Debug)]
pub struct FormRows {
    /// Numbers in one row.
    width: usize,
    /// Rows of one form: places in the window.
    places: usize,
    generation: u32,
    /// By form: where its rows begin, plus one; 0 where they are not made yet.
    starts: Vec<u32>,
    rows: Vec<f32>,
}

impl FormRows {
    /// Rows of `width` numbers for each of `places` places.
    #[must_use]
    pub const fn new(width: usize, places: usize) -> Self {
        Self {
            width,
            places,
            generation: 0,
            starts: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Makes the rows of a form, where they are not made yet. `features` names the features of
    /// the form that a place of the window looks at; they stand [`mix`]ed with its number.
    pub fn make(
        &mut self,
        form: Form,
        forms: &Forms,
        weights: &Weights<'_>,
        mut features: impl FnMut(&FormFacts, usize, &mut Vec<u64>),
    ) {
        let width = self.width;
        if let Some(rows) = self.new_rows(form, forms) {
            let mut list = Vec::new();
            for (place, row) in rows.chunks_mut(width).enumerate() {
                list.clear();
                features(forms.facts(form), place, &mut list);
                for feature in &list {
                    weights.add(mix(*feature, place as u64), row);
                }
            }
        }
    }

    /// Room for the rows of a form; `None` where they are made already.
    pub(crate) fn new_rows(&mut self, form: Form, forms: &Forms) -> Option<&mut [f32]> {
        if self.generation != forms.generation() {
            *self = Self {
                generation: forms.generation(),
                ..Self::new(self.width, self.places)
            };
        }
        let index = form as usize;
        if self.starts.len() <= index {
            self.starts.resize(index + 1, 0);
        }
        if self.starts[index] != 0 {
            return None;
        }
        let start = self.rows.len();
        let size = self.width * self.places;
        self.rows.resize(start + size, 0.0);
        self.starts[index] = u32::try_from(start / size.max(1) + 1).unwrap_or(0);
        Some(&mut self.rows[start..])
    }

    /// The rows of a form, place by place; nothing where they are not made.
    #[must_use]
    pub fn of(&self, form: Form) -> &[f32] {
        let Some(number) = self.starts.get(form as usize).filter(|number| **number > 0) else {
            return &[];
        };
        let size = self.places * self.width;
        let start = (*number as usize - 1) * size;
        self.rows.get(start..start + size).unwrap_or_default()
    }

    /// Adds the row of a form at a place to `scores`.
    pub fn add(&self, form: Form, place: usize, scores: &mut [f32]) {
        self.add_row(self.of(form), place, scores);
    }

    /// Adds the row at a place of rows that lie place by place.
    pub(crate) fn add_row(&self, rows: &[f32], place: usize, scores: &mut [f32]) {
        if let Some(row) = rows.get(place * self.width..(place + 1) * self.width) {
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += weight;
            }
        }
    }
}
