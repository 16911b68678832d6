//! Learns a classifier of texts.

use super::Chance;
use super::ftrl::{FtrlSettings, Index, Rows};
use crate::{hash, weights};

pub(crate) const MAGIC: &[u8; 4] = b"DLC1";

/// A text with its labels.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its features, each with its value.
    pub features: Vec<(u64, f32)>,
    /// Its labels; none, one or several.
    pub labels: Vec<u16>,
    /// How much it counts.
    pub weight: f32,
}

/// What is learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// Each label by itself may hold or not: scores are logarithms of odds.
    Each,
    /// Exactly one label holds: the exponentials of the scores are in proportion to the
    /// probabilities.
    One,
    /// Each label by itself, by squared hinge loss: scores are distances from the border.
    Hinge,
}

/// Learns from examples and gives the bytes of the model. Every text has the feature of
/// [`crate::Classifier`]'s start besides its own.
#[must_use]
pub fn train_classifier(
    examples: &[Example],
    labels: &[&str],
    objective: Objective,
    settings: &FtrlSettings,
) -> Vec<u8> {
    let start = hash(b"start");
    let all = examples.iter().flat_map(|example| {
        example
            .features
            .iter()
            .map(|feature| feature.0)
            .chain([start])
    });
    let index = Index::new(all, settings.count_min);
    let indexed: Vec<Vec<(u32, f32)>> = examples
        .iter()
        .map(|example| {
            let features = example.features.iter().copied().chain([(start, 1.0)]);
            features
                .filter_map(|(feature, value)| Some((index.row(feature)?, value)))
                .collect()
        })
        .collect();
    let mut rows = Rows::new(index.features.len(), labels.len(), settings);
    let mut chance = Chance::new(settings.seed);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for _ in 0..settings.epochs {
        chance.shuffle(&mut order);
        for &one in &order {
            learn(
                &mut rows,
                &indexed[one],
                &examples[one],
                objective,
                settings,
                &mut chance,
                labels.len(),
            );
        }
    }
    let mut bytes = MAGIC.to_vec();
    weights::write(labels, &index.weights(&rows), &mut bytes);
    bytes
}

fn learn(
    rows: &mut Rows,
    features: &[(u32, f32)],
    example: &Example,
    objective: Objective,
    settings: &FtrlSettings,
    chance: &mut Chance,
    labels: usize,
) {
    let seen: Vec<(u32, f32)> = features
        .iter()
        .copied()
        .filter(|_| settings.hidden == 0.0 || chance.fraction() >= settings.hidden)
        .map(|(feature, value)| (feature, value / (1.0 - settings.hidden)))
        .collect();
    let mut scores = vec![0.0; labels];
    for (feature, value) in &seen {
        for (score, weight) in scores.iter_mut().zip(rows.row(*feature)) {
            *score += value * weight;
        }
    }
    let largest = scores.iter().copied().fold(f32::MIN, f32::max);
    let whole: f32 = scores.iter().map(|score| (score - largest).exp()).sum();
    for (label, &score) in scores.iter().enumerate() {
        let holds = example.labels.iter().any(|one| usize::from(*one) == label);
        let truth = f32::from(u8::from(holds));
        let gradient = example.weight
            * match objective {
                Objective::Each => 1.0 / (1.0 + (-score).exp()) - truth,
                Objective::One => (score - largest).exp() / whole - truth,
                Objective::Hinge => {
                    let side = if holds { 1.0 } else { -1.0 };
                    -side * (1.0 - side * score).max(0.0)
                }
            };
        if gradient.abs() > 1.0e-4 {
            for (feature, value) in &seen {
                rows.step(*feature, label, gradient * value);
            }
        }
    }
}
