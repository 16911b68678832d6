//! What becomes of one file while it is read: its events, its problems, its record.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Problem, SourceRecord, Value};

use crate::digest::Hashes;
use crate::run::{KeptBy, Modified, Run};
use crate::stretch::Log;
use crate::tally::Tally;
use crate::triage;

/// Passes the events of one file on and keeps its record.
pub(crate) struct Recorder<'r, 'a> {
    pub(crate) run: &'r mut Run<'a>,
    /// The file's place in the manifest.
    pub(crate) index: usize,
    pub(crate) record: SourceRecord,
    pub(crate) tally: Tally,
    /// When the file was changed last, where that is known.
    pub(crate) modified: Option<Modified>,
}

impl<'r, 'a> Recorder<'r, 'a> {
    pub(crate) fn new(run: &'r mut Run<'a>, path: String) -> Self {
        let index = run.reserve(&path);
        Self {
            run,
            index,
            record: SourceRecord {
                path,
                ..SourceRecord::default()
            },
            tally: Tally::default(),
            modified: None,
        }
    }

    /// For a part of a file, which another recorder is for.
    pub(crate) fn of_stretch(run: &'r mut Run<'a>, log: &Log) -> Self {
        Self {
            run,
            index: log.source,
            record: SourceRecord {
                path: log.path.clone(),
                ..SourceRecord::default()
            },
            tally: Tally::default(),
            modified: None,
        }
    }

    /// An event of this file, still without content.
    pub(crate) fn new_event<'e>(&self, family: LogFamily, record: u64, offset: u64) -> Event<'e> {
        Event {
            source: self.index,
            family,
            time: None,
            host: None,
            channel: None,
            provider: None,
            event_id: None,
            record,
            offset,
            fields: Vec::new(),
            text: None,
        }
    }

    /// Counts an event and passes it on. `time_field` names where its time was taken from.
    pub(crate) fn event(&mut self, event: &Event<'_>, time_field: &str) {
        self.tally.event(event, time_field);
        self.run.sink.event(event);
        self.run.report_progress();
    }

    /// Counts an event of which nothing comes, and of which not all is known.
    pub(crate) fn passed_over(&mut self, event: &Event<'_>, time_field: &str) {
        self.tally.event(event, time_field);
        self.run.report_progress();
    }

    /// A line that could not be taken apart, passed on so that keyword searches still see it.
    pub(crate) fn raw_event(&mut self, family: LogFamily, record: u64, offset: u64, text: &str) {
        let mut event = self.new_event(family, record, offset);
        event.text = Some(Cow::Borrowed(text));
        self.event(&event, "");
    }

    /// Something is wrong with the file.
    pub(crate) fn problem(
        &mut self,
        offset: Option<u64>,
        record: Option<u64>,
        message: impl Into<String>,
    ) {
        let problem = Problem {
            path: self.record.path.clone(),
            offset,
            record,
            message: message.into(),
        };
        self.tally.problem(problem, self.run.pool.limits);
    }

    /// Says that nobody knows in which zone the log's clock is.
    pub(crate) fn times_are_local(&mut self) {
        let message = "times are written in the machine's own zone, which is not known; they are taken as UTC";
        self.problem(None, None, message);
    }

    /// A record could not be read, or not wholly.
    pub(crate) fn failed(
        &mut self,
        offset: Option<u64>,
        record: Option<u64>,
        message: impl Into<String>,
    ) {
        self.tally.failed();
        self.problem(offset, record, message);
    }

    /// Hands over what the file holds, as far as it was kept.
    pub(crate) fn content(&mut self, bytes: Vec<u8>, size_bytes: u64) {
        let mut listing = self.listing(size_bytes, None);
        if let Some(modified) = self.modified {
            listing.time = (modified.by != KeptBy::Disk).then_some(modified.time);
            let shown = format!("{}, by {}", modified.time, modified.by.title());
            listing.add("Modified", Value::Text(Cow::Owned(shown)));
        }
        let kind = self.record.kind.clone();
        for told in self.run.sink.content(&listing, &kind, bytes) {
            self.problem(None, None, told);
        }
    }

    /// Emits the file's listing and puts its record into the manifest.
    pub(crate) fn finish(mut self, size_bytes: u64, hashes: Option<Hashes>) {
        self.record.size_bytes = size_bytes;
        let listing = self.listing(size_bytes, hashes.as_ref());
        self.tally.listing(&listing);
        self.run.sink.event(&listing);
        self.record.sha256 = hashes.map(|hashes| hashes.sha256).unwrap_or_default();
        self.tally.finish(&mut self.record);
        self.run.finish(self.index, self.record);
    }

    /// The event that lets indicators for names and hashes match. It is not one of the
    /// file's own, so [`SourceRecord::events`] does not count it; the statistics do.
    fn listing(&self, size_bytes: u64, hashes: Option<&Hashes>) -> Event<'static> {
        let mut event = self.new_event(LogFamily::FileListing, 1, 0);
        let path = self.record.path.as_str();
        event.host = triage::host(path).map(|host| Cow::Owned(host.to_owned()));
        let mut add = |name: &'static str, value: Value<'static>| {
            event.add(name, value);
        };
        let text = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
        add("TargetFilename", text(path));
        if let Some(original) = triage::original_path(path) {
            add("OriginalPath", text(&original));
            add("TargetFilename", text(&original));
        }
        add(
            "FileName",
            text(path.rsplit(['/', '\\', '!']).next().unwrap_or(path)),
        );
        add(
            "Size",
            Value::Integer(size_bytes.try_into().unwrap_or(i64::MAX)),
        );
        if let Some(Hashes { sha256, older }) = hashes {
            let mut sysmon = format!("SHA256={sha256}");
            if let Some((md5, sha1)) = older {
                add("MD5", text(md5));
                add("SHA1", text(sha1));
                sysmon = format!("SHA1={sha1},MD5={md5},{sysmon}");
            }
            add("SHA256", text(sha256));
            let sysmon = sysmon.to_ascii_uppercase();
            add("Hashes", Value::Text(Cow::Owned(sysmon)));
        }
        event
    }
}
