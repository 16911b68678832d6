//! What the tests share: a sink that keeps everything, and files made of text.

use std::path::{Path, PathBuf};

use daylight_evidence::{Options, Sink, measure, read};
use daylight_model::{Event, LogFamily, Manifest, SourceRecord};
use tempfile::TempDir;

/// An event that outlives the reader.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) source: usize,
    pub(crate) family: LogFamily,
    pub(crate) time: String,
    pub(crate) host: String,
    pub(crate) channel: String,
    pub(crate) provider: String,
    pub(crate) event_id: Option<u32>,
    pub(crate) record: u64,
    pub(crate) offset: u64,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Kept {
    /// All values of a field, joined by `|`; `(none)` where there is none.
    pub(crate) fn field(&self, name: &str) -> String {
        let values: Vec<&str> = self
            .fields
            .iter()
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
            .collect();
        if values.is_empty() {
            "(none)".to_owned()
        } else {
            values.join("|")
        }
    }
}

/// Keeps what it is given and checks that it is told things in order.
#[derive(Default)]
pub(crate) struct Keeper {
    pub(crate) events: Vec<Kept>,
    pub(crate) listings: Vec<Kept>,
    pub(crate) progress: Vec<u64>,
    pub(crate) finished: Vec<(usize, SourceRecord)>,
}

impl Sink for Keeper {
    fn event(&mut self, event: &Event<'_>) {
        let text = |text: &Option<std::borrow::Cow<'_, str>>| {
            text.as_deref().unwrap_or_default().to_owned()
        };
        let kept = Kept {
            source: event.source,
            family: event.family,
            time: event.time.map(|time| time.to_string()).unwrap_or_default(),
            host: text(&event.host),
            channel: text(&event.channel),
            provider: text(&event.provider),
            event_id: event.event_id,
            record: event.record,
            offset: event.offset,
            fields: event
                .fields
                .iter()
                .map(|field| (field.name.to_string(), field.value.as_text().into_owned()))
                .collect(),
            text: text(&event.text),
        };
        let list = if event.family == LogFamily::FileListing {
            &mut self.listings
        } else {
            &mut self.events
        };
        list.push(kept);
    }

    fn progress(&mut self, bytes_done: u64) {
        self.progress.push(bytes_done);
    }

    fn source(&mut self, index: usize, record: &SourceRecord) {
        self.finished.push((index, record.clone()));
    }
}

/// Reads paths, checks what must hold whatever they are, and gives back what came of it.
pub(crate) fn read_paths(paths: &[PathBuf], options: &Options) -> (Keeper, Manifest) {
    let mut keeper = Keeper::default();
    let manifest = read(paths, options, &mut keeper);
    assert!(
        keeper.progress.is_sorted(),
        "progress goes back: {:?}",
        keeper.progress
    );
    assert_eq!(
        keeper.progress.last().copied(),
        Some(measure(paths, options)),
        "progress ends short"
    );
    assert_eq!(keeper.finished.len(), manifest.sources.len());
    for (index, record) in &keeper.finished {
        let expected = &manifest.sources[*index];
        assert_eq!(
            (&record.path, record.events),
            (&expected.path, expected.events)
        );
        let events = keeper
            .events
            .iter()
            .filter(|event| event.source == *index)
            .count();
        assert_eq!(events as u64, record.events, "{}", record.path);
        let counted: u64 = record
            .statistics
            .iter()
            .map(|statistic| statistic.count)
            .sum();
        assert_eq!(counted, record.events + 1, "statistics of {}", record.path);
        assert!(!record.kind.is_empty(), "{}", record.path);
    }
    assert_eq!(keeper.listings.len(), manifest.sources.len());
    (keeper, manifest)
}

/// A folder with files in it.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    folder
}

/// What one file comes to.
pub(crate) struct Outcome {
    pub(crate) events: Vec<Kept>,
    pub(crate) record: SourceRecord,
}

/// Reads one file with this content, under a name that says nothing.
pub(crate) fn read_content(content: impl AsRef<[u8]>) -> Outcome {
    read_content_with(content, &Options::default())
}

pub(crate) fn read_content_with(content: impl AsRef<[u8]>, options: &Options) -> Outcome {
    let folder = folder(&[("evidence", content.as_ref())]);
    let (keeper, manifest) = read_paths(&[folder.path().join("evidence")], options);
    assert_eq!(manifest.problems, []);
    Outcome {
        events: keeper.events,
        record: manifest.sources.into_iter().next().expect("a record"),
    }
}

/// `offset/record: message` of each problem.
pub(crate) fn problems(record: &SourceRecord) -> Vec<String> {
    let number = |number: Option<u64>| number.map_or("-".to_owned(), |number| number.to_string());
    let line = |problem: &daylight_model::Problem| {
        assert_eq!(problem.path, record.path);
        format!(
            "{}/{}: {}",
            number(problem.offset),
            number(problem.record),
            problem.message
        )
    };
    record.problems.iter().map(line).collect()
}

/// The record whose path ends like this.
pub(crate) fn source<'m>(manifest: &'m Manifest, end: &str) -> &'m SourceRecord {
    let found = manifest
        .sources
        .iter()
        .find(|record| record.path.ends_with(end));
    found.unwrap_or_else(|| panic!("no source {end} in {:?}", paths(manifest)))
}

pub(crate) fn paths(manifest: &Manifest) -> Vec<&str> {
    manifest
        .sources
        .iter()
        .map(|record| record.path.as_str())
        .collect()
}

/// Shared sample data, where there is some; says plainly where not.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("DAYLIGHT_SHARED").map_or(beside, PathBuf::from);
    let path = root.join(path);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}
