use std::collections::HashMap;

use daylight_model::EntityKind;

use crate::{FactKind, Knowledge};

const ACTORS: &str = FactKind::Actors.title();
const RANSOMWARE: &str = FactKind::Ransomware.title();
const CURATED: &str = "Daylight";

/// A name by which something known may be written in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    /// As written.
    pub text: &'a str,
    /// What bears it.
    pub kind: EntityKind,
    /// ATT&CK id, MISP uuid or our slug of what bears it.
    pub id: &'a str,
    /// Its first name.
    pub canonical: &'a str,
    /// Several things bear it, or it is an everyday word: alone it proves nothing.
    pub ambiguous: bool,
    /// Who gives it.
    pub source: &'a str,
}

impl Knowledge {
    /// Every name and alias of everything known, ambiguous ones marked.
    pub fn names(&self) -> impl Iterator<Item = Name<'_>> {
        collect(self).into_iter()
    }
}

/// Collects every name once for each thing that bears it.
pub(crate) fn collect(knowledge: &Knowledge) -> Vec<Name<'_>> {
    let mut names = Vec::with_capacity(8 << 10);
    attack_names(knowledge, &mut names);
    misp_names(knowledge, &mut names);
    curated_names(knowledge, &mut names);
    names.retain(|name| name.text.chars().filter(|c| c.is_alphanumeric()).count() >= 2);
    let mut bearers: HashMap<String, Vec<Name<'_>>> = HashMap::with_capacity(names.len());
    names.retain(|name| {
        let earlier = bearers.entry(name.text.to_lowercase()).or_default();
        let new = !earlier
            .iter()
            .any(|earlier| stands_for(earlier, name, &knowledge.attack));
        if new {
            earlier.push(*name);
        }
        new
    });
    for name in &mut names {
        let lower = name.text.to_lowercase();
        let rivals = bearers
            .get(&lower)
            .into_iter()
            .flatten()
            .filter(|rival| is_threat(rival.kind));
        name.ambiguous |=
            rivals.count() > 1 && is_threat(name.kind) || knowledge.is_ordinary(&lower);
    }
    names
}

const fn is_threat(kind: EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::IntrusionSet | EntityKind::Malware | EntityKind::Tool
    )
}

/// Whether an earlier bearer of the same name makes a later one needless: the same thing, the
/// same thing twice in one catalogue, or MISP's or our entry for what ATT&CK has by that name.
fn stands_for(earlier: &Name<'_>, later: &Name<'_>, attack: &str) -> bool {
    let group = |name: &Name<'_>| name.kind == EntityKind::IntrusionSet;
    let same_kind =
        is_threat(earlier.kind) && is_threat(later.kind) && group(earlier) == group(later);
    earlier.id == later.id
        || same_kind && earlier.canonical.eq_ignore_ascii_case(later.canonical)
        || same_kind && earlier.source == attack && later.source != attack
        || later.source == CURATED && is_threat(earlier.kind) && group(later)
}

impl Knowledge {
    /// Whether a name in lower case is too short or too common to prove anything by itself.
    pub(crate) fn is_ordinary(&self, lower: &str) -> bool {
        lower.chars().count() <= 3 && !lower.bytes().any(|byte| byte.is_ascii_digit())
            || self.curated.ordinary_words.contains(lower)
    }
}

fn attack_names<'a>(knowledge: &'a Knowledge, names: &mut Vec<Name<'a>>) {
    let facts = &knowledge.facts;
    let mut add = |kind, id: &'a str, canonical: &'a str, aliases: &'a [String]| {
        let texts = std::iter::once(canonical).chain(aliases.iter().map(String::as_str));
        names.extend(texts.map(|text| Name {
            text,
            kind,
            id,
            canonical,
            ambiguous: false,
            source: &knowledge.attack,
        }));
    };
    for group in facts.groups.values() {
        // A revoked group's names live on in what took its place.
        let heir = knowledge.group(&group.id).unwrap_or(group);
        let kind = EntityKind::IntrusionSet;
        add(kind, &heir.id, &group.name, &group.aliases);
    }
    for software in facts.software.values() {
        let kind = if software.tool {
            EntityKind::Tool
        } else {
            EntityKind::Malware
        };
        let heir = knowledge.software(&software.id).unwrap_or(software);
        add(kind, &heir.id, &software.name, &software.aliases);
    }
    for campaign in facts
        .campaigns
        .values()
        .filter(|campaign| campaign.name != campaign.id)
    {
        let id = knowledge
            .operation(&campaign.id)
            .map_or(campaign.id.as_str(), |operation| &operation.id);
        add(EntityKind::Campaign, id, &campaign.name, &campaign.aliases);
    }
}

fn misp_names<'a>(knowledge: &'a Knowledge, names: &mut Vec<Name<'a>>) {
    let facts = &knowledge.facts;
    for actor in &facts.actors {
        let id = actor.attack_id.as_deref().unwrap_or(&actor.uuid);
        let texts = std::iter::once(&actor.name).chain(&actor.synonyms);
        names.extend(texts.filter(|text| !is_group_id(text)).map(|text| {
            Name {
                text,
                kind: EntityKind::IntrusionSet,
                id,
                canonical: facts
                    .groups
                    .get(id)
                    .map_or(&actor.name, |group| &group.name),
                ambiguous: false,
                source: ACTORS,
            }
        }));
    }
    let malware: HashMap<String, &str> = facts
        .software
        .values()
        .flat_map(|software| {
            let names = std::iter::once(&software.name).chain(&software.aliases);
            names.map(|name| (name.to_lowercase(), software.id.as_str()))
        })
        .collect();
    for family in &facts.ransomware {
        let known = malware.get(&bare_family(&family.name).to_lowercase());
        let id = known.copied().unwrap_or(&family.uuid);
        let texts = std::iter::once(&family.name).chain(&family.synonyms);
        names.extend(texts.map(|text| Name {
            text: bare_family(text),
            kind: EntityKind::Malware,
            id,
            canonical: bare_family(&family.name),
            ambiguous: false,
            source: RANSOMWARE,
        }));
    }
}

fn curated_names<'a>(knowledge: &'a Knowledge, names: &mut Vec<Name<'a>>) {
    for operation in &knowledge.operations {
        names.extend(operation.aliases.iter().map(|text| Name {
            text,
            kind: EntityKind::Campaign,
            id: &operation.id,
            canonical: &operation.name,
            ambiguous: false,
            source: CURATED,
        }));
        let links = operation
            .groups
            .iter()
            .filter(|link| !is_group_id(&link.group));
        names.extend(links.map(|link| Name {
            text: &link.group,
            kind: EntityKind::IntrusionSet,
            id: &link.group,
            canonical: &link.group,
            ambiguous: false,
            source: CURATED,
        }));
    }
    for product in &knowledge.curated.products {
        names.extend(product.names.iter().chain(&product.bare).map(|text| Name {
            text,
            kind: EntityKind::Product,
            id: &product.id,
            canonical: &product.name,
            ambiguous: product.bare.contains(text),
            source: CURATED,
        }));
    }
}

/// A family's name as reports write it: "Nhtnwcuf Ransomware (Fake)" is "Nhtnwcuf".
fn bare_family(name: &str) -> &str {
    let name = name.split(" (").next().unwrap_or(name);
    name.strip_suffix(" Ransomware")
        .or_else(|| name.strip_suffix(" ransomware"))
        .unwrap_or(name)
        .trim()
}

/// `G0125`.
pub(crate) fn is_group_id(text: &str) -> bool {
    text.len() == 5
        && text.starts_with('G')
        && text.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}
