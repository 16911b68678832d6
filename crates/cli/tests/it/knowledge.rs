//! Newer background facts in the place of those the program was built with.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Reply, Server};
use crate::{assert_exit, told};

/// Runs the binary with a data folder of its own.
fn daylight(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_daylight"))
        .args(arguments)
        .env("XDG_DATA_HOME", data)
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn technique(id: &str, name: &str, revoked: bool) -> Value {
    json!({
        "type": "attack-pattern",
        "id": format!("attack-pattern--{id}"),
        "name": name,
        "revoked": revoked,
        "modified": "2031-04-28T10:00:00.000Z",
        "external_references": [{ "source_name": "mitre-attack", "external_id": id }],
    })
}

fn attack(version: &str) -> String {
    let revoked_by = |from: &str, to: &str| {
        json!({
            "type": "relationship",
            "id": format!("relationship--{from}"),
            "relationship_type": "revoked-by",
            "source_ref": format!("attack-pattern--{from}"),
            "target_ref": format!("attack-pattern--{to}"),
        })
    };
    let objects = json!([
        { "type": "x-mitre-collection", "id": "x-mitre-collection--1", "name": "Enterprise ATT&CK",
          "x_mitre_version": version, "modified": "2031-04-28T14:00:00.188Z" },
        technique("T9001", "Old Way", true),
        technique("T9002", "Newer Way", true),
        technique("T9003", "Newest Way", false),
        technique("T1059.001", "PowerShell", false),
        revoked_by("T9001", "T9002"),
        revoked_by("T9002", "T9003"),
    ]);
    json!({ "type": "bundle", "id": "bundle--1", "objects": objects }).to_string()
}

const STORY: &str = "The intruders used T9001 to run their tools, the ministry said on Monday.\n";

/// A data folder, and a folder with ATT&CK as published and a story.
fn folders(version: &str) -> (TempDir, TempDir) {
    let (data, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let folder = files.path().join("enterprise-attack");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("enterprise-attack.json"), attack(version)).unwrap();
    std::fs::write(files.path().join("mobile-attack.json"), "{}").unwrap();
    std::fs::write(files.path().join("story.txt"), STORY).unwrap();
    (data, files)
}

fn update(data: &Path, from: &Path, more: &[&str]) -> Output {
    let from = from.display().to_string();
    daylight(
        data,
        &[&["knowledge", "update", "--from", &from], more].concat(),
    )
}

fn techniques(data: &Path, files: &Path) -> Value {
    let story = files.join("story.txt").display().to_string();
    let output = daylight(data, &["read", &story, "--json"]);
    assert_exit(&output, 0);
    let reading: Value = serde_json::from_slice(&output.stdout).unwrap();
    reading["techniques"].clone()
}

#[test]
fn a_report_is_read_by_newer_facts_until_they_are_taken_back() {
    let (data, files) = folders("31.0");
    assert_eq!(techniques(data.path(), files.path()), json!([]));

    let output = update(data.path(), files.path(), &["--force", "--dry-run"]);
    assert_exit(&output, 0);
    assert!(
        told(&output).contains("Nothing was taken over"),
        "{}",
        told(&output)
    );
    assert_eq!(techniques(data.path(), files.path()), json!([]));

    let output = update(data.path(), files.path(), &["--force"]);
    assert_exit(&output, 0);
    let words = told(&output);
    for expected in [
        "MITRE ATT&CK 31.0 (2031-04-28), before MITRE ATT&CK 18.1",
        "techniques added (1): T9003 Newest Way",
        "techniques renumbered (2): T9001 Old Way is T9003 Newest Way; T9002",
        "CISA KEV 2025.08.25: not there, so it stays",
        "left out: mobile-attack.json",
        "warning: Daylight's own entry",
        "Taken over, into",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    let found = techniques(data.path(), files.path());
    assert_eq!(
        (&found[0]["id"], &found[0]["now"]),
        (&json!("T9001"), &json!("T9003"))
    );

    let output = daylight(data.path(), &["knowledge", "status", "--json"]);
    assert_exit(&output, 0);
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(status["facts"][0]["cited"], json!("MITRE ATT&CK 31.0"));
    assert_eq!(status["facts"][0]["counts"]["techniques"], json!(4));
    let from = status["facts"][0]["source"]["from"].as_str().unwrap();
    assert!(from.ends_with("enterprise-attack.json"), "{from}");

    assert_exit(
        &daylight(data.path(), &["knowledge", "update", "--reset"]),
        0,
    );
    assert_eq!(techniques(data.path(), files.path()), json!([]));
    let output = daylight(data.path(), &["knowledge", "status"]);
    assert!(
        told(&output).contains("MITRE ATT&CK 18.1: "),
        "{}",
        told(&output)
    );
    assert!(!told(&output).contains("warning"), "{}", told(&output));
}

#[test]
fn rules_that_name_a_technique_by_its_older_number_look_for_the_newer() {
    let (data, files) = folders("31.0");
    assert_exit(&update(data.path(), files.path(), &["--force"]), 0);
    let rules = files.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    let rule = "title: Old way\nid: 5d8f0b0e-6d6c-4d0c-9a57-0c4f0f1f2a33\nlogsource:\n  category: process_creation\n  \
                product: windows\ndetection:\n  selection:\n    Image|endswith: '\\\\old.exe'\n  condition: selection\n\
                level: high\ntags:\n  - attack.t9002\n";
    std::fs::write(rules.join("old.yml"), rule).unwrap();
    let (story, out) = (files.path().join("story.txt"), files.path().join("out"));
    let evidence = files.path().join("enterprise-attack");
    let output = daylight(
        data.path(),
        &[
            "investigate",
            &story.display().to_string(),
            "--evidence",
            &evidence.display().to_string(),
            "--rules",
            &rules.display().to_string(),
            "--only-rules",
            "--out",
            &out.display().to_string(),
        ],
    );
    assert_exit(&output, 0);
    assert!(
        told(&output).contains("T9002 is T9003 today (1 rule)"),
        "{}",
        told(&output)
    );
    let coverage: Value =
        serde_json::from_slice(&std::fs::read(out.join("coverage.json")).unwrap()).unwrap();
    let row = &coverage["rows"][0];
    assert_eq!(row["id"], json!("T9003"));
    assert!(
        row["why"]
            .as_str()
            .unwrap()
            .ends_with("T9001 is T9003 today"),
        "{row}"
    );
    assert!(
        row["cells"]
            .as_array()
            .is_some_and(|cells| !cells.is_empty()),
        "{row}"
    );
}

#[test]
fn what_would_lose_most_facts_or_is_damaged_changes_nothing() {
    let (data, files) = folders("17.0");
    let output = update(data.path(), files.path(), &[]);
    assert_exit(&output, 2);
    let words = told(&output);
    assert!(
        words.contains("techniques would be gone, so nothing was taken over"),
        "{words}"
    );
    assert!(
        words.contains("warning: MITRE ATT&CK 17.0 is older than MITRE ATT&CK 18.1"),
        "{words}"
    );
    let broken = files.path().join("known_exploited_vulnerabilities.json");
    std::fs::write(&broken, "{\"vulnerabilities\": [").unwrap();
    let output = update(data.path(), files.path(), &["--force"]);
    assert_exit(&output, 2);
    assert!(
        told(&output).contains("EOF while parsing"),
        "{}",
        told(&output)
    );
    let empty = TempDir::new().unwrap();
    let output = update(data.path(), empty.path(), &[]);
    assert_exit(&output, 2);
    assert!(
        told(&output).contains("none of the files with facts is there"),
        "{}",
        told(&output)
    );
    assert!(!data.path().join("daylight").exists());
}

#[test]
fn an_update_that_cannot_be_used_is_told_and_does_no_harm() {
    let (data, files) = folders("31.0");
    std::fs::create_dir(data.path().join("daylight")).unwrap();
    std::fs::write(data.path().join("daylight/knowledge.json.gz"), "cut").unwrap();
    let story = files.path().join("story.txt").display().to_string();
    let output = daylight(data.path(), &["read", &story]);
    assert_exit(&output, 0);
    assert!(
        told(&output).contains("cannot be used"),
        "{}",
        told(&output)
    );
}

#[test]
fn facts_behind_an_address_are_fetched() {
    let (data, _files) = folders("31.0");
    let server = Server::new(|request, _| match request.path.as_str() {
        "/attack/enterprise-attack.json" => Reply::ok(attack("31.0")),
        _ => Reply::status("404 Not Found", ""),
    });
    let address = format!("{}/attack/", server.address);
    let arguments = ["knowledge", "update", "--from", &address, "--force"];
    let output = daylight(data.path(), &arguments);
    assert_exit(&output, 2);
    assert!(told(&output).contains("private"), "{}", told(&output));
    let output = daylight(
        data.path(),
        &[&arguments[..], &["--allow-private"]].concat(),
    );
    assert_exit(&output, 0);
    assert!(
        told(&output).contains("techniques added (1): T9003"),
        "{}",
        told(&output)
    );
}
