use std::path::{Path, PathBuf};

use daylight_model::Timestamp;
use daylight_pipeline::{
    HuntOptions, Investigation, investigate, keep_investigation, limit, outside_evidence,
};
use daylight_store::Tlp;

use crate::commands::{
    EvidenceArguments, KeepArguments, RedactArguments, ReportArguments, ResumeArguments,
    RuleArguments, command_line, some_exist, some_missing, tell_notes, tell_problems,
};
use crate::error::Exit;
use crate::progress::Bar;
use crate::terminal;

/// Read reports, hunt in the evidence for what they lead to, and write a dossier
///
/// Reports are text, HTML, PDF or DOCX files, web addresses, or - for standard input.
/// Evidence is files, folders and archives with logs of Windows, IIS, Exchange, Linux, web servers,
/// networks and clouds (`daylight evidence kinds` lists all). It is opened read-only.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Reports: paths, web addresses, or - for standard input
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<String>,
    /// Evidence: files, folders, archives
    #[arg(long, short, required = true, num_args = 1.., value_name = "PATH")]
    evidence: Vec<PathBuf>,
    /// Folder to write the dossier to
    #[arg(long, short, value_name = "DIR", default_value = "daylight-out")]
    out: PathBuf,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    reading: EvidenceArguments,
    #[command(flatten)]
    resume: ResumeArguments,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    keep: KeepArguments,
    /// How far the dossier is to go: clear, green, amber, amber+strict or red. Reports marked more
    /// strictly are left out with all that is known only from them; unmarked ones count as amber,
    /// or as --tlp says
    #[arg(long, value_name = "LEVEL")]
    max_tlp: Option<Tlp>,
    #[command(flatten)]
    redact: RedactArguments,
    /// End with 0 whether something was found or not
    #[arg(long)]
    exit_zero: bool,
    /// Print the verdict as JSON instead of the summary
    #[arg(long)]
    json: bool,
    /// No progress and no warnings
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  daylight investigate story.txt --evidence /mnt/triage
  daylight investigate https://example.org/advisory --evidence host1.zip host2.zip --out case-7
  daylight investigate a.pdf b.html --evidence logs --rules sigma/rules --json
  daylight investigate story.txt --evidence /mnt/triage --out case-7 --resume
  daylight investigate story.txt --evidence logs --keep && daylight store hunts
  daylight investigate story.txt partner.pdf --evidence logs --max-tlp green --redact hosts,users

Writes to --out: dossier.html, dossier.md, bundle.json (STIX 2.1), misp.json (a MISP event),
attack-layer.json (ATT&CK Navigator), findings.jsonl, findings.sarif, timesketch.jsonl,
coverage.json, manifest.json; and dossier.pdf, where built with the feature pdf.

Exit codes: 0 nothing found, 1 something found (level medium or above), 2 error.";

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    some_exist(&arguments.evidence)?;
    outside_evidence(&arguments.out, &arguments.evidence)?;
    let hunting = HuntOptions {
        journal: Some(arguments.resume.journal(&arguments.out)),
        ..arguments.reading.options(&arguments.rules)?
    };
    let mut found = {
        let bar = Bar::new(arguments.quiet);
        investigate(
            &arguments.reports,
            &arguments.evidence,
            &arguments.report.options(),
            &hunting,
            Timestamp::now(),
            &mut |progress| bar.follow(progress),
        )?
    };
    found.command = Some(command_line());
    // The store is our own and keeps everything; what is written may go to others.
    if arguments.keep.keep {
        let mut store = arguments.keep.store.open_or_make()?;
        let number = keep_investigation(&mut *store, &found, arguments.keep.tlp)?;
        if !arguments.quiet {
            terminal::complain(&format!("kept as hunt {number}"));
        }
    }
    let something_found = found.verdict().exit_found;
    if let Some(max) = arguments.max_tlp {
        let unmarked = arguments.keep.tlp.unwrap_or(Tlp::UNMARKED);
        limit(&mut found, max, unmarked, &hunting.known);
    }
    arguments.redact.apply(&mut found)?;
    let written = found.write(&arguments.out)?;
    let verdict = found.verdict();
    if !arguments.quiet {
        tell_problems(&found.hunt.manifest, &found.hunt.rule_problems);
        tell_notes(&found.hunt);
    }
    if arguments.json {
        let mut value = serde_json::to_value(&verdict)?;
        if let Some(object) = value.as_object_mut() {
            let unread = serde_json::to_value(&found.reports_unread)?;
            object.insert("reports_unread".to_owned(), unread);
        }
        terminal::say(&serde_json::to_string_pretty(&value)?)?;
    } else {
        say_summary(&found, &arguments.out, &written)?;
    }
    // With a report or evidence unread, an absence of findings lets nothing be concluded.
    let unread = !found.reports_unread.is_empty() || some_missing(&arguments.evidence);
    if unread && !something_found {
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::of(something_found, arguments.exit_zero))
}

/// What was found, and where it was written to.
pub(crate) fn say_summary(
    found: &Investigation,
    folder: &Path,
    paths: &[PathBuf],
) -> anyhow::Result<()> {
    terminal::say(&daylight_dossier::text_summary(
        &found.case(),
        terminal::width(),
        terminal::colour(),
    ))?;
    let names: Vec<_> = paths
        .iter()
        .filter_map(|path| {
            path.file_name()
                .map(|name| Path::new(name).display().to_string())
        })
        .collect();
    terminal::say(&format!(
        "\nWritten to {}: {}",
        folder.display(),
        names.join(", ")
    ))?;
    Ok(())
}
