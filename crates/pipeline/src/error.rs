use std::path::PathBuf;

use daylight_model::Problem;

/// Why a piece of work could not be done at all. What could be done in part is done, and
/// what was missed stands in its result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A report could not be read.
    #[error(transparent)]
    Report(#[from] daylight_report::Error),
    /// None of several reports could be read.
    #[error("none of the {} reports can be read: {}", reasons.len(), list(reasons))]
    NoReport {
        /// Each with its reason.
        reasons: Vec<Problem>,
    },
    /// Facts as published are damaged, or what was kept of them is.
    #[error(transparent)]
    Knowledge(#[from] daylight_knowledge::KnowledgeError),
    /// There are no facts where they were to be.
    #[error("{from}: none of the files with facts is there ({names})")]
    NoFacts {
        /// The folder or address.
        from: String,
        /// What they are called.
        names: String,
    },
    /// A model that is part of Daylight is damaged.
    #[error("a built-in model is damaged: {0}")]
    Model(daylight_extract::ModelError),
    /// An answer of a source is not what it should be.
    #[error(transparent)]
    Source(#[from] daylight_sources::Error),
    /// What is remembered of a source is no such thing.
    #[error("what is remembered of the source {name} is damaged: {reason}")]
    Remembered {
        /// The source.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A folder of rules could not be read.
    #[error(transparent)]
    Rules(#[from] daylight_hunt::Error),
    /// YARA rules were asked for, and this build cannot run them.
    #[error("this build of Daylight was made without YARA")]
    WithoutYara,
    /// YARA rules could not be read or compiled.
    #[cfg(feature = "yara")]
    #[error(transparent)]
    Yara(#[from] daylight_yara::Error),
    /// A list of indicators could not be opened.
    #[error("cannot read indicators from {}: {source}", path.display())]
    Indicators {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Output could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A hunt that was killed is to be gone on with, or thrown away; nobody said which.
    #[error("{} holds a hunt that was killed after {files} files", path.display())]
    Unfinished {
        /// Its journal.
        path: PathBuf,
        /// How many files were read.
        files: u64,
    },
    /// A hunt cannot be gone on with.
    #[error("cannot go on with the hunt in {}: {reason}", path.display())]
    Journal {
        /// Its journal.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Findings could not be put aside, or not be read again.
    #[error("cannot keep findings in a temporary file: {source}")]
    Aside {
        /// What the system says.
        source: std::io::Error,
    },
    /// Names could not be taken out.
    #[error("cannot take names out: {0}")]
    Redact(String),
    /// The store could not be asked, or not be written to.
    #[error(transparent)]
    Store(#[from] daylight_store::Error),
    /// Output would be written into the evidence.
    #[error("{} lies inside or beside the evidence {}, which is never written to", out.display(), evidence.display())]
    OutputInEvidence {
        /// The folder asked for.
        out: PathBuf,
        /// The evidence around it.
        evidence: PathBuf,
    },
}

fn list(problems: &[Problem]) -> String {
    let reasons: Vec<&str> = problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    reasons.join("; ")
}
