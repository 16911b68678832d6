//! W3C extended logs, as IIS writes them.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Timestamp, Value};

use crate::lines::{Line, Lines};
use crate::recorder::Recorder;
use crate::{kinds, time};

/// What the directives above a line say about it.
#[derive(Default)]
struct Layout {
    columns: Vec<String>,
    /// From `#Date:`, for logs whose lines carry a time and no date.
    date: String,
    is_iis: bool,
    is_firewall: bool,
}

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    let mut layout = Layout::default();
    while let Some(line) = lines.next(recorder) {
        if let Some(directive) = line.text.strip_prefix('#') {
            layout.directive(directive);
            if layout.is_iis {
                recorder.record.kind = "iis-w3c".to_owned();
            } else if layout.is_firewall && recorder.record.kind == "w3c" {
                recorder.record.kind = "windows-firewall".to_owned();
                recorder.times_are_local();
            }
        } else if !line.text.trim().is_empty() {
            row(recorder, &layout, &line);
        }
    }
}

impl Layout {
    fn directive(&mut self, directive: &str) {
        match directive.split_once(':') {
            Some(("Fields", columns)) => {
                self.columns = columns.split_whitespace().map(str::to_owned).collect();
                let has = |name| self.columns.iter().any(|column| column == name);
                (self.is_iis, self.is_firewall) =
                    (has("cs-uri-stem"), has("src-ip") && has("action"));
            }
            Some(("Date", date)) => {
                self.date = date
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
            }
            _ => {}
        }
    }

    fn family(&self) -> LogFamily {
        if self.is_iis {
            LogFamily::Iis
        } else if self.is_firewall {
            LogFamily::WindowsFirewall
        } else {
            LogFamily::Text
        }
    }
}

fn row(recorder: &mut Recorder<'_, '_>, layout: &Layout, line: &Line<'_>) {
    let mut event = recorder.new_event(layout.family(), line.number, line.offset);
    event.text = Some(Cow::Borrowed(&line.text));
    let mut cells = line.text.trim_end().split([' ', '\t']);
    event.fields.reserve_exact(layout.columns.len());
    for (column, cell) in layout.columns.iter().zip(&mut cells) {
        let value = if cell == "-" {
            Value::Null
        } else {
            Value::from(cell)
        };
        event.add(column, value);
    }
    if event.fields.len() < layout.columns.len() || cells.next().is_some() {
        let found = line.text.trim_end().split([' ', '\t']).count();
        let message = format!(
            "line has {found} fields; #Fields names {}",
            layout.columns.len()
        );
        recorder.failed(Some(line.offset), Some(line.number), message);
    }
    event.time = event_time(&event, &layout.date);
    event.host = match event.value("s-computername") {
        Some(Value::Text(host)) => Some(host.clone()),
        _ => None,
    };
    kinds::add_names(&mut event);
    recorder.event(&event, "time");
}

fn event_time(event: &Event<'_>, date: &str) -> Option<Timestamp> {
    let time = event.value("time")?.as_text();
    let date = event
        .value("date")
        .map_or(Cow::Borrowed(date), Value::as_text);
    time::parse(&format!("{date} {time}"))
}
