//! Addresses and domain names.

use std::net::{Ipv4Addr, Ipv6Addr};

use daylight_model::IndicatorKind;

use super::refang::{LowercaseTail, Refanged};
use super::scan::Found;
use super::{lists, url};

/// Where a run of host characters stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a, 't> {
    pub(super) refanged: &'a Refanged<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Place<'a, '_> {
    pub(super) fn text(&self) -> &'a str {
        self.refanged.text.as_ref()
    }

    fn word(&self) -> &'a str {
        self.text().get(self.start..self.end).unwrap_or_default()
    }

    fn before(&self) -> &'a str {
        self.text().get(..self.start).unwrap_or_default()
    }

    fn after(&self) -> &'a str {
        self.text().get(self.end..).unwrap_or_default()
    }

    fn is_defanged(&self) -> bool {
        self.refanged.is_defanged(self.start, self.end)
    }

    const fn narrowed(self, start: usize, end: usize) -> Self {
        Self { start, end, ..self }
    }
}

/// Reads a run with a dot in it: address, network, domain, URL without scheme or file name.
/// Returns where to go on.
pub(super) fn dotted(place: Place<'_, '_>, found: &mut Vec<Found>) -> usize {
    let word = place.word();
    let head = word.len() - word.trim_start_matches(['.', '-', '_']).len();
    let tail = word.trim_end_matches(['.', '-', '_']).len();
    let place = place.narrowed(place.start + head, place.start + tail.max(head));
    if let Some(end) = addresses(place, found) {
        return end;
    }
    if place.word().bytes().any(|byte| byte.is_ascii_alphabetic()) {
        let wide = widened(place);
        if let Some((start, end)) = domain(wide) {
            return emit_domain(wide.narrowed(start, end), found);
        }
        file_name(place, found);
    }
    place.end
}

/// International names: letters beyond ASCII on either side belong to the name.
fn widened<'a, 't>(place: Place<'a, 't>) -> Place<'a, 't> {
    let is_name_char = |c: char| {
        c.is_alphanumeric() && !matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
            || c == '-'
    };
    let mut wide = place;
    if place
        .before()
        .chars()
        .next_back()
        .is_some_and(|c| !c.is_ascii() && is_name_char(c))
    {
        let extra: usize = place
            .before()
            .chars()
            .rev()
            .take(63)
            .take_while(|c| is_name_char(*c))
            .map(char::len_utf8)
            .sum();
        wide.start -= extra;
    }
    wide
}

/// IPv4 at the start of a run, alone or with its port or prefix length, or glued to words.
fn addresses(place: Place<'_, '_>, found: &mut Vec<Found>) -> Option<usize> {
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
        if let Some((0, length)) = name_in(rest, place.is_defanged()) {
            push_address(address, found);
            return Some(emit_domain(tail.narrowed(end, end + length), found));
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

/// The domain name in a run, without what is glued to it.
fn domain(place: Place<'_, '_>) -> Option<(usize, usize)> {
    let defanged = place.is_defanged();
    // A cell that says "Command and control" is the commonest left neighbour in flat tables.
    let phrase = if defanged && place.before().to_ascii_lowercase_tail(12) == "command and " {
        "control"
    } else {
        ""
    };
    let (skip, length) = match place.word().strip_prefix(phrase) {
        Some(rest) if !phrase.is_empty() && !rest.starts_with('.') => {
            name_after(place.word(), phrase.len(), defanged)?
        }
        _ => name_in(place.word(), defanged)?,
    };
    let place = place.narrowed(place.start + skip, place.start + skip + length);
    let name = place.word();
    if defanged {
        accept_defanged(name)
    } else {
        accept_fanged(place)
    }
    .then_some((place.start, place.end))
}

/// Where the host name stands in `word`: glued labels are cut off on both sides.
pub(super) fn name_in(word: &str, defanged: bool) -> Option<(usize, usize)> {
    let skip = if defanged { glued_label_len(word) } else { 0 };
    name_after(word, skip, defanged)
}

/// Where the host name stands that begins `skip` bytes into `word`.
fn name_after(word: &str, skip: usize, defanged: bool) -> Option<(usize, usize)> {
    let rest = word.get(skip..)?;
    let (stem, last) = rest.rsplit_once('.')?;
    let length = if lists::is_known_tld(&last.to_lowercase()) {
        rest.len()
    } else {
        stem.len() + 1 + glued_tld_len(last, defanged)?
    };
    is_name(rest.get(..length)?).then_some((skip, length))
}

/// The length of the top-level domain that a capitalised word is glued to: `comCommand`.
fn glued_tld_len(last: &str, defanged: bool) -> Option<usize> {
    let lower = last.bytes().take_while(u8::is_ascii_lowercase).count();
    let tld = last.get(..lower)?;
    let glued = last.get(lower..)?;
    let is_capital = glued.starts_with(|c: char| c.is_ascii_uppercase());
    let is_digit = defanged && glued.starts_with(|c: char| c.is_ascii_digit());
    let is_sure = defanged || matches!(tld, "com" | "net" | "org");
    (is_sure && (is_capital || is_digit) && lists::is_known_tld(tld)).then_some(lower)
}

/// The length of a column label glued before a defanged name: `Domainevil.example`.
fn glued_label_len(word: &str) -> usize {
    const LABELS: &[&str] = &[
        "Domains",
        "Domain",
        "Hostname",
        "Host",
        "Server",
        "URL",
        "C2",
        "Address",
        "Type",
        "Indicator",
    ];
    LABELS
        .iter()
        .find(|label| {
            word.strip_prefix(**label)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        })
        .map_or(0, |label| label.len())
}

/// Length and characters of a host name; the registrable part has no underscore.
fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    name.len() <= 253
        && name.split('.').count() >= 2
        && name.split('.').all(is_label)
        && name.rsplit('.').take(2).all(|label| !label.contains('_'))
        && !lists::is_bare_suffix(&name.to_lowercase())
}

fn tld_of(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// Defanging says that it is a host; only a file name is defanged as well.
fn accept_defanged(name: &str) -> bool {
    let tld = tld_of(name).to_ascii_lowercase();
    !(matches!(tld.as_str(), "cab" | "mov" | "one" | "py" | "zip") && name.split('.').count() == 2)
}

/// A plain run of letters and dots is a host only where nothing says otherwise.
fn accept_fanged(place: Place<'_, '_>) -> bool {
    let name = place.word();
    let tld = tld_of(name);
    let first = name.split('.').next().unwrap_or_default();
    if tld.bytes().any(|byte| byte.is_ascii_uppercase())
        || name.contains('_')
        || lists::is_product_name(name)
    {
        return false;
    }
    let before = place.before().chars().next_back();
    let after = place.after().chars().next();
    if before.is_some_and(|c| c.is_alphanumeric() || "$\\/%#&=~@".contains(c)) {
        return false;
    }
    if after.is_some_and(|c| "(\\%$".contains(c))
        || lists::is_code_root(first) && !is_dotless_root(name)
    {
        return false;
    }
    if lists::is_file_like_tld(tld) || is_package(name) {
        return false;
    }
    if lists::is_word_like_tld(tld) {
        let is_isolated = before.is_none_or(|c| !is_inner(c) && c != '(')
            && after.is_none_or(|c| !is_inner(c))
            && (stands_alone(place) || before.is_some_and(|c| "\"'“‘<|\t".contains(c)));
        let labels = name.split('.').count();
        let is_odd = first
            .bytes()
            .any(|byte| byte.is_ascii_digit() || byte == b'-');
        return is_isolated || labels >= 3 || is_odd || is_common(tld);
    }
    let is_house = matches!(tld, "co" | "gg" | "io" | "ly" | "tv");
    is_house || tld.len() != 2 || !is_member_access(name)
}

/// Top-level domains that are words but, in lower case behind a dot, hosts far more often.
fn is_common(tld: &str) -> bool {
    matches!(
        tld,
        "info" | "top" | "live" | "link" | "online" | "support" | "cloud" | "us" | "network"
    )
}

/// `com` or `net` as the name before its own suffix is a host after all: `net.com`.
fn is_dotless_root(name: &str) -> bool {
    name.split('.').count() == 2 && matches!(tld_of(name), "com" | "net" | "org")
}

/// `Foo.id`, `camelCase.is`: members of objects, not hosts.
fn is_member_access(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    let mut bytes = first.bytes();
    bytes.next();
    bytes.any(|byte| byte.is_ascii_uppercase())
}

/// `pl.example.mobile`: packages are named like hosts, backwards.
fn is_package(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    name.split('.').count() >= 3
        && (first.len() == 2 || matches!(first, "com" | "net" | "org"))
        && lists::is_known_tld(first)
        && (tld_of(name).len() > 4 || lists::is_word_like_tld(tld_of(name)))
}

fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '\\' | '=')
}

/// Nothing else on the line or in the cell.
fn stands_alone(place: Place<'_, '_>) -> bool {
    let is_edge = |c: char| matches!(c, '\n' | '\r' | '\t');
    let before = place.before().trim_end_matches([' ', '-', '*', '•']);
    let after = place.after().trim_start_matches([' ', ',', ';', ':']);
    (before.is_empty() || before.ends_with(is_edge))
        && (after.is_empty() || after.starts_with(is_edge))
}

/// A domain with what follows it: a path makes it a URL.
fn emit_domain(place: Place<'_, '_>, found: &mut Vec<Found>) -> usize {
    let value = place.word().to_lowercase();
    if let Some(end) = url::without_scheme(place, &value, IndicatorKind::Domain, found) {
        return end;
    }
    found.push(Found::new(
        IndicatorKind::Domain,
        place.start,
        place.end,
        value,
    ));
    place.end
}

/// A file name with an extension that reports name.
fn file_name(place: Place<'_, '_>, found: &mut Vec<Found>) {
    let name = place.word();
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return;
    };
    let is_plain =
        stem.bytes().any(|byte| byte.is_ascii_alphanumeric()) && !lists::is_product_name(name);
    if is_plain && lists::is_file_extension(extension) && !place.after().starts_with(['(', '\\']) {
        found.push(Found::new(
            IndicatorKind::Filename,
            place.start,
            place.end,
            name.to_owned(),
        ));
    }
}

/// The host of a URL: its kind and its normalised value.
pub(super) fn host_value(host: &str) -> Option<(IndicatorKind, String)> {
    if host.parse::<Ipv4Addr>().is_ok() {
        return Some((IndicatorKind::Ipv4, host.to_owned()));
    }
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return inner
            .parse::<Ipv6Addr>()
            .ok()
            .map(|address| (IndicatorKind::Ipv6, address.to_string()));
    }
    let is_host = is_name(host) && lists::is_known_tld(&tld_of(host).to_lowercase());
    is_host.then(|| (IndicatorKind::Domain, host.to_lowercase()))
}
