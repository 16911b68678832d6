//! What was found: a drawn timeline, and a table down to the raw record.

use daylight_model::{Finding, Level, MatchedField};
use maud::{Markup, html};

use super::timeline;
use crate::{Case, clean, views, words};

/// How many fields of one finding are shown, and at a glance.
const FIELDS_MAX: usize = 10;
const TELLING_FIELDS_MAX: usize = 3;
const TELLING_CHARACTERS_MAX: usize = 160;

pub(super) fn section(case: &Case<'_>, findings_max: usize) -> Markup {
    let (of_story, others) = case.findings_by_story();
    let (of_story, of_story_left) = views::most_severe(&of_story, findings_max);
    let (others, others_left) =
        views::most_severe(&others, findings_max.saturating_sub(of_story.len()));
    html! {
        section #found aria-labelledby="found-title" {
            h2 #found-title { "What was found" }
            (clock_warnings(case))
            @if of_story.is_empty() {
                p { "Nothing that bears on the story." }
            } @else {
                p.lead {
                    "Each finding leads back to one raw record: its number and byte offset in a file, "
                    "and the file’s SHA-256. A match is a place to look, not yet a proof."
                }
                (timeline::drawing(&of_story, case.coverage.window))
                (table(&of_story, "Findings that bear on the story, by time"))
            }
            (left_out(of_story_left))
            @if !others.is_empty() || others_left > 0 {
                h3 { "Also found, not of this story" }
                @if !others.is_empty() { (table(&others, "Findings on other matters, by time")) }
                (left_out(others_left))
            }
        }
    }
}

fn left_out(how_many: usize) -> Markup {
    html! {
        @if how_many > 0 {
            p.note {
                (words::count(how_many, "further finding", "further findings"))
                ", none more severe than those shown, can be read in findings.jsonl."
            }
        }
    }
}

fn table(findings: &[&Finding], caption: &str) -> Markup {
    html! {
        table.stacked.findings {
            caption { (caption) }
            thead { tr { th scope="col" { "Time (UTC)" } th scope="col" { "Machine" } th scope="col" { "What, and where it stands" } } }
            tbody { @for finding in findings { (row(finding)) } }
        }
    }
}

fn row(finding: &Finding) -> Markup {
    let time = finding.time.map_or_else(
        || "unknown".into(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string(),
    );
    html! {
        tr {
            td.time data-label="Time" { (time) }
            td data-label="Machine" { (finding.host.as_deref().map_or_else(|| "not named".into(), clean::value)) }
            th scope="row" {
                span class={ "level level-" (finding.rule.level.as_str()) } {
                    span aria-hidden="true" { (level_sign(finding.rule.level)) } " " (finding.rule.level.as_str())
                } " "
                span.title { (clean::value(&finding.rule.title)) }
                span.tags {
                    (finding.family.title()) @if let Some(id) = finding.event_id { " " (id) }
                    ", record " (finding.record)
                    @let tags = tags(finding);
                    @if !tags.is_empty() { " · " (tags) }
                }
                @for field in telling(finding) {
                    span.telling { (clean::value(&field.field)) " " code { (clean::shorten_quietly(&field.value, TELLING_CHARACTERS_MAX)) } }
                }
                (record(finding))
            }
        }
    }
}

/// The fields that tell the story at a glance, best first.
fn telling(finding: &Finding) -> Vec<&MatchedField> {
    const BEST: [&str; 14] = [
        "CommandLine",
        "TargetFilename",
        "cs-uri-stem",
        "UrlStem",
        "AnchorMailbox",
        "cs-uri-query",
        "ScriptBlockText",
        "RelativeTargetName",
        "ServiceName",
        "ImagePath",
        "c-ip",
        "ClientIpAddress",
        "Image",
        "ParentImage",
    ];
    let rank = |field: &MatchedField| {
        BEST.iter()
            .position(|name| name.eq_ignore_ascii_case(&field.field))
            .unwrap_or(BEST.len())
    };
    let mut fields = fields(finding);
    fields.retain(|field| {
        !matches!(
            field.field.as_str(),
            "EventID" | "Provider_Name" | "Channel"
        )
    });
    // The whole message repeats what the fields say; it is shown where there is nothing else.
    if fields.len() > 1 {
        fields.retain(|field| field.field != "Message");
    }
    fields.sort_by_key(|field| rank(field));
    fields.truncate(TELLING_FIELDS_MAX);
    fields
}

/// What made it match and what tells the story, each value once.
fn fields(finding: &Finding) -> Vec<&MatchedField> {
    let mut fields: Vec<&MatchedField> = Vec::new();
    for field in finding.matched.iter().chain(&finding.context) {
        if fields.iter().all(|known| known.value != field.value) {
            fields.push(field);
        }
    }
    fields
}

/// Everything needed to find the record again, and what it holds.
fn record(finding: &Finding) -> Markup {
    let rule = &finding.rule;
    let fields = fields(finding);
    html! {
        details {
            summary { "Record and rule" }
            dl.fields {
                div { dt { "file" } dd { code { (clean::value(&finding.file)) } } }
                div { dt { "SHA-256" } dd { code.hash { (clean::value(&finding.file_sha256)) } } }
                div { dt { "record, offset" } dd { (finding.record) ", byte " (finding.offset) } }
                @if let Some(provider) = &finding.provider { div { dt { "provider" } dd { (clean::value(provider)) } } }
                @for field in fields.iter().take(FIELDS_MAX) {
                    div { dt { (clean::value(&field.field)) } dd { code { (clean::value(&field.value)) } } }
                }
                @if fields.len() > FIELDS_MAX { div { dt { "…" } dd { (fields.len() - FIELDS_MAX) " more in findings.jsonl" } } }
                div { dt { "rule" } dd { code { (clean::value(&rule.id)) } " (" (clean::value(&rule.origin)) ")" } }
            }
            @if !rule.description.is_empty() { p { (clean::value(&rule.description)) } }
            @if !rule.false_positives.is_empty() {
                p { b { "What else may match: " } (clean::value(&rule.false_positives.join("; "))) }
            }
        }
    }
}

/// Techniques and flaws a rule names, as people write them.
pub(crate) fn tags(finding: &Finding) -> String {
    let ids: Vec<String> = finding
        .rule
        .vulnerabilities()
        .chain(finding.rule.techniques())
        .collect();
    clean::value(&ids.join(", "))
}

pub(crate) const fn level_sign(level: Level) -> &'static str {
    match level {
        Level::Critical => "◆",
        Level::High => "▲",
        Level::Medium => "■",
        Level::Low => "▪",
        Level::Informational => "·",
    }
}

fn clock_warnings(case: &Case<'_>) -> Markup {
    let warnings = clock_sentences(case);
    html! {
        @if !warnings.is_empty() {
            aside.warning aria-labelledby="clocks-title" {
                h3 #clocks-title { "Clocks that disagree" }
                ul { @for warning in warnings { li { (warning) } } }
                p { "Times are shown as the field used says; nothing was shifted." }
            }
        }
    }
}

/// One sentence for each file whose clocks differ.
pub(crate) fn clock_sentences(case: &Case<'_>) -> Vec<String> {
    let differing = case.manifest.sources.iter().flat_map(|source| {
        source
            .clock_differences
            .iter()
            .map(move |difference| (source, difference))
    });
    differing
        .take(50)
        .map(|(source, difference)| {
            let direction = if difference.difference_seconds < 0 {
                "behind"
            } else {
                "ahead of"
            };
            format!(
                "In {}, {} runs {} {direction} {}, the field used for times ({}).",
                clean::value(&source.path),
                clean::value(&difference.other),
                words::clock_difference(difference.difference_seconds),
                clean::value(&difference.used),
                words::count(
                    usize::try_from(difference.events).unwrap_or(usize::MAX),
                    "event",
                    "events"
                ),
            )
        })
        .collect()
}
