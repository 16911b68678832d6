//! Domain names, and file names that look like them.

use std::net::{Ipv4Addr, Ipv6Addr};

use daylight_model::IndicatorKind;

use super::refang::{LowercaseTail, Refanged};
use super::scan::Found;
use super::{address, lists, url};

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

    pub(super) fn word(&self) -> &'a str {
        self.text().get(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn before(&self) -> &'a str {
        self.text().get(..self.start).unwrap_or_default()
    }

    pub(super) fn after(&self) -> &'a str {
        self.text().get(self.end..).unwrap_or_default()
    }

    pub(super) fn is_defanged(&self) -> bool {
        self.refanged.is_defanged(self.start, self.end)
    }

    pub(super) const fn narrowed(self, start: usize, end: usize) -> Self {
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
    if let Some(end) = address::addresses(place, found) {
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
    } else if is_next_sentence(stem, last, defanged) {
        stem.len()
    } else {
        stem.len() + 1 + glued_tld_len(last, defanged)?
    };
    is_name(rest.get(..length)?).then_some((skip, length))
}

/// "evil.com.Vendor said": a sentence ends with the name, and the next begins at once.
fn is_next_sentence(stem: &str, last: &str, defanged: bool) -> bool {
    let tld = tld_of(stem);
    let sure = defanged || matches!(tld, "com" | "net" | "org");
    sure && last.starts_with(|c: char| c.is_ascii_uppercase())
        && stem.contains('.')
        && lists::is_known_tld(tld)
        && !stem.bytes().any(|byte| byte.is_ascii_uppercase())
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
pub(super) fn emit_domain(place: Place<'_, '_>, found: &mut Vec<Found>) -> usize {
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
