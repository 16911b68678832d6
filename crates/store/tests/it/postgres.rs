//! What holds for PostgreSQL alone.

use daylight_store::{Error, ImportOptions, import, open, open_if_there};

use crate::schema::Schema;
use crate::{at, bundle, location, named, take};

fn refused(address: &str) -> Error {
    open(&location(address)).err().unwrap()
}

#[test]
fn other_databases_and_newer_stores_are_refused() {
    let Some(schema) = Schema::new() else { return };
    assert!(
        open_if_there(&location(&schema.address()))
            .unwrap()
            .is_none()
    );
    schema.execute("CREATE TABLE mine (x INT)");
    let error = refused(&schema.address()).to_string();
    assert!(error.contains("another program"), "{error}");
    schema.execute("DROP TABLE mine");
    drop(open(&location(&schema.address())).unwrap());
    assert!(
        open_if_there(&location(&schema.address()))
            .unwrap()
            .is_some()
    );
    schema.execute("UPDATE daylight SET layout = 99");
    let error = refused(&schema.address());
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
}

#[test]
fn a_store_outlasts_the_program() {
    let Some(schema) = Schema::new() else { return };
    let kept = named("malware--1", "Kept", "2021-01-01T00:00:00Z", "");
    take(
        &mut *open(&location(&schema.address())).unwrap(),
        "test",
        &bundle(&[&kept]),
    );
    let store = open(&location(&schema.address())).unwrap();
    assert_eq!(store.called("kept").unwrap()[0].body, kept);
}

/// Of what both import at once, each object is there once.
#[test]
fn several_write_at_once() {
    let Some(schema) = Schema::new() else { return };
    let objects: Vec<String> = (0..200)
        .map(|number| named(&format!("tool--{number}"), "T", "2021-01-01T00:00:00Z", ""))
        .collect();
    let text = bundle(&objects.iter().map(String::as_str).collect::<Vec<_>>());
    let take = || {
        let mut store = open(&location(&schema.address())).unwrap();
        let options = ImportOptions {
            batch_objects: 10,
            ..ImportOptions::new("test", at(0))
        };
        import(&mut *store, text.as_bytes(), &options, &mut |_| {})
            .unwrap()
            .added
            .new
    };
    let added: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
        threads.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(added, 200);
    let store = open(&location(&schema.address())).unwrap();
    assert_eq!(store.page(0, 1_000).unwrap().len(), 200);
    assert!(store.check().unwrap().is_empty());
}

#[test]
fn passwords_are_not_shown() {
    let address = location("postgres://ada:pa55@127.0.0.1:5/cases?options=-csearch_path%3Done");
    assert_eq!(address.to_string(), "postgres://ada@127.0.0.1:5/cases");
    assert!(!format!("{address:?}").contains("pa55"));
}
