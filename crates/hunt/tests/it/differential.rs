//! The matcher against the definition of what rules say, one rule and one test at a time.

use std::path::PathBuf;

use daylight_evidence::{Options, Sink, read};
use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
use daylight_model::{Decisive, Event, Limits};

use crate::shared::shared;

/// Compares the two on every event.
struct Comparison<'r> {
    rules: &'r RuleSet,
    hunter: Hunter<'r>,
    events: u64,
    matches: u64,
    differences: Vec<String>,
}

impl Sink for Comparison<'_> {
    fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        let mut findings = Vec::new();
        self.hunter.event(event, &mut findings);
        let fast: Vec<&str> = findings.iter().map(|one| one.rule.id.as_str()).collect();
        let rules: Vec<_> = self.rules.rules().collect();
        let by_definition = self.rules.matches_by_definition(event);
        let slow: Vec<&str> = by_definition
            .iter()
            .map(|index| rules[*index].id.as_str())
            .collect();
        self.matches += slow.len() as u64;
        if fast != slow {
            let place = (event.source, event.record);
            self.differences
                .push(format!("{place:?}: {fast:?} instead of {slow:?}"));
        }
    }
}

fn compare(rules: &RuleSet, paths: &[PathBuf]) -> (u64, u64) {
    let indicators = IndicatorSet::default();
    let mut comparison = Comparison {
        rules,
        hunter: Hunter::new(rules, &indicators),
        events: 0,
        matches: 0,
        differences: Vec::new(),
    };
    read(paths, &Options::default(), &mut comparison);
    assert!(
        comparison.differences.is_empty(),
        "{:#?}",
        comparison.differences
    );
    (comparison.events, comparison.matches)
}

#[test]
fn all_shared_events_match_as_their_definition_says() {
    let (Some(sigma), Some(evidence)) = (shared("rules/sigma"), shared("evidence")) else {
        return;
    };
    let mut rules = RuleSet::embedded();
    for part in ["rules", "rules-emerging-threats"] {
        let folder = sigma.join(part);
        rules.add_directory(&folder, &Limits::default()).unwrap();
    }
    let (events, matches) = compare(&rules, &[evidence, sigma.join("regression_data")]);
    let count = rules.rules().count();
    println!("{count} rules, {events} events, {matches} matches, no difference");
    assert!(events > 10_000 && matches > 1_000, "{events} {matches}");
}

#[test]
fn the_examples_match_as_their_definition_says() {
    let examples = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples"));
    let (events, matches) = compare(&RuleSet::embedded(), &[examples]);
    assert!(events > 1_000 && matches > 10, "{events} {matches}");
}

/// Hunts, and leaves out what was dismissed, or does not.
struct Dismissing<'r> {
    hunter: Hunter<'r>,
    dismisses: bool,
    events: u64,
    found: Vec<(usize, u64, String)>,
}

impl Sink for Dismissing<'_> {
    fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        let mut findings = Vec::new();
        self.hunter.event(event, &mut findings);
        let found = findings.iter();
        self.found
            .extend(found.map(|one| (one.source, one.record, one.rule.id.clone())));
    }

    fn dismissed(&self) -> Option<&[Decisive]> {
        self.hunter.dismissed().filter(|_| self.dismisses)
    }
}

/// Every log twice, so that all that is dismissed comes again.
#[test]
fn leaving_out_what_was_dismissed_changes_nothing() {
    let (Some(sigma), Some(evidence)) = (shared("rules/sigma"), shared("evidence")) else {
        return;
    };
    let mut rules = RuleSet::embedded();
    let added = rules.add_directory(&sigma.join("rules/windows"), &Limits::default());
    added.unwrap();
    let indicators = IndicatorSet::default();
    let hunt = |dismisses| {
        let mut sink = Dismissing {
            hunter: Hunter::new(&rules, &indicators),
            dismisses,
            events: 0,
            found: Vec::new(),
        };
        let manifest = read(
            &[evidence.clone(), evidence.clone()],
            &Options::default(),
            &mut sink,
        );
        (manifest, sink)
    };
    let (manifest, all) = hunt(false);
    let (same, fewer) = hunt(true);
    assert_eq!(format!("{manifest:?}"), format!("{same:?}"));
    assert_eq!(all.found, fewer.found);
    println!("{} events, {} of them looked at", all.events, fewer.events);
    assert!(fewer.events < all.events * 9 / 10);
}
