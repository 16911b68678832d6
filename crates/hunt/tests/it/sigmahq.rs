//! SigmaHQ's rules, where they are at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use daylight_hunt::RuleSet;
use daylight_model::Limits;

use crate::recording::hunt;
use crate::shared::shared;

#[test]
fn sigmahq_rules_compile() {
    let Some(folder) = shared("rules/sigma") else {
        return;
    };
    let mut rules = RuleSet::empty();
    let start = Instant::now();
    for part in ["rules", "rules-emerging-threats"] {
        rules
            .add_directory(&folder.join(part), &Limits::default())
            .unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    let compiled = rules.rules().count();
    let unread = rules.without_reader().count();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in rules.problems() {
        *reasons.entry(problem.reason.as_str()).or_default() += 1;
    }
    println!("{compiled} rules in {seconds:.2} s, {unread} without a reader, {reasons:#?}");
    assert!(compiled >= 3_612, "{compiled}");
    assert!(compiled - unread >= 2_806, "{unread}");
    assert!(rules.problems().len() <= 2, "{:#?}", rules.problems());
}

/// One of SigmaHQ's own cases: a log and how often a rule matches in it.
struct Case {
    rule: String,
    log: PathBuf,
    /// `None`: at least once.
    expected: Option<usize>,
}

fn cases(folder: &Path, found: &mut Vec<Case>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            cases(&path, found);
        } else if path.file_name().is_some_and(|name| name == "info.yml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let value = |after: &str, key: &str| {
                let rest = text.split_once(after)?.1;
                let rest = rest.split_once(key)?.1;
                rest.lines().next().map(|value| value.trim().to_owned())
            };
            let log = value("regression_tests_info", "path:").unwrap();
            let log = Path::new(&log).file_name().unwrap().to_owned();
            found.push(Case {
                rule: value("rule_metadata", "id:").unwrap(),
                log: folder.join(log),
                expected: value("regression_tests_info", "match_count:")
                    .map(|count| count.parse().unwrap()),
            });
        }
    }
}

#[test]
fn sigmahq_regression_cases_match_as_often_as_they_say() {
    let Some(folder) = shared("rules/sigma") else {
        return;
    };
    let mut rules = RuleSet::empty();
    for part in ["rules", "rules-emerging-threats"] {
        rules
            .add_directory(&folder.join(part), &Limits::default())
            .unwrap();
    }
    let mut found = Vec::new();
    cases(&folder.join("regression_data"), &mut found);
    let mut wrong = Vec::new();
    let (mut events, start) = (0, Instant::now());
    for case in &found {
        let (findings, count) = hunt(&rules, std::slice::from_ref(&case.log));
        events += count;
        let matches = findings
            .iter()
            .filter(|finding| finding.rule.id == case.rule)
            .count();
        if case
            .expected
            .map_or(matches == 0, |expected| matches != expected)
        {
            wrong.push((case.rule.as_str(), matches, case.expected));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let right = found.len() - wrong.len();
    println!(
        "{right} of {} cases, {events} events in {seconds:.2} s",
        found.len()
    );
    // Three values of the registry are set in that log, each as the rule describes it.
    let miscounted = ("45e112d0-7759-4c2a-aa36-9f8fb79d3393", 3, Some(1));
    wrong.retain(|case| *case != miscounted);
    assert_eq!(wrong, [], "rule, matches, matches expected");
    assert!(found.len() >= 100, "{}", found.len());
}

#[test]
fn sigmahq_rules_see_the_recorded_attack() {
    let Some(folder) = shared("rules/sigma") else {
        return;
    };
    let Some(log) = shared("evidence/proxylogon_ssrf_rce_poc.zip") else {
        return;
    };
    let mut rules = RuleSet::empty();
    for part in ["rules", "rules-emerging-threats"] {
        rules
            .add_directory(&folder.join(part), &Limits::default())
            .unwrap();
    }
    let (findings, _) = hunt(&rules, &[log]);
    let check = |id: &str, expected: usize| {
        let found = findings.iter().filter(|one| one.rule.id.starts_with(id));
        assert_eq!(found.count(), expected, "{id}");
    };
    check("550d3350-", 1);
    check("9db37458-", 1);
    check("8202070f-", 4);
    check("79ce34ca-", 4);
    check("502b42de-", 4);
    check("bef0bc5a-", 20);
    check("bd1212e5-", 0);
    check("b06335b3-", 0);
    check("cd479ccc-", 0);
}
