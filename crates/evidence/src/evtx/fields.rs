//! The steps of templates carried out: values of a record become fields.

use std::borrow::Cow;

use daylight_model::{Field, Native, Value};

use super::instance::{Instance, Record, Slot};
use super::store::Store;
use super::template::{Empty, Name, ROLES, Step};
use super::tree::Part;
use super::value;

/// Steps carried out for one record, and items of arrays taken: a hostile template can use a stream many times over, and
/// streams in it as well.
const STEPS_MAX: usize = 1 << 15;
/// Text put together for one record, which else is borrowed from the chunk: a hostile template can
/// have one value written many times.
const OWNED_BYTES_MAX: usize = 1 << 20;
/// Names that are values; longer ones are none.
const NAME_BYTES_MAX: usize = 256;

/// Where in the fields of an event those with a role stand.
pub(super) type Places = [Option<u32>; ROLES];

/// What was left out of a record, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    /// There are more fields than a record may have.
    Fields,
    /// It unfolds to far more than it is.
    Expansion,
}

/// Collects the fields of one record.
pub(super) struct Collector<'a, 's> {
    pub(super) data: &'a [u8],
    pub(super) store: &'a Store,
    pub(super) record: &'a Record,
    pub(super) fields: Vec<Field<'a>>,
    /// For each field, which of the record's values it is; `None` is what its template says.
    pub(super) origins: &'s mut Vec<Option<u32>>,
    /// Which value the step at hand takes.
    pub(super) origin: Option<u32>,
    /// Whether types and emptiness of the values alone say which fields there are, each of one
    /// value.
    pub(super) is_plain: bool,
    pub(super) fields_max: usize,
    pub(super) places: Places,
    pub(super) left_out: Option<LeftOut>,
    /// How many fields there were where each open element began.
    pub(super) open: &'s mut Vec<usize>,
    pub(super) steps: usize,
    pub(super) owned_bytes: usize,
}

impl<'a> Collector<'a, '_> {
    /// Adds the fields of instances. The depth of streams in streams is that of the record, which
    /// has been bounded.
    pub(super) fn instances(&mut self, range: std::ops::Range<usize>) {
        let record = self.record;
        for instance in range.filter_map(|index| record.instance(index)) {
            self.instance(instance);
        }
    }

    fn instance(&mut self, instance: &'a Instance) {
        let Some(template) = self.record.template(self.store, instance) else {
            return;
        };
        if !self.has_room(template.steps.len() + 1) {
            return;
        }
        let slots = self.record.slots(instance);
        let first_slot = instance.first_slot();
        let open = self.open.len();
        let mut steps = template.steps.iter();
        while let Some(step) = steps.next() {
            if let Step::Depends { slot, steps: count } = step {
                let slot = slots.get(usize::from(*slot));
                if *count > 0 && slot.is_some_and(|slot| slot.kind == value::NULL) {
                    steps.nth(count - 1);
                }
            } else {
                self.origin = match step {
                    Step::Slot { slot, .. } | Step::Scalar { slot, .. } => {
                        Some(first_slot + u32::from(*slot))
                    }
                    _ => None,
                };
                self.step(step, slots);
            }
        }
        self.open.truncate(open);
    }

    /// Counts steps; says whether they may be carried out.
    fn has_room(&mut self, steps: usize) -> bool {
        self.steps += steps;
        let has_room = self.steps <= STEPS_MAX && self.owned_bytes <= OWNED_BYTES_MAX;
        if !has_room {
            self.left_out = Some(LeftOut::Expansion);
        }
        has_room
    }

    #[inline]
    fn step(&mut self, step: &'a Step, slots: &[Slot]) {
        match step {
            Step::Slot { name, slot, empty } => self.slot(name, slots, *slot, *empty),
            Step::Constant { name, value } => self.constant(name, value),
            Step::Depends { .. } => {}
            Step::Open => self.open.push(self.fields.len()),
            Step::Close { name, empty } => {
                if self.open.pop() == Some(self.fields.len()) {
                    self.empty(name, *empty);
                }
            }
            Step::Nothing { name, empty } => self.empty(name, *empty),
            Step::Scalar { name, slot } => {
                let slot_kind = slots.get(usize::from(*slot)).map(|slot| slot.kind);
                if slot_kind != Some(value::NESTED) {
                    self.slot(name, slots, *slot, Empty::Absent);
                }
            }
            Step::Stream { slot } => {
                if let Some(slot) = slots.get(usize::from(*slot))
                    && slot.kind == value::NESTED
                {
                    self.instances(slot.instances());
                }
            }
            Step::Joined { name, parts } => {
                self.is_plain = false;
                let text = self.join(parts, slots);
                if !text.is_empty() {
                    self.push_counted(name, Value::Text(Cow::Owned(text)));
                }
            }
            Step::Rename { parts } => self.rename(parts, slots),
        }
    }

    #[inline]
    fn slot(&mut self, name: &'a Name, slots: &[Slot], slot: u16, empty: Empty) {
        let Some(slot) = slots.get(usize::from(slot)) else {
            return self.empty(name, empty);
        };
        if slot.kind == value::NESTED || slot.kind & value::ARRAY != 0 {
            return self.several(name, *slot, empty);
        }
        let bytes = slot.bytes(self.data);
        // The types that most values have go straight into the list: a value that is handed around
        // is written in small pieces and read in large ones, which the processor has to wait for.
        match (slot.kind, bytes.len()) {
            (value::TEXT, _) => match value::wide(bytes) {
                Some(text) => self.push(name, Value::Wide(text)),
                None => self.empty(name, empty),
            },
            (value::NULL, _) => self.empty(name, empty),
            (value::UNSIGNED_8, 1) => self.push(name, Value::Integer(number(bytes))),
            (value::UNSIGNED_16, 2) => self.push(name, Value::Integer(number(bytes))),
            (value::UNSIGNED_32, 4) => self.push(name, Value::Integer(number(bytes))),
            (value::HEX_32, 4) | (value::HEX_64, 8) => {
                let number = number(bytes).cast_unsigned();
                self.push(name, Value::Native(Native::Hex(number)));
            }
            (value::FILE_TIME, 8) => {
                let number = number(bytes).cast_unsigned();
                self.push(name, Value::Native(Native::FileTime(number)));
            }
            (value::GUID, 16) => {
                if let Ok(guid) = bytes.try_into() {
                    self.push(name, Value::Native(Native::Guid(guid)));
                }
            }
            (value::SID, _) => match value::sid(bytes) {
                Some(sid) => self.push(name, Value::Native(Native::Sid(sid))),
                None => self.other(name, slot.kind, bytes, empty),
            },
            _ => self.other(name, slot.kind, bytes, empty),
        }
    }

    #[inline(never)]
    fn other(&mut self, name: &'a Name, kind: u8, bytes: &'a [u8], empty: Empty) {
        if !self.has_room(0) {
            return;
        }
        match value::of(kind, bytes) {
            Some(value) => self.push_counted(name, value),
            None => self.empty(name, empty),
        }
    }

    /// A stream, or the values of an array, each of which is a field.
    #[cold]
    fn several(&mut self, name: &'a Name, slot: Slot, empty: Empty) {
        let before = self.fields.len();
        if slot.kind == value::NESTED {
            self.instances(slot.instances());
        } else {
            self.is_plain = false;
            for item in value::items(slot.kind, slot.bytes(self.data)) {
                match item {
                    Some(value) => self.push_counted(name, value),
                    None => self.empty(name, empty),
                }
                if !self.has_room(1) || self.left_out.is_some() {
                    return;
                }
            }
        }
        if self.fields.len() == before {
            self.empty(name, empty);
        }
    }

    fn constant(&mut self, name: &'a Name, value: &'a Part) {
        match value {
            Part::Text(text) => self.push(name, Value::Text(Cow::Borrowed(text))),
            Part::Typed(kind, bytes) => {
                if let Some(value) = value::of(*kind, bytes) {
                    self.push_counted(name, value);
                }
            }
            Part::Slot(_) => {}
        }
    }

    /// The text of parts in a row, where there is room for it.
    #[cold]
    fn join(&mut self, parts: &[Part], slots: &[Slot]) -> String {
        let mut text = String::new();
        for part in parts {
            if !self.has_room(1) {
                return String::new();
            }
            let before = text.len();
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Typed(kind, bytes) => append(&mut text, value::of(*kind, bytes)),
                Part::Slot(slot) => {
                    if let Some(slot) = slots.get(usize::from(*slot)) {
                        self.join_slot(&mut text, *slot);
                    }
                }
            }
            self.owned_bytes += text.len() - before;
        }
        text
    }

    fn join_slot(&mut self, text: &mut String, slot: Slot) {
        let bytes = slot.bytes(self.data);
        if slot.kind & value::ARRAY != 0 {
            for (place, item) in value::items(slot.kind, bytes).enumerate() {
                if !self.has_room(1) {
                    return;
                }
                text.push_str(if place > 0 { "," } else { "" });
                append(text, item);
            }
        } else if slot.kind != value::NESTED {
            append(text, value::of(slot.kind, bytes));
        }
    }

    #[cold]
    fn rename(&mut self, parts: &[Part], slots: &[Slot]) {
        self.is_plain = false;
        let name = self.join(parts, slots);
        let start = self.open.pop().unwrap_or(self.fields.len());
        if !(1..NAME_BYTES_MAX).contains(&name.len()) {
            return;
        }
        for field in self.fields.iter_mut().skip(start) {
            self.owned_bytes += name.len();
            field.name = Cow::Owned(name.clone());
        }
    }

    #[inline]
    fn empty(&mut self, name: &'a Name, empty: Empty) {
        match empty {
            Empty::Absent => {}
            Empty::Null => self.push(name, Value::Null),
            Empty::Text => self.push(name, Value::Text(Cow::Borrowed(""))),
        }
    }

    /// As [`Self::push`], for a value that may own its text.
    fn push_counted(&mut self, name: &'a Name, value: Value<'a>) {
        if let Value::Text(Cow::Owned(text)) = &value {
            self.owned_bytes += text.len();
            if !self.has_room(0) {
                return;
            }
        }
        self.push(name, value);
    }

    #[inline(always)]
    fn push(&mut self, name: &'a Name, value: Value<'a>) {
        if self.fields.len() >= self.fields_max {
            self.left_out = Some(LeftOut::Fields);
            return;
        }
        if let Some(place @ None) = self.places.get_mut(name.role as usize) {
            *place = Some(self.fields.len() as u32);
        }
        self.fields.push(Field {
            name: Cow::Borrowed(&name.text),
            value,
        });
        self.origins.push(self.origin);
    }
}

fn append(text: &mut String, value: Option<Value<'_>>) {
    if let Some(value) = value {
        text.push_str(&value.as_text());
    }
}

/// A number of up to eight bytes, the lowest first.
#[inline(always)]
fn number(bytes: &[u8]) -> i64 {
    let number = match *bytes {
        [a] => u64::from(a),
        [a, b] => u64::from(u16::from_le_bytes([a, b])),
        [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
        _ => bytes
            .first_chunk()
            .map_or(0, |bytes| u64::from_le_bytes(*bytes)),
    };
    number.cast_signed()
}
