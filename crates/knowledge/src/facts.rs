use std::collections::BTreeMap;

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

/// Everything taken over from others, sorted, so that the same sources give the same pack.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Background {
    /// How each source names itself: "MITRE ATT&CK Enterprise 18.1 …".
    pub(crate) sources: Vec<String>,
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

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_false(value: &bool) -> bool {
    !value
}
