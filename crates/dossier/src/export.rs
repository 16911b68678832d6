//! Findings for machines and for spreadsheets.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Write};
use std::sync::Arc;

use daylight_model::{Finding, LogFamily, MatchedField, Rule, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::clean::csv_cell;

/// One finding a line, as JSON, unchanged and complete.
///
/// # Errors
/// What the writer says, or a value that JSON cannot hold.
pub fn findings_jsonl(
    findings: impl IntoIterator<Item: Borrow<Finding>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    // Rules say most of a line, and the same in many: each is written down once.
    let mut rules: HashMap<usize, (Arc<Rule>, Box<RawValue>)> = HashMap::new();
    let mut line = Vec::new();
    for finding in findings {
        let finding = finding.borrow();
        let address = Arc::as_ptr(&finding.rule).addr();
        let rule = match rules.entry(address) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                // The address is that of this rule as long as the rule is kept.
                let written = serde_json::value::to_raw_value(&*finding.rule)?;
                entry.insert((Arc::clone(&finding.rule), written))
            }
        };
        line.clear();
        serde_json::to_writer(&mut line, &Line::of(finding, &rule.1))?;
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(())
}

/// A finding with its rule written down already; all as [`Finding`] has it.
#[derive(Serialize)]
struct Line<'f> {
    id: &'f str,
    rule: &'f RawValue,
    time: Option<Timestamp>,
    host: Option<&'f str>,
    family: LogFamily,
    channel: Option<&'f str>,
    provider: Option<&'f str>,
    event_id: Option<u32>,
    record: u64,
    offset: u64,
    source: usize,
    file: &'f str,
    file_sha256: &'f str,
    matched: &'f [MatchedField],
    context: &'f [MatchedField],
}

impl<'f> Line<'f> {
    fn of(finding: &'f Finding, written: &'f RawValue) -> Self {
        let Finding {
            id,
            rule: _,
            time,
            host,
            family,
            channel,
            provider,
            event_id,
            record,
            offset,
            source,
            file,
            file_sha256,
            matched,
            context,
        } = finding;
        Self {
            id,
            rule: written,
            time: *time,
            host: host.as_deref(),
            family: *family,
            channel: channel.as_deref(),
            provider: provider.as_deref(),
            event_id: *event_id,
            record: *record,
            offset: *offset,
            source: *source,
            file,
            file_sha256,
            matched,
            context,
        }
    }
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
