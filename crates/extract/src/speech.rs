//! Who speaks: reporting verbs, "according to", quotations.

pub(crate) mod doubt;

use std::collections::HashMap;
use std::sync::LazyLock;

use daylight_model::{Force, Span};

use crate::clause::{Clauses, Mood, VerbGroup};
use crate::tokens::Tag;
use crate::words::{self, WordHash};

/// A part of a sentence that somebody says.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Who: a noun phrase of the sentence, or whoever spoke before.
    pub(crate) speaker: FrameSpeaker,
    /// How it is put.
    pub(crate) force: Force,
    /// Whether they stand behind it.
    pub(crate) stance: Stance,
    /// Which part of the document is said.
    pub(crate) scope: Span,
    /// The chunk of the reporting verb.
    pub(crate) verb: Option<usize>,
}

/// Who speaks in a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FrameSpeaker {
    /// A noun chunk of this sentence.
    Chunk(usize),
    /// Whoever is quoted around here.
    Quoted,
    /// Who is named before a noun: "Acme's claim".
    Owner(Span),
    /// Nobody new.
    Same,
}

/// Whether a speaker stands behind what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stance {
    /// They do, or their force tells how far.
    Held,
    /// They say that it is not so.
    Negated,
    /// They leave it open, so that nothing is claimed.
    Open,
}

/// Verbs that report what somebody says, with their force.
const REPORTING: &[(&str, Force)] = &[
    ("say", Force::Asserted),
    ("tell", Force::Asserted),
    ("state", Force::Asserted),
    ("assert", Force::Asserted),
    ("confirm", Force::Asserted),
    ("warn", Force::Asserted),
    ("add", Force::Asserted),
    ("note", Force::Asserted),
    ("continue", Force::Asserted),
    ("explain", Force::Asserted),
    ("conclude", Force::Asserted),
    ("assess", Force::Asserted),
    ("find", Force::Asserted),
    ("determine", Force::Asserted),
    ("reveal", Force::Asserted),
    ("disclose", Force::Asserted),
    ("declare", Force::Asserted),
    ("write", Force::Asserted),
    ("stress", Force::Asserted),
    ("reiterate", Force::Asserted),
    ("acknowledge", Force::Asserted),
    ("admit", Force::Asserted),
    ("believe", Force::Asserted),
    ("estimate", Force::Asserted),
    ("insist", Force::Asserted),
    ("maintain", Force::Asserted),
    ("outline", Force::Asserted),
    ("describe", Force::Asserted),
    ("observe", Force::Asserted),
    ("detail", Force::Asserted),
    ("report", Force::Reported),
    ("announce", Force::Announced),
    ("allege", Force::Alleged),
    ("claim", Force::Alleged),
    ("suspect", Force::Alleged),
    ("suggest", Force::Alleged),
    ("argue", Force::Alleged),
    ("indicate", Force::Asserted),
    ("contend", Force::Alleged),
    ("deny", Force::Denied),
    ("doubt", Force::Asserted),
    ("expose", Force::Asserted),
    ("identify", Force::Asserted),
    ("remark", Force::Asserted),
    ("testify", Force::Asserted),
    ("think", Force::Asserted),
    ("charge", Force::Charged),
    ("indict", Force::Charged),
    ("blame", Force::Asserted),
    ("accuse", Force::Alleged),
    ("hold", Force::Asserted),
    ("discover", Force::Asserted),
    ("recall", Force::Asserted),
    ("tweet", Force::Asserted),
    ("emphasize", Force::Asserted),
    ("inform", Force::Asserted),
    ("caution", Force::Asserted),
    ("clarify", Force::Asserted),
    ("concede", Force::Asserted),
    ("reply", Force::Asserted),
    ("respond", Force::Asserted),
];

/// The force of a reporting verb.
pub(crate) fn reporting_force(lemma: &str) -> Option<Force> {
    static FORCES: LazyLock<HashMap<&str, Force, WordHash>> =
        LazyLock::new(|| REPORTING.iter().copied().collect());
    FORCES.get(lemma).copied()
}

/// Every frame of a sentence, in the order of their verbs.
pub(crate) fn frames(clauses: &Clauses<'_>, sentence: Span) -> Vec<Frame> {
    let mut frames: Vec<Frame> = clauses
        .verbs()
        .filter_map(|(verb, _)| reported(clauses, sentence, verb))
        .collect();
    frames.extend(doubt::frames(clauses, sentence));
    // From the outside in: who is named behind the words passes on what they say.
    frames.sort_by_key(|frame| {
        let trails = frame
            .verb
            .is_some_and(|verb| frame.scope.start < clauses.span(verb).start);
        (!trails, frame.scope.start)
    });
    frames.splice(0..0, according_to(clauses, sentence));
    frames
}

/// The frame of one reporting verb.
fn reported(clauses: &Clauses<'_>, sentence: Span, verb: usize) -> Option<Frame> {
    let group = clauses.verb(verb)?;
    let lemma = clauses.lemma(group);
    let force = if doubt::misreports(clauses, verb, lemma) {
        Force::Denied
    } else {
        reporting_force(lemma)?
    };
    // "said to have", "reported by", "was found to be": nobody is named who says it.
    if group.passive || group.mood == Mood::Infinitive {
        return None;
    }
    if only_looks_so(clauses, verb, group) {
        return None;
    }
    // "announced charges against": an act, not words that the rest of the sentence repeats.
    let complements = clauses.complements(verb);
    if force == Force::Announced && complements.direct.is_some() {
        return None;
    }
    // "wrote the program": a piece of work.
    let quotes = || clauses.tokens.iter().any(|token| token.tag == Tag::Quote);
    if lemma == "write" && complements.direct.is_some() && !quotes() {
        return None;
    }
    // "claimed responsibility for", "an indictment charging": the act itself.
    let responsibility = complements.direct.is_some_and(|direct| {
        matches!(
            clauses.head(direct).lower.as_str(),
            "responsibility" | "credit"
        )
    });
    if responsibility || group.mood == Mood::Participle && force == Force::Charged {
        return None;
    }
    let stance = doubt::stance(clauses, verb, group);
    let verb_span = clauses.span(verb);
    let after = Span::new(verb_span.end, sentence.end);
    let later_clause = clauses
        .verbs()
        .any(|(at, other)| at > verb && other.mood == Mood::Finite);
    let Some(subject) = own_subject(clauses, verb) else {
        // “…,” said the minister.
        let inverted = inverted_subject(clauses, verb).filter(|_| group.mood == Mood::Finite)?;
        let force = in_court(clauses, inverted, force);
        let scope = Span::new(sentence.start, verb_span.start);
        return Some(Frame {
            speaker: FrameSpeaker::Chunk(inverted),
            force,
            stance,
            scope,
            verb: Some(verb),
        });
    };
    if !can_speak(clauses, subject, lemma) {
        return None;
    }
    let stance = if doubt::is_nobody(clauses, subject) || doubt::is_superseded(clauses, subject) {
        Stance::Open
    } else {
        stance
    };
    let force = in_court(clauses, subject, force);
    if force != Force::Asserted
        && lemma != "deny"
        && !later_clause
        && complements.direct.is_none()
        && !trails(clauses, subject)
    {
        return None;
    }
    let scope = if trails(clauses, subject) && !resumes(clauses, verb) {
        Span::new(sentence.start, clauses.subject_phrase(subject).start)
    } else if trails(clauses, subject) {
        sentence
    } else if force == Force::Denied || stance != Stance::Held {
        doubt::clause(clauses, verb, sentence)
    } else {
        relative_end(clauses, verb, subject).map_or(after, |end| Span::new(after.start, end))
    };
    Some(Frame {
        speaker: FrameSpeaker::Chunk(subject),
        force,
        stance,
        scope,
        verb: Some(verb),
    })
}

/// "continue to work", "at the moment of writing", "readers may recall": nobody says anything.
fn only_looks_so(clauses: &Clauses<'_>, verb: usize, group: VerbGroup) -> bool {
    let chunk = &clauses.chunks[verb];
    let before = verb.checked_sub(1).and_then(|at| clauses.word(at));
    let gerund =
        group.mood == Mood::Participle && before.is_some_and(|token| token.tag == Tag::Preposition);
    let goes_on = clauses.lemma(group) == "continue"
        && clauses
            .verb(verb + 1)
            .is_some_and(|next| next.mood == Mood::Infinitive);
    let supposed = !group.negated
        && clauses.tokens[chunk.first..=chunk.last]
            .iter()
            .any(|token| {
                token.tag == Tag::Modal
                    && matches!(token.lower.as_str(), "may" | "might" | "could" | "should")
            });
    gerund || goes_on || supposed
}

/// What an indictment or a complaint says is charged.
fn in_court(clauses: &Clauses<'_>, speaker: usize, force: Force) -> Force {
    let head = clauses.head(clauses.root(speaker));
    let paper = matches!(
        head.lower.as_str(),
        "indictment" | "complaint" | "filing" | "filings" | "affidavit" | "lawsuit"
    );
    if paper && force == Force::Asserted {
        Force::Charged
    } else {
        force
    }
}

/// Whether a subject can be one who speaks: an attack "reveals" and a flaw "shows", but they say
/// nothing.
fn can_speak(clauses: &Clauses<'_>, subject: usize, lemma: &str) -> bool {
    const OF_SPEECH: &[&str] = &[
        "say", "tell", "state", "write", "add", "announce", "deny", "allege", "warn", "testify",
    ];
    let root = clauses.root(subject);
    let head = clauses.head(root);
    let word = head.lower.as_str();
    let thing = words::IS_ATTACK_NOUN.contains(word)
        || words::IS_MEANS_NOUN.contains(word) && word != "documents"
        || words::IS_FLAW_NOUN.contains(word)
        || words::IS_TIME_NOUN.contains(word);
    if OF_SPEECH.contains(&lemma) || head.tag == Tag::Pronoun {
        return !thing || head.tag == Tag::Proper;
    }
    // "Businesses believe": a capital at the start is no name.
    let opens = clauses
        .tokens
        .first()
        .is_some_and(|first| first.span == head.span);
    let named = head.tag == Tag::Proper && !(opens && word.ends_with('s') && word.len() > 5);
    let speaks = [
        "er", "ers", "or", "ors", "ist", "ists", "man", "men", "woman", "ian", "ians",
    ]
    .iter()
    .any(|end| word.ends_with(end));
    !thing
        && (named
            || speaks
            || words::IS_PERSON_NOUN.contains(word)
            || words::IS_SPEAKER_NOUN.contains(word))
}

/// Where ", which researchers say works for them," ends: what follows is nobody's but the
/// sentence's own.
fn relative_end(clauses: &Clauses<'_>, verb: usize, subject: usize) -> Option<usize> {
    let is = |at: usize, tag: Tag| clauses.word(at).is_some_and(|token| token.tag == tag);
    // "which says it took files," has "which" itself for its subject.
    let own = verb.checked_sub(1).filter(|&at| is(at, Tag::Relative));
    let relative = own.or_else(|| subject.checked_sub(1).filter(|&at| is(at, Tag::Relative)))?;
    relative.checked_sub(1).filter(|&at| is(at, Tag::Comma))?;
    let closing = (verb + 1..clauses.chunks.len()).find(|&at| is(at, Tag::Comma))?;
    let resumes = clauses
        .verb(closing + 1)
        .is_some_and(|group| group.mood == Mood::Finite);
    resumes.then(|| clauses.span(closing).start)
}

/// The subject of a reporting verb. In "who prosecutors allege were working" it is the noun
/// right before the verb, not what the relative pronoun stands for.
fn own_subject(clauses: &Clauses<'_>, verb: usize) -> Option<usize> {
    let mut before = verb.checked_sub(1)?;
    while matches!(
        clauses.word(before).map(|token| token.tag),
        Some(Tag::Adverb | Tag::Quote)
    ) {
        before = before.checked_sub(1)?;
    }
    let is_time = clauses.is_noun(before) && clauses.head(before).is(words::IS_TIME_NOUN);
    if clauses.is_noun(before) && !is_time {
        let governed = before
            .checked_sub(1)
            .and_then(|at| clauses.word(at))
            .is_some_and(|token| token.tag == Tag::Preposition);
        if !governed {
            return Some(clauses.root(before));
        }
    }
    // A comma before the verb with nothing but a quotation ahead: the speaker comes after.
    let comma = clauses
        .word(before)
        .is_some_and(|token| matches!(token.tag, Tag::Comma));
    let finite = clauses
        .verb(verb)
        .is_some_and(|group| group.mood == Mood::Finite);
    // "The officials, who asked for silence, said a crew": they speak.
    let relative = (0..before)
        .rev()
        .find(|&at| {
            clauses
                .word(at)
                .is_some_and(|token| token.tag == Tag::Comma)
        })
        .is_some_and(|opening| clauses.opens_relative(opening + 1));
    if comma && finite && !relative && inverted_subject(clauses, verb).is_some() {
        return None;
    }
    clauses.subject(verb)
}

/// "…,” said the minister": the noun right after the verb, where no clause follows.
fn inverted_subject(clauses: &Clauses<'_>, verb: usize) -> Option<usize> {
    const INVERTED: &[&str] = &[
        "say", "add", "write", "state", "warn", "explain", "note", "continue", "reveal",
        "conclude", "report", "claim", "insist", "argue", "observe", "remark", "tweet", "recall",
        "reply", "respond",
    ];
    let group = clauses.verb(verb)?;
    let before = verb
        .checked_sub(1)
        .filter(|_| INVERTED.contains(&clauses.lemma(group)))?;
    let closes = clauses
        .word(before)
        .is_some_and(|token| matches!(token.tag, Tag::Comma | Tag::Quote | Tag::Mark));
    let noun = verb + 1;
    let name_follows = clauses.is_noun(noun)
        && !clauses
            .verbs()
            .any(|(at, group)| at == noun + 1 && group.mood == Mood::Finite);
    (closes && name_follows).then_some(noun)
}

/// Whether the speaker stands behind what is said: "…, the statement said."
fn trails(clauses: &Clauses<'_>, subject: usize) -> bool {
    let start = clauses.subject_phrase(subject).start;
    let first = clauses.chunk_at(start);
    let Some(before) = first.checked_sub(1).and_then(|at| clauses.word(at)) else {
        return false;
    };
    let finite_before = clauses
        .verbs()
        .any(|(at, group)| at < first && group.mood == Mood::Finite);
    let quoted_before = clauses
        .tokens
        .iter()
        .any(|token| token.tag == Tag::Quote && token.span.end <= start);
    matches!(before.tag, Tag::Comma | Tag::Quote) && (finite_before || quoted_before)
}

/// Whether the sentence goes on after the speaker: “…,” he said, “…”; "…, it said, and …".
fn resumes(clauses: &Clauses<'_>, verb: usize) -> bool {
    let end = clauses.span(verb).end;
    let quoted = clauses.tokens.windows(2).any(|pair| {
        pair[0].span.start >= end
            && matches!(pair[0].tag, Tag::Comma | Tag::Mark)
            && pair[1].tag == Tag::Quote
    });
    let comma = clauses
        .word(verb + 1)
        .is_some_and(|token| token.tag == Tag::Comma);
    quoted || comma && clauses.chunks.len() > verb + 3
}

/// "According to the indictment, …" and "…, according to Microsoft."
fn according_to(clauses: &Clauses<'_>, sentence: Span) -> Option<Frame> {
    let at = clauses
        .tokens
        .windows(2)
        .position(|pair| pair[0].lower == "according" && pair[1].lower == "to")?;
    let noun = clauses.chunk_at(clauses.tokens[at + 1].span.end);
    if !clauses.is_noun(noun) {
        return None;
    }
    let phrase = clauses.object_phrase(noun);
    let force = match clauses.head(noun).lower.as_str() {
        "indictment" | "complaint" | "charges" | "filing" | "filings" | "affidavit"
        | "documents" => Force::Charged,
        "people" | "person" | "source" | "sources" | "media" | "reports" | "press" | "report" => {
            Force::Reported
        }
        "prosecutors" => Force::Alleged,
        _ => Force::Asserted,
    };
    let leads = clauses.tokens[at].span.start <= sentence.start + 2;
    let goes_on = clauses
        .tokens
        .iter()
        .find(|token| token.span.start >= phrase.end)
        .is_some_and(|token| token.tag == Tag::Comma);
    let scope = if leads {
        Span::new(phrase.end, sentence.end)
    } else if goes_on {
        sentence
    } else {
        Span::new(sentence.start, clauses.tokens[at].span.start)
    };
    Some(Frame {
        speaker: FrameSpeaker::Chunk(noun),
        force,
        stance: Stance::Held,
        scope,
        verb: None,
    })
}

/// The quotations, of a list in the order of the text, that a span touches.
pub(crate) fn overlapping(quotations: &[Span], span: Span) -> &[Span] {
    let from = quotations.partition_point(|quotation| quotation.end <= span.start);
    let to = quotations.partition_point(|quotation| quotation.start < span.end);
    quotations.get(from..to.max(from)).unwrap_or_default()
}

/// Where a document's quotations are, found paragraph by paragraph. A paragraph that opens a
/// quotation and never closes it is quoted to its end (the next one opens again).
pub(crate) fn quotations(text: &str, block: Span) -> Vec<Span> {
    let part = block.of(text);
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, character) in part.char_indices() {
        let place = block.start + at;
        match (character, open) {
            ('“' | '«', None) => open = Some(place),
            ('"', None) => open = Some(place),
            ('”' | '»' | '"', Some(start)) => {
                found.push(Span::new(start, place + character.len_utf8()));
                open = None;
            }
            _ => {}
        }
    }
    if let Some(start) = open {
        found.push(Span::new(start, block.end));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::plain_tokens;

    /// Checks who speaks in a sentence, with what force, and what is said.
    #[track_caller]
    fn check(input: &str, expected: &[(&str, Force, &str)]) {
        let whole = Span::new(0, input.len());
        let clauses = Clauses::new(plain_tokens(input));
        let frames = frames(&clauses, whole);
        let found: Vec<_> = frames
            .iter()
            .map(|frame| {
                let speaker = match frame.speaker {
                    FrameSpeaker::Chunk(chunk) => clauses.subject_phrase(chunk).of(input),
                    _ => "",
                };
                let said = frame.scope.trimmed(input).of(input);
                (speaker, frame.force, said.trim_matches([',', ' ', '.']))
            })
            .collect();
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn frames_of_speech() {
        check(
            "The bureau said thieves took the keys.",
            &[("The bureau", Force::Asserted, "thieves took the keys")],
        );
        check(
            "Thieves took the keys, the bureau alleged.",
            &[("the bureau", Force::Alleged, "Thieves took the keys")],
        );
        check(
            "Thieves took the keys, the bureau said, and sold them.",
            &[(
                "the bureau",
                Force::Asserted,
                "Thieves took the keys, the bureau said, and sold them",
            )],
        );
        check(
            "In May, a panel of judges found that the firm paid.",
            &[("a panel of judges", Force::Asserted, "that the firm paid")],
        );
        check(
            "The paper wrongly said that the firm paid.",
            &[("The paper", Force::Denied, "that the firm paid")],
        );
        check("The attack revealed that the keys were old.", &[]);
        check("The crew claimed responsibility for the theft.", &[]);
    }
}
