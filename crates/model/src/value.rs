use std::borrow::Cow;
use std::fmt::{self, Write};

use crate::Timestamp;

/// What a field holds.
///
/// Values stay as the log keeps them and are written out only where somebody asks: most are
/// compared where they lie, and most records match nothing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Present and without a value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Text as Windows keeps it.
    Wide(Wide<'a>),
    /// A Windows type with a way of its own to be written.
    Native(Native<'a>),
}

impl<'a> Value<'a> {
    /// The value as a rule compares it: numbers in decimal, null as empty text.
    #[must_use]
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Float(value) => Cow::Owned(value.to_string()),
            Self::Text(value) => Cow::Borrowed(value),
            Self::Wide(value) => Cow::Owned(value.to_text()),
            Self::Native(value) => Cow::Owned(value.to_string()),
        }
    }

    /// The value where it is written as text, which numbers and null are not.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(_) | Self::Wide(_) | Self::Native(_) => Some(self.as_text()),
            _ => None,
        }
    }

    /// Whether it is text with more to it than a number, a time or an identifier has.
    #[must_use]
    pub fn holds_words(&self) -> bool {
        let is_more = |letter: u8| !stands_in_number(letter);
        match self {
            Self::Text(text) => text.bytes().any(is_more),
            Self::Wide(wide) => wide
                .units()
                .any(|unit| unit > 0xff || is_more(unit.to_le_bytes()[0])),
            _ => false,
        }
    }

    /// The same value, borrowing from this one.
    #[must_use]
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Text(value) => Value::Text(Cow::Borrowed(value)),
            Self::Wide(value) => Value::Wide(*value),
            Self::Native(value) => Value::Native(*value),
        }
    }
}

/// Whether numbers, times and identifiers are written with this letter, in either case.
#[must_use]
pub const fn stands_in_number(letter: u8) -> bool {
    STANDS_IN_NUMBER[letter as usize]
}

const STANDS_IN_NUMBER: [bool; 256] = {
    let mut table = [false; 256];
    let letters = b"0123456789abcdefABCDEF{}-:.+xstzXSTZ ";
    let mut place = 0;
    while place < letters.len() {
        table[letters[place] as usize] = true;
        place += 1;
    }
    table
};

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// Text in UTF-16, little endian, as Windows event logs hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wide<'a>(&'a [u8]);

impl<'a> Wide<'a> {
    /// Text of these bytes; a single byte left over at the end is no character.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let whole = bytes.len() & !1;
        Self(bytes.get(..whole).unwrap_or_default())
    }

    /// The bytes, two for each unit.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The text in UTF-8; halves of characters become the replacement character.
    #[must_use]
    pub fn to_text(self) -> String {
        match self.ascii() {
            Some(letters) => String::from_utf8(letters.collect()).unwrap_or_default(),
            None => self.to_string(),
        }
    }

    /// The letters, where all are ASCII.
    #[must_use]
    pub fn ascii(self) -> Option<impl ExactSizeIterator<Item = u8> + 'a> {
        let (units, _) = self.0.as_chunks::<2>();
        let all = self.units().fold(0, |all, unit| all | unit);
        (all < 0x80).then(|| units.iter().map(|unit| unit[0]))
    }

    /// The code units.
    pub fn units(self) -> impl ExactSizeIterator<Item = u16> + Clone + 'a {
        let (units, _) = self.0.as_chunks::<2>();
        units.iter().map(|unit| u16::from_le_bytes(*unit))
    }
}

impl fmt::Display for Wide<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in char::decode_utf16(self.units()) {
            f.write_char(character.unwrap_or(char::REPLACEMENT_CHARACTER))?;
        }
        Ok(())
    }
}

/// Typed values of Windows event logs ([MS-EVEN6] 2.2.12), by their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Native<'a> {
    /// `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`, as Windows writes it.
    Guid(&'a [u8; 16]),
    /// A security identifier ([MS-DTYP] 2.4.2.2), of the length that its count of parts says.
    Sid(&'a [u8]),
    /// Ticks of 100 ns since 1601.
    FileTime(u64),
    /// Year, month, weekday, day, hour, minute, second, millisecond, 16 bits each.
    SystemTime(&'a [u8; 16]),
    /// `0x3e7`: such numbers are compared as text.
    Hex(u64),
    /// Bytes, written in hex.
    Binary(&'a [u8]),
}

/// Seconds from 1601 to 1970.
const FILE_TIME_EPOCH_SECONDS: i64 = 11_644_473_600;
/// Ticks of a file time in a second.
const FILE_TIME_TICKS: i64 = 10_000_000;

/// The time that a Windows file time stands for.
#[must_use]
pub fn file_time(ticks: u64) -> Option<Timestamp> {
    let ticks = i64::try_from(ticks).ok()?;
    let seconds = ticks / FILE_TIME_TICKS - FILE_TIME_EPOCH_SECONDS;
    let nanoseconds = i32::try_from(ticks % FILE_TIME_TICKS * 100).ok()?;
    Timestamp::new(seconds, nanoseconds).ok()
}

impl fmt::Display for Native<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guid(bytes) => guid(bytes, f),
            Self::Sid(bytes) => sid(bytes, f),
            // All seven digits of a tick, as Windows writes them.
            Self::FileTime(ticks) => match file_time(*ticks) {
                Some(time) => write!(f, "{time:.7}"),
                None => write!(f, "{ticks}"),
            },
            Self::SystemTime(bytes) => system_time(bytes, f),
            Self::Hex(number) => write!(f, "{number:#x}"),
            Self::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}")),
        }
    }
}

/// The first three groups are little-endian numbers, the rest bytes in order.
fn guid(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Written in one piece: records have several of them.
    let mut text = [b'-'; 38];
    text[0] = b'{';
    text[37] = b'}';
    let mut at = 1;
    for (place, index) in ORDER.into_iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            at += 1;
        }
        text[at] = DIGITS[usize::from(bytes[index] >> 4)];
        text[at + 1] = DIGITS[usize::from(bytes[index] & 15)];
        at += 2;
    }
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn sid(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [revision, _, authority @ ..] = bytes.get(..8).unwrap_or_default() else {
        return Ok(());
    };
    let authority = authority
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    write!(f, "S-{revision}-{authority}")?;
    let (parts, _) = bytes.get(8..).unwrap_or_default().as_chunks::<4>();
    parts
        .iter()
        .try_for_each(|part| write!(f, "-{}", u32::from_le_bytes(*part)))
}

fn system_time(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (parts, _) = bytes.as_chunks::<2>();
    let mut numbers = [0; 8];
    for (number, part) in numbers.iter_mut().zip(parts) {
        *number = u16::from_le_bytes(*part);
    }
    let [year, month, _, day, hour, minute, second, millisecond] = numbers;
    write!(
        f,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}0000Z"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_text() {
        let check = |value: Value<'_>, expected: &str| assert_eq!(value.as_text(), expected);
        let wide: Vec<u8> = "Kö🦀\u{0}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        check(Value::Wide(Wide::new(&wide)), "Kö🦀\u{0}");
        check(Value::Wide(Wide::new(&[0x3d, 0xd8, 0x61])), "\u{fffd}");
        let guid = [
            0x5f, 0x38, 0x70, 0x57, 0x2a, 0xc2, 0xe0, 0x43, 0xbf, 0x4c, 6, 0xf5, 0x69, 0x8f, 0xfb,
            0xd9,
        ];
        let guid = Value::Native(Native::Guid(&guid));
        check(guid, "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
        let sid = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0];
        check(Value::Native(Native::Sid(&sid)), "S-1-5-32-544");
        check(Value::Native(Native::Sid(&[1])), "");
        check(Value::Native(Native::Hex(0x3e7)), "0x3e7");
        check(Value::Native(Native::Binary(&[0, 0xab])), "00AB");
        let time = Native::FileTime(132_601_200_003_456_789);
        check(Value::Native(time), "2021-03-13T14:40:00.3456789Z");
        let even = Native::FileTime(132_601_200_000_000_000);
        check(Value::Native(even), "2021-03-13T14:40:00.0000000Z");
        check(
            Value::Native(Native::FileTime(u64::MAX)),
            "18446744073709551615",
        );
    }
}
