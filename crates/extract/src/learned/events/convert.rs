//! From what the model finds to incidents of a reading.

use std::ops::Range;

use daylight_model::{
    Incident, IncidentKind, IncidentRole, Participant, ReadBy, Reading, Realis, Span,
};

use super::inputs::ROLES;
use super::parts::Text;
use super::{Events, rules};

/// The kinds of incidents, in the order of the model's.
const KINDS: [IncidentKind; 5] = [
    IncidentKind::DataBreach,
    IncidentKind::Phishing,
    IncidentKind::Ransom,
    IncidentKind::FlawFound,
    IncidentKind::FlawPatched,
];

/// Whether it happened, in the order of the model's.
const REALIS: [Realis; 3] = [Realis::Happened, Realis::Possible, Realis::General];

/// From this probability on an incident, or a role in it, is told. Scoring counts less probable
/// ones too, since it weighs what is missed like what is wrong; who reads trusts what is told.
const TOLD_MIN: f32 = 0.5;

/// What is said to have happened, by model and by rules, in the order of the text.
pub(crate) fn incidents(
    events: &mut Events<'_>,
    text: Text<'_>,
    reading: &Reading,
) -> Vec<Incident> {
    let mut incidents = rules::incidents(reading);
    for event in events.read(text, TOLD_MIN) {
        let words = |words: &Range<usize>| text.page.span(words);
        let (span, sentence) = (words(&event.words), words(&event.sentence));
        let mut participants: Vec<Participant> = event
            .roles
            .iter()
            .filter_map(|(role, at, probability)| {
                let span = words(at);
                Some(Participant {
                    role: role_of(ROLES.get(*role)?.0)?,
                    text: span.of(&reading.document.text).to_owned(),
                    span,
                    entity: entity_at(reading, span),
                    probability: Some(*probability),
                })
            })
            .collect();
        participants.sort_by_key(|participant| participant.span);
        incidents.push(Incident {
            kind: KINDS[event.kind],
            realis: REALIS[event.realis],
            text: span.of(&reading.document.text).to_owned(),
            span,
            sentence,
            participants,
            read_by: ReadBy::Model {
                probability: event.probability,
            },
        });
    }
    incidents.sort_by_key(|incident| (incident.span, incident.kind));
    incidents
}

/// The entity that is named at a span: the words of the one lie within the other.
fn entity_at(reading: &Reading, span: Span) -> Option<usize> {
    let named = |mention: &daylight_model::Mention| {
        span.contains(mention.span) || mention.span.contains(span)
    };
    let at = |entity: &daylight_model::Entity| {
        let from = entity
            .mentions
            .partition_point(|mention| mention.span.end <= span.start);
        entity.mentions.get(from).is_some_and(named)
    };
    reading.entities.iter().position(at)
}

/// The role that the annotation gives a name.
fn role_of(name: &str) -> Option<IncidentRole> {
    Some(match name {
        "Attacker" => IncidentRole::Attacker,
        "Victim" => IncidentRole::Victim,
        "Tool" => IncidentRole::Tool,
        "Attack-Pattern" => IncidentRole::Pattern,
        "Purpose" => IncidentRole::Purpose,
        "Time" => IncidentRole::Time,
        "Place" => IncidentRole::Place,
        "Damage-Amount" => IncidentRole::Damage,
        "Compromised-Data" => IncidentRole::Data,
        "Number-of-Data" => IncidentRole::DataNumber,
        "Number-of-Victim" => IncidentRole::VictimNumber,
        "Trusted-Entity" => IncidentRole::TrustedEntity,
        "Price" => IncidentRole::Price,
        "Payment-Method" => IncidentRole::PaymentMethod,
        "Vulnerability" => IncidentRole::Flaw,
        "Vulnerable_System" => IncidentRole::Product,
        "Vulnerable_System_Version" => IncidentRole::Version,
        "Vulnerable_System_Owner" => IncidentRole::Owner,
        "CVE" => IncidentRole::Cve,
        "Supported_Platform" => IncidentRole::Platform,
        "Discoverer" => IncidentRole::Discoverer,
        "Capabilities" => IncidentRole::Capability,
        "Releaser" => IncidentRole::Releaser,
        "Patch" => IncidentRole::Patch,
        "Patch-Number" => IncidentRole::PatchNumber,
        "Issues-Addressed" => IncidentRole::Issues,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_of_the_model_has_a_name_of_its_own() {
        let mut roles: Vec<_> = ROLES.iter().map(|role| role_of(role.0)).collect();
        assert!(roles.iter().all(Option::is_some));
        roles.sort();
        roles.dedup();
        assert_eq!(roles.len(), ROLES.len());
    }
}
