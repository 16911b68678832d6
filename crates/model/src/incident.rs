use serde::{Deserialize, Serialize};

use crate::Span;

/// Something that a report says happened, may happen or happens in general, with those who
/// have a part in it.
///
/// Like a claim it is what the report says, never a fact. Mentions of one incident are not
/// joined: each trigger is an incident of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// What kind of thing.
    pub kind: IncidentKind,
    /// Whether it is said to have happened.
    pub realis: Realis,
    /// The words that say it.
    pub text: String,
    /// Where they stand.
    pub span: Span,
    /// The sentence they stand in.
    pub sentence: Span,
    /// Who and what has a part in it, in the order of the text.
    pub participants: Vec<Participant>,
    /// How it was read.
    pub read_by: ReadBy,
}

/// Who or what has a part in an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// Which part.
    pub role: IncidentRole,
    /// The words.
    pub text: String,
    /// Where they stand.
    pub span: Span,
    /// Index into [`crate::Reading::entities`], where one of them is meant.
    pub entity: Option<usize>,
    /// How probable the model takes it to be; `None` where a rule read it.
    pub probability: Option<f32>,
}

/// How an incident was read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBy {
    /// By a model that was learnt from annotated news.
    Model {
        /// How probable the model takes it to be.
        probability: f32,
    },
    /// By a rule, mostly out of a claim.
    Rule,
}

/// Kinds of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum IncidentKind {
    /// Data was taken, or lay open.
    DataBreach,
    /// Somebody was to be deceived.
    Phishing,
    /// Money was asked for.
    Ransom,
    /// A flaw was found, told of or made use of.
    FlawFound,
    /// A flaw was mended.
    FlawPatched,
    /// Somebody was attacked in another way, or not said how.
    Attack,
    /// Somebody was brought before a court.
    Indictment,
    /// Sanctions were laid on somebody.
    Sanction,
    /// Somebody was held responsible.
    Attribution,
    /// Means of attackers were seized or switched off.
    Takedown,
}

/// Whether an incident is said to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Realis {
    /// It happened, or happens.
    Happened,
    /// It may have happened, is feared, failed or is to come.
    Possible,
    /// It is spoken of in general.
    General,
}

macro_rules! names {
    ($type:ident, $doc:literal, $($variant:ident $name:literal),+) => {
        impl $type {
            #[doc = $doc]
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

names!(
    IncidentKind,
    "The name used in output.",
    DataBreach "data-breach",
    Phishing "phishing",
    Ransom "ransom",
    FlawFound "flaw-found",
    FlawPatched "flaw-patched",
    Attack "attack",
    Indictment "indictment",
    Sanction "sanction",
    Attribution "attribution",
    Takedown "takedown"
);

names!(
    Realis,
    "The name used in output.",
    Happened "happened",
    Possible "possible",
    General "general"
);

/// Parts that something can have in an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum IncidentRole {
    /// Who did it.
    Attacker,
    /// To whom it was done.
    Victim,
    /// With what.
    Tool,
    /// How.
    Pattern,
    /// What for.
    Purpose,
    /// When.
    Time,
    /// Where.
    Place,
    /// What it cost.
    Damage,
    /// Which data.
    Data,
    /// How much data.
    DataNumber,
    /// How many victims.
    VictimNumber,
    /// Whom the deceiver claimed to be.
    TrustedEntity,
    /// How much was asked for.
    Price,
    /// In what it was to be paid.
    PaymentMethod,
    /// Which flaw.
    Flaw,
    /// The CVE number of the flaw.
    Cve,
    /// What has the flaw.
    Product,
    /// Which version of it.
    Version,
    /// Whose product it is.
    Owner,
    /// On what it runs.
    Platform,
    /// Who found the flaw.
    Discoverer,
    /// What the flaw lets an attacker do.
    Capability,
    /// Who published the remedy.
    Releaser,
    /// The remedy.
    Patch,
    /// Its number.
    PatchNumber,
    /// What it mends.
    Issues,
    /// Who charges, sanctions, holds responsible or switches off.
    Authority,
    /// Who or what is charged, sanctioned, held responsible or switched off.
    Subject,
    /// The activity that somebody is held responsible for.
    Activity,
}

names!(
    IncidentRole,
    "The name used in output.",
    Attacker "attacker",
    Victim "victim",
    Tool "tool",
    Pattern "pattern",
    Purpose "purpose",
    Time "time",
    Place "place",
    Damage "damage",
    Data "data",
    DataNumber "data-number",
    VictimNumber "victim-number",
    TrustedEntity "trusted-entity",
    Price "price",
    PaymentMethod "payment-method",
    Flaw "flaw",
    Cve "cve",
    Product "product",
    Version "version",
    Owner "owner",
    Platform "platform",
    Discoverer "discoverer",
    Capability "capability",
    Releaser "releaser",
    Patch "patch",
    PatchNumber "patch-number",
    Issues "issues",
    Authority "authority",
    Subject "subject",
    Activity "activity"
);
