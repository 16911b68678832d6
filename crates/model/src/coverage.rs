use serde::{Deserialize, Serialize};

use crate::{Interval, LogFamily};

/// What could be seen, crossed with what was to be looked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// When the operation ran, as far as background knowledge says.
    pub window: Option<Interval>,
    /// Where the window comes from.
    pub window_source: Option<String>,
    /// One row for each technique, flaw or set of indicators the story leads to.
    pub rows: Vec<CoverageRow>,
    /// What the logs of each machine could show of it; the most telling first.
    #[serde(default)]
    pub machines: Vec<MachineCoverage>,
}

/// What the logs of one machine could show of all that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineCoverage {
    /// The machine; `None` stands for all logs that name none.
    pub host: Option<String>,
    /// What was read of the log families that would show something.
    pub logs: Vec<MachineLog>,
    /// Those families of which nothing was read.
    pub missing: Vec<LogFamily>,
}

impl MachineCoverage {
    /// The best of its logs: a hit anywhere is a hit.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let outcomes = self.logs.iter().map(|log| log.outcome);
        outcomes.min().unwrap_or(Outcome::CouldNotSee)
    }
}

/// What one log family of one machine could show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineLog {
    /// The log family.
    pub family: LogFamily,
    /// How many events of the kinds looked for were read.
    pub events: u64,
    /// How many events of other kinds.
    pub other_events: u64,
    /// From when to when the events of the kinds looked for reach.
    pub covered: Option<Interval>,
    /// Parts of the operation's window without them.
    pub gaps: Vec<Interval>,
    /// Whether they stand in files that other machines wrote to as well: then none of them need
    /// be this machine's, and nothing follows from them.
    pub shared: bool,
    /// How many findings of level medium or above bear on the story.
    pub findings: usize,
    /// What follows.
    pub outcome: Outcome,
}

/// One thing to look for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CoverageRow {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its id: `T1505.003`, `CVE-2021-26855`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why the story leads to it.
    pub why: String,
    /// The best of its cells: a hit anywhere is a hit.
    pub outcome: Outcome,
    /// When this thing was done, where it is known apart from the rest; the coverage's window
    /// holds where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Interval>,
    /// What is to be said about the row as a whole: that no rule looks for it, or how the
    /// rules that do relate to it. May be empty.
    #[serde(default)]
    pub note: String,
    /// The log families that would show it.
    pub cells: Vec<CoverageCell>,
}

/// One thing to look for, in one log family.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CoverageCell {
    /// The log family that would show it.
    pub family: LogFamily,
    /// The exact events that carry it, for people: "Sysmon 11".
    pub needs: String,
    /// How many such events were read.
    pub events: u64,
    /// From when to when they reach.
    pub covered: Option<Interval>,
    /// Parts of the operation's window without them.
    pub gaps: Vec<Interval>,
    /// What follows.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub note: String,
    /// Ids of the findings.
    pub findings: Vec<String>,
}

/// How a hunt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Something matched.
    Hit,
    /// Nothing matched in logs that would show it and reach into the window. They need not
    /// reach over all of it: what `covered` and `gaps` leave out is as good as not seen at
    /// all, so whoever shows this outcome shows on how much of the time it rests.
    NotSeen,
    /// The logs that would show it are missing, hold no such event, or none that falls into
    /// the window.
    CouldNotSee,
}

impl Outcome {
    /// The words people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::NotSeen => "not seen where it would show",
            Self::CouldNotSee => "could not see",
        }
    }
}

/// What a row of the coverage table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SubjectKind {
    /// A flaw.
    Vulnerability,
    /// An ATT&CK technique.
    Technique,
    /// The indicators the report gives.
    Indicators,
}
