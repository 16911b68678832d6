//! Who is said to be behind something, who says so of themselves, and who denies it.

use daylight_model::{Force, Relation};

use super::{Draft, Side, Sort, Verb};
use crate::tokens::Tag;
use crate::words;

/// "blamed China for a hack", "attributed the attack to Russia", "China was behind the attack".
pub(super) fn attribution(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let mut found = Vec::new();
    if verb.is(&["blame"]) {
        let place = |word: &str| {
            let mut found = complements.prepositional.iter();
            found.position(|(preposition, _)| preposition == word)
        };
        // "blamed a group for an attack on a railway": the railway is nobody's.
        let on = complements
            .after(&["on"])
            .filter(|_| place("for").is_none_or(|at| place("on").is_some_and(|on| on < at)));
        let blamed = if verb.group.passive {
            verb.subject.map(Side::Subject)
        } else {
            complements.direct.map(Side::Object)
        };
        match (blamed, on, complements.after(&["for"])) {
            (Some(deed), Some(culprit), _) => found.push(verb.said_by_subject(
                deed,
                Relation::AttributedTo,
                Side::Object(culprit),
                None,
            )),
            (Some(culprit), None, Some(deed)) => found.push(verb.said_by_subject(
                Side::Object(deed),
                Relation::AttributedTo,
                culprit,
                None,
            )),
            _ => {}
        }
    }
    if verb.is(&[
        "attribute",
        "trace",
        "pin",
        "link",
        "tie",
        "connect",
        "ascribe",
    ]) && let (Some(deed), Some(culprit)) =
        (verb.patient(), complements.after(&["to", "on", "with"]))
        && deed.chunk().is_some_and(|chunk| {
            verb.patient_head() == "cluster"
                || matches!(
                    verb.sort_of(chunk),
                    Sort::Attack | Sort::Agent | Sort::Means | Sort::Flaw | Sort::Named
                )
        })
        && (verb.sort_of(culprit) != Sort::Other || verb.patient_sort() == Some(Sort::Attack) || {
            // "documents connected to early designs" are nobody's.
            let head = verb.clauses.head(verb.clauses.root(culprit));
            words::IS_SPEAKER_NOUN.contains(head.lower.as_str())
                || !verb.is(&["connect", "link", "tie"])
        })
    {
        // "linked the group to the attacks" says the same as "the attacks to the group".
        let culprit = Side::Object(culprit);
        let sort = |side: Side| side.chunk().map(|chunk| verb.sort_of(chunk));
        let is_deed = |side: Side| sort(side) == Some(Sort::Attack);
        let people = matches!(sort(deed), Some(Sort::Agent | Sort::Named));
        let is_means = people && sort(culprit) == Some(Sort::Means);
        let (deed, culprit) = if (is_deed(culprit) || is_means) && !is_deed(deed) {
            (culprit, deed)
        } else {
            (deed, culprit)
        };
        found.push(verb.said_by_subject(deed, Relation::AttributedTo, culprit, None));
    }
    // "named the unit behind the attacks", "identified it as being behind them"
    if verb.is(&["name", "identify", "expose", "unmask", "reveal"])
        && !verb.group.passive
        && let (Some(culprit), Some(deed)) = (verb.patient(), complements.after(&["behind"]))
        && verb.sort_of(deed) == Sort::Attack
    {
        let deed = Side::Object(deed);
        found.push(verb.said_by_subject(deed, Relation::AttributedTo, culprit, None));
    }
    found.extend(behind(verb));
    found.extend(cause(verb));
    found
}

/// "the outage was caused by a faulty update", "had nothing to do with the attack".
fn cause(verb: &Verb<'_, '_>) -> Option<Draft> {
    if verb.is(&["cause"])
        && verb.group.passive
        && let (Some(effect), agent @ Side::Object(cause)) = (verb.subject, verb.agent())
        && verb.sort_of(effect) == Sort::Attack
        && verb.sort_of(cause) != Sort::Attack
    {
        return Some(verb.draft(Side::Subject(effect), Relation::AttributedTo, agent));
    }
    let tokens = verb.clauses.tokens.get(verb.group.main + 1..)?;
    let unrelated = verb.is(&["have"])
        && tokens
            .iter()
            .map(|token| token.lower.as_str())
            .take(4)
            .eq(["nothing", "to", "do", "with"]);
    let deed = verb
        .clauses
        .chunk_at(tokens.get(3).filter(|_| unrelated)?.span.end);
    let deed = Some(deed).filter(|&deed| verb.clauses.is_noun(deed))?;
    let subject = verb.subject?;
    // "The ministry said it had nothing to do with": whoever speaks means itself.
    let pronoun = verb.clauses.head(subject).tag == Tag::Pronoun;
    let speaker = || {
        let (says, _) = verb
            .clauses
            .verbs()
            .take_while(|&(at, _)| at < verb.at)
            .last()?;
        verb.clauses.subject(says)
    };
    let culprit = pronoun.then(speaker).flatten().unwrap_or(subject);
    (verb.sort_of(deed) == Sort::Attack).then_some(verb.draft(
        Side::Object(deed),
        Relation::AttributedTo,
        Side::Subject(culprit),
    ))
}

/// "was behind the attack", "is responsible for it", "was the work of a Russian group".
fn behind(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let mut found = Vec::new();
    if verb.is(&["be", "stand", "lie", "sit"])
        && let Some(subject) = verb.subject
    {
        let responsible = verb.clauses.tokens[verb.group.main..]
            .iter()
            .take(4)
            .any(|token| {
                matches!(
                    token.lower.as_str(),
                    "responsible" | "culpable" | "accountable"
                )
            });
        let deed = complements
            .after(&["behind"])
            .or_else(|| responsible.then(|| complements.after(&["for"])).flatten());
        if let Some(deed) = deed.filter(|&deed| verb.sort_of(deed) != Sort::Other) {
            found.push(verb.draft(
                Side::Object(deed),
                Relation::AttributedTo,
                Side::Subject(subject),
            ));
        }
        // "was the work of a Russian group"
        if let Some(work) = complements
            .direct
            .filter(|&work| verb.clauses.head(work).lower == "work")
            && verb.clauses.is_noun(work + 2)
            && verb
                .clauses
                .word(work + 1)
                .is_some_and(|token| token.lower == "of")
        {
            found.push(verb.draft(
                Side::Subject(subject),
                Relation::AttributedTo,
                Side::Object(work + 2),
            ));
        }
    }
    found
}

/// "LockBit claimed responsibility for the attack": said of itself, and not proven.
pub(super) fn confession(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let claims = verb.is(&["claim", "take", "accept", "admit"])
        && matches!(verb.patient_head(), "responsibility" | "credit");
    if !claims {
        return Vec::new();
    }
    // "Responsibility for the attack was claimed by a group"
    let behind = verb.subject.filter(|_| verb.group.passive).map(|at| at + 1);
    let deed = match behind {
        Some(at) => verb
            .clauses
            .word(at)
            .filter(|token| token.lower == "for")
            .map(|_| at + 1)
            .filter(|&at| verb.clauses.is_noun(at)),
        None => verb.complements.after(&["for"]),
    };
    match (verb.agent(), deed) {
        (claimant @ (Side::Subject(_) | Side::Object(_)), Some(deed)) => {
            vec![verb.said_by_subject(
                Side::Object(deed),
                Relation::AttributedTo,
                claimant,
                Some(Force::Alleged),
            )]
        }
        _ => Vec::new(),
    }
}

/// "which calls the group Orange Rook", "tracks the activity as Orange Rook".
pub(super) fn naming(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let clauses = verb.clauses;
    if !verb.is(&["call", "track", "dub", "name", "label"]) || verb.group.passive {
        return Vec::new();
    }
    // "which Acme tracks as Tin Crow"
    let relative = || verb.patient().and_then(Side::chunk);
    let Some(group) = verb.complements.direct.or_else(relative) else {
        return Vec::new();
    };
    let user =
        |name: Side, meant: Side| vec![verb.said_by_subject(name, Relation::AliasOf, meant, None)];
    // "calls the group Orange Rook" is one noun phrase: its name is what ends it.
    let name = verb
        .complements
        .after(&["as"])
        .filter(|&name| clauses.head(name).tag == Tag::Proper);
    let chunk = &clauses.chunks[group];
    let split = (chunk.first..=chunk.last).find(|&at| {
        at > chunk.first
            && clauses.tokens[at].tag == Tag::Proper
            && words::IS_PERSON_NOUN.contains(clauses.tokens[at - 1].lower.as_str())
    });
    // "the same actor that Mandiant calls UNC9999": what the relative clause hangs on.
    let bare = clauses.head(group).tag == Tag::Proper && split.is_none() && name.is_none();
    if bare && verb.is(&["call", "dub"]) {
        let relative = verb
            .subject
            .and_then(|subject| subject.checked_sub(1))
            .filter(|&at| {
                clauses
                    .word(at)
                    .is_some_and(|token| matches!(token.tag, Tag::Relative | Tag::Subordinator))
            });
        // "which Acme tracks as Tin Crow and Corvid calls Red Elk"
        let joined = || {
            let before = verb.subject?.checked_sub(1)?;
            // "which it tracks as Tin Crow and which Corvid calls Red Elk"
            let before = relative.map_or(Some(before), |at| at.checked_sub(1))?;
            let word = clauses.word(before)?;
            let earlier = (0..before).rev().find(|&at| {
                clauses
                    .word(at)
                    .is_some_and(|token| token.tag == Tag::Relative)
            })?;
            (word.tag == Tag::Conjunction).then(|| clauses.antecedent(earlier))?
        };
        let meant = relative
            .and_then(|at| at.checked_sub(1))
            .filter(|&noun| clauses.is_noun(noun) && verb.sort_of(noun) == Sort::Agent);
        let copula = meant.and_then(|noun| noun.checked_sub(1)).filter(|&at| {
            clauses
                .verb(at)
                .is_some_and(|group| clauses.lemma(group) == "be")
        });
        let meant = copula
            .and_then(|at| clauses.subject(at))
            .or(meant)
            .or_else(joined);
        return meant
            .map(|meant| user(Side::Object(group), Side::Subject(meant)))
            .unwrap_or_default();
    }
    match (name, split) {
        (Some(name), _) => user(Side::Object(name), Side::Object(group)),
        (None, Some(at)) => {
            let described = clauses.tokens[chunk.first]
                .span
                .join(clauses.tokens[at - 1].span);
            let name = clauses.tokens[at]
                .span
                .join(clauses.tokens[chunk.last].span);
            user(Side::Words(name), Side::Words(described))
        }
        _ => Vec::new(),
    }
}

/// "accused Iran of a cyberattack". What is accused in a verb's form ("of hacking") is read
/// at that verb.
pub(super) fn accusation(verb: &Verb<'_, '_>) -> Vec<Draft> {
    if !verb.is(&["accuse", "suspect"]) {
        return Vec::new();
    }
    let (Some(accused), Some(deed)) = (verb.patient(), verb.complements.after(&["of"])) else {
        return Vec::new();
    };
    if verb.sort_of(deed) != Sort::Attack {
        return Vec::new();
    }
    vec![verb.said_by_subject(
        Side::Object(deed),
        Relation::AttributedTo,
        accused,
        Some(Force::Alleged),
    )]
}

/// What is rejected.
const ACCUSATIONS: &[&str] = &[
    "accusation",
    "accusations",
    "allegation",
    "allegations",
    "claim",
    "claims",
    "charge",
    "charges",
    "attribution",
    "findings",
    "report",
    "reports",
    "responsibility",
    "involvement",
    "assertion",
    "assertions",
    "account",
    "suspicion",
    "suspicions",
    "conclusion",
    "conclusions",
    "version",
    "blame",
    "idea",
    "suggestion",
    "case",
    "story",
];

/// What an accusation is called by those who reject it.
const BASELESS: &[&str] = &[
    "baseless",
    "groundless",
    "absurd",
    "unfounded",
    "fabricated",
    "false",
    "nonsense",
    "ridiculous",
    "untrue",
    "fabrication",
    "fiction",
    "slander",
    "hysteria",
];

/// "denied the accusations", "rejected the claims".
pub(super) fn denial(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let denies = verb.is(&["deny", "refute"]);
    let rejects =
        verb.is(&["reject", "dismiss", "dispute"]) && ACCUSATIONS.contains(&verb.patient_head());
    let calls = verb.is(&["call", "brand", "describe", "label", "dismiss"])
        && verb.clauses.tokens[verb.group.main..]
            .iter()
            .any(|token| BASELESS.contains(&token.lower.as_str()));
    // "neither confirmed nor denied"
    let open = verb.group.negated
        || verb.clauses.chunks[verb.at]
            .first
            .checked_sub(1)
            .is_some_and(|at| matches!(verb.clauses.tokens[at].lower.as_str(), "nor" | "neither"));
    let rest = verb
        .clauses
        .tokens
        .get(verb.group.main + 1..)
        .unwrap_or_default();
    // "disputed that.": what was told before.
    let told_before = verb.is(&["dispute", "reject", "contest"])
        && rest
            .first()
            .is_some_and(|token| matches!(token.lower.as_str(), "that" | "this"))
        && rest
            .get(1)
            .is_none_or(|token| matches!(token.tag, Tag::Mark | Tag::Comma));
    if !(denies || rejects || calls || told_before) || verb.group.passive || open {
        return Vec::new();
    }
    let Some(subject) = verb.subject else {
        return Vec::new();
    };
    let words = match (
        rest.first(),
        rest.iter()
            .rev()
            .find(|token| token.tag != Tag::Mark && token.tag != Tag::Quote),
    ) {
        (Some(first), Some(last)) if first.span.start < last.span.end => {
            Side::Words(first.span.join(last.span))
        }
        _ => Side::Unstated,
    };
    let object = verb.complements.direct.map_or(words, |direct| {
        Side::Words(verb.clauses.object_with_complements(direct))
    });
    let mut draft = verb.said_by_subject(
        Side::Subject(subject),
        Relation::Denied,
        object,
        Some(Force::Denied),
    );
    if object == Side::Unstated {
        draft.object = None;
    }
    vec![draft]
}
