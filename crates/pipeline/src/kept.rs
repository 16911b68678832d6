//! What the store holds, as an investigation that can be written out again.

use std::collections::BTreeMap;
use std::sync::Arc;

use daylight_dossier::{HeldBack, Subject};
use daylight_model::{Coverage, CoverageRow, Manifest, Rule, Timestamp};
use daylight_store::{ReadingBody, Store, StoredDocument, StoredHunt, Tlp};
use serde::Deserialize;

use crate::hunt::indicator_set;
use crate::investigate::follow;
use crate::{Error, Hunt, HuntOptions, Investigation, Known, LinkedReading, subjects};

/// What a hunt is kept with, besides its findings.
#[derive(Debug, Deserialize)]
struct Body {
    tool_version: String,
    documents: Vec<String>,
    coverage: Coverage,
    manifest: Manifest,
    #[serde(default)]
    rules: Vec<Arc<Rule>>,
    #[serde(default)]
    duration_seconds: f64,
}

/// The investigation that the store holds as a hunt of this number; `None` where it holds none.
pub fn kept_investigation(
    store: &dyn Store,
    number: i64,
    known: &Known,
) -> Result<Option<Investigation>, Error> {
    let Some(hunt) = store.hunts()?.into_iter().find(|it| it.number == number) else {
        return Ok(None);
    };
    let body = body(&hunt)?;
    let documents = store.documents(None)?;
    let (mut readings, mut links) = (Vec::new(), Vec::new());
    for id in &body.documents {
        if let Some(document) = documents.iter().rev().find(|it| it.id == *id) {
            let kept = marked(document)?;
            readings.push(kept.reading);
            links.push(kept.links);
        }
    }
    let findings = store.findings(number)?;
    let sets = readings.iter().map(indicator_set);
    let indicators = sets.map(|set| set.len()).sum();
    let subjects = subjects_of(&body.coverage);
    let facts = subjects::facts(&subjects, known.knowledge());
    let advice = daylight_dossier::advise(&subjects, &findings, &body.coverage, &facts);
    Ok(Some(Investigation {
        readings,
        links,
        subjects,
        reports_unread: Vec::new(),
        hunt: Hunt {
            manifest: body.manifest,
            rules: body.rules,
            rule_problems: Vec::new(),
            renumbered: BTreeMap::new(),
            indicators,
            indicators_left_out: Vec::new(),
            journal: None,
        },
        findings,
        coverage: body.coverage,
        advice,
        tool_version: body.tool_version,
        command: Some(hunt.command).filter(|command| !command.is_empty()),
        generated: hunt.at,
        duration_seconds: body.duration_seconds,
        marking: None,
        held_back: HeldBack::default(),
    }))
}

/// A story that the store holds, as an investigation without any evidence.
pub fn kept_story(
    document: &StoredDocument,
    known: &Known,
    now: Timestamp,
) -> Result<Investigation, Error> {
    let kept = marked(document)?;
    let linked = LinkedReading {
        reading: kept.reading,
        links: kept.links,
    };
    let options = HuntOptions {
        known: known.clone(),
        ..HuntOptions::default()
    };
    follow(vec![linked], &[], &options, now, &mut |_| {})
}

/// A reading with the marking it was kept with, where that is stricter than its own.
fn marked(document: &StoredDocument) -> Result<ReadingBody, Error> {
    let mut kept = document.reading()?;
    let own = &mut kept.reading.document.tlp;
    if let Some(level) = own.as_deref().and_then(Tlp::parse).max(document.tlp) {
        *own = Some(level.label().to_owned());
    }
    Ok(kept)
}

fn body(hunt: &StoredHunt) -> Result<Body, Error> {
    Body::deserialize(&hunt.body).map_err(|error| {
        let reason = format!("hunt {}: {error}", hunt.number);
        Error::Store(daylight_store::Error::Damaged(reason))
    })
}

/// What was looked for, as the coverage table has it.
fn subjects_of(coverage: &Coverage) -> Vec<Subject> {
    let subject = |row: &CoverageRow| Subject {
        kind: row.kind,
        id: row.id.clone(),
        name: row.name.clone(),
        why: row.why.clone(),
        window: row.window,
        window_source: None,
    };
    coverage.rows.iter().map(subject).collect()
}
