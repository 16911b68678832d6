//! What is said to have happened, as notes: what a report says is no `incident` that somebody
//! has stated to be one.

use daylight_model::{Incident, Reading, derived_id};
use serde_json::json;

use super::bundle::Bundle;
use super::entities;
use crate::incidents;

pub(super) fn add(bundle: &mut Bundle, reading: &Reading) {
    for incident in &reading.incidents {
        add_incident(bundle, reading, incident);
    }
}

fn add_incident(bundle: &mut Bundle, reading: &Reading, incident: &Incident) {
    let participants = incident
        .participants
        .iter()
        .filter_map(|participant| participant.entity);
    let mut about: Vec<String> = participants
        .filter_map(|entity| entities::add(bundle, reading, entity))
        .collect();
    about.sort();
    about.dedup();
    let daylight = bundle.daylight.clone();
    if about.is_empty() {
        about.push(daylight.clone());
    }
    let title = incidents::title(incident);
    let mut content = format!("{title}; {}.\n", incidents::read_by(incident));
    for (role, texts) in incidents::roles(reading, incident) {
        content.push_str(&format!("- {role}: {texts}\n"));
    }
    content.push_str(&format!(
        "The sentence: {}\n",
        incidents::sentence(reading, incident)
    ));
    let properties = json!({
        "abstract": format!("{title}: “{}”", incident.text),
        "content": content,
        "authors": ["Daylight"],
        "labels": [incident.kind.as_str(), incident.realis.as_str()],
        "object_refs": about,
    });
    let place = format!("{}-{}", incident.span.start, incident.span.end);
    let words: Vec<&str> = incident
        .participants
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    let id = derived_id(
        "note",
        &[
            "incident",
            &reading.document.id,
            incident.kind.as_str(),
            &place,
            &words.join("\n"),
        ],
    );
    bundle.add_domain("note", &id, Some(&daylight), properties);
}
