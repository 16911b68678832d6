//! Sets of rules: what is added to them, what of it can be used, and which events each rule
//! is run over.

mod files;
mod links;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

use daylight_model::{Event, FindingKind, Limits, LogFamily, LogSource, Rule, derived_id};
use foldhash::quality::FixedState;

use crate::correlate::{Correlation, ObservationPlan};
use crate::evaluate;
use crate::matcher::Matcher;
use crate::sigma::compile::{self, Expression, FieldNames};
use crate::sigma::parse::{Context, Head, ParsedRule, SourceWords};
use crate::sigma::placeholder::Placeholders;
use crate::sigma::source::{self, Target};
use crate::sigma::{Fault, collection, correlation, filter, parse, yaml};

use self::links::Links;
pub(crate) use self::links::Part;

/// Daylight's own rules, as `(path inside the crate, text)`.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"));

/// The origin of rules that come with Daylight.
const EMBEDDED_ORIGIN: &str = "embedded";

/// Compiled Sigma rules, sorted by the events they read, with the filters that narrow them
/// and the correlations that are made of them.
#[derive(Debug, Default)]
pub struct RuleSet {
    pub(crate) rules: Vec<CompiledRule>,
    pub(crate) names: FieldNames,
    /// Those that a correlation is made of stand before it.
    pub(crate) correlations: Vec<Correlation>,
    placeholders: Placeholders,
    ids: HashSet<String>,
    /// The rules for each family and, where they ask for one, event id.
    buckets: HashMap<(LogFamily, Option<u32>), Vec<Entry>>,
    links: Links,
    /// For each rule that correlations are made of, what they need of its events.
    plans: HashMap<usize, ObservationPlan>,
    problems: Vec<RuleProblem>,
    /// How many of the problems are there to stay; those behind them may be gone when the
    /// rule that is missing has been added.
    problems_settled: usize,
    /// Techniques that bear other ids today, and how many rules name each.
    renumbered: BTreeMap<(String, String), usize>,
    fingerprint: u64,
    /// All rules made ready to be run together, once they are to be.
    matcher: OnceLock<Matcher>,
}

/// A rule ready to run.
#[derive(Debug)]
pub(crate) struct CompiledRule {
    pub(crate) rule: Arc<Rule>,
    pub(crate) expression: Expression,
    /// Whether its matches are findings, or only make up correlations.
    pub(crate) reports: bool,
    source: SourceWords,
    /// A part of a rule with an aggregation, of no use by itself.
    pub(crate) is_part: bool,
}

impl CompiledRule {
    /// What the rule says of its logs, as it says it.
    pub(crate) fn source_in_words(&self) -> String {
        let words = &self.source;
        let parts = [
            ("product", &words.product),
            ("category", &words.category),
            ("service", &words.service),
        ];
        let given = parts.iter().filter_map(|(name, word)| {
            let word = word.as_ref()?;
            Some(format!("{name}: {word}"))
        });
        given.collect::<Vec<_>>().join(", ")
    }
}

/// A rule's place in a bucket.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Index into [`RuleSet::rules`].
    pub(crate) rule: usize,
    pub(crate) target: Arc<Target>,
}

/// A rule, or a part of a rule file, that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleProblem {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The rule's id, where it could be read.
    pub rule_id: Option<String>,
    /// What is wrong, in a sentence.
    pub reason: String,
}

impl RuleProblem {
    /// A rule of another kind than Sigma's that cannot be used, to be told with the others.
    #[must_use]
    pub fn new(path: String, line: Option<usize>, reason: String) -> Self {
        Self {
            path,
            line,
            rule_id: None,
            reason,
        }
    }
}

impl RuleSet {
    /// No rules.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The rules that come with Daylight.
    #[must_use]
    pub fn embedded() -> Self {
        let mut set = Self::empty();
        let limits = Limits::default();
        for (path, text) in EMBEDDED {
            let found = yaml::documents(text, limits.depth_max);
            set.add_documents(found, path, EMBEDDED_ORIGIN, &limits);
        }
        set.settle(&limits);
        set
    }

    /// The rules that come with Daylight as they are written: the file's path, and its text.
    pub fn embedded_files() -> impl Iterator<Item = (&'static str, &'static str)> {
        EMBEDDED.iter().copied()
    }

    /// Gives the values that placeholders of rules added from now on stand for.
    pub fn set_placeholders(&mut self, placeholders: Placeholders) {
        self.placeholders = placeholders;
    }

    /// Adds the rules of one file's text.
    pub fn add_text(&mut self, text: &str, path: &str, origin: &str, limits: &Limits) {
        self.unsettle();
        let found = yaml::documents(text, limits.depth_max);
        self.add_documents(found, path, origin, limits);
        self.settle(limits);
    }

    /// Gives the techniques that rules name the ids they bear today; `today` knows those that
    /// bear another.
    pub fn renumber(&mut self, today: &dyn Fn(&str) -> Option<String>) {
        let single = self.rules.iter_mut().map(|compiled| &mut compiled.rule);
        let correlations = self.correlations.iter_mut().map(|one| &mut one.rule);
        let renumbered = &mut self.renumbered;
        for rule in single.chain(correlations) {
            Arc::make_mut(rule).renumber(&mut |id| {
                let now = today(id)?;
                let known = renumbered.entry((id.to_owned(), now.clone()));
                *known.or_default() += 1;
                Some(now)
            });
        }
    }

    /// Techniques that rules name by ids of before, with those of today and how many rules do.
    #[must_use]
    pub const fn renumbered(&self) -> &BTreeMap<(String, String), usize> {
        &self.renumbered
    }

    /// The rules that give findings, correlations among them: rules first, in the order they
    /// were added, then correlations.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        let single = self.rules.iter().filter(|compiled| compiled.reports);
        let correlations = self.correlations.iter().filter(|one| one.reports);
        single
            .map(|compiled| &compiled.rule)
            .chain(correlations.map(|correlation| &correlation.rule))
    }

    /// Rules whose matches are no findings of their own, since correlations are made of them
    /// and none says `generate: true`.
    pub fn silent_rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        let single = self.rules.iter().filter(|one| !one.reports && !one.is_part);
        let correlations = self.correlations.iter().filter(|one| !one.reports);
        single
            .map(|compiled| &compiled.rule)
            .chain(correlations.map(|correlation| &correlation.rule))
    }

    /// The correlations among the rules.
    pub fn correlations(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.correlations
            .iter()
            .map(|correlation| &correlation.rule)
    }

    /// Rules for logs that Daylight does not read: kept and counted, never run.
    pub fn without_reader(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules().filter(|rule| rule.log_sources.is_empty())
    }

    /// A number that is another one for other rules, or the same in another order.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// What could not be used: what is wrong by itself in the order it was met, then what
    /// refers to rules that are not there.
    #[must_use]
    pub fn problems(&self) -> &[RuleProblem] {
        &self.problems
    }

    /// What correlations need of the events that a rule matches, by the rule's place in the
    /// set; `None` where there is none that is made of it.
    #[must_use]
    pub fn observed(&self, rule: usize) -> Option<&ObservationPlan> {
        self.plans.get(&rule)
    }

    /// The places of the rules that an event matches, found by asking one rule after the
    /// other what its definition says. Slow: the measure for the hunter.
    #[must_use]
    pub fn matches_by_definition(&self, event: &Event<'_>) -> Vec<usize> {
        let mut rules = self.admitting(event);
        evaluate::view(event, &self.names, |view| {
            rules.retain(|index| {
                let rule = self.rules.get(*index);
                rule.is_some_and(|rule| view.holds(&rule.expression))
            });
        });
        rules
    }

    /// The places of the rules that are run over an event.
    pub(crate) fn admitting(&self, event: &Event<'_>) -> Vec<usize> {
        let entries = self.candidates(event.family, event.event_id);
        let admitting = entries.filter(|entry| {
            let target = &entry.target;
            target.admits_log(event) && target.admits_type(event)
        });
        let mut rules: Vec<usize> = admitting.map(|entry| entry.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The kinds of events that a rule is run over. Slow: for explanations.
    pub(crate) fn targets_of(&self, rule: usize) -> Vec<Arc<Target>> {
        let entries = self.buckets.values().flatten();
        let own = entries.filter(|entry| entry.rule == rule);
        let mut targets: Vec<Arc<Target>> = own.map(|entry| Arc::clone(&entry.target)).collect();
        targets.sort_by(|one, other| one.source.cmp(&other.source));
        targets.dedup();
        targets
    }

    /// Whether a rule for these logs asks for one of these fields.
    #[must_use]
    pub fn asks(&self, family: LogFamily, fields: &[&str]) -> bool {
        let slots: Vec<_> = fields
            .iter()
            .filter_map(|name| self.names.find(name))
            .collect();
        let rules = self.rules.iter().filter(|compiled| {
            let sources = &compiled.rule.log_sources;
            sources.iter().any(|source| source.family == family)
        });
        rules
            .into_iter()
            .any(|compiled| slots.iter().any(|slot| compiled.expression.asks(*slot)))
    }

    /// Whether any rule looks at events of this family.
    pub(crate) fn looks_at(&self, family: LogFamily) -> bool {
        let mut sources = self
            .rules
            .iter()
            .flat_map(|compiled| &compiled.rule.log_sources);
        sources.any(|source| source.family == family)
    }

    /// All rules as one.
    pub(crate) fn matcher(&self) -> &Matcher {
        self.matcher.get_or_init(|| Matcher::new(self))
    }

    /// The rules that may match an event of this kind.
    pub(crate) fn candidates(
        &self,
        family: LogFamily,
        event_id: Option<u32>,
    ) -> impl Iterator<Item = &Entry> {
        let exact = event_id.and_then(|id| self.buckets.get(&(family, Some(id))));
        let any = self.buckets.get(&(family, None));
        exact.into_iter().chain(any).flatten()
    }

    fn problem(&mut self, path: &str, rule_id: Option<String>, fault: Fault) {
        self.problems.push(RuleProblem {
            path: path.to_owned(),
            line: fault.line,
            rule_id,
            reason: fault.reason,
        });
    }

    /// Adds what stands in a file. [`Self::settle`] must follow, once for many files.
    fn add_documents(&mut self, found: yaml::Found, path: &str, origin: &str, limits: &Limits) {
        self.matcher = OnceLock::new();
        let (documents, fault) = found;
        let mut hasher = FixedState::with_seed(0).build_hasher();
        (self.fingerprint, path, origin, &self.placeholders).hash(&mut hasher);
        documents.hash(&mut hasher);
        self.fingerprint = hasher.finish();
        let (members, faults) = collection::members(documents);
        let empty = members.is_empty() && faults.is_empty();
        let place = Place {
            path: path.into(),
            origin: origin.into(),
        };
        for member in &members {
            if let Err(fault) = self.add_member(member, &place, limits) {
                let id = parse::id_of(&member.document);
                self.links.unusable(&member.document, &fault.reason);
                self.problem(path, id, fault);
            }
        }
        for fault in faults {
            self.problem(path, None, fault);
        }
        if let Some(fault) = fault {
            self.problem(path, None, fault);
        } else if empty {
            self.problem(path, None, Fault::at(1, "the file holds no rule"));
        }
    }

    fn add_member(
        &mut self,
        member: &collection::Member,
        place: &Place,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let document = &member.document;
        // Taken out for the while, since what follows changes the set.
        let placeholders = std::mem::take(&mut self.placeholders);
        let context = Context {
            depth_max: limits.depth_max,
            placeholders: &placeholders,
        };
        let parsed = if document.get("correlation").is_some() {
            correlation::parse(document, context).map(Parsed::Correlation)
        } else if document.get("filter").is_some() {
            filter::parse(document, context).map(Parsed::Filter)
        } else {
            parse::rule(document, context).map(Parsed::Rule)
        };
        self.placeholders = placeholders;
        match parsed? {
            Parsed::Rule(rule) => {
                let id = self.free_id(&rule.head, member)?;
                self.add_rule(rule, id, place, limits)
            }
            Parsed::Correlation(parsed) => {
                let id = self.free_id(&parsed.head, member)?;
                self.add_correlation(parsed, id, place);
                Ok(())
            }
            Parsed::Filter(parsed) => self.add_filter(parsed, place, limits),
        }
    }

    /// The id of a new rule: its own or, without one, made of its title. Documents that have
    /// theirs from a document they share get one with a number.
    fn free_id(&mut self, head: &Head, member: &collection::Member) -> Result<String, Fault> {
        let id = match &head.id {
            Some(id) => id.clone(),
            None => derived_id("rule", &[&head.title]),
        };
        if self.ids.insert(id.clone()) {
            return Ok(id);
        }
        if member.shares_id {
            let mut numbered = (2..).map(|number| format!("{id}-{number}"));
            if let Some(id) = numbered.find(|id| self.ids.insert(id.clone())) {
                return Ok(id);
            }
        }
        let reason = format!("a rule with the id {id} is there already");
        Err(Fault::at(member.document.line, reason))
    }

    fn add_rule(
        &mut self,
        parsed: ParsedRule,
        id: String,
        place: &Place,
        limits: &Limits,
    ) -> Result<(), Fault> {
        if parsed.aggregation.is_some() {
            let added = self.add_aggregated(&parsed, &id, place, limits);
            if added.is_err() {
                self.ids.remove(&id);
            }
            return added;
        }
        let head = parsed.head.clone();
        match self.add_compiled(&parsed, &id, place, limits) {
            Ok(rule) => {
                self.links.name(&head, &id, place, Part::Rule(rule));
                Ok(())
            }
            Err(fault) => {
                self.ids.remove(&id);
                Err(fault)
            }
        }
    }

    /// Compiles a rule and puts it where its events will find it.
    fn add_compiled(
        &mut self,
        parsed: &ParsedRule,
        id: &str,
        place: &Place,
        limits: &Limits,
    ) -> Result<usize, Fault> {
        let expression = compile::expression(parsed, &mut self.names, limits)?;
        let targets = source::resolve(parsed, &expression);
        let listed = targets.iter().filter(|target| !target.is_collected());
        let log_sources = listed.map(|target| target.source.clone()).collect();
        let rule = rule_of(&parsed.head, id, place, log_sources);
        self.add_entries(targets);
        self.rules.push(CompiledRule {
            rule: Arc::new(rule),
            expression,
            reports: true,
            source: parsed.source.clone(),
            is_part: false,
        });
        Ok(self.rules.len() - 1)
    }

    fn add_entries(&mut self, targets: Vec<Target>) {
        let rule = self.rules.len();
        for target in targets.into_iter().map(Arc::new) {
            let family = target.source.family;
            let ids = &target.source.event_ids;
            let ids: Vec<Option<u32>> = if ids.is_empty() {
                vec![None]
            } else {
                ids.iter().copied().map(Some).collect()
            };
            for id in ids {
                let target = Arc::clone(&target);
                let bucket = self.buckets.entry((family, id)).or_default();
                bucket.push(Entry { rule, target });
            }
        }
    }
}

/// Where a document stands.
#[derive(Debug, Clone)]
struct Place {
    path: Arc<str>,
    origin: Arc<str>,
}

enum Parsed {
    Rule(ParsedRule),
    Correlation(correlation::ParsedCorrelation),
    Filter(filter::ParsedFilter),
}

fn rule_of(head: &Head, id: &str, place: &Place, log_sources: Vec<LogSource>) -> Rule {
    Rule {
        id: id.to_owned(),
        kind: FindingKind::Sigma,
        title: head.title.clone(),
        description: head.description.clone(),
        level: head.level,
        tags: head.tags.clone(),
        references: head.references.clone(),
        false_positives: head.false_positives.clone(),
        log_sources,
        origin: place.origin.to_string(),
    }
}
