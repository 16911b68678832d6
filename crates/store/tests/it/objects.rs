//! Objects: their bytes, their versions, what finds them.

use daylight_store::{Error, Location, Store, open, related};

use crate::{bundle, named, take};

on_each!(
    bytes_come_back_as_they_went_in,
    versions_stand_side_by_side_and_the_latest_holds,
    words_find_objects,
    what_is_around_something,
    signs_that_end_texts_elsewhere,
    more_words_than_an_index_takes,
    a_batch_that_repeats_what_is_there
);

const OLD: &str = "2021-01-01T00:00:00Z";
const NEW: &str = "2021-01-01T00:00:00.5Z";

fn bytes_come_back_as_they_went_in(store: &mut dyn Store) {
    let odd = r#"{ "zeta":1.10, "type" : "x-own", "id":"x-own--not-even-a-uuid" ,
  "nested": {"b":[1e3, "\u00e9\/"], "a":null}, "name":"Odd \ud83e\udd80" }"#;
    let report = take(store, "test", &bundle(&[odd]));
    assert_eq!((report.added.new, report.left_out), (1, 0));
    assert_eq!(
        store
            .object("x-own--not-even-a-uuid")
            .unwrap()
            .unwrap()
            .body,
        odd
    );
    assert_eq!(store.called("odd 🦀").unwrap().len(), 1);
}

fn versions_stand_side_by_side_and_the_latest_holds(store: &mut dyn Store) {
    let id = "malware--1";
    let (old, new) = (named(id, "Old", OLD, ""), named(id, "New", NEW, ""));
    // The later version comes first; `…00Z` sorts behind `…00.5Z` as text.
    take(store, "test", &bundle(&[&new, &old]));
    let bodies = |store: &dyn Store| -> Vec<String> {
        store
            .versions(id)
            .unwrap()
            .into_iter()
            .map(|kept| kept.body)
            .collect()
    };
    assert_eq!(bodies(store), [old.clone(), new.clone()]);
    assert_eq!(store.object(id).unwrap().unwrap().body, new);
    assert!(
        store.called("Old").unwrap().is_empty(),
        "a name of an earlier version"
    );
    let again = take(store, "test", &bundle(&[&old, &new]));
    assert_eq!((again.added.unchanged, again.added.new), (2, 0));
    // Other bytes under the same version are kept too; nothing is overwritten.
    let variant = named(id, "New", NEW, ",\"x\":1");
    let other = take(store, "test", &bundle(&[&variant]));
    assert_eq!(other.added.versions, 1);
    assert_eq!(bodies(store), [old, new, variant]);
    assert!(store.check().unwrap().is_empty());
}

fn words_find_objects(store: &mut dyn Store) {
    let more = ",\"description\":\"Talks to c2.evil.example over Größe\"";
    take(
        store,
        "test",
        &bundle(&[
            &named("malware--1", "Quiet Heron", OLD, more),
            &named("malware--2", "Loud Heron", OLD, ""),
        ]),
    );
    let check = |words: &str, expected: &[&str]| {
        let found = store.search(words, 10).unwrap();
        let ids: Vec<&str> = found.iter().map(|kept| kept.id.as_str()).collect();
        assert_eq!(ids, expected, "{words}");
    };
    check("heron", &["malware--2", "malware--1"]);
    check("quiet heron", &["malware--1"]);
    check("evil.example", &["malware--1"]);

    check("GRÖßE", &["malware--1"]);
    check("größe", &["malware--1"]);
    check("her*", &["malware--2", "malware--1"]);
    check("\"", &[]);
    check("quiet\" OR loud", &[]);
    check("NEAR(", &[]);
}

fn what_is_around_something(store: &mut dyn Store) {
    let relationship = |id: &str, kind: &str, from: &str, to: &str, more: &str| {
        named(
            id,
            "",
            OLD,
            &format!(
                ",\"relationship_type\":\"{kind}\",\"source_ref\":\"{from}\",\"target_ref\":\"{to}\"{more}"
            ),
        )
    };
    take(
        store,
        "test",
        &bundle(&[
            &named("intrusion-set--1", "Set", OLD, ""),
            &named("malware--1", "Tool", OLD, ""),
            &named("identity--1", "Victim", OLD, ""),
            &relationship(
                "relationship--1",
                "uses",
                "intrusion-set--1",
                "malware--1",
                "",
            ),
            &relationship(
                "relationship--2",
                "targets",
                "malware--1",
                "identity--1",
                "",
            ),
            &relationship(
                "relationship--3",
                "uses",
                "intrusion-set--1",
                "tool--gone",
                "",
            ),
            &relationship(
                "relationship--4",
                "targets",
                "intrusion-set--1",
                "identity--1",
                ",\"revoked\":true",
            ),
            &named(
                "report--1",
                "About",
                OLD,
                ",\"object_refs\":[\"malware--1\"]",
            ),
        ]),
    );
    let around = |depth| {
        let found = related(store, "intrusion-set--1", depth, 100).unwrap();
        let lines = found.related.iter().map(|it| {
            let arrow = if it.forward { "->" } else { "<-" };
            format!("{} {arrow} {} {}", it.depth, it.relation, it.title)
        });
        (lines.collect::<Vec<_>>(), found.missing)
    };
    assert_eq!(
        around(1),
        (
            vec!["1 -> uses Tool".to_owned()],
            vec!["tool--gone".to_owned()]
        )
    );
    assert_eq!(
        around(2).0,
        [
            "1 -> uses Tool",
            "2 -> targets Victim",
            "2 <- refers-to About"
        ]
    );
    let few = related(store, "intrusion-set--1", 3, 1).unwrap();
    assert!(few.more && few.related.len() == 1);
}

fn signs_that_end_texts_elsewhere(store: &mut dyn Store) {
    let odd =
        r#"{"type":"malware","id":"malware--\u0000","name":"Odd\u0000 Heron","x":"a\u0000b c"}"#;
    take(store, "in\0put", &bundle(&[odd]));
    let found = store.called("odd\0heron").unwrap();
    assert_eq!(
        (found[0].id.as_str(), found[0].body.as_str()),
        ("malware--\0", odd)
    );
    assert_eq!(store.search("b", 1).unwrap(), found);
    assert_eq!(store.imports().unwrap()[0].import.source, "in\0put");
    let again = take(store, "test", &bundle(&[odd]));
    assert_eq!(again.added.unchanged, 1);
    store.put_source("a\0", &"b\0".into()).unwrap();
    assert_eq!(store.sources().unwrap(), [("a\0".to_owned(), "b\0".into())]);
}

fn more_words_than_an_index_takes(store: &mut dyn Store) {
    let aliases: Vec<String> = (0..900)
        .map(|number| format!("\"{number}{}\"", "x".repeat(1_500)))
        .collect();
    let more = format!(",\"aliases\":[{}]", aliases.join(","));
    take(
        store,
        "test",
        &bundle(&[
            &named("malware--2", "Other Names", OLD, ""),
            &named("malware--1", "Many Names", OLD, &more),
        ]),
    );
    let count = |words: &str| store.search(words, 10).unwrap().len();
    assert_eq!((count("many"), count("899x*"), count("names")), (1, 1, 2));
    assert_eq!((count("many-names"), count("names-many")), (1, 0));
    assert_eq!(store.search("other", 1).unwrap().len(), 1);
}

fn a_batch_that_repeats_what_is_there(store: &mut dyn Store) {
    let [old, new] = [OLD, NEW].map(|modified| named("malware--1", "One", modified, ""));
    take(store, "test", &bundle(&[&old]));
    let report = take(store, "test", &bundle(&[&new, &old, &new]));
    assert_eq!((report.added.versions, report.added.unchanged), (1, 2));
    assert_eq!(store.versions("malware--1").unwrap().len(), 2);
}

fn file(folder: &tempfile::TempDir, name: &str) -> Location {
    Location::File(folder.path().join(name))
}

#[test]
fn other_files_and_newer_stores_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, part: &str| {
        let error = open(&file(&folder, name)).err().unwrap();
        assert!(error.to_string().contains(part), "{error}");
    };
    std::fs::write(
        folder.path().join("text"),
        "no database at all, only words ".repeat(100),
    )
    .unwrap();
    check("text", "not a database");
    let other = rusqlite::Connection::open(folder.path().join("other")).unwrap();
    other.execute_batch("CREATE TABLE mine (x)").unwrap();
    check("other", "another program");
    drop(open(&file(&folder, "newer")).unwrap());
    let newer = rusqlite::Connection::open(folder.path().join("newer")).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    let error = open(&file(&folder, "newer")).err().unwrap();
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
    check("newer", "has layout 99");
}

#[test]
fn a_store_outlasts_the_program_and_is_its_owners() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/store.db");
    let location = Location::File(path.clone());
    let mut store = open(&location).unwrap();
    take(
        &mut *store,
        "test",
        &bundle(&[&named("malware--1", "Kept", OLD, "")]),
    );
    drop(store);
    let store = open(&location).unwrap();
    assert_eq!(store.called("kept").unwrap().len(), 1);
    assert_eq!(
        store.imports().unwrap()[0].outcome,
        "1 new, 0 further versions, 0 unchanged, 0 left out"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
