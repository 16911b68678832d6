//! What reports say, and what that may mean.

use daylight_model::{Candidate, Reading};

use super::{Block, Item, Section};
use crate::html::{candidate_name, kind_in_words, weight};
use crate::views::{Disagreement, Said};
use crate::{Case, clean, incidents, picture, views, words};

/// How many of anything are listed; the HTML and the machine files hold more.
const CLAIMS_MAX: usize = 200;
const DENIALS_MAX: usize = 20;
const DESCRIBED_MAX: usize = 100;
const INCIDENTS_MAX: usize = 60;
const LINKS_MAX: usize = 60;
const CANDIDATES_MAX: usize = 40;
const REASONS_MAX: usize = 20;

pub(super) fn said(case: &Case<'_>) -> Section {
    let mut section = Section::new(
        "What is said, and by whom",
        Some("These are claims, not facts."),
    );
    let groups = views::claims_by_speaker(case.readings);
    let total: usize = groups.iter().map(|group| group.claims.len()).sum();
    let mut room = CLAIMS_MAX;
    for group in &groups {
        let shown = group.claims.len().min(room);
        room -= shown;
        if shown > 0 {
            section.heading(&group.speakers);
            section.items(group.claims.iter().take(shown).map(claim));
        }
    }
    if total == 0 {
        section.paragraph("No claim was read out of the reports.");
    } else if total > CLAIMS_MAX {
        section.paragraph(shown_of(CLAIMS_MAX, total, "claims"));
    }
    let disagreements = views::disagreements(case.readings);
    if !disagreements.is_empty() {
        section.heading("Denials");
        section.items(disagreements.iter().take(DENIALS_MAX).map(denial));
    }
    described(&mut section, case);
    section
}

fn shown_of(shown: usize, total: usize, what: &str) -> String {
    format!(
        "Shown are {shown} of {} {what}.",
        words::number(total as u64)
    )
}

fn claim(said: &Said<'_>) -> Item {
    let mut text = words::claim_in_words(said.claim);
    for (name, words) in words::qualifiers(said.claim) {
        text.push_str(&format!("; {name} {words}"));
    }
    Item {
        text,
        mark: said.claim.force.as_str().into(),
        quote: clean::line(&said.claim.sentence),
        ..Item::default()
    }
}

fn denial(disagreement: &Disagreement<'_>) -> Item {
    let put = |said: &Said<'_>| {
        let speakers = words::speaker_chain(said.claim);
        format!("{speakers}: {}", words::claim_in_words(said.claim))
    };
    let mut text = format!("{}.", put(&disagreement.denial));
    let others: Vec<String> = disagreement.against.iter().map(put).collect();
    if !others.is_empty() {
        text.push_str(&format!(" Against it: {}.", others.join("; ")));
    }
    Item::text(clean::line(&text))
}

fn described(section: &mut Section, case: &Case<'_>) {
    let readings = case.readings.iter();
    let all: Vec<Item> = readings
        .flat_map(|reading| reading.described.iter().map(move |it| (reading, it)))
        .map(|(reading, technique)| Item {
            text: words::described(technique),
            quote: clean::line(technique.sentence.of(&reading.document.text)),
            ..Item::default()
        })
        .collect();
    if all.is_empty() {
        return;
    }
    let total = all.len();
    section.heading(words::DESCRIBED_TITLE);
    section.paragraph(words::DESCRIBED_LEAD);
    section.items(all.into_iter().take(DESCRIBED_MAX));
    if total > DESCRIBED_MAX {
        section.paragraph(shown_of(DESCRIBED_MAX, total, "techniques"));
    }
}

/// Who is said to stand in which relation to whom; `None` where nothing says it.
pub(super) fn who(case: &Case<'_>) -> Option<Section> {
    let relations = picture::relations(case)?;
    let mut section = Section::new("Who is who, as they say", Some(picture::RELATIONS_LEAD));
    section.blocks.push(Block::Picture(relations.picture));
    section.items((1..).zip(&relations.told).map(|(number, told)| {
        let demanded = match told.demanded.as_str() {
            "" => String::new(),
            demanded => format!(", demanded: {demanded}"),
        };
        Item {
            lead: format!("{number}. {}", told.from),
            text: format!(
                "{} {}{demanded}, according to {}",
                told.verb, told.to, told.speakers
            ),
            mark: told.force.as_str().into(),
            ..Item::default()
        }
    }));
    if relations.left_out > 0 {
        let more = words::count(
            relations.left_out,
            "further relation is",
            "further relations are",
        );
        section.paragraph(format!("{more} among the claims above and not listed."));
    }
    Some(section)
}

pub(super) fn happened(case: &Case<'_>) -> Option<Section> {
    if case
        .readings
        .iter()
        .all(|reading| reading.incidents.is_empty())
    {
        return None;
    }
    let mut section = Section::new(
        "What is said to have happened",
        Some(
            "Read by a model or by rules, and no fact either. Mentions of one incident are not joined.",
        ),
    );
    for reading in case.readings {
        let (shown, total) = incidents::first(reading, INCIDENTS_MAX);
        section.items(shown.iter().map(|it| incident(reading, it)));
        if total > shown.len() {
            section.paragraph(shown_of(shown.len(), total, "incidents"));
        }
    }
    Some(section)
}

fn incident(reading: &Reading, incident: &daylight_model::Incident) -> Item {
    let title = incidents::title(incident);
    let mut text = format!("{title}: “{}”", clean::value(&incident.text));
    for (role, words) in incidents::roles(reading, incident) {
        text.push_str(&format!("; {role} {words}"));
    }
    Item {
        text,
        mark: incidents::read_by(incident),
        quote: clean::line(incidents::sentence(reading, incident)),
        ..Item::default()
    }
}

pub(super) fn means(case: &Case<'_>) -> Section {
    let mut section = Section::new(
        "What it means technically",
        Some(
            "Daylight’s own inference; no source says what stands here. Scores order, they are not \
             probabilities. A group listed here is one that somebody links to the same flaw or \
             operation, not a culprit.",
        ),
    );
    for link in case.links.iter().flatten().take(LINKS_MAX) {
        section.heading(format!("“{}”", clean::value(&link.mention)));
        section.items(link.candidates.iter().take(CANDIDATES_MAX).map(candidate));
    }
    section
}

fn candidate(candidate: &Candidate) -> Item {
    let reasons = candidate.reasons.iter().take(REASONS_MAX).map(|reason| {
        let source = reason.source.as_deref();
        let source = source.map(|it| format!(" — {}", clean::value(it)));
        let source = source.unwrap_or_default();
        Item::text(format!(
            "{}{}{source}",
            weight(reason),
            clean::line(&reason.text)
        ))
    });
    Item {
        lead: candidate_name(candidate),
        mark: format!(
            "{}, score {:.2}",
            kind_in_words(candidate.kind),
            candidate.score
        ),
        items: reasons.collect(),
        ..Item::default()
    }
}
