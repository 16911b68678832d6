//! The files facts come from, in the shape their keepers give them.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::build::{malformed, read};
use crate::{KnowledgeError, Ransomware, Vulnerability};

pub(crate) struct Sources {
    pub(crate) attack: Attack,
    pub(crate) kev: Kev,
    pub(crate) actors: Actors,
    pub(crate) ransomware: RansomwareFamilies,
}

impl Sources {
    pub(crate) fn read(folder: &Path) -> Result<Self, KnowledgeError> {
        Ok(Self {
            attack: json(folder, "attack-enterprise.json")?,
            kev: json(folder, "cisa-kev.json")?,
            actors: json(folder, "misp-threat-actors.json")?,
            ransomware: json(folder, "misp-ransomware.json")?,
        })
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

#[derive(Deserialize)]
pub(crate) struct Kev {
    pub(crate) source: String,
    pub(crate) vulnerabilities: Vec<KevEntry>,
}

#[derive(Deserialize)]
pub(crate) struct KevEntry {
    pub(crate) cve: String,
    vendor: String,
    product: String,
    name: String,
    added: Date,
    due: Date,
    ransomware: String,
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
