//! URLs, with and without a scheme, and mail addresses.

use daylight_model::IndicatorKind;

use super::host::{self, Place};
use super::lists;
use super::refang::Refanged;
use super::scan::Found;

/// Schemes under which reports give addresses, longest first where one ends in another.
const SCHEMES: &[&str] = &[
    "https", "http", "sftp", "ftps", "ftp", "ldaps", "ldap", "smb", "ssh", "tcp", "udp", "rmi",
    "wss", "ws",
];

/// The longest URL that is read as one.
const URL_BYTES_MAX: usize = 2_048;

/// Reads the URL whose scheme ends at `colon`, a word may be glued before it.
pub(super) fn with_scheme(
    refanged: &Refanged<'_>,
    start: usize,
    colon: usize,
    found: &mut Vec<Found>,
) -> Option<usize> {
    let text = refanged.text.as_ref();
    let run = text.get(start..colon)?;
    let scheme = SCHEMES.iter().find(|scheme| {
        run.len()
            .checked_sub(scheme.len())
            .and_then(|at| Some((at, run.get(at..)?)))
            .is_some_and(|(at, tail)| {
                tail.eq_ignore_ascii_case(scheme) && (at == 0 || scheme.len() > 3)
            })
    })?;
    let scheme_start = colon - scheme.len();
    let host_start = colon + 3;
    let opener = text.get(..scheme_start)?.chars().next_back();
    if !may_begin_authority(text.get(host_start..)?) {
        return None;
    }
    let end = url_end(text, host_start, opener);
    let written = text.get(host_start..end)?;
    let authority_len = written.find(['/', '?', '#']).unwrap_or(written.len());
    let authority = written.get(..authority_len)?;
    let user_len = authority.rfind('@').map_or(0, |at| at + 1);
    let host_len = host_len(authority.get(user_len..)?);
    let host = authority.get(user_len..user_len + host_len)?;
    let defanged = refanged.is_defanged(scheme_start, end);
    let is_glued = host_len < authority.len() - user_len
        || host::host_value(host).is_none() && authority_len == written.len();
    let (end, host) = match host::host_value(host) {
        Some(_) if !is_glued => (end, host),
        // A port follows, or nothing does and a word may be glued to the top-level domain.
        Some(_) if authority.get(user_len + host_len..)?.starts_with(':') => (end, host),
        _ => {
            let (skip, length) = host::name_in(host, defanged).filter(|(skip, _)| *skip == 0)?;
            (
                host_start + user_len + skip + length,
                host.get(skip..skip + length)?,
            )
        }
    };
    let (kind, value) = host::host_value(host)?;
    let scheme = text.get(scheme_start..colon)?.to_ascii_lowercase();
    let user = authority.get(..user_len)?;
    let rest = text.get(host_start + user_len + host.len()..end)?;
    let host_in_url = if kind == IndicatorKind::Ipv6 {
        host.to_ascii_lowercase()
    } else {
        value.clone()
    };
    let url = format!("{scheme}://{user}{host_in_url}{rest}");
    found.push(Found::new(IndicatorKind::Url, scheme_start, end, url));
    let at = host_start + user_len;
    found.push(Found {
        is_host_of_url: true,
        ..Found::new(kind, at, at + host.len(), value)
    });
    Some(end)
}

/// A look at the host before the URL is read to its end, so that text full of schemes without
/// hosts is not read over and over.
fn may_begin_authority(rest: &str) -> bool {
    let is_inside = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'?' | b'#');
    let mut length = rest.bytes().take(320).take_while(is_inside).count();
    while !rest.is_char_boundary(length) {
        length -= 1;
    }
    let authority = rest.get(..length).unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.get(..host_len(host)).unwrap_or_default();
    host::host_value(host).is_some() || host::name_in(host, true).is_some()
}

/// A host that a path follows is a URL without its scheme.
pub(super) fn without_scheme(
    place: Place<'_, '_>,
    host: &str,
    kind: IndicatorKind,
    found: &mut Vec<Found>,
) -> Option<usize> {
    let text = place.text();
    let after = text.get(place.end..)?;
    let port = after.strip_prefix(':').map_or(0, |rest| {
        let digits = rest.bytes().take(6).take_while(u8::is_ascii_digit).count();
        if (1..=5).contains(&digits) {
            digits + 1
        } else {
            0
        }
    });
    let path = after.get(port..)?.strip_prefix('/')?;
    if !path.starts_with(|c: char| c.is_ascii_alphanumeric() || "?%~_-.#$&".contains(c)) {
        return None;
    }
    let opener = text.get(..place.start)?.chars().next_back();
    let end = url_end(text, place.start, opener);
    let tail = text.get(place.end..end)?;
    if tail.len() <= port + 1 {
        return None;
    }
    found.push(Found::new(
        IndicatorKind::Url,
        place.start,
        end,
        format!("{host}{tail}"),
    ));
    let inner = Found::new(kind, place.start, place.end, host.to_owned());
    found.push(Found {
        is_host_of_url: true,
        ..inner
    });
    Some(end)
}

/// The length of the host at the start of an authority.
fn host_len(authority: &str) -> usize {
    if authority.starts_with('[') {
        return authority.find(']').map_or(0, |at| at + 1);
    }
    let is_host_char = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let len = authority
        .find(|c: char| !is_host_char(c))
        .unwrap_or(authority.len());
    authority
        .get(..len)
        .map_or(0, |host| host.trim_end_matches(['.', '-']).len())
}

/// Where the URL ends that runs through `from`, which `opener` stands before.
fn url_end(text: &str, from: usize, opener: Option<char>) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let closer = match opener {
        Some('\'' | '‘' | '’') => Some('\''),
        Some('(') => Some(')'),
        Some('[') => Some(']'),
        Some('{') => Some('}'),
        Some('*') => Some('*'),
        _ => None,
    };
    let mut depth = 0_usize;
    let stop = |(at, c): (usize, char)| {
        if matches!(c, '(' | '[' | '{') {
            depth += 1;
        }
        let closes = Some(c) == closer && depth == 0;
        if matches!(c, ')' | ']' | '}') {
            depth = depth.saturating_sub(1);
        }
        let ends = ends_url(c) || begins_another(rest, at) || ends_string(rest, at);
        (at >= URL_BYTES_MAX || closes || ends).then_some(at)
    };
    let length = rest.char_indices().find_map(stop).unwrap_or(rest.len());
    let written = cut_glued(rest.get(..length).unwrap_or_default());
    from + trimmed_len(written)
}

/// An apostrophe that a string of code ends with.
fn ends_string(rest: &str, at: usize) -> bool {
    let after = rest.get(at..).and_then(|tail| tail.strip_prefix('\''));
    after.is_some_and(|tail| !tail.starts_with(|c: char| c.is_alphanumeric()))
}

/// A flattened list runs one URL into the next.
fn begins_another(rest: &str, at: usize) -> bool {
    let bytes = rest.as_bytes();
    if !matches!(bytes.get(at), Some(b'h' | b'H')) || at == 0 {
        return false;
    }
    let scheme = bytes
        .get(at..at + 4)
        .is_some_and(|four| four.eq_ignore_ascii_case(b"http"));
    let after = rest.get(at + 4..).unwrap_or_default();
    let after = after.strip_prefix(['s', 'S']).unwrap_or(after);
    let previous = bytes.get(at - 1).copied().unwrap_or_default();
    scheme
        && after.starts_with("://")
        && (previous.is_ascii_alphanumeric()
            || matches!(previous, b',' | b';' | b':' | b')' | b']'))
}

fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '"' | '<' | '>' | '`' | '\\' | '|' | '^')
        || matches!(
            c,
            '“' | '”'
                | '‘'
                | '’'
                | '«'
                | '»'
                | '…'
                | '\u{200b}'
                | '\u{feff}'
                | '、'
                | '。'
                | '，'
        )
}

/// Cuts a word that a flattened table glued behind a file extension.
fn cut_glued(written: &str) -> &str {
    let path = written.find('/').unwrap_or(written.len());
    let tail = written.get(path..).unwrap_or_default();
    let segment = tail.rfind('/').map_or(path, |at| path + at);
    let name = written.get(segment..).unwrap_or_default();
    for (dot, _) in name.match_indices('.') {
        let after = name.get(dot + 1..).unwrap_or_default();
        let lower = after
            .bytes()
            .take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            .count();
        let extension = after.get(..lower).unwrap_or_default();
        let glued = after.get(lower..).unwrap_or_default();
        if lists::is_file_extension(extension)
            && glued.starts_with(|c: char| c.is_ascii_uppercase())
        {
            return written.get(..segment + dot + 1 + lower).unwrap_or(written);
        }
    }
    written
}

/// The length without punctuation that belongs to the sentence.
fn trimmed_len(written: &str) -> usize {
    const PAIRS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
    let count = |c: char| written.matches(c).count();
    let mut unclosed = PAIRS.map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    let mut length = written.len();
    for last in written.chars().rev() {
        let extra = unclosed
            .iter_mut()
            .find(|(close, extra)| *close == last && *extra > 0);
        if let Some((_, extra)) = extra {
            *extra -= 1;
        } else if !matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '(' | '[' | '{'
        ) {
            break;
        }
        length -= last.len_utf8();
    }
    length
}

/// Reads the mail address whose local part ends at `at_sign`.
pub(super) fn email(
    refanged: &Refanged<'_>,
    start: usize,
    at_sign: usize,
    found: &mut Vec<Found>,
) -> Option<usize> {
    let text = refanged.text.as_ref();
    // "name+tag@": the plus sign ended the run before.
    let extra = text
        .get(..start)?
        .bytes()
        .rev()
        .take(64)
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'_' | b'-')
        })
        .count();
    let has_plus = text.get(start - extra..start)?.ends_with('+');
    let start = if has_plus { start - extra } else { start };
    let written = text.get(start..at_sign)?;
    let local = written.trim_start_matches(['.', '-', '_', '+']);
    let start = start + glued_label_len(local) + (written.len() - local.len());
    let local = text.get(start..at_sign)?;
    if local.is_empty() || local.len() > 64 || local.contains("..") {
        return None;
    }
    let rest = text.get(at_sign + 1..)?;
    let length = rest
        .bytes()
        .take(256)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        .count();
    let host = rest.get(..length)?.trim_end_matches(['.', '-']);
    let defanged = refanged.is_defanged(start, at_sign + 1 + host.len());
    let (skip, length) = host::name_in(host, defanged)?;
    let host = host.get(..length).filter(|_| skip == 0)?;
    let end = at_sign + 1 + length;
    if text.get(..start)?.ends_with('%') {
        return None;
    }
    let is_repository = local == "git" && text.get(end..)?.starts_with([':', '/']);
    if is_repository {
        return None;
    }
    let value = format!("{local}@{}", host.to_ascii_lowercase());
    found.push(Found::new(IndicatorKind::Email, start, end, value));
    Some(end)
}

/// The length of a column label glued before a mail address: `Emailname@`.
fn glued_label_len(local: &str) -> usize {
    const LABELS: &[&str] = &["Email", "E-mail", "Mail", "Address", "Contact"];
    LABELS
        .iter()
        .find(|label| {
            local
                .strip_prefix(**label)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        })
        .map_or(0, |label| label.len())
}
