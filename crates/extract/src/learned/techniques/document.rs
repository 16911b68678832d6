//! What all sentences of a document say together.

/// How many numbers are looked at for each technique.
pub const NUMBERS: usize = 10;
/// How many of a technique's best scores are kept.
const BEST: usize = 3;
/// No score yet: as low as windows about anything else score.
const NOTHING: f32 = -2.0;
/// From here on a score is near the border.
pub(super) const NEAR: f32 = -0.5;
/// How steeply a score becomes a share when sentences are counted.
const STEEP: f32 = 4.0;

/// The scores of a document's sentences, gathered.
#[derive(Debug, Clone)]
pub struct Gathered {
    techniques: Vec<Technique>,
    sentences: usize,
}

#[derive(Debug, Clone)]
struct Technique {
    /// The best scores, best first, and which sentence they are of.
    best: [(f32, usize); BEST],
    over: usize,
    near: usize,
    share: f32,
}

impl Gathered {
    /// Nothing yet, of so many techniques.
    pub fn new(techniques: usize) -> Self {
        let none = Technique {
            best: [(NOTHING, usize::MAX); BEST],
            over: 0,
            near: 0,
            share: 0.0,
        };
        Self {
            techniques: vec![none; techniques],
            sentences: 0,
        }
    }

    /// Adds a sentence by its number and its score for each technique.
    pub fn add(&mut self, sentence: usize, scores: &[f32]) {
        self.sentences += 1;
        for (technique, &score) in self.techniques.iter_mut().zip(scores) {
            technique.over += usize::from(score > 0.0);
            technique.near += usize::from(score > NEAR);
            technique.share += share(STEEP * score);
            let mut next = (score, sentence);
            for kept in &mut technique.best {
                if next.0 > kept.0 {
                    std::mem::swap(kept, &mut next);
                }
            }
        }
    }

    /// What the document says of a technique, in numbers; `usual` is the log odds that any
    /// report describes it.
    pub fn numbers(&self, technique: usize, usual: f32) -> [f32; NUMBERS] {
        let Some(seen) = self.techniques.get(technique) else {
            return [0.0; NUMBERS];
        };
        let [first, second, third] = seen.best.map(|best| best.0);
        [
            1.0,
            first,
            second,
            third,
            (seen.over as f32).ln_1p(),
            (seen.near as f32).ln_1p(),
            seen.share.ln_1p(),
            usual,
            (self.sentences as f32).ln_1p(),
            self.seen().ln_1p(),
        ]
    }

    /// How many techniques have a score over the border.
    fn seen(&self) -> f32 {
        self.techniques.iter().filter(|seen| seen.over > 0).count() as f32
    }

    /// The sentence that speaks most for a technique.
    pub fn best_sentence(&self, technique: usize) -> Option<usize> {
        let best = self.techniques.get(technique)?.best.first()?;
        (best.1 != usize::MAX).then_some(best.1)
    }

    /// How likely the document describes each technique. `stored` holds the weights of
    /// [`Gathered::numbers`], then of each technique how usual it is.
    pub fn probabilities(&self, stored: &[f32]) -> Vec<f32> {
        let (weights, usual) = stored.split_at(NUMBERS.min(stored.len()));
        let likely = |technique: usize| {
            let usual = usual.get(technique).copied().unwrap_or_default();
            let numbers = self.numbers(technique, usual);
            let score = weights
                .iter()
                .zip(numbers)
                .map(|(weight, number)| weight * number);
            share(score.sum())
        };
        (0..self.techniques.len()).map(likely).collect()
    }
}

/// From log odds to a share of 1.
fn share(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// Which of some things to name so that the expected F1 is highest: the likeliest ones, as many
/// as pay. In order of likelihood.
pub fn choose(probabilities: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|one, other| probabilities[*other].total_cmp(&probabilities[*one]));
    let expected: f32 = probabilities.iter().sum();
    let (mut best, mut count, mut sum) = (0.0, 0, 0.0);
    for (before, &one) in order.iter().enumerate() {
        sum += probabilities[one];
        let f1 = 2.0 * sum / ((before + 1) as f32 + expected);
        if f1 > best {
            (best, count) = (f1, before + 1);
        }
    }
    order.truncate(count);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pays_is_chosen() {
        assert_eq!(choose(&[0.1, 0.9, 0.5, 0.02]), [1, 2]);
        assert_eq!(choose(&[0.1, 0.05]), [0]);
        assert!(choose(&[]).is_empty());
    }

    #[test]
    fn the_best_scores_are_kept_in_order() {
        let mut gathered = Gathered::new(1);
        for (sentence, score) in [0.1, 0.9, -0.3, 0.4].into_iter().enumerate() {
            gathered.add(sentence, &[score]);
        }
        let numbers = gathered.numbers(0, -1.0);
        assert_eq!(numbers[1..4], [0.9, 0.4, 0.1]);
        assert_eq!(numbers[7], -1.0);
        assert_eq!(gathered.best_sentence(0), Some(1));
        assert_eq!(Gathered::new(1).best_sentence(0), None);
    }
}
