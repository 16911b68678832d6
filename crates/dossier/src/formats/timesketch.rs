//! Findings for Timesketch: one event a line, with the three fields it asks for. The others are
//! called as in [`crate::timeline()`], so that findings lie among all events.

use std::borrow::Borrow;
use std::io::{self, Write};

use daylight_model::{Finding, LogFamily, MatchedField};
use serde_json::{Map, Value, json};

use crate::clean;

/// Writes the findings that have a time, by Timesketch's "message", "datetime" and
/// "timestamp_desc"; gives how many had none and were left out.
///
/// # Errors
/// What the writer says.
pub fn timesketch_jsonl(
    findings: impl IntoIterator<Item: Borrow<Finding>>,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let mut timeless = 0;
    for finding in findings {
        let Some(line) = line(finding.borrow()) else {
            timeless += 1;
            continue;
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(timeless)
}

fn line(finding: &Finding) -> Option<Value> {
    let time = finding.time?;
    let host = finding.host.as_deref().unwrap_or("an unknown machine");
    let what: Vec<String> = finding.matched.iter().map(shown).collect();
    Some(json!({
        "message": format!(
            "[{}] {} on {}: {}",
            finding.rule.level.as_str(),
            clean::line(&finding.rule.title),
            clean::value(host),
            what.join(", ")
        ),
        "datetime": time.to_string(),
        "timestamp": time.as_microsecond(),
        "timestamp_desc": match finding.family {
            LogFamily::FileListing => "Content Modification Time",
            _ => "Event logged",
        },
        "data_type": "daylight:finding",
        "log_family": finding.family.title(),
        "host": finding.host,
        "provider": finding.provider,
        "rule_id": finding.rule.id,
        "rule_level": finding.rule.level.as_str(),
        "tag": finding.rule.techniques().collect::<Vec<String>>(),
        "event_id": finding.event_id,
        "channel": finding.channel,
        "record": finding.record,
        "offset_bytes": finding.offset,
        "file": finding.file,
        "file_sha256": finding.file_sha256,
        "finding_id": finding.id,
        "fields": fields(finding),
    }))
}

fn shown(field: &MatchedField) -> String {
    format!(
        "{} “{}”",
        clean::value(&field.field),
        clean::value(&field.value)
    )
}

fn fields(finding: &Finding) -> Map<String, Value> {
    let all = finding.context.iter().chain(&finding.matched);
    all.map(|field| (field.field.to_string(), json!(field.value)))
        .collect()
}
