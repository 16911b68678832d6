//! Addresses: IPv4 with what is glued to it, networks, IPv6.

use std::net::Ipv6Addr;

use daylight_model::IndicatorKind;

use super::host::{self, Place};
use super::scan::Found;
use super::url;

/// IPv4 at the start of a run, alone or with its port or prefix length, or glued to words.
pub(super) fn addresses(place: Place<'_, '_>, found: &mut Vec<Found>) -> Option<usize> {
    let word = place.word();
    let lead = word
        .bytes()
        .take_while(|byte| !byte.is_ascii_digit())
        .count();
    let (skip, length) = if lead == 0 {
        (0, ipv4_len(word)?)
    } else {
        // "Address203.0.113.7": a label glued on, which only a defanged address survives.
        let label = word.get(..lead)?;
        let digits = word.get(lead..)?;
        let is_label = label.len() > 1 && label.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !is_label || !place.is_defanged() {
            return None;
        }
        (lead, ipv4_len(digits)?)
    };
    let start = place.start + skip;
    let end = start + length;
    let address = place.narrowed(start, end);
    let rest = place.text().get(end..place.end)?;
    if rest.is_empty() {
        if !address.is_defanged() && is_version(address) {
            return Some(place.end);
        }
        return Some(emit_address(address, found));
    }
    let joins_word = rest.starts_with(|c: char| c.is_ascii_alphabetic());
    if joins_word {
        let tail = place.narrowed(end, place.end);
        if let Some((0, length)) = host::name_in(rest, place.is_defanged()) {
            push_address(address, found);
            return Some(host::emit_domain(tail.narrowed(end, end + length), found));
        }
        if address.is_defanged() {
            push_address(address, found);
            return Some(place.end);
        }
    }
    if let Some(second) = rest.strip_prefix('-')
        && ipv4_len(second) == Some(second.len())
    {
        push_address(address, found);
        push_address(place.narrowed(end + 1, place.end), found);
        return Some(place.end);
    }
    None
}

/// The length of the dotted quad at the start of `text`; `None` where it goes on.
fn ipv4_len(text: &str) -> Option<usize> {
    let mut at = 0;
    for part in 0..4 {
        if part > 0 {
            text.get(at..)?.strip_prefix('.')?;
            at += 1;
        }
        let digits = text
            .get(at..)?
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let octet = text.get(at..at + digits)?;
        let leads_with_zero = digits > 1 && octet.starts_with('0');
        if digits == 0 || digits > 3 || leads_with_zero || octet.parse::<u8>().is_err() {
            return None;
        }
        at += digits;
    }
    let rest = text.get(at..)?;
    let goes_on = rest
        .strip_prefix('.')
        .is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
    (!goes_on && !rest.starts_with('_')).then_some(at)
}

fn push_address(place: Place<'_, '_>, found: &mut Vec<Found>) {
    found.push(Found::new(
        IndicatorKind::Ipv4,
        place.start,
        place.end,
        place.word().to_owned(),
    ));
}

/// An address with what may follow it: `/22` makes a network, another path a URL.
fn emit_address(place: Place<'_, '_>, found: &mut Vec<Found>) -> usize {
    if let Some(rest) = place.after().strip_prefix('/') {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let prefix = rest.get(..digits).unwrap_or_default();
        let ends = !rest
            .get(digits..)
            .unwrap_or_default()
            .starts_with(|c: char| c.is_alphanumeric() || c == '/');
        if ends && prefix.parse::<u8>().is_ok_and(|bits| bits <= 32) {
            let end = place.end + 1 + digits;
            let value = format!("{}/{prefix}", place.word());
            found.push(Found::new(IndicatorKind::Cidr, place.start, end, value));
            return end;
        }
    }
    if place.is_defanged()
        && let Some(end) = url::without_scheme(place, place.word(), IndicatorKind::Ipv4, found)
    {
        return end;
    }
    push_address(place, found);
    place.end
}

/// Words before a dotted quad that make it a version.
const VERSION_WORDS: &[&str] = &[
    "version", "versions", "ver", "v", "build", "builds", "release", "releases", "firmware",
    "update", "patch", "revision", "player", "flash", "acrobat", "reader", "chrome", "firefox",
    "office", "plugin", "jre", "jdk", "java", "edge", "explorer", "ios", "android", "openssl",
    "sdk",
];

/// Whether a fanged dotted quad reads as a version number.
fn is_version(place: Place<'_, '_>) -> bool {
    let before = place.before();
    if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_')) {
        return true;
    }
    let octets: Vec<&str> = place.word().split('.').collect();
    // "12.1.0.2": addresses that small and that round are rarer than releases.
    let is_rounded = matches!(octets.as_slice(), [first, second, "0", _]
        if second.len() == 1 && !matches!(*first, "10" | "127" | "0"));
    if is_rounded && !place.after().starts_with('/') {
        return true;
    }
    // A list of versions: "versions 7.5.0.1, 7.5.0.2 and 7.6.1.2".
    let mut start = before.len().saturating_sub(96);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let line = before.get(start..).unwrap_or_default();
    let line = line.rsplit(['\n', '\r']).next().unwrap_or_default();
    for word in line
        .split(|c: char| c.is_whitespace() || "(),:=\"'".contains(c))
        .rev()
    {
        let is_between = word.is_empty()
            || matches!(
                word,
                "and" | "or" | "to" | "through" | "from" | "is" | "before" | "-"
            )
            || word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_between {
            let word = word.trim_end_matches('.').to_ascii_lowercase();
            return VERSION_WORDS.contains(&word.as_str());
        }
    }
    false
}

/// Reads an IPv6 address that begins in this run or in the colons before it.
pub(super) fn ipv6(text: &str, start: usize, end: usize, found: &mut Vec<Found>) -> Option<usize> {
    let before = text.get(..start)?;
    let start = if before.ends_with("::") {
        start - 2
    } else {
        start
    };
    let word = text.get(start..end)?;
    if word.len() > 8
        || !word
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b':')
    {
        return None;
    }
    if text
        .get(..start)?
        .ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '.' | '_' | '-'))
    {
        return None;
    }
    let rest = text.get(start..)?;
    let length = rest
        .bytes()
        .take(48)
        .take_while(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        .count();
    let written = rest.get(..length)?.trim_end_matches('.');
    let written = if written.ends_with("::") {
        written
    } else {
        written.trim_end_matches(':')
    };
    let address: Ipv6Addr = written.parse().ok()?;
    if rest
        .get(written.len()..)?
        .starts_with(|c: char| c.is_alphanumeric() || c == '_')
    {
        return None;
    }
    // Clock times and code (`dead::beef`) parse as well: real addresses lie in few blocks.
    let first = address.segments().first().copied().unwrap_or_default();
    let is_used = (0x2000..0x4000).contains(&first) || first >= 0xfc00 || address.is_loopback();
    let is_mapped = written.to_ascii_lowercase().starts_with("::ffff:") || first == 0x64;
    if !(is_used || is_mapped) {
        return None;
    }
    let mut stop = start + written.len();
    let mut kind = IndicatorKind::Ipv6;
    let mut value = address.to_string();
    if let Some(after) = text.get(stop..)?.strip_prefix('/') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if after
            .get(..digits)?
            .parse::<u8>()
            .is_ok_and(|bits| bits <= 128)
        {
            kind = IndicatorKind::Cidr;
            value = format!("{value}/{}", after.get(..digits)?);
            stop += 1 + digits;
        }
    }
    found.push(Found::new(kind, start, stop, value));
    Some(stop)
}
