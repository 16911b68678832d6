use std::path::PathBuf;

/// What can go wrong when facts are read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnowledgeError {
    /// A file could not be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{path}: expected {expected}, found: {found}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What should be there.
        expected: &'static str,
        /// What the parser says, with its place.
        found: String,
    },
    /// The pack is larger than any pack of ours.
    #[error("fact pack: expected at most {expected_bytes_max} bytes unpacked, found more")]
    TooLarge {
        /// The limit.
        expected_bytes_max: u64,
    },
    /// The pack was written for another version of this crate.
    #[error("fact pack: expected format {expected}, found {found}")]
    Format {
        /// What this crate reads.
        expected: u32,
        /// What the pack says.
        found: u32,
    },
    /// A curated entry names something that no background fact knows.
    #[error("{path}: entry {entry}: {problem}")]
    Curated {
        /// The file.
        path: PathBuf,
        /// The entry's id.
        entry: String,
        /// What is wrong with it.
        problem: String,
    },
}
