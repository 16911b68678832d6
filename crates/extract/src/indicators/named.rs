//! Values that nothing but the words beside them tell: mutexes, user agents, import hashes,
//! fuzzy hashes.

use daylight_model::IndicatorKind;

use super::scan::Found;

/// The words that announce such values, and what they announce.
pub(super) const CUES: &[(&str, IndicatorKind)] = &[
    ("mutex", IndicatorKind::Mutex),
    ("imphash", IndicatorKind::Imphash),
    ("import hash", IndicatorKind::Imphash),
    ("ssdeep", IndicatorKind::Ssdeep),
    ("user-agent", IndicatorKind::UserAgent),
    ("user agent", IndicatorKind::UserAgent),
    ("useragent", IndicatorKind::UserAgent),
];

/// The longest value that is read as one.
const VALUE_BYTES_MAX: usize = 512;

/// Words that may stand between the cue and its value.
const BETWEEN: &[&str] = &[
    "es", "s", "name", "names", "named", "called", "object", "objects", "string", "strings",
    "header", "headers", "hash", "value", "is", "was", "of", "the", "a", "with", "created",
    "field",
];

/// Reads the value that a cue ending at `from` announces.
pub(super) fn value(kind: IndicatorKind, text: &str, from: usize, found: &mut Vec<Found>) {
    let Some(lead) = lead(text, from) else {
        return;
    };
    let rest = text.get(lead.end..).unwrap_or_default();
    let read = match kind {
        IndicatorKind::Imphash => hexadecimal(rest),
        IndicatorKind::Ssdeep => fuzzy_hash(rest),
        IndicatorKind::Mutex => mutex(rest, &lead),
        _ => user_agent(rest, &lead),
    };
    let Some(length) = read.filter(|&length| length > 0) else {
        return;
    };
    let (start, end) = (lead.end, lead.end + length);
    let Some(written) = text.get(start..end) else {
        return;
    };
    let value = match kind {
        IndicatorKind::Imphash => written.to_ascii_lowercase(),
        _ => written.replace("\\\\", "\\"),
    };
    found.push(Found::new(kind, start, end, value));
}

/// What stands between a cue and its value.
struct Lead {
    /// Where the value begins.
    end: usize,
    /// The mark that closes it, where a quotation mark opened it.
    closer: Option<char>,
    /// A colon, an equals sign or "named" stood before it.
    announced: bool,
}

/// Goes over the words and marks between a cue and its value.
fn lead(text: &str, from: usize) -> Option<Lead> {
    let mut lead = Lead {
        end: from,
        closer: None,
        announced: false,
    };
    for _ in 0..8 {
        let rest = text.get(lead.end..)?;
        let word = rest
            .bytes()
            .take(16)
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let lower = rest.get(..word)?.to_ascii_lowercase();
        if BETWEEN.contains(&lower.as_str()) {
            lead.announced |= matches!(lower.as_str(), "named" | "called");
            lead.end += word;
            continue;
        }
        let next = rest.chars().next()?;
        match next {
            ' ' | '\t' | '\u{a0}' | '(' | '[' => {}
            ':' | '=' => lead.announced = true,
            '"' | '“' | '”' => lead.closer = Some('"'),
            '\'' | '‘' | '’' => lead.closer = Some('\''),
            '`' => lead.closer = Some('`'),
            _ => break,
        }
        lead.end += next.len_utf8();
        if lead.closer.is_some() {
            break;
        }
    }
    Some(lead)
}

/// The length up to the closing mark, on the same line.
fn quoted(rest: &str, closer: char) -> Option<usize> {
    let closes = |c: char| match closer {
        '"' => matches!(c, '"' | '”' | '“'),
        '\'' => matches!(c, '\'' | '’'),
        _ => c == closer,
    };
    let (length, last) = rest
        .char_indices()
        .take(VALUE_BYTES_MAX)
        .find(|&(_, c)| closes(c) || c == '\n')?;
    closes(last).then_some(length)
}

fn hexadecimal(rest: &str) -> Option<usize> {
    let digits = rest
        .bytes()
        .take(33)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    (digits == 32).then_some(digits)
}

/// `96:aBc+/…:dEf…`: a block size and two strings.
fn fuzzy_hash(rest: &str) -> Option<usize> {
    let run = |text: &str| {
        text.bytes()
            .take(VALUE_BYTES_MAX)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
            .count()
    };
    let size = rest.bytes().take(10).take_while(u8::is_ascii_digit).count();
    let first = rest.get(size..)?.strip_prefix(':')?;
    let first_len = run(first);
    let second = first.get(first_len..)?.strip_prefix(':')?;
    let second_len = run(second);
    (size > 0 && first_len > 2 && second_len > 2).then_some(size + first_len + second_len + 2)
}

/// A quoted name, or an announced one that is no ordinary word.
fn mutex(rest: &str, lead: &Lead) -> Option<usize> {
    if let Some(closer) = lead.closer {
        return quoted(rest, closer).filter(|&length| length > 2);
    }
    let length = rest
        .find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '“' | '”' | '<'))
        .unwrap_or(rest.len())
        .min(VALUE_BYTES_MAX);
    let word = rest
        .get(..length)?
        .trim_end_matches(['.', ')', ']', ':', '\'', '’']);
    let odd = word
        .chars()
        .any(|c| c.is_ascii_digit() || matches!(c, '\\' | '_' | '{'))
        || word.chars().skip(1).any(char::is_uppercase);
    (lead.announced && odd && word.len() > 3).then_some(word.len())
}

/// A quoted string, or what follows a colon to the end of the line, with `product/version`.
fn user_agent(rest: &str, lead: &Lead) -> Option<usize> {
    let length = match lead.closer {
        Some(closer) => quoted(rest, closer)?,
        None if lead.announced => rest
            .find(['\n', '\r', '"', '”', '|', '\t'])
            .unwrap_or(rest.len()),
        None => return None,
    };
    let agent = rest
        .get(..length.min(VALUE_BYTES_MAX))?
        .trim_end_matches([' ', ',', '.', ';']);
    let product = agent.split(' ').next().unwrap_or_default();
    let versioned = product.split_once('/').is_some_and(|(name, version)| {
        name.len() > 1 && version.starts_with(|c: char| c.is_ascii_digit())
    });
    (lead.closer.is_some() && agent.len() > 2 || versioned).then_some(agent.len())
}
