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

/// Learns from examples and gives the bytes of the model, without the numbers that
/// [`with_numbers`] adds. Every text has the feature of [`crate::Classifier`]'s start besides
/// its own.
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

/// Stores numbers beside the weights of a model that has none yet.
#[must_use]
pub fn with_numbers(mut model: Vec<u8>, numbers: &[f32]) -> Vec<u8> {
    model.extend((numbers.len() as u32).to_le_bytes());
    model.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    model
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Classifier;

    /// Two features, of which texts have one each: with the first three in four have the label,
    /// with the second one in ten.
    fn examples() -> Vec<Example> {
        let example = |number: usize| {
            let (feature, holds) = match number {
                0..20 => (1, !number.is_multiple_of(4)),
                _ => (2, number.is_multiple_of(10)),
            };
            Example {
                features: vec![(feature, 1.0)],
                labels: if holds { vec![1] } else { vec![0] },
                weight: 1.0,
            }
        };
        (0..40).map(example).collect()
    }

    fn scores(objective: Objective, feature: u64) -> Vec<f32> {
        let settings = FtrlSettings {
            epochs: 400,
            rate: 0.5,
            l1: 0.0,
            hidden: 0.0,
            count_min: 1,
            ..FtrlSettings::default()
        };
        let bytes = train_classifier(&examples(), &["no", "yes"], objective, &settings);
        let bytes = with_numbers(bytes, &[0.5, -2.0]);
        let model = Classifier::parse(&bytes).unwrap();
        assert_eq!(model.numbers(), [0.5, -2.0]);
        let mut scores = model.start();
        model.weights().add(feature, &mut scores);
        scores
    }

    #[track_caller]
    fn near(found: f32, expected: f32) {
        assert!(
            (found - expected).abs() < 0.05,
            "{found} is not near {expected}"
        );
    }

    #[test]
    fn each_label_gets_its_share() {
        for (feature, share) in [(1, 0.75), (2, 0.1)] {
            let scores = scores(Objective::Each, feature);
            near(1.0 / (1.0 + (-scores[1]).exp()), share);
        }
    }

    #[test]
    fn of_all_labels_one_holds() {
        for (feature, share) in [(1, 0.75), (2, 0.1)] {
            let scores = scores(Objective::One, feature);
            near(1.0 / (1.0 + (scores[0] - scores[1]).exp()), share);
        }
    }

    #[test]
    fn squared_hinge_loss_leads_to_twice_the_share_less_one() {
        // The least of q (1 - s)^2 + (1 - q) (1 + s)^2 is at s = 2 q - 1.
        for (feature, share) in [(1, 0.75), (2, 0.1)] {
            let scores = scores(Objective::Hinge, feature);
            near(scores[1], 2.0 * share - 1.0);
        }
    }
}
