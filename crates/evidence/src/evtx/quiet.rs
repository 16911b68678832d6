//! Records like those of which nothing came.
//!
//! Logs repeat themselves, and nothing comes of most records. Who takes the events tells what of
//! such a record decided that; a later one that is the same in it is known by its values as they
//! lie in the chunk, and need not become an event of all its fields.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;

use daylight_model::{Decisive, Field, Value, stands_in_number};
use foldhash::fast::FixedState;

use super::fields::Places;
use super::identity;
use super::instance::{Record, Slot, TemplateNumber};
use super::template::Role;
use super::value;

/// Memory that may be taken; beyond it, all is forgotten. Bytes.
const BYTES_MAX: usize = 4 << 20;
/// Longer records seldom come again. Bytes.
const KEY_BYTES_MAX: usize = 16 << 10;
/// Kinds of events told apart that have one shape.
const KINDS_MAX: usize = 64;
/// After so many records of a kind it counts how many of them were known. Where that is less than
/// one in so many, only every other is looked for.
const TRIED_MIN: u32 = 1_024;
const TRIED_FOR_ONE_MAX: u32 = 8;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    /// By templates, types and emptiness of the values, which say what fields there are.
    shapes: HashMap<Box<[u8]>, Shape, FixedState>,
    kind_count: u32,
    /// Where in `keys` those of records are, by hash.
    known: HashMap<u64, (u32, u32), FixedState>,
    keys: Vec<u8>,
    bytes: usize,
    /// Of the record at hand; empty where it has none.
    shape: Vec<u8>,
    key: Vec<u8>,
}

#[derive(Debug)]
struct Shape {
    /// The values that say channel, provider and id.
    identity: Box<[u32]>,
    kinds: Vec<Kind>,
}

/// Events of one shape, channel, provider and id.
#[derive(Debug)]
pub(super) struct Kind {
    identity: Box<[u8]>,
    number: u32,
    /// What of which values decides.
    decisive: Box<[(u32, Decisive)]>,
    /// What its records say of channel, provider and id.
    event: identity::Kind,
    /// What else says what the event is.
    roles: Box<[(Role, Said)]>,
    tried: u32,
    found: u32,
}

/// Where the value of a field is.
#[derive(Debug)]
enum Said {
    /// Among those of the record.
    Slot(u32),
    /// In the template.
    Always(Value<'static>),
}

/// What was made of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made<'m> {
    pub(super) fields: &'m [Field<'m>],
    /// For each field, which of the record's values it is; `None` is what its template says.
    pub(super) origins: &'m [Option<u32>],
    pub(super) places: &'m Places,
    pub(super) event: identity::Kind,
}

/// What may differ between events of one kind, and is told of each.
const ROLES_OF_EACH: [Role; 3] = [Role::Computer, Role::Time, Role::UtcTime];

impl Quiet {
    /// What a record is of which nothing comes; `None` where something may.
    pub(super) fn find(&mut self, data: &[u8], record: &Record) -> Option<&Kind> {
        if !tell_shape(data, record, &mut self.shape) {
            self.shape.clear();
            return None;
        }
        let shape = self.shapes.get_mut(self.shape.as_slice())?;
        let slots = record.all_slots();
        tell_identity(&shape.identity, slots, data, &mut self.key);
        let mut kinds = shape.kinds.iter_mut();
        let kind = kinds.find(|kind| *kind.identity == *self.key)?;
        if kind.tried >= TRIED_MIN && kind.found.saturating_mul(TRIED_FOR_ONE_MAX) < kind.tried {
            kind.tried /= 2;
            self.shape.clear();
            return None;
        }
        kind.tried += 1;
        let hash = tell_decisive(kind, slots, data, &mut self.key);
        let (start, end) = self.known.get(&hash).copied().unwrap_or_default();
        let is_known = self.keys.get(start as usize..end as usize) == Some(self.key.as_slice());
        kind.found += u32::from(is_known);
        is_known.then_some(kind)
    }

    /// Takes in that nothing came of the record that was asked about last, and what decided that.
    pub(super) fn learn(
        &mut self,
        data: &[u8],
        record: &Record,
        made: Made<'_>,
        decisive: &[Decisive],
    ) {
        if self.shape.is_empty() {
            return;
        }
        if self.bytes + self.keys.len() > BYTES_MAX {
            let (shape, key) = (
                std::mem::take(&mut self.shape),
                std::mem::take(&mut self.key),
            );
            *self = Self {
                shape,
                key,
                ..Self::default()
            };
        }
        let slots = record.all_slots();
        if !self.shapes.contains_key(self.shape.as_slice()) {
            self.bytes += self.shape.len() + 256;
            let shape = Shape {
                identity: identity(made),
                kinds: Vec::new(),
            };
            self.shapes.insert(self.shape.as_slice().into(), shape);
        }
        let Some(shape) = self.shapes.get_mut(self.shape.as_slice()) else {
            return;
        };
        tell_identity(&shape.identity, slots, data, &mut self.key);
        let known = shape
            .kinds
            .iter()
            .position(|kind| *kind.identity == *self.key);
        let at = known.unwrap_or(shape.kinds.len());
        if known.is_none() {
            let Some(roles) = made.roles().filter(|_| at < KINDS_MAX) else {
                return;
            };
            self.kind_count += 1;
            self.bytes += 256 + self.key.len() + 8 * made.origins.len();
            shape.kinds.push(Kind {
                identity: self.key.as_slice().into(),
                number: self.kind_count,
                decisive: values_of(made.origins, decisive),
                event: made.event,
                roles,
                tried: 0,
                found: 0,
            });
        }
        let Some(kind) = shape.kinds.get(at) else {
            return;
        };
        let hash = tell_decisive(kind, slots, data, &mut self.key);
        if self.key.len() > KEY_BYTES_MAX {
            return;
        }
        self.bytes += 32;
        let start = self.keys.len() as u32;
        self.keys.extend_from_slice(&self.key);
        self.known.insert(hash, (start, self.keys.len() as u32));
    }
}

impl Kind {
    /// What all its records say of channel, provider and id.
    pub(super) fn event(&self) -> identity::Kind {
        self.event
    }

    /// The fields of a record of this kind that say what else it is, and where they stand.
    pub(super) fn fields<'a>(
        &'a self,
        data: &'a [u8],
        record: &Record,
        mut fields: Vec<Field<'a>>,
    ) -> (Vec<Field<'a>>, Places) {
        let mut places = Places::default();
        for (role, said) in &self.roles {
            let value = match said {
                Said::Slot(slot) => {
                    let slot = record.all_slots().get(*slot as usize);
                    slot.and_then(|slot| value::of(slot.kind, slot.bytes(data)))
                }
                Said::Always(value) => Some(value.borrowed()),
            };
            if let Some(value) = value {
                places[*role as usize] = Some(fields.len() as u32);
                let name = Cow::Borrowed(role.name());
                fields.push(Field { name, value });
            }
        }
        (fields, places)
    }
}

impl Made<'_> {
    /// Where a field with this role stands.
    fn place(self, role: Role) -> Option<usize> {
        Some(self.places.get(role as usize).copied()?? as usize)
    }

    /// What else than its kind says what the event is; `None` where that cannot be kept.
    fn roles(self) -> Option<Box<[(Role, Said)]>> {
        let mut roles = Vec::new();
        for role in ROLES_OF_EACH {
            let Some(place) = self.place(role) else {
                continue;
            };
            let said = match (self.origins.get(place)?, &self.fields.get(place)?.value) {
                (Some(slot), _) => Said::Slot(*slot),
                (None, Value::Text(text)) => {
                    Said::Always(Value::Text(Cow::Owned(text.clone().into_owned())))
                }
                (None, Value::Integer(number)) => Said::Always(Value::Integer(*number)),
                (None, Value::Null) => Said::Always(Value::Null),
                _ => return None,
            };
            roles.push((role, said));
        }
        Some(roles.into())
    }
}

/// The values that say channel, provider and id; one that a template says is always the same.
fn identity(made: Made<'_>) -> Box<[u32]> {
    let roles = [Role::Channel, Role::Provider, Role::EventId];
    let values = roles.into_iter().filter_map(|role| {
        let place = made.place(role)?;
        made.origins.get(place).copied().flatten()
    });
    values.collect()
}

/// The values that fields are from of which something decides.
fn values_of(origins: &[Option<u32>], decisive: &[Decisive]) -> Box<[(u32, Decisive)]> {
    let values = origins.iter().zip(decisive);
    let values = values.filter_map(|(origin, decisive)| Some((((*origin)?), *decisive)));
    values
        .filter(|(_, decisive)| *decisive != Decisive::Nothing)
        .collect()
}

/// Writes down templates, and types and emptiness of the values; `false` where more than these say
/// which fields there are.
fn tell_shape(data: &[u8], record: &Record, shape: &mut Vec<u8>) -> bool {
    shape.clear();
    for instance in record.instances() {
        let TemplateNumber::Stored(number) = instance.template else {
            return false;
        };
        shape.extend(number.to_le_bytes());
        let slots = record.slots(instance);
        shape.extend((slots.len() as u32).to_le_bytes());
        for slot in slots {
            let is_simple = slot.kind & value::ARRAY == 0 && !value::may_hold_nothing(slot.kind);
            if !is_simple {
                return false;
            }
            let is_empty = match slot.kind {
                value::NESTED => false,
                value::TEXT => slot
                    .bytes(data)
                    .first_chunk()
                    .is_none_or(|unit| *unit == [0, 0]),
                _ => slot.size == 0,
            };
            shape.extend([slot.kind, u8::from(is_empty)]);
        }
    }
    true
}

fn tell_identity(identity: &[u32], slots: &[Slot], data: &[u8], key: &mut Vec<u8>) {
    key.clear();
    for slot in identity {
        tell(*slot, Decisive::Value, slots, data, key);
    }
}

/// Gives back the hash.
fn tell_decisive(kind: &Kind, slots: &[Slot], data: &[u8], key: &mut Vec<u8>) -> u64 {
    key.clear();
    key.extend(kind.number.to_le_bytes());
    for (slot, decisive) in &kind.decisive {
        tell(*slot, *decisive, slots, data, key);
    }
    FixedState::default().hash_one(key.as_slice())
}

/// Writes down what of a value decides, and be it more. Its type is that of all in this place.
fn tell(slot: u32, decisive: Decisive, slots: &[Slot], data: &[u8], key: &mut Vec<u8>) {
    let Some(slot) = slots.get(slot as usize) else {
        return;
    };
    let bytes = match decisive {
        Decisive::Words if !holds_words(*slot, data) => &[],
        _ => slot.bytes(data),
    };
    key.extend((bytes.len() as u16).to_le_bytes());
    key.extend_from_slice(bytes);
}

/// As [`daylight_model::Value::holds_words`] says it of the value.
fn holds_words(slot: Slot, data: &[u8]) -> bool {
    let (units, _) = slot.bytes(data).as_chunks::<2>();
    let mut units = units.iter().take_while(|unit| **unit != [0, 0]);
    slot.kind == value::TEXT && units.any(|[low, high]| *high != 0 || !stands_in_number(*low))
}

#[cfg(test)]
mod tests {
    use daylight_model::{Event, Limits};

    use super::super::builder::{Body, Builder, Typed, text};
    use super::super::chunk::{ChunkOptions, ChunkReader, Receiver};
    use super::super::synthetic::in_event;
    use super::*;

    /// Dismisses events whose field `A` does not say `bad`: by `A` alone, and by words in the rest.
    #[derive(Default)]
    struct Careless {
        told: Vec<String>,
        passed_over: usize,
        dismissed: Option<Vec<Decisive>>,
    }

    impl Receiver for Careless {
        fn event(&mut self, event: &Event<'_>, _: &'static str) {
            let value = |name| event.value(name).map(|value| value.as_text().into_owned());
            let (a, b) = (
                value("A").unwrap_or_default(),
                value("B").unwrap_or_default(),
            );
            self.dismissed = (a != "bad").then(|| {
                let parts = event.fields.iter().map(|field| match field.name.as_ref() {
                    "A" => Decisive::Value,
                    "B" => Decisive::Words,
                    _ => Decisive::Nothing,
                });
                parts.collect()
            });
            self.told.push(format!("{a} {b}"));
        }

        fn dismissed(&self) -> Option<&[Decisive]> {
            self.dismissed.as_deref()
        }

        fn passed_over(&mut self, event: &Event<'_>, _: &'static str) {
            assert_eq!(event.channel.as_deref(), Some("System"));
            assert_eq!(
                (event.provider.as_deref(), event.event_id),
                (Some("P"), Some(7))
            );
            assert!(event.value("A").is_none());
            self.passed_over += 1;
        }

        fn failed(&mut self, _: u64, _: Option<u64>, message: String) {
            panic!("{message}");
        }

        fn problem(&mut self, _: u64, _: Option<u64>, message: String) {
            panic!("{message}");
        }
    }

    /// Reads records of two values each.
    fn read(records: &[[Typed; 2]], body: Body<'_>) -> Careless {
        let mut builder = Builder::new();
        let mut definition = None;
        for values in records {
            builder.record();
            match definition {
                None => {
                    definition =
                        Some(builder.instance(1, &|builder| in_event(builder, body), values))
                }
                Some(definition) => drop(builder.instance_of(definition, values)),
            }
            builder.end_record();
        }
        let (chunk, mut told) = (builder.chunk(), Careless::default());
        let options = ChunkOptions::new(0, &Limits::default());
        ChunkReader::default().read(&chunk, chunk.len(), 0, &options, &mut told);
        told
    }

    fn two_fields(builder: &mut Builder) {
        builder.open("EventData");
        builder.open("A").optional(0).close();
        builder.open("B").optional(1).close();
        builder.close();
    }

    fn check(records: &[[Typed; 2]], told: &[&str], passed_over: usize) {
        let read = read(records, &two_fields);
        assert_eq!(read.told, told);
        assert_eq!(read.passed_over, passed_over);
    }

    #[test]
    fn what_decides_must_be_the_same() {
        let pair = |a: &str, b: &str| [text(a), text(b)];
        check(
            &[
                pair("good", "12:30"),
                pair("good", "12:31"),
                pair("bad", "12:31"),
            ],
            &["good 12:30", "bad 12:31"],
            1,
        );
        check(
            &[
                pair("good", "12:30"),
                pair("good", "word"),
                pair("good", "word"),
                pair("good", "else"),
            ],
            &["good 12:30", "good word", "good else"],
            1,
        );
        // Of another type, or empty, a value makes other fields.
        check(
            &[
                pair("good", "1"),
                [text("good"), (8, vec![1, 0, 0, 0])],
                [text("good"), (0, Vec::new())],
            ],
            &["good 1", "good 1", "good "],
            0,
        );
        check(
            &[pair("bad", "1"), pair("bad", "1")],
            &["bad 1", "bad 1"],
            0,
        );
    }

    #[test]
    fn where_values_say_what_fields_there_are_nothing_is_passed_over() {
        let array = || (0x81, text("good\0").1);
        let records = [[array(), text("1")], [array(), text("1")]];
        assert_eq!(read(&records, &two_fields).passed_over, 0);
        let named: Body<'_> = &|builder| {
            let name: Body<'_> = &|builder| {
                builder.slot(1);
            };
            builder.open("EventData");
            builder
                .open_with("Data", 0xffff, &[("Name", name)])
                .optional(0)
                .close();
            builder.close();
        };
        let records = [[text("good"), text("A")], [text("good"), text("A")]];
        assert_eq!(read(&records, named).passed_over, 0);
    }

    #[test]
    fn words_are_what_the_model_says() {
        for sample in [
            "",
            "2021-03-03 04:12:09.5",
            "a1b2",
            "good",
            "1\0word",
            "\u{e9}",
        ] {
            let bytes = text(sample).1;
            let slot = Slot {
                kind: value::TEXT,
                size: bytes.len() as u16,
                start: 0,
            };
            let expected = value::wide(&bytes).map(Value::Wide);
            assert_eq!(
                holds_words(slot, &bytes),
                expected.is_some_and(|value| value.holds_words()),
                "{sample:?}"
            );
        }
    }
}
