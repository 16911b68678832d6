use std::io::Write;

use serde_json::{Map, Value};

use super::{ExportReport, Selection};
use crate::value::of_pattern;
use crate::{Error, Tlp};

const HEADER: [&str; 11] = [
    "id",
    "type",
    "name",
    "value",
    "pattern",
    "created",
    "modified",
    "valid_until",
    "revoked",
    "labels",
    "tlp",
];

/// A row for each object, with a header (RFC 4180, UTF-8). A cell that a spreadsheet would run
/// as a formula gets an apostrophe before it.
pub(super) fn write(selection: &Selection<'_>, out: &mut dyn Write) -> Result<ExportReport, Error> {
    let mut report = ExportReport::default();
    write!(out, "{}\r\n", HEADER.join(","))?;
    selection.each(&mut report, &mut |kept, object, report| {
        let body: Map<String, Value> = serde_json::from_str(&kept.body)
            .map_err(|error| Error::Damaged(format!("{}: {error}", kept.id)))?;
        let word = |name: &str| match body.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join("; "),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let pattern = word("pattern");
        let value = match of_pattern(&pattern) {
            Some((_, value)) => value,
            None => word("value"),
        };
        let level = selection.levels.own(kept, object).map_or("", Tlp::label);
        let cells = [
            kept.id.clone(),
            object.kind.clone(),
            word("name"),
            value,
            pattern,
            word("created"),
            word("modified"),
            word("valid_until"),
            word("revoked"),
            word("labels"),
            level.to_owned(),
        ];
        report.written += 1;
        Ok(write!(
            out,
            "{}\r\n",
            cells.map(|cell| quoted(&cell)).join(",")
        )?)
    })?;
    Ok(report)
}

fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    if cell.contains(['"', ',', '\n', '\r']) || !guard.is_empty() {
        return format!("\"{guard}{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}
