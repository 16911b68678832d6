//! A linear chain: the best labels of a sequence of words, each with its probability.

use crate::weights::{ModelError, Reader, Weights};

pub(crate) const MAGIC: &[u8; 4] = b"DLT1";

/// A label this much less likely than the best one of a word, judged by that word alone, is not
/// followed. Natural logarithm of the odds.
const BEAM: f32 = 9.0;
/// What a step that cannot be ("I-X" after "O") weighs.
pub(crate) const FORBIDDEN: f32 = -1.0e4;

/// A model that labels words (a conditional random field of first order).
#[derive(Debug, Clone)]
pub struct Tagger<'b> {
    weights: Weights<'b>,
    pub(crate) steps: Steps,
}

/// What it weighs that one label follows another.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    pub(crate) labels: usize,
    /// From each label to each label, row by row.
    pub(crate) between: Vec<f32>,
    pub(crate) first: Vec<f32>,
    pub(crate) last: Vec<f32>,
}

/// The label of a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tag {
    /// Index into [`Tagger::labels`].
    pub label: usize,
    /// How probable the model takes it to be, given the whole sequence.
    pub probability: f32,
}

impl<'b> Tagger<'b> {
    /// Reads a model.
    ///
    /// # Errors
    /// Where the bytes are no tagger, or cut off.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes, MAGIC)?;
        let weights = Weights::read(&mut reader)?;
        let labels = weights.labels().len();
        let between = reader.floats(labels * labels)?;
        let first = reader.floats(labels)?;
        let last = reader.floats(labels)?;
        Ok(Self {
            weights,
            steps: Steps {
                labels,
                between,
                first,
                last,
            },
        })
    }

    /// The labels, in the order of the scores.
    #[must_use]
    pub fn labels(&self) -> &[&'b str] {
        self.weights.labels()
    }

    /// The weights of features.
    #[must_use]
    pub const fn weights(&self) -> &Weights<'b> {
        &self.weights
    }

    /// The best sequence of labels, given the scores of all labels for each word, word by word.
    #[must_use]
    pub fn decode(&self, scores: &[f32]) -> Vec<Tag> {
        Lattice::new(&self.steps, scores).decode(&self.steps)
    }

    /// How probable each label is for each word, as long as `scores`.
    #[must_use]
    pub fn marginals(&self, scores: &[f32]) -> Vec<f32> {
        let lattice = Lattice::new(&self.steps, scores);
        let mut marginals = vec![0.0; scores.len()];
        for (word, nodes) in lattice
            .nodes_with_probability(&self.steps)
            .iter()
            .enumerate()
        {
            for (node, probability) in nodes {
                marginals[word * self.steps.labels + node] = *probability;
            }
        }
        marginals
    }
}

/// One label that a word may have.
#[derive(Debug, Clone, Copy)]
struct Node {
    label: usize,
    score: f32,
    /// Logarithm of the sum over all ways that lead here.
    forward: f32,
    /// Score of the best way that leads here, and the node of the word before on it.
    best: f32,
    from: usize,
}

/// The labels worth following for each word.
struct Lattice {
    nodes: Vec<Node>,
    /// Where the nodes of each word begin; one more than there are words.
    starts: Vec<usize>,
}

impl Lattice {
    fn new(steps: &Steps, scores: &[f32]) -> Self {
        let mut lattice = Self {
            nodes: Vec::with_capacity(scores.len() / steps.labels * 2),
            starts: vec![0],
        };
        for word in scores.chunks_exact(steps.labels) {
            let floor = word.iter().copied().fold(f32::MIN, f32::max) - BEAM;
            // The first label, that of no name, follows on every other: there is always a way.
            for (label, &score) in word
                .iter()
                .enumerate()
                .filter(|(label, score)| *label == 0 || **score >= floor)
            {
                lattice.nodes.push(Node {
                    label,
                    score,
                    forward: 0.0,
                    best: 0.0,
                    from: 0,
                });
            }
            lattice.starts.push(lattice.nodes.len());
        }
        lattice.go_forward(steps);
        lattice
    }

    fn words(&self) -> usize {
        self.starts.len() - 1
    }

    fn go_forward(&mut self, steps: &Steps) {
        for word in 0..self.words() {
            let (from, to) = (self.starts[word], self.starts[word + 1]);
            let (before, nodes) = self.nodes.split_at_mut(from);
            let before_start = if word > 0 {
                self.starts[word - 1]
            } else {
                from
            };
            let before = &before[before_start..];
            for node in &mut nodes[..to - from] {
                if word == 0 {
                    node.forward = node.score + steps.first[node.label];
                    node.best = node.forward;
                    continue;
                }
                let step = |node_before: &Node| {
                    steps.between[node_before.label * steps.labels + node.label]
                };
                let (mut best, mut at) = (f32::MIN, 0);
                for (index, one) in before.iter().enumerate() {
                    let score = one.best + step(one);
                    if score > best {
                        (best, at) = (score, index);
                    }
                }
                node.best = best + node.score;
                node.from = before_start + at;
                node.forward =
                    node.score + log_sum(before.iter().map(|one| one.forward + step(one)));
            }
        }
    }

    /// The logarithm of the sum over all ways from each node to the end, and over all ways.
    fn backward(&self, steps: &Steps) -> (Vec<f32>, f32) {
        let mut backward = vec![0.0; self.nodes.len()];
        for word in (0..self.words()).rev() {
            for index in self.starts[word]..self.starts[word + 1] {
                let label = self.nodes[index].label;
                backward[index] = if word + 1 == self.words() {
                    steps.last[label]
                } else {
                    let after = self.starts[word + 1]..self.starts[word + 2];
                    log_sum(after.map(|one| {
                        let node = &self.nodes[one];
                        steps.between[label * steps.labels + node.label]
                            + node.score
                            + backward[one]
                    }))
                };
            }
        }
        let first = self.starts.get(1).copied().unwrap_or(0);
        let whole = log_sum((0..first).map(|one| self.nodes[one].forward + backward[one]));
        (backward, whole)
    }

    fn nodes_with_probability(&self, steps: &Steps) -> Vec<Vec<(usize, f32)>> {
        let (backward, whole) = self.backward(steps);
        (0..self.words())
            .map(|word| {
                (self.starts[word]..self.starts[word + 1])
                    .map(|one| {
                        (
                            self.nodes[one].label,
                            (self.nodes[one].forward + backward[one] - whole).exp(),
                        )
                    })
                    .collect()
            })
            .collect()
    }

    fn decode(&self, steps: &Steps) -> Vec<Tag> {
        let Some(&last_start) = self.starts.iter().rev().nth(1) else {
            return Vec::new();
        };
        let (backward, whole) = self.backward(steps);
        let end = |one: &usize| self.nodes[*one].best + steps.last[self.nodes[*one].label];
        let mut at = (last_start..self.nodes.len())
            .max_by(|one, other| end(one).total_cmp(&end(other)))
            .unwrap_or(0);
        let mut tags = Vec::with_capacity(self.words());
        for _ in 0..self.words() {
            let node = &self.nodes[at];
            tags.push(Tag {
                label: node.label,
                probability: (node.forward + backward[at] - whole).exp().min(1.0),
            });
            at = node.from;
        }
        tags.reverse();
        tags
    }
}

/// The logarithm of the sum of what the numbers are logarithms of.
fn log_sum(numbers: impl Iterator<Item = f32> + Clone) -> f32 {
    let largest = numbers.clone().fold(f32::MIN, f32::max);
    let mut others = 0.0;
    let mut seen_largest = false;
    for number in numbers {
        // The largest itself is one; the rest of a sure word is nothing worth an exponential.
        if number == largest && !seen_largest {
            seen_largest = true;
        } else if number > largest - 16.0 {
            others += (number - largest).exp();
        }
    }
    if others > 0.0 {
        largest + f32::ln_1p(others)
    } else {
        largest
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::train::Chance;

    /// What all ways through a short sequence come to.
    pub(crate) struct Force {
        pub(crate) words: Vec<f32>,
        pub(crate) between: Vec<f32>,
        pub(crate) best: Vec<usize>,
    }

    pub(crate) fn some_steps(labels: usize, seed: u64) -> Steps {
        let mut chance = Chance::new(seed);
        let mut some = |count: usize| -> Vec<f32> {
            (0..count).map(|_| chance.fraction() * 4.0 - 2.0).collect()
        };
        let mut steps = Steps {
            labels,
            between: some(labels * labels),
            first: some(labels),
            last: some(labels),
        };
        // The last label is like one that begins with "I-": it never follows on the first.
        steps.between[labels - 1] = FORBIDDEN;
        steps.first[labels - 1] = FORBIDDEN;
        steps
    }

    pub(crate) fn some_scores(labels: usize, words: usize, seed: u64) -> Vec<f32> {
        let mut chance = Chance::new(seed + 1000);
        (0..labels * words)
            .map(|_| chance.fraction() * 6.0 - 3.0)
            .collect()
    }

    pub(crate) fn by_force(steps: &Steps, scores: &[f32]) -> Force {
        let count = steps.labels;
        let words = scores.len() / count;
        let mut force = Force {
            words: vec![0.0; scores.len()],
            between: vec![0.0; count * count],
            best: Vec::new(),
        };
        let (mut whole, mut most) = (0.0, f32::MIN);
        for way in 0..count.pow(words as u32) {
            let labels: Vec<usize> = (0..words)
                .map(|word| way / count.pow(word as u32) % count)
                .collect();
            let step = |pair: &[usize]| pair[0] * count + pair[1];
            let mut score = steps.first[labels[0]] + steps.last[labels[words - 1]];
            score += labels
                .iter()
                .enumerate()
                .map(|(word, label)| scores[word * count + label])
                .sum::<f32>();
            score += labels
                .windows(2)
                .map(|pair| steps.between[step(pair)])
                .sum::<f32>();
            let probability = score.exp();
            whole += probability;
            for (word, label) in labels.iter().enumerate() {
                force.words[word * count + label] += probability;
            }
            for pair in labels.windows(2) {
                force.between[step(pair)] += probability;
            }
            if score > most {
                (most, force.best) = (score, labels);
            }
        }
        for sum in force.words.iter_mut().chain(&mut force.between) {
            *sum /= whole;
        }
        force
    }

    #[test]
    fn the_best_way_and_its_probabilities_are_those_of_all_ways() {
        for seed in 0..50 {
            let steps = some_steps(4, seed);
            let scores = some_scores(4, 5, seed);
            let force = by_force(&steps, &scores);
            let tags = Lattice::new(&steps, &scores).decode(&steps);
            let labels: Vec<usize> = tags.iter().map(|tag| tag.label).collect();
            assert_eq!(labels, force.best, "seed {seed}");
            for (word, tag) in tags.iter().enumerate() {
                let expected = force.words[word * 4 + tag.label];
                assert!(
                    (tag.probability - expected).abs() < 1e-3,
                    "{tag:?} {expected}"
                );
            }
        }
    }

    #[test]
    fn a_step_that_cannot_be_is_never_taken() {
        let mut steps = some_steps(3, 1);
        steps.between.fill(0.0);
        steps.between[2] = FORBIDDEN;
        // The first word is surely no name, and the second surely the inside of one.
        let scores = [50.0, 0.0, 0.0, 0.0, 0.0, 50.0];
        let tags = Lattice::new(&steps, &scores).decode(&steps);
        assert_eq!(tags.iter().map(|tag| tag.label).collect::<Vec<_>>(), [0, 0]);
        assert!(Lattice::new(&steps, &[]).decode(&steps).is_empty());
    }
}
