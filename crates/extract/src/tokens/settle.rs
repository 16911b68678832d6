//! A second look at the tags, once all of them are known.

use super::{Tag, Token};
use crate::words::{self, Form};

/// A sentence has a verb. Where none was seen, a noun that can be one and has an object is it.
fn only_verb(tokens: &mut [Token<'_>]) {
    let finite = |token: &Token<'_>| {
        matches!(
            token.tag,
            Tag::Auxiliary | Tag::Modal | Tag::Verb(Form::Third | Form::Past)
        )
    };
    if !tokens.iter().any(finite) {
        let candidate = (1..tokens.len()).find(|&index| {
            let is_third = tokens[index]
                .verb()
                .is_some_and(|(_, form)| form == Form::Third);
            let object = tokens.get(index + 1).map(|token| token.tag);
            is_third
                && tokens[index].tag == Tag::Noun
                && matches!(
                    object,
                    Some(
                        Tag::Noun
                            | Tag::Determiner
                            | Tag::Proper
                            | Tag::Adjective
                            | Tag::Possessive
                            | Tag::Number
                    )
                )
        });
        if let Some(index) = candidate {
            tokens[index].tag = Tag::Verb(Form::Third);
        }
    }
}

/// Second look, with all tags known: words that the first look could not settle.
pub(super) fn settle(tokens: &mut [Token<'_>]) {
    only_verb(tokens);
    number_leads(tokens);
    clause_verbs(tokens);
    for index in 0..tokens.len() {
        let next = tokens.get(index + 1).map(|token| token.tag);
        let previous = index.checked_sub(1).map(|before| tokens[before].tag);
        // "'s" before a participle is "has" or "is", not a possessor.
        if tokens[index].tag == Tag::PossessiveS
            && matches!(next, Some(Tag::Verb(Form::Ing)) | Some(Tag::Determiner))
        {
            tokens[index].tag = Tag::Auxiliary;
        }
        // "Industry reporting tracks": what a verb follows at once is its subject.
        if tokens[index].tag == Tag::Verb(Form::Ing)
            && matches!(previous, Some(Tag::Noun | Tag::Proper | Tag::Adjective))
            && matches!(
                next,
                Some(Tag::Verb(Form::Third) | Tag::Auxiliary | Tag::Modal)
            )
        {
            tokens[index].tag = Tag::Noun;
        }
        // "phishing emails", "hacking groups": a participle before a noun describes it.
        if tokens[index].tag == Tag::Verb(Form::Ing)
            && next == Some(Tag::Noun)
            && matches!(
                tokens[index].lower.as_str(),
                "hacking"
                    | "phishing"
                    | "spear-phishing"
                    | "operating"
                    | "manufacturing"
                    | "banking"
                    | "gaming"
                    | "shipping"
                    | "mining"
                    | "threatening"
            )
            && !matches!(previous, Some(Tag::Auxiliary))
        {
            tokens[index].tag = Tag::Noun;
        }
    }
}

/// "that the group works with Sand Lion": a clause has a verb; where none was seen, the first
/// word after a noun that can be one is it.
pub(super) fn clause_verbs(tokens: &mut [Token<'_>]) {
    let mut start = 0;
    while start < tokens.len() {
        let opens = matches!(tokens[start].tag, Tag::Subordinator | Tag::Relative);
        let length = tokens[start + 1..]
            .iter()
            .position(|token| {
                matches!(
                    token.tag,
                    Tag::Comma | Tag::Mark | Tag::Subordinator | Tag::Relative
                )
            })
            .unwrap_or(tokens.len() - start - 1);
        let end = start + 1 + length;
        let finite = |token: &Token<'_>| {
            matches!(token.tag, Tag::Auxiliary | Tag::Modal)
                || matches!(token.tag, Tag::Verb(form) if form != Form::Ing)
        };
        if opens && !tokens[start + 1..end].iter().any(finite) {
            let candidate = (start + 2..end).find_map(|index| {
                let (_, form) = tokens[index].verb()?;
                let before = &tokens[index - 1];
                let agrees = before.lower.ends_with('s') == (form == Form::Base);
                (matches!(form, Form::Base | Form::Third)
                    && agrees
                    && tokens[index].tag == Tag::Noun
                    && matches!(before.tag, Tag::Noun | Tag::Proper))
                .then_some((index, form))
            });
            if let Some((index, form)) = candidate {
                tokens[index].tag = Tag::Verb(form);
            }
        }
        start = end;
    }
}

/// "more than 1,500", "at least a dozen", "up to", "nearly": part of the number's phrase.
pub(super) fn number_leads(tokens: &mut [Token<'_>]) {
    const LEADS: &[&[&str]] = &[
        &["more", "than"],
        &["less", "than"],
        &["fewer", "than"],
        &["at", "least"],
        &["at", "most"],
        &["up", "to"],
        &["as", "many", "as"],
        &["over"],
        &["nearly"],
        &["about"],
        &["around"],
        &["almost"],
        &["roughly"],
        &["approximately"],
        &["under"],
    ];
    for index in 0..tokens.len() {
        if !tokens[index].is(words::LEADS_NUMBER) {
            continue;
        }
        let lead = LEADS.iter().find(|lead| {
            let words = tokens.get(index..index + lead.len());
            words.is_some_and(|words| {
                words
                    .iter()
                    .zip(lead.iter())
                    .all(|(token, word)| token.lower == *word)
            })
        });
        let Some(lead) = lead else { continue };
        let after = index + lead.len();
        let number = tokens.get(after).is_some_and(|token| {
            token.tag == Tag::Number
                || token.lower == "a"
                    && tokens
                        .get(after + 1)
                        .is_some_and(|token| token.tag == Tag::Number)
        });
        if number {
            tokens[index..after]
                .iter_mut()
                .for_each(|token| token.tag = Tag::Determiner);
        }
    }
}
