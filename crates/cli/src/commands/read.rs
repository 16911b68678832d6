use daylight_model::Timestamp;
use daylight_pipeline::{keep_reading, read};
use serde_json::json;

use crate::commands::{KeepArguments, ReportArguments};
use crate::error::Exit;
use crate::terminal;

/// Read a report: who says what, how strongly, in which sentence, and what it may refer to
///
/// What reading does badly, so that you know: sentences with several nested clauses lose some
/// of their claims; "the group" and "it" are followed back only where one candidate is near;
/// irony, questions and hypotheticals are read as they stand; tables give names and indicators
/// but no claims; languages other than English give indicators only. What a model read bears its
/// probability: of names about seven in ten are right to the letter, of incidents six in ten,
/// mostly learnt from news; only fifty techniques are told from prose.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Report: path, web address, or - for standard input
    #[arg(value_name = "REPORT")]
    report: String,
    /// Print everything as JSON: document, claims, entities, indicators, links. Offsets are
    /// UTF-8 bytes into document.text, end exclusive
    #[arg(long, conflicts_with = "stix")]
    json: bool,
    /// Print a STIX 2.1 bundle
    #[arg(long)]
    stix: bool,
    #[command(flatten)]
    fetch: ReportArguments,
    #[command(flatten)]
    keep: KeepArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight read advisory.pdf
  daylight read https://example.org/statement.html --json | jq '.claims[].sentence'
  curl -s https://example.org/story | daylight read - --stix > bundle.json
  daylight read https://example.org/story --keep && daylight diff https://example.org/story

Exit codes: 0 read, 2 error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let linked = read(&arguments.report, &arguments.fetch.options())?;
    let (reading, links) = (&linked.reading, &linked.links);
    if arguments.keep.keep {
        let mut store = arguments.keep.store.open_or_make()?;
        let kept = keep_reading(
            &mut *store,
            reading,
            links,
            arguments.keep.tlp,
            Timestamp::now(),
        )?;
        terminal::complain(&match kept.new {
            true => format!(
                "kept as version {} of the story, document {}",
                kept.version, kept.number
            ),
            false => format!(
                "the same as version {} of the story, document {}",
                kept.version, kept.number
            ),
        });
    }
    if arguments.stix {
        let bundle = daylight_dossier::stix_reading(reading, links, Timestamp::now());
        terminal::say(&serde_json::to_string_pretty(&bundle)?)?;
    } else if arguments.json {
        let mut value = serde_json::to_value(reading)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("links".to_owned(), serde_json::to_value(links)?);
            object.insert("offset_unit".to_owned(), json!("utf-8 bytes"));
        }
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
    } else {
        for diagnostic in &reading.document.diagnostics {
            terminal::complain(&format!(
                "warning: {}: {}",
                diagnostic.path, diagnostic.message
            ));
        }
        terminal::say(&daylight_dossier::reading_text(
            reading,
            links,
            terminal::width(),
            terminal::colour(),
        ))?;
    }
    Ok(Exit::Clear)
}
