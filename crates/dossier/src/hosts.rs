//! Which names mean the same machine.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::IpAddr;

use daylight_model::{Finding, Manifest};
use foldhash::fast::RandomState;

/// The names of machines in the evidence, folded: letter case is no difference, and a short
/// name that is the first label of exactly one full name means that machine.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    /// Lower-case name to the names of its machine, the fullest first.
    machines: BTreeMap<String, (String, Option<String>)>,
}

impl Hosts {
    /// Folds the names the findings and the files hold.
    pub(crate) fn of(findings: &[Finding], manifest: Option<&Manifest>) -> Self {
        let files = manifest.into_iter().flat_map(|manifest| &manifest.sources);
        let names = findings
            .iter()
            .filter_map(|finding| finding.host.as_deref())
            .chain(files.flat_map(|file| file.hosts.iter().map(String::as_str)));
        Self::of_names(names)
    }

    pub(crate) fn of_names<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut written: BTreeMap<String, &str> = BTreeMap::new();
        let mut seen: HashSet<&str, RandomState> = HashSet::default();
        for name in names.filter(|name| !name.is_empty()) {
            // Few machines leave many findings.
            if seen.insert(name) {
                written.entry(name.to_lowercase()).or_insert(name);
            }
        }
        let mut full_names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in written
            .keys()
            .filter(|name| name.parse::<IpAddr>().is_err())
        {
            if let Some((label, _)) = name.split_once('.') {
                full_names.entry(label).or_default().push(name);
            }
        }
        let mut machines = BTreeMap::new();
        for (name, as_written) in &written {
            match full_names.get(name.as_str()).map(Vec::as_slice) {
                Some([full]) => {
                    let full_as_written = written.get(*full).copied().unwrap_or(full);
                    let both = (full_as_written.to_owned(), Some((*as_written).to_owned()));
                    machines.insert((*full).to_owned(), both.clone());
                    machines.insert(name.clone(), both);
                }
                _ => {
                    let alone = ((*as_written).to_owned(), None);
                    machines.entry(name.clone()).or_insert(alone);
                }
            }
        }
        Self { machines }
    }

    /// The one name that stands for the machine.
    pub(crate) fn name<'h>(&'h self, host: &'h str) -> &'h str {
        self.machines
            .get(&host.to_lowercase())
            .map_or(host, |(full, _)| full)
    }

    /// Each machine once, with both its names where it has two, in the order of names.
    pub(crate) fn titles<'n>(&self, hosts: impl Iterator<Item = &'n str>) -> Vec<String> {
        let hosts: HashSet<&str, RandomState> = hosts.collect();
        let names: BTreeSet<String> = hosts.into_iter().map(str::to_lowercase).collect();
        let titles: BTreeSet<String> = names
            .iter()
            .map(|name| match self.machines.get(name) {
                Some((full, Some(short))) => format!("{full} ({short})"),
                Some((full, None)) => full.clone(),
                None => name.clone(),
            })
            .map(|title| crate::clean::value(&title))
            .collect();
        titles.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: &[&str]) {
        let hosts = Hosts::of_names(names.iter().copied());
        assert_eq!(hosts.titles(names.iter().copied()), expected, "{names:?}");
    }

    #[test]
    fn a_short_name_folds_into_the_one_full_name_it_fits() {
        check(
            &["MAIL1", "mail1.corp.example"],
            &["mail1.corp.example (MAIL1)"],
        );
        check(&["mail1", "MAIL1"], &["mail1"]);
        check(
            &["A", "a.x.example", "a.y.example"],
            &["A", "a.x.example", "a.y.example"],
        );
        check(&["A", "ab.example"], &["A", "ab.example"]);
        check(&["10", "10.0.0.1"], &["10", "10.0.0.1"]);
        check(&[], &[]);
    }
}
