//! Which rules concern an event, and which of its fields they ask for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use daylight_model::{Decisive, Event, Field, LogFamily};
use foldhash::fast::FixedState;

use super::Matcher;
use super::program::PredicateId;
use super::sieve::Sieve;
use crate::derive::{self, Lacking};
use crate::evaluate::{Place, places};
use crate::sigma::compile::Slot;
use crate::sigma::source::Target;
use crate::{RuleSet, show};

/// Kinds of events remembered; logs have a few hundred, and hostile ones get no more.
const SCOPES_MAX: usize = 4_096;
/// Layouts remembered for one kind of event.
const PLANS_MAX: usize = 64;

/// What is known of the kinds of events met so far.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    /// Scopes of one family and event id, told apart by channel and provider.
    known: HashMap<(LogFamily, Option<u32>), Vec<Scope>, FixedState>,
    count: usize,
    plan_count: u32,
}

/// The rules for one kind of event.
#[derive(Debug)]
pub(super) struct Scope {
    channel: Option<Box<str>>,
    provider: Option<Box<str>>,
    pub(super) rules: Bits,
    /// Rules that may match though no text of theirs was found.
    pub(super) always: Vec<u32>,
    /// Rules that also look at Sysmon's `EventType`.
    typed: Vec<(u32, Arc<Target>)>,
    /// Slots whose texts concern one of the rules.
    slots: Bits,
    /// Slots that one of the rules asks for.
    asked: Bits,
    pub(super) asks_keywords: bool,
    /// For the texts of all its keywords, where they can be looked for so.
    pub(super) sieve: Option<Sieve>,
    /// Whether the sieve and the fields that are asked for alone decide which rules match.
    is_remembered: bool,
    plans: Vec<Plan>,
}

/// Where the fields that rules ask for stand in events with these names.
#[derive(Debug)]
pub(super) struct Plan {
    names: Vec<Box<str>>,
    /// All fields that rules ask for, sorted by slot.
    pub(super) places: Vec<Place>,
    /// Those in which texts are looked for.
    pub(super) scanned: Vec<Place>,
    pub(super) lacking: Lacking,
    /// No other plan has it.
    pub(super) number: u32,
    /// What of each field decides which rules match, and what is shown of the event; `None` where
    /// more than fields do.
    pub(super) decisive: Option<Vec<Decisive>>,
    /// What decides which rules match, with the fields that derived ones rest on in place of those;
    /// `None` where these do not rest on the record's own fields alone.
    pub(super) decisive_of_record: Option<Arc<[Decisive]>>,
}

impl Scopes {
    /// The scope of an event and the plan for its layout; `None` where no rule concerns it.
    pub(super) fn of(
        &mut self,
        rules: &RuleSet,
        matcher: &Matcher,
        event: &Event<'_>,
    ) -> Option<(&Scope, &Plan)> {
        if self.count >= SCOPES_MAX {
            self.known.clear();
            self.count = 0;
        }
        let scopes = self
            .known
            .entry((event.family, event.event_id))
            .or_default();
        let at = match scopes.iter().position(|scope| scope.fits(event)) {
            Some(at) => at,
            None => {
                self.count += 1;
                scopes.push(Scope::new(rules, matcher, event));
                scopes.len() - 1
            }
        };
        let scope = scopes.get_mut(at)?;
        if scope.rules.is_empty() {
            return None;
        }
        let plan = scope.plan(rules, &event.fields, &mut self.plan_count);
        Some((scope, scope.plans.get(plan)?))
    }
}

impl Scope {
    fn new(rules: &RuleSet, matcher: &Matcher, event: &Event<'_>) -> Self {
        let mut scope = Self {
            channel: event.channel.as_deref().map(Into::into),
            provider: event.provider.as_deref().map(Into::into),
            rules: Bits::default(),
            always: Vec::new(),
            typed: Vec::new(),
            slots: Bits::default(),
            asked: Bits::default(),
            asks_keywords: false,
            sieve: None,
            is_remembered: false,
            plans: Vec::new(),
        };
        let (mut keywords, mut asks_record) = (HashSet::new(), false);
        for entry in rules.candidates(event.family, event.event_id) {
            if !entry.target.admits_log(event) {
                continue;
            }
            let Ok(rule) = u32::try_from(entry.rule) else {
                continue;
            };
            if entry.target.looks_at_type() {
                scope.typed.push((rule, Arc::clone(&entry.target)));
            }
            if scope.rules.insert(entry.rule) {
                continue;
            }
            let Some(program) = matcher.programs.get(entry.rule) else {
                continue;
            };
            if program.triggers.is_none() {
                scope.always.push(rule);
            }
            for slot in program.slots.iter().flatten() {
                scope.slots.insert(*slot as usize);
            }
            for slot in &program.asked {
                scope.asked.insert(*slot as usize);
            }
            scope.asks_keywords |= !program.keywords.is_empty();
            asks_record |= program.asks_record;
            keywords.extend(&program.keywords);
        }
        let record = &matcher.record;
        let asked = |keyword: &PredicateId| keywords.contains(keyword);
        let asks_beyond_ascii = record.narrowed.iter().any(asked);
        scope.sieve = Sieve::new(record.texts_of(&keywords), asks_beyond_ascii);
        scope.is_remembered = !asks_record && (!scope.asks_keywords || scope.sieve.is_some());
        scope
    }

    fn fits(&self, event: &Event<'_>) -> bool {
        self.channel.as_deref() == event.channel.as_deref()
            && self.provider.as_deref() == event.provider.as_deref()
    }

    /// Whether a rule of the scope admits the event for what it is a record of.
    pub(super) fn admits(&self, rule: u32, event: &Event<'_>) -> bool {
        let mut targets = self
            .typed
            .iter()
            .filter(|(typed, _)| *typed == rule)
            .peekable();
        targets.peek().is_none() || targets.any(|(_, target)| target.admits_type(event))
    }

    /// The place of the plan for events with these fields.
    fn plan(&mut self, rules: &RuleSet, fields: &[Field<'_>], plan_count: &mut u32) -> usize {
        if let Some(at) = self.plans.iter().position(|plan| plan.fits(fields)) {
            // Logs repeat themselves: what was met last is met next.
            if at > 0 {
                self.plans.swap(at, at - 1);
            }
            return at.saturating_sub(1);
        }
        self.plans.truncate(PLANS_MAX - 1);
        let places = places(fields, &rules.names);
        let lacking = Lacking::of(fields);
        let matched = self.is_remembered.then(|| self.decisive(fields, &places));
        let own = matched.clone().filter(|_| lacking.is_nothing());
        let scanned = places
            .iter()
            .filter(|place| self.scans(place.slot as usize))
            .copied();
        self.plans.insert(
            0,
            Plan {
                names: fields
                    .iter()
                    .map(|field| field.name.as_ref().into())
                    .collect(),
                scanned: scanned.collect(),
                decisive_of_record: own.map(|parts| self.with_sources(parts, fields, rules)),
                decisive: matched.map(|parts| with_shown(parts, fields)),
                places,
                lacking,
                number: *plan_count,
            },
        );
        *plan_count = plan_count.wrapping_add(1);
        0
    }

    /// What of each field decides which rules match.
    fn decisive(&self, fields: &[Field<'_>], places: &[Place]) -> Vec<Decisive> {
        let rest = if self.asks_keywords {
            Decisive::Words
        } else {
            Decisive::Nothing
        };
        let mut parts = vec![rest; fields.len()];
        let asked = places
            .iter()
            .filter(|place| self.asked.contains(place.slot as usize));
        for place in asked {
            if let Some(part) = parts.get_mut(place.index as usize) {
                *part = Decisive::Value;
            }
        }
        for (part, field) in parts.iter_mut().zip(fields) {
            if !self.typed.is_empty() && field.name.eq_ignore_ascii_case("EventType") {
                *part = Decisive::Value;
            }
        }
        parts
    }

    /// Adds the fields on which derived ones rest that rules ask for.
    fn with_sources(
        &self,
        mut parts: Vec<Decisive>,
        fields: &[Field<'_>],
        rules: &RuleSet,
    ) -> Arc<[Decisive]> {
        let asked = derive::SOURCES.iter().filter(|(derived, _)| {
            let slot = rules.names.find(derived);
            slot.is_some_and(|slot| self.asks(slot))
        });
        let sources: Vec<&str> = asked.flat_map(|(_, sources)| *sources).copied().collect();
        for (part, field) in parts.iter_mut().zip(fields) {
            let is_named = |source: &&str| field.name.eq_ignore_ascii_case(source);
            if sources.iter().any(is_named) {
                *part = Decisive::Value;
            }
        }
        parts.into()
    }

    /// Whether a rule asks for the fields in a slot.
    pub(super) fn asks(&self, slot: Slot) -> bool {
        self.asked.contains(slot as usize)
    }

    pub(super) fn scans(&self, slot: usize) -> bool {
        self.slots.contains(slot)
    }
}

/// Adds the fields that are shown of an event, which must be the same too.
fn with_shown(mut parts: Vec<Decisive>, fields: &[Field<'_>]) -> Vec<Decisive> {
    for (part, field) in parts.iter_mut().zip(fields) {
        if show::is_telling(&field.name) {
            *part = Decisive::Value;
        }
    }
    parts
}

impl Plan {
    fn fits(&self, fields: &[Field<'_>]) -> bool {
        self.names.len() == fields.len()
            && self
                .names
                .iter()
                .zip(fields)
                .all(|(name, field)| name.as_ref() == field.name.as_ref())
    }
}

/// A set of small numbers.
#[derive(Debug, Default, Clone)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Puts a number in; whether it was there already.
    fn insert(&mut self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1 << (number % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0.get_mut(word).is_some_and(|word| {
            let was_there = *word & bit != 0;
            *word |= bit;
            was_there
        })
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        let word = self.0.get(number / 64);
        word.is_some_and(|word| word & 1 << (number % 64) != 0)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
