//! Words of a sentence, each with what it is there.
//!
//! No model: closed word classes, a list of verbs with their forms and, where a word can be
//! noun or verb, its neighbours. The claim patterns need to know verbs from nouns and where a
//! noun phrase ends; they need no more.

mod settle;
mod tag;
mod vocabulary;

use daylight_model::Span;

pub(crate) use self::tag::title_case;
use self::vocabulary::Facts;
pub(crate) use self::vocabulary::{Lower, Vocabulary};
use crate::words::{Form, Words};

/// A word, number or mark.
#[derive(Debug, Clone)]
pub(crate) struct Token<'t> {
    /// Where it stands in the document's text.
    pub(crate) span: Span,
    /// As it is written.
    pub(crate) text: &'t str,
    /// In lower case, typographic apostrophes and hyphens made plain.
    pub(crate) lower: Lower<'t>,
    /// What it is.
    pub(crate) tag: Tag,
    facts: Facts,
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
            Tag::Verb(_) => self.verb().map_or(&self.lower, |(base, _)| base),
            _ => &self.lower,
        }
    }

    /// The base form and the form, where the word can be a verb.
    pub(crate) fn verb(&self) -> Option<(&'static str, Form)> {
        self.facts.known.verb
    }

    /// Whether a list holds the word.
    pub(crate) fn is(&self, words: Words) -> bool {
        self.facts.known.is(words)
    }

    /// Whether it starts with a capital letter.
    pub(crate) fn is_capitalised(&self) -> bool {
        self.facts.capitalised
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
pub(crate) fn tokens<'t>(
    text: &'t str,
    sentence: Span,
    names: &[Span],
    vocabulary: &mut Vocabulary<'t>,
) -> Vec<Token<'t>> {
    let mut tokens: Vec<Token<'_>> = join(split(text, sentence), names)
        .into_iter()
        .map(|span| {
            let written = span.of(text);
            let word = vocabulary.word(written);
            Token {
                span,
                text: written,
                lower: word.lower,
                tag: Tag::Mark,
                facts: word.facts,
            }
        })
        .collect();
    let titled = title_case(&tokens);
    for index in 0..tokens.len() {
        let is_name = names.binary_search(&tokens[index].span).is_ok();
        tokens[index].tag = if is_name {
            Tag::Proper
        } else {
            tag::tag(&tokens, index, titled)
        };
    }
    settle::settle(&mut tokens);
    tokens
}

/// Joins the tokens that a name covers.
fn join(spans: Vec<Span>, names: &[Span]) -> Vec<Span> {
    if names.is_empty() {
        return spans;
    }
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
    let body = sentence.of(text);
    let mut spans = Vec::with_capacity(body.len() / 5 + 2);
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
    let bytes = rest.as_bytes();
    let plain = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    // Most words end at a blank.
    if plain > 0 && bytes.get(plain).is_none_or(u8::is_ascii_whitespace) {
        return plain;
    }
    let mut end = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let joins = matches!(
            character,
            '-' | '‐' | '‑' | '–' | '\'' | '’' | '.' | '@' | '/' | ',' | '&' | '[' | ']' | ':'
        );
        if is_word(character) || at == 0 || character == '%' {
            end = at + character.len_utf8();
        } else if joins {
            let next = characters.peek().map(|&(_, next)| next);
            let before_digit = rest[..at].ends_with(|c: char| c.is_ascii_digit());
            let goes_on = match character {
                // "government–backed": the dash stands for a hyphen.
                '–' => [
                    "backed",
                    "affiliated",
                    "sponsored",
                    "linked",
                    "aligned",
                    "run",
                ]
                .iter()
                .any(|end| rest[at + character.len_utf8()..].starts_with(end)),
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
    let contracted = |byte: u8| byte == b'\'' || !byte.is_ascii();
    let ends = if word.bytes().any(contracted) {
        ENDS
    } else {
        &[]
    };
    for end in ends {
        if let Some(stem) = word.strip_suffix(*end).filter(|stem| !stem.is_empty()) {
            spans.push(Span::new(span.start, span.start + stem.len()));
            spans.push(Span::new(span.start + stem.len(), span.end));
            return;
        }
    }
    spans.push(span);
}

/// The tokens of a sentence without names.
#[cfg(test)]
pub(crate) fn plain_tokens(text: &str) -> Vec<Token<'_>> {
    tokens(
        text,
        Span::new(0, text.len()),
        &[],
        &mut Vocabulary::new(text.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the verbs of a sentence: the words tagged as full verbs.
    #[track_caller]
    fn check(input: &str, verbs: &[&str]) {
        let found: Vec<String> = plain_tokens(input)
            .into_iter()
            .filter(|token| matches!(token.tag, Tag::Verb(_)))
            .map(|token| token.lower.to_string())
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
        let found: Vec<&str> = plain_tokens(input)
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
