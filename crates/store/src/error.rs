/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store could not be opened.
    #[error("cannot open the store {store}: {reason}")]
    Open {
        /// Where it is.
        store: String,
        /// What the system or the database says.
        reason: String,
    },
    /// The store was written by a newer program.
    #[error("the store {store} has layout {found}; this program knows up to {known}")]
    Newer {
        /// Where it is.
        store: String,
        /// The layout it has.
        found: u32,
        /// The newest layout this program knows.
        known: u32,
    },
    /// The database said no.
    #[error("the store failed: {0}")]
    Database(String),
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

/// What does not read as what was put there.
pub(crate) fn damaged(what: &str, error: &serde_json::Error) -> Error {
    Error::Damaged(format!("{what}: {error}"))
}
