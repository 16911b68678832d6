//! Text lines of an unknown product.

use daylight_model::LogFamily;

use crate::lines::Lines;
use crate::recorder::Recorder;

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    while let Some(line) = lines.next(recorder) {
        if !line.text.trim().is_empty() {
            recorder.raw_event(LogFamily::Text, line.number, line.offset, &line.text);
        }
    }
}
