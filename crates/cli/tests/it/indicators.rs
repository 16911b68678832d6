//! Lists of indicators over logs, and the table of what is read.

use crate::{assert_exit, daylight, told};

#[test]
fn lists_are_hunted_with_and_hits_name_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let log = write(
        "app.log",
        "service started\nlookup of cdn.evil.example failed\nfetched http://198.51.100.7/x by job 7\n",
    );
    let feed = write(
        "feed.csv",
        "value,threat,tlp,reporter\nevil.example,Quiet Heron,amber,Example CERT\n10.0.0.1,,,\n",
    );
    let bundle = write(
        "bundle.json",
        r#"{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--1",
        "pattern_type":"stix","pattern":"[ipv4-addr:value = '198.51.100.7']"}]}"#,
    );
    let hunt = ["hunt", &log, "--indicators", &feed, "--indicators", &bundle];
    let output = daylight(&[&hunt[..], &["--jsonl"]].concat());
    assert_exit(&output, 1);
    let text = String::from_utf8(output.stdout).unwrap();
    let findings: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(findings.len(), 2, "{text}");
    let first = &findings[0];
    assert_eq!(first["record"], 2);
    assert_eq!(first["offset"], 16);
    assert_eq!(first["rule"]["tags"][0], "tlp.amber");
    let said = first["rule"]["description"].as_str().unwrap();
    assert!(said.contains("claimed by Example CERT"), "{said}");
    assert!(
        findings[1]["rule"]["title"]
            .as_str()
            .unwrap()
            .contains("bundle.json")
    );
    let output = daylight(&hunt);
    assert!(
        told(&output).contains("and 2 indicators"),
        "{}",
        told(&output)
    );

    let output = daylight(&["hunt", &log, "--indicators", "/nowhere/feed"]);
    assert_exit(&output, 2);
    assert!(
        told(&output).contains("cannot read indicators"),
        "{}",
        told(&output)
    );
}

#[test]
fn kinds_and_their_fields_are_told() {
    let output = daylight(&["evidence", "kinds"]);
    assert_exit(&output, 0);
    assert!(told(&output).contains("access-log"), "{}", told(&output));
    let output = daylight(&["evidence", "fields", "access-log"]);
    assert!(told(&output).contains("cs-uri-query"), "{}", told(&output));
    assert_exit(&daylight(&["evidence", "fields", "no-such"]), 2);
}
