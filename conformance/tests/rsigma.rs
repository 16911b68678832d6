//! Every difference from the peer has its reason in `differences.toml`.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use daylight_conformance::compare::{self, Events};
use daylight_conformance::differences::{Known, unfit};

#[test]
fn every_difference_on_recorded_events_is_explained() {
    check(Events::Recorded, 200);
}

#[test]
fn every_difference_on_events_made_from_the_rules_is_explained() {
    check(Events::Crafted, 2_000);
}

/// Compares, and wants at least so many rules to have matched.
fn check(events: Events, rules_matched_min: usize) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("DAYLIGHT_SHARED")
        .map_or_else(|| here.join("../../shared"), PathBuf::from);
    let rules = shared.join("rules/sigma");
    if !rules.is_dir() {
        println!("skipped: {} is not there", rules.display());
        return;
    }
    let text = std::fs::read_to_string(here.join("differences.toml")).unwrap();
    let known: Known = toml::from_str(&text).unwrap();
    let folders = [
        rules.join("rules/windows"),
        rules.join("rules-emerging-threats"),
    ];
    let evidence = [shared.join("evidence"), rules.join("regression_data")];
    let comparison = compare::run(&folders, &evidence, events).unwrap();

    println!(
        "{events:?}: {} rules, {} events, {} pairs; {} matches of both, of {} rules; {} differences, of {} rules",
        comparison.rules,
        comparison.events,
        comparison.pairs,
        comparison.matches,
        comparison.rules_matched.len(),
        comparison.differences.values().map(Vec::len).sum::<usize>(),
        comparison.differences.len(),
    );
    for (reason, ids) in &comparison.rules_left_out {
        let some: Vec<&str> = ids.iter().map(String::as_str).take(3).collect();
        println!(
            "{} rules left out: {reason}: {}",
            ids.len(),
            some.join(", ")
        );
    }
    let unfit = unfit(&comparison, &known, events);
    for line in &unfit {
        println!("{line}");
    }
    assert!(unfit.is_empty(), "{} do not fit", unfit.len());
    let matched = comparison.rules_matched.len();
    assert!(matched >= rules_matched_min, "only {matched} rules matched");
}
