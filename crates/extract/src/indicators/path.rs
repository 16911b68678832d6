//! Registry keys, and paths of files and folders.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use daylight_model::{IndicatorKind, Span};

use super::scan::Found;

/// The longest path that is read as one.
const PATH_BYTES_MAX: usize = 1_024;

/// Roots of the registry. Longer names first: the search takes the leftmost first match.
const REGISTRY_ROOTS: &[&str] = &[
    "HKEY_LOCAL_MACHINE",
    "HKEY_CURRENT_USER",
    "HKEY_CLASSES_ROOT",
    "HKEY_USERS",
    "HKEY_CURRENT_CONFIG",
    "HKLM",
    "HKCU",
    "HKCR",
    "HKCC",
    "HKU",
];

/// Marks of a Windows path: a drive, a share, a variable.
const WINDOWS_MARKS: &[&str] = &[":\\", "%\\", "\\\\"];

/// Top folders of Unix systems.
const UNIX_ROOTS: &[&str] = &[
    "/bin/",
    "/boot/",
    "/dev/",
    "/etc/",
    "/home/",
    "/lib/",
    "/mnt/",
    "/opt/",
    "/proc/",
    "/root/",
    "/run/",
    "/sbin/",
    "/srv/",
    "/sys/",
    "/tmp/",
    "/usr/",
    "/var/",
    "/Library/",
    "/Applications/",
    "/Users/",
    "/private/",
    "/data/local/",
    "~/",
];

static ROOTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostFirst)
        .build([REGISTRY_ROOTS, WINDOWS_MARKS, UNIX_ROOTS].concat())
        .expect("a short constant list of roots")
});

/// Finds registry keys and paths; returns where they stand, in order.
pub(super) fn paths(text: &str, found: &mut Vec<Found>) -> Vec<Span> {
    let mut taken = Vec::<Span>::new();
    for root in ROOTS.find_iter(text) {
        if taken.last().is_some_and(|last| root.start() < last.end) {
            continue;
        }
        let pattern = root.pattern().as_usize();
        let read = if pattern < REGISTRY_ROOTS.len() {
            registry_key(text, root.start(), root.end())
        } else if pattern < REGISTRY_ROOTS.len() + WINDOWS_MARKS.len() {
            windows_path(text, root.start(), root.end())
        } else {
            unix_path(text, root.start(), root.end())
        };
        let Some((kind, span)) = read else { continue };
        if taken.last().is_some_and(|last| span.start < last.end) {
            continue;
        }
        let value = span.of(text).replace("\\\\", "\\");
        let value = if span.of(text).starts_with("\\\\") {
            format!("\\{value}")
        } else {
            value
        };
        found.push(Found::new(kind, span.start, span.end, value));
        taken.push(span);
    }
    taken
}

fn previous(text: &str, at: usize) -> Option<char> {
    text.get(..at).and_then(|before| before.chars().next_back())
}

fn registry_key(text: &str, start: usize, end: usize) -> Option<(IndicatorKind, Span)> {
    if previous(text, start).is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let rest = text.get(end..)?;
    let colon = usize::from(rest.starts_with(':'));
    let stop = components_end(text, end + colon)?;
    Some((IndicatorKind::RegistryKey, Span::new(start, stop)))
}

fn windows_path(text: &str, start: usize, end: usize) -> Option<(IndicatorKind, Span)> {
    let before = text.get(..start)?;
    let (from, components) = match text.get(start..end)? {
        ":\\" => {
            let drive = before
                .chars()
                .next_back()
                .filter(char::is_ascii_alphabetic)?;
            let from = start - drive.len_utf8();
            if previous(text, from).is_some_and(char::is_alphanumeric) {
                return None;
            }
            (from, start + 1)
        }
        "%\\" => {
            let name = before
                .bytes()
                .rev()
                .take(40)
                .take_while(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')')
                })
                .count();
            let from = start
                .checked_sub(name + 1)
                .filter(|&at| text.as_bytes().get(at) == Some(&b'%'))?;
            (from, start + 1)
        }
        _ => {
            if previous(text, start)
                .is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '\\' | '%'))
            {
                return None;
            }
            let server = text
                .get(end..)?
                .find(['\\', ' ', '\n', '\t', '"'])
                .map(|at| end + at)?;
            if server == end || server - end > 64 {
                return None;
            }
            (start, server)
        }
    };
    let stop = components_end(text, components)?;
    Some((IndicatorKind::FilePath, Span::new(from, stop)))
}

/// Where the backslash-separated components end that begin with the backslash at `from`.
fn components_end(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(rest) = text.get(at..).filter(|_| at - from < PATH_BYTES_MAX) {
        let separators = rest
            .bytes()
            .take(2)
            .take_while(|byte| *byte == b'\\')
            .count();
        let name = rest.get(separators..)?;
        let length = component_len(name);
        if separators == 0 || length == 0 {
            break;
        }
        at += separators + length;
    }
    let written = text.get(from..at)?;
    let trimmed = written
        .trim_end_matches(['.', ',', ';', ')', '\'', ']', '}'])
        .len();
    // A closing bracket belongs to the path where it was opened there: "{CLSID}".
    let closed = |open, close| written.ends_with(close) && written.contains(open);
    let kept = closed('(', ')') || closed('{', '}') || closed('[', ']');
    let end = from + if kept { written.len() } else { trimmed };
    (end > from + 1).then_some(end)
}

/// The length of one component: blanks only inside names of folders written in capitals.
fn component_len(name: &str) -> usize {
    let ends = |c: char| c.is_control() || c.is_whitespace() || "\\/<>\"|?*:,;`'’‘”“".contains(c);
    let first = name.find(ends).unwrap_or(name.len().min(256));
    if !name.get(first..).is_some_and(|rest| rest.starts_with(' ')) || first == 0 {
        return floor_boundary(name, first.min(256));
    }
    let reach = floor_boundary(name, name.len().min(64));
    let Some(folder) = name
        .get(..reach)
        .and_then(|near| near.split_once('\\'))
        .map(|(folder, _)| folder)
    else {
        return first;
    };
    let is_name_word = |word: &str| {
        word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '(' || c == '-')
    };
    let is_name = (folder.split(' ').all(is_name_word)
        || folder.eq_ignore_ascii_case("documents and settings"))
        && !folder.contains(['\n', '\r', '\t', '"', ':', ',', ';', '<', '>', '|']);
    if is_name { folder.len() } else { first }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

fn unix_path(text: &str, start: usize, end: usize) -> Option<(IndicatorKind, Span)> {
    if previous(text, start).is_some_and(|c| {
        c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | '%' | '}')
    }) {
        return None;
    }
    let rest = text.get(end..)?;
    let length = rest
        .bytes()
        .take(PATH_BYTES_MAX)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"._~+@%-/$".contains(byte))
        .count();
    let stop = end + rest.get(..length)?.trim_end_matches(['.', '-']).len();
    (stop > end).then(|| (IndicatorKind::FilePath, Span::new(start, stop)))
}
