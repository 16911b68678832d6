//! Chunks that are damaged or made to harm: no panic, and time and memory that a chunk's size
//! bounds.

use std::time::{Duration, Instant};

use daylight_model::Limits;

use super::builder::{Body, Builder, RECORDS_START, Typed, seal, text, wide};
use super::chunk::CHUNK_BYTES;
use super::oracle::{Tally, shared_event_logs};
use super::synthetic::in_event;
use super::{ChunkOptions, ChunkReader};

/// No chunk takes longer, on a slow machine and without optimisation. A sound one takes a
/// hundredth of it.
const CHUNK_TIME_MAX: Duration = Duration::from_secs(3);

/// xorshift64*: the same places and bytes on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or(0) % below.max(1)
    }
}

fn read(reader: &mut ChunkReader, chunk: &[u8], present_bytes: usize) -> Tally {
    let mut tally = Tally::default();
    let mut options = ChunkOptions::new(0, &Limits::default());
    options.slack = true;
    let start = Instant::now();
    reader.read(chunk, present_bytes, 4_096, &options, &mut tally);
    let taken = start.elapsed();
    assert!(taken < CHUNK_TIME_MAX, "{taken:?}");
    tally
}

fn damage(chunk: &mut [u8], used: usize, random: &mut Random) -> usize {
    let mut present_bytes = chunk.len();
    for _ in 0..=random.next(12) {
        // Mostly where there is something to damage.
        let at = RECORDS_START + random.next(used.saturating_sub(RECORDS_START).max(1));
        let byte = random.next(256) as u8;
        match random.next(8) {
            0 => present_bytes = present_bytes.min(at),
            1 => chunk[at..]
                .iter_mut()
                .take(8)
                .for_each(|place| *place = 0xff),
            2 => chunk[at..]
                .iter_mut()
                .take(4)
                .for_each(|place| *place = byte),
            3 => chunk[at..].rotate_left(1),
            4 => chunk[random.next(RECORDS_START)] = byte,
            5 => {
                let (from, bytes) = (RECORDS_START + random.next(used), random.next(300));
                let end = (from + bytes).min(chunk.len());
                let to = at.min(chunk.len() - (end - from.min(end)));
                chunk.copy_within(from.min(end)..end, to);
            }
            6 => chunk[at] = byte,
            _ => chunk[at] ^= 1 << random.next(8),
        }
    }
    chunk[present_bytes..].fill(0);
    present_bytes
}

/// Damages a chunk in many ways; readers are kept, as they are from file to file.
fn check_damaged(chunk: &[u8], rounds: u64, seed: u64) {
    let used = u32::from_le_bytes(chunk[48..52].try_into().unwrap()) as usize;
    let mut reader = ChunkReader::default();
    for round in 0..rounds {
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (seed << 32) ^ (round + 1));
        let mut damaged = chunk.to_vec();
        let present_bytes = damage(&mut damaged, used.min(chunk.len()), &mut random);
        read(&mut reader, &damaged, present_bytes);
    }
}

fn sound_chunk() -> Vec<u8> {
    let mut builder = Builder::new();
    let inner: Body<'_> = &|builder| {
        builder.open("EventData");
        let name: Body<'_> = &|builder| {
            builder.slot(2);
        };
        builder
            .open_with("Data", 0, &[("Name", name)])
            .slot(0)
            .close();
        builder
            .open_if("A", 1)
            .slot(1)
            .text("-")
            .slot(2)
            .entity("amp")
            .close();
        builder.close().optional(3);
    };
    let values: Vec<Typed> = vec![(0x81, wide("x\0yz\0")), (8, vec![1, 2, 3, 4]), text("n")];
    for guid in 0..20 {
        builder.record();
        builder.instance_without_values(guid, &|builder| in_event(builder, inner));
        builder.stream_value(&values, &|builder| {
            builder.instance(100, &|builder| in_event(builder, inner), &values);
            builder.open("RenderingInfo").text("m").close();
        });
        builder.end_record();
    }
    builder.chunk()
}

#[test]
fn damaged_synthetic_chunks() {
    let chunk = sound_chunk();
    let tally = read(&mut ChunkReader::default(), &chunk, CHUNK_BYTES);
    assert_eq!(
        (tally.numbers.len(), tally.failed, tally.problems),
        (20, 0, 0)
    );
    check_damaged(&chunk, 4_000, 1);
}

#[test]
fn damaged_real_chunks() {
    let logs = shared_event_logs();
    if logs.is_empty() {
        println!("skipped: there are no event logs beside the project");
    }
    for (seed, path) in logs.iter().enumerate().step_by(9) {
        let content = std::fs::read(path).unwrap();
        if let Some(chunk) = content.get(4_096..4_096 + CHUNK_BYTES) {
            check_damaged(chunk, 40, seed as u64);
        }
    }
}

#[test]
fn random_bytes() {
    let (mut random, mut reader) = (Random(17), ChunkReader::default());
    let mut chunk = sound_chunk();
    for _ in 0..60 {
        chunk[RECORDS_START..].fill_with(|| random.next(256) as u8);
        for _ in 0..50 {
            let at = RECORDS_START + random.next(CHUNK_BYTES - RECORDS_START - 64);
            chunk[at..at + 8].copy_from_slice(&[0x2a, 0x2a, 0, 0, 64, 0, 0, 0]);
            chunk[at + 24..at + 30].copy_from_slice(&[0x0f, 1, 1, 0, 0x0c, 1]);
            chunk[at + 60..at + 64].copy_from_slice(&[64, 0, 0, 0]);
        }
        chunk[48..52].copy_from_slice(&(CHUNK_BYTES as u32).to_le_bytes());
        read(&mut reader, &chunk, CHUNK_BYTES);
    }
    for bytes in [0, 7, 100, 511, 512, 600, CHUNK_BYTES] {
        read(&mut reader, &chunk[..bytes], CHUNK_BYTES);
    }
}

/// A stream in a value in a stream, each template using its value twice.
#[test]
fn streams_that_unfold() {
    fn nest(builder: &mut Builder, definition: usize, depth: usize) {
        builder.bytes(&[0x0c, 1]).u32(7).u32(definition);
        builder.stream_value(&[], &|builder| {
            if depth > 0 {
                nest(builder, definition, depth - 1);
            }
        });
    }
    let mut builder = Builder::new();
    builder.record();
    let twice: Body<'_> = &|builder| {
        builder
            .open("A")
            .slot(0)
            .slot(0)
            .slot(0)
            .slot(0)
            .text("x")
            .close();
    };
    let definition = builder.instance(1, twice, &[]);
    builder.end_record();
    for depth in [3, 20, 64, 65, 200] {
        builder.record();
        nest(&mut builder, definition, depth);
        builder.end_record();
    }
    let tally = read(&mut ChunkReader::default(), &builder.chunk(), CHUNK_BYTES);
    assert_eq!(tally.numbers, [1, 2, 3, 4]);
    assert_eq!(
        (tally.failed, tally.problems),
        (2, 2),
        "two too deep, two too large"
    );
}

/// One long value, written many times by each record.
#[test]
fn text_that_is_repeated() {
    for (kind, byte) in [(1, 0x61), (2, 0xe9), (0x0a, 0xff), (0x81, 0x61), (0x83, 1)] {
        let mut builder = Builder::new();
        builder.record();
        let many: Body<'_> = &|builder| {
            builder.open("A");
            for _ in 0..1_000 {
                builder.open("B").slot(0).close();
            }
            builder.open("C").text("x");
            for _ in 0..1_000 {
                builder.slot(0);
            }
            builder.close().close();
        };
        let definition = builder.instance(1, many, &[(kind, vec![byte; 8])]);
        builder.end_record();
        for _ in 0..5 {
            builder
                .record()
                .instance_of(definition, &[(kind, vec![byte; 4_000])])
                .end_record();
        }
        let tally = read(&mut ChunkReader::default(), &builder.chunk(), CHUNK_BYTES);
        assert_eq!(tally.numbers.len(), 6);
        assert!(tally.fields <= 6 * Limits::default().fields_max);
    }
}

/// Definitions that overlap, so that each record brings another 40 KiB to compile.
#[test]
fn definitions_that_overlap() {
    let mut builder = Builder::new();
    builder.record();
    let large: Body<'_> = &|builder| {
        builder.open("A");
        for _ in 0..1_500 {
            builder.open("B").slot(0).close();
        }
        builder.close();
    };
    builder.instance(1, large, &[]);
    builder.end_record();
    for definition in 0..300 {
        builder
            .record()
            .instance_of(600 + definition, &[])
            .end_record();
    }
    let mut chunk = builder.chunk();
    // Each offset reads as a definition of a size that there is room for.
    for at in (600..960).step_by(4) {
        chunk[at..at + 4].copy_from_slice(&40_000_u32.to_le_bytes());
    }
    seal(&mut chunk);
    let tally = read(&mut ChunkReader::default(), &chunk, CHUNK_BYTES);
    assert_eq!(tally.numbers.len() + tally.failed, 301);
}

/// Every chunk brings other templates: what is kept of them is bounded.
#[test]
fn templates_that_never_come_again() {
    let mut reader = ChunkReader::default();
    for chunk in 0..200_u8 {
        let mut builder = Builder::new();
        for guid in 0..20 {
            builder.record();
            let name = format!("N{chunk}x{guid}").repeat(30);
            let body: Body<'_> = &|builder| {
                builder.open(&name).slot(0).close();
            };
            builder.instance(guid, body, &[text(&name)]);
            builder.end_record();
        }
        let tally = read(&mut reader, &builder.chunk(), CHUNK_BYTES);
        assert_eq!(tally.numbers.len(), 20);
    }
}
