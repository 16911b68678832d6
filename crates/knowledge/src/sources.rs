//! The files that the embedded facts come from, each reduced to what Daylight keeps.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::build::{malformed, read};
use crate::facts::Background;
use crate::{FactKind, FactSource, KnowledgeError, Ransomware, Vulnerability};

/// The facts of a folder with four files, each reduced to what Daylight keeps of it.
pub(crate) fn background(folder: &Path) -> Result<Background, KnowledgeError> {
    let mut facts = Background::default();
    let attack: Attack = json(folder, "attack-enterprise.json")?;
    facts.take_attack(&attack, named(FactKind::Attack, &attack.source));
    let kev: Kev = json(folder, "cisa-kev.json")?;
    let source = named(FactKind::Kev, &kev.source);
    facts.take_flaws(kev, source);
    let actors: Actors = json(folder, "misp-threat-actors.json")?;
    let source = named(FactKind::Actors, &actors.source);
    facts.take_actors(actors, source);
    let families: RansomwareFamilies = json(folder, "misp-ransomware.json")?;
    let source = named(FactKind::Ransomware, &families.source);
    facts.take_ransomware(families, source);
    Ok(facts)
}

/// A source that names itself in words such as "MISP galaxy ransomware v172, facts only".
fn named(kind: FactKind, words: &str) -> FactSource {
    let version = words
        .split([' ', ','])
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let version = version.unwrap_or_default().to_owned();
    FactSource {
        kind,
        // CISA counts its list by days.
        published: version.replace('.', "-").parse().ok(),
        version,
        from: None,
        taken: None,
    }
}

fn json<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, KnowledgeError> {
    let path = folder.join(name);
    serde_json::from_str(&read(&path)?)
        .map_err(|error| malformed(&path, "background facts", &error))
}

#[derive(Deserialize)]
pub(crate) struct Attack {
    pub(crate) source: String,
    pub(crate) entities: Vec<AttackEntity>,
    pub(crate) relations: Vec<(String, String, String)>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct AttackEntity {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) attack_id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) platforms: Vec<String>,
    #[serde(default)]
    pub(crate) tactics: Vec<String>,
    #[serde(default)]
    pub(crate) retired: bool,
    #[serde(default)]
    pub(crate) shortname: String,
    #[serde(default)]
    pub(crate) first_seen: String,
    #[serde(default)]
    pub(crate) last_seen: String,
}

/// CISA's list, with its own names of things and with ours.
#[derive(Deserialize)]
pub(crate) struct Kev {
    #[serde(default)]
    pub(crate) source: String,
    #[serde(default, rename = "catalogVersion")]
    pub(crate) version: String,
    #[serde(default, rename = "dateReleased")]
    pub(crate) released: String,
    pub(crate) vulnerabilities: Vec<KevEntry>,
}

#[derive(Deserialize)]
pub(crate) struct KevEntry {
    #[serde(alias = "cveID")]
    pub(crate) cve: String,
    #[serde(alias = "vendorProject")]
    vendor: String,
    product: String,
    #[serde(alias = "vulnerabilityName")]
    name: String,
    #[serde(alias = "dateAdded")]
    added: Date,
    #[serde(alias = "dueDate")]
    due: Date,
    #[serde(default, alias = "knownRansomwareCampaignUse")]
    ransomware: String,
    #[serde(default)]
    cwes: Vec<String>,
}

impl KevEntry {
    pub(crate) fn into_vulnerability(self) -> Vulnerability {
        Vulnerability {
            ransomware: self.ransomware == "Known",
            cve: self.cve,
            vendor: self.vendor.trim().to_owned(),
            product: self.product.trim().to_owned(),
            name: self.name.trim().to_owned(),
            added: self.added,
            due: self.due,
            cwes: self.cwes,
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Actors {
    pub(crate) source: String,
    pub(crate) actors: Vec<ActorEntry>,
}

#[derive(Deserialize)]
pub(crate) struct ActorEntry {
    pub(crate) uuid: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) synonyms: Vec<String>,
    pub(crate) country: Option<String>,
    pub(crate) suspected_state_sponsor: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct RansomwareFamilies {
    pub(crate) source: String,
    pub(crate) ransomware: Vec<Ransomware>,
}
