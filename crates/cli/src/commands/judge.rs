use anyhow::Context;
use daylight_model::Timestamp;
use daylight_store::{Judgement, judge, resolve};

use crate::error::Exit;
use crate::store::StoreArguments;
use crate::terminal;

/// Say that two are the same, or are not, or how far a source is to be relied on
///
/// What you say becomes a note of yours in the store: it changes nothing that others said,
/// nothing is merged, and --withdraw takes it back.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Two are one and the same
    Same(Pair),
    /// Two are not the same
    NotSame(Pair),
    /// How far a source is to be relied on: A (completely) to E (not at all), F (cannot be judged)
    Reliability(Rating),
    /// How credible a piece of information is: 1 (confirmed) to 5 (improbable), 6 (cannot be judged)
    Credibility(Rating),
}

#[derive(Debug, clap::Args)]
struct Pair {
    /// A STIX id, or a name that only one thing bears
    one: String,
    /// The other
    other: String,
    #[command(flatten)]
    saying: Saying,
}

#[derive(Debug, clap::Args)]
struct Rating {
    /// A STIX id, or a name that only one thing bears
    name: String,
    /// The letter, or the digit
    rating: String,
    #[command(flatten)]
    saying: Saying,
}

#[derive(Debug, clap::Args)]
struct Saying {
    /// Who says so [default: your user name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why
    #[arg(long, value_name = "WORDS", default_value = "")]
    why: String,
    /// Take it back
    #[arg(long)]
    withdraw: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight judge same intrusion-set--… threat-actor--… --why 'same tools, same hours'
  daylight judge not-same 'Grey Heron' 'Quiet Heron' --by 'Ada Example'
  daylight judge same intrusion-set--… threat-actor--… --withdraw
  daylight judge reliability 'Example Times' C
  daylight judge credibility relationship--… 2

Reliability and credibility are those of NATO's (Admiralty) scale. Daylight sets none itself.

Exit codes: 0 said, 2 error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let (names, judgement, saying) = match &arguments.command {
        Command::Same(it) => (vec![&it.one, &it.other], Judgement::SameAs, &it.saying),
        Command::NotSame(it) => (vec![&it.one, &it.other], Judgement::NotTheSame, &it.saying),
        Command::Reliability(it) => (vec![&it.name], reliability(&it.rating)?, &it.saying),
        Command::Credibility(it) => (vec![&it.name], credibility(&it.rating)?, &it.saying),
    };
    let by = saying.by.clone().or_else(|| std::env::var("USER").ok());
    let by = by
        .filter(|by| !by.trim().is_empty())
        .context("say who says so, with --by NAME")?;
    let mut store = saying.store.open()?;
    let mut ids = Vec::new();
    for name in names {
        let kept = resolve(&*store, name)?;
        if ids.contains(&kept.id) {
            anyhow::bail!("both are {}", kept.id);
        }
        ids.push(kept.id);
    }
    let about: Vec<&str> = ids.iter().map(String::as_str).collect();
    let now = Timestamp::now();
    let id = judge(
        &mut *store,
        &judgement,
        &about,
        &by,
        &saying.why,
        saying.withdraw,
        now,
    )?;
    let taken_back = if saying.withdraw { " (taken back)" } else { "" };
    terminal::say(&format!(
        "{by}: {} {}{taken_back}\n{id}",
        judgement.words(),
        about.join(", ")
    ))?;
    Ok(Exit::Clear)
}

fn reliability(text: &str) -> anyhow::Result<Judgement> {
    let mut letters = text.chars().map(|letter| letter.to_ascii_uppercase());
    match (letters.next(), letters.next()) {
        (Some(letter @ 'A'..='F'), None) => Ok(Judgement::Reliability(letter)),
        _ => anyhow::bail!("reliability is a letter from A to F, not `{text}`"),
    }
}

fn credibility(text: &str) -> anyhow::Result<Judgement> {
    match text.parse() {
        Ok(digit @ 1..=6) => Ok(Judgement::Credibility(digit)),
        _ => anyhow::bail!("credibility is a digit from 1 to 6, not `{text}`"),
    }
}
