use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{LogFamily, LogSource, ShortText, Timestamp};

/// A place in the evidence where a rule or an indicator matched.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finding {
    /// `sighting--<uuid>`, derived from rule, file hash and record, so that the same
    /// evidence gives the same ids.
    pub id: String,
    /// What matched.
    pub rule: Arc<Rule>,
    /// When, by the log's clock, UTC.
    pub time: Option<Timestamp>,
    /// On which machine.
    pub host: Option<String>,
    /// In which kind of log.
    pub family: LogFamily,
    /// Windows: channel.
    pub channel: Option<String>,
    /// Windows: provider.
    pub provider: Option<String>,
    /// Windows: event id.
    pub event_id: Option<u32>,
    /// The log's own record number, or the line.
    pub record: u64,
    /// Byte offset of the record in the file.
    pub offset: u64,
    /// Index into [`crate::Manifest::sources`]: the file.
    pub source: usize,
    /// The file's path as handed in; members of archives as `archive.zip!member`.
    pub file: String,
    /// The file's SHA-256.
    pub file_sha256: String,
    /// The fields that made it match, with their values.
    pub matched: Vec<MatchedField>,
    /// A few more fields that tell what happened (process, user, address), for people.
    pub context: Vec<MatchedField>,
}

/// What a finding rests on: a Sigma rule, a YARA rule or an indicator from a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The rule's id, or `indicator--<uuid>`.
    pub id: String,
    /// Rule or indicator.
    pub kind: FindingKind,
    /// What it looks for, in a line.
    pub title: String,
    /// What a finding means, in a few sentences.
    pub description: String,
    /// How bad a match is.
    pub level: Level,
    /// Sigma tags: `attack.t1505.003`, `cve.2021-26855`.
    pub tags: Vec<String>,
    /// Where the knowledge comes from.
    pub references: Vec<String>,
    /// What else may match.
    pub false_positives: Vec<String>,
    /// The logs it reads; any of them is enough.
    pub log_sources: Vec<LogSource>,
    /// Where the rule came from: `embedded`, a path, or the id of a report.
    pub origin: String,
}

impl Rule {
    /// ATT&CK technique ids of the tags, `T1505.003`.
    pub fn techniques(&self) -> impl Iterator<Item = String> {
        self.tags.iter().filter_map(|tag| technique_of(tag))
    }

    /// Gives the techniques of the tags the ids they bear today; `today` knows those that bear
    /// another.
    pub fn renumber(&mut self, today: &mut dyn FnMut(&str) -> Option<String>) {
        for tag in &mut self.tags {
            if let Some(id) = technique_of(tag).and_then(|id| today(&id)) {
                *tag = format!("attack.{}", id.to_ascii_lowercase());
            }
        }
    }

    /// CVE ids of the tags, `CVE-2021-26855`.
    pub fn vulnerabilities(&self) -> impl Iterator<Item = String> {
        self.tags.iter().filter_map(|tag| {
            let id = tag.strip_prefix("cve.")?;
            Some(format!("CVE-{}", id.replace('.', "-")))
        })
    }
}

/// The technique that a tag such as `attack.t1505.003` names.
fn technique_of(tag: &str) -> Option<String> {
    let id = tag.strip_prefix("attack.")?;
    let digits = id.strip_prefix(['t', 'T'])?;
    digits
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| id.to_ascii_uppercase())
}

/// What a finding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FindingKind {
    /// A Sigma rule.
    Sigma,
    /// An indicator taken from a report.
    Indicator,
    /// A YARA rule, over what a file holds.
    Yara,
}

/// Sigma's levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Context only.
    Informational,
    /// Worth knowing.
    Low,
    /// Worth a look.
    Medium,
    /// Look today.
    High,
    /// Look now.
    Critical,
}

impl Level {
    /// Sigma's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A field and its value, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedField {
    /// The field's name; `keywords` for a search over the whole record.
    pub field: ShortText,
    /// Its value, shortened to something a person can read.
    pub value: ShortText,
}
