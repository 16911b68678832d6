use std::path::PathBuf;

use anyhow::Context;
use daylight_model::Timestamp;
use daylight_pipeline::{Investigation, kept_investigation, kept_story, limit};
use daylight_store::{Store, Tlp};

use crate::commands::RedactArguments;
use crate::commands::investigate::say_summary;
use crate::error::Exit;
use crate::known::known;
use crate::store::{StoreArguments, story};

/// Write the dossier of a hunt or a story that the store holds
///
/// A hunt is written as it was when it ran, with what it found; a story, as a dossier without
/// evidence: what is said, what it leads to, and what to look for.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The number of a hunt, as `daylight store hunts` lists them; or a story: its address, path
    /// or id, or words of its title
    #[arg(value_name = "HUNT|STORY")]
    what: String,
    /// Folder to write the dossier to
    #[arg(long, short, value_name = "DIR", default_value = "daylight-out")]
    out: PathBuf,
    /// How far the dossier is to go: clear, green, amber, amber+strict or red. Reports marked more
    /// strictly are left out with all that is known only from them; unmarked ones count as amber
    #[arg(long, visible_alias = "tlp", value_name = "LEVEL")]
    max_tlp: Option<Tlp>,
    #[command(flatten)]
    redact: RedactArguments,
    #[command(flatten)]
    store: StoreArguments,
    /// Print no summary
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  daylight investigate story.txt --evidence logs --keep    # says: kept as hunt 1
  daylight dossier 1 --out again
  daylight dossier 1 --tlp green --redact hosts,users --out for-others
  daylight dossier 'mail server breach'

Exit codes: 0 written, 2 nothing or several things are meant, or another error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let store = arguments.store.open()?;
    let mut found = found(&*store, &arguments.what)?;
    if let Some(max) = arguments.max_tlp {
        limit(&mut found, max, Tlp::UNMARKED, &known());
        if found.readings.is_empty() && found.hunt.manifest.sources.is_empty() {
            anyhow::bail!("it is marked more strictly than {max}: nothing of it may go so far");
        }
    }
    arguments.redact.apply(&mut found)?;
    let written = found.write(&arguments.out)?;
    if !arguments.quiet {
        say_summary(&found, &arguments.out, &written)?;
    }
    Ok(Exit::Clear)
}

fn found(store: &dyn Store, what: &str) -> anyhow::Result<Investigation> {
    if let Ok(number) = what.parse::<i64>() {
        return hunt(store, number);
    }
    let documents = store.documents(None)?;
    let story = story(&documents, what)?;
    let latest = documents.iter().rfind(|it| it.story == story);
    let latest = latest.context("the story has no version")?;
    Ok(kept_story(latest, &known(), Timestamp::now())?)
}

/// A hunt that must be there.
pub(crate) fn hunt(store: &dyn Store, number: i64) -> anyhow::Result<Investigation> {
    kept_investigation(store, number, &known())?.with_context(|| {
        format!("the store has no hunt {number}; `daylight store hunts` lists them")
    })
}
