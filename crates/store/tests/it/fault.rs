//! A program that is killed in the middle of an import.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use daylight_store::{ImportOptions, import, open};

use crate::schema::Schema;
use crate::{at, bundle, location, named};

/// Tells the child where its store is.
const STORE: &str = "DAYLIGHT_STORE_UNDER_TEST";
const BATCH: usize = 50;
const OBJECTS: usize = 20 * BATCH;
const ROUNDS: u64 = 50;

fn objects() -> String {
    let objects: Vec<String> = (0..OBJECTS)
        .map(|number| {
            let id = format!("malware--{number}");
            named(&id, &format!("Family {number}"), "2021-01-01T00:00:00Z", "")
        })
        .collect();
    bundle(&objects.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Not a test of its own: the program that is killed. It tells on standard output what it
/// was told is safe.
#[test]
#[ignore = "run by the test below"]
fn child() {
    let address = std::env::var(STORE).unwrap();
    let mut store = open(&location(&address)).unwrap();
    let options = ImportOptions {
        batch_objects: BATCH,
        ..ImportOptions::new("test", at(0))
    };
    let mut out = std::io::stdout();
    let report = import(&mut *store, objects().as_bytes(), &options, &mut |safe| {
        writeln!(out, "safe {safe}").unwrap();
    });
    assert_eq!(report.unwrap().added.new as usize, OBJECTS);
}

#[test]
fn a_kill_leaves_nothing_half_and_loses_nothing_acknowledged() {
    let rounds = (0..ROUNDS).map(|round| {
        let folder = tempfile::tempdir().unwrap();
        killed(round, &folder.path().join("store.db").display().to_string())
    });
    assert_some_cut_short(rounds.collect());
}

#[test]
fn a_kill_leaves_nothing_half_in_postgresql() {
    let rounds = (0..ROUNDS).map_while(|round| Some(killed(round, &Schema::new()?.address())));
    assert_some_cut_short(rounds.collect());
}

fn assert_some_cut_short(rounds: Vec<bool>) {
    let cut_short = rounds.iter().filter(|it| **it).count();
    assert!(
        rounds.is_empty() || cut_short > rounds.len() / 2,
        "only {cut_short} of {} imports were cut short",
        rounds.len()
    );
}

/// Whether an import missed anything that was killed in the middle.
fn killed(round: u64, store: &str) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "fault::child",
            "--ignored",
            "--nocapture",
            "--quiet",
        ])
        .env(STORE, store)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Another batch each time, and another moment within it.
    let until = (round * 7 % 19 + 1) * BATCH as u64;
    let mut safe = 0;
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.by_ref() {
        if let Some(number) = line.unwrap().split("safe ").nth(1) {
            safe = number.parse().unwrap();
            if safe >= until {
                break;
            }
        }
    }
    std::thread::sleep(std::time::Duration::from_micros(round * 131 % 3_000));
    child.kill().unwrap();
    child.wait().unwrap();
    // What it still said before it died counts too.
    for line in lines.map_while(Result::ok) {
        if let Some(number) = line.split("safe ").nth(1) {
            safe = number.parse().unwrap();
        }
    }
    whole_after(store, safe)
}

/// Opens what is left, finds whole batches and everything acknowledged, and completes it.
/// Whether anything was missing.
fn whole_after(store: &str, safe: u64) -> bool {
    let mut store = open(&location(store)).unwrap();
    // A server may still be about what it was told last: after our turn it is not.
    store.add_objects(0, &[]).unwrap();
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
    let there = store.page(0, usize::MAX).unwrap().len();
    assert!(
        there as u64 >= safe,
        "{safe} were acknowledged, {there} are there"
    );
    assert_eq!(there % BATCH, 0, "half a batch");
    let found = store.search("family", usize::MAX).unwrap().len();
    assert_eq!(found, there, "what is there is found");
    let unfinished = store
        .imports()
        .unwrap()
        .iter()
        .any(|it| it.finished.is_none());
    assert!(unfinished || there == OBJECTS);
    let again = import(
        &mut *store,
        objects().as_bytes(),
        &ImportOptions::new("test", at(1)),
        &mut |_| {},
    );
    let added = again.unwrap().added;
    assert_eq!(
        (added.unchanged as usize, added.new as usize),
        (there, OBJECTS - there)
    );
    there < OBJECTS
}
