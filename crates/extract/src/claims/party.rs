//! Who or what a phrase means, and what sort of thing it is.

use daylight_model::{EntityKind, Force, Party, Relation, Span, Speaker};

use super::{ClaimReader, Sentence, is_hostile};
use crate::clause::Clauses;
use crate::discourse::Discourse;
use crate::entities::{Entities, without_article};
use crate::relations::{Draft, Side, Sort};
use crate::speech::FrameSpeaker;
use crate::tokens::Tag;
use crate::words;

impl ClaimReader<'_> {
    /// "It used …": not whoever was named last, but whoever acted last.
    pub(super) fn settle_pronoun(
        &self,
        subject: &mut Party,
        draft: &Draft,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) {
        let Some(chunk) = draft.subject.chunk() else {
            return;
        };
        let head = sentence.clauses.head(chunk);
        let plural = matches!(head.lower.as_str(), "they" | "them");
        if let Some(speaker) = self.speaks_of_itself(chunk, draft, sentence, entities, discourse) {
            subject.name = speaker.name;
            subject.entity = speaker.entity;
            return;
        }
        if !is_hostile(draft.relation) && !plural {
            return;
        }
        if head.tag != Tag::Pronoun || matches!(head.lower.as_str(), "we" | "i" | "us") {
            return;
        }
        if let Some(meant) = self.meant_here(chunk, draft.verb, sentence, entities, discourse) {
            *subject = meant;
            return;
        }
        let verb_span = sentence.clauses.span(draft.verb);
        let denies = sentence
            .frames
            .iter()
            .any(|frame| frame.force == Force::Denied && frame.scope.contains(verb_span));
        subject.entity = discourse.doer(entities, denies);
        subject.name = subject.entity.map_or_else(
            || subject.text.clone(),
            |entity| entities.list[entity].name.clone(),
        );
    }

    /// "Corvid said it was used to steal": "it" may be Corvid or what it speaks of, and a hostile
    /// deed is laid at nobody's door on a guess.
    pub(super) fn may_be_speaker(
        &self,
        draft: &Draft,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> bool {
        let clauses = sentence.clauses;
        let Some(pronoun) = draft
            .subject
            .chunk()
            .filter(|&chunk| is_hostile(draft.relation) && clauses.head(chunk).lower == "it")
        else {
            return false;
        };
        let verb = clauses.span(draft.verb);
        let frame = sentence
            .frames
            .iter()
            .rfind(|frame| frame.scope.contains(verb) && frame.verb.is_some());
        let Some(&FrameSpeaker::Chunk(speaker)) = frame
            .filter(|frame| frame.force != Force::Denied)
            .map(|frame| &frame.speaker)
        else {
            return false;
        };
        // A gang speaks of its own deeds.
        let phrase = clauses.subject_phrase(speaker);
        let gang = self.sort(sentence, speaker, entities, discourse) == Sort::Agent
            && !self
                .entity(speaker, phrase, sentence, entities, discourse)
                .is_some_and(|entity| {
                    matches!(
                        entities.list[entity].kind,
                        EntityKind::Country | EntityKind::GovernmentBody
                    )
                })
            && !self.of_a_state(phrase, entities);
        let body = !gang
            && clauses.head(speaker).tag != Tag::Pronoun
            && !is_plural(clauses, speaker)
            && !is_person(clauses, speaker);
        speaker < pronoun
            && body
            && self
                .meant_here(pronoun, draft.verb, sentence, entities, discourse)
                .is_none()
    }

    /// "Marlex denied that it had", "it said it had never": "it" is whoever speaks.
    fn speaks_of_itself(
        &self,
        pronoun: usize,
        draft: &Draft,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Option<Speaker> {
        let clauses = sentence.clauses;
        let verb = clauses.span(draft.verb);
        let frame = sentence
            .frames
            .iter()
            .rfind(|frame| frame.scope.contains(verb) && frame.verb.is_some())?;
        let FrameSpeaker::Chunk(speaker) = frame.speaker else {
            return None;
        };
        let head = clauses.head(clauses.root(speaker));
        let same = head.lower == clauses.head(pronoun).lower;
        let single = head.tag == Tag::Proper && !is_person(clauses, speaker);
        // "Corvid reported that it had fixed the flaw": a firm's own doing.
        let own = matches!(
            draft.relation,
            Relation::Patched | Relation::Employs | Relation::WorksWith | Relation::Sanctioned
        );
        // "The gang, which says it stole": its own deeds.
        let gang = matches!(
            head.lower.as_str(),
            "gang" | "group" | "crew" | "syndicate" | "collective"
        );
        let of_itself = gang
            || (frame.force == Force::Denied || own) && (same || single)
            || clauses.is_negated(draft.verb) && same;
        (clauses.head(pronoun).lower == "it" && of_itself)
            .then(|| self.speaker(speaker, sentence, entities, discourse))
    }

    /// Whom a pronoun means within its own sentence: the subject of a clause before it that
    /// agrees in number, but not who speaks.
    pub(super) fn meant_here(
        &self,
        pronoun: usize,
        verb: usize,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Option<Party> {
        let found = meant_chunk(pronoun, verb, sentence)?;
        let side = name_beside(Side::Subject(found), sentence.clauses);
        Some(self.party(side, sentence, entities, discourse))
    }

    /// "Customers are at risk because they use old software": a deed of those who do none.
    pub(super) fn means_bystanders(
        &self,
        draft: &Draft,
        sentence: &Sentence<'_, '_>,
        entities: &Entities,
        discourse: &Discourse,
    ) -> bool {
        let pronoun = draft.subject.chunk().filter(|&chunk| {
            is_hostile(draft.relation)
                && matches!(sentence.clauses.head(chunk).lower.as_str(), "they" | "it")
        });
        let meant = pronoun.and_then(|chunk| meant_chunk(chunk, draft.verb, sentence));
        meant.is_some_and(|chunk| {
            let head = sentence.clauses.head(sentence.clauses.root(chunk));
            match self.sort(sentence, chunk, entities, discourse) {
                Sort::Other | Sort::Product => true,
                Sort::Agent => words::IS_BYSTANDER.contains(head.lower.as_str()),
                _ => false,
            }
        })
    }

    /// "operations that included ransom demands": those who conduct the operations demand.
    pub(super) fn lift_subject(
        &self,
        draft: &mut Draft,
        sentence: &Sentence<'_, '_>,
        entities: &Entities,
        discourse: &Discourse,
    ) {
        let Some(chunk) = draft
            .subject
            .chunk()
            .filter(|_| draft.relation == Relation::Demanded)
        else {
            return;
        };
        let is_deed = |at: usize| self.sort(sentence, at, entities, discourse) == Sort::Attack;
        let people = self.sort(sentence, chunk, entities, discourse) == Sort::Agent;
        if people
            && sentence
                .clauses
                .word(chunk.saturating_sub(1))
                .is_none_or(|token| token.tag != Tag::Preposition)
        {
            return;
        }
        let doer = sentence
            .clauses
            .verbs()
            .filter(|&(at, _)| at < draft.verb)
            .filter_map(|(at, _)| {
                let deed = sentence.clauses.complements(at).direct?;
                (deed <= chunk && is_deed(deed))
                    .then(|| sentence.clauses.subject(at))
                    .flatten()
            });
        if let Some(doer) = doer.last() {
            draft.subject = Side::Subject(doer);
        }
    }

    /// Who or what a side means.
    pub(super) fn party(
        &self,
        side: Side,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Party {
        let text = &self.document.text;
        let (span, chunk) = match side {
            Side::Subject(chunk) => (sentence.clauses.subject_phrase(chunk), chunk),
            Side::Object(chunk) => (sentence.clauses.object_phrase(chunk), chunk),
            Side::Words(span) => {
                return Party {
                    name: span.of(text).to_owned(),
                    text: span.of(text).to_owned(),
                    span,
                    entity: None,
                };
            }
            Side::Unstated => {
                return Party {
                    name: "(not said)".to_owned(),
                    text: String::new(),
                    span: Span::new(sentence.span.start, sentence.span.start),
                    entity: None,
                };
            }
        };
        let span = tidy(text, span);
        let words = span.of(text).to_owned();
        if sentence.clauses.head(chunk).lower == "we"
            && let Some(voice) = discourse.voice()
        {
            return Party {
                name: voice.name.clone(),
                text: words,
                span,
                entity: voice.entity,
            };
        }
        let entity = self.entity(chunk, span, sentence, entities, discourse);
        let entity = entity.or_else(|| {
            let head = sentence.clauses.head(sentence.clauses.root(chunk));
            let people = head.is(words::IS_PERSON_NOUN) && !self.is_list(span);
            people.then(|| entities.group(&words, span))
        });
        let plain = || without_article(&words).replace(['“', '”', '"'], "");
        let name = entity.map_or_else(plain, |entity| entities.list[entity].name.clone());
        Party {
            name,
            text: words,
            span,
            entity,
        }
    }

    pub(super) fn is_list(&self, span: Span) -> bool {
        let words = span.of(&self.document.text);
        words.contains(" and ") || words.contains(',')
    }

    /// The entity that a phrase names, or that its pronoun or definite article points at.
    pub(super) fn entity(
        &self,
        chunk: usize,
        phrase: Span,
        sentence: &Sentence<'_, '_>,
        entities: &Entities,
        discourse: &Discourse,
    ) -> Option<usize> {
        let clauses = sentence.clauses;
        let root = clauses.root(chunk);
        let head = clauses.head(root);
        if self.is_list(phrase) && entities.named_in(phrase).len() != 1 {
            return None;
        }
        let named = entities
            .named_in(clauses.span(root))
            .iter()
            .rfind(|named| !named.adjective && named.span.end == head.span.end);
        if let Some(named) = named {
            return Some(named.entity);
        }
        let naming = clauses
            .naming(root)
            .and_then(|name| entities.named_in(clauses.span(name)).first().copied());
        if let Some(named) = naming.filter(|named| {
            !matches!(
                entities.list[named.entity].kind,
                EntityKind::Country | EntityKind::GovernmentBody
            )
        }) {
            return Some(named.entity);
        }
        // "Orange Rook, a group run by": the name beside the description.
        let describes = head.is(words::IS_PERSON_NOUN) && head.tag != Tag::Proper;
        let beside = clauses.beside(root).find_map(|at| {
            let named = entities
                .named_in(clauses.span(at))
                .iter()
                .find(|named| named.span == clauses.span(at))?;
            matches!(entities.list[named.entity].kind, EntityKind::IntrusionSet)
                .then_some(named.entity)
        });
        if let Some(entity) = beside.filter(|_| describes) {
            return Some(entity);
        }
        // "Microsoft Exchange email server software" is the product it begins with.
        let product = entities
            .named_in(clauses.span(root))
            .iter()
            .find(|named| entities.list[named.entity].kind == EntityKind::Product);
        if let Some(product) = product.filter(|_| self.lexicon.is_product_noun(&head.lower)) {
            return Some(product.entity);
        }
        discourse.resolve(clauses, root, entities)
    }

    /// What sort of thing a noun chunk speaks of.
    pub(super) fn sort(
        &self,
        sentence: &Sentence<'_, '_>,
        chunk: usize,
        entities: &Entities,
        discourse: &Discourse,
    ) -> Sort {
        let clauses = sentence.clauses;
        let root = telling(clauses, chunk);
        let head = clauses.head(root);
        let phrase = clauses.span(root);
        if head.tag == Tag::Pronoun {
            return Sort::Agent;
        }
        if let Some(entity) = self.entity(root, phrase, sentence, entities, discourse) {
            return match entities.list[entity].kind {
                EntityKind::Malware | EntityKind::Tool => Sort::Means,
                EntityKind::Vulnerability => Sort::Flaw,
                EntityKind::Product => Sort::Product,
                EntityKind::Campaign => Sort::Attack,
                EntityKind::IntrusionSet
                | EntityKind::Group
                | EntityKind::Country
                | EntityKind::GovernmentBody => Sort::Agent,
                _ => Sort::Named,
            };
        }
        let word = head.lower.as_str();
        let stranger = matches!(word, "party" | "parties" | "person" | "persons")
            && clauses.tokens[clauses.chunks[root].first..=clauses.chunks[root].last]
                .iter()
                .any(|token| {
                    matches!(
                        token.lower.as_str(),
                        "third" | "unauthorised" | "unauthorized" | "unknown" | "outside"
                    )
                });
        let flaw_follows = clauses
            .word(root + 1)
            .is_some_and(|token| token.lower == "in");
        match word {
            _ if head.is(words::IS_PERSON_NOUN) || word.ends_with("-year-old") => Sort::Agent,
            _ if stranger => Sort::Agent,
            // A lawyer speaks for "his client".
            "client" if clauses.tokens[clauses.chunks[root].first].tag == Tag::Possessive => {
                Sort::Agent
            }
            // "the wiper Scourfield"
            _ if head.tag == Tag::Proper && leads_means(clauses, root) => Sort::Means,
            // "Cobalt Strike" is no strike.
            _ if head.tag == Tag::Proper && clauses.tokens[0].span != head.span => Sort::Named,
            // "its special services", "the armed forces"
            "unit" | "units" => Sort::Agent,
            "services" | "forces" | "troops" if is_states(clauses, root) => Sort::Agent,
            "ministry" | "government" | "regime" | "military" | "army" | "intelligence"
                if self.of_a_state(phrase, entities) =>
            {
                Sort::Agent
            }
            _ if head.is(words::IS_FLAW_NOUN) && (word != "exploits" || flaw_follows) => Sort::Flaw,
            _ if head.is(words::IS_ATTACK_NOUN) && word != "ransomware" => Sort::Attack,
            _ if head.is(words::IS_MEANS_NOUN) => Sort::Means,
            // "Users" at the start of a sentence is no name.
            _ if head.tag == Tag::Proper && !word.ends_with('s') => Sort::Named,
            _ => Sort::Other,
        }
    }

    /// Whether a phrase names a state: "North Korea's foreign ministry".
    pub(super) fn of_a_state(&self, phrase: Span, entities: &Entities) -> bool {
        entities
            .named_in(phrase)
            .iter()
            .any(|named| entities.list[named.entity].kind == EntityKind::Country)
    }
}

/// Nouns that count others: "a series of intrusions".
const COUNTS: &[&str] = &[
    "series", "string", "spate", "wave", "number", "scores", "set", "pair", "slew", "handful",
    "variety",
];

/// The chunk that tells what sort of thing a phrase is: "any of the designs" are designs, and
/// "a trader, Marlex," goes by the name.
fn telling(clauses: &Clauses<'_>, chunk: usize) -> usize {
    let described = clauses.root(chunk);
    let people = clauses.head(described).is(words::IS_PERSON_NOUN);
    let root = clauses
        .name_beside(described)
        .filter(|_| !people)
        .unwrap_or(described);
    let of = clauses
        .word(root + 1)
        .is_some_and(|token| token.lower == "of");
    let counts = matches!(clauses.head(root).tag, Tag::Pronoun | Tag::Number)
        || COUNTS.contains(&clauses.head(root).lower.as_str());
    if counts && of && clauses.is_noun(root + 2) {
        root + 2
    } else {
        root
    }
}

/// Whether services or forces are those of a state.
fn is_states(clauses: &Clauses<'_>, chunk: usize) -> bool {
    let chunk = &clauses.chunks[chunk];
    clauses.tokens[chunk.first..=chunk.last]
        .iter()
        .any(|token| {
            token.tag == Tag::Possessive && clauses.tokens[chunk.last].lower == "forces"
                || matches!(
                    token.lower.as_str(),
                    "special" | "secret" | "security" | "intelligence" | "armed" | "military"
                )
        })
}

/// Whether a word for what acts by itself stands right before a name: "the wiper Scourfield".
fn leads_means(clauses: &Clauses<'_>, chunk: usize) -> bool {
    let chunk = &clauses.chunks[chunk];
    clauses.tokens[chunk.first..=chunk.last]
        .windows(2)
        .any(|pair| {
            pair[0].tag == Tag::Noun
                && pair[1].tag == Tag::Proper
                && words::IS_ACTING_MEANS.contains(pair[0].lower.as_str())
        })
}

/// The name beside a description, as the side of a claim.
pub(super) fn name_beside(side: Side, clauses: &Clauses<'_>) -> Side {
    let beside = |chunk: usize| clauses.name_beside(clauses.root(chunk));
    match side {
        Side::Subject(chunk) => beside(chunk).map_or(side, Side::Subject),
        Side::Object(chunk) => beside(chunk).map_or(side, Side::Object),
        _ => side,
    }
}

pub(super) fn is_plural(clauses: &Clauses<'_>, chunk: usize) -> bool {
    let head = clauses.head(clauses.root(chunk));
    // "Customers" at the start of a sentence is no name.
    let named = head.tag == Tag::Proper && clauses.tokens[0].span != head.span;
    !named && head.lower.ends_with('s') && !head.lower.ends_with("ss")
        || matches!(head.lower.as_str(), "men" | "women" | "people" | "police")
}

pub(super) fn is_person(clauses: &Clauses<'_>, chunk: usize) -> bool {
    const GROUPS: &[&str] = &[
        "group",
        "gang",
        "crew",
        "syndicate",
        "cartel",
        "collective",
        "militia",
        "contractor",
    ];
    let word = clauses.head(clauses.root(chunk)).lower.as_str();
    (words::IS_PERSON_NOUN.contains(word) || word.ends_with("-year-old")) && !GROUPS.contains(&word)
}

/// A phrase without the punctuation that a chunk may carry at its ends.
pub(super) fn tidy(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let is_edge =
        |c: char| matches!(c, '“' | '”' | '"' | ',' | '.' | ';' | ':') || c.is_whitespace();
    let front = words.len() - words.trim_start_matches(is_edge).len();
    let trimmed = words.trim_matches(is_edge);
    // "U.S." keeps its last stop.
    let keeps_stop = trimmed.contains('.')
        && words[front + trimmed.len()..].starts_with('.')
        && trimmed
            .rsplit('.')
            .next()
            .is_some_and(|last| last.len() == 1);
    Span::new(
        span.start + front,
        span.start + front + trimmed.len() + usize::from(keeps_stop),
    )
}

/// The chunk that a pronoun means within its own sentence.
fn meant_chunk(pronoun: usize, verb: usize, sentence: &Sentence<'_, '_>) -> Option<usize> {
    let clauses = sentence.clauses;
    let word = clauses.head(pronoun).lower.as_str();
    let plural = |chunk: usize| is_plural(clauses, chunk);
    let agrees = |chunk: usize| match word {
        "it" => !plural(chunk) && !is_person(clauses, chunk),
        "they" | "them" => plural(chunk),
        "he" | "she" | "him" | "her" => !plural(chunk) && is_person(clauses, chunk),
        _ => false,
    };
    let fits =
        |chunk: usize| chunk < pronoun && clauses.head(chunk).tag != Tag::Pronoun && agrees(chunk);
    let speaks = |chunk: usize| {
        sentence
            .frames
            .iter()
            .any(|frame| frame.speaker == FrameSpeaker::Chunk(chunk))
    };
    if matches!(word, "him" | "her" | "he" | "she") {
        (0..pronoun)
            .rev()
            .find(|&chunk| clauses.is_noun(chunk) && fits(chunk))
    } else {
        clauses
            .verbs()
            .filter(|&(at, _)| at < verb)
            .filter_map(|(at, _)| clauses.subject(at))
            .filter(|&chunk| fits(chunk) && !speaks(chunk))
            .last()
    }
}
