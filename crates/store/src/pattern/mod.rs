//! The STIX pattern language (STIX 2.1, part 9): patterns read, checked, and asked of observed
//! data.
//!
//! ```
//! use daylight_store::pattern::{Observations, Pattern};
//! use serde_json::json;
//!
//! let pattern = Pattern::parse("[domain-name:value LIKE '%.example']").unwrap();
//! let observed = [json!({
//!     "type": "observed-data", "first_observed": "2021-03-01T00:00:00Z",
//!     "last_observed": "2021-03-01T00:00:00Z", "number_observed": 1,
//!     "objects": { "0": { "type": "domain-name", "value": "evil.example" } },
//! })];
//! let observations = Observations::of(&observed).unwrap();
//! assert!(pattern.find(&observations).unwrap().is_some());
//! ```

mod constant;
mod lex;
mod observe;
mod parse;

use std::fmt;

pub use observe::Observations;

/// A pattern: which observations it asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// What must be observed.
    pub observation: Observation,
}

/// What must be observed.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// `[…]`: one observation for which this holds.
    Test(Comparison),
    /// Both, in different observations.
    And(Box<Self>, Box<Self>),
    /// Either.
    Or(Box<Self>, Box<Self>),
    /// The one, and at the same time or later the other.
    FollowedBy(Box<Self>, Box<Self>),
    /// `(…)`: an expression of its own.
    Group(Box<Self>),
    /// What is asked for, in a certain time or number.
    Qualified(Box<Self>, Qualifier),
}

/// In which time, or how often.
#[derive(Debug, Clone, PartialEq)]
pub enum Qualifier {
    /// `WITHIN 5 SECONDS`.
    Within(f64),
    /// `REPEATS 5 TIMES`.
    Repeats(u64),
    /// `START t'…' STOP t'…'`, as written.
    StartStop(String, String),
}

/// What must hold within one observation.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// All.
    And(Vec<Self>),
    /// Any.
    Or(Vec<Self>),
    /// A property of an object, compared.
    Test(Test),
    /// `EXISTS path`, or `NOT EXISTS path`.
    Exists(Path, bool),
}

/// A property of an object, compared with a constant.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Where the property is.
    pub path: Path,
    /// It must not be so.
    pub negated: bool,
    /// How it is compared.
    pub operator: Operator,
    /// What with; several for [`Operator::In`].
    pub values: Vec<Constant>,
}

/// `file:hashes.'SHA-256'`: a type, and the way to a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The type of the object.
    pub kind: String,
    /// The way, the first being a name.
    pub steps: Vec<Step>,
}

/// One step into an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To a member.
    Name(String),
    /// To an element of a list.
    Index(i64),
    /// To any element.
    Any,
}

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`, `==`.
    Equal,
    /// `!=`, `<>`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `IN (…)`.
    In,
    /// `LIKE`: `%` stands for anything, `_` for one character.
    Like,
    /// `MATCHES`: a regular expression.
    Matches,
    /// `ISSUBSET`: an address or network inside a network.
    IsSubset,
    /// `ISSUPERSET`.
    IsSuperset,
}

/// A constant of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// `true`, `false`.
    Bool(bool),
    /// `'…'`, without escapes.
    Text(String),
    /// `h'…'`: bytes.
    Hex(Vec<u8>),
    /// `b'…'`: base64 as written.
    Binary(String),
    /// `t'…'`: a point in time as written.
    Time(String),
}

/// Where a pattern stops being one, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// Byte in the pattern.
    pub offset: usize,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.reason)
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Where it stops being one.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let observation = parse::parse(text)?;
        Ok(Self { observation })
    }

    /// What the grammar allows and the specification does not: a hash that is none of its
    /// kind, a qualifier twice on one expression.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        observation_problems(&self.observation, &mut problems);
        problems
    }
}

fn observation_problems(observation: &Observation, problems: &mut Vec<String>) {
    match observation {
        Observation::Test(comparison) => comparison_problems(comparison, problems),
        Observation::And(one, other)
        | Observation::Or(one, other)
        | Observation::FollowedBy(one, other) => {
            observation_problems(one, problems);
            observation_problems(other, problems);
        }
        Observation::Group(inside) => observation_problems(inside, problems),
        Observation::Qualified(..) => qualifier_problems(observation, problems),
    }
}

/// An expression in brackets, with its qualifiers, is one of its own and may have them again.
fn qualifier_problems(observation: &Observation, problems: &mut Vec<String>) {
    let mut names = Vec::new();
    let mut inner = observation;
    while let Observation::Qualified(of, qualifier) = inner {
        names.push(qualifier.name());
        inner = of;
    }
    if matches!(inner, Observation::Test(_)) {
        names.sort_unstable();
        let twice = names.windows(2).filter(|pair| pair[0] == pair[1]);
        problems.extend(twice.map(|pair| format!("{} stands there twice", pair[0])));
    }
    observation_problems(inner, problems);
}

impl Qualifier {
    const fn name(&self) -> &'static str {
        match self {
            Self::Within(_) => "WITHIN",
            Self::Repeats(_) => "REPEATS",
            Self::StartStop(..) => "START … STOP",
        }
    }
}

fn comparison_problems(comparison: &Comparison, problems: &mut Vec<String>) {
    match comparison {
        Comparison::And(all) | Comparison::Or(all) => {
            all.iter()
                .for_each(|one| comparison_problems(one, problems));
        }
        Comparison::Exists(..) => {}
        Comparison::Test(test) => hash_problems(test, problems),
    }
}

fn hash_problems(test: &Test, problems: &mut Vec<String>) {
    let steps = test.path.steps.as_slice();
    let (Some(Step::Name(before)), Some(Step::Name(name))) = (
        steps.len().checked_sub(2).and_then(|at| steps.get(at)),
        steps.last(),
    ) else {
        return;
    };
    let digits = match name.to_ascii_uppercase().replace('-', "").as_str() {
        "MD5" => 32,
        "SHA1" => 40,
        "SHA224" => 56,
        "SHA256" => 64,
        "SHA384" => 96,
        "SHA512" => 128,
        _ => return,
    };
    let exact = matches!(
        test.operator,
        Operator::Equal | Operator::NotEqual | Operator::In
    );
    if before != "hashes" || !exact {
        return;
    }
    for value in &test.values {
        if let Constant::Text(text) = value
            && (text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            problems.push(format!("`{text}` is no {name}"));
        }
    }
}
