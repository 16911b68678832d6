//! Who works with, for or in what.

use daylight_model::Relation;

use super::{Draft, Side, Sort, Verb};
use crate::clause::Clauses;
use crate::tokens::Tag;
use crate::words;

/// Working together, hiring, backing.
pub(super) fn cooperation(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let mut found = Vec::new();
    if verb.is(&[
        "work",
        "collaborate",
        "cooperate",
        "coordinate",
        "conspire",
        "partner",
        "team",
        "collude",
        "ally",
        "operate",
        "act",
    ]) && let Some(subject) = verb.subject
        && verb.sort_of(subject) != Sort::Product
    {
        if let Some(partner) = complements
            .after(&["with", "alongside"])
            .filter(|&partner| {
                let head = verb.clauses.head(partner).lower.as_str();
                matches!(verb.sort_of(partner), Sort::Agent | Sort::Named)
                    || matches!(
                        head,
                        "broker"
                            | "brokers"
                            | "cell"
                            | "cells"
                            | "ring"
                            | "bureau"
                            | "directorate"
                            | "intelligence"
                            | "military"
                    )
            })
        {
            found.push(verb.draft(
                Side::Subject(subject),
                Relation::WorksWith,
                Side::Object(partner),
            ));
        }
        // For a state it is backing, for a firm it is employment.
        let employer = complements.after(&["for"]).filter(|_| verb.is(&["work"]));
        let patron = employer
            .filter(|&patron| verb.sort_of(patron) == Sort::Agent || is_state(verb, patron));
        if let Some(firm) = employer.filter(|&firm| verb.sort_of(firm) == Sort::Named) {
            found.push(verb.draft(
                Side::Object(firm),
                Relation::Employs,
                Side::Subject(subject),
            ));
        }
        if let Some(patron) = patron {
            found.push(verb.draft(
                Side::Subject(subject),
                Relation::SponsoredBy,
                Side::Object(patron),
            ));
        }
    }
    let deeds = found.is_empty() || verb.is(&["work", "operate", "act"]);
    if let Some(patron) = behalf(verb).filter(|&patron| deeds && is_patron(verb, patron))
        && let agent @ (Side::Subject(chunk) | Side::Object(chunk)) = verb.agent()
        && !matches!(verb.sort_of(chunk), Sort::Flaw | Sort::Product)
    {
        found.push(verb.draft(agent, Relation::SponsoredBy, Side::Object(patron)));
    }
    found.extend(orders(verb));
    found.extend(hiring(verb));
    found.extend(backing(verb));
    found
}

/// "takes its orders from the ministry", "received funding from a state".
fn orders(verb: &Verb<'_, '_>) -> Option<Draft> {
    let ordered = verb.is(&["take", "receive", "get"])
        && matches!(
            verb.patient_head(),
            "orders" | "instructions" | "directions" | "direction" | "funding" | "backing"
        );
    let agent = verb.subject.filter(|&chunk| {
        ordered && !verb.group.passive && matches!(verb.sort_of(chunk), Sort::Agent | Sort::Named)
    })?;
    let patron = verb.complements.after(&["from"])?;
    is_patron(verb, patron).then(|| {
        verb.draft(
            Side::Subject(agent),
            Relation::SponsoredBy,
            Side::Object(patron),
        )
    })
}

/// "hired a broker", "has been using criminal hackers".
fn hiring(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    let hires = verb.is(&["hire", "recruit", "employ", "contract", "enlist", "task"]);
    if (hires || verb.is(&["use"]))
        && let Some(hired) = verb.patient()
        && hired.chunk().is_some_and(|chunk| {
            is_people(verb.clauses, chunk) && (hires || !verb.patient_head().starts_with("prox"))
                || hires && is_hired(verb.clauses, chunk)
                || verb.is(&["hire", "recruit"]) && verb.sort_of(chunk) == Sort::Named
                || verb.is(&["employ"]) && verb.group.passive
        })
    {
        found.push(verb.draft(verb.agent(), Relation::Employs, hired));
    }
    found
}

/// "is run by the bureau", "suspects China of backing the firm".
fn backing(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let mut found = Vec::new();
    if verb.is(&[
        "back",
        "sponsor",
        "direct",
        "control",
        "fund",
        "finance",
        "affiliate",
        "associate",
        "align",
        "oversee",
        "order",
        "run",
        "support",
        "command",
        "operate",
    ]) && (verb.group.passive || !verb.is(&["run", "support", "order", "operate"]))
        && let Some(backed) = verb.patient()
    {
        let patron = if verb.group.passive {
            complements.after(&["by", "with", "to"]).map(Side::Object)
        } else {
            verb.subject.map(Side::Subject)
        };
        // A firm is backed by investors, unless it is a state that backs it.
        let state = patron
            .and_then(Side::chunk)
            .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Agent);
        let led = backed
            .chunk()
            .is_some_and(|chunk| match verb.sort_of(chunk) {
                // "directed them to a page" is no leading.
                _ if !patron
                    .and_then(Side::chunk)
                    .is_some_and(|chunk| is_patron(verb, chunk)) =>
                {
                    false
                }
                // "the operation was run by": its leaders conduct it.
                Sort::Agent => verb.group.passive || complements.after(&["to"]).is_none(),
                Sort::Named => state,
                Sort::Attack => !verb.is(&["run", "direct", "command"]),
                _ => false,
            });
        if let Some(patron) = patron.filter(|_| led) {
            found.push(verb.draft(backed, Relation::SponsoredBy, patron));
        }
    }
    found
}

/// Whether a phrase is somebody who can stand behind others: not "the phone", "this activity".
fn is_patron(verb: &Verb<'_, '_>, chunk: usize) -> bool {
    let head = verb.clauses.head(chunk);
    // Behind "of" the sort is that of what stands before it.
    let behind = verb.clauses.root(chunk) != chunk;
    if behind && matches!(head.tag, Tag::Proper | Tag::Pronoun) {
        return true;
    }
    let head = head.lower.as_str();
    match verb.sort_of(chunk) {
        Sort::Agent | Sort::Named => true,
        Sort::Other => {
            words::IS_SPEAKER_NOUN.contains(head)
                || matches!(
                    head,
                    "intelligence" | "military" | "army" | "regime" | "leadership"
                )
        }
        _ => false,
    }
}

/// Whether a phrase is a state or a part of one, whatever its name: "a foreign government".
fn is_state(verb: &Verb<'_, '_>, chunk: usize) -> bool {
    let head = verb.clauses.head(verb.clauses.root(chunk));
    matches!(
        head.lower.as_str(),
        "state"
            | "states"
            | "government"
            | "governments"
            | "regime"
            | "ministry"
            | "military"
            | "army"
            | "intelligence"
    )
}

/// Nouns behind which a patron stands.
pub(super) const BEHALF: &[&str] = &[
    "behalf",
    "direction",
    "orders",
    "instructions",
    "command",
    "auspices",
    "control",
    "instruction",
    "order",
    "request",
    "behest",
];

/// "on behalf of the ministry", "on orders from Moscow": the patron.
pub(super) fn behalf(verb: &Verb<'_, '_>) -> Option<usize> {
    let (_, noun) = verb.complements.prepositional.iter().find(|(word, noun)| {
        matches!(word.as_str(), "on" | "at" | "under")
            && BEHALF.contains(&verb.clauses.head(*noun).lower.as_str())
    })?;
    Some(noun + 2).filter(|&patron| verb.clauses.is_noun(patron))
}

/// Whether a phrase is somebody who can be hired: a firm, or "him".
pub(super) fn is_hired(clauses: &Clauses<'_>, chunk: usize) -> bool {
    let head = clauses.head(clauses.root(chunk));
    matches!(
        head.lower.as_str(),
        "him" | "her" | "them" | "he" | "she" | "they"
    ) || matches!(
        head.lower.trim_end_matches('s'),
        "company" | "companie" | "firm" | "contractor" | "broker" | "lawyer" | "provider"
    )
}

/// Whether a phrase's head is a word for people ("hackers").
pub(super) fn is_people(clauses: &Clauses<'_>, chunk: usize) -> bool {
    words::IS_PERSON_NOUN.contains(clauses.head(chunk).lower.as_str())
}

/// Where a group sits, and from where an attack came.
pub(super) fn place(verb: &Verb<'_, '_>) -> Vec<Draft> {
    if let (Some(subject), Some(origin)) = (verb.subject, verb.complements.after(&["from"]))
        && verb.complements.after(&["with"]).is_none()
        && verb.sort_of(subject) == Sort::Attack
        && !is_people(verb.clauses, origin)
        && verb.is(&[
            "undertake",
            "conduct",
            "launch",
            "carry",
            "originate",
            "emanate",
            "come",
            "direct",
        ])
    {
        return vec![verb.draft(
            Side::Subject(subject),
            Relation::LocatedIn,
            Side::Object(origin),
        )];
    }
    if verb.is(&["have", "keep", "maintain"])
        && matches!(verb.patient_head(), "headquarters" | "seat" | "base")
        && let (Some(subject), Some(place)) = (verb.subject, verb.complements.after(&["in", "at"]))
    {
        let subject = Side::Subject(subject);
        return vec![verb.draft(subject, Relation::LocatedIn, Side::Object(place))];
    }
    let seated = verb.is(&["base", "headquarter", "register"])
        && verb.group.passive
        && !verb.followed_by(&["on", "upon", "at"]);
    let sits = seated
        || verb.is(&["locate"]) && verb.group.passive
        || verb.is(&["operate", "work", "reside"])
            && !verb.group.passive
            && verb.complements.after(&["with"]).is_none();
    let (Some(subject), Some(place)) = (
        verb.subject,
        verb.complements.after(&["in", "from", "at", "out"]),
    ) else {
        return Vec::new();
    };
    let named = verb.clauses.tokens
        [verb.clauses.chunks[place].first..=verb.clauses.chunks[place].last]
        .iter()
        .any(|token| token.tag == Tag::Proper);
    let whose = verb.sort_of(subject);
    if !sits || !named || whose != Sort::Agent && !seated {
        return Vec::new();
    }
    vec![verb.draft(
        Side::Subject(subject),
        Relation::LocatedIn,
        Side::Object(place),
    )]
}
