//! Large JSON files taken apart without holding them: the elements of the lists at the top,
//! each as its exact bytes, and the other members.

use std::io::{self, BufRead};

use memchr::memchr2;

/// How deep one value may nest, and how many bytes it may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartLimits {
    pub(crate) bytes_max: usize,
    pub(crate) depth_max: usize,
}

/// One piece of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// An element of a list that stands at the top, or that is the file.
    Element(Piece),
    /// Any other member at the top.
    Member(Piece),
}

impl Part {
    pub(crate) const fn piece(&self) -> &Piece {
        let (Self::Element(piece) | Self::Member(piece)) = self;
        piece
    }
}

/// The exact text of one value, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The member's name; empty in a file that is a list.
    pub(crate) key: String,
    /// Bytes before it in the file.
    pub(crate) offset: u64,
    /// The text, or why there is none.
    pub(crate) text: Result<String, String>,
}

/// Where in the file the reader is.
enum Place {
    Outside,
    InObject,
    InList { key: String, inside: bool },
}

/// Takes JSON values apart, one after another.
pub(crate) struct Parts<R> {
    reader: R,
    offset: u64,
    place: Place,
    limits: PartLimits,
}

impl<R: BufRead> Parts<R> {
    pub(crate) const fn new(reader: R, limits: PartLimits) -> Self {
        Self {
            reader,
            offset: 0,
            place: Place::Outside,
            limits,
        }
    }

    /// The next piece; `None` at the end of the file.
    ///
    /// # Errors
    /// What is wrong with the file as a whole, with its offset: nothing can follow.
    pub(crate) fn next(&mut self) -> io::Result<Option<Part>> {
        loop {
            match std::mem::replace(&mut self.place, Place::Outside) {
                Place::Outside => match self.after_blanks()? {
                    None => return Ok(None),
                    Some(b'{') => {
                        self.step(1);
                        self.place = Place::InObject;
                    }
                    Some(b'[') => {
                        self.step(1);
                        self.place = Place::InList {
                            key: String::new(),
                            inside: false,
                        };
                    }
                    Some(_) => return Err(self.wrong("expected an object or a list")),
                },
                Place::InObject => {
                    if let Some(part) = self.member()? {
                        return Ok(Some(part));
                    }
                }
                Place::InList { key, inside } => {
                    if let Some(part) = self.element(key, inside)? {
                        return Ok(Some(part));
                    }
                }
            }
        }
    }

    /// Inside the object at the top: its next member, unless that is a list or there is none.
    fn member(&mut self) -> io::Result<Option<Part>> {
        match self.after_blanks()? {
            Some(b'}') => {
                self.step(1);
                return Ok(None);
            }
            Some(b',') => self.step(1),
            _ => {}
        }
        let Some(b'"') = self.after_blanks()? else {
            return Err(self.wrong("expected the name of a member"));
        };
        let (_, key) = self.value()?;
        let key = key.and_then(|key| serde_json::from_str(&key).map_err(|e| e.to_string()));
        let key: String = key.map_err(|reason| self.wrong(&reason))?;
        if self.after_blanks()? != Some(b':') {
            return Err(self.wrong("expected `:`"));
        }
        self.step(1);
        if self.after_blanks()? == Some(b'[') {
            self.step(1);
            self.place = Place::InList { key, inside: true };
            return Ok(None);
        }
        let (offset, text) = self.value()?;
        self.place = Place::InObject;
        Ok(Some(Part::Member(Piece { key, offset, text })))
    }

    /// Inside a list at the top: its next element, unless there is none.
    fn element(&mut self, key: String, inside: bool) -> io::Result<Option<Part>> {
        if self.after_blanks()? == Some(b',') {
            self.step(1);
        }
        if self.after_blanks()? == Some(b']') {
            self.step(1);
            if inside {
                self.place = Place::InObject;
            }
            return Ok(None);
        }
        let (offset, text) = self.value()?;
        self.place = Place::InList {
            key: key.clone(),
            inside,
        };
        Ok(Some(Part::Element(Piece { key, offset, text })))
    }

    /// The text of the value that begins here. Where it passes a limit it is read over, and
    /// the reason stands in its place.
    fn value(&mut self) -> io::Result<(u64, Result<String, String>)> {
        self.after_blanks()?;
        let begin = self.offset;
        let mut bytes = Vec::new();
        let mut scan = Scan::default();
        let mut too_large = false;
        loop {
            let window = self.reader.fill_buf()?;
            if window.is_empty() {
                return Err(self.wrong("the file ends inside a value"));
            }
            let (length, done) = scan.over(window);
            if bytes.len() + length <= self.limits.bytes_max {
                bytes.extend_from_slice(&window[..length]);
            } else {
                (too_large, bytes) = (true, Vec::new());
            }
            self.step(length);
            if done {
                break;
            }
        }
        if self.offset == begin {
            return Err(self.wrong("expected a value"));
        }
        let text = if too_large {
            Err(format!(
                "larger than the limit of {} bytes",
                self.limits.bytes_max
            ))
        } else if scan.deepest > self.limits.depth_max {
            Err(format!(
                "nested deeper than the limit of {}",
                self.limits.depth_max
            ))
        } else {
            String::from_utf8(bytes).map_err(|error| format!("not UTF-8: {}", error.utf8_error()))
        };
        Ok((begin, text))
    }

    /// The next byte that is no white space (or byte order mark), left unread.
    fn after_blanks(&mut self) -> io::Result<Option<u8>> {
        loop {
            let window = self.reader.fill_buf()?;
            let Some(first) = window.first() else {
                return Ok(None);
            };
            let blank = |byte: &u8| byte.is_ascii_whitespace() || b"\xef\xbb\xbf".contains(byte);
            if !blank(first) {
                return Ok(Some(*first));
            }
            let blanks = window.iter().take_while(|byte| blank(byte)).count();
            self.step(blanks);
        }
    }

    fn step(&mut self, bytes: usize) {
        self.reader.consume(bytes);
        self.offset += bytes as u64;
    }

    fn wrong(&self, reason: &str) -> io::Error {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("at byte {}: {reason}", self.offset),
        )
    }
}

/// Finds where a value ends, however it is cut into windows.
#[derive(Default)]
struct Scan {
    depth: usize,
    deepest: usize,
    in_text: bool,
    escaped: bool,
    begun: bool,
}

impl Scan {
    /// How many bytes of the window belong to the value, and whether it ends there.
    fn over(&mut self, window: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(byte) = window.get(at) {
            if self.in_text {
                at += self.over_text(window.get(at..).unwrap_or_default());
                if !self.in_text && self.depth == 0 {
                    return (at, true);
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                }
                b'}' | b']' if self.depth <= 1 => {
                    // The end of this value, or of the one around a number.
                    return (at + self.depth, true);
                }
                b'}' | b']' => self.depth -= 1,
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 && self.begun => {
                    return (at, true);
                }
                b',' | b':' if self.depth == 0 => return (at, true),
                _ => {}
            }
            self.begun = true;
            at += 1;
        }
        (at, false)
    }

    /// How many bytes of the window belong to the text that was begun.
    fn over_text(&mut self, window: &[u8]) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        match memchr2(b'"', b'\\', window) {
            None => window.len(),
            Some(at) => {
                if window[at] == b'"' {
                    self.in_text = false;
                } else {
                    self.escaped = true;
                }
                at + 1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    const LIMITS: PartLimits = PartLimits {
        bytes_max: 30,
        depth_max: 3,
    };

    /// The pieces as `key:text`, whatever the size of the windows; a reason in place of a
    /// text begins with `!`.
    fn parts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for capacity in [1, 2, 7, 4_096] {
            let mut parts = Parts::new(BufReader::with_capacity(capacity, text.as_bytes()), LIMITS);
            let mut told = Vec::new();
            loop {
                let (sign, piece) = match parts.next() {
                    Ok(Some(Part::Element(piece))) => ("+", piece),
                    Ok(Some(Part::Member(piece))) => ("=", piece),
                    Ok(None) => break,
                    Err(error) => {
                        told.push(format!("! {error}"));
                        break;
                    }
                };
                if let Ok(exact) = &piece.text {
                    let begin = usize::try_from(piece.offset).unwrap();
                    assert!(text[begin..].starts_with(exact));
                }
                let text = piece.text.unwrap_or_else(|reason| format!("!{reason}"));
                told.push(format!("{}{sign}{text}", piece.key));
            }
            found.push(told);
        }
        assert!(found.iter().all(|told| *told == found[0]), "{found:?}");
        found.swap_remove(0)
    }

    #[test]
    fn pieces_are_exact() {
        let check = |text: &str, expected: &[&str]| assert_eq!(parts(text), expected, "{text}");
        check("", &[]);
        check(
            r#" {"type" : "bundle", "objects":[ {"a" : "}\"]\\"} , {} ], "n":-1.5e3,"z":{"a":[1]}}"#,
            &[
                r#"type="bundle""#,
                r#"objects+{"a" : "}\"]\\"}"#,
                "objects+{}",
                "n=-1.5e3",
                r#"z={"a":[1]}"#,
            ],
        );
        check(
            "\u{feff}[1, \"x\",true ,{\"é\":2}]",
            &["+1", "+\"x\"", "+true", "+{\"é\":2}"],
        );
        check(
            "{\"a\":[1]}\n{\"a\":[2],\"b\\u0041\":3}",
            &["a+1", "a+2", "bA=3"],
        );
        check("{\"a\":[]}[]", &[]);
    }

    #[test]
    fn limits_and_damage() {
        let large = format!("{{\"o\":[\"{}\",1]}}", "x".repeat(50));
        assert_eq!(
            parts(&large),
            ["o+!larger than the limit of 30 bytes", "o+1"]
        );
        assert_eq!(
            parts("[[[[[]]]],2]"),
            ["+!nested deeper than the limit of 3", "+2"]
        );
        for (text, part) in [
            ("{\"o\":[{\"a\":1}, {\"b\"", "ends inside a value"),
            ("{1}", "expected the name"),
            ("{\"a\" 1}", "expected `:`"),
            ("nonsense", "expected an object"),
            ("[,,]", "expected a value"),
            ("{\"a\":}", "expected a value"),
        ] {
            let told = parts(text);
            assert!(
                told.last().is_some_and(|last| last.contains(part)),
                "{text}: {told:?}"
            );
        }
    }
}
