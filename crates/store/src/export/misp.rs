use std::collections::HashSet;
use std::io::Write;

use daylight_model::random_looking;
use serde_json::{Map, Value, json};

use super::{ExportReport, Selection, now};
use crate::made::RECORD;
use crate::value::of_pattern;
use crate::{Error, Tlp};

/// Attributes of the one event that the other indicators go into.
const ATTRIBUTES_MAX: usize = 200_000;

/// Events that came from MISP are given back as they came. All other indicators and flaws
/// become one event.
pub(super) fn write(selection: &Selection<'_>, out: &mut dyn Write) -> Result<ExportReport, Error> {
    let mut report = ExportReport::default();
    let mut attributes = Vec::new();
    let mut in_events = HashSet::new();
    let mut events = 0_u64;
    write!(out, "{{\"response\":[")?;
    selection.each(&mut report, &mut |kept, object, report| {
        if !matches!(
            object.kind.as_str(),
            "report" | "indicator" | "vulnerability"
        ) {
            *report.left_out.entry(object.kind.clone()).or_default() += 1;
            return Ok(());
        }
        let body: Map<String, Value> = serde_json::from_str(&kept.body)
            .map_err(|error| Error::Damaged(format!("{}: {error}", kept.id)))?;
        let record = body
            .get("extensions")
            .and_then(|it| it.get(RECORD)?.get("record"));
        match (object.kind.as_str(), record) {
            ("report", Some(event)) if event.get("info").is_some() => {
                let comma = if events == 0 { "" } else { "," };
                events += 1;
                report.written += 1;
                in_events.extend(object.references.iter().cloned());
                write!(out, "{comma}\n{{\"Event\":{event}}}")?;
            }
            // It stands in its event.
            ("indicator", Some(attribute)) if attribute.get("uuid").is_some() => {}
            _ => match attribute(&kept.id, &body) {
                Some(attribute) if attributes.len() < ATTRIBUTES_MAX => {
                    let level = selection.levels.own(kept, object);
                    attributes.push((kept.id.clone(), level.unwrap_or(Tlp::UNMARKED), attribute));
                }
                _ => *report.left_out.entry(object.kind.clone()).or_default() += 1,
            },
        }
        Ok(())
    })?;
    // A flaw has no record of its own: where an event names it, it stands there.
    attributes.retain(|(id, ..)| !in_events.contains(id));
    report.written += attributes.len() as u64;
    if !attributes.is_empty() {
        let level = attributes.iter().map(|(_, level, _)| *level).max();
        let attributes = attributes.into_iter().map(|(.., attribute)| attribute);
        let comma = if events == 0 { "" } else { "," };
        let event = event(selection, attributes.collect(), level);
        write!(out, "{comma}\n{{\"Event\":{event}}}")?;
    }
    writeln!(out, "\n]}}")?;
    Ok(report)
}

fn event(selection: &Selection<'_>, attributes: Vec<Value>, level: Option<Tlp>) -> Value {
    let at = selection.options.at;
    let time = now(selection.options);
    json!({
        "uuid": random_looking(&format!("event {:?}", selection.options)),
        "info": "Indicators exported by Daylight",
        "date": time.get(..10),
        "timestamp": at.as_second().to_string(),
        "published": false,
        "analysis": "2",
        "threat_level_id": "4",
        "distribution": "0",
        "Orgc": { "name": "Daylight", "uuid": random_looking("organisation Daylight") },
        "Tag": level.map(|level| json!([{ "name": level.label().to_lowercase() }])),
        "Attribute": attributes,
    })
}

/// What an indicator or a flaw is among MISP's attributes; `None` where it is none.
fn attribute(id: &str, body: &Map<String, Value>) -> Option<Value> {
    let word = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (kind, category, value) = match (word("type"), word("pattern_type")) {
        ("vulnerability", _) => (
            "vulnerability",
            "External analysis",
            word("name").to_owned(),
        ),
        ("indicator", "stix") => {
            let (kind, value) = of_pattern(word("pattern"))?;
            let (kind, category) = kind.misp_attribute()?;
            (kind, category, value)
        }
        ("indicator", kind @ ("yara" | "sigma" | "snort")) => {
            (kind, "External analysis", word("pattern").to_owned())
        }
        _ => return None,
    };
    let modified: Option<daylight_model::Timestamp> = word("modified").parse().ok();
    Some(json!({
        "uuid": id.split_once("--").map(|(_, uuid)| uuid),
        "type": kind,
        "category": category,
        "value": value,
        "to_ids": word("type") == "indicator",
        "comment": word("description"),
        "timestamp": modified.unwrap_or_default().as_second().to_string(),
        "distribution": "5",
    }))
}
