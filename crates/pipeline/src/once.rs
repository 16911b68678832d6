//! Findings on the same event of a backup, a copy or a second export are one, and counted.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use daylight_hunt::{Laid, Once};
use daylight_model::{Finding, Level, LogFamily};

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
pub(crate) struct FindingsOnce {
    /// Whether there is no other file.
    is_single: bool,
    once: Once,
    repeated: Repeated,
}

impl FindingsOnce {
    /// For findings of so many files.
    pub(crate) fn new(repeated: Repeated, files: usize) -> Self {
        Self {
            is_single: files == 1,
            once: Once::default(),
            repeated,
        }
    }

    /// Whether it is the first on its event.
    pub(crate) fn is_first(&mut self, finding: &Finding) -> bool {
        // A file that lies in two places is two facts.
        if self.is_single
            || finding.family == LogFamily::FileListing
            || self
                .once
                .is_first(finding.time, finding.source, Identity(finding))
        {
            return true;
        }
        if let Some(count) = self.repeated.0.get(finding.rule.level as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        false
    }
}

/// What makes two findings the same. Windows names machine, log and time to a fraction of a
/// second, so that the event shows in any export; of other logs, only whole copies are the same.
struct Identity<'f>(&'f Finding);

impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self(finding) = self;
        match (&finding.channel, &finding.host, finding.time) {
            (Some(channel), Some(host), Some(_)) => {
                (&finding.rule.id, &finding.rule.origin).hash(hasher);
                (channel, host, finding.event_id).hash(hasher);
                // Of long values a part is shown, which with line ends laid out anew is another.
                let whole = |value: &str| !value.starts_with('…') && !value.ends_with('…');
                let fields = finding.matched.iter().chain(&finding.context);
                // Exports leave empty ones out.
                for field in fields.filter(|it| !it.value.trim().is_empty() && whole(&it.value)) {
                    (&field.field, Laid(&field.value)).hash(hasher);
                }
            }
            _ => finding.id.hash(hasher),
        }
    }
}
