//! Facts as published, in the place of those the program was built with.

use daylight_knowledge::{Changes, Entry, FactKind, Knowledge, Published, Update};
use serde_json::{Value, json};

/// An object of ATT&CK; whatever stands in `more` replaces what it says.
fn object(kind: &str, id: &str, name: &str, more: Value) -> Value {
    let mut object = json!({
        "type": kind,
        "id": format!("{kind}--{id}"),
        "name": name,
        "modified": "2031-04-28T10:00:00.000Z",
        "external_references": [{ "source_name": "mitre-attack", "external_id": id }],
        "x_mitre_domains": ["enterprise-attack"],
        "revoked": false,
    });
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}

fn relation(from: &str, relation: &str, to: &str) -> Value {
    json!({
        "type": "relationship",
        "id": format!("relationship--{from}-{to}"),
        "relationship_type": relation,
        "source_ref": from,
        "target_ref": to,
    })
}

/// A technique that was revoked twice over, one that nothing took the place of, one for phones
/// alone, and a group that is called otherwise.
fn attack() -> Value {
    let phases = json!([{ "kill_chain_name": "mitre-attack", "phase_name": "execution" }]);
    json!({ "type": "bundle", "id": "bundle--1", "objects": [
        { "type": "x-mitre-collection", "id": "x-mitre-collection--1", "name": "Enterprise ATT&CK",
          "x_mitre_version": "31.0", "modified": "2031-04-28T14:00:00.188Z" },
        object("attack-pattern", "T9001", "Old Way", json!({ "revoked": true })),
        object("attack-pattern", "T9002", "Newer Way", json!({ "revoked": true })),
        object("attack-pattern", "T9003", "Newest Way", json!({
            "kill_chain_phases": phases, "x_mitre_platforms": ["Windows"] })),
        object("attack-pattern", "T1059", "Interpreters", json!({})),
        object("attack-pattern", "T1190", "Exploit Public-Facing Application", json!({ "x_mitre_deprecated": true })),
        object("attack-pattern", "T9050", "Way on Phones", json!({ "x_mitre_domains": ["mobile-attack"] })),
        object("intrusion-set", "G0125", "Silk Typhoon", json!({ "aliases": ["Silk Typhoon", "HAFNIUM"] })),
        object("intrusion-set", "G9001", "Paper Otter", json!({ "aliases": ["Paper Otter"] })),
        object("malware", "S9001", "OtterLoader", json!({ "x_mitre_aliases": ["OtterLoader", "OLoad"] })),
        relation("attack-pattern--T9001", "revoked-by", "attack-pattern--T9002"),
        relation("attack-pattern--T9002", "revoked-by", "attack-pattern--T9003"),
        relation("intrusion-set--G9001", "uses", "attack-pattern--T9003"),
    ]})
}

fn kev() -> Value {
    json!({ "title": "a list", "catalogVersion": "2031.05.01", "dateReleased": "2031-05-01T15:00:00.0Z",
        "vulnerabilities": [{
            "cveID": "CVE-2031-0001", "vendorProject": "Example", "product": "Gate",
            "vulnerabilityName": "Example Gate Overflow", "dateAdded": "2031-05-01",
            "dueDate": "2031-05-22", "knownRansomwareCampaignUse": "Known", "cwes": ["CWE-787"] }]})
}

fn read(value: &Value) -> Published {
    Published::read(value.to_string().as_bytes(), "made-up.json").expect("as published")
}

fn update(published: &[Value]) -> Update {
    let now = "2031-05-02T00:00:00Z".parse().expect("a time");
    Knowledge::embedded().update(published.iter().map(read).collect(), now)
}

fn changes<'u>(update: &'u Update, of: &str) -> &'u Changes {
    let mut all = update.taken.iter().flat_map(|it| &it.changes);
    all.find(|changes| changes.of == of).expect(of)
}

fn ids(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}

#[test]
fn an_update_tells_what_it_changes() {
    let update = update(&[attack(), kev()]);
    let techniques = changes(&update, "techniques");
    assert_eq!(ids(&techniques.added), ["T9003"]);
    let renumbered: Vec<(&str, &str)> = techniques
        .renumbered
        .iter()
        .map(|(old, new)| (old.id.as_str(), new.id.as_str()))
        .collect();
    assert_eq!(renumbered, [("T9001", "T9003"), ("T9002", "T9003")]);
    assert_eq!(ids(&techniques.retired), ["T1190"]);
    assert!(ids(&techniques.gone).contains(&"T1505.003"));
    let renamed = |of| -> Vec<(&str, &str)> {
        let renamed = changes(&update, of).renamed.iter();
        renamed
            .map(|(entry, before)| (entry.name.as_str(), before.as_str()))
            .collect()
    };
    assert_eq!(renamed("groups"), [("Silk Typhoon", "HAFNIUM")]);
    assert!(renamed("techniques").contains(&("Interpreters", "Command and Scripting Interpreter")));
    assert_eq!(ids(&changes(&update, "groups").added), ["G9001"]);
    assert_eq!(ids(&changes(&update, "malware and tools").added), ["S9001"]);
    assert_eq!(
        ids(&changes(&update, "exploited flaws").added),
        ["CVE-2031-0001"]
    );
    let kept: Vec<FactKind> = update.kept.iter().map(|source| source.kind).collect();
    assert_eq!(kept, [FactKind::Actors, FactKind::Ransomware]);
    let lost = update.loses().expect("most is gone");
    assert!(lost.ends_with("techniques would be gone"), "{lost}");
    // Entries of our own that rest on what is gone are told and kept.
    assert!(
        update
            .warnings
            .iter()
            .any(|it| it.contains("proxylogon: no such technique in use")),
        "{:?}",
        update.warnings
    );
}

#[test]
fn an_update_is_used_with_daylights_own_entries() {
    let bytes = update(&[attack()]).to_bytes().expect("packed");
    let knowledge = Knowledge::from_update(&bytes).expect("whole");
    let technique = |id: &str| Some(knowledge.technique(id)?.id.as_str());
    assert_eq!(technique("T9001"), Some("T9003"));
    assert_eq!(
        knowledge.renumbered("T9002").map(|it| it.name.as_str()),
        Some("Newest Way")
    );
    assert!(knowledge.renumbered("T9003").is_none());
    assert_eq!(technique("T9050"), None, "phones");
    let uses: Vec<&str> = knowledge
        .techniques_of("G9001")
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(uses, ["T9003"]);
    assert!(knowledge.operation("proxylogon").is_some());
    assert!(knowledge.vulnerability("CVE-2021-26855").is_some(), "kept");
    let named = |text: &str| {
        knowledge
            .names()
            .find(|name| name.text == text)
            .map(|name| (name.id, name.source))
    };
    assert_eq!(named("Paper Otter"), Some(("G9001", "MITRE ATT&CK 31.0")));
    assert_eq!(named("OLoad"), Some(("S9001", "MITRE ATT&CK 31.0")));
    let sources: Vec<String> = knowledge
        .sources()
        .map(|(source, _)| source.cited())
        .collect();
    assert_eq!(
        sources,
        [
            "MITRE ATT&CK 31.0",
            "CISA KEV 2025.08.25",
            "MISP galaxy threat-actor 349",
            "MISP galaxy ransomware 172"
        ]
    );
    // The same facts once more change nothing.
    let now = "2031-05-03T00:00:00Z".parse().expect("a time");
    let again = knowledge.update(vec![read(&attack())], now);
    assert!(
        again
            .taken
            .iter()
            .flat_map(|it| &it.changes)
            .all(Changes::is_empty)
    );
    assert!(again.loses().is_none());
}

#[test]
fn numbers_of_attack_19_hold_where_the_facts_have_them_and_where_not() {
    let before = Knowledge::embedded();
    assert_eq!(
        before.technique("T1685.005").map(|it| it.id.as_str()),
        Some("T1070.001")
    );
    let mut newer = attack();
    if let Some(objects) = newer["objects"].as_array_mut() {
        objects.push(object(
            "attack-pattern",
            "T1685.005",
            "Clear Logs",
            json!({}),
        ));
        objects.push(object(
            "attack-pattern",
            "T1070.001",
            "Clear Windows Event Logs",
            json!({ "revoked": true }),
        ));
        objects.push(object(
            "attack-pattern",
            "T1505.003",
            "Web Shell",
            json!({ "revoked": true }),
        ));
        objects.push(relation(
            "attack-pattern--T1505.003",
            "revoked-by",
            "attack-pattern--T9003",
        ));
        objects.push(relation(
            "attack-pattern--T1070.001",
            "revoked-by",
            "attack-pattern--T1685.005",
        ));
    }
    let bytes = update(&[newer]).to_bytes().expect("packed");
    let knowledge = Knowledge::from_update(&bytes).expect("whole");
    for id in ["T1685.005", "T1070.001"] {
        assert_eq!(
            knowledge.technique(id).map(|it| it.id.as_str()),
            Some("T1685.005"),
            "{id}"
        );
    }
    // Entries of our own follow.
    let numbered = |id: &str| {
        let mut operations = knowledge.operations().iter();
        operations.any(|it| it.techniques.iter().any(|technique| technique == id))
    };
    assert!(numbered("T9003") && !numbered("T1505.003"));
}

#[test]
fn a_ring_of_revocations_ends() {
    let mut ring = attack();
    if let Some(objects) = ring["objects"].as_array_mut() {
        objects.push(object(
            "attack-pattern",
            "T9007",
            "One",
            json!({ "revoked": true }),
        ));
        objects.push(object(
            "attack-pattern",
            "T9008",
            "Other",
            json!({ "revoked": true }),
        ));
        objects.push(relation(
            "attack-pattern--T9007",
            "revoked-by",
            "attack-pattern--T9008",
        ));
        objects.push(relation(
            "attack-pattern--T9008",
            "revoked-by",
            "attack-pattern--T9007",
        ));
    }
    let bytes = update(&[ring]).to_bytes().expect("packed");
    let knowledge = Knowledge::from_update(&bytes).expect("whole");
    assert!(knowledge.technique("T9007").is_some());
}

#[test]
fn clusters_of_the_galaxy_are_taken() {
    let actors = json!({ "type": "threat-actor", "version": 350, "values": [{
        "uuid": "2f9e8d70-5d1c-4a5f-9e0b-0a1d1f3c7b11", "value": "Paper Otter",
        "description": "made up",
        "meta": { "country": "ZZ", "cfr-suspected-state-sponsor": "Nowhere", "synonyms": ["Folded Weasel", "G0125"] } }]});
    let families = json!({ "type": "ransomware", "version": 172, "values": [{
        "uuid": "0f0d3a86-6a8e-4a8c-8f6c-5a5a3c1b2d22", "value": "OtterLock Ransomware",
        "meta": { "extensions": [".otter"], "ransomnotes-filenames": ["RIVER.txt"], "date": "May 2031" } }]});
    let update = update(&[actors, families]);
    let bytes = update.to_bytes().expect("packed");
    let knowledge = Knowledge::from_update(&bytes).expect("whole");
    let actor = knowledge.actors().first().expect("one");
    assert_eq!(
        (
            actor.country.as_deref(),
            actor.sponsor.as_deref(),
            actor.attack_id.as_deref()
        ),
        (Some("ZZ"), Some("Nowhere"), Some("G0125"))
    );
    let family = knowledge.ransomware().first().expect("one");
    assert_eq!(family.note_filenames, ["RIVER.txt"]);
    assert_eq!(
        (family.extensions.as_slice(), family.date.as_deref()),
        (&[".otter".to_owned()][..], Some("May 2031"))
    );
}

#[test]
fn older_facts_are_told() {
    let mut older = kev();
    older["catalogVersion"] = json!("2024.01.02");
    let warnings = update(&[older]).warnings;
    assert!(
        warnings
            .iter()
            .any(|it| it == "CISA KEV 2024.01.02 is older than CISA KEV 2025.08.25"),
        "{warnings:?}"
    );
}

#[test]
fn what_is_no_file_of_facts_is_refused_with_a_reason() {
    let check = |text: &str, expected: &str| {
        let error = Published::read(text.as_bytes(), "made-up.json")
            .err()
            .map(|it| it.to_string());
        assert!(
            error.as_ref().is_some_and(|it| it.contains(expected)),
            "{error:?}"
        );
    };
    check("", "EOF while parsing");
    check("{\"objects\": [", "EOF while parsing");
    check("{\"objects\": []}", "no technique of it");
    check("{\"vulnerabilities\": [{}]}", "missing field `cve`");
    check(
        "{\"values\": [], \"type\": \"tool\", \"version\": 1}",
        "the cluster tool",
    );
    check("{}", "something else");
    check("[1]", "expected facts as published");
}

#[test]
fn a_damaged_or_older_update_is_refused() {
    let bytes = update(&[attack()]).to_bytes().expect("packed");
    let check = |bytes: &[u8], expected: &str| {
        let error = Knowledge::from_update(bytes).err().map(|it| it.to_string());
        assert!(
            error.as_ref().is_some_and(|it| it.contains(expected)),
            "{error:?}"
        );
    };
    check(&bytes[..bytes.len() - 9], "expected gzip");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, b"{\"format\": 1, \"background\": {}}")
        .expect("written");
    check(
        &packer.finish().expect("packed"),
        "expected format 2, found 1",
    );
}
