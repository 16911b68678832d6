//! Windows event logs in the EVTX format, chunk by chunk as they stand in the file.
//!
//! The file is a header of 4 KiB and chunks of 64 KiB, each with all that is needed to read it.
//! Reading chunks in file order needs no seeking, so a log inside an archive is read as it
//! unpacks, a stretch of a few chunks in memory at a time, and a log that ends in the middle of a
//! chunk still gives the records before the end.
//!
//! Nothing is written out as XML on the way: each template is compiled once to a list of fields
//! ([`template`]), and the values of a record go into them as they lie in the chunk ([`value`]).

#[cfg(test)]
mod builder;
mod chunk;
mod cursor;
mod fields;
#[cfg(test)]
mod hostile;
mod identity;
mod instance;
#[cfg(test)]
mod oracle;
mod quiet;
mod store;
#[cfg(test)]
mod synthetic;
mod template;
mod tree;
mod value;

use std::io::{self, Read};

use daylight_model::{Decisive, Event, Limits};

use crate::recorder::Recorder;
use crate::stretch::{Piece, STRETCH_BYTES, Stretch, Stretches};
use chunk::{CHUNK_BYTES, CHUNK_SIGNATURE};
pub(crate) use chunk::{ChunkOptions, ChunkReader, Receiver};

const FILE_HEADER_BYTES: usize = 4_096;

/// Reads an event log: takes its chunks together to stretches, and reads those or leaves them to
/// threads that have nothing to do.
pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: &mut dyn Read) {
    let mut header = vec![0; FILE_HEADER_BYTES];
    let header_bytes = fill(input, &mut header);
    if header_bytes < FILE_HEADER_BYTES {
        let message = format!("file ends inside its header, after {header_bytes} bytes");
        return recorder.problem(Some(0), None, message);
    }
    let mut framing = Framing {
        offset: FILE_HEADER_BYTES as u64,
        chunks: 0,
    };
    let mut stretches = Stretches::new(recorder, read_stretch);
    while !framing.fill(recorder, input, &mut stretches.current) {
        stretches.next(recorder);
    }
    stretches.finish(recorder);
    // The count is out of date in a log copied while in use, but then it is too low.
    let counted = header
        .get(42..44)
        .map_or(0, |count| u64::from(count[0]) | u64::from(count[1]) << 8);
    let chunks = framing.chunks;
    if chunks < counted {
        let message = format!("the header counts {counted} chunks; the file holds {chunks}");
        recorder.problem(Some(framing.offset), None, message);
    }
}

/// Where in the file the next chunk is expected.
struct Framing {
    offset: u64,
    chunks: u64,
}

impl Framing {
    /// Fills a stretch with the chunks that come next; whether they are the last.
    fn fill(
        &mut self,
        recorder: &mut Recorder<'_, '_>,
        input: &mut dyn Read,
        stretch: &mut Stretch,
    ) -> bool {
        stretch.data.resize(STRETCH_BYTES, 0);
        for data in stretch.data.chunks_exact_mut(CHUNK_BYTES) {
            let mut bytes = self::fill(input, data);
            if bytes == 0 {
                return true;
            }
            data.get_mut(bytes..).unwrap_or_default().fill(0);
            // Bytes lost or put in shift all that follows: go on where the next chunk begins.
            let start = memchr::memmem::find(data, CHUNK_SIGNATURE).unwrap_or(0);
            if start > 0 {
                let message =
                    format!("{start} bytes stand where a chunk should begin; passed over");
                recorder.failed(Some(self.offset), None, message);
                data.copy_within(start.., 0);
                self.offset += start as u64;
                bytes -= start;
                bytes += self::fill(input, data.get_mut(bytes..).unwrap_or_default());
                data.get_mut(bytes..).unwrap_or_default().fill(0);
            }
            if bytes < CHUNK_BYTES {
                let message =
                    format!("file ends inside a chunk, after {bytes} of {CHUNK_BYTES} bytes");
                recorder.problem(Some(self.offset + bytes as u64), None, message);
            }
            self.chunks += 1;
            stretch.pieces.push(Piece {
                bytes,
                offset: self.offset,
                number: self.chunks,
            });
            self.offset += bytes as u64;
        }
        false
    }
}

/// Reads the chunks of a stretch.
fn read_stretch(recorder: &mut Recorder<'_, '_>, stretch: &Stretch) {
    let mut options = ChunkOptions::new(recorder.index, recorder.run.limits);
    options.slack = recorder.run.pool.options.slack;
    let mut reader = std::mem::take(&mut recorder.run.chunks);
    let chunks = stretch.data.chunks_exact(CHUNK_BYTES);
    for (data, piece) in chunks.zip(&stretch.pieces) {
        // Logs are made longer ahead of need: chunks of zeros are free space.
        if data.iter().any(|&byte| byte != 0) {
            reader.read(data, piece.bytes, piece.offset, &options, recorder);
        }
    }
    recorder.run.chunks = reader;
}

impl Receiver for Recorder<'_, '_> {
    fn event(&mut self, event: &Event<'_>, time_field: &'static str) {
        self.event(event, time_field);
    }

    fn dismissed(&self) -> Option<&[Decisive]> {
        self.run.sink.dismissed()
    }

    fn passed_over(&mut self, event: &Event<'_>, time_field: &'static str) {
        self.passed_over(event, time_field);
    }

    fn failed(&mut self, offset: u64, record: Option<u64>, message: String) {
        self.failed(Some(offset), record, message);
    }

    fn problem(&mut self, offset: u64, record: Option<u64>, message: String) {
        self.problem(Some(offset), record, message);
    }
}

/// Decodes chunks that stand one after the other; what is wrong with them is passed over.
pub(crate) fn decode(chunks: &[u8], limits: &Limits, each: &mut dyn FnMut(&Event<'_>)) {
    struct Each<'e>(&'e mut dyn FnMut(&Event<'_>));
    impl Receiver for Each<'_> {
        fn event(&mut self, event: &Event<'_>, _: &'static str) {
            (self.0)(event);
        }
        fn failed(&mut self, _: u64, _: Option<u64>, _: String) {}
        fn problem(&mut self, _: u64, _: Option<u64>, _: String) {}
    }
    let (mut reader, mut receiver) = (ChunkReader::default(), Each(each));
    let options = ChunkOptions::new(0, limits);
    for (index, chunk) in chunks.chunks(CHUNK_BYTES).enumerate() {
        let offset = (index * CHUNK_BYTES) as u64;
        reader.read(chunk, chunk.len(), offset, &options, &mut receiver);
    }
}

/// Reads until the buffer is full or the input ends; the reader below keeps any error.
fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    filled
}
