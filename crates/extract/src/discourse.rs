//! What a document has told so far: who spoke, who was meant. Light coreference for speakers
//! and actors, and no guess where nobody fits.

use std::cell::RefCell;
use std::collections::HashSet;

use daylight_model::{EntityKind, Span, Speaker};

use crate::claims::Sentence;
use crate::clause::Clauses;
use crate::entities::Entities;
use crate::speech::FrameSpeaker;
use crate::tokens::{Tag, Token};

/// The memory of a reading.
#[derive(Debug, Default)]
pub(crate) struct Discourse {
    /// Who spoke last.
    last_speaker: Option<Speaker>,
    /// Who last spoke by way of a statement, a report or the like.
    issuer: Option<Speaker>,
    /// Speakers of quotations that are attributed in a later sentence, by the quotation.
    announced: Vec<(Span, Speaker)>,
    /// Whose words the sentence at hand is, for "we".
    voice: Option<Speaker>,
    /// The entity that the last sentence was about.
    topic: Option<usize>,
    /// Who did something hostile last, by the last claim that says so.
    actor: Option<usize>,
    /// Affiliations already claimed.
    affiliations: RefCell<HashSet<String>>,
}

/// How far back "the group" may point. A few sentences; beyond that it is a guess. Bytes.
const RESOLVE_BYTES_MAX: usize = 800;

/// How many announced quotations are looked at for a place.
const ANNOUNCED_MAX: usize = 64;

/// Nouns that speak for whoever issued them.
const STATEMENTS: &[&str] = &[
    "statement",
    "advisory",
    "report",
    "release",
    "post",
    "letter",
    "alert",
    "notice",
    "announcement",
    "memo",
    "bulletin",
    "publication",
];

/// Whether a noun speaks for whoever issued it.
pub(crate) fn is_statement(noun: &str) -> bool {
    STATEMENTS.contains(&noun)
}

impl Discourse {
    /// Makes known who says a quotation, ahead of reading its sentences.
    pub(crate) fn announce(&mut self, quotation: Span, speaker: Speaker) {
        self.announced.push((quotation, speaker));
    }

    /// Who is quoted at a place: as attributed around the quotation, else who spoke last.
    pub(crate) fn quoted(&self, place: usize) -> Option<Speaker> {
        let announced = self.announced_at(place);
        announced.or_else(|| self.last_speaker.clone())
    }

    /// Who is quoted at a place, as attributed around the quotation.
    fn announced_at(&self, place: usize) -> Option<Speaker> {
        // A paragraph announces its quotations before it is read: the last few are enough.
        let mut announced = self.announced.iter().rev().take(ANNOUNCED_MAX);
        let (_, speaker) = announced.find(|(span, _)| span.start <= place && place < span.end)?;
        Some(speaker.clone())
    }

    /// Remembers who is said to have acted.
    pub(crate) fn acted(&mut self, entity: usize) {
        self.actor = Some(entity);
    }

    /// Whom "it" or "they" means as the doer of something hostile: whoever speaks of their own
    /// deeds, else whoever acted last.
    pub(crate) fn doer(&self, entities: &Entities, denies: bool) -> Option<usize> {
        let voice = self.voice.as_ref().and_then(|voice| voice.entity);
        let of_itself = voice.filter(|&voice| {
            denies
                || matches!(
                    entities.list[voice].kind,
                    EntityKind::IntrusionSet | EntityKind::Group
                )
        });
        of_itself.or(self.actor)
    }

    /// Whether anybody has spoken yet.
    pub(crate) fn has_spoken(&self) -> bool {
        self.last_speaker.is_some()
    }

    /// Sets whose words the sentence at hand is.
    pub(crate) fn set_voice(&mut self, voice: Option<Speaker>) {
        self.voice = voice;
    }

    /// Whose "we" it is in the sentence at hand.
    pub(crate) fn voice(&self) -> Option<&Speaker> {
        self.voice.as_ref()
    }

    /// "the statement said", "it continued": the words speak for who spoke before.
    pub(crate) fn speaks_through(&self, head: &Token<'_>, words: &str) -> Option<Speaker> {
        let pronoun = head.tag == Tag::Pronoun
            && matches!(
                head.lower.as_str(),
                "it" | "he" | "she" | "they" | "we" | "i"
            );
        let definite = words.to_lowercase().starts_with("the ")
            || words.to_lowercase().starts_with("its ")
            || words.to_lowercase().starts_with("this ");
        // The Post is no post.
        let statement =
            definite && head.tag != Tag::Proper && STATEMENTS.contains(&head.lower.as_str());
        if statement {
            return self.issuer.clone().or_else(|| self.last_speaker.clone());
        }
        match head.lower.as_str() {
            _ if !pronoun => None,
            "we" | "i" => {
                let quoted = self.announced_at(head.span.start);
                let voice = quoted.or_else(|| self.voice.clone());
                voice.or_else(|| self.last_speaker.clone())
            }
            _ => self.last_speaker.clone(),
        }
    }

    /// Whether this is the first time that an affiliation is met.
    pub(crate) fn first_affiliation(&self, words: &str) -> bool {
        self.affiliations.borrow_mut().insert(words.to_lowercase())
    }

    /// Whom a pronoun or a definite phrase means.
    pub(crate) fn resolve(
        &self,
        clauses: &Clauses<'_>,
        chunk: usize,
        entities: &Entities,
    ) -> Option<usize> {
        let head = clauses.head(chunk);
        let first = &clauses.tokens[clauses.chunks[chunk].first];
        let place = clauses.span(chunk).start;
        if head.tag == Tag::Pronoun {
            return match head.lower.as_str() {
                "it" | "they" | "he" | "she" | "them" | "him" => self.topic,
                "we" | "us" => self
                    .voice
                    .clone()
                    .or_else(|| self.quoted(place))
                    .and_then(|speaker| speaker.entity),
                _ => None,
            };
        }
        let definite = matches!(
            first.lower.as_str(),
            "the" | "this" | "that" | "these" | "its"
        );
        if !definite || clauses.chunks[chunk].last - clauses.chunks[chunk].first > 2 {
            return None;
        }
        let word = head.lower.as_str();
        // "the Danish firm", "the Ohio-based hospital": another one than the last named, maybe.
        let described = clauses.tokens[clauses.chunks[chunk].first..=clauses.chunks[chunk].last]
            .iter()
            .any(|token| {
                token.is_capitalised() && token.lower != first.lower || token.text.contains('-')
            });
        if described {
            return None;
        }
        // "the administration": the last one whose name ends so.
        if let Some(entity) = entities.last_ending(word, place) {
            return Some(entity);
        }
        let kinds: &[EntityKind] = match word {
            // Not "the hackers", "the attackers": that would lay a deed at somebody's door.
            "group" | "gang" | "crew" | "collective" => &[EntityKind::IntrusionSet],
            "company" | "firm" | "vendor" | "maker" | "provider" => &[EntityKind::Organization],
            "agency" | "ministry" | "department" | "bureau" | "service" | "authority" => {
                &[EntityKind::GovernmentBody]
            }
            "malware" | "ransomware" | "backdoor" | "trojan" | "worm" | "wiper" => {
                &[EntityKind::Malware]
            }
            "alliance" | "bloc" => &[EntityKind::InternationalBody],
            _ => return None,
        };
        entities.last_before(place, kinds, RESOLVE_BYTES_MAX)
    }

    /// Remembers who spoke and who the sentence was about.
    pub(crate) fn after_sentence(
        &mut self,
        sentence: &Sentence<'_, '_>,
        speakers: &[Option<Speaker>],
        entities: &Entities,
    ) {
        for (frame, speaker) in sentence.frames.iter().zip(speakers) {
            if frame.speaker != FrameSpeaker::Quoted
                && let Some(speaker) = speaker
            {
                self.last_speaker = Some(speaker.clone());
                let in_writing = frame
                    .verb
                    .and_then(|verb| sentence.clauses.complements(verb).after(&["in"]));
                if in_writing.is_some_and(|noun| {
                    STATEMENTS.contains(&sentence.clauses.head(noun).lower.as_str())
                }) {
                    self.issuer = Some(speaker.clone());
                }
            }
        }
        let clauses = sentence.clauses;
        let about = clauses
            .verbs()
            .filter(|&(_, group)| {
                crate::speech::reporting_force(clauses.lemma(group)).is_none_or(|_| group.passive)
            })
            .filter_map(|(verb, _)| clauses.subject(verb))
            .map(|subject| clauses.name_beside(subject).unwrap_or(subject));
        for subject in about {
            let span = clauses.subject_phrase(subject);
            let named = entities
                .named_in(span)
                .iter()
                .rfind(|named| !named.adjective);
            if let Some(named) = named {
                self.topic = Some(named.entity);
                break;
            }
        }
    }
}
