//! The main job on real input, where it is at hand.

use std::path::PathBuf;

use serde_json::Value;

use crate::{assert_exit, daylight, root, told};

/// The folder of real reports and evidence, or a word that the test is skipped.
fn shared(path: &str) -> Option<String> {
    let folder =
        std::env::var_os("DAYLIGHT_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = folder.join(path);
    if path.exists() {
        return Some(path.display().to_string());
    }
    println!("skipped: {} is not here", path.display());
    None
}

#[test]
fn a_news_story_over_a_recorded_intrusion() {
    let (Some(story), Some(evidence)) = (
        shared("reports/newsweek-2021-07-19.txt"),
        shared("evidence/proxylogon_ssrf_rce_poc.zip"),
    ) else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let output = daylight(&[
        "investigate",
        &story,
        "--evidence",
        &evidence,
        "--out",
        &out.path().display().to_string(),
    ]);
    assert_exit(&output, 1);
    let lines = std::fs::read_to_string(out.path().join("findings.jsonl")).unwrap();
    let findings: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    // SSRF, directory changed, page written, page served, command as SYSTEM: in this order.
    let stages = [
        ("MSExchange Control Panel", 4),
        ("MSExchange CmdletLogs", 1),
        ("Microsoft-Windows-Sysmon", 11),
        ("Microsoft-Windows-Sysmon", 1),
    ];
    let mut from = 0;
    for (provider, event_id) in stages {
        let found = findings[from..]
            .iter()
            .position(|finding| finding["provider"] == provider && finding["event_id"] == event_id);
        from += found.unwrap_or_else(|| {
            panic!(
                "no {provider} {event_id} after finding {from}:\n{}",
                told(&output)
            )
        });
    }
    let manifest = std::fs::read_to_string(out.path().join("manifest.json")).unwrap();
    assert!(manifest.contains("\"difference_seconds\": 18000"));
    let coverage: Value =
        serde_json::from_str(&std::fs::read_to_string(out.path().join("coverage.json")).unwrap())
            .unwrap();
    let cells: Vec<&Value> = coverage["rows"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["cells"].as_array().unwrap())
        .collect();
    for family in ["iis", "exchange-http-proxy"] {
        let of_family: Vec<_> = cells
            .iter()
            .filter(|cell| cell["family"] == family)
            .collect();
        assert!(
            !of_family.is_empty()
                && of_family
                    .iter()
                    .all(|cell| cell["outcome"] == "could-not-see"),
            "{family}"
        );
    }
    let summary = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!summary.contains("HAFNIUM"), "a summary names no group");
}

#[test]
fn a_hunt_through_event_logs() {
    let Some(evidence) = shared("evidence/evtx-attack-samples") else {
        return;
    };
    let output = daylight(&["hunt", &evidence, "--jsonl", "--level", "high"]);
    assert_exit(&output, 1);
    assert!(output.stdout.split(|byte| *byte == b'\n').count() > 50);
}

#[test]
fn reports_are_read() {
    for name in [
        "newsweek-2021-07-19.txt",
        "aa21200a.txt",
        "aa21200b.txt",
        "AA20-302A.pdf",
        "AA20-302A.docx",
    ] {
        let Some(report) = shared(&format!("reports/{name}")) else {
            return;
        };
        let output = daylight(&["read", &report, "--json"]);
        assert_exit(&output, 0);
        let reading: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(reading["document"]["title"].is_string(), "{name}");
        assert!(reading["document"]["published"].is_string(), "{name}");
    }
}
