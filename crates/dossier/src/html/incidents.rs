//! What is said to have happened.

use daylight_model::{Incident, Reading};
use maud::{Markup, html};

use crate::{Case, clean, incidents, words};

/// How many incidents of one report the page shows; `bundle.json` holds all.
const INCIDENTS_MAX: usize = 100;

/// Where the section stands.
pub(super) const ID: &str = "happened";

/// Whether there is anything to show.
pub(super) fn any(case: &Case<'_>) -> bool {
    case.readings
        .iter()
        .any(|reading| !reading.incidents.is_empty())
}

pub(super) fn section(case: &Case<'_>) -> Markup {
    html! {
        @if any(case) {
            section id=(ID) aria-labelledby="happened-title" {
                h2 #happened-title { "What is said to have happened" }
                p.lead {
                    "Read by a model or by rules, and no fact either. Mentions of one incident are "
                    "not joined."
                }
                @for reading in case.readings { (of_reading(case, reading)) }
            }
        }
    }
}

fn of_reading(case: &Case<'_>, reading: &Reading) -> Markup {
    let (shown, total) = incidents::first(reading, INCIDENTS_MAX);
    html! {
        @if case.readings.len() > 1 && total > 0 {
            h3 dir="auto" { (clean::value(reading.document.name())) }
        }
        ul.claims { @for one in &shown { (incident(reading, one)) } }
        @if total > shown.len() {
            p { "Shown are " (shown.len()) " of " (words::number(total as u64)) "; bundle.json holds all." }
        }
    }
}

fn incident(reading: &Reading, incident: &Incident) -> Markup {
    html! {
        li {
            p.claim dir="auto" {
                (incidents::title(incident)) ": “" (clean::value(&incident.text)) "” "
                span.force { (incidents::read_by(incident)) }
            }
            @let roles = incidents::roles(reading, incident);
            @if !roles.is_empty() {
                p.qualifiers dir="auto" {
                    @for (name, text) in roles { span { b { (name) } " " (text) } " " }
                }
            }
            details {
                summary { "The sentence" }
                blockquote dir="auto" { (clean::line(incidents::sentence(reading, incident))) }
                p.place { "bytes " (incident.sentence.start) "–" (incident.sentence.end) " of the text" }
            }
        }
    }
}
