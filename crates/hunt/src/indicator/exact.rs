//! Which indicators a text holds, and where: the word that decides, after the sweep.

use std::net::IpAddr;

use aho_corasick::AhoCorasick;
use daylight_model::IndicatorKind;

use super::entries::Entries;
use super::keys::{Index, key};
use super::networks::Networks;
use super::registry::Registry;
use super::sweep::{DOMAIN_BYTES_MAX, is_word_byte};

/// Where a word lies in a phrase, and how long the phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub(super) offset: u32,
    pub(super) length: u32,
}

/// Everything that is looked for, by what it is found by.
#[derive(Debug, Default)]
pub(super) struct Exact {
    pub(super) entries: Entries,
    /// Words, domains and addresses, by themselves.
    pub(super) words: Index<u32>,
    pub(super) networks: Networks,
    pub(super) registry: Registry,
    /// By one of its words, where a phrase may stand.
    pub(super) anchors: Index<Shape>,
    /// Phrases by themselves.
    pub(super) phrases: Index<u32>,
    /// Phrases without a word to find them by.
    pub(super) odd: Option<AhoCorasick>,
    pub(super) odd_entries: Vec<u32>,
}

/// Called with an entry and where it stands.
type Found<'f> = dyn FnMut(u32, usize) + 'f;

impl Exact {
    /// Finds what is in a text, which is in lower case.
    pub(super) fn search(&self, text: &str, found: &mut Found<'_>) {
        for word in text.split(|c: char| !is_word(c)) {
            self.word(word, offset_in(text, word), found);
        }
        self.ipv6(text, found);
        self.registry.search(text, &self.entries, found);
        if !self.anchors.is_empty() {
            self.phrases(text, found);
        }
        let Some(odd) = &self.odd else { return };
        for hit in odd.find_overlapping_iter(text) {
            if let Some(entry) = self.odd_entries.get(hit.pattern().as_usize())
                && borders_hold(text, hit.start(), hit.end())
            {
                found(*entry, hit.start());
            }
        }
    }

    fn word(&self, word: &str, at: usize, found: &mut Found<'_>) {
        let name = word.trim_matches(['.', '-']);
        if name.len() < 3 {
            return;
        }
        self.named(name, at, |_| true, found);
        if !name.contains('.') {
            return;
        }
        if name.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(address) = name.parse::<IpAddr>()
        {
            return self.networks.of(address).for_each(|entry| found(entry, at));
        }
        let is_domain = |kind| kind == IndicatorKind::Domain;
        let mut rest = name;
        while let Some((_, parent)) = rest.split_once('.') {
            if parent.len() <= DOMAIN_BYTES_MAX {
                self.named(parent, at, is_domain, found);
            }
            rest = parent;
        }
    }

    /// What a word is by itself.
    fn named(
        &self,
        word: &str,
        at: usize,
        wanted: impl Fn(IndicatorKind) -> bool,
        found: &mut Found<'_>,
    ) {
        for entry in self.words.get(key(word.as_bytes())) {
            if self.entries.text(*entry) == word && wanted(self.entries.kind(*entry)) {
                found(*entry, at);
            }
        }
    }

    fn ipv6(&self, text: &str, found: &mut Found<'_>) {
        if !text.contains(':') {
            return;
        }
        let part = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
        for candidate in text.split(|c| !part(c)) {
            let candidate = candidate.strip_suffix('.').unwrap_or(candidate);
            if candidate.matches(':').nth(1).is_some()
                && let Ok(address) = candidate.parse::<IpAddr>()
            {
                let (address, at) = (address.to_canonical(), offset_in(text, candidate));
                self.named(&address.to_string(), at, |_| true, found);
                self.networks.of(address).for_each(|entry| found(entry, at));
            }
        }
    }

    fn phrases(&self, text: &str, found: &mut Found<'_>) {
        for (start, word) in runs(text) {
            self.anchored(text, word, start, found);
            if let Some(mail) = mail_word(text, start, word) {
                self.anchored(text, mail, offset_in(text, mail), found);
            }
        }
    }

    /// Phrases that may lie around a word.
    fn anchored(&self, text: &str, word: &str, at: usize, found: &mut Found<'_>) {
        for shape in self.anchors.get(key(word.as_bytes())) {
            let Some(start) = at.checked_sub(shape.offset as usize) else {
                continue;
            };
            let end = start + shape.length as usize;
            let Some(phrase) = text.get(start..end) else {
                continue;
            };
            for entry in self.phrases.get(key(phrase.as_bytes())) {
                if self.entries.text(*entry) == phrase && borders_hold(text, start, end) {
                    found(*entry, start);
                }
            }
        }
    }
}

/// Words of ASCII, without the dots and dashes around them, and where they begin.
pub(super) fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_ascii() || !is_word_byte(c as u8))
        .map(|word| word.trim_matches(['.', '-']))
        .filter(|word| !word.is_empty())
        .map(move |word| (offset_in(text, word), word))
}

/// The last word before the `@`, the `@` and the host, where a word is the host of a mail
/// address.
pub(super) fn mail_word<'t>(text: &'t str, start: usize, word: &str) -> Option<&'t str> {
    let local = text.get(..start)?.strip_suffix('@')?;
    let from = local.bytes().rposition(|byte| !is_word_byte(byte));
    text.get(from.map_or(0, |place| place + 1)..start + word.len())
}

fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

/// Letters of words: those of host names, plus `_`.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// Whether a phrase stands for itself rather than being a part of something longer.
fn borders_hold(text: &str, start: usize, end: usize) -> bool {
    let part = |range| text.get(range).unwrap_or_default();
    let (before, phrase, after) = (part(0..start), part(start..end), part(end..text.len()));
    let inside_left = phrase.starts_with(is_word) && before.ends_with(is_word);
    // A full stop may end the sentence rather than go on with the name.
    let after = after.strip_prefix('.').unwrap_or(after);
    // What a thing of its kind could go on with: then this is another, longer one.
    let more = if phrase.contains("://") {
        "/?&=%+~#@:"
    } else if phrase.contains(['\\', '/']) {
        "\\/"
    } else {
        ""
    };
    let goes_on = |c: char| is_word(c) || more.contains(c);
    !inside_left && !after.starts_with(goes_on)
}
