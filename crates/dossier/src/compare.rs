//! Two hunts side by side.

use std::collections::{BTreeMap, HashSet};

use daylight_model::{CoverageRow, Finding, Manifest, Outcome};
use serde::Serialize;

use crate::Case;

/// How two hunts differ.
#[derive(Debug, Serialize)]
pub struct Comparison<'a> {
    /// What was looked for and ended otherwise, by id.
    pub outcomes: Vec<OutcomeChange<'a>>,
    /// Findings of the later hunt alone, by time.
    pub appeared: Vec<&'a Finding>,
    /// Findings of the earlier hunt alone, by time.
    pub gone: Vec<&'a Finding>,
    /// Paths of files whose content only the later hunt read.
    pub files_added: Vec<&'a str>,
    /// Paths of files whose content only the earlier hunt read.
    pub files_dropped: Vec<&'a str>,
}

/// One thing looked for, and how it ended; `None` where it was not looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeChange<'a> {
    /// Its id: `T1505.003`, `CVE-2021-26855`.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// In the earlier hunt.
    pub before: Option<Outcome>,
    /// In the later hunt.
    pub after: Option<Outcome>,
}

/// What differs from one hunt to a later one. A finding's id follows from rule, file and
/// record, so that the same trace in the same file is the same finding.
#[must_use]
pub fn compare<'a>(before: &Case<'a>, after: &Case<'a>) -> Comparison<'a> {
    Comparison {
        outcomes: outcomes(before, after),
        appeared: only(after.findings, before.findings),
        gone: only(before.findings, after.findings),
        files_added: files_only(after.manifest, before.manifest),
        files_dropped: files_only(before.manifest, after.manifest),
    }
}

fn outcomes<'a>(before: &Case<'a>, after: &Case<'a>) -> Vec<OutcomeChange<'a>> {
    let mut rows: BTreeMap<&str, [Option<&'a CoverageRow>; 2]> = BTreeMap::new();
    for (side, case) in [before, after].into_iter().enumerate() {
        for row in &case.coverage.rows {
            rows.entry(&row.id).or_default()[side] = Some(row);
        }
    }
    let changes = rows.into_iter().filter_map(|(id, [before, after])| {
        let name = after.or(before)?.name.as_str();
        let (before, after) = (before.map(|it| it.outcome), after.map(|it| it.outcome));
        (before != after).then_some(OutcomeChange {
            id,
            name,
            before,
            after,
        })
    });
    changes.collect()
}

fn only<'a>(these: &'a [Finding], not_those: &[Finding]) -> Vec<&'a Finding> {
    let those: HashSet<&str> = not_those.iter().map(|it| it.id.as_str()).collect();
    let mut only: Vec<&Finding> = these
        .iter()
        .filter(|it| !those.contains(it.id.as_str()))
        .collect();
    only.sort_by_key(|it| it.time);
    only
}

fn files_only<'a>(these: &'a Manifest, not_those: &Manifest) -> Vec<&'a str> {
    let those: HashSet<&str> = not_those
        .sources
        .iter()
        .map(|it| it.sha256.as_str())
        .collect();
    these
        .sources
        .iter()
        .filter(|it| !those.contains(it.sha256.as_str()))
        .map(|it| it.path.as_str())
        .collect()
}
