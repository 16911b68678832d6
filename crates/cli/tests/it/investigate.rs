use std::fs;
use std::process::Output;

use serde_json::Value;

use crate::{assert_exit, daylight, example, told};

fn json(path: &std::path::Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Investigates the example's story over some evidence.
fn investigate(evidence: &str, out: &str) -> Output {
    let story = example("exchange-2021/story.txt");
    daylight(&["investigate", &story, "--evidence", evidence, "--out", out])
}

/// The stages of the intrusion in the example, in story order; probes that failed do not count.
const STAGES: &[&str] = &["T1190", "T1505.003", "T1059.003", "T1003.001"];

#[test]
fn the_example_is_a_hit() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().display().to_string();
    let output = investigate(&example("exchange-2021/evidence"), &folder);
    assert_exit(&output, 1);
    assert!(told(&output).contains("HIT"), "{}", told(&output));
    for name in [
        "dossier.html",
        "dossier.md",
        "bundle.json",
        "findings.jsonl",
        "coverage.json",
        "manifest.json",
    ] {
        assert!(
            out.path().join(name).metadata().unwrap().len() > 100,
            "{name}"
        );
    }
    let findings: Vec<Value> = fs::read_to_string(out.path().join("findings.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let first = |technique: &str| {
        let tag = Value::from(format!("attack.{}", technique.to_lowercase()));
        let severe = |finding: &&Value| {
            matches!(finding["rule"]["level"].as_str(), Some("high" | "critical"))
        };
        let finding = findings
            .iter()
            .filter(severe)
            .find(|finding| finding["rule"]["tags"].as_array().unwrap().contains(&tag));
        let finding = finding.unwrap_or_else(|| panic!("no finding for {technique}"));
        finding["time"].as_str().unwrap().to_owned()
    };
    let times: Vec<String> = STAGES.iter().map(|technique| first(technique)).collect();
    assert!(times.is_sorted(), "{times:?}");
    for finding in &findings {
        assert_eq!(finding["file_sha256"].as_str().unwrap().len(), 64);
        assert!(
            !finding["matched"].as_array().unwrap().is_empty(),
            "{finding}"
        );
    }
    // Nobody is named as the culprit.
    let bundle = json(&out.path().join("bundle.json"));
    let attributed = bundle["objects"].as_array().unwrap().iter().any(|object| {
        object["type"] == "relationship"
            && object["relationship_type"] == "attributed-to"
            && object["target_ref"]
                .as_str()
                .is_some_and(|target| target.starts_with("intrusion-set"))
    });
    assert!(!attributed);
}

#[test]
fn a_clean_server_is_not_seen_and_not_green() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().display().to_string();
    let output = investigate(&example("clean-server"), &folder);
    assert_exit(&output, 0);
    let coverage = json(&out.path().join("coverage.json"));
    let outcomes: Vec<&str> = coverage["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["outcome"].as_str().unwrap())
        .collect();
    assert!(
        outcomes.contains(&"not-seen") && outcomes.contains(&"could-not-see"),
        "{outcomes:?}"
    );
    assert!(!outcomes.contains(&"hit"));
    assert!(told(&output).contains("could not see"), "{}", told(&output));
}

#[test]
fn an_empty_folder_shows_nothing() {
    let empty = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    let output = investigate(
        &empty.path().display().to_string(),
        &out.path().display().to_string(),
    );
    assert_exit(&output, 0);
    let coverage = json(&out.path().join("coverage.json"));
    assert!(
        coverage["rows"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["outcome"] == "could-not-see")
    );
    assert!(
        told(&output).contains("othing could be seen"),
        "{}",
        told(&output)
    );
}

#[test]
fn exit_zero_and_json_are_for_scripts() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().display().to_string();
    let output = daylight(&[
        "investigate",
        &example("exchange-2021/story.txt"),
        "--evidence",
        &example("exchange-2021/evidence"),
        "--out",
        &folder,
        "--exit-zero",
        "--json",
        "--quiet",
    ]);
    assert_exit(&output, 0);
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdict["outcome"], "hit");
    assert!(output.stderr.is_empty());
}

#[test]
fn output_inside_the_evidence_is_refused() {
    let evidence = tempfile::tempdir().unwrap();
    fs::write(evidence.path().join("a.log"), "line\n").unwrap();
    let inside = evidence.path().join("out").display().to_string();
    let output = investigate(&evidence.path().display().to_string(), &inside);
    assert_exit(&output, 2);
    assert!(
        told(&output).contains("never written to"),
        "{}",
        told(&output)
    );
    assert_eq!(fs::read_dir(evidence.path()).unwrap().count(), 1);
}

#[test]
fn reading_gives_claims_with_their_sentence_at_the_offsets() {
    let output = daylight(&["read", &example("exchange-2021/story.txt"), "--json"]);
    assert_exit(&output, 0);
    let reading: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = reading["document"]["text"].as_str().unwrap();
    let claims = reading["claims"].as_array().unwrap();
    assert!(claims.len() >= 5);
    for claim in claims {
        let (start, end) = (
            claim["span"]["start"].as_u64().unwrap() as usize,
            claim["span"]["end"].as_u64().unwrap() as usize,
        );
        assert_eq!(&text[start..end], claim["sentence"].as_str().unwrap());
        assert!(!claim["speakers"].as_array().unwrap().is_empty());
    }
    let stix = daylight(&["read", &example("exchange-2021/story.txt"), "--stix"]);
    assert_exit(&stix, 0);
    let bundle: Value = serde_json::from_slice(&stix.stdout).unwrap();
    assert_eq!(bundle["type"], "bundle");
}

#[cfg(unix)]
#[test]
fn output_inside_the_evidence_is_refused_by_any_way_in() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    fs::write(evidence.join("a.log"), "line\n").unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&evidence, &link).unwrap();
    let ways = [link.join("new"), folder.path().join("none/../evidence/new")];
    for way in ways {
        let output = investigate(&evidence.display().to_string(), &way.display().to_string());
        assert_exit(&output, 2);
    }
    // Beside a file that is evidence counts as inside too.
    let output = investigate(
        &evidence.join("a.log").display().to_string(),
        &evidence.display().to_string(),
    );
    assert_exit(&output, 2);
    assert_eq!(fs::read_dir(&evidence).unwrap().count(), 1);
}

#[test]
fn findings_on_indicators_name_the_report_that_gives_them() {
    let folder = tempfile::tempdir().unwrap();
    let report = |name: &str, address: &str| {
        let path = folder.path().join(name);
        let text = format!(
            "Advisory {name}\n\nPublished: 2 May 2023\n\nThe attackers used {address} as their server.\n"
        );
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (one, two) = (
        report("one.txt", "198.51.100[.]7"),
        report("two.txt", "192.0.2[.]10"),
    );
    let evidence = folder.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    fs::write(
        evidence.join("proxy.log"),
        "2023-05-01 10:00:00 10.0.0.5 connected to 192.0.2.10:443\n",
    )
    .unwrap();
    let out = folder.path().join("out");
    let output = daylight(&[
        "investigate",
        &one,
        &two,
        "--evidence",
        &evidence.display().to_string(),
        "--out",
        &out.display().to_string(),
    ]);
    assert_exit(&output, 1);
    let lines = fs::read_to_string(out.join("findings.jsonl")).unwrap();
    let findings: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(findings.len(), 1, "{lines}");
    let title = findings[0]["rule"]["title"].as_str().unwrap();
    assert!(title.contains("Advisory two.txt"), "{title}");
}
