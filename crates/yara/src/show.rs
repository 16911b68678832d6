//! Bytes as people can read them.

use std::fmt::Write;

/// Bytes of a match that are shown.
const SHOWN_BYTES_MAX: usize = 80;

/// Text as text, anything else in hex; cut where it is long.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    let shown = bytes.get(..SHOWN_BYTES_MAX).unwrap_or(bytes);
    let mut text = as_text(shown).unwrap_or_else(|| as_hex(shown));
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// As UTF-8, or as UTF-16 where every second byte is zero.
fn as_text(bytes: &[u8]) -> Option<String> {
    let is_wide = bytes.len() >= 4 && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0);
    let narrow: Vec<u8> = if is_wide {
        bytes.iter().copied().step_by(2).collect()
    } else {
        bytes.to_vec()
    };
    // The end may be cut within a character.
    let text = match std::str::from_utf8(&narrow) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(narrow.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_printable = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    let line = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.trim().is_empty() && text.chars().all(is_printable)).then(line)
}

/// `4D 5A 90 00`.
fn as_hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        let space = if index == 0 { "" } else { " " };
        let _ = write!(hex, "{space}{byte:02X}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn text_is_shown_as_text_and_the_rest_in_hex() {
        assert_eq!(bytes(b"eval(\r\n  Request)"), "eval( Request)");
        assert_eq!(bytes(b"e\0v\0a\0l\0"), "eval");
        assert_eq!(bytes(b"MZ\x90\0"), "4D 5A 90 00");
        assert_eq!(bytes("für".as_bytes()), "für");
        assert_eq!(bytes(b"\x1b[2J"), "1B 5B 32 4A");
        assert_eq!(bytes(b""), "");
        let cut = bytes(
            "a".repeat(79)
                .as_bytes()
                .iter()
                .chain("ü".as_bytes())
                .copied()
                .collect::<Vec<u8>>()
                .as_slice(),
        );
        assert_eq!(cut, format!("{}…", "a".repeat(79)));
        assert!(bytes(&[0xff; 500]).len() < 250);
    }
}
