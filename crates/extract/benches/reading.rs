//! MB of text a second that one core reads: everything, the models, the rules, and each part of
//! the rules on its own, with the lexicon of the product. The texts are the shared ones where they are at hand
//! (`DAYLIGHT_SHARED`, else `../shared` beside the repository), else the gold texts, repeated.
//!
//! `cargo bench -p daylight-extract --bench reading [-- ROUNDS]`

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use daylight_extract::{
    IndicatorContext, KnownName, Lexicon, Models, indicators, quantities, read, techniques, times,
};
use daylight_knowledge::Knowledge;
use daylight_model::{Document, Reading, Span};
use daylight_report::{Options, read_bytes};
use serde_json::Value;

const ROUNDS: usize = 5;

/// Of the shared texts, those of which every line holds a whole document.
const SETS: &[&str] = &[
    "casie/train",
    "casie/dev",
    "tram/docs.train",
    "tram/docs.dev",
    "indicators/dev",
];

fn main() {
    // Cargo passes `--bench` on.
    let rounds = std::env::args().find_map(|argument| argument.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let documents: Vec<Document> = texts().iter().filter_map(|text| document(text)).collect();
    let lexicon = lexicon();
    let knowledge = Knowledge::embedded();
    let is_technique = |id: &str| knowledge.technique(id).is_some();
    let bytes: usize = documents.iter().map(content_bytes).sum();
    println!(
        "{} documents, {:.1} MB, best of {rounds} rounds",
        documents.len(),
        bytes as f64 / 1e6
    );

    let of_blocks = |part: &dyn Fn(&Document, Span)| {
        best(rounds, || {
            for document in &documents {
                for block in document.content() {
                    part(document, block.span);
                }
            }
        })
    };
    let parts = [
        (
            "indicators",
            of_blocks(&|document, span| {
                black_box(indicators(
                    &document.text,
                    span,
                    &IndicatorContext::default(),
                ));
            }),
        ),
        (
            "techniques",
            of_blocks(&|document, span| {
                black_box(techniques(&document.text, span, &is_technique));
            }),
        ),
        (
            "times",
            of_blocks(&|document, span| {
                black_box(times(&document.text, span, document.published));
            }),
        ),
        (
            "quantities",
            of_blocks(&|document, span| {
                black_box(quantities(&document.text, span));
            }),
        ),
    ];
    let Some((rules, models)) = everything(rounds, &documents, &lexicon, &is_technique) else {
        println!("the models cannot be read");
        return;
    };
    let rest = rules.saturating_sub(parts.iter().map(|(_, taken)| *taken).sum());
    print("everything", bytes, rules + models);
    print("models", bytes, models);
    print("rules", bytes, rules);
    for (name, taken) in parts {
        print(name, bytes, taken);
    }
    print("names, sentences, claims", bytes, rest);
}

/// The quickest round of reading everything, by rules and by models; copying the documents is
/// not measured.
fn everything(
    rounds: usize,
    documents: &[Document],
    lexicon: &Lexicon,
    is_technique: &dyn Fn(&str) -> bool,
) -> Option<(Duration, Duration)> {
    let mut models = Models::embedded().ok()?;
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        let copies = documents.to_vec();
        let start = Instant::now();
        let mut readings: Vec<Reading> = copies
            .into_iter()
            .map(|document| read(document, lexicon, is_technique))
            .collect();
        let by_rules = start.elapsed();
        for reading in &mut readings {
            models.add_to(reading);
        }
        let by_models = start.elapsed() - by_rules;
        black_box(&readings);
        best = (best.0.min(by_rules), best.1.min(by_models));
    }
    Some(best)
}

fn best(rounds: usize, mut round: impl FnMut()) -> Duration {
    let rounds = (0..rounds).map(|_| {
        let start = Instant::now();
        round();
        start.elapsed()
    });
    rounds.min().unwrap_or_default()
}

fn print(name: &str, bytes: usize, taken: Duration) {
    println!(
        "{name:<26}{:>8.1} MB/s",
        bytes as f64 / 1e6 / taken.as_secs_f64()
    );
}

fn content_bytes(document: &Document) -> usize {
    document.content().map(|block| block.span.len()).sum()
}

fn document(text: &str) -> Option<Document> {
    read_bytes("report.txt", text.as_bytes(), &Options::default()).ok()
}

/// The names of background knowledge, as the product hands them in.
fn lexicon() -> Lexicon {
    Lexicon::new(Knowledge::embedded().names().map(|name| KnownName {
        text: name.text.to_owned(),
        kind: name.kind,
        id: Some(name.id.to_owned()),
        canonical: name.canonical.to_owned(),
        ambiguous: name.ambiguous,
    }))
}

fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("DAYLIGHT_SHARED")
        .map_or_else(|| root.join("../../../shared"), PathBuf::from);
    let mut texts: Vec<String> = SETS
        .iter()
        .filter_map(|set| fs::read_to_string(shared.join(format!("eval/{set}.jsonl"))).ok())
        .flat_map(|set| set.lines().filter_map(text_of).collect::<Vec<_>>())
        .collect();
    texts.extend(files(&shared.join("reports"), "txt"));
    if texts.is_empty() {
        let gold = files(&root.join("tests/gold"), "gold");
        texts = gold.iter().cycle().take(gold.len() * 50).cloned().collect();
    }
    texts
}

fn text_of(line: &str) -> Option<String> {
    let document: Value = serde_json::from_str(line).ok()?;
    Some(document.get("text")?.as_str()?.to_owned())
}

/// The files of a folder that end so, in the order of their names.
fn files(folder: &Path, extension: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect()
}
