//! What is said, and by whom.

use daylight_model::Claim;
use maud::{Markup, html};

use crate::views::{Disagreement, Said, SaidBy};
use crate::{Case, clean, views, words};

/// How many claims the page shows; `bundle.json` holds all.
const CLAIMS_MAX: usize = 400;

pub(super) fn section(case: &Case<'_>) -> Markup {
    let groups = views::claims_by_speaker(case.readings);
    let disagreements = views::disagreements(case.readings);
    let total: usize = groups.iter().map(|group| group.claims.len()).sum();
    let mut room = CLAIMS_MAX;
    let mut shown: Vec<(&SaidBy<'_>, usize)> = Vec::new();
    for group in &groups {
        let claims = group.claims.len().min(room);
        room -= claims;
        if claims > 0 {
            shown.push((group, claims));
        }
    }
    html! {
        section #said aria-labelledby="said-title" {
            h2 #said-title { "What is said, and by whom" }
            @if groups.is_empty() {
                p { "No claim was read out of the reports." }
            } @else {
                p.lead {
                    "These are claims, not facts. Each is somebody’s, put with the force shown; the "
                    "sentence it was read from is behind it."
                }
            }
            @for (group, claims) in shown { (said_by(case, group, claims)) }
            @if total > CLAIMS_MAX {
                p { "Shown are " (CLAIMS_MAX) " of " (words::number(total as u64)) " claims; bundle.json holds all." }
            }
            @if !disagreements.is_empty() {
                h3 { "Denials, side by side with what they are about" }
                @for disagreement in disagreements.iter().take(20) { (side_by_side(case, disagreement)) }
            }
            (described(case))
        }
    }
}

/// How many techniques described the page shows.
const DESCRIBED_MAX: usize = 100;

/// Techniques described, each with its sentence.
fn described(case: &Case<'_>) -> Markup {
    let readings = case.readings.iter();
    let all: Vec<_> = readings
        .flat_map(|reading| reading.described.iter().map(move |it| (reading, it)))
        .collect();
    html! {
        @if !all.is_empty() {
            h3 { (words::DESCRIBED_TITLE) }
            p.lead { (words::DESCRIBED_LEAD) }
            ul.claims {
                @for (reading, technique) in all.iter().take(DESCRIBED_MAX) {
                    li {
                        p.claim { (words::described(technique)) }
                        blockquote dir="auto" { (clean::line(technique.sentence.of(&reading.document.text))) }
                    }
                }
            }
            @if all.len() > DESCRIBED_MAX {
                p { "Shown are " (DESCRIBED_MAX) " of " (words::number(all.len() as u64)) "; bundle.json holds all." }
            }
        }
    }
}

fn said_by(case: &Case<'_>, group: &SaidBy<'_>, shown: usize) -> Markup {
    let claims = group.claims.get(..shown).unwrap_or_default();
    html! {
        section.speaker {
            h3 dir="auto" { (group.speakers) }
            ul.claims {
                // Claims out of one sentence share its quotation.
                @for same in claims.chunk_by(|a, b| a.claim.sentence == b.claim.sentence) {
                    li {
                        @for said in same { (claim(said.claim)) }
                        @if let Some(said) = same.first() { (sentence(case, *said)) }
                    }
                }
            }
        }
    }
}

fn claim(claim: &Claim) -> Markup {
    html! {
        p.claim dir="auto" {
            (words::claim_in_words(claim)) " "
            span.force { (claim.force.as_str()) }
        }
        @let qualifiers = words::qualifiers(claim);
        @if !qualifiers.is_empty() {
            p.qualifiers dir="auto" {
                @for (name, text) in qualifiers { span { b { (name) } " " (text) } " " }
            }
        }
    }
}

fn sentence(case: &Case<'_>, said: Said<'_>) -> Markup {
    let Said { reading, claim } = said;
    html! {
        details {
            summary { "The sentence" }
            blockquote dir="auto" { (clean::line(&claim.sentence)) }
            p.place {
                @if case.readings.len() > 1 {
                    (clean::value(reading.document.name())) ", "
                }
                "bytes " (claim.span.start) "–" (claim.span.end) " of the text"
            }
        }
    }
}

fn side_by_side(case: &Case<'_>, disagreement: &Disagreement<'_>) -> Markup {
    let speakers = words::speaker_chain(disagreement.denial.claim);
    html! {
        div.sides {
            div { h4 dir="auto" { (speakers) } (claim(disagreement.denial.claim)) (sentence(case, disagreement.denial)) }
            div {
                h4 { "Others" }
                @if disagreement.against.is_empty() {
                    p { "No other claim in the reports is about the same." }
                }
                ul.claims {
                    @for other in &disagreement.against {
                        li {
                            p.who dir="auto" { (words::speaker_chain(other.claim)) }
                            (claim(other.claim))
                            (sentence(case, *other))
                        }
                    }
                }
            }
        }
    }
}
