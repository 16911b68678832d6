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
mod store;
#[cfg(test)]
mod synthetic;
mod template;
mod tree;
mod value;

use std::io::{self, Read};
use std::sync::Arc;

use daylight_model::{Event, Limits, Problem};

use crate::Sink;
use crate::pool::{Log, Stretch};
use crate::recorder::Recorder;
use crate::run::Run;
use crate::tally::Tally;
use chunk::{CHUNK_BYTES, CHUNK_SIGNATURE};
pub(crate) use chunk::{ChunkOptions, ChunkReader, Receiver};

const FILE_HEADER_BYTES: usize = 4_096;

/// Chunks that are read as one piece of work.
const STRETCH_CHUNKS: usize = 16;

/// Reads an event log: takes its chunks together to stretches, and reads those or leaves them to
/// threads that have nothing to do.
pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: &mut dyn Read) {
    let mut header = vec![0; FILE_HEADER_BYTES];
    let header_bytes = fill(input, &mut header);
    if header_bytes < FILE_HEADER_BYTES {
        let message = format!("file ends inside its header, after {header_bytes} bytes");
        return recorder.problem(Some(0), None, message);
    }
    let pool = recorder.run.pool;
    let log = Log::new(recorder.record.path.clone(), recorder.index);
    let mut framing = Framing {
        offset: FILE_HEADER_BYTES as u64,
        chunks: 0,
    };
    for number in 0.. {
        let mut stretch = Stretch {
            log: Arc::clone(&log),
            number,
            data: pool.memory(),
            chunks: Vec::with_capacity(STRETCH_CHUNKS),
            pending: None,
        };
        let is_last = framing.fill(recorder, input, &mut stretch);
        if let Some(stretch) = pool.offer(stretch) {
            self::stretch(recorder.run, stretch);
        }
        recorder.run.report_progress();
        if is_last {
            break;
        }
    }
    let tallies = pool.collect(&log, |stretch| self::stretch(recorder.run, stretch));
    recorder.tally.add(tallies, pool.limits);
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
        stretch.data.resize(STRETCH_CHUNKS * CHUNK_BYTES, 0);
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
            stretch.chunks.push((bytes, self.offset));
            self.offset += bytes as u64;
            self.chunks += 1;
        }
        false
    }
}

/// Reads the chunks of a stretch.
pub(crate) fn stretch(run: &mut Run<'_>, stretch: Stretch) {
    let mut tally = Tally::default();
    let mut reader = std::mem::take(&mut run.chunks);
    let mut options = ChunkOptions::new(stretch.log.source, run.limits);
    options.slack = run.pool.options.slack;
    let mut receiver = StretchReceiver {
        tally: &mut tally,
        sink: run.sink,
        limits: run.limits,
        path: &stretch.log.path,
    };
    let chunks = stretch.data.chunks_exact(CHUNK_BYTES);
    for (data, (bytes, offset)) in chunks.zip(&stretch.chunks) {
        // Logs are made longer ahead of need: chunks of zeros are free space.
        if data.iter().any(|&byte| byte != 0) {
            reader.read(data, *bytes, *offset, &options, &mut receiver);
        }
    }
    run.chunks = reader;
    run.pool.stretch_done(stretch, tally);
}

/// Takes the events of a stretch.
struct StretchReceiver<'s> {
    tally: &'s mut Tally,
    sink: &'s mut dyn Sink,
    limits: &'s Limits,
    path: &'s str,
}

impl Receiver for StretchReceiver<'_> {
    fn event(&mut self, event: &Event<'_>, time_field: &'static str) {
        self.tally.event(event, time_field);
        self.sink.event(event);
    }

    fn failed(&mut self, offset: u64, record: Option<u64>, message: String) {
        self.tally.failed();
        self.problem(offset, record, message);
    }

    fn problem(&mut self, offset: u64, record: Option<u64>, message: String) {
        let problem = Problem {
            path: self.path.to_owned(),
            offset: Some(offset),
            record,
            message,
        };
        self.tally.problem(problem, self.limits);
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
