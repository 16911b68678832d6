//! How fast event logs are decoded, beside the least that can be done with their bytes and beside
//! the `evtx` crate, in one run over the event logs that lie beside the project.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use daylight_evidence::{Options, Sink, decode_chunks, read_bytes};
use daylight_model::{Event, Value};
use evtx::{EvtxChunkData, ParserSettings};

const FILE_HEADER_BYTES: usize = 4_096;
const CHUNK_BYTES: usize = 65_536;
const MEASURED: Duration = Duration::from_millis(1_500);

fn event_logs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            event_logs(&path, found);
        } else if path.extension().is_some_and(|name| name == "evtx") {
            found.push(path);
        }
    }
    found.sort();
}

fn free_space(chunk: &[u8]) -> usize {
    let bytes = chunk.get(48..52).and_then(|bytes| bytes.first_chunk());
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

/// All chunks there are, and those that are full: most samples hold a few records in one chunk.
fn chunks() -> (Vec<u8>, Vec<u8>) {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("DAYLIGHT_SHARED").map_or(beside, PathBuf::from);
    let mut paths = Vec::new();
    for folder in ["evidence", "rules/sigma/regression_data"] {
        event_logs(&root.join(folder), &mut paths);
    }
    let (mut all, mut full) = (Vec::new(), Vec::new());
    for path in paths {
        let content = std::fs::read(path).unwrap_or_default();
        let chunks = content.get(FILE_HEADER_BYTES..).unwrap_or_default();
        for chunk in chunks.chunks_exact(CHUNK_BYTES) {
            if chunk.starts_with(b"ElfChnk\0") {
                all.extend_from_slice(chunk);
                if free_space(chunk) > CHUNK_BYTES - 8_192 {
                    full.extend_from_slice(chunk);
                }
            }
        }
    }
    (all, full)
}

/// Runs until enough time has passed; says how much went through in a second.
fn measure(name: &str, bytes: &[u8], mut run: impl FnMut(&[u8]) -> u64) {
    run(bytes);
    let (start, mut rounds, mut events) = (Instant::now(), 0_u32, 0);
    while start.elapsed() < MEASURED {
        events += run(bytes);
        rounds += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    let read = bytes.len() as f64 * f64::from(rounds) / seconds / 1e6;
    println!(
        "  {name:<28}{read:>9.0} MB/s{:>12.0} events/s",
        events as f64 / seconds
    );
}

/// Every byte is looked at, and the checksums are computed.
fn checksums(bytes: &[u8]) -> u64 {
    for chunk in bytes.chunks(CHUNK_BYTES) {
        let end = free_space(chunk);
        black_box(crc32fast::hash(chunk.get(512..end).unwrap_or_default()));
        black_box(crc32fast::hash(chunk.get(..512).unwrap_or_default()));
    }
    0
}

fn decode(bytes: &[u8]) -> u64 {
    let mut events = 0;
    decode_chunks(bytes, &Options::default(), &mut |event| {
        events += 1;
        black_box(event);
    });
    events
}

/// What a rule does at least: looks at the length of each value.
fn decode_and_touch(bytes: &[u8]) -> u64 {
    let (mut events, mut units) = (0, 0);
    decode_chunks(bytes, &Options::default(), &mut |event| {
        events += 1;
        for field in &event.fields {
            units += match &field.value {
                Value::Wide(text) => text.bytes().len(),
                Value::Text(text) => text.len(),
                _ => 1,
            } + field.name.len();
        }
    });
    black_box(units);
    events
}

struct Count(u64);

impl Sink for Count {
    fn event(&mut self, event: &Event<'_>) {
        self.0 += 1;
        black_box(event);
    }
}

/// With hashes, statistics and the manifest.
fn whole(bytes: &[u8]) -> u64 {
    let mut file = b"ElfFile\0".to_vec();
    file.resize(FILE_HEADER_BYTES, 0);
    file.extend_from_slice(bytes);
    let mut count = Count(0);
    read_bytes("log", &file, &Options::default(), &mut count);
    count.0
}

fn render(bytes: &[u8]) -> u64 {
    let settings = Arc::new(ParserSettings::new().indent(false));
    let mut events = 0;
    for chunk in bytes.chunks(CHUNK_BYTES) {
        let Ok(mut data) = EvtxChunkData::new(chunk.to_vec(), false) else {
            continue;
        };
        let Ok(mut chunk) = data.parse(Arc::clone(&settings)) else {
            continue;
        };
        for record in chunk.iter().flatten() {
            events += u64::from(black_box(record.into_json_bytes()).is_ok());
        }
    }
    events
}

fn main() {
    let (all, full) = chunks();
    if all.is_empty() {
        println!("skipped: there are no event logs beside the project");
        return;
    }
    for (name, bytes) in [("all chunks", &all), ("full chunks", &full)] {
        let records: usize = bytes.chunks(CHUNK_BYTES).map(free_space).sum();
        let megabytes = |bytes: usize| bytes as f64 / 1e6;
        println!(
            "{name}: {:.1} MB, of which {:.1} MB are records",
            megabytes(bytes.len()),
            megabytes(records)
        );
        measure("checksums alone", bytes, checksums);
        measure("decode", bytes, decode);
        measure("decode, look at each value", bytes, decode_and_touch);
        measure("whole way, with hashes", bytes, whole);
        measure("evtx crate, to JSON", bytes, render);
    }
}
