//! The indicators themselves, close together: a million take little more than their letters.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use daylight_model::{Indicator, IndicatorKind, IndicatorRole, Span};

/// Indicators by their numbers.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Their values in lower case, one after the other.
    text: String,
    ends: Vec<u32>,
    kinds: Vec<IndicatorKind>,
    givers: Vec<u32>,
    /// Value and words as they are written, where these are others.
    written: HashMap<u32, (String, String)>,
}

impl Entries {
    /// Takes one in and gives its number; `None` where there is no room for more.
    pub(super) fn add(&mut self, kind: IndicatorKind, value: &str, giver: u32) -> Option<u32> {
        let number = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.text.len() + value.len()).ok()?;
        self.text.push_str(value);
        self.ends.push(end);
        self.kinds.push(kind);
        self.givers.push(giver);
        Some(number)
    }

    pub(super) fn set_written(&mut self, entry: u32, value: &str, written: &str) {
        if self.text(entry) != value || value != written {
            let texts = (value.to_owned(), written.to_owned());
            self.written.insert(entry, texts);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The value in lower case.
    pub(super) fn text(&self, entry: u32) -> &str {
        let end = |entry: u32| self.ends.get(entry as usize).map_or(0, |end| *end as usize);
        let start = entry.checked_sub(1).map_or(0, end);
        self.text.get(start..end(entry)).unwrap_or_default()
    }

    pub(super) fn kind(&self, entry: u32) -> IndicatorKind {
        let kind = self.kinds.get(entry as usize).copied();
        kind.unwrap_or(IndicatorKind::Filename)
    }

    pub(super) fn giver(&self, entry: u32) -> usize {
        self.givers
            .get(entry as usize)
            .map_or(0, |giver| *giver as usize)
    }

    pub(super) fn hash_all(&self, hasher: &mut impl Hasher) {
        (&self.text, &self.ends, &self.kinds, &self.givers).hash(hasher);
        for entry in (0..).take(self.len()) {
            self.written.get(&entry).hash(hasher);
        }
    }

    /// The indicator as reports have it, without its place.
    pub(super) fn indicator(&self, entry: u32) -> Indicator {
        let text = self.text(entry);
        let written = self.written.get(&entry);
        Indicator {
            kind: self.kind(entry),
            value: written.map_or(text, |(value, _)| value).to_owned(),
            span: Span::new(0, 0),
            as_written: written.map_or(text, |(_, written)| written).to_owned(),
            defanged: false,
            role: IndicatorRole::Indicator,
        }
    }
}
