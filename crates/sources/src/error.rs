/// Why an answer could not be understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is no feed.
    #[error("{address} is no RSS, Atom or JSON feed: {reason}")]
    Feed {
        /// The address.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It is JSON of another kind, or none.
    #[error("{address} does not answer as {expected} does: {reason}")]
    Json {
        /// The address.
        address: String,
        /// What should be there.
        expected: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}
