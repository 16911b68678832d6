//! On which machine one could see, and on which not.

use daylight_dossier::{coverage, html, markdown};
use daylight_model::*;

use crate::coverage::{interval, subject};
use crate::sample::{self, file, finding, rule, source};

fn seen(sources: Vec<SourceRecord>, findings: &[Finding], window: bool) -> Coverage {
    let rules = [rule(
        "r",
        "r",
        Level::High,
        &["attack.t1505.003"],
        vec![source(LogFamily::WindowsSysmon, None, &[11])],
    )];
    let manifest = Manifest {
        sources,
        problems: vec![],
    };
    let window = window.then(|| interval(("2021-03-01", "2021-03-11")));
    coverage(&[subject()], window, None, &rules, findings, &manifest)
}

#[test]
fn each_machine_is_judged_by_its_own_logs() {
    let rules = rule("r", "r", Level::High, &["attack.t1505.003"], vec![]);
    let mut hit = finding(&rules, 0, "2021-03-02T01:40:10Z", Some(11), 1);
    hit.host = Some("hit".into());
    let mut bare = file(&["bare"], 11, &[]);
    bare.statistics.clear();
    let sources = vec![
        file(&["clean"], 11, &["2021-03-02", "2021-03-03"]),
        file(&["other"], 3, &["2021-03-02"]),
        file(&["early"], 11, &["2021-01-02"]),
        file(&["one", "two"], 11, &["2021-03-02"]),
        // Its own file tells more than the one it shares.
        file(&["two"], 11, &["2021-03-05"]),
        file(&[], 11, &["2021-03-02"]),
        file(&["hit"], 11, &["2021-03-02"]),
        bare,
    ];
    let found = seen(sources, &[hit], true);
    let order: Vec<Option<&str>> = found.machines.iter().map(|it| it.host.as_deref()).collect();
    assert_eq!(order.first(), Some(&Some("hit")), "{order:?}");
    assert_eq!(
        order.last(),
        Some(&Some("two")),
        "least seen before most: {order:?}"
    );
    let check = |host: Option<&str>, outcome, events| {
        let machine = found
            .machines
            .iter()
            .find(|it| it.host.as_deref() == host)
            .unwrap();
        let log = machine.logs.first();
        assert_eq!(machine.outcome(), outcome, "{host:?}");
        assert_eq!(log.map(|log| log.events), events, "{host:?}");
        assert_eq!(machine.missing.is_empty(), log.is_some(), "{host:?}");
        log.cloned()
    };
    let hit = check(Some("hit"), Outcome::Hit, Some(10)).unwrap();
    assert_eq!(hit.findings, 1);
    let clean = check(Some("clean"), Outcome::NotSeen, Some(20)).unwrap();
    assert_eq!(
        clean.gaps,
        [
            interval(("2021-03-01", "2021-03-02")),
            interval(("2021-03-04", "2021-03-11"))
        ]
    );
    let other = check(Some("other"), Outcome::CouldNotSee, Some(0)).unwrap();
    assert_eq!(other.other_events, 10);
    check(Some("early"), Outcome::CouldNotSee, Some(10));
    assert!(
        check(Some("one"), Outcome::CouldNotSee, Some(10))
            .unwrap()
            .shared
    );
    assert!(
        !check(Some("two"), Outcome::NotSeen, Some(10))
            .unwrap()
            .shared
    );
    check(None, Outcome::NotSeen, Some(10));
    check(Some("bare"), Outcome::CouldNotSee, None);
}

/// Two hundred machines stay readable: the telling ones first, the rest counted.
#[test]
fn a_page_shows_the_most_telling_machines_and_counts_the_rest() {
    let mut sample = sample::park();
    let (page, text) = (html(&sample.case()), markdown(&sample.case()));
    assert!(page.len() < 200_000, "{} bytes", page.len());
    let in_page = |host: &str| page.contains(&format!("<th scope=\"row\">{host}</th>"));
    let in_text = |host: &str| text.contains(&format!("\n| {host} |"));
    assert!(in_page("ws004") && !in_page("ws003"), "the dark ones first");
    assert!(in_text("ws004") && !in_text("ws003"), "the dark ones first");
    for written in [&page, &text] {
        for words in [
            "Logs of 200 machines were read. On 33 of them nothing could be seen.",
            "And 160 more machines in coverage.json, which holds all",
        ] {
            assert!(written.contains(words), "{words}");
        }
    }
    assert!(page.contains("of another time"));
    assert!(text.contains("not seen where it would show: 160"));
    let kept: Coverage =
        serde_json::from_str(&serde_json::to_string(&sample.coverage).unwrap()).unwrap();
    assert_eq!(kept.machines.len(), 200);

    // One machine needs no table.
    sample.coverage = seen(vec![file(&["ws1"], 11, &["2021-03-02"])], &[], false);
    assert!(!html(&sample.case()).contains("Machine by machine"));
}

/// A report that names everything there is makes no page without end.
#[test]
fn many_things_looked_for_are_counted_beyond_the_most_telling() {
    let mut sample = sample::hit();
    let row = sample.coverage.rows[3].clone();
    let more = (0..400).map(|number| CoverageRow {
        id: format!("T{number:04}"),
        ..row.clone()
    });
    let hits = std::mem::take(&mut sample.coverage.rows);
    sample.coverage.rows = more.chain(hits).collect();
    for written in [html(&sample.case()), markdown(&sample.case())] {
        assert!(written.contains("Shown are 150 of 405 things looked for, hits first"));
        assert!(written.contains("T1505.003") && !written.contains("T0399"));
    }
}
