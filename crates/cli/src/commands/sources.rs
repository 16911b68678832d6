use std::time::Duration;

use anyhow::Context;
use daylight_dossier::{clean_line, clean_value};
use daylight_model::Timestamp;
use daylight_pipeline::{Follower, Outcome, Polled, Source, SourceKind, followed};
use daylight_store::{Store, Tlp};

use crate::commands::ReportArguments;
use crate::error::Exit;
use crate::store::StoreArguments;
use crate::terminal;

/// Follow what others publish: feeds, pages, TAXII collections, MISP feeds, lists
///
/// What is new at a source goes into the store: stories as by `daylight read --keep`, objects
/// and indicators as by `daylight import`. A source that has not changed is asked for no more
/// than that; one that fails is left alone longer each time.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Add(Add),
    List(Listing),
    Remove(Remove),
    Poll(Poll),
}

const EXAMPLES: &str = "\
Examples:
  daylight sources add https://example.org/advisories/feed --name advisories --every 30
  daylight sources add https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json --kind list --name kev
  daylight sources add https://taxii.example.org/api/collections/91a7b528/ --name partner --tlp amber
  daylight sources poll                      # whatever is due
  daylight sources poll advisories --json    # this one, now
  daylight sources poll --watch              # and on, until stopped

Exit codes: 0 done, 1 a source failed, 2 an error.";

/// Follow a source from now on
#[derive(Debug, clap::Args)]
struct Add {
    /// Where it is: of a TAXII collection the address that ends in its id, of a MISP feed that
    /// of its manifest.json
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// What to call it [default: its host]
    #[arg(long)]
    name: Option<String>,
    /// What it is [default: by address and content]
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<SourceKind>,
    /// Minutes from one time it is asked to the next
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=525_600))]
    every: u64,
    /// What holds for that which bears no marking: clear, green, amber, amber+strict or red
    #[arg(long, value_name = "LEVEL")]
    tlp: Option<Tlp>,
    /// It is inside the house: its own host, and no other, may have a private address
    #[arg(long)]
    private: bool,
    #[command(flatten)]
    store: StoreArguments,
}

/// List what is followed, when it is due and what went wrong
#[derive(Debug, clap::Args)]
struct Listing {
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

/// Follow a source no more; what came from it stays
#[derive(Debug, clap::Args)]
struct Remove {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    store: StoreArguments,
}

/// Ask sources for what is new: those named, now; without a name, those that are due
#[derive(Debug, clap::Args)]
struct Poll {
    /// Names
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Go on asking whatever is due, until stopped
    #[arg(long)]
    watch: bool,
    /// Print one line of JSON for each source asked
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    fetch: ReportArguments,
    #[command(flatten)]
    store: StoreArguments,
}

fn kind(text: &str) -> Result<SourceKind, String> {
    let found = SourceKind::ALL.into_iter().find(|it| it.as_str() == text);
    found.ok_or_else(|| {
        let known = SourceKind::ALL.map(SourceKind::as_str).join(", ");
        format!("`{text}` is none of {known}")
    })
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Add(arguments) => add(arguments),
        Command::List(arguments) => list(arguments),
        Command::Remove(arguments) => remove(arguments),
        Command::Poll(arguments) => poll(arguments),
    }
}

fn add(arguments: &Add) -> anyhow::Result<Exit> {
    let address = &arguments.address;
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .filter(|host| !host.is_empty())
        .with_context(|| format!("{address} is no web address (https://…)"))?;
    let mut store = arguments.store.open_or_make()?;
    let source = Source {
        name: arguments.name.clone().unwrap_or_else(|| host.to_owned()),
        address: address.clone(),
        kind: arguments.kind.or_else(|| SourceKind::of_address(address)),
        every_seconds: arguments.every * 60,
        tlp: arguments.tlp.map(|tlp| tlp.label().to_owned()),
        private: arguments.private,
    };
    let name = source.name.clone();
    if followed(&*store)?.iter().any(|it| it.source.name == name) {
        anyhow::bail!("a source is called {name} already; give another --name, or remove it");
    }
    Follower::new(source).save(&mut *store)?;
    terminal::say(&format!(
        "{} is followed; `daylight sources poll {}` asks it now",
        clean_value(&name),
        clean_value(&name)
    ))?;
    Ok(Exit::Clear)
}

fn list(arguments: &Listing) -> anyhow::Result<Exit> {
    let followed = followed(&*arguments.store.open()?)?;
    if arguments.json {
        terminal::say(&serde_json::to_string_pretty(&followed)?)?;
        return Ok(Exit::Clear);
    }
    for Follower { source, state } in &followed {
        let kind = source.kind.map_or("not known yet", SourceKind::as_str);
        let time = |time: Option<Timestamp>| time.map_or("never".to_owned(), |it| it.to_string());
        terminal::say(&format!(
            "{}  {kind}, every {} minutes\n    {}\n    asked {}, due {}",
            clean_value(&source.name),
            source.every_seconds / 60,
            clean_value(&source.address),
            time(state.asked),
            state.due.map_or("now".to_owned(), |it| it.to_string())
        ))?;
        if let Some(error) = &state.error {
            terminal::say(&format!(
                "    failed {}: {}",
                terminal::count(u64::from(state.failures), "time"),
                clean_line(error)
            ))?;
        }
    }
    Ok(Exit::Clear)
}

fn remove(arguments: &Remove) -> anyhow::Result<Exit> {
    let mut store = arguments.store.open()?;
    if !store.remove_source(&arguments.name)? {
        anyhow::bail!("no source is called {}", arguments.name);
    }
    Ok(Exit::Clear)
}

fn poll(arguments: &Poll) -> anyhow::Result<Exit> {
    let mut store = arguments.store.open()?;
    let all = followed(&*store)?;
    for name in &arguments.names {
        if !all.iter().any(|it| it.source.name == *name) {
            anyhow::bail!("no source is called {name}; `daylight sources list` lists them");
        }
    }
    let mut exit = Exit::Clear;
    loop {
        let asked = round(&mut *store, arguments, &mut exit)?;
        if !arguments.watch {
            if !asked && !arguments.json {
                terminal::say("Nothing is due; name a source to ask it now.")?;
            }
            return Ok(exit);
        }
        std::thread::sleep(pause(&followed(&*store)?, Timestamp::now()));
    }
}

/// Asks those named, or those that are due; gives whether there was one.
fn round(store: &mut dyn Store, arguments: &Poll, exit: &mut Exit) -> anyhow::Result<bool> {
    let mut asked = false;
    for mut follower in followed(store)? {
        let is_named = arguments.names.contains(&follower.source.name);
        let is_meant = is_named || arguments.names.is_empty();
        let is_due = follower.state.is_due(Timestamp::now());
        if !is_meant || !(is_due || is_named && !arguments.watch) {
            continue;
        }
        asked = true;
        let polled = follower.poll(store, &arguments.fetch.options(), Timestamp::now())?;
        if polled.outcome == Outcome::Failed {
            *exit = Exit::Unusable;
        }
        if arguments.json {
            terminal::say(&serde_json::to_string(&polled)?)?;
        } else {
            tell(&polled)?;
        }
    }
    Ok(asked)
}

/// Until something is due; a minute at most, for sources may be added meanwhile.
fn pause(followed: &[Follower], now: Timestamp) -> Duration {
    const SECONDS: std::ops::RangeInclusive<i64> = 1..=60;
    let due = followed.iter().filter_map(|it| it.state.due).min();
    let seconds = due.map_or(*SECONDS.end(), |due| due.as_second() - now.as_second());
    let seconds = seconds.clamp(*SECONDS.start(), *SECONDS.end());
    Duration::from_secs(seconds.unsigned_abs())
}

fn stories(count: usize) -> String {
    match count {
        1 => "1 story".to_owned(),
        count => format!("{count} stories"),
    }
}

fn tell(polled: &Polled) -> std::io::Result<()> {
    let name = clean_value(&polled.source);
    match polled.outcome {
        Outcome::Unchanged => return terminal::say(&format!("{name}: nothing has changed")),
        Outcome::Failed => terminal::say(&format!("{name}: failed"))?,
        Outcome::Answered => terminal::say(&format!(
            "{name}: {}, {} new, {} known, {} left out",
            stories(polled.stories.len()),
            terminal::count(polled.objects_new, "object"),
            polled.objects_known,
            polled.objects_left_out
        ))?,
    }
    for story in &polled.stories {
        let what = match (&story.reprint_of, story.new, story.version) {
            (_, false, _) => "as it was".to_owned(),
            (Some(of), true, _) => format!(
                "the same story as {}, now told by {} who have it from {}",
                clean_value(of),
                terminal::count(story.outlets as u64, "outlet"),
                terminal::count(story.originators as u64, "originator")
            ),
            (None, true, 1) => "new".to_owned(),
            (None, true, version) => {
                format!("version {version}; `daylight diff` tells what changed")
            }
        };
        terminal::say(&format!(
            "  {} ({})\n    {what}",
            clean_line(&story.title),
            clean_value(&story.address)
        ))?;
    }
    for problem in &polled.problems {
        terminal::say(&format!("  could not be read: {}", clean_line(problem)))?;
    }
    if let Some(due) = polled.due.filter(|_| polled.outcome == Outcome::Failed) {
        terminal::say(&format!("  it is left alone until {due}"))?;
    }
    Ok(())
}
