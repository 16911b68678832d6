//! The same event in a backup, a copy or a second export counts once. Exports cut times to
//! milliseconds, and lay out values anew: neither makes another event.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use daylight_model::Timestamp;
use foldhash::quality::RandomState;

/// Events of one moment that are remembered; what lies beyond counts for itself.
const REMEMBERED_MAX: usize = 100_000;

/// Goes along events in order of time.
#[derive(Debug, Default)]
pub struct Once {
    /// In milliseconds.
    time: Option<i64>,
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
        let time = time.map(Timestamp::as_millisecond);
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

/// A value, however it is laid out.
#[derive(Debug)]
pub struct Laid<'t>(pub &'t str);

impl Hash for Laid<'_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for word in self.0.split_whitespace() {
            word.hash(hasher);
        }
        hasher.write_u8(0);
    }
}
