//! How models are trained: the same sequences and settings give the same bytes.

mod classifier;
mod clusters;
mod ftrl;
mod logistic;
mod network;
mod tagger;

pub(crate) use classifier::MAGIC as CLASSIFIER_MAGIC;
pub use classifier::{Example, Objective, train_classifier, with_numbers};
pub use clusters::{cluster, principal, to_length_one};
pub use ftrl::FtrlSettings;
pub use logistic::logistic;
pub use network::{FormInput, NetworkExample, NetworkSettings, train_network};
pub use tagger::{Sequence, train_tagger};

pub use crate::vocabulary::write_vocabulary;

/// Numbers that only look random (splitmix64), the same on every machine.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// A sequence of its own for each seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        crate::mix(self.0, 0)
    }

    /// A number from 0 up to but without `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next_bits()) * end as u128) >> 64) as usize
    }

    /// From 0 to 1.
    pub fn fraction(&mut self) -> f32 {
        (self.next_bits() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}
