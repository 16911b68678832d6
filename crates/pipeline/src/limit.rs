//! An investigation cut down to what may go to a certain audience.

use std::collections::HashSet;

use daylight_dossier::HeldBack;
use daylight_knowledge::Knowledge;
use daylight_model::{Finding, FindingKind, Indicator, Reading, Rule};
use daylight_store::Tlp;

use crate::hunt::indicator_set;
use crate::{Investigation, Known, LinkedReading, subjects};

/// Leaves out the reports that are marked more strictly than `max`, and all that is known only
/// from them: their claims, what they alone lead to, and findings of their indicators. Reports
/// that bear no marking count as `unmarked`. The rest is judged anew, and marked with `max`.
///
/// What was found with rules stays: how far that may go is for whoever hunted to say.
pub fn limit(found: &mut Investigation, max: Tlp, unmarked: Tlp, known: &Known) {
    found.marking = Some(max);
    let marked = |reading: &Reading| {
        let own = reading.document.tlp.as_deref().and_then(Tlp::parse);
        own.unwrap_or(unmarked)
    };
    let readings = std::mem::take(&mut found.readings);
    let links = std::mem::take(&mut found.links);
    let all = readings
        .into_iter()
        .zip(links)
        .map(|(reading, links)| LinkedReading { reading, links });
    let (kept, held): (Vec<_>, Vec<_>) = all.partition(|one| marked(&one.reading) <= max);
    if !held.is_empty() {
        found.held_back = leave_out(found, &kept, &held, known.knowledge());
    }
    (found.readings, found.links) = kept
        .into_iter()
        .map(|linked| (linked.reading, linked.links))
        .unzip();
}

/// Takes out what rests on the reports held back, and draws all conclusions again.
fn leave_out(
    found: &mut Investigation,
    kept: &[LinkedReading],
    held: &[LinkedReading],
    knowledge: &Knowledge,
) -> HeldBack {
    let before = (found.coverage.rows.len(), found.findings.len());
    let ids: HashSet<&str> = held
        .iter()
        .map(|one| one.reading.document.id.as_str())
        .collect();
    let stays =
        |rule: &Rule| rule.kind != FindingKind::Indicator || !ids.contains(rule.origin.as_str());
    found
        .findings
        .retain(|finding: &Finding| stays(&finding.rule));
    found.hunt.rules.retain(|rule| stays(rule));
    let sets: Vec<_> = kept.iter().map(|one| indicator_set(&one.reading)).collect();
    found.hunt.indicators = sets.iter().map(|set| set.len()).sum();
    let is_given = |indicator: &Indicator| {
        let mut given = kept.iter().flat_map(|one| &one.reading.indicators);
        given.any(|it| it.kind == indicator.kind && it.value == indicator.value)
    };
    let left_out = &mut found.hunt.indicators_left_out;
    left_out.retain(|(indicator, _)| is_given(indicator));
    // It names the reports, and may name what is in them.
    found.command = None;
    found.subjects = subjects::subjects(kept, &sets, knowledge);
    let (window, source) = subjects::window(kept, knowledge);
    let (rules, manifest) = (&found.hunt.rules, &found.hunt.manifest);
    found.coverage = daylight_dossier::coverage(
        &found.subjects,
        window,
        source,
        rules,
        &found.findings,
        manifest,
    );
    let facts = subjects::facts(&found.subjects, knowledge);
    found.advice =
        daylight_dossier::advise(&found.subjects, &found.findings, &found.coverage, &facts);
    HeldBack {
        reports: held.len(),
        claims: held.iter().map(|one| one.reading.claims.len()).sum(),
        subjects: before.0.saturating_sub(found.coverage.rows.len()),
        findings: before.1 - found.findings.len(),
    }
}
