//! What an event is: its channel, provider, host, number, time and message, from the fields that
//! say so. Their text comes again in most events, so it is decoded once and kept.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use daylight_model::{Event, Field, LogFamily, Timestamp, Value, Wide, file_time};

use super::fields::Places;
use super::template::Role;
use crate::{time, windows};

/// Bytes of texts kept, before all are forgotten. A machine has about a thousand channels and as
/// many providers.
const TEXTS_BYTES_MAX: usize = 1 << 20;

pub(super) const TIME_FIELD: &str = "TimeCreated_SystemTime";
/// Where a record has no field for its time, its header has one.
const HEADER_TIME: &str = "record header";

/// A text of the last event, by role, and texts of earlier ones.
#[derive(Debug, Default)]
pub(super) struct Texts {
    numbers: HashMap<Box<[u8]>, usize>,
    texts: Vec<(Box<[u8]>, Box<str>)>,
    bytes: usize,
    last: [usize; 3],
    /// Channel and provider of the last event, and the log they stand for.
    family: Option<(Option<usize>, Option<usize>, LogFamily)>,
    message: String,
}

/// What kind of event it is, by number in [`Texts`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    channel: Option<usize>,
    provider: Option<usize>,
    event_id: Option<u32>,
    family: LogFamily,
}

/// What the event is, by number in [`Texts`].
pub(super) struct Identity {
    pub(super) kind: Kind,
    host: Option<usize>,
    time: Option<Timestamp>,
    time_field: &'static str,
    has_message: bool,
}

impl Texts {
    /// Call it now and then: forgets all where that is too much, and says whether it did.
    pub(super) fn forget(&mut self) -> bool {
        let is_full = self.bytes >= TEXTS_BYTES_MAX;
        if is_full {
            *self = Self::default();
        }
        is_full
    }

    /// Finds out what an event with these fields is.
    pub(super) fn identify(
        &mut self,
        fields: &[Field<'_>],
        places: &Places,
        written: u64,
    ) -> Identity {
        let value = |role: Role| value(role, fields, places);
        let channel = value(Role::Channel).and_then(|value| self.number(0, value));
        let provider = value(Role::Provider).and_then(|value| self.number(1, value));
        let kind = Kind {
            channel,
            provider,
            event_id: value(Role::EventId).and_then(windows::event_id),
            family: self.family(channel, provider),
        };
        let message = value(Role::Message).or_else(|| value(Role::LowerMessage));
        Identity {
            has_message: message.is_some_and(|message| self.decode_message(message)),
            ..self.identify_one(kind, fields, places, written)
        }
    }

    /// Finds out what an event of a known kind is, but for its message.
    pub(super) fn identify_one(
        &mut self,
        kind: Kind,
        fields: &[Field<'_>],
        places: &Places,
        written: u64,
    ) -> Identity {
        let value = |role: Role| value(role, fields, places);
        let (time, time_field) = match value(Role::Time).and_then(time::of_value) {
            Some(time) => (Some(time), TIME_FIELD),
            None => (file_time(written), HEADER_TIME),
        };
        Identity {
            kind,
            host: value(Role::Computer).and_then(|value| self.number(2, value)),
            time,
            time_field,
            has_message: false,
        }
    }

    /// The event, with texts borrowed from here, and where its time is from.
    pub(super) fn complete<'e>(
        &'e self,
        identity: &Identity,
        event: &mut Event<'e>,
    ) -> &'static str {
        let text = |number: Option<usize>| number.map(|number| Cow::Borrowed(self.text(number)));
        event.channel = text(identity.kind.channel);
        event.provider = text(identity.kind.provider);
        event.host = text(identity.host);
        event.event_id = identity.kind.event_id;
        event.time = identity.time;
        event.family = identity.kind.family;
        event.text = identity
            .has_message
            .then_some(Cow::Borrowed(self.message.as_str()));
        identity.time_field
    }

    fn text(&self, number: usize) -> &str {
        self.texts.get(number).map_or("", |(_, text)| text)
    }

    /// The number of a text; `role` is one of three.
    fn number(&mut self, role: usize, value: &Value<'_>) -> Option<usize> {
        let key = match value {
            Value::Wide(wide) => wide.bytes(),
            Value::Text(text) => text.as_bytes(),
            _ => return None,
        };
        if key.is_empty() {
            return None;
        }
        let last = self.last.get(role).copied().unwrap_or_default();
        if self
            .texts
            .get(last)
            .is_some_and(|(bytes, _)| **bytes == *key)
        {
            return Some(last);
        }
        let number = match self.numbers.get(key) {
            Some(number) => *number,
            None => self.add(key, value),
        };
        if let Some(last) = self.last.get_mut(role) {
            *last = number;
        }
        Some(number)
    }

    fn add(&mut self, key: &[u8], value: &Value<'_>) -> usize {
        let number = self.texts.len();
        self.bytes += 4 * key.len();
        self.texts.push((key.into(), value.as_text().into()));
        self.numbers.insert(key.into(), number);
        number
    }

    fn family(&mut self, channel: Option<usize>, provider: Option<usize>) -> LogFamily {
        if let Some((last_channel, last_provider, family)) = self.family
            && (last_channel, last_provider) == (channel, provider)
        {
            return family;
        }
        let text = |number: Option<usize>| number.map_or("", |number| self.text(number));
        let family = windows::family(text(channel), text(provider));
        self.family = Some((channel, provider, family));
        family
    }

    /// Decodes the message; says whether there is one.
    fn decode_message(&mut self, value: &Value<'_>) -> bool {
        self.message.clear();
        match value {
            Value::Wide(wide) => decode(*wide, &mut self.message),
            Value::Text(text) => self.message.push_str(text),
            _ => {}
        }
        !self.message.is_empty()
    }
}

/// The value of the field with this role.
fn value<'f>(role: Role, fields: &'f [Field<'_>], places: &Places) -> Option<&'f Value<'f>> {
    let place = places.get(role as usize).copied().flatten()?;
    fields.get(place as usize).map(|field| &field.value)
}

fn decode(wide: Wide<'_>, text: &mut String) {
    // Writing to text does not fail.
    let _ = write!(text, "{wide}");
}
