use std::io;
use std::path::PathBuf;

/// Why rules could not be read at all. What is wrong with a single rule is a
/// [`crate::RuleProblem`] instead, and the others are still used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder or file cannot be opened.
    #[error("cannot read rules from {path}: {source}")]
    Read {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder holds more than the limits allow.
    #[error("{path}: {found} {what}, more than the limit of {expected}")]
    TooMany {
        /// Where the limit was passed.
        path: PathBuf,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        expected: u64,
        /// What was found.
        found: u64,
    },
    /// No rule is called so.
    #[error("there is no rule `{words}`")]
    NoSuchRule {
        /// What was asked for.
        words: String,
        /// Ids and titles of rules that are called nearly so.
        nearest: Vec<String>,
    },
    /// More than one rule is called so.
    #[error("{count} rules are called `{words}`")]
    SeveralRules {
        /// What was asked for.
        words: String,
        /// Ids and titles of some of them.
        found: Vec<String>,
        /// How many they are.
        count: usize,
    },
}
