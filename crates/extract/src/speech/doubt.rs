//! What is said and not stood behind: claims passed on, rejected, doubted or left open.

use daylight_model::{Force, Span};

use super::{Frame, FrameSpeaker, Stance};
use crate::clause::{Clauses, Mood, VerbGroup};
use crate::tokens::Tag;

/// Nouns for what somebody says, whether or not it is so.
const CONTENT: &[&str] = &[
    "accusation",
    "accusations",
    "allegation",
    "allegations",
    "assertion",
    "assertions",
    "charge",
    "charges",
    "claim",
    "claims",
    "idea",
    "insinuation",
    "insinuations",
    "notion",
    "report",
    "reports",
    "rumor",
    "rumors",
    "rumour",
    "rumours",
    "speculation",
    "suggestion",
    "suggestions",
    "suspicion",
    "suspicions",
    "theory",
];

/// Whether a word is such a noun in the plural, which no other noun follows in its phrase.
pub(crate) fn are_claims(word: &str) -> bool {
    word.ends_with('s') && CONTENT.contains(&word)
}

/// What a statement is when it does not hold.
const FALSE: &[&str] = &[
    "false",
    "untrue",
    "wrong",
    "incorrect",
    "baseless",
    "unfounded",
    "groundless",
    "nonsense",
];

/// How a reporting verb stands to what is said: "does not believe" takes it back, "could not
/// confirm" leaves it open.
pub(super) fn stance(clauses: &Clauses<'_>, verb: usize, group: VerbGroup) -> Stance {
    let lemma = clauses.lemma(group);
    let lower = |token: usize| clauses.tokens[token].lower.as_str();
    let chunk = &clauses.chunks[verb];
    let negated = group.negated
        || (chunk.first..=chunk.last).any(|at| lower(at) == "cannot")
        || chunk
            .first
            .checked_sub(1)
            .is_some_and(|at| matches!(lower(at), "nor" | "neither"));
    // "have not observed it demanding": the negation is the other verb's.
    let sees = matches!(lemma, "observe" | "find" | "identify" | "discover")
        && clauses
            .tokens
            .get(group.main + 1)
            .is_none_or(|next| next.lower != "that");
    match lemma {
        _ if sees => Stance::Held,
        "doubt" if negated => Stance::Held,
        "doubt" => Stance::Negated,
        "believe" | "think" if negated => Stance::Negated,
        _ if negated || is_withheld(clauses, verb, group) => Stance::Open,
        _ => Stance::Held,
    }
}

/// "incorrectly said": what follows is taken back. "Falsely accused" is an accusation still.
pub(super) fn misreports(clauses: &Clauses<'_>, verb: usize, lemma: &str) -> bool {
    if matches!(lemma, "accuse" | "blame" | "charge" | "claim" | "allege") {
        return false;
    }
    let chunk = &clauses.chunks[verb];
    clauses.tokens[chunk.first..]
        .iter()
        .take(chunk.last - chunk.first + 2)
        .any(|token| {
            matches!(
                token.lower.as_str(),
                "incorrectly" | "wrongly" | "mistakenly" | "erroneously" | "falsely"
            )
        })
}

/// "declined to confirm", "was unable to say".
fn is_withheld(clauses: &Clauses<'_>, verb: usize, group: VerbGroup) -> bool {
    let Some(before) = verb
        .checked_sub(1)
        .filter(|_| group.mood == Mood::Infinitive)
    else {
        return false;
    };
    let governing = clauses.governing(before).and_then(|at| clauses.verb(at));
    let withholds = governing.is_some_and(|other| {
        other.negated || matches!(clauses.lemma(other), "decline" | "refuse" | "fail")
    });
    let first = clauses.chunks[verb].first;
    withholds
        || first.checked_sub(1).is_some_and(|at| {
            matches!(
                clauses.tokens[at].lower.as_str(),
                "unable" | "yet" | "impossible"
            )
        })
}

/// "no official", "neither the firm nor the police": nobody says it.
pub(super) fn is_nobody(clauses: &Clauses<'_>, subject: usize) -> bool {
    let first = clauses.chunks[clauses.root(subject)].first;
    let before = first.checked_sub(1).map(|at| &clauses.tokens[at]);
    let none = |word: &str| matches!(word, "no" | "none" | "nobody" | "neither" | "nor");
    none(&clauses.tokens[first].lower) || before.is_some_and(|token| none(&token.lower))
}

/// "An earlier version of this story": what it said has been replaced.
pub(super) fn is_superseded(clauses: &Clauses<'_>, subject: usize) -> bool {
    let chunk = &clauses.chunks[clauses.root(subject)];
    let [.., before, noun] = &clauses.tokens[chunk.first..=chunk.last] else {
        return false;
    };
    matches!(before.lower.as_str(), "earlier" | "previous" | "original")
        && matches!(noun.lower.as_str(), "version" | "versions" | "headline")
}

/// A frame that nobody new speaks in.
fn unspoken(stance: Stance, scope: Span) -> Frame {
    Frame {
        speaker: FrameSpeaker::Same,
        force: Force::Asserted,
        stance,
        scope,
        verb: None,
    }
}

/// The frames of nouns and adjectives with a clause of their own: "rejected claims that",
/// "it is not true that", and of "declined to confirm that".
pub(super) fn frames(clauses: &Clauses<'_>, sentence: Span) -> Vec<Frame> {
    let withheld = clauses
        .verbs()
        .filter(|&(at, group)| {
            super::reporting_force(clauses.lemma(group)).is_some()
                && is_withheld(clauses, at, group)
        })
        .map(|(at, _)| unspoken(Stance::Open, clause(clauses, at, sentence)));
    let of_that = (1..clauses.tokens.len())
        .filter(|&at| clauses.tokens[at].lower == "that")
        .filter_map(|at| untrue(clauses, at, sentence).or_else(|| content(clauses, at, sentence)));
    // "rejected claims Russia did it"
    let bare = (1..clauses.chunks.len())
        .filter(|&at| clauses.is_noun(at) && clauses.is_noun(at - 1))
        .filter(|&at| clauses.tokens[clauses.chunks[at].first].lower != "that")
        .filter(|&at| {
            clauses
                .verb(at + 1)
                .is_some_and(|group| group.mood == Mood::Finite)
        })
        .filter_map(|at| content(clauses, clauses.chunks[at].first, sentence));
    withheld.chain(of_that).chain(bare).collect()
}

/// "it is not true that", "it is false that".
fn untrue(clauses: &Clauses<'_>, that: usize, sentence: Span) -> Option<Frame> {
    let tokens = &clauses.tokens;
    let lower = |back: usize| {
        that.checked_sub(back)
            .map_or("", |at| tokens[at].lower.as_str())
    };
    let taken_back = matches!(lower(1), "true" | "correct" | "case")
        && (2..=3).any(|back| matches!(lower(back), "not" | "n't" | "never"))
        || FALSE.contains(&lower(1));
    let chunk = clauses.chunk_at(tokens[that].span.start);
    taken_back.then(|| unspoken(Stance::Negated, clause(clauses, chunk, sentence)))
}

/// "accusations by Acme that CLAUSE".
fn content(clauses: &Clauses<'_>, that: usize, sentence: Span) -> Option<Frame> {
    let opening = clauses.chunk_at(clauses.tokens[that].span.start);
    if !opens_content(clauses, opening) {
        return None;
    }
    let is_content = |at: usize| {
        let head = clauses.head(at);
        head.tag != Tag::Proper && CONTENT.contains(&head.lower.as_str())
    };
    let mut noun = opening.checked_sub(1)?;
    let mut by = None;
    while clauses.is_noun(noun) && !is_content(noun) {
        let preposition = clauses.word(noun.checked_sub(1)?)?;
        if preposition.tag != Tag::Preposition && preposition.tag != Tag::Conjunction {
            return None;
        }
        if matches!(preposition.lower.as_str(), "by" | "from") {
            by = Some(noun);
        }
        noun = noun.checked_sub(2)?;
    }
    if !clauses.is_noun(noun) || !is_content(noun) {
        return None;
    }
    let scope = clause(clauses, opening, sentence);
    if let Some(rejected) = rejected(clauses, noun, scope) {
        return rejected;
    }
    if is_called_false(clauses, that) {
        return Some(unspoken(Stance::Negated, scope));
    }
    let speaker = by
        .map(FrameSpeaker::Chunk)
        .or_else(|| owner(clauses, noun).map(FrameSpeaker::Owner));
    Some(match speaker {
        Some(speaker) => Frame {
            speaker,
            force: Force::Alleged,
            ..unspoken(Stance::Held, scope)
        },
        None => unspoken(Stance::Open, scope),
    })
}

/// Whether "that" opens a clause with a subject of its own, and not "a report that says" or "a
/// report that Acme published".
fn opens_content(clauses: &Clauses<'_>, opening: usize) -> bool {
    let subject = if clauses.is_noun(opening) {
        opening
    } else {
        opening + 1
    };
    let next = clauses.verbs().find(|&(at, _)| at > subject);
    clauses.is_noun(subject)
        && !next.is_some_and(|(_, group)| {
            matches!(
                clauses.lemma(group),
                "publish" | "issue" | "release" | "file" | "make" | "write" | "post"
            )
        })
}

/// "rejected as baseless the claims": the frame of who rejects. The inner `None` is for a verb
/// that frames the clause by itself.
fn rejected(clauses: &Clauses<'_>, noun: usize, scope: Span) -> Option<Option<Frame>> {
    let verb = (0..noun).rev().find(|&at| {
        clauses.is_noun(at)
            || clauses.verb(at).is_some()
            || clauses.word(at).is_some_and(|token| {
                matches!(token.tag, Tag::Preposition | Tag::Comma) && token.lower != "as"
            })
    })?;
    let group = clauses.verb(verb)?;
    match clauses.lemma(group) {
        "deny" => return Some(None),
        "reject" | "dismiss" | "dispute" | "refute" => {}
        _ => return None,
    }
    let subject = clauses.subject(verb);
    Some(Some(match subject {
        Some(subject) if !group.passive && stance(clauses, verb, group) == Stance::Held => Frame {
            speaker: FrameSpeaker::Chunk(subject),
            force: Force::Denied,
            verb: Some(verb),
            ..unspoken(Stance::Held, scope)
        },
        _ => unspoken(Stance::Open, scope),
    }))
}

/// "reports that … are false".
fn is_called_false(clauses: &Clauses<'_>, that: usize) -> bool {
    clauses.tokens[that..].windows(3).any(|three| {
        three[0].tag == Tag::Auxiliary
            && (FALSE.contains(&three[1].lower.as_str())
                || three[1].tag == Tag::Adverb && FALSE.contains(&three[2].lower.as_str())
                || three[1].tag == Tag::Negation && three[2].lower == "true")
    })
}

/// "Acme's claim": Acme.
fn owner(clauses: &Clauses<'_>, noun: usize) -> Option<Span> {
    let chunk = &clauses.chunks[noun];
    let tokens = &clauses.tokens[chunk.first..=chunk.last];
    let mark = tokens
        .iter()
        .rposition(|token| token.tag == Tag::PossessiveS)?;
    let last = tokens.get(mark.checked_sub(1)?)?;
    Some(tokens.first()?.span.join(last.span))
}

/// What hangs on a chunk: up to the end of the sentence, or to where its main clause goes on.
pub(super) fn clause(clauses: &Clauses<'_>, opening: usize, sentence: Span) -> Span {
    let start = if clauses.verb(opening).is_some() {
        clauses.span(opening).end
    } else {
        clauses.span(opening).start
    };
    let ends = |&at: &usize| {
        clauses.word(at).is_some_and(|token| {
            matches!(
                token.lower.as_str(),
                "but" | "although" | "though" | "while" | ";"
            )
        }) || clauses.resumed(at).is_some()
    };
    let end = (opening + 1..clauses.chunks.len()).find(ends);
    Span::new(start, end.map_or(sentence.end, |at| clauses.span(at).start))
}
