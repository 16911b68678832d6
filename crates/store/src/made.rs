//! STIX objects that are made here, of records that others publish in other forms.

use std::collections::BTreeMap;

use daylight_model::{OBSERVABLE_NAMESPACE, Timestamp, derived_id, random_looking};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Error, Object, Store};

/// The extension that holds what an object was made of, so that nothing of it is lost. Its id
/// never changes.
pub(crate) const RECORD: &str = "extension-definition--3f1c9a52-6a0e-5d0b-9f6b-0e5d3a6f9c11";

/// When the extensions were laid down.
const EXTENSION_CREATED: &str = "2026-11-28T00:00:00.000Z";

/// A point in time as STIX writes it.
pub(crate) fn moment(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// An object with the properties all have.
pub(crate) fn object(kind: &str, id: &str, time: &str, properties: Value) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("type".into(), json!(kind));
    object.insert("spec_version".into(), json!("2.1"));
    object.insert("id".into(), json!(id));
    object.insert("created".into(), json!(time));
    object.insert("modified".into(), json!(time));
    add(&mut object, properties);
    object
}

/// An observable whose id follows from one property, as STIX wants it.
pub(crate) fn observable(kind: &str, name: &str, value: &Value) -> Map<String, Value> {
    observable_of(kind, BTreeMap::from([(name.to_owned(), value.clone())]))
}

/// An observable whose id follows from these properties, in the order of their names. Where STIX
/// makes no id of any of them, it has one that looks as random as STIX wants it.
pub(crate) fn observable_of(kind: &str, properties: BTreeMap<String, Value>) -> Map<String, Value> {
    let canonical = json!(properties).to_string();
    let has_no_name = properties
        .keys()
        .any(|name| matches!(name.as_str(), "message_id" | "additional_header_fields"));
    let uuid = match has_no_name {
        true => random_looking(&format!("{kind} {canonical}")),
        false => Uuid::new_v5(&OBSERVABLE_NAMESPACE, canonical.as_bytes()),
    };
    let id = format!("{kind}--{uuid}");
    let mut object = Map::new();
    object.insert("type".into(), json!(kind));
    object.insert("spec_version".into(), json!("2.1"));
    object.insert("id".into(), json!(id));
    object.extend(properties);
    object
}

/// Adds properties, but for what is null or empty: STIX has neither.
pub(crate) fn add(object: &mut Map<String, Value>, properties: Value) {
    let Value::Object(properties) = properties else {
        return;
    };
    let empty = |value: &Value| {
        value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty)
    };
    object.extend(properties.into_iter().filter(|(_, value)| !empty(value)));
}

/// What holds the record an object was made of.
pub(crate) fn record(record: Value) -> Value {
    json!({ RECORD: { "extension_type": "property-extension", "record": record } })
}

/// The id of the identity of a source that names itself.
pub(crate) fn identity_id(name: &str) -> String {
    derived_id("identity", &[&name.to_lowercase()])
}

/// The identity of a source.
pub(crate) fn identity(name: &str, time: &str) -> Map<String, Value> {
    let properties = json!({ "name": name, "identity_class": "organization" });
    object("identity", &identity_id(name), time, properties)
}

/// The program itself, the author of its extensions.
pub(crate) fn daylight() -> Map<String, Value> {
    let properties = json!({
        "name": "Daylight",
        "description": "Reads reports on hostile cyber activity and looks for it in evidence.",
        "identity_class": "system",
    });
    object("identity", &daylight_id(), EXTENSION_CREATED, properties)
}

fn daylight_id() -> String {
    derived_id("identity", &["tool", "daylight"])
}

/// An extension definition of ours.
pub(crate) fn extension(
    id: &str,
    name: &str,
    description: &str,
    schema: &str,
) -> Map<String, Value> {
    let properties = json!({
        "created_by_ref": daylight_id(),
        "name": name,
        "description": description,
        "schema": schema,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    });
    object("extension-definition", id, EXTENSION_CREATED, properties)
}

/// The definition of [`RECORD`].
pub(crate) fn record_extension() -> Map<String, Value> {
    extension(
        RECORD,
        "Daylight source record",
        "The record that an object was made of, as its source published it.",
        r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["extension_type","record"],"properties":{"extension_type":{"const":"property-extension"},"record":{"type":"object"}}}"#,
    )
}

/// The object as it is to be added: with the time of the first version of its id as `created`.
/// `None` where the store holds it and nothing but the time is another.
pub fn settle(store: &dyn Store, mut made: Map<String, Value>) -> Result<Option<Object>, Error> {
    let id = made.get("id").and_then(Value::as_str).unwrap_or_default();
    if let Some(earlier) = store.object(id)? {
        let mut earlier: Map<String, Value> = serde_json::from_str(&earlier.body)
            .map_err(|error| Error::Damaged(error.to_string()))?;
        if let Some(created) = earlier.get("created") {
            made.insert("created".into(), created.clone());
        }
        let modified = made.get("modified").cloned();
        if let (Some(modified), Some(place)) = (modified, earlier.get_mut("modified")) {
            *place = modified;
        }
        if earlier == made {
            return Ok(None);
        }
    }
    let body = Value::Object(made).to_string();
    Object::parse(body).map(Some).map_err(Error::Damaged)
}
