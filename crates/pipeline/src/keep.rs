use daylight_model::{Link, Reading, Timestamp};
use daylight_store::{KeptReading, NewHunt, NewReading, Object, Store, Tlp, fold, settle};
use serde::Serialize;
use serde_json::Value;

use crate::{Error, Investigation, Known};

/// Puts a reading into the store: the document with its claims, and the STIX objects they
/// become. What the document is marked with holds; `tlp` holds where it bears no marking.
pub fn keep_reading(
    store: &mut dyn Store,
    reading: &Reading,
    links: &[Link],
    tlp: Option<Tlp>,
    now: Timestamp,
) -> Result<KeptReading, Error> {
    let marked = reading.document.tlp.as_deref().and_then(Tlp::parse);
    let mut bundle = daylight_dossier::stix_reading(reading, links, now);
    let objects = match bundle.get_mut("objects").map(Value::take) {
        Some(Value::Array(objects)) => objects,
        _ => Vec::new(),
    };
    let mut changed: Vec<Object> = Vec::with_capacity(objects.len());
    for object in objects {
        if let Value::Object(object) = object {
            changed.extend(settle(store, object)?);
        }
    }
    let new = NewReading {
        reading,
        links,
        at: now,
        tlp: marked.or(tlp),
    };
    Ok(store.add_reading(&new, &changed)?)
}

/// Puts an investigation into the store: its readings, and the hunt with what it found. Gives
/// the number of the hunt.
pub fn keep_investigation(
    store: &mut dyn Store,
    found: &Investigation,
    tlp: Option<Tlp>,
) -> Result<i64, Error> {
    for (reading, links) in found.readings.iter().zip(&found.links) {
        keep_reading(store, reading, links, tlp, found.generated)?;
    }
    let documents: Vec<String> = found
        .readings
        .iter()
        .map(|reading| reading.document.id.clone())
        .collect();
    let verdict = serde_json::to_value(found.verdict()).unwrap_or_default();
    let hunt = NewHunt {
        at: found.generated,
        command: found.command.as_deref().unwrap_or_default(),
        tool_version: &found.tool_version,
        documents: &documents,
        verdict: &verdict,
        coverage: &found.coverage,
        manifest: &found.hunt.manifest,
        findings: &found.findings,
        rules: &found.hunt.rules,
        duration_seconds: found.duration_seconds,
    };
    Ok(store.add_hunt(&hunt)?)
}

/// Something in background knowledge that bears a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownBearer {
    /// ATT&CK id, MISP uuid or slug.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// Its first name.
    pub title: String,
    /// The name as written there.
    pub name: String,
    /// Who calls it so.
    pub by: String,
}

/// Everything in background knowledge that bears a name, in any spelling.
#[must_use]
pub fn known_bearers(name: &str, known: &Known) -> Vec<KnownBearer> {
    let folded = fold(name);
    known
        .knowledge()
        .names()
        .filter(|it| fold(it.text) == folded || fold(it.id) == folded)
        .map(|it| KnownBearer {
            id: it.id.to_owned(),
            kind: serde_json::to_value(it.kind)
                .ok()
                .and_then(|kind| kind.as_str().map(str::to_owned))
                .unwrap_or_default(),
            title: it.canonical.to_owned(),
            name: it.text.to_owned(),
            by: it.source.to_owned(),
        })
        .collect()
}
