//! Writes event logs for tests, token by token.

use super::chunk::{CHUNK_BYTES, CHUNK_SIGNATURE};

pub(super) const RECORDS_START: usize = 512;

/// Writes the bytes of one chunk.
pub(super) struct Builder {
    pub(super) data: Vec<u8>,
    /// Element starts in definitions have a dependency, others do not.
    in_definition: bool,
    record: Option<usize>,
    records: u64,
}

pub(super) type Body<'b> = &'b dyn Fn(&mut Builder);
pub(super) type Typed = (u8, Vec<u8>);

pub(super) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(super) fn text(text: &str) -> Typed {
    (1, wide(text))
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            data: vec![0; RECORDS_START],
            in_definition: false,
            record: None,
            records: 0,
        }
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.data.extend_from_slice(bytes);
        self
    }

    fn u16(&mut self, number: usize) -> &mut Self {
        self.bytes(&(number as u16).to_le_bytes())
    }

    pub(super) fn u32(&mut self, number: usize) -> &mut Self {
        self.bytes(&(number as u32).to_le_bytes())
    }

    fn put_u32(&mut self, at: usize, number: usize) {
        self.data[at..at + 4].copy_from_slice(&(number as u32).to_le_bytes());
    }

    /// A name that stands behind its offset.
    pub(super) fn name(&mut self, name: &str) -> &mut Self {
        let offset = self.data.len() + 4;
        self.u32(offset).u32(0).u16(0);
        self.u16(name.encode_utf16().count()).bytes(&wide(name));
        self.u16(0)
    }

    pub(super) fn open(&mut self, name: &str) -> &mut Self {
        self.open_with(name, 0xffff, &[])
    }

    pub(super) fn open_if(&mut self, name: &str, slot: u16) -> &mut Self {
        self.open_with(name, slot, &[])
    }

    /// An element with attributes, each of which is one value.
    pub(super) fn open_with(
        &mut self,
        name: &str,
        slot: u16,
        attributes: &[(&str, Body<'_>)],
    ) -> &mut Self {
        let has_attributes = !attributes.is_empty();
        self.bytes(&[if has_attributes { 0x41 } else { 0x01 }]);
        if self.in_definition {
            self.u16(slot.into());
        }
        self.u32(0).name(name);
        if has_attributes {
            self.u32(0);
        }
        for (name, value) in attributes {
            self.bytes(&[0x06]).name(name);
            value(self);
        }
        self.bytes(&[0x02])
    }

    pub(super) fn close(&mut self) -> &mut Self {
        self.bytes(&[0x04])
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let units = text.encode_utf16().count();
        self.bytes(&[0x05, 0x01]).u16(units).bytes(&wide(text))
    }

    pub(super) fn slot(&mut self, slot: u16) -> &mut Self {
        self.bytes(&[0x0d]).u16(slot.into()).bytes(&[0x01])
    }

    pub(super) fn optional(&mut self, slot: u16) -> &mut Self {
        self.bytes(&[0x0e]).u16(slot.into()).bytes(&[0x01])
    }

    pub(super) fn entity(&mut self, name: &str) -> &mut Self {
        self.bytes(&[0x09]).name(name)
    }

    /// An instance with its definition; gives back where the definition is.
    pub(super) fn instance(&mut self, guid: u8, body: Body<'_>, values: &[Typed]) -> usize {
        let definition = self.data.len() + 10;
        self.bytes(&[0x0c, 1]).u32(7).u32(definition);
        self.u32(0).bytes(&[guid; 16]).u32(0);
        let (start, was_in) = (self.data.len(), self.in_definition);
        self.in_definition = true;
        self.bytes(&[0x0f, 1, 1, 0]);
        body(self);
        self.bytes(&[0]);
        self.in_definition = was_in;
        self.put_u32(start - 4, self.data.len() - start);
        self.values(values);
        definition
    }

    /// An instance of a template that is defined elsewhere.
    pub(super) fn instance_of(&mut self, definition: usize, values: &[Typed]) -> &mut Self {
        self.bytes(&[0x0c, 1]).u32(7).u32(definition);
        self.values(values);
        self
    }

    fn values(&mut self, values: &[Typed]) {
        self.u32(values.len());
        for (kind, bytes) in values {
            self.u16(bytes.len()).bytes(&[*kind, 0]);
        }
        for (_, bytes) in values {
            self.bytes(bytes);
        }
    }

    /// A value that is a stream is written in place, so that its offsets are right: the last
    /// value of an instance is filled by `stream`.
    pub(super) fn stream_value(&mut self, before: &[Typed], stream: Body<'_>) {
        self.u32(before.len() + 1);
        for (kind, bytes) in before {
            self.u16(bytes.len()).bytes(&[*kind, 0]);
        }
        let size = self.data.len();
        self.bytes(&[0, 0, 0x21, 0]);
        for (_, bytes) in before {
            self.bytes(bytes);
        }
        let start = self.data.len();
        stream(self);
        let written = (self.data.len() - start) as u16;
        self.data[size..size + 2].copy_from_slice(&written.to_le_bytes());
    }

    /// Begins an instance whose values are written by `stream_value`.
    pub(super) fn instance_without_values(&mut self, guid: u8, body: Body<'_>) -> &mut Self {
        self.instance(guid, body, &[]);
        let end = self.data.len() - 4;
        self.data.truncate(end);
        self
    }

    pub(super) fn record(&mut self) -> &mut Self {
        self.records += 1;
        self.record = Some(self.data.len());
        let (number, time) = (self.records, 132_601_200_003_456_789_u64);
        self.bytes(&[0x2a, 0x2a, 0, 0]).u32(0);
        self.bytes(&number.to_le_bytes()).bytes(&time.to_le_bytes());
        self.bytes(&[0x0f, 1, 1, 0])
    }

    pub(super) fn end_record(&mut self) -> &mut Self {
        let start = self.record.take().unwrap();
        self.bytes(&[0]);
        let size = self.data.len() + 4 - start;
        self.put_u32(start + 4, size);
        self.u32(size)
    }

    /// The chunk, with a header that fits.
    pub(super) fn chunk(&self) -> Vec<u8> {
        let mut chunk = self.data.clone();
        let free_space = chunk.len();
        chunk.resize(CHUNK_BYTES, 0);
        chunk[..8].copy_from_slice(CHUNK_SIGNATURE);
        chunk[24] = 1;
        chunk[32..40].copy_from_slice(&self.records.to_le_bytes());
        chunk[44..48].copy_from_slice(&(free_space as u32).to_le_bytes());
        chunk[48..52].copy_from_slice(&(free_space as u32).to_le_bytes());
        seal(&mut chunk);
        chunk
    }

    pub(super) fn file(&self) -> Vec<u8> {
        let mut file = vec![0; 4_096];
        file.extend(self.chunk());
        file
    }
}

/// Writes the checksums of a chunk.
pub(super) fn seal(chunk: &mut [u8]) {
    let free_space = u32::from_le_bytes(chunk[48..52].try_into().unwrap()) as usize;
    let records = crc32fast::hash(&chunk[RECORDS_START..free_space]);
    chunk[52..56].copy_from_slice(&records.to_le_bytes());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&chunk[..120]);
    hasher.update(&chunk[128..512]);
    let header = hasher.finalize();
    chunk[124..128].copy_from_slice(&header.to_le_bytes());
}
