//! What it means technically: Daylight's own inference, marked as such.

use daylight_model::{Candidate, CandidateKind, CoverageRow, Link, Reading, Reason};
use maud::{Markup, html};

use crate::{Case, clean, words};

/// How many links, and candidates of one link, the page shows.
const LINKS_MAX: usize = 60;
const CANDIDATES_MAX: usize = 60;
/// How many are open to view; the others are one click away, none hidden.
const CANDIDATES_OPEN: usize = 6;
/// How many things to look for are listed for one reason; the coverage table has them all.
const SUBJECTS_MAX: usize = 20;

pub(super) fn section(case: &Case<'_>) -> Markup {
    let links: Vec<(&Reading, &Link)> = case
        .readings
        .iter()
        .enumerate()
        .flat_map(|(index, reading)| case.links_of(index).iter().map(move |link| (reading, link)))
        .collect();
    html! {
        section #means aria-labelledby="means-title" {
            h2 #means-title { "What it means technically" }
            p.lead.inference {
                strong { "Daylight’s own inference. " }
                "No source says what stands here: words of the reports were compared with background "
                "knowledge. A score orders the candidates by how well the reasons fit together; it is "
                "not a probability. A group listed here is one that somebody links to the same flaw or "
                "operation, not a culprit."
            }
            @if links.is_empty() { p { "No words of the reports could be linked to background knowledge." } }
            @for (reading, link) in links.iter().take(LINKS_MAX) { (one(reading, link)) }
            @if links.len() > LINKS_MAX {
                p { "Shown are " (LINKS_MAX) " of " (words::number(links.len() as u64)) " links; bundle.json holds all." }
            }
            (subjects(case))
        }
    }
}

fn one(reading: &Reading, link: &Link) -> Markup {
    html! {
        article.link {
            h3 dir="auto" { "“" (clean::value(&link.mention)) "”" }
            details {
                summary { "The sentence" }
                blockquote dir="auto" { (clean::line(link.sentence.of(&reading.document.text))) }
            }
            @if link.candidates.is_empty() { p { "Nothing in background knowledge fits." } }
            ol.candidates {
                @for candidate in link.candidates.iter().take(CANDIDATES_OPEN) { li { (one_candidate(link, candidate)) } }
            }
            @if link.candidates.len() > CANDIDATES_OPEN {
                details {
                    summary { (words::count(link.candidates.len() - CANDIDATES_OPEN, "candidate", "candidates")) " with lower scores" }
                    ol.candidates start=(CANDIDATES_OPEN + 1) {
                        @for candidate in link.candidates.iter().take(CANDIDATES_MAX).skip(CANDIDATES_OPEN) {
                            li { (one_candidate(link, candidate)) }
                        }
                    }
                    @if link.candidates.len() > CANDIDATES_MAX {
                        p { "And " (link.candidates.len() - CANDIDATES_MAX) " more, in bundle.json." }
                    }
                }
            }
        }
    }
}

fn one_candidate(link: &Link, candidate: &Candidate) -> Markup {
    let via = candidate.via.as_deref().map(|via| {
        let parent = link.candidates.iter().find(|other| other.id == via);
        parent.map_or_else(|| clean::value(via), candidate_name)
    });
    html! {
        p {
            strong { (candidate_name(candidate)) } " "
            span.kind { (kind_in_words(candidate.kind)) } " "
            span.score { "score " (format!("{:.2}", candidate.score)) }
        }
        @if let Some(via) = via { p.via { "follows from " (via) } }
        @if let Some(window) = candidate.window { p.via { "ran " (words::interval(window)) } }
        @if !candidate.reasons.is_empty() {
            details open[candidate.via.is_none() && candidate.score > 0.5] {
                summary { (words::count(candidate.reasons.len(), "reason", "reasons")) }
                ul.reasons {
                    @for reason in candidate.reasons.iter().take(20) {
                        li {
                            span.weight { (weight(reason)) }
                            (clean::line(&reason.text))
                            @if let Some(source) = &reason.source { " " cite { (clean::value(source)) } }
                        }
                    }
                }
            }
        }
        @if candidate.leads_to.iter().any(|id| *id != candidate.id) {
            p.via { "leads to " (clean::line(&words::list_at_most(&candidate.leads_to, SUBJECTS_MAX))) }
        }
    }
}

pub(crate) fn candidate_name(candidate: &Candidate) -> String {
    let (id, name) = (clean::value(&candidate.id), clean::value(&candidate.name));
    match candidate.kind {
        CandidateKind::Operation => name,
        _ if id == name || name.is_empty() => id,
        _ => format!("{id} {name}"),
    }
}

/// What a reason adds to the score; nothing for a plain fact that adds nothing.
pub(crate) fn weight(reason: &Reason) -> String {
    if reason.weight.abs() < 0.005 {
        String::new()
    } else {
        format!("{:+.2} ", reason.weight)
    }
}

pub(crate) const fn kind_in_words(kind: CandidateKind) -> &'static str {
    match kind {
        CandidateKind::Operation => "operation",
        CandidateKind::Vulnerability => "flaw",
        CandidateKind::IntrusionSet => "group, as others link it",
        CandidateKind::Software => "software",
        CandidateKind::Technique => "technique",
        _ => "other",
    }
}

/// What all of it leads to: the rows of the coverage table by the reason for them.
fn subjects(case: &Case<'_>) -> Markup {
    let mut by_reason: Vec<(&str, Vec<&CoverageRow>)> = Vec::new();
    for row in &case.coverage.rows {
        match by_reason.iter_mut().find(|(why, _)| *why == row.why) {
            Some((_, rows)) => rows.push(row),
            None => by_reason.push((&row.why, vec![row])),
        }
    }
    html! {
        @if !by_reason.is_empty() {
            h3 { "What is looked for, and why" }
            dl.subjects {
                @for (why, rows) in by_reason {
                    dt { (clean::line(why)) }
                    dd {
                        ul { @for row in rows.iter().take(SUBJECTS_MAX) { li { strong { (clean::value(&row.id)) } " " (clean::value(&row.name)) } } }
                        @if rows.len() > SUBJECTS_MAX { p { "and " (rows.len() - SUBJECTS_MAX) " more, in the table of what could be seen" } }
                    }
                }
            }
        }
    }
}
