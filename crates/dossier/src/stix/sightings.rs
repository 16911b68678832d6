//! Findings: what was observed, where, and of what it is a sighting.

use std::collections::HashMap;

use daylight_model::{Finding, FindingKind, LogFamily, SubjectKind, Timestamp, derived_id};
use serde_json::{Value, json};

use super::bundle::{Bundle, moment};
use super::{entities, ids, observables};
use crate::Case;
use crate::views;

/// How many findings a bundle carries; `findings.jsonl` holds all, and a note says so.
const FINDINGS_MAX: usize = 10_000;

/// Adds the findings. Gives the ids of the sightings and notes.
pub(super) fn add(bundle: &mut Bundle, case: &Case<'_>) {
    let all: Vec<&Finding> = case.findings.iter().collect();
    let (shown, left_out) = views::most_severe(&all, FINDINGS_MAX);
    let names: HashMap<&str, &str> = case
        .coverage
        .rows
        .iter()
        .filter(|row| row.kind == SubjectKind::Technique)
        .map(|row| (row.id.as_str(), row.name.as_str()))
        .collect();
    for finding in shown {
        one(bundle, finding, &names, case.generated);
    }
    if left_out > 0 {
        let daylight = bundle.daylight.clone();
        let properties = json!({
            "abstract": "Findings left out",
            "content": format!("{left_out} further findings, none more severe than those here, are in findings.jsonl."),
            "object_refs": [daylight],
        });
        let id = derived_id("note", &["findings-left-out", &left_out.to_string()]);
        bundle.add_domain("note", &id, Some(&daylight), properties);
    }
}

fn one(bundle: &mut Bundle, finding: &Finding, names: &HashMap<&str, &str>, generated: Timestamp) {
    let daylight = bundle.daylight.clone();
    let host = finding
        .host
        .as_deref()
        .filter(|host| !host.trim().is_empty())
        .map(|host| {
            let id = derived_id("identity", &["system", &host.to_lowercase()]);
            bundle.add_domain(
                "identity",
                &id,
                None,
                json!({ "name": host, "identity_class": "system" }),
            )
        });
    let observed = observed_data(bundle, finding, generated);
    let description = format!(
        "{} (rule {}, level {}): record {} at byte {} of {}, SHA-256 {}.",
        finding.rule.title,
        finding.rule.id,
        finding.rule.level.as_str(),
        finding.record,
        finding.offset,
        finding.file,
        finding.file_sha256
    );
    match sighted(bundle, finding, names) {
        Some(of) => {
            let properties = json!({
                "description": description,
                "first_seen": finding.time.map(moment),
                "last_seen": finding.time.map(moment),
                "count": 1,
                "sighting_of_ref": of,
                "observed_data_refs": observed.map(|id| vec![id]),
                "where_sighted_refs": host.map(|id| vec![id]),
            });
            bundle.add_domain("sighting", &finding.id, Some(&daylight), properties);
        }
        // A rule that names neither technique nor flaw has nothing to be a sighting of.
        None => {
            let about: Vec<String> = [observed, host].into_iter().flatten().collect();
            let about = if about.is_empty() {
                vec![daylight.clone()]
            } else {
                about
            };
            let properties = json!({ "abstract": finding.rule.title, "content": description, "object_refs": about });
            let id = finding.id.replacen("sighting--", "note--", 1);
            bundle.add_domain("note", &id, Some(&daylight), properties);
        }
    }
}

/// The object a finding is a sighting of: the indicator, else the technique, else the flaw.
fn sighted(bundle: &mut Bundle, finding: &Finding, names: &HashMap<&str, &str>) -> Option<String> {
    let rule = &finding.rule;
    if rule.kind == FindingKind::Indicator && bundle.contains(&rule.id) {
        return Some(rule.id.clone());
    }
    if let Some(technique) = rule.techniques().next() {
        let name = names.get(technique.as_str()).copied();
        return Some(entities::technique(bundle, &technique, name));
    }
    rule.vulnerabilities()
        .next()
        .map(|flaw| entities::vulnerability(bundle, &flaw))
}

/// What the record shows; without a time there is no observed data in STIX. A file that was handed
/// in was observed when it was looked at.
fn observed_data(bundle: &mut Bundle, finding: &Finding, generated: Timestamp) -> Option<String> {
    let looked_at = (finding.family == LogFamily::FileListing).then_some(generated);
    let time = moment(looked_at.or(finding.time)?);
    let mut objects = vec![evidence_file(finding)?];
    for field in finding.matched.iter().chain(&finding.context) {
        objects.extend(field_objects(&field.field, &field.value));
    }
    let mut references: Vec<String> = Vec::new();
    for object in objects {
        let id = bundle.add(object);
        if !references.contains(&id) {
            references.push(id);
        }
    }
    let properties = json!({
        "first_observed": time,
        "last_observed": time,
        "number_observed": 1,
        "object_refs": references,
    });
    let daylight = bundle.daylight.clone();
    let id = derived_id("observed-data", &[&finding.id]);
    Some(bundle.add_domain("observed-data", &id, Some(&daylight), properties))
}

/// The file the record stands in.
fn evidence_file(finding: &Finding) -> Option<Value> {
    let name = finding
        .file
        .rsplit(['/', '\\', '!'])
        .next()
        .filter(|name| !name.is_empty());
    let is_hash = finding.file_sha256.len() == 64
        && finding.file_sha256.chars().all(|c| c.is_ascii_hexdigit());
    let hash = is_hash.then_some(("SHA-256", finding.file_sha256.as_str()));
    (name.is_some() || hash.is_some()).then(|| observables::file(name, hash, None))
}

/// Fields that have a simple observable: files, processes, addresses.
fn field_objects(name: &str, value: &str) -> Vec<Value> {
    if value.is_empty() {
        return Vec::new();
    }
    match name.to_ascii_lowercase().as_str() {
        "targetfilename" | "originalpath" | "image" | "newprocessname"
            if value.contains(['\\', '/']) =>
        {
            observables::file_at(value).unwrap_or_default()
        }
        "commandline" => vec![ids::observable(
            "process",
            json!({ "command_line": value }),
            &[],
        )],
        "c-ip" | "clientipaddress" | "sourceip" | "destinationip" | "ipaddress" => {
            observables::address(value).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
