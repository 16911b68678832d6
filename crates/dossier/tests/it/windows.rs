//! Which time findings and logs are measured against, and which rules decide what.

use std::sync::Arc;

use daylight_dossier::{Subject, Verdict, When, advise, coverage, text_summary, verdict};
use daylight_model::*;

use crate::coverage::{Days, finding, interval, manifest, subject, sysmon};
use crate::sample::{self, Sample, rule, source};

/// The two things that are looked for here, each found by a rule of its own in Sysmon 11.
const SHELL: &str = "attack.t1505.003";
const CLEARING: &str = "attack.t1070.001";

const MARCH: Days<'_> = ("2021-03-01", "2021-03-11");
const JUNE: Days<'_> = ("2021-06-01", "2021-06-11");

fn technique(id: &str, window: Option<Days<'_>>) -> Subject {
    Subject {
        id: id.into(),
        window: window.map(interval),
        window_source: window.map(|_| "a catalogue".into()),
        ..subject()
    }
}

fn rule_for(tag: &str) -> Arc<Rule> {
    let needs = vec![source(LogFamily::WindowsSysmon, None, &[11])];
    rule(tag, "Rule", Level::High, &[tag], needs)
}

/// An investigation of these subjects; the story's own time is March.
fn investigate(subjects: &[Subject], found: &[(&str, &str)], days: &[&str]) -> Sample {
    let rules: Vec<Arc<Rule>> = [SHELL, CLEARING].map(rule_for).into();
    let findings: Vec<Finding> = found
        .iter()
        .map(|(tag, day)| finding(&rule_for(tag), &format!("{day}T10:00:00Z"), 11))
        .collect();
    let mut manifest = manifest(vec![sysmon(11, days)]);
    manifest.sources[0].events = 10;
    let window = Some(interval(MARCH));
    let coverage = coverage(subjects, window, None, &rules, &findings, &manifest);
    Sample {
        advice: advise(subjects, &findings, &coverage, &[]),
        rules,
        findings,
        manifest,
        coverage,
        ..sample::clean()
    }
}

#[test]
fn findings_are_measured_against_the_rows_they_serve() {
    const CAVEAT: &str = "Traces of the same means, outside the time of the operation: ";
    let check = |name: &str, window: Option<Days<'_>>, found: &[(&str, &str)], expected| {
        let subjects = [technique("T1505.003", None), technique("T1070.001", window)];
        let sample = investigate(&subjects, found, &["2021-03-02"]);
        let Verdict {
            outcome,
            headline,
            certainty,
            ..
        } = verdict(&sample.case());
        assert_eq!(outcome, Outcome::Hit, "{name}");
        let (all, some): (bool, bool) = expected;
        assert_eq!(headline.starts_with(CAVEAT), all, "{name}: {headline}");
        let said = certainty.contains("All of it lies outside");
        assert_eq!(said, all, "{name}: {certainty}");
        let said = certainty.contains("1 finding more lies outside");
        assert_eq!(said, some, "{name}: {certainty}");
    };
    let (march, june) = ("2021-03-02", "2021-06-02");
    check("in time", None, &[(SHELL, march)], (false, false));
    check("out of time", None, &[(CLEARING, june)], (true, false));
    check(
        "in the row's own time",
        Some(JUNE),
        &[(CLEARING, june)],
        (false, false),
    );
    check(
        "in the time of another row only",
        Some(JUNE),
        &[(SHELL, june)],
        (true, false),
    );
    check(
        "in the story's time, which is not the row's",
        Some(JUNE),
        &[(CLEARING, march)],
        (true, false),
    );
    check(
        "one in, one out",
        Some(JUNE),
        &[(SHELL, march), (CLEARING, march)],
        (false, true),
    );
}

#[test]
fn a_row_is_judged_by_its_own_time() {
    let subjects = [
        technique("T1505.003", None),
        technique("T1070.001", Some(JUNE)),
    ];
    let sample = investigate(&subjects, &[], &["2021-06-02", "2021-06-03"]);
    let [march, june] = sample.coverage.rows.as_slice() else {
        panic!("two rows");
    };
    assert_eq!(march.outcome, Outcome::CouldNotSee);
    assert_eq!(june.outcome, Outcome::NotSeen);
    assert_eq!((march.window, june.window), (None, Some(interval(JUNE))));
    assert_eq!(june.cells[0].gaps[0].start, interval(JUNE).start);
    assert_eq!(march.note, "");
    assert_eq!(
        june.note,
        "For this, the time of the operation is from 1 June 2021 to 10 June 2021 (a catalogue)."
    );
    let certainty = verdict(&sample.case()).certainty;
    assert!(
        certainty.starts_with("No log reaches over the whole time"),
        "{certainty}"
    );
}

#[test]
fn logs_of_another_time_are_not_called_missing() {
    const MISSED: &str =
        "do not reach into the time of the operation (from 1 March 2021 to 10 March 2021)";
    let check = |ids: &[&str], expected: &str| {
        let subjects: Vec<Subject> = ids.iter().map(|id| technique(id, None)).collect();
        let sample = investigate(&subjects, &[], &["2021-06-02"]);
        let verdict = verdict(&sample.case());
        assert_eq!(verdict.outcome, Outcome::CouldNotSee);
        let headline = &verdict.headline;
        assert_eq!(headline, &expected.replace("MISSED", MISSED));
        assert!(
            verdict.do_now[0].starts_with(
                "Collect the same logs (Sysmon 11) for the time of the operation (from 1 March"
            ),
            "{:?}",
            verdict.do_now
        );
        let said = |word| sample.advice.iter().any(|it| it.text.contains(word));
        assert!(!said("Install Sysmon") && !said("listed as could not see"));
        let summary = text_summary(&sample.case(), 300, false);
        assert!(!summary.contains("Could not see anything in"), "{summary}");
        assert!(summary.contains("into the time of the operation: Sysmon."));
    };
    check(
        &["T1505.003"],
        "The one thing the story leads to could not be seen: the logs handed in MISSED.",
    );
    check(
        &["T1505.003", "T1070.001"],
        "None of the 2 things the story leads to could be seen: the logs handed in MISSED.",
    );
    check(
        &["T1505.003", "T1114.001"],
        "None of the 2 things the story leads to could be seen: for 1 of them, the logs handed \
         in MISSED; for the others no rule or no log is there.",
    );
}

#[test]
fn mostly_dark_means_collecting_logs_now() {
    let dark = || technique("T1070.001", Some(JUNE));
    let check = |subjects: &[Subject], when: When| {
        let sample = investigate(subjects, &[], &["2021-03-02"]);
        let mut collect = sample.advice.iter();
        let collect = collect.find(|it| it.text.starts_with("Collect the same logs"));
        assert_eq!(collect.unwrap().when, when, "{}", subjects.len());
    };
    let seen = || technique("T1505.003", None);
    check(&[seen(), dark()], When::ThisWeek);
    check(&[seen(), dark(), dark()], When::Now);
    check(&[dark()], When::Now);
}

#[test]
fn a_rule_for_the_whole_decides_no_part() {
    let check = |tags: &[&str], level: Level, outcome: Outcome, note: &str| {
        let rules: Vec<Arc<Rule>> = tags
            .iter()
            .map(|tag| {
                let needs = vec![source(LogFamily::WindowsSysmon, None, &[11])];
                rule(tag, "Rule", level, &[tag], needs)
            })
            .collect();
        let findings = [finding(&rules[0], "2021-03-02T10:00:00Z", 11)];
        let seen = manifest(vec![sysmon(11, &["2021-03-02"])]);
        let subjects = ["T1070.001", "T1070"].map(|id| technique(id, None));
        let rows = coverage(&subjects, None, None, &rules, &findings, &seen).rows;
        assert_eq!(rows[0].outcome, outcome, "{tags:?}");
        assert_eq!(rows[0].note, note, "{tags:?}");
        if level >= Level::Medium {
            assert_eq!(rows[1].outcome, Outcome::Hit, "{tags:?}: the whole");
        }
    };
    let whole = "No rule is for exactly this: 1 rule looks for T1070 as a whole, of which this \
                 is a part.";
    let related = "Related: 1 rule for T1070 matched, which does not say which sub-technique.";
    check(
        &["attack.t1070"],
        Level::High,
        Outcome::CouldNotSee,
        &format!("{whole} {related}"),
    );
    check(&["attack.t1070"], Level::Low, Outcome::CouldNotSee, whole);
    check(
        &["attack.t1070", CLEARING],
        Level::High,
        Outcome::NotSeen,
        &format!(
            "Besides the rules for exactly this, 1 rule looks for T1070 as a whole, of which \
             this is a part. {related}"
        ),
    );
    check(&[CLEARING], Level::High, Outcome::Hit, "");
}

#[test]
fn indicators_count_for_the_report_that_gives_them() {
    let of_report = |report: &str| {
        let mut indicator = (*rule("indicator--1", "Address", Level::High, &[], vec![])).clone();
        indicator.kind = FindingKind::Indicator;
        indicator.origin = report.into();
        Arc::new(indicator)
    };
    let row = |reports: &[&str]| {
        let findings: Vec<Finding> = reports
            .iter()
            .map(|report| finding(&of_report(report), "2021-03-02T10:00:00Z", 11))
            .collect();
        let subject = Subject {
            kind: SubjectKind::Indicators,
            id: "report--a".into(),
            ..subject()
        };
        let seen = manifest(vec![sysmon(11, &["2021-03-02"])]);
        let rows = coverage(&[subject], None, None, &[], &findings, &seen).rows;
        assert_eq!(rows[0].note, "");
        (rows[0].outcome, rows[0].cells[0].findings.len())
    };
    assert_eq!(row(&[]), (Outcome::NotSeen, 0));
    assert_eq!(row(&["report--a"]), (Outcome::Hit, 1));
    assert_eq!(row(&["report--b"]), (Outcome::NotSeen, 0));
    // Two reports may give the same indicator, which then has the same id.
    assert_eq!(row(&["report--b", "report--a"]), (Outcome::Hit, 1));
}
