//! A second look: what a first reading made of a word, of its neighbours, and of the same word
//! elsewhere in the text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use daylight_learn::{hash, mix};

use super::features::NameFacts;
use super::sentence::Sentence;

/// Sentences are taken together by so many: a word is compared with those of its own stretch
/// and the two beside it.
const STRETCH_SENTENCES: usize = 32;
/// What is less probable is not worth a feature.
const PROBABILITY_MIN: f32 = 0.05;

/// What was read of one form in one stretch.
#[derive(Debug, Clone, Default)]
struct Memory {
    count: f32,
    sums: Vec<f32>,
    /// The two highest, so that a word can be left out of its own memory.
    highest: Vec<[f32; 2]>,
}

impl Memory {
    fn add(&mut self, probabilities: &[f32]) {
        self.count += 1.0;
        self.sums.resize(probabilities.len(), 0.0);
        self.highest.resize(probabilities.len(), [0.0; 2]);
        for ((sum, highest), &one) in self
            .sums
            .iter_mut()
            .zip(&mut self.highest)
            .zip(probabilities)
        {
            *sum += one;
            if one > highest[0] {
                *highest = [one, highest[0]];
            } else if one > highest[1] {
                highest[1] = one;
            }
        }
    }
}

/// What a first reading made of the words of some sentences.
#[derive(Debug)]
pub(super) struct Elsewhere {
    memories: HashMap<(usize, u64), Memory, BuildHasherDefault<Stirred>>,
    kinds: usize,
    /// Tells the features of several first readings apart.
    source: u64,
}

impl Elsewhere {
    /// Remembers nothing yet. There are so many kinds of names.
    pub(super) fn new(kinds: usize, source: u64) -> Self {
        Self {
            memories: HashMap::default(),
            kinds,
            source,
        }
    }

    /// Remembers a sentence: of each word the probability of each kind of name.
    pub(super) fn add(&mut self, sentence: usize, words: &Sentence<'_>, probabilities: &[f32]) {
        for (word, probabilities) in words
            .facts
            .iter()
            .zip(probabilities.chunks_exact(self.kinds))
        {
            if word.is_candidate() {
                let key = (sentence / STRETCH_SENTENCES, word.lower);
                self.memories.entry(key).or_default().add(probabilities);
            }
        }
    }

    /// Adds the features of each word of a sentence; gives whether any word of it is a name
    /// elsewhere.
    pub(super) fn features(
        &self,
        sentence: usize,
        words: &Sentence<'_>,
        probabilities: &[f32],
        lists: &mut [Vec<u64>],
    ) -> bool {
        let own: Vec<&[f32]> = probabilities.chunks_exact(self.kinds).collect();
        let others: Vec<u64> = (words.facts.iter().zip(&own).zip(lists.iter_mut()))
            .enumerate()
            .map(|(at, ((word, own), list))| {
                if words.skips(at) {
                    return 0;
                }
                self.of_word(sentence, word, own, list)
            })
            .collect();
        let all = lists.iter_mut().enumerate();
        for (at, list) in all.filter(|(at, _)| !words.skips(*at)) {
            for beside in [at.wrapping_sub(1), at + 1] {
                let Some(elsewhere) = others.get(beside) else {
                    continue;
                };
                let direction = self.source * 2 + u64::from(beside > at);
                // What says nothing is no feature: most words are of no kind, and so are others.
                let best = best(own[beside]);
                if best > 0 {
                    list.push(feature(Of::Beside, direction, best));
                }
                if *elsewhere > 0 {
                    list.push(feature(Of::ElsewhereBeside, direction, *elsewhere));
                }
            }
        }
        others.iter().any(|elsewhere| *elsewhere > 0)
    }

    /// Adds the features of one word; gives what it mostly is elsewhere.
    fn of_word(&self, sentence: usize, word: &NameFacts, own: &[f32], list: &mut Vec<u64>) -> u64 {
        let source = self.source;
        for (kind, &one) in own.iter().enumerate() {
            if one >= PROBABILITY_MIN {
                list.push(feature(Of::First, source, mix(kind as u64, level(one))));
            }
        }
        let own_best = best(own);
        if own_best > 0 {
            list.push(feature(Of::FirstBest, source, own_best));
        }
        if !word.is_candidate() {
            return 0;
        }
        let (count, means, highest) = self.others(sentence, word.lower, own);
        let many = match count as u32 {
            0 => 0,
            1 => 1,
            2..4 => 2,
            4..9 => 3,
            _ => 4_u64,
        };
        let habit = mix(word.case as u64, u64::from(word.known));
        list.push(feature(Of::Count, source, mix(many, habit)));
        for (kind, (&mean, &high)) in means.iter().zip(&highest).enumerate() {
            if high >= PROBABILITY_MIN {
                list.push(feature(Of::Mean, source, mix(kind as u64, level(mean))));
                list.push(feature(Of::Highest, source, mix(kind as u64, level(high))));
            }
        }
        let best = best(&means);
        list.push(feature(Of::Elsewhere, source, mix(best, habit)));
        list.push(feature(Of::ElsewhereMany, source, mix(best, many)));
        best
    }

    /// What was read of a form around a sentence, without one reading of it.
    fn others(&self, sentence: usize, lower: u64, own: &[f32]) -> (f32, Vec<f32>, Vec<f32>) {
        let here = sentence / STRETCH_SENTENCES;
        let mut count = 0.0;
        let mut means = vec![0.0; own.len()];
        let mut highest = vec![0.0_f32; own.len()];
        for stretch in here.saturating_sub(1)..=here + 1 {
            let Some(memory) = self.memories.get(&(stretch, lower)) else {
                continue;
            };
            count += memory.count - if stretch == here { 1.0 } else { 0.0 };
            for (kind, own) in own.iter().enumerate() {
                let [first, second] = memory.highest[kind];
                means[kind] += memory.sums[kind] - if stretch == here { *own } else { 0.0 };
                let high = if stretch == here && *own >= first {
                    second
                } else {
                    first
                };
                highest[kind] = highest[kind].max(high);
            }
        }
        means
            .iter_mut()
            .for_each(|mean| *mean /= f32::max(count, 1.0));
        (count, means, highest)
    }
}

/// The likeliest kind, plus one; 0 where none is likely.
fn best(probabilities: &[f32]) -> u64 {
    let all = probabilities
        .iter()
        .enumerate()
        .filter(|(_, one)| **one >= 0.2);
    let best = all.max_by(|one, other| one.1.total_cmp(other.1));
    best.map_or(0, |(kind, one)| (kind as u64 + 1) * 8 + level(*one))
}

fn level(probability: f32) -> u64 {
    match probability {
        ..0.05 => 0,
        ..0.15 => 1,
        ..0.3 => 2,
        ..0.5 => 3,
        ..0.7 => 4,
        ..0.9 => 5,
        _ => 6,
    }
}

/// Which kind of feature a number is of.
#[derive(Clone, Copy)]
enum Of {
    First = 101,
    FirstBest,
    Count,
    Mean,
    Highest,
    Elsewhere,
    ElsewhereMany,
    Beside,
    ElsewhereBeside,
}

fn feature(of: Of, source: u64, value: u64) -> u64 {
    mix(mix(of as u64, source), value)
}

/// The keys are hashes already.
#[derive(Debug, Default)]
pub(super) struct Stirred(u64);

impl Hasher for Stirred {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0, hash(bytes));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = mix(self.0, value);
    }

    fn write_usize(&mut self, value: usize) {
        self.0 = mix(self.0, value as u64);
    }
}
