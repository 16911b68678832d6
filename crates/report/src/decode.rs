//! Bytes to text: byte-order marks, declared encodings, and guesses.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Text and what was lost on the way.
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Byte offset of the first byte that is not part of the encoding.
    pub(crate) broken_at: Option<u64>,
    pub(crate) encoding: &'static str,
}

/// Decodes `bytes`; a byte-order mark wins over `declared` (from the server), that over the
/// page's own declaration, and all over a guess.
pub(crate) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return with(
            encoding,
            bytes.get(mark_bytes..).unwrap_or_default(),
            mark_bytes,
        );
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return with(encoding, bytes, 0);
    }
    // Pages that claim an old encoding are often UTF-8 all the same; the reverse never passes.
    let broken_at = match std::str::from_utf8(bytes) {
        Ok(text) => {
            return Decoded {
                text: text.to_owned(),
                broken_at: None,
                encoding: UTF_8.name(),
            };
        }
        Err(error) => error.valid_up_to(),
    };
    let named = declared
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| declared_in_page(bytes));
    match named {
        Some(encoding) if encoding != UTF_8 => with(encoding, bytes, 0),
        _ if named.is_some() || mostly_utf8(bytes) => Decoded {
            text: String::from_utf8_lossy(bytes).into_owned(),
            broken_at: u64::try_from(broken_at).ok(),
            encoding: UTF_8.name(),
        },
        _ => {
            let mut detector =
                chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            with(
                detector.guess(None, chardetng::Utf8Detection::Allow),
                bytes,
                0,
            )
        }
    }
}

fn with(encoding: &'static Encoding, bytes: &[u8], skipped: usize) -> Decoded {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let broken_at = (broken && encoding == UTF_8)
        .then(|| std::str::from_utf8(bytes).err())
        .flatten()
        .map_or(broken.then_some(0), |error| {
            u64::try_from(skipped + error.valid_up_to()).ok()
        });
    Decoded {
        text: text.into_owned(),
        broken_at,
        encoding: encoding.name(),
    }
}

/// Western text in UTF-16 has a zero in nearly every second byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let zeros = |rest: usize| {
        head.iter()
            .skip(rest)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    if pairs < 4 {
        None
    } else if odd * 10 > pairs * 7 && even * 20 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 7 && odd * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Looks for `charset=` near the beginning, as HTML's prescan does.
fn declared_in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes)).to_lowercase();
    let start = [("charset=", 8), ("encoding=", 9)]
        .iter()
        .filter(|_| head.trim_start().starts_with('<'))
        .find_map(|(key, length)| Some(head.find(key)? + length))?;
    let label: String = head
        .get(start..)?
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
        .collect();
    match Encoding::for_label(label.as_bytes())? {
        // A page whose declaration can be read byte by byte is not UTF-16.
        encoding if encoding == UTF_16LE || encoding == UTF_16BE => Some(UTF_8),
        encoding => Some(encoding),
    }
}

/// One broken character in a text that is otherwise UTF-8 does not make it another encoding.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 4
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn check(bytes: &[u8], declared: Option<&str>, text: &str, encoding: &str) {
        let decoded = decode(bytes, declared);
        assert_eq!(
            (decoded.text.as_str(), decoded.encoding),
            (text, encoding),
            "{bytes:?}"
        );
    }

    #[test]
    fn encodings() {
        let wide = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
        };
        let narrow = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect::<Vec<u8>>()
        };
        check(
            b"\xef\xbb\xbfA \xe2\x80\x9cword\xe2\x80\x9d",
            None,
            "A “word”",
            "UTF-8",
        );
        check(
            &[b"\xff\xfe".to_vec(), wide("Beijing’s")].concat(),
            None,
            "Beijing’s",
            "UTF-16LE",
        );
        check(
            &[b"\xfe\xff".to_vec(), narrow("Beijing’s")].concat(),
            None,
            "Beijing’s",
            "UTF-16BE",
        );
        check(&wide("no mark at all"), None, "no mark at all", "UTF-16LE");
        check(
            &narrow("no mark at all"),
            None,
            "no mark at all",
            "UTF-16BE",
        );
        check(
            b"the ministry\x92s \x93hack\x94 \x96 it said",
            None,
            "the ministry’s “hack” – it said",
            "windows-1252",
        );
        check(b"caf\xe9", Some("iso-8859-1"), "café", "windows-1252");
        check(
            b"<meta charset=\"windows-1251\"><p>\xcf\xf0\xe8",
            None,
            "<meta charset=\"windows-1251\"><p>При",
            "windows-1251",
        );
        check(
            b"<meta charset=latin1><p>\xc3\xa9",
            None,
            "<meta charset=latin1><p>é",
            "UTF-8",
        );
    }

    #[test]
    fn a_broken_character_is_located() {
        let decoded = decode(
            "“a” “b” “c”\u{fffd}"
                .replace('\u{fffd}', "\u{1}")
                .as_bytes(),
            None,
        );
        assert_eq!(decoded.broken_at, None);
        let mut bytes = "“a” “b” “c”".as_bytes().to_vec();
        bytes.push(0xff);
        let decoded = decode(&bytes, None);
        assert_eq!(
            (decoded.broken_at, decoded.encoding),
            (Some(bytes.len() as u64 - 1), "UTF-8")
        );
    }
}
