use std::fmt::Write;

use daylight_dossier::{clean_line, clean_value};
use daylight_model::Timestamp;
use daylight_pipeline::{
    Changes, Entry, FactSource, Known, Taken, Update as Updated, published, write_update,
};
use serde_json::{Value, json};

use crate::commands::ReportArguments;
use crate::error::Exit;
use crate::known::{Unusable, load, update_path};
use crate::terminal;

/// Background facts: which there are, and newer ones in their place
///
/// The facts that come with the program (MITRE ATT&CK for enterprises, CISA's list of exploited
/// flaws, actors and ransomware of the MISP galaxy) can be replaced by later ones as published.
/// Techniques and groups that were revoked lead to what took their place. Daylight's own entries
/// on operations and products stay those of the program.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Status(Status),
    Update(Update),
}

const EXAMPLES: &str = "\
Examples:
  daylight knowledge status
  daylight knowledge update --from downloads/ --dry-run
  daylight knowledge update --from https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master/enterprise-attack/
  daylight knowledge update --from https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json
  daylight knowledge update --from https://raw.githubusercontent.com/MISP/misp-galaxy/main/
  daylight knowledge update --reset

Exit codes: 0 done, 2 an error, and then nothing has changed.";

/// List which facts are used, of which version, and where they come from
#[derive(Debug, clap::Args)]
struct Status {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// Take over facts as published, in the place of those there are
///
/// Looked for are enterprise-attack.json, known_exploited_vulnerabilities.json, threat-actor.json
/// and ransomware.json, in the folder and where ATT&CK's and MISP's repositories have them; any of
/// them is enough, and of what is not there the present facts stay.
#[derive(Debug, clap::Args)]
struct Update {
    /// A folder, a file, or the address of a file or, with a slash at its end, of a folder
    #[arg(long, value_name = "DIR|URL", required_unless_present = "reset")]
    from: Option<String>,
    /// Tell what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take over also what would lose more than half of the facts there are
    #[arg(long)]
    force: bool,
    /// Go back to the facts that came with the program
    #[arg(long, conflicts_with_all = ["from", "dry_run", "force"])]
    reset: bool,
    /// Print as JSON, with all that changes
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    fetch: ReportArguments,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Status(arguments) => status(arguments),
        Command::Update(arguments) => match &arguments.from {
            Some(from) => update(from, arguments),
            None => reset(),
        },
    }
}

fn status(arguments: &Status) -> anyhow::Result<Exit> {
    let (known, unusable) = load();
    let notes = known.knowledge().unborne();
    if arguments.json {
        let sources = known.knowledge().sources().map(|(source, counts)| {
            let counts = counts
                .into_iter()
                .map(|(of, count)| (of.to_owned(), json!(count)));
            let counts: serde_json::Map<String, Value> = counts.collect();
            json!({ "source": source, "cited": source.cited(), "counts": counts })
        });
        let value = json!({
            "facts": sources.collect::<Vec<_>>(),
            "update": update_path()?,
            "unusable": unusable.map(|it| it.reason),
            "notes": notes,
        });
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
        return Ok(Exit::Clear);
    }
    terminal::say(&listed(&known))?;
    if let Some(Unusable { path, reason }) = unusable {
        let path = path.display();
        terminal::complain(&format!("warning: {path} cannot be used: {reason}"));
    }
    warn(&notes);
    Ok(Exit::Clear)
}

fn listed(known: &Known) -> String {
    let mut out = String::new();
    for (source, counts) in known.knowledge().sources() {
        let counts: Vec<String> = counts
            .iter()
            .map(|(of, count)| format!("{count} {of}"))
            .collect();
        let _ = writeln!(
            out,
            "{}{}: {}\n    {}",
            clean_value(&source.cited()),
            dated(source),
            counts.join(", "),
            origin(source)
        );
    }
    out
}

/// Its day, where the version is none.
fn dated(source: &FactSource) -> String {
    let day = source.published.filter(|_| !source.version.is_empty());
    day.map(|day| format!(" ({day})")).unwrap_or_default()
}

fn origin(source: &FactSource) -> String {
    match (&source.from, source.taken) {
        (Some(from), Some(taken)) => format!("from {}, taken {taken}", clean_value(from)),
        (Some(from), None) => format!("from {}", clean_value(from)),
        (None, _) => "came with the program".to_owned(),
    }
}

fn reset() -> anyhow::Result<Exit> {
    let path = update_path()?;
    let was_there = match std::fs::remove_file(&path) {
        Ok(()) => true,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => anyhow::bail!("cannot remove {}: {error}", path.display()),
    };
    terminal::say(match was_there {
        true => "The facts that came with the program are used again.",
        false => "There is no update; the facts that came with the program are used.",
    })?;
    Ok(Exit::Clear)
}

fn update(from: &str, arguments: &Update) -> anyhow::Result<Exit> {
    let (known, _) = load();
    let found = published(from, &arguments.fetch.fetching())?;
    let update = known.knowledge().update(found.facts, Timestamp::now());
    let loses = update.loses().filter(|_| !arguments.force);
    if arguments.json {
        let value = json!({
            "dry_run": arguments.dry_run,
            "taken": update.taken,
            "kept": update.kept,
            "left_out": found.left_out,
            "warnings": update.warnings,
            "refused": loses,
        });
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
    } else {
        terminal::say(&told(&update))?;
        for name in &found.left_out {
            terminal::say(&format!(
                "left out: {name}, Daylight knows ATT&CK for enterprises alone"
            ))?;
        }
        warn(&update.warnings);
    }
    if let Some(loses) = loses {
        anyhow::bail!("{loses}, so nothing was taken over; --force takes it over all the same");
    }
    if !arguments.dry_run {
        let path = update_path()?;
        write_update(&update, &path)?;
        if !arguments.json {
            terminal::say(&format!("Taken over, into {}.", path.display()))?;
        }
    } else if !arguments.json {
        terminal::say("Nothing was taken over (--dry-run).")?;
    }
    Ok(Exit::Clear)
}

/// What changes, in a few lines for each file.
fn told(update: &Updated) -> String {
    let mut out = String::new();
    for Taken {
        before,
        after,
        changes,
    } in &update.taken
    {
        let before = before
            .as_ref()
            .map(|it| format!(", before {}", clean_value(&it.cited())));
        let _ = writeln!(
            out,
            "{}{}{}",
            clean_value(&after.cited()),
            dated(after),
            before.unwrap_or_default()
        );
        let told = changes.iter().filter(|it| !it.is_empty());
        for line in told.flat_map(lines) {
            let _ = writeln!(out, "  {line}");
        }
        if changes.iter().all(Changes::is_empty) {
            out.push_str("  nothing else than there was\n");
        }
    }
    for source in &update.kept {
        let _ = writeln!(
            out,
            "{}: not there, so it stays",
            clean_value(&source.cited())
        );
    }
    out
}

/// Things named in one line; `--json` has all.
const SHOWN_MAX: usize = 8;

fn lines(changes: &Changes) -> Vec<String> {
    let of = changes.of;
    let known = |entry: &Entry| clean_value(&format!("{} {}", entry.id, entry.name));
    let list = |what: &str, entries: Vec<String>| {
        let count = entries.len();
        let more = count.saturating_sub(SHOWN_MAX);
        let shown: Vec<String> = entries.into_iter().take(SHOWN_MAX).collect();
        let more = (more > 0).then(|| format!("; {more} more"));
        let shown = shown.join("; ");
        (count > 0).then(|| format!("{of} {what} ({count}): {shown}{}", more.unwrap_or_default()))
    };
    let entries = |entries: &[Entry]| entries.iter().map(known).collect();
    let renamed = changes
        .renamed
        .iter()
        .map(|(entry, before)| format!("{}, before {}", known(entry), clean_value(before)));
    let renumbered = changes
        .renumbered
        .iter()
        .map(|(entry, heir)| format!("{} is {}", known(entry), known(heir)));
    [
        list("added", entries(&changes.added)),
        list("renamed", renamed.collect()),
        list("renumbered", renumbered.collect()),
        list("retired", entries(&changes.retired)),
        list("gone", entries(&changes.gone)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn warn(warnings: &[String]) {
    for warning in warnings {
        terminal::complain(&format!("warning: {}", clean_line(warning)));
    }
}
