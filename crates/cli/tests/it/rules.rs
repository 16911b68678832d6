//! `daylight rules`, and correlations from the command line on.

use std::fs;

use crate::{assert_exit, daylight, told};

const BASE: &str = "title: Failed\nid: base\nname: failed\nlogsource: {product: windows, service: security}\n\
                    detection:\n  s: {EventID: 4625}\n  condition: s\n";
const MANY: &str = "---\ntitle: Many failures\nid: many\nlevel: high\ncorrelation:\n  type: event_count\n  \
                    rules: [failed]\n  group-by: [TargetUserName]\n  timespan: 5m\n  condition: {gte: 3}\n";

#[test]
fn rules_are_listed() {
    let all = daylight(&["rules", "list"]);
    assert_exit(&all, 0);
    let lines =
        |output: &std::process::Output| String::from_utf8_lossy(&output.stdout).lines().count();
    let some = daylight(&["rules", "list", "--level", "high", "--tag", "attack.t1505"]);
    assert_exit(&some, 0);
    assert!(
        lines(&some) > 0 && lines(&some) < lines(&all),
        "{}",
        told(&some)
    );
    let json = daylight(&["rules", "list", "--json"]);
    let rules: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(rules.as_array().unwrap().len(), lines(&all));
    assert!(rules[0]["log_sources"].is_array());
    assert_exit(&daylight(&["rules", "list", "--level", "dire"]), 2);
}

#[test]
fn rules_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    assert_exit(&daylight(&["rules", "check", &path]), 2);
    assert_exit(&daylight(&["rules", "check", "nowhere"]), 2);
    fs::write(folder.path().join("a.yml"), format!("{BASE}{MANY}")).unwrap();
    let good = daylight(&["rules", "check", &path]);
    assert_exit(&good, 0);
    assert!(
        told(&good).contains("2 rules usable, 0 for logs"),
        "{}",
        told(&good)
    );

    let expand = BASE.replace("EventID: 4625", "A|expand: '%Servers%'");
    fs::write(
        folder.path().join("b.yml"),
        expand.replace("id: base", "id: needy"),
    )
    .unwrap();
    let bad = daylight(&["rules", "check", &path]);
    assert_exit(&bad, 1);
    for part in [
        "placeholder `%Servers%` needs values",
        "b.yml:6  needy",
        "1 unusable",
    ] {
        assert!(told(&bad).contains(part), "{part}: {}", told(&bad));
    }
    let json = daylight(&["rules", "check", &path, "--json"]);
    assert_exit(&json, 1);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["usable"], 2);
    assert_eq!(value["problems"][0]["line"], 6);

    let values = folder.path().join("values.json");
    fs::write(&values, r#"{"Servers": ["srv*"]}"#).unwrap();
    let values = values.display().to_string();
    assert_exit(
        &daylight(&["rules", "check", &path, "--placeholders", &values]),
        0,
    );
    fs::write(&values, "[x]").unwrap();
    assert_exit(
        &daylight(&["rules", "check", &path, "--placeholders", &values]),
        2,
    );
    assert_exit(
        &daylight(&["rules", "check", &path, "--placeholders", "nowhere"]),
        2,
    );
}

#[test]
fn a_hunt_runs_correlations() {
    let folder = tempfile::tempdir().unwrap();
    let (rules, logs) = (folder.path().join("rules"), folder.path().join("logs"));
    fs::create_dir(&rules).unwrap();
    fs::create_dir(&logs).unwrap();
    fs::write(rules.join("a.yml"), format!("{BASE}{MANY}")).unwrap();
    // Two files, each with a part of the burst.
    let line = |minute: u32, user: &str| {
        format!(
            r#"{{"EventID":4625,"Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","Computer":"PC1","TimeCreated":"2024-05-01T10:0{minute}:00Z","TargetUserName":"{user}"}}"#
        ) + "\n"
    };
    fs::write(logs.join("a.jsonl"), line(1, "jane") + &line(2, "joe")).unwrap();
    fs::write(logs.join("b.jsonl"), line(3, "Jane") + &line(4, "jane")).unwrap();
    let (rules, logs) = (rules.display().to_string(), logs.display().to_string());
    let hunted = daylight(&["hunt", &logs, "--rules", &rules, "--only-rules", "--jsonl"]);
    assert_exit(&hunted, 1);
    let lines = String::from_utf8_lossy(&hunted.stdout).into_owned();
    let findings: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(findings.len(), 1, "{}", told(&hunted));
    let finding = &findings[0];
    assert_eq!(finding["rule"]["id"], "many", "{finding}");
    assert_eq!(finding["time"], "2024-05-01T10:04:00Z");
    assert!(finding["file"].as_str().unwrap().ends_with("b.jsonl"));
    assert!(finding["id"].as_str().unwrap().starts_with("sighting--"));
}
