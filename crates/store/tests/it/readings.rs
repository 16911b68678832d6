//! Documents with their claims, and hunts with their findings.

use daylight_model::{
    Block, BlockKind, Claim, Coverage, Document, Force, Manifest, MediaType, Party, Reading,
    Relation, Span, Speaker, Timestamp,
};
use daylight_store::{ClaimQuery, NewHunt, NewReading, Object, Store, Tlp};
use serde_json::json;

use crate::{at, named};

on_each!(
    a_story_read_again_is_a_new_version_where_it_changed,
    claims_are_found_by_whom_of_whom_and_how,
    reprints_are_one_story,
    hunts_are_kept_whole
);

/// A claim "SPEAKER says that SUBJECT targets OBJECT".
pub(crate) fn claim(speaker: &str, subject: &str, object: &str, force: Force) -> Claim {
    let party = |name: &str| Party {
        name: name.into(),
        text: name.into(),
        span: Span::new(0, 1),
        entity: None,
    };
    Claim {
        id: format!("relationship--{speaker}-{subject}-{object}"),
        speakers: vec![Speaker {
            name: speaker.into(),
            text: speaker.into(),
            span: None,
            entity: None,
        }],
        subject: party(subject),
        relation: Relation::Targets,
        object: Some(party(object)),
        force,
        negated: false,
        confidence: Vec::new(),
        scope: Vec::new(),
        time: None,
        place: None,
        quantities: Vec::new(),
        span: Span::new(0, 5),
        sentence: format!("{subject} {} {object}", force.as_str()),
    }
}

fn reading(source: &str, text: &str, published: Option<Timestamp>, claims: Vec<Claim>) -> Reading {
    let document = Document {
        id: format!("report--{}", text.len()),
        source: source.into(),
        sha256: format!("{text:.20}{}", text.len()),
        media: MediaType::Text,
        title: Some(format!("About {source}")),
        published,
        published_as_written: None,
        publisher: Some("The Example".into()),
        authors: Vec::new(),
        originator: None,
        url: None,
        tlp: None,
        text: text.into(),
        blocks: vec![Block {
            span: Span::new(0, text.len()),
            kind: BlockKind::Paragraph,
        }],
        diagnostics: Vec::new(),
    };
    Reading {
        document,
        sentences: Vec::new(),
        entities: Vec::new(),
        claims,
        indicators: Vec::new(),
        techniques: Vec::new(),
        described: Vec::new(),
        incidents: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
    }
}

fn keep(store: &mut dyn Store, reading: &Reading, seconds: i64) -> (i64, bool) {
    let new = NewReading {
        reading,
        links: &[],
        at: at(seconds),
        tlp: Some(Tlp::Green),
    };
    let object = Object::parse(named(
        "report--x",
        "Kept report",
        "2021-01-01T00:00:00Z",
        "",
    ))
    .unwrap();
    let kept = store.add_reading(&new, &[object]).unwrap();
    (kept.version, kept.new)
}

fn a_story_read_again_is_a_new_version_where_it_changed(store: &mut dyn Store) {
    let first = reading(
        "a.txt",
        "Officials spoke of a breach.",
        None,
        vec![claim("Officials", "Group A", "City", Force::Alleged)],
    );
    let second = reading(
        "a.txt",
        "Prosecutors spoke of a breach.",
        None,
        vec![claim("Prosecutors", "Group A", "City", Force::Charged)],
    );
    assert_eq!(keep(store, &first, 0), (1, true));
    assert_eq!(keep(store, &first, 10), (1, false));
    assert_eq!(keep(store, &second, 20), (2, true));
    assert_eq!(
        keep(store, &first, 30),
        (3, true),
        "it went back to what it was"
    );
    let documents = store.documents(Some("a.txt")).unwrap();
    assert_eq!(documents.len(), 3);
    assert_eq!((documents[0].at, documents[0].seen), (at(0), at(10)));
    assert_eq!(documents[0].tlp, Some(Tlp::Green));
    let body = documents[1].reading().unwrap();
    assert_eq!(
        body.reading.claims, second.claims,
        "with spans and sentences"
    );
    assert_eq!(body.reading.document.text, second.document.text);
    assert_eq!(
        store
            .search_documents("prosecutors breach", 10)
            .unwrap()
            .len(),
        1
    );
    assert_eq!(store.called("kept report").unwrap().len(), 1);
    let bearers = daylight_store::bearers(store, "kept report").unwrap();
    assert_eq!(bearers[0].by, "Daylight, reading a.txt");
    assert!(store.check().unwrap().is_empty());
}

fn claims_are_found_by_whom_of_whom_and_how(store: &mut dyn Store) {
    let day = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let old = vec![
        claim("Police", "Group A", "City", Force::Alleged),
        claim("Court", "Group A", "Bank", Force::Charged),
    ];
    let new = vec![claim("Police", "Group-B", "Bank", Force::Charged)];
    keep(
        store,
        &reading("old", "one", day("2024-01-01T00:00:00Z"), old),
        0,
    );
    keep(
        store,
        &reading("new", "three", day("2025-01-01T00:00:00Z"), new.clone()),
        0,
    );
    let check = |query: ClaimQuery, expected: &[&str]| {
        let found = store.claims(&ClaimQuery { limit: 10, ..query }).unwrap();
        let sentences: Vec<&str> = found.iter().map(|it| it.claim.sentence.as_str()).collect();
        assert_eq!(sentences, expected);
    };
    let (a_city, a_bank, b_bank) = (
        "Group A alleged City",
        "Group A charged Bank",
        "Group-B charged Bank",
    );
    check(ClaimQuery::default(), &[b_bank, a_city, a_bank]);
    check(
        ClaimQuery {
            about: Some("bank".into()),
            ..Default::default()
        },
        &[b_bank, a_bank],
    );
    check(
        ClaimQuery {
            about: Some("GroupB".into()),
            ..Default::default()
        },
        &[b_bank],
    );
    check(
        ClaimQuery {
            by: Some("police".into()),
            ..Default::default()
        },
        &[b_bank, a_city],
    );
    check(
        ClaimQuery {
            force: Some(Force::Charged),
            by: Some("court".into()),
            ..Default::default()
        },
        &[a_bank],
    );
    check(
        ClaimQuery {
            relation: Some(Relation::Uses),
            ..Default::default()
        },
        &[],
    );
    check(
        ClaimQuery {
            since: day("2024-06-01T00:00:00Z"),
            ..Default::default()
        },
        &[b_bank],
    );
    check(
        ClaimQuery {
            until: day("2024-06-01T00:00:00Z"),
            ..Default::default()
        },
        &[a_city, a_bank],
    );
    check(
        ClaimQuery {
            document: Some(1),
            ..Default::default()
        },
        &[a_city, a_bank],
    );
    keep(
        store,
        &reading("old", "none of it", day("2024-01-01T00:00:00Z"), Vec::new()),
        1,
    );
    let count = |all_versions| {
        store
            .claims(&ClaimQuery {
                all_versions,
                limit: 10,
                ..Default::default()
            })
            .unwrap()
            .len()
    };
    assert_eq!((count(false), count(true)), (1, 3));
}

fn reprints_are_one_story(store: &mut dyn Store) {
    let sentence = |number: usize| {
        format!(
            "Sentence number {number} tells of host {} and nothing else. ",
            number * 37
        )
    };
    let text: String = (0..40).map(sentence).collect();
    let reprint = format!("Agency. {}", &text[..text.len() - 120]);
    let other: String = (100..140).map(sentence).collect();
    keep(store, &reading("first", &text, None, Vec::new()), 0);
    keep(store, &reading("reprint", &reprint, None, Vec::new()), 1);
    keep(store, &reading("other", &other, None, Vec::new()), 2);
    let reprints: Vec<_> = store
        .documents(None)
        .unwrap()
        .iter()
        .map(|it| it.reprint_of)
        .collect();
    assert_eq!(reprints, [None, Some(1), None]);
    let edited = format!("{text} That is not all of it.");
    keep(store, &reading("first", &edited, None, Vec::new()), 3);
    let asked = |number: i64| -> Vec<bool> {
        let tellings = store.tellings(number).unwrap();
        tellings.iter().map(|it| it.asked).collect()
    };
    assert_eq!(asked(1), [true, false]);
    assert_eq!(asked(2), [false, true]);
    assert_eq!(asked(3), [true]);
    assert_eq!(asked(4), [true, false], "a later version is the same story");
}

fn hunts_are_kept_whole(store: &mut dyn Store) {
    let finding: daylight_model::Finding = serde_json::from_value(json!({
        "id": "sighting--1", "time": null, "host": "a", "family": "windows-system", "channel": null,
        "provider": null, "event_id": 1, "record": 2, "offset": 3, "source": 0, "file": "x.evtx",
        "file_sha256": "00", "matched": [{ "field": "f", "value": "v" }], "context": [],
        "rule": { "id": "r", "kind": "sigma", "title": "t", "description": "", "level": "high", "tags": [],
            "references": [], "false_positives": [], "log_sources": [], "origin": "embedded" },
    })).unwrap();
    let hunt = NewHunt {
        at: at(5),
        command: "daylight hunt x",
        tool_version: "0",
        documents: &["report--1".to_owned()],
        verdict: &json!({ "outcome": "hit" }),
        coverage: &Coverage::default(),
        manifest: &Manifest::default(),
        findings: &[finding.clone(), finding],
        rules: &[],
        duration_seconds: 1.5,
    };
    let number = store.add_hunt(&hunt).unwrap();
    let hunts = store.hunts().unwrap();
    assert_eq!(
        (hunts[0].number, hunts[0].findings, hunts[0].at),
        (number, 2, at(5))
    );
    assert_eq!(hunts[0].body["verdict"]["outcome"], "hit");
    assert_eq!(hunts[0].body["manifest"]["sources"], json!([]));
    let findings = store.findings(number).unwrap();
    assert_eq!(findings[1].matched[0].value, "v");
    assert!(store.findings(99).unwrap().is_empty());
}
