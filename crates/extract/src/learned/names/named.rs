//! From names that a model read to the entities of a reading.

use std::collections::HashMap;

use daylight_model::{Entity, EntityKind, Mention, Reading, Span};

use super::NameRead;

/// What annotators of reports call kinds, which entities they are, and how sure the model must
/// be. By cross-validation 92 in a hundred groups are right then, 83 malware, 85 tools (88 of
/// these three together), 85 security teams and 88 operating systems.
const KINDS: &[(&str, EntityKind, f32)] = &[
    ("APT", EntityKind::IntrusionSet, 0.5),
    ("MAL", EntityKind::Malware, 0.8),
    ("TOOL", EntityKind::Tool, 0.95),
    ("SECTEAM", EntityKind::Organization, 0.7),
    ("OS", EntityKind::Product, 0.5),
];

/// Whether names of a kind become entities.
#[must_use]
pub fn is_entity(kind: &str) -> bool {
    KINDS.iter().any(|(one, ..)| *one == kind)
}

/// One name with all that was read of it.
struct Candidate<'t> {
    text: &'t str,
    mentions: Vec<(Span, usize, f32)>,
}

/// Adds the names that nothing else found. None is merged with what is known, and each says
/// that a model read it.
pub(crate) fn add_names(reading: &mut Reading, names: &[NameRead]) {
    let entities = new_entities(reading, names);
    reading.entities.extend(entities);
}

fn new_entities(reading: &Reading, names: &[NameRead]) -> Vec<Entity> {
    let text = reading.document.text.as_str();
    let taken = taken(reading);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for name in names {
        let written = name.span.of(text);
        let kind = KINDS.iter().position(|(kind, ..)| *kind == name.kind);
        let (Some(kind), false) = (kind, overlaps(&taken, name.span)) else {
            continue;
        };
        if !is_name(written) {
            continue;
        }
        let place = *places
            .entry(written.to_lowercase())
            .or_insert(candidates.len());
        if place == candidates.len() {
            candidates.push(Candidate {
                text: written,
                mentions: Vec::new(),
            });
        }
        candidates[place]
            .mentions
            .push((name.span, kind, name.probability));
    }
    candidates
        .iter()
        .filter_map(|candidate| entity(candidate, text))
        .collect()
}

/// The entity that a name is of, where the model is sure enough anywhere.
fn entity(candidate: &Candidate<'_>, text: &str) -> Option<Entity> {
    let mut sums = [0.0; KINDS.len()];
    for (_, kind, probability) in &candidate.mentions {
        sums[*kind] += probability;
    }
    let (kind, _) = (sums.iter().enumerate()).max_by(|one, other| one.1.total_cmp(other.1))?;
    let of_kind = candidate
        .mentions
        .iter()
        .filter(|mention| mention.1 == kind);
    let sure = of_kind.map(|mention| mention.2).fold(0.0, f32::max);
    let (_, entity_kind, sure_min) = KINDS[kind];
    let mention = |&(span, ..): &(Span, usize, f32)| Mention {
        span,
        text: span.of(text).to_owned(),
    };
    (sure >= sure_min).then(|| Entity {
        kind: entity_kind,
        name: candidate.text.to_owned(),
        aliases: Vec::new(),
        known_as: None,
        read_by_model: Some((f64::from(sure) * 100.0).floor() / 100.0),
        mentions: candidate.mentions.iter().map(mention).collect(),
    })
}

/// Names are written with a capital or a digit, and not too long.
fn is_name(text: &str) -> bool {
    text.len() <= 80
        && text.chars().filter(|c| c.is_alphanumeric()).count() > 1
        && text.chars().any(|c| c.is_uppercase() || c.is_numeric())
}

/// The stretches of text that something else is known to name, in order, none overlapping.
fn taken(reading: &Reading) -> Vec<Span> {
    let mentions = reading.entities.iter().flat_map(|entity| &entity.mentions);
    let indicators = reading.indicators.iter().map(|indicator| indicator.span);
    let times = reading.times.iter().map(|time| time.span);
    let mut spans: Vec<Span> = mentions
        .map(|mention| mention.span)
        .chain(indicators)
        .chain(times)
        .collect();
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

fn overlaps(taken: &[Span], span: Span) -> bool {
    let before = taken.partition_point(|one| one.start < span.end);
    before
        .checked_sub(1)
        .and_then(|at| taken.get(at))
        .is_some_and(|one| one.end > span.start)
}
