//! Who and what is spoken of, as STIX objects.

use daylight_model::{Entity, EntityKind, Reading, Relation, derived_id};
use serde_json::{Value, json};

use super::bundle::Bundle;
use super::ids;

/// Adds the object an entity becomes and gives its id; `None` where STIX has nothing that
/// would say no more than the report does.
pub(super) fn add(bundle: &mut Bundle, reading: &Reading, index: usize) -> Option<String> {
    let entity = reading.entities.get(index)?;
    let name = entity.name.trim();
    if name.is_empty() {
        return None;
    }
    let mark = bundle.len();
    let id = match entity.kind {
        EntityKind::Country => match country_code(entity) {
            Some(code) => {
                let id = derived_id("location", &["country", &code]);
                bundle.add_domain(
                    "location",
                    &id,
                    None,
                    json!({ "name": name, "country": code }),
                )
            }
            None => identity(bundle, name, "organization"),
        },
        EntityKind::GovernmentBody | EntityKind::InternationalBody | EntityKind::Organization => {
            identity(bundle, name, "organization")
        }
        EntityKind::Person => identity(bundle, name, "individual"),
        EntityKind::Sector => identity(bundle, name, "class"),
        EntityKind::Group if acts(reading, index) => {
            let id = derived_id("threat-actor", &[&name.to_lowercase()]);
            let properties = json!({ "name": name, "threat_actor_types": ["unknown"] });
            bundle.add_domain("threat-actor", &id, None, properties)
        }
        EntityKind::Group => identity(bundle, name, "group"),
        EntityKind::IntrusionSet => named(bundle, "intrusion-set", entity, json!({})),
        EntityKind::Campaign => named(bundle, "campaign", entity, json!({})),
        EntityKind::Malware => {
            let types = json!({ "is_family": true, "malware_types": ["unknown"] });
            named(bundle, "malware", entity, types)
        }
        EntityKind::Tool => named(bundle, "tool", entity, json!({ "tool_types": ["unknown"] })),
        EntityKind::Vulnerability => {
            vulnerability(bundle, entity.known_as.as_deref().unwrap_or(name))
        }
        EntityKind::Product => bundle.add(ids::observable(
            "software",
            json!({ "name": name }),
            &["name"],
        )),
        // A place without a country has no STIX location.
        _ => return None,
    };
    if let Some(sure) = entity.read_by_model.filter(|_| bundle.len() > mark) {
        bundle.qualify_last(sure, "read-by-a-model");
    }
    Some(id)
}

/// An identity known by name.
pub(super) fn identity(bundle: &mut Bundle, name: &str, class: &str) -> String {
    let id = derived_id("identity", &[&name.to_lowercase()]);
    bundle.add_domain(
        "identity",
        &id,
        None,
        json!({ "name": name, "identity_class": class }),
    )
}

/// A flaw, by its CVE id or its name.
pub(super) fn vulnerability(bundle: &mut Bundle, name: &str) -> String {
    let id = derived_id("vulnerability", &[&name.to_uppercase()]);
    let upper = name.to_uppercase();
    let references = upper
        .starts_with("CVE-")
        .then(|| json!([{ "source_name": "cve", "external_id": upper }]));
    bundle.add_domain(
        "vulnerability",
        &id,
        None,
        json!({ "name": if references.is_some() { &upper } else { name }, "external_references": references }),
    )
}

/// A technique, by its ATT&CK id.
pub(super) fn technique(bundle: &mut Bundle, attack_id: &str, name: Option<&str>) -> String {
    let id = derived_id("attack-pattern", &[attack_id]);
    let name = name.filter(|name| !name.is_empty()).unwrap_or(attack_id);
    let references = attack_reference(attack_id, "techniques");
    bundle.add_domain(
        "attack-pattern",
        &id,
        None,
        json!({ "name": name, "external_references": [references] }),
    )
}

pub(super) fn attack_reference(attack_id: &str, section: &str) -> Value {
    let address = attack_id.replace('.', "/");
    json!({
        "source_name": "mitre-attack",
        "external_id": attack_id,
        "url": format!("https://attack.mitre.org/{section}/{address}"),
    })
}

fn named(bundle: &mut Bundle, kind: &str, entity: &Entity, more: Value) -> String {
    let id = derived_id(kind, &[&entity.name.to_lowercase()]);
    let reference = entity.known_as.as_deref().and_then(|known| {
        let section = match (kind, known.chars().next()) {
            ("intrusion-set", Some('G')) => "groups",
            ("malware" | "tool", Some('S')) => "software",
            ("campaign", Some('C')) => "campaigns",
            _ => return None,
        };
        known
            .get(1..)?
            .chars()
            .all(|c| c.is_ascii_digit())
            .then(|| json!([attack_reference(known, section)]))
    });
    let aliases =
        (!entity.aliases.is_empty() && kind != "vulnerability").then(|| json!(entity.aliases));
    let mut properties =
        json!({ "name": entity.name, "aliases": aliases, "external_references": reference });
    if let (Value::Object(properties), Value::Object(more)) = (&mut properties, more) {
        properties.extend(more);
    }
    bundle.add_domain(kind, &id, None, properties)
}

fn country_code(entity: &Entity) -> Option<String> {
    let code = entity.known_as.as_deref()?;
    (code.len() == 2 && code.chars().all(|c| c.is_ascii_alphabetic()))
        .then(|| code.to_ascii_uppercase())
}

/// Whether a described group is said to do something hostile.
fn acts(reading: &Reading, index: usize) -> bool {
    reading.claims.iter().any(|claim| {
        claim.subject.entity == Some(index)
            && matches!(
                claim.relation,
                Relation::Uses
                    | Relation::Targets
                    | Relation::Exploits
                    | Relation::Compromised
                    | Relation::Conducts
            )
    })
}
