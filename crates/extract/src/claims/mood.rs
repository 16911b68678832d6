//! Whether a sentence tells that something happened, or only that it might.

use daylight_model::{Force, Relation};

use crate::clause::Clauses;
use crate::relations::Draft;
use crate::tokens::Tag;
use crate::words;

/// What might be, will be or should be is no claim; what was tried is no success. `false`
/// where nothing is left to claim.
pub(super) fn settle_mood(draft: &mut Draft, clauses: &Clauses<'_>) -> bool {
    let Some(group) = clauses.verb(draft.verb) else {
        return false;
    };
    let unreal = |at: usize| is_unreal(clauses, at);
    if unreal(draft.verb) {
        return false;
    }
    let governing = draft
        .verb
        .checked_sub(1)
        .and_then(|from| clauses.governing(from));
    let Some(governing) = governing.filter(|_| group.mood == crate::clause::Mood::Infinitive)
    else {
        return true;
    };
    let lemma = clauses
        .verb(governing)
        .map_or("", |other| clauses.lemma(other));
    match lemma {
        "try" | "attempt" | "seek" if draft.relation == Relation::Compromised => {
            draft.relation = Relation::Targets;
            true
        }
        "plan" | "want" | "threaten" | "intend" | "hope" | "urge" | "ask" | "vow" | "tell"
        | "warn" | "advise" | "need" | "prepare" | "try" | "attempt" | "seek" | "agree" => false,
        _ => !unreal(governing),
    }
}

/// "could steal", "will target", "if hackers steal": not told as having happened. "May have
/// stolen" is, with a hedge.
pub(super) fn is_unreal(clauses: &Clauses<'_>, verb: usize) -> bool {
    let chunk = &clauses.chunks[verb];
    let words = &clauses.tokens[chunk.first..=chunk.last];
    let modal = words.iter().any(|token| token.tag == Tag::Modal);
    let done = words
        .iter()
        .any(|token| matches!(token.lower.as_str(), "have" | "has"));
    // "could let an attacker run", "may try to get in and steal": what hangs on it is no more real.
    let group = clauses.verb(verb);
    let bare = !modal && matches!(words, [token] if token.tag == Tag::Verb(words::Form::Base));
    let coordinated = verb
        .checked_sub(1)
        .and_then(|at| clauses.word(at))
        .is_some_and(|token| matches!(token.tag, Tag::Conjunction | Tag::Adverb));
    let infinite = group.is_some_and(|group| group.mood == crate::clause::Mood::Infinitive);
    let by = group.is_some_and(|group| group.mood == crate::clause::Mood::Participle)
        && verb
            .checked_sub(1)
            .and_then(|at| clauses.word(at))
            .is_some_and(|token| token.lower == "by");
    let governing = verb.checked_sub(1).and_then(|from| clauses.governing(from));
    let lets = governing
        .and_then(|at| clauses.verb(at))
        .is_some_and(|group| matches!(clauses.lemma(group), "let" | "help" | "make" | "have"));
    let hangs = infinite || by || bare && (coordinated || lets);
    if hangs && governing.is_some_and(|at| is_unreal(clauses, at) || is_enabling(clauses, at, verb))
    {
        return true;
    }
    let conditional = clauses.tokens[..chunk.first]
        .iter()
        .rev()
        .take_while(|token| !matches!(token.tag, Tag::Comma | Tag::Mark | Tag::Verb(_)))
        .any(|token| matches!(token.lower.as_str(), "if" | "unless" | "whether"));
    // "If …, they could have stolen"
    let supposed = modal
        && clauses.tokens[..chunk.first]
            .iter()
            .any(|token| matches!(token.lower.as_str(), "if" | "unless"));
    modal && !done || supposed || conditional
}

/// "allows attackers to run": what can be done, not what was; "allowed the thieves" was.
pub(super) fn is_enabling(clauses: &Clauses<'_>, governing: usize, verb: usize) -> bool {
    let enables = clauses.verb(governing).is_some_and(|group| {
        matches!(
            clauses.lemma(group),
            "allow" | "enable" | "permit" | "let" | "help"
        )
    });
    let definite = clauses.subject(verb).is_some_and(|doer| {
        let first = &clauses.tokens[clauses.chunks[doer].first];
        matches!(
            first.lower.as_str(),
            "the" | "these" | "those" | "its" | "their"
        ) || first.tag == Tag::Proper
    });
    enables && !definite
}

/// "suspected of hacking", "charging two men with stealing": the force of the verb that lays it
/// at somebody's door.
pub(super) fn accused_of(clauses: &Clauses<'_>, verb: usize) -> Option<Force> {
    let participle = clauses.verb(verb)?.mood == crate::clause::Mood::Participle;
    let from = verb.checked_sub(1)?;
    let governing = clauses.governing(from).filter(|_| participle)?;
    let leads = clauses
        .word(from)
        .is_some_and(|token| matches!(token.lower.as_str(), "of" | "with" | "for" | "and" | "or"));
    if !leads {
        return None;
    }
    match clauses.lemma(clauses.verb(governing)?) {
        "suspect" | "accuse" => Some(Force::Alleged),
        "charge" | "indict" => Some(Force::Charged),
        _ => accused_of(clauses, governing),
    }
}

/// "are thought to be based in": nobody stands behind it.
pub(super) fn thought_to(clauses: &Clauses<'_>, verb: usize) -> Option<Force> {
    let infinitive = clauses.verb(verb)?.mood == crate::clause::Mood::Infinitive;
    let governing = clauses.verb(verb.checked_sub(1).filter(|_| infinitive)?)?;
    let lemma = clauses.lemma(governing);
    (governing.passive
        && matches!(
            lemma,
            "think" | "believe" | "say" | "suspect" | "understand" | "report" | "allege"
        ))
    .then_some(Force::Reported)
}

/// Advice to the reader ("Ensure that …", "your organization") tells nothing that happened.
pub(super) fn is_advice(clauses: &Clauses<'_>) -> bool {
    let tokens = &clauses.tokens;
    let first = tokens
        .iter()
        .find(|token| !matches!(token.tag, Tag::Mark | Tag::Quote | Tag::Number));
    let imperative = first.is_some_and(|token| {
        token
            .verb()
            .is_some_and(|(_, form)| form == words::Form::Base)
    }) && first.is_some_and(|token| {
        matches!(token.tag, Tag::Verb(_)) || !words::IS_NOUN_OR_VERB.contains(token.lower.as_str())
    });
    imperative
        || tokens
            .iter()
            .any(|token| matches!(token.lower.as_str(), "you" | "your"))
}
