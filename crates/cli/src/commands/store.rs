use daylight_dossier::clean_value;
use serde_json::json;

use crate::error::Exit;
use crate::store::{StoreArguments, day, headline, level};
use crate::terminal;

/// See what is in the store, and whether it is whole
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Where the store is, and what was imported into it
    Info(Listing),
    /// Stories, in all versions; those that repeat another are marked
    Stories(Listing),
    /// Hunts, with how they ended
    Hunts(Listing),
    /// Check every page and every key
    Check(Listing),
}

#[derive(Debug, clap::Args)]
struct Listing {
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight store info
  daylight store stories --json
  daylight store check --store /srv/case-7

Exit codes: 0 listed, or the store is whole, 1 it is not (check), 2 error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Info(listing) => info(listing),
        Command::Stories(listing) => stories(listing),
        Command::Hunts(listing) => hunts(listing),
        Command::Check(listing) => check(listing),
    }
}

fn info(listing: &Listing) -> anyhow::Result<Exit> {
    let store = listing.store.open()?;
    let path = listing.store.location()?.to_string();
    let imports = store.imports()?;
    if listing.json {
        let value = json!({ "path": path, "imports": imports });
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
        return Ok(Exit::Clear);
    }
    terminal::say(&path)?;
    for it in imports {
        let outcome = if it.finished.is_none() {
            "cut short; import it again"
        } else {
            &it.outcome
        };
        terminal::say(&format!(
            "{:>5}  {}  {} ({}, {}): {outcome}",
            it.number,
            day(it.import.at),
            clean_value(&it.import.source),
            it.import.kind,
            level(it.import.tlp)
        ))?;
    }
    Ok(Exit::Clear)
}

fn stories(listing: &Listing) -> anyhow::Result<Exit> {
    let documents = listing.store.open()?.documents(None)?;
    if listing.json {
        terminal::say(&serde_json::to_string_pretty(&documents)?)?;
        return Ok(Exit::Clear);
    }
    for it in documents {
        let repeats = it.reprint_of.map(|number| format!(", repeats {number}"));
        terminal::say(&format!(
            "{:>5}  {}  {} (version {}, {}{})\n       {}",
            it.number,
            day(it.published.unwrap_or(it.at)),
            headline(&it),
            it.version,
            level(it.tlp),
            repeats.unwrap_or_default(),
            clean_value(&it.story)
        ))?;
    }
    Ok(Exit::Clear)
}

fn hunts(listing: &Listing) -> anyhow::Result<Exit> {
    let hunts = listing.store.open()?.hunts()?;
    if listing.json {
        terminal::say(&serde_json::to_string_pretty(&hunts)?)?;
        return Ok(Exit::Clear);
    }
    for it in hunts {
        let headline = it.body["verdict"]["headline"].as_str().unwrap_or_default();
        terminal::say(&format!(
            "{:>5}  {}  {} ({})\n       {}",
            it.number,
            day(it.at),
            clean_value(headline),
            terminal::count(it.findings, "finding"),
            clean_value(&it.command)
        ))?;
    }
    Ok(Exit::Clear)
}

fn check(listing: &Listing) -> anyhow::Result<Exit> {
    let wrong = listing.store.open()?.check()?;
    if listing.json {
        terminal::say(&json!({ "whole": wrong.is_empty(), "wrong": wrong }).to_string())?;
    } else if wrong.is_empty() {
        terminal::say("The store is whole.")?;
    } else {
        for line in &wrong {
            terminal::say(line)?;
        }
    }
    Ok(if wrong.is_empty() {
        Exit::Clear
    } else {
        Exit::Unusable
    })
}
