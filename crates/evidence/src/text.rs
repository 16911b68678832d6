//! Text lines of an unknown product.

use daylight_model::LogFamily;

use crate::blocks::{self, Text};
use crate::lines::{Line, TextInput, text_of};
use crate::recorder::Recorder;

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: TextInput<'_>) {
    blocks::read_stretches(recorder, input, |recorder, text| match text {
        Text::Line(line) => event(recorder, line),
        Text::Lines {
            text,
            offset,
            number,
        } => {
            let mut places = Vec::new();
            let is_skimmed = recorder.run.sink.skim(text, &mut places);
            let places = is_skimmed.then_some(places);
            lines(recorder, text, (offset, number), places);
        }
    });
}

/// Passes lines on; where there are places of interest, only those that hold one, and counts the
/// others.
fn lines(
    recorder: &mut Recorder<'_, '_>,
    text: &[u8],
    place: (u64, u64),
    places: Option<Vec<usize>>,
) {
    let is_skimmed = places.is_some();
    let mut places = places.unwrap_or_default();
    places.sort_unstable();
    let mut places = places.into_iter().peekable();
    let mut unseen = 0;
    blocks::each_line(recorder, text, place, |recorder, line| {
        let end = (line.offset - place.0) as usize + line.bytes.len();
        let mut is_wanted = !is_skimmed;
        while places.next_if(|place| *place < end).is_some() {
            is_wanted = true;
        }
        if is_wanted {
            event(recorder, &line.line());
        } else {
            unseen += u64::from(!is_blank(line.bytes));
        }
    });
    recorder.tally.unseen(LogFamily::Text, unseen);
}

fn event(recorder: &mut Recorder<'_, '_>, line: &Line<'_>) {
    if !line.text.trim().is_empty() {
        recorder.raw_event(LogFamily::Text, line.number, line.offset, &line.text);
    }
}

fn is_blank(line: &[u8]) -> bool {
    // Nearly all lines begin with something that shows.
    !line.first().is_some_and(u8::is_ascii_graphic) && text_of(line).trim().is_empty()
}
