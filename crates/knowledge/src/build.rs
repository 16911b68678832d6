//! Makes the pack: facts of others as they come, and our own curated files, into one file.
//!
//! Only `cargo xtask knowledge` and the tests call this.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use jiff::civil::Date;

use crate::KnowledgeError;
use crate::curated::{Operation, Operations, Product, Products};
use crate::facts::{Actor, Background, Campaign, Group, Software, Technique};
use crate::pack::{FORMAT, Pack, unpack};
use crate::sources::{Attack, AttackEntity, Sources};

/// Makes a pack from a folder with `attack-enterprise.json`, `cisa-kev.json`,
/// `misp-threat-actors.json` and `misp-ransomware.json`, and from the two curated files in
/// `curated`.
pub fn pack_from_sources(sources: &Path, curated: &Path) -> Result<Vec<u8>, KnowledgeError> {
    assemble(background(Sources::read(sources)?), curated)
}

/// Makes a pack from the facts of an earlier one and the curated files in `curated`.
pub fn pack_with_curated(earlier: &[u8], curated: &Path) -> Result<Vec<u8>, KnowledgeError> {
    assemble(unpack(earlier)?.background, curated)
}

fn assemble(background: Background, folder: &Path) -> Result<Vec<u8>, KnowledgeError> {
    let products = toml_file::<Products>(&folder.join("products.toml"))?.product;
    let mut operations = toml_file::<Operations>(&folder.join("operations.toml"))?.operation;
    for operation in &mut operations {
        take_over_campaign(operation, &background);
    }
    check_products(&products, &background, folder)?;
    check_operations(&operations, &products, &background, folder)?;
    let ordinary = read(&folder.join("ordinary-words.txt"))?;
    let ordinary_words = ordinary
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(|word| word.replace('_', " "))
        .collect();
    let pack = Pack {
        format: FORMAT,
        background,
        products,
        operations,
        ordinary_words,
    };
    let json = serde_json::to_vec(&pack).map_err(|error| malformed(folder, "facts", &error))?;
    // No name and no time in the header: the same facts give the same bytes.
    let mut writer = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    writer
        .write_all(&json)
        .and_then(|()| writer.finish())
        .map_err(|source| KnowledgeError::Read {
            path: folder.to_owned(),
            source,
        })
}

pub(crate) fn read(path: &Path) -> Result<String, KnowledgeError> {
    std::fs::read_to_string(path).map_err(|source| KnowledgeError::Read {
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn malformed(
    path: &Path,
    expected: &'static str,
    found: &dyn std::fmt::Display,
) -> KnowledgeError {
    KnowledgeError::Malformed {
        path: path.to_owned(),
        expected,
        found: found.to_string(),
    }
}

fn toml_file<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, KnowledgeError> {
    toml::from_str(&read(path)?).map_err(|error| malformed(path, "curated entries", &error))
}

/// Where ATT&CK has the campaign, its relations count, beside what was written by hand.
fn take_over_campaign(operation: &mut Operation, background: &Background) {
    let Some(id) = &operation.campaign else {
        return;
    };
    for used in background.uses.get(id).into_iter().flatten() {
        let list = if used.starts_with('T') {
            &mut operation.techniques
        } else {
            &mut operation.software
        };
        if !list.contains(used) {
            list.push(used.clone());
        }
    }
    let source = format!("https://attack.mitre.org/campaigns/{id}/");
    for group in background
        .campaigns
        .get(id)
        .into_iter()
        .flat_map(|campaign| &campaign.groups)
    {
        operation.groups.push(crate::GroupLink {
            group: group.clone(),
            by: crate::ATTACK.to_owned(),
            date: None,
            same_flaws: false,
            source: source.clone(),
        });
    }
    if let (true, Some(campaign)) = (operation.windows.is_empty(), background.campaigns.get(id)) {
        operation.windows.push(crate::Window {
            start: campaign.first_seen,
            end: Some(campaign.last_seen),
            source,
        });
    }
}

fn check_products(
    products: &[Product],
    background: &Background,
    folder: &Path,
) -> Result<(), KnowledgeError> {
    let path = folder.join("products.toml");
    let wrong = |entry: &str, problem: String| {
        Err(KnowledgeError::Curated {
            path: path.clone(),
            entry: entry.to_owned(),
            problem,
        })
    };
    let mut ids = BTreeSet::new();
    for product in products {
        if !ids.insert(&product.id) {
            return wrong(&product.id, "this id is taken".to_owned());
        }
        if product.sources.is_empty() {
            return wrong(&product.id, "it has no source".to_owned());
        }
        for kev in &product.kev {
            if !background
                .vulnerabilities
                .values()
                .any(|flaw| kev.matches(flaw))
            {
                return wrong(&product.id, format!("no entry of CISA's list fits {kev:?}"));
            }
        }
        for id in &product.techniques {
            if !background.techniques.contains_key(id) {
                return wrong(&product.id, format!("no such technique: {id}"));
            }
        }
    }
    Ok(())
}

fn check_operations(
    operations: &[Operation],
    products: &[Product],
    background: &Background,
    folder: &Path,
) -> Result<(), KnowledgeError> {
    let mut ids = BTreeSet::new();
    for operation in operations {
        let problem = if ids.insert(&operation.id) {
            operation_problem(operation, products, background)
        } else {
            Some("this id is taken".to_owned())
        };
        if let Some(problem) = problem {
            let path = folder.join("operations.toml");
            return Err(KnowledgeError::Curated {
                path,
                entry: operation.id.clone(),
                problem,
            });
        }
    }
    Ok(())
}

fn operation_problem(
    operation: &Operation,
    products: &[Product],
    background: &Background,
) -> Option<String> {
    let is_group_id = |id: &str| {
        id.len() == 5 && id.starts_with('G') && id[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    let unknown = |what: &str, id: &str| Some(format!("no such {what}: {id}"));
    for id in &operation.products {
        if !products.iter().any(|product| product.id == *id) {
            return unknown("product", id);
        }
    }
    for id in &operation.techniques {
        if background
            .techniques
            .get(id)
            .is_none_or(|technique| technique.retired)
        {
            return unknown("technique in use", id);
        }
    }
    for id in &operation.software {
        if !background.software.contains_key(id) {
            return unknown("software", id);
        }
    }
    for id in operation.campaign.iter() {
        if !background.campaigns.contains_key(id) {
            return unknown("campaign", id);
        }
    }
    for link in operation
        .groups
        .iter()
        .filter(|link| is_group_id(&link.group))
    {
        if background
            .groups
            .get(&link.group)
            .is_none_or(|group| group.retired)
        {
            return unknown("group in use", &link.group);
        }
    }
    for cve in &operation.vulnerabilities {
        let (listed, marked) = (
            background.vulnerabilities.contains_key(cve),
            operation.not_in_kev.contains(cve),
        );
        if listed == marked {
            return Some(format!(
                "{cve}: listed by CISA: {listed}, marked as not listed: {marked}"
            ));
        }
    }
    if operation.sources.is_empty() {
        return Some("it has no source".to_owned());
    }
    operation
        .windows
        .iter()
        .find(|window| window.end.is_some_and(|end| end < window.start))
        .map(|window| format!("its window ends before it begins on {}", window.start))
}

/// Sorts the facts of others into our own order.
fn background(sources: Sources) -> Background {
    let Sources {
        attack,
        kev,
        actors,
        ransomware,
    } = sources;
    let mut facts = attack_facts(&attack);
    facts.sources = vec![attack.source, kev.source, actors.source, ransomware.source];
    let flaws = kev.vulnerabilities.into_iter();
    facts.vulnerabilities = flaws
        .map(|raw| (raw.cve.clone(), raw.into_vulnerability()))
        .collect();
    for raw in actors.actors {
        facts.actors.push(Actor {
            attack_id: attack_group(&raw.name, &raw.synonyms, &facts.groups),
            uuid: raw.uuid,
            name: raw.name,
            synonyms: raw.synonyms,
            country: raw.country,
            sponsor: raw.suspected_state_sponsor,
        });
    }
    facts.actors.sort_by(|a, b| a.uuid.cmp(&b.uuid));
    facts.ransomware = ransomware.ransomware;
    facts.ransomware.sort_by(|a, b| a.uuid.cmp(&b.uuid));
    facts
}

fn attack_facts(attack: &Attack) -> Background {
    let mut facts = Background::default();
    let by_id = attack
        .entities
        .iter()
        .map(|entity| (entity.id.as_str(), entity));
    let by_id: BTreeMap<&str, &AttackEntity> = by_id.collect();
    let mut revoked = BTreeMap::new();
    let mut attributed = Vec::new();
    for (from, relation, to) in &attack.relations {
        let (Some(from), Some(to)) = (by_id.get(from.as_str()), by_id.get(to.as_str())) else {
            continue;
        };
        let (from_id, to_id) = (from.attack_id.clone(), to.attack_id.clone());
        match relation.as_str() {
            "uses" => facts.uses.entry(from_id).or_default().push(to_id),
            "mitigates" => facts.mitigated_by.entry(to_id).or_default().push(from_id),
            "revoked-by" => drop(revoked.insert(from.id.as_str(), to_id)),
            "attributed-to" => attributed.push((from_id, to_id)),
            _ => {}
        }
    }
    for ids in facts
        .uses
        .values_mut()
        .chain(facts.mitigated_by.values_mut())
    {
        ids.sort();
        ids.dedup();
    }
    for entity in &attack.entities {
        add_entity(&mut facts, entity, revoked.get(entity.id.as_str()).cloned());
    }
    attributed.sort();
    for (campaign, group) in attributed {
        if let Some(campaign) = facts.campaigns.get_mut(&campaign) {
            campaign.groups.push(group);
        }
    }
    facts
}

fn add_entity(facts: &mut Background, entity: &AttackEntity, revoked_by: Option<String>) {
    let AttackEntity {
        attack_id: id,
        name,
        aliases,
        platforms,
        tactics,
        retired,
        ..
    } = entity.clone();
    let key = id.clone();
    match entity.kind.as_str() {
        // An id can have belonged to two patterns; the one in use wins.
        "attack-pattern" if !retired || !facts.techniques.contains_key(&key) => {
            let technique = Technique {
                id,
                name,
                platforms,
                tactics,
                retired,
                revoked_by,
            };
            facts.techniques.insert(key, technique);
        }
        "intrusion-set" => {
            let group = Group {
                id,
                name,
                aliases,
                retired,
                revoked_by,
            };
            facts.groups.insert(key, group);
        }
        "malware" | "tool" => {
            let tool = entity.kind == "tool";
            let software = Software {
                id,
                name,
                aliases,
                platforms,
                tool,
                retired,
                revoked_by,
            };
            facts.software.insert(key, software);
        }
        "campaign" => {
            let (first_seen, last_seen) = (day(&entity.first_seen), day(&entity.last_seen));
            let groups = Vec::new();
            let campaign = Campaign {
                id,
                name,
                aliases,
                first_seen,
                last_seen,
                groups,
            };
            facts.campaigns.insert(key, campaign);
        }
        "course-of-action" if !retired => drop(facts.mitigations.insert(id, name)),
        "x-mitre-tactic" => drop(facts.tactics.insert(entity.shortname.clone(), (id, name))),
        _ => {}
    }
}

/// The day of a timestamp such as `2019-09-01T04:00:00.000Z`.
fn day(timestamp: &str) -> Date {
    timestamp
        .get(..10)
        .and_then(|text| text.parse().ok())
        .unwrap_or(Date::ZERO)
}

/// The ATT&CK group that an actor is: the one of the same first name, else the only one whose
/// id it bears.
fn attack_group(
    name: &str,
    synonyms: &[String],
    groups: &BTreeMap<String, Group>,
) -> Option<String> {
    let in_use = |group: &&Group| !group.retired;
    let same = groups
        .values()
        .filter(in_use)
        .find(|group| group.name.eq_ignore_ascii_case(name));
    let mut borne = synonyms
        .iter()
        .filter_map(|id| groups.get(id))
        .filter(in_use);
    let only = borne.next().filter(|_| borne.next().is_none());
    same.or(only).map(|group| group.id.clone())
}
