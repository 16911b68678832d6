//! Writes predictions for the evaluation sets: `predict TASK < dev.jsonl > predictions.jsonl`.

#![allow(clippy::print_stdout, reason = "this example is a program")]

use std::error::Error;
use std::io::{BufRead, stdin};

use daylight_extract::training::Convention;
use daylight_extract::training::events::inputs::{KINDS, ROLES};
use daylight_extract::training::events::parts::REALIS;
use daylight_extract::{IndicatorContext, Models, indicators};
use daylight_model::{IndicatorKind, Span};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let task = std::env::args().nth(1).unwrap_or_default();
    let mut models = Models::embedded()?;
    let predict: fn(&mut Models, &Value) -> Value = match task.as_str() {
        "indicators" => |_, document| predict_indicators(document),
        "techniques" => predict_techniques,
        "events" => {
            models = models.thoroughly()?;
            predict_events
        }
        "events-quickly" => predict_events,
        "entities-aptner" => return predict_names(&mut models, Convention::Reports),
        "entities-cyner" => return predict_names(&mut models, Convention::Articles),
        other => {
            let known =
                "indicators, entities-aptner, entities-cyner, events, events-quickly, techniques";
            return Err(format!("unknown task {other:?}; known tasks: {known}").into());
        }
    };
    for (number, line) in stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let document: Value =
            serde_json::from_str(&line).map_err(|error| format!("line {}: {error}", number + 1))?;
        println!("{}", predict(&mut models, &document));
    }
    Ok(())
}

fn predict_indicators(document: &Value) -> Value {
    let text = document["text"].as_str().unwrap_or_default();
    let found = indicators(text, Span::new(0, text.len()), &IndicatorContext::default());
    let predicted: Vec<Value> = found
        .iter()
        .map(|one| {
            let kind = match one.kind {
                IndicatorKind::CryptoAddress => json!("crypto"),
                kind => json!(kind),
            };
            json!({ "type": kind, "value": one.value, "role": one.role, "defanged": one.defanged })
        })
        .collect();
    json!({ "doc_id": document["doc_id"], "indicators": predicted })
}

/// Names are read from all lines together: the lines of a report follow each other there, and
/// one explains what another says.
fn predict_names(models: &mut Models, convention: Convention) -> Result<(), Box<dyn Error>> {
    let mut ids = Vec::new();
    let mut text = String::new();
    let mut sentences = Vec::new();
    for line in stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let sentence: Value = serde_json::from_str(&line)?;
        ids.push(sentence["id"].clone());
        let start = text.len();
        text.push_str(sentence["text"].as_str().unwrap_or_default());
        sentences.push(Span::new(start, text.len()));
        text.push('\n');
    }
    let names = models.names(&text, &sentences, convention);
    for (id, sentence) in ids.iter().zip(&sentences) {
        let from = names.partition_point(|name| name.span.start < sentence.start);
        let inside = names[from..]
            .iter()
            .take_while(|name| name.span.end <= sentence.end);
        let points = |end: usize| text[sentence.start..end].chars().count();
        let found: Vec<Value> = inside
            .map(|name| {
                json!({
                    "start": points(name.span.start),
                    "end": points(name.span.end),
                    "type": name.kind,
                    "probability": name.probability,
                })
            })
            .collect();
        println!("{}", json!({ "id": id, "entities": found }));
    }
    Ok(())
}

/// A phrase where there is an `id`, else a whole report.
fn predict_techniques(models: &mut Models, line: &Value) -> Value {
    let text = line["text"].as_str().unwrap_or_default();
    if line["id"].is_string() {
        let label = models.technique_of_phrase(text);
        return json!({ "id": line["id"], "labels": label.into_iter().collect::<Vec<_>>() });
    }
    json!({ "doc_id": line["doc_id"], "techniques": models.techniques_of_report(text) })
}

fn predict_events(models: &mut Models, document: &Value) -> Value {
    let text = document["text"].as_str().unwrap_or_default();
    // The scorer counts characters.
    let mut counts = vec![0; text.len() + 1];
    for (count, (at, _)) in text.char_indices().enumerate() {
        counts[at] = count;
    }
    counts[text.len()] = text.chars().count();
    let events: Vec<Value> = models
        .plain_events(text)
        .iter()
        .map(|event| {
            let roles: Vec<Value> = event
                .roles
                .iter()
                .map(|(role, span)| {
                    json!({ "role": ROLES[*role].0, "start": counts[span.start], "end": counts[span.end] })
                })
                .collect();
            json!({
                "type": KINDS[event.kind],
                "realis": REALIS[event.realis],
                "trigger": { "start": counts[event.trigger.start], "end": counts[event.trigger.end] },
                "args": roles,
            })
        })
        .collect();
    json!({ "doc_id": document["doc_id"], "events": events })
}
