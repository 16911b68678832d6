use serde::{Deserialize, Serialize};

use crate::{Quantity, Span, TimeExpression};

/// One thing that somebody says: who, of whom, with what force, in which sentence.
///
/// A claim is never a fact. Two claims that contradict each other stand side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// `relationship--<uuid>`, derived from document, place, relation and parties.
    pub id: String,
    /// The chain of those who say it, from the one we read to the one who is quoted:
    /// `[outlet, White House]`. Never empty.
    pub speakers: Vec<Speaker>,
    /// Of whom it is said.
    pub subject: Party,
    /// What is said to hold.
    pub relation: Relation,
    /// The other side, where the relation has one.
    pub object: Option<Party>,
    /// How it is put.
    pub force: Force,
    /// The claim says that this is *not* so ("denied", "no evidence that").
    pub negated: bool,
    /// Words that say how sure the speaker is.
    pub confidence: Vec<ConfidenceWord>,
    /// Words that narrow the claim ("in some cases", "at least").
    pub scope: Vec<String>,
    /// When it is said to have happened.
    pub time: Option<TimeExpression>,
    /// Where.
    pub place: Option<String>,
    /// How many, how much.
    pub quantities: Vec<Quantity>,
    /// Where the sentence stands in the document's text.
    pub span: Span,
    /// The sentence, word for word.
    pub sentence: String,
}

/// One link in the chain of those who say something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    /// The name, resolved where the text says "it" or "the administration".
    pub name: String,
    /// The words in the text; the same as the name for an outlet known from the page only.
    pub text: String,
    /// Where they stand; `None` where the page, not the text, names the outlet.
    pub span: Option<Span>,
    /// Index into [`crate::Reading::entities`], where the speaker is one of them.
    pub entity: Option<usize>,
}

/// One side of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name to show: the entity's where one is meant, else the words.
    pub name: String,
    /// The words in the text.
    pub text: String,
    /// Where they stand.
    pub span: Span,
    /// Index into [`crate::Reading::entities`], where one of them is meant.
    pub entity: Option<usize>,
}

/// What is said to hold between two parties. STIX 2.1 relationship types where they fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Relation {
    /// Subject (an activity or a group) is laid at the object's door.
    AttributedTo,
    /// Subject is backed or directed by the object.
    SponsoredBy,
    /// Subject works with the object.
    WorksWith,
    /// Subject has the object work for it.
    Employs,
    /// Subject aims at the object.
    Targets,
    /// Subject makes use of the flaw that is the object.
    Exploits,
    /// Subject uses the object as a means.
    Uses,
    /// Subject got into, stole from or damaged the object.
    Compromised,
    /// Subject carries out the operation that is the object.
    Conducts,
    /// Subject asked for the object.
    Demanded,
    /// Subject accuses the object before a court.
    Charged,
    /// Subject lays sanctions on the object.
    Sanctioned,
    /// Subject says that the object is not so.
    Denied,
    /// Subject cost the object something.
    CausedLoss,
    /// Subject published a remedy for the object.
    Patched,
    /// Subject is in the object.
    LocatedIn,
    /// Subject is another name of the object.
    AliasOf,
}

impl Relation {
    /// The name used in output, in STIX's spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AttributedTo => "attributed-to",
            Self::SponsoredBy => "sponsored-by",
            Self::WorksWith => "works-with",
            Self::Employs => "employs",
            Self::Targets => "targets",
            Self::Exploits => "exploits",
            Self::Uses => "uses",
            Self::Compromised => "compromised",
            Self::Conducts => "conducts",
            Self::Demanded => "demanded",
            Self::Charged => "charged",
            Self::Sanctioned => "sanctioned",
            Self::Denied => "denied",
            Self::CausedLoss => "caused-loss",
            Self::Patched => "patched",
            Self::LocatedIn => "located-in",
            Self::AliasOf => "alias-of",
        }
    }
}

/// How a claim is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Force {
    /// Said as a fact by the one who speaks.
    Asserted,
    /// Said without proof ("allege", "accuse", "suspected").
    Alleged,
    /// Brought before a court.
    Charged,
    /// Contradicted by the one who speaks.
    Denied,
    /// Passed on ("reportedly", "according to people familiar").
    Reported,
    /// Made known by the one whose act it is ("announced sanctions").
    Announced,
}

impl Force {
    /// The name used in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Alleged => "alleged",
            Self::Charged => "charged",
            Self::Denied => "denied",
            Self::Reported => "reported",
            Self::Announced => "announced",
        }
    }
}

/// Words that say how sure a speaker is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfidenceWord {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub span: Span,
    /// The scale they belong to.
    pub scale: ConfidenceScale,
    /// STIX 2.1 `confidence` (0 to 100): by STIX 2.1 appendix A for analytic confidence and for
    /// the US yardstick ("DNI Scale"), which also stands where either yardstick may be meant;
    /// the middle of the range for the UK's; `None` for everyday words.
    pub stix: Option<u8>,
}

/// Scales on which speakers say how sure they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConfidenceScale {
    /// US analytic confidence: low, moderate, high (ICD 203).
    AnalyticConfidence,
    /// Words of estimative probability that stand on both yardsticks below, by a speaker who
    /// is not known to use one of them: "likely", "almost certain".
    EstimativeProbability,
    /// The US yardstick (Intelligence Community Directive 203, *Analytic Standards*, 2 January
    /// 2015, section D.6.e.2.a), in per cent: almost no chance or remote 1–5; very unlikely 5–20;
    /// unlikely 20–45; roughly even chance 45–55; likely or probable 55–80; very likely 80–95;
    /// almost or nearly certain 95–99.
    Icd203,
    /// The UK yardstick (Professional Head of Intelligence Assessment, *Probability Yardstick*,
    /// as the Defence Intelligence and the NCSC publish it), in per cent: remote chance 0–5;
    /// highly unlikely 10–20; unlikely 25–35; realistic possibility 40–50; likely or probable
    /// 55–75; highly likely 80–90; almost certain 95–100.
    Phia,
    /// Everyday hedges: "reportedly", "believed to be", "appears".
    Everyday,
}
