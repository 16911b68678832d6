use std::path::PathBuf;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store's file could not be opened.
    #[error("cannot open the store {}: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The store was written by a newer program.
    #[error("the store {} has layout {found}; this program knows up to {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The layout it has.
        found: u32,
        /// The newest layout this program knows.
        known: u32,
    },
    /// The database said no.
    #[error("the store failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// Something in the store is not what was put there.
    #[error("damaged entry in the store: {0}")]
    Damaged(String),
    /// Input could not be read at all.
    #[error("cannot read {source_name}: {reason}")]
    Input {
        /// The file or address.
        source_name: String,
        /// What the system says, or what was expected.
        reason: String,
    },
    /// Output could not be written.
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
    /// Nothing in the store answers to a name or an id.
    #[error("nothing in the store is called `{0}`")]
    Unknown(String),
    /// Several things answer to a name; none is picked.
    #[error("`{name}` may mean several things: {}", ids.join(", "))]
    Ambiguous {
        /// The name.
        name: String,
        /// The ids of those that bear it.
        ids: Vec<String>,
    },
}

impl Error {
    pub(crate) fn input(source: &str, reason: impl ToString) -> Self {
        Self::Input {
            source_name: source.to_owned(),
            reason: reason.to_string(),
        }
    }
}
