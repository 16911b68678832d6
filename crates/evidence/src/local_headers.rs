//! Zip archives that have lost their list of members, read from the members' own headers.
//!
//! The `zip` crate can stream such archives too, but gives up on members whose size stands
//! behind their data, which is how most tools that write to a pipe do it.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;

use crate::archive::{Counted, Packed, Whole, member};
use crate::recorder::Recorder;
use crate::run::Nest;

const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const HEADER_BYTES: usize = 26;

/// What a member's header says (APPNOTE.TXT 4.3.7), as far as it is needed.
struct Header {
    name: String,
    method: u16,
    is_encrypted: bool,
    /// `None` where it stands behind the data.
    packed_bytes: Option<u64>,
}

/// Reads members one after another until the input ends.
pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: impl Read, nest: &Nest) {
    let position = Rc::new(Cell::new(0));
    let counted = Counted {
        inner: input,
        bytes: Rc::clone(&position),
    };
    let mut input = BufReader::with_capacity(64 << 10, counted);
    while matches!(skip_to_signature(&mut input), Ok(true))
        && recorder.run.has_room(&recorder.record.path)
    {
        let offset = position.get() - input.buffer().len() as u64 - SIGNATURE.len() as u64;
        let Ok(header) = read_header(&mut input) else {
            return recorder.failed(Some(offset), None, "archive ends inside a member's header");
        };
        if header.name.ends_with('/') {
            continue;
        }
        let name = &header.name;
        let reason = match (&header, header.packed_bytes) {
            (
                Header {
                    is_encrypted: true, ..
                },
                _,
            ) => "is encrypted",
            (Header { method: 8, .. }, _) => {
                let packed = Rc::new(Cell::new(0));
                let counted = CountedBuffer {
                    inner: &mut input,
                    bytes: Rc::clone(&packed),
                };
                member(
                    recorder,
                    name,
                    DeflateDecoder::new(counted),
                    Packed::Counted(packed),
                    nest,
                );
                continue;
            }
            (Header { method: 0, .. }, Some(bytes)) => {
                let whole = Whole {
                    inner: input.by_ref().take(bytes),
                    bytes_left: bytes,
                };
                member(recorder, name, whole, Packed::Known(bytes), nest);
                continue;
            }
            (Header { method: 0, .. }, None) => "does not say how long it is",
            _ => "is packed by a method that is not known here",
        };
        recorder.failed(Some(offset), None, format!("member {name} {reason}"));
    }
}

fn read_header(input: &mut impl Read) -> io::Result<Header> {
    let mut bytes = [0; HEADER_BYTES];
    input.read_exact(&mut bytes)?;
    let short = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let flags = short(2);
    let packed = u64::from(short(14)) | u64::from(short(16)) << 16;
    let mut name = vec![0; short(22).into()];
    input.read_exact(&mut name)?;
    io::copy(&mut input.take(short(24).into()), &mut io::sink())?;
    // All ones: the size stands in an extra field, for members beyond 4 GiB.
    let is_known = flags & 8 == 0 && packed != u64::from(u32::MAX);
    Ok(Header {
        name: String::from_utf8_lossy(&name).into_owned(),
        method: short(4),
        is_encrypted: flags & 1 != 0,
        packed_bytes: is_known.then_some(packed),
    })
}

/// Goes behind the next signature of a member; `false` at the end.
fn skip_to_signature(input: &mut impl BufRead) -> io::Result<bool> {
    let mut matched = 0;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let mut used = 0;
        for &byte in buffer {
            used += 1;
            matched = match SIGNATURE.get(matched) {
                Some(&expected) if expected == byte => matched + 1,
                // `P` begins the signature and occurs in it nowhere else.
                _ => usize::from(byte == SIGNATURE[0]),
            };
            if matched == SIGNATURE.len() {
                break;
            }
        }
        input.consume(used);
        if matched == SIGNATURE.len() {
            return Ok(true);
        }
    }
}

/// Counts what is taken from a buffer, and leaves what follows in it.
struct CountedBuffer<'b, R> {
    inner: &'b mut R,
    bytes: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for CountedBuffer<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for CountedBuffer<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes.set(self.bytes.get() + count as u64);
        self.inner.consume(count);
    }
}
