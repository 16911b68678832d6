//! Names of machines and people taken out of an investigation before it is shown to others.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Error, Investigation};

/// What is to be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Redact {
    /// Names of machines.
    Hosts,
    /// Names of accounts.
    Users,
}

/// Accounts that every machine has: their names tell nothing of anybody.
const COMMON_ACCOUNTS: [&str; 12] = [
    "system",
    "local system",
    "localsystem",
    "local service",
    "network service",
    "administrator",
    "anonymous logon",
    "guest",
    "everyone",
    "nt authority",
    "users",
    "root",
];

/// What stands for the domain that machines are in.
const DOMAIN: &str = "redacted.example";

/// A name shorter than this could be part of anything.
const NAME_CHARACTERS_MIN: usize = 3;

/// Puts `host-1`, `user-1` … in the place of names (and `redacted.example` in that of domains), wherever they stand: in fields of findings,
/// in command lines and paths, in the manifest and in what is made of them. The same name gets
/// the same word, in the order of the alphabet. What reports say is public, and stays.
///
/// A name that no field gives as a machine's or an account's is not known to be one, and stays.
pub fn redact(found: &mut Investigation, what: &[Redact]) -> Result<(), Error> {
    let mut words = BTreeMap::new();
    if what.contains(&Redact::Hosts) {
        add_hosts(&hosts(found), &mut words);
    }
    if what.contains(&Redact::Users) {
        number(users(found), "user", &mut words);
    }
    let Some(names) = Names::new(words)? else {
        return Ok(());
    };
    names.replace(&mut found.findings)?;
    names.replace(&mut found.hunt.manifest)?;
    names.replace(&mut found.coverage)?;
    names.replace(&mut found.command)?;
    for advice in &mut found.advice {
        names.replace(advice)?;
    }
    Ok(())
}

/// Machines, by what fields and files say.
fn hosts(found: &Investigation) -> BTreeSet<String> {
    let of_findings = found.findings.iter().filter_map(|it| it.host.as_deref());
    let of_sources = found.hunt.manifest.sources.iter();
    let all = of_findings.chain(of_sources.flat_map(|it| it.hosts.iter().map(String::as_str)));
    all.map(|host| host.trim().to_lowercase()).collect()
}

/// A machine has one number, whether it stands there with its domain or without.
fn add_hosts(hosts: &BTreeSet<String>, words: &mut BTreeMap<String, String>) {
    let domain_of = |host: &str| {
        let (first, domain) = host.split_once('.')?;
        let is_address = host.parse::<std::net::IpAddr>().is_ok();
        (!is_address).then(|| (first.to_owned(), domain.to_owned()))
    };
    let first = |host: &String| domain_of(host).map_or_else(|| host.clone(), |parts| parts.0);
    number(hosts.iter().map(first).collect(), "host", words);
    for host in hosts {
        let Some((first, domain)) = domain_of(host) else {
            continue;
        };
        if let Some(word) = words.get(&first).cloned() {
            words.insert(host.clone(), format!("{word}.{DOMAIN}"));
        }
        words.insert(domain, DOMAIN.to_owned());
    }
}

/// Accounts, by the fields that name them.
fn users(found: &Investigation) -> BTreeSet<String> {
    let fields = found
        .findings
        .iter()
        .flat_map(|finding| finding.matched.iter().chain(&finding.context));
    let named = fields.filter(|field| is_account(&field.field));
    let mut users = BTreeSet::new();
    for field in named {
        // DOMAIN\name and name@domain hold a name of their own.
        let name = field.value.rsplit('\\').next().unwrap_or_default();
        let name = name.split('@').next().unwrap_or_default().trim();
        let name = name.to_lowercase();
        if !COMMON_ACCOUNTS.contains(&name.as_str()) && !name.ends_with('$') {
            users.insert(name);
        }
    }
    users
}

fn is_account(field: &str) -> bool {
    let field = field.to_lowercase();
    field == "user" || field.ends_with("username") || field.ends_with("user")
}

fn number(names: BTreeSet<String>, kind: &str, words: &mut BTreeMap<String, String>) {
    let long_enough = |name: &String| name.chars().count() >= NAME_CHARACTERS_MIN;
    for (number, name) in names.into_iter().filter(long_enough).enumerate() {
        words
            .entry(name)
            .or_insert_with(|| format!("{kind}-{}", number + 1));
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Redact(error.to_string())
}

/// Names, and what stands for them.
struct Names {
    pattern: Regex,
    words: BTreeMap<String, String>,
}

impl Names {
    /// `None` where there is no name.
    fn new(words: BTreeMap<String, String>) -> Result<Option<Self>, Error> {
        let mut longest_first: Vec<&String> = words.keys().collect();
        longest_first.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let alternatives: Vec<String> = longest_first
            .iter()
            .map(|name| regex::escape(name))
            .collect();
        if alternatives.is_empty() {
            return Ok(None);
        }
        let pattern = RegexBuilder::new(&alternatives.join("|"))
            .case_insensitive(true)
            .size_limit(usize::MAX)
            .build()
            .map_err(failed)?;
        Ok(Some(Self { pattern, words }))
    }

    /// Replaces names in all texts of something.
    fn replace<T: Serialize + DeserializeOwned>(&self, what: &mut T) -> Result<(), Error> {
        let mut value = serde_json::to_value(&*what).map_err(failed)?;
        self.in_value(&mut value);
        *what = serde_json::from_value(value).map_err(failed)?;
        Ok(())
    }

    fn in_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.in_text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.in_value(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.in_value(value)),
            _ => {}
        }
    }

    fn in_text(&self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut after = 0;
        for found in self.pattern.find_iter(text) {
            let word = self.words.get(&found.as_str().to_lowercase());
            let stands_alone = !text[..found.start()].ends_with(char::is_alphanumeric)
                && !text[found.end()..].starts_with(char::is_alphanumeric);
            if let Some(word) = word.filter(|_| stands_alone) {
                replaced.push_str(&text[after..found.start()]);
                replaced.push_str(word);
                after = found.end();
            }
        }
        replaced.push_str(&text[after..]);
        replaced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_wherever_they_stand_alone() {
        let hosts = ["mail01", "mail01.corp.example.org", "db2", "10.0.0.7"];
        let mut words = BTreeMap::new();
        add_hosts(&hosts.map(str::to_owned).into(), &mut words);
        number(["ada".to_owned()].into(), "user", &mut words);
        let names = Names::new(words).unwrap().unwrap();
        for (text, expected) in [
            (r"C:\Users\Ada\x on MAIL01", r"C:\Users\user-1\x on host-3"),
            ("MAIL01.corp.example.org/owa", "host-3.redacted.example/owa"),
            ("b@corp.example.org, 10.0.0.7", "b@redacted.example, host-1"),
            ("mail011 and Adam", "mail011 and Adam"),
            ("MAIL01$", "host-3$"),
            ("", ""),
        ] {
            assert_eq!(names.in_text(text), expected);
        }
    }
}
