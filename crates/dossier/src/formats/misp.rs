//! One MISP event: the indicators and flaws of the reports, what was sighted, and the dossier
//! itself as an event report.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daylight_model::{
    Finding, FindingKind, Indicator, IndicatorKind, IndicatorRole, Reading, SubjectKind,
    random_looking,
};
use serde_json::{Value, json};

use crate::{Case, clean, markdown, views};

/// Sightings that one attribute carries; `findings.jsonl` holds all.
const SIGHTINGS_MAX: usize = 100;

/// The event, as MISP's API and its feeds take it.
#[must_use]
pub fn misp_event(case: &Case<'_>) -> Value {
    let titles: Vec<&str> = case
        .readings
        .iter()
        .filter_map(|reading| reading.document.title.as_deref())
        .collect();
    let info = match titles.as_slice() {
        [] => "What was hunted for, and what was found".to_owned(),
        titles => clean::line(&titles.join("; ")),
    };
    let identity: Vec<&str> = case
        .readings
        .iter()
        .map(|reading| reading.document.sha256.as_str())
        .collect();
    let name = |what: &str| random_looking(&format!("{what} {}", identity.join(" ")));
    json!({ "Event": {
        "uuid": name("MISP event"),
        "info": info,
        "date": case.generated.to_string().get(..10),
        "timestamp": case.generated.as_second().to_string(),
        "published": false,
        "analysis": "2",
        "threat_level_id": "4",
        "distribution": "0",
        "Orgc": { "name": "Daylight", "uuid": random_looking("organisation Daylight") },
        "Tag": tags(case),
        "Attribute": attributes(case),
        "EventReport": [{
            "uuid": name("MISP event report"),
            "name": "Dossier",
            "content": markdown(case),
            "distribution": "5",
            "timestamp": case.generated.as_second().to_string(),
        }],
    }})
}

/// The marking of the dossier, and the techniques of the coverage table.
fn tags(case: &Case<'_>) -> Vec<Value> {
    let mut tags = BTreeSet::new();
    tags.extend(views::tlp(case).map(str::to_lowercase));
    let rows = case.coverage.rows.iter();
    for row in rows.filter(|row| row.kind == SubjectKind::Technique) {
        tags.insert(format!(
            "misp-galaxy:mitre-attack-pattern=\"{} - {}\"",
            clean::value(&row.name).replace('"', "'"),
            row.id
        ));
    }
    tags.into_iter()
        .map(|name| json!({ "name": name }))
        .collect()
}

fn attributes(case: &Case<'_>) -> Vec<Value> {
    let mut sightings: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in case.findings {
        if finding.rule.kind == FindingKind::Indicator {
            sightings.entry(&finding.rule.id).or_default().push(finding);
        }
    }
    // Each value once, whichever report gives it first.
    let mut attributes: BTreeMap<String, Value> = BTreeMap::new();
    for reading in case.readings {
        for indicator in &reading.indicators {
            let id = indicator.stix_id();
            let found = sightings.get(id.as_str()).map_or(&[][..], Vec::as_slice);
            if let Some(attribute) = attribute(reading, indicator, &id, found) {
                attributes.entry(id).or_insert(attribute);
            }
        }
    }
    attributes.into_values().collect()
}

fn attribute(
    reading: &Reading,
    indicator: &Indicator,
    id: &str,
    found: &[&Finding],
) -> Option<Value> {
    let is_flaw = indicator.kind == IndicatorKind::Cve;
    if indicator.role != IndicatorRole::Indicator && !is_flaw {
        return None;
    }
    let (kind, category) = indicator.kind.misp_attribute()?;
    let is_rule = matches!(
        indicator.kind,
        IndicatorKind::YaraRule | IndicatorKind::SigmaRule
    );
    let value = if is_rule {
        &indicator.as_written
    } else {
        &indicator.value
    };
    let sentence = reading
        .sentences
        .iter()
        .find(|sentence| sentence.contains(indicator.span))
        .map(|sentence| clean::value(sentence.of(&reading.document.text)));
    let sightings: Vec<Value> = found
        .iter()
        .take(SIGHTINGS_MAX)
        .copied()
        .map(sighting)
        .collect();
    let mut attribute = json!({
        "uuid": id.split_once("--").map(|(_, uuid)| uuid),
        "type": kind,
        "category": category,
        "value": value,
        "to_ids": !is_flaw,
        "comment": sentence.unwrap_or_default(),
        "distribution": "5",
    });
    if !sightings.is_empty() {
        attribute["Sighting"] = json!(sightings);
    }
    Some(attribute)
}

fn sighting(finding: &Finding) -> Value {
    json!({
        "uuid": finding.id.split_once("--").map(|(_, uuid)| uuid),
        "type": "0",
        "date_sighting": finding.time.unwrap_or_default().as_second().to_string(),
        "source": "Daylight",
    })
}
