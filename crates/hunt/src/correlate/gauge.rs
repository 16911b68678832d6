//! Numbers measured over a window that slides: matches are added at one end and taken away
//! at the other, each in little time, so that long logs stay linear.

use std::collections::HashMap;

use super::search::{GaugeKind, Search, Verdict};
use crate::sigma::correlation::Measure;

/// A match as a window sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    /// Its place among all observations, which are in order.
    pub(crate) observation: usize,
    /// Which of the correlation's members it is.
    pub(crate) member: usize,
    /// Nanoseconds since 1970.
    pub(crate) time: i128,
    /// The file and the record in it.
    pub(crate) place: (usize, u64),
    /// Its value, as a number that stands for it.
    pub(crate) symbol: u32,
    /// Its value, where that is a number.
    pub(crate) number: f64,
}

impl Item {
    /// Whether it may have happened after the other, which is not later.
    pub(crate) fn may_follow(&self, other: &Self) -> bool {
        let ((file, record), (other_file, other_record)) = (self.place, other.place);
        self.time > other.time || file != other_file || record > other_record
    }
}

/// What is measured at the moment.
#[derive(Debug)]
pub(crate) enum Gauge {
    Count(usize),
    Distinct(HashMap<u32, usize>),
    Total {
        sum: f64,
        count: usize,
        average: bool,
    },
    Ranks {
        ranks: Ranks,
        median: bool,
        percent: u32,
    },
    Members {
        counts: Vec<usize>,
        different: usize,
    },
}

#[expect(
    clippy::cast_precision_loss,
    reason = "there are fewer matches than 2^53"
)]
impl Gauge {
    /// A gauge for a group of matches; chains are not measured by one.
    pub(crate) fn new(kind: &GaugeKind, members: usize, items: &[Item]) -> Self {
        let ranks = |median, percent| Self::Ranks {
            ranks: Ranks::new(items.iter().map(|item| item.number)),
            median,
            percent,
        };
        let total = |average| Self::Total {
            sum: 0.0,
            count: 0,
            average,
        };
        match kind {
            GaugeKind::Count => Self::Count(0),
            GaugeKind::Distinct => Self::Distinct(HashMap::new()),
            GaugeKind::Value(Measure::Sum) => total(false),
            GaugeKind::Value(Measure::Average) => total(true),
            GaugeKind::Value(Measure::Median) => ranks(true, 50),
            GaugeKind::Value(Measure::Percentile(percent)) => ranks(false, *percent),
            GaugeKind::Members | GaugeKind::Orders(_) => Self::Members {
                counts: vec![0; members],
                different: 0,
            },
        }
    }

    pub(crate) fn add(&mut self, item: &Item) {
        match self {
            Self::Count(count) => *count += 1,
            Self::Distinct(counts) => *counts.entry(item.symbol).or_default() += 1,
            Self::Total { sum, count, .. } => {
                *sum += item.number;
                *count += 1;
            }
            Self::Ranks { ranks, .. } => ranks.change(item.number, true),
            Self::Members { counts, different } => {
                if let Some(count) = counts.get_mut(item.member) {
                    *different += usize::from(*count == 0);
                    *count += 1;
                }
            }
        }
    }

    pub(crate) fn remove(&mut self, item: &Item) {
        match self {
            Self::Count(count) => *count -= 1,
            Self::Distinct(counts) => {
                if let Some(count) = counts.get_mut(&item.symbol) {
                    *count -= 1;
                    if *count == 0 {
                        counts.remove(&item.symbol);
                    }
                }
            }
            Self::Total { sum, count, .. } => {
                *count -= 1;
                // What rounding left behind ends with the window.
                *sum = if *count == 0 { 0.0 } else { *sum - item.number };
            }
            Self::Ranks { ranks, .. } => ranks.change(item.number, false),
            Self::Members { counts, different } => {
                if let Some(count) = counts.get_mut(item.member) {
                    *count -= 1;
                    *different -= usize::from(*count == 0);
                }
            }
        }
    }

    /// The measured number; `None` where there is nothing to measure.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Count(count) => Some(*count as f64),
            Self::Distinct(counts) => Some(counts.len() as f64),
            Self::Total { count: 0, .. } => None,
            Self::Total {
                sum,
                count,
                average,
            } => Some(if *average { sum / *count as f64 } else { *sum }),
            Self::Ranks {
                ranks,
                median,
                percent,
            } => ranks.value(*median, *percent),
            Self::Members { different, .. } => Some(*different as f64),
        }
    }

    /// Whether what is measured is what is looked for.
    pub(crate) fn found(&self, search: &Search) -> bool {
        match (&search.verdict, self) {
            (Verdict::Members(needs), Self::Members { counts, .. }) => {
                needs.hold(&|member| counts.get(member).is_some_and(|count| *count > 0))
            }
            _ => self.number().is_some_and(|number| search.wants(number)),
        }
    }
}

/// Numbers in order, of which the n-th is found quickly: counts over the sorted values, in a
/// tree by binary digits (P. M. Fenwick, "A New Data Structure for Cumulative Frequency
/// Tables", 1994).
#[derive(Debug)]
pub(crate) struct Ranks {
    values: Vec<f64>,
    tree: Vec<usize>,
    count: usize,
}

impl Ranks {
    fn new(numbers: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = numbers.filter(|number| number.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        values.dedup_by(|one, other| one.total_cmp(other).is_eq());
        Self {
            tree: vec![0; values.len() + 1],
            values,
            count: 0,
        }
    }

    fn change(&mut self, number: f64, add: bool) {
        let Ok(place) = self.values.binary_search_by(|one| one.total_cmp(&number)) else {
            return;
        };
        let one = |count: usize| {
            if add {
                count + 1
            } else {
                count.saturating_sub(1)
            }
        };
        self.count = one(self.count);
        let mut at = place + 1;
        while let Some(count) = self.tree.get_mut(at) {
            *count = one(*count);
            at += at & at.wrapping_neg();
        }
    }

    /// The number that stands at this place, from 1.
    fn nth(&self, rank: usize) -> Option<f64> {
        let (mut at, mut left) = (0, rank);
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            if let Some(count) = self.tree.get(at + step)
                && *count < left
            {
                at += step;
                left -= count;
            }
            step /= 2;
        }
        self.values.get(at).copied()
    }

    /// By nearest rank; a median between two numbers lies in their middle.
    fn value(&self, median: bool, percent: u32) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        if median && self.count.is_multiple_of(2) {
            let (left, right) = (self.nth(self.count / 2)?, self.nth(self.count / 2 + 1)?);
            return Some(left + (right - left) / 2.0);
        }
        let rank = (self.count * percent as usize).div_ceil(100);
        self.nth(rank.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_a_sorted_list() {
        let numbers = [5.0, 1.0, 9.0, 1.0, -3.0, 7.5, 2.0, 2.0, 8.0];
        let mut ranks = Ranks::new(numbers.into_iter());
        assert_eq!(ranks.value(true, 50), None);
        let mut held: Vec<f64> = Vec::new();
        let check = |ranks: &Ranks, held: &Vec<f64>| {
            let mut sorted = held.clone();
            sorted.sort_by(f64::total_cmp);
            for (at, number) in sorted.iter().enumerate() {
                assert_eq!(ranks.nth(at + 1), Some(*number), "{sorted:?} {at}");
            }
            assert_eq!(ranks.value(false, 0), sorted.first().copied());
            assert_eq!(ranks.value(false, 100), sorted.last().copied());
        };
        for number in numbers {
            ranks.change(number, true);
            held.push(number);
            check(&ranks, &held);
        }
        while held.len() > 1 {
            ranks.change(held.remove(0), false);
            check(&ranks, &held);
        }
        let mut ranks = Ranks::new([1.0, 2.0, 3.0, 4.0].into_iter());
        [1.0, 2.0, 3.0, 4.0]
            .iter()
            .for_each(|number| ranks.change(*number, true));
        assert_eq!(ranks.value(true, 50), Some(2.5));
        assert_eq!(ranks.value(false, 50), Some(2.0));
        assert_eq!(ranks.value(false, 51), Some(3.0));
    }
}
