//! Learns a tagger: the likelihood of whole sequences of labels.

use super::Chance;
use super::ftrl::{FtrlSettings, Index, Rows};
use crate::tagger::{FORBIDDEN, MAGIC, Steps};
use crate::weights;

/// A sequence of words with their labels.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// The features of each word.
    pub features: Vec<Vec<u64>>,
    /// The label of each word.
    pub labels: Vec<u16>,
}

/// A gradient smaller than this is not worth a step.
const GRADIENT_MIN: f32 = 1.0e-4;

/// Learns from sequences and gives the bytes of the model. Labels that begin with `I-` follow
/// only on the same label or the one that begins with `B-`.
#[must_use]
pub fn train_tagger(sequences: &[Sequence], labels: &[&str], settings: &FtrlSettings) -> Vec<u8> {
    let all = sequences
        .iter()
        .flat_map(|sequence| sequence.features.iter().flatten().copied());
    let index = Index::new(all, settings.count_min);
    let indexed: Vec<Vec<Vec<u32>>> = sequences
        .iter()
        .map(|sequence| {
            let words = sequence.features.iter();
            words
                .map(|word| {
                    word.iter()
                        .filter_map(|feature| index.row(*feature))
                        .collect()
                })
                .collect()
        })
        .collect();
    let mut learner = Learner::new(index.features.len(), labels, settings);
    let mut order: Vec<usize> = (0..sequences.len()).collect();
    for epoch in 0..settings.epochs {
        learner.chance.shuffle(&mut order);
        for &one in &order {
            learner.learn(&indexed[one], &sequences[one].labels);
        }
        if 2 * epoch >= settings.epochs {
            learner.rows.remember();
        }
    }
    learner.rows.settle();
    let mut bytes = MAGIC.to_vec();
    weights::write(labels, &index.weights(&learner.rows), &mut bytes);
    let steps = &learner.steps;
    for number in steps.between.iter().chain(&steps.first).chain(&steps.last) {
        bytes.extend(number.to_le_bytes());
    }
    bytes
}

struct Learner {
    rows: Rows,
    steps: Steps,
    /// Squares of the gradients of the steps, summed up (AdaGrad).
    squares: Steps,
    rate: f32,
    hidden: f32,
    chance: Chance,
}

impl Learner {
    fn new(features: usize, labels: &[&str], settings: &FtrlSettings) -> Self {
        let count = labels.len();
        let fits = |before: Option<&str>, label: &str| match label.strip_prefix("I-") {
            Some(kind) => before.is_some_and(|before| before.get(2..) == Some(kind)),
            None => true,
        };
        let weigh = |fits: bool| if fits { 0.0 } else { FORBIDDEN };
        let between = labels
            .iter()
            .flat_map(|before| {
                labels
                    .iter()
                    .map(move |label| weigh(fits(Some(before), label)))
            })
            .collect();
        Self {
            rows: Rows::new(features, count, settings),
            steps: Steps {
                labels: count,
                between,
                first: labels
                    .iter()
                    .map(|label| weigh(fits(None, label)))
                    .collect(),
                last: vec![0.0; count],
            },
            squares: Steps {
                labels: count,
                between: vec![1.0; count * count],
                first: vec![1.0; count],
                last: vec![1.0; count],
            },
            rate: settings.rate,
            hidden: settings.hidden,
            chance: Chance::new(settings.seed),
        }
    }

    /// Goes one step towards the labels of a sequence.
    fn learn(&mut self, words: &[Vec<u32>], labels: &[u16]) {
        if words.is_empty() {
            return;
        }
        let count = self.steps.labels;
        let seen: Vec<Vec<u32>> = words
            .iter()
            .map(|word| {
                word.iter()
                    .copied()
                    .filter(|_| self.hidden == 0.0 || self.chance.fraction() >= self.hidden)
                    .collect()
            })
            .collect();
        let keep = 1.0 - self.hidden;
        let mut scores = vec![0.0; words.len() * count];
        for (word, scores) in seen.iter().zip(scores.chunks_exact_mut(count)) {
            for &feature in word {
                for (score, weight) in scores.iter_mut().zip(self.rows.row(feature)) {
                    *score += weight / keep;
                }
            }
        }
        let expected = Expected::new(&self.steps, scores);
        self.learn_words(&seen, labels, &expected.words);
        self.learn_steps(labels, expected);
    }

    fn learn_words(&mut self, seen: &[Vec<u32>], labels: &[u16], expected: &[f32]) {
        let count = self.steps.labels;
        let mut gradients: Vec<(usize, f32)> = Vec::with_capacity(count);
        for ((features, &right), expected) in
            seen.iter().zip(labels).zip(expected.chunks_exact(count))
        {
            gradients.clear();
            let all = expected
                .iter()
                .enumerate()
                .map(|(label, probability)| (label, probability - one_if(right, label)));
            gradients.extend(all.filter(|(_, gradient)| gradient.abs() > GRADIENT_MIN));
            for &feature in features {
                for &(label, gradient) in &gradients {
                    self.rows.step(feature, label, gradient);
                }
            }
        }
    }

    fn learn_steps(&mut self, labels: &[u16], expected: Expected) {
        let count = self.steps.labels;
        let mut between = expected.between;
        for pair in labels.windows(2) {
            between[usize::from(pair[0]) * count + usize::from(pair[1])] -= 1.0;
        }
        let ends = |probabilities: &[f32], right: u16| -> Vec<f32> {
            let all = probabilities.iter().enumerate();
            all.map(|(label, probability)| probability - one_if(right, label))
                .collect()
        };
        let first = ends(&expected.words[..count], labels[0]);
        let last_at = (labels.len() - 1) * count;
        let last = ends(&expected.words[last_at..], labels[labels.len() - 1]);
        let rate = self.rate;
        step_all(
            &mut self.steps.between,
            &mut self.squares.between,
            &between,
            rate,
        );
        step_all(&mut self.steps.first, &mut self.squares.first, &first, rate);
        step_all(&mut self.steps.last, &mut self.squares.last, &last, rate);
    }
}

/// How probable each label is for each word, and how often each step is to be expected.
///
/// Sums are kept as probabilities, scaled word by word, not as logarithms: that takes one
/// exponential for each score and none for each step.
struct Expected {
    words: Vec<f32>,
    between: Vec<f32>,
}

/// A label this much worse than the best of a word counts as no worse, so that no sum is zero.
const WORST: f32 = -60.0;

impl Expected {
    fn new(steps: &Steps, mut scores: Vec<f32>) -> Self {
        let count = steps.labels;
        for word in scores.chunks_exact_mut(count) {
            let best = word.iter().copied().fold(f32::MIN, f32::max);
            for score in word {
                *score = (*score - best).max(WORST).exp();
            }
        }
        let exp = |weights: &[f32]| -> Vec<f32> { weights.iter().map(|w| w.exp()).collect() };
        let between = exp(&steps.between);
        let forward = forward(&scores, &exp(&steps.first), &between);
        let backward = backward(&scores, &between, &exp(&steps.last));
        let mut words = forward.clone();
        for (word, backward) in words
            .chunks_exact_mut(count)
            .zip(backward.chunks_exact(count))
        {
            multiply(word, backward);
            scale(word);
        }
        let mut expected = vec![0.0; count * count];
        let mut after = vec![0.0; count];
        let mut pairs = vec![0.0; count * count];
        for word in 1..scores.len() / count {
            after.copy_from_slice(&scores[word * count..(word + 1) * count]);
            multiply(&mut after, &backward[word * count..(word + 1) * count]);
            pairs.copy_from_slice(&between);
            for (row, from) in pairs
                .chunks_exact_mut(count)
                .zip(&forward[(word - 1) * count..])
            {
                for (pair, to) in row.iter_mut().zip(&after) {
                    *pair *= from * to;
                }
            }
            scale(&mut pairs);
            for (sum, pair) in expected.iter_mut().zip(&pairs) {
                *sum += pair;
            }
        }
        Self {
            words,
            between: expected,
        }
    }
}

/// What leads to each label of each word, all labels of a word together one.
fn forward(scores: &[f32], first: &[f32], between: &[f32]) -> Vec<f32> {
    let count = first.len();
    let mut forward = vec![0.0; scores.len()];
    forward[..count].copy_from_slice(first);
    for (word, scores) in scores.chunks_exact(count).enumerate() {
        let (before, here) = forward.split_at_mut(word * count);
        let here = &mut here[..count];
        if word > 0 {
            let before = &before[(word - 1) * count..];
            for (from, row) in before.iter().zip(between.chunks_exact(count)) {
                for (sum, step) in here.iter_mut().zip(row) {
                    *sum += from * step;
                }
            }
        }
        multiply(here, scores);
        scale(here);
    }
    forward
}

/// What each label of each word leads to, all labels of a word together one.
fn backward(scores: &[f32], between: &[f32], last: &[f32]) -> Vec<f32> {
    let count = last.len();
    let words = scores.len() / count;
    let mut backward = vec![0.0; scores.len()];
    backward[(words - 1) * count..].copy_from_slice(last);
    scale(&mut backward[(words - 1) * count..]);
    let mut after = vec![0.0; count];
    for word in (1..words).rev() {
        after.copy_from_slice(&scores[word * count..(word + 1) * count]);
        multiply(&mut after, &backward[word * count..(word + 1) * count]);
        let here = &mut backward[(word - 1) * count..word * count];
        for (sum, row) in here.iter_mut().zip(between.chunks_exact(count)) {
            *sum = row
                .iter()
                .zip(&after)
                .map(|(step, after)| step * after)
                .sum();
        }
        scale(here);
    }
    backward
}

fn multiply(numbers: &mut [f32], others: &[f32]) {
    for (number, other) in numbers.iter_mut().zip(others) {
        *number *= other;
    }
}

/// Makes the sum one.
fn scale(numbers: &mut [f32]) {
    let sum: f32 = numbers.iter().sum();
    if sum > 0.0 {
        for number in numbers {
            *number /= sum;
        }
    }
}

fn one_if(label: u16, other: usize) -> f32 {
    f32::from(u8::from(usize::from(label) == other))
}

fn step_all(weights: &mut [f32], squares: &mut [f32], gradients: &[f32], rate: f32) {
    for ((weight, square), gradient) in weights.iter_mut().zip(squares).zip(gradients) {
        if *weight > FORBIDDEN / 2.0 && gradient.abs() > GRADIENT_MIN {
            *square += gradient * gradient;
            *weight -= rate * gradient / square.sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tagger::tests::{by_force, some_scores, some_steps};

    #[test]
    fn expectations_are_those_of_all_ways() {
        for seed in 0..20 {
            let steps = some_steps(3, seed);
            let scores = some_scores(3, 5, seed);
            let expected = Expected::new(&steps, scores.clone());
            let force = by_force(&steps, &scores);
            for (one, other) in expected.words.iter().zip(&force.words) {
                assert!((one - other).abs() < 1e-4, "{one} {other}");
            }
            for (one, other) in expected.between.iter().zip(&force.between) {
                assert!((one - other).abs() < 1e-4, "{one} {other}");
            }
        }
    }

    #[test]
    fn a_word_that_was_never_seen_is_known_by_what_stands_before_it() {
        let word = |place: u64, word: &str| crate::mix(crate::hash(word.as_bytes()), place);
        let sentence = |words: &[&str], labels: &[u16]| Sequence {
            features: (0..words.len())
                .map(|at| {
                    let mut features = vec![word(0, words[at])];
                    features.extend(at.checked_sub(1).map(|before| word(1, words[before])));
                    features
                })
                .collect(),
            labels: labels.to_vec(),
        };
        let sentences = [
            sentence(&["group", "Alpha", "attacks"], &[0, 1, 0]),
            sentence(&["group", "Beta", "Gamma", "attacks"], &[0, 1, 2, 0]),
            sentence(&["they", "attack"], &[0, 0]),
        ];
        let settings = FtrlSettings {
            epochs: 60,
            count_min: 1,
            l1: 0.01,
            ..FtrlSettings::default()
        };
        let bytes = train_tagger(&sentences, &["O", "B-X", "I-X"], &settings);
        assert_eq!(
            bytes,
            train_tagger(&sentences, &["O", "B-X", "I-X"], &settings)
        );
        let tagger = crate::Tagger::parse(&bytes).unwrap();
        let read = sentence(&["group", "Omega", "attacks"], &[0, 0, 0]);
        let mut scores = vec![0.0; 9];
        for (features, row) in read.features.iter().zip(scores.chunks_mut(3)) {
            for feature in features {
                tagger.weights().add(*feature, row);
            }
        }
        let labels: Vec<usize> = tagger.decode(&scores).iter().map(|tag| tag.label).collect();
        assert_eq!(labels, [0, 1, 0]);
    }
}
