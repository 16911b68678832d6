//! Every rule of ours against events that must fire it and near misses that must not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use daylight_hunt::RuleSet;
use daylight_model::{Level, Limits, LogFamily};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::{event, findings};

#[derive(Deserialize)]
struct Cases {
    fires: Vec<Map<String, Value>>,
    silent: Vec<Map<String, Value>>,
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
}

fn slug(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn every_rule_has_cases_and_keeps_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut rules = Vec::new();
    files(&root.join("rules"), "yml", &mut rules);
    let mut wrong = Vec::new();
    let mut slugs = BTreeSet::new();
    for path in &rules {
        let slug = slug(path);
        let mut set = RuleSet::empty();
        set.add_directory(path, &Limits::default()).unwrap();
        let case = root.join("tests/cases").join(format!("{slug}.json"));
        let Ok(text) = fs::read_to_string(&case) else {
            wrong.push(format!("{slug}: has no cases"));
            continue;
        };
        let cases: Cases = serde_json::from_str(&text).unwrap();
        if cases.fires.is_empty() || cases.silent.is_empty() {
            wrong.push(format!(
                "{slug}: needs an event that fires and one that does not"
            ));
        }
        for (expected, objects) in [(true, &cases.fires), (false, &cases.silent)] {
            for (number, object) in objects.iter().enumerate() {
                let found = findings(&set, &event(object));
                if found.is_empty() == expected {
                    wrong.push(format!("{slug}: fires[{number}] is not {expected}"));
                }
                if found.iter().any(|finding| finding.matched.is_empty()) {
                    wrong.push(format!("{slug}: fires[{number}] says not why"));
                }
            }
        }
        assert!(slugs.insert(slug.clone()), "{slug} stands twice");
    }
    let mut cases = Vec::new();
    files(&root.join("tests/cases"), "json", &mut cases);
    for path in cases {
        if !slugs.contains(&slug(&path)) {
            wrong.push(format!("{}: cases of no rule", slug(&path)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_rule_says_what_people_need() {
    let rules = RuleSet::embedded();
    assert_eq!(rules.problems(), []);
    let mut wrong = Vec::new();
    for rule in rules.rules() {
        let mut miss = |what: &str| wrong.push(format!("{} ({}): {what}", rule.title, rule.id));
        if uuid_version(&rule.id) != Some('4') {
            miss("id is no UUIDv4");
        }
        if rule.techniques().next().is_none() {
            miss("names no technique");
        }
        if rule
            .references
            .iter()
            .any(|one| !one.starts_with("https://"))
            || rule.references.is_empty()
        {
            miss("has no public reference");
        }
        if rule.false_positives.is_empty() || rule.description.is_empty() {
            miss("lacks description or false positives");
        }
        if rule.log_sources.is_empty() {
            miss("reads no log");
        }
        if rule.origin != "embedded" {
            miss("origin");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{} rules", rules.rules().count());
    assert!(rules.rules().count() >= 60);
}

#[test]
fn commands_below_a_web_server_show_in_both_process_logs() {
    let rules = RuleSet::embedded();
    let serves = |family, event_id| {
        rules.rules().any(|rule| {
            rule.techniques().any(|id| id == "T1059.003")
                && rule
                    .log_sources
                    .iter()
                    .any(|source| source.family == family && source.event_ids.contains(&event_id))
        })
    };
    assert!(serves(LogFamily::WindowsSysmon, 1));
    assert!(serves(LogFamily::WindowsSecurity, 4688));
}

#[test]
fn flaws_are_named_only_by_rules_that_show_their_use() {
    let rules = RuleSet::embedded();
    let check = |flaw: &str, expected: &[&str]| {
        let mut found: Vec<&str> = rules
            .rules()
            .filter(|rule| rule.vulnerabilities().any(|id| id == flaw))
            .map(|rule| rule.title.as_str())
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{flaw}");
    };
    check(
        "CVE-2021-26858",
        &[
            "Offline address book downloaded to a path outside its folder",
            "Unified Messaging wrote a file of an unusual kind",
        ],
    );
    check(
        "CVE-2021-26857",
        &[
            "Unified Messaging failed to convert a stored object",
            "Unified Messaging started another process",
        ],
    );
    // A mere attempt is scanning, and counts for a flaw below medium only.
    for rule in rules.rules() {
        let is_attempt = rule.techniques().any(|id| id == "T1595.002");
        let names_flaw = rule.vulnerabilities().next().is_some();
        assert!(
            !(is_attempt && names_flaw && rule.level > Level::Low),
            "{}",
            rule.title
        );
    }
}

fn uuid_version(id: &str) -> Option<char> {
    let parts: Vec<&str> = id.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    (lengths == [8, 4, 4, 4, 12]).then(|| parts[2].chars().next())?
}
