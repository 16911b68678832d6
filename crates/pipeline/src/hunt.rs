use std::path::PathBuf;
use std::sync::Arc;

use daylight_evidence::Sink;
use daylight_hunt::{
    Hunter, IndicatorSet, Observations, Placeholders, RuleProblem, RuleSet, attach_source,
    correlate,
};
use daylight_model::{Event, Finding, Indicator, Limits, Manifest, Problem, Reading, Rule};

use crate::{Error, Progress};

/// Findings kept in memory. A hunt that finds more has rules that match everything; it says
/// so and keeps the first.
const FINDINGS_MAX: usize = 1_000_000;

/// What to hunt with.
#[derive(Debug, Default)]
pub struct HuntOptions {
    /// Folders of Sigma rules besides the embedded ones.
    pub rule_directories: Vec<PathBuf>,
    /// Leave the embedded rules out.
    pub only_given_rules: bool,
    /// What the placeholders of rules stand for.
    pub placeholders: Placeholders,
    /// How much to take in.
    pub limits: Limits,
}

/// What a hunt found, and what it read.
#[derive(Debug)]
pub struct Hunt {
    /// What was found, by time.
    pub findings: Vec<Finding>,
    /// What was read.
    pub manifest: Manifest,
    /// What was looked for.
    pub rules: Vec<Arc<Rule>>,
    /// Rules that could not be used, with the reason.
    pub rule_problems: Vec<RuleProblem>,
    /// Indicators that were not looked for, with the reason.
    pub indicators_left_out: Vec<(Indicator, String)>,
}

/// Hunts with rules and with the indicators that the readings give.
pub fn hunt(
    evidence: &[PathBuf],
    readings: &[&Reading],
    options: &HuntOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Hunt, Error> {
    let sets: Vec<IndicatorSet> = readings.iter().copied().map(indicator_set).collect();
    hunt_with(evidence, &sets, options, progress)
}

/// The indicators of a reading that are worth looking for, under its document's title.
pub(crate) fn indicator_set(reading: &Reading) -> IndicatorSet {
    let document = &reading.document;
    let title = document.title.as_deref().unwrap_or(&document.source);
    IndicatorSet::new(&document.id, title, &reading.indicators)
}

/// The rules that the options ask for.
///
/// # Errors
///
/// Where a folder of rules cannot be read.
pub fn rule_set(options: &HuntOptions) -> Result<RuleSet, Error> {
    let mut rules = if options.only_given_rules {
        RuleSet::empty()
    } else {
        RuleSet::embedded()
    };
    rules.set_placeholders(options.placeholders.clone());
    for directory in &options.rule_directories {
        rules.add_directory(directory, &options.limits)?;
    }
    Ok(rules)
}

/// Hunts with rules and indicators.
pub(crate) fn hunt_with(
    evidence: &[PathBuf],
    sets: &[IndicatorSet],
    options: &HuntOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Hunt, Error> {
    let rules = rule_set(options)?;
    // One hunter a report, so that a finding on an indicator names the report that gives it;
    // the first also carries the rules.
    let (nothing, no_rules) = (IndicatorSet::default(), RuleSet::empty());
    let hunters = match sets.split_first() {
        None => vec![Hunter::with_limits(&rules, &nothing, &options.limits)],
        Some((first, others)) => {
            std::iter::once(Hunter::with_limits(&rules, first, &options.limits))
                .chain(others.iter().map(|set| Hunter::new(&no_rules, set)))
                .collect()
        }
    };
    let reading = daylight_evidence::Options {
        limits: options.limits.clone(),
    };
    progress(Progress::Total(daylight_evidence::measure(
        evidence, &reading,
    )));
    let mut sink = HuntSink {
        hunters,
        findings: Vec::new(),
        left_out: 0,
        progress,
    };
    let mut manifest = daylight_evidence::read(evidence, &reading, &mut sink);
    let HuntSink {
        hunters,
        mut findings,
        left_out,
        ..
    } = sink;
    correlations(&rules, hunters, options, &mut findings, &mut manifest);
    if left_out > 0 {
        let message = format!(
            "{left_out} more findings were met and left out after the first {FINDINGS_MAX}; a rule that matches everything is the likely cause"
        );
        manifest.problems.push(Problem {
            path: String::new(),
            offset: None,
            record: None,
            message,
        });
    }
    for finding in &mut findings {
        if let Some(source) = manifest.sources.get(finding.source) {
            attach_source(finding, source);
        }
    }
    findings.sort_by(|one, other| {
        let key = |finding: &Finding| {
            (
                finding.time.is_none(),
                finding.time,
                finding.source,
                finding.record,
            )
        };
        key(one).cmp(&key(other))
    });
    Ok(Hunt {
        findings,
        manifest,
        rules: rules.rules().cloned().collect(),
        rule_problems: rules.problems().to_vec(),
        indicators_left_out: sets
            .iter()
            .flat_map(|set| set.left_out().to_vec())
            .collect(),
    })
}

/// Adds what the matches of all hunters say together, now that all evidence has been read.
fn correlations(
    rules: &RuleSet,
    hunters: Vec<Hunter<'_>>,
    options: &HuntOptions,
    findings: &mut Vec<Finding>,
    manifest: &mut Manifest,
) {
    let mut observations = Observations::default();
    for hunter in hunters {
        observations.merge(hunter.finish());
    }
    let (correlated, left_out) = correlate(rules, observations, &options.limits);
    findings.extend(correlated);
    let problems = left_out.into_iter().map(|problem| Problem {
        path: problem.path,
        offset: None,
        record: None,
        message: problem.reason,
    });
    manifest.problems.extend(problems);
}

/// Hands events to the hunter and keeps what it finds.
struct HuntSink<'h> {
    hunters: Vec<Hunter<'h>>,
    findings: Vec<Finding>,
    left_out: usize,
    progress: &'h mut dyn FnMut(Progress),
}

impl Sink for HuntSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        for hunter in &mut self.hunters {
            hunter.event(event, &mut self.findings);
        }
        self.left_out += self.findings.len().saturating_sub(FINDINGS_MAX);
        self.findings.truncate(FINDINGS_MAX);
    }

    fn progress(&mut self, bytes_done: u64) {
        (self.progress)(Progress::Done(bytes_done));
    }
}
