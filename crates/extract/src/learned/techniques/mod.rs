//! Techniques that a report describes without naming them.
//!
//! Windows of a few words are scored for each technique; the best scores of a document, how
//! many there are, and how usual a technique is make the probability that the document
//! describes it. What is shown is the sentence that spoke most for it.

mod advice;
mod document;
mod features;
mod score;

use daylight_learn::{Forms, ModelError};
use daylight_model::{DescribedTechnique, Reading};

use self::document::Gathered;
use self::score::Scorer;
use super::Page;

static MODEL: &[u8] = include_bytes!("../../../models/techniques.bin");

/// Less likely ones are not told.
const PROBABILITY_MIN: f32 = 0.5;
/// Above, nine in ten and a little more hold, however sure the model is.
const PROBABILITY_MAX: f32 = 0.95;
/// How many words are shown as those that weighed most.
const WORDS_MAX: usize = 4;
/// Longer sentences are tables and dumps without line breaks: windows over them mean little.
const SENTENCE_WORDS_MAX: usize = 20_000;

/// What the trainer needs.
pub mod training {
    pub use super::document::{Gathered, NUMBERS, choose};
    pub use super::features::all as features;
    pub use super::score::windows;
}

/// The model of techniques.
#[derive(Debug)]
pub(crate) struct Techniques {
    scorer: Scorer,
}

impl Techniques {
    pub(crate) fn new() -> Result<Self, ModelError> {
        Ok(Self {
            scorer: Scorer::new(MODEL)?,
        })
    }

    /// The one technique that a phrase is most likely about.
    pub(crate) fn of_phrase(&mut self, page: &Page, forms: &Forms) -> Option<&'static str> {
        let scores = self.scorer.whole(&page.forms, forms);
        let best =
            (0..scores.len()).max_by(|one, other| scores[*one].total_cmp(&scores[*other]))?;
        self.scorer.labels().get(best).copied()
    }

    /// The techniques of a report so that most of them, and few others, are right.
    pub(crate) fn of_report(&mut self, page: &Page, forms: &Forms) -> Vec<&'static str> {
        let gathered = self.gather(page, forms, |_, _| true);
        let probabilities = gathered.probabilities(self.scorer.numbers());
        let labels = self.scorer.labels();
        document::choose(&probabilities)
            .into_iter()
            .map(|one| labels[one])
            .collect()
    }

    /// The techniques that a reading's document describes and does not name, likeliest first.
    pub(crate) fn described(
        &mut self,
        reading: &Reading,
        page: &Page,
        forms: &Forms,
    ) -> Vec<DescribedTechnique> {
        let text = &reading.document.text;
        let under_advice = advice::under_advice(&reading.document, &reading.sentences);
        let gathered = self.gather(page, forms, |sentence, speaks| {
            let span = reading.sentences[sentence];
            // Most sentences speak for nothing, whether they advise or not.
            !(under_advice[sentence] || speaks && advice::advises(span.of(text)))
        });
        let probabilities = gathered.probabilities(self.scorer.numbers());
        let mut described = Vec::new();
        for (label, &probability) in probabilities.iter().enumerate() {
            let id = self.scorer.labels()[label];
            let named = reading
                .techniques
                .iter()
                .any(|technique| technique.id == id);
            let Some(sentence) = gathered.best_sentence(label).filter(|_| !named) else {
                continue;
            };
            if probability >= PROBABILITY_MIN {
                described.push(DescribedTechnique {
                    id: id.to_owned(),
                    sentence: reading.sentences[sentence],
                    words: self.weightiest(page, text, sentence, forms, label),
                    learnt_as: None,
                    probability: probability.min(PROBABILITY_MAX),
                });
            }
        }
        described.sort_by(|one, other| other.probability.total_cmp(&one.probability));
        described
    }

    /// The best scores of the sentences that `counts` holds for, which is asked with the number
    /// of the sentence and whether it speaks for anything.
    fn gather(
        &mut self,
        page: &Page,
        forms: &Forms,
        counts: impl Fn(usize, bool) -> bool,
    ) -> Gathered {
        let labels = self.scorer.labels().len();
        let mut gathered = Gathered::new(labels);
        let mut best = vec![0.0; labels];
        for (number, sentence) in page.sentences.iter().enumerate() {
            let words = &page.forms[sentence.clone()];
            if words.is_empty() || words.len() > SENTENCE_WORDS_MAX {
                continue;
            }
            best.fill(f32::MIN);
            self.scorer.each_window(words, forms, |_, scores| {
                for (best, score) in best.iter_mut().zip(scores) {
                    *best = best.max(*score);
                }
            });
            let speaks = best.iter().any(|score| *score > document::NEAR);
            if counts(number, speaks) {
                gathered.add(number, &best);
            }
        }
        gathered
    }

    /// The words of a sentence's best window that weighed most for a label.
    fn weightiest(
        &mut self,
        page: &Page,
        text: &str,
        sentence: usize,
        forms: &Forms,
        label: usize,
    ) -> Vec<String> {
        let words = page.sentences[sentence].clone();
        let mut best = (f32::MIN, 0..0);
        self.scorer
            .each_window(&page.forms[words.clone()], forms, |window, scores| {
                if scores[label] > best.0 {
                    best = (scores[label], window);
                }
            });
        let window = words.start + best.1.start..words.start + best.1.end;
        let parts = self.scorer.parts(&page.forms[window.clone()], forms, label);
        let mut order: Vec<usize> = (0..parts.len()).filter(|at| parts[*at] > 0.0).collect();
        order.sort_by(|one, other| parts[*other].total_cmp(&parts[*one]));
        let is_word = |at: &usize| {
            let word = page.spans[window.start + at].of(text);
            word.chars().any(char::is_alphanumeric)
        };
        let mut shown: Vec<usize> = order.into_iter().filter(is_word).take(WORDS_MAX).collect();
        shown.sort_unstable();
        shown
            .into_iter()
            .map(|at| page.spans[window.start + at].of(text).to_owned())
            .collect()
    }
}
