use std::collections::HashMap;

use daylight_model::{Event, Finding, FindingKind, Limits, SourceRecord, derived_id};

use crate::correlate::Observations;
use crate::evaluate::{SlotTable, View};
use crate::{IndicatorSet, RuleSet, derive, show};

/// Names of fields remembered with their slots; logs have a few hundred.
const NAMES_KNOWN_MAX: usize = 1 << 16;

/// Runs rules and indicators over events, one at a time.
#[derive(Debug)]
pub struct Hunter<'r> {
    rules: &'r RuleSet,
    indicators: &'r IndicatorSet,
    slots: SlotTable,
    known: HashMap<String, Option<usize>>,
    observations: Observations,
}

impl<'r> Hunter<'r> {
    /// A hunter for these rules and indicators.
    #[must_use]
    pub fn new(rules: &'r RuleSet, indicators: &'r IndicatorSet) -> Self {
        Self::with_limits(rules, indicators, &Limits::default())
    }

    /// A hunter that keeps so much for correlations.
    #[must_use]
    pub fn with_limits(rules: &'r RuleSet, indicators: &'r IndicatorSet, limits: &Limits) -> Self {
        Self {
            rules,
            indicators,
            slots: SlotTable::default(),
            known: HashMap::new(),
            observations: Observations::new(limits.observations_max),
        }
    }

    /// Adds what an event shows to `out`: at most one finding for each rule and each
    /// indicator. [`attach_source`] completes them.
    pub fn event(&mut self, event: &Event<'_>, out: &mut Vec<Finding>) {
        self.run_rules(event, out);
        self.indicators.event(event, out);
    }

    /// What the events leave for [`crate::correlate`], once all have been seen.
    #[must_use]
    pub fn finish(self) -> Observations {
        self.observations
    }

    fn run_rules(&mut self, event: &Event<'_>, out: &mut Vec<Finding>) {
        let rules = self.rules;
        let mut candidates = rules.candidates(event.family, event.event_id).peekable();
        if candidates.peek().is_none() {
            return;
        }
        let derived = derive::fields(event);
        self.slots.clear(rules.names.len());
        for field in event.fields.iter().chain(&derived) {
            let slot = self.slot(&field.name);
            self.slots.push(slot);
        }
        let view = View::new(event, &derived, &self.slots);
        let mut last = None;
        for entry in candidates {
            // A rule's targets stand one after the other in a bucket.
            if last == Some(entry.rule) || !entry.target.admits(event) {
                continue;
            }
            let Some(compiled) = rules.rules.get(entry.rule) else {
                continue;
            };
            if view.holds(&compiled.expression) {
                last = Some(entry.rule);
                if let Some(plan) = rules.observed(entry.rule) {
                    self.observations.add(event, entry.rule, plan);
                }
                if !compiled.reports {
                    continue;
                }
                let mut found = finding(event, std::sync::Arc::clone(&compiled.rule));
                view.explain(&compiled.expression, &mut found.matched);
                out.push(found);
            }
        }
    }

    fn slot(&mut self, name: &str) -> Option<usize> {
        if let Some(slot) = self.known.get(name) {
            return *slot;
        }
        let names = &self.rules.names;
        // Some providers put spaces into names ("Threat Name"); rules never do.
        let slot = names.find(name).or_else(|| {
            let joined = || name.replace(' ', "");
            name.contains(' ')
                .then(joined)
                .and_then(|name| names.find(&name))
        });
        if self.known.len() < NAMES_KNOWN_MAX {
            self.known.insert(name.to_owned(), slot);
        }
        slot
    }
}

/// A finding about an event, still without its file.
pub(crate) fn finding(event: &Event<'_>, rule: std::sync::Arc<daylight_model::Rule>) -> Finding {
    let owned = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
    Finding {
        id: String::new(),
        rule,
        time: event.time,
        host: owned(&event.host),
        family: event.family,
        channel: owned(&event.channel),
        provider: owned(&event.provider),
        event_id: event.event_id,
        record: event.record,
        offset: event.offset,
        source: event.source,
        file: String::new(),
        file_sha256: String::new(),
        matched: Vec::new(),
        context: show::context(event),
    }
}

/// Completes a finding with the file it was made in and, from that, its id.
pub fn attach_source(finding: &mut Finding, source: &SourceRecord) {
    finding.file.clone_from(&source.path);
    finding.file_sha256.clone_from(&source.sha256);
    // Two reports may give the same indicator: each has its own finding.
    let giver = match finding.rule.kind {
        FindingKind::Indicator => finding.rule.origin.as_str(),
        _ => "",
    };
    let parts = [
        finding.rule.id.as_str(),
        giver,
        source.sha256.as_str(),
        &finding.record.to_string(),
        &finding.offset.to_string(),
    ];
    finding.id = derived_id("sighting", &parts);
}
