//! Sources and markings, and how the dossier was made.

use daylight_model::{Problem, SourceRecord};
use maud::{Markup, html};

use super::tlp_badge;
use crate::{Case, clean, views, words};

/// How many files and problems the page lists; `manifest.json` holds all.
const FILES_MAX: usize = 300;
const PROBLEMS_MAX: usize = 100;

pub(super) fn section(case: &Case<'_>) -> Markup {
    html! {
        section #sources aria-labelledby="sources-title" {
            h2 #sources-title { "Sources and markings" }
            @if case.readings.is_empty() { p { "No report was read." } }
            @for reading in case.readings {
                @let document = &reading.document;
                article.source {
                    h3 dir="auto" { (clean::value(document.name())) }
                    dl.fields {
                        @if let Some(publisher) = &document.publisher { (pair("publisher", publisher)) }
                        @if let Some(originator) = &document.originator {
                            (pair("first published by", &originator.name))
                            @if let Some(url) = &originator.url { (pair("address of the original", url)) }
                        }
                        @if let Some(published) = document.published { (pair("published", &words::moment(published))) }
                        @if let Some(written) = &document.published_as_written { (pair("as written", written)) }
                        @if let Some(url) = &document.url { (pair("address", url)) }
                        (pair("read from", &document.source))
                        (pair("SHA-256", &document.sha256))
                        div {
                            dt { "marking" }
                            dd {
                                @match (document.tlp.as_deref().and_then(views::tlp_label), &document.tlp) {
                                    (Some(label), _) => (tlp_badge(label)),
                                    (None, Some(other)) => (clean::value(other)),
                                    (None, None) => "none found in the text",
                                }
                            }
                        }
                    }
                    @if !document.diagnostics.is_empty() {
                        details {
                            summary { (words::count(document.diagnostics.len(), "remark", "remarks")) " on reading it" }
                            ul {
                                @for diagnostic in document.diagnostics.iter().take(PROBLEMS_MAX) {
                                    li { (clean::value(&diagnostic.path)) @if let Some(offset) = diagnostic.offset { ", byte " (offset) } ": " (clean::line(&diagnostic.message)) }
                                }
                            }
                        }
                    }
                }
            }
            (background(case))
        }
    }
}

/// Everything that reasons and advice cite.
fn background(case: &Case<'_>) -> Markup {
    let sources = background_sources(case);
    html! {
        @if !sources.is_empty() {
            h3 { "Background knowledge" }
            ul { @for source in sources { li { (source) } } }
        }
    }
}

pub(crate) fn background_sources(case: &Case<'_>) -> Vec<String> {
    let reasons = case
        .links
        .iter()
        .flatten()
        .flat_map(|link| &link.candidates)
        .flat_map(|it| &it.reasons);
    let mut sources: Vec<String> = reasons
        .filter_map(|reason| reason.source.as_deref())
        .chain(case.advice.iter().map(|advice| advice.source.as_str()))
        .chain(case.coverage.window_source.as_deref())
        .filter(|source| !source.is_empty())
        .map(clean::value)
        .collect();
    sources.sort();
    sources.dedup();
    sources.truncate(PROBLEMS_MAX);
    sources
}

fn pair(name: &str, text: &str) -> Markup {
    html! { div { dt { (name) } dd dir="auto" { (clean::value(text)) } } }
}

pub(super) fn how_made(case: &Case<'_>) -> Markup {
    let files = &case.manifest.sources;
    let problems: Vec<&Problem> = problems(case);
    html! {
        section #made aria-labelledby="made-title" {
            h2 #made-title { "How it was made" }
            dl.fields {
                (pair("tool", &format!("Daylight {}", case.tool_version)))
                (pair("made", &words::moment(case.generated)))
                (pair("took", &words::duration(case.duration_seconds)))
                @if let Some(command) = case.command { div { dt { "command" } dd { code { (clean::value(command)) } } } }
                (pair("rules", &rules_in_words(case)))
                (pair("evidence", &evidence_in_words(case)))
            }
            @if !files.is_empty() {
                details {
                    summary { "Files read" }
                    div.scroll role="region" aria-label="Files read" tabindex="0" {
                        table.files {
                            caption { "Every file that was met, whether it could be read or not" }
                            thead { tr {
                                th scope="col" { "File" } th scope="col" { "Kind" } th scope="col" { "Size" }
                                th scope="col" { "Events" } th scope="col" { "Unreadable" } th scope="col" { "From – to" } th scope="col" { "SHA-256" }
                            } }
                            tbody { @for file in files.iter().take(FILES_MAX) { (file_row(file)) } }
                        }
                    }
                    @if files.len() > FILES_MAX { p { "And " (words::number((files.len() - FILES_MAX) as u64)) " more, in manifest.json." } }
                }
            }
            @if !problems.is_empty() {
                h3 { "What could not be read" }
                ul.problems { @for problem in problems.iter().take(PROBLEMS_MAX) { li { (problem_in_words(problem)) } } }
                @if problems.len() > PROBLEMS_MAX { p { "And " (words::number((problems.len() - PROBLEMS_MAX) as u64)) " more, in manifest.json." } }
            }
        }
    }
}

fn file_row(file: &SourceRecord) -> Markup {
    html! {
        tr {
            th scope="row" { code { (clean::value(&file.path)) } }
            td { (clean::value(&file.kind)) }
            td.figure { (words::bytes(file.size_bytes)) }
            td.figure { (words::number(file.events)) }
            td.figure { (words::number(file.records_failed)) }
            td {
                @if let (Some(first), Some(last)) = (file.first, file.last) { (words::moment(first)) " – " (words::moment(last)) }
            }
            td { code.hash { (clean::value(&file.sha256)) } }
        }
    }
}

pub(crate) fn problems<'a>(case: &Case<'a>) -> Vec<&'a Problem> {
    let manifest = case.manifest;
    manifest
        .problems
        .iter()
        .chain(manifest.sources.iter().flat_map(|file| &file.problems))
        .collect()
}

pub(crate) fn problem_in_words(problem: &Problem) -> String {
    let mut place = clean::value(&problem.path);
    if let Some(record) = problem.record {
        place.push_str(&format!(", record {record}"));
    }
    if let Some(offset) = problem.offset {
        place.push_str(&format!(", byte {offset}"));
    }
    format!("{place}: {}", clean::line(&problem.message))
}

pub(crate) fn rules_in_words(case: &Case<'_>) -> String {
    let mut text = format!("{} used", words::number(case.rules.len() as u64));
    if case.rule_problems > 0 {
        text.push_str(&format!(
            ", {} could not be loaded",
            words::number(case.rule_problems as u64)
        ));
    }
    text
}

pub(crate) fn evidence_in_words(case: &Case<'_>) -> String {
    let files = &case.manifest.sources;
    let sum = |of: fn(&SourceRecord) -> u64| files.iter().map(of).fold(0u64, u64::saturating_add);
    format!(
        "{}, {}, {} read, {}",
        words::count(files.len(), "file", "files"),
        words::bytes(sum(|file| file.size_bytes)),
        words::count(sum(|file| file.events) as usize, "event", "events"),
        words::count(
            sum(|file| file.records_failed) as usize,
            "unreadable record",
            "unreadable records"
        )
    )
}
