//! Lines in stretches, for logs in which each line stands for itself.

use crate::lines::{Line, Lines, TextInput, text_of, too_long, without_end};
use crate::recorder::Recorder;
use crate::stretch::{Piece, STRETCH_BYTES, Stretch, Stretches};

/// Has each line read by `read`, by whichever thread is free.
pub(crate) fn read_lines(
    recorder: &mut Recorder<'_, '_>,
    input: TextInput<'_>,
    read: impl Fn(&mut Recorder<'_, '_>, &Line<'_>) + Send + Sync + 'static,
) {
    read_stretches(recorder, input, move |recorder, stretch| match stretch {
        Text::Line(line) => read(recorder, line),
        Text::Lines {
            text,
            offset,
            number,
        } => {
            each_line(recorder, text, (offset, number), |recorder, line| {
                read(recorder, &line.line());
            });
        }
    });
}

/// What a reader of stretches is given.
pub(crate) enum Text<'t> {
    /// Lines whose offsets follow from those of the text.
    Lines {
        text: &'t [u8],
        offset: u64,
        /// Of the first line.
        number: u64,
    },
    /// One line, where the file is written in another encoding.
    Line(&'t Line<'t>),
}

/// Has lines read many at a time.
pub(crate) fn read_stretches(
    recorder: &mut Recorder<'_, '_>,
    mut input: TextInput<'_>,
    read: impl Fn(&mut Recorder<'_, '_>, Text<'_>) + Send + Sync + 'static,
) {
    if input.is_wide() {
        let mut lines = Lines::new(input);
        while let Some(line) = lines.next(recorder) {
            read(recorder, Text::Line(&line));
        }
        return;
    }
    let mut stretches = Stretches::new(recorder, move |recorder, stretch: &Stretch| {
        if let Some(piece) = stretch.pieces.first() {
            let (offset, number) = (piece.offset, piece.number);
            let text = stretch.data.as_slice();
            read(
                recorder,
                Text::Lines {
                    text,
                    offset,
                    number,
                },
            );
        }
    });
    let mut carried = Vec::new();
    let mut place = (input.offset(), 1);
    loop {
        let data = &mut stretches.current.data;
        data.clear();
        data.append(&mut carried);
        match take_lines(recorder, &mut input, data, &mut carried) {
            Taken::Nothing => break,
            Taken::Lines(bytes, lines) => {
                let (offset, number) = place;
                stretches.current.pieces.push(Piece {
                    bytes,
                    offset,
                    number,
                });
                place = (offset + bytes as u64, number + lines);
                stretches.next(recorder);
            }
            Taken::TooLong(bytes) => {
                too_long(recorder, place.0, place.1, bytes);
                place = (place.0 + bytes as u64, place.1 + 1);
            }
        }
    }
    stretches.finish(recorder);
}

enum Taken {
    Nothing,
    /// So many bytes and lines.
    Lines(usize, u64),
    /// A line of so many bytes, which were passed over.
    TooLong(usize),
}

/// Fills `data` with whole lines; what follows the last of them goes to `carried`.
fn take_lines(
    recorder: &Recorder<'_, '_>,
    input: &mut TextInput<'_>,
    data: &mut Vec<u8>,
    carried: &mut Vec<u8>,
) -> Taken {
    let bytes_max = recorder.run.limits.record_bytes_max;
    let mut end = None;
    while end.is_none() || data.len() < STRETCH_BYTES {
        let chunk = input.fill();
        if chunk.is_empty() {
            end = Some(data.len());
            break;
        }
        let newline = memchr::memrchr(b'\n', chunk);
        end = newline.map(|place| data.len() + place + 1).or(end);
        data.extend_from_slice(chunk);
        let taken = chunk.len();
        input.consume(taken);
        if end.is_none() && data.len() > bytes_max {
            return pass_over(input, data, carried);
        }
    }
    carried.extend_from_slice(data.get(end.unwrap_or(0)..).unwrap_or_default());
    data.truncate(end.unwrap_or(0));
    if data.is_empty() {
        return Taken::Nothing;
    }
    Taken::Lines(data.len(), memchr::memchr_iter(b'\n', data).count() as u64)
}

/// Goes to the end of a line that is too long.
fn pass_over(input: &mut TextInput<'_>, data: &mut Vec<u8>, carried: &mut Vec<u8>) -> Taken {
    let mut bytes = data.len();
    data.clear();
    carried.clear();
    loop {
        let chunk = input.fill();
        let newline = memchr::memchr(b'\n', chunk);
        let taken = newline.map_or(chunk.len(), |place| place + 1);
        input.consume(taken);
        bytes += taken;
        if taken == 0 || newline.is_some() {
            return Taken::TooLong(bytes);
        }
    }
}

/// Goes through the lines of a text, which begins at this offset and with a line of this number;
/// those that are too long are told and passed over.
pub(crate) fn each_line(
    recorder: &mut Recorder<'_, '_>,
    text: &[u8],
    (mut offset, mut number): (u64, u64),
    mut each: impl FnMut(&mut Recorder<'_, '_>, RawLine<'_>),
) {
    let bytes_max = recorder.run.limits.record_bytes_max;
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |place| place + 1);
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        if line.len() > bytes_max {
            too_long(recorder, offset, number, line.len());
        } else {
            each(
                recorder,
                RawLine {
                    offset,
                    number,
                    bytes: line,
                },
            );
        }
        rest = after;
        offset += line.len() as u64;
        number += 1;
    }
}

/// A line as it stands in the file, with its end.
pub(crate) struct RawLine<'t> {
    pub(crate) offset: u64,
    pub(crate) number: u64,
    pub(crate) bytes: &'t [u8],
}

impl<'t> RawLine<'t> {
    pub(crate) fn line(&self) -> Line<'t> {
        Line {
            offset: self.offset,
            number: self.number,
            text: text_of(without_end(self.bytes)),
        }
    }
}
