//! What a correlation tells of what it found.

use std::collections::HashMap;

use daylight_model::{Finding, MatchedField, ShortText};

use super::gauge::Item;
use super::search::GaugeKind;
use super::window::Hit;
use super::{Correlation, Observation};
use crate::sigma::correlation::Measure;
use crate::{RuleSet, show};

/// Adds a finding for each hit. Where the same record completes several, as it can by way of
/// aliases, they are one finding.
pub(super) fn add(
    correlation: &Correlation,
    rules: &RuleSet,
    list: &[Observation],
    mut hits: Vec<(Vec<Item>, Hit)>,
    findings: &mut Vec<Finding>,
) {
    hits.sort_by_key(|(items, hit)| items.get(hit.last).map(|item| item.observation));
    let mut made: HashMap<(usize, u64, u64), usize> = HashMap::new();
    for (items, hit) in &hits {
        let Some(item) = items.get(hit.last) else {
            continue;
        };
        let Some(observation) = list.get(item.observation) else {
            continue;
        };
        let matched = matched(correlation, rules, list, items, hit);
        let place = (observation.source, observation.record, observation.offset);
        if let Some(finding) = made.get(&place).and_then(|at| findings.get_mut(*at)) {
            finding.matched.extend(matched);
            continue;
        }
        made.insert(place, findings.len());
        let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
        findings.push(Finding {
            id: String::new(),
            rule: std::sync::Arc::clone(&correlation.rule),
            time: observation.time,
            host: text(&observation.host),
            family: observation.family,
            channel: text(&observation.channel),
            provider: text(&observation.provider),
            event_id: observation.event_id,
            record: observation.record,
            offset: observation.offset,
            source: observation.source,
            file: String::new(),
            file_sha256: String::new(),
            matched,
            context: context(correlation, items, hit),
        });
    }
}

fn field(name: impl Into<ShortText>, value: impl ToString) -> MatchedField {
    MatchedField {
        field: name.into(),
        value: value.to_string().into(),
    }
}

/// The group, the number, and when.
fn matched(
    correlation: &Correlation,
    rules: &RuleSet,
    list: &[Observation],
    items: &[Item],
    hit: &Hit,
) -> Vec<MatchedField> {
    let mut matched = Vec::new();
    let observation = |at: usize| list.get(items.get(at)?.observation);
    let member = items.get(hit.last).map_or(0, |item| item.member);
    let member = correlation.members.get(member);
    let mut known = HashMap::new();
    if let (Some(last), Some(member)) = (observation(hit.last), member) {
        for name in &correlation.group_by {
            let own = rules.fields_of(member, name, &mut known);
            let value = own.get(&last.rule).and_then(|own| {
                let plan = rules.observed(last.rule)?.fields();
                let column = plan.iter().position(|one| one == own)?;
                last.values.get(column)?.as_deref()
            });
            matched.extend(value.map(|value| field(name.as_str(), show::around(value.into(), 0))));
        }
    }
    let fields = correlation.search.fields.join(", ");
    let measured = match &correlation.search.gauge {
        GaugeKind::Count => "count".to_owned(),
        GaugeKind::Distinct => format!("different {fields}"),
        GaugeKind::Value(Measure::Sum) => format!("sum of {fields}"),
        GaugeKind::Value(Measure::Average) => format!("average of {fields}"),
        GaugeKind::Value(Measure::Median) => format!("median of {fields}"),
        GaugeKind::Value(Measure::Percentile(0)) => format!("smallest {fields}"),
        GaugeKind::Value(Measure::Percentile(100)) => format!("largest {fields}"),
        GaugeKind::Value(Measure::Percentile(n)) => format!("percentile {n} of {fields}"),
        GaugeKind::Members | GaugeKind::Orders(_) => "rules".to_owned(),
    };
    matched.push(field(measured, hit.number));
    let time = |at| observation(at).and_then(|one| one.time);
    matched.extend(time(hit.first).map(|time| field("first", time)));
    matched.extend(time(hit.last).map(|time| field("last", time)));
    if hit.end > hit.last {
        let until = time(hit.end).map(|time| format!(" until {time}"));
        let count = hit.end - hit.first + 1;
        let burst = format!("{count} matches{}", until.unwrap_or_default());
        matched.push(field("burst", burst));
    }
    matched
}

/// The rules that match in the window, and how often.
fn context(correlation: &Correlation, items: &[Item], hit: &Hit) -> Vec<MatchedField> {
    let window = items.get(hit.first..=hit.last).unwrap_or_default();
    let members = correlation.members.iter().enumerate();
    let counted = members.filter_map(|(place, member)| {
        let count = window.iter().filter(|item| item.member == place).count();
        (count > 0).then(|| field("rule", format!("{} ({count})", member.title)))
    });
    counted.collect()
}
