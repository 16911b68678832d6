//! Single files packed by bzip2, xz and zstd, and 7z archives.

use std::io::{self, BufRead, BufReader, Read, Seek};

use bzip2::bufread::MultiBzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use sevenz_rust2::{ArchiveReader, Password};

use crate::archive::{CountedInput, Packed, counted, deeper, for_one, member, stem};
use crate::recorder::Recorder;
use crate::run::Nest;
use crate::sniff::Kind;

/// Memory that unpacking may take; `xz -9` needs 65 MiB, and 7-Zip's ultra setting 64 MiB.
const MEMORY_KIB_MAX: u32 = 512 << 10;
/// Windows of zstd; `zstd --ultra -22` has 128 MiB.
const WINDOW_BYTES_MAX: u64 = 256 << 20;

/// Reads what a file holds that is packed as a whole.
pub(crate) fn read(recorder: &mut Recorder<'_, '_>, kind: Kind, input: &mut dyn Read, nest: &Nest) {
    let Some(nest) = for_one(recorder, nest) else {
        return;
    };
    let (input, packed) = counted(input);
    let unpacked: Box<dyn Read + '_> = match kind {
        Kind::Bzip2 => Box::new(MultiBzDecoder::new(input)),
        Kind::Xz => Box::new(XzReader::new_mem_limit(input, true, MEMORY_KIB_MAX)),
        _ => Box::new(Frames::Next(Some(input))),
    };
    let name = stem(&recorder.record.path);
    member(recorder, &name, unpacked, Packed::Counted(packed), &nest);
}

/// The frames of zstd, one after the other.
enum Frames<'i> {
    Next(Option<CountedInput<'i>>),
    Open(Box<StreamingDecoder<CountedInput<'i>, ruzstd::decoding::FrameDecoder>>),
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self {
                Self::Open(frame) => {
                    let count = frame.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        return Ok(count);
                    }
                    let Self::Open(frame) = std::mem::replace(self, Self::Next(None)) else {
                        return Ok(0);
                    };
                    *self = Self::Next(Some(frame.into_inner()));
                }
                Self::Next(input) => {
                    let Some(mut input) = input.take() else {
                        return Ok(0);
                    };
                    skip_frames(&mut input)?;
                    if input.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let opened =
                        StreamingDecoder::new_with_max_window_size(input, WINDOW_BYTES_MAX);
                    *self = Self::Open(Box::new(opened.map_err(io::Error::other)?));
                }
            }
        }
    }
}

/// Goes past frames that hold nothing of the file (RFC 8878, 3.1.2).
fn skip_frames(input: &mut CountedInput<'_>) -> io::Result<()> {
    while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] = input.fill_buf()? {
        let mut head = [0; 8];
        input.read_exact(&mut head)?;
        let length = head
            .last_chunk::<4>()
            .map_or(0, |bytes| u32::from_le_bytes(*bytes));
        io::copy(&mut input.by_ref().take(length.into()), &mut io::sink())?;
    }
    Ok(())
}

/// Reads the members of a 7z archive.
pub(crate) fn seven_zip(recorder: &mut Recorder<'_, '_>, input: impl Read + Seek, nest: &Nest) {
    let Some(nest) = deeper(recorder, nest) else {
        return;
    };
    let memory = MEMORY_KIB_MAX as usize;
    let mut input = BufReader::new(input);
    let packed_bytes = input.seek(io::SeekFrom::End(0)).unwrap_or(0);
    let opened = input
        .rewind()
        .map_err(sevenz_rust2::Error::from)
        .and_then(|()| ArchiveReader::new_with_memory_limit(input, Password::empty(), memory));
    let mut archive = match opened {
        Ok(archive) => archive,
        Err(error) => {
            return recorder.problem(None, None, format!("members cannot be read: {error}"));
        }
    };
    archive.set_thread_count(1);
    let mut number = 0;
    let read = archive.for_each_entries(|entry, unpacked| {
        number += 1;
        if entry.is_directory() || entry.is_anti_item() {
            return Ok(true);
        }
        if !recorder.run.has_room(&recorder.record.path) {
            return Ok(false);
        }
        // Members are packed together: what they come from is the whole archive.
        let packed = Packed::Known(packed_bytes);
        member(recorder, entry.name(), unpacked, packed, &nest);
        Ok(true)
    });
    if let Err(error) = read {
        let message = format!("members from this one on cannot be read: {error}");
        recorder.failed(None, Some(number + 1), message);
    }
}
