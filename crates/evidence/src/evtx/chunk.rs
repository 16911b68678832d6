//! Chunks of event logs: their headers, their records, and what to do where those are damaged.
//!
//! A chunk is 64 KiB: a header of 512 bytes, then records up to the free space, then whatever was
//! there before. A record is `**\0\0`, its size, its number, when it was written, BinXML, and its
//! size again. [MS-EVEN6] describes BinXML but not the file; the documentation of libevtx does, in
//! "Windows XML Event Log (EVTX) format".

use daylight_model::{Decisive, Event, Field, Limits, LogFamily};
use memchr::memmem;

use super::cursor::{Cursor, Fault};
use super::fields::{Collector, LeftOut};
use super::identity::Texts;
use super::instance::Record;
use super::quiet::{Made, Quiet};
use super::store::Store;

pub(super) const CHUNK_BYTES: usize = 65_536;
pub(super) const CHUNK_SIGNATURE: &[u8] = b"ElfChnk\0";
const CHUNK_HEADER_BYTES: usize = 512;
const RECORD_SIGNATURE: &[u8] = &[0x2a, 0x2a, 0, 0];
const RECORD_HEADER_BYTES: usize = 24;
/// A record's header and the copy of its size at its end.
const RECORD_BYTES_MIN: usize = RECORD_HEADER_BYTES + 4;
/// In the flags of a chunk: its checksums are not kept.
const FLAG_NO_CHECKSUMS: u32 = 4;

/// How to read a chunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChunkOptions {
    /// Goes into [`Event::source`].
    pub(crate) source: usize,
    /// Also read what is left of older records behind the last one.
    pub(crate) slack: bool,
    pub(crate) fields_max: usize,
    pub(crate) depth_max: usize,
}

impl ChunkOptions {
    pub(crate) fn new(source: usize, limits: &Limits) -> Self {
        Self {
            source,
            slack: false,
            fields_max: limits.fields_max,
            depth_max: limits.depth_max,
        }
    }
}

/// What takes the events of a chunk. Offsets count from the start of the file.
pub(crate) trait Receiver {
    /// An event; `time_field` names where its time was taken from.
    fn event(&mut self, event: &Event<'_>, time_field: &'static str);

    /// See [`crate::Sink::dismissed`].
    fn dismissed(&self) -> Option<&[Decisive]> {
        None
    }

    /// An event of which nothing comes, as one like it was dismissed: it has only the fields that
    /// say what it is.
    fn passed_over(&mut self, _event: &Event<'_>, _time_field: &'static str) {}

    /// A record could not be read.
    fn failed(&mut self, offset: u64, record: Option<u64>, message: String);

    /// Something else is wrong.
    fn problem(&mut self, offset: u64, record: Option<u64>, message: String);
}

/// Reads chunks, one after the other, of any files. What it learns from one it keeps for the next:
/// templates, and texts that come again.
#[derive(Debug, Default)]
pub(crate) struct ChunkReader {
    store: Store,
    record: Record,
    quiet: Quiet,
    texts: Texts,
    fields: Vec<Field<'static>>,
    origins: Vec<Option<u32>>,
    open: Vec<usize>,
}

/// A chunk that is being read.
struct Chunk<'a> {
    data: &'a [u8],
    /// Bytes that are there; the rest is filled up with zeros.
    present_bytes: usize,
    /// Where in the file it begins.
    offset: u64,
    options: &'a ChunkOptions,
    free_space: usize,
}

/// A record as its header has it.
#[derive(Debug, Clone, Copy)]
struct Frame {
    start: usize,
    end: usize,
    number: u64,
    written: u64,
    /// Whether the size at its end is that of its header.
    is_closed: bool,
}

impl ChunkReader {
    /// Reads the records of a chunk, of which the first `present_bytes` bytes are there.
    pub(crate) fn read(
        &mut self,
        data: &[u8],
        present_bytes: usize,
        offset: u64,
        options: &ChunkOptions,
        out: &mut dyn Receiver,
    ) {
        let data = data.get(..CHUNK_BYTES).unwrap_or(data);
        let Ok((free_space, is_intact)) = header(data) else {
            let message = "chunk cannot be read: it has no header".to_owned();
            return out.failed(offset, None, message);
        };
        let chunk = Chunk {
            data,
            present_bytes: present_bytes.min(data.len()),
            offset,
            options,
            free_space,
        };
        if !is_intact && chunk.present_bytes == CHUNK_BYTES {
            let message = "chunk checksum does not match; read anyway".to_owned();
            out.problem(offset, None, message);
        }
        // Both are known by their numbers.
        if self.store.begin_chunk() | self.texts.forget() {
            self.quiet = Quiet::default();
        }
        let end = self.records(&chunk, out);
        if options.slack {
            self.slack(&chunk, end, out);
        }
    }

    /// Reads the records one after the other; gives back where they end.
    fn records(&mut self, chunk: &Chunk<'_>, out: &mut dyn Receiver) -> usize {
        let mut at = CHUNK_HEADER_BYTES;
        while at < chunk.free_space {
            let fault = match chunk.frame(at) {
                Ok(frame) if frame.end - 4 > chunk.present_bytes => {
                    let end = chunk.offset + chunk.present_bytes as u64;
                    let message = "file ends inside this record".to_owned();
                    out.failed(end, Some(frame.number), message);
                    return chunk.free_space;
                }
                Ok(frame) => {
                    if let Err(fault) = self.record(chunk, frame, out) {
                        let message = format!("record cannot be read: {fault}");
                        out.failed(chunk.offset + at as u64, Some(frame.number), message);
                    }
                    if frame.is_closed || chunk.begins_at(frame.end) {
                        at = frame.end;
                        continue;
                    }
                    chunk.fault(
                        frame.end - 4,
                        "a record ends with another size than its own",
                    )
                }
                Err(fault) => fault,
            };
            let next = chunk.find(at + 1, chunk.free_space);
            // The header may count zeros behind the last record as records.
            if next.is_some() || !chunk.is_blank(at) {
                let message = format!("records cannot be read: {fault}");
                out.failed(chunk.offset + at as u64, None, message);
            }
            let Some(next) = next else {
                return at;
            };
            at = next;
        }
        at
    }

    /// Reads what is left of records from `at` on. Most of their templates are overwritten, so that
    /// some cannot be read is no problem of the log.
    fn slack(&mut self, chunk: &Chunk<'_>, at: usize, out: &mut dyn Receiver) {
        let mut next = chunk.find(at, chunk.present_bytes);
        while let Some(frame) = next.and_then(|at| chunk.frame(at).ok()) {
            let is_read =
                frame.end <= chunk.present_bytes && self.record(chunk, frame, out).is_ok();
            let rest = if is_read { frame.end } else { frame.start + 1 };
            next = chunk.find(rest, chunk.present_bytes);
        }
    }

    fn record(
        &mut self,
        chunk: &Chunk<'_>,
        frame: Frame,
        out: &mut dyn Receiver,
    ) -> Result<(), Fault> {
        let bytes = frame.start + RECORD_HEADER_BYTES..frame.end - 4;
        let depth_max = chunk.options.depth_max;
        let own = self
            .record
            .resolve(&mut self.store, chunk.data, bytes, depth_max)?;
        let fields = recycle(std::mem::take(&mut self.fields));
        if let Some(kind) = self.quiet.find(chunk.data, &self.record) {
            let (fields, places) = kind.fields(chunk.data, &self.record, fields);
            let mut event = chunk.event(frame, fields);
            let written = frame.written;
            let identity = self
                .texts
                .identify_one(kind.event(), &event.fields, &places, written);
            let time_field = self.texts.complete(&identity, &mut event);
            out.passed_over(&event, time_field);
            self.fields = recycle(event.fields);
            return Ok(());
        }
        self.open.clear();
        self.origins.clear();
        let mut collector = Collector {
            data: chunk.data,
            store: &self.store,
            record: &self.record,
            fields,
            origins: &mut self.origins,
            origin: None,
            is_plain: true,
            fields_max: chunk.options.fields_max,
            places: Default::default(),
            left_out: None,
            open: &mut self.open,
            steps: 0,
            owned_bytes: 0,
        };
        collector.instances(own);
        let (left_out, is_plain) = (collector.left_out, collector.is_plain);
        let places = collector.places;
        let mut event = chunk.event(frame, collector.fields);
        if let Some(left_out) = left_out {
            let message = left_out_message(left_out, chunk.options);
            out.problem(event.offset, Some(frame.number), message);
        }
        let identity = self.texts.identify(&event.fields, &places, frame.written);
        let time_field = self.texts.complete(&identity, &mut event);
        out.event(&event, time_field);
        if is_plain
            && left_out.is_none()
            && let Some(decisive) = out.dismissed()
        {
            let made = Made {
                fields: &event.fields,
                origins: &self.origins,
                places: &places,
                event: identity.kind,
            };
            self.quiet.learn(chunk.data, &self.record, made, decisive);
        }
        self.fields = recycle(event.fields);
        Ok(())
    }
}

fn left_out_message(left_out: LeftOut, options: &ChunkOptions) -> String {
    match left_out {
        LeftOut::Fields => {
            let max = options.fields_max;
            format!("record has more than {max} fields; the rest is left out")
        }
        LeftOut::Expansion => {
            "record unfolds to far more than it is; the rest is left out".to_owned()
        }
    }
}

/// The memory of a list whose fields are no longer needed, for fields of another record.
fn recycle<'a>(mut fields: Vec<Field<'_>>) -> Vec<Field<'a>> {
    fields.clear();
    // Collecting in place keeps the allocation; there is nothing to convert.
    fields.into_iter().map_while(|_| None).collect()
}

/// Where the free space begins, and whether the checksums match.
fn header(data: &[u8]) -> Result<(usize, bool), Fault> {
    let mut cursor = Cursor::new(data, 0, CHUNK_HEADER_BYTES);
    if cursor.take(CHUNK_SIGNATURE.len())? != CHUNK_SIGNATURE {
        return Err(cursor.fault("no signature"));
    }
    // Numbers of the first and last records, its own size, the last record's offset.
    cursor.take(40)?;
    let free_space = cursor.u32()? as usize;
    let records_checksum = cursor.u32()?;
    cursor.take(64)?;
    let flags = cursor.u32()?;
    let header_checksum = cursor.u32()?;
    let buckets = cursor.take(CHUNK_HEADER_BYTES - 128)?;
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(data.get(..120).unwrap_or_default());
    checksum.update(buckets);
    let is_intact = flags & FLAG_NO_CHECKSUMS != 0
        || (checksum.finalize() == header_checksum
            && data
                .get(CHUNK_HEADER_BYTES..free_space)
                .is_some_and(|records| crc32fast::hash(records) == records_checksum));
    Ok((free_space.min(data.len()), is_intact))
}

impl Chunk<'_> {
    /// An event that is still without what says what it is.
    fn event<'e>(&self, frame: Frame, fields: Vec<Field<'e>>) -> Event<'e> {
        Event {
            source: self.options.source,
            family: LogFamily::WindowsOther,
            time: None,
            host: None,
            channel: None,
            provider: None,
            event_id: None,
            record: frame.number,
            offset: self.offset + frame.start as u64,
            fields,
            text: None,
        }
    }

    /// The record that begins at `start`, as its own header has it.
    fn frame(&self, start: usize) -> Result<Frame, Fault> {
        let mut cursor = Cursor::new(self.data, start, self.data.len());
        if cursor.take(RECORD_SIGNATURE.len())? != RECORD_SIGNATURE {
            return Err(self.fault(start, "no record begins"));
        }
        let size = cursor.u32()? as usize;
        let number = cursor.u64()?;
        let written = cursor.u64()?;
        let end = start.saturating_add(size);
        if size < RECORD_BYTES_MIN || end > self.data.len() {
            return Err(self.fault(start, "a record has a size that it cannot have"));
        }
        let mut copy = Cursor::new(self.data, end - 4, end);
        Ok(Frame {
            start,
            end,
            number,
            written,
            is_closed: copy.u32()? as usize == size,
        })
    }

    fn fault(&self, at: usize, what: &'static str) -> Fault {
        Fault { what, at }
    }

    fn begins_at(&self, at: usize) -> bool {
        let rest = self.data.get(at..).unwrap_or_default();
        at >= self.free_space || rest.starts_with(RECORD_SIGNATURE)
    }

    fn is_blank(&self, at: usize) -> bool {
        let next = self.data.get(at..).unwrap_or_default();
        next.iter().take(4).all(|byte| *byte == 0)
    }

    /// Where the next whole record begins, from `at` up to `end`.
    fn find(&self, mut at: usize, end: usize) -> Option<usize> {
        loop {
            at += memmem::find(self.data.get(at..end)?, RECORD_SIGNATURE)?;
            if self.frame(at).is_ok_and(|frame| frame.is_closed) {
                return Some(at);
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_reused() {
        let mut fields: Vec<Field<'_>> = Vec::with_capacity(40);
        fields.push(Field {
            name: "a".into(),
            value: daylight_model::Value::Null,
        });
        let fields = recycle(fields);
        assert_eq!((fields.len(), fields.capacity()), (0, 40));
    }

    #[test]
    fn readers_go_to_other_threads() {
        fn check<T: Send>(_: T) {}
        check(ChunkReader::default());
    }
}
