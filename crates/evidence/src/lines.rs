//! Text as a stream: encodings, lines of bounded length, offsets that hold in the file.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use crate::recorder::Recorder;

/// How text is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// The encoding and the length of the byte order mark that says so.
///
/// UTF-16 without a mark shows by its zeros: every second byte of ASCII text.
pub(crate) fn detect_encoding(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Little, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Big, 2),
        _ => {
            let pairs = || head.chunks_exact(2).take(64);
            let count = pairs().count();
            let zeros = |place: usize| pairs().filter(|pair| pair.get(place) == Some(&0)).count();
            if count >= 4 && zeros(1) * 10 >= count * 9 && zeros(0) * 10 <= count {
                (Encoding::Utf16Little, 0)
            } else if count >= 4 && zeros(0) * 10 >= count * 9 && zeros(1) * 10 <= count {
                (Encoding::Utf16Big, 0)
            } else {
                (Encoding::Utf8, 0)
            }
        }
    }
}

/// Buffered UTF-8 over any encoding, which knows where in the file it stands.
pub(crate) struct TextInput<'r> {
    reader: BufReader<Box<dyn Read + 'r>>,
    wide: bool,
    offset: u64,
}

impl<'r> TextInput<'r> {
    /// `head` is what the input begins with; it is looked at, not taken.
    pub(crate) fn new(head: &[u8], mut input: impl Read + 'r) -> Self {
        let (encoding, mark_bytes) = detect_encoding(head);
        let mut mark = [0; 3];
        let skipped = mark
            .get_mut(..mark_bytes)
            .map_or(Ok(()), |mark| input.read_exact(mark));
        let reader: Box<dyn Read + 'r> = match encoding {
            // The mark was seen in the head, so an error here can only be met again.
            _ if skipped.is_err() => Box::new(io::empty()),
            Encoding::Utf8 => Box::new(input),
            Encoding::Utf16Little => Box::new(Utf16Reader::new(input, u16::from_le_bytes)),
            Encoding::Utf16Big => Box::new(Utf16Reader::new(input, u16::from_be_bytes)),
        };
        Self {
            reader: BufReader::with_capacity(128 << 10, reader),
            wide: encoding != Encoding::Utf8,
            offset: mark_bytes as u64,
        }
    }

    /// Whether offsets in the text are not those in the file.
    pub(crate) fn is_wide(&self) -> bool {
        self.wide
    }

    /// Byte offset in the file of what comes next.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes of the file a text is that was taken from here.
    pub(crate) fn bytes_in_file(&self, taken: &[u8]) -> u64 {
        // Two bytes for each character, four for one outside the basic plane, which is
        // what UTF-8 writes with a first byte of 0xf0 and above.
        if !self.wide {
            return taken.len() as u64;
        }
        let first = taken.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let double = taken.iter().filter(|&&byte| byte >= 0xf0).count();
        2 * (first + double) as u64
    }

    /// What comes next; empty at the end. An error ends the input: the reader below keeps it.
    pub(crate) fn fill(&mut self) -> &[u8] {
        self.reader.fill_buf().unwrap_or_default()
    }

    pub(crate) fn consume(&mut self, bytes: usize) {
        let taken = self.reader.buffer().get(..bytes).unwrap_or_default();
        self.offset += self.bytes_in_file(taken);
        self.reader.consume(bytes);
    }
}

/// Turns UTF-16 into UTF-8; what is not valid becomes the replacement character.
struct Utf16Reader<R> {
    input: BufReader<R>,
    unit: fn([u8; 2]) -> u16,
    /// A high surrogate that waits for its other half.
    surrogate: Option<u16>,
    decoded: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf16Reader<R> {
    fn new(input: R, unit: fn([u8; 2]) -> u16) -> Self {
        let input = BufReader::with_capacity(64 << 10, input);
        Self {
            input,
            unit,
            surrogate: None,
            decoded: Vec::new(),
            given: 0,
        }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.given = 0;
        let mut units: Vec<u16> = Vec::with_capacity(4_097);
        units.extend(self.surrogate.take());
        let mut bytes = Vec::with_capacity(8_192);
        self.input.by_ref().take(8_192).read_to_end(&mut bytes)?;
        let pairs = bytes.chunks_exact(2);
        let at_end = bytes.len() < 8_192;
        units.extend(pairs.map(|pair| (self.unit)([pair[0], pair[1]])));
        if !at_end {
            self.surrogate = units.pop_if(|unit| (0xd800..0xdc00).contains(unit));
        }
        let mut utf8 = [0; 4];
        for character in char::decode_utf16(units) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.decoded
                .extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.decoded.len() {
            self.decode_more()?;
        }
        let mut rest = self.decoded.get(self.given..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

/// One line without its end.
pub(crate) struct Line<'l> {
    /// Byte offset in the file.
    pub(crate) offset: u64,
    /// From 1.
    pub(crate) number: u64,
    pub(crate) text: Cow<'l, str>,
}

/// Bytes as text; what is not UTF-8 becomes the replacement character.
pub(crate) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    // Nearly all is valid, and checking alone is many times quicker than mending.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// A line without what ends it.
pub(crate) fn without_end(mut line: &[u8]) -> &[u8] {
    while let Some((b'\r' | b'\n', rest)) = line.split_last() {
        line = rest;
    }
    line
}

/// Says that a line is passed over for its length.
pub(crate) fn too_long(recorder: &mut Recorder<'_, '_>, offset: u64, number: u64, bytes: usize) {
    let max = recorder.run.limits.record_bytes_max;
    let message = format!("line of {bytes} bytes is longer than {max}; passed over");
    recorder.failed(Some(offset), Some(number), message);
}

/// Lines of bounded length.
pub(crate) struct Lines<'r> {
    input: TextInput<'r>,
    line: Vec<u8>,
    number: u64,
}

impl<'r> Lines<'r> {
    pub(crate) fn new(input: TextInput<'r>) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next line; one that is too long is a problem and passed over.
    pub(crate) fn next(&mut self, recorder: &mut Recorder<'_, '_>) -> Option<Line<'_>> {
        let bytes_max = recorder.run.limits.record_bytes_max;
        let offset = loop {
            let offset = self.input.offset();
            let bytes = self.take_line(bytes_max)?;
            self.number += 1;
            if bytes <= bytes_max {
                break offset;
            }
            too_long(recorder, offset, self.number, bytes);
        };
        Some(Line {
            offset,
            number: self.number,
            text: text_of(without_end(&self.line)),
        })
    }

    /// Reads up to and with the next line feed, keeps at most `bytes_max` of it, and says how
    /// long it was; `None` at the end.
    fn take_line(&mut self, bytes_max: usize) -> Option<usize> {
        self.line.clear();
        let mut bytes = 0;
        loop {
            let buffer = self.input.fill();
            let end = memchr::memchr(b'\n', buffer);
            let taken = end.map_or(buffer.len(), |at| at + 1);
            if taken == 0 {
                return (bytes > 0).then_some(bytes);
            }
            let room = bytes_max.saturating_sub(self.line.len()).min(taken);
            self.line
                .extend_from_slice(buffer.get(..room).unwrap_or_default());
            bytes += taken;
            self.input.consume(taken);
            if end.is_some() {
                return Some(bytes);
            }
        }
    }
}
