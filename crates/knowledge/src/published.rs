//! Facts as their keepers publish them: ATT&CK's STIX bundles, clusters of the MISP galaxy and
//! CISA's list, recognised by their content.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use crate::build::malformed;
use crate::facts::{Background, FactSource};
use crate::sources::{ActorEntry, Actors, Attack, AttackEntity, Kev, RansomwareFamilies};
use crate::{FactKind, KnowledgeError, Ransomware};

impl FactKind {
    /// Where the file may lie below a folder that its keepers publish, the likeliest first.
    #[must_use]
    pub const fn published_as(self) -> &'static [&'static str] {
        match self {
            // By itself, as in attack-stix-data, and as in MITRE's older repository.
            Self::Attack => &[
                "enterprise-attack.json",
                "enterprise-attack/enterprise-attack.json",
            ],
            Self::Kev => &["known_exploited_vulnerabilities.json"],
            Self::Actors => &["threat-actor.json", "clusters/threat-actor.json"],
            Self::Ransomware => &["ransomware.json", "clusters/ransomware.json"],
        }
    }
}

/// A file of facts, read and not yet taken over.
pub struct Published {
    pub(crate) source: FactSource,
    facts: Facts,
}

enum Facts {
    Attack(Attack),
    Kev(Kev),
    Actors(Actors),
    Ransomware(RansomwareFamilies),
}

impl Published {
    /// Reads a file of facts as published; `from` says where it was.
    ///
    /// # Errors
    ///
    /// Where it is no such file, or a damaged one.
    pub fn read(bytes: &[u8], from: &str) -> Result<Self, KnowledgeError> {
        let path = Path::new(from);
        let shape: Shape = json(bytes, path, "facts as published")?;
        let (facts, version, published) = match shape {
            Shape {
                objects: Some(_), ..
            } => attack(bytes, path)?,
            Shape {
                vulnerabilities: Some(_),
                ..
            } => {
                let kev: Kev = json(bytes, path, "CISA's list")?;
                let (version, day) = (kev.version.clone(), day(&kev.released));
                (Facts::Kev(kev), version, day)
            }
            Shape {
                values: Some(_), ..
            } => galaxy(bytes, path)?,
            _ => {
                let found = "something else";
                return Err(malformed(path, EXPECTED, &found));
            }
        };
        let source = FactSource {
            kind: facts.kind(),
            version,
            published,
            from: Some(from.to_owned()),
            taken: None,
        };
        Ok(Self { source, facts })
    }

    /// Which facts they are, of which version.
    #[must_use]
    pub const fn source(&self) -> &FactSource {
        &self.source
    }

    pub(crate) fn put_into(self, background: &mut Background) {
        match self.facts {
            Facts::Attack(attack) => background.take_attack(&attack, self.source),
            Facts::Kev(kev) => background.take_flaws(kev, self.source),
            Facts::Actors(actors) => background.take_actors(actors, self.source),
            Facts::Ransomware(families) => background.take_ransomware(families, self.source),
        }
    }
}

const EXPECTED: &str =
    "ATT&CK as STIX, CISA's list, or the clusters threat-actor or ransomware of the MISP galaxy";

impl Facts {
    const fn kind(&self) -> FactKind {
        match self {
            Self::Attack(_) => FactKind::Attack,
            Self::Kev(_) => FactKind::Kev,
            Self::Actors(_) => FactKind::Actors,
            Self::Ransomware(_) => FactKind::Ransomware,
        }
    }
}

/// Facts, their version and their day.
type Read = (Facts, String, Option<Date>);

/// By which list a file is recognised.
#[derive(Deserialize)]
struct Shape {
    objects: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
    values: Option<IgnoredAny>,
}

fn json<T: DeserializeOwned>(
    bytes: &[u8],
    path: &Path,
    expected: &'static str,
) -> Result<T, KnowledgeError> {
    serde_json::from_slice(bytes).map_err(|error| malformed(path, expected, &error))
}

/// The day of a timestamp.
fn day(timestamp: &str) -> Option<Date> {
    timestamp.get(..10)?.parse().ok()
}

#[derive(Deserialize)]
struct Bundle {
    objects: Vec<Object>,
}

/// What is read of ATT&CK's objects, whatever they are.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Object {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    name: String,
    modified: String,
    aliases: Vec<String>,
    x_mitre_aliases: Vec<String>,
    x_mitre_platforms: Vec<String>,
    x_mitre_domains: Vec<String>,
    kill_chain_phases: Vec<Phase>,
    external_references: Vec<Reference>,
    revoked: bool,
    x_mitre_deprecated: bool,
    x_mitre_shortname: String,
    x_mitre_version: String,
    first_seen: String,
    last_seen: String,
    source_ref: String,
    relationship_type: String,
    target_ref: String,
}

#[derive(Deserialize)]
struct Phase {
    phase_name: String,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Reference {
    source_name: String,
    external_id: String,
}

impl Object {
    /// Objects of ATT&CK for phones and for plants are none of ours.
    fn is_of_enterprise(&self) -> bool {
        let domains = &self.x_mitre_domains;
        domains.is_empty() || domains.iter().any(|domain| domain == "enterprise-attack")
    }

    fn attack_id(&self) -> Option<&str> {
        let references = &self.external_references;
        let own = references
            .iter()
            .find(|it| it.source_name == "mitre-attack")?;
        Some(own.external_id.as_str()).filter(|id| !id.is_empty())
    }

    fn is_retired(&self) -> bool {
        self.revoked || self.x_mitre_deprecated
    }

    fn entity(self) -> Option<AttackEntity> {
        let attack_id = self.attack_id()?.to_owned();
        let retired = self.is_retired();
        let mut aliases = self.aliases;
        aliases.extend(self.x_mitre_aliases);
        aliases.retain(|alias| *alias != self.name);
        Some(AttackEntity {
            id: self.id,
            kind: self.kind,
            attack_id,
            name: self.name,
            aliases,
            platforms: self.x_mitre_platforms,
            tactics: self
                .kill_chain_phases
                .into_iter()
                .map(|it| it.phase_name)
                .collect(),
            retired,
            shortname: self.x_mitre_shortname,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
        })
    }
}

fn attack(bytes: &[u8], path: &Path) -> Result<Read, KnowledgeError> {
    const EXPECTED: &str = "ATT&CK for enterprises";
    let Bundle { objects } = json(bytes, path, EXPECTED)?;
    let collection = objects.iter().find(|it| it.kind == "x-mitre-collection");
    let version = collection.map_or_else(|| version_in(path), |it| it.x_mitre_version.clone());
    let published = match collection {
        Some(collection) => day(&collection.modified),
        None => objects.iter().filter_map(|it| day(&it.modified)).max(),
    };
    let (mut entities, mut relations) = (Vec::new(), Vec::new());
    for object in objects.into_iter().filter(Object::is_of_enterprise) {
        match object.kind.as_str() {
            "relationship" if !object.is_retired() => relations.push((
                object.source_ref,
                object.relationship_type,
                object.target_ref,
            )),
            "attack-pattern" | "intrusion-set" | "malware" | "tool" | "campaign"
            | "course-of-action" | "x-mitre-tactic" => entities.extend(object.entity()),
            _ => {}
        }
    }
    if !entities
        .iter()
        .any(|entity| entity.kind == "attack-pattern")
    {
        return Err(malformed(path, EXPECTED, &"no technique of it"));
    }
    let attack = Attack {
        source: String::new(),
        entities,
        relations,
    };
    Ok((Facts::Attack(attack), version, published))
}

/// The version in a name such as `enterprise-attack-18.1.json`.
fn version_in(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let version = name.rsplit('-').next().unwrap_or_default();
    let is_version = |text: &str| {
        text.contains('.')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    match is_version(version) {
        true => version.to_owned(),
        false => String::new(),
    }
}

#[derive(Deserialize)]
struct Galaxy {
    #[serde(rename = "type")]
    kind: String,
    version: u64,
    values: Vec<Cluster>,
}

#[derive(Deserialize)]
struct Cluster {
    uuid: String,
    value: String,
    #[serde(default)]
    meta: Map<String, Value>,
}

impl Cluster {
    /// What is said under a key, which is one text or several.
    fn texts(&self, key: &str) -> Vec<String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match self.meta.get(key) {
            Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
            Some(value) => text(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn first(&self, key: &str) -> Option<String> {
        self.texts(key).into_iter().next()
    }
}

fn galaxy(bytes: &[u8], path: &Path) -> Result<Read, KnowledgeError> {
    let galaxy: Galaxy = json(bytes, path, "a cluster of the MISP galaxy")?;
    let facts = match galaxy.kind.as_str() {
        "threat-actor" => Facts::Actors(Actors {
            source: String::new(),
            actors: galaxy.values.into_iter().map(actor).collect(),
        }),
        "ransomware" => Facts::Ransomware(RansomwareFamilies {
            source: String::new(),
            ransomware: galaxy.values.into_iter().map(family).collect(),
        }),
        other => return Err(malformed(path, EXPECTED, &format!("the cluster {other}"))),
    };
    Ok((facts, galaxy.version.to_string(), None))
}

fn actor(cluster: Cluster) -> ActorEntry {
    ActorEntry {
        synonyms: cluster.texts("synonyms"),
        country: cluster.first("country"),
        suspected_state_sponsor: cluster.first("cfr-suspected-state-sponsor"),
        uuid: cluster.uuid,
        name: cluster.value,
    }
}

fn family(cluster: Cluster) -> Ransomware {
    Ransomware {
        synonyms: cluster.texts("synonyms"),
        extensions: cluster.texts("extensions"),
        note_filenames: cluster.texts("ransomnotes-filenames"),
        date: cluster.first("date"),
        uuid: cluster.uuid,
        name: cluster.value,
    }
}
