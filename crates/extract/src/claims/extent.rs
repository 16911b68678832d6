//! How far a claim reaches in its sentence: which amounts, times and places are its own.

use daylight_model::{EntityKind, Relation, Span, TimeExpression};

use super::{ClaimReader, Sentence};
use crate::entities::Entities;
use crate::relations::{Draft, Side};
use crate::tokens::Tag;

impl ClaimReader<'_> {
    /// The part of the sentence whose amounts, times and hedges belong to a claim: from its
    /// first phrase to the next verb that is not part of a phrase of its own.
    pub(super) fn reach(&self, draft: &Draft, sentence: &Sentence<'_, '_>) -> Span {
        let clauses = sentence.clauses;
        let mut reach = clauses.span(draft.verb);
        let wide = matches!(
            draft.relation,
            Relation::AttributedTo | Relation::Charged | Relation::Conducts | Relation::Sanctioned
        );
        let next = clauses
            .verbs()
            .map(|(at, _)| at)
            .find(|&at| at > draft.verb && !wide);
        let end = next.map_or(sentence.span.end, |at| {
            // What stands between this verb's phrases and the next verb's subject is ours.
            clauses
                .subject(at)
                .filter(|&subject| subject > draft.verb)
                .map_or(clauses.span(at).start, |subject| {
                    clauses.span(subject).start.max(reach.end)
                })
        });
        reach.end = end.max(reach.end);
        for side in std::iter::once(draft.subject).chain(draft.object) {
            match side {
                Side::Subject(chunk) => reach = reach.join(clauses.subject_phrase(chunk)),
                Side::Object(chunk) => reach = reach.join(clauses.object_phrase(chunk)),
                _ => {}
            }
        }
        reach
    }

    /// When it is said to have happened: the first time named after the verb, else before it.
    /// A time right after a reporting verb ("said on Monday") is when it was said.
    pub(super) fn time(
        &self,
        sentence: &Sentence<'_, '_>,
        verb: usize,
        reach: Span,
    ) -> Option<TimeExpression> {
        let verb_end = sentence.clauses.span(verb).end;
        let of_speech = |time: &TimeExpression| {
            sentence
                .frames
                .iter()
                .filter_map(|frame| frame.verb)
                .any(|frame_verb| {
                    let said = sentence.clauses.span(frame_verb);
                    let next = sentence
                        .clauses
                        .verbs()
                        .map(|(at, _)| at)
                        .find(|&at| at > frame_verb)
                        .map_or(sentence.span.end, |at| sentence.clauses.span(at).start);
                    frame_verb != verb && time.span.start >= said.start && time.span.end <= next
                })
        };
        let mut own = sentence
            .times
            .iter()
            .filter(|time| reach.contains(time.span) && !of_speech(time));
        own.clone()
            .find(|time| time.span.start >= verb_end)
            .or_else(|| own.next())
            .cloned()
    }

    /// Where: "around the world", "in Ukraine".
    pub(super) fn place(
        &self,
        sentence: &Sentence<'_, '_>,
        reach: Span,
        entities: &Entities,
    ) -> Option<String> {
        let clauses = sentence.clauses;
        for (at, chunk) in clauses.chunks.iter().enumerate() {
            let token = &clauses.tokens[chunk.first];
            if !reach.contains(token.span) {
                continue;
            }
            if matches!(token.lower.as_str(), "worldwide" | "globally") {
                return Some(token.text.to_owned());
            }
            let leads = token.tag == Tag::Preposition
                && matches!(
                    token.lower.as_str(),
                    "in" | "across" | "around" | "throughout"
                );
            if leads && clauses.is_noun(at + 1) {
                let phrase = clauses.object_phrase(at + 1);
                let located = entities.named_in(phrase).iter().any(|named| {
                    !named.adjective
                        && matches!(
                            entities.list[named.entity].kind,
                            EntityKind::Country | EntityKind::Location
                        )
                });
                let world = matches!(
                    clauses.head(at + 1).lower.as_str(),
                    "world" | "globe" | "countries" | "country" | "europe" | "asia" | "africa"
                );
                if located || world {
                    return Some(token.span.join(phrase).of(&self.document.text).to_owned());
                }
            }
        }
        None
    }
}
