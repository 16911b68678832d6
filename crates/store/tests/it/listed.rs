//! Indicators of files, without a store.

use daylight_model::{IndicatorKind, Timestamp};
use daylight_store::{ImportOptions, Listed, Tlp, indicators};

fn listed(text: &str) -> (Vec<Listed>, u64) {
    let mut found = Vec::new();
    let options = ImportOptions::new("feed", Timestamp::UNIX_EPOCH);
    let report = indicators(text.as_bytes(), &options, &mut |it| found.push(it)).unwrap();
    (found, report.left_out)
}

fn plain(kind: IndicatorKind, value: &str) -> Listed {
    Listed {
        kind,
        value: value.to_owned(),
        name: None,
        author: None,
        tlp: None,
        confidence: None,
        valid_until: None,
    }
}

#[test]
fn lists_and_tables() {
    let (found, left_out) =
        listed("# a list\n198.51.100.7\nevil[.]example\nsupp0rt.aspx\nhello there\n");
    let expected = [
        plain(IndicatorKind::Ipv4, "198.51.100.7"),
        plain(IndicatorKind::Domain, "evil.example"),
        plain(IndicatorKind::Filename, "supp0rt.aspx"),
    ];
    assert_eq!((found.as_slice(), left_out), (expected.as_slice(), 1));

    let table = "type,value,threat,tlp,confidence,reporter,valid_until\n\
        domain,evil.example,Quiet Heron,green,70,Example CERT,2021-06-01\n\
        user-agent,\"Heron, 1.0\",,,,,\n\
        mutex,Global\\x,,purple,,,\n";
    let (found, left_out) = listed(table);
    let first = Listed {
        name: Some("Quiet Heron".to_owned()),
        author: Some("Example CERT".to_owned()),
        tlp: Some(Tlp::Green),
        confidence: Some(70),
        valid_until: Some("2021-06-01T00:00:00Z".parse().unwrap()),
        ..plain(IndicatorKind::Domain, "evil.example")
    };
    assert_eq!(
        found,
        [first, plain(IndicatorKind::UserAgent, "Heron, 1.0")]
    );
    assert_eq!(left_out, 1, "its marking is none");
}

#[test]
fn patterns_of_bundles() {
    let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[
      {"type":"indicator","id":"indicator--1","pattern_type":"stix","confidence":60,
       "pattern":"[domain-name:value IN ('a.example', 'b.example') OR ipv4-addr:value = '198.51.100.0/24']",
       "created_by_ref":"identity--1","valid_until":"2021-06-01T00:00:00Z",
       "object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]},
      {"type":"indicator","id":"indicator--2","pattern_type":"stix",
       "pattern":"[file:name = 'x.exe' AND file:hashes.'SHA-256' = 'ff'] AND [url:value = 'http://a.example/']"},
      {"type":"indicator","id":"indicator--3","revoked":true,"pattern":"[url:value = 'http://b.example/']"},
      {"type":"indicator","id":"indicator--4","pattern":"[domain-name:value != 'c.example']"},
      {"type":"identity","id":"identity--1","name":"Example CERT"}]}"#;
    let (found, _) = listed(bundle);
    let of_first = |kind, value: &str| Listed {
        author: Some("Example CERT".to_owned()),
        tlp: Some(Tlp::Amber),
        confidence: Some(60),
        valid_until: Some("2021-06-01T00:00:00Z".parse().unwrap()),
        ..plain(kind, value)
    };
    let expected = [
        of_first(IndicatorKind::Domain, "a.example"),
        of_first(IndicatorKind::Domain, "b.example"),
        of_first(IndicatorKind::Cidr, "198.51.100.0/24"),
        plain(IndicatorKind::Sha256, "ff"),
        plain(IndicatorKind::Url, "http://a.example/"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn attributes_of_misp() {
    let event = r#"{"Event":{"uuid":"5b1c0a1e-0000-4000-8000-000000000001","info":"Herons","date":"2021-03-02",
      "Orgc":{"name":"Example CERT"},"Tag":[{"name":"tlp:green"}],"Attribute":[
      {"uuid":"5b1c0a1e-0000-4000-8000-000000000002","type":"domain","value":"evil.example","to_ids":true},
      {"uuid":"5b1c0a1e-0000-4000-8000-000000000003","type":"ip-dst","value":"198.51.100.7","to_ids":false}]}}"#;
    let (found, _) = listed(event);
    let expected = Listed {
        author: Some("Example CERT".to_owned()),
        tlp: Some(Tlp::Green),
        ..plain(IndicatorKind::Domain, "evil.example")
    };
    assert_eq!(
        found,
        [expected],
        "what is not meant for detection is not looked for"
    );
}
