//! The `evtx` crate renders the same records as JSON: what that JSON holds is what the fields must
//! hold, over all event logs that lie beside the project. There are no exceptions: of what we do
//! otherwise on purpose (see `synthetic`), these logs hold nothing.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use daylight_model::{Event, Limits, LogFamily, SourceRecord, Value};
use evtx::{EvtxChunkData, EvtxRecord, ParserSettings};

use super::chunk::CHUNK_BYTES;
use super::{ChunkOptions, ChunkReader, FILE_HEADER_BYTES, Receiver, fill};
use crate::Files;
use crate::pool::Pool;
use crate::recorder::Recorder;
use crate::run::Run;
use crate::value::Json;
use crate::{Options, Sink, windows};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Number,
    Bool,
    Text,
}

#[derive(Debug, Clone)]
pub(super) struct Kept {
    family: LogFamily,
    time: String,
    host: String,
    channel: String,
    provider: String,
    event_id: Option<u32>,
    record: u64,
    offset: u64,
    text: String,
    pub(super) fields: Vec<(String, Kind, String)>,
}

#[derive(Default)]
struct Keeper(Vec<Kept>);

impl Sink for Keeper {
    fn event(&mut self, event: &Event<'_>) {
        let text = |text: &Option<std::borrow::Cow<'_, str>>| {
            text.as_deref().unwrap_or_default().to_owned()
        };
        let fields = event.fields.iter().map(|field| {
            let kind = match &field.value {
                Value::Null => Kind::Null,
                Value::Bool(_) => Kind::Bool,
                Value::Integer(_) | Value::Float(_) => Kind::Number,
                _ => Kind::Text,
            };
            let text = field.value.as_text().into_owned();
            (field.name.to_string(), kind, text)
        });
        self.0.push(Kept {
            family: event.family,
            time: event.time.map(|time| time.to_string()).unwrap_or_default(),
            host: text(&event.host),
            channel: text(&event.channel),
            provider: text(&event.provider),
            event_id: event.event_id,
            record: event.record,
            offset: event.offset,
            text: text(&event.text),
            fields: fields.collect(),
        });
    }
}

pub(super) type ReadLog = fn(&mut Recorder<'_, '_>, &mut dyn Read);

pub(super) fn keep(content: &[u8], read: ReadLog) -> (Vec<Kept>, SourceRecord) {
    let (options, mut keeper) = (Options::default(), Keeper::default());
    let pool = Pool::new(&options, Files::default(), false);
    let mut run = Run::new(&pool, &mut keeper);
    let mut recorder = Recorder::new(&mut run, "log".to_owned());
    read(&mut recorder, &mut &*content);
    let mut record = std::mem::take(&mut recorder.record);
    std::mem::take(&mut recorder.tally).finish(&mut record);
    (keeper.0, record)
}

/// Counts what comes out of a reader.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) numbers: Vec<u64>,
    pub(super) fields: usize,
    pub(super) failed: usize,
    pub(super) problems: usize,
}

impl Receiver for Tally {
    fn event(&mut self, event: &Event<'_>, _: &'static str) {
        self.numbers.push(event.record);
        self.fields += event.fields.len();
        for field in &event.fields {
            assert!(field.value.as_text().len() <= 6 * CHUNK_BYTES);
        }
    }

    fn failed(&mut self, _: u64, _: Option<u64>, _: String) {
        self.failed += 1;
    }

    fn problem(&mut self, _: u64, _: Option<u64>, _: String) {
        self.problems += 1;
    }
}

/// The numbers of the records in a chunk.
pub(super) fn numbers(chunk: &[u8], slack: bool) -> Vec<u64> {
    let mut tally = Tally::default();
    let mut options = ChunkOptions::new(0, &Limits::default());
    options.slack = slack;
    ChunkReader::default().read(chunk, chunk.len(), 0, &options, &mut tally);
    tally.numbers
}

/// The way through JSON.
pub(super) fn read_rendered(recorder: &mut Recorder<'_, '_>, input: &mut dyn Read) {
    fill(input, &mut vec![0; FILE_HEADER_BYTES]);
    let settings = Arc::new(ParserSettings::new().indent(false));
    let mut offset = FILE_HEADER_BYTES as u64;
    loop {
        let mut data = vec![0; CHUNK_BYTES];
        let bytes = fill(input, &mut data);
        if bytes == 0 {
            break;
        }
        if data.iter().any(|&byte| byte != 0) {
            chunk(recorder, data, offset, &settings);
        }
        offset += bytes as u64;
    }
}

fn chunk(
    recorder: &mut Recorder<'_, '_>,
    data: Vec<u8>,
    offset: u64,
    settings: &Arc<ParserSettings>,
) {
    let Ok(mut data) = EvtxChunkData::new(data, false) else {
        return recorder.failed(Some(offset), None, "chunk");
    };
    let Ok(mut chunk) = data.parse(Arc::clone(settings)) else {
        return recorder.failed(Some(offset), None, "chunk");
    };
    for found in chunk.iter() {
        match found {
            Ok(found) => record(recorder, found, offset),
            Err(error) => recorder.failed(Some(offset), None, error.to_string()),
        }
    }
}

fn record(recorder: &mut Recorder<'_, '_>, record: EvtxRecord<'_>, chunk_offset: u64) {
    let number = record.event_record_id;
    let offset = chunk_offset + record.binxml_offset - 24;
    match record.into_json() {
        Ok(rendered) => match serde_json::from_str::<Json<'_>>(&rendered.data) {
            Ok(json) => windows::record(recorder, json, number, offset),
            Err(error) => recorder.failed(Some(offset), Some(number), error.to_string()),
        },
        Err(error) => recorder.failed(Some(offset), Some(number), error.to_string()),
    }
}

fn event_logs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            event_logs(&path, found);
        } else if path.extension().is_some_and(|name| name == "evtx") {
            found.push(path);
        }
    }
}

/// The event logs beside the project, in order.
pub(super) fn shared_event_logs() -> Vec<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("DAYLIGHT_SHARED").map_or(beside, PathBuf::from);
    let mut found = Vec::new();
    for folder in ["evidence", "rules/sigma/regression_data"] {
        event_logs(&root.join(folder), &mut found);
    }
    found.sort();
    found
}

#[derive(Debug, Default)]
struct Counts {
    files: usize,
    records: usize,
    fields: usize,
    failed: u64,
    problems: usize,
}

fn compare_files(path: &Path, counts: &mut Counts) -> Vec<String> {
    let content = std::fs::read(path).unwrap_or_default();
    let (ours, record) = keep(&content, super::read);
    let (theirs, their_record) = keep(&content, read_rendered);
    let mut differences = Vec::new();
    let mut differs = |what: String| differences.push(format!("{}: {what}", path.display()));
    if ours.len() != theirs.len() || record.records_failed != their_record.records_failed {
        differs(format!(
            "{} and {} records, {} and {} failed: {:?} {:?}",
            ours.len(),
            theirs.len(),
            record.records_failed,
            their_record.records_failed,
            record.problems,
            their_record.problems
        ));
    }
    for (our, their) in ours.iter().zip(&theirs) {
        if let Some(difference) = compare(our, their, counts) {
            differs(format!("record {}: {difference}", our.record));
        }
    }
    counts.files += 1;
    counts.records += ours.len();
    counts.failed += record.records_failed;
    counts.problems += record.problems.len();
    differences
}

fn compare(our: &Kept, their: &Kept, counts: &mut Counts) -> Option<String> {
    let head = |kept: &Kept| {
        let Kept {
            family,
            time,
            host,
            channel,
            provider,
            text,
            ..
        } = kept.clone();
        let numbers = (kept.event_id, kept.record, kept.offset);
        (family, time, host, channel, provider, text, numbers)
    };
    if head(our) != head(their) {
        return Some(format!("{:?}\n  is not {:?}", head(our), head(their)));
    }
    counts.fields += our.fields.len();
    let mut pairs = our.fields.iter().zip(&their.fields);
    let different = pairs.find(|(our, their)| our != their);
    let lengths = (our.fields.len(), their.fields.len());
    if different.is_some() || lengths.0 != lengths.1 {
        return Some(format!("{lengths:?} fields, {different:?}"));
    }
    None
}

#[test]
fn fields_are_those_of_the_rendered_records() {
    let logs = shared_event_logs();
    if logs.is_empty() {
        println!("skipped: there are no event logs beside the project");
        return;
    }
    let mut counts = Counts::default();
    let differences: Vec<String> = logs
        .iter()
        .flat_map(|path| compare_files(path, &mut counts))
        .collect();
    println!("{counts:?}");
    let shown = differences.iter().take(40).cloned().collect::<Vec<_>>();
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        shown.join("\n")
    );
}
