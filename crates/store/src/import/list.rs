//! Lists of indicators: a value a line, or columns with a header.

use std::io::{BufRead, Read};

use daylight_model::{IndicatorKind, derived_id};
use serde_json::json;

use super::{Listed, Taker, Target};
use crate::value::{classify, pattern};
use crate::{Error, Tlp, made};

/// Bytes of one line.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Which column holds what.
#[derive(Default)]
struct Columns {
    value: Option<usize>,
    name: Option<usize>,
    description: Option<usize>,
    tlp: Option<usize>,
    kind: Option<usize>,
    author: Option<usize>,
    confidence: Option<usize>,
    valid_until: Option<usize>,
}

impl Columns {
    /// The columns a first line names; `None` where it is no header.
    fn of(cells: &[String]) -> Option<Self> {
        let find = |names: &[&str]| {
            let is_named = |cell: &String| names.contains(&cell.trim().to_lowercase().as_str());
            cells.iter().position(is_named)
        };
        let value = find(&[
            "value",
            "indicator",
            "ioc",
            "observable",
            "indicator_value",
            "ioc_value",
        ])?;
        Some(Self {
            value: Some(value),
            name: find(&["name", "title", "threat", "malware"]),
            description: find(&["description", "comment", "notes", "note"]),
            tlp: find(&["tlp", "marking"]),
            kind: find(&["type", "kind", "ioc_type", "indicator_type"]),
            author: find(&["author", "source", "reporter", "created_by"]),
            confidence: find(&["confidence", "confidence_level"]),
            valid_until: find(&["valid_until", "expires", "expiration", "expiry"]),
        })
    }
}

pub(super) fn take(mut input: impl BufRead, taker: &mut Taker<'_>) -> Result<(), Error> {
    let mut columns = None;
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = input
            .by_ref()
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line);
        match read {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                taker.report.cut_short = Some(error.to_string());
                break;
            }
        }
        let place = format!("line {number}");
        if line.len() as u64 == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            taker.report.cut_short = Some(format!("{place}: longer than {LINE_BYTES_MAX} bytes"));
            break;
        }
        let Ok(text) = std::str::from_utf8(&line) else {
            taker.leave_out(&place, "not UTF-8");
            continue;
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() || text.starts_with('#') || text.starts_with("//") {
            continue;
        }
        let cells = cells(text);
        if columns.is_none() {
            taker.kind(if cells.len() > 1 { "csv" } else { "list" });
            let header = Columns::of(&cells);
            let is_header = header.is_some();
            columns = Some(header.unwrap_or_default());
            if is_header {
                continue;
            }
        }
        if let Some(columns) = &columns {
            row(&place, &cells, columns, taker)?;
        }
    }
    Ok(())
}

fn row(
    place: &str,
    cells: &[String],
    columns: &Columns,
    taker: &mut Taker<'_>,
) -> Result<(), Error> {
    let cell = |column: Option<usize>| column.and_then(|at| cells.get(at)).map(String::as_str);
    let found = match columns.value {
        Some(_) => cell(columns.value).and_then(|value| of_kind(cell(columns.kind), value)),
        None => cells.iter().find_map(|cell| classify(cell)),
    };
    let Some((kind, value)) = found else {
        taker.leave_out(place, "no address, domain, URL, hash or CVE");
        return Ok(());
    };
    let at = made::moment(taker.options.at);
    let marking = cell(columns.tlp).filter(|text| !text.trim().is_empty());
    let level = marking.map(|text| Tlp::parse(text).ok_or(text)).transpose();
    let level = match level {
        Ok(level) => level,
        Err(text) => {
            taker.leave_out(place, &format!("its marking `{text}` is no TLP label"));
            return Ok(());
        }
    };
    if let Target::Listing(listing) = &mut taker.target {
        let own = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let until = cell(columns.valid_until).map(str::trim);
        listing.indicator(Listed {
            kind,
            value,
            name: own(cell(columns.name)),
            author: own(cell(columns.author)),
            tlp: level.or(taker.options.tlp),
            confidence: cell(columns.confidence).and_then(|text| text.trim().parse().ok()),
            valid_until: until.and_then(|text| match text.parse() {
                Ok(time) => Some(time),
                Err(_) => format!("{text}T00:00:00Z").parse().ok(),
            }),
        });
        taker.report.added.new += 1;
        return Ok(());
    }
    let listed = format!("Listed in {}.", taker.options.source);
    let description = cell(columns.description).filter(|text| !text.trim().is_empty());
    let description = description.unwrap_or(&listed);
    let shared = json!({
        "name": cell(columns.name).filter(|text| !text.trim().is_empty()).unwrap_or(&value),
        "description": description,
        "object_marking_refs": level.map(|level| [level.marking_id()]),
    });
    if kind == IndicatorKind::Cve {
        let mut object = made::object(
            "vulnerability",
            &derived_id("vulnerability", &[&value]),
            &at,
            shared,
        );
        made::add(
            &mut object,
            json!({
                "name": value,
                "external_references": [{ "source_name": "cve", "external_id": value }],
            }),
        );
        return taker.add_made(object);
    }
    let Some(pattern) = pattern(kind, &value) else {
        taker.leave_out(place, "no STIX pattern looks for such a value");
        return Ok(());
    };
    let kind = format!("{kind:?}").to_lowercase();
    let id = derived_id("indicator", &[&kind, &value.to_lowercase()]);
    let mut object = made::object("indicator", &id, &at, shared);
    made::add(
        &mut object,
        json!({
            "pattern": pattern,
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": at,
            "indicator_types": ["unknown"],
        }),
    );
    taker.add_made(object)
}

/// What a value is, where a column says what is meant and the value alone does not.
fn of_kind(column: Option<&str>, value: &str) -> Option<(IndicatorKind, String)> {
    let name = column.unwrap_or_default().trim().to_lowercase();
    let kind = match name.replace(['_', ' '], "-").as_str() {
        "filename" | "file-name" | "file" => IndicatorKind::Filename,
        "filepath" | "file-path" | "path" => IndicatorKind::FilePath,
        "mutex" => IndicatorKind::Mutex,
        "user-agent" | "useragent" => IndicatorKind::UserAgent,
        "regkey" | "registry" | "registry-key" => IndicatorKind::RegistryKey,
        _ => return classify(value),
    };
    let value = value.trim();
    (!value.is_empty()).then(|| (kind, value.to_owned()))
}

/// The cells of a line (RFC 4180, without line breaks in cells), set apart by whichever of
/// comma, semicolon and tab comes first outside quotes.
fn cells(line: &str) -> Vec<String> {
    let mut quoted = false;
    let mut outside = line.chars().filter(|c| {
        quoted ^= *c == '"';
        !quoted
    });
    let between = outside
        .find(|c| matches!(c, ',' | ';' | '\t'))
        .unwrap_or(',');
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let at_begin = cells.last().is_some_and(String::is_empty);
        let pair = characters.peek() == Some(&'"');
        match character {
            '"' if quoted && pair => {
                characters.next();
                push(&mut cells, '"');
            }
            '"' if quoted => quoted = false,
            '"' if at_begin => quoted = true,
            _ if character == between && !quoted => cells.push(String::new()),
            _ => push(&mut cells, character),
        }
    }
    cells
}

fn push(cells: &mut [String], character: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn cells_of_lines() {
        for (line, expected) in [
            ("a", vec!["a"]),
            ("a,b;c", vec!["a", "b;c"]),
            ("\"a,\"\"b\"\"\";c,d;", vec!["a,\"b\"", "c,d", ""]),
            ("a\tb \"c\"", vec!["a", "b \"c\""]),
        ] {
            assert_eq!(cells(line), expected);
        }
    }
}
