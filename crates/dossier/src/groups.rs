//! Findings put together the way a person tells them: what happened, on which machine, in
//! the order of time.

use std::collections::HashMap;

use daylight_model::{Finding, Level, MatchedField, Rule, Timestamp};

use crate::hosts::Hosts;
use crate::{clean, words};

/// How many lines tell the chain of events at a glance.
pub(crate) const CHAIN_LINES_MAX: usize = 12;

/// How many different values of the telling field a group shows.
const VALUES_MAX: usize = 3;

/// All findings of one rule on one machine, by time.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) host: Option<&'a str>,
    pub(crate) findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.findings
            .iter()
            .filter_map(|finding| finding.time)
            .min()
    }

    /// From when to when, without the date of the end where it is the same.
    pub(crate) fn times(&self) -> String {
        let last = self
            .findings
            .iter()
            .filter_map(|finding| finding.time)
            .max();
        let (Some(first), Some(last)) = (self.first(), last) else {
            return "time unknown".into();
        };
        let written = |time: Timestamp, format| time.strftime(format).to_string();
        let start = written(first, "%Y-%m-%d %H:%M:%S");
        let same_day = words::date(first) == words::date(last);
        match written(last, "%Y-%m-%d %H:%M:%S") {
            end if end == start => start,
            _ if same_day => format!("{start} – {}", written(last, "%H:%M:%S")),
            end => format!("{start} – {end}"),
        }
    }

    /// The title, and how many findings there are.
    pub(crate) fn title(&self) -> String {
        let title = clean::value(&self.rule.title);
        match self.findings.len() {
            1 => title,
            many => format!("{title} (×{})", words::number(many as u64)),
        }
    }

    /// The logs it was found in: `Sysmon 1, Windows Security 4688`.
    pub(crate) fn logs(&self) -> String {
        let mut logs: Vec<String> = Vec::new();
        for finding in &self.findings {
            let event = finding
                .event_id
                .map(|id| format!(" {id}"))
                .unwrap_or_default();
            let log = format!("{}{event}", finding.family.title());
            if !logs.contains(&log) {
                logs.push(log);
            }
        }
        words::list_at_most(&logs, 5)
    }

    /// The field that tells most of what happened, with its first few values.
    pub(crate) fn told(&self, characters_max: usize) -> Option<(String, String)> {
        let mut name: Option<&str> = None;
        let (mut values, mut more): (Vec<&str>, usize) = (Vec::new(), 0);
        for finding in &self.findings {
            let fields = telling(finding);
            let of_name = fields
                .iter()
                .find(|field| name.is_none_or(|name| name == field.field));
            let Some(field) = of_name else { continue };
            name = Some(&field.field);
            match values.contains(&field.value.as_str()) {
                true => {}
                false if values.len() < VALUES_MAX => values.push(&field.value),
                false => more += 1,
            }
        }
        let shown: Vec<String> = values
            .iter()
            .map(|value| clean::shorten_quietly(value, characters_max))
            .collect();
        let more = if more > 0 { " …" } else { "" };
        Some((
            clean::value(name?),
            format!("{}{more}", shown.join("  ·  ")),
        ))
    }
}

/// One step of the chain: what one group tells, and the groups that show the same.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) lead: Group<'a>,
    pub(crate) with: Vec<Group<'a>>,
}

impl<'a> Step<'a> {
    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group<'a>> {
        std::iter::once(&self.lead).chain(&self.with)
    }

    /// `with 2 kinds of findings more`; empty where there are none.
    pub(crate) fn beside(&self) -> String {
        match self.with.len() {
            0 => String::new(),
            kinds => format!(", with {}", words::count(kinds, "kind more", "kinds more")),
        }
    }
}

/// The findings as steps in the order of time.
///
/// Findings of one rule on one machine are one group. Groups on one machine whose rules name
/// the same techniques and flaws are one step, led by the most severe; so is a group that
/// only repeats, less severely, what another says of the same records.
pub(crate) fn steps<'a>(findings: &[&'a Finding], hosts: &'a Hosts) -> Vec<Step<'a>> {
    let groups = groups(findings, hosts);
    let repeated = repeated(&groups);
    let mut places: HashMap<(Option<&str>, Vec<String>), usize> = HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut step_of: Vec<usize> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let mut ids = ids(group.rule);
        if ids.is_empty() {
            ids.push(group.rule.id.clone());
        }
        let place = *places.entry((group.host, ids)).or_insert(members.len());
        if place == members.len() {
            members.push(Vec::new());
        }
        step_of.push(place);
        if repeated.get(index).copied().flatten().is_none()
            && let Some(step) = members.get_mut(place)
        {
            step.push(index);
        }
    }
    for (index, by) in repeated.iter().enumerate() {
        let place = by.and_then(|by| step_of.get(by));
        if let Some(step) = place.and_then(|place| members.get_mut(*place)) {
            step.push(index);
        }
    }
    let mut groups: Vec<Option<Group<'a>>> = groups.into_iter().map(Some).collect();
    let mut steps: Vec<Step<'a>> = Vec::new();
    for step in members {
        let mut taken: Vec<Group<'a>> = step
            .into_iter()
            .filter_map(|index| groups.get_mut(index)?.take())
            .collect();
        taken.sort_by_key(|group| (std::cmp::Reverse(group.rule.level), order(group)));
        let mut taken = taken.into_iter();
        if let Some(lead) = taken.next() {
            steps.push(Step {
                lead,
                with: taken.collect(),
            });
        }
    }
    steps.sort_by_key(|step| order(&step.lead));
    steps
}

fn order(group: &Group<'_>) -> (bool, Option<Timestamp>) {
    let first = group.first();
    (first.is_none(), first)
}

/// Techniques and flaws a rule names, as people write them.
pub(crate) fn ids(rule: &Rule) -> Vec<String> {
    rule.vulnerabilities().chain(rule.techniques()).collect()
}

fn groups<'a>(findings: &[&'a Finding], hosts: &'a Hosts) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places: HashMap<(&str, Option<&str>), usize> = HashMap::new();
    for finding in findings {
        let host = finding.host.as_deref().map(|host| hosts.name(host));
        let place = *places
            .entry((&finding.rule.id, host))
            .or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group {
                rule: &finding.rule,
                host,
                findings: vec![finding],
            }),
        }
    }
    for group in &mut groups {
        group
            .findings
            .sort_by_key(|finding| (finding.time.is_none(), finding.time));
    }
    groups
}

/// For each group the more severe one that speaks of all the same records, where there is one.
fn repeated(groups: &[Group<'_>]) -> Vec<Option<usize>> {
    let mut severest: HashMap<(usize, u64), (Level, usize)> = HashMap::new();
    for (index, group) in groups.iter().enumerate() {
        for finding in &group.findings {
            let known = severest
                .entry((finding.source, finding.record))
                .or_insert((group.rule.level, index));
            if known.0 < group.rule.level {
                *known = (group.rule.level, index);
            }
        }
    }
    let more_severe = |group: &Group<'_>, finding: &Finding| {
        let known = severest.get(&(finding.source, finding.record));
        known
            .filter(|(level, _)| *level > group.rule.level)
            .map(|(_, index)| *index)
    };
    groups
        .iter()
        .map(|group| {
            let all = group
                .findings
                .iter()
                .all(|finding| more_severe(group, finding).is_some());
            let first = group.findings.first().filter(|_| all);
            first.and_then(|finding| more_severe(group, finding))
        })
        .collect()
}

/// At most `steps_max` steps, by time, and how many are left out: the most severe stay, and
/// among equals those that show a technique or flaw not shown yet.
pub(crate) fn chain<'s, 'a>(steps: &'s [Step<'a>], steps_max: usize) -> (Vec<&'s Step<'a>>, usize) {
    let mut wanted: Vec<(usize, &Step<'a>)> = steps.iter().enumerate().collect();
    let mut shown_ids: std::collections::HashSet<String> = std::collections::HashSet::new();
    let mut known: Vec<(std::cmp::Reverse<Level>, bool, usize)> = Vec::new();
    wanted.sort_by_key(|(place, step)| (std::cmp::Reverse(step.lead.rule.level), *place));
    for (place, step) in &wanted {
        let ids = ids(step.lead.rule);
        let nothing_new = ids.iter().all(|id| shown_ids.contains(id));
        shown_ids.extend(ids);
        known.push((std::cmp::Reverse(step.lead.rule.level), nothing_new, *place));
    }
    known.sort_unstable();
    known.truncate(steps_max);
    let mut places: Vec<usize> = known.into_iter().map(|(_, _, place)| place).collect();
    places.sort_unstable();
    let shown = places
        .into_iter()
        .filter_map(|place| steps.get(place))
        .collect();
    (shown, steps.len().saturating_sub(steps_max))
}

/// How many fields of one finding tell it at a glance.
const TELLING_FIELDS_MAX: usize = 3;

/// The fields that tell the story at a glance, best first.
pub(crate) fn telling(finding: &Finding) -> Vec<&MatchedField> {
    const BEST: [&str; 15] = [
        "CommandLine",
        "TargetFilename",
        "RelativeTargetName",
        "AnchorMailbox",
        "cs-uri-stem",
        "UrlStem",
        "cs-uri-query",
        "ScriptBlockText",
        "ServiceName",
        "ImagePath",
        "c-ip",
        "ClientIpAddress",
        "Image",
        "ParentImage",
        "keywords",
    ];
    let rank = |field: &MatchedField| {
        BEST.iter()
            .position(|name| name.eq_ignore_ascii_case(&field.field))
            .unwrap_or(BEST.len())
    };
    let mut fields = fields(finding);
    fields.retain(|field| {
        !matches!(
            field.field.as_str(),
            "EventID" | "Provider_Name" | "Channel"
        )
    });
    // The whole message repeats what the fields say; it is shown where there is nothing else.
    if fields.len() > 1 {
        fields.retain(|field| field.field != "Message");
    }
    fields.sort_by_key(|field| rank(field));
    fields.truncate(TELLING_FIELDS_MAX);
    fields
}

/// What made it match and what tells the story, each value once.
pub(crate) fn fields(finding: &Finding) -> Vec<&MatchedField> {
    let mut fields: Vec<&MatchedField> = Vec::new();
    for field in finding.matched.iter().chain(&finding.context) {
        if fields.iter().all(|known| known.value != field.value) {
            fields.push(field);
        }
    }
    fields
}
