//! The store, by what it gives back.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says on standard output what it skips"
)]

/// Runs tests on a fresh store of each database.
macro_rules! on_each {
    ($($test:ident),+) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$test(&mut *crate::store());
            })+
        }
        mod postgres {
            $(#[test]
            fn $test() {
                if let Some(schema) = crate::schema::Schema::new() {
                    let location = crate::location(&schema.address());
                    super::$test(&mut *daylight_store::open(&location).unwrap());
                }
            })+
        }
    };
}

mod diff;
mod export;
mod fault;
mod import;
mod listed;
mod names;
mod objects;
mod pattern;
mod postgres;
mod readings;
mod schema;

use daylight_model::Timestamp;
use daylight_store::{ImportOptions, ImportReport, Location, Store, import, open};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// A store that is gone when it is closed.
fn store() -> Box<dyn Store> {
    open(&Location::Memory).unwrap()
}

fn location(text: &str) -> Location {
    Location::parse(text.as_ref()).unwrap()
}

/// Imports a text, as published by `source`.
fn take(store: &mut dyn Store, source: &str, text: &str) -> ImportReport {
    let options = ImportOptions::new(source, at(0));
    import(store, text.as_bytes(), &options, &mut |_| {}).unwrap()
}

/// A bundle of these objects.
fn bundle(objects: &[&str]) -> String {
    format!(
        "{{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{}]}}",
        objects.join(",")
    )
}

/// An object with a name; `more` begins with a comma.
fn named(id: &str, name: &str, modified: &str, more: &str) -> String {
    let kind = id.split("--").next().unwrap();
    format!(
        r#"{{"type":"{kind}","spec_version":"2.1","id":"{id}","created":"2020-01-01T00:00:00.000Z","modified":"{modified}","name":"{name}"{more}}}"#
    )
}
