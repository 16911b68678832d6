//! Real evidence, where it is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use daylight_evidence::{Options, Sink, read};
use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
use daylight_model::{Event, Finding, Level};

use crate::shared::shared;

/// Runs a hunter over what the readers bring.
struct Hunt<'r> {
    hunter: Hunter<'r>,
    findings: Vec<Finding>,
    events: u64,
}

impl Sink for Hunt<'_> {
    fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        self.hunter.event(event, &mut self.findings);
    }
}

/// What the rules find at these paths, and how many events were read.
pub(crate) fn hunt(rules: &RuleSet, paths: &[PathBuf]) -> (Vec<Finding>, u64) {
    let indicators = IndicatorSet::default();
    let mut hunt = Hunt {
        hunter: Hunter::new(rules, &indicators),
        findings: Vec::new(),
        events: 0,
    };
    read(paths, &Options::default(), &mut hunt);
    (hunt.findings, hunt.events)
}

fn print(findings: &[Finding]) {
    for finding in findings {
        let time = finding
            .time
            .map(|time| time.to_string())
            .unwrap_or_default();
        let (rule, id) = (&finding.rule, finding.event_id.unwrap_or_default());
        println!(
            "{time} {} {id} [{}] {}",
            finding.family,
            rule.level.as_str(),
            rule.title
        );
        for matched in &finding.matched {
            println!("      {}: {}", matched.field, matched.value);
        }
    }
}

/// How many findings the record with the most of them has.
fn most_on_one_record(findings: &[Finding]) -> usize {
    let mut counts = BTreeMap::new();
    for finding in findings {
        let place = (finding.source, finding.record, finding.offset);
        *counts.entry(place).or_default() += 1;
    }
    counts.into_values().max().unwrap_or_default()
}

#[test]
fn the_example_attack_is_told_once_for_each_thing_done() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let rules = RuleSet::embedded();
    let (findings, _) = hunt(&rules, &[root.join("exchange-2021/evidence")]);
    assert!(most_on_one_record(&findings) <= 2);
    let flaws: BTreeSet<String> = findings
        .iter()
        .flat_map(|finding| finding.rule.vulnerabilities())
        .collect();
    assert_eq!(Vec::from_iter(flaws), ["CVE-2021-26855", "CVE-2021-27065"]);
    let techniques: BTreeSet<String> = findings
        .iter()
        .flat_map(|finding| finding.rule.techniques())
        .collect();
    for id in [
        "T1003.001",
        "T1057",
        "T1059.003",
        "T1070.004",
        "T1190",
        "T1505.003",
        "T1560.001",
        "T1595.002",
    ] {
        assert!(techniques.contains(id), "{id} {techniques:?}");
    }

    let (findings, _) = hunt(&rules, &[root.join("clean-server")]);
    let alarming: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.rule.level > Level::Low)
        .map(|finding| finding.rule.title.as_str())
        .collect();
    assert_eq!(alarming, [""; 0]);
}

#[test]
fn the_recorded_attack_is_seen_in_order_and_nothing_else() {
    let Some(path) = shared("evidence/proxylogon_ssrf_rce_poc.zip") else {
        return;
    };
    let rules = RuleSet::embedded();
    let (mut findings, events) = hunt(&rules, &[path]);
    findings.sort_by_key(|finding| finding.time);
    println!("{events} events");
    print(&findings);
    let mut titles: Vec<&str> = Vec::new();
    for finding in &findings {
        let title = finding.rule.title.as_str();
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let expected = [
        "Exchange Control Panel failed on a rerouted address",
        "Script in the address of an Exchange virtual directory (management log)",
        "Web page written into a public folder of Exchange",
        "Web page written into a public folder of Exchange over loopback file sharing",
        "Offline address book directory removed from the command line",
        "Exchange's web server compiled a page",
        "Unknown page of Outlook on the web compiled for its first visitor",
        "Command run as LocalSystem below a web server",
    ];
    assert_eq!(titles, expected);
    assert!(most_on_one_record(&findings) <= 2);
}

#[test]
fn other_attacks_are_not_taken_for_the_exchange_flaws() {
    let Some(path) = shared("evidence/evtx-attack-samples") else {
        return;
    };
    let rules = RuleSet::embedded();
    let (findings, events) = hunt(&rules, &[path]);
    println!("{events} events");
    print(&findings);
    let mut flaws: Vec<String> = Vec::new();
    let mut techniques = BTreeSet::new();
    for finding in &findings {
        flaws.extend(finding.rule.vulnerabilities());
        techniques.extend(finding.rule.techniques());
    }
    assert!(flaws.is_empty(), "{flaws:?}");
    assert!(techniques.len() >= 20, "{techniques:?}");
}
