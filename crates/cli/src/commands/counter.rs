use std::collections::BTreeSet;
use std::path::PathBuf;

use daylight_dossier::clean_line;
use daylight_model::Timestamp;
use daylight_pipeline::{CounterFormat, CounterOptions, Validity, counter, kept_readings, read};
use daylight_store::Tlp;

use crate::commands::ReportArguments;
use crate::error::Exit;
use crate::known::known;
use crate::store::StoreArguments;
use crate::terminal;

/// Write block lists and rules of what reports give, each line with its source and its end
///
/// What is on a warning list, private or reserved, there for reference only, or may be the site of
/// somebody the report speaks of is in none of them; left-out.csv says why. A page of the web
/// blocks no whole site. What a report gives is a claim of its own: look at the lines first.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Reports: paths, web addresses, or - for standard input
    #[arg(value_name = "REPORT", required_unless_present = "from_store")]
    reports: Vec<String>,
    /// Also all stories that the store holds, in their latest version
    #[arg(long)]
    from_store: bool,
    /// Folder to write to
    #[arg(long, short, value_name = "DIR", default_value = "daylight-counter")]
    out: PathBuf,
    /// Only these: hosts, rpz, nftables, csv, suricata, sigma, yara; may be given more than once
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', value_parser = format)]
    format: Vec<CounterFormat>,
    /// Days that lines hold [default: 90 for addresses, 365 for names and URLs, no end for files]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    valid_days: Option<u16>,
    /// Leave out reports marked more strictly: clear, green, amber, amber+strict or red
    #[arg(long, value_name = "LEVEL")]
    max_tlp: Option<Tlp>,
    /// What holds for reports that bear no marking
    #[arg(long, value_name = "LEVEL", default_value_t = Tlp::UNMARKED)]
    tlp: Tlp,
    #[command(flatten)]
    fetch: ReportArguments,
    #[command(flatten)]
    store: StoreArguments,
}

const EXAMPLES: &str = "\
Examples:
  daylight counter advisory.pdf
  daylight counter advisory.pdf --format rpz,nftables --valid-days 30 --out block
  daylight counter --from-store --max-tlp green --out for-partners

Writes to --out: block/ (hosts.txt, rpz.zone, daylight.nft, indicators.csv), suricata/, sigma/
(from indicators, and Daylight's own rules for the techniques), yara/, queries/ (KQL,
SPL and ES|QL), left-out.csv.

Exit codes: 0 written, 2 error.";

fn format(word: &str) -> Result<CounterFormat, String> {
    Ok(match word {
        "hosts" => CounterFormat::Hosts,
        "rpz" => CounterFormat::Rpz,
        "nftables" => CounterFormat::Nftables,
        "csv" => CounterFormat::Csv,
        "suricata" => CounterFormat::Suricata,
        "sigma" => CounterFormat::Sigma,
        "yara" => CounterFormat::Yara,
        "queries" => CounterFormat::Queries,
        _ => {
            let known = "hosts, rpz, nftables, csv, suricata, sigma, yara and queries";
            return Err(format!("there are {known}"));
        }
    })
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    // Those of the store first: they bear what they were marked with when they were kept.
    let mut readings = match arguments.from_store {
        true => kept_readings(&*arguments.store.open()?)?,
        false => Vec::new(),
    };
    for report in &arguments.reports {
        readings.push((read(report, &arguments.fetch.options())?.reading, None));
    }
    let mut seen = BTreeSet::new();
    readings.retain(|(reading, _)| seen.insert(reading.document.id.clone()));
    let formats = match arguments.format.is_empty() {
        true => CounterFormat::ALL.to_vec(),
        false => arguments.format.clone(),
    };
    let options = CounterOptions {
        formats,
        validity: arguments
            .valid_days
            .map_or_else(Validity::default, Validity::days),
        max_tlp: arguments.max_tlp,
        unmarked: arguments.tlp,
        known: known(),
    };
    let made = counter(&readings, &options, Timestamp::now());
    let written = made.write(&arguments.out)?;
    for title in &made.held_back {
        terminal::complain(&format!(
            "held back because of its marking: {}",
            clean_line(title)
        ));
    }
    terminal::say(&format!(
        "{} in {} written to {}, with {} of Daylight's own; {} left out, see left-out.csv",
        terminal::count(made.indicators as u64, "indicator"),
        terminal::count(written.len() as u64, "file"),
        arguments.out.display(),
        terminal::count(made.rules as u64, "rule"),
        made.left_out
    ))?;
    Ok(Exit::Clear)
}
