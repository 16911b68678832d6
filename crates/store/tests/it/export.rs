//! What leaves the store, and what does not.

use daylight_store::{ExportOptions, ExportReport, Format, Store, Tlp, export};
use serde_json::{Value, json};

use crate::{at, bundle, named, take};

on_each!(
    stix_in_is_stix_out,
    markings_are_kept_to_and_passed_on,
    who_imports_says_what_bears_no_marking,
    misp_comes_back_and_the_rest_becomes_an_event,
    tables_are_safe_to_open
);

fn options(max_tlp: Tlp) -> ExportOptions {
    ExportOptions {
        max_tlp,
        kinds: Vec::new(),
        import: None,
        all_versions: false,
        at: at(0),
    }
}

fn write(store: &dyn Store, format: Format, options: &ExportOptions) -> (String, ExportReport) {
    let mut out = Vec::new();
    let report = export(store, format, options, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), report)
}

const TIME: &str = "2021-01-01T00:00:00Z";

fn marked(id: &str, level: &str, more: &str) -> String {
    named(
        id,
        id,
        TIME,
        &format!(",\"object_marking_refs\":[\"{level}\"]{more}"),
    )
}

fn stix_in_is_stix_out(store: &mut dyn Store) {
    let objects = [
        named("malware--1", "Old", TIME, ""),
        named(
            "malware--1",
            "New",
            "2022-01-01T00:00:00Z",
            ", \"x_own\" : { \"b\":1.0, \"a\":\"\\u00e9\" }",
        ),
        "{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--1\",\"value\":\"192.0.2.1\"}".to_owned(),
    ];
    take(
        store,
        "test",
        &bundle(&objects.iter().map(String::as_str).collect::<Vec<_>>()),
    );
    let all = ExportOptions {
        all_versions: true,
        ..options(Tlp::Red)
    };
    let (text, report) = write(store, Format::Stix, &all);
    assert_eq!(report.written, 3);
    let inside = text
        .split_once("[\n")
        .unwrap()
        .1
        .rsplit_once("\n]")
        .unwrap()
        .0;
    assert_eq!(
        inside,
        objects.join(",\n"),
        "byte for byte, in the order in which they came"
    );
    let mut other = crate::store();
    take(&mut *other, "again", &text);
    assert_eq!(write(&*other, Format::Stix, &all).0, text);
    let (latest, report) = write(store, Format::Stix, &options(Tlp::Red));
    assert_eq!(report.written, 2);
    assert!(!latest.contains("\"Old\""));
}

/// ids of what is exported, in order
fn exported(store: &dyn Store, max: Tlp) -> Vec<String> {
    let value: Value = serde_json::from_str(&write(store, Format::Stix, &options(max)).0).unwrap();
    let objects = value["objects"].as_array().unwrap();
    objects
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

fn markings_are_kept_to_and_passed_on(store: &mut dyn Store) {
    const RED_1: &str = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    let own = r#"{"type":"marking-definition","id":"marking-definition--own","definition_type":"tlp","definition":{"tlp":"amber"}}"#;
    let relationship = format!(
        ",\"relationship_type\":\"uses\",\"source_ref\":\"tool--green\",\"target_ref\":\"{}\"",
        "malware--red"
    );
    take(
        store,
        "test",
        &bundle(&[
            // Refers to what comes later, two steps away from what is red.
            &marked(
                "report--1",
                Tlp::Clear.marking_id(),
                ",\"object_refs\":[\"relationship--1\"]",
            ),
            own,
            &marked("tool--green", Tlp::Green.marking_id(), ""),
            &marked("tool--own", "marking-definition--own", ""),
            &marked("malware--red", RED_1, ""),
            &marked("relationship--1", Tlp::Clear.marking_id(), &relationship),
            &named(
                "tool--part",
                "part",
                TIME,
                &format!(
                    ",\"granular_markings\":[{{\"marking_ref\":\"{}\",\"selectors\":[\"name\"]}}]",
                    Tlp::AmberStrict.marking_id()
                ),
            ),
            &named("tool--bare", "bare", TIME, ""),
            &marked(
                "tool--by",
                Tlp::Clear.marking_id(),
                ",\"created_by_ref\":\"malware--red\"",
            ),
        ]),
    );
    let check = |max, expected: &[&str]| assert_eq!(exported(store, max), expected, "{max}");
    let own = "marking-definition--own";
    check(Tlp::Clear, &[own]);
    check(Tlp::Green, &[own, "tool--green", Tlp::Green.marking_id()]);
    check(
        Tlp::Amber,
        &[
            own,
            "tool--green",
            "tool--own",
            "tool--bare",
            Tlp::Green.marking_id(),
        ],
    );
    let (_, report) = write(store, Format::Stix, &options(Tlp::Amber));
    assert_eq!(report.held_back, 5);
    assert_eq!(report.held_back_reasons["refers to something held back"], 3);
    assert_eq!(report.held_back_reasons["marked TLP:RED"], 1);
    assert_eq!(
        write(store, Format::Stix, &options(Tlp::Red)).1.held_back,
        0
    );
    let levels = daylight_store::Levels::of(store).unwrap();
    let report = store.object("report--1").unwrap().unwrap();
    let effective = levels.effective(store, &report).unwrap();
    assert_eq!(effective, (Some(Tlp::Red), Some("malware--red".to_owned())));
}

fn who_imports_says_what_bears_no_marking(store: &mut dyn Store) {
    let mut options = daylight_store::ImportOptions::new("mine", at(0));
    options.tlp = Some(Tlp::Clear);
    let text = bundle(&[&named("tool--1", "one", TIME, "")]);
    daylight_store::import(store, text.as_bytes(), &options, &mut |_| {}).unwrap();
    assert_eq!(exported(store, Tlp::Clear), ["tool--1"]);
}

fn misp_comes_back_and_the_rest_becomes_an_event(store: &mut dyn Store) {
    let event = json!({ "Event": {
        "uuid": "99999999-0000-4000-8000-000000000000", "info": "Phish", "date": "2023-11-14",
        "timestamp": "1700000000", "Tag": [{ "name": "tlp:clear", "colour": "#ffffff" }], "unknown": [1, { "a": null }],
        "Attribute": [
            { "uuid": "00000000-0000-4000-8000-000000000001", "type": "domain", "value": "evil.example", "to_ids": true },
            { "uuid": "00000000-0000-4000-8000-000000000002", "type": "vulnerability", "value": "CVE-2031-0001", "to_ids": false },
        ],
    }});
    let mut options_in = daylight_store::ImportOptions::new("mine", at(0));
    options_in.tlp = Some(Tlp::Clear);
    daylight_store::import(
        store,
        event.to_string().as_bytes(),
        &options_in,
        &mut |_| {},
    )
    .unwrap();
    take(store, "list", "bad.example\n192.0.2.1\n");
    let (text, report) = write(store, Format::Misp, &options(Tlp::Red));
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["response"][0], event, "as it came");
    let made = &value["response"][1]["Event"];
    assert_eq!(made["Attribute"][0]["value"], "bad.example");
    assert_eq!(made["Attribute"][1]["type"], "ip-dst");
    assert_eq!(
        made["Tag"][0]["name"], "tlp:amber",
        "unmarked counts as amber"
    );
    assert_eq!(report.written, 3);
    assert!(report.left_out.contains_key("identity"), "{report:?}");
    let (text, _) = write(store, Format::Misp, &options(Tlp::Clear));
    assert!(!text.contains("bad.example"));
}

fn tables_are_safe_to_open(store: &mut dyn Store) {
    take(
        store,
        "test",
        &bundle(&[
            &named(
                "indicator--1",
                "=cmd()",
                TIME,
                ",\"pattern\":\"[domain-name:value = 'a.example']\",\"labels\":[\"x\",\"y,z\"]",
            ),
            "{\"type\":\"url\",\"id\":\"url--1\",\"value\":\"http://a.example/\\\"\"}",
        ]),
    );
    let (text, report) = write(store, Format::Csv, &options(Tlp::Red));
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(report.written, 2);
    assert_eq!(
        lines[0],
        "id,type,name,value,pattern,created,modified,valid_until,revoked,labels,tlp"
    );
    assert_eq!(
        lines[1],
        "indicator--1,indicator,\"'=cmd()\",a.example,[domain-name:value = 'a.example'],2020-01-01T00:00:00.000Z,2021-01-01T00:00:00Z,,,\"x; y,z\","
    );
    assert_eq!(lines[2], "url--1,url,,\"http://a.example/\"\"\",,,,,,,");
    let only = ExportOptions {
        kinds: vec!["url".to_owned()],
        ..options(Tlp::Red)
    };
    assert_eq!(write(store, Format::Csv, &only).1.written, 1);
}
