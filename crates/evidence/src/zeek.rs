//! Zeek's logs as it writes them by default: tab-separated under `#` headers.

use std::borrow::Cow;

use daylight_model::{LogFamily, Value};

use crate::lines::{Line, Lines};
use crate::recorder::Recorder;
use crate::{kinds, time};

/// What the headers above a line say about it.
struct Layout {
    separator: String,
    unset: String,
    empty: String,
    /// Which of Zeek's logs it is: `dns`, `http`.
    path: String,
    columns: Vec<String>,
}

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    let mut layout = Layout {
        separator: "\t".to_owned(),
        unset: "-".to_owned(),
        empty: "(empty)".to_owned(),
        path: String::new(),
        columns: Vec::new(),
    };
    while let Some(line) = lines.next(recorder) {
        if let Some(header) = line.text.strip_prefix('#') {
            layout.header(header);
        } else if !line.text.is_empty() {
            row(recorder, &layout, &line);
        }
    }
}

impl Layout {
    fn header(&mut self, header: &str) {
        if let Some(separator) = header.strip_prefix("separator ") {
            self.separator = unescaped(separator);
            return;
        }
        let (name, value) = header.split_once(&self.separator).unwrap_or((header, ""));
        match name {
            "fields" => self.columns = value.split(&self.separator).map(str::to_owned).collect(),
            "path" => value.clone_into(&mut self.path),
            "unset_field" => value.clone_into(&mut self.unset),
            "empty_field" => value.clone_into(&mut self.empty),
            _ => {}
        }
    }
}

/// `\x09` as the character it stands for.
fn unescaped(text: &str) -> String {
    let code = text
        .strip_prefix("\\x")
        .and_then(|hex| u8::from_str_radix(hex, 16).ok());
    code.map_or_else(|| text.to_owned(), |code| char::from(code).to_string())
}

fn row(recorder: &mut Recorder<'_, '_>, layout: &Layout, line: &Line<'_>) {
    let mut event = recorder.new_event(LogFamily::Zeek, line.number, line.offset);
    event.text = Some(Cow::Borrowed(&line.text));
    event.provider = (!layout.path.is_empty()).then_some(Cow::Borrowed(&layout.path));
    let mut cells = line.text.split(&layout.separator);
    for (column, cell) in layout.columns.iter().zip(&mut cells) {
        let value = if cell == layout.unset || cell == layout.empty {
            Value::Null
        } else {
            Value::from(cell)
        };
        event.add(column, value);
    }
    if event.fields.len() < layout.columns.len() || cells.next().is_some() {
        let (found, named) = (
            line.text.split(&layout.separator).count(),
            layout.columns.len(),
        );
        let message = format!("line has {found} fields; #fields names {named}");
        recorder.failed(Some(line.offset), Some(line.number), message);
    }
    event.time = event.value("ts").and_then(time::of_seconds);
    kinds::add_names(&mut event);
    recorder.event(&event, "ts");
}
