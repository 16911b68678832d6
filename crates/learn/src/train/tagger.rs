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
    for _ in 0..settings.epochs {
        learner.chance.shuffle(&mut order);
        for &one in &order {
            learner.learn(&indexed[one], &sequences[one].labels);
        }
    }
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
        let forward = self.forward(&scores);
        let backward = self.backward(&scores);
        let whole = sum_log(
            forward[(words.len() - 1) * count..]
                .iter()
                .zip(&self.steps.last)
                .map(|(a, b)| a + b),
        );
        self.learn_words(&seen, labels, &forward, &backward, whole);
        self.learn_steps(&scores, labels, &forward, &backward, whole);
    }

    fn learn_words(
        &mut self,
        seen: &[Vec<u32>],
        labels: &[u16],
        forward: &[f32],
        backward: &[f32],
        whole: f32,
    ) {
        let count = self.steps.labels;
        let mut gradients: Vec<(usize, f32)> = Vec::with_capacity(count);
        for (word, features) in seen.iter().enumerate() {
            gradients.clear();
            for label in 0..count {
                let at = word * count + label;
                let probability = (forward[at] + backward[at] - whole).exp();
                let gradient =
                    probability - f32::from(u8::from(usize::from(labels[word]) == label));
                if gradient.abs() > GRADIENT_MIN {
                    gradients.push((label, gradient));
                }
            }
            for &feature in features {
                for &(label, gradient) in &gradients {
                    self.rows.step(feature, label, gradient);
                }
            }
        }
    }

    fn learn_steps(
        &mut self,
        scores: &[f32],
        labels: &[u16],
        forward: &[f32],
        backward: &[f32],
        whole: f32,
    ) {
        let count = self.steps.labels;
        let words = labels.len();
        let mut between = vec![0.0; count * count];
        for word in 1..words {
            for before in 0..count {
                let from = forward[(word - 1) * count + before] - whole;
                if from < -20.0 + FORBIDDEN {
                    continue;
                }
                for label in 0..count {
                    let at = word * count + label;
                    let log = from
                        + self.steps.between[before * count + label]
                        + scores[at]
                        + backward[at];
                    if log > -9.0 {
                        between[before * count + label] += log.exp();
                    }
                }
            }
            between[usize::from(labels[word - 1]) * count + usize::from(labels[word])] -= 1.0;
        }
        let first = (0..count)
            .map(|label| {
                (forward[label] + backward[label] - whole).exp() - one_if(labels[0], label)
            })
            .collect::<Vec<_>>();
        let last_at = (words - 1) * count;
        let last = (0..count)
            .map(|label| {
                (forward[last_at + label] + self.steps.last[label] - whole).exp()
                    - one_if(labels[words - 1], label)
            })
            .collect::<Vec<_>>();
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

    fn forward(&self, scores: &[f32]) -> Vec<f32> {
        let count = self.steps.labels;
        let mut forward = vec![0.0; scores.len()];
        for label in 0..count {
            forward[label] = self.steps.first[label] + scores[label];
        }
        for word in 1..scores.len() / count {
            let (before, here) = forward.split_at_mut(word * count);
            let before = &before[(word - 1) * count..];
            for label in 0..count {
                let ways =
                    (0..count).map(|from| before[from] + self.steps.between[from * count + label]);
                here[label] = scores[word * count + label] + sum_log(ways);
            }
        }
        forward
    }

    fn backward(&self, scores: &[f32]) -> Vec<f32> {
        let count = self.steps.labels;
        let words = scores.len() / count;
        let mut backward = vec![0.0; scores.len()];
        backward[(words - 1) * count..].copy_from_slice(&self.steps.last);
        for word in (0..words - 1).rev() {
            for label in 0..count {
                let ways = (0..count).map(|to| {
                    let at = (word + 1) * count + to;
                    self.steps.between[label * count + to] + scores[at] + backward[at]
                });
                backward[word * count + label] = sum_log(ways);
            }
        }
        backward
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

fn sum_log(numbers: impl Iterator<Item = f32> + Clone) -> f32 {
    crate::tagger::log_sum(numbers)
}
