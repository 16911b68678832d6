use std::fmt::Write;

use daylight_pipeline::{Pattern, Shared, Trial, pattern, read};
use serde_json::json;

use crate::commands::ReportArguments;
use crate::error::Exit;
use crate::known::known;
use crate::terminal;

/// Compare techniques with what is publicly said of groups
///
/// What few groups do weighs more than what all do. Several groups stand side by side, each with
/// what speaks for and against it, and with how often such a comparison is right where the answer
/// is known: seldom. It says who works alike, not who did it; Daylight attributes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Reports whose techniques to compare: paths, web addresses, or - for standard input
    #[arg(value_name = "REPORT", required_unless_present = "techniques")]
    reports: Vec<String>,
    /// Techniques by their ATT&CK ids
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    techniques: Vec<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    fetch: ReportArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight pattern advisory.pdf
  daylight pattern --techniques T1059.001,T1505.003,T1114.002 --json

Exit codes: 0 compared, 2 error.";

/// Techniques told of one group.
const TECHNIQUES_SHOWN_MAX: usize = 6;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut readings = Vec::new();
    for report in &arguments.reports {
        readings.push(read(report, &arguments.fetch.options())?.reading);
    }
    let ids: Vec<String> = arguments
        .techniques
        .iter()
        .map(|id| id.trim().to_uppercase())
        .collect();
    let (pattern, trial) = pattern(&readings, &ids, &known());
    for id in &pattern.unknown {
        terminal::complain(&format!("warning: ATT&CK has no technique {id:?}"));
    }
    if arguments.json {
        let value = json!({ "pattern": pattern, "trial": trial, "caution": caution(&trial) });
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
    } else {
        terminal::say(&told(&pattern, &trial))?;
    }
    Ok(Exit::Clear)
}

fn told(pattern: &Pattern, trial: &Trial) -> String {
    let techniques = terminal::count(pattern.observed.len() as u64, "technique");
    let mut out = format!(
        "{techniques} compared with what is publicly said of {} groups.\n{}\n",
        pattern.groups,
        caution(trial)
    );
    for one in &pattern.hypotheses {
        let _ = write!(
            out,
            "\n{} ({}), likeness {:.2}\n  for:     {}\n  against: {}\n  \
             and {} techniques said of it that were not observed\n",
            one.name,
            one.id,
            one.score,
            list(&one.speaks_for, pattern.groups),
            list(&one.speaks_against, pattern.groups),
            one.not_observed
        );
    }
    if pattern.observed.is_empty() {
        out.push_str(
            "\nNo technique is named or described here, so there is nothing to compare; \
             --techniques takes those that you saw.\n",
        );
    } else if pattern.hypotheses.is_empty() {
        out.push_str("\nNo group shares any of them.\n");
    }
    out
}

/// How little it proves, with the numbers.
fn caution(trial: &Trial) -> String {
    format!(
        "This attributes nothing: groups share methods, copy each other and are known only in part. \
         Of {} campaigns whose group ATT&CK states, it puts that group first for {} and among the \
         first five for {}; drawing lots would for {:.1} and {:.1}.",
        trial.campaigns, trial.weighed.0, trial.weighed.1, trial.chance.0, trial.chance.1
    )
}

fn list(techniques: &[Shared], groups: usize) -> String {
    let shown = techniques.iter().take(TECHNIQUES_SHOWN_MAX);
    let mut parts: Vec<String> = shown
        .map(|one| {
            format!(
                "{} {} ({} of {groups} groups)",
                one.id, one.name, one.groups
            )
        })
        .collect();
    if techniques.len() > TECHNIQUES_SHOWN_MAX {
        parts.push(format!("{} more", techniques.len() - TECHNIQUES_SHOWN_MAX));
    }
    match parts.is_empty() {
        true => "nothing".to_owned(),
        false => parts.join("; "),
    }
}
