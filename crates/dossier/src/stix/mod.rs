//! STIX 2.1: claims with their speakers, Daylight's inferences as notes, findings as
//! sightings.
//!
//! Nothing in a bundle attributes anything in Daylight's name: relationships between parties
//! are authored by those who claim them, and candidate links are notes.

mod bundle;
mod claims;
mod entities;
mod ids;
mod incidents;
mod observables;
mod sightings;
mod vocabulary;

use daylight_model::{
    Candidate, CandidateKind, DescribedTechnique, Link, Reading, SubjectKind, Timestamp, derived_id,
};
use serde_json::{Value, json};

use crate::windows::window_of;
use crate::{Case, views, words};
use bundle::{Bundle, moment};
pub use ids::observable_id;

/// The whole case as a STIX 2.1 bundle.
///
/// The same case with the same time gives the same bundle. Claims carry an extension with
/// the chain of speakers, the force and the quoted words. Denials are notes, so that nobody
/// takes them for what they deny.
#[must_use]
pub fn stix_bundle(case: &Case<'_>) -> Value {
    let mut bundle = Bundle::new(case.generated, views::tlp(case));
    for (index, reading) in case.readings.iter().enumerate() {
        add_reading(&mut bundle, reading, case.links_of(index), case.generated);
    }
    sightings::add(&mut bundle, case);
    add_coverage(&mut bundle, case);
    bundle.finish()
}

/// One reading as a STIX 2.1 bundle.
#[must_use]
pub fn stix_reading(reading: &Reading, links: &[Link], generated: Timestamp) -> Value {
    let tlp = reading.document.tlp.as_deref().and_then(views::tlp_label);
    let mut bundle = Bundle::new(generated, tlp);
    add_reading(&mut bundle, reading, links, generated);
    bundle.finish()
}

fn add_reading(bundle: &mut Bundle, reading: &Reading, links: &[Link], generated: Timestamp) {
    let mark = bundle.len();
    let document = &reading.document;
    let publisher = document
        .publisher
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    let publisher = publisher.map(|name| entities::identity(bundle, name, "organization"));
    for index in 0..reading.entities.len() {
        entities::add(bundle, reading, index);
    }
    for mention in &reading.techniques {
        let id = mention.today();
        entities::technique(bundle, id, technique_name(links, id));
    }
    for described in &reading.described {
        add_described(
            bundle,
            reading,
            described,
            technique_name(links, &described.id),
        );
    }
    claims::add(bundle, reading);
    observables::add(bundle, reading, &moment(generated));
    incidents::add(bundle, reading);
    for link in links {
        add_link(bundle, reading, link);
    }
    let mut about = bundle.ids_since(mark);
    // Identities that an earlier reading brought belong to this report too.
    about.extend(publisher);
    about.sort();
    about.dedup();
    if about.is_empty() {
        about.push(bundle.daylight.clone());
    }
    let mut references = vec![json!({
        "source_name": document.publisher.as_deref().unwrap_or("report"),
        "url": document.url.as_deref().and_then(web_address),
        "description": format!("Read from bytes with SHA-256 {}.", document.sha256),
    })];
    if let Some(originator) = &document.originator {
        references.push(json!({
            "source_name": originator.name,
            "url": originator.url.as_deref().and_then(web_address),
            "description": "First published here.",
        }));
    }
    for reference in &mut references {
        if let Some(reference) = reference.as_object_mut() {
            reference.retain(|_, value| !value.is_null());
        }
    }
    let daylight = bundle.daylight.clone();
    let properties = json!({
        "name": document.title.as_deref().filter(|it| !it.trim().is_empty()).unwrap_or(&document.source),
        "description": "Claims read out of the report, each with its speaker; notes by Daylight are its own inferences.",
        "report_types": ["threat-report"],
        "published": moment(document.published.unwrap_or(generated)),
        "object_refs": about,
        "external_references": references,
    });
    bundle.add_domain("report", &document.id, Some(&daylight), properties);
}

/// An address to refer to; a path on the reader's disk is none.
fn web_address(url: &str) -> Option<String> {
    (url.starts_with("http://") || url.starts_with("https://")).then(|| ids::uri(url))
}

fn technique_name<'a>(links: &'a [Link], id: &str) -> Option<&'a str> {
    let mut candidates = links.iter().flat_map(|link| &link.candidates);
    candidates
        .find(|it| it.kind == CandidateKind::Technique && it.id == id)
        .map(|candidate| candidate.name.as_str())
}

/// A technique that is described is a note with the sentence, and how sure Daylight is.
fn add_described(
    bundle: &mut Bundle,
    reading: &Reading,
    described: &DescribedTechnique,
    name: Option<&str>,
) {
    let about = entities::technique(bundle, &described.id, name);
    let daylight = bundle.daylight.clone();
    let sentence = described.sentence.of(&reading.document.text);
    let properties = json!({
        "abstract": format!("{} is described, not named", described.id),
        "content": format!(
            "Inference by Daylight, not a statement of the report: {}\n“{sentence}”",
            words::described(described)
        ),
        "authors": ["Daylight"],
        "confidence": (described.probability * 100.0).round() as u8,
        "object_refs": [about],
    });
    let id = derived_id("note", &["described", &reading.document.id, &described.id]);
    bundle.add_domain("note", &id, Some(&daylight), properties);
}

/// A link is a note: what the words may mean, with every candidate and its reasons.
fn add_link(bundle: &mut Bundle, reading: &Reading, link: &Link) {
    let mut about: Vec<String> = link
        .candidates
        .iter()
        .filter_map(|candidate| candidate_object(bundle, candidate))
        .collect();
    about.sort();
    about.dedup();
    let daylight = bundle.daylight.clone();
    if about.is_empty() {
        about.push(daylight.clone());
    }
    let mut content = format!(
        "Inference by Daylight, not a statement of the report. “{}” may refer to:\n",
        link.mention
    );
    for candidate in &link.candidates {
        content.push_str(&format!(
            "- {} {} (score {:.2})\n",
            candidate.id, candidate.name, candidate.score
        ));
        for reason in &candidate.reasons {
            let source = reason
                .source
                .as_deref()
                .map(|it| format!(" [{it}]"))
                .unwrap_or_default();
            content.push_str(&format!(
                "  {:+.2} {}{source}\n",
                reason.weight, reason.text
            ));
        }
    }
    let properties = json!({
        "abstract": format!("What “{}” may refer to", link.mention),
        "content": content,
        "authors": ["Daylight"],
        "object_refs": about,
    });
    let place = format!("{}-{}", link.span.start, link.span.end);
    let id = derived_id(
        "note",
        &["link", &reading.document.id, &place, &link.mention],
    );
    bundle.add_domain("note", &id, Some(&daylight), properties);
}

/// The object a candidate is; a group only where ATT&CK numbers it.
fn candidate_object(bundle: &mut Bundle, candidate: &Candidate) -> Option<String> {
    let name = if candidate.name.is_empty() {
        &candidate.id
    } else {
        &candidate.name
    };
    let is_attack_id = |letter: char| {
        candidate
            .id
            .strip_prefix(letter)
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
    };
    match candidate.kind {
        CandidateKind::Vulnerability => Some(entities::vulnerability(bundle, &candidate.id)),
        CandidateKind::Technique => Some(entities::technique(bundle, &candidate.id, Some(name))),
        CandidateKind::Operation => {
            let id = derived_id("campaign", &[&name.to_lowercase()]);
            let window = candidate.window.unwrap_or(daylight_model::Interval {
                start: None,
                end: None,
            });
            let properties = json!({
                "name": name,
                "description": "A known operation that a report may refer to.",
                "first_seen": window.start.map(moment),
                "last_seen": window.end.map(moment),
            });
            Some(bundle.add_domain("campaign", &id, None, properties))
        }
        CandidateKind::IntrusionSet => {
            let id = derived_id("intrusion-set", &[&name.to_lowercase()]);
            let reference = is_attack_id('G')
                .then(|| json!([entities::attack_reference(&candidate.id, "groups")]));
            let properties = json!({ "name": name, "external_references": reference });
            Some(bundle.add_domain("intrusion-set", &id, None, properties))
        }
        _ => None,
    }
}

/// One note a row of the coverage table: what was seen, what was not, and what was dark.
fn add_coverage(bundle: &mut Bundle, case: &Case<'_>) {
    let daylight = bundle.daylight.clone();
    for row in &case.coverage.rows {
        let about = match row.kind {
            SubjectKind::Technique => entities::technique(bundle, &row.id, Some(&row.name)),
            SubjectKind::Vulnerability => entities::vulnerability(bundle, &row.id),
            _ => daylight.clone(),
        };
        let mut content = format!("{}\n", row.note);
        for cell in &row.cells {
            content.push_str(&format!(
                "- {}: {}. {}\n",
                cell.needs,
                cell.outcome.title(),
                cell.note
            ));
        }
        let window = window_of(row, case.coverage)
            .map(words::interval)
            .unwrap_or_default();
        let properties = json!({
            "abstract": format!("Coverage of {}: {}", row.id, row.outcome.title()),
            "content": content.trim_start(),
            "authors": ["Daylight"],
            "object_refs": [about],
        });
        let id = derived_id("note", &["coverage", &row.id, &window, content.as_str()]);
        bundle.add_domain("note", &id, Some(&daylight), properties);
    }
}
