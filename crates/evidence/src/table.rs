//! Comma-separated values under a header row, as many tools export what they read.

use std::borrow::Cow;

use crate::csv::{self, Fault};
use crate::lines::{Line, Lines};
use crate::recorder::Recorder;
use crate::windows;

/// Lines that one row may run over where a quoted cell holds line feeds.
const ROW_LINES_MAX: usize = 64;
/// Fewer columns are no table that could be told from text with commas in it.
const COLUMNS_MIN: usize = 3;
/// Rows of which at least half must have as many cells as there are columns.
const ROWS_LOOKED_AT: usize = 6;

/// Whether a text begins with a row of names and goes on with rows of as many cells.
pub(crate) fn begins(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(header) = lines.next() else {
        return false;
    };
    let (names, fault) = csv::split(header);
    let is_name = |name: &Cow<'_, str>| {
        let allowed = |c: char| c.is_alphanumeric() || " _-.()/:#@".contains(c);
        let name = name.trim();
        name.len() <= 64
            && name.chars().all(allowed)
            && name.starts_with(|c: char| c.is_alphabetic() || "_@#".contains(c))
    };
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    // Cells with line feeds in them cannot be judged line by line.
    let rows = lines.take(ROWS_LOOKED_AT).map(csv::split);
    let rows: Vec<_> = rows
        .take_while(|(_, fault)| *fault != Some(Fault::Unclosed))
        .collect();
    let fits = |(cells, _): &&(Vec<Cow<'_, str>>, Option<Fault>)| cells.len() == names.len();
    fault.is_none()
        && names.len() >= COLUMNS_MIN
        && sorted.len() == names.len()
        && names.iter().all(is_name)
        && rows.iter().filter(fits).count() * 2 >= rows.len()
        && text.trim().contains('\n')
}

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    let mut columns: Vec<String> = Vec::new();
    while let Some(line) = lines.next(recorder) {
        if line.text.trim().is_empty() {
            continue;
        }
        if columns.is_empty() {
            let (names, _) = csv::split(&line.text);
            columns = names.iter().map(|name| name.trim().to_owned()).collect();
            continue;
        }
        let (offset, number) = (line.offset, line.number);
        let mut whole = line.text.into_owned();
        let mut count = 1;
        while count < ROW_LINES_MAX
            && whole.len() < recorder.run.limits.record_bytes_max
            && csv::split(&whole).1 == Some(Fault::Unclosed)
        {
            let Some(next) = lines.next(recorder) else {
                break;
            };
            whole.push('\n');
            whole.push_str(&next.text);
            count += 1;
        }
        let text = Cow::Borrowed(whole.as_str());
        row(
            recorder,
            &columns,
            &Line {
                offset,
                number,
                text,
            },
        );
    }
}

fn row(recorder: &mut Recorder<'_, '_>, columns: &[String], line: &Line<'_>) {
    let (cells, fault) = csv::split(&line.text);
    if let Some(message) = csv::wrong(fault.as_ref(), cells.len(), columns.len()) {
        recorder.failed(Some(line.offset), Some(line.number), message);
    }
    windows::row(recorder, columns, &cells, line);
}
