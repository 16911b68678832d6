//! A classifier of texts.

use crate::hash;
use crate::train::CLASSIFIER_MAGIC;
use crate::weights::{ModelError, Reader, Weights};

/// A model that gives each label a score.
#[derive(Debug, Clone)]
pub struct Classifier<'b> {
    weights: Weights<'b>,
    numbers: Vec<f32>,
}

impl<'b> Classifier<'b> {
    /// Reads a model.
    ///
    /// # Errors
    /// Where the bytes are no classifier, or cut off.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes, CLASSIFIER_MAGIC)?;
        let weights = Weights::read(&mut reader)?;
        // They follow only where there are some.
        let numbers = if reader.is_empty() {
            Vec::new()
        } else {
            let count = reader.number()?;
            reader.floats(count)?
        };
        Ok(Self { weights, numbers })
    }

    /// The labels, in the order of the scores.
    #[must_use]
    pub fn labels(&self) -> &[&'b str] {
        self.weights.labels()
    }

    /// The weights of features, to be added to what [`start`](Self::start) gives.
    #[must_use]
    pub const fn weights(&self) -> &Weights<'b> {
        &self.weights
    }

    /// Numbers that were stored beside the weights, for what is made of the scores.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// The scores of a text without any feature.
    #[must_use]
    pub fn start(&self) -> Vec<f32> {
        let mut scores = vec![0.0; self.labels().len()];
        self.weights.add(hash(b"start"), &mut scores);
        scores
    }
}
