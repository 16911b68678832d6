//! Incidents that claims tell of: attacks, indictments, sanctions, attributions; and takedowns,
//! by their words.

use std::sync::LazyLock;

use daylight_model::{
    Claim, EntityKind, Force, Incident, IncidentKind, IncidentRole, Participant, Party, ReadBy,
    Reading, Realis, Relation, Span,
};
use regex::Regex;

/// What the relation of a claim is as an incident: its kind, the roles of subject and object,
/// and how the words begin that say it.
struct Rule {
    relation: Relation,
    kind: IncidentKind,
    subject: IncidentRole,
    object: IncidentRole,
    words: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        relation: Relation::Compromised,
        kind: IncidentKind::Attack,
        subject: IncidentRole::Attacker,
        object: IncidentRole::Victim,
        words: &[
            "hack",
            "breach",
            "compromis",
            "attack",
            "broke",
            "stole",
            "infiltrat",
            "penetrat",
            "hit",
            "infect",
            "gain",
            "shut",
            "took",
            "taken",
            "knock",
            "disrupt",
            "disabl",
            "encrypt",
            "wip",
            "destroy",
        ],
    },
    Rule {
        relation: Relation::Targets,
        kind: IncidentKind::Attack,
        subject: IncidentRole::Attacker,
        object: IncidentRole::Victim,
        words: &[
            "target", "attack", "hit", "strik", "struck", "hack", "aim", "campaign",
        ],
    },
    Rule {
        relation: Relation::Charged,
        kind: IncidentKind::Indictment,
        subject: IncidentRole::Authority,
        object: IncidentRole::Subject,
        words: &["indict", "charg", "accus", "prosecut", "arraign"],
    },
    Rule {
        relation: Relation::Sanctioned,
        kind: IncidentKind::Sanction,
        subject: IncidentRole::Authority,
        object: IncidentRole::Subject,
        words: &["sanction", "blacklist", "designat", "froze"],
    },
    Rule {
        relation: Relation::AttributedTo,
        kind: IncidentKind::Attribution,
        subject: IncidentRole::Activity,
        object: IncidentRole::Subject,
        words: &[
            "attribut", "blam", "accus", "respons", "behind", "link", "tied", "carried", "conduct",
            "work", "point",
        ],
    },
];

/// The incidents that claims and the words for takedowns tell of.
pub(super) fn incidents(reading: &Reading) -> Vec<Incident> {
    let told = reading.claims.iter().filter_map(|claim| {
        let rule = RULES.iter().find(|rule| rule.relation == claim.relation)?;
        of_claim(reading, claim, rule)
    });
    let mut incidents: Vec<Incident> = told.collect();
    let takedowns: Vec<Incident> = reading
        .sentences
        .iter()
        .filter_map(|sentence| takedown(reading, *sentence))
        .collect();
    // "Taken down" may be said of attacks too: what an authority takes down is not attacked.
    incidents.retain(|attack| {
        attack.kind != IncidentKind::Attack
            || !takedowns.iter().any(|takedown| same_doer(attack, takedown))
    });
    incidents.extend(takedowns);
    // Claims of several speakers may tell of one thing in one sentence.
    incidents.sort_by_key(|incident| (incident.span, incident.kind));
    incidents.dedup_by(|one, other| {
        (one.span, one.kind, &one.participants) == (other.span, other.kind, &other.participants)
    });
    incidents
}

/// Whether the attacker of one is the authority of the other, in the same words.
fn same_doer(attack: &Incident, takedown: &Incident) -> bool {
    let doers = |incident: &Incident, role| -> Vec<Span> {
        let all = incident.participants.iter();
        all.filter(|one| one.role == role)
            .map(|one| one.span)
            .collect()
    };
    let authorities = doers(takedown, IncidentRole::Authority);
    doers(attack, IncidentRole::Attacker)
        .iter()
        .any(|attacker| authorities.iter().any(|one| one.overlaps(*attacker)))
}

/// The incident that a claim tells of; what is denied is none.
fn of_claim(reading: &Reading, claim: &Claim, rule: &Rule) -> Option<Incident> {
    if claim.negated || claim.force == Force::Denied {
        return None;
    }
    let object = claim.object.as_ref();
    let text = &reading.document.text;
    let parties = object.map_or(claim.subject.span, |object| {
        claim.subject.span.join(object.span)
    });
    let span = trigger(
        text,
        claim.span,
        &[Some(claim.subject.span), object.map(|it| it.span)],
        rule.words,
    )
    .unwrap_or(parties);
    let mut participants = vec![participant(rule.subject, &claim.subject)];
    if rule.relation == Relation::AttributedTo
        && let Some(speaker) = claim.speakers.last()
        && let Some(span) = speaker.span
    {
        participants.push(Participant {
            role: IncidentRole::Authority,
            text: speaker.text.clone(),
            span,
            entity: speaker.entity,
            probability: None,
        });
    }
    participants.extend(object.map(|object| participant(rule.object, object)));
    participants.extend(claim.time.as_ref().map(|time| Participant {
        role: IncidentRole::Time,
        text: time.text.clone(),
        span: time.span,
        entity: None,
        probability: None,
    }));
    participants.sort_by_key(|one| (one.span, one.role));
    participants.dedup_by_key(|one| (one.span, one.role));
    Some(Incident {
        kind: rule.kind,
        realis: realis(claim, rule.kind),
        text: span.of(text).to_owned(),
        span,
        sentence: claim.span,
        participants,
        read_by: ReadBy::Rule,
    })
}

/// To charge or to blame is itself what happened; an attack only if nobody hedges.
fn realis(claim: &Claim, kind: IncidentKind) -> Realis {
    let hedged = matches!(
        claim.force,
        Force::Alleged | Force::Reported | Force::Charged
    );
    if kind == IncidentKind::Attack && hedged {
        Realis::Possible
    } else {
        Realis::Happened
    }
}

fn participant(role: IncidentRole, party: &Party) -> Participant {
    Participant {
        role,
        text: party.text.clone(),
        span: party.span,
        entity: party.entity,
        probability: None,
    }
}

/// The first word of a sentence, outside of the parties, that begins like one of some words.
fn trigger(text: &str, sentence: Span, parties: &[Option<Span>], words: &[&str]) -> Option<Span> {
    let within = daylight_learn::cut(sentence.of(text));
    let spans = within
        .into_iter()
        .map(|word| Span::new(sentence.start + word.start, sentence.start + word.end));
    spans.into_iter().find(|span| {
        let word = span.of(text).to_lowercase();
        words.iter().any(|start| word.starts_with(start))
            && !parties.iter().flatten().any(|party| party.overlaps(*span))
    })
}

/// "seized 40 servers", "took down the botnet"; "the servers were seized".
static TAKEDOWN: LazyLock<Result<[Regex; 2], regex::Error>> = LazyLock::new(|| {
    let verb = "seized|sei[zs]ed|disrupted|dismantled|took down|shut down|sinkholed|took offline|disabled|knocked offline";
    let thing = r"(?:[\w.,'’\-]+ ){0,5}?(?:servers?|domains?|domain names?|botnets?|infrastructure|websites?|sites?|forums?|marketplaces?|market|networks?|leak site)";
    let passive = "seized|disrupted|dismantled|taken down|shut down|sinkholed|taken offline|disabled|knocked offline";
    Ok([
        Regex::new(&format!(r"(?i)\b(?P<verb>{verb}) (?P<thing>{thing})\b"))?,
        Regex::new(&format!(
            r"(?i)\b(?P<thing>(?:the |its |their )(?:[\w'’\-]+ ){{0,4}}?(?:servers?|domains?|botnets?|infrastructure|websites?|forums?|marketplaces?)) (?:was|were|has been|have been) (?P<verb>{passive})\b"
        ))?,
    ])
});

/// Kinds of entities that take things down.
const AUTHORITIES: &[EntityKind] = &[
    EntityKind::GovernmentBody,
    EntityKind::InternationalBody,
    EntityKind::Organization,
    EntityKind::Country,
];

/// The longest sentence that is looked through. Bytes.
const SENTENCE_BYTES_MAX: usize = 2_000;

fn takedown(reading: &Reading, sentence: Span) -> Option<Incident> {
    if sentence.len() > SENTENCE_BYTES_MAX {
        return None;
    }
    let text = &reading.document.text;
    let [active, passive] = TAKEDOWN.as_ref().ok()?;
    let words = sentence.of(text);
    let found = active.captures(words).map(|found| (found, true));
    let (found, is_active) =
        found.or_else(|| passive.captures(words).map(|found| (found, false)))?;
    let span_of = |name: &str| {
        let part = found.name(name)?;
        Some(Span::new(
            sentence.start + part.start(),
            sentence.start + part.end(),
        ))
    };
    let (span, thing) = (span_of("verb")?, span_of("thing")?);
    let mut participants = vec![Participant {
        role: IncidentRole::Subject,
        text: thing.of(text).to_owned(),
        span: thing,
        entity: None,
        probability: None,
    }];
    let doer = if is_active {
        Span::new(sentence.start, span.start)
    } else {
        Span::new(span.end, sentence.end)
    };
    participants.extend(authority(reading, doer));
    participants.sort_by_key(|one| one.span);
    // Attackers take things down too; without a doer that may, it is no takedown.
    participants
        .iter()
        .any(|one| one.role == IncidentRole::Authority)
        .then(|| Incident {
            kind: IncidentKind::Takedown,
            realis: Realis::Happened,
            text: span.of(text).to_owned(),
            span,
            sentence,
            participants,
            read_by: ReadBy::Rule,
        })
}

/// The first authority that is named within a span.
fn authority(reading: &Reading, within: Span) -> Option<Participant> {
    let named = reading
        .entities
        .iter()
        .enumerate()
        .filter(|(_, entity)| AUTHORITIES.contains(&entity.kind));
    let mentions = named.filter_map(|(number, entity)| {
        let mention = entity
            .mentions
            .iter()
            .find(|mention| within.contains(mention.span))?;
        Some((number, mention))
    });
    mentions
        .min_by_key(|(_, mention)| mention.span.start)
        .map(|(number, mention)| Participant {
            role: IncidentRole::Authority,
            text: mention.text.clone(),
            span: mention.span,
            entity: Some(number),
            probability: None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{KnownName, Lexicon};
    use daylight_model::{Block, BlockKind, Document, MediaType};

    fn read(text: &str) -> Reading {
        let document = Document {
            id: "report--1".into(),
            source: "-".into(),
            sha256: String::new(),
            media: MediaType::Text,
            title: None,
            published: None,
            published_as_written: None,
            publisher: None,
            authors: vec![],
            originator: None,
            url: None,
            tlp: None,
            text: text.into(),
            blocks: vec![Block {
                span: Span::new(0, text.len()),
                kind: BlockKind::Paragraph,
            }],
            diagnostics: vec![],
        };
        let name = |text: &str, kind| KnownName {
            text: text.into(),
            kind,
            id: None,
            canonical: text.into(),
            ambiguous: false,
        };
        let lexicon = Lexicon::new([
            name("Norland", EntityKind::Country),
            name("Interior Ministry", EntityKind::GovernmentBody),
            name("Pale Heron", EntityKind::IntrusionSet),
        ]);
        crate::read(document, &lexicon, &|_| false)
    }

    /// Kind, realis, trigger, and role with words.
    type Expected<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)]);

    #[track_caller]
    fn check(text: &str, expected: &[Expected<'_>]) {
        let incidents = incidents(&read(text));
        let found: Vec<_> = incidents
            .iter()
            .map(|one| {
                let roles: Vec<(&str, &str)> = one
                    .participants
                    .iter()
                    .map(|it| (it.role.as_str(), it.text.as_str()))
                    .collect();
                (
                    one.kind.as_str(),
                    one.realis.as_str(),
                    one.text.as_str(),
                    roles,
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|one| (one.0, one.1, one.2, one.3.to_vec()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn takedowns_have_a_doer_and_a_thing() {
        check(
            "The Interior Ministry seized 40 servers of the gang on Monday.",
            &[(
                "takedown",
                "happened",
                "seized",
                &[
                    ("authority", "Interior Ministry"),
                    ("subject", "40 servers"),
                ],
            )],
        );
        check(
            "The group’s domains were taken down by the Interior Ministry.",
            &[(
                "takedown",
                "happened",
                "taken down",
                &[
                    ("subject", "The group’s domains"),
                    ("authority", "Interior Ministry"),
                ],
            )],
        );
        check(
            "The leak servers were seized by the Interior Ministry.",
            &[(
                "takedown",
                "happened",
                "seized",
                &[
                    ("subject", "The leak servers"),
                    ("authority", "Interior Ministry"),
                ],
            )],
        );
        check(
            "The attackers shut down the network of the port.",
            &[(
                "attack",
                "happened",
                "shut",
                &[
                    ("attacker", "The attackers"),
                    ("victim", "the network of the port"),
                ],
            )],
        );
    }

    #[test]
    fn claims_tell_of_sanctions_and_attacks() {
        check(
            "Norland sanctioned Pale Heron.",
            &[(
                "sanction",
                "happened",
                "sanctioned",
                &[("authority", "Norland"), ("subject", "Pale Heron")],
            )],
        );
        check(
            "Pale Heron hacked the Interior Ministry.",
            &[(
                "attack",
                "happened",
                "hacked",
                &[
                    ("attacker", "Pale Heron"),
                    ("victim", "the Interior Ministry"),
                ],
            )],
        );
    }
}
