use daylight_model::{Interval, LogFamily, Timestamp};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A product that is attacked, and the ways people write its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Our own slug.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Phrases that mean this product and nothing else.
    pub names: Vec<String>,
    /// Words that mean it only where the vendor is named too ("Exchange", "Outlook").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bare: Vec<String>,
    /// Words that, standing before a bare name, make it something else ("Stock" Exchange).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_after: Vec<String>,
    /// Which entries of CISA's list are about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kev: Vec<KevMatch>,
    /// Techniques to look for when it is attacked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// Logs that would show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log_families: Vec<LogFamily>,
    /// Public addresses.
    pub sources: Vec<String>,
}

/// Entries of CISA's list, chosen by its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KevMatch {
    /// Exactly CISA's vendor.
    pub vendor: String,
    /// Part of CISA's product.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// Part of CISA's name for the flaw.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flaw: String,
}

/// A known operation, wave of attacks or court case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Our own slug.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Names that mean this operation and nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What it is.
    pub kind: OperationKind,
    /// When it ran; one entry for each source that says something else, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// When the public learnt of it.
    pub disclosed: Date,
    /// When its flaws became public, where that was another day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flaws_disclosed: Option<Date>,
    /// Ids of the products attacked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Names of victims by which people speak of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// CVE ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vulnerabilities: Vec<String>,
    /// Those of them that CISA's list lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_in_kev: Vec<String>,
    /// ATT&CK ids of malware and tools.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub software: Vec<String>,
    /// ATT&CK's campaign, whose techniques, software and groups are taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// ATT&CK ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// Who links which group to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupLink>,
    /// What else is said about who is behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributions: Vec<Attribution>,
    /// Words for what it did, as a story would say it ("email", "ransomware").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// How large it was, by source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scale: Vec<Scale>,
    /// For court cases: who is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// Public addresses.
    pub sources: Vec<String>,
}

/// What an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OperationKind {
    /// Many victims through one flaw.
    IntrusionWave,
    /// Victims reached through a supplier.
    SupplyChain,
    /// Extortion by encryption or leaking.
    Ransomware,
    /// Destruction.
    Wiper,
    /// Stealing secrets.
    Espionage,
    /// Disturbing machines in the physical world.
    Sabotage,
    /// Stealing money or data for money.
    Theft,
    /// Charges before a court.
    LegalCase,
}

/// When an operation ran, as one source has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First day; for a month, its first.
    pub start: Date,
    /// Last day; for a month, its last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// Where that stands.
    pub source: String,
}

/// Somebody's statement that a group had a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupLink {
    /// ATT&CK id, or the name where ATT&CK has none.
    pub group: String,
    /// Who says so.
    pub by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// It only says that the group used the same flaws, not that it was this operation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_flaws: bool,
    /// Where it says so.
    pub source: String,
}

/// Somebody's statement about who is behind an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// Who says so.
    pub by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What is said, in our words.
    pub says: String,
    /// Where.
    pub source: String,
}

/// How large an operation was, as one source has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// At least so many.
    pub at_least: f64,
    /// Of what.
    pub of: String,
    /// Who says so.
    pub by: String,
    /// Where.
    pub source: String,
}

/// Who is charged in a court case, in words a story would use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// How many are charged.
    pub defendants: u32,
    /// Adjectives of their nationality ("Chinese").
    pub nationalities: Vec<String>,
    /// Their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<String>,
    /// Whom they are said to have worked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub employers: Vec<String>,
}

impl Operation {
    /// When it ran, every source's window taken together.
    #[must_use]
    pub fn window(&self) -> Option<Interval> {
        let start = self.windows.iter().map(|window| window.start).min()?;
        let end = self.windows.iter().filter_map(|window| window.end).max();
        Some(Interval {
            start: Some(midnight(start)),
            end: end.map(|end| midnight(end.saturating_add(1.day()))),
        })
    }

    /// Everything a defender has to look for: techniques, then flaws.
    #[must_use]
    pub fn leads_to(&self) -> Vec<String> {
        self.techniques
            .iter()
            .chain(&self.vulnerabilities)
            .cloned()
            .collect()
    }
}

/// The first instant of a day.
pub(crate) fn midnight(date: Date) -> Timestamp {
    // Only the ends of the calendar, years -9999 and 9999, do not fit a timestamp.
    TimeZone::UTC
        .to_timestamp(date.at(0, 0, 0, 0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Products {
    pub(crate) product: Vec<Product>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Operations {
    pub(crate) operation: Vec<Operation>,
}
