//! Fixed objects: TLP 2.0 markings and the extension that carries claims.

use serde_json::{Value, json};

/// The extension that tells who says what, in which words. Its id never changes.
pub(super) const CLAIM_EXTENSION: &str =
    "extension-definition--8a55c6dd-72ed-5ff0-a084-d9355cd11d40";

/// OASIS: TLP 2.0 as an extension of `marking-definition`.
const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// What the extension holds, as a JSON schema.
const CLAIM_SCHEMA: &str = include_str!("claim-extension.schema.json");

/// When the extension was laid down; a version of its own, not that of a bundle.
const CLAIM_EXTENSION_CREATED: &str = "2026-11-23T00:00:00.000Z";

pub(super) fn claim_extension(author: &str) -> Value {
    json!({
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": CLAIM_EXTENSION,
        "created_by_ref": author,
        "created": CLAIM_EXTENSION_CREATED,
        "modified": CLAIM_EXTENSION_CREATED,
        "name": "Daylight claim",
        "description": "Marks an object as a claim: the chain of those who say it, with what \
                        force, whether it is denied, and the words with their place in the text \
                        (UTF-8 bytes, end exclusive).",
        "schema": CLAIM_SCHEMA,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    })
}

/// The marking OASIS publishes for a TLP 2.0 label, with its id.
pub(super) fn tlp_marking(label: &str) -> Option<(&'static str, Value)> {
    let (id, word) = match label {
        "TLP:CLEAR" => (
            "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            "clear",
        ),
        "TLP:GREEN" => (
            "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            "green",
        ),
        "TLP:AMBER" => (
            "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            "amber",
        ),
        "TLP:AMBER+STRICT" => (
            "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            "amber+strict",
        ),
        "TLP:RED" => (
            "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
            "red",
        ),
        _ => return None,
    };
    let marking = json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": id,
        "created": "2022-10-01T00:00:00.000Z",
        "name": label,
        "extensions": { TLP_EXTENSION: { "extension_type": "property-extension", "tlp_2_0": word } },
    });
    Some((id, marking))
}
