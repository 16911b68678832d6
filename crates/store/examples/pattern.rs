//! Answers questions about patterns, one JSON object a line: what is wrong with `pattern`, and
//! which of `observations` it matches. Foreign test suites ask through it.

use std::io::{self, BufRead, Write};

use daylight_store::pattern::{Observations, Pattern};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        writeln!(out, "{}", answer(&question))?;
        out.flush()?;
    }
    Ok(())
}

fn answer(question: &Value) -> Value {
    let pattern = match Pattern::parse(question["pattern"].as_str().unwrap_or_default()) {
        Ok(pattern) => pattern,
        Err(error) => return json!({ "no_pattern": error.to_string() }),
    };
    let Some(observations) = question["observations"].as_array() else {
        return json!({ "problems": pattern.problems() });
    };
    let found = Observations::of(observations).and_then(|observations| {
        Ok(pattern
            .find(&observations)?
            .unwrap_or_default()
            .into_iter()
            .cloned()
            .collect())
    });
    match found {
        Ok(found) => Value::Object(
            [("matched".to_owned(), Value::Array(found))]
                .into_iter()
                .collect(),
        ),
        Err(reason) => json!({ "cannot": reason }),
    }
}
