//! On which machine what is looked for could be seen, and on which not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use daylight_model::{
    CoverageRow, Finding, Interval, LogFamily, MachineCoverage, MachineLog, Outcome, SourceRecord,
    Timestamp,
};
use foldhash::fast::RandomState;
use jiff::civil::Date;

use super::span::{days_of, falls_into, gaps, is_needed, reach};
use super::{Evidence, Need};
use crate::case::is_decisive;

/// A machine by its name; files that name none are one.
type Host<'h> = Option<&'h str>;

/// What was read of one log family, from one file or on one machine.
#[derive(Debug, Default, Clone)]
struct Read {
    events: u64,
    other_events: u64,
    days: BTreeSet<Date>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    shared: bool,
}

/// What the logs of each machine could show; hits first, then the machines of which least
/// could be seen.
pub(super) fn machines(
    rows: &[CoverageRow],
    needs: &BTreeSet<Need>,
    evidence: &Evidence<'_>,
) -> Vec<MachineCoverage> {
    let mut wanted: BTreeMap<LogFamily, Vec<&Need>> = BTreeMap::new();
    // What files are there says nothing about a machine.
    let logs = needs
        .iter()
        .filter(|it| it.family != LogFamily::FileListing);
    for need in logs {
        wanted.entry(need.family).or_default().push(need);
    }
    let found = findings(rows, evidence);
    let mut machines: BTreeMap<Host<'_>, BTreeMap<LogFamily, Read>> = BTreeMap::new();
    for source in &evidence.manifest.sources {
        let read = read(source, &wanted);
        let hosts = hosts_of(source, evidence);
        // A file without a machine counts where it could have shown something.
        for host in hosts
            .into_iter()
            .filter(|it| it.is_some() || !read.is_empty())
        {
            let machine = machines.entry(host).or_default();
            for (family, read) in &read {
                machine.entry(*family).or_default().add(read);
            }
        }
    }
    let mut machines: Vec<MachineCoverage> = machines
        .into_iter()
        .map(|(host, read)| MachineCoverage {
            host: host.map(str::to_owned),
            missing: wanted
                .keys()
                .filter(|family| !read.contains_key(family))
                .copied()
                .collect(),
            logs: read
                .into_iter()
                .map(|(family, read)| {
                    let findings = found.get(&(host, family)).copied().unwrap_or_default();
                    log(family, read, findings, evidence.window)
                })
                .collect(),
        })
        .collect();
    machines.sort_by_cached_key(|machine| {
        let findings: usize = machine.logs.iter().map(|log| log.findings).sum();
        let seen = |log: &&MachineLog| log.outcome != Outcome::CouldNotSee;
        let seen = machine.logs.iter().filter(seen).count();
        (Reverse(findings), seen, machine.host.clone())
    });
    machines
}

/// The machines that wrote to a file.
fn hosts_of<'e>(source: &'e SourceRecord, evidence: &'e Evidence<'_>) -> BTreeSet<Host<'e>> {
    let names = source.hosts.iter().filter(|name| !name.is_empty());
    let hosts: BTreeSet<Host<'e>> = names.map(|name| Some(evidence.hosts.name(name))).collect();
    if hosts.is_empty() {
        return BTreeSet::from([None]);
    }
    hosts
}

/// How many findings bear on the story, by machine and log family.
fn findings<'e>(
    rows: &[CoverageRow],
    evidence: &'e Evidence<'_>,
) -> HashMap<(Host<'e>, LogFamily), usize> {
    let cells = rows.iter().flat_map(|row| &row.cells);
    let counted: HashSet<&str, RandomState> = cells
        .flat_map(|cell| cell.findings.iter().map(String::as_str))
        .collect();
    let bears = |it: &&Finding| is_decisive(it) && counted.contains(it.id.as_str());
    let mut found = HashMap::new();
    for finding in evidence.findings.iter().filter(bears) {
        let host = finding
            .host
            .as_deref()
            .map(|host| evidence.hosts.name(host));
        *found.entry((host, finding.family)).or_default() += 1;
    }
    found
}

/// What a file holds of the families that would show something.
fn read(
    source: &SourceRecord,
    wanted: &BTreeMap<LogFamily, Vec<&Need>>,
) -> BTreeMap<LogFamily, Read> {
    let mut read: BTreeMap<LogFamily, Read> = BTreeMap::new();
    for statistic in source.statistics.iter().filter(|it| it.count > 0) {
        let Some(needs) = wanted.get(&statistic.family) else {
            continue;
        };
        let known = read.entry(statistic.family).or_default();
        known.shared = source.hosts.len() > 1;
        if !needs.iter().any(|need| is_needed(statistic, need)) {
            known.other_events += statistic.count;
            continue;
        }
        known.events += statistic.count;
        known.days.extend(days_of(statistic));
        known.first = [known.first, statistic.first].into_iter().flatten().min();
        known.last = known.last.max(statistic.last);
    }
    read
}

impl Read {
    /// Adds what another file holds. Whose the events of a file of several machines are is not
    /// counted, so what is in files of one machine goes before.
    fn add(&mut self, other: &Self) {
        if self.events > 0 && self.shared != other.shared {
            if self.shared {
                *self = other.clone();
            }
            return;
        }
        self.events += other.events;
        self.other_events += other.other_events;
        self.days.extend(&other.days);
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        self.shared = other.shared;
    }
}

fn log(family: LogFamily, read: Read, findings: usize, window: Option<Interval>) -> MachineLog {
    let reaches = window.is_none_or(|window| read.days.iter().any(|day| falls_into(*day, window)));
    let outcome = match findings {
        0 if read.events > 0 && reaches && !read.shared => Outcome::NotSeen,
        0 => Outcome::CouldNotSee,
        _ => Outcome::Hit,
    };
    MachineLog {
        family,
        events: read.events,
        other_events: read.other_events,
        covered: reach(read.first, read.last),
        gaps: window.map_or_else(Vec::new, |window| gaps(&read.days, window)),
        shared: read.shared,
        findings,
        outcome,
    }
}
