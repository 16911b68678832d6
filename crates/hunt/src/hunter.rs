use daylight_model::{
    Decisive, Event, Finding, FindingKind, Limits, LogFamily, Rule, SourceRecord, derived_id,
};

use crate::correlate::Observations;
use crate::matcher::Runner;
use crate::show::{self, Shown};
use crate::{IndicatorSet, RuleSet};

/// Runs rules and indicators over events, one at a time.
#[derive(Debug)]
pub struct Hunter<'r> {
    rules: &'r RuleSet,
    indicators: &'r IndicatorSet,
    runner: Runner<'r>,
    observations: Observations,
}

impl<'r> Hunter<'r> {
    /// A hunter for these rules and indicators. Several may share them, one a thread.
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
            runner: Runner::new(rules),
            observations: Observations::new(limits.observations_max),
        }
    }

    /// Adds what an event shows to `out`: at most one finding for each rule and each
    /// indicator. [`attach_source`] completes them.
    pub fn event(&mut self, event: &Event<'_>, out: &mut Vec<Finding>) {
        let (rules, observations) = (self.rules, &mut self.observations);
        self.runner.event(event, |rule, view, shown| {
            let Some(compiled) = rules.rules.get(rule) else {
                return;
            };
            if let Some(plan) = rules.observed(rule) {
                observations.add(event, rule, plan);
            }
            if !compiled.reports {
                return;
            }
            let shown = shown.get_or_insert_with(|| {
                let mut matched = Vec::new();
                view.explain(&compiled.expression, &mut matched);
                let context = show::context(event);
                Shown { matched, context }
            });
            let rule = std::sync::Arc::clone(&compiled.rule);
            out.push(finding(event, rule, shown.clone()));
        });
        self.indicators.event(event, out);
    }

    /// Where the last event showed nothing, and no other of the same channel, provider and id shows
    /// anything that has fields of the same names: what of these must be the same. Fields beyond
    /// the list do not matter.
    #[must_use]
    pub fn dismissed(&self) -> Option<&[Decisive]> {
        self.runner
            .dismissed()
            .filter(|_| self.indicators.is_empty())
    }

    /// Adds places in `text`, which is lines of text of an unknown product, near which an
    /// indicator may stand. `false` where rules look at such lines, so that all are needed.
    pub fn skim(&self, text: &[u8], places: &mut Vec<usize>) -> bool {
        if self.rules.looks_at(LogFamily::Text) {
            return false;
        }
        self.indicators.skim(text, &mut |place| places.push(place));
        true
    }

    /// What the events have left for [`crate::correlate`] so far.
    #[must_use]
    pub fn observations(&self) -> &Observations {
        &self.observations
    }

    /// What the events leave for [`crate::correlate`], once all have been seen.
    #[must_use]
    pub fn finish(self) -> Observations {
        self.observations
    }
}

/// A finding about an event, still without its file.
pub(crate) fn finding(event: &Event<'_>, rule: std::sync::Arc<Rule>, shown: Shown) -> Finding {
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
        matched: shown.matched,
        context: shown.context,
    }
}

/// An event as it is, resting on a rule that has matched nothing: what tells most of it.
pub fn observed(event: &Event<'_>, rule: std::sync::Arc<daylight_model::Rule>) -> Finding {
    let context = show::context(event);
    let matched = if context.is_empty() {
        show::anything(event)
    } else {
        Vec::new()
    };
    finding(event, rule, Shown { matched, context })
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
