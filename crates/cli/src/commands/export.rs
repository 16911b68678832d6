use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use daylight_model::Timestamp;
use daylight_store::{ExportOptions, Format, Tlp, export};

use crate::error::Exit;
use crate::store::StoreArguments;
use crate::terminal;

/// Hand on what the store holds, as far as its markings allow
///
/// What is marked more strictly than --max-tlp is held back, and so is whatever refers to it,
/// however many steps away. What bears no marking counts as TLP:AMBER, unless whoever imported
/// it said otherwise.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// How far the export is to go: clear, green, amber, amber+strict or red
    #[arg(long, value_name = "LEVEL")]
    max_tlp: Tlp,
    /// stix, misp or csv
    #[arg(long, value_name = "FORMAT", default_value = "stix", value_parser = format)]
    format: Format,
    /// Only objects of this type, such as indicator; may be given more than once
    #[arg(long = "type", value_name = "TYPE")]
    kinds: Vec<String>,
    /// Only what the import of this number brought (`daylight store info` lists them)
    #[arg(long, value_name = "NUMBER")]
    import: Option<i64>,
    /// Also versions that a later one has replaced
    #[arg(long)]
    all_versions: bool,
    /// Write to a file in place of standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight export --max-tlp green > bundle.json
  daylight export --max-tlp amber --format misp --out events.json
  daylight export --max-tlp clear --format csv --type indicator --type domain-name

STIX objects leave as they came, byte for byte. MISP events that came as such leave whole.

Exit codes: 0 exported, 2 error.";

fn format(word: &str) -> Result<Format, String> {
    match word {
        "stix" => Ok(Format::Stix),
        "misp" => Ok(Format::Misp),
        "csv" => Ok(Format::Csv),
        _ => Err("there are stix, misp and csv".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let store = arguments.store.open()?;
    let options = ExportOptions {
        max_tlp: arguments.max_tlp,
        kinds: arguments.kinds.clone(),
        import: arguments.import,
        all_versions: arguments.all_versions,
        at: Timestamp::now(),
    };
    let out: Box<dyn Write> = match &arguments.out {
        Some(path) => Box::new(
            std::fs::File::create(path)
                .with_context(|| format!("cannot write {}", path.display()))?,
        ),
        None => Box::new(std::io::stdout().lock()),
    };
    let mut out = BufWriter::new(out);
    let report = export(&*store, arguments.format, &options, &mut out)?;
    out.flush()?;
    let held = terminal::count(report.held_back, "object");
    terminal::complain(&format!("{} written, {held} held back", report.written));
    for (reason, count) in &report.held_back_reasons {
        terminal::complain(&format!("  held back {count} × {reason}"));
    }
    for (kind, count) in &report.left_out {
        terminal::complain(&format!(
            "  left out {count} × {kind}, which this form has no place for"
        ));
    }
    Ok(Exit::Clear)
}
