//! Which indicators are fit to act on.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use daylight_model::{
    EntityKind, Indicator, IndicatorKind, IndicatorRole, Reading, Span, Timestamp,
};

use crate::entry::{Chosen, Entry, LeftOut, Report, Said, Source, Validity};
use crate::value::{checked, parts_of_url};

/// Why something is not worth looking for, by its kind and its value in lower case.
pub type Warning<'w> = dyn Fn(IndicatorKind, &str) -> Option<String> + 'w;

/// Takes from reports what may be blocked or looked for; `warning` says what must never be.
#[must_use]
pub fn select(
    reports: &[Report<'_>],
    warning: &Warning<'_>,
    validity: Validity,
    now: Timestamp,
) -> Chosen {
    let mut entries: BTreeMap<(IndicatorKind, String), Entry> = BTreeMap::new();
    let mut left_out = Vec::new();
    for report in reports {
        let source = Arc::new(source_of(report));
        for (indicator, fit) in judged(report.reading, warning) {
            match fit {
                Ok(value) => {
                    let entry = entries.entry((indicator.kind, value.clone()));
                    let entry = entry.or_insert_with(|| Entry {
                        kind: indicator.kind,
                        id: Indicator {
                            value: value.clone(),
                            ..indicator.clone()
                        }
                        .stix_id(),
                        value,
                        said: Vec::new(),
                        until: validity.until(indicator.kind, now),
                    });
                    entry.said.push(Said {
                        source: Arc::clone(&source),
                        sentence: sentence_around(report.reading, &indicator),
                    });
                }
                Err(reason) => left_out.push(LeftOut {
                    kind: indicator.kind,
                    value: indicator.value.clone(),
                    reason,
                    report: source.title.clone(),
                }),
            }
        }
    }
    Chosen {
        entries: entries.into_values().collect(),
        left_out,
        now,
    }
}

/// Each indicator of a report once, with the value to write or why it is left out. Where it
/// stands several times, a place that gives it as a sign of the activity counts.
fn judged(reading: &Reading, warning: &Warning<'_>) -> Vec<(Indicator, Result<String, String>)> {
    let own = OwnNames::of(reading);
    let mut indicators = with_whole_sites(&reading.indicators);
    indicators.retain(|one| !is_reference_id(one.kind));
    indicators.sort_by_key(|one| one.role != IndicatorRole::Indicator);
    let mut seen = BTreeSet::new();
    indicators.retain(|one| seen.insert((one.kind, one.value.clone())));
    let fit = |one: Indicator| {
        let fit = fit(&one, &own, warning);
        (one, fit)
    };
    indicators.into_iter().map(fit).collect()
}

/// What is a reference by its nature, and no more left out than a word of the text.
fn is_reference_id(kind: IndicatorKind) -> bool {
    matches!(
        kind,
        IndicatorKind::Cve | IndicatorKind::Cwe | IndicatorKind::AttackId | IndicatorKind::Asn
    )
}

/// An address of the web with no path names the whole site.
fn with_whole_sites(indicators: &[Indicator]) -> Vec<Indicator> {
    let mut all = indicators.to_vec();
    let urls = indicators
        .iter()
        .filter(|one| one.kind == IndicatorKind::Url);
    for indicator in urls {
        let Some((host, "" | "/")) = parts_of_url(&indicator.value) else {
            continue;
        };
        let kind = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => IndicatorKind::Ipv4,
            Ok(IpAddr::V6(_)) => IndicatorKind::Ipv6,
            Err(_) => IndicatorKind::Domain,
        };
        all.push(Indicator {
            kind,
            value: host.to_lowercase(),
            ..indicator.clone()
        });
    }
    all
}

/// The value to write, or why it is left out.
fn fit(indicator: &Indicator, own: &OwnNames, warning: &Warning<'_>) -> Result<String, String> {
    if indicator.role == IndicatorRole::Reference {
        return Err("stands there for reference, not as a sign of the activity".to_owned());
    }
    let kind = indicator.kind;
    let value = checked(kind, &indicator.value)?;
    let host = match kind {
        IndicatorKind::Domain => Some(value.as_str()),
        IndicatorKind::Url => parts_of_url(&value).map(|(host, _)| host),
        _ => None,
    };
    let is_address = host.is_some_and(|host| host.parse::<IpAddr>().is_ok());
    let of_address = host.filter(|_| is_address);
    let reason = warning(kind, &value.to_lowercase())
        .or_else(|| of_address.and_then(|address| warning(IndicatorKind::Ipv4, address)));
    if let Some(reason) = reason {
        return Err(reason);
    }
    match host
        .filter(|_| !is_address)
        .and_then(|host| own.owner(host))
    {
        Some(owner) => Err(format!(
            "bears the name of {owner}, of whom the report speaks, and may be theirs"
        )),
        None => Ok(value),
    }
}

/// Names of those who publish, are attacked or make what is attacked: their sites are no
/// attacker's.
struct OwnNames(BTreeMap<String, String>);

impl OwnNames {
    fn of(reading: &Reading) -> Self {
        let owns = |kind| {
            matches!(
                kind,
                EntityKind::Organization
                    | EntityKind::GovernmentBody
                    | EntityKind::InternationalBody
                    | EntityKind::Product
            )
        };
        let entities = reading.entities.iter().filter(|one| owns(one.kind));
        let named = entities.flat_map(|one| std::iter::once(&one.name).chain(&one.aliases));
        let mut names: BTreeMap<String, String> = named
            .chain(&reading.document.publisher)
            .map(|name| (folded(name), name.clone()))
            .collect();
        let own = reading.document.url.as_deref().and_then(parts_of_url);
        if let Some((host, label)) = own.and_then(|(host, _)| Some((host, own_label(host)?))) {
            names.insert(folded(label), host.to_owned());
        }
        names.retain(|name, _| name.len() >= 3);
        Self(names)
    }

    fn owner(&self, host: &str) -> Option<&str> {
        let label = own_label(host)?;
        self.0.get(&folded(label)).map(String::as_str)
    }
}

/// Letters and digits of a name in lower case, without what says only that it is a company.
fn folded(name: &str) -> String {
    const FORMS: [&str; 9] = [
        "inc",
        "corp",
        "corporation",
        "ltd",
        "llc",
        "gmbh",
        "ag",
        "plc",
        "the",
    ];
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !FORMS.contains(word)).collect()
}

/// The label that somebody registered: the one before `com`, or before `co.uk`.
fn own_label(host: &str) -> Option<&str> {
    const SHARED: [&str; 9] = ["ac", "co", "com", "edu", "gov", "mil", "ne", "net", "org"];
    let mut labels = host.trim_end_matches('.').rsplit('.').skip(1);
    let second = labels.next()?;
    let third = labels.next().filter(|_| SHARED.contains(&second));
    Some(third.unwrap_or(second))
}

fn source_of(report: &Report<'_>) -> Source {
    let document = &report.reading.document;
    Source {
        id: document.id.clone(),
        title: document.name().to_owned(),
        publisher: document.publisher.clone(),
        published: document.published,
        url: document.url.clone(),
        tlp: report.tlp.to_owned(),
    }
}

/// The sentence that gives an indicator; where none does, as in tables, the block.
fn sentence_around(reading: &Reading, indicator: &Indicator) -> String {
    let (document, place) = (&reading.document, indicator.span);
    let around = |span: &&Span| span.contains(place);
    let block = || document.blocks.iter().map(|block| &block.span).find(around);
    let sentence = reading.sentences.iter().find(around).or_else(block);
    let words = sentence.map_or(indicator.as_written.as_str(), |span| {
        span.of(&document.text)
    });
    words.to_owned()
}
