//! Both implementations over the same events.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use anyhow::{Context, Result};
use daylight_evidence::{Options, Sink, read};
use daylight_hunt::conformance::rules_for;
use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
use daylight_model::{Event, Limits, LogFamily, LogSource, SourceRecord};
use rsigma_eval::{Engine, JsonEvent, resolve_builtin_pipeline};
use rsigma_parser::{SigmaCollection, parse_sigma_directory};

use crate::{crafted, flat};

/// Who found a rule in an event that the other did not find it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finder {
    /// Only Daylight.
    Daylight,
    /// Only the peer.
    Peer,
}

/// Events to compare on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Events {
    /// Those in the evidence.
    Recorded,
    /// Some made from each rule.
    Crafted,
}

/// What a comparison brought.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Rules that both run.
    pub rules: usize,
    /// Rules that only one of them can read, or that have no log Daylight reads, by reason.
    pub rules_left_out: BTreeMap<&'static str, Vec<String>>,
    /// Events that some rule is meant for.
    pub events: u64,
    /// Pairs of a rule and an event that were compared.
    pub pairs: u64,
    /// Pairs in which both found the rule.
    pub matches: u64,
    /// Rules that both found in some event.
    pub rules_matched: BTreeSet<String>,
    /// How often a rule was found by one of them alone.
    pub differences: BTreeMap<(String, Finder), Vec<Place>>,
}

/// An event, so that a person finds it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The record's number.
    pub record: u64,
    /// What the peer was given.
    pub object: serde_json::Value,
    /// Which file it is, before its path is known.
    source: usize,
}

/// Where the events of Sigma's services are, apart from Daylight's own table of channels: the
/// four whose log has their name.
const SERVICES: [(&str, LogFamily); 4] = [
    ("security", LogFamily::WindowsSecurity),
    ("system", LogFamily::WindowsSystem),
    ("application", LogFamily::WindowsApplication),
    ("sysmon", LogFamily::WindowsSysmon),
];

/// Which rules are compared on an event.
///
/// Those that Daylight runs over it, and besides those that it ought to: all rules of a category
/// on Sysmon's events, for which the peer's own mapping says the event ids, and all rules of the
/// services whose log is beyond doubt.
pub struct Pairs {
    categories: BTreeSet<String>,
    services: HashMap<LogFamily, BTreeSet<String>>,
}

impl Pairs {
    fn of(collection: &SigmaCollection) -> Self {
        let mut pairs = Self {
            categories: BTreeSet::new(),
            services: HashMap::new(),
        };
        for rule in &collection.rules {
            let (Some(id), source) = (&rule.id, &rule.logsource) else {
                continue;
            };
            if source.product.as_deref() != Some("windows") {
                continue;
            }
            let service = source.service.as_deref();
            if source.category.is_some() && service.is_none() {
                pairs.categories.insert(id.clone());
            }
            for (name, family) in SERVICES {
                if source.category.is_none() && service == Some(name) {
                    pairs.services.entry(family).or_default().insert(id.clone());
                }
            }
        }
        pairs
    }
}

/// Reads rules and events and compares.
///
/// # Errors
///
/// Where rules cannot be read.
pub fn run(rule_folders: &[PathBuf], evidence: &[PathBuf], events: Events) -> Result<Comparison> {
    let mut rules = RuleSet::empty();
    let mut collection = SigmaCollection::new();
    for folder in rule_folders {
        rules.add_directory(folder, &Limits::default())?;
        let read = parse_sigma_directory(folder)?;
        collection.rules.extend(read.rules);
        collection.errors.extend(read.errors);
    }
    let (peer, refused) = engine(&collection, false)?;
    let (routed_peer, _) = engine(&collection, true)?;
    let indicators = IndicatorSet::default();
    let mut run = Run {
        hunter: Hunter::new(&rules, &indicators),
        common: common(&rules, &collection, &refused),
        pairs: Pairs::of(&collection),
        rules: &rules,
        peer,
        routed_peer,
        files: HashMap::new(),
        label: String::new(),
        done: Comparison::default(),
    };
    run.done.rules_left_out = left_out(&rules, &collection, &refused);
    run.done.rules = run.common.len();
    match events {
        Events::Recorded => {
            read(evidence, &Options::default(), &mut run);
        }
        Events::Crafted => run.craft(&collection),
    }
    Ok(run.finish())
}

/// The peer with all rules, and the ids of those that it refuses. `is_routed`: with its own
/// mapping of categories to Sysmon's event ids.
fn engine(collection: &SigmaCollection, is_routed: bool) -> Result<(Engine, BTreeSet<String>)> {
    let mut engine = Engine::new();
    if is_routed {
        let pipeline =
            resolve_builtin_pipeline("sysmon").context("the peer has no mapping for Sysmon")?;
        engine.add_pipeline(pipeline?);
    }
    let errors = engine.add_rules(&collection.rules);
    let refused = errors
        .iter()
        .filter_map(|(index, _)| collection.rules.get(*index)?.id.clone());
    Ok((engine, refused.collect()))
}

/// Ids of the rules that both run.
fn common(
    rules: &RuleSet,
    collection: &SigmaCollection,
    refused: &BTreeSet<String>,
) -> BTreeSet<String> {
    let ours: BTreeSet<&str> = rules
        .rules()
        .filter(|rule| !rule.log_sources.is_empty())
        .map(|rule| rule.id.as_str())
        .collect();
    let theirs = collection.rules.iter().filter_map(|rule| rule.id.clone());
    theirs
        .filter(|id| ours.contains(id.as_str()) && !refused.contains(id))
        .collect()
}

fn left_out(
    rules: &RuleSet,
    collection: &SigmaCollection,
    refused: &BTreeSet<String>,
) -> BTreeMap<&'static str, Vec<String>> {
    let ours: BTreeSet<&str> = rules.rules().map(|rule| rule.id.as_str()).collect();
    let theirs: BTreeSet<&str> = collection
        .rules
        .iter()
        .filter_map(|rule| rule.id.as_deref())
        .collect();
    let owned = |ids: Vec<&&str>| ids.into_iter().map(|id| (*id).to_owned()).collect();
    BTreeMap::from([
        (
            "only Daylight reads it",
            owned(ours.difference(&theirs).collect()),
        ),
        (
            "only the peer reads it",
            owned(theirs.difference(&ours).collect()),
        ),
        ("the peer refuses it", refused.iter().cloned().collect()),
        (
            "no log of it is read",
            rules.without_reader().map(|rule| rule.id.clone()).collect(),
        ),
    ])
}

struct Run<'r> {
    rules: &'r RuleSet,
    hunter: Hunter<'r>,
    peer: Engine,
    routed_peer: Engine,
    common: BTreeSet<String>,
    pairs: Pairs,
    files: HashMap<usize, String>,
    /// What a crafted event is for.
    label: String,
    done: Comparison,
}

impl Sink for Run<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let targeted: BTreeSet<String> = rules_for(self.rules, event)
            .into_iter()
            .map(|rule| rule.id.clone())
            .collect();
        let is_sysmon = event.family == LogFamily::WindowsSysmon;
        let service_rules = self.pairs.services.get(&event.family);
        if targeted.is_empty() && !is_sysmon && service_rules.is_none() {
            return;
        }
        let object = flat::object(event);
        let mut ours = BTreeSet::new();
        let mut findings = Vec::new();
        self.hunter.event(event, &mut findings);
        ours.extend(findings.iter().map(|finding| finding.rule.id.clone()));

        let mut theirs = matched(&self.peer, &object);
        theirs.retain(|id| {
            targeted.contains(id) || service_rules.is_some_and(|rules| rules.contains(id))
        });
        if is_sysmon {
            let routed = matched(&self.routed_peer, &object);
            theirs.extend(
                routed
                    .into_iter()
                    .filter(|id| self.pairs.categories.contains(id)),
            );
        }
        let beside = service_rules.into_iter().flatten();
        let compared: BTreeSet<&String> = targeted.iter().chain(beside).collect();
        let compared = compared.into_iter().filter(|id| self.common.contains(*id));
        self.done.pairs += compared.count() as u64;
        self.done.events += 1;
        self.tell(event, &object, &ours, &theirs);
    }

    fn source(&mut self, index: usize, record: &SourceRecord) {
        self.files.insert(index, record.path.clone());
    }
}

impl Run<'_> {
    fn craft(&mut self, collection: &SigmaCollection) {
        let rules = self.rules;
        let sources: HashMap<&str, &[LogSource]> = rules
            .rules()
            .map(|rule| (rule.id.as_str(), rule.log_sources.as_slice()))
            .collect();
        for rule in &collection.rules {
            let id = rule.id.as_deref().unwrap_or_default();
            for source in sources.get(id).copied().unwrap_or_default() {
                for (number, variant) in crafted::variants().into_iter().enumerate() {
                    self.label = format!("crafted for {id}, variant {number},");
                    self.event(&crafted::event(rule, source, variant));
                }
            }
        }
    }

    fn tell(
        &mut self,
        event: &Event<'_>,
        object: &serde_json::Value,
        ours: &BTreeSet<String>,
        theirs: &BTreeSet<String>,
    ) {
        let is_common = |id: &&String| self.common.contains(*id);
        for id in ours.intersection(theirs).filter(is_common) {
            self.done.matches += 1;
            self.done.rules_matched.insert(id.clone());
        }
        let sides = [
            (Finder::Daylight, ours.difference(theirs)),
            (Finder::Peer, theirs.difference(ours)),
        ];
        for (finder, ids) in sides {
            for id in ids.filter(is_common) {
                let places = self.done.differences.entry((id.clone(), finder));
                places.or_default().push(Place {
                    file: self.label.clone(),
                    record: event.record,
                    object: object.clone(),
                    source: event.source,
                });
            }
        }
    }

    /// Paths are known only when all is read.
    fn finish(mut self) -> Comparison {
        for place in self.done.differences.values_mut().flatten() {
            if let Some(file) = self.files.get(&place.source) {
                place.file.clone_from(file);
            }
        }
        self.done
    }
}

/// Ids of the rules that the peer finds.
fn matched(peer: &Engine, object: &serde_json::Value) -> BTreeSet<String> {
    let found = peer.evaluate(&JsonEvent::borrow(object));
    let ids = found.into_iter().filter_map(|found| found.header.rule_id);
    ids.collect()
}
