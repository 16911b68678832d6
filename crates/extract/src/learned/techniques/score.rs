//! How much a stretch of words speaks for each technique.

use std::ops::Range;

use daylight_learn::{Classifier, Form, FormRows, Forms, ModelError};

use super::features;

/// Words in half a window.
const BLOCK: usize = 4;

/// The windows over so many words: two blocks each, every block in two of them.
pub fn windows(words: usize) -> impl Iterator<Item = Range<usize>> {
    let blocks = words.div_ceil(BLOCK);
    let count = if blocks > 1 { blocks - 1 } else { blocks };
    (0..count).map(move |block| block * BLOCK..words.min((block + 2) * BLOCK))
}

/// The larger a stretch, the less each of its words says: what a sum is multiplied by.
pub(super) fn scale(words: usize) -> f32 {
    (words.max(1) as f32).powf(-0.3)
}

/// Scores stretches of words.
#[derive(Debug)]
pub(crate) struct Scorer {
    model: Classifier<'static>,
    start: Vec<f32>,
    rows: FormRows,
    /// How each word of the stretch takes part in pairs.
    paired: Vec<u64>,
    /// How each form does, found out once.
    pairing: Vec<Option<u64>>,
    generation: u32,
    sums: Sums,
}

/// Sums over the blocks of a window.
#[derive(Debug, Default)]
struct Sums {
    before: Vec<f32>,
    here: Vec<f32>,
    /// What words of both blocks say together.
    across: Vec<f32>,
    /// Of words that stand in both blocks: they count once.
    again: Vec<f32>,
    window: Vec<f32>,
}

impl Sums {
    /// Makes the scores of a window of its parts.
    fn join(&mut self, scale: f32, start: &[f32]) {
        let blocks = self.before.iter().zip(&self.here);
        let both = self.across.iter().zip(&self.again);
        let parts = blocks.zip(both).zip(start);
        for (score, (((before, here), (across, again)), start)) in self.window.iter_mut().zip(parts)
        {
            *score = (before + here + across - again) * scale + start;
        }
    }
}

impl Scorer {
    pub(crate) fn new(bytes: &'static [u8]) -> Result<Self, ModelError> {
        let model = Classifier::parse(bytes)?;
        let labels = model.labels().len();
        let zeros = || vec![0.0; labels];
        Ok(Self {
            start: model.start(),
            rows: FormRows::new(labels, 1),
            paired: Vec::new(),
            pairing: Vec::new(),
            generation: 0,
            sums: Sums {
                before: zeros(),
                here: zeros(),
                across: zeros(),
                again: zeros(),
                window: zeros(),
            },
            model,
        })
    }

    /// The labels, in the order of the scores.
    pub(crate) fn labels(&self) -> &[&'static str] {
        self.model.labels()
    }

    /// What is stored beside the weights.
    pub(crate) fn numbers(&self) -> &[f32] {
        self.model.numbers()
    }

    /// The scores of all words as one stretch.
    pub(crate) fn whole(&mut self, words: &[Form], forms: &Forms) -> Vec<f32> {
        self.prepare(words, forms);
        let mut sum = vec![0.0; self.start.len()];
        let mut distinct = words.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        for &word in &distinct {
            self.rows.add(word, 0, &mut sum);
        }
        for at in 0..words.len() {
            features::pairs(&self.paired[..=at], |_, pair| {
                self.model.weights().add(pair, &mut sum);
            });
        }
        let scale = scale(distinct.len());
        sum.iter()
            .zip(&self.start)
            .map(|(sum, start)| sum * scale + start)
            .collect()
    }

    /// The scores of each window. Every word is added up once, though it stands in two windows.
    pub(crate) fn each_window(
        &mut self,
        words: &[Form],
        forms: &Forms,
        mut each: impl FnMut(Range<usize>, &[f32]),
    ) {
        self.prepare(words, forms);
        let Self {
            model,
            start,
            rows,
            paired,
            sums,
            ..
        } = self;
        sums.before.fill(0.0);
        let last = words.len().div_ceil(BLOCK).saturating_sub(1);
        let mut distinct_before = 0;
        for (number, block) in words.chunks(BLOCK).enumerate() {
            let from = number * BLOCK;
            let window_from = from.saturating_sub(BLOCK);
            sums.here.fill(0.0);
            sums.across.fill(0.0);
            sums.again.fill(0.0);
            let (mut distinct, mut again) = (0, 0);
            for (at, &word) in block.iter().enumerate() {
                if !block[..at].contains(&word) {
                    distinct += 1;
                    rows.add(word, 0, &mut sums.here);
                    if words[window_from..from].contains(&word) {
                        again += 1;
                        rows.add(word, 0, &mut sums.again);
                    }
                }
                features::pairs(&paired[..=from + at], |earlier, pair| {
                    let sum = if earlier < from {
                        &mut sums.across
                    } else {
                        &mut sums.here
                    };
                    model.weights().add(pair, sum);
                });
            }
            if number > 0 || last == 0 {
                sums.join(scale(distinct_before + distinct - again), start);
                each(window_from..from + block.len(), &sums.window);
            }
            distinct_before = distinct;
            std::mem::swap(&mut sums.before, &mut sums.here);
        }
    }

    /// What each of the words of a window adds to the score of a label, by itself and with
    /// those before it.
    pub(crate) fn parts(&mut self, words: &[Form], forms: &Forms, label: usize) -> Vec<f32> {
        self.prepare(words, forms);
        let part = |at: usize| {
            let mut sum = vec![0.0; self.start.len()];
            self.rows.add(words[at], 0, &mut sum);
            features::pairs(&self.paired[..=at], |_, pair| {
                self.model.weights().add(pair, &mut sum);
            });
            sum.get(label).copied().unwrap_or_default()
        };
        (0..words.len()).map(part).collect()
    }

    fn prepare(&mut self, words: &[Form], forms: &Forms) {
        if self.generation != forms.generation() {
            self.generation = forms.generation();
            self.pairing.clear();
        }
        self.paired.clear();
        for &word in words {
            let form = word as usize;
            if self.pairing.get(form).copied().flatten().is_none() {
                self.rows
                    .make(word, forms, self.model.weights(), |facts, _, list| {
                        features::form(facts, list);
                    });
                let known = self.pairing.len().max(form + 1);
                self.pairing.resize(known, None);
                self.pairing[form] = Some(features::pairing(forms.facts(word)).unwrap_or_default());
            }
            self.paired.push(self.pairing[form].unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learned::{techniques::MODEL, vocabulary};

    #[test]
    fn sums_of_blocks_are_what_a_trainer_makes_of_each_window() {
        let text = "The malware injects the payload into the svchost.exe process, deletes the \
            payload, the log and the log of the log, then the malware exits.";
        let words: Vec<&str> = daylight_learn::cut(text)
            .into_iter()
            .map(|at| &text[at])
            .collect();
        let vocabulary = vocabulary().unwrap();
        let mut forms = Forms::default();
        let mut scorer = Scorer::new(MODEL).unwrap();
        let model = Classifier::parse(MODEL).unwrap();
        for length in 1..=words.len() {
            let stretch: Vec<Form> = words[..length]
                .iter()
                .map(|word| forms.number(word, &vocabulary))
                .collect();
            let expected = |window: Range<usize>| {
                let mut scores = model.start();
                for (feature, value) in features::all(&stretch[window], &forms) {
                    model.weights().add_times(feature, value, &mut scores);
                }
                scores
            };
            let near = |found: &[f32], expected: &[f32]| {
                found
                    .iter()
                    .zip(expected)
                    .all(|(one, other)| (one - other).abs() < 1e-3)
            };
            let mut seen = Vec::new();
            scorer.each_window(&stretch, &forms, |window, scores| {
                assert!(
                    near(scores, &expected(window.clone())),
                    "{window:?} of {length}"
                );
                seen.push(window);
            });
            assert_eq!(seen, windows(length).collect::<Vec<_>>());
            assert!(
                near(&scorer.whole(&stretch, &forms), &expected(0..length)),
                "{length}"
            );
        }
    }
}
