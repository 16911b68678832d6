//! JSON that borrows from the text it was read from, and its way into fields.

use std::borrow::Cow;
use std::fmt;

use daylight_model::{Field, Limits, Value};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value; objects keep their order and their repeated names.
#[derive(Debug)]
pub(crate) enum Json<'a> {
    Scalar(Value<'a>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The member of an object, by exact name.
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'a>> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The items of the only list of objects in an object, where it bears this name.
    pub(crate) fn list(self, name: &str) -> Result<Vec<Self>, Self> {
        match self {
            Self::Object(mut members) => match members.pop() {
                Some((key, Json::Array(items)))
                    if members.is_empty() && key == name && items.iter().all(Self::is_object) =>
                {
                    Ok(items)
                }
                Some(last) => {
                    members.push(last);
                    Err(Self::Object(members))
                }
                None => Err(Self::Object(members)),
            },
            other => Err(other),
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Json::Scalar(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Scalar(Value::Integer(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        // Beyond the signed range (keyword masks) the digits are what rules compare.
        let text = |_| Value::Text(Cow::Owned(value.to_string()));
        Ok(Json::Scalar(
            i64::try_from(value).map_or_else(text, Value::Integer),
        ))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Json::Scalar(Value::Float(value)))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Scalar(Value::Text(Cow::Borrowed(value))))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Json::Scalar(Value::Text(Cow::Owned(value.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(32);
        while let Some((Name(name), value)) = map.next_entry()? {
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}

/// The name of a member, borrowed where it holds no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(value)))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// How nested names become the name of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Joined by dots: `host.name`.
    Dotted,
    /// The innermost name alone, as rules speak of Windows events. What was an XML attribute
    /// is joined to its element by an underscore: `Provider_Name`.
    Innermost,
}

/// Turns nested values into fields, within limits.
pub(crate) struct Flattener<'l, 'a> {
    pub(crate) fields: Vec<Field<'a>>,
    pub(crate) limits: &'l Limits,
    /// The limit that was met, in a sentence.
    pub(crate) left_out: Option<String>,
}

impl<'a> Flattener<'_, 'a> {
    /// Adds `value` and all that is in it under `name`. Each item of an array is a field.
    pub(crate) fn add(
        &mut self,
        name: Cow<'a, str>,
        value: Json<'a>,
        naming: Naming,
        depth: usize,
    ) {
        if depth > self.limits.depth_max {
            let max = self.limits.depth_max;
            self.left_out = Some(format!("values nested more than {max} deep are left out"));
            return;
        }
        match value {
            Json::Scalar(value) => self.push(name, value),
            Json::Array(items) => {
                for item in items {
                    self.add(name.clone(), item, naming, depth + 1);
                }
            }
            Json::Object(members) => {
                if naming == Naming::Innermost
                    && let Some((data, value)) = named_data(&name, &members)
                {
                    return self.add(data, value, naming, depth + 1);
                }
                for (inner, value) in members {
                    match naming {
                        Naming::Dotted => {
                            self.add(join(&name, '.', inner), value, naming, depth + 1)
                        }
                        Naming::Innermost => self.add_element(&name, inner, value, depth + 1),
                    }
                }
            }
        }
    }

    /// A member of what was an XML element, in the spellings that tools give attributes.
    fn add_element(&mut self, element: &str, inner: Cow<'a, str>, value: Json<'a>, depth: usize) {
        let attributes_of = inner.strip_suffix("_attributes").map(str::to_owned);
        match (inner.as_ref(), attributes_of) {
            ("#text", _) => self.add(
                Cow::Owned(element.to_owned()),
                value,
                Naming::Innermost,
                depth,
            ),
            ("#attributes", _) => self.add_attributes(element, value, depth),
            (_, Some(owner)) => self.add_attributes(&owner, value, depth),
            (name, None) if name.starts_with("@xmlns") => {}
            (name, None) if name.starts_with('@') => {
                let name = join(
                    element,
                    '_',
                    Cow::Owned(name.trim_start_matches('@').to_owned()),
                );
                self.add(name, value, Naming::Innermost, depth);
            }
            (_, None) => self.add(inner, value, Naming::Innermost, depth),
        }
    }

    fn add_attributes(&mut self, element: &str, value: Json<'a>, depth: usize) {
        if let Json::Object(attributes) = value {
            for (attribute, value) in attributes {
                // Namespaces say nothing about what happened.
                if !attribute.starts_with("xmlns") {
                    self.add(
                        join(element, '_', attribute),
                        value,
                        Naming::Innermost,
                        depth,
                    );
                }
            }
        }
    }

    pub(crate) fn push(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        if self.fields.len() < self.limits.fields_max {
            self.fields.push(Field { name, value });
        } else {
            let max = self.limits.fields_max;
            self.left_out = Some(format!(
                "record has more than {max} fields; the rest is left out"
            ));
        }
    }
}

/// `<Data Name="X">v</Data>` as tools that keep XML's shape write it:
/// `{"@Name": "X", "#text": "v"}` or `{"#attributes": {"Name": "X"}, "#text": "v"}`.
fn named_data<'a>(
    element: &str,
    members: &[(Cow<'a, str>, Json<'a>)],
) -> Option<(Cow<'a, str>, Json<'a>)> {
    if element != "Data" {
        return None;
    }
    let member = |wanted: &str| {
        members
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let name = match member("@Name").or_else(|| member("#attributes")?.get("Name"))? {
        Json::Scalar(Value::Text(name)) => name.clone(),
        _ => return None,
    };
    let value = match member("#text") {
        Some(Json::Scalar(value)) => value.clone(),
        _ => Value::Null,
    };
    Some((name, Json::Scalar(value)))
}

fn join<'a>(outer: &str, separator: char, inner: Cow<'a, str>) -> Cow<'a, str> {
    if outer.is_empty() {
        inner
    } else {
        Cow::Owned(format!("{outer}{separator}{inner}"))
    }
}
