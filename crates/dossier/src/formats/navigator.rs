//! A layer for ATT&CK Navigator (layer format 4.5): what reports name and what was found.

use std::collections::BTreeMap;

use daylight_model::{Coverage, CoverageRow, Outcome, Reading, SubjectKind};
use serde_json::{Value, json};

use crate::{Case, clean, words};

/// Scores and colours in the order of the legend; all are told apart in shades of grey too.
const LEGEND: [(&str, u8, &str); 5] = [
    ("found in the evidence", 100, "#b3261e"),
    ("not seen where it would show", 50, "#9ccc9c"),
    ("could not be seen", 25, "#c9c9c9"),
    ("named in a report, not looked for", 10, "#f5d76e"),
    ("described in a report, not named", 5, "#fdf3c8"),
];
const FOUND: usize = 0;
const NOT_SEEN: usize = 1;
const COULD_NOT_SEE: usize = 2;
const NAMED: usize = 3;
const DESCRIBED: usize = 4;

/// What is said of one technique in the layer.
struct Cell {
    legend: usize,
    comment: String,
}

/// The layer as JSON. A technique is shown once, by the strongest that can be said of it.
#[must_use]
pub fn navigator_layer(case: &Case<'_>) -> Value {
    let mut cells = BTreeMap::new();
    for reading in case.readings {
        add_reading(reading, &mut cells);
    }
    add_coverage(case.coverage, &mut cells);
    let techniques: Vec<Value> = cells.iter().map(|(id, cell)| technique(id, cell)).collect();
    let legend: Vec<Value> = LEGEND
        .iter()
        .map(|(label, _, color)| json!({ "label": label, "color": color }))
        .collect();
    json!({
        "name": "What was reported and what was found",
        "versions": { "layer": "4.5", "navigator": "5.1.0" },
        "domain": "enterprise-attack",
        "description": format!(
            "Made by Daylight {} at {}. Not seen is no proof of absence; the dossier says what could not be seen.",
            case.tool_version, case.generated
        ),
        "techniques": techniques,
        "gradient": { "colors": ["#ffffff", "#b3261e"], "minValue": 0, "maxValue": 100 },
        "legendItems": legend,
        "hideDisabled": false,
        "showTacticRowBackground": false,
        "selectTechniquesAcrossTactics": true,
        "selectSubtechniquesWithParent": false,
    })
}

fn technique(id: &str, cell: &Cell) -> Value {
    let (_, score, color) = LEGEND[cell.legend];
    json!({
        "techniqueID": id,
        "score": score,
        "color": color,
        "comment": cell.comment,
        "enabled": true,
        "showSubtechniques": true,
    })
}

fn add_reading(reading: &Reading, cells: &mut BTreeMap<String, Cell>) {
    let text = &reading.document.text;
    for described in &reading.described {
        let comment = format!(
            "Described (probability {:.2}): “{}”",
            described.probability,
            clean::value(described.sentence.of(text))
        );
        put(cells, &described.id, DESCRIBED, comment);
    }
    for named in &reading.techniques {
        let title = reading.document.title.as_deref().unwrap_or("a report");
        let comment = format!("Named in “{}”", clean::value(title));
        put(cells, named.today(), NAMED, comment);
    }
}

fn add_coverage(coverage: &Coverage, cells: &mut BTreeMap<String, Cell>) {
    let rows = coverage.rows.iter();
    for row in rows.filter(|row| row.kind == SubjectKind::Technique) {
        let legend = match row.outcome {
            Outcome::Hit => FOUND,
            Outcome::NotSeen => NOT_SEEN,
            Outcome::CouldNotSee => COULD_NOT_SEE,
        };
        put(cells, &row.id, legend, row_in_words(row));
    }
}

fn row_in_words(row: &CoverageRow) -> String {
    let findings: usize = row.cells.iter().map(|cell| cell.findings.len()).sum();
    let mut comment = format!("{}: {}", row.outcome.title(), clean::value(&row.why));
    if findings > 0 {
        let findings = words::count(findings, "finding", "findings");
        comment.push_str(&format!(" ({findings})"));
    }
    if !row.note.is_empty() {
        comment.push_str(". ");
        comment.push_str(&clean::value(&row.note));
    }
    comment
}

/// The strongest word stands; the first one of equals.
fn put(cells: &mut BTreeMap<String, Cell>, id: &str, legend: usize, comment: String) {
    let cell = Cell { legend, comment };
    match cells.get(id) {
        Some(old) if old.legend <= legend => {}
        _ => {
            cells.insert(id.to_owned(), cell);
        }
    }
}
