//! Writes predictions for the evaluation sets: `predict TASK < dev.jsonl > predictions.jsonl`.

#![allow(clippy::print_stdout, reason = "this example is a program")]

use std::error::Error;
use std::io::{BufRead, stdin};

use daylight_extract::{IndicatorContext, indicators};
use daylight_model::{IndicatorKind, Span};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let task = std::env::args().nth(1).unwrap_or_default();
    let predict: fn(&Value) -> Value = match task.as_str() {
        "indicators" => predict_indicators,
        other => return Err(format!("unknown task {other:?}; known tasks: indicators").into()),
    };
    for (number, line) in stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let document: Value =
            serde_json::from_str(&line).map_err(|error| format!("line {}: {error}", number + 1))?;
        println!("{}", predict(&document));
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
