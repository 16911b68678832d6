use serde::{Deserialize, Serialize};

use crate::Span;

/// Someone or something a document speaks of, with every place where it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// The name to show: the fullest one the document uses.
    pub name: String,
    /// Other names *this document* uses for it ("aka", in brackets, abbreviations).
    pub aliases: Vec<String>,
    /// The name in background knowledge where the name is this entity's alone, such as an
    /// ATT&CK id (`G0125`), a CVE id or an ISO 3166-1 alpha-2 country code.
    pub known_as: Option<String>,
    /// How sure a model is that this is a name of this kind, from 0 to 1, where no list and no
    /// rule knows it. Such a name is an observation to check: it leads to nothing by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_by_model: Option<f64>,
    /// Every place where it is named, in order.
    pub mentions: Vec<Mention>,
}

/// One place where an entity is named or meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Where the words stand.
    pub span: Span,
    /// The words.
    pub text: String,
}

/// What an entity is. Names follow STIX 2.1 where STIX has the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntityKind {
    /// A country, or its government spoken of by the country's name.
    Country,
    /// A ministry, agency, service, court or the seat of a government.
    GovernmentBody,
    /// An alliance or international body.
    InternationalBody,
    /// A company or another organisation.
    Organization,
    /// A named person.
    Person,
    /// A named group of attackers (STIX `intrusion-set`).
    IntrusionSet,
    /// People described, not named: "criminal contract hackers", "four nationals".
    Group,
    /// Malicious software.
    Malware,
    /// Software with legitimate uses, used by attackers.
    Tool,
    /// A product that is attacked or defended.
    Product,
    /// A flaw: a CVE id or a name such as ProxyLogon.
    Vulnerability,
    /// A named operation or wave of attacks.
    Campaign,
    /// A line of business or part of society.
    Sector,
    /// A place that is not a country.
    Location,
}
