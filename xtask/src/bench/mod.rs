//! Daylight beside its peers and the limit of the machine, in one run on the same events.

mod corpus;
mod evtx;
mod options;
mod peers;
mod run;
mod table;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use corpus::{Lines, Log, Samples};
use options::Options;
use peers::{EVTX_DUMP, RSIGMA};
use run::{Job, Measured};
use table::{Row, Table, thousands};

const LIMIT: &str = "limit";
const EVTX_DUMP_NAME: &str = "evtx_dump";
const RSIGMA_NAME: &str = "rsigma";
const DAYLIGHT: &str = "daylight";

const START_UP: &str = "1 event: start-up";
const ALL: &str = "all events";
const REST: &str = "all events without start-up";

pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> Result<()> {
    let options = Options::parse(arguments)?;
    if let Some(file) = &options.limit {
        return evtx::check_file(file);
    }
    if options.install {
        peers::install()?;
    }
    let temporary = match &options.folder {
        Some(folder) => {
            fs::create_dir_all(folder)?;
            tempfile::tempdir_in(folder)?
        }
        None => tempfile::tempdir()?,
    };
    let folder = temporary.path().to_owned();
    let done = measure(&options, &folder);
    if options.keep {
        say(&format!("kept: {}", temporary.keep().display()))?;
    }
    let tables = done?;
    if let Some(path) = &options.json {
        let tables: Vec<_> = tables.iter().map(Table::to_json).collect();
        let text = serde_json::to_string_pretty(&json!({ "tables": tables }))?;
        fs::write(path, text + "\n").with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn measure(options: &Options, folder: &Path) -> Result<Vec<Table>> {
    let shared = crate::shared_folder()?;
    let built = match &options.daylight {
        Some(daylight) => daylight.clone(),
        None => build_daylight()?,
    };
    // A copy: somebody may build while we measure.
    let daylight = folder.join("daylight");
    fs::copy(&built, &daylight).with_context(|| built.display().to_string())?;
    let bench = Bench {
        daylight,
        rules: folder.join("rules"),
        rounds: options.rounds,
    };
    let rules = shared.join("rules/sigma");
    let rule_folders = [
        rules.join("rules/windows"),
        rules.join("rules-emerging-threats"),
    ];
    let rule_count = corpus::copy_rules(&rule_folders, &bench.rules)?;
    let logs = [shared.join("evidence"), rules.join("regression_data")];
    let samples = Samples::collect(&logs, options.fill_percent)?;
    say(&format!(
        "{} event logs: {} chunks used, {} less than {} % full and {} damaged left out; {} rule files",
        samples.files,
        samples.chunk_count(),
        samples.sparse,
        options.fill_percent,
        samples.damaged,
        thousands(rule_count as u64),
    ))?;
    say(&machine())?;
    if options.memory {
        let table = bench.memory(&samples, folder, options.gigabytes)?;
        say(&table.to_text())?;
        return Ok(vec![table]);
    }
    let large = bench.logs(&samples, folder, options)?;
    say(&large.to_text())?;
    let lines = bench.lines(&Samples::collect(&logs, 0)?, folder, options.lines)?;
    say(&lines.to_text())?;
    Ok(vec![large, lines])
}

/// What all measurements share.
struct Bench {
    daylight: PathBuf,
    rules: PathBuf,
    rounds: usize,
}

impl Bench {
    /// Event logs, against the limit and a peer that only writes them out.
    fn logs(&self, samples: &Samples, folder: &Path, options: &Options) -> Result<Table> {
        let chunk_count = chunks_in(options.gigabytes);
        let log = samples.write(&folder.join("large.evtx"), 0, chunk_count)?;
        let mut table = Table::new(title(&log, self.rounds), vec![LIMIT, EVTX_DUMP_NAME]);
        let mut jobs = vec![limit(&log)?];
        match EVTX_DUMP.find() {
            Some(program) => jobs.push(rendering(program, &log)),
            None => table.notes.push(EVTX_DUMP.skipped()),
        }
        jobs.push(self.hunt(String::new(), &log.path, log.bytes, log.events));
        if options.files > 0 {
            let many = samples.write_many(&folder.join("many"), options.files, chunk_count)?;
            let part = format!("in {} files", options.files);
            jobs.push(self.hunt(part, &many.path, many.bytes, many.events));
        }
        let counts = counts(&jobs)?;
        if let Some(written) = count_of(&jobs, &counts, EVTX_DUMP_NAME) {
            table.notes.push(format!(
                "evtx_dump {} wrote out {} of {} events and knows no rules",
                EVTX_DUMP.version,
                thousands(written),
                thousands(log.events)
            ));
        }
        table.rows = rows(&jobs, &counts, &run::best_of(&jobs, self.rounds)?);
        Ok(table)
    }

    /// The same flat JSON for Daylight and the one peer that reads it.
    fn lines(&self, samples: &Samples, folder: &Path, count: u64) -> Result<Table> {
        let once = folder.join("once.evtx");
        let log = samples.write(&once, 0, samples.chunk_count())?;
        let all = corpus::write_lines(&log.path, &folder.join("all.jsonl"), count)?;
        let one = corpus::write_lines(&log.path, &folder.join("one.jsonl"), 1)?;
        let title = format!(
            "JSON lines: {:.0} MB, {} events; best of {} rounds",
            all.bytes as f64 / 1e6,
            thousands(all.events),
            self.rounds
        );
        let mut table = Table::new(title, vec![RSIGMA_NAME]);
        let rsigma = RSIGMA.find();
        table.notes.push(match &rsigma {
            None => RSIGMA.skipped(),
            Some(_) => "findings differ where the peer's mapping knows Sysmon's events only; \
                        conformance/ compares the two rule by rule"
                .to_owned(),
        });
        let mut jobs = Vec::new();
        for (part, lines) in [(START_UP, &one), (ALL, &all)] {
            jobs.push(self.hunt(part.to_owned(), &lines.path, lines.bytes, lines.events));
            let peer = rsigma.as_deref();
            jobs.extend(peer.map(|program| self.rsigma(part, program, lines)));
        }
        let counts = counts(&jobs)?;
        let rows = rows(&jobs, &counts, &run::best_of(&jobs, self.rounds)?);
        let rest: Vec<Row> = [DAYLIGHT, RSIGMA_NAME]
            .iter()
            .filter_map(|name| without_start_up(&rows, name))
            .collect();
        table.rows.extend(rows);
        table.rows.extend(rest);
        Ok(table)
    }

    /// Whether memory grows with the input.
    fn memory(&self, samples: &Samples, folder: &Path, gigabytes: f64) -> Result<Table> {
        let mut jobs = Vec::new();
        for factor in [1.0, 4.0] {
            let gigabytes = gigabytes * factor;
            let path = folder.join(format!("{gigabytes}.evtx"));
            let log = samples.write(&path, 0, chunks_in(gigabytes))?;
            let part = format!("{gigabytes} GB");
            jobs.push(self.hunt(part, &log.path, log.bytes, log.events));
        }
        let counts = counts(&jobs)?;
        let measured = run::best_of(&jobs, self.rounds)?;
        let mut table = Table::new(
            format!("Memory; best of {} rounds", self.rounds),
            Vec::new(),
        );
        if let [
            Measured {
                peak_bytes: Some(small),
                ..
            },
            Measured {
                peak_bytes: Some(large),
                ..
            },
        ] = measured.as_slice()
        {
            let ratio = *large as f64 / *small as f64;
            table.notes.push(format!(
                "peak memory on 4 times the input: {ratio:.2} times"
            ));
        }
        table.rows = rows(&jobs, &counts, &measured);
        Ok(table)
    }

    fn hunt(&self, part: String, evidence: &Path, bytes: u64, events: u64) -> Job {
        let mut arguments: Vec<OsString> = vec!["hunt".into(), evidence.into()];
        arguments.extend(["--rules".into(), self.rules.clone().into()]);
        // All levels: the peers have no such limit.
        let flags = [
            "--only-rules",
            "--level",
            "informational",
            "--jsonl",
            "--quiet",
        ];
        arguments.extend(flags.map(OsString::from));
        Job {
            name: DAYLIGHT,
            part,
            program: self.daylight.clone(),
            arguments,
            exit_code_max: 1,
            bytes,
            events,
        }
    }

    /// With the mapping that gives Sigma's categories their event ids: without it, rules about
    /// processes are run over, and match, events of every kind.
    fn rsigma(&self, part: &str, program: &Path, lines: &Lines) -> Job {
        let mut event = OsString::from("@");
        event.push(&lines.path);
        let mut arguments: Vec<OsString> = ["engine", "eval", "--rules"].map(Into::into).into();
        arguments.push(self.rules.clone().into());
        arguments.extend(["--event".into(), event]);
        let flags = ["--pipeline", "sysmon", "--input-format", "json"];
        arguments.extend(flags.map(OsString::from));
        arguments.extend(["--output-format", "ndjson", "--quiet"].map(OsString::from));
        Job {
            name: RSIGMA_NAME,
            part: part.to_owned(),
            program: program.to_owned(),
            arguments,
            exit_code_max: 0,
            bytes: lines.bytes,
            events: lines.events,
        }
    }
}

/// The limit is this very program, started anew, so that it is measured as the others are.
fn limit(log: &Log) -> Result<Job> {
    Ok(Job {
        name: LIMIT,
        part: String::new(),
        program: env::current_exe()?,
        arguments: vec!["bench".into(), "--limit".into(), log.path.clone().into()],
        exit_code_max: 0,
        bytes: log.bytes,
        events: log.events,
    })
}

fn rendering(program: PathBuf, log: &Log) -> Job {
    let mut arguments: Vec<OsString> = ["-t", "2", "-o", "jsonl"].map(Into::into).into();
    arguments.push(log.path.clone().into());
    Job {
        name: EVTX_DUMP_NAME,
        part: String::new(),
        program,
        arguments,
        exit_code_max: 0,
        bytes: log.bytes,
        events: log.events,
    }
}

/// Lines that each job writes.
fn counts(jobs: &[Job]) -> Result<Vec<u64>> {
    jobs.iter().map(run::count_lines).collect()
}

fn count_of(jobs: &[Job], counts: &[u64], name: &str) -> Option<u64> {
    let place = jobs.iter().position(|job| job.name == name)?;
    counts.get(place).copied()
}

fn rows(jobs: &[Job], counts: &[u64], measured: &[Measured]) -> Vec<Row> {
    let all = jobs.iter().zip(counts).zip(measured);
    let finds = |job: &Job| job.name != LIMIT && job.name != EVTX_DUMP_NAME;
    all.map(|((job, count), measured)| Row {
        name: job.name,
        part: job.part.clone(),
        measured: *measured,
        bytes: job.bytes,
        events: job.events,
        findings: finds(job).then_some(*count),
    })
    .collect()
}

/// From a program's run on one event and its run on all: the time that the events took.
fn without_start_up(rows: &[Row], name: &str) -> Option<Row> {
    let find = |part: &str| rows.iter().find(|row| row.name == name && row.part == part);
    let (one, all) = (find(START_UP)?, find(ALL)?);
    let less = |all: f64, one: f64| (all - one).max(f64::MIN_POSITIVE);
    let cpu = all.measured.cpu_seconds.zip(one.measured.cpu_seconds);
    Some(Row {
        name: all.name,
        part: REST.to_owned(),
        measured: Measured {
            seconds: less(all.measured.seconds, one.measured.seconds),
            cpu_seconds: cpu.map(|(all, one)| less(all, one)),
            peak_bytes: None,
        },
        bytes: all.bytes - one.bytes,
        events: all.events - one.events,
        findings: all.findings,
    })
}

fn chunks_in(gigabytes: f64) -> usize {
    ((gigabytes * 1e9 / evtx::CHUNK_BYTES as f64).round() as usize).max(1)
}

fn title(log: &Log, rounds: usize) -> String {
    format!(
        "EVTX: {:.2} GB in one file, {} chunks, {} events; best of {rounds} rounds",
        log.bytes as f64 / 1e9,
        thousands(log.chunks as u64),
        thousands(log.events)
    )
}

/// What the numbers depend on besides the programs.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!(
        "{cores} cores, load {load} before the run; memory from /proc, wall time by the clock, CPU time of all threads"
    )
}

fn build_daylight() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(&root)
        .args(["build", "--release", "--package", "daylight-cli"])
        .status()
        .context("cargo cannot be run")?;
    ensure!(status.success(), "daylight could not be built");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join(format!("release/daylight{}", env::consts::EXE_SUFFIX)))
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
