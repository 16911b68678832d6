//! Large logs in stretches, of which each can be read by itself, by any thread.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use daylight_model::Limits;

use crate::pool::lock;
use crate::recorder::Recorder;
use crate::run::Run;
use crate::tally::Tally;

/// How much of a log is read as one piece of work: so little that it stays in the cache of a
/// processor between being read, hashed and matched.
pub(crate) const STRETCH_BYTES: usize = 128 << 10;

/// Reads a stretch, given a recorder for it.
type Read = Box<dyn Fn(&mut Recorder<'_, '_>, &Stretch) + Send + Sync>;

/// A log that is read in stretches.
pub(crate) struct Log {
    pub(crate) path: String,
    /// Goes into the events.
    pub(crate) source: usize,
    read: Read,
    pending: AtomicUsize,
    done: Mutex<Done>,
}

/// What the stretches of a log came to.
#[derive(Default)]
struct Done {
    /// All up to one, added up, so that a large log takes no more memory than a small one.
    first: Tally,
    first_count: usize,
    /// Later ones, by number.
    waiting: BTreeMap<usize, Tally>,
}

impl Done {
    fn keep(&mut self, number: usize, tally: Tally, limits: &Limits) {
        self.waiting.insert(number, tally);
        while let Some(next) = self.waiting.remove(&self.first_count) {
            self.first.add([next], limits);
            self.first_count += 1;
        }
    }
}

impl Log {
    /// Keeps what a stretch came to.
    pub(crate) fn keep(&self, number: usize, tally: Tally, limits: &Limits) {
        lock(&self.done).keep(number, tally, limits);
    }

    /// Whether no stretch is with another thread.
    pub(crate) fn is_complete(&self) -> bool {
        self.pending.load(Ordering::Relaxed) == 0
    }

    /// What the stretches came to, and how many that are.
    pub(crate) fn take(&self, limits: &Limits) -> (Tally, usize) {
        let mut done = std::mem::take(&mut *lock(&self.done));
        // One that came to a bad end leaves a gap.
        let rest = std::mem::take(&mut done.waiting);
        let count = done.first_count + rest.len();
        done.first.add(rest.into_values(), limits);
        (done.first, count)
    }
}

/// A part of a log.
pub(crate) struct Stretch {
    pub(crate) log: Arc<Log>,
    /// Which of the log's stretches it is.
    pub(crate) number: usize,
    pub(crate) data: Vec<u8>,
    pub(crate) pieces: Vec<Piece>,
    /// Where it was left to another thread.
    pending: Option<Pending>,
}

/// A chunk or a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// How much of it is there.
    pub(crate) bytes: usize,
    /// Where in the file it begins.
    pub(crate) offset: u64,
    /// Its number, from 1.
    pub(crate) number: u64,
}

/// Keeps a log waiting for a stretch, also if its thread comes to a bad end.
struct Pending(Arc<Log>);

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Stretch {
    /// Makes the log wait for it.
    pub(crate) fn hand_over(&mut self) {
        self.log.pending.fetch_add(1, Ordering::Relaxed);
        self.pending = Some(Pending(Arc::clone(&self.log)));
    }

    /// Reads it.
    pub(crate) fn read(self, run: &mut Run<'_>) {
        let mut recorder = Recorder::of_stretch(run, &self.log);
        (self.log.read)(&mut recorder, &self);
        let tally = recorder.tally;
        run.sink.part();
        run.pool.stretch_done(self, tally);
    }
}

/// The stretches of a log that is being read, one after the other.
pub(crate) struct Stretches {
    /// The one that is being filled.
    pub(crate) current: Stretch,
}

impl Stretches {
    pub(crate) fn new(
        recorder: &Recorder<'_, '_>,
        read: impl Fn(&mut Recorder<'_, '_>, &Stretch) + Send + Sync + 'static,
    ) -> Self {
        let log = Arc::new(Log {
            path: recorder.record.path.clone(),
            source: recorder.index,
            read: Box::new(read),
            pending: AtomicUsize::new(0),
            done: Mutex::default(),
        });
        Self {
            current: stretch(log, 0, recorder),
        }
    }

    /// Passes the current stretch on, and begins the next.
    pub(crate) fn next(&mut self, recorder: &mut Recorder<'_, '_>) {
        let (log, number) = (Arc::clone(&self.current.log), self.current.number + 1);
        let full = std::mem::replace(&mut self.current, stretch(log, number, recorder));
        pass_on(full, recorder);
    }

    /// Waits for all of them, and adds what they came to.
    pub(crate) fn finish(self, recorder: &mut Recorder<'_, '_>) {
        let (log, count) = (Arc::clone(&self.current.log), self.current.number + 1);
        pass_on(self.current, recorder);
        let pool = recorder.run.pool;
        let (tally, read) = pool.collect(&log, |stretch| stretch.read(recorder.run));
        recorder.run.is_whole &= read == count;
        recorder.tally.add([tally], pool.limits);
    }
}

/// Leaves a stretch to a thread that has nothing to do, or reads it here.
fn pass_on(stretch: Stretch, recorder: &mut Recorder<'_, '_>) {
    if let Some(stretch) = recorder.run.pool.offer(stretch) {
        stretch.read(recorder.run);
    }
    recorder.run.report_progress();
}

fn stretch(log: Arc<Log>, number: usize, recorder: &Recorder<'_, '_>) -> Stretch {
    Stretch {
        log,
        number,
        data: recorder.run.pool.memory(),
        pieces: Vec::new(),
        pending: None,
    }
}
