//! Events from JSON, as tests write them.

use std::borrow::Cow;

use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
use daylight_model::{Event, Field, Finding, LogFamily, Value};
use serde_json::{Map, Value as Json};

/// An event from a JSON object: `family`, `channel`, `provider`, `event_id`, `host` and
/// `text` are the event's own, everything else is a field.
pub(crate) fn event(object: &Map<String, Json>) -> Event<'static> {
    let text = |key: &str| {
        object
            .get(key)?
            .as_str()
            .map(|text| Cow::Owned(text.to_owned()))
    };
    let own = ["family", "channel", "provider", "event_id", "host", "text"];
    let fields = object
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .flat_map(|(name, value)| match value {
            Json::Array(values) => values.iter().map(|one| field(name, one)).collect(),
            one => vec![field(name, one)],
        });
    Event {
        source: 0,
        family: object
            .get("family")
            .map_or(LogFamily::WindowsOther, |family| {
                serde_json::from_value(family.clone()).expect("a log family")
            }),
        time: None,
        host: text("host"),
        channel: text("channel"),
        provider: text("provider"),
        event_id: object
            .get("event_id")
            .map(|id| u32::try_from(id.as_u64().unwrap()).unwrap()),
        record: 1,
        offset: 0,
        fields: fields.collect(),
        text: text("text"),
    }
}

fn field(name: &str, value: &Json) -> Field<'static> {
    Field {
        name: Cow::Owned(name.to_owned()),
        value: match value {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Value::Integer(number),
                None => Value::Float(number.as_f64().unwrap()),
            },
            Json::String(text) => Value::Text(Cow::Owned(text.clone())),
            other => panic!("{name}: {other} is no value of a field"),
        },
    }
}

/// What rules find in one event.
pub(crate) fn findings(rules: &RuleSet, event: &Event<'_>) -> Vec<Finding> {
    let indicators = IndicatorSet::default();
    let mut found = Vec::new();
    Hunter::new(rules, &indicators).event(event, &mut found);
    found
}
