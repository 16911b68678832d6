//! Records taken apart: which templates they use, with which values.
//!
//! A record is a stream of BinXML that holds, as a rule, one instance of a template. An instance
//! names its template by the offset of the definition, which stands inside the instance that used
//! it first in the chunk; then come the sizes and types of its values, then the values. A value
//! can be a stream itself.

use std::ops::Range;

use super::cursor::{Cursor, Fault};
use super::store::Store;
use super::template::Template;
use super::{tree, value};

const INSTANCE: u8 = 0x0c;
/// The offset of the next definition, GUID and size, before the body of a definition.
pub(super) const DEFINITION_HEADER_BYTES: usize = 24;

/// A value of an instance, where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) kind: u8,
    pub(super) size: u16,
    /// Where in the chunk it begins.
    pub(super) start: u32,
}

impl Slot {
    #[inline]
    pub(super) fn bytes(self, data: &[u8]) -> &[u8] {
        let start = self.start as usize;
        data.get(start..start + usize::from(self.size))
            .unwrap_or_default()
    }

    /// The instances that stand for a value of type [`value::NESTED`] once it is resolved.
    pub(super) fn instances(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + usize::from(self.size)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum TemplateNumber {
    /// In the [`Store`].
    Stored(u32),
    /// Of an element without a template, in [`Record::fragments`].
    Fragment(u32),
}

#[derive(Debug)]
pub(super) struct Instance {
    pub(super) template: TemplateNumber,
    slots: Range<u32>,
}

impl Instance {
    /// The place of its first value among all of the record.
    #[inline]
    pub(super) fn first_slot(&self) -> u32 {
        self.slots.start
    }
}

/// A record taken apart; reused from record to record.
#[derive(Debug, Default)]
pub(super) struct Record {
    instances: Vec<Instance>,
    slots: Vec<Slot>,
    fragments: Vec<Template>,
}

impl Record {
    /// Takes the stream of a record apart; gives back which instances are its own.
    pub(super) fn resolve(
        &mut self,
        store: &mut Store,
        data: &[u8],
        bytes: Range<usize>,
        depth_max: usize,
    ) -> Result<Range<usize>, Fault> {
        self.instances.clear();
        self.slots.clear();
        self.fragments.clear();
        self.stream(store, data, bytes, depth_max)
    }

    pub(super) fn instance(&self, index: usize) -> Option<&Instance> {
        self.instances.get(index)
    }

    pub(super) fn instances(&self) -> &[Instance] {
        &self.instances
    }

    /// The values of all instances, one after the other.
    pub(super) fn all_slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn slots(&self, instance: &Instance) -> &[Slot] {
        let range = instance.slots.start as usize..instance.slots.end as usize;
        self.slots.get(range).unwrap_or_default()
    }

    pub(super) fn template<'s>(
        &'s self,
        store: &'s Store,
        instance: &Instance,
    ) -> Option<&'s Template> {
        match instance.template {
            TemplateNumber::Stored(number) => store.template(number),
            TemplateNumber::Fragment(number) => self.fragments.get(number as usize),
        }
    }

    fn stream(
        &mut self,
        store: &mut Store,
        data: &[u8],
        bytes: Range<usize>,
        depth_left: usize,
    ) -> Result<Range<usize>, Fault> {
        let first = self.instances.len();
        let mut cursor = Cursor::new(data, bytes.start, bytes.end);
        let slots = self.slots.len();
        let mut has_nested = false;
        while !cursor.is_at_end() {
            let start = cursor.at();
            match cursor.u8()? {
                0x00 => break,
                0x0f => drop(cursor.take(3)?),
                INSTANCE => has_nested |= self.instance_of_template(store, data, &mut cursor)?,
                0x01 | 0x41 => {
                    let fragment = tree::fragment(data, start, bytes.end)?;
                    cursor = Cursor::new(data, fragment.end, bytes.end);
                    has_nested |= self.element(&fragment);
                }
                _ => return Err(cursor.fault("an unknown token")),
            }
        }
        let own = first..self.instances.len();
        if has_nested {
            self.nested(store, data, slots..self.slots.len(), depth_left)?;
        }
        Ok(own)
    }

    /// Reads an instance; says whether values of it are streams.
    fn instance_of_template(
        &mut self,
        store: &mut Store,
        data: &[u8],
        cursor: &mut Cursor<'_>,
    ) -> Result<bool, Fault> {
        let header = header(cursor)?;
        let number = store.find(data, header.definition)?;
        let first = self.slots.len();
        let mut has_nested = false;
        let mut start = cursor.at();
        let descriptors = header.descriptors.iter();
        self.slots.extend(descriptors.map(|[low, high, kind, _]| {
            let size = u16::from_le_bytes([*low, *high]);
            // A stream of no bytes is no value.
            let is_nested = *kind == value::NESTED;
            has_nested |= is_nested && size > 0;
            let slot = Slot {
                kind: if is_nested && size == 0 {
                    value::NULL
                } else {
                    *kind
                },
                size,
                start: start as u32,
            };
            start += usize::from(size);
            slot
        }));
        cursor.take(start - cursor.at())?;
        self.push(TemplateNumber::Stored(number), first);
        Ok(has_nested)
    }

    fn element(&mut self, fragment: &tree::Fragment) -> bool {
        let first = self.slots.len();
        let streams = fragment.streams.iter();
        self.slots.extend(streams.map(|(start, size)| Slot {
            kind: value::NESTED,
            // Streams lie in a chunk of 64 KiB, after its header.
            size: *size as u16,
            start: *start as u32,
        }));
        let number = self.fragments.len() as u32;
        self.fragments.push(Template::compile(&fragment.root));
        self.push(TemplateNumber::Fragment(number), first);
        !fragment.streams.is_empty()
    }

    fn push(&mut self, template: TemplateNumber, first_slot: usize) {
        self.instances.push(Instance {
            template,
            slots: first_slot as u32..self.slots.len() as u32,
        });
    }

    /// Takes apart the values that are streams.
    fn nested(
        &mut self,
        store: &mut Store,
        data: &[u8],
        slots: Range<usize>,
        depth_left: usize,
    ) -> Result<(), Fault> {
        for index in slots {
            let Some(slot) = self.slots.get(index).copied() else {
                continue;
            };
            if slot.kind != value::NESTED {
                continue;
            }
            let start = slot.start as usize;
            let Some(depth_left) = depth_left.checked_sub(1) else {
                return Err(Fault {
                    what: "values nested too deep",
                    at: start,
                });
            };
            let bytes = start..start + usize::from(slot.size);
            let instances = self.stream(store, data, bytes, depth_left)?;
            if let Some(slot) = self.slots.get_mut(index) {
                slot.start = instances.start as u32;
                slot.size = instances.len() as u16;
            }
        }
        Ok(())
    }
}

struct Header<'a> {
    /// Where in the chunk the template is defined.
    definition: u32,
    /// Size, type and a byte of no meaning for each value.
    descriptors: &'a [[u8; 4]],
}

/// Reads an instance after its token, up to its values.
#[inline]
fn header<'a>(cursor: &mut Cursor<'a>) -> Result<Header<'a>, Fault> {
    let _version = cursor.u8()?;
    let _id = cursor.u32()?;
    let definition = cursor.u32()?;
    if cursor.at() == definition as usize {
        let header = cursor.take(DEFINITION_HEADER_BYTES)?;
        let size = header.last_chunk::<4>().copied().unwrap_or_default();
        cursor.take(u32::from_le_bytes(size) as usize)?;
    }
    let count = cursor.u32()? as usize;
    let (descriptors, _) = cursor.take(count.saturating_mul(4))?.as_chunks::<4>();
    Ok(Header {
        definition,
        descriptors,
    })
}

/// Passes over an instance whose token has been read.
pub(super) fn skip(cursor: &mut Cursor<'_>) -> Result<(), Fault> {
    let header = header(cursor)?;
    let sizes = header.descriptors.iter();
    let size = sizes
        .map(|[low, high, ..]| usize::from(u16::from_le_bytes([*low, *high])))
        .sum();
    cursor.take(size).map(drop)
}
