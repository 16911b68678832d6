//! Sigma rules from indicators, one for each kind of log.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use daylight_model::IndicatorKind::{
    self, Cidr, Domain, FilePath, Filename, Imphash, Ipv4, Ipv6, Md5, RegistryKey, Sha1, Sha256,
    Url, UserAgent,
};
use daylight_model::NAMESPACE;

use crate::File;
use crate::block::comments;
use crate::entry::{Chosen, Entry, Source, day};
use crate::escape::{comment, sigma as literal, yaml};
use crate::value::parts_of_url;

/// A kind of log, and which of its fields holds what: kind, field, and what stands before the
/// value there.
struct Log {
    name: &'static str,
    title: &'static str,
    product: Option<&'static str>,
    category: &'static str,
    fields: &'static [(IndicatorKind, &'static str, &'static str)],
}

const LOGS: &[Log] = &[
    Log {
        name: "dns",
        title: "Name That a Report Gives Asked For",
        product: None,
        category: "dns",
        fields: &[(Domain, "query", ""), (Domain, "query|endswith", ".")],
    },
    Log {
        name: "dns-query",
        title: "Name That a Report Gives Asked For by a Program",
        product: Some("windows"),
        category: "dns_query",
        fields: &[
            (Domain, "QueryName", ""),
            (Domain, "QueryName|endswith", "."),
        ],
    },
    Log {
        name: "proxy",
        title: "Site or Page That a Report Gives Asked For",
        product: None,
        category: "proxy",
        fields: &[
            (Domain, "cs-host", ""),
            (Domain, "cs-host|endswith", "."),
            (Url, "c-uri|contains", ""),
            (UserAgent, "c-useragent", ""),
        ],
    },
    Log {
        name: "firewall",
        title: "Connection to an Address That a Report Gives",
        product: None,
        category: "firewall",
        fields: &[
            (Ipv4, "dst_ip", ""),
            (Ipv6, "dst_ip", ""),
            (Cidr, "dst_ip|cidr", ""),
        ],
    },
    Log {
        name: "network-connection",
        title: "Program Connected to What a Report Gives",
        product: Some("windows"),
        category: "network_connection",
        fields: &[
            (Ipv4, "DestinationIp", ""),
            (Ipv6, "DestinationIp", ""),
            (Cidr, "DestinationIp|cidr", ""),
            (Domain, "DestinationHostname", ""),
            (Domain, "DestinationHostname|endswith", "."),
        ],
    },
    Log {
        name: "process-creation",
        title: "Program That a Report Gives Run",
        product: Some("windows"),
        category: "process_creation",
        fields: &[
            (Md5, "Hashes|contains", "MD5="),
            (Sha1, "Hashes|contains", "SHA1="),
            (Sha256, "Hashes|contains", "SHA256="),
            (Imphash, "Hashes|contains", "IMPHASH="),
            (Filename, "Image|endswith", "\\"),
            (FilePath, "Image", ""),
        ],
    },
    Log {
        name: "image-load",
        title: "Library That a Report Gives Loaded",
        product: Some("windows"),
        category: "image_load",
        fields: &[
            (Md5, "Hashes|contains", "MD5="),
            (Sha1, "Hashes|contains", "SHA1="),
            (Sha256, "Hashes|contains", "SHA256="),
            (Imphash, "Hashes|contains", "IMPHASH="),
        ],
    },
    Log {
        name: "file-event",
        title: "File That a Report Gives Written",
        product: Some("windows"),
        category: "file_event",
        fields: &[
            (Filename, "TargetFilename|endswith", "\\"),
            (FilePath, "TargetFilename", ""),
        ],
    },
    Log {
        name: "registry-event",
        title: "Registry Key That a Report Gives Touched",
        product: Some("windows"),
        category: "registry_event",
        fields: &[(RegistryKey, "TargetObject|contains", "\\")],
    },
];

/// A rule for each kind of log in which some indicator would show.
#[must_use]
pub fn sigma(chosen: &Chosen) -> Vec<File> {
    LOGS.iter().filter_map(|log| rule(log, chosen)).collect()
}

fn rule(log: &Log, chosen: &Chosen) -> Option<File> {
    let mut fields: BTreeMap<&str, Vec<(String, &Entry)>> = BTreeMap::new();
    for (kind, field, before) in log.fields {
        let of_kind = chosen.entries.iter().filter(|entry| entry.kind == *kind);
        for entry in of_kind {
            if let Some(value) = written(entry, before) {
                fields.entry(field).or_default().push((value, entry));
            }
        }
    }
    if fields.is_empty() {
        return None;
    }
    let entries: Vec<&Entry> = fields.values().flatten().map(|(_, entry)| *entry).collect();
    let mut text = head(log, &entries, chosen);
    text.push_str("detection:\n");
    for (number, (field, values)) in fields.iter().enumerate() {
        let _ = write!(text, "  selection_{number}:\n    {field}:\n");
        for (value, entry) in values {
            let (above, value) = (comments(entry, "      #"), yaml(value));
            let _ = writeln!(text, "{above}      - {value}");
        }
    }
    text.push_str(
        "  condition: 1 of selection_*\nfalsepositives:\n  \
         - Something else of the same name, address or content\nlevel: high\n",
    );
    let path = format!("sigma/indicators-{}.yml", log.name);
    Some(File { path, text })
}

/// How a value is written into a field; `None` where the log cannot show it.
fn written(entry: &Entry, before: &str) -> Option<String> {
    let value = entry.value.as_str();
    let value = match entry.kind {
        Cidr => return Some(value.to_owned()),
        // A site without a page is looked for by its name.
        Url => {
            let (_, path) = parts_of_url(value).filter(|(_, path)| path.len() > 1)?;
            let from = value.find("://")? + "://".len();
            let to = value.len() - path.len() + path.find('#').unwrap_or(path.len());
            value.get(from..to)?
        }
        RegistryKey => below_the_root(value)?,
        // Logs of Windows write the whole path of files.
        FilePath if !value.contains(":\\") => return None,
        _ => value,
    };
    Some(literal(&format!("{before}{value}")))
}

/// A key without its root, which every log writes in its own way.
fn below_the_root(key: &str) -> Option<&str> {
    let key = key.trim_start_matches('\\');
    let upper = key.to_ascii_uppercase();
    let has_root = upper.starts_with("HK") || upper.starts_with("REGISTRY\\");
    let below = if has_root {
        key.split_once('\\')?.1
    } else {
        key
    };
    (below.len() >= 5).then_some(below)
}

fn head(log: &Log, entries: &[&Entry], chosen: &Chosen) -> String {
    let said = entries.iter().flat_map(|entry| &entry.said);
    let reports: BTreeMap<&str, &Source> = said
        .map(|said| (said.source.id.as_str(), said.source.as_ref()))
        .collect();
    let ids: Vec<&str> = reports.keys().copied().collect();
    let name = format!("sigma {} {}", log.name, ids.join(" "));
    let id = uuid::Uuid::new_v5(&NAMESPACE, name.as_bytes());
    let titles: Vec<String> = reports
        .values()
        .take(5)
        .map(|one| comment(&one.title))
        .collect();
    let until = entries.iter().filter_map(|entry| entry.until).min();
    let until = until.map_or_else(
        || "It holds without end.".to_owned(),
        |until| format!("The first of its values ends on {}.", day(until)),
    );
    let description = format!(
        "Looks for what these reports give: {}. {until}",
        titles.join("; ")
    );
    let mut out = chosen.head("#");
    let (title, description) = (yaml(log.title), yaml(&description));
    let _ = write!(
        out,
        "title: {title}\nid: {id}\nstatus: experimental\ndescription: {description}\n"
    );
    let urls: BTreeSet<String> = reports
        .values()
        .filter_map(|one| Some(format!("  - {}\n", yaml(&comment(one.url.as_deref()?)))))
        .collect();
    section(&mut out, "references", urls);
    let _ = writeln!(out, "author: Daylight\ndate: {}", day(chosen.now));
    section(
        &mut out,
        "tags",
        reports
            .values()
            .filter_map(|one| tlp_tag(&one.tlp))
            .collect(),
    );
    out.push_str("logsource:\n");
    if let Some(product) = log.product {
        let _ = writeln!(out, "  product: {product}");
    }
    let _ = writeln!(out, "  category: {}", log.category);
    out
}

fn section(out: &mut String, name: &str, lines: BTreeSet<String>) {
    if !lines.is_empty() {
        let _ = writeln!(out, "{name}:");
        out.extend(lines);
    }
}

/// The tag Sigma has for a marking.
fn tlp_tag(tlp: &str) -> Option<String> {
    let lower = tlp.to_ascii_lowercase().replace('+', "-");
    let level = lower.strip_prefix("tlp:")?;
    let plain = level
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    plain.then(|| format!("  - tlp.{level}\n"))
}
