//! The commands around the store.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use crate::schema::Schema;
use crate::{assert_exit, daylight, told};

/// A store of its own, and files beside it.
pub(crate) struct Room {
    folder: tempfile::TempDir,
    /// Where the store is, unless it is a file.
    schema: Option<Schema>,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            schema: None,
        }
    }

    /// `None`, where there is no server of PostgreSQL to test with.
    fn on_postgres() -> Option<Self> {
        Some(Self {
            schema: Some(Schema::new()?),
            ..Self::new()
        })
    }

    fn store(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}&password={PASSWORD}", schema.address()),
            None => self.path("s.db"),
        }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        daylight(&[arguments, &["--store", &self.store()]].concat())
    }

    /// What a command that succeeds says on standard output.
    #[track_caller]
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_exit(&output, 0);
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.says(&[arguments, &["--json"]].concat())).unwrap()
    }
}

#[track_caller]
pub(crate) fn assert_tells(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part}\n---\n{told}");
    }
}

/// Runs tests in a room with each kind of store.
macro_rules! on_each {
    ($($test:ident),+) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$test(&super::Room::new());
            })+
        }
        mod postgres {
            $(#[test]
            fn $test() {
                if let Some(room) = super::Room::on_postgres() {
                    super::$test(&room);
                }
            })+
        }
    };
}

on_each!(
    what_is_imported_can_be_asked_and_handed_on,
    a_story_that_changes,
    hunts_are_kept
);

/// Stands in addresses, and nowhere else.
const PASSWORD: &str = "n0t-t0-be-t0ld";

const BUNDLE: &str = r#"{"type":"bundle","id":"bundle--1","objects":[
 {"type":"identity","spec_version":"2.1","id":"identity--7a0d0f06-6f6e-4b3e-9f0a-000000000001","created":"2021-01-01T00:00:00.000Z","modified":"2021-01-01T00:00:00.000Z","name":"Example Labs","identity_class":"organization"},
 {"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--7a0d0f06-6f6e-4b3e-9f0a-000000000002","created_by_ref":"identity--7a0d0f06-6f6e-4b3e-9f0a-000000000001","created":"2021-01-01T00:00:00.000Z","modified":"2021-01-01T00:00:00.000Z","name":"Grey Heron","aliases":["EXM-43"]},
 {"type":"threat-actor","spec_version":"2.1","id":"threat-actor--7a0d0f06-6f6e-4b3e-9f0a-000000000003","created":"2021-01-01T00:00:00.000Z","modified":"2021-01-01T00:00:00.000Z","name":"EXM 43","threat_actor_types":["unknown"]},
 {"type":"malware", "spec_version":"2.1","id":"malware--7a0d0f06-6f6e-4b3e-9f0a-000000000004","created":"2021-01-01T00:00:00.000Z","modified":"2021-01-01T00:00:00.000Z","name":"Reed\u001b[31m","is_family":true,"object_marking_refs":["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]},
 {"type":"relationship","spec_version":"2.1","id":"relationship--7a0d0f06-6f6e-4b3e-9f0a-000000000005","created":"2021-01-01T00:00:00.000Z","modified":"2021-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"intrusion-set--7a0d0f06-6f6e-4b3e-9f0a-000000000002","target_ref":"malware--7a0d0f06-6f6e-4b3e-9f0a-000000000004"},
 {"type":"nothing"}]}"#;

fn what_is_imported_can_be_asked_and_handed_on(room: &Room) {
    let bundle = room.file("bundle.json", BUNDLE);
    let output = room.run(&["import", &bundle]);
    assert_exit(&output, 1);
    assert_tells(
        &told(&output),
        &[
            "stix: 5 new",
            "1 left out",
            "left out 1 × no STIX object: no `id`",
        ],
    );

    let shown = room.says(&["show", "exm43"]);
    assert_tells(
        &shown,
        &[
            "is contested",
            "Grey Heron (intrusion-set)",
            "called       “EXM-43” by Example Labs",
            "EXM 43 (threat-actor)",
            "marked       unmarked",
        ],
    );
    let heron = "intrusion-set--7a0d0f06-6f6e-4b3e-9f0a-000000000002";
    let actor = "threat-actor--7a0d0f06-6f6e-4b3e-9f0a-000000000003";
    room.says(&[
        "judge",
        "same",
        heron,
        actor,
        "--by",
        "Ada",
        "--why",
        "same hours",
    ]);
    let shown = room.json(&["show", "EXM-43"]);
    assert_eq!(shown["contested"], false);
    assert_eq!(
        shown["objects"].as_array().unwrap().len(),
        2,
        "nothing is merged"
    );
    assert_eq!(shown["objects"][0]["judgements"][0]["by"], "Ada");
    room.says(&["judge", "same", heron, actor, "--by", "Ada", "--withdraw"]);
    assert_eq!(room.json(&["show", "EXM-43"])["contested"], true);
    room.says(&["judge", "reliability", "Example Labs", "b", "--by", "Ada"]);
    assert_tells(
        &room.says(&["show", "example labs"]),
        &["Ada: reliability B"],
    );
    assert_exit(&room.run(&["judge", "reliability", "Example Labs", "G"]), 2);
    assert_exit(
        &room.run(&["judge", "same", "EXM 43", heron, "--by", "Ada"]),
        2,
    );

    // What would act on a terminal is made visible; raw bytes are as they came.
    let related = room.says(&["related", "Grey Heron"]);
    assert_tells(&related, &["uses ──▶ Reed⟪U+001B⟫[31m"]);
    let raw = room.says(&[
        "show",
        "malware--7a0d0f06-6f6e-4b3e-9f0a-000000000004",
        "--raw",
    ]);
    assert!(BUNDLE.contains(raw.trim()));
    let relationship = room.json(&["show", "relationship--7a0d0f06-6f6e-4b3e-9f0a-000000000005"]);
    assert_eq!(
        relationship["objects"][0]["tlp"], "TLP:RED",
        "as strict as what it refers to"
    );
    assert_tells(&room.says(&["search", "her*"]), &["Grey Heron"]);
    assert_eq!(room.json(&["search", "grey"])["objects"][0]["id"], heron);

    assert_exit(&room.run(&["export"]), 2);
    let output = room.run(&["export", "--max-tlp", "amber"]);
    assert_exit(&output, 0);
    let exported: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = exported.to_string();
    assert!(
        text.contains(heron) && !text.contains("malware--"),
        "{text}"
    );
    assert_tells(
        &told(&output),
        &[
            "held back 1 × marked TLP:RED",
            "1 × refers to something held back",
        ],
    );
    assert_tells(&room.says(&["store", "check"]), &["The store is whole."]);
    assert_tells(&room.says(&["store", "info"]), &["bundle.json", "5 new"]);
}

#[test]
fn names_are_answered_from_background_knowledge_too() {
    let room = Room::new();
    let shown = room.says(&["show", "NOBELIUM"]);
    assert_tells(&shown, &["In background knowledge:", "by MITRE ATT&CK"]);
    assert_exit(&room.run(&["show", "No such name at all"]), 2);
    let output = room.run(&["claims"]);
    assert_exit(&output, 2);
    assert_tells(&told(&output), &["there is no store at"]);
    for (address, reason) in [
        ("mysql://ada:n0t-t0-be-t0ld@127.0.0.1/x", "mysql://"),
        (
            "postgres://ada:n0t-t0-be-t0ld@db.example/x",
            "not be encrypted",
        ),
        (
            "postgres://ada:n0t-t0-be-t0ld@127.0.0.1/x?sslmode=require",
            "sslmode=require",
        ),
        (
            "postgres://ada:n0t@be-t0ld@127.0.0.1/x",
            "written %40 and %2F",
        ),
        (
            "postgres://ada:n0t-t0-be-t0ld@127.0.0.1:1/x",
            "postgres://ada@127.0.0.1:1/x",
        ),
    ] {
        let output = daylight(&["claims", "--store", address]);
        assert_exit(&output, 2);
        assert_tells(&told(&output), &[reason]);
        assert!(!told(&output).contains("be-t0ld"), "{}", told(&output));
    }
    let other = room.file("s.db", &"not a store ".repeat(500));
    assert_exit(&daylight(&["claims", "--store", &other]), 2);
}

fn a_story_that_changes(room: &Room) {
    let story = |verb: &str| {
        format!(
            "Example Times\n\nBreach at City Hall\n\nProsecutors in Springfield {verb} the hacking group Grey Heron \
             with attacking City Hall.\n\nThe Ministry of Examples denied the report.\n"
        )
    };
    let path = room.file("story.txt", &story("accused"));
    let read = |text: &str, expected: &str| {
        fs::write(&path, text).unwrap();
        let output = room.run(&["read", &path, "--keep", "--tlp", "green"]);
        assert_exit(&output, 0);
        assert_tells(&told(&output), &[expected]);
    };
    read(
        &story("accused"),
        "kept as version 1 of the story, document 1",
    );
    assert_tells(&room.says(&["diff", &path]), &["was read once"]);
    read(&story("accused"), "the same as version 1");
    read(
        &story("accused").replace("Ministry of Examples", "Mayor"),
        "kept as version 2",
    );
    let claims = room.json(&["claims"]);
    let claims = claims.as_array().unwrap();
    assert!(!claims.is_empty());
    assert!(
        claims
            .iter()
            .all(|it| it["version"] == 2 && it["tlp"] == "TLP:GREEN")
    );
    for claim in claims {
        let span = &claim["claim"]["span"];
        let (start, end) = (
            span["start"].as_u64().unwrap(),
            span["end"].as_u64().unwrap(),
        );
        let text = story("accused").replace("Ministry of Examples", "Mayor");
        assert_eq!(
            &text[start as usize..end as usize],
            claim["claim"]["sentence"]
        );
    }
    let speaker = claims[0]["claim"]["speakers"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()["name"]
        .as_str()
        .unwrap();
    assert!(
        claims.iter().all(|it| it["ratings"] == json!([])),
        "none is invented"
    );
    room.says(&["judge", "reliability", speaker, "C", "--by", "Ada"]);
    assert_tells(
        &room.says(&["claims", "--by", speaker]),
        &["source reliability C (fairly reliable), says Ada"],
    );
    let diff = room.json(&["diff", &path]);
    let changes = diff["changes"].as_array().unwrap();
    let of = |change: &str| changes.iter().filter(|it| it["change"] == change).count();
    assert!(of("added") > 0 && of("dropped") > 0, "{changes:?}");
    assert_tells(
        &room.says(&["diff", "1"]),
        &["version 1 of", "added", "dropped"],
    );
    assert_tells(
        &room.says(&["search", "prosecutors"]),
        &["(version 2, document 2)"],
    );
    let stories = room.json(&["store", "stories"]);
    assert_eq!(stories.as_array().unwrap().len(), 2);
    assert_eq!(room.json(&["claims", "--since", "2999-01-01"]), json!([]));
    assert_exit(&room.run(&["claims", "--force", "shouted"]), 2);
    assert_exit(&room.run(&["diff", "no such story"]), 2);
    // A reading becomes objects that can be shown and handed on.
    let output = room.run(&["export", "--max-tlp", "green"]);
    let exported: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(exported["objects"].as_array().unwrap().len() > 5);
    assert_eq!(room.json(&["related", "Grey Heron"])["more"], false);
}

fn hunts_are_kept(room: &Room) {
    let story = crate::example("exchange-2021/story.txt");
    let evidence = crate::example("exchange-2021/evidence");
    let out = room.path("out");
    let output = room.run(&[
        "investigate",
        &story,
        "--evidence",
        &evidence,
        "--out",
        &out,
        "--keep",
        "--exit-zero",
    ]);
    assert_exit(&output, 0);
    assert_tells(&told(&output), &["kept as hunt 1"]);
    let hunts = room.json(&["store", "hunts"]);
    let lines = fs::read_to_string(format!("{out}/findings.jsonl"))
        .unwrap()
        .lines()
        .count();
    assert_eq!(hunts[0]["findings"], lines);
    assert_eq!(hunts[0]["verdict"]["outcome"], "hit");
    assert!(
        !hunts[0]["manifest"]["sources"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_tells(&room.says(&["store", "hunts"]), &["daylight investigate"]);

    // Written again, it is the same; without names, no name is left in any file.
    let again = room.path("again");
    room.says(&["dossier", "1", "--out", &again]);
    for name in ["dossier.html", "bundle.json", "misp.json", "coverage.json"] {
        let read = |folder: &str| fs::read_to_string(format!("{folder}/{name}")).unwrap();
        assert!(read(&out) == read(&again), "{name} is another");
    }
    let nameless = room.path("nameless");
    let said = room.says(&[
        "dossier",
        "1",
        "--redact",
        "hosts,users",
        "--out",
        &nameless,
    ]);
    assert_tells(&said, &["host-1"]);
    for file in fs::read_dir(&nameless).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().to_lowercase();
        assert!(!text.contains("exch01"), "{}", path.display());
    }
    compared_with_a_clean_server(room, &story);
}

fn compared_with_a_clean_server(room: &Room, story: &str) {
    let clean = crate::example("clean-server");
    let out = room.path("clean");
    let output = room.run(&[
        "investigate",
        story,
        "--evidence",
        &clean,
        "--out",
        &out,
        "--keep",
    ]);
    assert_exit(&output, 0);
    let compared = room.json(&["compare", "1", "2"]);
    let outcomes = compared["outcomes"].as_array().unwrap();
    let web_shell = outcomes.iter().find(|it| it["id"] == "T1505.003").unwrap();
    assert_eq!(web_shell["before"], "hit");
    assert_eq!(web_shell["after"], "not-seen");
    assert!(compared["appeared"].as_array().unwrap().is_empty());
    assert!(!compared["gone"].as_array().unwrap().is_empty());
    assert_exit(&room.run(&["compare", "2", "1"]), 1);
    assert_exit(&room.run(&["compare", "1", "9"]), 2);
    let told = room.says(&["dossier", "exchange breach", "--out", &room.path("story")]);
    assert_tells(&told, &["no evidence could be read", "T1505.003"]);
}
