use serde::{Deserialize, Serialize};

use crate::{Span, Timestamp};

/// A stretch of time in UTC, start inclusive, end exclusive; open where a side is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// First instant, or open.
    pub start: Option<Timestamp>,
    /// First instant after the end, or open.
    pub end: Option<Timestamp>,
}

impl Interval {
    /// Whether the two have an instant in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |end: Option<Timestamp>, start: Option<Timestamp>| match (end, start) {
            (Some(end), Some(start)) => end <= start,
            _ => false,
        };
        !before(self.end, other.start) && !before(other.end, self.start)
    }
}

/// Words about time and what they mean, given when the text was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeExpression {
    /// Where the words stand.
    pub span: Span,
    /// The words.
    pub text: String,
    /// What they mean; `None` where they cannot be resolved without guessing.
    pub interval: Option<Interval>,
    /// The words are relative ("earlier this year") and were resolved against publication.
    pub relative: bool,
}

/// An amount, with the words it was read from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// Where the words stand.
    pub span: Span,
    /// The words.
    pub text: String,
    /// What is measured.
    pub kind: QuantityKind,
    /// Smallest value the words allow: "tens of thousands" is at least 10,000.
    pub at_least: Option<f64>,
    /// Largest value the words allow, where they set one.
    pub at_most: Option<f64>,
    /// ISO 4217 code for money, the counted noun for counts ("computers").
    pub unit: Option<String>,
}

/// What a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum QuantityKind {
    /// A sum of money.
    Money,
    /// A number of things.
    Count,
    /// A share, in percent.
    Percent,
}
