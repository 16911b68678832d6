//! Sigma rules in three steps: [`parse`] reads what a rule says, [`compile`] turns it into
//! matchers over numbered fields, and the hunter's evaluation runs those over events.

pub(crate) mod compile;
pub(crate) mod condition;
pub(crate) mod modifier;
pub(crate) mod parse;
pub(crate) mod pattern;
pub(crate) mod source;
pub(crate) mod yaml;

/// Why a rule, or a part of a file, cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: Option<usize>,
    pub(crate) reason: String,
}

impl Fault {
    pub(crate) fn at(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            reason: reason.into(),
        }
    }
}
