//! `daylight hunt --explain`.

use std::fs;

use crate::{assert_exit, daylight, example, told};

#[track_caller]
fn assert_tells(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part}\n---\n{told}");
    }
}

const PACKED: &str = "c77373ad-17df-4d86-add7-a1e23f4f2484";

#[test]
fn a_rule_that_matched_is_explained() {
    let evidence = example("exchange-2021/evidence");
    let output = daylight(&["hunt", &evidence, "--explain", "C77373AD"]);
    assert_exit(&output, 0);
    assert_tells(
        &told(&output),
        &[
            PACKED,
            "3904 events read, 312 of a log that the rule reads, 4 matched",
            "Not read by the rule: 2443 of another kind of log, 1149 with another event id",
            "How often each part holds, of 312 events:",
            "    4  all of\n",
            "filter_password: CommandLine matches",
            "The first match: ",
            "record 1061, 2021-03-03T04:38:11.59Z",
            r"CommandLine = cmd /c",
        ],
    );
}

#[test]
fn a_rule_that_found_nothing_is_explained() {
    let evidence = example("exchange-2021/evidence");
    let title = "files packed with a password from the command line";
    let output = daylight(&["hunt", &evidence, "--explain", title]);
    assert_exit(&output, 0);
    assert_tells(
        &told(&output),
        &[
            "0 matched",
            "never held",
            "Nothing matched; what came closest: ",
        ],
    );
    let lsass = daylight(&["hunt", &evidence, "--explain", "0fb36221"]);
    assert_exit(&lsass, 0);
    assert_tells(
        &told(&lsass),
        &[
            "Reads: Sysmon 10 of",
            "There were: IIS W3C (1995), Windows Security 4624",
        ],
    );
}

#[test]
fn records_are_explained_one_by_one() {
    let evidence = example("exchange-2021/evidence");
    let base = [
        "hunt",
        &evidence,
        "--explain",
        PACKED,
        "--record",
        "1061",
        "--record",
        "3",
    ];
    let output = daylight(&base);
    assert_exit(&output, 0);
    assert_tells(
        &told(&output),
        &[
            "Z: matches\n",
            "the rule does not read it: it has another event id; it is Windows Security 4624",
        ],
    );
    let output = daylight(&[&base[..], &["--json"]].concat());
    assert_exit(&output, 0);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let one = &value["explanations"][0];
    assert_eq!(one["summary"]["of_log"], 312);
    let records = one["records"].as_array().unwrap();
    let matching = records
        .iter()
        .find(|record| record["matches"] == true)
        .unwrap();
    assert_eq!(matching["log"], "fits");
    assert_eq!(matching["condition"]["kind"], "all");
    assert!(value["files"][matching["source"].to_string()].is_string());
    let none = daylight(&[
        "hunt",
        &evidence,
        "--explain",
        PACKED,
        "--record",
        "99999999",
    ]);
    assert_exit(&none, 0);
    assert_tells(&told(&none), &["No event has such a record number."]);
}

#[test]
fn rules_that_never_run_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    let text = format!(
        "title: Linux thing\nid: lin-1\nlogsource: {{product: linux, service: nothing}}\n\
         detection: {{s: {{a: b}}, condition: s}}\n---\n\
         title: Broken\nid: broken-1\nlogsource: {{product: windows}}\n\
         detection: {{s: {{a|wrong: b}}, condition: s}}\n---\n\
         title: Many\nid: many-1\ncorrelation: {{type: event_count, rules: [lin-1, {PACKED}], \
         timespan: 5m, group-by: [User], condition: {{gte: 2}}}}\n"
    );
    fs::write(&path, text).unwrap();
    let (path, evidence) = (path.display().to_string(), example("clean-server"));
    let explain =
        |words: &str| daylight(&["hunt", &evidence, "--rules", &path, "--explain", words]);
    let check = |words: &str, code: i32, parts: &[&str]| {
        let output = explain(words);
        assert_exit(&output, code);
        assert_tells(&told(&output), parts);
    };
    check(
        "lin",
        0,
        &["(product: linux, service: nothing), so it is never run"],
    );
    check(
        "broken-1",
        0,
        &["rules.yml:9: modifier `wrong` is not known"],
    );
    check(
        "Many",
        0,
        &[
            "is a correlation of 2 rules",
            "Linux thing (lin-1",
            PACKED,
            "520 of a log",
        ],
    );
    check(
        "Linux thnig",
        2,
        &[
            "error: there is no rule `Linux thnig`",
            "hint: the nearest are\n  lin-1 Linux thing\n",
        ],
    );
    check(
        "c",
        2,
        &["rules are called `c`", "give more of the id, as in\n  c"],
    );
    assert_exit(&daylight(&["hunt", &evidence, "--record", "1"]), 2);
    assert_exit(
        &daylight(&["hunt", &evidence, "--explain", "lin", "--jsonl"]),
        2,
    );
}

/// What stands in the evidence and in rules cannot act on a terminal.
#[test]
fn values_are_shown_fit_for_eyes() {
    let folder = tempfile::tempdir().unwrap();
    let (rule, log) = (folder.path().join("r.yml"), folder.path().join("log.jsonl"));
    fs::write(
        &rule,
        "title: \"T\\e[31m\"\nid: t\nlogsource: {product: windows, service: security}\n\
         detection: {s: {A|contains: \"x\\e[31m\"}, condition: s}\n",
    )
    .unwrap();
    fs::write(
        &log,
        "{\"EventID\":1,\"Channel\":\"Security\",\"A\":\"x\\u001b[31m\\u202e\"}\n",
    )
    .unwrap();
    let (rule, log) = (rule.display().to_string(), log.display().to_string());
    let output = daylight(&[
        "hunt",
        &log,
        "--rules",
        &rule,
        "--only-rules",
        "--explain",
        "t",
    ]);
    assert_exit(&output, 0);
    assert_tells(&told(&output), &["A = x⟪U+001B⟫[31m⟪U+202E⟫", "1 matched"]);
    assert!(!told(&output).contains('\u{1b}'));
}
