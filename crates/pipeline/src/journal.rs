//! What a hunt has come to so far, on disk, so that it can go on after it was killed.
//!
//! A file of entries, each with its length and a checksum. A run begins with what it hunts with;
//! findings, observations and sources follow as they come, from all threads. What belongs to a
//! file counts once there is an entry that says that all of it was read. A torn end is cut off.

mod restore;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use daylight_evidence::{Files, FoundFile};
use daylight_hunt::{Observation, Observations};
use daylight_model::{Finding, Problem, Rule, SourceRecord, Timestamp};
use serde::{Deserialize, Serialize};

use crate::findings::{Collector, Row, damaged};
use crate::{Error, VERSION};

pub(crate) use restore::Restored;

/// Its name in the folder for output.
const NAME: &str = "hunt.journal";
/// Bytes that a thread writes together.
const PENDING_BYTES: usize = 64 << 10;
/// Bytes that a failing machine may take with it.
const UNSYNCED_BYTES_MAX: usize = 1 << 20;
/// An entry begins with its length and its checksum.
const HEAD_BYTES: usize = 8;

/// Where a hunt notes what it has come to, and whether it goes on with one that was killed.
#[derive(Debug, Clone)]
pub struct Journaling {
    /// The folder for output.
    pub folder: PathBuf,
    /// Go on; otherwise such a hunt is an error.
    pub resume: bool,
}

#[derive(Serialize, Deserialize)]
enum Entry<'e> {
    #[serde(borrow)]
    Run(With<'e>),
    /// By its number; as JSON, since it leaves out what is empty.
    Rule(usize, Cow<'e, str>),
    Finding(Row<'e>),
    Observation(Cow<'e, Observation>),
    /// So many observations of a source found no room.
    LeftOut(usize, u64),
    Source(usize, Cow<'e, SourceRecord>),
    /// All of the file with this number was read.
    File(usize, Identity),
}

/// What a run hunts with. One goes on only with the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct With<'e> {
    version: Cow<'e, str>,
    /// Of Sigma and of YARA.
    rules: [u64; 2],
    indicators: Vec<u64>,
    options: Cow<'e, str>,
}

impl With<'_> {
    pub(crate) fn new(rules: [u64; 2], indicators: Vec<u64>, options: String) -> Self {
        Self {
            version: VERSION.into(),
            rules,
            indicators,
            options: options.into(),
        }
    }

    /// What is another one than before.
    fn difference(&self, before: &With<'_>) -> Option<&'static str> {
        let same = [
            (self.version == before.version, "another version"),
            (self.rules == before.rules, "other rules"),
            (self.indicators == before.indicators, "other indicators"),
            (self.options == before.options, "other options"),
        ];
        let differs = same.into_iter().find(|(is_same, _)| !is_same);
        differs.map(|(_, what)| what)
    }
}

/// By what a file is known again: its path, its size, and when it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Identity(Vec<u8>, u64, Option<Timestamp>);

impl From<&FoundFile> for Identity {
    fn from(file: &FoundFile) -> Self {
        let path = file.path.as_os_str().as_encoded_bytes().to_vec();
        Self(path, file.size_bytes, file.modified)
    }
}

/// The journal of a hunt. Nobody else writes to it meanwhile.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    output: Mutex<Output>,
    rules: AtomicUsize,
}

#[derive(Debug)]
struct Output {
    file: File,
    unsynced_bytes: usize,
    failed: Option<io::Error>,
}

impl Journal {
    /// Begins one, or goes on with the one that is there: then files that were read are left out
    /// of `files`, and what was found in them is given.
    pub(crate) fn open(
        asked: &Journaling,
        with: &With<'_>,
        files: &mut Files,
        observations_max: usize,
    ) -> Result<(Self, Restored), Error> {
        let path = asked.folder.join(NAME);
        let failed = |source| Error::Write {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(&asked.folder).map_err(failed)?;
        let mut open = OpenOptions::new();
        let open = open.read(true).write(true).create(true).truncate(false);
        let mut file = open.open(&path).map_err(failed)?;
        if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
            return Err(refused(&path, "another hunt is writing to it"));
        }
        let mut restored = Restored {
            collector: Collector::default(),
            observations: Observations::new(observations_max),
        };
        if asked.resume {
            restored.take(&path, &mut file, with, files)?;
        } else {
            let count = restore::finished_count(&mut file).map_err(failed)?;
            if count > 0 {
                return Err(Error::Unfinished { path, files: count });
            }
            file.set_len(0).map_err(failed)?;
        }
        let mut begun = Vec::new();
        append(&mut begun, &Entry::Run(with.clone())).map_err(failed)?;
        file.write_all(&begun)
            .and_then(|()| file.sync_data())
            .map_err(failed)?;
        let journal = Self {
            output: Mutex::new(Output {
                file,
                unsynced_bytes: 0,
                failed: None,
            }),
            rules: AtomicUsize::new(0),
            path,
        };
        Ok((journal, restored))
    }

    /// The result is written: nobody needs to go on any more.
    pub(crate) fn remove(&self) -> Result<(), Error> {
        fs::remove_file(&self.path).map_err(|source| Error::Write {
            path: self.path.clone(),
            source,
        })
    }

    /// What went wrong with it. The hunt goes on all the same.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let error = self.output().failed.take()?;
        Some(Problem {
            path: self.path.display().to_string(),
            offset: None,
            record: None,
            message: format!(
                "what was found so far could not be noted for --resume: {error}; nothing is lost unless the hunt is killed"
            ),
        })
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, bytes: &[u8]) {
        let mut output = self.output();
        if output.failed.is_some() {
            return;
        }
        output.unsynced_bytes += bytes.len();
        let mut written = output.file.write_all(bytes);
        if output.unsynced_bytes > UNSYNCED_BYTES_MAX {
            output.unsynced_bytes = 0;
            written = written.and_then(|()| output.file.sync_data());
        }
        output.failed = written.err();
    }
}

fn refused(path: &Path, reason: &str) -> Error {
    Error::Journal {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

/// What one thread notes.
pub(crate) struct Notes<'j> {
    journal: &'j Journal,
    pending: Vec<u8>,
    /// The numbers of rules, by their addresses. Whoever holds these keeps the rules too.
    rules: HashMap<usize, (usize, Arc<Rule>)>,
    /// How many observations are noted, and how many that were left out.
    observed: usize,
    left_out: u64,
}

impl<'j> Notes<'j> {
    pub(crate) fn new(journal: &'j Journal) -> Self {
        Self {
            journal,
            pending: Vec::new(),
            rules: HashMap::new(),
            observed: 0,
            left_out: 0,
        }
    }

    /// Notes what an event of a source gave.
    pub(crate) fn event(&mut self, source: usize, found: &[Finding], seen: Option<&Observations>) {
        for finding in found {
            let rule = self.rule(&finding.rule);
            self.note(&Entry::Finding(Row::of(finding, rule)));
        }
        let Some(seen) = seen else { return };
        let new = seen.list().get(self.observed..).unwrap_or_default();
        self.observed = seen.list().len();
        for one in new {
            self.note(&Entry::Observation(Cow::Borrowed(one)));
        }
        if seen.left_out() > self.left_out {
            let more = seen.left_out() - self.left_out;
            self.left_out = seen.left_out();
            self.note(&Entry::LeftOut(source, more));
        }
    }

    pub(crate) fn source(&mut self, number: usize, record: &SourceRecord) {
        self.note(&Entry::Source(number, Cow::Borrowed(record)));
    }

    /// All of a file was read; all threads have written what they noted of it.
    pub(crate) fn file(&mut self, number: usize, file: &FoundFile) {
        self.note(&Entry::File(number, file.into()));
        self.write();
    }

    pub(crate) fn write(&mut self) {
        if !self.pending.is_empty() {
            self.journal.write(&self.pending);
            self.pending.clear();
        }
    }

    /// The number of a rule, noted before what refers to it.
    fn rule(&mut self, rule: &Arc<Rule>) -> usize {
        let address = Arc::as_ptr(rule).addr();
        if let Some((number, _)) = self.rules.get(&address) {
            return *number;
        }
        let number = self.journal.rules.fetch_add(1, Ordering::Relaxed);
        self.rules.insert(address, (number, Arc::clone(rule)));
        match serde_json::to_string(&**rule) {
            Ok(text) => self.note(&Entry::Rule(number, text.into())),
            Err(error) => self.fail(error.into()),
        }
        number
    }

    fn note(&mut self, entry: &Entry<'_>) {
        if let Err(error) = append(&mut self.pending, entry) {
            self.fail(error);
        } else if self.pending.len() > PENDING_BYTES {
            self.write();
        }
    }

    /// What cannot be noted makes all that follows worthless.
    fn fail(&self, error: io::Error) {
        let mut output = self.journal.output();
        output.failed = output.failed.take().or(Some(error));
    }
}

/// Adds an entry with its head.
fn append(bytes: &mut Vec<u8>, entry: &Entry<'_>) -> io::Result<()> {
    let start = bytes.len();
    bytes.extend([0; HEAD_BYTES]);
    *bytes = postcard::to_extend(entry, std::mem::take(bytes)).map_err(damaged)?;
    let written = bytes.get_mut(start..).unwrap_or_default();
    if let Some((head, body)) = written.split_first_chunk_mut::<HEAD_BYTES>() {
        let length = u32::try_from(body.len()).map_err(damaged)?;
        let sum = crc32fast::hash(body);
        *head = (u64::from(length) | u64::from(sum) << 32).to_le_bytes();
    }
    Ok(())
}
