use std::collections::HashSet;
use std::sync::Arc;

use daylight_model::{
    Coverage, Finding, Interval, Level, Link, Manifest, Reading, Rule, SubjectKind, Timestamp,
};
use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::hosts::Hosts;

/// Everything one investigation knows, borrowed from the stages that found it out.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What was read, one for each report.
    pub readings: &'a [Reading],
    /// What the words of each reading may refer to: one list for each reading, in order.
    pub links: &'a [Vec<Link>],
    /// Everything that was looked for.
    pub rules: &'a [Arc<Rule>],
    /// How many rules could not be loaded.
    pub rule_problems: usize,
    /// What was found, by time.
    pub findings: &'a [Finding],
    /// What was read as evidence.
    pub manifest: &'a Manifest,
    /// What could be seen, from [`crate::coverage()`].
    pub coverage: &'a Coverage,
    /// What to do, from [`crate::advise`].
    pub advice: &'a [Advice],
    /// When the investigation ran.
    pub generated: Timestamp,
    /// The version of the tool.
    pub tool_version: &'a str,
    /// The command line, where there was one.
    pub command: Option<&'a str>,
    /// How long it took.
    pub duration_seconds: f64,
    /// How far the dossier may go, as a label of TLP 2.0, where somebody said so; else what the
    /// reports are marked with holds.
    pub marking: Option<&'a str>,
    /// What was left out, as it may not go so far.
    pub held_back: HeldBack,
}

/// How much was left out of a dossier for its marking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// Reports marked more strictly.
    pub reports: usize,
    /// What they claim.
    pub claims: usize,
    /// Things looked for only because of them.
    pub subjects: usize,
    /// Findings of indicators that they give.
    pub findings: usize,
}

impl<'a> Case<'a> {
    /// The findings by what they have to do with the story, each by time.
    pub(crate) fn findings_by_story(&self) -> ByStory<'a> {
        let counted: HashSet<&str, RandomState> = story_finding_ids(self.coverage).collect();
        let references = self.story_references();
        let is_related = |rule: &Rule| {
            let mut shared = rule.references.iter().map(String::as_str);
            shared.any(|reference| references.contains(reference))
        };
        let mut sorted = ByStory::default();
        for finding in self.findings {
            let is_counted = counted.contains(finding.id.as_str());
            if is_counted && is_decisive(finding) {
                sorted.of_story.push(finding);
            } else if is_counted || is_related(&finding.rule) {
                sorted.context.push(finding);
            } else {
                sorted.others.push(finding);
            }
        }
        sorted
    }

    /// What the rules for the story's flaws rest on: a rule that rests on the same is about
    /// the same matter, whatever it is tagged with.
    fn story_references(&self) -> HashSet<&'a str> {
        let rows = self.coverage.rows.iter();
        let flaws: HashSet<String> = rows
            .filter(|row| row.kind == SubjectKind::Vulnerability)
            .map(|row| row.id.to_ascii_uppercase())
            .collect();
        self.rules
            .iter()
            .filter(|rule| {
                rule.vulnerabilities()
                    .any(|id| flaws.contains(&id.to_ascii_uppercase()))
            })
            .flat_map(|rule| &rule.references)
            .map(String::as_str)
            // Pages on a technique are shared by all who use it.
            .filter(|reference| !reference.contains("attack.mitre.org/"))
            .collect()
    }

    /// The machines of the evidence, each under one name.
    pub(crate) fn hosts(&self) -> Hosts {
        Hosts::of(self.findings, Some(self.manifest))
    }

    /// The links of the reading at `index`; none where the pipeline gave none.
    pub(crate) fn links_of(&self, index: usize) -> &'a [Link] {
        self.links.get(index).map_or(&[], Vec::as_slice)
    }
}

/// Findings by what they have to do with the story.
#[derive(Debug, Default)]
pub(crate) struct ByStory<'a> {
    /// Of level medium or above, and counted by a row of the coverage table.
    pub(crate) of_story: Vec<&'a Finding>,
    /// On the same matter: counted but of a lower level, or found by a rule that rests on
    /// the same sources as those for the story's flaws.
    pub(crate) context: Vec<&'a Finding>,
    /// On other matters, of any level.
    pub(crate) others: Vec<&'a Finding>,
}

/// Ids of all findings that some row of the coverage table counts, of any level.
pub(crate) fn story_finding_ids(coverage: &Coverage) -> impl Iterator<Item = &str> {
    coverage
        .rows
        .iter()
        .flat_map(|row| &row.cells)
        .flat_map(|cell| cell.findings.iter().map(String::as_str))
}

/// From which level on a finding decides anything; what lies below is context.
pub(crate) fn is_decisive(finding: &Finding) -> bool {
    finding.rule.level >= Level::Medium
}

/// One thing the story leads to: a flaw, a technique, or the indicators it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its id: `T1505.003`, `CVE-2021-26855`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why the story leads to it.
    pub why: String,
    /// When it was done, where that is known apart from the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Interval>,
    /// Where that window comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_source: Option<String>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// How soon.
    pub when: When,
    /// What to do, in a sentence.
    pub text: String,
    /// Why, in a sentence.
    pub reason: String,
    /// Where it comes from: "CISA KEV", or empty for Daylight's own.
    pub source: String,
}

/// How soon something is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before anything else.
    Now,
    /// Within days.
    ThisWeek,
    /// So that the next time is different.
    ForGood,
}

impl When {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 3] = [Self::Now, Self::ThisWeek, Self::ForGood];

    /// The words people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::ThisWeek => "This week",
            Self::ForGood => "For good",
        }
    }
}
