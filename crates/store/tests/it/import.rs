//! What others publish, in the forms in which they do; all of it written for these tests.

use daylight_model::Limits;
use daylight_store::{ImportOptions, Store, Tlp, import};
use serde_json::{Value, json};

use crate::{at, bundle, named, store, take};

on_each!(
    what_is_no_object_is_listed,
    damage_keeps_what_came_before,
    limits_hold,
    attack_as_published_is_clear,
    flaws_known_to_be_exploited,
    clusters_of_the_galaxy,
    attributes_that_are_no_usual_indicators,
    events_with_their_attributes,
    lists_and_tables
);

fn body(store: &dyn Store, id: &str) -> Value {
    serde_json::from_str(&store.object(id).unwrap().unwrap().body).unwrap()
}

fn what_is_no_object_is_listed(store: &mut dyn Store) {
    let text = r#"{"type":"bundle","id":"bundle--1","x_own":5,"objects":[
        {"type":"malware"}, 7, {"type":"tool","id":"tool--1","name":"Kept"}],"extra":[1]}"#;
    let report = take(store, "test", text);
    assert_eq!(
        (report.kind.as_str(), report.added.new, report.left_out),
        ("stix", 1, 4)
    );
    let reasons: Vec<&str> = report
        .left_out_list
        .iter()
        .map(|it| it.reason.as_str())
        .collect();
    for (reason, part) in reasons
        .iter()
        .zip(["`x_own`", "no `id`", "JSON object", "`extra`"])
    {
        assert!(reason.contains(part), "{reasons:?}");
    }
    assert_eq!(
        report.left_out_list[1].place,
        format!("byte {}", text.find("{\"type\":\"malware\"").unwrap())
    );
}

fn damage_keeps_what_came_before(store: &mut dyn Store) {
    let whole = bundle(&[
        &named("tool--1", "One", "2021-01-01T00:00:00Z", ""),
        "{\"type\":\"tool\",\"id\":\"tool--2\"}",
    ]);
    let report = take(store, "test", &whole[..whole.len() - 10]);
    assert_eq!(report.added.new, 1);
    assert!(report.cut_short.unwrap().contains("ends inside a value"));
    let empty = take(store, "test", " \n");
    assert_eq!((empty.number, empty.left_out), (None, 0));
}

fn limits_hold(store: &mut dyn Store) {
    let mut options = ImportOptions::new("test", at(0));
    options.limits = Limits::default();
    options.limits.record_bytes_max = 200;
    options.limits.depth_max = 10;
    let large = named("tool--1", &"x".repeat(300), "2021-01-01T00:00:00Z", "");
    let deep = format!(
        "{{\"type\":\"a\",\"id\":\"a--1\",\"x\":{}{}}}",
        "[".repeat(50),
        "]".repeat(50)
    );
    let text = bundle(&[&large, &deep, "{\"type\":\"tool\",\"id\":\"tool--2\"}"]);
    let report = import(store, text.as_bytes(), &options, &mut |_| {}).unwrap();
    assert_eq!((report.added.new, report.left_out), (1, 2));
    assert!(report.left_out_list[0].reason.contains("200 bytes"));
    assert!(
        report.left_out_list[1]
            .reason
            .contains("deeper than the limit of 10")
    );
}

fn attack_as_published_is_clear(store: &mut dyn Store) {
    let text = bundle(&[
        r#"{"type":"x-mitre-collection","id":"x-mitre-collection--1","name":"ATT&CK","modified":"2025-01-01T00:00:00Z"}"#,
        r#"{"type":"intrusion-set","id":"intrusion-set--1","name":"Example Set","aliases":["Example Set","Other Set"],"modified":"2025-01-01T00:00:00Z","external_references":[{"source_name":"mitre-attack","external_id":"G9999"}],"x_mitre_version":"1.0"}"#,
    ]);
    take(store, "enterprise-attack.json", &text);
    assert_eq!(store.imports().unwrap()[0].import.tlp, Some(Tlp::Clear));
    assert_eq!(store.called("g9999").unwrap().len(), 1);
    assert_eq!(store.called("other-set").unwrap().len(), 1);
}

fn flaws_known_to_be_exploited(store: &mut dyn Store) {
    let entry = json!({
        "cveID": "CVE-2099-0001", "vendorProject": "Example", "product": "Mailer",
        "vulnerabilityName": "Example Mailer Injection", "dateAdded": "2099-01-02",
        "shortDescription": "It injects.", "requiredAction": "Update.", "dueDate": "2099-02-01",
        "knownRansomwareCampaignUse": "Known", "notes": "", "cwes": ["CWE-89"],
    });
    let catalogue = json!({
        "title": "CISA Catalog", "catalogVersion": "2099.01.02", "dateReleased": "2099-01-02T00:00:00Z",
        "count": 2, "vulnerabilities": [entry, { "product": "no id" }],
    });
    let report = take(store, "kev.json", &catalogue.to_string());
    assert_eq!((report.kind.as_str(), report.left_out), ("kev", 1));
    let found = store.called("cve-2099-0001").unwrap();
    let flaw = body(store, &found[0].id);
    assert_eq!(flaw["created"], "2099-01-02T00:00:00.000Z");
    assert_eq!(flaw["labels"], json!(["exploited", "ransomware"]));
    let records: Vec<&Value> = flaw["extensions"].as_object().unwrap().values().collect();
    assert_eq!(records[0]["record"], entry, "nothing of the entry is lost");
    let again = take(store, "kev.json", &catalogue.to_string());
    assert_eq!((again.added.new, again.added.versions), (0, 0));
}

fn clusters_of_the_galaxy(store: &mut dyn Store) {
    let cluster = json!({
        "uuid": "11111111-2222-4333-8444-555555555555", "value": "Example Bear",
        "description": "Written for a test.",
        "meta": { "synonyms": ["Bear Zero"], "refs": ["https://example.org/bear", "not an address"], "country": "ZZ" },
        "related": [{ "dest-uuid": "x", "type": "similar" }],
    });
    let galaxy = json!({
        "type": "threat-actor", "name": "Threat Actor", "uuid": "u", "version": 1,
        "values": [cluster, { "value": "no uuid" }],
    });
    let report = take(store, "threat-actor.json", &galaxy.to_string());
    assert_eq!((report.kind.as_str(), report.left_out), ("misp-galaxy", 1));
    let actor = body(store, "threat-actor--11111111-2222-4333-8444-555555555555");
    assert_eq!(actor["aliases"], json!(["Bear Zero"]));
    assert_eq!(actor["external_references"].as_array().unwrap().len(), 1);
    let odd = json!({ "type": "cooking", "values": [cluster] });
    let report = take(store, "cooking.json", &odd.to_string());
    assert!(
        report.left_out_list[0].reason.contains("`cooking`"),
        "{report:?}"
    );
}

fn attributes_that_are_no_usual_indicators(store: &mut dyn Store) {
    let attribute = |number: u8, kind: &str, value: &str, detects: bool| json!({ "uuid": format!("00000000-0000-4000-8000-00000000010{number}"), "type": kind, "value": value, "to_ids": detects });
    let mut deleted = attribute(6, "domain", "gone.example", true);
    deleted["deleted"] = json!(true);
    let event = json!({ "Event": {
        "uuid": "99999999-0000-4000-8000-000000000001", "info": "Reeds", "date": "2031-05-01", "timestamp": "1935400000",
        "Attribute": [
            attribute(1, "campaign-name", "Folded Reed", false),
            attribute(2, "AS", "AS64496", false),
            attribute(3, "suricata", "alert dns any any -> any any (sid:1;)", true),
            attribute(4, "stix2-pattern", "[domain-name:value = 'reed.example'", true),
            attribute(5, "size-in-bytes", "4096", false),
            deleted,
        ],
    }});
    let report = take(store, "event.json", &event.to_string());
    let reasons: Vec<&str> = report
        .left_out_list
        .iter()
        .map(|it| it.reason.as_str())
        .collect();
    let expected = [
        "the attribute type `stix2-pattern` has no counterpart",
        "the attribute type `size-in-bytes` is no observable of its own",
        "deleted in MISP",
    ];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for (reason, expected) in reasons.iter().zip(expected) {
        assert!(reason.starts_with(expected), "{reason}");
    }
    let campaign = body(store, "campaign--00000000-0000-4000-8000-000000000101");
    assert_eq!(campaign["name"], "Folded Reed");
    let rule = body(store, "indicator--00000000-0000-4000-8000-000000000103");
    assert_eq!(rule["pattern_type"], "suricata");
    let report = body(store, "report--99999999-0000-4000-8000-000000000001");
    let system = report["object_refs"][1].as_str().unwrap();
    assert_eq!(body(store, system)["number"], 64496);
}

fn events_with_their_attributes(store: &mut dyn Store) {
    let attribute = |uuid: &str, kind: &str, value: &str, detects: bool, tag: &str| {
        json!({
            "uuid": format!("00000000-0000-4000-8000-00000000000{uuid}"), "type": kind, "value": value,
            "to_ids": detects, "timestamp": "1700000000", "Tag": if tag.is_empty() { json!([]) } else { json!([{ "name": tag }]) },
        })
    };
    let event = json!({ "Event": {
        "uuid": "99999999-0000-4000-8000-000000000000", "info": "Phish", "date": "2023-11-14",
        "timestamp": "1700000000", "Orgc": { "name": "Example CERT" }, "Tag": [{ "name": "tlp:green" }],
        "Attribute": [
            attribute("1", "domain", "evil.example", true, ""),
            attribute("2", "ip-dst", "192.0.2.9", false, ""),
            attribute("3", "text", "only words", false, "tlp:red"),
            attribute("4", "filename|sha256", &format!("a'b.exe|{}", "0".repeat(64)), true, "tlp:amber"),
        ],
        "Object": [{ "name": "file", "Attribute": [attribute("5", "md5", &"1".repeat(32), true, "")] }],
    }});
    let report = take(store, "event.json", &event.to_string());
    assert_eq!((report.kind.as_str(), report.left_out), ("misp-event", 1));
    assert!(
        report.left_out_list[0]
            .reason
            .contains("`text` has no counterpart")
    );
    let indicator = |number: &str| {
        body(
            store,
            &format!("indicator--00000000-0000-4000-8000-00000000000{number}"),
        )
    };
    assert_eq!(
        indicator("1")["pattern"],
        "[domain-name:value = 'evil.example']"
    );
    assert_eq!(
        indicator("1")["object_marking_refs"],
        json!([Tlp::Green.marking_id()])
    );
    assert_eq!(
        indicator("4")["object_marking_refs"],
        json!([Tlp::Amber.marking_id()])
    );
    let both = format!(
        "[file:name = 'a\\'b.exe' AND file:hashes.'SHA-256' = '{}']",
        "0".repeat(64)
    );
    assert_eq!(indicator("4")["pattern"], both);
    assert_eq!(
        indicator("5")["pattern"],
        format!("[file:hashes.MD5 = '{}']", "1".repeat(32))
    );
    assert_eq!(store.called("192.0.2.9").unwrap().len(), 1);
    let report = body(store, "report--99999999-0000-4000-8000-000000000000");
    assert_eq!(report["object_refs"].as_array().unwrap().len(), 4);
    // The event as a whole holds the words marked red.
    assert_eq!(
        report["object_marking_refs"],
        json!([Tlp::Red.marking_id()])
    );
    let wrapped = json!({ "response": [event, event] });
    assert_eq!(
        take(store, "search.json", &wrapped.to_string()).added.new,
        0
    );
}

fn lists_and_tables(store: &mut dyn Store) {
    let report = take(
        store,
        "list.txt",
        "# bad hosts\nevil[.]example\n\n192.0.2.0/24\nhello world\nCVE-2099-0001\n",
    );
    assert_eq!(
        (report.kind.as_str(), report.added.new, report.left_out),
        ("list", 3, 1)
    );
    assert_eq!(report.left_out_list[0].place, "line 5");
    let network = store.called("192.0.2.0/24").unwrap();
    assert_eq!(
        body(store, &network[0].id)["pattern"],
        "[ipv4-addr:value ISSUBSET '192.0.2.0/24']"
    );
    let table = "type,indicator,comment,tlp\nurl,hxxps://evil.example/a,\"first, \"\"seen\"\"\",amber\nx,y,,\nz,bad.example,,pink\n";
    let report = take(store, "table.csv", table);
    assert_eq!(
        (report.kind.as_str(), report.added.new, report.left_out),
        ("csv", 1, 2)
    );
    let url = store.called("https://evil.example/a").unwrap();
    let url = body(store, &url[0].id);
    assert_eq!(url["description"], "first, \"seen\"");
    assert_eq!(url["object_marking_refs"], json!([Tlp::Amber.marking_id()]));
    assert!(report.left_out_list[1].reason.contains("`pink`"));
}

#[test]
fn arbitrary_bytes_do_not_panic() {
    let seeds = [bundle(&[&named("tool--1", "A", "2021-01-01T00:00:00Z", "")]), "a.example\nb,c\n".to_owned(),
        "{\"values\":[{\"uuid\":1}],\"Event\":{\"Attribute\":[1,{\"type\":5}]},\"vulnerabilities\":[[]]}".to_owned()];
    for seed in seeds {
        for place in 0..seed.len() {
            for byte in [b'{', b'"', b'\\', b']', 0, 0xff, b'9'] {
                let mut bytes = seed.clone().into_bytes();
                bytes[place] = byte;
                let report = import(
                    &mut *store(),
                    bytes.as_slice(),
                    &ImportOptions::new("x", at(0)),
                    &mut |_| {},
                );
                assert!(report.is_ok());
            }
        }
    }
}
