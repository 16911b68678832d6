use std::collections::BTreeSet;

use daylight_model::{Candidate, CandidateKind, Interval, Span, Timestamp};
use jiff::ToSpan;

use super::sentence::{Document, Sentence};
use super::tally::Tally;
use crate::curated::midnight;
use crate::{GroupLink, Knowledge, Operation};

const CURATED: &str = "Daylight operations.toml";

impl Knowledge {
    /// The operation, its flaws and the groups that somebody links to it; empty where the
    /// sentence cannot mean it.
    pub(super) fn operation_candidates(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
        operation: &Operation,
    ) -> Vec<Candidate> {
        let window = operation.window();
        let begun = window
            .and_then(|window| window.start)
            .unwrap_or_else(|| midnight(operation.disclosed));
        if operation.case.is_some()
            || document
                .published
                .is_some_and(|published| published < begun)
        {
            return Vec::new(); // A court case has its own rules; nobody writes of what has not begun.
        }
        let mut tally = Tally::default();
        if !subject(document, sentence, operation, &mut tally) {
            return Vec::new();
        }
        time(document, sentence, operation, begun, &mut tally);
        extent(document, sentence, operation, &mut tally);
        let score = tally.score();
        let mut candidate =
            tally.candidate(CandidateKind::Operation, &operation.id, &operation.name);
        candidate.window = window;
        candidate.leads_to = operation.leads_to();
        let mut candidates = vec![candidate];
        candidates.extend(
            operation
                .vulnerabilities
                .iter()
                .map(|cve| self.flaw_of(operation, cve, score)),
        );
        candidates.extend(
            operation
                .groups
                .iter()
                .map(|link| self.group_of(document, operation, link, score)),
        );
        candidates
    }

    fn flaw_of(&self, operation: &Operation, cve: &str, score: f64) -> Candidate {
        let mut tally = Tally::default();
        let source = operation.sources.first().map(String::as_str);
        tally.add(
            score * 0.95,
            format!("“{}” used {cve}", operation.name),
            source,
        );
        let known = self.vulnerability(cve);
        if let Some(flaw) = known {
            let ransomware = if flaw.ransomware {
                ", used by ransomware"
            } else {
                ""
            };
            let text = format!(
                "CISA lists {cve} ({} {}) as exploited since {}{ransomware}",
                flaw.vendor, flaw.product, flaw.added
            );
            tally.add(0.0, text, Some("CISA KEV"));
        }
        let name = known.map_or(cve, |flaw| &flaw.name);
        let mut candidate = tally.candidate(CandidateKind::Vulnerability, cve, name);
        candidate.via = Some(operation.id.clone());
        candidate.leads_to = vec![cve.to_owned()];
        candidate
    }

    /// A group is a candidate only by another's word, and the reason says whose.
    pub(super) fn group_of(
        &self,
        document: &Document<'_>,
        operation: &Operation,
        link: &GroupLink,
        score: f64,
    ) -> Candidate {
        let group = self.group(&link.group);
        let name = group.map_or(link.group.as_str(), |group| &group.name);
        let shown = group.map_or_else(|| name.to_owned(), |group| format!("{name} ({})", group.id));
        let date = link
            .date
            .map_or_else(String::new, |date| format!(" ({date})"));
        let (share, text) = if link.same_flaws {
            let flaws = "to the same flaws, which does not make it part of";
            (
                0.4,
                format!(
                    "{} links {shown} {flaws} “{}”{date}",
                    link.by, operation.name
                ),
            )
        } else {
            (
                0.7,
                format!("{} links {shown} to “{}”{date}", link.by, operation.name),
            )
        };
        let mut tally = Tally::default();
        tally.add(score * share, text, Some(&link.source));
        if let (Some(date), Some(published)) = (link.date, document.published)
            && midnight(date) > published
        {
            tally.add(
                -0.05,
                format!("{} said so only after the story was published", link.by),
                Some(&link.source),
            );
        }
        let mut candidate = tally.candidate(CandidateKind::IntrusionSet, &link.group, name);
        candidate.via = Some(operation.id.clone());
        candidate
    }
}

/// Whether the sentence is about something the operation touched, and how surely.
fn subject(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    operation: &Operation,
    tally: &mut Tally,
) -> bool {
    let is = |other: &Operation| other.id == operation.id;
    let quoted = |span: Span| span.of(document.text);
    let mut met = named(document, sentence, operation, tally);
    let Some(attack) = sentence.attack else {
        return met;
    };
    if let Some((product, span)) = sentence
        .products
        .iter()
        .find(|(product, _)| operation.products.contains(&product.id))
    {
        let text = format!(
            "“{}” is {} {}, which “{}” attacked",
            quoted(*span),
            product.vendor,
            product.name,
            operation.name
        );
        tally.add(0.3, text, product.sources.first().map(String::as_str));
        met = true;
    }
    if let Some((_, span)) = sentence.targets.iter().find(|(other, _)| is(other)) {
        let text = format!("“{}” is known for “{}”", quoted(*span), operation.name);
        tally.add(0.35, text, operation.sources.first().map(String::as_str));
        met = true;
    }
    if let Some((_, link, span)) = sentence.groups.iter().find(|(other, ..)| is(other)) {
        let text = format!(
            "{} links “{}” to “{}”",
            link.by,
            quoted(*span),
            operation.name
        );
        tally.add(0.25, text, Some(&link.source));
        met = true;
    }
    if met {
        let text = format!("“{}” speaks of an attack", attack.text);
        tally.add(0.1, text, None);
        whole_report(document, sentence, operation, tally);
    }
    met
}

/// Whether the sentence names the operation or one of its flaws.
fn named(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    operation: &Operation,
    tally: &mut Tally,
) -> bool {
    let is = |other: &Operation| other.id == operation.id;
    let mut met = false;
    if let Some((_, span)) = sentence.aliases.iter().find(|(other, _)| is(other)) {
        let text = format!(
            "“{}” is a name of “{}”",
            span.of(document.text),
            operation.name
        );
        tally.add(0.75, text, operation.sources.first().map(String::as_str));
        met = true;
    }
    let own = |cve: &str| operation.vulnerabilities.iter().any(|own| own == cve);
    if let Some((cve, _)) = sentence.cves.iter().find(|(cve, _)| own(cve)) {
        tally.add(
            0.45,
            format!(
                "the sentence names {cve}, one of the flaws of “{}”",
                operation.name
            ),
            Some(CURATED),
        );
        met = true;
    }
    met
}

/// What the rest of the report says for and against the operation.
fn whole_report(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    operation: &Operation,
    tally: &mut Tally,
) {
    let by_group = sentence
        .groups
        .iter()
        .any(|(other, ..)| other.id == operation.id);
    let victim = operation.targets.is_empty() || document.victims.contains(operation.id.as_str());
    if !victim && !by_group {
        let text = format!("the report names no victim of “{}”", operation.name);
        tally.add(-0.25, text, operation.sources.first().map(String::as_str));
    }
    let named = document.naming.get(operation.id.as_str());
    if named.is_some_and(|spans| spans.iter().any(|span| *span != sentence.span)) {
        let text = format!(
            "elsewhere the report names “{}” or one of its flaws",
            operation.name
        );
        tally.add(0.15, text, Some(CURATED));
    }
}

/// Whether the operation ran, or became known, when the sentence says; without words about
/// time, how fresh it was when the story was published.
fn time(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    operation: &Operation,
    begun: Timestamp,
    tally: &mut Tally,
) {
    let disclosed = midnight(operation.disclosed);
    let ended = operation
        .window()
        .and_then(|window| window.end)
        .unwrap_or(begun);
    let last = ended.max(midnight(operation.disclosed.saturating_add(1.month())));
    let reach = Interval {
        start: Some(begun),
        end: Some(last),
    };
    let source = operation
        .windows
        .first()
        .map_or(CURATED, |window| window.source.as_str());
    let ran = format!(
        "“{}”, which began on {} and became known on {}",
        operation.name,
        begun.strftime("%Y-%m-%d"),
        operation.disclosed
    );
    let within = |interval: &Interval, at: Timestamp| {
        interval.start.is_none_or(|start| start <= at) && interval.end.is_none_or(|end| at < end)
    };
    if let Some((text, interval)) = sentence
        .intervals
        .iter()
        .find(|(_, interval)| interval.overlaps(&reach))
    {
        let whole = within(interval, disclosed) || within(interval, begun);
        tally.add(
            if whole { 0.25 } else { 0.15 },
            format!("“{text}” fits {ran}"),
            Some(source),
        );
    } else if let Some((text, _)) = sentence.attack_times(document.published).first() {
        tally.add(-0.3, format!("“{text}” does not fit {ran}"), Some(source));
    } else if let Some(published) = document.published {
        let days = published
            .duration_since(disclosed)
            .as_hours()
            .div_euclid(24);
        let weight = match days {
            ..-14 => -0.3,
            -14..=60 => 0.2,
            61..=365 => 0.15,
            366..=730 => 0.05,
            731.. => -0.2,
        };
        let text = if days < 0 {
            format!(
                "the story was published {} days before the public knew of “{}”",
                -days, operation.name
            )
        } else {
            format!(
                "the story was published {days} days after the public learnt of “{}”",
                operation.name
            )
        };
        tally.add(weight, text, Some(source));
    }
}

/// Whether what was done, and how often, fits.
fn extent(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    operation: &Operation,
    tally: &mut Tally,
) {
    let mut effects = BTreeSet::new();
    for (_, span) in sentence
        .effects
        .iter()
        .filter(|(other, _)| other.id == operation.id)
    {
        let words = span.of(document.text);
        if effects.len() < 2 && effects.insert(words.to_lowercase()) {
            let text = format!("“{words}” fits what is known of “{}”", operation.name);
            tally.add(0.05, text, Some(CURATED));
        }
    }
    let fits = |said: f64, known: f64| said <= known * 1.5 && said >= known / 30.0;
    let scale = sentence.counts.iter().find_map(|count| {
        let said = count.at_least?;
        let known = operation
            .scale
            .iter()
            .find(|scale| fits(said, scale.at_least))?;
        Some((count, known))
    });
    if let Some((count, known)) = scale {
        let text = format!(
            "“{}” fits the {} {} that {} counts",
            count.text, known.at_least, known.of, known.by
        );
        tally.add(0.1, text, Some(&known.source));
    }
}
