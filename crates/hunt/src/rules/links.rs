//! What rules, filters and correlations say of one another. They may stand in any order and
//! in any file, so names are looked up when a file or folder has been read to its end.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use daylight_model::{Limits, LogSource};

use super::{Place, RuleProblem, RuleSet, rule_of};
use crate::correlate::{Correlation, Member, ObservationPlan, Search};
use crate::sigma::aggregation::Aggregation;
use crate::sigma::compile::{self, Expression};
use crate::sigma::condition::Condition;
use crate::sigma::correlation::{Kind, Logic, ParsedCorrelation, Wanted};
use crate::sigma::filter::{FilteredRules, ParsedFilter};
use crate::sigma::parse::{Head, ParsedRule, SourceWords};
use crate::sigma::yaml::Node;
use crate::sigma::{Fault, parse};

/// Correlations of correlations may nest this deep.
const DEPTH_MAX: usize = 64;

/// Something that correlations and filters can refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// Index into [`RuleSet::rules`].
    Rule(usize),
    /// Index into [`RuleSet::correlations`].
    Correlation(usize),
}

/// What is known of names, and what still waits for one.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By id and by name; a name may be given in several files.
    parts: HashMap<String, Vec<(Arc<str>, Part)>>,
    filters: Vec<Filter>,
    waiting: Vec<Waiting>,
    /// Ids and names of what could not be used, with the reason.
    unusable: HashMap<String, String>,
}

#[derive(Debug)]
struct Filter {
    place: Place,
    head: Head,
    line: usize,
    source: SourceWords,
    /// What explanations call it.
    name: Arc<str>,
    expression: Arc<Expression>,
    rules: FilteredRules,
    /// Rules that it narrows already.
    applied: HashSet<usize>,
    /// How many of the rules have been looked at for a filter that is meant for all.
    seen: usize,
}

#[derive(Debug)]
struct Waiting {
    parsed: ParsedCorrelation,
    id: String,
    place: Place,
}

impl Links {
    /// Makes a part known under its id, the id it shares, and its name.
    pub(super) fn name(&mut self, head: &Head, id: &str, place: &Place, part: Part) {
        let names = [Some(id), head.id.as_deref(), head.name.as_deref()];
        for name in names.into_iter().flatten() {
            let parts = self.parts.entry(name.to_owned()).or_default();
            let known = (Arc::clone(&place.path), part);
            if !parts.contains(&known) {
                parts.push(known);
            }
        }
    }

    /// Remembers what a document is called that cannot be used.
    pub(super) fn unusable(&mut self, document: &Node, reason: &str) {
        for name in ["id", "name"].map(|key| parse::text_of(document, key)) {
            self.unusable
                .extend(name.map(|name| (name, reason.to_owned())));
        }
    }

    /// What a name means in a file: what the same file calls so, else what another does.
    fn find(&self, name: &str, path: &str) -> Result<Vec<Part>, String> {
        let known = self.parts.get(name).map_or(&[][..], Vec::as_slice);
        let near: Vec<Part> = known
            .iter()
            .filter(|(other, _)| &**other == path)
            .map(|(_, part)| *part)
            .collect();
        if !near.is_empty() {
            return Ok(near);
        }
        let files: HashSet<&str> = known.iter().map(|(path, _)| &**path).collect();
        match files.len() {
            0 => Err(match self.unusable.get(name) {
                Some(reason) => format!("`{name}` cannot be used: {reason}"),
                None => format!("there is no rule `{name}`"),
            }),
            1 => Ok(known.iter().map(|(_, part)| *part).collect()),
            count => Err(format!("{count} files have a rule called `{name}`")),
        }
    }
}

impl RuleSet {
    /// Takes back problems that new rules may solve.
    pub(super) fn unsettle(&mut self) {
        self.problems.truncate(self.problems_settled);
    }

    /// Joins what can be joined; what cannot is a problem until it can.
    pub(super) fn settle(&mut self, limits: &Limits) {
        let mut open = Vec::new();
        self.apply_filters(&mut open);
        self.resolve_correlations(limits, &mut open);
        self.plan_observations();
        self.problems_settled = self.problems.len();
        self.problems.append(&mut open);
    }

    pub(super) fn add_filter(
        &mut self,
        parsed: ParsedFilter,
        place: &Place,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let expression = compile::expression(&parsed.body, &mut self.names, limits)?;
        self.links.filters.push(Filter {
            place: place.clone(),
            line: parsed.body.line,
            name: format!("filter \"{}\"", parsed.body.head.title).into(),
            head: parsed.body.head,
            source: parsed.body.source,
            expression: Arc::new(expression),
            rules: parsed.rules,
            applied: HashSet::new(),
            seen: 0,
        });
        Ok(())
    }

    pub(super) fn add_correlation(&mut self, parsed: ParsedCorrelation, id: String, place: &Place) {
        self.links.waiting.push(Waiting {
            parsed,
            id,
            place: place.clone(),
        });
    }

    fn apply_filters(&mut self, open: &mut Vec<RuleProblem>) {
        let mut filters = std::mem::take(&mut self.links.filters);
        for filter in &mut filters {
            let mut problem = |reason| {
                open.push(RuleProblem {
                    path: filter.place.path.to_string(),
                    line: Some(filter.line),
                    rule_id: filter.head.id.clone(),
                    reason,
                });
            };
            let mut chosen = Vec::new();
            match &filter.rules {
                FilteredRules::Every => {
                    let new = (filter.seen..self.rules.len()).filter(|at| {
                        let rule = self.rules.get(*at);
                        rule.is_some_and(|rule| filter.source.contains(&rule.source))
                    });
                    chosen.extend(new);
                    filter.seen = self.rules.len();
                }
                FilteredRules::Named(names) => {
                    for name in names {
                        match self.filtered(name, &filter.place.path, &filter.source) {
                            Ok(rules) => chosen.extend(rules),
                            Err(reason) => problem(format!("filter: {reason}")),
                        }
                    }
                }
            }
            for rule in chosen {
                if filter.applied.insert(rule)
                    && let Some(rule) = self.rules.get_mut(rule)
                {
                    rule.expression.narrow(&filter.name, &filter.expression);
                }
            }
        }
        self.links.filters = filters;
    }

    /// The rules that a filter means by a name.
    fn filtered(&self, name: &str, path: &str, source: &SourceWords) -> Result<Vec<usize>, String> {
        let mut rules = Vec::new();
        for part in self.links.find(name, path)? {
            match part {
                Part::Rule(rule) => rules.push(rule),
                Part::Correlation(at) => match self.correlations.get(at) {
                    Some(correlation) if correlation.is_aggregation => {
                        rules.extend(correlation.members.iter().flat_map(Member::rules));
                    }
                    _ => {
                        let reason =
                            format!("`{name}` is a correlation; name the rules it is made of");
                        return Err(reason);
                    }
                },
            }
        }
        let fits = |rule: &usize| {
            let rule = self.rules.get(*rule);
            rule.is_some_and(|rule| source.contains(&rule.source))
        };
        if rules.iter().all(fits) {
            Ok(rules)
        } else {
            Err(format!("`{name}` is of another log source"))
        }
    }

    /// Goes over the correlations that wait until none finds all its rules any more.
    fn resolve_correlations(&mut self, limits: &Limits, open: &mut Vec<RuleProblem>) {
        loop {
            let waiting = std::mem::take(&mut self.links.waiting);
            let before = waiting.len();
            for one in waiting {
                let members = self.members(&one);
                let Ok(members) = members else {
                    self.links.waiting.push(one);
                    continue;
                };
                if let Err(reason) = self.build(&one, members, limits) {
                    for name in [Some(&one.id), one.parsed.head.name.as_ref()]
                        .into_iter()
                        .flatten()
                    {
                        self.links.unusable.insert(name.clone(), reason.clone());
                    }
                    let fault = Fault::at(one.parsed.line, reason);
                    self.problem(&one.place.path, Some(one.id), fault);
                }
            }
            if self.links.waiting.len() == before || self.links.waiting.is_empty() {
                break;
            }
        }
        let waiting: HashSet<&str> = self
            .links
            .waiting
            .iter()
            .flat_map(|one| [Some(one.id.as_str()), one.parsed.head.name.as_deref()])
            .flatten()
            .collect();
        for one in &self.links.waiting {
            let missing = one.parsed.rules.iter().filter_map(|name| {
                let reason = self.links.find(name, &one.place.path).err()?;
                Some(if waiting.contains(name.as_str()) {
                    format!("`{name}` is a correlation that cannot be used or leads back here")
                } else {
                    reason
                })
            });
            let missing: Vec<String> = missing.collect();
            open.push(RuleProblem {
                path: one.place.path.to_string(),
                line: Some(one.parsed.line),
                rule_id: Some(one.id.clone()),
                reason: format!("correlation: {}", missing.join("; ")),
            });
        }
    }

    /// What a correlation is made of, where all of it is there.
    fn members(&self, waiting: &Waiting) -> Result<Vec<Member>, String> {
        let path = &waiting.place.path;
        let member = |name: &String| {
            let parts = self.links.find(name, path)?;
            let title = parts.first().map(|part| self.title(*part).to_owned());
            Ok(Member {
                name: name.clone(),
                title: title.unwrap_or_default(),
                parts,
                fields: HashMap::new(),
            })
        };
        waiting.parsed.rules.iter().map(member).collect()
    }

    fn title(&self, part: Part) -> &str {
        let rule = match part {
            Part::Rule(at) => self.rules.get(at).map(|one| &one.rule),
            Part::Correlation(at) => self.correlations.get(at).map(|one| &one.rule),
        };
        rule.map_or("", |rule| &rule.title)
    }

    fn build(
        &mut self,
        waiting: &Waiting,
        mut members: Vec<Member>,
        limits: &Limits,
    ) -> Result<(), String> {
        let Waiting { parsed, id, place } = waiting;
        for alias in &parsed.aliases {
            for (rule, field) in &alias.fields {
                let parts = self.links.find(rule, &place.path).unwrap_or_default();
                let member = members
                    .iter_mut()
                    .find(|member| member.name == *rule || member.parts == parts)
                    .ok_or_else(|| {
                        format!(
                            "alias `{}` names `{rule}`, which `rules` does not",
                            alias.name
                        )
                    })?;
                member.fields.insert(alias.name.clone(), field.clone());
            }
        }
        self.push_correlation(
            &parsed.head,
            id,
            place,
            members,
            &parsed.logic,
            parsed.group_by.clone(),
            limits,
        )?;
        if let Some(correlation) = self.correlations.last_mut() {
            correlation.generate = parsed.generate;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "all of it is the correlation")]
    fn push_correlation(
        &mut self,
        head: &Head,
        id: &str,
        place: &Place,
        members: Vec<Member>,
        logic: &Logic,
        group_by: Vec<String>,
        limits: &Limits,
    ) -> Result<(), String> {
        let depths = members.iter().flat_map(|member| &member.parts);
        let depths = depths.filter_map(|part| match part {
            Part::Rule(_) => None,
            Part::Correlation(at) => self.correlations.get(*at).map(|one| one.depth + 1),
        });
        let depth = depths.max().unwrap_or(0);
        let depth_max = DEPTH_MAX.min(limits.depth_max);
        if depth >= depth_max {
            return Err(format!("correlations nest deeper than {depth_max}"));
        }
        let search = Search::new(logic, &members)?;
        let sources: BTreeSet<LogSource> = members
            .iter()
            .flat_map(|member| &member.parts)
            .flat_map(|part| self.log_sources(*part))
            .cloned()
            .collect();
        let rule = rule_of(head, id, place, sources.into_iter().collect());
        let at = self.correlations.len();
        self.correlations.push(Correlation {
            rule: Arc::new(rule),
            path: place.path.to_string(),
            members,
            group_by,
            search,
            depth,
            generate: false,
            reports: true,
            is_aggregation: false,
        });
        self.links.name(head, id, place, Part::Correlation(at));
        Ok(())
    }

    fn log_sources(&self, part: Part) -> &[LogSource] {
        let rule = match part {
            Part::Rule(at) => self.rules.get(at).map(|one| &one.rule),
            Part::Correlation(at) => self.correlations.get(at).map(|one| &one.rule),
        };
        rule.map_or(&[], |rule| &rule.log_sources)
    }

    /// A rule with an aggregation: its detections become rules that do not report, and the
    /// rule itself a correlation of them.
    pub(super) fn add_aggregated(
        &mut self,
        parsed: &ParsedRule,
        id: &str,
        place: &Place,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let at = |reason| Fault::at(parsed.line, reason);
        let mut members = Vec::new();
        let (logic, group_by) = match &parsed.aggregation {
            Some(Aggregation::Matches { logic, group_by }) => {
                members.push(self.part(parsed, None, id, place, limits)?);
                (logic.clone(), group_by.clone())
            }
            Some(Aggregation::Near { others, span }) => {
                let first = Condition::Name(String::new());
                members.push(self.part(parsed, None, id, place, limits)?);
                let mut names = Vec::new();
                others.names(&mut names);
                for name in names {
                    members.push(self.part(parsed, Some(&name), id, place, limits)?);
                }
                let logic = Logic {
                    kind: Kind::Temporal { ordered: false },
                    span: *span,
                    condition: Wanted::Rules(Condition::All(vec![first, others.clone()])),
                };
                (logic, Vec::new())
            }
            None => return Ok(()),
        };
        let added =
            self.push_correlation(&parsed.head, id, place, members, &logic, group_by, limits);
        added.map_err(at)?;
        if let Some(correlation) = self.correlations.last_mut() {
            correlation.is_aggregation = true;
        }
        Ok(())
    }

    /// One of an aggregation's parts: what the condition matches, or one detection.
    fn part(
        &mut self,
        parsed: &ParsedRule,
        detection: Option<&str>,
        id: &str,
        place: &Place,
        limits: &Limits,
    ) -> Result<Member, Fault> {
        let mut own = parsed.clone();
        if let Some(name) = detection {
            own.conditions = vec![Condition::Name(name.to_owned())];
        }
        let rule = self.add_compiled(&own, id, place, limits)?;
        if let Some(compiled) = self.rules.get_mut(rule) {
            compiled.is_part = true;
            compiled.reports = false;
        }
        Ok(Member {
            name: detection.unwrap_or_default().to_owned(),
            title: detection.unwrap_or(&parsed.head.title).to_owned(),
            parts: vec![Part::Rule(rule)],
            fields: HashMap::new(),
        })
    }

    /// Says of every rule whether it reports, and what is to be taken of its matches.
    fn plan_observations(&mut self) {
        let mut silenced: HashMap<Part, bool> = HashMap::new();
        let mut fields: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        let mut known = HashMap::new();
        for correlation in &self.correlations {
            let silent = !correlation.generate && !correlation.is_aggregation;
            for member in &correlation.members {
                for part in &member.parts {
                    let before = silenced.entry(*part).or_insert(true);
                    *before &= silent;
                    if let Part::Rule(rule) = part {
                        fields.entry(*rule).or_default();
                    }
                }
                for name in correlation.names() {
                    for (rule, field) in self.fields_of(member, name, &mut known) {
                        fields.entry(rule).or_default().insert(field);
                    }
                }
            }
        }
        for (at, rule) in self.rules.iter_mut().enumerate() {
            rule.reports = !rule.is_part && silenced.get(&Part::Rule(at)) != Some(&true);
        }
        for (at, correlation) in self.correlations.iter_mut().enumerate() {
            correlation.reports = silenced.get(&Part::Correlation(at)) != Some(&true);
        }
        self.plans = fields
            .into_iter()
            .map(|(rule, fields)| (rule, ObservationPlan::new(fields)))
            .collect();
    }

    /// What a name of a correlation is called in the events of each rule that a member comes
    /// down to.
    pub(crate) fn fields_of(
        &self,
        member: &Member,
        name: &str,
        known: &mut HashMap<(usize, String), BTreeMap<usize, String>>,
    ) -> BTreeMap<usize, String> {
        let name = member.fields.get(name).map_or(name, String::as_str);
        let mut found = BTreeMap::new();
        for part in &member.parts {
            match part {
                Part::Rule(rule) => {
                    found.entry(*rule).or_insert_with(|| name.to_owned());
                }
                Part::Correlation(at) => {
                    // How deep correlations nest is bounded; each is asked once for a name.
                    let key = (*at, name.to_owned());
                    if !known.contains_key(&key) {
                        let inner = self.correlations.get(*at).into_iter();
                        let mut below = BTreeMap::new();
                        for member in inner.flat_map(|one| &one.members) {
                            for (rule, field) in self.fields_of(member, name, known) {
                                below.entry(rule).or_insert(field);
                            }
                        }
                        known.insert(key.clone(), below);
                    }
                    for (rule, field) in known.get(&key).into_iter().flatten() {
                        found.entry(*rule).or_insert_with(|| field.clone());
                    }
                }
            }
        }
        found
    }
}
