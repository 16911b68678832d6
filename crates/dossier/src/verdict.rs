//! The answer in five lines.

use std::collections::HashSet;

use daylight_model::{CoverageRow, Finding, Level, Outcome, Rule, SubjectKind, Timestamp};
use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::case::{ByStory, is_decisive};
use crate::reach::Reach;
use crate::windows::{self, Windows, misses_window, window_of};
use crate::{Case, When, words};

/// How many machines, and things to do, the short answer names.
const SHORT_LIST_MAX: usize = 5;

/// What the investigation answers, for people in a hurry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How the hunt for what the story leads to ended.
    pub outcome: Outcome,
    /// The answer in a sentence.
    pub headline: String,
    /// When the first trace that bears on the story was left.
    pub since: Option<Timestamp>,
    /// How bad that first trace is: up to medium it may be an attempt only.
    pub since_level: Option<Level>,
    /// When the first trace was left that shows more than the first one: the first of level
    /// high or above after an attempt, the first critical one after one of level high.
    pub success: Option<Timestamp>,
    /// When the last was.
    pub until: Option<Timestamp>,
    /// The machines it was left on, each once, in the order of names; `full name (short
    /// name)` where the evidence uses both.
    pub hosts: Vec<String>,
    /// All machines the evidence names, in the same way.
    pub hosts_read: Vec<String>,
    /// How sure that is, and what it does not say.
    pub certainty: String,
    /// What to do before anything else.
    pub do_now: Vec<String>,
    /// Findings of level medium or above that bear on the story.
    pub story_findings: usize,
    /// Findings of level medium or above on the same matter that no row counts: attempts
    /// that failed, and what was done besides.
    pub related_findings: usize,
    /// Findings of level medium or above on other matters.
    pub other_findings: usize,
    /// Whether anything of level medium or above was found, on the story or not: this is
    /// what an exit code tells.
    pub exit_found: bool,
}

impl Verdict {
    /// The answer as five labelled lines: verdict, first trace, where, how sure, do now.
    #[must_use]
    pub fn lines(&self) -> [(&'static str, String); 5] {
        let since = match self.since {
            Some(since) => self.since_in_words(since),
            None if self.outcome == Outcome::Hit => "the events carry no time".into(),
            None => self.without_trace("no trace was found"),
        };
        let hosts = match self.outcome {
            _ if !self.hosts.is_empty() => words::list_at_most(&self.hosts, SHORT_LIST_MAX),
            Outcome::Hit => "the events name no machine".into(),
            Outcome::NotSeen if !self.hosts_read.is_empty() => format!(
                "no trace on what was read of {}",
                words::list_at_most(&self.hosts_read, SHORT_LIST_MAX)
            ),
            _ => self.without_trace("nowhere in what was read"),
        };
        let now = if self.do_now.is_empty() {
            "nothing that cannot wait".into()
        } else {
            self.do_now.join(" ")
        };
        [
            ("Verdict", self.headline.clone()),
            ("First trace", since),
            ("Where", hosts),
            ("How sure", self.certainty.clone()),
            ("Do now", now),
        ]
    }

    fn since_in_words(&self, since: Timestamp) -> String {
        let mut text = words::moment(since);
        let level = self.since_level.unwrap_or(Level::Medium);
        match self.success {
            Some(success) if level <= Level::Medium => text.push_str(&format!(
                " (an attempt, by its level {}); first sign of success {}",
                level.as_str(),
                words::moment(success)
            )),
            Some(success) => text.push_str(&format!(
                " (level {}); first of level critical {}",
                level.as_str(),
                words::moment(success)
            )),
            None if self.outcome != Outcome::Hit => {
                text.push_str(" (an attempt; nothing shows that it succeeded)");
            }
            None => {}
        }
        if let Some(until) = self.until.filter(|until| *until != since) {
            text.push_str(&format!("; last trace {}", words::moment(until)));
        }
        text
    }

    /// What stands where a trace would: an absence, if it could have been seen.
    fn without_trace(&self, absence: &str) -> String {
        if self.outcome == Outcome::CouldNotSee {
            "cannot be told"
        } else {
            absence
        }
        .into()
    }
}

/// Draws the conclusion.
///
/// Only findings of level *medium* or above that some row of the coverage table counts
/// make a hit: what was found on other matters is told apart, and decides nothing but
/// [`Verdict::exit_found`].
#[must_use]
pub fn verdict(case: &Case<'_>) -> Verdict {
    let ByStory {
        of_story,
        context,
        others,
    } = case.findings_by_story();
    let related: Vec<&Finding> = context.into_iter().filter(|it| is_decisive(it)).collect();
    let other_findings = others
        .into_iter()
        .filter(|finding| is_decisive(finding))
        .count();
    let rows = &case.coverage.rows;
    let outcome = if !of_story.is_empty() {
        Outcome::Hit
    } else if rows.iter().any(|row| row.outcome == Outcome::NotSeen) {
        Outcome::NotSeen
    } else {
        Outcome::CouldNotSee
    };
    // What lies outside the time of the operation dates and places nothing, unless it is all.
    let windows = Windows::of(case.coverage);
    let core = windows.nearest(&of_story);
    let names = case.hosts();
    let files = case.manifest.sources.iter();
    // What was tried before belongs to the story as well.
    let attempts = related.iter().copied().filter(|it| is_attempt(&it.rule));
    let attempts: Vec<&Finding> = attempts.filter(|it| !windows.is_outside(it)).collect();
    let first = core
        .iter()
        .chain(&attempts)
        .filter(|finding| finding.time.is_some())
        .min_by_key(|finding| (finding.time, std::cmp::Reverse(finding.rule.level)));
    let since_level = first.map(|finding| finding.rule.level);
    let do_now = case.advice.iter().filter(|advice| advice.when == When::Now);
    Verdict {
        outcome,
        headline: headline(
            case,
            &windows,
            outcome,
            &of_story,
            related.len(),
            other_findings,
        ),
        since: first.and_then(|finding| finding.time),
        since_level,
        success: since_level.and_then(|level| success(&core, level)),
        until: core
            .iter()
            .chain(&attempts)
            .filter_map(|finding| finding.time)
            .max(),
        hosts: names.titles(core.iter().filter_map(|finding| finding.host.as_deref())),
        hosts_read: names.titles(files.flat_map(|file| file.hosts.iter().map(String::as_str))),
        certainty: certainty(case, &windows, outcome, &of_story),
        do_now: do_now
            .map(|advice| advice.text.clone())
            .take(SHORT_LIST_MAX)
            .collect(),
        story_findings: of_story.len(),
        related_findings: related.len(),
        other_findings,
        exit_found: !of_story.is_empty() || !related.is_empty() || other_findings > 0,
    }
}

/// Whether a rule tells of knocking at the door.
fn is_attempt(rule: &Rule) -> bool {
    crate::groups::tactics(rule).any(|it| matches!(it, "reconnaissance" | "initial-access"))
}

/// When the first finding was made that shows more than one of level `since` does.
fn success(findings: &[&Finding], since: Level) -> Option<Timestamp> {
    let wanted = if since <= Level::Medium {
        Level::High
    } else {
        Level::Critical
    };
    findings
        .iter()
        .filter(|finding| since < wanted && finding.rule.level >= wanted)
        .filter_map(|finding| finding.time)
        .min()
}

/// Why nothing at all could be seen, where no event was read.
fn nothing_read(case: &Case<'_>) -> Option<String> {
    let files = &case.manifest.sources;
    if files.iter().any(|file| file.events > 0) {
        return None;
    }
    let reason = match files.len() {
        0 => "no evidence could be read.".into(),
        1 => "no event could be read from the one file handed in.".into(),
        many => format!(
            "no event could be read from any of the {} files handed in.",
            words::number(many as u64)
        ),
    };
    Some(format!("Nothing could be seen: {reason}"))
}

fn headline(
    case: &Case<'_>,
    windows: &Windows<'_>,
    outcome: Outcome,
    of_story: &[&Finding],
    related: usize,
    others: usize,
) -> String {
    let rows = &case.coverage.rows;
    let number_of = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let (hit, not_seen, dark) = (
        number_of(Outcome::Hit),
        number_of(Outcome::NotSeen),
        number_of(Outcome::CouldNotSee),
    );
    let mut text = match outcome {
        Outcome::Hit => format!(
            "{}: {} for {} of {} looked for.",
            hit_title(windows, of_story),
            words::count(of_story.len(), "finding", "findings"),
            words::number(hit as u64),
            words::count(rows.len(), "thing", "things"),
        ),
        Outcome::NotSeen if dark == 0 => format!(
            "Nothing of what the story leads to was seen in the logs that would show it ({} looked for{}).",
            words::count(not_seen, "thing", "things"),
            only_partly(case),
        ),
        Outcome::NotSeen => format!(
            "{} of {} looked for {} not seen where it would show{}; {} could not be seen{}.",
            words::number(not_seen as u64),
            words::count(rows.len(), "thing", "things"),
            if not_seen == 1 { "was" } else { "were" },
            only_partly(case),
            words::number(dark as u64),
            match too_early_or_late(case) {
                (0, _) => String::new(),
                (some, why) if some == dark => format!(": {why}"),
                (some, why) => format!(", {} of which as {why}", words::number(some as u64)),
            },
        ),
        Outcome::CouldNotSee if nothing_read(case).is_some() => {
            nothing_read(case).unwrap_or_default()
        }
        Outcome::CouldNotSee if rows.is_empty() => {
            "The story led to nothing that can be looked for in logs.".into()
        }
        Outcome::CouldNotSee => none_seen(case),
    };
    if related > 0 {
        text.push_str(&format!(
            " On the same matter, attempts included: {}.",
            words::count(related, "finding", "findings")
        ));
    }
    if others > 0 {
        text.push_str(&format!(
            " Also found, not of this story: {}.",
            words::count(others, "finding", "findings")
        ));
    }
    text
}

/// How a headline on hits begins: with the caveat, where they are of another time.
fn hit_title(windows: &Windows<'_>, of_story: &[&Finding]) -> &'static str {
    if of_story.iter().all(|it| windows.is_outside(it)) {
        "Traces of the same means, outside the time of the operation"
    } else {
        "Traces of what the story leads to are in the evidence"
    }
}

/// For how many rows the right logs are there, of the wrong time only, and how to say that.
fn too_early_or_late(case: &Case<'_>) -> (usize, String) {
    let rows = case.coverage.rows.iter();
    let missed: Vec<&CoverageRow> = rows
        .filter(|row| row.outcome == Outcome::CouldNotSee && row.cells.iter().any(misses_window))
        .collect();
    let times = windows::in_words(missed.iter().map(|row| window_of(row, case.coverage)));
    let why = format!("the logs handed in do not reach into the time of the operation ({times})");
    (missed.len(), why)
}

fn none_seen(case: &Case<'_>) -> String {
    let things = case.coverage.rows.len();
    let (none, them) = match things {
        1 => (
            "The one thing the story leads to could not be seen".into(),
            "it",
        ),
        _ => {
            let things = words::count(things, "thing", "things");
            let none = format!("None of the {things} the story leads to could be seen");
            (none, "them")
        }
    };
    match too_early_or_late(case) {
        (0, _) => format!("{none}: the logs that would show {them} are not there."),
        (missed, why) if missed == things => format!("{none}: {why}."),
        (missed, why) => format!(
            "{none}: for {} of them, {why}; for the others no rule or no log is there.",
            words::number(missed as u64)
        ),
    }
}

/// How much the outcome is worth, in words that promise nothing.
fn certainty(
    case: &Case<'_>,
    windows: &Windows<'_>,
    outcome: Outcome,
    of_story: &[&Finding],
) -> String {
    let mut text: String = match outcome {
        Outcome::Hit => hit_strength(case, &windows.nearest(of_story)),
        Outcome::NotSeen => not_seen_strength(case),
        Outcome::CouldNotSee => {
            "Nothing follows from this, neither a compromise nor its absence.".into()
        }
    };
    let outside: Vec<&Finding> = of_story
        .iter()
        .copied()
        .filter(|it| windows.is_outside(it))
        .collect();
    if !outside.is_empty() {
        let how_many = match outside.len() == of_story.len() {
            true => "All of it".into(),
            false => format!(
                "{} more",
                words::count(outside.len(), "finding", "findings")
            ),
        };
        let lies = if outside.len() == 1 || outside.len() == of_story.len() {
            "lies"
        } else {
            "lie"
        };
        text.push_str(&format!(
            " {how_many} {lies} outside the time of the operation ({}): the same means, not \
             necessarily the same wave.",
            windows.in_words(&outside)
        ));
    }
    if outcome == Outcome::Hit {
        text.push_str(" Nothing here says who did it.");
    }
    text
}

/// How much of the time each absence rests on, for the rows where it is known to be a part.
fn partial_reaches(case: &Case<'_>) -> Vec<Reach> {
    let rows = case.coverage.rows.iter();
    rows.filter(|row| row.outcome == Outcome::NotSeen)
        .map(|row| Reach::of_row(row, window_of(row, case.coverage)))
        .filter(|reach| !reach.part().is_empty())
        .collect()
}

/// What stands beside the number of things not seen: on how much of the time, at best.
fn only_partly(case: &Case<'_>) -> String {
    let partial = partial_reaches(case);
    let rows = case.coverage.rows.iter();
    let all = rows.filter(|row| row.outcome == Outcome::NotSeen).count();
    let best = partial
        .iter()
        .max_by(|a, b| a.share().total_cmp(&b.share()));
    match best {
        None => String::new(),
        Some(best) if partial.len() == all => {
            format!(
                ", but only within the time covered: {} at most",
                best.part()
            )
        }
        Some(best) => format!(
            ", {} of them only within the time covered: {} at most",
            words::number(partial.len() as u64),
            best.part()
        ),
    }
}

/// Absence is worth what the logs cover.
fn not_seen_strength(case: &Case<'_>) -> String {
    let partial = partial_reaches(case).len();
    let rows = case.coverage.rows.iter();
    let not_seen: Vec<&CoverageRow> = rows.filter(|row| row.outcome == Outcome::NotSeen).collect();
    let all = not_seen.len();
    let is_undated = |row: &&CoverageRow| window_of(row, case.coverage).is_none();
    let reach = match partial {
        _ if not_seen.iter().all(is_undated) => {
            "When the operation ran is not known, so the logs may miss it. ".into()
        }
        0 => String::new(),
        partial if partial == all => "No log reaches over the whole time of the operation: what \
             was not seen was not seen only on the days covered, and nothing is known of the \
             others. "
            .into(),
        partial => format!(
            "For {} of the {} no log reaches over the whole time of the operation: nothing is \
             known of the days not covered. ",
            words::number(partial as u64),
            words::number(all as u64)
        ),
    };
    format!("{reach}What was deleted, never recorded or not handed in is not excluded.")
}

/// A rule for the flaw itself or an indicator weighs more than a technique many use.
fn hit_strength(case: &Case<'_>, of_story: &[&Finding]) -> String {
    let ids: HashSet<&str, RandomState> =
        of_story.iter().map(|finding| finding.id.as_str()).collect();
    let hit_rows: Vec<&CoverageRow> = case
        .coverage
        .rows
        .iter()
        .filter(|row| {
            row.cells
                .iter()
                .any(|cell| cell.findings.iter().any(|id| ids.contains(id.as_str())))
        })
        .collect();
    let flaws: Vec<&str> = hit_rows
        .iter()
        .filter(|row| row.kind == SubjectKind::Vulnerability)
        .map(|row| row.id.as_str())
        .collect();
    let indicators = hit_rows
        .iter()
        .any(|row| row.kind == SubjectKind::Indicators);
    let techniques = hit_rows
        .iter()
        .filter(|row| row.kind == SubjectKind::Technique)
        .count();
    if !flaws.is_empty() {
        let techniques = match techniques {
            0 => String::new(),
            some => format!(
                ", beside traces of {}",
                words::count(some, "technique", "techniques")
            ),
        };
        return format!(
            "Strong: rules written for {} matched{techniques}. Check the first findings against \
             the false positives their rules name.",
            words::list_at_most(&flaws, SHORT_LIST_MAX)
        );
    }
    if indicators {
        return "Fair: indicators the report itself gives were met. Check that none of them is \
                shared infrastructure or a legitimate tool."
            .into();
    }
    if techniques > 2 {
        return format!(
            "Fair: {} were met, none of them peculiar to this operation. Check whether one \
             chain of events explains them.",
            words::count(techniques, "technique", "techniques")
        );
    }
    "Weak: what was met is used by many attackers, and by administrators. Check the findings \
     one by one before acting on them."
        .into()
}
