//! The same event in a backup, a copy or a second export counts once.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use daylight_model::{Finding, Level, LogFamily, Timestamp};
use foldhash::quality::RandomState;

/// Findings of one moment that are remembered; what lies beyond counts for itself.
const REMEMBERED_MAX: usize = 100_000;

/// How many findings repeat others, by level; known once all have been gone through.
#[derive(Debug, Clone, Default)]
pub struct Repeated(Arc<[AtomicU64; 5]>);

impl Repeated {
    /// How many there are of this level and above.
    #[must_use]
    pub fn count_from(&self, level: Level) -> u64 {
        let counts = self.0.iter().skip(level as usize);
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

/// Goes along findings in order of time.
#[derive(Debug, Default)]
pub(crate) struct Once {
    /// Whether there is no other file.
    is_single: bool,
    time: Option<Timestamp>,
    hashes: RandomState,
    /// What was met at this time, and in which file.
    met: HashMap<u64, usize>,
    repeated: Repeated,
}

impl Once {
    /// For findings of so many files.
    pub(crate) fn new(repeated: Repeated, files: usize) -> Self {
        Self {
            is_single: files == 1,
            repeated,
            ..Self::default()
        }
    }

    /// Whether no other file has shown this before. The same twice in one file are two events.
    pub(crate) fn is_first(&mut self, finding: &Finding) -> bool {
        // A file that lies in two places is two facts.
        if self.is_single || finding.family == LogFamily::FileListing {
            return true;
        }
        if finding.time != self.time {
            self.time = finding.time;
            self.met.clear();
        }
        if self.met.len() >= REMEMBERED_MAX {
            return true;
        }
        let source = *self
            .met
            .entry(self.identity(finding))
            .or_insert(finding.source);
        if source == finding.source {
            return true;
        }
        if let Some(count) = self.repeated.0.get(finding.rule.level as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        false
    }

    /// What makes two findings the same. Windows names machine, log and time to a fraction of a
    /// second, so that the event shows in any export; of other logs, only whole copies are the same.
    fn identity(&self, finding: &Finding) -> u64 {
        let mut hasher = self.hashes.build_hasher();
        match (&finding.channel, &finding.host, finding.time) {
            (Some(channel), Some(host), Some(_)) => {
                (&finding.rule.id, &finding.rule.origin).hash(&mut hasher);
                (channel, host, finding.event_id).hash(&mut hasher);
                for field in finding.matched.iter().chain(&finding.context) {
                    (&field.field, &field.value).hash(&mut hasher);
                }
            }
            _ => finding.id.hash(&mut hasher),
        }
        hasher.finish()
    }
}
