//! CISA's catalogue of known exploited vulnerabilities, as published.

use daylight_model::derived_id;
use serde_json::{Map, Value, json};

use super::Taker;
use crate::{Error, made};

pub(super) fn take(place: &str, text: &str, taker: &mut Taker<'_>) -> Result<(), Error> {
    let record: Map<String, Value> = match serde_json::from_str(text) {
        Ok(record) => record,
        Err(error) => {
            taker.leave_out(place, &error.to_string());
            return Ok(());
        }
    };
    let word = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    let cve = word("cveID").to_uppercase();
    if !cve.starts_with("CVE-") {
        taker.leave_out(place, "an entry without `cveID`");
        return Ok(());
    }
    let time = format!("{}T00:00:00.000Z", word("dateAdded"));
    if time.parse::<daylight_model::Timestamp>().is_err() {
        taker.leave_out(place, "an entry without a date in `dateAdded`");
        return Ok(());
    }
    if taker.report.kind.is_empty() {
        taker.kind("kev");
        taker.published = true;
        let at = made::moment(taker.options.at);
        taker.add_made(made::daylight())?;
        taker.add_made(made::record_extension())?;
        taker.add_made(made::identity("CISA", &at))?;
    }
    let properties = json!({
        "created_by_ref": made::identity_id("CISA"),
        "name": cve,
        "description": format!("{}. {}", word("vulnerabilityName"), word("shortDescription")),
        "labels": ransomware(word("knownRansomwareCampaignUse")),
        "external_references": [
            { "source_name": "cve", "external_id": cve },
            { "source_name": "CISA KEV", "description": format!("Listed on {}, due {}.", word("dateAdded"), word("dueDate")) },
        ],
        "extensions": made::record(Value::Object(record.clone())),
    });
    let id = derived_id("vulnerability", &[&cve]);
    taker.add_made(made::object("vulnerability", &id, &time, properties))
}

fn ransomware(word: &str) -> Vec<&'static str> {
    match word {
        "Known" => vec!["exploited", "ransomware"],
        _ => vec!["exploited"],
    }
}
