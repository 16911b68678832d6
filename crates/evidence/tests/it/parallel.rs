//! Several threads read the same as one.

use std::fs;
use std::path::{Path, PathBuf};

use daylight_evidence::{Files, Options, Sink, read, read_in_parallel};
use daylight_model::Event;

use crate::support::shared;

/// What tells one event from another.
#[derive(Default)]
struct Seen(Vec<(usize, u64, u64, String)>);

impl Sink for Seen {
    fn event(&mut self, event: &Event<'_>) {
        let fields: Vec<String> = event
            .fields
            .iter()
            .map(|field| format!("{}={}", field.name, field.value.as_text()))
            .collect();
        let place = (event.source, event.record, event.offset);
        self.0
            .push((place.0, place.1, place.2, fields.join("\u{1f}")));
    }
}

/// Reads with one thread and with several; the manifests are the same and so are the events.
fn check(paths: &[PathBuf]) -> usize {
    let options = Options::default();
    let mut alone = Seen::default();
    let expected = read(paths, &options, &mut alone);
    for threads in [1, 2, 5] {
        let mut sinks: Vec<Seen> = (0..threads).map(|_| Seen::default()).collect();
        let (manifest, numbering) =
            read_in_parallel(Files::find(paths, &options), &options, &mut sinks);
        let text = |manifest| serde_json::to_string_pretty(manifest).unwrap();
        assert!(text(&manifest) == text(&expected), "{threads} threads");
        let mut together: Vec<_> = sinks.into_iter().flat_map(|sink| sink.0).collect();
        for event in &mut together {
            event.0 = numbering.index(event.0).unwrap();
        }
        together.sort();
        alone.0.sort();
        assert_eq!(together.len(), alone.0.len(), "{threads} threads");
        assert!(together == alone.0, "{threads} threads");
    }
    alone.0.len()
}

#[test]
fn lines_of_a_large_file() {
    let folder = tempfile::tempdir().unwrap();
    let line = |number: u64| {
        let text = "x".repeat(usize::try_from(number % 700).unwrap());
        format!(r#"{{"EventID":{number},"Number":{number},"Channel":"System","text":"{text}"}}"#)
    };
    let mut lines: Vec<String> = (1..12_000).map(line).collect();
    lines[5_000] = "{broken".to_owned();
    lines[9_000] = String::new();
    for name in ["a", "b"] {
        fs::write(folder.path().join(name), lines.join("\r\n")).unwrap();
    }
    assert_eq!(check(&[folder.path().to_owned()]), 2 * 11_998 + 2);
}

#[test]
fn the_examples() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    assert!(check(&[examples]) > 1_000);
}

#[test]
fn shared_evidence() {
    let Some(evidence) = shared("evidence") else {
        return;
    };
    println!("{} events", check(&[evidence]));
}
