use serde::{Deserialize, Serialize};

use crate::{Interval, Span};

/// What a document's words may refer to in background knowledge, every candidate with its
/// reasons. The link is a claim of Daylight's, never of the document's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The words that were resolved.
    pub mention: String,
    /// Where they stand.
    pub span: Span,
    /// The sentence around them.
    pub sentence: Span,
    /// What they may mean, best first, none hidden.
    pub candidates: Vec<Candidate>,
}

/// One thing a mention may mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// What kind of thing.
    pub kind: CandidateKind,
    /// Its id: CVE, ATT&CK id, or Daylight's own slug for a curated operation.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Between 0 and 1: how well the reasons fit together. An ordering, not a probability.
    pub score: f64,
    /// The id of the candidate this one follows from: the operation for its flaws and for
    /// the groups that somebody links to it.
    pub via: Option<String>,
    /// Why, in the order of weight.
    pub reasons: Vec<Reason>,
    /// When the operation ran, for operations.
    pub window: Option<Interval>,
    /// What follows for the defender: ids of techniques and flaws to look for.
    pub leads_to: Vec<String>,
}

/// What kind of thing a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CandidateKind {
    /// A known operation or wave of attacks.
    Operation,
    /// A flaw.
    Vulnerability,
    /// A group of attackers, as somebody else links it.
    IntrusionSet,
    /// Malicious software or a tool.
    Software,
    /// A technique.
    Technique,
}

/// One reason for or against a candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The reason, in a sentence that names both sides of the match.
    pub text: String,
    /// What it adds to the score; negative where it speaks against.
    pub weight: f64,
    /// Where the fact comes from: "CISA KEV", "MITRE ATT&CK 18.1", an address.
    pub source: Option<String>,
}
