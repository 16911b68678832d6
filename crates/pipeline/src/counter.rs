//! What to do about a report: block lists and rules, with the embedded rules for behaviour.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use daylight_counter::{Chosen, File, Report, Validity};
use daylight_hunt::{RuleSet, warned_of};
use daylight_model::{Reading, Timestamp};
use daylight_store::{Store, Tlp};

use crate::hunt::embedded_rules;
use crate::subjects::DESCRIBED_PROBABILITY_MIN;
use crate::{Error, Known};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CounterFormat {
    /// A hosts file.
    Hosts,
    /// A response policy zone for name servers.
    Rpz,
    /// A script for nftables.
    Nftables,
    /// A table.
    Csv,
    /// Rules for Suricata, and the lists of hashes they read.
    Suricata,
    /// Sigma rules from indicators, and the embedded ones for the techniques.
    Sigma,
    /// YARA rules.
    Yara,
    /// Queries in KQL, SPL and ES|QL.
    Queries,
}

impl CounterFormat {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Hosts,
        Self::Rpz,
        Self::Nftables,
        Self::Csv,
        Self::Suricata,
        Self::Sigma,
        Self::Yara,
        Self::Queries,
    ];
}

/// How to counter.
#[derive(Debug, Clone)]
pub struct CounterOptions {
    /// What to write.
    pub formats: Vec<CounterFormat>,
    /// How long lines hold.
    pub validity: Validity,
    /// Reports marked more strictly are left out.
    pub max_tlp: Option<Tlp>,
    /// What holds for reports that bear no marking.
    pub unmarked: Tlp,
    /// What is known before.
    pub known: Known,
}

/// What was made of reports.
#[derive(Debug, Clone)]
pub struct Counter {
    /// The files to write.
    pub files: Vec<File>,
    /// How many indicators are in them.
    pub indicators: usize,
    /// How many were left out, each with its reason in `left-out.csv`.
    pub left_out: usize,
    /// How many of the embedded rules were chosen.
    pub rules: usize,
    /// Titles of reports that may not go so far.
    pub held_back: Vec<String>,
}

/// Makes block lists and rules of what reports give.
#[must_use]
pub fn counter(
    readings: &[(Reading, Option<Tlp>)],
    options: &CounterOptions,
    now: Timestamp,
) -> Counter {
    let marked = |(reading, kept): &(Reading, Option<Tlp>)| {
        let own = reading.document.tlp.as_deref().and_then(Tlp::parse);
        // Whoever kept it may have said that it goes less far than it says itself.
        own.max(*kept).unwrap_or(options.unmarked)
    };
    let goes = |one: &&(Reading, Option<Tlp>)| options.max_tlp.is_none_or(|max| marked(one) <= max);
    let (taken, held): (Vec<_>, Vec<_>) = readings.iter().partition(goes);
    let reports: Vec<Report<'_>> = taken
        .iter()
        .map(|one| Report {
            reading: &one.0,
            tlp: marked(one).label(),
        })
        .collect();
    let chosen = daylight_counter::select(&reports, &warned_of, options.validity, now);
    let behaviour = match options.formats.contains(&CounterFormat::Sigma) {
        true => behaviour(&reports, &options.known),
        false => Vec::new(),
    };
    let rules = behaviour.len();
    let mut files: Vec<File> = options
        .formats
        .iter()
        .flat_map(|it| files(*it, &chosen))
        .collect();
    files.extend(behaviour);
    files.push(file("left-out.csv", daylight_counter::left_out(&chosen)));
    Counter {
        files,
        indicators: chosen.entries.len(),
        left_out: chosen.left_out.len(),
        rules,
        held_back: held
            .into_iter()
            .map(|one| one.0.document.name().to_owned())
            .collect(),
    }
}

impl Counter {
    /// Writes the files to a folder, made where it is missing, and gives their paths.
    pub fn write(&self, directory: &Path) -> Result<Vec<PathBuf>, Error> {
        let mut written = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let path = directory.join(&file.path);
            let folder = path.parent().unwrap_or(directory);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, &file.text))
                .map_err(|source| Error::Write {
                    path: path.clone(),
                    source,
                })?;
            written.push(path);
        }
        Ok(written)
    }
}

/// The latest version of every story that the store holds, with its marking.
pub fn kept_readings(store: &dyn Store) -> Result<Vec<(Reading, Option<Tlp>)>, Error> {
    let mut latest = BTreeMap::new();
    for document in store.documents(None)? {
        latest.insert(document.story.clone(), document);
    }
    let readings = latest.into_values().map(|document| {
        let tlp = document.tlp;
        Ok((document.reading()?.reading, tlp))
    });
    readings.collect()
}

fn files(format: CounterFormat, chosen: &Chosen) -> Vec<File> {
    use daylight_counter::{csv, hosts, nftables, queries, rpz, sigma, suricata, yara};
    match format {
        CounterFormat::Hosts => vec![file("block/hosts.txt", hosts(chosen))],
        CounterFormat::Rpz => vec![file("block/rpz.zone", rpz(chosen))],
        CounterFormat::Nftables => vec![file("block/daylight.nft", nftables(chosen))],
        CounterFormat::Csv => vec![file("block/indicators.csv", csv(chosen))],
        CounterFormat::Suricata => suricata(chosen),
        CounterFormat::Sigma => sigma(chosen),
        CounterFormat::Yara => vec![file("yara/daylight.yar", yara(chosen))],
        CounterFormat::Queries => queries(chosen),
    }
}

fn file(path: &str, text: String) -> File {
    File {
        path: path.to_owned(),
        text,
    }
}

/// The embedded rules that detect the techniques which reports name or describe, as they are,
/// below a comment that says why each was chosen.
fn behaviour(reports: &[Report<'_>], known: &Known) -> Vec<File> {
    let techniques = techniques(reports, known);
    let set = embedded_rules(known);
    let mut files = Vec::new();
    for (path, text) in RuleSet::embedded_files() {
        let id = text.lines().find_map(|line| line.strip_prefix("id: "));
        let rule = id.and_then(|id| set.rules().find(|rule| rule.id == id.trim()));
        let Some(rule) = rule else {
            continue;
        };
        // A rule for a part of a technique looks for the technique too.
        let looks_for = |wanted: &str, id: &str| {
            id == wanted
                || id
                    .strip_prefix(wanted)
                    .is_some_and(|rest| rest.starts_with('.'))
        };
        let tags: Vec<String> = rule.techniques().collect();
        let why: Vec<&String> = techniques
            .iter()
            .filter(|(wanted, _)| tags.iter().any(|id| looks_for(wanted, id)))
            .map(|(_, why)| why)
            .collect();
        if why.is_empty() {
            continue;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let above: String = why.iter().map(|why| format!("# {why}\n")).collect();
        let source = "# A rule that comes with Daylight (MIT or Apache-2.0), chosen because:\n";
        files.push(file(
            &format!("sigma/behaviour-{name}"),
            format!("{source}{above}{text}"),
        ));
    }
    files
}

/// Each technique, and who names or describes it where.
fn techniques(reports: &[Report<'_>], known: &Known) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for report in reports {
        let (reading, tlp) = (report.reading, report.tlp);
        let named = reading
            .techniques
            .iter()
            .map(|one| (&one.id, "names", one.text.as_str()));
        let likely = reading.described.iter();
        let described = likely
            .filter(|one| one.probability >= DESCRIBED_PROBABILITY_MIN)
            .map(|one| {
                (
                    &one.id,
                    "seems to describe",
                    one.sentence.of(&reading.document.text),
                )
            });
        for (id, verb, words) in named.chain(described) {
            if let Some(technique) = known.knowledge().technique(id) {
                let why = format!("{tlp} | {} {verb} {id}: “{words}”", reading.document.name());
                found
                    .entry(technique.id.clone())
                    .or_insert_with(|| daylight_counter::comment(&why));
            }
        }
    }
    found
}
