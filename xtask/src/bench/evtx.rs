//! As much of the EVTX format as is needed to put chunks together and to check them.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result, ensure};

pub(crate) const FILE_HEADER_BYTES: usize = 4_096;
pub(crate) const CHUNK_BYTES: usize = 65_536;
const CHUNK_HEADER_BYTES: usize = 512;
const CHUNK_SIGNATURE: &[u8] = b"ElfChnk\0";
const RECORD_SIGNATURE: &[u8] = &[0x2a, 0x2a, 0, 0];
const RECORD_BYTES_MIN: usize = 28;

/// What a chunk holds.
pub(crate) enum Content {
    /// Records, and where in the chunk they end.
    Events { count: u64, bytes: usize },
    /// No chunk, or one whose checksums are wrong.
    Damaged,
}

/// The places for chunks in a file that hold something other than zeros.
pub(crate) fn chunks(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (places, _) = file
        .get(FILE_HEADER_BYTES..)
        .unwrap_or_default()
        .as_chunks::<CHUNK_BYTES>();
    let used = places
        .iter()
        .filter(|place| place.iter().any(|byte| *byte != 0));
    used.map(<[u8; CHUNK_BYTES]>::as_slice)
}

/// Checks a chunk and counts its records.
pub(crate) fn check(chunk: &[u8]) -> Content {
    if !checksums_hold(chunk) {
        return Content::Damaged;
    }
    let end = number(chunk, 48) as usize;
    let mut at = CHUNK_HEADER_BYTES;
    let mut count = 0;
    while at < end && chunk.get(at..at + 4) == Some(RECORD_SIGNATURE) {
        count += 1;
        at += (number(chunk, at + 4) as usize).max(RECORD_BYTES_MIN);
    }
    Content::Events { count, bytes: at }
}

/// Whether a chunk's header and records are as they were written.
fn checksums_hold(chunk: &[u8]) -> bool {
    if !chunk.starts_with(CHUNK_SIGNATURE) {
        return false;
    }
    let end = number(chunk, 48) as usize;
    let parts = (
        chunk.get(..120),
        chunk.get(128..CHUNK_HEADER_BYTES),
        chunk.get(CHUNK_HEADER_BYTES..end),
    );
    let (Some(start), Some(tables), Some(records)) = parts else {
        return false;
    };
    let mut header = crc32fast::Hasher::new();
    header.update(start);
    header.update(tables);
    header.finalize() == number(chunk, 124) && crc32fast::hash(records) == number(chunk, 52)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    four.map_or(0, |four| u32::from_le_bytes(*four))
}

/// The header of a clean file with so many chunks.
pub(crate) fn file_header(chunk_count: u16) -> Vec<u8> {
    let mut header = Vec::with_capacity(FILE_HEADER_BYTES);
    header.extend(b"ElfFile\0");
    header.extend(0_u64.to_le_bytes());
    header.extend(u64::from(chunk_count.saturating_sub(1)).to_le_bytes());
    // The next record's number; chunks repeat, so that no number is right.
    header.extend(1_u64.to_le_bytes());
    header.extend(128_u32.to_le_bytes());
    // Version 3.1.
    header.extend(1_u16.to_le_bytes());
    header.extend(3_u16.to_le_bytes());
    header.extend(4_096_u16.to_le_bytes());
    header.extend(chunk_count.to_le_bytes());
    header.resize(120, 0);
    let checksum = crc32fast::hash(&header);
    header.extend(0_u32.to_le_bytes());
    header.extend(checksum.to_le_bytes());
    header.resize(FILE_HEADER_BYTES, 0);
    header
}

/// The least that anybody who trusts a log must do: read it and check its checksums, in two
/// threads.
pub(crate) fn check_file(path: &Path) -> Result<()> {
    let size = std::fs::metadata(path)
        .with_context(|| path.display().to_string())?
        .len();
    let chunk_count = size.saturating_sub(FILE_HEADER_BYTES as u64) / CHUNK_BYTES as u64;
    let half = chunk_count / 2;
    let good = std::thread::scope(|scope| {
        let first = scope.spawn(|| check_range(path, 0, half));
        let second = check_range(path, half, chunk_count - half);
        let first = first
            .join()
            .map_err(|_| anyhow::anyhow!("a thread panicked"))?;
        anyhow::Ok(first? + second?)
    })?;
    ensure!(
        good == chunk_count,
        "{} of {chunk_count} chunks have wrong checksums",
        chunk_count - good
    );
    Ok(())
}

fn check_range(path: &Path, start: u64, count: u64) -> Result<u64> {
    const CHUNKS_AT_ONCE: u64 = 16;
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(
        FILE_HEADER_BYTES as u64 + start * CHUNK_BYTES as u64,
    ))?;
    let mut buffer = vec![0; CHUNKS_AT_ONCE as usize * CHUNK_BYTES];
    let (mut good, mut left) = (0, count);
    while left > 0 {
        let now = left.min(CHUNKS_AT_ONCE);
        let part = buffer
            .get_mut(..now as usize * CHUNK_BYTES)
            .unwrap_or_default();
        file.read_exact(part)?;
        let held = part
            .chunks(CHUNK_BYTES)
            .filter(|chunk| checksums_hold(chunk));
        good += held.count() as u64;
        left -= now;
    }
    Ok(good)
}
