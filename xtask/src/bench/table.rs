//! The numbers as people and as programs read them.

use serde_json::{Map, Value as Json, json};

use super::run::Measured;

/// What was measured of one program on one input.
pub(crate) struct Row {
    /// Whose program it is.
    pub(crate) name: &'static str,
    /// What it was given; rows are compared with those of the same part.
    pub(crate) part: String,
    pub(crate) measured: Measured,
    pub(crate) bytes: u64,
    pub(crate) events: u64,
    /// Lines of findings written, where it finds.
    pub(crate) findings: Option<u64>,
}

/// Rows about the same input.
pub(crate) struct Table {
    pub(crate) title: String,
    /// What was left out and why, and what else must be known to read the numbers.
    pub(crate) notes: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// Names of programs that the others are divided by.
    pub(crate) bases: Vec<&'static str>,
}

const MEGABYTE: f64 = 1e6;

impl Table {
    pub(crate) fn new(title: String, bases: Vec<&'static str>) -> Self {
        Self {
            title,
            notes: Vec::new(),
            rows: Vec::new(),
            bases,
        }
    }

    /// How many times as long a row took as that of the program `base` on the same thing, or on
    /// the whole where it was not given that.
    fn ratio(&self, row: &Row, base: &str) -> Option<f64> {
        let find = |part: &str| {
            let mut rows = self.rows.iter();
            rows.find(|other| other.name == base && other.part == part)
        };
        let base = find(&row.part).or_else(|| find(""))?;
        Some(row.measured.seconds / base.measured.seconds)
    }

    pub(crate) fn to_text(&self) -> String {
        let mut lines = vec![self.header()];
        lines.extend(self.rows.iter().map(|row| self.cells(row)));
        let mut text = format!("\n{}\n", self.title);
        for cells in &lines {
            text.push_str(line(cells, &widths(&lines)).trim_end());
            text.push('\n');
        }
        for note in &self.notes {
            text.push_str(&format!("{note}\n"));
        }
        text
    }

    fn header(&self) -> Vec<String> {
        let names = ["", "s", "CPU s", "MB/s", "events/s", "peak MB"];
        let ratios = self.bases.iter().map(|base| format!("time / {base}'s"));
        names
            .map(str::to_owned)
            .into_iter()
            .chain(ratios)
            .chain(["findings".to_owned()])
            .collect()
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let seconds = row.measured.seconds;
        let megabytes = row.bytes as f64 / MEGABYTE;
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let name = match row.part.as_str() {
            "" => row.name.to_owned(),
            part => format!("{}, {part}", row.name),
        };
        let mut cells = vec![
            name,
            format!("{seconds:.3}"),
            or_dash(row.measured.cpu_seconds.map(|cpu| format!("{cpu:.2}"))),
            format!("{:.1}", megabytes / seconds),
            thousands((row.events as f64 / seconds).round() as u64),
            or_dash(
                row.measured
                    .peak_bytes
                    .map(|bytes| format!("{:.0}", bytes as f64 / MEGABYTE)),
            ),
        ];
        for base in &self.bases {
            cells.push(or_dash(
                self.ratio(row, base).map(|ratio| format!("{ratio:.2}")),
            ));
        }
        cells.push(or_dash(row.findings.map(thousands)));
        cells
    }

    pub(crate) fn to_json(&self) -> Json {
        let rows = self.rows.iter().map(|row| {
            let ratios: Map<String, Json> = self
                .bases
                .iter()
                .filter_map(|base| Some(((*base).to_owned(), json!(self.ratio(row, base)?))))
                .collect();
            json!({
                "name": row.name,
                "part": row.part,
                "seconds": row.measured.seconds,
                "cpu_seconds": row.measured.cpu_seconds,
                "peak_bytes": row.measured.peak_bytes,
                "bytes": row.bytes,
                "events": row.events,
                "findings": row.findings,
                "time_divided_by_that_of": ratios,
            })
        });
        json!({ "title": self.title, "notes": self.notes, "rows": rows.collect::<Vec<_>>() })
    }
}

fn widths(lines: &[Vec<String>]) -> Vec<usize> {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|cells| cells.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    (0..columns).map(width).collect()
}

/// Names to the left, numbers to the right.
fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if column == 0 {
            line.push_str(&format!("  {cell:<width$}"));
        } else {
            line.push_str(&format!("  {cell:>width$}"));
        }
    }
    line
}

/// 1234567 as 1,234,567.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn numbers_are_grouped() {
        let check = |number: u64, expected: &str| assert_eq!(thousands(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
    }
}
