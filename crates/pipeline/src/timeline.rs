//! All that is in the evidence, by time.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use daylight_evidence::{FileHashes, Files, Sink};
use daylight_hunt::observed;
use daylight_model::{Event, Finding, FindingKind, Level, LogFamily, Manifest, Rule};

use crate::findings::Collector;
use crate::hunt::{SharedProgress, Window, tell_done};
use crate::{Error, Findings, HuntOptions, Progress};

/// Everything with a time, in its order, and what was read.
#[derive(Debug)]
pub struct Timeline {
    /// What was read.
    pub manifest: Manifest,
    /// Each event as a finding of no rule: what it is stands in `matched` and `context`.
    pub events: Findings,
    /// Events that bear no time.
    pub without_time: u64,
}

/// Merges the events of all evidence. Memory does not grow with them.
///
/// # Errors
/// Where events cannot be put aside.
pub fn timeline(
    evidence: &[PathBuf],
    options: &HuntOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Timeline, Error> {
    let reading = daylight_evidence::Options {
        limits: options.limits.clone(),
        hashes: FileHashes::Sha256,
        slack: options.slack,
    };
    let files = Files::find(evidence, &reading);
    progress(Progress::Total(files.size_bytes()));
    let progress = Mutex::new(progress);
    let rule = Arc::new(no_rule());
    let mut sinks: Vec<TimelineSink<'_, '_>> = (0..options.threads.max(1))
        .map(|_| TimelineSink {
            rule: Arc::clone(&rule),
            window: options.window,
            found: Vec::new(),
            collector: Collector::default(),
            without_time: 0,
            progress: &progress,
        })
        .collect();
    let (manifest, numbering) = daylight_evidence::read_in_parallel(files, &reading, &mut sinks);
    let without_time = sinks.iter().map(|sink| sink.without_time).sum();
    let collectors = sinks.into_iter().map(|sink| sink.collector).collect();
    Ok(Timeline {
        manifest,
        events: Findings::new(collectors, numbering)?,
        without_time,
    })
}

/// An event rests on nothing but itself.
fn no_rule() -> Rule {
    Rule {
        id: "event".to_owned(),
        kind: FindingKind::Sigma,
        title: String::new(),
        description: String::new(),
        level: Level::Informational,
        tags: Vec::new(),
        references: Vec::new(),
        false_positives: Vec::new(),
        log_sources: Vec::new(),
        origin: String::new(),
    }
}

/// Keeps the events of one thread.
struct TimelineSink<'h, 'p> {
    rule: Arc<Rule>,
    window: Window,
    found: Vec<Finding>,
    collector: Collector,
    without_time: u64,
    progress: &'h SharedProgress<'p>,
}

impl Sink for TimelineSink<'_, '_> {
    fn event(&mut self, event: &Event<'_>) {
        if event.time.is_none() {
            self.without_time += u64::from(event.family != LogFamily::FileListing);
        } else if self.window.holds(event.time) {
            self.found.push(observed(event, Arc::clone(&self.rule)));
            self.collector.add(&mut self.found);
        }
    }

    fn progress(&mut self, bytes_done: u64) {
        tell_done(self.progress, bytes_done);
    }
}
