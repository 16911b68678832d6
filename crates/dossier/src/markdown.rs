//! The dossier as Markdown: the same content, shorter.

use std::fmt::Write;

use daylight_model::{Finding, Outcome};

use crate::clean::{self, markdown as text, markdown_value as value};
use crate::html::{candidate_name, clock_sentences, evidence_in_words, kind_in_words};
use crate::html::{problem_in_words, problems, rules_in_words, tags};
use crate::{Case, When, verdict, views, words};

/// How many of anything the Markdown lists; the HTML and the machine files hold more.
const FINDINGS_MAX: usize = 100;
const CLAIMS_MAX: usize = 200;
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
        capital(verdict.outcome.title())
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
                writeln!(
                    page,
                    "  - {:+.2} {}{source}",
                    reason.weight,
                    text(&reason.text)
                )?;
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
    let (of_story, others) = case.findings_by_story();
    if of_story.is_empty() {
        writeln!(page, "Nothing that bears on the story.")?;
    }
    findings(page, &of_story)?;
    if !others.is_empty() {
        writeln!(page, "\n### Also found, not of this story\n")?;
        findings(page, &others)?;
    }
    Ok(())
}

fn findings(page: &mut String, all: &[&Finding]) -> std::fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    let (shown, left_out) = views::most_severe(all, FINDINGS_MAX);
    writeln!(
        page,
        "| Time (UTC) | Machine | Level | What | Where it stands |"
    )?;
    writeln!(page, "|---|---|---|---|---|")?;
    for finding in shown {
        writeln!(
            page,
            "| {} | {} | {} | {} {} | {} {}, record {}, byte {} of {} |",
            words::moment_or_unknown(finding.time).trim_end_matches(" UTC"),
            finding
                .host
                .as_deref()
                .map_or_else(|| "not named".into(), value),
            finding.rule.level.as_str(),
            value(&finding.rule.title),
            value(&tags(finding)),
            finding.family.title(),
            finding
                .event_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            finding.record,
            finding.offset,
            value(&finding.file),
        )?;
    }
    if left_out > 0 {
        writeln!(
            page,
            "\n{} further, none more severe, in findings.jsonl.",
            words::number(left_out as u64)
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
        writeln!(
            page,
            "| **{}** {} | *all told* | {} {} | | {} |",
            value(&row.id),
            value(&row.name),
            sign(row.outcome),
            row.outcome.title(),
            text(&row.note)
        )?;
        for cell in &row.cells {
            writeln!(
                page,
                "| | {} | {} {} | {} | {} |",
                value(&cell.needs),
                sign(cell.outcome),
                cell.outcome.title(),
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
        write!(
            page,
            "- Report: {}",
            value(document.title.as_deref().unwrap_or(&document.source))
        )?;
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

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hit => "●",
        Outcome::NotSeen => "○",
        Outcome::CouldNotSee => "?",
    }
}
