//! A linear chain: the best labels of a sequence of words, each with its probability.

use std::ops::Range;

use crate::weights::{ModelError, Reader, Weights};

pub(crate) const MAGIC: &[u8; 4] = b"DLT1";

/// A label this much less likely than the best one of a word, judged by that word alone, is not
/// followed. Natural logarithm of the odds.
const BEAM: f32 = 6.0;
/// No label counts as worse than this beside the best one, so that no sum is zero.
const WORST: f32 = 60.0;
/// What a step that cannot be ("I-X" after "O") weighs.
pub(crate) const FORBIDDEN: f32 = -1.0e4;

/// A model that labels words (a conditional random field of first order).
#[derive(Debug, Clone)]
pub struct Tagger<'b> {
    weights: Weights<'b>,
    pub(crate) steps: Steps,
    /// The steps as odds.
    odds: Steps,
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

impl Steps {
    /// What the steps multiply, not add.
    fn odds(&self) -> Self {
        let exp = |weights: &[f32]| weights.iter().map(|weight| weight.exp()).collect();
        Self {
            labels: self.labels,
            between: exp(&self.between),
            first: exp(&self.first),
            last: exp(&self.last),
        }
    }
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
        let steps = Steps {
            labels,
            between,
            first,
            last,
        };
        Ok(Self {
            weights,
            odds: steps.odds(),
            steps,
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
        Lattice::new(&self.steps, &self.odds, scores).decode(&self.steps)
    }

    /// How probable each label is for each word, as long as `scores`.
    #[must_use]
    pub fn marginals(&self, scores: &[f32]) -> Vec<f32> {
        let lattice = Lattice::new(&self.steps, &self.odds, scores);
        let mut marginals = vec![0.0; scores.len()];
        for word in 0..lattice.words() {
            let whole = lattice.whole(word);
            for node in &lattice.nodes[lattice.of_word(word)] {
                marginals[word * self.steps.labels + node.label] =
                    node.forward * node.backward / whole;
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
    /// The same as odds beside the best label of the word.
    odds: f32,
    /// What leads here and what follows, each a share of the whole word's.
    forward: f32,
    backward: f32,
    /// Score of the best way that leads here, and the node of the word before on it.
    best: f32,
    from: usize,
}

/// The labels worth following for each word. Sums are kept as shares, word by word, not as
/// logarithms: a step costs one multiplication.
struct Lattice {
    nodes: Vec<Node>,
    /// Where the nodes of each word begin; one more than there are words.
    starts: Vec<usize>,
}

impl Lattice {
    fn new(steps: &Steps, odds: &Steps, scores: &[f32]) -> Self {
        let mut lattice = Self {
            nodes: Vec::with_capacity(scores.len() / steps.labels * 2),
            starts: vec![0],
        };
        for word in scores.chunks_exact(steps.labels) {
            let best = word.iter().copied().fold(f32::MIN, f32::max);
            // The first label, that of no name, follows on every other: there is always a way.
            for (label, &score) in word
                .iter()
                .enumerate()
                .filter(|(label, score)| *label == 0 || **score >= best - BEAM)
            {
                lattice.nodes.push(Node {
                    label,
                    score,
                    odds: (score - best).max(-WORST).exp(),
                    forward: 0.0,
                    backward: 0.0,
                    best: 0.0,
                    from: 0,
                });
            }
            lattice.starts.push(lattice.nodes.len());
        }
        lattice.go_forward(steps, odds);
        lattice.go_backward(odds);
        lattice
    }

    fn words(&self) -> usize {
        self.starts.len() - 1
    }

    /// The nodes of a word.
    fn of_word(&self, word: usize) -> Range<usize> {
        self.starts[word]..self.starts[word + 1]
    }

    fn go_forward(&mut self, steps: &Steps, odds: &Steps) {
        for word in 0..self.words() {
            let here = self.of_word(word);
            let before_start = self.starts[word.saturating_sub(1)];
            let (before, nodes) = self.nodes.split_at_mut(here.start);
            let before = &before[before_start.min(here.start)..];
            let nodes = &mut nodes[..here.len()];
            for node in &mut *nodes {
                if word == 0 {
                    node.forward = node.odds * odds.first[node.label];
                    node.best = node.score + steps.first[node.label];
                    continue;
                }
                let (mut best, mut at, mut sum) = (f32::MIN, 0, 0.0);
                for (index, one) in before.iter().enumerate() {
                    let step = one.label * steps.labels + node.label;
                    sum += one.forward * odds.between[step];
                    let score = one.best + steps.between[step];
                    if score > best {
                        (best, at) = (score, index);
                    }
                }
                node.best = best + node.score;
                node.from = before_start + at;
                node.forward = node.odds * sum;
            }
            let sum: f32 = nodes.iter().map(|node| node.forward).sum();
            nodes
                .iter_mut()
                .for_each(|node| node.forward /= sum.max(f32::MIN_POSITIVE));
        }
    }

    fn go_backward(&mut self, odds: &Steps) {
        for word in (0..self.words()).rev() {
            let here = self.of_word(word);
            let (nodes, after) = self.nodes.split_at_mut(here.end);
            let nodes = &mut nodes[here.start..];
            if after.is_empty() {
                nodes
                    .iter_mut()
                    .for_each(|node| node.backward = odds.last[node.label]);
                continue;
            }
            let after = &after[..self.starts[word + 2] - here.end];
            let mut whole = 0.0;
            for node in &mut *nodes {
                let row = &odds.between[node.label * odds.labels..];
                let ways = after
                    .iter()
                    .map(|one| row[one.label] * one.odds * one.backward);
                node.backward = ways.sum();
                whole += node.backward;
            }
            nodes
                .iter_mut()
                .for_each(|node| node.backward /= whole.max(f32::MIN_POSITIVE));
        }
    }

    /// What the probabilities of a word's nodes are parts of.
    fn whole(&self, word: usize) -> f32 {
        let nodes = &self.nodes[self.of_word(word)];
        let whole: f32 = nodes.iter().map(|node| node.forward * node.backward).sum();
        whole.max(f32::MIN_POSITIVE)
    }

    fn decode(&self, steps: &Steps) -> Vec<Tag> {
        let Some(last) = self.words().checked_sub(1) else {
            return Vec::new();
        };
        let end = |one: &usize| self.nodes[*one].best + steps.last[self.nodes[*one].label];
        let mut at = self
            .of_word(last)
            .max_by(|one, other| end(one).total_cmp(&end(other)))
            .unwrap_or(0);
        let mut tags = Vec::with_capacity(self.words());
        for word in (0..self.words()).rev() {
            let node = &self.nodes[at];
            tags.push(Tag {
                label: node.label,
                probability: (node.forward * node.backward / self.whole(word)).min(1.0),
            });
            at = node.from;
        }
        tags.reverse();
        tags
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
            let tags = Lattice::new(&steps, &steps.odds(), &scores).decode(&steps);
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
        let tags = Lattice::new(&steps, &steps.odds(), &scores).decode(&steps);
        assert_eq!(tags.iter().map(|tag| tag.label).collect::<Vec<_>>(), [0, 0]);
        assert!(
            Lattice::new(&steps, &steps.odds(), &[])
                .decode(&steps)
                .is_empty()
        );
    }
}
