//! STIX, CSV and JSON lines.

use std::collections::{BTreeMap, HashSet};
use std::process::Command;

use daylight_dossier::{findings_csv, findings_jsonl, stix_bundle, stix_reading};
use daylight_model::*;
use serde_json::Value;

use crate::sample;

fn objects(bundle: &Value) -> Vec<&Value> {
    bundle["objects"].as_array().unwrap().iter().collect()
}

fn of_type<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    objects(bundle)
        .into_iter()
        .filter(|object| object["type"] == kind)
        .collect()
}

/// The claim extension of an object.
fn claim(object: &Value) -> Option<&Value> {
    object["extensions"]
        .as_object()?
        .values()
        .find(|it| it.get("speakers").is_some())
}

#[test]
fn the_same_case_gives_the_same_bundle() {
    for sample in [
        sample::hit(),
        sample::clean(),
        sample::empty(),
        sample::hostile(),
    ] {
        assert_eq!(stix_bundle(&sample.case()), stix_bundle(&sample.case()));
    }
}

#[test]
fn every_reference_resolves_and_every_id_is_there_once() {
    for sample in [
        sample::hit(),
        sample::clean(),
        sample::empty(),
        sample::hostile(),
    ] {
        let bundle = stix_bundle(&sample.case());
        let ids: Vec<&str> = objects(&bundle)
            .iter()
            .map(|object| object["id"].as_str().unwrap())
            .collect();
        let unique: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len());
        for object in objects(&bundle) {
            assert!(
                object["id"]
                    .as_str()
                    .unwrap()
                    .starts_with(object["type"].as_str().unwrap())
            );
            for (name, value) in object.as_object().unwrap() {
                assert!(!value.is_null(), "{name} is null");
                let single = name.ends_with("_ref").then(|| value.as_str().unwrap());
                let several = value.as_array().filter(|_| name.ends_with("_refs"));
                for reference in single
                    .into_iter()
                    .chain(several.into_iter().flatten().filter_map(Value::as_str))
                {
                    assert!(unique.contains(reference), "{name}: {reference}");
                }
            }
        }
    }
}

#[test]
fn claims_are_their_speakers_own() {
    let sample = sample::hit();
    let bundle = stix_bundle(&sample.case());
    let names: BTreeMap<&str, &str> = objects(&bundle)
        .iter()
        .filter_map(|object| Some((object["id"].as_str()?, object["name"].as_str()?)))
        .collect();
    let relationships = of_type(&bundle, "relationship");
    assert_eq!(relationships.len(), 6);
    for relationship in &relationships {
        let claim = claim(relationship).expect("every relationship is a claim");
        let author = names[relationship["created_by_ref"].as_str().unwrap()];
        assert_ne!(author, "Daylight");
        assert_eq!(
            claim["speakers"].as_array().unwrap().last().unwrap()["name"],
            author
        );
        let (start, end) = (
            claim["span"]["start"].as_u64().unwrap(),
            claim["span"]["end"].as_u64().unwrap(),
        );
        let text = &sample.readings[0].document.text;
        assert_eq!(
            &text[start as usize..end as usize],
            claim["quote"].as_str().unwrap()
        );
        assert_eq!(claim["negated"], false);
    }
    let attribution = relationships
        .iter()
        .find(|it| claim(it).unwrap()["relation"] == "attributed-to")
        .unwrap();
    assert_eq!(attribution["confidence"], 85);
    let uses = relationships
        .iter()
        .find(|it| it["relationship_type"] == "uses")
        .unwrap();
    assert_eq!(claim(uses).unwrap()["scope"][0], "In some cases");
}

#[test]
fn denials_and_inferences_are_notes() {
    let sample = sample::hit();
    let bundle = stix_bundle(&sample.case());
    let notes = of_type(&bundle, "note");
    let denial = notes.iter().find(|note| claim(note).is_some()).unwrap();
    assert!(denial["abstract"].as_str().unwrap().contains("denied"));
    assert_eq!(claim(denial).unwrap()["negated"], true);
    let link = notes
        .iter()
        .find(|note| note["abstract"].as_str().unwrap().starts_with("What “"))
        .unwrap();
    assert!(
        link["content"]
            .as_str()
            .unwrap()
            .starts_with("Inference by Daylight")
    );
    let group = of_type(&bundle, "intrusion-set")[0]["id"].as_str().unwrap();
    let tied = of_type(&bundle, "relationship")
        .into_iter()
        .any(|it| it["source_ref"] == group || it["target_ref"] == group);
    assert!(!tied, "a candidate group is tied to something");
}

#[test]
fn findings_become_sightings() {
    let sample = sample::hit();
    let bundle = stix_bundle(&sample.case());
    let sightings = of_type(&bundle, "sighting");
    assert_eq!(sightings.len(), 5);
    let first = sightings
        .iter()
        .find(|it| it["id"] == sample.findings[0].id.as_str())
        .unwrap();
    assert_eq!(first["first_seen"], "2021-03-02T01:40:10.250Z");
    assert!(
        first["sighting_of_ref"]
            .as_str()
            .unwrap()
            .starts_with("attack-pattern--")
    );
    let of_indicator = sightings
        .iter()
        .find(|it| it["id"] == sample.findings[4].id.as_str())
        .unwrap();
    assert_eq!(
        of_indicator["sighting_of_ref"],
        sample.readings[0].indicators[0].stix_id()
    );
    let file = of_type(&bundle, "file")
        .into_iter()
        .find(|file| file["name"] == "help.aspx");
    assert!(file.is_some_and(|file| file["parent_directory_ref"].is_string()));
}

#[test]
fn countries_are_places_and_marks_are_kept() {
    let mut reading = sample::reading();
    let country = reading
        .entities
        .iter_mut()
        .find(|it| it.kind == EntityKind::Country)
        .unwrap();
    country.known_as = Some("no".into());
    let bundle = stix_reading(
        &reading,
        &sample::links(),
        sample::at("2026-03-02T09:30:00Z"),
    );
    assert_eq!(of_type(&bundle, "location")[0]["country"], "NO");
    let red = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";
    assert_eq!(of_type(&bundle, "marking-definition")[0]["id"], red);
    assert_eq!(of_type(&bundle, "report")[0]["object_marking_refs"][0], red);
}

/// A case whose report gives an indicator of every kind.
fn every_kind_of_indicator() -> sample::Sample {
    use IndicatorKind::*;
    let hash = |length: usize| "a1".repeat(length / 2);
    let mut sample = sample::hit();
    sample.readings[0].indicators = [
        (Ipv4, "198.51.100.7".to_owned()),
        (Ipv6, "2001:db8::1".into()),
        (Cidr, "198.51.100.0/24".into()),
        (Domain, "update.example.com".into()),
        (Url, "http://a.example/it's?x=\\".into()),
        (Url, "a.example/without/scheme".into()),
        (Email, "a@b.example".into()),
        (Md5, hash(32)),
        (Sha1, hash(40)),
        (Sha256, hash(64)),
        (Sha512, hash(128)),
        (Cve, "CVE-2021-26855".into()),
        (Cwe, "CWE-918".into()),
        (Filename, "help.aspx".into()),
        (FilePath, r"C:\Windows\Temp\it's.dll".into()),
        (FilePath, "/tmp/x".into()),
        (FilePath, r"C:\root\".into()),
        (RegistryKey, r"HKLM\Software\Run".into()),
        (Asn, "AS64496".into()),
        (CryptoAddress, "bc1qexample".into()),
        (AttackId, "T1505.003".into()),
        (AttackId, "TA0001".into()),
    ]
    .into_iter()
    .map(|(kind, value)| Indicator {
        kind,
        as_written: value.clone(),
        value,
        span: Span::new(0, 4),
        defanged: false,
        role: IndicatorRole::Indicator,
    })
    .collect();
    sample
}

/// Runs where OASIS's validator is installed: `pip install stix2-validator`.
#[test]
fn the_validator_finds_nothing() {
    let program = std::env::var("STIX2_VALIDATOR").unwrap_or_else(|_| "stix2_validator".into());
    let folder = std::env::temp_dir().join(format!("daylight-stix-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, sample) in [
        ("indicators", every_kind_of_indicator()),
        ("hit", sample::hit()),
        ("clean", sample::clean()),
        ("empty", sample::empty()),
        ("hostile", sample::hostile()),
    ] {
        let path = folder.join(format!("{name}.json"));
        std::fs::write(
            &path,
            serde_json::to_string(&stix_bundle(&sample.case())).unwrap(),
        )
        .unwrap();
        // 103 wants random ids where ours are derived; 302 wants hashes of web pages.
        let run = Command::new(&program)
            .args(["--version", "2.1", "--strict", "-d", "103,302"])
            .arg(&path)
            .output();
        let Ok(output) = run else {
            println!("skipped: {program} is not installed");
            break;
        };
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn json_lines_hold_everything_unchanged() {
    let sample = sample::hostile();
    let mut out = Vec::new();
    findings_jsonl(&sample.findings, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<Finding> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), sample.findings.len());
    assert_eq!(lines[0].matched, sample.findings[0].matched);
}

#[test]
fn csv_runs_nothing_in_a_spreadsheet() {
    let sample = sample::hostile();
    let mut out = Vec::new();
    findings_csv(&sample.findings, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("time,level,rule_title,"));
    assert!(text.contains("\"'=1+1 "));
    assert!(!text.contains(",\"=") && !text.contains(",\"@") && !text.contains(",\"+"));
}

#[test]
fn a_name_that_a_model_read_says_how_surely() {
    let mut reading = sample::reading();
    let read = |kind, name: &str| Entity {
        kind,
        name: name.into(),
        aliases: vec![],
        known_as: None,
        read_by_model: Some(0.93),
        mentions: vec![],
    };
    reading.entities.extend([
        read(EntityKind::Malware, "Vexolith"),
        read(EntityKind::Product, "Quillmark OS"),
        // Known already: what is known is not made less sure.
        read(EntityKind::GovernmentBody, "White Cabinet"),
    ]);
    let bundle = stix_reading(&reading, &[], sample::at("2026-03-02T09:30:00Z"));
    let named = |name: &str| -> Vec<&Value> {
        objects(&bundle)
            .into_iter()
            .filter(|object| object["name"] == name)
            .collect()
    };
    let malware = named("Vexolith");
    assert_eq!(malware.len(), 1);
    assert_eq!(malware[0]["confidence"], 93);
    assert_eq!(malware[0]["labels"], serde_json::json!(["read-by-a-model"]));
    for name in ["Quillmark OS", "White Cabinet"] {
        assert!(!named(name).is_empty(), "{name}");
        assert!(
            named(name)
                .iter()
                .all(|object| object.get("confidence").is_none()),
            "{name}"
        );
    }
    let text = daylight_dossier::reading_text(&reading, &[], 400, false);
    assert!(text.contains("Vexolith (read by a model, 0.93)"), "{text}");
}

#[test]
fn a_technique_described_is_a_note_with_its_sentence() {
    let bundle = stix_bundle(&sample::hit().case());
    let notes = of_type(&bundle, "note");
    let note = notes
        .iter()
        .find(|note| note["abstract"] == "T1071.001 is described, not named")
        .unwrap();
    assert_eq!(note["confidence"], 83);
    assert!(
        note["content"]
            .as_str()
            .unwrap()
            .contains("one called back to")
    );
    let about = note["object_refs"][0].as_str().unwrap();
    let techniques = of_type(&bundle, "attack-pattern");
    let technique = techniques
        .iter()
        .find(|technique| technique["id"] == about)
        .unwrap();
    assert_eq!(
        technique["external_references"][0]["external_id"],
        "T1071.001"
    );
}
