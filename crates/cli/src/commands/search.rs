use daylight_dossier::clean_value;
use serde_json::{Value, json};

use crate::error::Exit;
use crate::store::{StoreArguments, day, headline};
use crate::terminal;

/// Search documents and objects for words
///
/// All words must stand there; a word with dots or hyphens is looked for as it is written; a
/// star at the end of a word finds what begins so. What arrived last comes first.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Words
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// At most so many documents, and so many objects
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,
    /// Print documents and objects as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight search web shell
  daylight search evil.example --json
  daylight search 'exchang*' --limit 5

Exit codes: 0 searched (also where nothing was found), 2 error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let store = arguments.store.open()?;
    let words = arguments.words.join(" ");
    let documents = store.search_documents(&words, arguments.limit)?;
    let mut objects = Vec::new();
    for kept in store.search(&words, arguments.limit.saturating_mul(2))? {
        // A version that another has replaced is no answer.
        if store.object(&kept.id)?.is_some_and(|it| it.row == kept.row) {
            objects.push(kept);
        }
    }
    objects.truncate(arguments.limit);
    if arguments.json {
        let bodies: Result<Vec<Value>, _> = objects
            .iter()
            .map(|kept| serde_json::from_str(&kept.body))
            .collect();
        let value = json!({ "documents": documents, "objects": bodies? });
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
        return Ok(Exit::Clear);
    }
    for document in &documents {
        let when = document.published.unwrap_or(document.at);
        terminal::say(&format!(
            "{} {} (version {}, document {})",
            day(when),
            headline(document),
            document.version,
            document.number
        ))?;
    }
    for kept in &objects {
        let object = kept.object()?;
        terminal::say(&format!(
            "{} · {} {}",
            clean_value(object.title()),
            object.kind,
            clean_value(&kept.id)
        ))?;
    }
    if documents.is_empty() && objects.is_empty() {
        terminal::say("Nothing was found.")?;
    }
    Ok(Exit::Clear)
}
