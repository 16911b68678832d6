//! JSON as logs are exported: an object on each line, or arrays and documents over many.

use daylight_model::LogFamily;

use crate::lines::{Lines, TextInput, text_of};
use crate::recorder::Recorder;
use crate::stretch::{Piece, STRETCH_BYTES, Stretch, Stretches};
use crate::value::Json;
use crate::windows;

/// Reads one object, or several, on each line.
pub(crate) fn read_lines(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    let mut stretches = Stretches::new(recorder, read_stretch);
    stretches.current.data.clear();
    while let Some(line) = lines.next(recorder) {
        let text = line.text.trim();
        if text.is_empty() {
            continue;
        }
        let stretch = &mut stretches.current;
        stretch.data.extend_from_slice(text.as_bytes());
        stretch.pieces.push(Piece {
            bytes: text.len(),
            offset: line.offset,
            number: line.number,
        });
        if stretch.data.len() >= STRETCH_BYTES {
            stretches.next(recorder);
            stretches.current.data.clear();
        }
    }
    stretches.finish(recorder);
}

/// Reads the lines of a stretch.
fn read_stretch(recorder: &mut Recorder<'_, '_>, stretch: &Stretch) {
    let mut rest = stretch.data.as_slice();
    for piece in &stretch.pieces {
        let (line, after) = rest.split_at_checked(piece.bytes).unwrap_or((rest, &[]));
        rest = after;
        values(recorder, &text_of(line), piece.number, piece.offset);
    }
}

/// Reads objects wherever one begins, outside of any other: in an array, or one after another.
pub(crate) fn read_documents(recorder: &mut Recorder<'_, '_>, mut input: TextInput<'_>) {
    let bytes_max = recorder.run.limits.record_bytes_max;
    let mut document = Document::default();
    let mut number = 0;
    let mut stray = None;
    loop {
        let chunk = input.fill();
        if chunk.is_empty() {
            break;
        }
        if document.depth == 0 {
            let gap = memchr::memchr(b'{', chunk).unwrap_or(chunk.len());
            let is_stray = |byte: &u8| !byte.is_ascii_whitespace() && !b",[]".contains(byte);
            let gap_is_stray = chunk.iter().take(gap).any(is_stray);
            if gap_is_stray {
                stray = stray.or(Some(input.offset()));
            }
            let at_end = gap == input.fill().len();
            input.consume(gap);
            if at_end {
                continue;
            }
            document = Document {
                offset: input.offset(),
                ..Document::default()
            };
            number += 1;
        }
        let taken = document.take(input.fill(), bytes_max);
        input.consume(taken);
        if document.depth == 0 {
            document.pass_on(recorder, number, bytes_max);
        }
    }
    if document.depth > 0 {
        document.pass_on(recorder, number, bytes_max);
    }
    if stray.is_some() {
        recorder.problem(
            stray,
            None,
            "something other than objects stands between them; passed over",
        );
    }
}

/// Reads the values in a stretch of text. What does not parse is passed on as text.
fn values(recorder: &mut Recorder<'_, '_>, text: &str, number: u64, offset: u64) {
    for value in serde_json::Deserializer::from_str(text).into_iter::<Json<'_>>() {
        match value {
            Ok(Json::Array(items)) => {
                for item in items {
                    object(recorder, item, number, offset);
                }
            }
            Ok(json) => object(recorder, json, number, offset),
            Err(error) => {
                recorder.failed(
                    Some(offset),
                    Some(number),
                    format!("not valid JSON: {error}"),
                );
                recorder.raw_event(LogFamily::Json, number, offset, text);
            }
        }
    }
}

fn object(recorder: &mut Recorder<'_, '_>, json: Json<'_>, number: u64, offset: u64) {
    let json = match json.list("Records") {
        // A file of CloudTrail is one object with all records in it.
        Ok(records) => {
            for record in records {
                object(recorder, record, number, offset);
            }
            return;
        }
        Err(json) => json,
    };
    if json.is_object() {
        windows::record(recorder, json, number, offset);
    } else {
        recorder.failed(
            Some(offset),
            Some(number),
            "a value where an object was expected",
        );
    }
}

/// One object on the way in.
#[derive(Default)]
struct Document {
    offset: u64,
    bytes: Vec<u8>,
    length: usize,
    /// Braces and brackets that are open; 0 where the object is whole.
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl Document {
    /// Takes what belongs to the object from the front of `chunk`, and says how much that is.
    fn take(&mut self, chunk: &[u8], bytes_max: usize) -> usize {
        let end = chunk.iter().position(|&byte| self.closes_with(byte));
        let taken = end.map_or(chunk.len(), |at| at + 1);
        let room = bytes_max.saturating_sub(self.bytes.len()).min(taken);
        self.bytes
            .extend_from_slice(chunk.get(..room).unwrap_or_default());
        self.length += taken;
        taken
    }

    fn closes_with(&mut self, byte: u8) -> bool {
        if self.is_escaped {
            self.is_escaped = false;
            return false;
        }
        match byte {
            b'\\' => self.is_escaped = self.in_string,
            b'"' => self.in_string = !self.in_string,
            // No string runs over a line: a quote is missing, and would swallow the rest.
            b'\n' if self.in_string => self.depth = 0,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => return false,
        }
        self.depth == 0
    }

    fn pass_on(&mut self, recorder: &mut Recorder<'_, '_>, number: u64, bytes_max: usize) {
        if self.length > bytes_max {
            let message = format!(
                "object of {} bytes is longer than {bytes_max}; passed over",
                self.length
            );
            return recorder.failed(Some(self.offset), Some(number), message);
        }
        let text = String::from_utf8_lossy(&self.bytes);
        match serde_json::from_str(&text) {
            Ok(json) => return object(recorder, json, number, self.offset),
            Err(error) => recorder.failed(
                Some(self.offset),
                Some(number),
                format!("not valid JSON: {error}"),
            ),
        }
        // Where a brace is missing, what stands whole on a line of its own is still good.
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match serde_json::from_str(line.strip_suffix(',').unwrap_or(line)) {
                Ok(json @ Json::Object(_)) => object(recorder, json, number, self.offset),
                _ => recorder.raw_event(LogFamily::Json, number, self.offset, line),
            }
        }
    }
}
