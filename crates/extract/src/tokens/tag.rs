//! What a word is, given the words around it.

use super::{Tag, Token, is_word};
use crate::words::{self, Form, Known, Words};

/// The tag of a token, given the words around it and the tags before it.
pub(super) fn tag(tokens: &[Token<'_>], index: usize, titled: bool) -> Tag {
    let token = &tokens[index];
    // "it's believed": a verb, and no possessor.
    let follows_pronoun = token.lower.as_str() == "'s"
        && index.checked_sub(1).is_some_and(|before| {
            matches!(
                tokens[before].lower.as_str(),
                "it" | "he" | "she" | "that" | "there" | "what" | "who" | "here"
            )
        });
    if follows_pronoun {
        return Tag::Auxiliary;
    }
    let facts = &token.facts;
    if let Some(mark) = facts.mark {
        return mark;
    }
    if facts.shouted {
        return if facts.number {
            Tag::Number
        } else {
            Tag::Proper
        };
    }
    if let Some(closed) = closed_class(tokens, index, titled) {
        return closed;
    }
    if facts.number {
        return Tag::Number;
    }
    let capitalised_inside = facts.capitalised && !starts_clause(tokens, index);
    if let Some((_, form)) = token.verb()
        && (!capitalised_inside || titled)
    {
        return verb_or_not(tokens, index, form);
    }
    if capitalised_inside && !token.is(words::IS_ADJECTIVE) {
        return Tag::Proper;
    }
    facts.open
}

/// What a word is that no list and no neighbour tells, and that is not capitalised inside a
/// sentence.
pub(super) fn open_class(text: &str, lower: &str, known: &Known) -> Tag {
    let capitalised = text.starts_with(char::is_uppercase);
    // "a zero-day", "a break-in"
    let is_noun = known.is(words::IS_FLAW_NOUN
        .or(words::IS_ATTACK_NOUN)
        .or(words::IS_MEANS_NOUN));
    if known.is(words::IS_ADJECTIVE) || (lower.contains('-') && !capitalised && !is_noun) {
        return Tag::Adjective;
    }
    if capitalised && !known.is(words::IS_PERSON_NOUN.or(words::IS_ATTACK_NOUN)) {
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

/// "FBI", "U.S.", "APT40".
pub(super) fn is_shouted(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_uppercase() || c.is_numeric() || matches!(c, '-' | '.' | '&' | '/'))
        && text.chars().filter(|c| c.is_uppercase()).count() > 1
}

/// Marks, quotation marks and "'s".
pub(super) fn mark(text: &str, lower: &str, known: &Known) -> Option<Tag> {
    if lower == "'s" {
        return Some(Tag::PossessiveS);
    }
    // "'re", "'ll"
    let contracted = lower.len() > 1
        && lower.starts_with('\'')
        && known.is(words::IS_AUXILIARY.or(words::IS_MODAL));
    if contracted {
        return None;
    }
    if text.starts_with(|c: char| is_word(c) || matches!(c, '$' | '€' | '£'))
        && text.chars().any(char::is_alphanumeric)
    {
        return None;
    }
    Some(match text {
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

/// Digits, a sum of money, or a number word.
pub(super) fn starts_number(lower: &str, known: &Known) -> bool {
    lower
        .trim_start_matches(['$', '€', '£'])
        .starts_with(|c: char| c.is_ascii_digit())
        || known.is(words::IS_NUMBER)
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
        "more" | "most" if matches!(next, "likely" | "probably") => Tag::Adverb,
        // "an outside party"
        "outside" if previous == Some(Tag::Determiner) => Tag::Adjective,
        "so" if next == "far" => Tag::Adverb,
        "far" if previous == Some(Tag::Adverb) => Tag::Adverb,
        "likely" if next_is_verb && previous != Some(Tag::Determiner) => Tag::Adverb,
        _ => return None,
    })
}

/// Words that belong to a closed class.
pub(super) fn closed_class(tokens: &[Token<'_>], index: usize, titled: bool) -> Option<Tag> {
    let token = &tokens[index];
    if !token.is(words::MAY_BE_CLOSED) {
        return None;
    }
    let lower = token.lower.as_str();
    let previous = index.checked_sub(1).map(|before| tokens[before].tag);
    let following = tokens.get(index + 1);
    let next = following
        .map(|token| token.lower.as_str())
        .unwrap_or_default();
    let next_form = following.and_then(Token::verb).map(|(_, form)| form);
    let next_is_verb = next_form.is_some_and(|form| form != Form::Ing);
    let finite_next = next_is_verb
        || following.is_some_and(|token| {
            token.is(words::IS_AUXILIARY.or(words::IS_MODAL).or(words::IS_ADVERB))
        });
    if !token.is(words::IS_SPECIAL) {
        return listed(tokens, index, titled);
    }
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
        "to" if next_form == Some(Form::Base) => Tag::To,
        "which" | "who" | "whom" => Tag::Relative,
        "no" if next != "longer" => Tag::Determiner,
        _ => return listed(tokens, index, titled),
    })
}

/// Words that stand in the list of a closed class.
fn listed(tokens: &[Token<'_>], index: usize, titled: bool) -> Option<Tag> {
    let token = &tokens[index];
    let previous = index.checked_sub(1).map(|before| tokens[before].tag);
    let is = |words| token.is(words);
    if token.is_capitalised()
        && index > 0
        && token.text.len() > 3
        && !starts_clause(tokens, index)
        && !titled
    {
        return None;
    }
    Some(match token.lower.as_str() {
        _ if is(words::IS_AUXILIARY) => Tag::Auxiliary,
        "may" | "might" | "will"
            if matches!(
                previous,
                Some(Tag::Determiner | Tag::Preposition | Tag::Possessive)
            ) =>
        {
            Tag::Noun
        }
        _ if is(words::IS_MODAL) => Tag::Modal,
        lower if is(words::IS_NEGATION) && lower != "without" => Tag::Negation,
        _ if is(words::IS_POSSESSIVE) => Tag::Possessive,
        _ if is(words::IS_DETERMINER) => Tag::Determiner,
        _ if is(words::IS_PRONOUN) => Tag::Pronoun,
        _ if is(words::IS_RELATIVE) => Tag::Relative,
        _ if is(words::IS_CONJUNCTION) => Tag::Conjunction,
        _ if is(words::IS_PREPOSITION) => Tag::Preposition,
        _ if is(words::IS_SUBORDINATOR) => Tag::Subordinator,
        _ if is(words::IS_ADVERB) => Tag::Adverb,
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
        .is_none_or(|token| matches!(token.facts.mark, Some(Tag::Mark | Tag::Comma | Tag::Quote)))
}

/// "said on Tuesday that a group": an article or a name right after "that".
pub(super) fn opens_clause(tokens: &[Token<'_>], index: usize) -> bool {
    tokens.get(index + 1).is_some_and(|next| {
        index > 0
            && (next.is(words::IS_DETERMINER
                .or(words::IS_POSSESSIVE)
                .or(words::IS_PRONOUN))
                || next.is_capitalised())
    })
}

/// Function words that are no noun, and part of no noun phrase's end.
const BEFORE_OR_BESIDE_NOUNS: Words = words::IS_DETERMINER
    .or(words::IS_POSSESSIVE)
    .or(words::IS_SUBORDINATOR)
    .or(words::IS_ADVERB)
    .or(words::IS_PRONOUN)
    .or(words::IS_AUXILIARY)
    .or(words::IS_MODAL);

/// What stands around a word that can be a verb.
struct Around<'c, 't> {
    before: Option<&'c Token<'t>>,
    previous: Option<Tag>,
    next: Option<&'c Token<'t>>,
    after_next: Option<&'c Token<'t>>,
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
        let next_is = |words| next.is_some_and(|token| token.is(words));
        let next_is_function = next_is(words::IS_PREPOSITION.or(words::IS_CONJUNCTION));
        let next_is_noun = next.is_some_and(|token| {
            token.text.starts_with(char::is_alphabetic)
                && !next_is_function
                && !token.is(BEFORE_OR_BESIDE_NOUNS)
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
        Form::Base | Form::Third => present(&tokens[index], form, &around),
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
                    && around.next.is_none_or(|token| {
                        token.lower != *"into"
                            && !token.is(words::IS_DETERMINER.or(words::IS_POSSESSIVE))
                    }) =>
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
fn present(token: &Token<'_>, form: Form, around: &Around<'_, '_>) -> Tag {
    let noun_too = token.facts.known.noun_too;
    let next_is = |words| around.next.is_some_and(|token| token.is(words));
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
        // "The hackers work for a state"
        Some(Tag::Noun | Tag::Proper)
            if form == Form::Base
                && token.lower == "work"
                && around.before.is_some_and(|token| {
                    token.is(words::IS_PERSON_NOUN) && token.lower.ends_with('s')
                })
                && around.next_is_function =>
        {
            Tag::Verb(form)
        }
        // "…, the bank says.", "…, Reuters reports."
        Some(before @ (Tag::Noun | Tag::Proper))
            if form == Form::Third
                && (token.lower == "says" || token.lower == "reports" && before == Tag::Proper)
                && around
                    .next
                    .is_none_or(|next| next.facts.mark == Some(Tag::Mark)) =>
        {
            Tag::Verb(form)
        }
        Some(Tag::Noun | Tag::Proper) if noun_too => after_noun(form, around),
        Some(Tag::Conjunction) if noun_too && form == Form::Third => {
            // "is based in Riga and works for"
            let works = token.lower.as_str() == "works" && around.next_is_function;
            if works || around.next_is_noun || next_is(words::IS_DETERMINER) {
                Tag::Verb(form)
            } else {
                Tag::Noun
            }
        }
        None | Some(Tag::Conjunction | Tag::Comma | Tag::Mark) if noun_too => {
            if next_is(words::IS_DETERMINER.or(words::IS_POSSESSIVE)) {
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
    let next = around.next.map_or("", |token| token.lower.as_str());
    let next_is = |words| around.next.is_some_and(|token| token.is(words));
    // "uses scheduled tasks": what follows describes the object.
    let participle = next.ends_with("ed") || next.ends_with("en");
    let describes = around
        .after_next
        .filter(|_| participle)
        .is_some_and(|token| {
            let lower = token.lower.as_str();
            token.text.starts_with(char::is_lowercase)
                && lower.ends_with('s')
                && !token.is(words::IS_PREPOSITION
                    .or(words::IS_POSSESSIVE)
                    .or(words::IS_DETERMINER)
                    .or(words::IS_SUBORDINATOR)
                    .or(words::IS_AUXILIARY))
        });
    // "bank details were", "login prompts as", "attacks exploded by"
    let goes_on = next_is(words::IS_AUXILIARY.or(words::IS_MODAL))
        || next_is(words::IS_SUBORDINATOR) && next != "that"
        || next.len() > 5 && next.ends_with("ed") && !describes && !next_is(words::IS_ADJECTIVE);
    let object_follows = !around.next_is_function
        && !goes_on
        && around
            .next
            .is_some_and(|token| !matches!(token.facts.mark, Some(Tag::Comma | Tag::Mark)))
        && around
            .next
            .and_then(Token::verb)
            .is_none_or(|(_, form)| form != Form::Past || describes);
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
