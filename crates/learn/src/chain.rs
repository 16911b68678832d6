//! Sequences of labels where each leans on the one before: how probable stretches are.

use crate::network::{add_times, dot};
use crate::tagger::FORBIDDEN;

/// A stretch this improbable is not followed any further.
const PROBABILITY_MIN: f32 = 0.01;

/// What it weighs that one label follows another. Label 0 is outside of everything; kind `k`
/// begins with label `1 + 2k` and goes on with `2 + 2k`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    pub(crate) labels: usize,
    /// From each label to each label, row by row.
    pub(crate) between: Vec<f32>,
    pub(crate) first: Vec<f32>,
    pub(crate) last: Vec<f32>,
}

/// A stretch of words of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// The first word.
    pub start: usize,
    /// The word after the last.
    pub end: usize,
    /// Which kind.
    pub kind: usize,
    /// How probable it is that the stretch is one of this kind, neither longer nor shorter.
    pub probability: f32,
}

/// An emission is no smaller than this beside that of the best label, so that some way always
/// remains.
const EMISSION_MIN: f32 = 1.0e-30;
/// A label with a smaller part in all ways that lead to a word is not followed.
const PART_MIN: f32 = 1.0e-7;

/// Sums over all ways that lead to each label of each word, and from it, scaled so that those
/// that lead to a word add up to one. Labels are numbered among those that are active.
pub(crate) struct Ways {
    size: usize,
    /// From each label to each label, row by row.
    steps: Vec<f32>,
    emissions: Vec<f32>,
    forward: Vec<f32>,
    backward: Vec<f32>,
    /// By word: what the sums were before they were scaled.
    scales: Vec<f32>,
}

impl Ways {
    fn words(&self) -> usize {
        self.scales.len()
    }

    /// How probable a label is for a word.
    pub(crate) fn label(&self, word: usize, label: usize) -> f32 {
        let at = word * self.size + label;
        self.forward[at] * self.backward[at]
    }

    /// How probable it is that a word has a label, and the word before it another.
    pub(crate) fn step(&self, word: usize, before: usize, label: usize) -> f32 {
        self.forward[(word - 1) * self.size + before] * self.onward(word, before, label)
    }

    /// What goes on from a label of the word before by way of a label of a word.
    fn onward(&self, word: usize, before: usize, label: usize) -> f32 {
        self.moved(word, before, label) * self.backward[word * self.size + label]
    }

    fn moved(&self, word: usize, before: usize, label: usize) -> f32 {
        self.steps[before * self.size + label] * self.emissions[word * self.size + label]
            / self.scales[word]
    }

    fn go_forward(&mut self, first: &[f32]) {
        let size = self.size;
        for word in 0..self.words() {
            let (before, here) = self.forward.split_at_mut(word * size);
            let here = &mut here[..size];
            if word == 0 {
                here.copy_from_slice(first);
            } else {
                for (part, steps) in before[(word - 1) * size..]
                    .iter()
                    .zip(self.steps.chunks_exact(size))
                {
                    if *part > PART_MIN {
                        add_times(steps, *part, here);
                    }
                }
            }
            let emissions = &self.emissions[word * size..(word + 1) * size];
            here.iter_mut()
                .zip(emissions)
                .for_each(|(sum, emission)| *sum *= emission);
            let scale = here.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            here.iter_mut().for_each(|sum| *sum /= scale);
            self.scales[word] = scale;
        }
    }

    fn go_backward(&mut self, last: &[f32]) {
        let size = self.size;
        let Some(end) = self.words().checked_sub(1) else {
            return;
        };
        let whole: f32 = self.forward[end * size..]
            .iter()
            .zip(last)
            .map(|(sum, last)| sum * last)
            .sum();
        for (sum, last) in self.backward[end * size..].iter_mut().zip(last) {
            *sum = last / whole.max(f32::MIN_POSITIVE);
        }
        let mut onward = vec![0.0; size];
        for word in (0..end).rev() {
            let next = (word + 1) * size..(word + 2) * size;
            let (here, after) = self.backward.split_at_mut(next.start);
            let share = 1.0 / self.scales[word + 1];
            for ((onward, emission), after) in
                onward.iter_mut().zip(&self.emissions[next]).zip(after)
            {
                *onward = emission * *after * share;
            }
            for (label, here) in here[word * size..].iter_mut().enumerate() {
                // What no way leads to needs no way on.
                if self.forward[word * size + label] > PART_MIN * PART_MIN {
                    *here = dot(&self.steps[label * size..(label + 1) * size], &onward);
                }
            }
        }
    }
}

/// The exponential of a number that is not above nothing, to one part in a million; below -87
/// that of -87. Unlike the library's it is computed in place, so that loops become vectors.
fn exp(number: f32) -> f32 {
    /// Added to a number this rounds it: the lowest bits then hold the integer.
    const ROUND: f32 = 12_582_912.0;
    let power = number.max(-87.0) * std::f32::consts::LOG2_E;
    let rounded = power + ROUND;
    let rest = (power - (rounded - ROUND)) * std::f32::consts::LN_2;
    let of_rest = [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0]
        .into_iter()
        .fold(0.0, |sum, factor| sum * rest + factor);
    let scale = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    of_rest * scale
}

impl Chain {
    /// What the weights multiply, not add.
    pub(crate) fn odds(&self) -> Odds {
        let exp = |weights: &[f32]| weights.iter().map(|weight| weight.exp()).collect();
        Odds(Self {
            labels: self.labels,
            between: exp(&self.between),
            first: exp(&self.first),
            last: exp(&self.last),
        })
    }

    /// A chain in which a kind goes on only where it has begun, and nothing else is weighed.
    pub(crate) fn new(kinds: usize) -> Self {
        let labels = 1 + 2 * kinds;
        let mut chain = Self {
            labels,
            between: vec![0.0; labels * labels],
            first: vec![0.0; labels],
            last: vec![0.0; labels],
        };
        for inside in (2..labels).step_by(2) {
            chain.first[inside] = FORBIDDEN;
            for before in 0..labels {
                if before != inside && before + 1 != inside {
                    chain.between[before * labels + inside] = FORBIDDEN;
                }
            }
        }
        chain
    }
}

/// A chain as odds: made once, for whole models are read with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Odds(Chain);

impl Odds {
    /// The sums over all ways through labels that are `active`, sorted.
    pub(crate) fn ways(&self, scores: &[f32], active: &[usize]) -> Ways {
        let size = active.len();
        let words = scores.len() / self.0.labels;
        let of = |odds: &[f32]| -> Vec<f32> { active.iter().map(|label| odds[*label]).collect() };
        let mut emissions = Vec::with_capacity(words * size);
        for scores in scores.chunks_exact(self.0.labels) {
            let best = active
                .iter()
                .map(|label| scores[*label])
                .fold(f32::MIN, f32::max);
            emissions.extend(active.iter().map(|label| match scores[*label] {
                score if score < FORBIDDEN / 2.0 => 0.0,
                score => exp(score - best).max(EMISSION_MIN),
            }));
        }
        let mut ways = Ways {
            size,
            steps: active
                .iter()
                .flat_map(|label| of(&self.0.between[label * self.0.labels..]))
                .collect(),
            emissions,
            forward: vec![0.0; words * size],
            backward: vec![0.0; words * size],
            scales: vec![0.0; words],
        };
        ways.go_forward(&of(&self.0.first));
        ways.go_backward(&of(&self.0.last));
        ways
    }

    /// Stretches at least as probable as `probability_min`, the more probable of two that
    /// overlap, in order.
    pub(crate) fn stretches(
        &self,
        scores: &[f32],
        active: &[usize],
        probability_min: f32,
    ) -> Vec<Stretch> {
        let ways = self.ways(scores, active);
        let mut found = Vec::new();
        for word in 0..ways.words() {
            for label in (1..active.len()).step_by(2) {
                let kind = (active[label] - 1) / 2;
                follow(&ways, word, label, kind, probability_min, &mut found);
            }
        }
        found.sort_by(|one, other| other.probability.total_cmp(&one.probability));
        let mut chosen: Vec<Stretch> = Vec::new();
        let mut taken = vec![false; ways.words()];
        for stretch in found {
            let words = &mut taken[stretch.start..stretch.end];
            if !words.contains(&true) {
                words.fill(true);
                chosen.push(stretch);
            }
        }
        chosen.sort_by_key(|stretch| stretch.start);
        chosen
    }
}

/// All stretches at least as probable as `probability_min` that begin at a word with a label,
/// which is one that begins a kind.
fn follow(
    ways: &Ways,
    start: usize,
    label: usize,
    kind: usize,
    probability_min: f32,
    found: &mut Vec<Stretch>,
) {
    let mut way = ways.forward[start * ways.size + label];
    let mut at = label;
    for word in start..ways.words() {
        if word > start {
            way *= ways.moved(word, at, label + 1);
            at = label + 1;
        }
        let with_longer = way * ways.backward[word * ways.size + at];
        // No stretch is more probable than itself and all that are longer.
        if with_longer < probability_min.max(PROBABILITY_MIN) {
            return;
        }
        let longer = if word + 1 < ways.words() {
            way * ways.onward(word + 1, at, label + 1)
        } else {
            0.0
        };
        let probability = (with_longer - longer).clamp(0.0, 1.0);
        if probability >= probability_min {
            found.push(Stretch {
                start,
                end: word + 1,
                kind,
                probability,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every sequence of labels with its score.
    fn all_ways(chain: &Chain, scores: &[f32]) -> Vec<(Vec<usize>, f32)> {
        let words = scores.len() / chain.labels;
        let mut ways: Vec<(Vec<usize>, f32)> = vec![(Vec::new(), 0.0)];
        for word in 0..words {
            let mut longer = Vec::new();
            for (way, score) in &ways {
                for label in 0..chain.labels {
                    let step = way.last().map_or(chain.first[label], |before| {
                        chain.between[before * chain.labels + label]
                    });
                    let end = if word + 1 == words {
                        chain.last[label]
                    } else {
                        0.0
                    };
                    let mut way = way.clone();
                    way.push(label);
                    longer.push((
                        way,
                        score + step + end + scores[word * chain.labels + label],
                    ));
                }
            }
            ways = longer;
        }
        ways
    }

    #[test]
    fn stretches_are_as_probable_as_all_ways_counted_one_by_one() {
        let mut chance = crate::train::Chance::new(3);
        let mut chain = Chain::new(2);
        for weight in chain
            .between
            .iter_mut()
            .chain(&mut chain.first)
            .chain(&mut chain.last)
        {
            if *weight > FORBIDDEN {
                *weight = chance.fraction() - 0.5;
            }
        }
        let scores: Vec<f32> = (0..5 * chain.labels)
            .map(|_| 2.0 * chance.fraction() - 1.0)
            .collect();
        let ways = all_ways(&chain, &scores);
        let whole: f32 = ways.iter().map(|(_, score)| score.exp()).sum();
        let found = chain.odds().stretches(&scores, &[0, 1, 2, 3, 4], 0.0);
        assert!(found.len() > 1);
        for stretch in found {
            let (begin, inside) = (1 + 2 * stretch.kind, 2 + 2 * stretch.kind);
            let fits = |way: &[usize]| {
                way[stretch.start] == begin
                    && way[stretch.start + 1..stretch.end]
                        .iter()
                        .all(|label| *label == inside)
                    && way.get(stretch.end) != Some(&inside)
            };
            let sum: f32 = ways
                .iter()
                .filter(|(way, _)| fits(way))
                .map(|(_, score)| score.exp())
                .sum();
            assert!(
                (sum / whole - stretch.probability).abs() < 1.0e-4,
                "{stretch:?} {}",
                sum / whole
            );
        }
    }

    #[test]
    fn the_exponential_is_that_of_the_library() {
        for number in (0..8_700).map(|number| number as f32 / -100.0) {
            let expected = number.exp();
            assert!(
                (exp(number) - expected).abs() <= 1.0e-5 * expected,
                "{number}"
            );
        }
        assert!(exp(-1.0e30) < 1.0e-30);
    }

    #[test]
    fn labels_that_are_not_active_have_no_part() {
        let chain = Chain::new(2);
        let scores = [0.0, 0.0, 0.0, 9.0, 9.0];
        let found = chain.odds().stretches(&scores, &[0, 1, 2], 0.0);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, 0);
        assert!((found[0].probability - 0.5).abs() < 1.0e-6);
        assert!(chain.odds().stretches(&[], &[0, 1, 2], 0.0).is_empty());
    }
}
