use std::borrow::Cow;
use std::fmt;

use daylight_model::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::keys::{Role, fold, key_of};

/// Names one object may be found by.
const NAMES_MAX: usize = 1_000;
/// References one object may be found by; a report of more is kept and shown all the same.
const REFERENCES_MAX: usize = 100_000;
/// Bytes of words one object may be found by.
const WORDS_BYTES_MAX: usize = 64 << 10;
/// Bytes that are shown of what an object without a name says.
const GIST_BYTES_MAX: usize = 160;

/// One version of a STIX object: its bytes as they came, and what it is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The very bytes.
    pub body: String,
    /// Its id, never rewritten.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Nanoseconds since 1970 of `modified`, else of `created`, else 0: the greater is newer.
    pub version: i64,
    /// Name, aliases, value, hashes, external ids; the first is the one to show.
    pub names: Vec<String>,
    /// What a note or an opinion says, in short.
    pub gist: Option<String>,
    /// What it refers to, but for its author and its markings.
    pub references: Vec<String>,
    /// Whose it is.
    pub author: Option<String>,
    /// What it is marked with, as a whole or in part.
    pub markings: Vec<String>,
    /// It was taken back.
    pub revoked: bool,
    /// What full-text search looks at besides the names.
    pub words: String,
    /// What it is found by, as numbers; the first is that of the id.
    pub(crate) keys: Vec<(i64, Role)>,
}

impl Object {
    /// Reads what matters out of an object and keeps its bytes.
    ///
    /// # Errors
    /// Why this is no STIX object: not JSON, or without a type or an id.
    pub fn parse(body: String) -> Result<Self, String> {
        let mut found = Found::default();
        let mut reader = serde_json::Deserializer::from_str(&body);
        reader
            .deserialize_map(Members(&mut found))
            .and_then(|()| reader.end())
            .map_err(|error| error.to_string())?;
        let missing = |name: &str| format!("no `{name}`");
        let id = found.id.ok_or_else(|| missing("id"))?;
        let kind = found.kind.ok_or_else(|| missing("type"))?;
        let time = found.modified.or(found.created);
        let mut keys = vec![(key_of(&id), Role::Is)];
        keys.extend(
            found
                .references
                .iter()
                .map(|id| (key_of(id), Role::RefersTo)),
        );
        keys.extend(
            found
                .names
                .iter()
                .map(|name| (key_of(&fold(name)), Role::Called)),
        );
        Ok(Self {
            keys,
            version: time.map_or(Ok(0), |time| nanoseconds(&time))?,
            id,
            kind,
            names: found.names,
            gist: found.gist,
            references: found.references,
            author: found.author,
            markings: found.markings,
            revoked: found.revoked,
            words: found.words,
            body,
        })
    }

    /// The name to show, else what it says, else the id.
    #[must_use]
    pub fn title(&self) -> &str {
        let name = self.names.first().or(self.gist.as_ref());
        name.unwrap_or(&self.id)
    }
}

fn nanoseconds(time: &str) -> Result<i64, String> {
    let instant: Timestamp = time
        .parse()
        .map_err(|_| format!("`{time}` is no point in time"))?;
    i64::try_from(instant.as_nanosecond()).map_err(|_| format!("`{time}` is too far away"))
}

#[derive(Default)]
struct Found {
    id: Option<String>,
    kind: Option<String>,
    modified: Option<String>,
    created: Option<String>,
    author: Option<String>,
    names: Vec<String>,
    gist: Option<String>,
    references: Vec<String>,
    markings: Vec<String>,
    words: String,
    revoked: bool,
}

impl Found {
    /// Takes one text; `top` where it stands in the object itself and not deeper inside.
    fn take(&mut self, key: &str, text: &str, top: bool) -> Result<(), &'static str> {
        match key {
            "id" if top => set(&mut self.id, text)?,
            "type" if top => set(&mut self.kind, text)?,
            "modified" if top => set(&mut self.modified, text)?,
            "created" if top => set(&mut self.created, text)?,
            "created_by_ref" if top => set(&mut self.author, text)?,
            "object_marking_refs" | "marking_ref" => self.markings.push(text.to_owned()),
            "name" if top => self.name(0, text),
            "value" | "aliases" | "x_mitre_aliases" | "x_misp_synonyms" if top => {
                self.name(self.names.len(), text);
            }
            "abstract" if top => {
                self.gist = in_short(text).or(self.gist.take());
                self.word(text);
            }
            "content" | "explanation" if top => {
                if self.gist.is_none() {
                    self.gist = in_short(text);
                }
                self.word(text);
            }
            "external_id" => self.name(self.names.len(), text),
            "MD5" | "SHA-1" | "SHA-256" | "SHA-512" if text.len() >= 32 => {
                self.name(self.names.len(), text);
            }
            "type" | "id" | "spec_version" | "pattern_type" | "source_name" | "url" | "lang" => {}
            _ if key.ends_with("_ref") || key.ends_with("_refs") => {
                if self.references.len() < REFERENCES_MAX {
                    self.references.push(text.to_owned());
                }
            }
            _ => self.word(text),
        }
        Ok(())
    }

    fn name(&mut self, at: usize, text: &str) {
        let new = !text.trim().is_empty() && !self.names.iter().any(|name| name == text);
        if new && self.names.len() < NAMES_MAX {
            self.names.insert(at.min(self.names.len()), text.to_owned());
        }
    }

    fn word(&mut self, text: &str) {
        let is_time = text.ends_with('Z') && text.starts_with(|c: char| c.is_ascii_digit());
        if is_time || self.words.len() + text.len() > WORDS_BYTES_MAX {
            return;
        }
        if !self.words.is_empty() {
            self.words.push('\n');
        }
        self.words.push_str(text);
    }
}

/// The first line of a text, or as much of it as is shown.
fn in_short(text: &str) -> Option<String> {
    let line = text.trim().lines().next()?;
    let start = line.get(..line.floor_char_boundary(GIST_BYTES_MAX))?;
    let rest = if start.len() < line.len() { "…" } else { "" };
    Some(format!("{start}{rest}"))
}

/// Which of two values of the same name holds differs between programs; so neither does.
fn set(place: &mut Option<String>, text: &str) -> Result<(), &'static str> {
    match place.replace(text.to_owned()) {
        Some(_) => Err("type, id, created, modified or created_by_ref stands there twice"),
        None => Ok(()),
    }
}

/// The object itself.
struct Members<'a>(&'a mut Found);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            if key == "revoked" {
                self.0.revoked = map.next_value::<serde_json::Value>()? == true;
            } else {
                map.next_value_seed(Inside {
                    found: self.0,
                    key: &key,
                    top: true,
                })?;
            }
        }
        Ok(())
    }
}

/// Whatever stands under a key, however deep; serde_json stops at a depth of 128.
struct Inside<'a> {
    found: &'a mut Found,
    key: &'a str,
    top: bool,
}

impl<'de> DeserializeSeed<'de> for Inside<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.found.take(self.key, text, self.top).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            if key == "record" {
                // What the object was made of: whatever matters of it stands beside it.
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            map.next_value_seed(Inside {
                found: self.found,
                key: &key,
                top: false,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Inside { found, key, top } = self;
        while list
            .next_element_seed(Inside { found, key, top })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A key, borrowed where it holds no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_object_is_found_by() {
        let body = r#"{ "type":"intrusion-set", "id":"intrusion-set--1",
            "aliases":["Other", "Third"], "name":"First", "revoked": true,
            "created":"2020-01-01T00:00:00Z","modified":"2020-01-01T00:00:00.5Z",
            "created_by_ref":"identity--1", "object_marking_refs":["marking-definition--1"],
            "external_references":[{"source_name":"mitre-attack","external_id":"G9999"}],
            "x_mine":{"deep":{"host_ref":"x--2","text":"kept \u0041 words"}}, "n": [1, -2, 3.5, null] }"#;
        let object = Object::parse(body.to_owned()).unwrap();
        assert_eq!(object.body, body);
        assert_eq!(
            (object.id.as_str(), object.kind.as_str()),
            ("intrusion-set--1", "intrusion-set")
        );
        assert_eq!(object.names, ["First", "Other", "Third", "G9999"]);
        assert_eq!(object.references, ["x--2"]);
        assert_eq!(object.author.as_deref(), Some("identity--1"));
        assert_eq!(object.markings, ["marking-definition--1"]);
        assert_eq!(object.words, "kept A words");
        assert_eq!(object.version, 1_577_836_800_500_000_000);
        assert!(object.revoked);
    }

    #[test]
    fn what_is_shown_of_it() {
        let check = |members: &str, title: &str| {
            let body = format!(r#"{{"type":"note","id":"note--1",{members}}}"#);
            assert_eq!(Object::parse(body).unwrap().title(), title, "{members}");
        };
        check(
            r#""content":"A word.\nAnd more.","abstract":"In short""#,
            "In short",
        );
        check(
            r#""abstract":" ","content":"A word.\nAnd more.""#,
            "A word.",
        );
        check(r#""explanation":"Sure","name":"Named""#, "Named");
        check(r#""x":{"content":"Deeper"}"#, "note--1");
        let long = "ä".repeat(200);
        let title = format!("{}…", "ä".repeat(GIST_BYTES_MAX / 2));
        check(&format!(r#""content":"{long}""#), &title);
    }

    #[test]
    fn what_is_none() {
        for (body, part) in [
            ("[]", "expected a JSON object"),
            ("{\"id\":\"a--1\"}", "no `type`"),
            ("{\"type\":\"a\"}", "no `id`"),
            ("{\"type\":\"a\",\"id\":\"a--1\",\"id\":\"a--2\"}", "twice"),
            ("{\"type\":\"a\",\"id\":\"a--1\"} x", "trailing"),
            (
                "{\"type\":\"a\",\"id\":\"a--1\",\"modified\":\"soon\"}",
                "no point in time",
            ),
        ] {
            let error = Object::parse(body.to_owned()).unwrap_err();
            assert!(error.contains(part), "{body}: {error}");
        }
        let deep = format!(
            "{{\"id\":\"a--1\",\"type\":\"a\",\"x\":{}",
            "[".repeat(100_000)
        );
        assert!(Object::parse(deep).unwrap_err().contains("recursion limit"));
    }
}
