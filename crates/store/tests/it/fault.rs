//! A program that is killed in the middle of an import.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use daylight_store::{ImportOptions, Location, import, open};

use crate::{at, bundle, named};

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
    let path = std::env::var(STORE).unwrap();
    let mut store = open(&Location::File(path.into())).unwrap();
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
    let mut cut_short = 0;
    for round in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "fault::child",
                "--ignored",
                "--nocapture",
                "--quiet",
            ])
            .env(STORE, &path)
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
        cut_short += u64::from(whole_after(&path, safe));
    }
    assert!(
        cut_short > ROUNDS / 2,
        "only {cut_short} of {ROUNDS} imports were cut short"
    );
}

/// Opens what is left, finds whole batches and everything acknowledged, and completes it.
/// Whether anything was missing.
fn whole_after(path: &std::path::Path, safe: u64) -> bool {
    let mut store = open(&Location::File(path.to_owned())).unwrap();
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
