//! One file a command, its arguments beside it.

pub(crate) mod claims;
pub(crate) mod compare;
pub(crate) mod counter;
pub(crate) mod diff;
pub(crate) mod dossier;
pub(crate) mod evidence;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod hunt;
pub(crate) mod import;
pub(crate) mod investigate;
pub(crate) mod judge;
pub(crate) mod knowledge;
pub(crate) mod pattern;
pub(crate) mod read;
pub(crate) mod related;
pub(crate) mod rules;
pub(crate) mod search;
pub(crate) mod show;
pub(crate) mod sources;
pub(crate) mod store;
pub(crate) mod timeline;

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use daylight_model::{Manifest, Timestamp};
use daylight_pipeline::{
    Hunt, HuntOptions, Investigation, Journaling, Placeholders, ReadOptions, Redact, RuleProblem,
    Window, redact,
};
use daylight_store::Tlp;

use crate::known::known;
use crate::store::{StoreArguments, moment, without_password};
use crate::terminal;

/// How to get at reports; shared by the commands that read them.
#[derive(Debug, clap::Args)]
pub(crate) struct ReportArguments {
    /// Fetch addresses of private networks too (refused otherwise, so that a link in a story
    /// cannot be made to reach inside)
    #[arg(long)]
    allow_private: bool,
    /// Seconds to wait for a web address
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl ReportArguments {
    fn options(&self) -> ReadOptions {
        ReadOptions {
            report: self.fetching(),
            known: known(),
        }
    }

    fn fetching(&self) -> daylight_report::Options {
        daylight_report::Options {
            allow_private: self.allow_private,
            timeout_seconds: self.timeout,
            now: Some(Timestamp::now()),
            ..daylight_report::Options::default()
        }
    }
}

/// Whether to keep what is read; shared by the commands that read reports.
#[derive(Debug, clap::Args)]
pub(crate) struct KeepArguments {
    /// Keep it in the store, to be asked and compared later (see `daylight help claims`, `diff`)
    #[arg(long)]
    keep: bool,
    /// What holds for a report that bears no marking: clear, green, amber, amber+strict or red
    #[arg(long, value_name = "LEVEL", requires = "keep")]
    tlp: Option<Tlp>,
    #[command(flatten)]
    store: StoreArguments,
}

/// What to take out; shared by the commands that write dossiers.
#[derive(Debug, clap::Args)]
pub(crate) struct RedactArguments {
    /// Put host-1, user-1 … in the place of names from the evidence, to show it to others
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_enum)]
    redact: Vec<Redacted>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Redacted {
    /// Names of machines
    Hosts,
    /// Names of accounts
    Users,
}

impl RedactArguments {
    fn apply(&self, found: &mut Investigation) -> anyhow::Result<()> {
        let what: Vec<Redact> = self
            .redact
            .iter()
            .map(|it| match it {
                Redacted::Hosts => Redact::Hosts,
                Redacted::Users => Redact::Users,
            })
            .collect();
        Ok(redact(found, &what)?)
    }
}

/// What to hunt with; shared by the commands that hunt.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("given_rules").args(["rules", "yara"]).multiple(true))]
pub(crate) struct RuleArguments {
    /// A folder of Sigma rules to add; may be given more than once
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// A folder of YARA rules (*.yar, *.yara), or a file of them, for what files hold; may be
    /// given more than once
    #[arg(long, value_name = "PATH")]
    yara: Vec<PathBuf>,
    /// Leave the embedded rules out: only those of --rules and --yara
    #[arg(long, requires = "given_rules")]
    only_rules: bool,
    /// What placeholders of rules (`|expand`) stand for: a YAML or JSON map from names to lists
    /// of values
    #[arg(long, value_name = "FILE")]
    placeholders: Option<PathBuf>,
}

impl RuleArguments {
    fn options(&self) -> anyhow::Result<HuntOptions> {
        Ok(HuntOptions {
            rule_directories: self.rules.clone(),
            yara_paths: self.yara.clone(),
            only_given_rules: self.only_rules,
            placeholders: placeholders_in(self.placeholders.as_deref())?,
            known: known(),
            ..HuntOptions::default()
        })
    }
}

/// How to go through the evidence; shared by the commands that hunt.
#[derive(Debug, clap::Args)]
pub(crate) struct EvidenceArguments {
    /// Threads to hunt with [default: one for each processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1_024))]
    threads: Option<u16>,
    /// Also read what is left of older records in the unused parts of Windows event logs
    #[arg(long)]
    slack: bool,
}

impl EvidenceArguments {
    /// What to hunt with, and how to go through the evidence.
    fn options(&self, rules: &RuleArguments) -> anyhow::Result<HuntOptions> {
        Ok(HuntOptions {
            threads: self.threads(),
            slack: self.slack,
            ..rules.options()?
        })
    }

    fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(processors, usize::from)
    }
}

/// Whether to go on with a hunt that was killed; shared by the commands that hunt.
#[derive(Debug, clap::Args)]
pub(crate) struct ResumeArguments {
    /// Go on with a hunt into --out that was killed, from its hunt.journal there: files that were
    /// read and have not changed are not read again. The rest of the command must be the same,
    /// but for how findings are shown. Where there is no such hunt, this begins one; without
    /// --resume, one that is there is an error
    #[arg(long)]
    resume: bool,
}

impl ResumeArguments {
    fn journal(&self, folder: &Path) -> Journaling {
        Journaling {
            folder: folder.to_owned(),
            resume: self.resume,
        }
    }
}

/// The command, as it was given.
fn command_line() -> String {
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| without_password(&word.to_string_lossy()));
    let words: Vec<String> = words.collect();
    format!("daylight {}", words.join(" "))
}

/// Lists of indicators; shared by the commands that hunt.
#[derive(Debug, clap::Args)]
pub(crate) struct IndicatorArguments {
    /// A list of indicators to look for: a STIX bundle, a MISP event, a CSV table or a value a line;
    /// may be given more than once
    #[arg(long, value_name = "FILE")]
    indicators: Vec<PathBuf>,
}

/// Which time to look at; shared by the commands that go by it.
#[derive(Debug, clap::Args)]
pub(crate) struct WindowArguments {
    /// Leave out what is earlier: a date, or a time as 2021-03-03T06:30:00Z. What bears no time stays
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Timestamp>,
    /// Leave out what is later: a time, or a date, which counts as a whole
    #[arg(long, value_name = "TIME", value_parser = moment_after)]
    to: Option<Timestamp>,
}

impl WindowArguments {
    fn window(&self) -> anyhow::Result<Window> {
        let (from, to) = (self.from, self.to);
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            anyhow::bail!("--from is not before --to");
        }
        Ok(Window { from, to })
    }
}

fn moment_after(text: &str) -> Result<Timestamp, String> {
    const DAY_SECONDS: i64 = 86_400;
    let first = moment(text)?;
    if text.parse::<Timestamp>().is_ok() {
        return Ok(first);
    }
    Timestamp::from_second(first.as_second() + DAY_SECONDS).map_err(|error| error.to_string())
}

/// Bytes of a file with values of placeholders.
const PLACEHOLDER_BYTES_MAX: u64 = 16 << 20;

/// The values of placeholders that a file gives.
fn placeholders_in(path: Option<&Path>) -> anyhow::Result<Placeholders> {
    let Some(path) = path else {
        return Ok(Placeholders::default());
    };
    let cannot_read = || format!("cannot read placeholders from {}", path.display());
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| {
            file.take(PLACEHOLDER_BYTES_MAX + 1)
                .read_to_string(&mut text)
        })
        .with_context(cannot_read)?;
    if text.len() as u64 > PLACEHOLDER_BYTES_MAX {
        anyhow::bail!(
            "{}: larger than the limit of {PLACEHOLDER_BYTES_MAX} bytes",
            cannot_read()
        );
    }
    Placeholders::parse(&text).map_err(|reason| anyhow::anyhow!("{}: {reason}", cannot_read()))
}

/// A path that is missing among others is a warning; where all are, the command was mistyped.
fn some_exist(evidence: &[PathBuf]) -> anyhow::Result<()> {
    if evidence.iter().any(|path| path.symlink_metadata().is_ok()) {
        return Ok(());
    }
    let paths: Vec<String> = evidence
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    anyhow::bail!("no such evidence: {}", paths.join(", "))
}

/// Whether a path that was named is not there: then no absence can be concluded from.
fn some_missing(evidence: &[PathBuf]) -> bool {
    evidence.iter().any(|path| path.symlink_metadata().is_err())
}

/// How many problems are told one by one; the manifest has all.
const PROBLEMS_SHOWN_MAX: usize = 10;

/// Tells on standard error what could not be read or used.
fn tell_problems(manifest: &Manifest, rule_problems: &[RuleProblem]) {
    let of_files = manifest.sources.iter().flat_map(|source| &source.problems);
    let problems: Vec<_> = manifest.problems.iter().chain(of_files).collect();
    for problem in problems.iter().take(PROBLEMS_SHOWN_MAX) {
        let place = match (problem.offset, problem.record) {
            (Some(offset), Some(record)) => format!(" at byte {offset}, record {record}"),
            (Some(offset), None) => format!(" at byte {offset}"),
            (None, Some(record)) => format!(" at record {record}"),
            (None, None) => String::new(),
        };
        terminal::complain(&format!(
            "warning: {}{place}: {}",
            problem.path, problem.message
        ));
    }
    if problems.len() > PROBLEMS_SHOWN_MAX {
        terminal::complain(&format!(
            "warning: {} more problems; manifest.json lists them",
            problems.len() - PROBLEMS_SHOWN_MAX
        ));
    }
    if let Some(first) = rule_problems.first() {
        terminal::complain(&format!(
            "warning: {} could not be used, the first: {}{}: {}",
            terminal::count(rule_problems.len() as u64, "rule"),
            first.path,
            first
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default(),
            first.reason
        ));
    }
}

/// Indicators that are named where some are not looked for.
const LEFT_OUT_NAMED: usize = 3;

/// Tells on standard error what a hunt went about otherwise than one may think: indicators that
/// were not looked for, and techniques of rules that bear other ids today.
fn tell_notes(hunt: &Hunt) {
    let left_out = &hunt.indicators_left_out;
    if !left_out.is_empty() {
        let named = left_out.iter().take(LEFT_OUT_NAMED);
        let named = named.map(|(indicator, reason)| format!("{} ({reason})", indicator.value));
        let more = match left_out.len().saturating_sub(LEFT_OUT_NAMED) {
            0 => String::new(),
            more => format!(", and {more} more, all named in manifest.json (--out)"),
        };
        terminal::complain(&format!(
            "note: not looked for: {}{more}",
            named.collect::<Vec<_>>().join(", ")
        ));
    }
    if !hunt.renumbered.is_empty() {
        let told = hunt.renumbered.iter().map(|((id, now), rules)| {
            let rules = terminal::count(*rules as u64, "rule");
            format!("{id} is {now} today ({rules})")
        });
        let told: Vec<String> = told.collect();
        terminal::complain(&format!(
            "note: techniques that rules name bear other ids: {}",
            told.join(", ")
        ));
    }
}
