//! An event as the flat JSON object that the peer reads.

use daylight_hunt::conformance::derived_fields;
use daylight_model::{Event, Field, Value};
use serde_json::{Map, Number, Value as Json};

/// All that rules see of an event; a field with several values is an array.
pub(crate) fn object(event: &Event<'_>) -> Json {
    let mut object = Map::new();
    for field in &event.fields {
        add(&mut object, field);
    }
    // Some are in the record already.
    for field in derived_fields(event) {
        if !object.contains_key(field.name.as_ref()) {
            add(&mut object, &field);
        }
    }
    Json::Object(object)
}

fn add(object: &mut Map<String, Json>, field: &Field<'_>) {
    let value = json(&field.value);
    match object.get_mut(field.name.as_ref()) {
        None => {
            object.insert(field.name.to_string(), value);
        }
        Some(Json::Array(values)) => values.push(value),
        Some(first) => *first = Json::Array(vec![first.take(), value]),
    }
}

fn json(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Integer(value) => Json::from(*value),
        Value::Float(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        other => Json::from(other.as_text()),
    }
}
