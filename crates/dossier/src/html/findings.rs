//! What was found: a drawn timeline, and the chain of events down to the raw record.

use daylight_model::{Finding, Level};
use maud::{Markup, html};

use crate::groups::{self, CHAIN_LINES_MAX, Group, Step, VALUES_MAX};
use crate::{Case, clean, picture, words};

/// How many fields of one record, records of one rule and kinds of one step are shown.
const FIELDS_MAX: usize = 10;
const RECORDS_MAX: usize = 8;
const GROUPS_MAX: usize = 20;
/// How many lines tell what is not of the story.
const OTHER_LINES_MAX: usize = 5;
const TELLING_CHARACTERS_MAX: usize = 200;

pub(super) fn section(case: &Case<'_>, findings_max: usize) -> Markup {
    let hosts = case.hosts();
    let sorted = case.findings_by_story();
    let of_story = groups::steps(&sorted.of_story, &hosts);
    let context = groups::steps(&sorted.context, &hosts);
    let others = groups::steps(&sorted.others, &hosts);
    // A third of the room is kept for what is not of the story, where there is any.
    let most = match others.is_empty() && context.is_empty() {
        true => findings_max,
        false => findings_max * 2 / 3,
    };
    let rest = findings_max - most;
    let of_story = Chain::of(&of_story, CHAIN_LINES_MAX, most);
    let context = Chain::of(&context, OTHER_LINES_MAX, rest / 2);
    let others = Chain::of(&others, OTHER_LINES_MAX, rest - rest / 2);
    let shown = of_story.records() + context.records() + others.records();
    let found = case.findings.len();
    html! {
        section #found aria-labelledby="found-title" {
            h2 #found-title { "What was found" }
            (clock_warnings(case))
            @if shown < found {
                p.note {
                    "Shown with their records are " (words::number(shown as u64)) " of "
                    (words::number(found as u64)) " findings, the most severe of each kind before others; the other "
                    (words::number((found - shown) as u64)) " are in findings.jsonl, which holds all."
                }
            }
            @if sorted.of_story.is_empty() {
                p { "Nothing that bears on the story." }
            } @else {
                p.lead {
                    "What happened, in the order of time; each line opens onto the records behind it, "
                    "by number and byte offset in a file, and the file’s SHA-256. A match is a place "
                    "to look, not yet a proof."
                }
                @if let Some(drawn) = picture::timeline(&sorted.of_story, case.coverage.window, &hosts) {
                    (super::figure(&drawn, "timeline-text", "Timeline drawing"))
                }
                (of_story.markup())
            }
            @if !sorted.context.is_empty() {
                h3 { "On the same matter" }
                (context.markup())
            }
            @if !sorted.others.is_empty() {
                h3 { "Also found, not of this story" }
                (others.markup())
            }
        }
    }
}

/// The steps by time, the most severe open to view; the others are one click away.
struct Chain<'s, 'a> {
    open: Vec<&'s Step<'a>>,
    folded: Vec<&'s Step<'a>>,
    /// Steps for which there is no room.
    left_out: usize,
    /// How many records of each kind are shown.
    each_max: usize,
}

impl<'s, 'a> Chain<'s, 'a> {
    fn of(steps: &'s [Step<'a>], lines_max: usize, findings_max: usize) -> Self {
        let lines_max = lines_max.min(findings_max.max(1));
        let (open, _) = groups::chain(steps, lines_max);
        let (mut folded, left_out) = groups::chain(steps, findings_max);
        // Every kind gets the same share of the room for records.
        let kinds: usize = folded.iter().map(|step| step.groups().count()).sum();
        let each_max = (findings_max / kinds.max(1)).clamp(1, RECORDS_MAX);
        folded.retain(|step| !open.iter().any(|it| std::ptr::eq(*it, *step)));
        Self {
            open,
            folded,
            left_out,
            each_max,
        }
    }

    /// How many findings are shown with their record.
    fn records(&self) -> usize {
        let steps = self.open.iter().chain(&self.folded);
        steps
            .flat_map(|step| step.groups().take(GROUPS_MAX))
            .map(|group| group.findings.len().min(self.each_max))
            .sum()
    }

    fn markup(&self) -> Markup {
        let each_max = self.each_max;
        html! {
            ol.chain { @for step in &self.open { (one_step(step, each_max)) } }
            @if !self.folded.is_empty() {
                details {
                    summary { (words::count(self.folded.len(), "more step", "more steps")) }
                    ol.chain { @for step in &self.folded { (one_step(step, each_max)) } }
                }
            }
            @if self.left_out > 0 {
                p.note {
                    (words::count(self.left_out, "further step", "further steps"))
                    " can be read in findings.jsonl."
                }
            }
        }
    }
}

fn one_step(step: &Step<'_>, each_max: usize) -> Markup {
    let group = &step.lead;
    let level = group.rule.level;
    html! {
        li {
            details.step {
                summary {
                    span.time { (group.times()) } " "
                    span class={ "level level-" (level.as_str()) } {
                        span aria-hidden="true" { (level_sign(level)) } " " (level.as_str())
                    } " "
                    span.title { (group.title()) } (step.beside())
                    @if let Some(host) = group.host { span.host { " on " (clean::value(host)) } }
                    @if let Some((name, told)) = group.told(VALUES_MAX, TELLING_CHARACTERS_MAX) {
                        span.telling { (name) " " code { (told) } }
                    }
                }
                @for group in step.groups().take(GROUPS_MAX) { (one_group(group, each_max)) }
                @let more = step.groups().count().saturating_sub(GROUPS_MAX);
                @if more > 0 { p.note { (words::count(more, "kind more", "kinds more")) " in findings.jsonl." } }
            }
        }
    }
}

/// One rule on one machine: what it means, and its first records.
fn one_group(group: &Group<'_>, each_max: usize) -> Markup {
    let rule = group.rule;
    let ids = groups::ids(rule);
    html! {
        div.group {
            p {
                strong { (group.title()) } " "
                span.tags {
                    (rule.level.as_str()) " · " (group.times()) " · " (group.logs())
                    @if !ids.is_empty() { " · " (clean::value(&ids.join(", "))) }
                }
            }
            @if !rule.description.is_empty() { p { (clean::value(&rule.description)) } }
            @if !rule.false_positives.is_empty() {
                p { b { "What else may match: " } (clean::value(&rule.false_positives.join("; "))) }
            }
            p.tags { "Rule " code { (clean::value(&rule.id)) } " (" (clean::value(&rule.origin)) ")" }
            // On paper only the first record stands.
            @for finding in group.findings.iter().take(each_max) { (record(finding)) }
            @if group.findings.len() > each_max {
                p.note {
                    (words::count(group.findings.len() - each_max, "further finding", "further findings"))
                    " of this kind can be read in findings.jsonl."
                }
            }
        }
    }
}

/// Everything needed to find the record again, and what it holds.
fn record(finding: &Finding) -> Markup {
    let time = finding.time.map_or_else(
        || "unknown".into(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string(),
    );
    let fields = groups::fields(finding);
    html! {
        dl.fields.record {
            div { dt { "time" } dd { (time) } }
            div { dt { "record" } dd { "record " (finding.record) ", byte " (finding.offset) " of " code { (clean::value(&finding.file)) } } }
            div { dt { "SHA-256" } dd { code.hash { (clean::value(&finding.file_sha256)) } } }
            @for field in fields.iter().take(FIELDS_MAX) {
                div { dt { (clean::value(&field.field)) } dd { code { (clean::value(&field.value)) } } }
            }
            @if fields.len() > FIELDS_MAX { div { dt { "…" } dd { (fields.len() - FIELDS_MAX) " more in findings.jsonl" } } }
        }
    }
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
