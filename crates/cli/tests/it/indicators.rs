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
    // What a list holds and is not looked for is no absence.
    assert!(
        told(&output).contains("note: not looked for: 10.0.0.1 (is "),
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
fn keys_of_the_registry_come_from_every_kind_of_list() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let set = |key: &str| {
        format!(
            r#"{{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":13,"Hostname":"PC1","@timestamp":"2021-03-03T04:00:00Z","TargetObject":"{key}","Details":"x"}}"#
        ) + "\n"
    };
    let log = [
        set(r"HKLM\\SOFTWARE\\Heron\\Quiet\\Path"),
        set(r"HKU\\S-1-5-21-1-2-3-1001\\Software\\Heron\\Loud"),
        set(r"HKLM\\System\\CurrentControlSet\\Services\\heronsvc\\Start"),
        set(r"HKLM\\SOFTWARE\\Other\\Quiet"),
    ];
    let log = write("sysmon.jsonl", &log.concat());
    let bundle = write(
        "bundle.json",
        r#"{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--1",
        "pattern_type":"stix","pattern":"[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\Heron\\\\Quiet']"}]}"#,
    );
    let misp = write(
        "misp.json",
        r#"{"Event":{"uuid":"5a1d7a0c-29f0-4d0b-8f3e-6f8c51a3c910","info":"x","date":"2021-03-03","Attribute":[
        {"uuid":"5a1d7a0c-29f0-4d0b-8f3e-6f8c51a3c911","type":"regkey|value","category":"Persistence mechanism","to_ids":true,"timestamp":"1614744000",
        "value":"HKCU\\Software\\Heron\\Loud|calc.exe"}]}}"#,
    );
    let list = write(
        "list.txt",
        "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\heronsvc\n",
    );
    let csv = write(
        "list.csv",
        "type,value\nregkey,HKLM\\SYSTEM\\CurrentControlSet\\Services\\heronsvc\n",
    );
    for (list, record) in [(&bundle, 1), (&misp, 2), (&csv, 3), (&list, 3)] {
        let output = daylight(&["hunt", &log, "--indicators", list, "--jsonl"]);
        assert_exit(&output, 1);
        let text = String::from_utf8(output.stdout).unwrap();
        let findings: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|finding: &serde_json::Value| finding["rule"]["kind"] == "indicator")
            .collect();
        assert_eq!(findings.len(), 1, "{list}: {text}");
        assert_eq!(findings[0]["record"], record, "{list}: {text}");
    }
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
