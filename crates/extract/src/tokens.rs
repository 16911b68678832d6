//! Words of a sentence, each with what it is there.
//!
//! No model: closed word classes, a list of verbs with their forms and, where a word can be
//! noun or verb, its neighbours. The claim patterns need to know verbs from nouns and where a
//! noun phrase ends; they need no more.

use daylight_model::Span;

use crate::words::{self, Form};

/// A word, number or mark.
#[derive(Debug, Clone)]
pub(crate) struct Token<'t> {
    /// Where it stands in the document's text.
    pub(crate) span: Span,
    /// As it is written.
    pub(crate) text: &'t str,
    /// In lower case, typographic apostrophes and hyphens made plain.
    pub(crate) lower: String,
    /// What it is.
    pub(crate) tag: Tag,
}

impl Token<'_> {
    /// The base form of a verb, else the lower-case word.
    pub(crate) fn lemma(&self) -> &str {
        match self.tag {
            Tag::Auxiliary => match self.lower.as_str() {
                "has" | "had" | "having" | "'ve" => "have",
                "does" | "did" => "do",
                "have" | "do" => &self.lower,
                _ => "be",
            },
            Tag::Verb(_) => words::VERB_FORMS
                .get(&self.lower)
                .map_or(&self.lower, |&(base, _)| base),
            _ => &self.lower,
        }
    }

    /// Whether it starts with a capital letter.
    pub(crate) fn is_capitalised(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// A name, or a part of one.
    Proper,
    /// A noun.
    Noun,
    /// An adjective, or a participle before a noun.
    Adjective,
    /// An article or another determiner.
    Determiner,
    /// "its", "whose".
    Possessive,
    /// "it", "they".
    Pronoun,
    /// Digits or a number word.
    Number,
    /// A full verb.
    Verb(Form),
    /// "is", "has", "did".
    Auxiliary,
    /// "may", "could".
    Modal,
    /// "to" before a verb.
    To,
    /// A preposition.
    Preposition,
    /// "and", "or", "but".
    Conjunction,
    /// "that", "because", "while".
    Subordinator,
    /// "who", "which", "that" after a noun.
    Relative,
    /// An adverb.
    Adverb,
    /// "not".
    Negation,
    /// The "'s" of a possessor.
    PossessiveS,
    /// A comma.
    Comma,
    /// A quotation mark.
    Quote,
    /// Any other mark.
    Mark,
}

/// The tokens of one sentence. Each of `names` (in order) is one token, whatever words it has:
/// "Check Point" holds no verb.
pub(crate) fn tokens<'t>(text: &'t str, sentence: Span, names: &[Span]) -> Vec<Token<'t>> {
    let mut tokens: Vec<Token<'_>> = join(split(text, sentence), names)
        .into_iter()
        .map(|span| {
            let word = span.of(text);
            let lower = word
                .to_lowercase()
                .replace(['’', '‘'], "'")
                .replace(['‐', '‑'], "-");
            Token {
                span,
                text: word,
                lower,
                tag: Tag::Mark,
            }
        })
        .collect();
    for index in 0..tokens.len() {
        let is_name = names.binary_search(&tokens[index].span).is_ok();
        tokens[index].tag = if is_name {
            Tag::Proper
        } else {
            tag(&tokens, index)
        };
    }
    settle(&mut tokens);
    tokens
}

/// Joins the tokens that a name covers.
fn join(spans: Vec<Span>, names: &[Span]) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        let name = names.partition_point(|name| name.end <= span.start);
        match (
            names.get(name).filter(|name| name.contains(span)),
            joined.last_mut(),
        ) {
            (Some(name), Some(last)) if name.contains(*last) => last.end = span.end,
            _ => joined.push(span),
        }
    }
    joined
}

/// Where the tokens are. Words keep inner full stops, hyphens and apostrophes ("U.S.",
/// "state-sponsored", "Temp.Jumper"); a possessor's "'s" is a token of its own.
fn split(text: &str, sentence: Span) -> Vec<Span> {
    let mut spans = Vec::new();
    let body = sentence.of(text);
    let mut at = 0;
    while let Some(first) = body[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let length = if is_word(first)
            || (matches!(first, '$' | '€' | '£')
                && body[at + first.len_utf8()..].starts_with(|c: char| c.is_ascii_digit()))
        {
            word_length(&body[at..])
        } else {
            first.len_utf8()
        };
        push_word(
            text,
            Span::new(sentence.start + at, sentence.start + at + length),
            &mut spans,
        );
        at += length;
    }
    spans
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Length of the word that `rest` starts with.
fn word_length(rest: &str) -> usize {
    let mut end = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let joins = matches!(
            character,
            '-' | '‐' | '‑' | '\'' | '’' | '.' | '@' | '/' | ',' | '&' | '[' | ']' | ':'
        );
        if is_word(character) || at == 0 || character == '%' {
            end = at + character.len_utf8();
        } else if joins {
            let next = characters.peek().map(|&(_, next)| next);
            let before_digit = rest[..at].ends_with(|c: char| c.is_ascii_digit());
            let goes_on = match character {
                ',' | ':' => before_digit && next.is_some_and(|next| next.is_ascii_digit()),
                '[' => rest[at..].starts_with("[.]") || rest[at..].starts_with("[:]"),
                ']' => rest[..at].ends_with("[.") || rest[..at].ends_with("[:"),
                '.' => {
                    rest[..at].ends_with('[')
                        || next.is_some_and(is_word)
                        || is_initialism(&rest[..at])
                }
                _ => next.is_some_and(is_word),
            };
            if !goes_on {
                break;
            }
            end = at + character.len_utf8();
        } else {
            break;
        }
    }
    end
}

/// Whether a word before a full stop is one like "U.S" whose last stop belongs to it.
fn is_initialism(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
}

/// Adds a word, its possessive "'s" apart.
fn push_word(text: &str, span: Span, spans: &mut Vec<Span>) {
    let word = span.of(text);
    const ENDS: &[&str] = &[
        "'s", "’s", "n't", "n’t", "'re", "’re", "'ve", "’ve", "'ll", "’ll", "'m", "’m",
    ];
    for end in ENDS {
        if let Some(stem) = word.strip_suffix(*end).filter(|stem| !stem.is_empty()) {
            spans.push(Span::new(span.start, span.start + stem.len()));
            spans.push(Span::new(span.start + stem.len(), span.end));
            return;
        }
    }
    spans.push(span);
}

/// The tag of a token, given the words around it and the tags before it.
fn tag(tokens: &[Token<'_>], index: usize) -> Tag {
    let token = &tokens[index];
    let lower = token.lower.as_str();
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
    if let Some(closed) = closed_class(tokens, index) {
        return closed;
    }
    if starts_number(lower) {
        return Tag::Number;
    }
    if let Some(&(_, form)) = words::VERB_FORMS.get(lower)
        && !(capitalised_inside && !title_case(tokens))
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
fn mark(token: &Token<'_>) -> Option<Tag> {
    if token.lower == "'s" {
        return Some(Tag::PossessiveS);
    }
    if words::IS_AUXILIARY.contains(token.lower.as_str())
        || words::IS_MODAL.contains(token.lower.as_str())
    {
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
fn starts_clause(tokens: &[Token<'_>], index: usize) -> bool {
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

fn starts_number(lower: &str) -> bool {
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

/// Words that belong to a closed class.
fn closed_class(tokens: &[Token<'_>], index: usize) -> Option<Tag> {
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
        "that" if opens_clause(tokens, index) => Tag::Subordinator,
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
            && !title_case(tokens) =>
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
fn follows_adjective(tokens: &[Token<'_>], index: usize) -> bool {
    index
        .checked_sub(2)
        .is_some_and(|before| tokens[before].tag == Tag::Adjective)
}

/// "disputed that account.": a single word, and the clause ends.
fn points_at_noun(tokens: &[Token<'_>], index: usize) -> bool {
    let noun = tokens
        .get(index + 1)
        .is_some_and(|token| token.text.starts_with(char::is_lowercase));
    noun && tokens
        .get(index + 2)
        .is_none_or(|token| matches!(mark(token), Some(Tag::Mark | Tag::Comma | Tag::Quote)))
}

/// "said on Tuesday that a group": an article or a name right after "that".
fn opens_clause(tokens: &[Token<'_>], index: usize) -> bool {
    tokens.get(index + 1).is_some_and(|next| {
        let lower = next.lower.as_str();
        index > 0
            && (words::IS_DETERMINER.contains(lower)
                || words::IS_POSSESSIVE.contains(lower)
                || words::IS_PRONOUN.contains(lower)
                || next.is_capitalised())
    })
}

/// Whether a word that can be a verb is one here.
fn verb_or_not(tokens: &[Token<'_>], index: usize, form: Form) -> Tag {
    let lower = tokens[index].lower.as_str();
    let before = tokens[..index]
        .iter()
        .rev()
        .find(|token| !matches!(token.tag, Tag::Quote | Tag::Adverb));
    let previous = before.map(|token| token.tag);
    let next = tokens.get(index + 1);
    let next_lower = next.map(|token| token.lower.as_str()).unwrap_or_default();
    let next_is_function =
        words::IS_PREPOSITION.contains(next_lower) || words::IS_CONJUNCTION.contains(next_lower);
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
        Some(Tag::Determiner | Tag::Possessive | Tag::PossessiveS | Tag::Adjective | Tag::Number)
    );
    match form {
        Form::Base | Form::Third => {
            let noun_too = words::IS_NOUN_OR_VERB.contains(words::VERB_FORMS[lower].0);
            match previous {
                Some(Tag::Modal | Tag::To) => Tag::Verb(form),
                // No sentence opens with "Affiliates" as a verb.
                None if form == Form::Third => Tag::Noun,
                Some(Tag::Negation | Tag::Pronoun | Tag::Relative)
                    if form == Form::Third || !noun_too || previous != Some(Tag::Negation) =>
                {
                    Tag::Verb(form)
                }
                Some(Tag::Auxiliary)
                    if before.is_some_and(|token| {
                        matches!(token.lower.as_str(), "do" | "does" | "did")
                    }) =>
                {
                    Tag::Verb(form)
                }
                _ if after_determiner => Tag::Noun,
                Some(Tag::Preposition) => Tag::Noun,
                // "which analysts say works for": the verb of what is said.
                Some(Tag::Verb(_))
                    if form == Form::Third
                        && before.is_some_and(|token| {
                            matches!(
                                token.lemma(),
                                "say" | "believe" | "think" | "allege" | "insist" | "maintain"
                            )
                        })
                        && next_is_function =>
                {
                    Tag::Verb(form)
                }
                Some(Tag::Verb(_)) if noun_too => Tag::Noun,
                // "used fake pages": no second verb follows at once, but for a few.
                Some(Tag::Verb(_))
                    if form == Form::Base
                        && next_is_noun
                        && before.is_some_and(|token| {
                            !matches!(token.lemma(), "help" | "let" | "make" | "go")
                        }) =>
                {
                    Tag::Adjective
                }
                Some(Tag::Noun | Tag::Proper) if noun_too => {
                    let plural = before.is_some_and(|token| token.lower.ends_with('s'));
                    let agrees = if plural {
                        form == Form::Base
                    } else {
                        form == Form::Third
                    };
                    let object_follows = !next_is_function
                        && next.is_some_and(|token| {
                            !matches!(mark(token), Some(Tag::Comma | Tag::Mark))
                        })
                        && words::VERB_FORMS
                            .get(next_lower)
                            .is_none_or(|&(_, form)| form != Form::Past);
                    if agrees && object_follows {
                        Tag::Verb(form)
                    } else {
                        Tag::Noun
                    }
                }
                Some(Tag::Conjunction) if noun_too && form == Form::Third => {
                    if next_is_noun || words::IS_DETERMINER.contains(next_lower) {
                        Tag::Verb(form)
                    } else {
                        Tag::Noun
                    }
                }
                None | Some(Tag::Conjunction | Tag::Comma | Tag::Mark) if noun_too => {
                    if words::IS_DETERMINER.contains(next_lower)
                        || words::IS_POSSESSIVE.contains(next_lower)
                    {
                        Tag::Verb(form)
                    } else {
                        Tag::Noun
                    }
                }
                _ => Tag::Verb(form),
            }
        }
        // "compromised servers", "several stolen documents", "collecting compromised accounts":
        // before a noun and not after a subject, a participle describes.
        Form::Past | Form::Participle => {
            let no_subject = after_determiner
                || matches!(previous, None | Some(Tag::Preposition | Tag::Verb(_)));
            let listed = matches!(previous, Some(Tag::Comma | Tag::Conjunction))
                && follows_adjective(tokens, index);
            let describes = (no_subject || listed) && next_is_noun;
            if describes
                || after_determiner && !matches!(previous, Some(Tag::Number | Tag::Adjective))
            {
                Tag::Adjective
            } else {
                Tag::Verb(form)
            }
        }
        Form::Ing => match previous {
            Some(Tag::Auxiliary) => Tag::Verb(form),
            _ if after_determiner => {
                if next_is_noun {
                    Tag::Adjective
                } else {
                    Tag::Noun
                }
            }
            _ => Tag::Verb(form),
        },
    }
}

/// Second look, with all tags known: words that the first look could not settle.
fn settle(tokens: &mut [Token<'_>]) {
    // A sentence has a verb. Where none was seen, a noun that can be one and has an object is it.
    let finite = |token: &Token<'_>| {
        matches!(
            token.tag,
            Tag::Auxiliary | Tag::Modal | Tag::Verb(Form::Third | Form::Past)
        )
    };
    if !tokens.iter().any(finite) {
        let candidate = (1..tokens.len()).find(|&index| {
            let is_third = words::VERB_FORMS
                .get(&tokens[index].lower)
                .is_some_and(|&(_, form)| form == Form::Third);
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
fn clause_verbs(tokens: &mut [Token<'_>]) {
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
                let &(_, form) = words::VERB_FORMS.get(&tokens[index].lower)?;
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
fn number_leads(tokens: &mut [Token<'_>]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the verbs of a sentence: the words tagged as full verbs.
    #[track_caller]
    fn check(input: &str, verbs: &[&str]) {
        let found: Vec<String> = tokens(input, Span::new(0, input.len()), &[])
            .into_iter()
            .filter(|token| matches!(token.tag, Tag::Verb(_)))
            .map(|token| token.lower)
            .collect();
        assert_eq!(found, verbs, "{input}");
    }

    #[test]
    fn verbs_are_told_from_nouns() {
        check(
            "The White House has said China is working with criminal gangs to commit cyberattacks.",
            &["said", "working", "commit"],
        );
        check(
            "The group targets hospitals and demands ransom payments.",
            &["targets", "demands"],
        );
        check("Hackers exploit the flaw.", &["exploit"]);
        check(
            "The cyber attacks against banks cost millions of dollars.",
            &["cost"],
        );
        check("The attack hit 30 companies.", &["hit"]);
        check(
            "China’s Ministry of State Security (MSS) has been using criminal contract hackers.",
            &["using"],
        );
        check(
            "The compromised servers were rebuilt after a hacking campaign targeting governments.",
            &["targeting"],
        );
        check(
            "Its unwillingness to address crime harms governments.",
            &["address", "harms"],
        );
        check(
            "operations that have included ransom demands of millions of dollars",
            &["included"],
        );
        check(
            "Officials in the U.S. accused Russia of interfering in the election.",
            &["accused", "interfering"],
        );
        check("The company may patch it in May.", &["patch"]);
    }

    #[test]
    fn words_keep_their_marks() {
        let input = "U.S. firms saw evil[.]example, 10,000 hits; it’s China’s.";
        let found: Vec<&str> = tokens(input, Span::new(0, input.len()), &[])
            .into_iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(
            found,
            [
                "U.S.",
                "firms",
                "saw",
                "evil[.]example",
                ",",
                "10,000",
                "hits",
                ";",
                "it",
                "’s",
                "China",
                "’s",
                "."
            ]
        );
    }
}
