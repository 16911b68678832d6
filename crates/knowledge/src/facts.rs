use std::collections::BTreeMap;

use daylight_model::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A way attackers reach an end, as ATT&CK numbers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technique {
    /// `T1505.003`.
    pub id: String,
    /// "Web Shell".
    pub name: String,
    /// Platforms it is known on.
    pub platforms: Vec<String>,
    /// Short names of the tactics it serves, such as `persistence`.
    pub tactics: Vec<String>,
    /// ATT&CK no longer uses it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub retired: bool,
    /// What took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

/// A group of attackers, as ATT&CK tells them apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// `G0125`.
    pub id: String,
    /// "HAFNIUM".
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// ATT&CK no longer uses it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub retired: bool,
    /// What took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

/// Malware or a tool that attackers use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Software {
    /// `S0020`.
    pub id: String,
    /// "China Chopper".
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Platforms it runs on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// It has legitimate uses.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tool: bool,
    /// ATT&CK no longer uses it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub retired: bool,
    /// What took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

/// A campaign, as ATT&CK records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// `C0024`.
    pub id: String,
    /// "SolarWinds Compromise".
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// ATT&CK's first day.
    pub first_seen: Date,
    /// ATT&CK's last day.
    pub last_seen: Date,
    /// Ids of the groups ATT&CK attributes it to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

/// A flaw on CISA's list of those known to be exploited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// `CVE-2021-26855`.
    pub cve: String,
    /// "Microsoft".
    pub vendor: String,
    /// "Exchange Server".
    pub product: String,
    /// CISA's name for it.
    pub name: String,
    /// When CISA listed it; the list itself began on 2021-11-03.
    pub added: Date,
    /// When US agencies had to have it mended.
    pub due: Date,
    /// CISA knows of ransomware campaigns that use it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ransomware: bool,
    /// CWE ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwes: Vec<String>,
}

/// A threat actor, as the MISP galaxy records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// MISP's id.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// ISO 3166-1 alpha-2 code of the country MISP puts it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The state MISP suspects behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsor: Option<String>,
    /// The one ATT&CK group that MISP gives as a synonym or that bears the same first name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attack_id: Option<String>,
}

/// A family of ransomware, as the MISP galaxy records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ransomware {
    /// MISP's id.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it adds to file names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// Names of the notes it leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub note_filenames: Vec<String>,
    /// When it was first seen, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// What ATT&CK numbers, and may number anew.
pub(crate) trait Numbered {
    fn id(&self) -> &str;
    fn name(&self) -> &str;
    fn is_retired(&self) -> bool;
    /// What took its place.
    fn revoked_by(&self) -> Option<&String>;
}

macro_rules! numbered {
    ($($thing:ty),*) => {$(
        impl Numbered for $thing {
            fn id(&self) -> &str {
                &self.id
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn is_retired(&self) -> bool {
                self.retired
            }

            fn revoked_by(&self) -> Option<&String> {
                self.revoked_by.as_ref()
            }
        }
    )*};
}

numbered!(Technique, Group, Software);

/// What bears an id today: what was revoked leads to what took its place in the end.
pub(crate) fn heir<'f, T: Numbered>(all: &'f BTreeMap<String, T>, id: &str) -> Option<&'f T> {
    let mut thing = all.get(id)?;
    // Chains are short; the bound only keeps a pack with a ring from holding us.
    for _ in 0..8 {
        match thing.revoked_by().and_then(|next| all.get(next)) {
            Some(next) => thing = next,
            None => break,
        }
    }
    Some(thing)
}

/// Which of the lists that others keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FactKind {
    /// MITRE ATT&CK for enterprises.
    Attack,
    /// CISA's list of flaws known to be exploited.
    Kev,
    /// Actors of the MISP galaxy.
    Actors,
    /// Families of ransomware of the MISP galaxy.
    Ransomware,
}

impl FactKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Attack, Self::Kev, Self::Actors, Self::Ransomware];

    /// What its keepers call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Attack => "MITRE ATT&CK",
            Self::Kev => "CISA KEV",
            Self::Actors => "MISP galaxy threat-actor",
            Self::Ransomware => "MISP galaxy ransomware",
        }
    }
}

/// Where facts come from, and how old they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSource {
    /// Which facts.
    pub kind: FactKind,
    /// As its keepers count: "18.1", "2025.08.25", "349"; empty where they do not say.
    pub version: String,
    /// The day it is of, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Date>,
    /// The file or address it was taken from; none where it came with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// When it was taken from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Timestamp>,
}

impl FactSource {
    /// What it is called where a fact of it is given: "MITRE ATT&CK 18.1".
    #[must_use]
    pub fn cited(&self) -> String {
        let title = self.kind.title();
        match (self.version.as_str(), self.published) {
            ("", Some(day)) => format!("{title} of {day}"),
            ("", None) => title.to_owned(),
            (version, _) => format!("{title} {version}"),
        }
    }

    /// Whether it is of an earlier version, or where versions do not tell, of an earlier day.
    #[must_use]
    pub fn is_older_than(&self, other: &Self) -> bool {
        let numbers = |source: &Self| -> Option<Vec<u32>> {
            let parts = source.version.split('.');
            parts.map(|part| part.parse().ok()).collect()
        };
        match (numbers(self), numbers(other)) {
            (Some(own), Some(others)) => own < others,
            _ => self
                .published
                .zip(other.published)
                .is_some_and(|(own, others)| own < others),
        }
    }
}

/// Everything taken over from others, sorted, so that the same sources give the same pack.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Background {
    /// Where each kind of facts comes from.
    pub(crate) sources: Vec<FactSource>,
    pub(crate) techniques: BTreeMap<String, Technique>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) software: BTreeMap<String, Software>,
    pub(crate) campaigns: BTreeMap<String, Campaign>,
    /// Mitigation id to name.
    pub(crate) mitigations: BTreeMap<String, String>,
    /// Tactic short name to id and name.
    pub(crate) tactics: BTreeMap<String, (String, String)>,
    /// Group, software or campaign id to the techniques and software it uses.
    pub(crate) uses: BTreeMap<String, Vec<String>>,
    /// Technique id to mitigation ids.
    pub(crate) mitigated_by: BTreeMap<String, Vec<String>>,
    pub(crate) vulnerabilities: BTreeMap<String, Vulnerability>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) ransomware: Vec<Ransomware>,
}

impl Background {
    pub(crate) fn source(&self, kind: FactKind) -> Option<&FactSource> {
        self.sources.iter().find(|source| source.kind == kind)
    }

    /// What facts of a kind are called where one is given.
    pub(crate) fn cited(&self, kind: FactKind) -> String {
        let source = self.source(kind);
        source.map_or_else(|| kind.title().to_owned(), FactSource::cited)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_false(value: &bool) -> bool {
    !value
}
