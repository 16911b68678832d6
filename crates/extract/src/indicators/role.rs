//! What an observable is in the text for.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use daylight_model::{IndicatorKind, IndicatorRole};

use super::lists;
use super::refang::Refanged;
use super::scan::Found;

/// Words under which lists of indicators stand, and words under which links for readers do.
const SECTIONS: &[(&str, bool)] = &[
    ("indicators of compromise", true),
    ("indicators of attack", true),
    ("network indicators", true),
    ("host indicators", true),
    ("iocs", true),
    ("ioc:", true),
    ("command and control", true),
    ("c2 server", true),
    ("c&c", true),
    ("references", false),
    ("sources:", false),
    ("further reading", false),
    ("additional resources", false),
    ("related", false),
    ("read more", false),
    ("learn more", false),
    ("mitigations", false),
    ("recommendations", false),
];

/// Words before a plain name that say what it was used for.
const USES: &[&str] = &[
    "domain",
    "c2",
    "c&c",
    "command and control",
    "command-and-control",
    "phish",
    "malicious",
    "registered",
    "resolv",
    "connect",
    "beacon",
    "exfiltrat",
    "attacker",
    "ransom",
    "spoof",
    "sinkhole",
    "callback",
    "impersonat",
    "payload",
];

static SECTION_MATCHER: LazyLock<AhoCorasick> =
    LazyLock::new(|| matcher(SECTIONS.iter().map(|(word, _)| *word)));
static USE_MATCHER: LazyLock<AhoCorasick> = LazyLock::new(|| matcher(USES.iter().copied()));

fn matcher<'a>(words: impl Iterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .expect("a short constant list of words")
}

/// Decides roles in one text.
pub(super) struct Roles<'a, 't> {
    refanged: &'a Refanged<'t>,
    own_hosts: &'a [String],
    /// Where sections begin, and whether they list indicators.
    sections: Vec<(usize, bool)>,
}

impl<'a, 't> Roles<'a, 't> {
    pub(super) fn new(refanged: &'a Refanged<'t>, own_hosts: &'a [String]) -> Self {
        let sections = SECTION_MATCHER
            .find_iter(refanged.text.as_ref())
            .filter_map(|word| {
                SECTIONS
                    .get(word.pattern().as_usize())
                    .map(|(_, lists)| (word.start(), *lists))
            })
            .collect();
        Self {
            refanged,
            own_hosts,
            sections,
        }
    }

    pub(super) fn of(&self, found: &Found) -> IndicatorRole {
        let defanged = self.refanged.is_defanged(found.start, found.end);
        let is_indicator = match found.kind {
            IndicatorKind::Ipv4 | IndicatorKind::Ipv6 | IndicatorKind::Cidr => {
                defanged || !is_local(&found.value)
            }
            IndicatorKind::Url => {
                let host = host_of(&found.value);
                !self.is_own(host)
                    && (defanged
                        || (!lists::is_reference_host(host)
                            && (is_address(host) || self.is_listed(found))))
            }
            IndicatorKind::Domain | IndicatorKind::Email => {
                !self.is_reference(host_of(&found.value))
                    && (defanged || self.is_listed(found) || self.is_used(found))
            }
            _ => true,
        };
        if is_indicator {
            IndicatorRole::Indicator
        } else {
            IndicatorRole::Reference
        }
    }

    /// Whether the host is the publisher's own or one whose links are there to be read.
    pub(super) fn is_reference(&self, host: &str) -> bool {
        self.is_own(host) || lists::is_reference_host(host) || lists::is_shared_host(host)
    }

    fn is_own(&self, host: &str) -> bool {
        self.own_hosts.iter().any(|own| {
            let own = own.strip_prefix("www.").unwrap_or(own);
            host.len() >= own.len()
                && host
                    .get(host.len() - own.len()..)
                    .is_some_and(|tail| tail.eq_ignore_ascii_case(own))
                && host
                    .get(..host.len() - own.len())
                    .is_some_and(|head| head.is_empty() || head.ends_with('.'))
        })
    }

    /// It stands alone on its line, in its cell or in quotes, under a heading that announces
    /// indicators.
    fn is_listed(&self, found: &Found) -> bool {
        let text = self.refanged.text.as_ref();
        let after = self.sections.partition_point(|(at, _)| *at < found.start);
        let under = after
            .checked_sub(1)
            .and_then(|last| self.sections.get(last))
            .is_some_and(|(_, lists)| *lists);
        let is_edge = |c: char| matches!(c, '\n' | '\r' | '\t' | '"' | '\'' | '|' | ',' | ';');
        let before = text
            .get(..found.start)
            .unwrap_or_default()
            .trim_end_matches([' ', '-', '*', '•']);
        let behind = text
            .get(found.end..)
            .unwrap_or_default()
            .trim_start_matches(' ');
        under
            && (before.is_empty() || before.ends_with(is_edge))
            && (behind.is_empty() || behind.starts_with(is_edge))
    }

    /// Words shortly before it on its line say what it was used for.
    fn is_used(&self, found: &Found) -> bool {
        let text = self.refanged.text.as_ref();
        let from = (found.start.saturating_sub(80)..=found.start)
            .find(|&at| text.is_char_boundary(at))
            .unwrap_or(found.start);
        let near = text.get(from..found.start).unwrap_or_default();
        USE_MATCHER.is_match(near.rsplit('\n').next().unwrap_or_default())
    }
}

/// The host of a normalised URL, mail address or domain.
fn host_of(value: &str) -> &str {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with('[') {
        host
    } else {
        host.split(':').next().unwrap_or_default()
    }
}

fn is_address(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok_and(|_| !is_local(host)) || host.starts_with('[')
}

/// Addresses that mean nothing outside the network they are used in.
fn is_local(value: &str) -> bool {
    let address = value.split('/').next().unwrap_or_default();
    if let Ok(v4) = address.parse::<Ipv4Addr>() {
        return v4.is_private()
            || v4.is_loopback()
            || v4.is_link_local()
            || v4.is_unspecified()
            || v4.is_broadcast()
            || v4.is_multicast()
            || v4.octets().first() == Some(&0);
    }
    address.parse::<Ipv6Addr>().is_ok_and(|v6| {
        v6.is_loopback()
            || v6.is_unspecified()
            || v6.is_unique_local()
            || v6.is_unicast_link_local()
            || v6.is_multicast()
    })
}
