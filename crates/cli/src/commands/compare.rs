use daylight_dossier::{clean_line, clean_value, compare};
use daylight_model::Outcome;

use crate::commands::dossier::hunt;
use crate::error::Exit;
use crate::store::StoreArguments;
use crate::terminal;

/// Compare two hunts that the store holds: what was found, and what could be seen
///
/// A finding is the same in both where rule, file and record are: files that were handed in
/// twice, unchanged, give the same findings.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The number of the earlier hunt
    #[arg(value_name = "A")]
    before: i64,
    /// The number of the later one
    #[arg(value_name = "B")]
    after: i64,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight store hunts
  daylight compare 1 2
  daylight compare 1 2 --json | jq '.outcomes[]'

Exit codes: 0 nothing new was found in B, 1 something was, 2 an error.";

/// Findings of one kind that are shown; --json has all.
const SHOWN_MAX: usize = 20;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let store = arguments.store.open()?;
    let before = hunt(&*store, arguments.before)?;
    let after = hunt(&*store, arguments.after)?;
    let difference = compare(&before.case(), &after.case());
    let exit = Exit::of(!difference.appeared.is_empty(), false);
    if arguments.json {
        terminal::say(&serde_json::to_string_pretty(&difference)?)?;
        return Ok(exit);
    }
    terminal::say("What could be said of each thing looked for")?;
    if difference.outcomes.is_empty() {
        terminal::say("  the same")?;
    }
    let word = |outcome: Option<Outcome>| outcome.map_or("not looked for", Outcome::title);
    for it in &difference.outcomes {
        terminal::say(&format!(
            "  {} {}: {} → {}",
            clean_value(it.id),
            clean_value(it.name),
            word(it.before),
            word(it.after)
        ))?;
    }
    let lists = [
        ("Found in B, not in A", &difference.appeared),
        ("Found in A, not in B", &difference.gone),
    ];
    for (title, findings) in lists {
        terminal::say(&format!("\n{title}: {}", findings.len()))?;
        for it in findings.iter().take(SHOWN_MAX) {
            let time = it.time.map(|time| time.to_string()).unwrap_or_default();
            let host = it.host.as_deref().unwrap_or_default();
            terminal::say(&format!(
                "  {time}  {:<8}  {} {}",
                it.rule.level.as_str(),
                clean_line(&it.rule.title),
                clean_value(host)
            ))?;
        }
        if findings.len() > SHOWN_MAX {
            terminal::say(&format!("  and {} more", findings.len() - SHOWN_MAX))?;
        }
    }
    let files = [
        ("Files read in B alone", &difference.files_added),
        ("Files read in A alone", &difference.files_dropped),
    ];
    for (title, files) in files.into_iter().filter(|(_, files)| !files.is_empty()) {
        terminal::say(&format!("\n{title}: {}", files.len()))?;
        for file in files.iter().take(SHOWN_MAX) {
            terminal::say(&format!("  {}", clean_value(file)))?;
        }
    }
    Ok(exit)
}
