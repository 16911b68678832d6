//! `daylight`: what is being said, were we hit, what could not be seen, what do we do.

mod commands;
mod error;
mod known;
mod progress;
mod store;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

use crate::commands::{
    claims, compare, counter, diff, dossier, evidence, export, hunt, import, investigate, judge,
    knowledge, pattern, read, related, rules, search, show, sources, store as store_command,
    timeline,
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Reads reports on hostile cyber activity, hunts for what they lead to in your evidence, and
/// says what was found, what was not seen where it would show, and what could not be seen.
///
/// Works offline; opens evidence read-only; states no attribution of its own.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Investigate(investigate::Arguments),
    Read(read::Arguments),
    Hunt(hunt::Arguments),
    Timeline(timeline::Arguments),
    Evidence(evidence::Arguments),
    Rules(rules::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
    Show(show::Arguments),
    Search(search::Arguments),
    Claims(claims::Arguments),
    Related(related::Arguments),
    Diff(diff::Arguments),
    Dossier(dossier::Arguments),
    Compare(compare::Arguments),
    Counter(counter::Arguments),
    Pattern(pattern::Arguments),
    Judge(judge::Arguments),
    Sources(sources::Arguments),
    Knowledge(knowledge::Arguments),
    Store(store_command::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  daylight investigate story.html --evidence /mnt/triage --out dossier
  daylight read advisory.pdf
  daylight hunt C:\\Windows\\System32\\winevt\\Logs --rules sigma/rules
  daylight rules check sigma/rules
  daylight read story.html --keep && daylight claims --force charged
  daylight import enterprise-attack.json && daylight show Nobelium
  daylight knowledge update --from downloads/ --dry-run

Exit codes:
  0  nothing was found (or a report was read)
  1  something was found: a finding of level medium or above
  2  an error: nothing can be concluded

Every command explains itself: daylight help COMMAND";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Investigate(arguments) => investigate::run(&arguments),
        Command::Read(arguments) => read::run(&arguments),
        Command::Hunt(arguments) => hunt::run(&arguments),
        Command::Timeline(arguments) => timeline::run(&arguments),
        Command::Evidence(arguments) => evidence::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Claims(arguments) => claims::run(&arguments),
        Command::Related(arguments) => related::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Dossier(arguments) => dossier::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Counter(arguments) => counter::run(&arguments),
        Command::Pattern(arguments) => pattern::run(&arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::Sources(arguments) => sources::run(&arguments),
        Command::Knowledge(arguments) => knowledge::run(&arguments),
        Command::Store(arguments) => store_command::run(&arguments),
    };
    match outcome {
        Ok(code) => code.into(),
        Err(error) => error::report(&error),
    }
}
