use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use daylight_model::{Finding, FindingKind, Level, Reading, Timestamp};
use daylight_pipeline::{Error, Findings, Hunt, HuntOptions, hunt, outside_evidence, read};

use crate::commands::{
    EvidenceArguments, IndicatorArguments, ReportArguments, ResumeArguments, RuleArguments,
    WindowArguments, command_line, explain, some_exist, some_missing, tell_notes, tell_problems,
};
use crate::error::Exit;
use crate::progress::Bar;
use crate::terminal;

/// Hunt in evidence with the embedded rules, Sigma rules of yours and a report's indicators
///
/// Evidence is files, folders and archives with logs of Windows, IIS, Exchange, Linux, web servers,
/// networks and clouds (`daylight evidence kinds` lists all). It is opened read-only.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Evidence: files, folders, archives
    #[arg(required = true, value_name = "PATH")]
    evidence: Vec<PathBuf>,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    reading: EvidenceArguments,
    #[command(flatten)]
    lists: IndicatorArguments,
    #[command(flatten)]
    window: WindowArguments,
    /// Look for the indicators of a report too; may be given more than once
    #[arg(long, value_name = "REPORT")]
    report: Vec<String>,
    #[command(flatten)]
    fetch: ReportArguments,
    /// Show findings of this level and above
    #[arg(long, value_name = "LEVEL", default_value = "low", value_parser = level)]
    level: Level,
    /// Say why this rule found what it found, or nothing, instead of hunting: by its id, the
    /// beginning of it, or its title
    #[arg(long, value_name = "RULE", conflicts_with_all = ["report", "yara", "level", "jsonl", "csv"])]
    explain: Option<String>,
    /// Explain the record with this number (of each file), part by part; may be given more than
    /// once
    #[arg(long, value_name = "NUMBER", requires = "explain")]
    record: Vec<u64>,
    /// One JSON object with the explanation
    #[arg(long, requires = "explain")]
    json: bool,
    /// One JSON object a line for each finding
    #[arg(long, conflicts_with = "csv")]
    jsonl: bool,
    /// Comma-separated values; cells that a spreadsheet would run as a formula get a leading '
    #[arg(long)]
    csv: bool,
    /// Write findings.jsonl (with --csv: findings.csv) and manifest.json to this folder instead of
    /// showing what was found; --level holds here too
    #[arg(long, short, value_name = "DIR", conflicts_with = "explain")]
    out: Option<PathBuf>,
    #[command(flatten)]
    resume: ResumeArguments,
    /// End with 0 whether something was found or not
    #[arg(long)]
    exit_zero: bool,
    /// No progress and no warnings
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  daylight hunt /mnt/triage
  daylight hunt logs.zip --level high --jsonl > findings.jsonl
  daylight hunt C:\\Windows\\System32\\winevt\\Logs --rules sigma/rules --only-rules
  daylight hunt /mnt/triage --yara yara-rules
  daylight hunt /mnt/triage --report advisory.pdf
  daylight hunt /var/log --indicators feed.csv --indicators bundle.json
  daylight hunt /mnt/triage --out case-7 --resume
  daylight hunt /mnt/triage --rules sigma/rules --explain 4d07b1f4
  daylight hunt Security.evtx --explain \"Whoami as SYSTEM\" --record 4711

Exit codes: 0 nothing found (or a rule was explained), 1 something found (level medium or above), 2 error.";

impl Arguments {
    /// The file that findings are written to, where they are.
    fn findings_path(&self) -> Option<PathBuf> {
        let name = if self.csv {
            "findings.csv"
        } else {
            "findings.jsonl"
        };
        self.out.as_ref().map(|folder| folder.join(name))
    }
}

pub(super) fn level(word: &str) -> Result<Level, String> {
    let levels = [
        Level::Informational,
        Level::Low,
        Level::Medium,
        Level::High,
        Level::Critical,
    ];
    levels
        .into_iter()
        .find(|level| level.as_str().eq_ignore_ascii_case(word))
        .ok_or_else(|| "levels are informational, low, medium, high and critical".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    some_exist(&arguments.evidence)?;
    if let Some(out) = &arguments.out {
        outside_evidence(out, &arguments.evidence)?;
    } else if arguments.resume.resume {
        anyhow::bail!("--resume goes on in a folder: name it with --out");
    }
    if let Some(words) = &arguments.explain {
        let asked = explain::Asked {
            evidence: &arguments.evidence,
            words,
            records: &arguments.record,
            options: &arguments.reading.options(&arguments.rules)?,
            json: arguments.json,
            quiet: arguments.quiet,
        };
        return explain::run(&asked);
    }
    let out = arguments.out.as_deref();
    let hunting = HuntOptions {
        indicator_files: arguments.lists.indicators.clone(),
        window: arguments.window.window()?,
        journal: out.map(|out| arguments.resume.journal(out)),
        ..arguments.reading.options(&arguments.rules)?
    };
    let options = arguments.fetch.options();
    let readings = arguments
        .report
        .iter()
        .map(|report| Ok(read(report, &options)?.reading))
        .collect::<anyhow::Result<Vec<Reading>>>()?;
    let given: Vec<&Reading> = readings.iter().collect();
    let (hunted, findings) = {
        let bar = Bar::new(arguments.quiet);
        hunt(&arguments.evidence, &given, &hunting, &mut |progress| {
            bar.follow(progress)
        })?
    };
    if hunted.rules.is_empty() && hunted.indicators == 0 && given.is_empty() {
        anyhow::bail!("there is not one rule to hunt with");
    }
    if !arguments.quiet {
        tell_problems(&hunted.manifest, &hunted.rule_problems);
        tell_notes(&hunted);
    }
    let (count, found) = (findings.count(), findings.count_from(Level::Medium) > 0);
    let shown = findings.count_from(arguments.level);
    let repeated = findings.repeated();
    show(arguments, &hunted, findings)?;
    if let Some(folder) = out {
        hunted.write_manifest(folder, &command_line(), Timestamp::now())?;
    }
    if out.is_some() || !arguments.jsonl && !arguments.csv {
        let count = count - repeated.count_from(Level::Informational);
        let shown = shown - repeated.count_from(arguments.level);
        terminal::say(&format!("\n{}", read_in_words(&hunted, count, shown)))?;
    }
    let nothing_read = hunted
        .manifest
        .sources
        .iter()
        .all(|source| source.events == 0);
    if nothing_read {
        terminal::complain(
            "note: no event could be read, so nothing could be seen; nothing follows from the absence of findings",
        );
    }
    // A path that was named and is not there lets nothing be concluded from an absence.
    if !found && some_missing(&arguments.evidence) {
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::of(found, arguments.exit_zero))
}

/// Writes what was found as it is asked for, one after the other where nothing else needs them
/// all at once.
fn show(arguments: &Arguments, hunted: &Hunt, findings: Findings) -> anyhow::Result<()> {
    let mut failed = None;
    let shown = findings
        .each(&hunted.manifest.sources)
        .map_while(|finding| finding.map_err(|error| failed = Some(error)).ok())
        .filter(|finding| finding.rule.level >= arguments.level);
    if let Some(path) = arguments.findings_path() {
        File::create(&path)
            .and_then(|file| write(shown, arguments.csv, file))
            .map_err(|source| Error::Write { path, source })?;
    } else if arguments.jsonl || arguments.csv {
        write(shown, arguments.csv, io::stdout().lock())
            .context("cannot write to standard output")?;
    } else {
        let shown: Vec<Finding> = shown.collect();
        terminal::say(&daylight_dossier::table(
            &shown,
            terminal::colour(),
            terminal::width(),
        ))?;
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn write(findings: impl Iterator<Item = Finding>, csv: bool, out: impl Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(64 << 10, out);
    if csv {
        daylight_dossier::findings_csv(findings, &mut out)?;
    } else {
        daylight_dossier::findings_jsonl(findings, &mut out)?;
    }
    out.flush()
}

/// "83 rules over 112 events of 1 file: 1 finding, 1 shown".
fn read_in_words(hunted: &Hunt, count: u64, shown: u64) -> String {
    let sources = &hunted.manifest.sources;
    let counts = [
        (hunted.rules.len() as u64, "rule"),
        (sources.iter().map(|source| source.events).sum(), "event"),
        (sources.len() as u64, "file"),
        (count, "finding"),
    ];
    let [rules, events, files, findings] =
        counts.map(|(number, noun)| terminal::count(number, noun));
    let is_yara = |kind| kind == FindingKind::Yara;
    let rules = match hunted.rules.iter().filter(|it| is_yara(it.kind)).count() {
        0 => rules,
        number => format!("{rules}, {number} of them YARA,"),
    };
    let rules = match hunted.indicators {
        0 => rules,
        number => format!(
            "{rules} and {}",
            terminal::count(number as u64, "indicator")
        ),
    };
    format!("{rules} over {events} of {files}: {findings}, {shown} shown")
}
