//! Clusters of the MISP galaxy, as published.

use serde_json::{Map, Value, json};

use super::Taker;
use crate::{Error, made};

/// The STIX type of the clusters of a galaxy, with what STIX wants such objects to have.
fn kind_of(galaxy: &str) -> Option<(&'static str, Value)> {
    let malware = || {
        (
            "malware",
            json!({ "is_family": true, "malware_types": ["unknown"] }),
        )
    };
    Some(match galaxy {
        "threat-actor" | "microsoft-activity-group" | "360net-threat-actor" => {
            ("threat-actor", json!({ "threat_actor_types": ["unknown"] }))
        }
        "mitre-intrusion-set" => ("intrusion-set", json!({})),
        "ransomware" => (
            "malware",
            json!({ "is_family": true, "malware_types": ["ransomware"] }),
        ),
        "malpedia" | "mitre-malware" | "android" | "backdoor" | "banker" | "botnet"
        | "cryptominers" | "rat" | "stealer" | "rootkit" => malware(),
        "tool" | "mitre-tool" | "rmm" => ("tool", json!({ "tool_types": ["unknown"] })),
        "mitre-attack-pattern" => ("attack-pattern", json!({})),
        "mitre-course-of-action" => ("course-of-action", json!({})),
        "sector" => ("identity", json!({ "identity_class": "class" })),
        _ => return None,
    })
}

pub(super) fn take(
    place: &str,
    text: &str,
    head: &Map<String, Value>,
    taker: &mut Taker<'_>,
) -> Result<(), Error> {
    let record: Map<String, Value> = match serde_json::from_str(text) {
        Ok(record) => record,
        Err(error) => {
            taker.leave_out(place, &error.to_string());
            return Ok(());
        }
    };
    let galaxy = head.get("type").and_then(Value::as_str).unwrap_or_default();
    let Some((kind, needed)) = kind_of(galaxy) else {
        taker.leave_out(
            place,
            &format!("a cluster of the galaxy `{galaxy}`, which no STIX type fits"),
        );
        return Ok(());
    };
    let word = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    let uuid = word("uuid").to_lowercase();
    if uuid::Uuid::parse_str(&uuid).is_err() || word("value").is_empty() {
        taker.leave_out(place, "a cluster without `uuid` or `value`");
        return Ok(());
    }
    let source = format!("MISP galaxy {galaxy}");
    let at = made::moment(taker.options.at);
    if taker.report.kind.is_empty() {
        taker.kind("misp-galaxy");
        taker.published = true;
        taker.add_made(made::daylight())?;
        taker.add_made(made::record_extension())?;
        taker.add_made(made::identity(&source, &at))?;
    }
    let mut object = made::object(kind, &format!("{kind}--{uuid}"), &at, needed);
    let aliases = if matches!(kind, "threat-actor" | "intrusion-set" | "malware" | "tool") {
        record.get("meta").and_then(|meta| meta.get("synonyms"))
    } else {
        None
    };
    made::add(
        &mut object,
        json!({
            "created_by_ref": made::identity_id(&source),
            "name": word("value"),
            "aliases": aliases,
            "description": word("description"),
            "external_references": references(&record),
            "extensions": made::record(Value::Object(record.clone())),
        }),
    );
    taker.add_made(object)
}

fn references(record: &Map<String, Value>) -> Vec<Value> {
    let list = record
        .get("meta")
        .and_then(|meta| meta.get("refs"))
        .and_then(Value::as_array);
    let addresses = list.into_iter().flatten().filter_map(Value::as_str);
    addresses
        .filter(|address| address.starts_with("http") && !address.contains([' ', '"', '<', '>']))
        .map(|address| json!({ "source_name": "MISP galaxy", "url": address }))
        .collect()
}
