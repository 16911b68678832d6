//! Findings put together the way a person tells them: what happened, on which machine, in
//! the order of time.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use daylight_model::{Finding, Level, LogFamily, MatchedField, Rule, Timestamp};
use foldhash::fast::RandomState;

use crate::hosts::Hosts;
use crate::{clean, words};

/// How many lines tell the chain of events at a glance.
pub(crate) const CHAIN_LINES_MAX: usize = 12;

/// How many different values of the telling field a group shows where there is room.
pub(crate) const VALUES_MAX: usize = 3;

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

    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.findings
            .iter()
            .filter_map(|finding| finding.time)
            .max()
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

    /// The field that tells most of what happened, with its first few values, each of at most
    /// so many characters.
    pub(crate) fn told(
        &self,
        values_max: usize,
        characters_max: usize,
    ) -> Option<(String, String)> {
        let mut name: Option<&str> = None;
        let (mut values, mut more): (Vec<&str>, &str) = (Vec::new(), "");
        for finding in &self.findings {
            let fields = telling(finding);
            let of_name = fields
                .iter()
                .find(|field| name.is_none_or(|name| name == field.field));
            let Some(field) = of_name else { continue };
            name = Some(&field.field);
            match values.contains(&field.value.as_str()) {
                true => {}
                false if values.len() < values_max => values.push(&field.value),
                false => {
                    more = " …";
                    break;
                }
            }
        }
        let shown: Vec<String> = values
            .iter()
            .map(|value| match name {
                // A record begins with what it says; a path or a command ends with it.
                Some("keywords") => clean::shorten_quietly(value, characters_max),
                _ => clean::shorten_middle(value, characters_max),
            })
            .collect();
        let name = match name? {
            "keywords" => "in the record".into(),
            name => clean::value(name),
        };
        Some((name, format!("{}{more}", shown.join("  ·  "))))
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

    /// `, with 2 more kinds of trace`; empty where there are none.
    pub(crate) fn beside(&self) -> String {
        match self.with.len() {
            0 => String::new(),
            kinds => format!(
                ", with {}",
                words::count(kinds, "more kind of trace", "more kinds of trace")
            ),
        }
    }
}

/// The findings as steps in the order of time.
///
/// Findings of one rule on one machine are one group. Groups are one step, led by the most
/// severe, where they tell of one act: on one machine, of one kind (requests, files,
/// processes …), at the same time, with the same techniques and flaws named. So is a group
/// that only repeats, less severely, what another says of the same records.
pub(crate) fn steps<'a>(findings: &[&'a Finding], hosts: &'a Hosts) -> Vec<Step<'a>> {
    let mut groups = groups(findings, hosts);
    groups.sort_by_key(order);
    let repeated = repeated(&groups);
    // The latest step of each kind, and when it was last added to.
    let mut open: HashMap<Kind<'a>, (usize, Option<Timestamp>)> = HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut step_of: Vec<Option<usize>> = vec![None; groups.len()];
    for (index, group) in groups.iter().enumerate() {
        if repeated.get(index).is_some_and(Option::is_some) {
            continue;
        }
        let kind = kind(group);
        let known = open
            .get(&kind)
            .filter(|(_, last)| follows(*last, group.first()));
        let (place, last) = known.copied().unwrap_or((members.len(), None));
        match members.get_mut(place) {
            Some(step) => step.push(index),
            None => members.push(vec![index]),
        }
        open.insert(kind, (place, last.max(group.last())));
        if let Some(step) = step_of.get_mut(index) {
            *step = Some(place);
        }
    }
    for (index, by) in repeated.iter().enumerate() {
        // What repeats a repetition belongs where that one belongs.
        let mut by = *by;
        while let Some(Some(next)) = by.and_then(|by| repeated.get(by)) {
            by = Some(*next);
        }
        let place = by.and_then(|by| step_of.get(by).copied().flatten());
        if let Some(step) = place.and_then(|place| members.get_mut(place)) {
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
        taken.sort_by_key(|group| (Reverse(group.rule.level), order(group)));
        let mut taken = taken.into_iter();
        if let Some(lead) = taken.next() {
            let with = taken.collect();
            steps.push(Step { lead, with });
        }
    }
    steps.sort_by_key(|step| order(&step.lead));
    steps
}

/// What groups have in common that may tell of one act.
type Kind<'a> = (Option<&'a str>, Act, Vec<String>);

/// Kinds of acts, as far as the kind of log tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Act {
    Request,
    Change,
    File,
    Process,
    Connection,
    Other(LogFamily),
}

fn kind<'a>(group: &Group<'a>) -> Kind<'a> {
    let mut ids = ids(group.rule);
    if ids.is_empty() {
        ids.push(group.rule.id.clone());
    }
    let act = group
        .findings
        .first()
        .map_or(Act::Other(LogFamily::Text), |finding| act(finding));
    (group.host, act, ids)
}

fn act(finding: &Finding) -> Act {
    match (finding.family, finding.event_id) {
        (LogFamily::Iis | LogFamily::ExchangeHttpProxy, _) => Act::Request,
        (LogFamily::ExchangeManagement | LogFamily::ExchangeEcp, _) => Act::Change,
        (LogFamily::WindowsSysmon, Some(2 | 11 | 15 | 23 | 26)) => Act::File,
        (LogFamily::WindowsSecurity, Some(4656 | 4660 | 4663 | 5145)) => Act::File,
        (LogFamily::ExchangeOab | LogFamily::FileListing, _) => Act::File,
        (LogFamily::WindowsSysmon, Some(3 | 22)) => Act::Connection,
        (LogFamily::WindowsSecurity, Some(5156)) => Act::Connection,
        (LogFamily::WindowsSysmon, Some(1 | 5..=10)) => Act::Process,
        (LogFamily::WindowsSecurity, Some(4688 | 4689)) => Act::Process,
        (LogFamily::WindowsPowershell, _) => Act::Process,
        (family, _) => Act::Other(family),
    }
}

/// Logs write of one act within this time.
const ACT_SECONDS_MAX: i64 = 5;

fn follows(last: Option<Timestamp>, first: Option<Timestamp>) -> bool {
    match (last, first) {
        (Some(last), Some(first)) => first.duration_since(last).as_secs() < ACT_SECONDS_MAX,
        (last, first) => last == first,
    }
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
    let mut places: HashMap<(&str, Option<&str>), usize, RandomState> = HashMap::default();
    for finding in findings {
        // Each spelling of a machine's name is looked up once for a rule.
        let (id, spelling) = (finding.rule.id.as_str(), finding.host.as_deref());
        let place = places.get(&(id, spelling)).copied().unwrap_or_else(|| {
            let host = spelling.map(|host| hosts.name(host));
            let place = *places.entry((id, host)).or_insert(groups.len());
            places.insert((id, spelling), place);
            if place == groups.len() {
                groups.push(Group {
                    rule: &finding.rule,
                    host,
                    findings: Vec::new(),
                });
            }
            place
        });
        if let Some(group) = groups.get_mut(place) {
            group.findings.push(finding);
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
    let mut severest: HashMap<(usize, u64), (Level, usize), RandomState> = HashMap::default();
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

/// At most `steps_max` steps, by time, and how many are left out. The most severe stay; a
/// step of a tactic not shown yet goes before all but the critical ones, so that no part of
/// the chain is missing.
pub(crate) fn chain<'s, 'a>(steps: &'s [Step<'a>], steps_max: usize) -> (Vec<&'s Step<'a>>, usize) {
    let mut by_level: Vec<(usize, &Step<'a>)> = steps.iter().enumerate().collect();
    by_level.sort_by_key(|(place, step)| (Reverse(step.lead.rule.level), *place));
    let mut shown_tactics: HashSet<&str> = HashSet::new();
    let mut ranked: Vec<(Reverse<Level>, Reverse<Level>, usize)> = Vec::new();
    for (place, step) in by_level {
        let level = step.lead.rule.level;
        let mut is_new = false;
        for tactic in tactics(step.lead.rule) {
            is_new |= shown_tactics.insert(tactic);
        }
        let rank = if is_new { Level::Critical } else { level };
        ranked.push((Reverse(rank), Reverse(level), place));
    }
    ranked.sort_unstable();
    ranked.truncate(steps_max);
    let mut places: Vec<usize> = ranked.into_iter().map(|(_, _, place)| place).collect();
    places.sort_unstable();
    let shown = places
        .into_iter()
        .filter_map(|place| steps.get(place))
        .collect();
    (shown, steps.len().saturating_sub(steps_max))
}

/// ATT&CK tactics a rule names: `initial-access`.
pub(crate) fn tactics(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.tags
        .iter()
        .filter_map(|tag| tag.strip_prefix("attack."))
        .filter(|tactic| !tactic.contains(|c: char| c.is_ascii_digit()))
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
