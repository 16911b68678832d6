//! File hashes, by length and by what they touch.

use std::collections::BTreeSet;

use daylight_model::IndicatorKind;

use super::scan::Found;

/// The longest glued word next to a hash; anything longer is an encoded blob.
const GLUED_WORD_BYTES_MAX: usize = 24;

/// Hashes inside one run of ASCII letters and digits that starts at `offset`.
///
/// Flattened tables glue labels to hashes (`MD5…`, `…Downloader`). A hash keeps one case, so a
/// change of case ends it as surely as a blank does.
pub(super) fn hashes(run: &str, offset: usize, found: &mut Vec<Found>) {
    if run.len() < 32 {
        return;
    }
    if let Some(kind) = kind_of(run) {
        found.push(Found::new(
            kind,
            offset,
            offset + run.len(),
            run.to_ascii_lowercase(),
        ));
        return;
    }
    let bytes = run.as_bytes();
    let mut from = label_len(run);
    let mut last_end = 0;
    while let Some(start) = (from..bytes.len()).find(|&at| is_hex(bytes, at)) {
        let end = one_case_end(bytes, start);
        from = end;
        let left = run.get(last_end..start).unwrap_or_default();
        let right = run.get(end..).unwrap_or_default();
        if let Some((hash_start, hash_end)) = trim_to_hash(run, start, end)
            && is_word(left)
            && is_word(letters_of(right))
            && let Some(text) = run.get(hash_start..hash_end)
            && let Some(kind) = kind_of(text)
        {
            let value = text.to_ascii_lowercase();
            found.push(Found::new(
                kind,
                offset + hash_start,
                offset + hash_end,
                value,
            ));
            last_end = hash_end;
        }
    }
}

fn is_hex(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_hexdigit)
}

/// Names of hash functions and file extensions that end in hexadecimal digits, which a
/// flattened table puts straight before a hash.
fn label_len(run: &str) -> usize {
    const LABELS: &[&str] = &["sha512", "sha256", "sha1", "md5", "exe", "pe", "file"];
    let lower = run.get(..8).unwrap_or(run).to_ascii_lowercase();
    LABELS
        .iter()
        .find(|label| lower.starts_with(**label))
        .map_or(0, |label| label.len())
}

/// The end of the hexadecimal run from `start` whose letters share one case.
fn one_case_end(bytes: &[u8], start: usize) -> usize {
    let mut upper = None;
    let mut at = start;
    while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_hexdigit()) {
        if byte.is_ascii_alphabetic() {
            let is_upper = byte.is_ascii_uppercase();
            if *upper.get_or_insert(is_upper) != is_upper {
                break;
            }
        }
        at += 1;
    }
    at
}

/// The hash in a run of hexadecimal digits: all of it, or all but the one digit that a footnote
/// mark or the end of a word left on one side.
fn trim_to_hash(run: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let len = end - start;
    let size = [128, 64, 40, 32]
        .into_iter()
        .find(|size| (*size..=*size + 1).contains(&len))?;
    let extra = len - size;
    if extra == 0 {
        return Some((start, end));
    }
    let tail = run.get(start + size..end)?;
    let before_word = run
        .get(end..)?
        .starts_with(|c: char| c.is_ascii_uppercase());
    if before_word && tail.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((start, start + size));
    }
    // "Type9e10…": the word before ends in a letter that is a digit as well.
    let is_lower = |c: char| c.is_ascii_lowercase();
    let after_word =
        run.get(..start)?.ends_with(is_lower) && run.get(start..)?.starts_with(is_lower);
    after_word.then_some((start + 1, end))
}

/// The letters at the start of `text`; all of it where it is short.
fn letters_of(text: &str) -> &str {
    if text.len() <= GLUED_WORD_BYTES_MAX {
        return text;
    }
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    text.get(..letters).unwrap_or_default()
}

/// A neighbour that is words run together, not more of an encoded blob: at most a few digits,
/// capitals only at the start of a word or throughout it.
fn is_word(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let lower_runs = text
        .split(|c: char| !c.is_ascii_lowercase())
        .filter(|run| !run.is_empty());
    text.len() <= GLUED_WORD_BYTES_MAX
        && digits <= 3
        && lower_runs.into_iter().all(|run| run.len() > 1)
}

/// The kind of hash that `text` is, by its length; never a placeholder or a serial number.
fn kind_of(text: &str) -> Option<IndicatorKind> {
    let kind = match text.len() {
        32 => IndicatorKind::Md5,
        40 => IndicatorKind::Sha1,
        64 => IndicatorKind::Sha256,
        128 => IndicatorKind::Sha512,
        _ => return None,
    };
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    // Three in eight digits of a hash are letters; serial numbers and fractions have none.
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let distinct = text.bytes().collect::<BTreeSet<_>>().len();
    (distinct > 5 && letters * 10 >= text.len()).then_some(kind)
}
