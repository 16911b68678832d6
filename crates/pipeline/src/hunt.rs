use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use daylight_evidence::{FileHashes, Files, FoundFile, Sink};
use daylight_hunt::{
    Hunter, IndicatorSet, Observations, Placeholders, RuleProblem, RuleSet, Sha256Of, correlate,
};
use daylight_model::{
    Decisive, Event, Finding, Indicator, Limits, LogFamily, Manifest, Problem, Reading, Rule,
    SourceRecord, Timestamp,
};

use crate::findings::Collector;
use crate::journal::{Journal, Journaling, Notes, Restored, With};
use crate::yara::{Contents, Yara};
use crate::{Error, Findings, Known, Progress, lists};

/// What to hunt with.
#[derive(Debug, Default)]
pub struct HuntOptions {
    /// Folders of Sigma rules besides the embedded ones.
    pub rule_directories: Vec<PathBuf>,
    /// Files and folders of YARA rules, for what files hold.
    pub yara_paths: Vec<PathBuf>,
    /// Leave the embedded rules out.
    pub only_given_rules: bool,
    /// What the placeholders of rules stand for.
    pub placeholders: Placeholders,
    /// Lists of indicators to look for: STIX, MISP, CSV, a value a line.
    pub indicator_files: Vec<PathBuf>,
    /// How much to take in.
    pub limits: Limits,
    /// How many threads to hunt with; none counts as one.
    pub threads: usize,
    /// Also read what is left of older records in Windows event logs.
    pub slack: bool,
    /// Which time to look at.
    pub window: Window,
    /// What is known before: which ids techniques bear today.
    pub known: Known,
    /// Where to note what was found so far, so that a hunt that is killed can go on.
    pub journal: Option<Journaling>,
}

/// From when to when events count. Those that bear no time always do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Window {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub to: Option<Timestamp>,
}

impl Window {
    /// Whether an event of this time counts.
    #[must_use]
    pub fn holds(&self, time: Option<Timestamp>) -> bool {
        time.is_none_or(|time| {
            self.from.is_none_or(|from| from <= time) && self.to.is_none_or(|to| time < to)
        })
    }
}

/// What a hunt read, and with what.
#[derive(Debug)]
pub struct Hunt {
    /// What was read.
    pub manifest: Manifest,
    /// What was looked for.
    pub rules: Vec<Arc<Rule>>,
    /// Rules that could not be used, with the reason.
    pub rule_problems: Vec<RuleProblem>,
    /// Techniques that rules name by ids of before, with those of today and how many rules do.
    pub renumbered: BTreeMap<(String, String), usize>,
    /// How many indicators were looked for.
    pub indicators: usize,
    /// Indicators that were not looked for, with the reason.
    pub indicators_left_out: Vec<(Indicator, String)>,
    /// To be removed when the result is written.
    pub(crate) journal: Option<Journal>,
}

/// Hunts with rules and with the indicators that the readings give.
pub fn hunt(
    evidence: &[PathBuf],
    readings: &[&Reading],
    options: &HuntOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Hunt, Findings), Error> {
    let sets: Vec<IndicatorSet> = readings.iter().copied().map(indicator_set).collect();
    hunt_with(evidence, &sets, options, progress)
}

/// The indicators of a reading that are worth looking for, under its document's title.
pub(crate) fn indicator_set(reading: &Reading) -> IndicatorSet {
    let document = &reading.document;
    IndicatorSet::new(&document.id, document.name(), &reading.indicators)
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
    thread::scope(|scope| {
        // Unpacked meanwhile.
        scope.spawn(|| options.known.knowledge());
        let mut directories = options.rule_directories.iter();
        directories.try_for_each(|directory| rules.add_directory(directory, &options.limits))
    })?;
    renumber(&mut rules, &options.known);
    Ok(rules)
}

/// Daylight's own rules.
pub(crate) fn embedded_rules(known: &Known) -> RuleSet {
    let mut rules = RuleSet::embedded();
    renumber(&mut rules, known);
    rules
}

fn renumber(rules: &mut RuleSet, known: &Known) {
    let knowledge = known.knowledge();
    rules.renumber(&|id| Some(knowledge.renumbered(id)?.id.clone()));
}

/// Hunts with rules and indicators.
pub(crate) fn hunt_with(
    evidence: &[PathBuf],
    sets: &[IndicatorSet],
    options: &HuntOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Hunt, Findings), Error> {
    let rules = rule_set(options)?;
    let yara = Yara::load(options)?;
    let (listed, unusable) = lists::listed(&options.indicator_files)?;
    let listed = (!options.indicator_files.is_empty()).then_some(&listed);
    let sets: Vec<&IndicatorSet> = sets.iter().chain(listed).collect();
    let sets = sets.as_slice();
    let reading = daylight_evidence::Options {
        limits: options.limits.clone(),
        hashes: hashes(&rules, sets),
        slack: options.slack,
    };
    let mut files = Files::find(evidence, &reading);
    progress(Progress::Total(files.size_bytes()));
    let (journal, restored) = journal(&rules, yara.fingerprint(), sets, options, &mut files)?;
    let (nothing, no_rules) = (IndicatorSet::default(), RuleSet::empty());
    let progress = Mutex::new(progress);
    let mut sinks: Vec<HuntSink<'_, '_>> = (0..options.threads.max(1))
        .map(|_| HuntSink {
            hunters: hunters(&rules, sets, &nothing, &no_rules, &options.limits),
            found: Vec::new(),
            contents: yara.contents(),
            window: options.window,
            is_outside: false,
            collector: Collector::default(),
            notes: journal.as_ref().map(Notes::new),
            progress: &progress,
        })
        .collect();
    let (mut manifest, numbering) =
        daylight_evidence::read_in_parallel(files, &reading, &mut sinks);
    let (hunters, mut collectors): (Vec<_>, Vec<_>) = sinks
        .into_iter()
        .map(|sink| (sink.hunters, sink.collector))
        .unzip();
    collectors.push(restored.collector);
    let observed = hunters.into_iter().flatten().map(Hunter::finish);
    let observed = std::iter::once(restored.observations).chain(observed);
    let sha256 = |source| {
        let source = manifest.sources.get(numbering.index(source)?)?;
        Some(source.sha256.as_str()).filter(|known| !known.is_empty())
    };
    let (mut correlated, untold) = correlations(&rules, observed, &sha256, options);
    manifest.problems.extend(untold);
    manifest
        .problems
        .extend(journal.as_ref().and_then(Journal::problem));
    manifest.problems.extend(unusable);
    let mut collector = Collector::default();
    collector.add(&mut correlated);
    collectors.push(collector);
    let hunt = Hunt {
        manifest,
        rules: rules.rules().chain(yara.rules()).cloned().collect(),
        rule_problems: [rules.problems(), &yara.problems()].concat(),
        renumbered: rules.renumbered().clone(),
        indicators: sets.iter().map(|set| set.len()).sum(),
        indicators_left_out: sets
            .iter()
            .flat_map(|set| set.left_out().to_vec())
            .collect(),
        journal,
    };
    Ok((hunt, Findings::new(collectors, numbering)?))
}

/// The journal that the options ask for, and what it holds already.
fn journal(
    rules: &RuleSet,
    yara: u64,
    sets: &[&IndicatorSet],
    options: &HuntOptions,
    files: &mut Files,
) -> Result<(Option<Journal>, Restored), Error> {
    let Some(asked) = &options.journal else {
        return Ok((None, Restored::default()));
    };
    let indicators = sets.iter().map(|set| set.fingerprint()).collect();
    let HuntOptions {
        limits,
        slack,
        window,
        ..
    } = options;
    // What is known of techniques shows in the rules' tags.
    let known = rules.renumbered();
    let others = format!("{limits:?} {slack} {window:?} {known:?}");
    let with = With::new([rules.fingerprint(), yara], indicators, others);
    let (journal, restored) = Journal::open(asked, &with, files, limits.observations_max)?;
    Ok((Some(journal), restored))
}

/// Older hashes only where something is looked for by them: they take several times as long as
/// everything else.
pub(crate) fn hashes(rules: &RuleSet, sets: &[&IndicatorSet]) -> FileHashes {
    let asked = sets.iter().any(|set| set.has_older_hashes())
        || rules.asks(LogFamily::FileListing, &["MD5", "SHA1", "Hashes"]);
    if asked {
        FileHashes::All
    } else {
        FileHashes::Sha256
    }
}

/// One hunter a report, so that a finding on an indicator names the report that gives it; the
/// first also carries the rules.
fn hunters<'h>(
    rules: &'h RuleSet,
    sets: &'h [&'h IndicatorSet],
    nothing: &'h IndicatorSet,
    no_rules: &'h RuleSet,
    limits: &Limits,
) -> Vec<Hunter<'h>> {
    let (first, others) = sets.split_first().unwrap_or((&nothing, &[]));
    let others = others.iter().map(|set| Hunter::new(no_rules, set));
    std::iter::once(Hunter::with_limits(rules, first, limits))
        .chain(others)
        .collect()
}

/// What the matches of all hunters say together, now that all evidence has been read, and what
/// could not be taken into account.
fn correlations(
    rules: &RuleSet,
    observed: impl Iterator<Item = Observations>,
    sha256: &Sha256Of<'_>,
    options: &HuntOptions,
) -> (Vec<Finding>, Vec<Problem>) {
    let mut observations = Observations::new(options.limits.observations_max);
    for more in observed {
        observations.merge(more);
    }
    let (found, untold) = correlate(rules, observations, sha256, &options.limits);
    let problems = untold.into_iter().map(|problem| Problem {
        path: problem.path,
        offset: None,
        record: None,
        message: problem.reason,
    });
    (found, problems.collect())
}

/// Where several threads tell how far they have come.
pub(crate) type SharedProgress<'p> = Mutex<&'p mut (dyn FnMut(Progress) + Send)>;

pub(crate) fn tell_done(progress: &SharedProgress<'_>, bytes_done: u64) {
    // Whoever is telling now tells nearly the same.
    if let Ok(mut tell) = progress.try_lock() {
        tell(Progress::Done(bytes_done));
    }
}

/// Hands events to the hunters and keeps what they find; one for each thread.
struct HuntSink<'h, 'p> {
    hunters: Vec<Hunter<'h>>,
    found: Vec<Finding>,
    contents: Contents<'h>,
    window: Window,
    /// Whether the last event was outside the window.
    is_outside: bool,
    collector: Collector,
    notes: Option<Notes<'h>>,
    progress: &'h SharedProgress<'p>,
}

impl HuntSink<'_, '_> {
    /// Keeps what was found in a source.
    fn keep(&mut self, source: usize) {
        if let Some(notes) = &mut self.notes {
            // Only the first has rules, and observes.
            let seen = self.hunters.first().map(Hunter::observations);
            notes.event(source, &self.found, seen);
        }
        if !self.found.is_empty() {
            self.collector.add(&mut self.found);
        }
    }
}

impl Sink for HuntSink<'_, '_> {
    fn event(&mut self, event: &Event<'_>) {
        self.is_outside = !self.window.holds(event.time);
        if self.is_outside {
            return;
        }
        for hunter in &mut self.hunters {
            hunter.event(event, &mut self.found);
        }
        self.keep(event.source);
    }

    fn dismissed(&self) -> Option<&[Decisive]> {
        match self.hunters.as_slice() {
            [hunter] if !self.is_outside => hunter.dismissed(),
            _ => None,
        }
    }

    fn skim(&mut self, text: &[u8], places: &mut Vec<usize>) -> bool {
        self.hunters.iter().all(|hunter| hunter.skim(text, places))
    }

    fn content_bytes_max(&self, kind: &str) -> usize {
        self.contents.bytes_max(kind)
    }

    fn content(&mut self, listing: &Event<'_>, kind: &str, bytes: Vec<u8>) -> Vec<String> {
        let told = self.contents.look(listing, kind, bytes, &mut self.found);
        self.keep(listing.source);
        told
    }

    fn progress(&mut self, bytes_done: u64) {
        tell_done(self.progress, bytes_done);
    }

    fn source(&mut self, index: usize, record: &SourceRecord) {
        if let Some(notes) = &mut self.notes {
            notes.source(index, record);
        }
    }

    fn part(&mut self) {
        if let Some(notes) = &mut self.notes {
            notes.write();
        }
    }

    fn file(&mut self, number: usize, file: &FoundFile) {
        if let Some(notes) = &mut self.notes {
            notes.file(number, file);
        }
    }
}
