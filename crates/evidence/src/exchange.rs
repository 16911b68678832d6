//! The logs Exchange writes about itself: comma-separated values under `#` directives.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Value};

use crate::csv::{self, Fault};
use crate::lines::{Line, Lines};
use crate::recorder::Recorder;
use crate::{kinds, time};

/// Lines that one record may run over where a quoted cell holds line feeds.
const RECORD_LINES_MAX: usize = 64;
/// Columns that hold the time, by how Exchange's logs name them.
const TIME_COLUMNS: [&str; 4] = ["DateTime", "TimeStamp", "date-time", "Time"];
/// Columns that name the machine which writes the log.
const HOST_COLUMNS: [&str; 4] = [
    "ServerHostName",
    "ServerName",
    "server-hostname",
    "MachineName",
];

/// Whether a line is the bare header row that HttpProxy logs begin with.
pub(crate) fn is_header(line: &str) -> bool {
    let has = |column| line.split(',').any(|cell| cell.trim() == column);
    has("AnchorMailbox") && has("UrlStem")
}

/// What the directives above a row say about it.
struct Layout {
    columns: Vec<String>,
    family: LogFamily,
    time: Option<usize>,
    host: Option<usize>,
}

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    let mut layout = Layout {
        columns: Vec::new(),
        family: LogFamily::Text,
        time: None,
        host: None,
    };
    // A line that was read to see where a broken row ends.
    let mut held: Option<Line<'static>> = None;
    loop {
        let line = match held.take() {
            Some(line) => line,
            None => match lines.next(recorder) {
                Some(line) => line,
                None => return,
            },
        };
        if layout.takes(recorder, &line.text) || line.text.trim().is_empty() {
            continue;
        }
        let (cells, fault) = csv::split(&line.text);
        if fault == Some(Fault::Unclosed) {
            held = broken_row(recorder, &layout, owned(line), &mut lines);
        } else {
            row(recorder, &layout, &line, cells, fault.as_ref());
        }
    }
}

impl Layout {
    /// Takes a directive or header row in; `false` where the line is a record.
    fn takes(&mut self, recorder: &mut Recorder<'_, '_>, line: &str) -> bool {
        if let Some(directive) = line.strip_prefix('#') {
            match directive.split_once(':') {
                Some(("Fields", columns)) => self.set_columns(columns),
                Some(("Log-type", name)) => self.family = family_of_type(name),
                _ => {}
            }
        } else if !starts_record(line) && (self.columns.is_empty() || is_header(line)) {
            self.set_columns(line);
        } else {
            return false;
        }
        recorder.record.kind = match self.family {
            LogFamily::ExchangeHttpProxy => "exchange-httpproxy",
            LogFamily::ExchangeEcp => "exchange-ecp",
            LogFamily::ExchangeOab => "exchange-oab",
            LogFamily::ExchangeTracking => "exchange-message-tracking",
            _ => "exchange-log",
        }
        .to_owned();
        true
    }

    fn set_columns(&mut self, columns: &str) {
        if is_header(columns) {
            self.family = LogFamily::ExchangeHttpProxy;
        }
        self.columns = columns
            .split(',')
            .map(|column| column.trim().to_owned())
            .collect();
        let place = |names: [&str; 4]| {
            let is_named =
                |column: &String| names.iter().any(|name| name.eq_ignore_ascii_case(column));
            self.columns.iter().position(is_named)
        };
        self.time = place(TIME_COLUMNS);
        self.host = place(HOST_COLUMNS);
    }
}

fn family_of_type(name: &str) -> LogFamily {
    let name = name.to_ascii_lowercase();
    if name.contains("httpproxy") {
        LogFamily::ExchangeHttpProxy
    } else if name.contains("ecp") {
        LogFamily::ExchangeEcp
    } else if name.contains("message tracking") {
        LogFamily::ExchangeTracking
    } else if name.contains("oab") {
        LogFamily::ExchangeOab
    } else {
        LogFamily::Text
    }
}

/// Whether a line begins as a record does: with a date, as every Exchange log.
fn starts_record(line: &str) -> bool {
    let start = line.trim_start_matches('"').as_bytes();
    let is_digit = |at: usize| start.get(at).is_some_and(u8::is_ascii_digit);
    (0..4).all(is_digit) && start.get(4) == Some(&b'-') && is_digit(5)
}

/// A row whose quote does not close on its line: either the cell runs on over the next
/// lines, or the row is broken. A line that begins as a record does ends the search, so a
/// stray quote costs one row and not the rest of the file. That line is handed back.
fn broken_row(
    recorder: &mut Recorder<'_, '_>,
    layout: &Layout,
    first: Line<'static>,
    lines: &mut Lines<'_>,
) -> Option<Line<'static>> {
    let mut whole = first.text.to_string();
    let mut further: Vec<Line<'static>> = Vec::new();
    let mut next = None;
    while further.len() < RECORD_LINES_MAX && whole.len() < recorder.run.limits.record_bytes_max {
        let Some(line) = lines.next(recorder) else {
            break;
        };
        if starts_record(&line.text) || line.text.starts_with('#') {
            next = Some(owned(line));
            break;
        }
        whole.push('\n');
        whole.push_str(&line.text);
        further.push(owned(line));
        let (cells, fault) = csv::split(&whole);
        if fault.is_none() && cells.len() == layout.columns.len() {
            let line = Line {
                text: Cow::Borrowed(&whole),
                ..first
            };
            row(recorder, layout, &line, cells, None);
            return None;
        }
    }
    let (cells, fault) = csv::split(&first.text);
    row(recorder, layout, &first, cells, fault.as_ref());
    for line in further {
        recorder.failed(
            Some(line.offset),
            Some(line.number),
            "line belongs to no record",
        );
        recorder.raw_event(layout.family, line.number, line.offset, &line.text);
    }
    next
}

fn owned(line: Line<'_>) -> Line<'static> {
    Line {
        text: Cow::Owned(line.text.into_owned()),
        ..line
    }
}

/// Passes a row on; of a faulty one, the cells before the fault and the whole line.
fn row(
    recorder: &mut Recorder<'_, '_>,
    layout: &Layout,
    line: &Line<'_>,
    mut cells: Vec<Cow<'_, str>>,
    fault: Option<&Fault>,
) {
    if let Some(message) = csv::wrong(fault, cells.len(), layout.columns.len()) {
        recorder.failed(Some(line.offset), Some(line.number), message);
    }
    // A cell with a bare comma falls apart: its pieces belong to the last column.
    if cells.len() > layout.columns.len() && !layout.columns.is_empty() {
        let last = cells.split_off(layout.columns.len() - 1).join(",");
        cells.push(Cow::Owned(last));
    }
    let mut event = recorder.new_event(layout.family, line.number, line.offset);
    event.text = Some(Cow::Borrowed(&line.text));
    let cell = |place: Option<usize>| place.and_then(|place| cells.get(place));
    event.time = cell(layout.time).and_then(|cell| time::parse(cell));
    event.host = cell(layout.host).filter(|cell| !cell.is_empty()).cloned();
    event.fields.reserve_exact(cells.len());
    for (column, cell) in layout.columns.iter().zip(&cells) {
        let value = if cell.is_empty() {
            Value::Null
        } else {
            Value::from(cell.as_ref())
        };
        event.add(column, value);
        if column == "EventData" {
            add_pairs(&mut event, cell, recorder.run.limits.fields_max);
        }
    }
    kinds::add_names(&mut event);
    let time_field = layout.time.and_then(|place| layout.columns.get(place));
    recorder.event(&event, time_field.map_or("", String::as_str));
}

/// Adds what stands in an `EventData` cell, `S:CMD=Get-User;S:URL=/ecp/;I32:N=1`, as fields.
///
/// Values may hold semicolons and equals signs: one ends where the next typed name begins.
fn add_pairs<'e>(event: &mut Event<'e>, data: &'e str, fields_max: usize) {
    let mut rest = typed_name(data);
    while let Some((name, mut value)) = rest {
        rest = None;
        for (at, _) in value.match_indices(';') {
            let (this, next) = value.split_at(at);
            if let Some(pair) = typed_name(next.trim_start_matches(';')) {
                rest = Some(pair);
                value = this;
                break;
            }
        }
        let value = value.strip_suffix(';').unwrap_or(value);
        if event.fields.len() < fields_max {
            event.add(name, value);
        }
    }
}

/// The name and what follows it, where text begins with `type:name=`.
fn typed_name(text: &str) -> Option<(&str, &str)> {
    const TYPES: [&str; 7] = ["S", "I32", "I64", "F", "D", "Dt", "Dbl"];
    let (kind, rest) = text.split_once(':')?;
    let (name, value) = rest.split_once('=')?;
    let is_name = |name: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-[]".contains(&byte);
        (1..=64).contains(&name.len()) && name.bytes().all(is_part)
    };
    (TYPES.contains(&kind) && is_name(name)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &str, expected: &[(&str, &str)]) {
        let mut event = Event {
            source: 0,
            family: LogFamily::ExchangeEcp,
            time: None,
            host: None,
            channel: None,
            provider: None,
            event_id: None,
            record: 1,
            offset: 0,
            fields: Vec::new(),
            text: None,
        };
        add_pairs(&mut event, data, 100);
        let found: Vec<_> = event
            .fields
            .iter()
            .map(|field| (field.name.as_ref(), field.value.as_text()))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|&(name, value)| (name, Cow::Borrowed(value)))
            .collect();
        assert_eq!(found, expected, "{data}");
    }

    #[test]
    fn pairs_of_event_data() {
        check("", &[]);
        check("plain text", &[]);
        check(
            "S:CMD=Get-User;S:URL=/ecp/?a=b;I32:N=1;",
            &[("CMD", "Get-User"), ("URL", "/ecp/?a=b"), ("N", "1")],
        );
        check(
            "S:CMD=x='a;b:c=d;e';S:BLD=15",
            &[("CMD", "x='a;b:c=d;e'"), ("BLD", "15")],
        );
        check("S:A=;S:B=é;", &[("A", ""), ("B", "é")]);
    }
}
