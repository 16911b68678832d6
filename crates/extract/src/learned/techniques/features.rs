//! What the models of techniques look at.

use daylight_learn::{Form, FormFacts, Forms, hash, mix};

/// Longer forms are paths and addresses, whose letters say little. Bytes.
const LETTERS_BYTES_MAX: usize = 24;
/// Runs of letters that are looked at.
const RUNS: std::ops::RangeInclusive<usize> = 3..=5;
/// How far apart two words may stand to be looked at together.
const REACH: usize = 4;

/// Words of grammar of more than two letters.
const GRAMMAR: &[&str] = &[
    "the", "and", "for", "that", "this", "with", "was", "were", "are", "has", "have", "had",
    "been", "its", "their", "they", "from", "which", "also", "can", "could", "may", "might",
    "will", "would", "but", "not", "than", "then", "these", "those", "such", "other", "who",
    "what", "when", "where", "while", "how", "any", "all", "some", "there", "being", "our", "your",
    "you", "his", "her",
];

const WORD: u64 = 1;
const PART: u64 = 2;
const LETTERS: u64 = 3;
const CLUSTER: u64 = 4;
const NEXT: u64 = 16;
const NEAR: u64 = 17;

/// What one form says, wherever it stands.
pub(super) fn form(facts: &FormFacts, features: &mut Vec<u64>) {
    features.push(mix(facts.lower, WORD));
    for (number, &cluster) in facts.clusters.iter().enumerate().skip(1) {
        if cluster > 0 {
            features.push(mix(u64::from(cluster), CLUSTER + number as u64));
        }
    }
    let lower = facts.text.to_lowercase();
    let mut parts = lower.split(|c: char| !c.is_alphanumeric());
    for part in parts.by_ref().filter(|part| part.len() > 1) {
        if part.len() < lower.len() {
            features.push(mix(hash(part.as_bytes()), PART));
        }
        if part.len() <= LETTERS_BYTES_MAX {
            letters(part, features);
        }
    }
}

/// Runs of letters of a word, its borders included.
fn letters(word: &str, features: &mut Vec<u64>) {
    let bordered = format!("<{word}>");
    let starts: Vec<usize> = bordered
        .char_indices()
        .map(|(at, _)| at)
        .chain([bordered.len()])
        .collect();
    for length in RUNS {
        for run in starts.windows(length + 1) {
            if let Some(letters) = bordered.get(run[0]..run[length]) {
                features.push(mix(hash(letters.as_bytes()), LETTERS));
            }
        }
    }
}

/// By what number a word takes part in pairs; none for marks and words of grammar.
pub(super) fn pairing(facts: &FormFacts) -> Option<u64> {
    let lower = facts.text.to_lowercase();
    let says_something = lower.len() > 2 && !GRAMMAR.contains(&lower.as_str());
    says_something.then_some(facts.lower | 1)
}

/// What the last of some words (their [`pairing`], 0 for none) says together with those shortly
/// before it, each with its place: with its neighbour in their order, with others in any.
pub(super) fn pairs(words: &[u64], mut each: impl FnMut(usize, u64)) {
    let Some((&last, before)) = words.split_last() else {
        return;
    };
    if last == 0 {
        return;
    }
    for (distance, &other) in before.iter().rev().take(REACH).enumerate() {
        if other == 0 {
            continue;
        }
        let place = before.len() - 1 - distance;
        if distance == 0 {
            each(place, mix(mix(other, last), NEXT));
        }
        each(place, mix(mix(other.min(last), other.max(last)), NEAR));
    }
}

/// All features of a stretch of words with their values, as a trainer takes them.
pub fn all(words: &[Form], forms: &Forms) -> Vec<(u64, f32)> {
    let mut distinct = words.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let scale = super::score::scale(distinct.len());
    let mut features = Vec::new();
    for &word in &distinct {
        form(forms.facts(word), &mut features);
    }
    // Rows of forms mix the place in a window in; here there is one place.
    for feature in &mut features {
        *feature = mix(*feature, 0);
    }
    let mut paired = Vec::new();
    for &word in words {
        paired.push(pairing(forms.facts(word)).unwrap_or_default());
        pairs(&paired, |_, pair| features.push(pair));
    }
    features.sort_unstable();
    features
        .chunk_by(|one, other| one == other)
        .map(|same| (same[0], same.len() as f32 * scale))
        .collect()
}
