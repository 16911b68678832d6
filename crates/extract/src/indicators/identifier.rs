//! Identifiers with a fixed shape: flaws, weaknesses, ATT&CK objects, networks.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use daylight_model::IndicatorKind;

use super::named;
use super::scan::Found;

static PREFIXES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(
            ["cve", "cwe"]
                .into_iter()
                .chain(named::CUES.iter().map(|(cue, _)| *cue)),
        )
        .expect("a short constant list of prefixes")
});

/// CVE and CWE ids anywhere in the text, inside URLs as well, and what words announce.
pub(super) fn identifiers(text: &str, found: &mut Vec<Found>) {
    for prefix in PREFIXES.find_iter(text) {
        let after = text.get(prefix.end()..).unwrap_or_default();
        if prefix.pattern().as_usize() == 0 {
            cve(text, prefix.start(), after, found);
        } else if let Some(&(_, kind)) = prefix
            .pattern()
            .as_usize()
            .checked_sub(2)
            .and_then(|cue| named::CUES.get(cue))
        {
            named::value(kind, text, prefix.end(), found);
        } else if let Some(id) = separated(after)
            && let Some(digits) = digits(id, 1, 5)
        {
            let end = text.len() - id.len() + digits.len();
            let value = format!("CWE-{digits}");
            found.push(Found::new(IndicatorKind::Cwe, prefix.start(), end, value));
        }
    }
}

const fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// What follows one separator: a hyphen in any dress, an underscore or a blank.
fn separated(text: &str) -> Option<&str> {
    let rest =
        text.strip_prefix(|c: char| is_hyphen(c) || matches!(c, '_' | ' ' | ':' | '\u{a0}'))?;
    // Lines break after hyphens.
    Some(rest.trim_start_matches(['\r', '\n']))
}

/// The digits at the start of `text`, where there are neither fewer nor more.
fn digits(text: &str, min: usize, max: usize) -> Option<&str> {
    let count = text
        .bytes()
        .take(max + 1)
        .take_while(u8::is_ascii_digit)
        .count();
    if (min..=max).contains(&count) {
        text.get(..count)
    } else {
        None
    }
}

/// `CVE-2021-26855`, and `, -26857 and -26858` after it.
fn cve(text: &str, start: usize, after: &str, found: &mut Vec<Found>) {
    let year_and_rest =
        separated(after).and_then(|rest| digits(rest, 4, 4).map(|year| (year, rest)));
    let Some((year, rest)) = year_and_rest else {
        return;
    };
    if !matches!(year.get(..2), Some("19" | "20")) {
        return;
    }
    let numbered = rest.get(4..).and_then(separated);
    let Some((mut rest, number)) = numbered.and_then(|rest| digits(rest, 4, 7).map(|n| (rest, n)))
    else {
        return;
    };
    let end = text.len() - rest.len() + number.len();
    found.push(Found::new(
        IndicatorKind::Cve,
        start,
        end,
        format!("CVE-{year}-{number}"),
    ));
    rest = rest.get(number.len()..).unwrap_or_default();
    while let Some(next) = continuation(rest) {
        let Some(number) = digits(next, 4, 7) else {
            break;
        };
        let place = text.len() - next.len();
        let value = format!("CVE-{year}-{number}");
        found.push(Found::new(
            IndicatorKind::Cve,
            place - 1,
            place + number.len(),
            value,
        ));
        rest = next.get(number.len()..).unwrap_or_default();
    }
}

/// What follows a list separator and the hyphen that stands for the omitted year; a slash
/// alone is enough where the number follows at once.
fn continuation(rest: &str) -> Option<&str> {
    if let Some(next) = rest
        .strip_prefix('/')
        .filter(|next| next.starts_with(|c: char| c.is_ascii_digit()))
    {
        return Some(next);
    }
    let mut next = rest.trim_start_matches([',', ';', '/', '&', ' ', '\u{a0}']);
    for word in ["and ", "or "] {
        next = next.strip_prefix(word).unwrap_or(next).trim_start();
    }
    if next.len() == rest.len() {
        return None;
    }
    next.strip_prefix(is_hyphen)
}

/// An id that is a word of its own: ATT&CK objects and autonomous systems.
pub(super) fn short(word: &str) -> Option<IndicatorKind> {
    let word = word.trim_end_matches(['.', '-', '_']);
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = word.strip_prefix("AS").filter(|number| all_digits(number)) {
        // The AS/400 is a computer.
        let is_number = number.len() >= 3 && number != "400" && number.parse::<u32>().is_ok();
        return is_number.then_some(IndicatorKind::Asn);
    }
    let object = |prefix: &str, starts: &[&str]| {
        word.strip_prefix(prefix).is_some_and(|number| {
            number.len() == 4
                && all_digits(number)
                && starts.iter().any(|start| number.starts_with(start))
        })
    };
    let technique = word.strip_prefix('T').is_some_and(|id| {
        let (base, sub) = id
            .split_once('.')
            .map_or((id, None), |(base, sub)| (base, Some(sub)));
        base.len() == 4
            && all_digits(base)
            && base.starts_with(['0', '1'])
            && sub.is_none_or(|sub| sub.len() == 3 && all_digits(sub))
    });
    let other = object("TA", &["00", "01"])
        || object("S", &["0", "1"])
        || object("G", &["0", "1"])
        || object("C", &["00"])
        || object("M", &["08", "09", "10"]);
    (technique || other).then_some(IndicatorKind::AttackId)
}
