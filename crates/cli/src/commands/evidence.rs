use std::fmt::Write;

use daylight_pipeline::{KindInfo, kinds};

use crate::error::Exit;
use crate::terminal;

/// Which kinds of logs are read, and by which names rules know their fields
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the kinds of logs that are read; they are recognised by content
    Kinds,
    /// List the names of a kind's fields beside those that Sigma's rules use
    Fields {
        /// As `daylight evidence kinds` lists it
        kind: String,
    },
}

const EXAMPLES: &str = "\
Examples:
  daylight evidence kinds
  daylight evidence fields access-log

Exit codes: 0, or 2 where there is no such kind.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.action {
        Action::Kinds => terminal::say(&list())?,
        Action::Fields { kind } => {
            let found = kinds().iter().find(|info| info.name == kind);
            let info = found.ok_or_else(|| {
                anyhow::anyhow!("no kind is called `{kind}`; `daylight evidence kinds` lists them")
            })?;
            terminal::say(&fields(info))?;
        }
    }
    Ok(Exit::Clear)
}

fn list() -> String {
    let mut out = String::new();
    for kind in kinds() {
        let _ = writeln!(out, "{:<26} {}", kind.name, kind.title);
    }
    out.trim_end().to_owned()
}

fn fields(kind: &KindInfo) -> String {
    let mut out = format!("{}: {}\n", kind.name, kind.title);
    if kind.fields.is_empty() {
        out.push_str("Fields have the names that the log gives them; Sigma's rules use the same.");
        return out;
    }
    out.push_str("Other fields have the names that the log gives them.\n\n");
    for (own, names) in kind.fields {
        let _ = writeln!(out, "{own:<24} {}", names.join(", "));
    }
    out.trim_end().to_owned()
}
