//! What the threads of a run share: the files to read, stretches of large logs that whoever is
//! free may take, and the manifest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use std::time::Duration;

use daylight_model::{Limits, Manifest, Problem, SourceRecord};

use crate::stretch::{Log, Stretch};
use crate::tally::Tally;
use crate::walk::{self, FoundFile};
use crate::{Files, Options};

/// Stretches that wait for a thread. A few, so that nobody waits for the one that cuts them; no
/// more, so that they take little memory.
const WAITING_MAX: usize = 4;
/// How long to wait for a stretch before looking whether somebody still reads it.
const COLLECT_WAIT: Duration = Duration::from_millis(100);
/// Of a source's number, those that say which member of its file it is.
pub(crate) const MEMBER_BITS: u32 = 32;

/// Shared by the threads of a run.
pub(crate) struct Pool<'l> {
    pub(crate) limits: &'l Limits,
    pub(crate) options: &'l Options,
    /// Whether several threads take part.
    is_shared: bool,
    files: Vec<FoundFile>,
    /// Files that are not to be read.
    known: BTreeSet<usize>,
    queue: Mutex<Queue>,
    changed: Condvar,
    manifest: Mutex<Listing>,
    bytes_done: AtomicU64,
}

#[derive(Default)]
struct Queue {
    /// Which file is to be read next.
    next_file: usize,
    stretches: VecDeque<Stretch>,
    /// Files that are being read, and may still give stretches.
    reading: usize,
    /// Memory of stretches that are done.
    spare: Vec<Vec<u8>>,
}

#[derive(Default)]
struct Listing {
    /// By their numbers.
    sources: BTreeMap<usize, SourceRecord>,
    problems: Vec<Problem>,
    is_full_told: bool,
}

/// Something for a thread to do.
pub(crate) enum Work<'p> {
    /// A file, and its number.
    File(usize, &'p FoundFile),
    Stretch(Stretch),
}

/// A file that is being read.
pub(crate) struct Reading<'p, 'l>(&'p Pool<'l>);

impl Drop for Reading<'_, '_> {
    fn drop(&mut self) {
        lock(&self.0.queue).reading -= 1;
        self.0.changed.notify_all();
    }
}

/// A thread that panicked leaves nothing half done behind that others could not go on with.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'l> Pool<'l> {
    pub(crate) fn new(options: &'l Options, files: Files, is_shared: bool) -> Self {
        let found = files.found;
        let listing = Listing {
            sources: files.sources,
            problems: found.problems,
            ..Listing::default()
        };
        let known = files
            .known
            .iter()
            .filter_map(|number| found.files.get(*number));
        let bytes_known = known.map(|file| file.size_bytes).sum();
        Self {
            limits: &options.limits,
            options,
            is_shared,
            files: found.files,
            known: files.known,
            queue: Mutex::default(),
            changed: Condvar::new(),
            manifest: Mutex::new(listing),
            bytes_done: AtomicU64::new(bytes_known),
        }
    }

    /// The next thing to do; waits while others may still give some. `None` at the end.
    pub(crate) fn next(&self) -> Option<Work<'_>> {
        let mut queue = lock(&self.queue);
        loop {
            if let Some(stretch) = queue.stretches.pop_front() {
                return Some(Work::Stretch(stretch));
            }
            let number = queue.next_file;
            if let Some(file) = self.files.get(number) {
                queue.next_file += 1;
                if self.known.contains(&number) {
                    continue;
                }
                queue.reading += 1;
                return Some(Work::File(number, file));
            }
            if queue.reading == 0 {
                return None;
            }
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A file is being read until what this gives is dropped.
    pub(crate) fn reading(&self) -> Reading<'_, 'l> {
        Reading(self)
    }

    /// Leaves a stretch to other threads; gives it back where enough wait for one already.
    pub(crate) fn offer(&self, mut stretch: Stretch) -> Option<Stretch> {
        let mut queue = lock(&self.queue);
        if !self.is_shared || queue.stretches.len() >= WAITING_MAX {
            return Some(stretch);
        }
        stretch.hand_over();
        queue.stretches.push_back(stretch);
        // Some that wait do so for something else.
        self.changed.notify_all();
        None
    }

    /// A stretch has been read; keeps what it came to.
    pub(crate) fn stretch_done(&self, mut stretch: Stretch, tally: Tally) {
        stretch.log.keep(stretch.number, tally, self.limits);
        let mut queue = lock(&self.queue);
        queue.spare.push(std::mem::take(&mut stretch.data));
        drop(stretch);
        self.changed.notify_all();
    }

    /// Waits until all stretches of a log are read, and gives what they came to, and how many that
    /// are. `help` reads a stretch meanwhile.
    pub(crate) fn collect(&self, log: &Log, mut help: impl FnMut(Stretch)) -> (Tally, usize) {
        loop {
            let mut queue = lock(&self.queue);
            if log.is_complete() {
                return log.take(self.limits);
            }
            match queue.stretches.pop_front() {
                Some(stretch) => {
                    drop(queue);
                    help(stretch);
                }
                // Not for ever: a thread may have come to a bad end.
                None => drop(self.changed.wait_timeout(queue, COLLECT_WAIT)),
            }
        }
    }

    /// Memory for a stretch, used before where there is some.
    pub(crate) fn memory(&self) -> Vec<u8> {
        lock(&self.queue).spare.pop().unwrap_or_default()
    }

    /// Takes a place in the manifest for a file, or a member of one, that is about to be read,
    /// and gives its number.
    ///
    /// One thread numbers as it goes. Several cannot know how many members the files before
    /// theirs have: their numbers are in order, but with gaps.
    pub(crate) fn reserve(&self, file: usize, member: usize, path: &str) -> usize {
        let record = SourceRecord {
            path: path.to_owned(),
            ..SourceRecord::default()
        };
        let sources = &mut lock(&self.manifest).sources;
        let number = if self.is_shared {
            file << MEMBER_BITS | member
        } else {
            sources.len()
        };
        sources.insert(number, record);
        number
    }

    /// Fills the place that was taken.
    pub(crate) fn fill(&self, number: usize, record: SourceRecord) {
        lock(&self.manifest).sources.insert(number, record);
    }

    /// Whether one more file may be read; where not, says so once, with where it was met.
    pub(crate) fn has_room(&self, path: &str) -> bool {
        let mut manifest = lock(&self.manifest);
        let is_full = manifest.sources.len() >= self.limits.files_max;
        if is_full && !manifest.is_full_told {
            manifest.is_full_told = true;
            manifest.problems.push(Problem {
                path: path.to_owned(),
                offset: None,
                record: None,
                message: walk::too_many_files(self.limits),
            });
        }
        !is_full
    }

    /// Whether something was not read since there are too many files.
    pub(crate) fn is_full(&self) -> bool {
        lock(&self.manifest).is_full_told
    }

    /// Something is wrong that is not one file's own.
    pub(crate) fn problem(&self, path: &str, message: String) {
        lock(&self.manifest).problems.push(Problem {
            path: path.to_owned(),
            offset: None,
            record: None,
            message,
        });
    }

    /// Counts bytes of the evidence, and says how many it were in all.
    pub(crate) fn progress(&self, bytes: u64) -> u64 {
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    /// The manifest in the order of files, and the numbers of its sources.
    pub(crate) fn finish(self) -> (Manifest, Vec<usize>) {
        let listing = self
            .manifest
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let (numbers, sources) = listing.sources.into_iter().unzip();
        let problems = listing.problems;
        (Manifest { sources, problems }, numbers)
    }
}
