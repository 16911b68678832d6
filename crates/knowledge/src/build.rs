//! Makes the pack: facts of others as they come, and our own curated files, into one file.
//!
//! Only `cargo xtask knowledge` and the tests call this.

use std::collections::BTreeSet;
use std::path::Path;

use crate::curated::{Operation, Operations, Product, Products};
use crate::facts::{Background, heir};
use crate::pack::{FORMAT, Pack, compress, unpack};
use crate::sources;
use crate::{FactKind, KnowledgeError};

/// Makes a pack from a folder with `attack-enterprise.json`, `cisa-kev.json`,
/// `misp-threat-actors.json` and `misp-ransomware.json`, and from the two curated files in
/// `curated`.
pub fn pack_from_sources(folder: &Path, curated: &Path) -> Result<Vec<u8>, KnowledgeError> {
    assemble(sources::background(folder)?, curated)
}

/// Makes a pack from the facts of an earlier one and the curated files in `curated`.
pub fn pack_with_curated(earlier: &[u8], curated: &Path) -> Result<Vec<u8>, KnowledgeError> {
    assemble(unpack::<Pack>(earlier)?.background, curated)
}

fn assemble(background: Background, folder: &Path) -> Result<Vec<u8>, KnowledgeError> {
    let products = toml_file::<Products>(&folder.join("products.toml"))?.product;
    let operations = toml_file::<Operations>(&folder.join("operations.toml"))?.operation;
    let whole = with_campaigns(operations.clone(), &background);
    if let Some(wrong) = curated_problems(&products, &whole, &background).next() {
        return Err(KnowledgeError::Curated {
            path: folder.join(wrong.file),
            entry: wrong.entry,
            problem: wrong.problem,
        });
    }
    let ordinary = read(&folder.join("ordinary-words.txt"))?;
    let ordinary_words = ordinary
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(|word| word.replace('_', " "))
        .collect();
    compress(&Pack {
        format: FORMAT,
        background,
        products,
        operations,
        ordinary_words,
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
pub(crate) fn with_campaigns(
    mut operations: Vec<Operation>,
    background: &Background,
) -> Vec<Operation> {
    let by = background.cited(FactKind::Attack);
    for operation in &mut operations {
        take_over_campaign(operation, background, &by);
    }
    operations
}

/// The same, with the techniques that facts newer than our entries number anew.
pub(crate) fn with_campaigns_today(
    operations: Vec<Operation>,
    background: &Background,
) -> Vec<Operation> {
    let mut operations = with_campaigns(operations, background);
    for id in operations.iter_mut().flat_map(|it| &mut it.techniques) {
        if let Some(today) = heir(&background.techniques, id) {
            id.clone_from(&today.id);
        }
    }
    operations
}

fn take_over_campaign(operation: &mut Operation, background: &Background, by: &str) {
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
            by: by.to_owned(),
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

/// What a curated entry says that background facts do not bear out.
pub(crate) struct CuratedProblem {
    pub(crate) file: &'static str,
    pub(crate) entry: String,
    pub(crate) problem: String,
}

/// The first thing wrong with each curated entry.
pub(crate) fn curated_problems(
    products: &[Product],
    operations: &[Operation],
    background: &Background,
) -> impl Iterator<Item = CuratedProblem> {
    let taken = || Some("this id is taken".to_owned());
    let mut ids = BTreeSet::new();
    let of_products = products.iter().filter_map(move |product| {
        let problem = match ids.insert(&product.id) {
            true => product_problem(product, background),
            false => taken(),
        };
        Some(("products.toml", product.id.clone(), problem?))
    });
    let mut ids = BTreeSet::new();
    let of_operations = operations.iter().filter_map(move |operation| {
        let problem = match ids.insert(&operation.id) {
            true => operation_problem(operation, products, background),
            false => taken(),
        };
        Some(("operations.toml", operation.id.clone(), problem?))
    });
    of_products
        .chain(of_operations)
        .map(|(file, entry, problem)| CuratedProblem {
            file,
            entry,
            problem,
        })
}

fn product_problem(product: &Product, background: &Background) -> Option<String> {
    if product.sources.is_empty() {
        return Some("it has no source".to_owned());
    }
    let flaws = background.vulnerabilities.values();
    let unlisted = product
        .kev
        .iter()
        .find(|kev| !flaws.clone().any(|flaw| kev.matches(flaw)));
    if let Some(kev) = unlisted {
        return Some(format!("no entry of CISA's list fits {kev:?}"));
    }
    product
        .techniques
        .iter()
        .find(|id| !background.techniques.contains_key(*id))
        .map(|id| format!("no such technique: {id}"))
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
