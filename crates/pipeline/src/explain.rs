use std::path::PathBuf;
use std::sync::Arc;

use daylight_evidence::Sink;
use daylight_hunt::{Explainer, Explanation, RuleSet, Summary, Tally, WantedLog};
use daylight_model::{Event, Manifest, Rule};
use serde::Serialize;

use crate::hunt::hashes;
use crate::{HuntOptions, Progress};

/// Records that are explained one by one: a number stands once in each file, and there may be
/// many files.
const RECORDS_MAX: usize = 100;

/// What rules made of evidence, and why.
#[derive(Debug)]
pub struct Explained {
    /// What was read.
    pub manifest: Manifest,
    /// Each rule that was asked for.
    pub rules: Vec<ExplainedRule>,
}

/// What a rule made of evidence, and why.
#[derive(Debug, Serialize)]
pub struct ExplainedRule {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The rule's own words for its logs.
    pub log_words: String,
    /// The events that it reads; none where Daylight has no reader for them.
    pub wanted: Vec<WantedLog>,
    /// What it made of all events.
    pub summary: Summary,
    /// The records that were asked for.
    pub records: Vec<Explanation>,
    /// How many more have such a number.
    pub records_left_out: u64,
}

/// Goes through evidence once and explains what rules make of it: all of it in a summary, and
/// the records with these numbers one by one.
#[must_use]
pub fn explain(
    evidence: &[PathBuf],
    rules: &RuleSet,
    explainers: &[Explainer<'_>],
    records: &[u64],
    options: &HuntOptions,
    progress: &mut dyn FnMut(Progress),
) -> Explained {
    let reading = daylight_evidence::Options {
        limits: options.limits.clone(),
        hashes: hashes(rules, &[]),
        slack: options.slack,
    };
    progress(Progress::Total(daylight_evidence::measure(
        evidence, &reading,
    )));
    let mut sink = ExplainSink {
        rules: explainers.iter().map(One::new).collect(),
        records,
        progress,
    };
    // One after the other, so that the first event that came closest is the same each time.
    let manifest = daylight_evidence::read(evidence, &reading, &mut sink);
    Explained {
        manifest,
        rules: sink.rules.into_iter().map(One::finish).collect(),
    }
}

/// A rule on the way through the evidence.
struct One<'e> {
    explainer: &'e Explainer<'e>,
    tally: Tally<'e>,
    records: Vec<Explanation>,
    left_out: u64,
}

impl<'e> One<'e> {
    fn new(explainer: &'e Explainer<'e>) -> Self {
        Self {
            explainer,
            tally: explainer.tally(),
            records: Vec::new(),
            left_out: 0,
        }
    }

    fn event(&mut self, event: &Event<'_>, is_asked_for: bool) {
        self.tally.event(event);
        if is_asked_for && self.records.len() < RECORDS_MAX {
            self.records.push(self.explainer.event(event));
        } else if is_asked_for {
            self.left_out += 1;
        }
    }

    fn finish(self) -> ExplainedRule {
        ExplainedRule {
            rule: Arc::clone(self.explainer.rule()),
            log_words: self.explainer.log_words(),
            wanted: self.explainer.wanted(),
            summary: self.tally.summary(),
            records: self.records,
            records_left_out: self.left_out,
        }
    }
}

struct ExplainSink<'e, 'p> {
    rules: Vec<One<'e>>,
    records: &'e [u64],
    progress: &'p mut dyn FnMut(Progress),
}

impl Sink for ExplainSink<'_, '_> {
    fn event(&mut self, event: &Event<'_>) {
        let is_asked_for = self.records.contains(&event.record);
        for rule in &mut self.rules {
            rule.event(event, is_asked_for);
        }
    }

    fn progress(&mut self, bytes_done: u64) {
        (self.progress)(Progress::Done(bytes_done));
    }
}
