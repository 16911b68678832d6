//! Compiled templates, kept from chunk to chunk and file to file.
//!
//! A chunk holds the definition of each template it uses, so the same templates come again in
//! every chunk, mostly at other offsets. Since the offsets of names are part of a definition's
//! body, equal bodies differ in their bytes, and bodies that are equal in their bytes may name
//! other things. So a stored template is taken for a definition if GUID and size are the same,
//! the bytes between the names are the same, and the names themselves are.

use std::collections::HashMap;

use super::cursor::{Cursor, Fault};
use super::template::Template;
use super::tree::{self, NameReference};

/// Memory that templates may take; beyond it, they are compiled anew. The event logs of a whole
/// machine use a few hundred templates, of about 10 KiB each.
const COST_MAX: usize = 32 << 20;
/// Templates told apart that have one GUID and size.
const VARIANTS_MAX: usize = 8;
/// Bytes of definitions compiled in one chunk. Definitions do not overlap, so those of a sound chunk
/// have less than 64 KiB.
const COMPILED_BYTES_MAX: usize = 128 << 10;
/// Bytes of definitions compared in one chunk, each with few variants. Beyond it, they are compiled
/// anew.
const COMPARED_BYTES_MAX: usize = 1 << 20;

#[derive(Debug)]
struct Stored {
    template: Template,
    body: Box<[u8]>,
    names: Vec<NameReference>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Store {
    stored: Vec<Stored>,
    variants: HashMap<([u8; 16], usize), Vec<u32>>,
    cost: usize,
    /// Definitions met in this chunk by their offset, in its order: failures are kept too, so that
    /// nothing is tried twice.
    met: Vec<(u32, Result<u32, Fault>)>,
    compiled_bytes_left: usize,
    compared_bytes_left: usize,
}

impl Store {
    /// Forgets where definitions lie; whether it forgot the templates too.
    pub(super) fn begin_chunk(&mut self) -> bool {
        self.met.clear();
        self.compiled_bytes_left = COMPILED_BYTES_MAX;
        self.compared_bytes_left = COMPARED_BYTES_MAX;
        let is_full = self.cost > COST_MAX;
        if is_full {
            self.stored.clear();
            self.variants.clear();
            self.cost = 0;
        }
        is_full
    }

    pub(super) fn template(&self, number: u32) -> Option<&Template> {
        let stored = self.stored.get(number as usize)?;
        Some(&stored.template)
    }

    /// The number of the template that is defined at an offset of the chunk.
    #[inline]
    pub(super) fn find(&mut self, data: &[u8], offset: u32) -> Result<u32, Fault> {
        match self.met.binary_search_by_key(&offset, |(at, _)| *at) {
            Ok(place) => self.met.get(place).map_or(Ok(0), |(_, found)| *found),
            Err(place) => {
                let found = self.load(data, offset as usize);
                self.met.insert(place, (offset, found));
                found
            }
        }
    }

    fn load(&mut self, data: &[u8], offset: usize) -> Result<u32, Fault> {
        let mut cursor = Cursor::new(data, offset, data.len());
        let _next = cursor.u32()?;
        let guid = cursor.guid()?;
        let size = cursor.u32()? as usize;
        let start = cursor.at();
        let body = cursor.take(size)?;
        let variants = self.variants.get(&(guid, size));
        for number in variants.into_iter().flatten() {
            let Some(left) = self.compared_bytes_left.checked_sub(size) else {
                break;
            };
            self.compared_bytes_left = left;
            if let Some(stored) = self.stored.get(*number as usize)
                && is_same(stored, data, start, body)
            {
                return Ok(*number);
            }
        }
        let left = self.compiled_bytes_left.checked_sub(size);
        let overlap = cursor.fault("definitions of templates overlap");
        self.compiled_bytes_left = left.ok_or(overlap)?;
        let definition = tree::definition(data, start, size)?;
        let template = Template::compile(&definition.root);
        Ok(self.add(guid, body, template, definition.names))
    }

    fn add(
        &mut self,
        guid: [u8; 16],
        body: &[u8],
        template: Template,
        names: Vec<NameReference>,
    ) -> u32 {
        let number = self.stored.len() as u32;
        let held: usize = names.iter().map(|name| name.name.len()).sum();
        self.cost += size_of::<Stored>() + body.len() + template.cost;
        self.cost += held + names.len() * size_of::<NameReference>();
        let variants = self.variants.entry((guid, body.len())).or_default();
        if variants.len() < VARIANTS_MAX {
            variants.push(number);
        }
        self.stored.push(Stored {
            template,
            body: body.into(),
            names,
        });
        number
    }
}

/// Whether the body that begins at `start` says what the stored one did in its chunk.
fn is_same(stored: &Stored, data: &[u8], start: usize, body: &[u8]) -> bool {
    let mut done = 0;
    let same = |range: std::ops::Range<usize>| body.get(range.clone()) == stored.body.get(range);
    for reference in &stored.names {
        let offset = reference.at..reference.at + 4;
        let Some(named) = body
            .get(offset.clone())
            .and_then(|bytes| bytes.first_chunk())
        else {
            return false;
        };
        let named = u32::from_le_bytes(*named) as usize;
        let is_inline = named == start + offset.end;
        if !same(done..offset.start)
            || is_inline != (reference.inline_bytes > 0)
            || tree::name_at(data, named) != Ok(&reference.name)
        {
            return false;
        }
        done = offset.end + reference.inline_bytes;
    }
    same(done..body.len())
}
