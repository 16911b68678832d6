use daylight_model::{Force, Relation, Timestamp};
use daylight_store::{ClaimQuery, Judged, Store, StoredClaim, Tlp, ratings};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Exit;
use crate::store::{StoreArguments, claim_lines, moment};
use crate::terminal;

/// List claims of the documents in the store: who says what of whom, how strongly, since when
///
/// Of each story the latest version counts, unless asked otherwise. Where somebody rated those
/// who say it, or the claim (`daylight help judge`), that is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Part of the name of whom or what it is about
    #[arg(long, value_name = "NAME")]
    about: Option<String>,
    /// Part of the name of somebody who says it or passes it on
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// How it is put: asserted, alleged, charged, denied, reported or announced
    #[arg(long, value_name = "FORCE", value_parser = word::<Force>)]
    force: Option<Force>,
    /// What is said, such as attributed-to, exploits, targets, sanctioned
    #[arg(long, value_name = "RELATION", value_parser = word::<Relation>)]
    relation: Option<Relation>,
    /// Published on this day or later
    #[arg(long, value_name = "DAY", value_parser = moment)]
    since: Option<Timestamp>,
    /// Published before this day
    #[arg(long, value_name = "DAY", value_parser = moment)]
    until: Option<Timestamp>,
    /// Only what may go this far: clear, green, amber, amber+strict or red
    #[arg(long, value_name = "LEVEL")]
    max_tlp: Option<Tlp>,
    /// Also what earlier versions of a story said
    #[arg(long)]
    all_versions: bool,
    /// At most so many
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: usize,
    /// Print the claims as JSON, with their sentences and offsets
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight claims --about HAFNIUM
  daylight claims --by 'White House' --force charged --since 2021-07-01
  daylight claims --relation attributed-to --json | jq '.[].claim.sentence'

Exit codes: 0 listed (also where there is none), 2 error.";

/// A word that stands for one of a few, as JSON writes them.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|error| error.to_string())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let store = arguments.store.open()?;
    let mut claims = store.claims(&ClaimQuery {
        about: arguments.about.clone(),
        by: arguments.by.clone(),
        force: arguments.force,
        relation: arguments.relation,
        since: arguments.since,
        until: arguments.until,
        document: None,
        all_versions: arguments.all_versions,
        limit: arguments.limit,
    })?;
    if let Some(max) = arguments.max_tlp {
        claims.retain(|claim| claim.tlp.unwrap_or(Tlp::UNMARKED) <= max);
    }
    let rated: Vec<Rated> = claims
        .into_iter()
        .map(|found| rate(&*store, found))
        .collect::<anyhow::Result<_>>()?;
    if arguments.json {
        terminal::say(&serde_json::to_string_pretty(&rated)?)?;
        return Ok(Exit::Clear);
    }
    for it in &rated {
        terminal::say(&claim_lines(&it.found, &it.ratings))?;
    }
    if rated.is_empty() {
        terminal::say("No claim in the store is so.")?;
    } else if rated.len() == arguments.limit {
        terminal::complain("There may be more: see --limit.");
    }
    Ok(Exit::Clear)
}

/// A claim, and how people rate what it rests on.
#[derive(Debug, Serialize)]
struct Rated {
    #[serde(flatten)]
    found: StoredClaim,
    ratings: Vec<Judged>,
}

fn rate(store: &dyn Store, found: StoredClaim) -> anyhow::Result<Rated> {
    let speakers: Vec<&str> = found
        .claim
        .speakers
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let ratings = ratings(store, &speakers, &found.claim.id)?;
    Ok(Rated { found, ratings })
}
