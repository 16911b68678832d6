//! Words that are searched for, whatever the database.

/// One of the words that must all stand in what is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    /// The word. Where it holds other signs than letters and digits, as `evil.example` does,
    /// its parts must follow one another.
    pub(crate) text: &'a str,
    /// Whatever begins so will do.
    pub(crate) begins: bool,
}

/// The words of a question. A star at the end of one finds what begins so; what has no letter
/// and no digit asks for nothing.
pub(crate) fn asked(question: &str) -> impl Iterator<Item = Asked<'_>> {
    question
        .split_whitespace()
        .map(|word| match word.strip_suffix('*') {
            Some(text) => Asked { text, begins: true },
            None => Asked {
                text: word,
                begins: false,
            },
        })
        .filter(|word| word.text.chars().any(char::is_alphanumeric))
}
