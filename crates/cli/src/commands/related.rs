use daylight_dossier::clean_value;
use daylight_store::{related, resolve};

use crate::error::Exit;
use crate::store::StoreArguments;
use crate::terminal;

/// Show what is related to something, along relationships and references
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A STIX id, or a name that only one thing bears
    #[arg(value_name = "NAME|ID")]
    name: String,
    /// How many steps to go
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
    depth: u8,
    /// At most so many objects
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    limit: usize,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight related HAFNIUM
  daylight related intrusion-set--2688b13e-8e71-405a-9c40-0dee94bddf87 --depth 2 --json

An arrow to the right leads from the nearer to the farther.

Exit codes: 0 shown, 2 nothing or several things are called so, or another error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let store = arguments.store.open()?;
    let kept = resolve(&*store, &arguments.name)?;
    let found = related(
        &*store,
        &kept.id,
        usize::from(arguments.depth),
        arguments.limit,
    )?;
    if arguments.json {
        terminal::say(&serde_json::to_string_pretty(&found)?)?;
        return Ok(Exit::Clear);
    }
    for it in &found.related {
        let arrow = if it.forward { "──▶" } else { "◀──" };
        terminal::say(&format!(
            "{}{} {arrow} {} ({} {})",
            "  ".repeat(it.depth.saturating_sub(1)),
            it.relation,
            clean_value(&it.title),
            it.kind,
            clean_value(&it.id)
        ))?;
    }
    if found.related.is_empty() {
        terminal::say("Nothing in the store is related to it.")?;
    }
    if found.more {
        terminal::complain("There is more: see --limit and --depth.");
    }
    if !found.missing.is_empty() {
        let count = terminal::count(found.missing.len() as u64, "object");
        terminal::complain(&format!("{count} referred to and not in the store"));
    }
    Ok(Exit::Clear)
}
