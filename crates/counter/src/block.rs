//! Lists for name servers, firewalls and spreadsheets.

use std::fmt::Write;
use std::net::IpAddr;

use daylight_model::IndicatorKind;

use crate::entry::{Chosen, Entry, day};
use crate::escape;
use crate::value::Network;

const ADDRESSES: &[IndicatorKind] = &[
    IndicatorKind::Ipv4,
    IndicatorKind::Ipv6,
    IndicatorKind::Cidr,
];

/// The lines above an entry, each behind the sign of a comment.
pub(crate) fn comments(entry: &Entry, sign: &str) -> String {
    let lines = entry.comments();
    lines
        .iter()
        .map(|line| format!("{sign} {line}\n"))
        .collect()
}

/// A hosts file that leads names nowhere. It cannot hold what lies below a name.
#[must_use]
pub fn hosts(chosen: &Chosen) -> String {
    let mut out = chosen.head("#");
    for entry in chosen.of(&[IndicatorKind::Domain]) {
        let (above, name) = (comments(entry, "#"), &entry.value);
        let _ = write!(out, "{above}0.0.0.0 {name}\n:: {name}\n");
    }
    out
}

/// A response policy zone: names, what lies below them, and answers with listed addresses, are
/// as if they did not exist.
#[must_use]
pub fn rpz(chosen: &Chosen) -> String {
    let mut out = chosen.head(";");
    let serial = day(chosen.now).replace('-', "");
    let _ = write!(
        out,
        "$TTL 300\n\
         @ IN SOA localhost. hostmaster.localhost. ( {serial}00 3600 900 604800 300 )\n\
         @ IN NS localhost.\n"
    );
    for entry in chosen.of(&[IndicatorKind::Domain]) {
        let (above, name) = (comments(entry, ";"), &entry.value);
        let _ = write!(out, "{above}{name} IN CNAME .\n*.{name} IN CNAME .\n");
    }
    for (entry, network) in networks(chosen) {
        let (above, name) = (comments(entry, ";"), rpz_address(&network));
        let _ = writeln!(out, "{above}{name} IN CNAME .");
    }
    out
}

/// How a zone writes addresses: the length, then the parts of the address backwards, where `zz`
/// stands for `::`. Rust writes addresses as RFC 5952 and name servers do.
fn rpz_address(network: &Network) -> String {
    let backwards = |text: &str, between: char| {
        let parts = text.rsplit(between).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let parts = match network.first {
        IpAddr::V4(v4) => backwards(&v4.to_string(), '.'),
        IpAddr::V6(v6) => match v6.to_string().split_once("::") {
            Some((before, after)) => {
                let mut parts = backwards(after, ':');
                parts.push("zz".to_owned());
                parts.extend(backwards(before, ':'));
                parts
            }
            None => backwards(&v6.to_string(), ':'),
        },
    };
    format!("{}.{}.rpz-ip", network.bits, parts.join("."))
}

/// Addresses and networks, none inside another: sets of intervals may not overlap.
fn networks(chosen: &Chosen) -> Vec<(&Entry, Network)> {
    let parsed = |entry: &'_ Entry| Network::parse(&entry.value);
    let entries = chosen.of(ADDRESSES);
    let mut all: Vec<(&Entry, Network)> = entries
        .filter_map(|entry| Some((entry, parsed(entry)?)))
        .collect();
    // A network stands before everything that lies in it.
    all.sort_by_key(|(_, network)| (network.first, network.bits));
    let mut outer: Vec<(&Entry, Network)> = Vec::with_capacity(all.len());
    for (entry, network) in all {
        if outer.last().is_none_or(|(_, last)| !last.holds(&network)) {
            outer.push((entry, network));
        }
    }
    outer
}

/// A script for nftables: two sets whose elements end by themselves, and chains that drop what
/// goes to them or comes from them.
#[must_use]
pub fn nftables(chosen: &Chosen) -> String {
    let mut out = String::from("#!/usr/sbin/nft -f\n");
    out.push_str(&chosen.head("#"));
    out.push_str("table inet daylight\ndelete table inet daylight\ntable inet daylight {\n");
    let (four, six): (Vec<_>, Vec<_>) = networks(chosen)
        .into_iter()
        .partition(|(_, network)| network.first.is_ipv4());
    for (set, kind, elements) in [
        ("blocked4", "ipv4_addr", four),
        ("blocked6", "ipv6_addr", six),
    ] {
        let _ = write!(
            out,
            "  set {set} {{\n    type {kind}\n    flags interval, timeout\n"
        );
        if !elements.is_empty() {
            out.push_str("    elements = {\n");
            for (entry, network) in elements {
                let (above, timeout) = (comments(entry, "      #"), timeout(entry, chosen));
                let _ = writeln!(out, "{above}      {network}{timeout},");
            }
            out.push_str("    }\n");
        }
        out.push_str("  }\n");
    }
    for (chain, end) in [
        ("input", "saddr"),
        ("forward", "daddr"),
        ("output", "daddr"),
    ] {
        let _ = write!(
            out,
            "  chain {chain} {{\n    \
             type filter hook {chain} priority 0; policy accept;\n    \
             ip {end} @blocked4 counter drop\n    ip6 {end} @blocked6 counter drop\n  }}\n"
        );
    }
    out.push_str("}\n");
    out
}

fn timeout(entry: &Entry, chosen: &Chosen) -> String {
    entry.until.map_or_else(String::new, |until| {
        let seconds = until.duration_since(chosen.now).as_secs().max(1);
        format!(" timeout {seconds}s")
    })
}

/// Everything in a table (RFC 4180), a row for each value and report.
#[must_use]
pub fn csv(chosen: &Chosen) -> String {
    let head = "type,value,valid_until,tlp,report,publisher,published,url,sentence,id\r\n";
    let mut out = head.to_owned();
    for entry in &chosen.entries {
        for said in &entry.said {
            let source = &said.source;
            row(
                &mut out,
                &[
                    &kind_word(entry.kind),
                    &entry.value,
                    &entry.until.map(day).unwrap_or_default(),
                    &source.tlp,
                    &source.title,
                    source.publisher.as_deref().unwrap_or_default(),
                    &source.published.map(day).unwrap_or_default(),
                    source.url.as_deref().unwrap_or_default(),
                    &said.sentence,
                    &entry.id,
                ],
            );
        }
    }
    out
}

/// What was left out of all lists, with the reason.
#[must_use]
pub fn left_out(chosen: &Chosen) -> String {
    let mut out = String::from("type,value,reason,report\r\n");
    for one in &chosen.left_out {
        row(
            &mut out,
            &[&kind_word(one.kind), &one.value, &one.reason, &one.report],
        );
    }
    out
}

fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| escape::csv(cell)).collect();
    let _ = write!(out, "{}\r\n", cells.join(","));
}

fn kind_word(kind: IndicatorKind) -> String {
    format!("{kind:?}").to_lowercase()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_zones() {
        let check = |text: &str, expected: &str| {
            assert_eq!(rpz_address(&Network::parse(text).unwrap()), expected);
        };
        check("203.0.113.7", "32.7.113.0.203.rpz-ip");
        check("203.0.113.0/24", "24.0.113.0.203.rpz-ip");
        check("2001:db8::1", "128.1.zz.db8.2001.rpz-ip");
        check("2001:db8::/32", "32.zz.db8.2001.rpz-ip");
    }
}
