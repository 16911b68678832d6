//! The answer in five lines, and what to do.

use daylight_dossier::{When, advise, coverage, family_advice, verdict};
use daylight_model::*;

use crate::sample;

#[test]
fn a_hit_says_since_when_where_and_how_sure() {
    let sample = sample::hit();
    let verdict = verdict(&sample.case());
    assert_eq!(verdict.outcome, Outcome::Hit);
    assert_eq!(verdict.since, Some(sample::at("2021-03-02T01:40:10.250Z")));
    assert_eq!(verdict.hosts, ["EX01", "EX02"]);
    assert_eq!((verdict.story_findings, verdict.other_findings), (4, 1));
    assert!(verdict.exit_found);
    assert!(
        verdict
            .certainty
            .starts_with("Strong: rules written for CVE-2021-26855")
    );
    assert!(verdict.certainty.ends_with("Nothing here says who did it."));
    assert!(
        verdict
            .headline
            .contains("Also found, not of this story: 1 finding.")
    );
    assert!(verdict.do_now[0].starts_with("Cut EX01 and EX02 off"));
    let names: Vec<&str> = verdict.lines().iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["Verdict", "First trace", "Where", "How sure", "Do now"]
    );
}

#[test]
fn what_lies_outside_the_operation_dates_and_places_nothing() {
    let mut sample = sample::hit();
    let mut early = sample.findings[2].clone();
    early.id = "sighting--early".into();
    early.time = Some(sample::at("2019-01-01T00:00:00Z"));
    early.host = Some("OLD01".into());
    sample.findings.insert(0, early);
    let window = Some(sample::window());
    sample.coverage = coverage(
        &sample::subjects(),
        window,
        None,
        &sample.rules,
        &sample.findings,
        &sample.manifest,
    );
    let mixed = verdict(&sample.case());
    assert_eq!(mixed.since, Some(sample::at("2021-03-02T01:40:10.250Z")));
    assert_eq!(mixed.hosts, ["EX01", "EX02"]);
    assert!(
        mixed
            .certainty
            .contains("1 finding more lies outside the time of the operation"),
        "{}",
        mixed.certainty
    );
    sample.findings.truncate(1);
    sample.coverage = coverage(
        &sample::subjects(),
        window,
        None,
        &sample.rules,
        &sample.findings,
        &sample.manifest,
    );
    let early = verdict(&sample.case());
    assert_eq!(
        (early.outcome, early.hosts.as_slice()),
        (Outcome::Hit, &["OLD01".to_owned()][..])
    );
    assert!(
        early.certainty.contains("All of it lies outside"),
        "{}",
        early.certainty
    );
    assert!(early.certainty.starts_with("Weak:"), "{}", early.certainty);
}

#[test]
fn quiet_logs_are_not_a_clean_bill() {
    let sample = sample::clean();
    let verdict = verdict(&sample.case());
    assert_eq!(verdict.outcome, Outcome::NotSeen);
    assert!(!verdict.exit_found);
    assert!(
        verdict.headline.contains("1 could not be seen"),
        "{}",
        verdict.headline
    );
    assert!(verdict.certainty.contains("is not excluded"));
    assert!(verdict.do_now.iter().all(|text| !text.contains("Cut ")));
}

#[test]
fn without_evidence_nothing_follows() {
    let sample = sample::empty();
    let verdict = verdict(&sample.case());
    assert_eq!(verdict.outcome, Outcome::CouldNotSee);
    assert!(!verdict.exit_found);
    assert!(
        verdict
            .headline
            .starts_with("Nothing could be seen: no evidence could be read."),
        "{}",
        verdict.headline
    );
    assert_eq!(verdict.lines()[1].1, "cannot be told");
    assert!(
        sample
            .coverage
            .rows
            .iter()
            .all(|row| row.outcome == Outcome::CouldNotSee)
    );
}

#[test]
fn unreadable_files_are_counted_not_trusted() {
    let mut sample = sample::empty();
    sample.manifest.sources = vec![SourceRecord::default(); 3];
    let headline = verdict(&sample.case()).headline;
    assert_eq!(
        headline,
        "Nothing could be seen: no event could be read from any of the 3 files handed in."
    );
}

#[test]
fn an_attempt_is_not_a_success() {
    let check = |levels: [Level; 2], expected: &str| {
        let mut sample = sample::hit();
        sample.findings.truncate(2);
        for (finding, level) in sample.findings.iter_mut().zip(levels) {
            let mut rule = (*finding.rule).clone();
            rule.level = level;
            finding.rule = rule.into();
        }
        let line = verdict(&sample.case()).lines()[1].1.clone();
        assert!(line.contains(expected), "{line}");
    };
    check(
        [Level::Medium, Level::Critical],
        "01:40:10 UTC (an attempt, by its level medium); first sign of success 2021-03-02 01:40:12 UTC",
    );
    check(
        [Level::High, Level::Critical],
        "(level high); first of level critical 2021-03-02 01:40:12 UTC",
    );
    check([Level::Critical, Level::Critical], "UTC; last trace");
    check([Level::Medium, Level::Medium], "UTC; last trace");
}

#[test]
fn attempts_on_the_same_matter_belong_to_the_story() {
    let mut sample = sample::hit();
    let mut refused = (*sample.rules[0]).clone();
    refused.id = "refused".into();
    refused.level = Level::Medium;
    refused.tags = vec!["attack.reconnaissance".into(), "attack.t1595.002".into()];
    let refused = refused.into();
    let attempt = sample::finding(&refused, 1, "2021-03-01T09:00:00Z", None, 3);
    sample.findings.insert(0, attempt);
    let mixed = verdict(&sample.case());
    assert_eq!((mixed.story_findings, mixed.related_findings), (4, 1));
    assert_eq!(mixed.since, Some(sample::at("2021-03-01T09:00:00Z")));
    assert_eq!(mixed.success, Some(sample::at("2021-03-02T01:40:10.250Z")));

    sample.findings.truncate(1);
    sample.coverage = sample::clean().coverage;
    let refused = verdict(&sample.case());
    assert_eq!(
        (refused.outcome, refused.exit_found),
        (Outcome::NotSeen, true)
    );
    let line = refused.lines()[1].1.clone();
    assert!(
        line.contains("an attempt; nothing shows that it succeeded"),
        "{line}"
    );
}

#[test]
fn an_absence_on_some_days_is_said_to_be_one() {
    let sample = sample::clean();
    let verdict = verdict(&sample.case());
    assert!(
        verdict
            .headline
            .contains("only within the time covered: 5 of the 12 days at most"),
        "{}",
        verdict.headline
    );
    assert!(verdict.certainty.contains("only on the days covered"));
}

#[test]
fn two_names_of_one_machine_are_one_machine() {
    let mut sample = sample::hit();
    for finding in &mut sample.findings {
        finding.host = Some("EX01".into());
    }
    sample.manifest.sources[0].hosts = vec!["ex01.corp.example".into()];
    let verdict = verdict(&sample.case());
    assert_eq!(verdict.hosts, ["ex01.corp.example (EX01)"]);
}

#[test]
fn findings_on_other_matters_do_not_make_a_hit() {
    let mut sample = sample::hit();
    sample
        .findings
        .retain(|finding| finding.event_id == Some(7045));
    sample.coverage = sample::clean().coverage;
    let verdict = verdict(&sample.case());
    assert_eq!(verdict.outcome, Outcome::NotSeen);
    assert_eq!((verdict.story_findings, verdict.other_findings), (0, 1));
    assert!(verdict.exit_found);
}

#[test]
fn findings_below_medium_are_nothing_found() {
    let mut sample = sample::clean();
    let low = sample::rule("low", "Low", Level::Low, &["attack.t1543.003"], vec![]);
    sample.findings = vec![sample::finding(
        &low,
        0,
        "2021-03-04T11:02:00Z",
        Some(7045),
        1,
    )];
    assert!(!verdict(&sample.case()).exit_found);
}

#[test]
fn advice_answers_what_was_found_and_what_was_dark() {
    let hit = sample::hit();
    let now: Vec<&str> = hit
        .advice
        .iter()
        .filter(|it| it.when == When::Now)
        .map(|it| it.text.as_str())
        .collect();
    for word in [
        "Cut ",
        "Preserve ",
        "Check the first findings against",
        "CVE-2021-26855",
    ] {
        assert!(
            now.iter().any(|text| text.contains(word)),
            "{word} in {now:?}"
        );
    }
    let remedy = hit
        .advice
        .iter()
        .find(|it| it.text.contains("CVE-2021-26855"))
        .unwrap();
    assert!(remedy.reason.contains("due by 2021-04-16") && remedy.source == "CISA KEV");
    for family in [LogFamily::ExchangeHttpProxy, LogFamily::WindowsSecurity] {
        let advice = hit
            .advice
            .iter()
            .find(|it| it.text.starts_with(family_advice(family)))
            .unwrap();
        assert_eq!(advice.when, When::ForGood);
        assert!(advice.reason.contains(family.title()));
    }
    let clean = sample::clean();
    assert!(
        clean
            .advice
            .iter()
            .any(|it| it.text.contains("repeat the hunt"))
    );
    assert!(advise(&[], &[], &Coverage::default(), &[]).is_empty());
}

#[test]
fn nobody_is_named_as_the_culprit() {
    let sample = sample::hit();
    let verdict = verdict(&sample.case());
    let said: String = verdict
        .lines()
        .iter()
        .map(|(_, text)| text.as_str())
        .collect();
    let advice: String = sample
        .advice
        .iter()
        .map(|it| format!("{}{}", it.text, it.reason))
        .collect();
    for name in ["Norland", "HAFNIUM", "Lark", "hackers"] {
        assert!(!said.contains(name) && !advice.contains(name), "{name}");
    }
}
