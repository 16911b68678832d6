use std::path::PathBuf;
use std::time::Instant;

use daylight_dossier::{Advice, Case, HeldBack, Subject, Verdict};
use daylight_hunt::IndicatorSet;
use daylight_model::{Coverage, Finding, Link, Problem, Reading, Timestamp};
use daylight_store::Tlp;

use crate::hunt::{hunt_with, indicator_set};
use crate::{
    Error, Hunt, HuntOptions, LinkedReading, Progress, ReadOptions, VERSION, read, subjects,
};

/// Findings that a dossier is made of. Where there are more, rules match everything; it says
/// so and takes the first.
const FINDINGS_MAX: usize = 1_000_000;

fn too_many(left_out: u64) -> Problem {
    let message = format!(
        "{left_out} more findings were met and left out after the first {FINDINGS_MAX}; a rule that matches everything is the likely cause"
    );
    Problem {
        path: String::new(),
        offset: None,
        record: None,
        message,
    }
}

/// Everything one investigation found out.
#[derive(Debug)]
pub struct Investigation {
    /// What was read.
    pub readings: Vec<Reading>,
    /// What the words of each reading may refer to.
    pub links: Vec<Vec<Link>>,
    /// What the readings lead to.
    pub subjects: Vec<Subject>,
    /// Reports that could not be read, with the reason; the manifest lists them too.
    pub reports_unread: Vec<Problem>,
    /// What was hunted in, and with what.
    pub hunt: Hunt,
    /// What was found in the evidence, by time.
    pub findings: Vec<Finding>,
    /// What could be seen.
    pub coverage: Coverage,
    /// What to do.
    pub advice: Vec<Advice>,
    /// Daylight's version.
    pub tool_version: String,
    /// The command line, where the caller tells it.
    pub command: Option<String>,
    /// When it ran.
    pub generated: Timestamp,
    /// How long it took.
    pub duration_seconds: f64,
    /// How far it may go, where somebody said so.
    pub marking: Option<Tlp>,
    /// What was left out for that.
    pub held_back: HeldBack,
}

/// Reads the reports, hunts in the evidence for what they lead to and says what could be seen.
pub fn investigate(
    reports: &[String],
    evidence: &[PathBuf],
    reading: &ReadOptions,
    hunting: &HuntOptions,
    now: Timestamp,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Investigation, Error> {
    let begun = Instant::now();
    let (linked, unread) = read_all(reports, reading)?;
    let mut found = follow(linked, evidence, hunting, now, progress)?;
    found.hunt.manifest.problems.extend(unread.iter().cloned());
    found.reports_unread = unread;
    found.duration_seconds = begun.elapsed().as_secs_f64();
    Ok(found)
}

/// Hunts in the evidence for what readings lead to, and says what could be seen.
pub(crate) fn follow(
    linked: Vec<LinkedReading>,
    evidence: &[PathBuf],
    hunting: &HuntOptions,
    now: Timestamp,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Investigation, Error> {
    let sets: Vec<IndicatorSet> = linked
        .iter()
        .map(|linked| indicator_set(&linked.reading))
        .collect();
    let knowledge = hunting.known.knowledge();
    let subjects = subjects::subjects(&linked, &sets, knowledge);
    let (window, window_source) = subjects::window(&linked, knowledge);
    let (mut hunt, findings) = hunt_with(evidence, &sets, hunting, progress)?;
    let (findings, left_out) = findings.all(&hunt.manifest, FINDINGS_MAX)?;
    if left_out > 0 {
        hunt.manifest.problems.push(too_many(left_out));
    }
    let coverage = daylight_dossier::coverage(
        &subjects,
        window,
        window_source,
        &hunt.rules,
        &findings,
        &hunt.manifest,
    );
    let facts = subjects::facts(&subjects, knowledge);
    let advice = daylight_dossier::advise(&subjects, &findings, &coverage, &facts);
    let (readings, links) = linked
        .into_iter()
        .map(|linked| (linked.reading, linked.links))
        .unzip();
    Ok(Investigation {
        readings,
        links,
        subjects,
        reports_unread: Vec::new(),
        hunt,
        findings,
        coverage,
        advice,
        tool_version: VERSION.to_owned(),
        command: None,
        generated: now,
        duration_seconds: 0.0,
        marking: None,
        held_back: HeldBack::default(),
    })
}

/// Reads what can be read of the reports. Only where none can be there is nothing to do.
fn read_all(
    reports: &[String],
    options: &ReadOptions,
) -> Result<(Vec<LinkedReading>, Vec<Problem>), Error> {
    let mut linked = Vec::new();
    let mut unread = Vec::new();
    for report in reports {
        match read(report, options) {
            Ok(reading) => linked.push(reading),
            Err(error) if reports.len() == 1 => return Err(error),
            Err(error) => unread.push(Problem {
                path: report.clone(),
                offset: None,
                record: None,
                message: error.to_string(),
            }),
        }
    }
    if linked.is_empty() {
        return Err(Error::NoReport { reasons: unread });
    }
    Ok((linked, unread))
}

impl Investigation {
    /// The same, as the dossier takes it.
    #[must_use]
    pub fn case(&self) -> Case<'_> {
        Case {
            readings: &self.readings,
            links: &self.links,
            rules: &self.hunt.rules,
            rule_problems: self.hunt.rule_problems.len(),
            findings: &self.findings,
            manifest: &self.hunt.manifest,
            coverage: &self.coverage,
            advice: &self.advice,
            generated: self.generated,
            tool_version: &self.tool_version,
            command: self.command.as_deref(),
            duration_seconds: self.duration_seconds,
            marking: self.marking.map(Tlp::label),
            held_back: self.held_back,
        }
    }

    /// How it ended.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        daylight_dossier::verdict(&self.case())
    }
}
