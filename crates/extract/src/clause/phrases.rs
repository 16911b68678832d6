//! What follows a verb, and how far a phrase reaches.

use daylight_model::Span;

use super::{ChunkKind, Clauses, Complements, Mood, NAMING};
use crate::tokens::Tag;
use crate::words;

impl Clauses<'_> {
    /// What follows a verb, up to the next clause.
    pub(crate) fn complements(&self, verb: usize) -> Complements {
        let mut found = Complements::default();
        let mut preposition: Option<String> = None;
        let mut at = verb + 1;
        while at < self.chunks.len() {
            match self.chunks[at].kind {
                ChunkKind::Noun => {
                    match preposition.take() {
                        Some(word) => found.prepositional.push((word, at)),
                        None if found.direct.is_none() && found.prepositional.is_empty() => {
                            found.direct = Some(at)
                        }
                        None => {}
                    }
                    at = self
                        .named_between(at)
                        .unwrap_or_else(|| self.end_of_list(at));
                }
                ChunkKind::Verb(group) => {
                    if group.mood == Mood::Participle
                        && let Some(word) = preposition.take()
                    {
                        found.gerunds.push((word, at));
                    }
                    break;
                }
                ChunkKind::Other => match self.tokens[self.chunks[at].first].tag {
                    // "out of" is led by its first word.
                    Tag::Preposition
                        if preposition.as_deref() == Some("out")
                            && self.word(at).is_some_and(|token| token.lower == "of") => {}
                    Tag::Preposition => {
                        preposition = Some(self.tokens[self.chunks[at].first].lower.to_string())
                    }
                    Tag::Subordinator if self.leads_phrase(at) => preposition = Some("as".into()),
                    Tag::Conjunction if self.is_preposition(at + 1) => {}
                    Tag::Comma => match self.after_aside(at) {
                        Some(next) => {
                            at = next;
                            continue;
                        }
                        None => break,
                    },
                    Tag::Adverb | Tag::Quote | Tag::Adjective | Tag::Negation => {}
                    // A participle may still follow: "accused Iran of planning and executing".
                    _ => break,
                },
            }
            at += 1;
        }
        found
    }

    /// "blamed a group it calls Orange Rook ‹for›": the name, behind which the sentence goes on.
    fn named_between(&self, noun: usize) -> Option<usize> {
        let contact = self.is_noun(noun + 1) && self.contact(noun + 1) == Some(noun);
        contact.then(|| self.naming(noun)).flatten()
    }

    /// Whether an "as" is followed by a phrase and no clause: "tracks the group as Tin Crow".
    pub(super) fn leads_phrase(&self, at: usize) -> bool {
        self.word(at).is_some_and(|token| token.lower == "as")
            && self.is_noun(at + 1)
            && self
                .verb(self.end_of_list(at + 1) + 1)
                .is_none_or(|group| group.mood != Mood::Finite)
    }

    /// What follows an aside that opens with a comma: an apposition, a relative clause, or
    /// ", the agency said,".
    pub(super) fn after_aside(&self, comma: usize) -> Option<usize> {
        const ASIDE_CHUNKS_MAX: usize = 24;
        let opening = self.chunks.get(comma + 1)?;
        let first = &self.tokens[opening.first];
        let closing = (comma + 2..self.chunks.len().min(comma + ASIDE_CHUNKS_MAX))
            .find(|&at| self.tag_at(at) == Some(Tag::Comma))?;
        let describes = self.opens_relative(comma + 1)
            || self.is_noun(comma + 1)
                && (matches!(first.lower.as_str(), "a" | "an" | "the")
                    || self.head(comma + 1).tag == Tag::Proper);
        // ", with moderate confidence, to"
        let manner = self.is_preposition(comma + 1) && closing <= comma + 4;
        let verbs = || (comma + 1..closing).filter_map(|at| Some((at, self.verb(at)?)));
        let plain = !verbs().any(|(_, group)| group.mood == Mood::Finite);
        let relative = (comma + 1..closing).any(|at| {
            self.tag_at(at) == Some(Tag::Relative) || self.tag_at(at) == Some(Tag::Subordinator)
        });
        let says = verbs().any(|(at, _)| self.is_inserted(at));
        // Only a preposition takes the sentence up again; anything else may be a new clause.
        let mut next = closing + 1;
        while matches!(self.tag_at(next), Some(Tag::Adverb)) {
            next += 1;
        }
        let resumes = self.is_preposition(next)
            || self.tag_at(next) == Some(Tag::Conjunction) && self.is_preposition(next + 1);
        (resumes && (says || manner && plain || describes && (plain || relative))).then_some(next)
    }

    /// The last noun chunk of a list such as "A, B and C" that begins at a noun chunk, or the
    /// chunk itself. A last member that starts a clause of its own ends the list before it.
    pub(crate) fn end_of_list(&self, noun: usize) -> usize {
        let mut end = self.end_of_chain(noun);
        let mut last = noun;
        loop {
            let mut next = end + 1;
            let comma = self.tag_at(next) == Some(Tag::Comma);
            next += usize::from(comma);
            let conjunction = self
                .word(next)
                .is_some_and(|token| matches!(token.lower.as_str(), "and" | "or" | "&"));
            next += usize::from(conjunction);
            while self.tag_at(next) == Some(Tag::Quote) {
                next += 1;
            }
            if !(comma || conjunction) || !self.is_noun(next) {
                break;
            }
            let member_end = self.end_of_chain(next);
            let starts_clause = self
                .verb(member_end + 1)
                .is_some_and(|group| group.mood == Mood::Finite);
            if starts_clause {
                break;
            }
            end = member_end;
            if conjunction {
                last = end;
                break;
            }
        }
        if last == noun {
            self.end_of_chain(noun)
        } else {
            last
        }
    }

    /// The last chunk of "A of B of C".
    pub(super) fn end_of_chain(&self, noun: usize) -> usize {
        let mut end = noun;
        while self.word(end + 1).is_some_and(|token| token.lower == "of") && self.is_noun(end + 2) {
            end += 2;
        }
        // "a loader called Slate" is one phrase.
        let named = self
            .verb(end + 1)
            .filter(|group| group.passive && group.mood == Mood::Participle)
            .and_then(|_| self.naming(end));
        named.unwrap_or(end)
    }

    /// The first noun chunk of a list that ends at a noun chunk.
    pub(super) fn start_of_list(&self, noun: usize) -> usize {
        let mut start = noun;
        let mut seen_conjunction = false;
        while let Some(mut before) = start.checked_sub(1) {
            let conjunction = self
                .word(before)
                .is_some_and(|token| matches!(token.lower.as_str(), "and" | "or" | "&"));
            if conjunction {
                seen_conjunction = true;
                let Some(next) = before.checked_sub(1) else {
                    break;
                };
                before = next;
            }
            let comma = self.tag_at(before) == Some(Tag::Comma);
            if comma {
                let Some(next) = before.checked_sub(1) else {
                    break;
                };
                before = next;
            }
            if !seen_conjunction || !(comma || conjunction) || !self.is_noun(before) {
                break;
            }
            let root = self.root(before);
            // "by exploiting the flaw, CISA and the FBI said": the flaw is another's object.
            let governed = root
                .checked_sub(1)
                .is_some_and(|at| self.verb(at).is_some() || self.is_preposition(at));
            if governed {
                break;
            }
            start = root;
        }
        start
    }

    /// The whole phrase around a noun chunk that is a subject, lists included.
    pub(crate) fn subject_phrase(&self, noun: usize) -> Span {
        let start = self.span(self.start_of_list(noun));
        start.join(self.span(self.end_of_chain(noun)))
    }

    /// The whole phrase around a noun chunk that is an object, lists included.
    pub(crate) fn object_phrase(&self, noun: usize) -> Span {
        self.span(noun).join(self.span(self.end_of_list(noun)))
    }

    /// An object with the prepositional phrases behind it: "any involvement in the hack".
    pub(crate) fn object_with_complements(&self, noun: usize) -> Span {
        let mut end = self.end_of_list(noun);
        while self.is_preposition(end + 1) && self.is_noun(end + 2) {
            end = self.end_of_list(end + 2);
        }
        self.span(noun).join(self.span(end))
    }

    /// "a group tracked as Orange Rook", "a group it calls Orange Rook": the phrase that
    /// names what a noun chunk only describes.
    pub(crate) fn naming(&self, noun: usize) -> Option<usize> {
        let mut at = noun + 1;
        // "it", "the company", "Microsoft" before an active verb of naming.
        if self.is_noun(at) && self.verb(at + 1).is_some_and(|group| !group.passive) {
            at += 1;
        }
        while self.tag_at(at) == Some(Tag::Comma)
            || self.tag_at(at) == Some(Tag::Relative)
            || self.tag_at(at) == Some(Tag::Adverb)
        {
            at += 1;
        }
        let group = self.verb(at)?;
        // "which Acme tracks as Orange Rook": Acme gives the name, and does not bear it.
        let gives = at == noun + 1 && !group.passive && group.mood == Mood::Finite;
        if gives || !NAMING.contains(&self.lemma(group)) {
            return None;
        }
        at += 1;
        while self.word(at).is_some_and(|token| {
            matches!(token.lower.as_str(), "as" | "to") || token.tag == Tag::Quote
        }) {
            at += 1;
        }
        self.is_noun(at).then_some(at)
    }

    /// "Orange Rook, a group run by", "the gang, Orange Rook,": the phrase that an apposition
    /// stands beside.
    pub(crate) fn beside(&self, noun: usize) -> impl Iterator<Item = usize> + '_ {
        let before = noun
            .checked_sub(2)
            .filter(|&at| self.tag_at(at + 1) == Some(Tag::Comma) && self.is_noun(at));
        let after = Some(noun + 2)
            .filter(|&at| self.tag_at(at - 1) == Some(Tag::Comma) && self.is_noun(at));
        before.into_iter().chain(after)
    }

    /// The name that stands beside a description: "Acme, a bank in Oslo,", "its maker, Acme,".
    pub(crate) fn name_beside(&self, noun: usize) -> Option<usize> {
        let chunk = self.chunks.get(noun)?;
        let first = &self.tokens[chunk.first];
        let named = match self.head(noun).tag {
            Tag::Proper => true,
            Tag::Pronoun => self.head(noun).lower != "one",
            _ => false,
        };
        if !self.is_noun(noun) || named {
            return None;
        }
        // "the plans, U.S., British and Australian agencies said": whose agencies, no name. "Since
        // April, a group": nor is that one.
        let is_name = |at: usize| {
            let head = self.head(at);
            head.tag == Tag::Proper
                && !head.is(words::IS_TIME_NOUN)
                && !matches!(head.lower.as_str(), "u.s." | "u.k." | "u.s" | "u.k")
        };
        let is_name = |at: usize| self.is_noun(at) && is_name(at);
        let before = noun.checked_sub(2).filter(|&at| {
            matches!(first.lower.as_str(), "a" | "an" | "the")
                && self.tag_at(at + 1) == Some(Tag::Comma)
                && is_name(at)
                && !self.opens_clause(noun)
        });
        // The name closes with a comma or the sentence, else it is the first of a list.
        let end = self.end_of_chain(noun);
        let after = Some(end + 2).filter(|&at| {
            self.tag_at(end + 1) == Some(Tag::Comma)
                && is_name(at)
                && !self.is_determined_list(at)
                && matches!(
                    self.tag_at(at + 1),
                    Some(Tag::Comma | Tag::Mark | Tag::Quote)
                )
        });
        // "two flaws in its gateways, CVE-1 and CVE-2"
        let mut end = end;
        while self.is_preposition(end + 1) && self.is_noun(end + 2) {
            end = self.end_of_chain(end + 2);
        }
        let flaw = Some(end + 2).filter(|&at| {
            self.tag_at(end + 1) == Some(Tag::Comma)
                && self.is_noun(at)
                && self.head(at).lower.starts_with("cve-")
        });
        before.or(after).or(flaw)
    }

    /// Whether a phrase is the subject of the verb right behind it: "In Ohio, an official said".
    pub(super) fn opens_clause(&self, noun: usize) -> bool {
        let mut next = self.end_of_chain(noun) + 1;
        loop {
            if self.is_preposition(next) && self.is_noun(next + 1) {
                next = self.end_of_chain(next + 1) + 1;
            } else if self.tag_at(next) == Some(Tag::Adverb) {
                next += 1;
            } else {
                break;
            }
        }
        self.verb(next)
            .is_some_and(|group| group.mood == Mood::Finite)
    }

    /// Whether a comma-set phrase belongs to a list: "banks, Acme, and schools".
    pub(super) fn is_determined_list(&self, noun: usize) -> bool {
        let mut next = noun + 1;
        if self.tag_at(next) == Some(Tag::Comma) {
            next += 1;
        }
        self.tag_at(next) == Some(Tag::Conjunction)
            && self.is_noun(next + 1)
            && self
                .verb(next + 2)
                .is_none_or(|group| group.mood != Mood::Finite)
    }
}
