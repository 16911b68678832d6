//! What other tools take in: ATT&CK Navigator, SARIF, Timesketch, MISP.

use daylight_dossier::{
    TimelineFormat, misp_event, navigator_layer, sarif, timeline, timesketch_jsonl,
};
use daylight_model::Finding;
use serde_json::Value;

use crate::sample;

fn sarif_of(sample: &sample::Sample) -> Value {
    let mut out = Vec::new();
    sarif(&sample.case(), &sample.findings, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn a_layer_shows_each_technique_once_by_the_strongest_word() {
    let sample = sample::hit();
    let layer = navigator_layer(&sample.case());
    let score = |id: &str| -> Vec<i64> {
        layer["techniques"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["techniqueID"] == id)
            .map(|it| it["score"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(score("T1505.003"), [100]);
    assert_eq!(score("T1071.001"), [5], "only described");
    let all = layer["techniques"].as_array().unwrap();
    assert!(
        all.iter()
            .all(|it| !it["comment"].as_str().unwrap().is_empty())
    );
}

#[test]
fn a_result_names_its_rule_and_its_place() {
    let sample = sample::hit();
    let log = sarif_of(&sample);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), sample.findings.len());
    for (result, finding) in results.iter().zip(&sample.findings) {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["region"]["byteOffset"], finding.offset);
        let file = place["artifactLocation"]["index"].as_u64().unwrap() as usize;
        let artifact = &run["artifacts"][file];
        assert_eq!(
            artifact["location"]["uri"],
            place["artifactLocation"]["uri"]
        );
        assert_eq!(artifact["hashes"]["sha-256"], finding.file_sha256);
    }
}

#[test]
fn no_finding_is_still_a_whole_log() {
    let log = sarif_of(&sample::empty());
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 0);
}

#[test]
fn timesketch_gets_its_three_fields_and_is_told_what_has_no_time() {
    let mut sample = sample::hit();
    sample.findings[0].time = None;
    let mut out = Vec::new();
    let timeless = timesketch_jsonl(&sample.findings, &mut out).unwrap();
    assert_eq!(timeless, 1);
    let lines: Vec<Value> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), sample.findings.len() - 1);
    for (line, finding) in lines.iter().zip(&sample.findings[1..]) {
        assert_eq!(line["datetime"], finding.time.unwrap().to_string());
        assert_eq!(line["timestamp_desc"], "Event logged");
        assert!(
            line["message"]
                .as_str()
                .unwrap()
                .contains(&finding.rule.title)
        );
    }
}

#[test]
fn a_misp_event_holds_indicators_with_their_sentence_and_not_references() {
    let sample = sample::hit();
    let event = &misp_event(&sample.case())["Event"];
    let attributes = event["Attribute"].as_array().unwrap();
    assert!(!attributes.is_empty());
    for indicator in &sample.readings[0].indicators {
        let found = attributes.iter().find(|it| it["value"] == indicator.value);
        let expected = match indicator.role {
            daylight_model::IndicatorRole::Reference => {
                indicator.kind == daylight_model::IndicatorKind::Cve
            }
            _ => indicator.kind.misp_attribute().is_some(),
        };
        assert_eq!(found.is_some(), expected, "{indicator:?}");
    }
    let sighted = attributes.iter().filter(|it| it.get("Sighting").is_some());
    let by_indicator = sample
        .findings
        .iter()
        .any(|it| it.rule.kind == daylight_model::FindingKind::Indicator);
    assert_eq!(sighted.count() > 0, by_indicator);
}

#[test]
fn hostile_text_stays_text() {
    let sample = sample::hostile();
    let mut lines = Vec::new();
    timesketch_jsonl(&sample.findings, &mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let event: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let misp = &misp_event(&sample.case())["Event"];
    let content = misp["EventReport"][0]["content"].as_str().unwrap();
    assert!(!content.contains("<script"), "a viewer of Markdown runs it");
    let layer = navigator_layer(&sample.case());
    let all = [
        &layer["name"],
        &layer["description"],
        &misp["info"],
        &misp["EventReport"][0]["content"],
        &sarif_of(&sample)["runs"][0]["results"][0]["message"]["text"],
        &event["message"],
    ];
    for text in all {
        let text = text.as_str().unwrap();
        assert!(
            !text.contains(['\u{1b}', '\u{202e}', '\0']),
            "control characters pass through: {text}"
        );
        assert!(text.len() < 1_000_000, "{} bytes", text.len());
    }
}

/// What machines take in is data: nothing is changed, and nothing ends a field or a line early.
#[test]
fn data_is_handed_on_as_it_is() {
    let sample = sample::hostile();
    let host = sample.findings[0].host.as_deref().unwrap();
    let mut out = Vec::new();
    timeline(&sample.findings, TimelineFormat::JsonLines, &mut out).unwrap();
    let lines = String::from_utf8(out).unwrap();
    assert_eq!(lines.lines().count(), sample.findings.len());
    for line in lines.lines() {
        assert_eq!(serde_json::from_str::<Value>(line).unwrap()["host"], host);
    }
    let mut out = Vec::new();
    let formulas: Vec<Finding> = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"]
        .map(|text| {
            let mut finding = sample.findings[0].clone();
            finding.host = Some(text.into());
            finding.file = text.into();
            finding.context = vec![sample::field("keywords", text)];
            finding
        })
        .into();
    timeline(&formulas, TimelineFormat::Csv, &mut out).unwrap();
    let table = String::from_utf8(out).unwrap();
    for cell in ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"] {
        let quoted = format!("\"'{cell}\"");
        assert_eq!(table.matches(&quoted).count(), 3, "{cell:?} in {table}");
    }
}
