//! `daylight hunt --explain`: why a rule found what it found, or nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context;
use daylight_dossier::{clean_line, clean_value};
use daylight_model::Manifest;
use daylight_pipeline::{
    Count, Explained, ExplainedRule, Explanation, HuntOptions, LogFit, Question, QuestionKind,
    RuleProblem, Step, Subject, WantedLog, explain, rule_set,
};
use serde_json::json;

use crate::commands::tell_problems;
use crate::error::Exit;
use crate::progress::Bar;
use crate::terminal::{self, count};

/// What is to be explained.
pub(super) struct Asked<'a> {
    pub(super) evidence: &'a [PathBuf],
    /// What a person calls the rule.
    pub(super) words: &'a str,
    pub(super) records: &'a [u64],
    pub(super) options: &'a HuntOptions,
    pub(super) json: bool,
    pub(super) quiet: bool,
}

pub(super) fn run(asked: &Asked<'_>) -> anyhow::Result<Exit> {
    let rules = rule_set(asked.options)?;
    let (rule, is_correlation, explainers) = match rules.look_up(asked.words) {
        Ok(Subject::Rules {
            rule,
            is_correlation,
            explainers,
        }) => (rule, is_correlation, explainers),
        Ok(Subject::Unusable(problems)) => return unusable(asked, &problems),
        Ok(_) => anyhow::bail!("`{}` is nothing that can be explained", asked.words),
        Err(error) => return Err(daylight_pipeline::Error::from(error).into()),
    };
    let explained = {
        let bar = Bar::new(asked.quiet);
        explain(
            asked.evidence,
            &rules,
            &explainers,
            asked.records,
            asked.options,
            &mut |progress| bar.follow(progress),
        )
    };
    if !asked.quiet {
        tell_problems(&explained.manifest, &[]);
    }
    if asked.json {
        let files = files(&explained);
        let value = json!({
            "id": rule.id,
            "title": rule.title,
            "is_correlation": is_correlation,
            "explanations": explained.rules,
            "files": files,
        });
        let text = serde_json::to_string_pretty(&value).context("cannot write JSON")?;
        terminal::say(&text)?;
        return Ok(Exit::Clear);
    }
    let mut text = String::new();
    if is_correlation {
        let rules = count(explained.rules.len() as u64, "rule");
        writeln!(
            text,
            "{} ({}) is a correlation of {rules}: it finds something where their matches come \
             together as it says.\n",
            clean_line(&rule.title),
            clean_line(&rule.id)
        )?;
    }
    for one in &explained.rules {
        write_rule(&mut text, one, &explained.manifest, asked)?;
    }
    terminal::say(&text)?;
    Ok(Exit::Clear)
}

/// The files that explanations speak of, by their numbers.
fn files(explained: &Explained) -> BTreeMap<usize, &str> {
    let spoken_of = explained
        .rules
        .iter()
        .flat_map(|rule| rule.records.iter().chain(&rule.summary.closest));
    let named = spoken_of.filter_map(|one| {
        let source = explained.manifest.sources.get(one.source)?;
        Some((one.source, source.path.as_str()))
    });
    named.collect()
}

fn unusable(asked: &Asked<'_>, problems: &[&RuleProblem]) -> anyhow::Result<Exit> {
    if asked.json {
        let problems = problems.iter().map(
            |problem| json!({"path": problem.path, "line": problem.line, "reason": problem.reason}),
        );
        let value = json!({"problems": problems.collect::<Vec<_>>()});
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
        return Ok(Exit::Clear);
    }
    let mut text = format!(
        "The rule `{}` cannot be used, so it finds nothing:\n",
        clean_line(asked.words)
    );
    for problem in problems {
        let line = problem.line.map(|line| format!(":{line}"));
        let (path, line) = (clean_line(&problem.path), line.unwrap_or_default());
        writeln!(text, "  {path}{line}: {}", clean_line(&problem.reason))?;
    }
    terminal::say(&text)?;
    Ok(Exit::Clear)
}

fn write_rule(
    text: &mut String,
    one: &ExplainedRule,
    manifest: &Manifest,
    asked: &Asked<'_>,
) -> anyhow::Result<()> {
    let (rule, summary) = (&one.rule, &one.summary);
    let (title, level) = (clean_line(&rule.title), rule.level.as_str());
    writeln!(text, "{title} ({}, {level})", clean_line(&rule.id))?;
    if one.wanted.is_empty() {
        let logs = clean_line(&one.log_words);
        writeln!(
            text,
            "No reader of Daylight's brings the events of this rule's logs ({logs}), so it is \
             never run.\n"
        )?;
        return Ok(());
    }
    writeln!(text, "Reads: {}", wanted(&one.wanted))?;
    writeln!(
        text,
        "{} read, {} of a log that the rule reads, {} matched",
        count(summary.events, "event"),
        summary.of_log,
        summary.matched
    )?;
    let others = [
        (summary.other_family, "of another kind of log"),
        (summary.other_event_id, "with another event id"),
        (summary.other_channel, "of another channel or provider"),
        (summary.other_event_type, "with another EventType"),
    ];
    let others = others.iter().filter(|(count, _)| *count > 0);
    let others: Vec<String> = others
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if !others.is_empty() {
        writeln!(text, "Not read by the rule: {}", others.join(", "))?;
    }
    if !asked.records.is_empty() {
        return write_records(text, one, manifest);
    }
    if summary.of_log == 0 {
        writeln!(text, "There were: {}\n", there_were(manifest))?;
        return Ok(());
    }
    let events = count(summary.of_log, "event");
    writeln!(text, "\nHow often each part holds, of {events}:")?;
    let width = summary.of_log.to_string().len();
    write_count(text, &summary.condition, summary.of_log, width, 1)?;
    if let Some(closest) = &summary.closest {
        let words = if closest.matches {
            "The first match"
        } else {
            "Nothing matched; what came closest"
        };
        writeln!(text, "\n{words}: {}", place(closest, manifest))?;
        write_step(text, &closest.condition, 1)?;
    }
    writeln!(text)?;
    Ok(())
}

fn write_records(
    text: &mut String,
    one: &ExplainedRule,
    manifest: &Manifest,
) -> anyhow::Result<()> {
    for explanation in &one.records {
        let outcome = if explanation.matches {
            "matches"
        } else {
            "does not match"
        };
        writeln!(text, "\n{}: {outcome}", place(explanation, manifest))?;
        if let Some(why) = misfit(explanation.log) {
            writeln!(
                text,
                "  the rule does not read it: {why}; it is {}",
                kind(explanation)
            )?;
        }
        write_step(text, &explanation.condition, 1)?;
    }
    if one.records.is_empty() {
        writeln!(text, "\nNo event has such a record number.")?;
    }
    if one.records_left_out > 0 {
        writeln!(
            text,
            "\n{} more records have such a number.",
            one.records_left_out
        )?;
    }
    writeln!(text)?;
    Ok(())
}

fn misfit(fit: LogFit) -> Option<&'static str> {
    Some(match fit {
        LogFit::OtherFamily => "it is of another kind of log",
        LogFit::OtherEventId => "it has another event id",
        LogFit::OtherChannel => "it is of another channel or provider",
        LogFit::OtherEventType => "its EventType is another",
        LogFit::Fits => return None,
    })
}

/// "Sysmon 1, channel Microsoft-Windows-Sysmon/Operational, provider Microsoft-Windows-Sysmon".
fn kind(event: &Explanation) -> String {
    let mut words = event.family.to_string();
    if let Some(id) = event.event_id {
        words.push_str(&format!(" {id}"));
    }
    for (name, value) in [("channel", &event.channel), ("provider", &event.provider)] {
        if let Some(value) = value {
            words.push_str(&format!(", {name} {}", clean_value(value)));
        }
    }
    words
}

/// "logs/Security.evtx, record 12, 2021-03-03T10:00:00Z".
fn place(event: &Explanation, manifest: &Manifest) -> String {
    let source = manifest.sources.get(event.source);
    let path = source.map_or("?", |source| &source.path);
    let time = event.time.map(|time| format!(", {time}"));
    let time = time.unwrap_or_default();
    format!("{}, record {}{time}", clean_line(path), event.record)
}

/// "Sysmon 1 of Microsoft-Windows-Sysmon; Windows Security 4688 of …".
fn wanted(wanted: &[WantedLog]) -> String {
    let one = |wanted: &WantedLog| {
        let ids = wanted.source.event_ids.iter().map(ToString::to_string);
        let ids = ids.collect::<Vec<_>>().join(", ");
        let mut words = format!("{} {ids}", wanted.source.family)
            .trim_end()
            .to_owned();
        if let Some(provider) = &wanted.source.provider {
            words.push_str(&format!(" of {}", clean_value(provider)));
        }
        if !wanted.channels.is_empty() {
            words.push_str(&format!(" in {}", wanted.channels.join(" or ")));
        }
        if !wanted.event_types.is_empty() {
            words.push_str(&format!(
                " with EventType {}",
                wanted.event_types.join(" or ")
            ));
        }
        words
    };
    wanted.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Most kinds of events that are told of.
const KINDS_SHOWN_MAX: usize = 12;

/// "Sysmon 3 (12), Windows Security 4624 (3)", the most frequent first.
fn there_were(manifest: &Manifest) -> String {
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for statistic in manifest.sources.iter().flat_map(|one| &one.statistics) {
        let id = statistic.event_id.map(|id| format!(" {id}"));
        let name = format!("{}{}", statistic.family, id.unwrap_or_default());
        *kinds.entry(name).or_default() += statistic.count;
    }
    if kinds.is_empty() {
        return "no events at all".to_owned();
    }
    let mut kinds: Vec<(String, u64)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown = kinds.iter().take(KINDS_SHOWN_MAX);
    let shown = shown.map(|(name, count)| format!("{name} ({count})"));
    let mut words = shown.collect::<Vec<_>>().join(", ");
    if kinds.len() > KINDS_SHOWN_MAX {
        words.push_str(&format!(
            " and {} more kinds",
            kinds.len() - KINDS_SHOWN_MAX
        ));
    }
    words
}

/// "selection: Image ends with 'cmd.exe'".
fn question(question: &Question) -> String {
    let name = question.name.as_deref().map(clean_value);
    let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
    let field = match (&question.field, question.kind) {
        (Some(field), _) => format!("{} ", clean_value(field)),
        (None, QuestionKind::Keyword) => "the record ".to_owned(),
        (None, _) => String::new(),
    };
    format!("{name}{field}{}", clean_line(&question.asked))
}

/// As deep as the condition, which the parser of rules has bounded.
fn write_count(
    text: &mut String,
    part: &Count,
    events: u64,
    width: usize,
    depth: usize,
) -> anyhow::Result<()> {
    let mut remarks = Vec::new();
    if part.held == 0 {
        remarks.push("never held".to_owned());
    }
    match part.absent {
        0 => {}
        absent if absent == events => remarks.push("the field was absent in all".to_owned()),
        absent => remarks.push(format!("the field was absent in {absent}")),
    }
    let dash = if remarks.is_empty() { "" } else { " – " };
    let remarks = format!("{dash}{}", remarks.join("; "));
    let (held, indent) = (part.held, "  ".repeat(depth));
    let question = question(&part.question);
    writeln!(text, "  {held:>width$}{indent}{question}{remarks}")?;
    for part in &part.steps {
        write_count(text, part, events, width, depth + 1)?;
    }
    Ok(())
}

/// As deep as the condition, which the parser of rules has bounded.
fn write_step(text: &mut String, step: &Step, depth: usize) -> anyhow::Result<()> {
    let (indent, mark) = ("  ".repeat(depth), if step.holds { "yes" } else { "no " });
    writeln!(text, "  {mark}{indent}{}", question(&step.question))?;
    let deeper = format!("       {indent}");
    if step.question.kind == QuestionKind::Field && step.found.is_empty() {
        writeln!(text, "{deeper}absent")?;
    }
    for found in &step.found {
        let values: Vec<String> = found.values.iter().map(|one| clean_value(one)).collect();
        let more = match found.more {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let field = clean_value(&found.field);
        writeln!(text, "{deeper}{field} = {}{more}", values.join(" | "))?;
    }
    for step in &step.steps {
        write_step(text, step, depth + 1)?;
    }
    Ok(())
}
