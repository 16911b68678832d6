//! What follows from which rules, logs and findings.

use std::sync::Arc;

use daylight_dossier::{Subject, coverage};
use daylight_model::*;

use crate::sample::{at, rule, source, statistic};

/// The two ends of a window or of a gap, as days; `-` is open.
pub(crate) type Days<'a> = (&'a str, &'a str);

/// A situation and what must follow.
struct Case<'a> {
    name: &'a str,
    tags: &'a [&'a str],
    needs: Vec<LogSource>,
    seen: Vec<EventStatistic>,
    window: Option<Days<'a>>,
    /// Time, level and event id of a match.
    finding: Option<(&'a str, Level, u32)>,
    outcome: Outcome,
    note: &'a str,
    gaps: &'a [Days<'a>],
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            name: "",
            tags: &["attack.t1505.003"],
            needs: vec![source(LogFamily::WindowsSysmon, None, &[11])],
            seen: vec![],
            window: Some(("2021-03-01", "2021-03-11")),
            finding: None,
            outcome: Outcome::CouldNotSee,
            note: "",
            gaps: &[],
        }
    }
}

pub(crate) fn interval((start, end): Days<'_>) -> Interval {
    let day = |day: &str| (day != "-").then(|| at(&format!("{day}T00:00:00Z")));
    Interval {
        start: day(start),
        end: day(end),
    }
}

pub(crate) fn subject() -> Subject {
    Subject {
        kind: SubjectKind::Technique,
        id: "T1505.003".into(),
        name: "Web Shell".into(),
        why: "named".into(),
        window: None,
        window_source: None,
    }
}

#[track_caller]
fn check(case: &Case<'_>) {
    let name = case.name;
    let level = case.finding.map_or(Level::High, |(_, level, _)| level);
    let rule = rule("r1", "Rule", level, case.tags, case.needs.clone());
    let findings: Vec<Finding> = case
        .finding
        .iter()
        .map(|(time, _, event_id)| finding(&rule, time, *event_id))
        .collect();
    let manifest = manifest(case.seen.clone());
    let window = case.window.map(interval);
    let coverage = coverage(&[subject()], window, None, &[rule], &findings, &manifest);
    let row = &coverage.rows[0];
    let cell = &row.cells[0];
    assert_eq!(cell.outcome, case.outcome, "{name}: {}", cell.note);
    assert_eq!(row.outcome, case.outcome, "{name}");
    assert!(
        cell.note.contains(case.note),
        "{name}: {:?} is not in {:?}",
        case.note,
        cell.note
    );
    let gaps: Vec<Interval> = case.gaps.iter().map(|gap| interval(*gap)).collect();
    assert_eq!(cell.gaps, gaps, "{name}");
    assert_eq!(cell.findings.len(), findings.len(), "{name}");
}

pub(crate) fn finding(rule: &Arc<Rule>, time: &str, event_id: u32) -> Finding {
    let mut finding = crate::sample::finding(rule, 0, time, Some(1), 7);
    finding.event_id = Some(event_id);
    finding
}

pub(crate) fn manifest(statistics: Vec<EventStatistic>) -> Manifest {
    let source = SourceRecord {
        hosts: vec!["A".into()],
        statistics,
        ..SourceRecord::default()
    };
    Manifest {
        sources: vec![source],
        problems: vec![],
    }
}

pub(crate) fn sysmon(event_id: u32, days: &[&str]) -> EventStatistic {
    statistic(
        LogFamily::WindowsSysmon,
        Some("Microsoft-Windows-Sysmon"),
        Some(event_id),
        days,
    )
}

const TEN_DAYS: [&str; 10] = [
    "2021-03-01",
    "2021-03-02",
    "2021-03-03",
    "2021-03-04",
    "2021-03-05",
    "2021-03-06",
    "2021-03-07",
    "2021-03-08",
    "2021-03-09",
    "2021-03-10",
];

#[test]
fn without_the_logs_nothing_can_be_seen() {
    let all = ("2021-03-01", "2021-03-11");
    check(&Case {
        name: "no logs",
        note: "No Sysmon logs were read.",
        gaps: &[all],
        ..Case::default()
    });
    check(&Case {
        name: "the family without the event id",
        seen: vec![sysmon(1, &TEN_DAYS)],
        note: "not one event of the kind Sysmon 11: such events are not recorded",
        gaps: &[all],
        ..Case::default()
    });
    check(&Case {
        name: "another provider in the same family",
        needs: vec![source(
            LogFamily::WindowsApplication,
            Some("MSExchange Control Panel"),
            &[4],
        )],
        seen: vec![statistic(
            LogFamily::WindowsApplication,
            Some("Other"),
            Some(4),
            &TEN_DAYS,
        )],
        note: "Windows Application (MSExchange Control Panel) 4",
        gaps: &[all],
        ..Case::default()
    });
    check(&Case {
        name: "logs from after the operation only",
        seen: vec![sysmon(11, &["2021-06-01", "2021-06-02"])],
        note: "none of them within the time of the operation (from 1 March 2021 to 10 March 2021)",
        gaps: &[all],
        ..Case::default()
    });
    let mut timeless = sysmon(11, &[]);
    timeless.count = 5;
    check(&Case {
        name: "events without a time",
        seen: vec![timeless],
        note: "whether they cover the operation cannot be told",
        gaps: &[all],
        ..Case::default()
    });
    check(&Case {
        name: "a listing of the files handed in excludes nothing",
        needs: vec![source(LogFamily::FileListing, None, &[])],
        seen: vec![statistic(LogFamily::FileListing, None, None, &TEN_DAYS)],
        note: "says nothing about the machine's other files",
        ..Case::default()
    });
}

#[test]
fn absence_counts_only_where_the_logs_reach() {
    check(&Case {
        name: "every day",
        seen: vec![sysmon(11, &TEN_DAYS)],
        outcome: Outcome::NotSeen,
        note: "reach over the whole time of the operation",
        ..Case::default()
    });
    check(&Case {
        name: "late start",
        seen: vec![sysmon(11, &TEN_DAYS[4..])],
        outcome: Outcome::NotSeen,
        note: "none before 5 March 2021.",
        gaps: &[("2021-03-01", "2021-03-05")],
        ..Case::default()
    });
    check(&Case {
        name: "early end",
        seen: vec![sysmon(11, &TEN_DAYS[..4])],
        outcome: Outcome::NotSeen,
        note: "none after 4 March 2021.",
        gaps: &[("2021-03-05", "2021-03-11")],
        ..Case::default()
    });
    check(&Case {
        name: "holes, joined where they touch",
        seen: vec![sysmon(
            11,
            &["2021-03-01", "2021-03-04", "2021-03-06", "2021-03-10"],
        )],
        outcome: Outcome::NotSeen,
        note: "none from 2 March 2021 to 3 March 2021, none on 5 March 2021 and none from 7 March 2021",
        gaps: &[
            ("2021-03-02", "2021-03-04"),
            ("2021-03-05", "2021-03-06"),
            ("2021-03-07", "2021-03-10"),
        ],
        ..Case::default()
    });
    check(&Case {
        name: "a hole in one file is filled by another",
        seen: vec![sysmon(11, &TEN_DAYS[..5]), sysmon(11, &TEN_DAYS[5..])],
        outcome: Outcome::NotSeen,
        ..Case::default()
    });
    check(&Case {
        name: "the log runs on where such events are missing",
        seen: vec![sysmon(11, &TEN_DAYS[..4]), sysmon(1, &TEN_DAYS)],
        outcome: Outcome::NotSeen,
        note: "on some of these days the log has other events",
        gaps: &[("2021-03-05", "2021-03-11")],
        ..Case::default()
    });
    check(&Case {
        name: "no event ids asked for: any event of the family",
        needs: vec![source(LogFamily::Iis, None, &[])],
        seen: vec![statistic(LogFamily::Iis, None, None, &TEN_DAYS)],
        outcome: Outcome::NotSeen,
        ..Case::default()
    });
}

#[test]
fn windows_may_be_open_or_unknown() {
    check(&Case {
        name: "no window: no gaps, and it is said",
        seen: vec![sysmon(11, &TEN_DAYS[..2])],
        window: None,
        outcome: Outcome::NotSeen,
        note: "When the operation ran is not known",
        ..Case::default()
    });
    check(&Case {
        name: "open end: dark from the last event on",
        seen: vec![sysmon(11, &TEN_DAYS)],
        window: Some(("2021-03-01", "-")),
        outcome: Outcome::NotSeen,
        note: "none after 10 March 2021",
        gaps: &[("2021-03-11", "-")],
        ..Case::default()
    });
    check(&Case {
        name: "open start: dark up to the first event",
        seen: vec![sysmon(11, &TEN_DAYS)],
        window: Some(("-", "2021-03-11")),
        outcome: Outcome::NotSeen,
        note: "none before 1 March 2021",
        gaps: &[("-", "2021-03-01")],
        ..Case::default()
    });
    check(&Case {
        name: "open on both sides",
        seen: vec![sysmon(11, &TEN_DAYS)],
        window: Some(("-", "-")),
        outcome: Outcome::NotSeen,
        gaps: &[("-", "2021-03-01"), ("2021-03-11", "-")],
        ..Case::default()
    });
    check(&Case {
        name: "open end, nothing read",
        window: Some(("2021-03-01", "-")),
        gaps: &[("2021-03-01", "-")],
        ..Case::default()
    });
}

#[test]
fn only_findings_of_medium_or_more_make_a_hit() {
    let seen = || vec![sysmon(11, &TEN_DAYS)];
    let inside = "2021-03-02T10:00:00Z";
    for level in [Level::Medium, Level::High, Level::Critical] {
        check(&Case {
            name: level.as_str(),
            seen: seen(),
            finding: Some((inside, level, 11)),
            outcome: Outcome::Hit,
            note: "1 match at 2021-03-02 10:00:00 UTC on EX01.",
            ..Case::default()
        });
    }
    for level in [Level::Low, Level::Informational] {
        check(&Case {
            name: level.as_str(),
            seen: seen(),
            finding: Some((inside, level, 11)),
            outcome: Outcome::NotSeen,
            note: "Besides, 1 match of a level below medium.",
            ..Case::default()
        });
    }
    check(&Case {
        name: "outside the window",
        seen: vec![sysmon(11, &["2021-06-01"])],
        finding: Some(("2021-06-01T10:00:00Z", Level::High, 11)),
        outcome: Outcome::Hit,
        note: "All of it outside the time of the operation (from 1 March 2021 to 10 March 2021).",
        gaps: &[("2021-03-01", "2021-03-11")],
        ..Case::default()
    });
}

#[test]
fn techniques_serve_their_parents_and_their_parts() {
    let row = |tags: &[&str], id: &str| {
        let rule = rule(
            "r1",
            "Rule",
            Level::High,
            tags,
            vec![source(LogFamily::WindowsSysmon, None, &[11])],
        );
        let subject = Subject {
            id: id.into(),
            ..subject()
        };
        let manifest = manifest(vec![sysmon(11, &TEN_DAYS)]);
        let coverage = coverage(&[subject], None, None, &[rule], &[], &manifest);
        coverage.rows.into_iter().next().unwrap()
    };
    for (tags, id, outcome, note) in [
        (&["attack.t1505.003"][..], "T1505.003", Outcome::NotSeen, ""),
        (
            &["attack.t1505"],
            "T1505.003",
            Outcome::CouldNotSee,
            "for T1505 as a whole, of which this is a part",
        ),
        (
            &["attack.t1505.003"],
            "T1505",
            Outcome::NotSeen,
            "for parts of it only",
        ),
        (
            &["attack.t1505.004"],
            "T1505.003",
            Outcome::CouldNotSee,
            "No rule here looks for it.",
        ),
        (
            &["attack.t1059"],
            "T1505.003",
            Outcome::CouldNotSee,
            "No rule here looks for it.",
        ),
        (
            &["attack.persistence"],
            "T1505.003",
            Outcome::CouldNotSee,
            "No rule here looks for it.",
        ),
        (
            &["attack.t1505", "attack.t1505.003"],
            "T1505.003",
            Outcome::NotSeen,
            "",
        ),
    ] {
        let row = row(tags, id);
        assert_eq!(row.outcome, outcome, "{tags:?} for {id}");
        assert!(
            row.note.contains(note) && (row.note.is_empty() == note.is_empty()),
            "{tags:?} for {id}: {:?}",
            row.note
        );
    }
}

#[test]
fn flaws_match_by_tag() {
    let rule = rule(
        "r1",
        "Rule",
        Level::High,
        &["cve.2021-26855"],
        vec![source(LogFamily::ExchangeHttpProxy, None, &[])],
    );
    let flaw = |id: &str| Subject {
        kind: SubjectKind::Vulnerability,
        id: id.into(),
        ..subject()
    };
    let subjects = [flaw("CVE-2021-26855"), flaw("CVE-2021-26857")];
    let manifest = manifest(vec![statistic(
        LogFamily::ExchangeHttpProxy,
        None,
        None,
        &TEN_DAYS[4..],
    )]);
    let window = Some(interval(("2021-03-01", "2021-03-11")));
    let coverage = coverage(&subjects, window, None, &[rule], &[], &manifest);
    assert_eq!(coverage.rows[0].outcome, Outcome::NotSeen);
    assert!(
        coverage.rows[0].cells[0]
            .note
            .contains("none before 5 March 2021")
    );
    assert_eq!(coverage.rows[1].outcome, Outcome::CouldNotSee);
}

#[test]
fn the_best_cell_decides_the_row() {
    let needs = vec![
        source(LogFamily::WindowsSysmon, None, &[11]),
        source(LogFamily::Iis, None, &[]),
    ];
    let rule = rule("r1", "Rule", Level::High, &["attack.t1505.003"], needs);
    let seen = manifest(vec![sysmon(11, &TEN_DAYS)]);
    let findings = [finding(&rule, "2021-03-02T10:00:00Z", 11)];
    for (findings, expected) in [(&findings[..], Outcome::Hit), (&[], Outcome::NotSeen)] {
        let coverage = coverage(
            &[subject()],
            None,
            None,
            std::slice::from_ref(&rule),
            findings,
            &seen,
        );
        assert_eq!(coverage.rows[0].outcome, expected);
        let iis = coverage.rows[0]
            .cells
            .iter()
            .find(|cell| cell.family == LogFamily::Iis)
            .unwrap();
        assert_eq!(iis.outcome, Outcome::CouldNotSee);
    }
}

#[test]
fn a_finding_in_an_unexpected_log_gets_a_cell() {
    let rule = rule(
        "r1",
        "Rule",
        Level::High,
        &["attack.t1505.003"],
        vec![source(LogFamily::Iis, None, &[])],
    );
    let findings = [finding(&rule, "2021-03-02T10:00:00Z", 11)];
    let coverage = coverage(
        &[subject()],
        None,
        None,
        &[rule],
        &findings,
        &Manifest::default(),
    );
    let hit = coverage.rows[0]
        .cells
        .iter()
        .find(|cell| cell.outcome == Outcome::Hit)
        .unwrap();
    assert_eq!(hit.family, LogFamily::WindowsSysmon);
    assert_eq!(coverage.rows[0].outcome, Outcome::Hit);
}

#[test]
fn machines_without_such_events_are_named() {
    let rule = rule(
        "r1",
        "Rule",
        Level::High,
        &["attack.t1505.003"],
        vec![source(LogFamily::WindowsSysmon, None, &[11])],
    );
    let mut manifest = manifest(vec![sysmon(11, &TEN_DAYS)]);
    manifest.sources.push(SourceRecord {
        hosts: vec!["B".into()],
        ..SourceRecord::default()
    });
    let coverage = coverage(&[subject()], None, None, &[rule], &[], &manifest);
    assert!(
        coverage.rows[0].cells[0]
            .note
            .contains("No such events came from B.")
    );
}

#[test]
fn logs_that_name_no_machine_say_so() {
    let needs = vec![source(LogFamily::Iis, None, &[])];
    let rule = rule("r1", "Rule", Level::High, &["attack.t1505.003"], needs);
    let mut manifest = manifest(vec![statistic(LogFamily::Iis, None, None, &TEN_DAYS)]);
    manifest.sources[0].hosts.clear();
    manifest.sources.push(SourceRecord {
        hosts: vec!["B".into()],
        ..SourceRecord::default()
    });
    let coverage = coverage(&[subject()], None, None, &[rule], &[], &manifest);
    let note = &coverage.rows[0].cells[0].note;
    assert!(note.contains("The log names no machine"), "{note}");
    assert!(!note.contains("came from B"), "{note}");
}

#[test]
fn an_hour_is_not_a_day() {
    let needs = vec![source(LogFamily::Iis, None, &[])];
    let rule = rule("r1", "Rule", Level::High, &["attack.t1505.003"], needs);
    let mut hour = statistic(LogFamily::Iis, None, None, &["2021-03-03"]);
    hour.first = Some(at("2021-03-03T04:00:00Z"));
    hour.last = Some(at("2021-03-03T04:58:30Z"));
    let window = Some(interval(("2021-03-01", "2021-03-11")));
    let coverage = coverage(
        &[subject()],
        window,
        None,
        &[rule],
        &[],
        &manifest(vec![hour]),
    );
    assert_eq!(
        coverage.rows[0].cells[0].note,
        "Nothing matched in 10 events on 3 March 2021 from 04:00 to 04:58: 58 minutes of the 10 days of the operation."
    );
}

#[test]
fn indicators_may_stand_in_any_log() {
    let mut indicator = (*rule("indicator--1", "198.51.100.7", Level::High, &[], vec![])).clone();
    indicator.kind = FindingKind::Indicator;
    indicator.origin = "indicators".into();
    let indicator = Arc::new(indicator);
    let subject = Subject {
        kind: SubjectKind::Indicators,
        id: "indicators".into(),
        ..subject()
    };
    let run = |rules: &[Arc<Rule>], findings: &[Finding], manifest: &Manifest| {
        coverage(
            std::slice::from_ref(&subject),
            None,
            None,
            rules,
            findings,
            manifest,
        )
        .rows
        .into_iter()
        .next()
        .unwrap()
    };
    let seen = manifest(vec![
        sysmon(11, &TEN_DAYS),
        statistic(LogFamily::Iis, None, None, &TEN_DAYS),
    ]);
    let rules = [indicator.clone()];
    let quiet = run(&rules, &[], &seen);
    assert_eq!((quiet.outcome, quiet.cells.len()), (Outcome::NotSeen, 2));
    let hit = run(
        &rules,
        &[finding(&indicator, "2021-03-02T10:00:00Z", 11)],
        &seen,
    );
    assert_eq!(hit.outcome, Outcome::Hit);
    let blind = run(&rules, &[], &Manifest::default());
    assert_eq!(
        (blind.outcome, blind.note.as_str()),
        (
            Outcome::CouldNotSee,
            "No logs were read in which they could stand."
        )
    );
    // The rules handed in need not hold the indicators: the hunt looks for them all the same.
    let without_rules = run(&[], &[], &seen);
    assert_eq!(without_rules.outcome, Outcome::NotSeen);
    assert_eq!(without_rules.note, "");
}
