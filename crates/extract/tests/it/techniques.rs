//! Techniques described in prose: what is told of our own reports, and how well it does on the
//! annotated ones.
// Clippy lets tests unwrap, but not the functions they share; what is skipped is said.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;

use daylight_extract::{Lexicon, Models, read};
use daylight_model::{BlockKind, Reading};
use serde_json::Value;

use crate::gold::document;
use crate::story::annotated;

/// What must not be fallen below: phrases (micro F1) and reports (mean F1).
const PHRASES_MIN: f64 = 0.80;
const REPORTS_MIN: f64 = 0.70;

fn reading(paragraphs: &[(BlockKind, &str)]) -> Reading {
    let lines: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.1).collect();
    let mut document = document(&lines.join("\n"), "Outlet", "2024-01-01");
    document.blocks.clear();
    let mut start = 0;
    for (kind, text) in paragraphs {
        document.blocks.push(daylight_model::Block {
            span: daylight_model::Span::new(start, start + text.len()),
            kind: kind.clone(),
        });
        start += text.len() + 1;
    }
    let mut reading = read(document, &Lexicon::new([]), &|_| true);
    Models::embedded().unwrap().add_to(&mut reading);
    reading
}

fn ids(reading: &Reading) -> Vec<&str> {
    reading
        .described
        .iter()
        .map(|one| one.id.as_str())
        .collect()
}

const STORY: [(BlockKind, &str); 4] = [
    (
        BlockKind::Paragraph,
        "The implant survives a restart by creating a scheduled task with schtasks.exe.",
    ),
    (
        BlockKind::Paragraph,
        "It records keystrokes with a keylogger and writes them to a hidden file.",
    ),
    (
        BlockKind::Paragraph,
        "The implant takes a screenshot of the desktop every minute.",
    ),
    (
        BlockKind::Paragraph,
        "The mayor of the town opened a new library on Monday.",
    ),
];

#[test]
fn deeds_are_described_with_their_sentence() {
    let reading = reading(&STORY);
    let text = &reading.document.text;
    for (id, paragraph) in [("T1053.005", 0), ("T1056.001", 1), ("T1113", 2)] {
        let one = reading.described.iter().find(|one| one.id == id);
        let one = one.unwrap_or_else(|| panic!("{id} is not in {:?}", ids(&reading)));
        assert_eq!(one.sentence.of(text), STORY[paragraph].1);
        assert!(!one.words.is_empty() && one.probability <= 1.0, "{one:?}");
        assert!(
            one.words
                .iter()
                .all(|word| STORY[paragraph].1.contains(word.as_str()))
        );
    }
    let library = STORY[3].1;
    assert!(
        reading
            .described
            .iter()
            .all(|one| one.sentence.of(text) != library)
    );
}

#[test]
fn what_is_named_is_not_described() {
    let mut story = STORY.to_vec();
    story.push((BlockKind::Paragraph, "Techniques: T1053.005."));
    assert!(!ids(&reading(&story)).contains(&"T1053.005"));
}

#[test]
fn advice_is_no_deed() {
    let advice = reading(&[
        (
            BlockKind::Paragraph,
            "Monitor for scheduled tasks created with schtasks.exe.",
        ),
        (
            BlockKind::Paragraph,
            "Organizations should detect keyloggers that record keystrokes.",
        ),
        (BlockKind::Heading, "Mitigations"),
        (
            BlockKind::Paragraph,
            "Attackers dump the memory of LSASS to steal credentials.",
        ),
    ]);
    assert!(advice.described.is_empty(), "{:?}", advice.described);
}

#[test]
fn any_text_is_read() {
    for text in [
        "",
        "é",
        "\u{0}\u{0}",
        &"schtasks ".repeat(200_000),
        &"😀".repeat(10_000),
    ] {
        let mut models = Models::embedded().unwrap();
        models.techniques_of_report(text);
        models.technique_of_phrase(text);
    }
}

fn set(value: &Value) -> BTreeSet<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn f1(right: usize, told: usize, annotated: usize) -> f64 {
    2.0 * right as f64 / (told + annotated).max(1) as f64
}

#[test]
fn phrases_of_reports_get_their_technique() {
    let lines = annotated("tram/spans.dev").unwrap_or_default();
    let mut models = Models::embedded().unwrap();
    let (mut right, mut marked) = (0, 0);
    for line in &lines {
        let gold = set(&line["labels"]);
        let told = models.technique_of_phrase(line["text"].as_str().unwrap());
        right += usize::from(told.is_some_and(|told| gold.contains(told)));
        marked += gold.len();
    }
    let score = f1(right, lines.len(), marked);
    assert!(lines.is_empty() || score >= PHRASES_MIN, "{score}");
}

#[test]
fn reports_get_their_techniques() {
    let lines = annotated("tram/docs.dev").unwrap_or_default();
    let mut models = Models::embedded().unwrap();
    let mut scores = Vec::new();
    for line in &lines {
        let gold = set(&line["techniques"]);
        let told = models.techniques_of_report(line["text"].as_str().unwrap());
        let right = told.iter().filter(|told| gold.contains(**told)).count();
        if !gold.is_empty() {
            scores.push(f1(right, told.len(), gold.len()));
        }
    }
    let score = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    assert!(lines.is_empty() || score >= REPORTS_MIN, "{score}");
}
