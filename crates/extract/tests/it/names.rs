//! Names that models read: how many of the marked ones they find, and what becomes of them.

use std::collections::HashSet;

use daylight_extract::training::Convention;
use daylight_extract::{Lexicon, Models, read};
use daylight_model::{EntityKind, Reading, Span};
use serde_json::Value;

use crate::gold::anonymous;
use crate::story::annotated;

/// Harmonic mean of precision and recall over whole names with their kinds.
#[allow(clippy::unwrap_used, reason = "a test")]
fn exact_f1(set: &str, convention: Convention) -> Option<f64> {
    let lines = annotated(&format!("{set}/dev"))?;
    let (mut text, mut sentences, mut marked) = (String::new(), Vec::new(), HashSet::new());
    for line in &lines {
        let start = text.len();
        let sentence = line["text"].as_str().unwrap();
        text.push_str(sentence);
        let byte = |point: &Value| {
            let point = point.as_u64().unwrap() as usize;
            let mut points = sentence.char_indices().skip(point);
            start + points.next().map_or(sentence.len(), |(at, _)| at)
        };
        for name in line["entities"].as_array().unwrap() {
            let span = Span::new(byte(&name["start"]), byte(&name["end"]));
            marked.insert((span, name["type"].as_str().unwrap().to_owned()));
        }
        sentences.push(Span::new(start, text.len()));
        text.push('\n');
    }
    let found = Models::embedded()
        .unwrap()
        .names(&text, &sentences, convention);
    let right = found
        .iter()
        .filter(|name| marked.contains(&(name.span, name.kind.to_owned())))
        .count();
    Some(2.0 * right as f64 / (found.len() + marked.len()) as f64)
}

#[test]
fn names_in_reports_are_found() {
    let f1 = exact_f1("aptner", Convention::Reports);
    assert!(f1.is_none_or(|f1| f1 >= 0.60), "{f1:?}");
}

#[test]
fn names_in_articles_are_found() {
    let f1 = exact_f1("cyner", Convention::Articles);
    assert!(f1.is_none_or(|f1| f1 >= 0.72), "{f1:?}");
}

fn reading(text: &str, models: &mut Models) -> Reading {
    let mut reading = read(anonymous(text), &Lexicon::new([]), &|_| true);
    models.add_to(&mut reading);
    reading
}

const REPORT: &str = "The group known as APT77 targeted two banks in Norway. It used a backdoor \
    called Vexolith, which steals passwords. Vexolith was sent by mail. Researchers at Kestrel \
    Labs say that APT77 deployed Vexolith malware in May.";

#[test]
fn a_name_that_nobody_listed_says_that_a_model_read_it() {
    let mut models = Models::embedded().unwrap();
    let reading = reading(REPORT, &mut models);
    for entity in reading
        .entities
        .iter()
        .filter(|entity| entity.read_by_model.is_some())
    {
        assert_eq!(entity.known_as, None, "{entity:?}");
        assert!(
            entity
                .read_by_model
                .is_some_and(|sure| (0.5..=1.0).contains(&sure))
        );
        assert!(!entity.mentions.is_empty());
        for mention in &entity.mentions {
            assert_eq!(mention.span.of(REPORT), mention.text);
        }
    }
    let group: Vec<_> = reading
        .entities
        .iter()
        .filter(|entity| entity.name == "APT77")
        .collect();
    assert_eq!(
        group.len(),
        1,
        "known by its shape, it is not read a second time"
    );
    assert_eq!(group[0].kind, EntityKind::IntrusionSet);
    assert_eq!(group[0].read_by_model, None);
}

#[test]
fn the_same_text_gives_the_same_names_whatever_was_read_before() {
    let mut models = Models::embedded().unwrap();
    let first = reading(REPORT, &mut models);
    reading(
        "Something else entirely, by Quillmark Inc., about Zorbane.",
        &mut models,
    );
    assert_eq!(first.entities, reading(REPORT, &mut models).entities);
}

#[test]
fn any_text_is_read() {
    let mut models = Models::embedded().unwrap();
    for text in [
        String::new(),
        "\u{0}\u{fffd} ’’’ they’re t’999’ ٣٤٥ 😀".to_owned(),
        "Aaa bbb ".repeat(50_000),
        "x".repeat(200_000),
        ".".repeat(20_000),
    ] {
        let whole = [Span::new(0, text.len())];
        for convention in [Convention::Reports, Convention::Articles] {
            for name in models.names(&text, &whole, convention) {
                assert!(!name.span.of(&text).is_empty());
            }
        }
    }
}
