//! The evaluation sets, as far as they may be learnt from.

use std::fs::File;
use std::io::{BufRead, BufReader};

use anyhow::{Context, Result};
use serde_json::Value;

/// The lines of one of the sets, `aptner/train` for instance.
pub(crate) fn lines(set: &str) -> Result<Vec<Value>> {
    let path = crate::shared_folder()?.join(format!("eval/{set}.jsonl"));
    let file = File::open(&path).with_context(|| path.display().to_string())?;
    BufReader::new(file)
        .lines()
        .filter(|line| !line.as_ref().is_ok_and(|line| line.trim().is_empty()))
        .map(|line| serde_json::from_str(&line?).with_context(|| path.display().to_string()))
        .collect()
}
