//! Sorts the facts of others into our own order.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::facts::{Actor, Background, Campaign, FactSource, Group, Software, Technique};
use crate::sources::{Actors, Attack, AttackEntity, Kev, RansomwareFamilies};

impl Background {
    /// Puts ATT&CK's facts in the place of those there are.
    pub(crate) fn take_attack(&mut self, attack: &Attack, source: FactSource) {
        let attack = attack_facts(attack);
        *self = Self {
            sources: std::mem::take(&mut self.sources),
            vulnerabilities: std::mem::take(&mut self.vulnerabilities),
            actors: std::mem::take(&mut self.actors),
            ransomware: std::mem::take(&mut self.ransomware),
            ..attack
        };
        for actor in &mut self.actors {
            actor.attack_id = attack_group(&actor.name, &actor.synonyms, &self.groups);
        }
        self.came_from(source);
    }

    /// Puts a list of exploited flaws in the place of the one there is.
    pub(crate) fn take_flaws(&mut self, kev: Kev, source: FactSource) {
        let flaws = kev.vulnerabilities.into_iter();
        self.vulnerabilities = flaws
            .map(|raw| (raw.cve.clone(), raw.into_vulnerability()))
            .collect();
        self.came_from(source);
    }

    /// Puts MISP's actors in the place of those there are.
    pub(crate) fn take_actors(&mut self, actors: Actors, source: FactSource) {
        let actors = actors.actors.into_iter().map(|raw| Actor {
            attack_id: attack_group(&raw.name, &raw.synonyms, &self.groups),
            uuid: raw.uuid,
            name: raw.name,
            synonyms: raw.synonyms,
            country: raw.country,
            sponsor: raw.suspected_state_sponsor,
        });
        self.actors = actors.collect();
        self.actors.sort_by(|a, b| a.uuid.cmp(&b.uuid));
        self.came_from(source);
    }

    /// Puts families of ransomware in the place of those there are.
    pub(crate) fn take_ransomware(&mut self, families: RansomwareFamilies, source: FactSource) {
        self.ransomware = families.ransomware;
        self.ransomware.sort_by(|a, b| a.uuid.cmp(&b.uuid));
        self.came_from(source);
    }

    fn came_from(&mut self, source: FactSource) {
        self.sources.retain(|other| other.kind != source.kind);
        self.sources.push(source);
        self.sources.sort_by_key(|source| source.kind);
    }
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
