//! Identifiers: STIX's own for observables, Daylight's for everything else.

use std::collections::BTreeMap;

use daylight_model::{IndicatorKind, OBSERVABLE_NAMESPACE, random_looking};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The STIX id of an observable, the same in every tool; `None` for kinds that STIX has no
/// observable for.
///
/// ```
/// use daylight_dossier::observable_id;
/// use daylight_model::IndicatorKind;
///
/// let id = observable_id(IndicatorKind::Domain, "example.com");
/// assert_eq!(id.as_deref(), Some("domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"));
/// ```
#[must_use]
pub fn observable_id(kind: IndicatorKind, value: &str) -> Option<String> {
    let objects = super::observables::observable(kind, value)?;
    Some(objects.last()?.get("id")?.as_str()?.to_owned())
}

/// An observable with its id, from its properties. `contributing` names those that make the
/// id; without any present, the id is derived from all of them.
pub(super) fn observable(kind: &str, properties: Value, contributing: &[&str]) -> Value {
    let Value::Object(properties) = properties else {
        return Value::Null;
    };
    let mut id_parts: BTreeMap<&str, Value> = BTreeMap::new();
    for name in contributing {
        if let Some(value) = properties.get(*name) {
            id_parts.insert(
                name,
                if *name == "hashes" {
                    one_hash(value)
                } else {
                    value.clone()
                },
            );
        }
    }
    // Sorted keys, no blanks, minimal escapes: RFC 8785 for the strings and integers used here.
    let canonical =
        |parts: &BTreeMap<&str, Value>| serde_json::to_string(parts).unwrap_or_default();
    let id = if id_parts.is_empty() {
        // STIX wants a random id here.
        let all = properties
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let name = format!("{kind}\u{1f}{}", canonical(&all));
        format!("{kind}--{}", random_looking(&name))
    } else {
        format!(
            "{kind}--{}",
            Uuid::new_v5(&OBSERVABLE_NAMESPACE, canonical(&id_parts).as_bytes())
        )
    };
    let mut object = Map::new();
    object.insert("type".into(), json!(kind));
    object.insert("spec_version".into(), json!("2.1"));
    object.insert("id".into(), json!(id));
    object.extend(properties);
    Value::Object(object)
}

/// An address as RFC 3986 allows it: what may not stand in one is percent-encoded.
pub(super) fn uri(address: &str) -> String {
    let bytes = address.as_bytes();
    let authority = address.find("://").map_or(0, |at| at + 3);
    let path = bytes
        .iter()
        .skip(authority)
        .position(|byte| b"/?#".contains(byte));
    let path = path.map_or(bytes.len(), |at| authority + at);
    let mut encoded = String::with_capacity(address.len());
    let mut has_fragment = false;
    for (index, byte) in bytes.iter().enumerate() {
        let next = bytes.get(index + 1..index + 3).unwrap_or_default();
        let allowed = match byte {
            b'%' => next.len() == 2 && next.iter().all(u8::is_ascii_hexdigit),
            b'[' | b']' => index < path,
            b'#' => !std::mem::replace(&mut has_fragment, true),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(byte),
        };
        if allowed {
            encoded.push(char::from(*byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Of several hashes, one makes the id, in STIX's order of preference.
fn one_hash(hashes: &Value) -> Value {
    for name in ["MD5", "SHA-1", "SHA-256", "SHA-512"] {
        if let Some(hash) = hashes.get(name) {
            return json!({ name: hash });
        }
    }
    hashes.clone()
}

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_are_what_the_standard_allows() {
        for (address, expected) in [
            ("http://a.example/it's?x=\\", "http://a.example/it's?x=%5C"),
            (
                "http://a.example/a b|c#d#e",
                "http://a.example/a%20b%7Cc#d%23e",
            ),
            ("http://[2001:db8::1]/[x]", "http://[2001:db8::1]/%5Bx%5D"),
            (
                "https://a.example/100%/%41é",
                "https://a.example/100%25/%41%C3%A9",
            ),
        ] {
            assert_eq!(super::uri(address), expected);
        }
    }
}
