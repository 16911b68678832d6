//! Who says a claim.

use daylight_model::{EntityKind, Span, Speaker};

use super::party::{is_plural, tidy};
use super::{ClaimReader, Sentence};
use crate::clause::{Clauses, Mood};
use crate::discourse::{self, Discourse};
use crate::entities::{Entities, without_article};
use crate::speech::{Frame, FrameSpeaker};
use crate::tokens::Tag;

impl ClaimReader<'_> {
    /// Who speaks in a frame.
    pub(super) fn frame_speaker(
        &self,
        frame: &Frame,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Option<Speaker> {
        match frame.speaker {
            // "This advisory describes": nobody but whoever speaks anyway.
            FrameSpeaker::Chunk(chunk)
                if self.is_paper(chunk, sentence) && !discourse.has_spoken()
                    || self.is_own_text(chunk, sentence) =>
            {
                None
            }
            FrameSpeaker::Chunk(chunk) => Some(self.speaker(chunk, sentence, entities, discourse)),
            FrameSpeaker::Quoted => discourse.quoted(sentence.span.start),
            FrameSpeaker::Owner(span) => Some(self.owner(span, entities)),
            FrameSpeaker::Same => None,
        }
    }

    /// Who is named before a noun: "Acme's claim".
    fn owner(&self, span: Span, entities: &Entities) -> Speaker {
        let text = span.of(&self.document.text).to_owned();
        let named = entities
            .named_in(span)
            .iter()
            .rfind(|named| !named.adjective);
        let entity = named.map(|named| named.entity);
        let name = entity.map_or_else(
            || without_article(&text).to_owned(),
            |entity| entities.list[entity].name.clone(),
        );
        Speaker {
            name,
            text,
            span: Some(span),
            entity,
        }
    }

    /// Whether the text speaks of itself: "we" outside a quotation, "a version of this article".
    pub(super) fn is_own_text(&self, chunk: usize, sentence: &Sentence<'_, '_>) -> bool {
        let clauses = sentence.clauses;
        let quotes = clauses.tokens.iter().any(|token| token.tag == Tag::Quote)
            || sentence
                .frames
                .iter()
                .any(|frame| frame.speaker == FrameSpeaker::Quoted);
        let words = clauses
            .subject_phrase(chunk)
            .of(&self.document.text)
            .to_lowercase();
        clauses.head(chunk).lower == "we" && !quotes
            || ["this article", "this story"]
                .iter()
                .any(|own| words.contains(own))
    }

    /// Whether a noun chunk is the document itself: "this report", "the advisory".
    pub(super) fn is_paper(&self, chunk: usize, sentence: &Sentence<'_, '_>) -> bool {
        let first = &sentence.clauses.tokens[sentence.clauses.chunks[chunk].first];
        matches!(first.lower.as_str(), "this" | "the")
            && sentence.clauses.head(chunk).tag != Tag::Proper
            && discourse::is_statement(&sentence.clauses.head(chunk).lower)
    }

    /// A noun chunk as a speaker: "the statement" speaks for who made it.
    pub(crate) fn speaker(
        &self,
        chunk: usize,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Speaker {
        let text = &self.document.text;
        let chunk = sentence.clauses.name_beside(chunk).unwrap_or(chunk);
        let span = tidy(text, sentence.clauses.subject_phrase(chunk));
        let words = span.of(text).to_owned();
        let head = sentence.clauses.head(sentence.clauses.root(chunk));
        if let Some(earlier) = speaks_on(chunk, sentence) {
            return self.speaker(earlier, sentence, entities, discourse);
        }
        if let Some(own) = self.spoken_of_before(chunk, sentence, entities) {
            return Speaker {
                name: entities.list[own].name.clone(),
                text: words,
                span: Some(span),
                entity: Some(own),
            };
        }
        if let Some(previous) = discourse.speaks_through(head, &words) {
            return Speaker {
                text: words,
                span: Some(span),
                ..previous
            };
        }
        let clauses = sentence.clauses;
        let (span, body) = described_by(clauses, chunk, span);
        let words = span.of(text).to_owned();
        let spoken_for = body.unwrap_or(chunk);
        let place = clauses.span(spoken_for);
        let phrase = if body.is_some() { place } else { span };
        let entity = self.entity(spoken_for, phrase, sentence, entities, discourse);
        let name = entity.map_or_else(
            || without_article(phrase.of(text)).to_owned(),
            |entity| entities.list[entity].name.clone(),
        );
        Speaker {
            name,
            text: words,
            span: Some(span),
            entity,
        }
    }
}

/// "Corvid blamed a group that it says": whoever began to speak in the sentence.
fn speaks_on(chunk: usize, sentence: &Sentence<'_, '_>) -> Option<usize> {
    const POINTING: &[&str] = &["attribute", "blame", "link", "tie", "connect", "trace"];
    let clauses = sentence.clauses;
    let plural = match clauses.head(chunk).lower.as_str() {
        "it" => false,
        "they" => true,
        _ => return None,
    };
    let fits = |&noun: &usize| {
        let many = is_plural(clauses, noun);
        noun < chunk && clauses.head(noun).tag != Tag::Pronoun && many == plural
    };
    let framed = sentence
        .frames
        .iter()
        .filter_map(|frame| match frame.speaker {
            FrameSpeaker::Chunk(noun) => Some(noun),
            _ => None,
        });
    let points = clauses
        .verbs()
        .filter(|&(_, group)| !group.passive && POINTING.contains(&clauses.lemma(group)))
        .filter_map(|(at, _)| clauses.subject(at));
    framed.chain(points).find(fits)
}

/// "Two people familiar with the matter": passed on, not put forward by anybody.
pub(super) fn is_unnamed_source(words: &str) -> bool {
    let lower = words.to_lowercase();
    if [
        "familiar with",
        "briefed on",
        "with knowledge of",
        "current and former officials",
        "not authori",
    ]
    .iter()
    .any(|told| lower.contains(told))
    {
        return true;
    }
    lower.split(' ').any(|word| {
        matches!(
            word,
            "people" | "person" | "sources" | "source" | "insiders"
        )
    }) && !lower.contains("prosecutor")
}

impl ClaimReader<'_> {
    /// "The union was more careful: it said": the body that the sentence began with.
    fn spoken_of_before(
        &self,
        chunk: usize,
        sentence: &Sentence<'_, '_>,
        entities: &Entities,
    ) -> Option<usize> {
        let clauses = sentence.clauses;
        if clauses.head(chunk).lower != "it" {
            return None;
        }
        let (first, _) = clauses.verbs().next().filter(|&(at, _)| at < chunk)?;
        let subject = clauses.subject(first).filter(|&noun| noun < chunk)?;
        let named = entities.named_in(clauses.span(clauses.root(subject)));
        let body = named.iter().rfind(|named| !named.adjective)?;
        matches!(
            entities.list[body.entity].kind,
            EntityKind::GovernmentBody
                | EntityKind::InternationalBody
                | EntityKind::Country
                | EntityKind::Organization
        )
        .then_some(body.entity)
    }
}

/// Who speaks in the name of others.
const SPOKEN_BY: &[&str] = &[
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "lawyer",
    "lawyers",
    "attorney",
    "attorneys",
    "representative",
];

/// A speaker's phrase with what describes them ("two people briefed on the inquiry"), and the
/// body that they speak for ("researchers at Ostra Labs").
fn described_by(clauses: &Clauses<'_>, chunk: usize, span: Span) -> (Span, Option<usize>) {
    let head = clauses.head(clauses.root(chunk));
    if matches!(head.tag, Tag::Proper | Tag::Pronoun) {
        return (span, None);
    }
    let mut next = clauses.chunk_at(span.end);
    let told = clauses
        .verb(next)
        .is_some_and(|group| group.passive && group.mood == Mood::Participle);
    next += usize::from(told);
    let preposition = clauses
        .word(next)
        .filter(|token| token.tag == Tag::Preposition && clauses.is_noun(next + 1));
    let Some(preposition) = preposition else {
        return (span, None);
    };
    let leads = matches!(preposition.lower.as_str(), "at" | "for" | "from" | "with");
    let named = clauses.head(next + 1).tag == Tag::Proper;
    // "a spokesman for the embassy": such people speak for nobody else.
    let speaks_for = SPOKEN_BY.contains(&head.lower.as_str()) && preposition.lower == "for";
    let body = Some(next + 1).filter(|_| (named && leads || speaks_for) && !told);
    let known = told || head.lower == "people" || head.lower == "person" || body.is_some();
    if known || preposition.lower == "with" {
        (span.join(clauses.object_phrase(next + 1)), body)
    } else {
        (span, None)
    }
}
