use std::fs::File;
use std::io::Read;

use anyhow::Context;
use daylight_dossier::clean_value;
use daylight_model::Timestamp;
use daylight_store::{ImportOptions, ImportReport, Tlp, import};

use crate::error::Exit;
use crate::store::StoreArguments;
use crate::terminal;

/// Take into the store what others publish
///
/// Recognised by content: STIX 2.0 and 2.1 bundles (ATT&CK among them), TAXII envelopes, MISP
/// events and galaxy clusters, CISA's catalogue of known exploited vulnerabilities, and lists of
/// indicators as text or CSV. Objects are kept byte for byte; what cannot be taken over is
/// listed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// What holds for that which bears no marking: clear, green, amber, amber+strict or red.
    /// Without it ATT&CK, MISP galaxy and KEV are clear, and the rest counts as amber
    #[arg(long, value_name = "LEVEL")]
    tlp: Option<Tlp>,
    #[command(flatten)]
    store: StoreArguments,
    /// Print what was taken over, and what was not, as JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  daylight import enterprise-attack.json threat-actor.json
  daylight import event.json --tlp amber
  curl -s https://example.org/iocs.csv | daylight import - --json

Objects that the store holds already stay once; another version stands beside them.

Exit codes: 0 everything was taken over, 1 something was left out, 2 error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut store = arguments.store.open_or_make()?;
    let mut reports = Vec::new();
    for file in &arguments.files {
        let input: Box<dyn Read + Send> = match file.as_str() {
            "-" => Box::new(std::io::stdin()),
            path => Box::new(File::open(path).with_context(|| format!("cannot read {path}"))?),
        };
        let mut options = ImportOptions::new(file, Timestamp::now());
        options.tlp = arguments.tlp;
        let report = import(&mut *store, input, &options, &mut |_| {})?;
        if !arguments.json {
            tell(file, &report)?;
        }
        reports.push(report);
    }
    if arguments.json {
        terminal::say(&serde_json::to_string_pretty(&reports)?)?;
    }
    let whole = |report: &ImportReport| report.left_out == 0 && report.cut_short.is_none();
    Ok(if reports.iter().all(whole) {
        Exit::Clear
    } else {
        Exit::Unusable
    })
}

/// Reasons that are told one by one; `--json` has all.
const REASONS_SHOWN_MAX: usize = 20;

fn tell(file: &str, report: &ImportReport) -> std::io::Result<()> {
    let kind = if report.kind.is_empty() {
        "nothing known"
    } else {
        &report.kind
    };
    terminal::say(&format!(
        "{file}: {kind}: {} new, {} further versions, {} unchanged, {} left out",
        report.added.new, report.added.versions, report.added.unchanged, report.left_out
    ))?;
    for (reason, count) in report.left_out_reasons.iter().take(REASONS_SHOWN_MAX) {
        let first = report.left_out_list.iter().find(|it| it.reason == *reason);
        let place =
            first.map(|it| format!(" ({}{})", if *count > 1 { "first: " } else { "" }, it.place));
        let place = clean_value(&place.unwrap_or_default());
        terminal::say(&format!(
            "  left out {count} × {} {place}",
            clean_value(reason)
        ))?;
    }
    if let Some(reason) = &report.cut_short {
        terminal::say(&format!("  the rest was not read: {}", clean_value(reason)))?;
    }
    Ok(())
}
