use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use daylight_dossier::TimelineFormat;
use daylight_pipeline::{HuntOptions, timeline};

use crate::commands::{
    EvidenceArguments, WindowArguments, some_exist, some_missing, tell_problems,
};
use crate::error::Exit;
use crate::progress::Bar;
use crate::terminal;

/// Merge all evidence into one timeline
///
/// Every event that bears a time, of all logs that are read, in its order and in UTC. Memory does
/// not grow with the evidence: what is too much for it is put aside in temporary files.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Evidence: files, folders, archives
    #[arg(required = true, value_name = "PATH")]
    evidence: Vec<PathBuf>,
    #[command(flatten)]
    reading: EvidenceArguments,
    #[command(flatten)]
    window: WindowArguments,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// No progress and no warnings
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Comma-separated values; cells that a spreadsheet would run as a formula get a leading '
    Csv,
    /// One JSON object a line
    Jsonl,
    /// JSON lines as Timesketch imports them
    Timesketch,
}

const EXAMPLES: &str = "\
Examples:
  daylight timeline /mnt/triage > timeline.csv
  daylight timeline logs.zip --from 2021-02-26 --to 2021-03-04 --format timesketch > import.jsonl

Exit codes: 0, or 2 where something could not be read at all.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    some_exist(&arguments.evidence)?;
    let options = HuntOptions {
        threads: arguments.reading.threads(),
        slack: arguments.reading.slack,
        window: arguments.window.window()?,
        ..HuntOptions::default()
    };
    let made = {
        let bar = Bar::new(arguments.quiet);
        timeline(&arguments.evidence, &options, &mut |progress| {
            bar.follow(progress)
        })?
    };
    let format = match arguments.format {
        Format::Csv => TimelineFormat::Csv,
        Format::Jsonl => TimelineFormat::JsonLines,
        Format::Timesketch => TimelineFormat::Timesketch,
    };
    let mut failed = None;
    let events = made
        .events
        .each(&made.manifest.sources)
        .map_while(|event| event.map_err(|error| failed = Some(error)).ok());
    let mut out = io::BufWriter::new(io::stdout().lock());
    daylight_dossier::timeline(events, format, &mut out)
        .and_then(|()| out.flush())
        .context("cannot write to standard output")?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    if !arguments.quiet {
        tell_problems(&made.manifest, &[]);
        if made.without_time > 0 {
            let count = terminal::count(made.without_time, "event");
            terminal::complain(&format!("note: {count} without a time left out"));
        }
    }
    Ok(if some_missing(&arguments.evidence) {
        Exit::Incomplete
    } else {
        Exit::Clear
    })
}
