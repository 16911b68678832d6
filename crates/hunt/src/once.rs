//! The same event in a backup, a copy or a second export counts once.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

use daylight_model::Timestamp;
use foldhash::quality::RandomState;

/// Events of one moment that are remembered; what lies beyond counts for itself.
const REMEMBERED_MAX: usize = 100_000;

/// Goes along events in order of time.
#[derive(Debug, Default)]
pub struct Once {
    time: Option<Timestamp>,
    hashes: RandomState,
    /// What was met at this time, and in which file.
    met: HashMap<u64, usize>,
}

impl Once {
    /// Whether no other file has shown this before. The same twice in one file are two events.
    pub fn is_first(
        &mut self,
        time: Option<Timestamp>,
        source: usize,
        identity: impl Hash,
    ) -> bool {
        if time != self.time {
            self.time = time;
            self.met.clear();
        }
        if self.met.len() >= REMEMBERED_MAX {
            return true;
        }
        let identity = self.hashes.hash_one(identity);
        *self.met.entry(identity).or_insert(source) == source
    }
}
