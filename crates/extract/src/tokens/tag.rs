//! What a word is, given the words around it.

use super::{Tag, Token, is_word};
use crate::words::{self, Form};

/// The tag of a token, given the words around it and the tags before it.
pub(super) fn tag(tokens: &[Token<'_>], index: usize, titled: bool) -> Tag {
    let token = &tokens[index];
    let lower = token.lower.as_str();
    // "it's believed": a verb, and no possessor.
    let follows_pronoun = lower == "'s"
        && index.checked_sub(1).is_some_and(|before| {
            matches!(
                tokens[before].lower.as_str(),
                "it" | "he" | "she" | "that" | "there" | "what" | "who" | "here"
            )
        });
    if follows_pronoun {
        return Tag::Auxiliary;
    }
    if let Some(mark) = mark(token) {
        return mark;
    }
    let capitalised_inside = token.is_capitalised() && !starts_clause(tokens, index);
    if token
        .text
        .chars()
        .all(|c| c.is_uppercase() || c.is_numeric() || matches!(c, '-' | '.' | '&' | '/'))
        && token.text.chars().filter(|c| c.is_uppercase()).count() > 1
    {
        return if starts_number(lower) {
            Tag::Number
        } else {
            Tag::Proper
        };
    }
    if let Some(closed) = closed_class(tokens, index, titled) {
        return closed;
    }
    if starts_number(lower) {
        return Tag::Number;
    }
    if let Some(&(_, form)) = words::VERB_FORMS.get(lower)
        && (!capitalised_inside || titled)
    {
        return verb_or_not(tokens, index, form);
    }
    if words::IS_ADJECTIVE.contains(lower) || (lower.contains('-') && !token.is_capitalised()) {
        return Tag::Adjective;
    }
    if capitalised_inside
        || (token.is_capitalised()
            && !words::IS_PERSON_NOUN.contains(lower)
            && !words::IS_ATTACK_NOUN.contains(lower))
    {
        return Tag::Proper;
    }
    if lower.len() > 4 && lower.ends_with("ly") {
        return Tag::Adverb;
    }
    let adjective = lower.len() > 5
        && [
            "ous", "ive", "ful", "able", "ible", "less", "ical", "ese", "ian",
        ]
        .iter()
        .any(|end| lower.ends_with(end));
    if adjective { Tag::Adjective } else { Tag::Noun }
}

/// Marks, quotation marks and "'s".
pub(super) fn mark(token: &Token<'_>) -> Option<Tag> {
    if token.lower == "'s" {
        return Some(Tag::PossessiveS);
    }
    // "'re", "'ll"
    let contracted = token.lower.len() > 1
        && token.lower.starts_with('\'')
        && (words::IS_AUXILIARY.contains(token.lower.as_str())
            || words::IS_MODAL.contains(token.lower.as_str()));
    if contracted {
        return None;
    }
    if token
        .text
        .starts_with(|c: char| is_word(c) || matches!(c, '$' | '€' | '£'))
        && token.text.chars().any(char::is_alphanumeric)
    {
        return None;
    }
    Some(match token.text {
        "," => Tag::Comma,
        "“" | "”" | "\"" | "‘" | "’" | "'" | "«" | "»" => Tag::Quote,
        "&" => Tag::Conjunction,
        _ => Tag::Mark,
    })
}

/// Whether a token stands where a capital letter says nothing: at the start of the sentence
/// or of a quotation.
pub(super) fn starts_clause(tokens: &[Token<'_>], index: usize) -> bool {
    index == 0
        || matches!(tokens[index - 1].tag, Tag::Quote | Tag::Mark) && tokens[index - 1].text != "-"
}

/// Whether nearly every word is capitalised, so that capitals say nothing.
pub(crate) fn title_case(tokens: &[Token<'_>]) -> bool {
    let words = tokens
        .iter()
        .filter(|token| token.text.len() > 3 && token.text.starts_with(char::is_alphabetic));
    let (mut all, mut capitals) = (0, 0);
    for word in words {
        all += 1;
        capitals += usize::from(word.is_capitalised());
    }
    all > 3 && capitals * 10 >= all * 9
}

pub(super) fn starts_number(lower: &str) -> bool {
    const NUMBERS: &[&str] = &[
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "dozen",
        "dozens",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "hundred",
        "hundreds",
        "thousand",
        "thousands",
        "tens",
        "million",
        "millions",
        "billion",
        "billions",
        "half",
    ];
    let digits = lower
        .trim_start_matches(['$', '€', '£'])
        .starts_with(|c: char| c.is_ascii_digit());
    digits || NUMBERS.contains(&lower)
}

/// Words whose class the word beside them decides.
fn by_neighbours(
    lower: &str,
    previous: Option<Tag>,
    next: &str,
    next_is_verb: bool,
) -> Option<Tag> {
    Some(match lower {
        // "carried out attacks", "made off with": part of the verb.
        "out" | "off" | "up" | "down"
            if matches!(previous, Some(Tag::Verb(_)))
                && !matches!(next, "of" | "to" | "from" | "the" | "a" | "an")
                || lower == "out" && matches!(previous, Some(Tag::Verb(_))) && next != "of" =>
        {
            Tag::Adverb
        }
        "any" | "some" | "many" | "most" | "several" | "all" | "none" | "both" | "few"
            if next == "of" =>
        {
            Tag::Pronoun
        }
        "so" if next == "far" => Tag::Adverb,
        "far" if previous == Some(Tag::Adverb) => Tag::Adverb,
        "likely" if next_is_verb && previous != Some(Tag::Determiner) => Tag::Adverb,
        _ => return None,
    })
}

/// Words that belong to a closed class.
pub(super) fn closed_class(tokens: &[Token<'_>], index: usize, titled: bool) -> Option<Tag> {
    let lower = tokens[index].lower.as_str();
    let previous = index.checked_sub(1).map(|before| tokens[before].tag);
    let next = tokens
        .get(index + 1)
        .map(|token| token.lower.as_str())
        .unwrap_or_default();
    let next_is_verb = words::VERB_FORMS
        .get(next)
        .is_some_and(|&(_, form)| form != Form::Ing);
    let finite_next = next_is_verb
        || words::IS_AUXILIARY.contains(next)
        || words::IS_MODAL.contains(next)
        || words::IS_ADVERB.contains(next);
    if let Some(tag) = by_neighbours(lower, previous, next, next_is_verb) {
        return Some(tag);
    }
    Some(match lower {
        "that" if matches!(previous, Some(Tag::Noun | Tag::Proper | Tag::Comma)) && finite_next => {
            Tag::Relative
        }
        "that" if points_at_noun(tokens, index) => Tag::Determiner,
        "that"
            if matches!(
                previous,
                Some(Tag::Verb(_) | Tag::Adjective | Tag::Adverb | Tag::Noun | Tag::Comma)
            ) =>
        {
            Tag::Subordinator
        }
        // "told Reuters that hackers": with the plural it is no article.
        "that" if !finite_next && next.ends_with('s') && next.len() > 3 => Tag::Subordinator,
        "that" if opens_clause(tokens, index) || previous == Some(Tag::Quote) => Tag::Subordinator,
        "that" => Tag::Determiner,
        "to" if next_is_verb
            && words::VERB_FORMS
                .get(next)
                .is_some_and(|&(_, form)| form == Form::Base) =>
        {
            Tag::To
        }
        "which" | "who" | "whom" => Tag::Relative,
        "no" if next != "longer" => Tag::Determiner,
        _ if tokens[index].is_capitalised()
            && index > 0
            && tokens[index].text.len() > 3
            && !starts_clause(tokens, index)
            && !titled =>
        {
            return None;
        }
        _ if words::IS_AUXILIARY.contains(lower) => Tag::Auxiliary,
        "may" | "might" | "will"
            if matches!(
                previous,
                Some(Tag::Determiner | Tag::Preposition | Tag::Possessive)
            ) =>
        {
            Tag::Noun
        }
        _ if words::IS_MODAL.contains(lower) => Tag::Modal,
        _ if words::IS_NEGATION.contains(lower) && lower != "without" => Tag::Negation,
        _ if words::IS_POSSESSIVE.contains(lower) => Tag::Possessive,
        _ if words::IS_DETERMINER.contains(lower) => Tag::Determiner,
        _ if words::IS_PRONOUN.contains(lower) => Tag::Pronoun,
        _ if words::IS_RELATIVE.contains(lower) => Tag::Relative,
        _ if words::IS_CONJUNCTION.contains(lower) => Tag::Conjunction,
        "including" | "following" | "regarding" | "concerning" | "involving" => Tag::Preposition,
        _ if words::IS_PREPOSITION.contains(lower) => Tag::Preposition,
        _ if words::IS_SUBORDINATOR.contains(lower) => Tag::Subordinator,
        _ if words::IS_ADVERB.contains(lower) => Tag::Adverb,
        _ => return None,
    })
}

/// "offline, encrypted backups": an adjective before the comma or the "and".
pub(super) fn follows_adjective(tokens: &[Token<'_>], index: usize) -> bool {
    index
        .checked_sub(2)
        .is_some_and(|before| tokens[before].tag == Tag::Adjective)
}

/// "disputed that account.": a single word, and the clause ends.
pub(super) fn points_at_noun(tokens: &[Token<'_>], index: usize) -> bool {
    let noun = tokens
        .get(index + 1)
        .is_some_and(|token| token.text.starts_with(char::is_lowercase));
    noun && tokens
        .get(index + 2)
        .is_none_or(|token| matches!(mark(token), Some(Tag::Mark | Tag::Comma | Tag::Quote)))
}

/// "said on Tuesday that a group": an article or a name right after "that".
pub(super) fn opens_clause(tokens: &[Token<'_>], index: usize) -> bool {
    tokens.get(index + 1).is_some_and(|next| {
        let lower = next.lower.as_str();
        index > 0
            && (words::IS_DETERMINER.contains(lower)
                || words::IS_POSSESSIVE.contains(lower)
                || words::IS_PRONOUN.contains(lower)
                || next.is_capitalised())
    })
}

/// What stands around a word that can be a verb.
struct Around<'c, 't> {
    before: Option<&'c Token<'t>>,
    previous: Option<Tag>,
    next: Option<&'c Token<'t>>,
    after_next: Option<&'c Token<'t>>,
    next_lower: &'c str,
    next_is_function: bool,
    next_is_noun: bool,
    after_determiner: bool,
}

impl<'c, 't> Around<'c, 't> {
    fn new(tokens: &'c [Token<'t>], index: usize) -> Self {
        let before = tokens[..index]
            .iter()
            .rev()
            .find(|token| !matches!(token.tag, Tag::Quote | Tag::Adverb));
        let previous = before.map(|token| token.tag);
        let next = tokens.get(index + 1);
        let next_lower = next.map(|token| token.lower.as_str()).unwrap_or_default();
        let next_is_function = words::IS_PREPOSITION.contains(next_lower)
            || words::IS_CONJUNCTION.contains(next_lower);
        let next_is_noun = next.is_some_and(|token| {
            token.text.starts_with(char::is_alphabetic)
                && !next_is_function
                && !words::IS_DETERMINER.contains(next_lower)
                && !words::IS_POSSESSIVE.contains(next_lower)
                && !words::IS_SUBORDINATOR.contains(next_lower)
                && !words::IS_ADVERB.contains(next_lower)
                && !words::IS_PRONOUN.contains(next_lower)
                && !words::IS_AUXILIARY.contains(next_lower)
                && !words::IS_MODAL.contains(next_lower)
        });
        let after_determiner = matches!(
            previous,
            Some(
                Tag::Determiner | Tag::Possessive | Tag::PossessiveS | Tag::Adjective | Tag::Number
            )
        );
        Self {
            before,
            previous,
            next,
            after_next: tokens.get(index + 2),
            next_lower,
            next_is_function,
            next_is_noun,
            after_determiner,
        }
    }
}

/// Whether a word that can be a verb is one here.
pub(super) fn verb_or_not(tokens: &[Token<'_>], index: usize, form: Form) -> Tag {
    let around = Around::new(tokens, index);
    match form {
        Form::Base | Form::Third => present(&tokens[index].lower, form, &around),
        Form::Past | Form::Participle => {
            let listed = matches!(around.previous, Some(Tag::Comma | Tag::Conjunction))
                && follows_adjective(tokens, index);
            past(form, &around, listed)
        }
        Form::Ing => match around.previous {
            Some(Tag::Auxiliary) => Tag::Verb(form),
            // "the Russian hacking"
            Some(Tag::Proper)
                if words::IS_ATTACK_NOUN.contains(tokens[index].lower.as_str())
                    && index.checked_sub(2).is_some_and(|at| {
                        tokens[at].tag == Tag::Determiner && tokens[at + 1].tag == Tag::Proper
                    }) =>
            {
                Tag::Noun
            }
            // "did not conduct hacking"
            Some(Tag::Verb(_))
                if words::IS_ATTACK_NOUN.contains(tokens[index].lower.as_str())
                    && !around.next_is_noun
                    && !words::IS_DETERMINER.contains(around.next_lower)
                    && !words::IS_POSSESSIVE.contains(around.next_lower)
                    && around.next_lower != "into" =>
            {
                Tag::Noun
            }
            _ if tokens[index].lower == "compromising" && around.next_is_noun => Tag::Adjective,
            _ if around.after_determiner && around.next_is_noun => Tag::Adjective,
            _ if around.after_determiner => Tag::Noun,
            _ => Tag::Verb(form),
        },
    }
}

/// "targets", "hack": verb, noun, or before a noun its description.
fn present(lower: &str, form: Form, around: &Around<'_, '_>) -> Tag {
    let noun_too = words::IS_NOUN_OR_VERB.contains(words::VERB_FORMS[lower].0);
    match around.previous {
        Some(Tag::Modal | Tag::To) => Tag::Verb(form),
        // No sentence opens with "Affiliates" as a verb.
        None if form == Form::Third => Tag::Noun,
        Some(Tag::Negation | Tag::Pronoun | Tag::Relative)
            if form == Form::Third || !noun_too || around.previous != Some(Tag::Negation) =>
        {
            Tag::Verb(form)
        }
        Some(Tag::Auxiliary)
            if around
                .before
                .is_some_and(|token| matches!(token.lower.as_str(), "do" | "does" | "did")) =>
        {
            Tag::Verb(form)
        }
        // "had access to"
        Some(Tag::Auxiliary)
            if noun_too
                && around.before.is_some_and(|token| {
                    matches!(token.lower.as_str(), "have" | "has" | "had" | "having")
                }) =>
        {
            Tag::Noun
        }
        _ if around.after_determiner => Tag::Noun,
        Some(Tag::Preposition) => Tag::Noun,
        // "which analysts say works for": the verb of what is said.
        Some(Tag::Verb(_))
            if form == Form::Third
                && around.before.is_some_and(|token| {
                    matches!(
                        token.lemma(),
                        "say" | "believe" | "think" | "allege" | "insist" | "maintain"
                    )
                })
                && around.next_is_function =>
        {
            Tag::Verb(form)
        }
        Some(Tag::Verb(_)) if noun_too => Tag::Noun,
        // "used fake pages": no second verb follows at once, but for a few.
        Some(Tag::Verb(_))
            if form == Form::Base
                && around.next_is_noun
                && around.before.is_some_and(|token| {
                    !matches!(token.lemma(), "help" | "let" | "make" | "go")
                }) =>
        {
            Tag::Adjective
        }
        Some(Tag::Noun | Tag::Proper) if noun_too => after_noun(form, around),
        Some(Tag::Conjunction) if noun_too && form == Form::Third => {
            // "is based in Riga and works for"
            let works = lower == "works" && around.next_is_function;
            if works || around.next_is_noun || words::IS_DETERMINER.contains(around.next_lower) {
                Tag::Verb(form)
            } else {
                Tag::Noun
            }
        }
        None | Some(Tag::Conjunction | Tag::Comma | Tag::Mark) if noun_too => {
            if words::IS_DETERMINER.contains(around.next_lower)
                || words::IS_POSSESSIVE.contains(around.next_lower)
            {
                Tag::Verb(form)
            } else {
                Tag::Noun
            }
        }
        _ => Tag::Verb(form),
    }
}

/// "The attack cost millions", "attack costs": a verb where it agrees and has an object.
fn after_noun(form: Form, around: &Around<'_, '_>) -> Tag {
    let plural = around
        .before
        .is_some_and(|token| token.lower.ends_with('s'));
    let agrees = if plural {
        form == Form::Base
    } else {
        form == Form::Third
    };
    let next = around.next_lower;
    // "uses scheduled tasks": what follows describes the object.
    let participle = next.ends_with("ed") || next.ends_with("en");
    let describes = around
        .after_next
        .filter(|_| participle)
        .is_some_and(|token| {
            let lower = token.lower.as_str();
            token.text.starts_with(char::is_lowercase)
                && lower.ends_with('s')
                && !words::IS_PREPOSITION.contains(lower)
                && !words::IS_POSSESSIVE.contains(lower)
                && !words::IS_DETERMINER.contains(lower)
                && !words::IS_SUBORDINATOR.contains(lower)
                && !words::IS_AUXILIARY.contains(lower)
        });
    // "bank details were", "login prompts as", "attacks exploded by"
    let goes_on = words::IS_AUXILIARY.contains(next)
        || words::IS_MODAL.contains(next)
        || words::IS_SUBORDINATOR.contains(next) && next != "that"
        || next.len() > 5
            && next.ends_with("ed")
            && !describes
            && !words::IS_ADJECTIVE.contains(next);
    let object_follows = !around.next_is_function
        && !goes_on
        && around
            .next
            .is_some_and(|token| !matches!(mark(token), Some(Tag::Comma | Tag::Mark)))
        && words::VERB_FORMS
            .get(around.next_lower)
            .is_none_or(|&(_, form)| form != Form::Past || describes);
    if agrees && object_follows {
        Tag::Verb(form)
    } else {
        Tag::Noun
    }
}

/// "compromised servers", "several stolen documents", "collecting compromised accounts": before
/// a noun and not after a subject, a participle describes.
fn past(form: Form, around: &Around<'_, '_>, listed: bool) -> Tag {
    let no_subject = around.after_determiner
        || matches!(
            around.previous,
            None | Some(Tag::Preposition | Tag::Verb(_))
        );
    let describes = (no_subject || listed) && around.next_is_noun;
    if describes
        || around.after_determiner && !matches!(around.previous, Some(Tag::Number | Tag::Adjective))
    {
        Tag::Adjective
    } else {
        Tag::Verb(form)
    }
}
