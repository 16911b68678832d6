//! What is said to have happened, in words.

use daylight_model::{Incident, IncidentKind, IncidentRole, Participant, ReadBy, Reading, Realis};

use crate::{clean, words};

/// Words of one role that are shown of one incident.
const SHOWN_MAX: usize = 4;

/// "Data breach, said to have happened".
pub(crate) fn title(incident: &Incident) -> String {
    let kind = match incident.kind {
        IncidentKind::DataBreach => "Data breach",
        IncidentKind::Phishing => "Phishing",
        IncidentKind::Ransom => "Ransom",
        IncidentKind::FlawFound => "Flaw found",
        IncidentKind::FlawPatched => "Flaw patched",
        IncidentKind::Attack => "Attack",
        IncidentKind::Indictment => "Indictment",
        IncidentKind::Sanction => "Sanctions",
        IncidentKind::Attribution => "Attribution",
        IncidentKind::Takedown => "Takedown",
        _ => incident.kind.as_str(),
    };
    let realis = match incident.realis {
        Realis::Happened => "said to have happened",
        Realis::Possible => "possible or feared",
        Realis::General => "spoken of in general",
        _ => incident.realis.as_str(),
    };
    format!("{kind}, {realis}")
}

/// Each role with its words, in the order of the text.
pub(crate) fn roles(reading: &Reading, incident: &Incident) -> Vec<(&'static str, String)> {
    let mut roles: Vec<(IncidentRole, Vec<String>)> = Vec::new();
    for participant in &incident.participants {
        let text = clean::value(named(reading, participant));
        match roles.iter_mut().find(|(role, _)| *role == participant.role) {
            Some((_, texts)) if texts.contains(&text) => {}
            Some((_, texts)) => texts.push(text),
            None => roles.push((participant.role, vec![text])),
        }
    }
    roles
        .into_iter()
        .map(|(role, texts)| (role_in_words(role), words::list_at_most(&texts, SHOWN_MAX)))
        .collect()
}

/// The words for a participant; where they only point back ("it"), the name they point to.
fn named<'a>(reading: &'a Reading, participant: &'a Participant) -> &'a str {
    const POINTING: [&str; 6] = ["it", "he", "she", "they", "its", "their"];
    let text = participant.text.as_str();
    let entity = participant.entity.and_then(|at| reading.entities.get(at));
    match entity {
        Some(entity) if POINTING.contains(&text.to_lowercase().as_str()) => &entity.name,
        _ => text,
    }
}

/// How the incident was read.
pub(crate) fn read_by(incident: &Incident) -> String {
    match incident.read_by {
        ReadBy::Model { probability } => format!("read by a model, probability {probability:.2}"),
        ReadBy::Rule => "read by a rule".into(),
    }
}

/// The sentence of an incident.
pub(crate) fn sentence<'a>(reading: &'a Reading, incident: &Incident) -> &'a str {
    incident.sentence.of(&reading.document.text)
}

/// The incidents of a reading, what happened first: at most `most`, and how many there are.
pub(crate) fn first(reading: &Reading, most: usize) -> (Vec<&Incident>, usize) {
    let mut incidents: Vec<&Incident> = reading.incidents.iter().collect();
    // Stable: in the order of the text otherwise.
    incidents.sort_by_key(|incident| incident.realis);
    incidents.truncate(most);
    (incidents, reading.incidents.len())
}

fn role_in_words(role: IncidentRole) -> &'static str {
    match role {
        IncidentRole::DataNumber => "how much data",
        IncidentRole::VictimNumber => "how many victims",
        IncidentRole::TrustedEntity => "pretended to be",
        IncidentRole::PaymentMethod => "to be paid in",
        IncidentRole::PatchNumber => "number of the patch",
        IncidentRole::Cve => "CVE",
        IncidentRole::Capability => "lets an attacker",
        IncidentRole::Pattern => "how",
        _ => role.as_str(),
    }
}
