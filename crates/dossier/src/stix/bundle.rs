//! Collects objects, each id once, with the properties that all of them share.

use std::collections::HashSet;

use daylight_model::{Timestamp, derived_id};
use serde_json::{Map, Value, json};

use super::vocabulary;

/// A bundle in the making.
pub(super) struct Bundle {
    objects: Vec<Value>,
    ids: HashSet<String>,
    created: String,
    marking: Option<&'static str>,
    /// The identity of the tool, author of everything that no speaker says.
    pub(super) daylight: String,
}

impl Bundle {
    pub(super) fn new(generated: Timestamp, tlp: Option<&str>) -> Self {
        let mut bundle = Self {
            objects: Vec::new(),
            ids: HashSet::new(),
            created: moment(generated),
            marking: None,
            daylight: derived_id("identity", &["tool", "daylight"]),
        };
        if let Some((id, marking)) = tlp.and_then(vocabulary::tlp_marking) {
            bundle.add(marking);
            bundle.marking = Some(id);
        }
        let tool = json!({
            "name": "Daylight",
            "description": "Reads reports on hostile cyber activity and looks for it in evidence.",
            "identity_class": "system",
        });
        let daylight = bundle.daylight.clone();
        bundle.add_domain("identity", &daylight, None, tool);
        let extension = vocabulary::claim_extension(&bundle.daylight);
        bundle.add(extension);
        bundle
    }

    /// Adds an object unless its id is there already; gives the id.
    pub(super) fn add(&mut self, mut object: Value) -> String {
        let id = object
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if self.ids.insert(id.clone()) {
            if let (Some(marking), Some(object)) = (self.marking, object.as_object_mut()) {
                object.insert("object_marking_refs".into(), json!([marking]));
            }
            self.objects.push(object);
        }
        id
    }

    /// Adds a domain or relationship object with the common properties.
    pub(super) fn add_domain(
        &mut self,
        kind: &str,
        id: &str,
        author: Option<&str>,
        properties: Value,
    ) -> String {
        let mut object = Map::new();
        object.insert("type".into(), json!(kind));
        object.insert("spec_version".into(), json!("2.1"));
        object.insert("id".into(), json!(id));
        if let Some(author) = author {
            object.insert("created_by_ref".into(), json!(author));
        }
        object.insert("created".into(), json!(self.created));
        object.insert("modified".into(), json!(self.created));
        if let Value::Object(properties) = properties {
            // STIX has no null: what is not known is left out.
            object.extend(properties.into_iter().filter(|(_, value)| !value.is_null()));
        }
        self.add(Value::Object(object))
    }

    /// Says of the object added last how sure of it we are, from 0 to 1, and why. Observables
    /// have no place for that.
    pub(super) fn qualify_last(&mut self, sure: f64, label: &str) {
        let last = self.objects.last_mut().and_then(Value::as_object_mut);
        if let Some(object) = last.filter(|object| object.contains_key("created")) {
            object.insert("confidence".into(), json!((sure * 100.0).round() as u8));
            object.insert("labels".into(), json!([label]));
        }
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// How many objects there are: a mark for [`Self::ids_since`].
    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    /// The ids of the objects added since a mark.
    pub(super) fn ids_since(&self, mark: usize) -> Vec<String> {
        self.objects
            .iter()
            .skip(mark)
            .filter_map(|object| Some(object.get("id")?.as_str()?.to_owned()))
            .collect()
    }

    /// The finished bundle; its id follows from what it holds.
    pub(super) fn finish(self) -> Value {
        let mut parts: Vec<&str> = vec![&self.created];
        parts.extend(
            self.objects
                .iter()
                .filter_map(|object| object.get("id")?.as_str()),
        );
        let id = derived_id("bundle", &parts);
        json!({ "type": "bundle", "id": id, "objects": self.objects })
    }
}

/// A moment as STIX writes it: UTC, to the millisecond.
pub(super) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
