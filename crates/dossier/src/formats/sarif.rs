//! SARIF 2.1.0 (OASIS): findings as results of an analysis, each with its place in a file.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::io::{self, Write};

use daylight_model::{Finding, Level, Rule, SourceRecord};
use serde_json::{Value, json};

use crate::{Case, clean};

/// Writes one run: the rules that found something, the files they found it in, and a result for
/// each finding, one a line. Findings are gone through as they come, not held in memory.
///
/// # Errors
/// What the writer says.
pub fn sarif(
    case: &Case<'_>,
    findings: impl IntoIterator<Item: Borrow<Finding>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{{\n\"version\": \"2.1.0\",\n\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n\"runs\": [{{"
    )?;
    let rules: HashMap<&str, usize> = case
        .rules
        .iter()
        .enumerate()
        .map(|(at, rule)| (rule.id.as_str(), at))
        .collect();
    writeln!(out, "\"tool\": {},", tool(case))?;
    writeln!(out, "\"invocations\": [{}],", invocation(case))?;
    let artifacts: Vec<Value> = case.manifest.sources.iter().map(artifact).collect();
    writeln!(out, "\"artifacts\": {},", Value::from(artifacts))?;
    writeln!(
        out,
        "\"columnKind\": \"unicodeCodePoints\",\n\"results\": ["
    )?;
    for (number, finding) in findings.into_iter().enumerate() {
        let finding = finding.borrow();
        let comma = if number == 0 { "" } else { "," };
        let rule = rules.get(finding.rule.id.as_str()).copied();
        writeln!(out, "{comma}{}", result(finding, rule))?;
    }
    writeln!(out, "]\n}}]\n}}")
}

fn tool(case: &Case<'_>) -> Value {
    let rules: Vec<Value> = case.rules.iter().map(|rule| descriptor(rule)).collect();
    json!({ "driver": {
        "name": "Daylight",
        "semanticVersion": case.tool_version,
        "version": case.tool_version,
        "rules": rules,
    }})
}

fn descriptor(rule: &Rule) -> Value {
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": { "text": clean::line(&rule.title) },
        "defaultConfiguration": { "level": level(rule.level) },
        "properties": {
            "tags": rule.tags,
            "security-severity": severity(rule.level),
            "references": rule.references,
            "falsePositives": rule.false_positives,
        },
    });
    if !rule.description.is_empty() {
        descriptor["fullDescription"] = json!({ "text": clean::line(&rule.description) });
    }
    descriptor
}

fn invocation(case: &Case<'_>) -> Value {
    let mut invocation = json!({
        "executionSuccessful": true,
        "endTimeUtc": case.generated.to_string(),
    });
    if let Some(command) = case.command {
        invocation["commandLine"] = json!(command);
    }
    invocation
}

fn artifact(source: &SourceRecord) -> Value {
    let mut artifact = json!({
        "location": { "uri": uri(&source.path) },
        "length": source.size_bytes,
        "properties": { "kind": source.kind, "events": source.events },
    });
    if !source.sha256.is_empty() {
        artifact["hashes"] = json!({ "sha-256": source.sha256 });
    }
    artifact
}

fn result(finding: &Finding, rule: Option<usize>) -> Value {
    let host = finding.host.as_deref().unwrap_or("an unknown machine");
    let mut result = json!({
        "ruleId": finding.rule.id,
        "level": level(finding.rule.level),
        "message": { "text": format!(
            "{} on {}", clean::line(&finding.rule.title), clean::value(host)
        ) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&finding.file), "index": finding.source },
            "region": { "byteOffset": finding.offset, "byteLength": 0 },
        }}],
        "partialFingerprints": { "findingId/v1": finding.id },
        "properties": {
            "time": finding.time.map(|time| time.to_string()),
            "host": finding.host,
            "log": finding.family.title(),
            "channel": finding.channel,
            "eventId": finding.event_id,
            "record": finding.record,
            "matched": finding.matched,
            "context": finding.context,
        },
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = json!(rule);
    }
    result
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Critical | Level::High => "error",
        Level::Medium => "warning",
        Level::Low | Level::Informational => "note",
    }
}

/// What code scanning services sort by: the lowest score of the CVSS band of the same name.
const fn severity(level: Level) -> &'static str {
    match level {
        Level::Critical => "9.0",
        Level::High => "7.0",
        Level::Medium => "4.0",
        Level::Low => "0.1",
        Level::Informational => "0.0",
    }
}

/// A path as a reference that any reader of URIs takes (RFC 3986, section 3.3).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/!".contains(&byte);
        if is_plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    // A name that begins with two strokes would be read as a host.
    if uri.starts_with("//") {
        uri.insert_str(0, "/.");
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri(r"C:\Logs\a b.evtx"), "C%3A/Logs/a%20b.evtx");
        assert_eq!(uri("k.zip!é#1"), "k.zip!%C3%A9%231");
        assert_eq!(uri("//server/x"), "/.//server/x");
    }
}
