//! Where noun phrases and verb groups begin and end.

use super::{Chunk, ChunkKind, Mood, REDUCED, VerbGroup};
use crate::tokens::{Tag, Token};
use crate::words::{self, Form};

/// How many tokens stand in ", not the airline,", its closing comma included, where they do.
fn contrast(tokens: &[Token<'_>]) -> Option<usize> {
    let [comma, not, rest @ ..] = tokens else {
        return None;
    };
    let opens = comma.tag == Tag::Comma && not.lower == "not";
    let first = rest.first().filter(|_| opens)?;
    if matches!(
        first.lower.as_str(),
        "only" | "just" | "least" | "surprisingly"
    ) {
        return None;
    }
    let phrase = |token: &&Token<'_>| {
        matches!(
            token.tag,
            Tag::Determiner
                | Tag::Possessive
                | Tag::PossessiveS
                | Tag::Adjective
                | Tag::Noun
                | Tag::Proper
                | Tag::Pronoun
                | Tag::Number
        )
    };
    let length = rest.iter().take(6).take_while(phrase).count();
    let closing = rest.get(length)?;
    let ends = closing.tag == Tag::Mark && length + 1 == rest.len();
    match closing.tag {
        _ if length == 0 => None,
        Tag::Comma => Some(length + 3),
        _ => ends.then_some(length + 2),
    }
}

/// How many tokens stand in "what it called", before what was called so.
fn wrapping(tokens: &[Token<'_>]) -> Option<usize> {
    tokens.first().filter(|token| token.lower == "what")?;
    let verb = tokens.iter().take(5).position(|token| {
        matches!(token.tag, Tag::Verb(Form::Past | Form::Third | Form::Base))
            && matches!(
                token.lemma(),
                "call" | "describe" | "label" | "characterize"
            )
    })?;
    let speaker = &tokens[1..verb];
    let plain = speaker.iter().all(|token| {
        matches!(
            token.tag,
            Tag::Pronoun | Tag::Determiner | Tag::Possessive | Tag::Noun | Tag::Proper
        )
    });
    let led = tokens
        .get(verb + 1)
        .is_some_and(|token| token.lower == "as");
    (plain && verb > 1).then_some(verb + 1 + usize::from(led))
}

/// Tokens that stand aside: in brackets, between dashes where names are listed, or to say who
/// is not meant.
pub(super) fn hidden(tokens: &[Token<'_>]) -> Vec<bool> {
    let mut hidden = vec![false; tokens.len()];
    let mut at = 0;
    while at < tokens.len() {
        let end = match tokens[at].text {
            "(" => tokens[at..].iter().position(|token| token.text == ")"),
            "[" => tokens[at..].iter().position(|token| token.text == "]"),
            "—" | "–"
                if tokens.get(at + 1).is_some_and(|next| {
                    matches!(
                        next.lower.as_str(),
                        "aka" | "a.k.a" | "also" | "known" | "including"
                    )
                }) =>
            {
                tokens[at + 1..]
                    .iter()
                    .position(|token| token.text == tokens[at].text)
                    .map(|offset| offset + 1)
            }
            "," => contrast(&tokens[at..]).map(|length| length - 1),
            "what" => wrapping(&tokens[at..]).map(|length| length - 1),
            _ => None,
        };
        if let Some(length) = end {
            hidden[at..=at + length].fill(true);
            at += length;
        }
        at += 1;
    }
    hidden
}

/// The verb group that starts at a token.
pub(super) fn verb_group(tokens: &[Token<'_>], hidden: &[bool], first: usize) -> Option<Chunk> {
    let mut at = first;
    let (mut main, mut auxiliary, mut be, mut negated, mut to, mut modal) =
        (None, None, false, false, false, false);
    while let Some(token) = tokens.get(at).filter(|_| !hidden[at]) {
        match token.tag {
            Tag::Modal => modal = true,
            Tag::To => to = true,
            Tag::Negation => negated = true,
            Tag::Adverb => {}
            Tag::Auxiliary => {
                be = matches!(
                    token.lower.as_str(),
                    "is" | "are" | "was" | "were" | "be" | "been" | "being" | "'s" | "'re" | "am"
                );
                auxiliary = Some(at);
            }
            Tag::Verb(_) => {
                main = Some(at);
                break;
            }
            _ => break,
        }
        at += 1;
    }
    let last = main.or(auxiliary)?;
    if matches!(tokens[first].tag, Tag::Adverb | Tag::Negation) && !negated && main.is_none() {
        return None;
    }
    let form = match tokens[last].tag {
        Tag::Verb(form) => form,
        _ => Form::Third,
    };
    let past = matches!(form, Form::Past | Form::Participle) && main.is_some();
    let next = tokens
        .get(last + 1)
        .map(|token| token.lower.as_str())
        .unwrap_or_default();
    let reduced = past
        && auxiliary.is_none()
        && !modal
        && (form == Form::Participle && tokens[last].verb().is_some_and(|(base, _)| base != "become") || next == "by" || (REDUCED.contains(&tokens[last].lemma()) && matches!(next, "in" | "to" | "with" | "as" | "at" | "from" | "of"))
        // "a backdoor called Silent Finch"
        || (matches!(tokens[last].lemma(), "call" | "dub" | "name") && tokens.get(last + 1).is_some_and(|token| matches!(token.tag, Tag::Proper | Tag::Quote))));
    let mood = if to {
        Mood::Infinitive
    } else if auxiliary.is_none() && !modal && (form == Form::Ing || reduced) {
        Mood::Participle
    } else {
        Mood::Finite
    };
    let group = VerbGroup {
        main: last,
        passive: past && (be && auxiliary.is_some() || reduced),
        negated,
        mood,
    };
    Some(Chunk {
        kind: ChunkKind::Verb(group),
        first,
        last,
    })
}

/// Whether "last", "next" and the like are followed by a word for time.
pub(super) fn leads_time(tokens: &[Token<'_>], at: usize) -> bool {
    let next = tokens.get(at + 1);
    matches!(
        tokens[at].lower.as_str(),
        "last" | "next" | "early" | "late" | "earlier" | "later"
    ) && next.is_some_and(|next| next.is(words::IS_TIME_NOUN) || next.lower == "this")
}

/// Whether a bracket holds one name, and a noun phrase goes on behind it.
pub(super) fn short_name(tokens: &[Token<'_>], bracket: usize) -> bool {
    let Some([open, name, close, next]) = tokens.get(bracket..bracket + 4) else {
        return false;
    };
    open.text == "("
        && name.tag == Tag::Proper
        && close.text == ")"
        && matches!(next.tag, Tag::Adjective | Tag::Noun)
}

/// The noun phrase that starts at a token.
pub(super) fn noun_phrase(tokens: &[Token<'_>], hidden: &[bool], first: usize) -> Option<Chunk> {
    let mut last = None;
    let mut at = first;
    while let Some(token) = tokens
        .get(at)
        .filter(|token| !hidden[at] || token.text == "(" && at > first)
    {
        let next = tokens.get(at + 1).map(|token| token.tag);
        match token.tag {
            Tag::Pronoun if at == first => {
                return Some(Chunk {
                    kind: ChunkKind::Noun,
                    first,
                    last: at,
                });
            }
            // "cost the company $90 million": the sum is a phrase of its own.
            Tag::Number if last.is_some() && token.text.starts_with(['$', '€', '£']) => break,
            // "hired three men last year": when, not whom.
            Tag::Adjective if last.is_some() && leads_time(tokens, at) => break,
            // "reports Russian hackers did it": what they are about.
            Tag::Noun | Tag::Proper | Tag::Adjective
                if last == at.checked_sub(1)
                    && last.is_some()
                    && tokens[at - 1].tag == Tag::Noun
                    && crate::speech::doubt::are_claims(&tokens[at - 1].lower) =>
            {
                break;
            }
            // "this month scammers": when, then who.
            Tag::Noun | Tag::Proper | Tag::Number
                if at == first + 2
                    && tokens[at - 1].is(words::IS_TIME_NOUN)
                    && matches!(tokens[first].lower.as_str(), "this" | "last" | "next") =>
            {
                break;
            }
            Tag::Noun | Tag::Proper | Tag::Number => last = Some(at),
            Tag::Determiner | Tag::Possessive
                if last.is_none() || tokens[at - 1].tag == Tag::PossessiveS => {}
            // "three other employees"
            Tag::Determiner if tokens[at - 1].tag == Tag::Number && token.lower == "other" => {}
            Tag::PossessiveS if last.is_some() => {}
            Tag::Adjective => {}
            // "carried out two raids": part of the verb.
            Tag::Adverb if matches!(token.lower.as_str(), "out" | "off" | "up" | "down") => break,
            Tag::Adverb if matches!(next, Some(Tag::Adjective | Tag::Number)) => {}
            Tag::Quote
                if at > first
                    && matches!(next, Some(Tag::Noun | Tag::Adjective | Tag::Proper))
                    && !matches!(tokens[at].text, "”") => {}
            Tag::Conjunction | Tag::Comma
                if at > first
                    && tokens[at - 1].tag == Tag::Adjective
                    && next == Some(Tag::Adjective) => {}
            Tag::Mark if token.text == "%" && last.is_some() => {}
            // "Federal Security Service (FSB) hackers": the short name stands inside.
            Tag::Mark if last.is_some() && short_name(tokens, at) => at += 2,
            _ => break,
        }
        // "the group ‹it hacked›": a determiner after a full phrase starts a new one.
        at += 1;
    }
    // "the other", "the weak": no noun, and a phrase all the same.
    let bare = || {
        let opens = tokens.get(first).is_some_and(|token| token.lower == "the");
        let next = tokens.get(first + 1)?;
        let stands = next.tag == Tag::Adjective
            || matches!(next.lower.as_str(), "other" | "first" | "second" | "latter");
        (opens && stands && !hidden[first + 1]).then_some(first + 1)
    };
    Some(Chunk {
        kind: ChunkKind::Noun,
        first,
        last: last.or_else(bare)?,
    })
}
