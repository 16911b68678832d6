//! Events by time, for spreadsheets, for programs and for Timesketch.

use std::borrow::Borrow;
use std::io::{self, Write};

use daylight_model::Finding;
use serde_json::json;

use crate::clean::csv_cell;

/// How a timeline is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineFormat {
    /// Comma-separated values with a header.
    Csv,
    /// A JSON object a line.
    JsonLines,
    /// JSON lines with the fields that Timesketch asks for: `message`, `datetime`,
    /// `timestamp_desc`.
    Timesketch,
}

/// Writes events, in the order given; those without a time are left out.
///
/// # Errors
/// What the writer says.
pub fn timeline(
    events: impl IntoIterator<Item: Borrow<Finding>>,
    format: TimelineFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    if format == TimelineFormat::Csv {
        out.write_all(b"time,host,log_family,provider,event_id,record,message,file\r\n")?;
    }
    for event in events {
        let event = event.borrow();
        let Some(time) = event.time else { continue };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (host, provider) = (text(&event.host), text(&event.provider));
        let message = message(event);
        if format == TimelineFormat::Csv {
            let id = event.event_id.map(|id| id.to_string()).unwrap_or_default();
            let cells = [
                time.to_string(),
                host,
                event.family.title().to_owned(),
                provider,
                id,
                event.record.to_string(),
                message,
                event.file.clone(),
            ];
            let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
            write!(out, "{}\r\n", cells.join(","))?;
            continue;
        }
        let mut object = json!({
            "host": host,
            "log_family": event.family.title(),
            "provider": provider,
            "event_id": event.event_id,
            "record": event.record,
            "offset_bytes": event.offset,
            "message": message,
            "file": event.file,
        });
        let (name, more) = match format {
            TimelineFormat::Timesketch => ("datetime", Some("Event logged")),
            _ => ("time", None),
        };
        object[name] = json!(time.to_string());
        if let Some(description) = more {
            object["timestamp_desc"] = json!(description);
            object["data_type"] = json!("daylight:event");
        }
        serde_json::to_writer(&mut *out, &object)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// What happened, in a line: the fields that tell, else the text of the record.
fn message(event: &Finding) -> String {
    let fields = if event.context.is_empty() {
        &event.matched
    } else {
        &event.context
    };
    let parts: Vec<String> = fields
        .iter()
        .map(|field| match field.field.as_str() {
            "keywords" => field.value.to_string(),
            name => format!("{name}={}", field.value),
        })
        .collect();
    parts.join("; ")
}
