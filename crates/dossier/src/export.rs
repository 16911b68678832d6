//! Findings for machines and for spreadsheets.

use std::borrow::Borrow;
use std::io::{self, Write};

use daylight_model::{Finding, MatchedField};

use crate::clean::csv_cell;

/// One finding a line, as JSON, unchanged and complete.
///
/// # Errors
/// What the writer says, or a value that JSON cannot hold.
pub fn findings_jsonl(
    findings: impl IntoIterator<Item: Borrow<Finding>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for finding in findings {
        serde_json::to_writer(&mut *out, finding.borrow())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// One finding a row, with a header, for spreadsheets (RFC 4180, UTF-8).
///
/// A value that a spreadsheet would take for a formula has an apostrophe before it.
///
/// # Errors
/// What the writer says.
pub fn findings_csv(
    findings: impl IntoIterator<Item: Borrow<Finding>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    const HEADER: [&str; 16] = [
        "time",
        "level",
        "rule_title",
        "rule_id",
        "tags",
        "host",
        "log_family",
        "channel",
        "provider",
        "event_id",
        "record",
        "offset_bytes",
        "file",
        "file_sha256",
        "matched",
        "context",
    ];
    writeln!(out, "{}\r", HEADER.join(","))?;
    for finding in findings {
        let finding = finding.borrow();
        let cells = [
            finding
                .time
                .map(|time| time.to_string())
                .unwrap_or_default(),
            finding.rule.level.as_str().to_owned(),
            finding.rule.title.clone(),
            finding.rule.id.clone(),
            finding.rule.tags.join(" "),
            finding.host.clone().unwrap_or_default(),
            finding.family.title().to_owned(),
            finding.channel.clone().unwrap_or_default(),
            finding.provider.clone().unwrap_or_default(),
            finding
                .event_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            finding.record.to_string(),
            finding.offset.to_string(),
            finding.file.clone(),
            finding.file_sha256.clone(),
            fields(&finding.matched),
            fields(&finding.context),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        writeln!(out, "{}\r", cells.join(","))?;
    }
    Ok(())
}

fn fields(fields: &[MatchedField]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|field| format!("{}={}", field.field, field.value))
        .collect();
    pairs.join("; ")
}
