//! The same groupings for every way of showing them: who says what, and who contradicts.

use daylight_model::{Claim, Finding, Force, Reading, Relation};

use crate::{Case, words};

/// A claim and the report it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) reading: &'a Reading,
    pub(crate) claim: &'a Claim,
}

/// What one chain of speakers says.
#[derive(Debug)]
pub(crate) struct SaidBy<'a> {
    pub(crate) speakers: String,
    pub(crate) claims: Vec<Said<'a>>,
}

/// Claims of all readings by the chain of those who say them, in the order of first words.
pub(crate) fn claims_by_speaker<'a>(
    readings: impl IntoIterator<Item = &'a Reading>,
) -> Vec<SaidBy<'a>> {
    let mut groups: Vec<SaidBy<'a>> = Vec::new();
    for said in readings.into_iter().flat_map(claims) {
        let speakers = words::speaker_chain(said.claim);
        match groups.iter_mut().find(|group| group.speakers == speakers) {
            Some(group) => group.claims.push(said),
            None => groups.push(SaidBy {
                speakers,
                claims: vec![said],
            }),
        }
    }
    groups
}

pub(crate) fn claims(reading: &Reading) -> impl Iterator<Item = Said<'_>> {
    reading
        .claims
        .iter()
        .map(move |claim| Said { reading, claim })
}

/// Claims that stand against each other.
#[derive(Debug)]
pub(crate) struct Disagreement<'a> {
    pub(crate) denial: Said<'a>,
    pub(crate) against: Vec<Said<'a>>,
}

/// How many claims are put beside one denial.
const AGAINST_MAX: usize = 8;

/// Each denial, with what others say of the one who denies or of what is denied.
pub(crate) fn disagreements<'a>(readings: &'a [Reading]) -> Vec<Disagreement<'a>> {
    let all: Vec<Said<'a>> = readings.iter().flat_map(claims).collect();
    let denials = all.iter().filter(|said| is_denial(said.claim));
    denials
        .map(|denial| {
            let against = all
                .iter()
                .filter(|other| contradicts(denial.claim, other.claim));
            Disagreement {
                denial: *denial,
                against: against.copied().take(AGAINST_MAX).collect(),
            }
        })
        .collect()
}

/// Whether a claim says that something is not so.
pub(crate) fn is_denial(claim: &Claim) -> bool {
    claim.negated || claim.force == Force::Denied || claim.relation == Relation::Denied
}

fn contradicts(denial: &Claim, other: &Claim) -> bool {
    if is_denial(other) {
        return false;
    }
    let names = |claim: &Claim| -> Vec<String> {
        let parties = [Some(&claim.subject), claim.object.as_ref()];
        parties
            .into_iter()
            .flatten()
            .map(|party| party.name.to_lowercase())
            .collect()
    };
    let denied = names(denial);
    names(other).iter().any(|name| denied.contains(name))
}

/// Findings to show, by time, and how many are left out: the most severe stay.
pub(crate) fn most_severe<'a>(
    findings: &[&'a Finding],
    findings_max: usize,
) -> (Vec<&'a Finding>, usize) {
    let mut shown: Vec<&Finding> = findings.to_vec();
    // Stable: among equals the earliest stay.
    shown.sort_by_key(|finding| std::cmp::Reverse(finding.rule.level));
    shown.truncate(findings_max);
    shown.sort_by_key(|finding| (finding.time.is_none(), finding.time));
    (shown, findings.len().saturating_sub(findings_max))
}

/// The headline of the dossier: the report's title, or what stands for it.
pub(crate) fn title(case: &Case<'_>) -> String {
    let titles: Vec<String> = case
        .readings
        .iter()
        .map(|reading| {
            let title = reading
                .document
                .title
                .as_deref()
                .filter(|title| !title.trim().is_empty());
            crate::clean::value(title.unwrap_or(&reading.document.source))
        })
        .collect();
    match titles.as_slice() {
        [] => "Evidence without a report".into(),
        [one] => one.clone(),
        [first, rest @ ..] => {
            format!(
                "{first}, and {}",
                words::count(rest.len(), "other report", "other reports")
            )
        }
    }
}

/// What was left out for the dossier's marking, in a sentence; nothing where nothing was.
pub(crate) fn held_back(case: &Case<'_>) -> Option<String> {
    let held = case.held_back;
    if held.reports == 0 {
        return None;
    }
    let one = |number, one, many| (number > 0).then(|| words::count(number, one, many));
    let parts: Vec<String> = [
        Some(words::count(held.claims, "claim", "claims")),
        one(held.subjects, "thing looked for", "things looked for"),
        one(held.findings, "finding", "findings"),
    ]
    .into_iter()
    .flatten()
    .collect();
    Some(format!(
        "Left out, as marked more strictly than {}: {}, and with {} {}.",
        tlp(case).unwrap_or("the dossier"),
        words::count(held.reports, "report", "reports"),
        if held.reports == 1 { "it" } else { "them" },
        words::list(&parts)
    ))
}

/// The TLP 2.0 label of the dossier: its own, else the strictest that the reports carry.
pub(crate) fn tlp(case: &Case<'_>) -> Option<&'static str> {
    if let Some(marking) = case.marking {
        return tlp_label(marking);
    }
    case.readings
        .iter()
        .filter_map(|it| tlp_label(it.document.tlp.as_deref()?))
        .max_by_key(|label| TLP_LABELS.iter().position(|known| known == label))
}

/// From the most open to the strictest.
const TLP_LABELS: [&str; 5] = [
    "TLP:CLEAR",
    "TLP:GREEN",
    "TLP:AMBER",
    "TLP:AMBER+STRICT",
    "TLP:RED",
];

/// A label as TLP 2.0 writes it; the old WHITE is CLEAR today.
pub(crate) fn tlp_label(written: &str) -> Option<&'static str> {
    let plain: String = written.to_ascii_uppercase().split_whitespace().collect();
    if plain == "TLP:WHITE" {
        return Some("TLP:CLEAR");
    }
    TLP_LABELS.into_iter().find(|label| *label == plain)
}
