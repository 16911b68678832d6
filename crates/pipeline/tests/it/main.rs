//! What a story leads to, from its words to what is looked for.
// Clippy lets tests unwrap, but not the functions they share.
#![allow(clippy::unwrap_used)]

use std::fs;

use daylight_model::SubjectKind;
use daylight_pipeline::{HuntOptions, Investigation, ReadOptions, investigate};

/// Investigates a story over an empty folder.
fn led_to(story: &str) -> Investigation {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("story.txt");
    fs::write(&path, story).unwrap();
    let evidence = folder.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let report = path.display().to_string();
    investigate(
        &[report],
        &[evidence],
        &ReadOptions::default(),
        &HuntOptions::default(),
        now,
        &mut |_| {},
    )
    .unwrap()
}

/// Checks the flaws that a story leads to, and whether it gives a time to hunt in.
#[track_caller]
fn check(story: &str, flaws: &[&str], window: bool) {
    let found = led_to(story);
    let ids: Vec<&str> = found
        .subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Vulnerability)
        .map(|subject| subject.id.as_str())
        .collect();
    assert_eq!(ids, flaws, "{story}");
    assert_eq!(found.coverage.window.is_some(), window, "{story}");
}

#[test]
fn a_story_without_an_indicator_leads_to_flaws() {
    check(
        "Ministry blames state hackers\n\nPublished: 12 April 2021\n\nThe ministry said a hack of Microsoft Exchange email servers earlier this year had compromised thousands of organisations.\n",
        &[
            "CVE-2021-26855",
            "CVE-2021-26857",
            "CVE-2021-26858",
            "CVE-2021-27065",
        ],
        true,
    );
    check(
        "Flaw in gateways exploited\n\nPublished: 20 June 2023\n\nThe agency said attackers were exploiting CVE-2023-34362 to steal files.\n",
        &["CVE-2023-34362"],
        true,
    );
}

#[test]
fn a_story_of_something_else_leads_to_nothing() {
    check(
        "Market closes higher\n\nPublished: 12 April 2021\n\nThe exchange said trading in shares of software makers had been heavy earlier this year.\n",
        &[],
        false,
    );
}

#[test]
fn a_court_case_beside_an_operation_adds_nothing_to_hunt() {
    let operation = "Allies blame ministry\n\nPublished: 19 July 2021\n\nThe White House blamed China for a hack of Microsoft Exchange email server software earlier this year.\n";
    let case = "\nThe Department of Justice announced charges against four Chinese nationals, who prosecutors allege worked with the Ministry of State Security in a hacking campaign.\n";
    let alone = led_to(operation);
    let both = led_to(&format!("{operation}{case}"));
    assert!(
        both.links[0].len() > alone.links[0].len(),
        "the case is linked"
    );
    assert_eq!(both.subjects, alone.subjects, "and not hunted for");
    assert_eq!(both.coverage.window, alone.coverage.window);
}

#[test]
fn indicators_are_one_thing_to_look_for() {
    let found = led_to(
        "Advisory\n\nPublished: 12 April 2021\n\nThe attackers used these servers:\n\n- evil-updates[.]example\n- 203.0.113[.]77\n\nThe file has the SHA-256 hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.\n",
    );
    let indicators: Vec<_> = found
        .subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Indicators)
        .collect();
    assert_eq!(indicators.len(), 1, "{:?}", found.subjects);
}

#[test]
fn each_operation_of_a_story_keeps_its_own_time() {
    let found = led_to(
        "A year of breaches\n\nPublished: 19 July 2021\n\nThe White House blamed China for a hack of Microsoft Exchange email server software earlier this year.\n\nIt has blamed Russia for the SolarWinds breach, found in December 2020.\n",
    );
    let window = |id: &str| {
        let subject = found.subjects.iter().find(|subject| subject.id == id);
        subject.unwrap().window.unwrap()
    };
    let exchange = window("CVE-2021-26855");
    assert!(exchange.start.unwrap().to_string().starts_with("2021-01"));
    // Web shells belong to both: from the first of the one to the last of the other.
    let both = window("T1190");
    assert!(both.start.unwrap() < exchange.start.unwrap());
    assert_eq!(both.end, exchange.end);
}

#[test]
fn techniques_described_are_followed_only_where_nothing_better_is_known() {
    let deed = "It records keystrokes with a keylogger and writes them to a hidden file.";
    let ids = |story: &str| -> Vec<String> {
        let subjects = led_to(story).subjects;
        subjects.into_iter().map(|subject| subject.id).collect()
    };
    assert_eq!(ids(&format!("A new implant\n\n{deed}\n")), ["T1056.001"]);
    let flaw = "The agency said attackers were exploiting CVE-2023-34362 to steal files.";
    let with_flaw = ids(&format!("A new implant\n\n{deed}\n\n{flaw}\n"));
    assert!(
        !with_flaw.is_empty() && !with_flaw.contains(&"T1056.001".to_owned()),
        "{with_flaw:?}"
    );
    assert!(ids("Advice\n\nMonitor for keyloggers that record keystrokes.\n").is_empty());
}
