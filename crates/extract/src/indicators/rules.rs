//! YARA and Sigma rules that a text holds, whole.

use daylight_model::{Indicator, IndicatorKind, IndicatorRole, Span};

/// The longest rule that is read as one.
const RULE_BYTES_MAX: usize = 65_536;

/// The rules in a text, in order of place: the value is a rule's name, and the words as written
/// are the whole of it.
#[must_use]
pub fn rules(text: &str) -> Vec<Indicator> {
    let mut found = yara(text);
    found.extend(sigma(text));
    found.sort_by_key(|rule| rule.span);
    found
}

fn rule(kind: IndicatorKind, name: &str, span: Span, text: &str) -> Indicator {
    Indicator {
        kind,
        value: name.to_owned(),
        span,
        as_written: span.of(text).to_owned(),
        defanged: false,
        role: IndicatorRole::Indicator,
    }
}

/// `rule Name : tag { … condition: … }`.
fn yara(text: &str) -> Vec<Indicator> {
    let mut found = Vec::new();
    // Behind an opening that nothing closes, nothing is tried again: each byte is read once.
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("rule ")) {
        let at = from + at;
        from = at + "rule ".len();
        let starts = text[..at].trim_end_matches([' ', '\t']);
        let starts = starts
            .strip_suffix("private")
            .unwrap_or(starts)
            .trim_end_matches(' ');
        let starts = starts
            .strip_suffix("global")
            .unwrap_or(starts)
            .trim_end_matches(' ');
        let opens_line = starts.is_empty() || starts.ends_with(['\n', '\r', '}', '`']);
        let Some((name, body)) = yara_head(text, from).filter(|_| opens_line) else {
            continue;
        };
        match closing_brace(text, body) {
            Ok(end) => {
                from = end;
                if text[body..end].contains("condition") {
                    let start = starts.len() + text[starts.len()..].len()
                        - text[starts.len()..].trim_start().len();
                    let span = Span::new(start, end);
                    found.push(rule(IndicatorKind::YaraRule, name, span, text));
                }
            }
            Err(read_to) => from = read_to,
        }
    }
    found
}

/// The name of the rule whose head begins at `from`, and where its body begins.
fn yara_head(text: &str, from: usize) -> Option<(&str, usize)> {
    let rest = text.get(from..)?;
    let length = rest
        .bytes()
        .take(128)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let name = rest.get(..length).filter(|name| !name.is_empty())?;
    let between = rest
        .bytes()
        .skip(length)
        .take(256)
        .take_while(|byte| {
            byte.is_ascii_alphanumeric()
                || byte.is_ascii_whitespace()
                || matches!(byte, b'_' | b':')
        })
        .count();
    let tags = rest.get(length..length + between)?.trim();
    let body = from + length + between;
    let fits = tags.is_empty() || tags.starts_with(':');
    (fits && text.as_bytes().get(body) == Some(&b'{')).then_some((name, body))
}

/// Where the brace closes that opens at `from`; else how far was read. Strings, comments and
/// regular expressions may hold braces of their own.
fn closing_brace(text: &str, from: usize) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    let last = bytes.len().min(from + RULE_BYTES_MAX);
    let mut depth = 0_usize;
    let mut at = from;
    let mut before = b' ';
    while at < last {
        let byte = bytes[at];
        let two = bytes.get(at..at + 2).unwrap_or_default();
        match byte {
            _ if two == b"//" => at = skip_to(bytes, at, last, b"\n"),
            _ if two == b"/*" => at = skip_to(bytes, at + 2, last, b"*/"),
            b'"' => at = skip_escaped(bytes, at + 1, last, b'"'),
            b'/' if matches!(before, b'=' | b'(' | b's') => {
                at = skip_escaped(bytes, at + 1, last, b'/');
            }
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        at += 1;
    }
    let read_to = (last..=bytes.len()).find(|&at| text.is_char_boundary(at));
    Err(read_to.unwrap_or(bytes.len()))
}

/// The last byte of `mark` after `at`, or `last`.
fn skip_to(bytes: &[u8], at: usize, last: usize, mark: &[u8]) -> usize {
    let rest = bytes.get(at..last).unwrap_or_default();
    rest.windows(mark.len())
        .position(|window| window == mark)
        .map_or(last, |offset| at + offset + mark.len() - 1)
}

/// The closing mark after `at` that no backslash escapes; a line's end closes as well.
fn skip_escaped(bytes: &[u8], at: usize, last: usize, mark: u8) -> usize {
    let mut at = at;
    while at < last && bytes[at] != mark && bytes[at] != b'\n' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

/// A YAML document with `title`, `logsource`, `detection` and a `condition`.
fn sigma(text: &str) -> Vec<Indicator> {
    if !text.contains("logsource:") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start: Option<(usize, &str)> = None;
    let mut at = 0;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let title = line.trim_end().strip_prefix("title:");
        let goes_on = is_yaml(line);
        if title.is_some() || !goes_on {
            found.extend(start.take().and_then(|open| sigma_rule(text, open, end)));
        }
        if let Some(title) = title {
            start = Some((at, title.trim().trim_matches(['"', '\''])));
        }
        at += line.len();
        // Empty lines inside a rule belong to it, at its end they do not.
        if !line.trim().is_empty() {
            end = at;
        }
    }
    found.extend(start.and_then(|open| sigma_rule(text, open, end)));
    found
}

/// Whether a line can belong to a YAML mapping: indented, empty, an item, or a key.
fn is_yaml(line: &str) -> bool {
    let key = line
        .bytes()
        .take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'))
        .count();
    line.trim().is_empty()
        || line.starts_with([' ', '\t', '#'])
        || line.starts_with("- ")
        || key > 0 && line.get(key..).is_some_and(|rest| rest.starts_with(':'))
}

fn sigma_rule(text: &str, (start, title): (usize, &str), end: usize) -> Option<Indicator> {
    let span = Span::new(start, end).trimmed(text);
    let body = span.of(text);
    let holds = |key: &str| body.lines().any(|line| line.trim_start().starts_with(key));
    let whole = holds("logsource:") && holds("detection:") && holds("condition:");
    (whole && body.len() <= RULE_BYTES_MAX)
        .then(|| rule(IndicatorKind::SigmaRule, title, span, text))
}
