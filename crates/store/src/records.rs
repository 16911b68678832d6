//! What is put into the store and given back, besides objects.

use std::sync::Arc;

use daylight_model::{
    Claim, Coverage, Finding, Force, Link, Manifest, Reading, Relation, Rule, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Error, Object, Tlp};

/// Where objects come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// File, address or description, as given.
    pub source: String,
    /// What it was recognised as: `stix`, `misp-event`, `kev` …
    pub kind: String,
    /// What holds for that of it which bears no marking, where somebody said so.
    pub tlp: Option<Tlp>,
    /// When it began.
    pub at: Timestamp,
}

/// An import as the store remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredImport {
    /// Its number.
    pub number: i64,
    /// Where the objects come from.
    #[serde(flatten)]
    pub import: Import,
    /// When it ended; `None` where it was cut short.
    pub finished: Option<Timestamp>,
    /// What it took over and what not, in a line.
    pub outcome: String,
}

/// What became of a batch of objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Added {
    /// Objects whose id was not known.
    pub new: u64,
    /// Further versions of objects that were.
    pub versions: u64,
    /// Objects that the store holds already, byte for byte.
    pub unchanged: u64,
}

impl std::ops::AddAssign for Added {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.versions += other.versions;
        self.unchanged += other.unchanged;
    }
}

/// One version of an object, as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its place in the order of arrival.
    pub row: i64,
    /// The import that brought it.
    pub import: i64,
    /// Its version: see [`Object::version`].
    pub version: i64,
    /// Its id.
    pub id: String,
    /// The very bytes that came.
    pub body: String,
}

impl Kept {
    /// The object, taken apart again.
    ///
    /// # Errors
    /// [`Error::Damaged`], where the bytes are not those that were put there.
    pub fn object(&self) -> Result<Object, Error> {
        Object::parse(self.body.clone())
            .map_err(|reason| Error::Damaged(format!("{}: {reason}", self.id)))
    }
}

/// A report as it was read at one time.
#[derive(Debug, Clone)]
pub struct NewReading<'a> {
    /// What it says.
    pub reading: &'a Reading,
    /// What its words may refer to.
    pub links: &'a [Link],
    /// When it was read.
    pub at: Timestamp,
    /// What it is marked with.
    pub tlp: Option<Tlp>,
}

/// One version of a story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredDocument {
    /// Its number.
    pub number: i64,
    /// What ties the versions together: the address or path it is read from.
    pub story: String,
    /// 1 for the first time it was read, 2 when the text was another …
    pub version: i64,
    /// `report--<uuid>`.
    pub id: String,
    /// SHA-256 of the bytes that were read.
    pub sha256: String,
    /// Where they were read from.
    pub source: String,
    /// When they were first read.
    pub at: Timestamp,
    /// When they were last read and were the same.
    pub seen: Timestamp,
    /// Headline.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// What it is marked with.
    pub tlp: Option<Tlp>,
    /// The number of an earlier story with nearly the same text, which this one repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reprint_of: Option<i64>,
    #[serde(skip)]
    pub(crate) body: String,
}

/// A reading with its links, as the store writes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadingBody {
    /// What the report says.
    pub reading: Reading,
    /// What its words may refer to.
    pub links: Vec<Link>,
}

impl StoredDocument {
    /// The whole reading: text, blocks, claims with their spans, links.
    ///
    /// # Errors
    /// [`Error::Damaged`], where it is not what was put there.
    pub fn reading(&self) -> Result<ReadingBody, Error> {
        serde_json::from_str(&self.body)
            .map_err(|error| Error::Damaged(format!("document {}: {error}", self.id)))
    }
}

/// What happened to a reading that was put into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptReading {
    /// The number of the document.
    pub number: i64,
    /// Which version of the story it is.
    pub version: i64,
    /// Whether it is another version than the store held.
    pub new: bool,
}

/// One of the stories whose text is nearly the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Telling {
    /// The story.
    pub story: String,
    /// Who wrote it first, where it says so.
    pub originator: Option<String>,
    /// It is the one that was asked about.
    pub asked: bool,
}

/// Which claims are asked for; what is `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub struct ClaimQuery {
    /// Part of the name of subject or object.
    pub about: Option<String>,
    /// Part of the name of somebody who says it, or passes it on.
    pub by: Option<String>,
    /// How it is put.
    pub force: Option<Force>,
    /// What is said.
    pub relation: Option<Relation>,
    /// Published (or, where that is not known, read) at this time or later.
    pub since: Option<Timestamp>,
    /// … and before this one.
    pub until: Option<Timestamp>,
    /// Only this document.
    pub document: Option<i64>,
    /// Also what earlier versions of a story said.
    pub all_versions: bool,
    /// At most so many.
    pub limit: usize,
}

/// A claim, and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredClaim {
    /// The claim, with its sentence and span.
    pub claim: Claim,
    /// The document's number.
    pub document: i64,
    /// The document's id.
    pub document_id: String,
    /// The story, and which version of it.
    pub story: String,
    /// Which version of the story.
    pub version: i64,
    /// The document's headline.
    pub title: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// What it is marked with.
    pub tlp: Option<Tlp>,
}

/// A hunt to be put into the store.
#[derive(Debug, Clone)]
pub struct NewHunt<'a> {
    /// When it ran.
    pub at: Timestamp,
    /// The command, where known.
    pub command: &'a str,
    /// Daylight's version.
    pub tool_version: &'a str,
    /// The ids of the documents it followed.
    pub documents: &'a [String],
    /// How it ended, as the dossier says it.
    pub verdict: &'a Value,
    /// What could be seen.
    pub coverage: &'a Coverage,
    /// What was read.
    pub manifest: &'a Manifest,
    /// What was found.
    pub findings: &'a [Finding],
    /// What was looked for.
    pub rules: &'a [Arc<Rule>],
    /// How long it took.
    pub duration_seconds: f64,
}

impl NewHunt<'_> {
    /// What the store keeps of it besides the findings, as JSON.
    pub(crate) fn body(&self) -> String {
        let body = json!({
            "tool_version": self.tool_version,
            "documents": self.documents,
            "verdict": self.verdict,
            "coverage": self.coverage,
            "manifest": self.manifest,
            "rules": self.rules,
            "duration_seconds": self.duration_seconds,
        });
        body.to_string()
    }
}

/// A hunt as the store holds it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredHunt {
    /// Its number.
    pub number: i64,
    /// When it ran.
    pub at: Timestamp,
    /// The command.
    pub command: String,
    /// Documents, verdict, coverage and manifest.
    #[serde(flatten)]
    pub body: Value,
    /// How many findings there are.
    pub findings: u64,
}
