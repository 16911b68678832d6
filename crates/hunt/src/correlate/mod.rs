//! Correlations: what many matches say together (correlation rules specification 2.1).
//!
//! While events are read, each match of a rule that correlations are made of leaves an
//! [`Observation`]. When all evidence has been read, [`correlate`] puts them in order of time
//! and runs every correlation over them, those that others are made of first.
//!
//! Choices where the specification is silent:
//!
//! - A correlation gives one finding for each burst (see [`window`]), located at the match that
//!   completes it.
//! - Values of `group-by` and of `field` compare without regard to case, as everything in
//!   Sigma. A match without one of them belongs to no group; how many there are is told.
//! - Where a correlation is made of another, counting types count its bursts; temporal types
//!   see it match wherever it has found something, so that a burst that goes on is still there
//!   for what follows it.
//! - Matches without a time cannot be put in order and are told as a problem.

mod finding;
mod gauge;
mod observation;
mod search;
mod sequence;
mod window;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use daylight_model::{Finding, Limits, Rule};

use self::gauge::Item;
use self::search::GaugeKind;
pub(crate) use self::search::Search;
use self::window::{Found, Hit};
use observation::Identity;
pub use observation::{Observation, ObservationPlan, Observations, Strings};

use crate::rules::Part;
use crate::sigma::modifier;
use crate::{Once, RuleProblem, RuleSet};

/// A correlation with everything it refers to.
#[derive(Debug)]
pub(crate) struct Correlation {
    pub(crate) rule: Arc<Rule>,
    /// The file it stands in.
    pub(crate) path: String,
    pub(crate) members: Vec<Member>,
    pub(crate) group_by: Vec<String>,
    pub(crate) search: Search,
    /// How deep it is made of correlations.
    pub(crate) depth: usize,
    /// Whether its members report by themselves too.
    pub(crate) generate: bool,
    /// Whether it reports, or only makes up others.
    pub(crate) reports: bool,
    /// It is a rule of Sigma 1, and its members are its own detections.
    pub(crate) is_aggregation: bool,
}

impl Correlation {
    /// The names of all values it compares: groups first, then what is measured.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.group_by.iter().chain(&self.search.fields);
        names.map(String::as_str)
    }
}

/// One of the rules that a correlation is made of.
#[derive(Debug)]
pub(crate) struct Member {
    /// As the correlation calls it.
    pub(crate) name: String,
    pub(crate) title: String,
    /// Mostly one; rules of a collection may share an id.
    pub(crate) parts: Vec<Part>,
    /// The correlation's aliases, and what they are in the member's events.
    pub(crate) fields: HashMap<String, String>,
}

impl Member {
    /// Its rules, without those that other correlations are made of.
    pub(crate) fn rules(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Part::Rule(rule) => Some(*rule),
            Part::Correlation(_) => None,
        })
    }
}

/// The hash of what a source holds, where it is known.
pub type Sha256Of<'s> = dyn Fn(usize) -> Option<&'s str> + 's;

/// What a correlation found: hits of a group, as items.
struct Result {
    hits: Vec<(Vec<Item>, Hit)>,
    /// Observations at which it held, in order.
    held: Vec<usize>,
    /// Observations that begin a burst.
    bursts: Vec<usize>,
    /// Matches without a value that is compared, by the name of the first that is missing.
    missing: BTreeMap<String, u64>,
}

/// Runs the correlations of a set over the observations of its rules. Sources are the
/// same where `sha256` says so. The findings are in the order of the correlations and in time;
/// [`crate::attach_source`] completes them. What could not be taken into account is told.
#[must_use]
pub fn correlate(
    rules: &RuleSet,
    observations: Observations,
    sha256: &Sha256Of<'_>,
    limits: &Limits,
) -> (Vec<Finding>, Vec<RuleProblem>) {
    let (mut list, left_out) = observations.into_parts();
    let mut problems = Vec::new();
    let count = list.len();
    list.retain(|one| one.time.is_some());
    let untimed = count - list.len();
    list.sort_by_key(Observation::order);
    let mut once = Once::default();
    list.retain(|of| once.is_first(of.time, of.source, Identity { of, sha256 }));
    if left_out > 0 {
        problems.push(general(format!(
            "{left_out} more matches of rules that correlations are made of were left out after the first {}; the correlations may have missed something",
            limits.observations_max.min(count)
        )));
    }
    if untimed > 0 {
        problems.push(general(format!(
            "{untimed} matches of rules that correlations are made of have no time and were left out"
        )));
    }
    let input = Input::new(rules, &list);
    let mut results: Vec<Result> = Vec::with_capacity(rules.correlations.len());
    let mut findings = Vec::new();
    for correlation in &rules.correlations {
        let mut result = input.run(correlation, &results);
        for (name, count) in &result.missing {
            problems.push(RuleProblem {
                path: correlation.path.clone(),
                line: None,
                rule_id: Some(correlation.rule.id.clone()),
                reason: format!(
                    "correlation \"{}\": {count} matches without `{name}` were left out",
                    correlation.rule.title
                ),
            });
        }
        let hits = std::mem::take(&mut result.hits);
        if correlation.reports {
            finding::add(correlation, rules, &list, hits, &mut findings);
        }
        results.push(result);
    }
    (findings, problems)
}

/// A problem of no single rule.
fn general(reason: String) -> RuleProblem {
    RuleProblem {
        path: String::new(),
        line: None,
        rule_id: None,
        reason,
    }
}

/// The observations, and their values as numbers that are equal where the values are.
struct Input<'i> {
    rules: &'i RuleSet,
    list: &'i [Observation],
    /// For each rule, its observations.
    by_rule: HashMap<usize, Vec<usize>>,
    /// For each value; 0 stands for one that is missing.
    symbols: HashMap<&'i str, u32>,
}

impl<'i> Input<'i> {
    fn new(rules: &'i RuleSet, list: &'i [Observation]) -> Self {
        let mut by_rule: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut symbols: HashMap<&str, u32> = HashMap::new();
        let mut folded: HashMap<String, u32> = HashMap::new();
        for (at, one) in list.iter().enumerate() {
            by_rule.entry(one.rule).or_default().push(at);
            for value in one.values.iter().flatten() {
                if !symbols.contains_key(&**value) {
                    let next = u32::try_from(folded.len() + 1).unwrap_or(u32::MAX);
                    let symbol = *folded.entry(value.to_lowercase()).or_insert(next);
                    symbols.insert(value, symbol);
                }
            }
        }
        Self {
            rules,
            list,
            by_rule,
            symbols,
        }
    }

    /// The occurrences of a correlation's members: observation and member, in order.
    fn occurrences(&self, correlation: &Correlation, results: &[Result]) -> Vec<(usize, usize)> {
        let temporal = matches!(
            correlation.search.gauge,
            GaugeKind::Members | GaugeKind::Orders(_)
        );
        let mut occurrences = Vec::new();
        for (place, member) in correlation.members.iter().enumerate() {
            for part in &member.parts {
                let found = match part {
                    Part::Rule(rule) => self.by_rule.get(rule),
                    Part::Correlation(at) => results.get(*at).map(|result| {
                        if temporal {
                            &result.held
                        } else {
                            &result.bursts
                        }
                    }),
                };
                occurrences.extend(found.into_iter().flatten().map(|at| (*at, place)));
            }
        }
        occurrences.sort_unstable();
        occurrences.dedup();
        occurrences
    }

    fn run(&self, correlation: &Correlation, results: &[Result]) -> Result {
        let mut missing = BTreeMap::new();
        let mut out = Result {
            hits: Vec::new(),
            held: Vec::new(),
            bursts: Vec::new(),
            missing: BTreeMap::new(),
        };
        for items in self.groups(correlation, results, &mut missing) {
            let Found { hits, held } =
                window::run(&correlation.search, correlation.members.len(), &items);
            let observation = |at: &usize| items.get(*at).map(|item| item.observation);
            out.held.extend(held.iter().filter_map(observation));
            for hit in hits {
                out.bursts.extend(observation(&hit.last));
                let part = items.get(hit.first..=hit.end).unwrap_or_default().to_vec();
                let hit = Hit {
                    first: 0,
                    last: hit.last - hit.first,
                    end: hit.end - hit.first,
                    ..hit
                };
                out.hits.push((part, hit));
            }
        }
        out.missing = missing;
        out.held.sort_unstable();
        out.held.dedup();
        out.bursts.sort_unstable();
        out.bursts.dedup();
        out
    }

    /// The matches of each group, in time order; groups in the order of their first matches.
    fn groups(
        &self,
        correlation: &Correlation,
        results: &[Result],
        missing: &mut BTreeMap<String, u64>,
    ) -> Vec<Vec<Item>> {
        let columns = self.columns(correlation);
        let names: Vec<&str> = correlation.names().collect();
        let mut places: HashMap<Vec<u32>, usize> = HashMap::new();
        let mut groups: Vec<Vec<Item>> = Vec::new();
        // Several fields count as one value, made of all of them.
        let mut joined: HashMap<Vec<u32>, u32> = HashMap::new();
        for (at, member) in self.occurrences(correlation, results) {
            let Some(observation) = self.list.get(at) else {
                continue;
            };
            let values: Vec<Option<&str>> = names
                .iter()
                .enumerate()
                .map(|(name, _)| {
                    let column = *columns.get(&(member, observation.rule, name))?;
                    observation.values.get(column)?.as_deref()
                })
                .collect();
            let number = match (&correlation.search.gauge, values.last()) {
                (GaugeKind::Value(_), Some(Some(text))) => {
                    modifier::number(text).filter(|number| number.is_finite())
                }
                _ => Some(0.0),
            };
            let absent = values.iter().position(Option::is_none);
            let absent = absent.or(number.is_none().then(|| values.len().saturating_sub(1)));
            if let Some(name) = absent.and_then(|at| names.get(at)) {
                *missing.entry((*name).to_owned()).or_default() += 1;
                continue;
            }
            let symbol = |value: &Option<&str>| {
                let found = value.and_then(|value| self.symbols.get(value));
                found.copied().unwrap_or(0)
            };
            let mut key: Vec<u32> = values.iter().map(symbol).collect();
            let measured = key.split_off(correlation.group_by.len().min(key.len()));
            let next = u32::try_from(joined.len()).unwrap_or(u32::MAX);
            let symbol = *joined.entry(measured).or_insert(next);
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                group.push(Item {
                    observation: at,
                    member,
                    time: observation.time.map_or(0, |time| time.as_nanosecond()),
                    place: (observation.source, observation.record),
                    symbol,
                    number: number.unwrap_or_default(),
                });
            }
        }
        groups
    }

    /// For each member, rule and name, which of an observation's values it is.
    fn columns(&self, correlation: &Correlation) -> HashMap<(usize, usize, usize), usize> {
        let mut columns = HashMap::new();
        let mut known = HashMap::new();
        for (place, member) in correlation.members.iter().enumerate() {
            for (at, name) in correlation.names().enumerate() {
                for (rule, field) in self.rules.fields_of(member, name, &mut known) {
                    let plan = self.rules.observed(rule).map_or(&[][..], |p| p.fields());
                    if let Some(column) = plan.iter().position(|one| *one == field) {
                        columns.insert((place, rule, at), column);
                    }
                }
            }
        }
        columns
    }
}
