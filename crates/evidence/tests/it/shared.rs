//! Real evidence, where it lies beside the project.

use std::path::{Path, PathBuf};

use daylight_evidence::Options;
use daylight_model::LogFamily;

use crate::support::{read_paths, shared};

fn event_logs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| entry.ok())
        {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "evtx")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The `evtx` crate's own walk over the same files, record by record, is the measure.
#[test]
fn every_event_log_is_read_whole() {
    let Some(samples) = shared("evidence/evtx-attack-samples") else {
        return;
    };
    let files = event_logs(&samples);
    assert!(files.len() >= 277, "{}", files.len());
    let (keeper, manifest) = read_paths(&files, &Options::default());
    assert!(keeper.events.len() > 8_000, "{}", keeper.events.len());
    for (path, record) in files.iter().zip(&manifest.sources) {
        let mut parser = evtx::EvtxParser::from_path(path).unwrap();
        let expected = parser
            .records_json_value()
            .filter(|record| record.is_ok())
            .count();
        assert_eq!(record.events, expected as u64, "{}", record.path);
        assert_eq!(
            (record.kind.as_str(), record.records_failed),
            ("evtx", 0),
            "{}",
            record.path
        );
        assert!(
            !record.hosts.is_empty() || record.events == 0,
            "{}",
            record.path
        );
    }
    for event in &keeper.events {
        assert!(
            event.event_id.is_some() && !event.provider.is_empty() && !event.time.is_empty(),
            "{event:?}"
        );
        assert_eq!(
            event.event_id.map(|id| id.to_string()).unwrap_or_default(),
            event.field("EventID")
        );
    }
}

#[test]
fn an_event_log_cut_in_half() {
    let Some(samples) = shared("evidence/evtx-attack-samples") else {
        return;
    };
    let files = event_logs(&samples);
    let path = files
        .iter()
        .max_by_key(|path| path.metadata().map_or(0, |metadata| metadata.len()))
        .unwrap();
    let whole = std::fs::read(path).unwrap();
    let (keeper, _) = read_paths(std::slice::from_ref(path), &Options::default());
    // Cut behind the middle record, so that there is something on both sides.
    let middle = keeper.events[keeper.events.len() / 2].offset as usize + 10;
    let folder = crate::support::folder(&[("cut", &whole[..middle])]);
    let (cut, manifest) = read_paths(&[folder.path().join("cut")], &Options::default());
    assert!(!cut.events.is_empty());
    for (cut, whole) in cut.events.iter().zip(&keeper.events) {
        assert_eq!(cut, whole);
    }
    assert_eq!(cut.events.len(), keeper.events.len() / 2);
    let messages: Vec<_> = manifest.sources[0]
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert!(
        messages
            .iter()
            .any(|message| message.contains("file ends inside a chunk")),
        "{messages:?}"
    );

    // Bytes put in between chunks cost nothing but a problem.
    let mut shifted = whole.clone();
    shifted.splice(4_096..4_096, [7; 100]);
    let folder = crate::support::folder(&[("shifted", &shifted)]);
    let (rest, manifest) = read_paths(&[folder.path().join("shifted")], &Options::default());
    assert_eq!(rest.events.len(), keeper.events.len());
    assert_eq!(rest.events[0].offset, keeper.events[0].offset + 100);
    assert_eq!(manifest.sources[0].problems[0].offset, Some(4_096));

    // A chunk that is nothing but noise costs itself alone.
    let mut noisy = whole;
    noisy[4_096..4_096 + 512].fill(0x55);
    let folder = crate::support::folder(&[("noisy", &noisy)]);
    let (rest, manifest) = read_paths(&[folder.path().join("noisy")], &Options::default());
    let expected = keeper
        .events
        .iter()
        .filter(|event| event.offset >= 4_096 + 65_536)
        .count();
    assert_eq!(rest.events.len(), expected);
    assert_eq!(manifest.sources[0].problems[0].offset, Some(4_096));
}

#[test]
fn the_recorded_exchange_compromise() {
    let Some(archive) = shared("evidence/proxylogon_ssrf_rce_poc.zip") else {
        return;
    };
    let (keeper, manifest) = read_paths(&[archive], &Options::default());
    assert_eq!(keeper.events.len(), 10_487);
    assert!(
        manifest
            .sources
            .iter()
            .all(|record| record.problems.is_empty() && record.sha256.len() == 64)
    );
    let record = &manifest.sources[1];
    assert_eq!(record.hosts.len(), 1);
    let difference = &record.clock_differences[0];
    assert_eq!(
        (difference.used.as_str(), difference.other.as_str()),
        ("@timestamp", "UtcTime")
    );
    assert_eq!((difference.difference_seconds + 900).div_euclid(3_600), 5);
    let management: Vec<_> = keeper
        .events
        .iter()
        .filter(|event| event.family == LogFamily::ExchangeManagement)
        .collect();
    assert!(!management.is_empty());
    assert!(management.iter().all(|event| event.text.contains("Cmdlet")));
}
