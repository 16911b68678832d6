//! The evaluation sets, as far as they may be learnt from.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

/// The folder of evaluation sets: `DAYLIGHT_SHARED` or `../shared` beside the project, `eval`.
pub(crate) fn folder() -> PathBuf {
    let shared = std::env::var_os("DAYLIGHT_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
        PathBuf::from,
    );
    shared.join("eval")
}

/// The lines of one of the sets, `aptner/train` for instance.
pub(crate) fn lines(set: &str) -> Result<Vec<Value>> {
    let path = folder().join(format!("{set}.jsonl"));
    let file = File::open(&path).with_context(|| path.display().to_string())?;
    BufReader::new(file)
        .lines()
        .filter(|line| line.as_ref().is_ok_and(|line| !line.trim().is_empty()))
        .map(|line| serde_json::from_str(&line?).with_context(|| path.display().to_string()))
        .collect()
}
