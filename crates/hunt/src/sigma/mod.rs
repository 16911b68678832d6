//! Sigma in steps: [`yaml`] reads documents, [`collection`] merges those of one file,
//! [`parse`], [`filter`] and [`correlation`] read what each says, [`compile`] turns rules into
//! matchers over numbered fields, and the hunter's evaluation runs those over events.

pub(crate) mod aggregation;
pub(crate) mod collection;
pub(crate) mod compile;
pub(crate) mod condition;
pub(crate) mod correlation;
pub(crate) mod filter;
pub(crate) mod lazy_regex;
pub(crate) mod modifier;
pub(crate) mod parse;
pub(crate) mod pattern;
pub(crate) mod placeholder;
pub(crate) mod source;
pub(crate) mod time_part;
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
