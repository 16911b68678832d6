//! Claims: relationships by those who say them, never by Daylight.

use daylight_model::{Claim, ConfidenceWord, Force, Party, Reading, Relation, Speaker};
use serde_json::{Value, json};

use super::bundle::Bundle;
use super::entities;
use super::vocabulary::CLAIM_EXTENSION;
use crate::{views, words};

/// Adds everything a reading's claims need, and the claims.
pub(super) fn add(bundle: &mut Bundle, reading: &Reading) {
    for claim in &reading.claims {
        let author = claim
            .speakers
            .iter()
            .map(|it| speaker(bundle, reading, it))
            .next_back();
        let subject = party(bundle, reading, &claim.subject);
        let object = claim
            .object
            .as_ref()
            .and_then(|object| party(bundle, reading, object));
        match (subject, object) {
            // Who reads no extensions must not take a denial for the thing denied.
            (Some(subject), Some(object)) if subject != object && !views::is_denial(claim) => {
                relationship(bundle, reading, claim, author.as_deref(), &subject, &object);
            }
            (subject, object) => {
                let about: Vec<String> = [subject, object].into_iter().flatten().collect();
                note(bundle, reading, claim, author.as_deref(), about);
            }
        }
    }
}

fn relationship(
    bundle: &mut Bundle,
    reading: &Reading,
    claim: &Claim,
    author: Option<&str>,
    source: &str,
    target: &str,
) {
    let kind = relationship_type(claim.relation, type_of(source), type_of(target));
    let properties = json!({
        "relationship_type": kind,
        "description": claim.sentence,
        "source_ref": source,
        "target_ref": target,
        "confidence": confidence(claim),
        "extensions": { CLAIM_EXTENSION: extension(reading, claim) },
    });
    bundle.add_domain("relationship", &claim.id, author, properties);
}

fn note(
    bundle: &mut Bundle,
    reading: &Reading,
    claim: &Claim,
    author: Option<&str>,
    mut about: Vec<String>,
) {
    about.sort();
    about.dedup();
    if about.is_empty() {
        about.push(author.map_or_else(|| bundle.daylight.clone(), str::to_owned));
    }
    let denied = if claim.force == Force::Denied {
        "denied: "
    } else {
        ""
    };
    let authors: Vec<&str> = claim
        .speakers
        .iter()
        .map(|speaker| speaker.name.as_str())
        .collect();
    let properties = json!({
        "abstract": format!("{}: {denied}{}", words::speaker_chain(claim), words::claim_in_words(claim)),
        "content": claim.sentence,
        "authors": (!authors.is_empty()).then_some(authors),
        "object_refs": about,
        "confidence": confidence(claim),
        "extensions": { CLAIM_EXTENSION: extension(reading, claim) },
    });
    let id = claim.id.replacen("relationship--", "note--", 1);
    bundle.add_domain("note", &id, author, properties);
}

fn speaker(bundle: &mut Bundle, reading: &Reading, speaker: &Speaker) -> String {
    use daylight_model::EntityKind::{Group, Person};
    let entity = speaker.entity.and_then(|index| reading.entities.get(index));
    let class = match entity.map(|entity| entity.kind) {
        Some(Person) => "individual",
        Some(Group) => "group",
        _ => "organization",
    };
    entities::identity(bundle, &speaker.name, class)
}

fn party(bundle: &mut Bundle, reading: &Reading, party: &Party) -> Option<String> {
    entities::add(bundle, reading, party.entity?)
}

fn type_of(id: &str) -> &str {
    id.split("--").next().unwrap_or_default()
}

/// STIX's own type where it has one for these two kinds of objects; else `related-to`, and
/// the extension says what is meant.
fn relationship_type(relation: Relation, source: &str, target: &str) -> &'static str {
    let actor = matches!(source, "campaign" | "intrusion-set" | "threat-actor");
    match (relation, target) {
        (Relation::AttributedTo, "intrusion-set") if source == "campaign" => "attributed-to",
        (Relation::AttributedTo, "threat-actor") if actor && source != "threat-actor" => {
            "attributed-to"
        }
        (Relation::AttributedTo, "identity") if source == "threat-actor" => "attributed-to",
        (Relation::Targets, "identity" | "location" | "vulnerability")
            if actor || matches!(source, "malware" | "tool") =>
        {
            "targets"
        }
        (Relation::Exploits, "vulnerability") if source == "malware" => "exploits",
        (Relation::Exploits, "vulnerability") if actor => "targets",
        (Relation::Uses, "malware" | "tool" | "attack-pattern") if actor || source == "malware" => {
            "uses"
        }
        (Relation::LocatedIn, "location") if matches!(source, "identity" | "threat-actor") => {
            "located-at"
        }
        _ => "related-to",
    }
}

/// The speaker's own confidence, where the words stand on a scale; the lowest of several.
fn confidence(claim: &Claim) -> Option<u8> {
    claim
        .confidence
        .iter()
        .filter_map(|word| word.stix)
        .min()
        .map(|value| value.min(100))
}

fn extension(reading: &Reading, claim: &Claim) -> Value {
    let speakers: Vec<Value> = claim
        .speakers
        .iter()
        .map(|speaker| {
            let mut value = json!({ "name": speaker.name, "text": speaker.text });
            if let (Some(span), Some(value)) = (speaker.span, value.as_object_mut()) {
                value.insert("span".into(), json!(span));
            }
            value
        })
        .collect();
    let mut extension = json!({
        "extension_type": "property-extension",
        "speakers": speakers,
        "subject": claim.subject.name,
        "relation": claim.relation.as_str(),
        "force": claim.force.as_str(),
        "negated": claim.negated,
        "quote": claim.sentence,
        "span": claim.span,
        "document_sha256": reading.document.sha256,
    });
    let Some(properties) = extension.as_object_mut() else {
        return extension;
    };
    let mut add = |name: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            properties.insert(name.into(), value);
        }
    };
    let texts = |words: &[ConfidenceWord]| -> Vec<String> {
        words.iter().map(|word| word.text.clone()).collect()
    };
    add(
        "object",
        json!(claim.object.as_ref().map(|object| &object.name)),
    );
    add("confidence_words", json!(texts(&claim.confidence)));
    add("scope", json!(claim.scope));
    add("time", json!(claim.time.as_ref().map(|time| &time.text)));
    add("place", json!(claim.place));
    add(
        "quantities",
        json!(
            claim
                .quantities
                .iter()
                .map(|amount| &amount.text)
                .collect::<Vec<_>>()
        ),
    );
    extension
}
