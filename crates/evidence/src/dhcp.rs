//! The audit log of Windows' DHCP server: comma-separated values under a page of explanation.

use std::borrow::Cow;

use daylight_model::{LogFamily, Value};

use crate::lines::{Line, Lines};
use crate::recorder::Recorder;
use crate::{csv, kinds, time};

/// Whether a line names the columns of such a log.
pub(crate) fn is_header(line: &str) -> bool {
    line.starts_with("ID,Date,Time,Description,IP Address,Host Name")
}

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    recorder.times_are_local();
    let mut columns: Vec<String> = Vec::new();
    while let Some(line) = lines.next(recorder) {
        if is_header(&line.text) {
            columns = line
                .text
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect();
        } else if !columns.is_empty() && !line.text.trim().is_empty() {
            row(recorder, &columns, &line);
        }
    }
}

fn row(recorder: &mut Recorder<'_, '_>, columns: &[String], line: &Line<'_>) {
    let (cells, fault) = csv::split(&line.text);
    // Trailing columns are left away.
    if fault.is_some() || cells.len() < 4 {
        let (cells, columns) = (cells.len(), columns.len());
        let message = format!("row has {cells} cells; the header names {columns}");
        recorder.failed(Some(line.offset), Some(line.number), message);
    }
    let mut event = recorder.new_event(LogFamily::Dhcp, line.number, line.offset);
    event.text = Some(Cow::Borrowed(&line.text));
    event.time = cells
        .get(1)
        .zip(cells.get(2))
        .and_then(|(date, clock)| time::month_first(date, clock));
    event.event_id = cells.first().and_then(|id| id.trim().parse().ok());
    for (column, cell) in columns.iter().zip(&cells) {
        let value = if cell.is_empty() {
            Value::Null
        } else {
            Value::from(cell.as_ref())
        };
        event.add(column, value);
    }
    kinds::add_names(&mut event);
    recorder.event(&event, "Time");
}
