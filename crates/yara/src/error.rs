use std::io;
use std::path::PathBuf;

/// Why YARA rules could not be used at all. What is wrong with a single rule is a
/// [`crate::RuleProblem`] instead, and the others are still used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder or file cannot be opened.
    #[error("cannot read YARA rules from {}: {source}", path.display())]
    Read {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder holds no rules.
    #[error("no YARA rules (*.yar, *.yara) are in {}", path.display())]
    NoRules {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds more than the limits allow.
    #[error("more than {expected} files with YARA rules are in {}", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// The limit.
        expected: usize,
    },
    /// The compiler did not come back.
    #[error("the YARA rules could not be compiled within {seconds} seconds")]
    TooSlow {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The compiler failed at something it did not expect.
    #[error("the YARA compiler gave up on the rules without saying why")]
    GaveUp,
}
