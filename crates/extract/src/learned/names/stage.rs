//! One tagger, and what it remembers of the forms it met.

use daylight_learn::{FormRows, Forms, ModelError, Tag, Tagger};

use super::features::{PLACES, form_features};
use super::sentence::{Sentence, outside};

/// The score of no name where a word is no part of any.
const SURE: f32 = 40.0;

/// A tagger with the sums of its weights by form.
#[derive(Debug)]
pub(super) struct Stage {
    tagger: Tagger<'static>,
    rows: FormRows,
    /// What it weighs that a place of the window lies beyond the sentence.
    outside: Vec<f32>,
    /// How much less the label of no name weighs than it was learnt to: names are missed more
    /// often than they are made up.
    readiness: f32,
    /// Kept to be filled again.
    list: Vec<u64>,
    scores: Vec<f32>,
}

impl Stage {
    pub(super) fn new(bytes: &'static [u8], readiness: f32) -> Result<Self, ModelError> {
        let tagger = Tagger::parse(bytes)?;
        let width = tagger.labels().len();
        let mut beyond = vec![0.0; width * PLACES];
        for (place, row) in beyond.chunks_exact_mut(width).enumerate() {
            tagger.weights().add(outside(place), row);
        }
        Ok(Self {
            rows: FormRows::new(width, PLACES),
            outside: beyond,
            readiness,
            list: Vec::new(),
            scores: Vec::new(),
            tagger,
        })
    }

    /// How many kinds of names it tells apart.
    pub(super) fn kinds(&self) -> usize {
        self.tagger.labels().len() / 2
    }

    /// The name of a kind.
    pub(super) fn kind(&self, kind: usize) -> &'static str {
        self.tagger
            .labels()
            .get(2 * kind + 1)
            .map_or("", |label| &label[2..])
    }

    /// How probable each kind of name is for each word of a sentence.
    pub(super) fn probabilities(&mut self, sentence: &Sentence<'_>, forms: &Forms) -> Vec<f32> {
        self.score(sentence, forms, &[]);
        let labels = self.tagger.labels().len();
        let marginals = self.tagger.marginals(&self.scores);
        by_kind(&marginals, labels)
    }

    /// The labels of a sentence. `more` are features of its words beyond those of the sentence.
    pub(super) fn tags(
        &mut self,
        sentence: &Sentence<'_>,
        forms: &Forms,
        more: &[Vec<u64>],
    ) -> Vec<Tag> {
        self.score(sentence, forms, more);
        self.tagger.decode(&self.scores)
    }

    fn score(&mut self, sentence: &Sentence<'_>, forms: &Forms, more: &[Vec<u64>]) {
        let weights = self.tagger.weights();
        let width = self.tagger.labels().len();
        for (form, names) in sentence.forms.iter().zip(&sentence.facts) {
            self.rows.make(*form, forms, weights, |facts, place, list| {
                form_features(facts, names, place, list);
            });
        }
        self.scores.clear();
        self.scores.resize(sentence.forms.len() * width, 0.0);
        for (at, scores) in self.scores.chunks_exact_mut(width).enumerate() {
            if sentence.skips(at) {
                scores[0] = SURE;
                continue;
            }
            for place in 0..PLACES {
                match sentence.at_place(at, place) {
                    Some(other) => self.rows.add(sentence.forms[other], place, scores),
                    None => {
                        let row = &self.outside[place * width..(place + 1) * width];
                        scores
                            .iter_mut()
                            .zip(row)
                            .for_each(|(score, one)| *score += one);
                    }
                }
            }
            self.list.clear();
            sentence.joint_features(at, &mut self.list);
            for feature in self.list.iter().chain(more.get(at).into_iter().flatten()) {
                weights.add(*feature, scores);
            }
            scores[0] -= self.readiness;
        }
    }
}

/// Of the probabilities of labels ("O", "B-X", "I-X", "B-Y"…) those of the kinds of names.
pub fn by_kind(marginals: &[f32], labels: usize) -> Vec<f32> {
    marginals
        .chunks_exact(labels)
        .flat_map(|word| {
            word[1..]
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[begin, inside]| begin + inside)
        })
        .collect()
}
