//! Matches as correlations see them: when, where, and the few values that are compared.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use daylight_model::{Event, LogFamily, Timestamp, Value};
use serde::{Deserialize, Serialize};

use super::Sha256Of;
use crate::{Laid, derive};

/// Longest value that is kept whole, in bytes. Of longer ones the start is kept, with a hash
/// that tells them apart.
const VALUE_BYTES_MAX: usize = 512;

/// What correlations need of the events that a rule matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservationPlan {
    fields: Vec<String>,
}

impl ObservationPlan {
    pub(crate) fn new(fields: BTreeSet<String>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
        }
    }

    /// The fields whose values are taken, in the order they are kept.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.fields
    }
}

/// A match of a rule that correlations are made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Observation {
    /// The rule's place in its set.
    pub(crate) rule: usize,
    pub(crate) time: Option<Timestamp>,
    /// The file, as in [`Event::source`].
    pub source: usize,
    pub(crate) record: u64,
    pub(crate) offset: u64,
    pub(crate) family: LogFamily,
    pub(crate) event_id: Option<u32>,
    pub(crate) host: Option<Arc<str>>,
    pub(crate) channel: Option<Arc<str>>,
    pub(crate) provider: Option<Arc<str>>,
    /// The values of the plan's fields; `None` where the event has none.
    pub(crate) values: Box<[Option<Arc<str>>]>,
}

impl Observation {
    /// What correlations need of a match; texts are shared with those in `strings`.
    #[must_use]
    pub fn of(
        event: &Event<'_>,
        rule: usize,
        plan: &ObservationPlan,
        strings: &mut Strings,
    ) -> Self {
        let derived = derive::fields(event, derive::Lacking::of(&event.fields));
        let value = |name: &String| -> Option<String> {
            let own = event.value(name).or_else(|| {
                let named = |one: &&daylight_model::Field<'_>| one.name.eq_ignore_ascii_case(name);
                derived.iter().find(named).map(|field| &field.value)
            });
            match own {
                Some(Value::Null) => None,
                Some(value) => Some(kept(&value.as_text())),
                // Sigma's examples call the machine so.
                None if name.eq_ignore_ascii_case("ComputerName") => {
                    event.host.as_deref().map(str::to_owned)
                }
                None => None,
            }
        };
        let values: Vec<Option<String>> = plan.fields.iter().map(value).collect();
        let mut share = |text: Option<&str>| text.map(|text| strings.share(text));
        Self {
            rule,
            time: event.time,
            source: event.source,
            record: event.record,
            offset: event.offset,
            family: event.family,
            event_id: event.event_id,
            host: share(event.host.as_deref()),
            channel: share(event.channel.as_deref()),
            provider: share(event.provider.as_deref()),
            values: values
                .iter()
                .map(|value| share(value.as_deref().filter(|text| !text.is_empty())))
                .collect(),
        }
    }

    /// Time order; what happened at the same time stays in the order it was read.
    pub(crate) fn order(&self) -> (Option<Timestamp>, usize, u64, u64, usize) {
        (self.time, self.source, self.record, self.offset, self.rule)
    }
}

/// What makes two matches the same one: of Windows what is named in any export of the event, of
/// other logs the place in what the source holds.
pub(super) struct Identity<'o, 's> {
    pub(super) of: &'o Observation,
    pub(super) sha256: &'o Sha256Of<'s>,
}

impl Hash for Identity<'_, '_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self { of, sha256 } = self;
        of.rule.hash(hasher);
        match (&of.channel, &of.host) {
            (Some(channel), Some(host)) => {
                (channel, host, of.event_id).hash(hasher);
                for value in &of.values {
                    value.as_deref().map(Laid).hash(hasher);
                }
            }
            _ => (sha256(of.source).ok_or(of.source), of.record, of.offset).hash(hasher),
        }
    }
}

fn kept(text: &str) -> String {
    if text.len() <= VALUE_BYTES_MAX {
        return text.to_owned();
    }
    let mut hasher = DefaultHasher::new();
    text.to_lowercase().hash(&mut hasher);
    let end = text.floor_char_boundary(VALUE_BYTES_MAX);
    let start = text.get(..end).unwrap_or_default();
    format!("{start}… ({:016x})", hasher.finish())
}

/// Texts kept once each: the same accounts and machines come up again and again.
#[derive(Debug, Default)]
pub struct Strings {
    known: HashSet<Arc<str>>,
}

impl Strings {
    fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.known.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.known.insert(Arc::clone(&new));
        new
    }
}

/// The observations of one hunter, or of several.
#[derive(Debug, Default)]
pub struct Observations {
    list: Vec<Observation>,
    strings: Strings,
    count_max: usize,
    left_out: u64,
}

impl Observations {
    /// Room for so many.
    #[must_use]
    pub fn new(count_max: usize) -> Self {
        Self {
            count_max,
            ..Self::default()
        }
    }

    /// Keeps a match of a rule, or counts it where there is no more room.
    pub fn add(&mut self, event: &Event<'_>, rule: usize, plan: &ObservationPlan) {
        if self.list.len() < self.count_max {
            let one = Observation::of(event, rule, plan, &mut self.strings);
            self.list.push(one);
        } else {
            self.left_out += 1;
        }
    }

    /// Takes in one that was made before.
    pub fn restore(&mut self, mut one: Observation) {
        if self.list.len() >= self.count_max {
            self.left_out += 1;
            return;
        }
        let texts = [&mut one.host, &mut one.channel, &mut one.provider];
        for text in texts.into_iter().chain(&mut one.values).flatten() {
            *text = self.strings.share(text);
        }
        self.list.push(one);
    }

    /// Counts some that were left out before.
    pub fn leave_out(&mut self, count: u64) {
        self.left_out += count;
    }

    /// Those that are kept, in the order in which they were made.
    #[must_use]
    pub fn list(&self) -> &[Observation] {
        &self.list
    }

    /// How many there was no room for.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Takes in those of another hunter over the same rules.
    pub fn merge(&mut self, other: Self) {
        let room = self.count_max.saturating_sub(self.list.len());
        self.left_out += other.left_out + other.list.len().saturating_sub(room) as u64;
        self.list.extend(other.list.into_iter().take(room));
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.left_out == 0
    }

    /// The observations, and how many there was no room for.
    pub(crate) fn into_parts(self) -> (Vec<Observation>, u64) {
        (self.list, self.left_out)
    }
}
