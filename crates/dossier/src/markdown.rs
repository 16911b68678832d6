//! The dossier as Markdown: the same content, shorter.

use std::fmt::Write;

use daylight_model::Outcome;

use crate::clean::{self, markdown as text, markdown_value as value};
use crate::groups::{self, CHAIN_LINES_MAX, Group, Step, VALUES_MAX};
use crate::html::{candidate_name, clock_sentences, evidence_in_words, kind_in_words, weight};
use crate::html::{problem_in_words, problems, rules_in_words};
use crate::reach::Reach;
use crate::windows::window_of;
use crate::{Case, When, incidents, verdict, views, words};

/// How many of anything the Markdown lists; the HTML and the machine files hold more.
const STEPS_MAX: usize = 60;
const GROUPS_MAX: usize = 12;
const TOLD_CHARACTERS_MAX: usize = 180;
const CLAIMS_MAX: usize = 200;
const INCIDENTS_MAX: usize = 60;
const FILES_MAX: usize = 100;

/// The dossier as Markdown.
///
/// Everything foreign is escaped, addresses included: no viewer makes a link or a picture of
/// what a report or a log says.
#[must_use]
pub fn markdown(case: &Case<'_>) -> String {
    let mut out = String::new();
    let page = &mut out;
    // Writing to a string cannot fail.
    let _ = head(page, case)
        .and_then(|()| said(page, case))
        .and_then(|()| happened(page, case))
        .and_then(|()| means(page, case))
        .and_then(|()| found(page, case))
        .and_then(|()| coverage(page, case))
        .and_then(|()| to_do(page, case))
        .and_then(|()| made(page, case));
    out
}

fn head(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    writeln!(page, "# {}\n", text(&views::title(case)))?;
    write!(page, "Daylight dossier, {}", words::moment(case.generated))?;
    if let Some(label) = views::tlp(case) {
        write!(page, " · **{label}**")?;
    }
    writeln!(page, "\n\n## The answer\n")?;
    let verdict = verdict(case);
    writeln!(
        page,
        "**{} {}**\n",
        sign(verdict.outcome),
        words::capital(verdict.outcome.title())
    )?;
    for (name, line) in verdict.lines() {
        writeln!(page, "- **{name}:** {}", text(&line))?;
    }
    Ok(())
}

fn said(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    writeln!(page, "\n## What is said, and by whom\n")?;
    writeln!(page, "These are claims, not facts.")?;
    let groups = views::claims_by_speaker(case.readings);
    let total: usize = groups.iter().map(|group| group.claims.len()).sum();
    let mut room = CLAIMS_MAX;
    for group in &groups {
        let shown = group.claims.len().min(room);
        room -= shown;
        if shown > 0 {
            writeln!(page, "\n### {}\n", text(&group.speakers))?;
        }
        for said in group.claims.iter().take(shown) {
            write!(
                page,
                "- {} (*{}*)",
                text(&words::claim_in_words(said.claim)),
                said.claim.force.as_str()
            )?;
            for (name, words) in words::qualifiers(said.claim) {
                write!(page, "; {name} {}", text(&words))?;
            }
            writeln!(page, "\n  > {}", text(&said.claim.sentence))?;
        }
    }
    if total == 0 {
        writeln!(page, "\nNo claim was read out of the reports.")?;
    } else if total > CLAIMS_MAX {
        writeln!(
            page,
            "\nShown are {CLAIMS_MAX} of {} claims.",
            words::number(total as u64)
        )?;
    }
    let disagreements = views::disagreements(case.readings);
    if !disagreements.is_empty() {
        writeln!(page, "\n### Denials\n")?;
    }
    for disagreement in disagreements.iter().take(20) {
        let denial = disagreement.denial.claim;
        write!(
            page,
            "- {}: {}.",
            text(&words::speaker_chain(denial)),
            text(&words::claim_in_words(denial))
        )?;
        let others: Vec<String> = disagreement
            .against
            .iter()
            .map(|other| {
                format!(
                    "{}: {}",
                    words::speaker_chain(other.claim),
                    words::claim_in_words(other.claim)
                )
            })
            .collect();
        if !others.is_empty() {
            write!(page, " Against it: {}.", text(&others.join("; ")))?;
        }
        writeln!(page)?;
    }
    described(page, case)
}

fn described(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    if case
        .readings
        .iter()
        .all(|reading| reading.described.is_empty())
    {
        return Ok(());
    }
    writeln!(
        page,
        "\n### {}\n\n{}\n",
        words::DESCRIBED_TITLE,
        words::DESCRIBED_LEAD
    )?;
    for reading in case.readings {
        for technique in &reading.described {
            let sentence = technique.sentence.of(&reading.document.text);
            writeln!(page, "- {}", text(&words::described(technique)))?;
            writeln!(page, "  > {}", text(sentence))?;
        }
    }
    Ok(())
}

fn happened(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    if case
        .readings
        .iter()
        .all(|reading| reading.incidents.is_empty())
    {
        return Ok(());
    }
    writeln!(page, "\n## What is said to have happened\n")?;
    writeln!(
        page,
        "Read by a model or by rules, and no fact either. Mentions of one incident are not joined.\n"
    )?;
    for reading in case.readings {
        let (shown, total) = incidents::first(reading, INCIDENTS_MAX);
        for incident in &shown {
            let title = incidents::title(incident);
            let read_by = incidents::read_by(incident);
            write!(page, "- {title}: “{}” (*{read_by}*)", text(&incident.text))?;
            for (role, words) in incidents::roles(reading, incident) {
                write!(page, "; {role} {}", text(&words))?;
            }
            writeln!(
                page,
                "\n  > {}",
                text(incidents::sentence(reading, incident))
            )?;
        }
        if total > shown.len() {
            let total = words::number(total as u64);
            writeln!(page, "\nShown are {} of {total} incidents.", shown.len())?;
        }
    }
    Ok(())
}

fn means(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    writeln!(page, "\n## What it means technically\n")?;
    writeln!(
        page,
        "Daylight’s own inference; no source says what stands here. Scores order, they are not \
         probabilities. A group listed here is one that somebody links to the same flaw or \
         operation, not a culprit."
    )?;
    for link in case.links.iter().flatten().take(60) {
        writeln!(page, "\n### “{}”\n", value(&link.mention))?;
        for candidate in link.candidates.iter().take(40) {
            writeln!(
                page,
                "- **{}** ({}, score {:.2})",
                value(&candidate_name(candidate)),
                kind_in_words(candidate.kind),
                candidate.score
            )?;
            for reason in candidate.reasons.iter().take(20) {
                let source = reason
                    .source
                    .as_deref()
                    .map(|it| format!(" — {}", value(it)))
                    .unwrap_or_default();
                writeln!(page, "  - {}{}{source}", weight(reason), text(&reason.text))?;
            }
        }
    }
    Ok(())
}

fn found(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    writeln!(page, "\n## What was found\n")?;
    for warning in clock_sentences(case) {
        writeln!(
            page,
            "> **Clocks disagree.** {} Nothing was shifted.\n",
            text(&warning)
        )?;
    }
    let hosts = case.hosts();
    let sorted = case.findings_by_story();
    if sorted.of_story.is_empty() {
        writeln!(page, "Nothing that bears on the story.")?;
    }
    let of_story = groups::steps(&sorted.of_story, &hosts);
    chain(page, &of_story)?;
    if !of_story.is_empty() {
        writeln!(page, "\n### What matched, step by step\n")?;
        step_by_step(page, &of_story)?;
    }
    for (heading, findings) in [
        ("On the same matter", &sorted.context),
        ("Also found, not of this story", &sorted.others),
    ] {
        if !findings.is_empty() {
            writeln!(page, "\n### {heading}\n")?;
            step_by_step(page, &groups::steps(findings, &hosts))?;
        }
    }
    Ok(())
}

/// What happened, in a dozen lines.
fn chain(page: &mut String, steps: &[Step<'_>]) -> std::fmt::Result {
    if steps.is_empty() {
        return Ok(());
    }
    let (shown, left_out) = groups::chain(steps, CHAIN_LINES_MAX);
    writeln!(
        page,
        "| First – last (UTC) | Machine | Level | What | What matched |"
    )?;
    writeln!(page, "|---|---|---|---|---|")?;
    for step in shown {
        writeln!(
            page,
            "| {} | {} | {} | {}{} | {} |",
            step.lead.times(),
            machine(&step.lead),
            step.lead.rule.level.as_str(),
            value(&step.lead.title()),
            step.beside(),
            told(&step.lead),
        )?;
    }
    if left_out > 0 {
        writeln!(
            page,
            "\n{} below.",
            words::count(left_out, "more step", "more steps")
        )?;
    }
    Ok(())
}

/// The telling value, short enough for a table.
fn told(group: &Group<'_>) -> String {
    let told = group.told(1, TOLD_CHARACTERS_MAX / 3);
    told.map_or_else(String::new, |(_, told)| value(&told))
}

fn machine(group: &Group<'_>) -> String {
    group.host.map_or_else(|| "not named".into(), value)
}

/// Each step with what matched, and where its first record stands.
fn step_by_step(page: &mut String, steps: &[Step<'_>]) -> std::fmt::Result {
    let (shown, left_out) = groups::chain(steps, STEPS_MAX);
    for step in shown {
        for (index, group) in step.groups().take(GROUPS_MAX).enumerate() {
            let (indent, bold) = if index == 0 { ("", "**") } else { ("  ", "") };
            write!(
                page,
                "{indent}- {bold}{}{bold} · {} · {}",
                value(&group.title()),
                group.rule.level.as_str(),
                group.times()
            )?;
            if index == 0 {
                write!(page, " · {}", machine(group))?;
            }
            let ids = groups::ids(group.rule);
            if !ids.is_empty() {
                write!(page, " · {}", value(&ids.join(", ")))?;
            }
            writeln!(page)?;
            what_matched(page, group, indent)?;
        }
        let more = step.groups().count().saturating_sub(GROUPS_MAX);
        if more > 0 {
            writeln!(
                page,
                "  - {} in findings.jsonl",
                words::count(more, "kind more", "kinds more")
            )?;
        }
    }
    if left_out > 0 {
        writeln!(
            page,
            "\n{} in findings.jsonl.",
            words::count(left_out, "further step", "further steps")
        )?;
    }
    Ok(())
}

fn what_matched(page: &mut String, group: &Group<'_>, indent: &str) -> std::fmt::Result {
    let told = group.told(VALUES_MAX, TOLD_CHARACTERS_MAX);
    if let Some((name, told)) = told {
        writeln!(page, "{indent}  - {}: {}", value(&name), value(&told))?;
    }
    if let Some(finding) = group.findings.first() {
        let first = if group.findings.len() > 1 {
            "first: "
        } else {
            ""
        };
        writeln!(
            page,
            "{indent}  - {}; {first}record {}, byte {} of {}",
            group.logs(),
            finding.record,
            finding.offset,
            value(&finding.file),
        )?;
    }
    Ok(())
}

fn coverage(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    writeln!(page, "\n## What was not seen, and what could not be seen\n")?;
    match case.coverage.window {
        Some(window) => {
            let source = case
                .coverage
                .window_source
                .as_deref()
                .map(|it| format!(" ({})", value(it)));
            writeln!(
                page,
                "The operation ran {}{}.\n",
                words::interval(window),
                source.unwrap_or_default()
            )?;
        }
        None => writeln!(page, "When the operation ran is not known.\n")?,
    }
    if case.coverage.rows.is_empty() {
        return writeln!(
            page,
            "The story led to nothing that can be looked for in logs."
        );
    }
    writeln!(page, "| Looked for | Events | Outcome | Read | Why |")?;
    writeln!(page, "|---|---|---|---|---|")?;
    for row in &case.coverage.rows {
        let window = window_of(row, case.coverage);
        writeln!(
            page,
            "| **{}** {} | *all told* | {} {} | | {} |",
            value(&row.id),
            value(&row.name),
            sign(row.outcome),
            Reach::of_row(row, window).outcome(row.outcome),
            text(&row.note)
        )?;
        for cell in &row.cells {
            writeln!(
                page,
                "| | {} | {} {} | {} | {} |",
                value(&cell.needs),
                sign(cell.outcome),
                Reach::of_cell(cell, window).outcome(cell.outcome),
                words::number(cell.events),
                text(&cell.note)
            )?;
        }
    }
    Ok(())
}

fn to_do(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    writeln!(page, "\n## What to do")?;
    for when in When::ALL {
        let items: Vec<_> = case
            .advice
            .iter()
            .filter(|advice| advice.when == when)
            .collect();
        if items.is_empty() {
            continue;
        }
        writeln!(page, "\n### {}\n", when.title())?;
        for advice in items {
            write!(
                page,
                "- **{}** {}",
                text(&advice.text),
                text(&advice.reason)
            )?;
            if !advice.source.is_empty() {
                write!(page, " Source: {}.", value(&advice.source))?;
            }
            writeln!(page)?;
        }
    }
    Ok(())
}

fn made(page: &mut String, case: &Case<'_>) -> std::fmt::Result {
    writeln!(page, "\n## Sources, and how it was made\n")?;
    for reading in case.readings {
        let document = &reading.document;
        write!(page, "- Report: {}", value(document.name()))?;
        for (name, what) in [
            ("", &document.publisher),
            (
                "first published by ",
                &document.originator.as_ref().map(|it| it.name.clone()),
            ),
            ("", &document.published.map(words::moment)),
            ("", &document.url),
            ("", &document.tlp),
        ] {
            if let Some(what) = what {
                write!(page, ", {name}{}", value(what))?;
            }
        }
        writeln!(page, "; SHA-256 `{}`", plain(&document.sha256))?;
    }
    writeln!(
        page,
        "- Tool: Daylight {}, {}",
        value(case.tool_version),
        words::duration(case.duration_seconds)
    )?;
    if let Some(command) = case.command {
        writeln!(page, "- Command: {}", value(command))?;
    }
    writeln!(page, "- Rules: {}", rules_in_words(case))?;
    writeln!(page, "- Evidence: {}", evidence_in_words(case))?;
    for file in case.manifest.sources.iter().take(FILES_MAX) {
        writeln!(
            page,
            "  - {} ({}, {} events), SHA-256 `{}`",
            value(&file.path),
            value(&file.kind),
            words::number(file.events),
            plain(&file.sha256)
        )?;
    }
    let more = case.manifest.sources.len().saturating_sub(FILES_MAX);
    if more > 0 {
        writeln!(
            page,
            "  - {} more in manifest.json",
            words::number(more as u64)
        )?;
    }
    for problem in problems(case).into_iter().take(FILES_MAX) {
        writeln!(
            page,
            "- Could not be read: {}",
            text(&problem_in_words(problem))
        )?;
    }
    Ok(())
}

/// Inside backticks only letters, digits and dashes: nothing ends the code early.
fn plain(hash: &str) -> String {
    clean::value(hash)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect()
}

const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hit => "●",
        Outcome::NotSeen => "○",
        Outcome::CouldNotSee => "?",
    }
}
