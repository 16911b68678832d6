//! Weights while they are learnt: FTRL-Proximal (McMahan and others, KDD 2013), which leaves
//! most weights at exactly nothing.

use std::collections::HashMap;

/// How to learn.
#[derive(Debug, Clone)]
pub struct FtrlSettings {
    /// How often all examples are gone through.
    pub epochs: usize,
    /// How fast (the paper's alpha).
    pub rate: f32,
    /// What slows the first steps of a weight (the paper's beta).
    pub slowness: f32,
    /// What a weight must be worth to be anything at all (the paper's lambda 1).
    pub l1: f32,
    /// What large weights cost (the paper's lambda 2).
    pub l2: f32,
    /// How often a feature must be seen to get a weight.
    pub count_min: u32,
    /// The part of the features that is hidden each time an example is seen, so that none is
    /// relied upon alone.
    pub hidden: f32,
    /// Decides the order of examples, and what is hidden.
    pub seed: u64,
}

impl Default for FtrlSettings {
    fn default() -> Self {
        Self {
            epochs: 12,
            rate: 0.1,
            slowness: 1.0,
            l1: 0.2,
            l2: 0.0,
            count_min: 2,
            hidden: 0.1,
            seed: 1,
        }
    }
}

/// One row of weights for each feature, while they are learnt.
pub(super) struct Rows {
    width: usize,
    settings: FtrlSettings,
    /// What to do: `weight`, the gradient summed up (`z`), and its square (`n`).
    weight: Vec<f32>,
    z: Vec<f32>,
    n: Vec<f32>,
    /// Weights summed up each time they were remembered, and how often that was.
    sums: Vec<f32>,
    remembered: u16,
}

impl Rows {
    pub(super) fn new(rows: usize, width: usize, settings: &FtrlSettings) -> Self {
        let zeros = || vec![0.0; rows * width];
        Self {
            width,
            settings: settings.clone(),
            weight: zeros(),
            z: zeros(),
            n: zeros(),
            sums: Vec::new(),
            remembered: 0,
        }
    }

    /// Remembers the weights as they are, for [`settle`](Self::settle).
    pub(super) fn remember(&mut self) {
        self.sums.resize(self.weight.len(), 0.0);
        for (sum, weight) in self.sums.iter_mut().zip(&self.weight) {
            *sum += weight;
        }
        self.remembered += 1;
    }

    /// Makes each weight the mean of those remembered: the last examples seen have no more to
    /// say than the others.
    pub(super) fn settle(&mut self) {
        let times = f32::from(self.remembered.max(1));
        for (weight, sum) in self.weight.iter_mut().zip(&self.sums) {
            *weight = sum / times;
        }
    }

    pub(super) fn row(&self, row: u32) -> &[f32] {
        let start = row as usize * self.width;
        &self.weight[start..start + self.width]
    }

    /// Takes one step for one weight of a row against its gradient.
    pub(super) fn step(&mut self, row: u32, column: usize, gradient: f32) {
        let FtrlSettings {
            rate,
            slowness,
            l1,
            l2,
            ..
        } = self.settings;
        let at = row as usize * self.width + column;
        let before = self.n[at].sqrt();
        self.n[at] += gradient * gradient;
        let after = self.n[at].sqrt();
        self.z[at] += gradient - (after - before) / rate * self.weight[at];
        let z = self.z[at];
        self.weight[at] = if z.abs() <= l1 {
            0.0
        } else {
            -(z - l1.copysign(z)) / ((slowness + after) / rate + l2)
        };
    }
}

/// Features that are seen often enough, numbered in the order they are met.
pub(super) struct Index {
    rows: HashMap<u64, u32>,
    pub(super) features: Vec<u64>,
}

impl Index {
    pub(super) fn new(features: impl Iterator<Item = u64>, count_min: u32) -> Self {
        let mut counts: HashMap<u64, u32> = HashMap::new();
        let mut order = Vec::new();
        for feature in features {
            let count = counts.entry(feature).or_default();
            *count += 1;
            if *count == count_min.max(1) {
                order.push(feature);
            }
        }
        let rows = order
            .iter()
            .enumerate()
            .map(|(row, feature)| (*feature, row as u32))
            .collect();
        Self {
            rows,
            features: order,
        }
    }

    pub(super) fn row(&self, feature: u64) -> Option<u32> {
        self.rows.get(&feature).copied()
    }

    /// Each feature with its weights, for writing.
    pub(super) fn weights(&self, rows: &Rows) -> Vec<(u64, Vec<f32>)> {
        self.features
            .iter()
            .enumerate()
            .map(|(row, feature)| (*feature, rows.row(row as u32).to_vec()))
            .collect()
    }
}
