//! One pass over refanged text that offers candidates to the parsers.

use daylight_model::{IndicatorKind, Span};

use super::host::{self, Place};
use super::refang::Refanged;
use super::{address, hash, identifier, path, url, wallet};

/// The longest run of host characters that can hold a name or an address; longer ones are
/// blobs and are searched for hashes only.
const RUN_BYTES_MAX: usize = 2_048;

/// Something found, with its place in the refanged text.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kind: IndicatorKind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: String,
    /// It is part of the URL before it.
    pub(super) is_host_of_url: bool,
}

impl Found {
    pub(super) const fn new(kind: IndicatorKind, start: usize, end: usize, value: String) -> Self {
        Self {
            kind,
            start,
            end,
            value,
            is_host_of_url: false,
        }
    }
}

/// Everything in the text, in no particular order.
pub(super) fn scan(refanged: &Refanged<'_>) -> Vec<Found> {
    let text = refanged.text.as_ref();
    let mut found = Vec::new();
    let mut taken = path::paths(text, &mut found);
    let paths = found.len();
    identifier::identifiers(text, &mut found);
    let announced = found
        .get(paths..)
        .unwrap_or_default()
        .iter()
        .filter(|one| !matches!(one.kind, IndicatorKind::Cve | IndicatorKind::Cwe));
    taken.extend(announced.map(|one| Span::new(one.start, one.end)));
    taken.sort_by_key(|span| span.start);
    let mut taken = taken.into_iter().peekable();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = next_run(bytes, at) {
        // Paths are read first: their parts are not hosts.
        while taken.next_if(|span| span.end <= start).is_some() {}
        if let Some(span) = taken.peek().filter(|span| span.start <= start) {
            at = span.end.max(start + 1);
            continue;
        }
        let end = run_end(bytes, start);
        at = run(refanged, start, end, &mut found).max(end);
    }
    found
}

const fn is_run_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

fn next_run(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|byte| byte.is_ascii_alphanumeric())
        .map(|offset| from + offset)
}

fn run_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start
        + rest
            .iter()
            .position(|byte| !is_run_byte(*byte))
            .unwrap_or(rest.len())
}

/// Reads what a run of letters, digits, dots, dashes and underscores begins; returns where to
/// go on.
fn run(refanged: &Refanged<'_>, start: usize, end: usize, found: &mut Vec<Found>) -> usize {
    let text = refanged.text.as_ref();
    let Some(word) = text.get(start..end) else {
        return end;
    };
    let rest = text.get(end..).unwrap_or_default();
    if word.len() > RUN_BYTES_MAX {
        alphanumeric_runs(word, start, found);
        return end;
    }
    if rest.starts_with("://")
        && let Some(url_end) = url::with_scheme(refanged, start, end, found)
    {
        return url_end;
    }
    if matches!(
        word.as_bytes().first(),
        Some(b'T' | b'A' | b'S' | b'G' | b'C' | b'M')
    ) && let Some(kind) = identifier::short(word)
    {
        let value = word.trim_end_matches(['.', '-', '_']);
        found.push(Found::new(
            kind,
            start,
            start + value.len(),
            value.to_owned(),
        ));
        return end;
    }
    match rest.bytes().next() {
        Some(b'@') => {
            if let Some(mail_end) = url::email(refanged, start, end, found) {
                return mail_end;
            }
        }
        Some(b':') => {
            if let Some(address_end) = address::ipv6(text, start, end, found) {
                return address_end;
            }
        }
        _ => {}
    }
    if word.len() >= 32 {
        alphanumeric_runs(word, start, found);
    }
    if word.len() >= 26 && !word.contains('.') && wallet::is_wallet(word) {
        found.push(Found::new(
            IndicatorKind::CryptoAddress,
            start,
            end,
            word.to_owned(),
        ));
    }
    if word.contains('.') {
        let place = Place {
            refanged,
            start,
            end,
        };
        return host::dotted(place, found);
    }
    if text
        .get(..start)
        .is_some_and(|before| before.ends_with("::"))
        && let Some(address_end) = address::ipv6(text, start, end, found)
    {
        return address_end;
    }
    end
}

/// Offers each run of letters and digits inside a longer run to the hash reader.
fn alphanumeric_runs(word: &str, offset: usize, found: &mut Vec<Found>) {
    let mut start = 0;
    for part in word.split(['.', '-', '_']) {
        if part.len() >= 32 {
            hash::hashes(part, offset + start, found);
        }
        start += part.len() + 1;
    }
}
