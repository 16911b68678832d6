//! Rules for Suricata, and the lists of hashes they read.

use std::collections::BTreeSet;
use std::fmt::Write;

use daylight_model::{IndicatorKind, NAMESPACE};

use crate::File;
use crate::block::comments;
use crate::entry::{Chosen, Entry, SAID_MAX, day};
use crate::escape::{content, word};
use crate::value::parts_of_url;

/// The range that is everybody's own.
const SID_FIRST: u32 = 1_000_000;
const SID_COUNT: u32 = 1_000_000;

const HASHES: [(IndicatorKind, &str); 3] = [
    (IndicatorKind::Md5, "md5"),
    (IndicatorKind::Sha1, "sha1"),
    (IndicatorKind::Sha256, "sha256"),
];

const OUT: &str = "$HOME_NET any -> any any";
const REQUEST: &str = "flow:established,to_server;";

/// The rules, and a list for each kind of hash that there is.
#[must_use]
pub fn suricata(chosen: &Chosen) -> Vec<File> {
    let mut rules = Rules {
        chosen,
        taken: BTreeSet::new(),
        text: chosen.head("#"),
    };
    for entry in &chosen.entries {
        rules.entry(entry);
    }
    let mut files = Vec::new();
    for (kind, name) in HASHES {
        let kinds = [kind];
        let hashes: Vec<&Entry> = chosen.of(&kinds).collect();
        if !hashes.is_empty() {
            rules.hashes(name, &hashes);
            files.push(File {
                path: format!("suricata/daylight-{name}.list"),
                text: hashes
                    .iter()
                    .map(|one| format!("{}\n", one.value))
                    .collect(),
            });
        }
    }
    files.push(File {
        path: "suricata/daylight.rules".to_owned(),
        text: rules.text,
    });
    files
}

struct Rules<'c> {
    chosen: &'c Chosen,
    taken: BTreeSet<u32>,
    text: String,
}

impl Rules<'_> {
    fn entry(&mut self, entry: &Entry) {
        let value = entry.value.as_str();
        match entry.kind {
            IndicatorKind::Domain => {
                let name = content(&format!(".{value}"));
                let below = format!("dotprefix; content:\"{name}\"; endswith;");
                self.rule(entry, "dns", OUT, &format!("dns.query; {below} nocase;"));
                self.rule(
                    entry,
                    "tls",
                    OUT,
                    &format!("{REQUEST} tls.sni; {below} nocase;"),
                );
                self.rule(entry, "http", OUT, &format!("{REQUEST} http.host; {below}"));
            }
            IndicatorKind::Url => {
                let Some((host, path)) = parts_of_url(value) else {
                    return;
                };
                let path = path.split('#').next().filter(|path| path.starts_with('/'));
                let (host, path) = (content(&host.to_lowercase()), content(path.unwrap_or("/")));
                let options = format!(
                    "{REQUEST} http.host; content:\"{host}\"; startswith; endswith; \
                     http.uri.raw; content:\"{path}\"; startswith;"
                );
                self.rule(entry, "http", OUT, &options);
            }
            IndicatorKind::Ipv4 | IndicatorKind::Ipv6 | IndicatorKind::Cidr => {
                let between = format!("$HOME_NET any <> [{value}] any");
                let once = "threshold:type limit, track by_both, count 1, seconds 3600;";
                self.rule(entry, "ip", &between, once);
            }
            IndicatorKind::UserAgent => {
                let agent = content(value);
                let options = format!(
                    "{REQUEST} http.user_agent; content:\"{agent}\"; startswith; endswith;"
                );
                self.rule(entry, "http", OUT, &options);
            }
            _ => {}
        }
    }

    fn rule(&mut self, entry: &Entry, protocol: &str, direction: &str, options: &str) {
        let sid = self.sid(&format!("{} {protocol}", entry.id));
        let (above, what) = (comments(entry, "#"), word(&entry.value));
        let metadata = metadata(&[entry], self.chosen);
        let _ = writeln!(
            self.text,
            "{above}alert {protocol} {direction} (msg:\"Daylight {what} named in a report\"; \
             {options} classtype:trojan-activity; {metadata} sid:{sid}; rev:1;)"
        );
    }

    /// The list itself holds hashes and nothing else; where each is from stands here.
    fn hashes(&mut self, name: &str, entries: &[&Entry]) {
        for entry in entries {
            self.text
                .push_str(&comments(entry, &format!("# {} |", entry.value)));
        }
        let metadata = metadata(entries, self.chosen);
        for protocol in ["http", "smtp", "smb", "ftp-data"] {
            let sid = self.sid(&format!("file {name} {protocol}"));
            let _ = writeln!(
                self.text,
                "alert {protocol} any any -> any any \
                 (msg:\"Daylight file with a {name} named in a report\"; \
                 file{name}:daylight-{name}.list; classtype:trojan-activity; \
                 {metadata} sid:{sid}; rev:1;)"
            );
        }
    }

    /// A number that the same indicator always gets, unless another has it already.
    fn sid(&mut self, name: &str) -> u32 {
        let id = uuid::Uuid::new_v5(&NAMESPACE, format!("suricata {name}").as_bytes());
        let bytes = id.as_bytes().first_chunk().copied().unwrap_or_default();
        let mut offset = u32::from_be_bytes(bytes) % SID_COUNT;
        while self.taken.len() < SID_COUNT as usize && !self.taken.insert(offset) {
            offset = (offset + 1) % SID_COUNT;
        }
        SID_FIRST + offset
    }
}

/// Plain words only: Suricata knows no escapes here. What stands for several indicators ends
/// with the first of them.
fn metadata(entries: &[&Entry], chosen: &Chosen) -> String {
    let date = |time| day(time).replace('-', "_");
    let mut words = vec![format!("created_at {}", date(chosen.now))];
    let until = entries.iter().filter_map(|entry| entry.until).min();
    words.extend(until.map(|until| format!("expires {}", date(until))));
    let said = entries.iter().flat_map(|entry| &entry.said);
    let sources: BTreeSet<(&str, &str)> = said
        .map(|said| (said.source.tlp.as_str(), said.source.id.as_str()))
        .collect();
    for (tlp, id) in sources.into_iter().take(SAID_MAX) {
        words.push(format!("tlp {}", word(&tlp.to_lowercase())));
        words.push(format!("source {}", word(id)));
    }
    format!("metadata:{};", words.join(", "))
}
