use anyhow::Context;
use daylight_dossier::{claim_in_words, clean_line, clean_value, speaker_chain};
use daylight_model::Claim;
use daylight_store::{Change, ClaimChange, StoredDocument, diff_claims};
use serde_json::json;

use crate::error::Exit;
use crate::store::{StoreArguments, day, story, title};
use crate::terminal;

/// Show which claims of a story were added, dropped, hardened, softened or reversed
///
/// A story is kept each time it is read (`daylight read --keep`) and says something else. Force
/// grows from reported over alleged and asserted to charged; of equal force, words of
/// confidence decide.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The story: its address or path, its document's id or number, or words of its title
    #[arg(value_name = "STORY")]
    story: String,
    /// The earlier version [default: the one before the later]
    #[arg(long, value_name = "VERSION")]
    from: Option<i64>,
    /// The later version [default: the latest]
    #[arg(long, value_name = "VERSION")]
    to: Option<i64>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight read https://example.org/story --keep     # now, and again tomorrow
  daylight diff https://example.org/story
  daylight diff 'mail server breach' --from 1 --to 3 --json

Exit codes: 0 compared, 2 no or several stories are meant, or another error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let store = arguments.store.open()?;
    let documents = store.documents(None)?;
    let story = story(&documents, &arguments.story)?;
    let versions: Vec<&StoredDocument> = documents.iter().filter(|it| it.story == story).collect();
    let version = |number: i64| {
        let found = versions.iter().find(|it| it.version == number);
        found.with_context(|| format!("{story} has no version {number}; it has {}", versions.len()))
    };
    let latest = versions.last().map_or(1, |it| it.version);
    let after = version(arguments.to.unwrap_or(latest))?;
    let before = arguments.from.unwrap_or(after.version - 1);
    if before < 1 {
        terminal::say(&format!(
            "{} was read once so far; there is nothing to compare.",
            clean_value(&story)
        ))?;
        return Ok(Exit::Clear);
    }
    let before = version(before)?;
    let changes = diff_claims(
        &before.reading()?.reading.claims,
        &after.reading()?.reading.claims,
    );
    if arguments.json {
        let value = json!({ "story": story, "before": before, "after": after, "changes": changes });
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
        return Ok(Exit::Clear);
    }
    terminal::say(&format!(
        "{}\nversion {} of {} and version {} of {}",
        clean_value(title(&after.title, &story)),
        before.version,
        day(before.at),
        after.version,
        day(after.at)
    ))?;
    for change in &changes {
        terminal::say(&lines(change))?;
    }
    if changes.is_empty() {
        terminal::say("\nThe words changed; no claim did.")?;
    }
    Ok(Exit::Clear)
}

/// The one story that is meant.
fn lines(change: &ClaimChange) -> String {
    let word = match change.change {
        Change::Added => "added",
        Change::Dropped => "dropped",
        Change::Hardened => "hardened",
        Change::Softened => "softened",
        Change::Reversed => "reversed",
    };
    let line = |sign: &str, claim: &Claim| {
        format!(
            "  {sign} {} [{}]\n    {}\n    │ {}\n",
            claim_in_words(claim),
            claim.force.as_str(),
            speaker_chain(claim),
            clean_line(&claim.sentence)
        )
    };
    let before = change.before.as_ref().map(|claim| line("-", claim));
    let after = change.after.as_ref().map(|claim| line("+", claim));
    format!(
        "\n{word}\n{}{}",
        before.unwrap_or_default(),
        after.unwrap_or_default()
    )
}
