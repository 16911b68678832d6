//! Windows event logs in the EVTX format, chunk by chunk as they stand in the file.
//!
//! Reading chunks in file order needs no seeking, so a log inside an archive is read as it
//! unpacks, one chunk of 64 KiB in memory at a time, and a log that ends in the middle of a
//! chunk still gives the records before the end.

use std::error::Error;
use std::io::{self, Read};
use std::sync::Arc;

use evtx::err::EvtxError;
use evtx::{EvtxChunkData, EvtxRecord, ParserSettings};

use crate::recorder::Recorder;
use crate::value::Json;
use crate::windows;

const FILE_HEADER_BYTES: usize = 4_096;
const CHUNK_BYTES: usize = 65_536;
const CHUNK_SIGNATURE: &[u8] = b"ElfChnk\0";
const RECORD_HEADER_BYTES: u64 = 24;

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: &mut dyn Read) {
    let mut header = vec![0; FILE_HEADER_BYTES];
    let header_bytes = fill(input, &mut header);
    if header_bytes < FILE_HEADER_BYTES {
        let message = format!("file ends inside its header, after {header_bytes} bytes");
        return recorder.problem(Some(0), None, message);
    }
    let settings = Arc::new(ParserSettings::new().indent(false));
    let mut offset = FILE_HEADER_BYTES as u64;
    let mut chunks: u64 = 0;
    loop {
        let mut data = vec![0; CHUNK_BYTES];
        let mut bytes = fill(input, &mut data);
        if bytes == 0 {
            break;
        }
        // Bytes lost or put in shift all that follows: go on where the next chunk begins.
        let start = memchr::memmem::find(&data, CHUNK_SIGNATURE).unwrap_or(0);
        if start > 0 {
            let message = format!("{start} bytes stand where a chunk should begin; passed over");
            recorder.failed(Some(offset), None, message);
            data.drain(..start);
            data.resize(CHUNK_BYTES, 0);
            offset += start as u64;
            bytes -= start;
            bytes += fill(input, data.get_mut(bytes..).unwrap_or_default());
        }
        if bytes < CHUNK_BYTES {
            let message = format!("file ends inside a chunk, after {bytes} of {CHUNK_BYTES} bytes");
            recorder.problem(Some(offset + bytes as u64), None, message);
        }
        // Logs are made longer ahead of need: chunks of zeros are free space.
        if data.iter().any(|&byte| byte != 0) {
            chunk(recorder, data, bytes, offset, &settings);
        }
        offset += bytes as u64;
        chunks += 1;
    }
    // The count is out of date in a log copied while in use, but then it is too low.
    let counted = header
        .get(42..44)
        .map_or(0, |count| u64::from(count[0]) | u64::from(count[1]) << 8);
    if chunks < counted {
        let message = format!("the header counts {counted} chunks; the file holds {chunks}");
        recorder.problem(Some(offset), None, message);
    }
}

/// Reads the records of a chunk, of which the first `bytes` bytes are there.
fn chunk(
    recorder: &mut Recorder<'_, '_>,
    data: Vec<u8>,
    bytes: usize,
    offset: u64,
    settings: &Arc<ParserSettings>,
) {
    let mut data = match EvtxChunkData::new(data, false) {
        Ok(data) => data,
        Err(error) => {
            return recorder.failed(
                Some(offset),
                None,
                format!("chunk cannot be read: {}", reasons(&error)),
            );
        }
    };
    let mut chunk = match data.parse(Arc::clone(settings)) {
        Ok(chunk) => chunk,
        Err(error) => {
            return recorder.failed(
                Some(offset),
                None,
                format!("chunk cannot be read: {}", reasons(&error)),
            );
        }
    };
    for found in chunk.iter() {
        match found {
            Ok(found) => {
                // Past the end of a file cut short there are zeros of ours, not evidence.
                let end = found.binxml_offset + u64::from(found.binxml_size);
                if end > bytes as u64 {
                    let number = Some(found.event_record_id);
                    recorder.failed(
                        Some(offset + bytes as u64),
                        number,
                        "file ends inside this record",
                    );
                    break;
                }
                record(recorder, found, offset);
            }
            Err(error) => {
                let (at, number) = place(&error, offset);
                recorder.failed(
                    Some(at),
                    number,
                    format!("record cannot be read: {}", reasons(&error)),
                );
            }
        }
    }
}

fn record(recorder: &mut Recorder<'_, '_>, record: EvtxRecord<'_>, chunk_offset: u64) {
    let number = record.event_record_id;
    let offset = chunk_offset + record.binxml_offset.saturating_sub(RECORD_HEADER_BYTES);
    let rendered = match record.into_json() {
        Ok(rendered) => rendered.data,
        Err(error) => {
            let message = format!("record cannot be read: {}", reasons(&error));
            return recorder.failed(Some(offset), Some(number), message);
        }
    };
    match serde_json::from_str::<Json<'_>>(&rendered) {
        Ok(json) => windows::record(recorder, json, number, offset),
        Err(error) => {
            let message = format!("record cannot be read: {error}");
            recorder.failed(Some(offset), Some(number), message);
        }
    }
}

/// Where in the file an error lies, as well as it knows.
fn place(error: &EvtxError, chunk_offset: u64) -> (u64, Option<u64>) {
    match error {
        EvtxError::FailedToReadRecordAt { offset, .. } => (chunk_offset + offset, None),
        EvtxError::FailedToParseRecord { record_id, .. } => (chunk_offset, Some(*record_id)),
        _ => (chunk_offset, None),
    }
}

/// An error with all that lies beneath it.
fn reasons(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
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
