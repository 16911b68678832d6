//! How indicators get to where they will be found.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use daylight_model::{Indicator, IndicatorKind, IndicatorRole, Span};

use super::exact::{Exact, Shape, is_word, mail_word, runs};
use super::keys::{Index, KeySet, key};
use super::registry::{self, Registry};
use super::rule::title;
use super::sweep::{LONG_BYTES_MIN, LooksFor, Sweep};
use super::{Giver, IndicatorSet};
use crate::sigma::pattern::lower;
use crate::warning;

/// Indicators without a word to find them by; more would slow everything down.
const ODD_MAX: usize = 10_000;
/// Indicators left out that are named one by one; the rest is counted.
const LEFT_OUT_MAX: usize = 10_000;
/// The longest value that is looked for.
const VALUE_BYTES_MAX: usize = 16 << 10;

/// Takes indicators in, one after the other, from reports and lists.
#[derive(Debug, Default)]
pub struct IndicatorSetBuilder {
    exact: Exact,
    words: Vec<(u64, u32)>,
    phrases: Vec<(u64, u32)>,
    registry: Vec<(u64, u32)>,
    anchors: Vec<(u64, Shape)>,
    /// What the sweep stops at.
    keys: Vec<u64>,
    looks_for: LooksFor,
    odd: Vec<String>,
    odd_phrases: Vec<String>,
    givers: Vec<Giver>,
    giver_numbers: HashMap<Giver, u32>,
    giver_last: u32,
    seen: HashSet<u64>,
    left_out: Vec<(Indicator, String)>,
    left_out_more: u64,
    has_older_hashes: bool,
}

impl IndicatorSetBuilder {
    /// Takes one in, unless it is no use to look for; then the set says why.
    pub fn add(&mut self, kind: IndicatorKind, value: &str, written: &str, giver: &Giver) {
        let value = value.trim();
        let lower = lower(value);
        let giver = self.giver(giver);
        let identity = key(lower.as_bytes()) ^ u64::from(giver) << 8 ^ kind as u64;
        if !self.seen.insert(identity) {
            return;
        }
        let taken = match warning::reason(kind, &lower) {
            Some(reason) => Err(reason),
            None => self.take(kind, lower, giver),
        };
        match taken {
            Ok(entry) => {
                self.exact.entries.set_written(entry, value, written);
                self.has_older_hashes |= matches!(kind, IndicatorKind::Md5 | IndicatorKind::Sha1);
            }
            Err(reason) => self.leave_out(kind, value, written, reason),
        }
    }

    fn giver(&mut self, giver: &Giver) -> u32 {
        // Most come one after the other.
        let last = self.giver_last as usize;
        if self.givers.get(last) == Some(giver) {
            return self.giver_last;
        }
        if let Some(number) = self.giver_numbers.get(giver) {
            self.giver_last = *number;
            return *number;
        }
        let number = u32::try_from(self.givers.len()).unwrap_or(u32::MAX);
        self.givers.push(giver.clone());
        self.giver_numbers.insert(giver.clone(), number);
        self.giver_last = number;
        number
    }

    fn leave_out(&mut self, kind: IndicatorKind, value: &str, written: &str, reason: String) {
        if self.left_out.len() >= LEFT_OUT_MAX {
            self.left_out_more += 1;
            return;
        }
        let indicator = Indicator {
            kind,
            value: value.to_owned(),
            span: Span::new(0, 0),
            as_written: written.to_owned(),
            defanged: false,
            role: IndicatorRole::Indicator,
        };
        self.left_out.push((indicator, reason));
    }

    /// Files a value in lower case where it will be found.
    fn take(&mut self, kind: IndicatorKind, value: String, giver: u32) -> Result<u32, String> {
        let unreadable = || Err(format!("not a readable {}", title(kind)));
        if value.is_empty() || value.len() > VALUE_BYTES_MAX || value.contains('\n') {
            return unreadable();
        }
        let value = match kind {
            IndicatorKind::Ipv4 | IndicatorKind::Ipv6 => match value.parse::<IpAddr>() {
                Ok(address) => address.to_canonical().to_string(),
                Err(_) => return unreadable(),
            },
            IndicatorKind::Domain => value.trim_matches('.').to_owned(),
            // Without a root, it is found below any.
            IndicatorKind::RegistryKey => match registry::canonical(&value) {
                Some(key) => key,
                None if value.trim_matches('\\').contains('\\') => {
                    value.trim_matches('\\').to_owned()
                }
                None => return unreadable(),
            },
            _ => value,
        };
        let no_room = || "more than can be looked for at once".to_owned();
        if kind == IndicatorKind::Cidr {
            let entry = self.exact.entries.len() as u32;
            if !self.exact.networks.add(&value, entry) {
                return unreadable();
            }
            self.looks_for.ipv6 |= value.contains(':');
            self.looks_for.dotted |= !value.contains(':');
            return self
                .exact
                .entries
                .add(kind, &value, giver)
                .ok_or_else(no_room);
        }
        if kind == IndicatorKind::RegistryKey {
            let own = key(value.as_bytes());
            let entry = self.exact.entries.add(kind, &value, giver);
            self.registry.extend(entry.map(|entry| (own, entry)));
            return entry.ok_or_else(no_room);
        }
        let is_address = matches!(kind, IndicatorKind::Ipv4 | IndicatorKind::Ipv6);
        let is_word =
            is_address || value.chars().all(is_word) && value.trim_matches(['.', '-']) == value;
        let gate = self.gate(&value, is_word && is_address)?;
        let entry = self
            .exact
            .entries
            .add(kind, &value, giver)
            .ok_or_else(no_room)?;
        let own = key(value.as_bytes());
        if is_word {
            self.looks_for.domains |= kind == IndicatorKind::Domain;
            self.words.push((own, entry));
        } else if let Some(Gate { key, offset }) = gate {
            let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
            self.anchors.push((key, Shape { offset, length }));
            self.phrases.push((own, entry));
        } else {
            self.exact.odd_entries.push(entry);
            self.odd_phrases.push(value);
        }
        Ok(entry)
    }

    /// Makes the sweep stop where the value may stand, and says at which of its words.
    fn gate(&mut self, value: &str, is_address: bool) -> Result<Option<Gate>, String> {
        if is_address && value.contains(':') {
            self.looks_for.ipv6 = true;
            self.keys.push(key(value.as_bytes()));
            return Ok(None);
        }
        let Some((offset, word)) = anchor(value) else {
            if self.odd.len() >= 2 * ODD_MAX {
                return Err(format!(
                    "no word in it is long enough to find it by, as with {ODD_MAX} others"
                ));
            }
            self.odd.extend([value.to_owned(), value.to_uppercase()]);
            return Ok(None);
        };
        self.looks_for.mails |= word.contains('@');
        self.looks_for.dotted |= word.contains('.');
        self.looks_for.long |= !word.contains('.');
        let key = key(word.as_bytes());
        self.keys.push(key);
        Ok(Some(Gate {
            key,
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
        }))
    }

    /// Everything that was taken in.
    #[must_use]
    pub fn build(mut self) -> IndicatorSet {
        self.anchors.sort_unstable();
        self.anchors.dedup();
        let mut exact = self.exact;
        let mut sweep = Sweep {
            keys: KeySet::new(self.keys),
            looks_for: self.looks_for,
            odd: None,
        };
        exact.words = Index::new(self.words);
        exact.phrases = Index::new(self.phrases);
        exact.anchors = Index::new(self.anchors);
        if !self.registry.is_empty() {
            self.odd.extend(registry::roots().map(str::to_owned));
        }
        exact.registry = Registry::new(self.registry);
        // Few and short as they are, neither fails.
        if !self.odd.is_empty() {
            let mut builder = AhoCorasickBuilder::new();
            sweep.odd = builder.ascii_case_insensitive(true).build(&self.odd).ok();
        }
        if !self.odd_phrases.is_empty() {
            exact.odd = AhoCorasick::new(&self.odd_phrases).ok();
        }
        IndicatorSet {
            sweep,
            exact,
            givers: self.givers,
            left_out: self.left_out,
            left_out_more: self.left_out_more,
            has_older_hashes: self.has_older_hashes,
            rules: std::sync::Mutex::default(),
        }
    }
}

/// The key of the word that a value is found by, and where in the value it begins.
struct Gate {
    key: u64,
    offset: u32,
}

/// The word that tells most: the whole host of a mail address with what stands before it, the
/// longest word with a dot in it, or a very long one.
fn anchor(value: &str) -> Option<(usize, &str)> {
    let with_dot = runs(value).filter(|(_, word)| word.contains('.') && word.len() > 2);
    let dotted = with_dot.max_by_key(|(_, word)| word.len());
    if let Some((start, word)) = dotted {
        let mail = mail_word(value, start, word);
        return Some(mail.map_or((start, word), |mail| {
            (start + word.len() - mail.len(), mail)
        }));
    }
    let long = runs(value).filter(|(_, word)| word.len() >= LONG_BYTES_MIN);
    long.max_by_key(|(_, word)| word.len())
}
