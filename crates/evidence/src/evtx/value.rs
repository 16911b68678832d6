//! The types of values in BinXML ([MS-EVEN6] 2.2.12) as values of fields, borrowed from the chunk.

use std::borrow::Cow;

use daylight_model::{Native, Value, Wide};

pub(super) const NULL: u8 = 0x00;
pub(super) const TEXT: u8 = 0x01;
const ANSI_TEXT: u8 = 0x02;
pub(super) const UNSIGNED_8: u8 = 0x04;
pub(super) const UNSIGNED_16: u8 = 0x06;
pub(super) const UNSIGNED_32: u8 = 0x08;
pub(super) const GUID: u8 = 0x0f;
pub(super) const FILE_TIME: u8 = 0x11;
pub(super) const SID: u8 = 0x13;
pub(super) const HEX_32: u8 = 0x14;
pub(super) const HEX_64: u8 = 0x15;
/// A stream of BinXML inside a value.
pub(super) const NESTED: u8 = 0x21;
/// What Windows keeps for XML of other versions.
const XML_TEXT: u8 = 0x23;
/// Marks several values of a type in one.
pub(super) const ARRAY: u8 = 0x80;

/// How many bytes a value of a type takes, where the type alone says it.
pub(super) const fn size_of(kind: u8) -> Option<usize> {
    Some(match kind {
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
        0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
        0x0f | 0x12 => 16,
        _ => return None,
    })
}

/// Whether a value of this type may hold nothing though it has bytes, other than text that begins
/// with a zero.
pub(super) const fn may_hold_nothing(kind: u8) -> bool {
    matches!(kind, ANSI_TEXT | XML_TEXT)
}

/// The value of `bytes`; `None` where it holds nothing.
pub(super) fn of(kind: u8, bytes: &[u8]) -> Option<Value<'_>> {
    if kind == TEXT {
        return wide(bytes).map(Value::Wide);
    }
    if bytes.is_empty() || kind == NULL {
        return None;
    }
    typed(kind, bytes).or(Some(Value::Native(Native::Binary(bytes))))
}

/// Text up to the first zero, where there is any.
#[inline]
pub(super) fn wide(bytes: &[u8]) -> Option<Wide<'_>> {
    let text = until_nul(bytes);
    (text.len() >= 2).then(|| Wide::new(text))
}

/// The units before the first that is zero.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    const BLOCK: usize = 32;
    let (units, _) = bytes.as_chunks::<2>();
    let mut before = 0;
    // Whole blocks are compared at once; few hold a zero, and none but the last is looked through.
    let (blocks, rest) = units.as_chunks::<BLOCK>();
    for block in blocks {
        let has_nul = block.iter().fold(false, |found, unit| {
            found | (u16::from_le_bytes(*unit) == 0)
        });
        if has_nul {
            break;
        }
        before += BLOCK;
    }
    let rest = units.get(before..).unwrap_or(rest);
    let count = before
        + rest
            .iter()
            .position(|unit| *unit == [0, 0])
            .unwrap_or(rest.len());
    bytes.get(..count * 2).unwrap_or(bytes)
}

/// `None` where the bytes are not of the size that the type has.
fn typed(kind: u8, bytes: &[u8]) -> Option<Value<'_>> {
    let signed = |value: i64| Some(Value::Integer(value));
    match kind {
        0x03 => signed(i8::from_le_bytes(exact(bytes)?).into()),
        0x04 => signed(u8::from_le_bytes(exact(bytes)?).into()),
        0x05 => signed(i16::from_le_bytes(exact(bytes)?).into()),
        0x06 => signed(u16::from_le_bytes(exact(bytes)?).into()),
        0x07 => signed(i32::from_le_bytes(exact(bytes)?).into()),
        0x08 => signed(u32::from_le_bytes(exact(bytes)?).into()),
        0x09 => signed(i64::from_le_bytes(exact(bytes)?)),
        0x0a => Some(unsigned(u64::from_le_bytes(exact(bytes)?))),
        0x0b => Some(float(f32::from_le_bytes(exact(bytes)?))),
        0x0c => Some(Value::Float(f64::from_le_bytes(exact(bytes)?))),
        0x0d => Some(boolean(bytes)?),
        _ => native(kind, bytes),
    }
}

fn native(kind: u8, bytes: &[u8]) -> Option<Value<'_>> {
    let value = match kind {
        ANSI_TEXT => return ansi(bytes),
        GUID => Native::Guid(bytes.try_into().ok()?),
        FILE_TIME => Native::FileTime(u64::from_le_bytes(exact(bytes)?)),
        0x12 => Native::SystemTime(bytes.try_into().ok()?),
        SID => Native::Sid(sid(bytes)?),
        0x10 | 0x14 | 0x15 => match bytes.len() {
            4 => Native::Hex(u32::from_le_bytes(exact(bytes)?).into()),
            8 => Native::Hex(u64::from_le_bytes(exact(bytes)?)),
            _ => return None,
        },
        XML_TEXT => return wide(bytes).map(Value::Wide),
        _ => return None,
    };
    Some(Value::Native(value))
}

fn exact<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// Beyond the signed range (keyword masks) the digits are what rules compare.
fn unsigned(value: u64) -> Value<'static> {
    i64::try_from(value).map_or_else(
        |_| Value::Text(Cow::Owned(value.to_string())),
        Value::Integer,
    )
}

/// The number that the shortest way to write this one means: 0.1, not 0.10000000149.
fn float(value: f32) -> Value<'static> {
    Value::Float(value.to_string().parse().unwrap_or_else(|_| value.into()))
}

/// Windows writes masks into some of these: such numbers stay what they are.
fn boolean(bytes: &[u8]) -> Option<Value<'static>> {
    let number = match bytes.len() {
        1 => bytes.first().copied()?.into(),
        _ => i32::from_le_bytes(exact(bytes)?),
    };
    Some(match number {
        0 => Value::Bool(false),
        1 => Value::Bool(true),
        number => Value::Integer(number.into()),
    })
}

/// The part that the identifier's own count of parts covers.
#[inline]
pub(super) fn sid(bytes: &[u8]) -> Option<&[u8]> {
    let parts = usize::from(*bytes.get(1)?);
    bytes.get(..8 + 4 * parts)
}

/// Text in the code page of Western Windows; zeros in it say nothing.
fn ansi(bytes: &[u8]) -> Option<Value<'_>> {
    let end = bytes.iter().rposition(|byte| *byte != 0)? + 1;
    let bytes = bytes.get(..end)?;
    let is_plain = bytes.is_ascii() && !bytes.contains(&0);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if is_plain => Cow::Borrowed(text),
        _ => Cow::Owned(
            bytes
                .iter()
                .filter(|byte| **byte != 0)
                .map(|byte| windows_1252(*byte))
                .collect(),
        ),
    };
    Some(Value::Text(text))
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH
            .get(usize::from(byte) - 0x80)
            .copied()
            .unwrap_or_default(),
        _ => char::from(byte),
    }
}

/// The values of an array, in order; `None` stands for one that holds nothing.
pub(super) fn items(kind: u8, bytes: &[u8]) -> Items<'_> {
    Items {
        kind: kind & !ARRAY,
        rest: bytes,
    }
}

/// See [`items`].
pub(super) struct Items<'a> {
    kind: u8,
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    /// How many bytes the next value takes, and how many follow it that are not its own.
    fn next_size(&self) -> (usize, usize) {
        match self.kind {
            TEXT => (until_nul(self.rest).len(), 2),
            ANSI_TEXT => (memchr::memchr(0, self.rest).unwrap_or(self.rest.len()), 1),
            SID => (sid(self.rest).map_or(self.rest.len(), <[u8]>::len), 0),
            kind => (size_of(kind).unwrap_or(self.rest.len()), 0),
        }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Option<Value<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (size, more) = self.next_size();
        let (item, rest) = self.rest.split_at_checked(size).unwrap_or((self.rest, &[]));
        self.rest = rest.get(more..).unwrap_or_default();
        Some(of(self.kind, item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: u8, bytes: &[u8], expected: Option<&str>) {
        let text = of(kind, bytes).map(|value| value.as_text().into_owned());
        assert_eq!(text.as_deref(), expected, "{kind:#x} {bytes:?}");
    }

    fn wide_bytes(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn values_of_each_type() {
        check(0x00, &[1, 2], None);
        check(0x01, &wide_bytes("a\0b"), Some("a"));
        check(0x01, &wide_bytes("\0"), None);
        check(0x01, b"x", None);
        check(0x01, &wide_bytes(&"ä".repeat(100)), Some(&"ä".repeat(100)));
        let late = format!("{}\0{}", "x".repeat(70), "y".repeat(70));
        check(0x01, &wide_bytes(&late), Some(&"x".repeat(70)));
        check(0x02, b"caf\xe9\0\x80\0", Some("café€"));
        check(0x03, &[0xff], Some("-1"));
        check(0x08, &[0xff, 0xff, 0xff, 0xff], Some("4294967295"));
        check(0x08, &[1, 2], Some("0102"));
        check(0x0a, &[0xff; 8], Some("18446744073709551615"));
        check(0x0b, &0.1_f32.to_le_bytes(), Some("0.1"));
        check(0x0d, &[1, 0, 0, 0], Some("true"));
        check(0x0d, &[16, 0, 0, 0], Some("16"));
        check(0x10, &[0xe7, 3, 0, 0], Some("0x3e7"));
        check(
            0x13,
            &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 9],
            Some("S-1-5-18"),
        );
        check(0x14, &[0; 4], Some("0x0"));
        check(0x0f, &[1], Some("01"));
        check(0x77, &[0xab], Some("AB"));
        check(0x77, &[], None);
    }

    #[test]
    fn arrays() {
        let check = |kind: u8, bytes: &[u8], expected: &[&str]| {
            let items: Vec<String> = items(kind, bytes)
                .map(|item| item.map_or(String::new(), |value| value.as_text().into_owned()))
                .collect();
            assert_eq!(items, expected);
        };
        check(0x81, &wide_bytes("a\0\0b\0"), &["a", "", "b"]);
        check(0x81, &wide_bytes("a\0b"), &["a", "b"]);
        check(0x81, b"a\0b", &["a"]);
        check(0x82, b"a\0\0b", &["a", "", "b"]);
        check(0x86, &[1, 0, 2, 0, 3], &["1", "2", "03"]);
        check(
            0x93,
            &[1, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 6, 9],
            &["S-1-5", "S-1-6", "09"],
        );
        check(0x8e, &[1, 2], &["0102"]);
        check(0x8e, &[], &[]);
    }
}
