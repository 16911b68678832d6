//! The dossier as one self-contained HTML file: no script, no outside assets, printable.

pub(crate) use findings::clock_sentences;
pub(crate) use links::{candidate_name, kind_in_words, weight};
pub(crate) use machines::{
    in_words as machine_log_in_words, name as machine_name, rest as machines_not_shown,
    summary as machines_in_words,
};
pub(crate) use sources::{evidence_in_words, problem_in_words, problems, rules_in_words};

mod claims;
mod coverage;
mod findings;
mod graph;
mod incidents;
mod links;
mod machines;
mod sources;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::picture::{self, Picture};
use crate::reach::Reach;
use crate::{Case, Verdict, When, clean, verdict, views, words};
use daylight_model::Outcome;

/// The most the file may weigh; fewer findings are shown rather than more bytes.
const BYTES_MAX: usize = 10_000_000;

/// How many findings to show, tried in order until the file is small enough.
const FINDINGS_MAX: [usize; 4] = [500, 200, 50, 10];

const STYLE: &str = include_str!("style.css");

/// The dossier as one self-contained HTML file.
///
/// It loads nothing and runs nothing: a content security policy says so to the browser, and
/// every word of reports and logs is text, whatever it looks like. At most 500 findings are
/// shown, the most severe ones; `findings.jsonl` holds all.
#[must_use]
pub fn html(case: &Case<'_>) -> String {
    let mut page = String::new();
    for findings_max in FINDINGS_MAX {
        page = render(case, findings_max).into_string();
        if page.len() <= BYTES_MAX {
            break;
        }
    }
    page
}

fn render(case: &Case<'_>, findings_max: usize) -> Markup {
    let verdict = verdict(case);
    let title = views::title(case);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "Daylight " (clean::value(case.tool_version)) };
                title { (title) " · Daylight dossier" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#answer" { "Skip to the answer" }
                (masthead(case, &title))
                (contents(case))
                main {
                    (answer(&verdict))
                    (claims::section(case))
                    (incidents::section(case))
                    (graph::section(case))
                    (links::section(case))
                    (findings::section(case, findings_max))
                    (coverage::section(case))
                    (to_do(case))
                    (sources::section(case))
                    (sources::how_made(case))
                }
                footer {
                    p {
                        "Made by Daylight " (clean::value(case.tool_version)) " on "
                        (words::moment(case.generated)) ". Links and conclusions marked as "
                        "Daylight’s are inferences, not statements of any source. All times are UTC."
                    }
                }
            }
        }
    }
}

fn masthead(case: &Case<'_>, title: &str) -> Markup {
    let tlp = views::tlp(case);
    html! {
        header.masthead {
            p.kicker {
                span { "Daylight dossier" }
                span { (words::moment(case.generated)) }
                @if let Some(label) = tlp { (tlp_badge(label)) }
            }
            h1 dir="auto" { (title) }
            @if let Some(held_back) = views::held_back(case) { p.byline { (held_back) } }
            @for reading in case.readings {
                @let document = &reading.document;
                p.byline {
                    @if let Some(publisher) = &document.publisher { span { (clean::value(publisher)) } }
                    @if let Some(originator) = &document.originator {
                        span { "first published by " (clean::value(&originator.name)) }
                    }
                    @if let Some(published) = document.published { span { (words::moment(published)) } }
                    @if !document.authors.is_empty() {
                        span { "by " (clean::value(&document.authors.join(", "))) }
                    }
                }
            }
        }
    }
}

/// TLP 2.0 wants its colours on black, always.
fn tlp_badge(label: &str) -> Markup {
    let class = label
        .trim_start_matches("TLP:")
        .to_lowercase()
        .replace("+strict", "");
    html! { strong class={ "tlp tlp-" (class) } { (label) } }
}

fn contents(case: &Case<'_>) -> Markup {
    const SECTIONS: [(&str, &str); 10] = [
        ("answer", "The answer"),
        ("said", "What is said"),
        (incidents::ID, "What happened"),
        ("who", "Who is who"),
        ("means", "What it means"),
        ("found", "What was found"),
        ("coverage", "What could be seen"),
        ("do", "What to do"),
        ("sources", "Sources"),
        ("made", "How it was made"),
    ];
    let shown = SECTIONS
        .iter()
        .filter(|(id, _)| *id != incidents::ID || incidents::any(case));
    html! {
        nav aria-label="Contents" {
            ol { @for (id, name) in shown { li { a href={ "#" (id) } { (name) } } } }
        }
    }
}

fn answer(verdict: &Verdict) -> Markup {
    html! {
        section #answer aria-labelledby="answer-title" class={ "answer " (outcome_class(verdict.outcome)) } {
            h2 #answer-title { "The answer" }
            p.outcome { (outcome_words(verdict.outcome, Reach::Unknown)) }
            dl {
                @for (name, text) in verdict.lines() {
                    div { dt { (name) } dd { (clean::line(&text)) } }
                }
            }
        }
    }
}

fn to_do(case: &Case<'_>) -> Markup {
    html! {
        section #do aria-labelledby="do-title" {
            h2 #do-title { "What to do" }
            @if case.advice.is_empty() { p { "Nothing follows from what was read and found." } }
            @for when in When::ALL {
                @let items: Vec<_> = case.advice.iter().filter(|it| it.when == when).collect();
                @if !items.is_empty() {
                    h3 { (when.title()) }
                    ul.advice {
                        @for advice in items {
                            li {
                                strong { (clean::line(&advice.text)) } " "
                                span.reason {
                                    (clean::line(&advice.reason))
                                    @if !advice.source.is_empty() { " Source: " (clean::value(&advice.source)) "." }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The outcome with a sign, so that it does not hang on colour.
fn outcome_words(outcome: Outcome, reach: Reach) -> Markup {
    html! {
        span.sign aria-hidden="true" { (outcome_sign(outcome)) } " "
        (words::capital(&reach.outcome(outcome)))
    }
}

const fn outcome_sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hit => "●",
        Outcome::NotSeen => "○",
        Outcome::CouldNotSee => "?",
    }
}

const fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hit => "is-hit",
        Outcome::NotSeen => "is-not-seen",
        Outcome::CouldNotSee => "is-dark",
    }
}

/// A drawing, and how to read it.
fn figure(picture: &Picture, id: &str, label: &str) -> Markup {
    html! {
        figure.drawing {
            div.scroll role="region" aria-label=(label) tabindex="0" { (picture::svg(picture, id)) }
            figcaption { (picture.caption) }
        }
    }
}

/// A number for a style: two decimals are finer than any screen.
fn coordinate(number: f64) -> String {
    format!("{number:.2}")
}
