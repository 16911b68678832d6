//! Claims: relations between phrases, resolved to who is meant, with who says so.

use daylight_model::{
    Claim, Document, EntityKind, Force, Party, Quantity, Relation, Span, Speaker, TimeExpression,
    derived_id,
};

use crate::clause::Clauses;
use crate::discourse::Discourse;
use crate::entities::{Entities, without_article};
use crate::lexicon::Lexicon;
use crate::relations::{self, Draft, Side, Sort};
use crate::speech::{Frame, FrameSpeaker};
use crate::tokens::Tag;
use crate::{discourse, hedges, words};

/// One sentence with everything the claims of it need.
pub(crate) struct Sentence<'s, 't> {
    pub(crate) span: Span,
    pub(crate) clauses: &'s Clauses<'t>,
    pub(crate) frames: &'s [Frame],
    pub(crate) times: &'s [TimeExpression],
    pub(crate) quantities: &'s [Quantity],
}

/// Reads the claims of one sentence.
pub(crate) struct ClaimReader<'r> {
    pub(crate) document: &'r Document,
    pub(crate) lexicon: &'r Lexicon,
    /// The speakers before anybody is quoted: the outlet, or who wrote the advisory.
    pub(crate) outlet: &'r [Speaker],
}

impl ClaimReader<'_> {
    /// The claims of a sentence; what it tells about who is meant later goes to `discourse`.
    pub(crate) fn read(
        &self,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &mut Discourse,
    ) -> Vec<Claim> {
        if is_advice(sentence.clauses) || crate::tokens::title_case(&sentence.clauses.tokens) {
            return Vec::new();
        }
        let speakers: Vec<Option<Speaker>> = sentence
            .frames
            .iter()
            .map(|frame| self.frame_speaker(frame, sentence, entities, discourse))
            .collect();
        let voice = sentence
            .frames
            .iter()
            .zip(&speakers)
            .rfind(|(frame, _)| frame.speaker != FrameSpeaker::Quoted);
        discourse.set_voice(voice.and_then(|(_, speaker)| speaker.clone()));
        let mut claims = Vec::new();
        for (at, _) in sentence.clauses.verbs() {
            let drafts = {
                let sort = |chunk: usize| self.sort(sentence, chunk, entities, discourse);
                relations::drafts(sentence.clauses, at, &sort)
            };
            for draft in drafts {
                let claim = self.claim(&draft, sentence, &speakers, entities, discourse);
                let actor = claim
                    .as_ref()
                    .filter(|claim| is_hostile(claim.relation))
                    .and_then(|claim| claim.subject.entity);
                if let Some(actor) = actor.filter(|&actor| is_actor(entities.list[actor].kind)) {
                    discourse.acted(actor);
                }
                claims.extend(claim);
            }
        }
        for draft in self.parts(sentence, entities, discourse) {
            claims.extend(self.claim(&draft, sentence, &speakers, entities, discourse));
        }
        drop_answered_denials(&mut claims);
        claims.extend(self.affiliations(sentence, &speakers, entities, discourse));
        discourse.after_sentence(sentence, &speakers, entities);
        claims
    }

    /// Turns a draft into a claim.
    fn claim(
        &self,
        draft: &Draft,
        sentence: &Sentence<'_, '_>,
        speakers: &[Option<Speaker>],
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Option<Claim> {
        let mut draft = draft.clone();
        if !settle_mood(&mut draft, sentence.clauses) {
            return None;
        }
        let beside = |side: Side| name_beside(side, sentence.clauses);
        draft.subject = beside(draft.subject);
        draft.object = draft.object.map(beside);
        self.lift_subject(&mut draft, sentence, entities, discourse);
        let verb_span = sentence.clauses.span(draft.verb);
        let mut subject = self.party(draft.subject, sentence, entities, discourse);
        self.settle_pronoun(&mut subject, &draft, sentence, entities, discourse);
        let object = draft
            .object
            .map(|side| self.party(side, sentence, entities, discourse));
        if object
            .as_ref()
            .is_some_and(|object| object.name.eq_ignore_ascii_case(&subject.name))
        {
            return None;
        }
        // The frames around the verb, from the outside in; the relation's own verb is none.
        let around: Vec<usize> = (0..sentence.frames.len())
            .filter(|&at| {
                sentence.frames[at].scope.contains(verb_span)
                    && sentence.frames[at].verb != Some(draft.verb)
            })
            .collect();
        let mut chain: Vec<Speaker> = self.outlet.to_vec();
        chain.extend(around.iter().filter_map(|&at| speakers[at].clone()));
        if let Some(chunk) = draft.speaker {
            let speaker = self.speaker(chunk, sentence, entities, discourse);
            // An outlet that writes "Microsoft patched" is the one who says so, unless it is
            // an act of speech ("blamed", "charged", "denied").
            if draft.relation != Relation::Patched {
                chain.push(speaker);
            }
        }
        chain.dedup_by(|one, other| one.name == other.name);
        let unnamed = sentence
            .span
            .of(&self.document.text)
            .contains("condition of anonymity");
        let framed = around.last().map(|&at| match &speakers[at] {
            Some(_) if unnamed => Force::Reported,
            Some(speaker) if is_unnamed_source(&speaker.text) => Force::Reported,
            _ => sentence.frames[at].force,
        });
        let group = sentence.clauses.verb(draft.verb)?;
        let negated = sentence.clauses.is_negated(draft.verb)
            || hedges::denied_before(&sentence.clauses.tokens, group.main);
        let anybody = draft.subject.chunk().is_some_and(|chunk| {
            matches!(
                sentence.clauses.head(chunk).lower.as_str(),
                "anyone" | "someone" | "one" | "everyone" | "others" | "nobody"
            )
        });
        if (self.is_own_deed(&draft, sentence) || anybody) && !negated {
            return None;
        }
        let reach = self.reach(&draft, sentence);
        let denied_around = around
            .iter()
            .any(|&at| sentence.frames[at].force == Force::Denied);
        let force = if denied_around {
            Force::Denied
        } else {
            draft
                .force
                .or_else(|| accused_of(sentence.clauses, draft.verb))
                .or_else(|| hedges::force(&sentence.clauses.tokens, group.main))
                .or(framed)
                .or_else(|| thought_to(sentence.clauses, draft.verb))
                .unwrap_or(Force::Asserted)
        };
        let claim = Claim {
            id: derived_id(
                "relationship",
                &[
                    &self.document.id,
                    &verb_span.start.to_string(),
                    draft.relation.as_str(),
                    &subject.text,
                    object.as_ref().map_or("", |object| &object.text),
                ],
            ),
            speakers: chain,
            subject,
            relation: draft.relation,
            object,
            force,
            negated: negated || denied_around,
            confidence: hedges::confidence(&self.document.text, sentence.span, reach),
            scope: hedges::scope(&self.document.text, sentence.span, reach),
            time: self.time(sentence, draft.verb, reach),
            place: self.place(sentence, reach, entities),
            quantities: sentence
                .quantities
                .iter()
                .filter(|quantity| reach.contains(quantity.span))
                .cloned()
                .collect(),
            span: sentence.span,
            sentence: sentence.span.of(&self.document.text).to_owned(),
        };
        Some(claim)
    }

    /// "It used …": not whoever was named last, but whoever acted last.
    fn settle_pronoun(
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

    /// Whether "we" are said to do something hostile: "We took the servers offline".
    fn is_own_deed(&self, draft: &Draft, sentence: &Sentence<'_, '_>) -> bool {
        let ours = draft.subject.chunk().is_some_and(|chunk| {
            let head = sentence.clauses.head(chunk);
            matches!(head.lower.as_str(), "we" | "us" | "i")
                || matches!(
                    head.lower.as_str(),
                    "investigators" | "researchers" | "authorities"
                )
        });
        ours && is_hostile(draft.relation)
    }

    /// Whom a pronoun means within its own sentence: the subject of a clause before it that
    /// agrees in number, but not who speaks.
    fn meant_here(
        &self,
        pronoun: usize,
        verb: usize,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Option<Party> {
        let clauses = sentence.clauses;
        let word = clauses.head(pronoun).lower.as_str();
        let plural = |chunk: usize| is_plural(clauses, chunk);
        let agrees = |chunk: usize| match word {
            "it" => !plural(chunk) && !is_person(clauses, chunk),
            "they" | "them" => plural(chunk),
            "he" | "she" | "him" | "her" => !plural(chunk) && is_person(clauses, chunk),
            _ => false,
        };
        let fits = |chunk: usize| {
            chunk < pronoun && clauses.head(chunk).tag != Tag::Pronoun && agrees(chunk)
        };
        let speaks = |chunk: usize| {
            sentence
                .frames
                .iter()
                .any(|frame| frame.speaker == FrameSpeaker::Chunk(chunk))
        };
        let found = if matches!(word, "him" | "her" | "he" | "she") {
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
        };
        let side = name_beside(Side::Subject(found?), clauses);
        Some(self.party(side, sentence, entities, discourse))
    }

    /// "operations that included ransom demands": those who conduct the operations demand.
    fn lift_subject(
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

    /// The part of the sentence whose amounts, times and hedges belong to a claim: from its
    /// first phrase to the next verb that is not part of a phrase of its own.
    fn reach(&self, draft: &Draft, sentence: &Sentence<'_, '_>) -> Span {
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
    fn time(
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
    fn place(
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

    /// Who or what a side means.
    fn party(
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
            let people = words::IS_PERSON_NOUN.contains(head.lower.as_str()) && !self.is_list(span);
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

    fn is_list(&self, span: Span) -> bool {
        let words = span.of(&self.document.text);
        words.contains(" and ") || words.contains(',')
    }

    /// The entity that a phrase names, or that its pronoun or definite article points at.
    fn entity(
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
        let describes =
            words::IS_PERSON_NOUN.contains(head.lower.as_str()) && head.tag != Tag::Proper;
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
    fn sort(
        &self,
        sentence: &Sentence<'_, '_>,
        chunk: usize,
        entities: &Entities,
        discourse: &Discourse,
    ) -> Sort {
        let clauses = sentence.clauses;
        let described = clauses.root(chunk);
        let people = words::IS_PERSON_NOUN.contains(clauses.head(described).lower.as_str());
        let root = clauses
            .name_beside(described)
            .filter(|_| !people)
            .unwrap_or(described);
        // "any of the designs": designs.
        let partitive = clauses.head(root).tag == Tag::Pronoun
            && clauses
                .word(root + 1)
                .is_some_and(|token| token.lower == "of")
            && clauses.is_noun(root + 2);
        let root = if partitive { root + 2 } else { root };
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
            _ if words::IS_PERSON_NOUN.contains(word) || word.ends_with("-year-old") => Sort::Agent,
            _ if stranger => Sort::Agent,
            // "Cobalt Strike" is no strike.
            _ if head.tag == Tag::Proper && clauses.tokens[0].span != head.span => Sort::Named,
            "ministry" | "government" | "regime" | "military" | "army" | "intelligence"
                if self.of_a_state(phrase, entities) =>
            {
                Sort::Agent
            }
            _ if words::IS_FLAW_NOUN.contains(word) && (word != "exploits" || flaw_follows) => {
                Sort::Flaw
            }
            _ if words::IS_ATTACK_NOUN.contains(word) && word != "ransomware" => Sort::Attack,
            _ if words::IS_MEANS_NOUN.contains(word) => Sort::Means,
            // "Users" at the start of a sentence is no name.
            _ if head.tag == Tag::Proper && !word.ends_with('s') => Sort::Named,
            _ => Sort::Other,
        }
    }

    /// Whether a phrase names a state: "North Korea's foreign ministry".
    fn of_a_state(&self, phrase: Span, entities: &Entities) -> bool {
        entities
            .named_in(phrase)
            .iter()
            .any(|named| entities.list[named.entity].kind == EntityKind::Country)
    }

    /// Who speaks in a frame.
    fn frame_speaker(
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
        }
    }

    /// Whether the text speaks of itself: "we" outside a quotation, "a version of this article".
    fn is_own_text(&self, chunk: usize, sentence: &Sentence<'_, '_>) -> bool {
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
    fn is_paper(&self, chunk: usize, sentence: &Sentence<'_, '_>) -> bool {
        let first = &sentence.clauses.tokens[sentence.clauses.chunks[chunk].first];
        matches!(first.lower.as_str(), "this" | "the")
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
        if let Some(previous) = discourse.speaks_through(head, &words) {
            return Speaker {
                text: words,
                span: Some(span),
                ..previous
            };
        }
        let entity = self.entity(chunk, span, sentence, entities, discourse);
        let name = entity.map_or_else(
            || without_article(&words).to_owned(),
            |entity| entities.list[entity].name.clone(),
        );
        Speaker {
            name,
            text: words,
            span: Some(span),
            entity,
        }
    }

    /// "Orange Rook, an arm of the ministry", "is a front for the bureau": whose part somebody is.
    fn parts(
        &self,
        sentence: &Sentence<'_, '_>,
        entities: &Entities,
        discourse: &Discourse,
    ) -> Vec<Draft> {
        let clauses = sentence.clauses;
        let arms = (1..clauses.chunks.len()).filter(|&at| {
            clauses.is_noun(at)
                && words::IS_ARM_NOUN.contains(clauses.head(at).lower.as_str())
                && clauses
                    .word(at + 1)
                    .is_some_and(|token| matches!(token.lower.as_str(), "of" | "for" | "within"))
                && clauses.is_noun(at + 2)
        });
        let mut drafts = Vec::new();
        for arm in arms {
            let copula = clauses.verb(arm - 1);
            let is = copula.filter(|&group| clauses.lemma(group) == "be");
            let whole = is
                .and_then(|_| clauses.subject(arm - 1))
                .or_else(|| clauses.name_beside(arm))
                .or_else(|| described_as(clauses, arm));
            let verb = (0..clauses.chunks.len())
                .filter(|&at| clauses.verb(at).is_some())
                .min_by_key(|&at| at.abs_diff(arm));
            let patron = self.sort(sentence, arm + 2, entities, discourse);
            if let (Some(whole), Some(verb), Sort::Agent | Sort::Named) = (whole, verb, patron) {
                drafts.push(Draft {
                    relation: Relation::SponsoredBy,
                    subject: Side::Subject(whole),
                    object: Some(Side::Object(arm + 2)),
                    force: None,
                    speaker: None,
                    verb,
                });
            }
        }
        drafts
    }

    /// "PRC government-affiliated operators": a sponsor named inside a phrase.
    fn affiliations(
        &self,
        sentence: &Sentence<'_, '_>,
        speakers: &[Option<Speaker>],
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Vec<Claim> {
        let mut claims = Vec::new();
        for at in 0..sentence.clauses.chunks.len() {
            if !sentence.clauses.is_noun(at)
                || !matches!(
                    self.sort(sentence, at, entities, discourse),
                    Sort::Agent | Sort::Named
                ) && !is_firm(&sentence.clauses.head(at).lower)
            {
                continue;
            }
            let Some((relation, sponsor)) = self.affiliation(sentence, at, entities) else {
                continue;
            };
            let Some(verb) = sentence
                .clauses
                .verbs()
                .map(|(verb, _)| verb)
                .min_by_key(|verb| verb.abs_diff(at))
            else {
                continue;
            };
            let subject_words = sentence.clauses.span(at).of(&self.document.text).to_owned();
            if !discourse.first_affiliation(without_article(&subject_words)) {
                continue;
            }
            let draft = Draft {
                relation,
                subject: Side::Subject(at),
                object: Some(Side::Words(sponsor)),
                force: None,
                speaker: None,
                verb,
            };
            let claim = self.claim(&draft, sentence, speakers, entities, discourse);
            claims.extend(claim.map(|mut claim| {
                claim.negated = false;
                claim.quantities.clear();
                claim.time = None;
                if let Some(object) = &mut claim.object {
                    let named = entities.named_in(sponsor).first().copied();
                    object.entity = named.map(|named| named.entity);
                    if let Some(named) = named.filter(|named| named.span == sponsor) {
                        object.name.clone_from(&entities.list[named.entity].name);
                    }
                }
                claim
            }));
        }
        claims
    }

    /// The sponsor that a phrase's adjectives name: "Russia-backed", "Chinese state-sponsored".
    fn affiliation(
        &self,
        sentence: &Sentence<'_, '_>,
        chunk: usize,
        entities: &Entities,
    ) -> Option<(Relation, Span)> {
        let chunk = &sentence.clauses.chunks[chunk];
        let tokens = &sentence.clauses.tokens[chunk.first..=chunk.last];
        let at = tokens.iter().position(|token| token.lower.contains('-'))?;
        let (prefix, suffix) = tokens[at].lower.rsplit_once('-')?;
        let relation = match suffix {
            "backed" | "sponsored" | "affiliated" | "directed" | "controlled" | "funded"
            | "supported" | "run" => Relation::SponsoredBy,
            "based" | "headquartered" | "registered" => {
                return Some((Relation::LocatedIn, own_place(tokens, at, prefix)));
            }
            "linked" | "aligned" | "nexus" | "tied" | "associated" | "connected" => {
                Relation::AttributedTo
            }
            _ => return None,
        };
        let own = Span::new(tokens[at].span.start, tokens[at].span.start + prefix.len());
        let named_at = |span: Span| entities.named_in(span).first().map(|named| named.span);
        if let Some(named) = named_at(own) {
            return Some((relation, named));
        }
        // "Chinese state-sponsored", "PRC government-affiliated": the name is the word before.
        let before = tokens[..at]
            .iter()
            .rfind(|token| token.tag != Tag::Mark)
            .map(|token| token.span)?;
        let named = named_at(before)?;
        Some((
            relation,
            if prefix == "government" {
                named.join(own)
            } else {
                named
            },
        ))
    }
}

/// "Tehran-based": the place, which may be no known one.
fn own_place(tokens: &[crate::tokens::Token<'_>], at: usize, prefix: &str) -> Span {
    Span::new(tokens[at].span.start, tokens[at].span.start + prefix.len())
}

fn is_firm(noun: &str) -> bool {
    matches!(
        noun,
        "company"
            | "firm"
            | "vendor"
            | "maker"
            | "provider"
            | "contractor"
            | "startup"
            | "business"
    )
}

/// "which it described as an arm of": what "which" stands for.
fn described_as(clauses: &Clauses<'_>, arm: usize) -> Option<usize> {
    let leads = clauses
        .word(arm.checked_sub(1)?)
        .is_some_and(|token| token.lower == "as");
    let verb = arm.checked_sub(2).filter(|_| leads)?;
    clauses.verb(verb)?;
    let described = clauses.complements(verb).direct;
    let relative = || {
        let opening = clauses.subject(verb)?.checked_sub(1)?;
        let word = clauses.word(opening)?;
        (word.tag == Tag::Relative).then(|| clauses.antecedent(opening))?
    };
    described.or_else(relative)
}

/// The name beside a description, as the side of a claim.
fn name_beside(side: Side, clauses: &Clauses<'_>) -> Side {
    let beside = |chunk: usize| clauses.name_beside(clauses.root(chunk));
    match side {
        Side::Subject(chunk) => beside(chunk).map_or(side, Side::Subject),
        Side::Object(chunk) => beside(chunk).map_or(side, Side::Object),
        _ => side,
    }
}

fn is_plural(clauses: &Clauses<'_>, chunk: usize) -> bool {
    let head = clauses.head(clauses.root(chunk));
    head.tag != Tag::Proper && head.lower.ends_with('s') && !head.lower.ends_with("ss")
        || matches!(head.lower.as_str(), "men" | "women" | "people" | "police")
}

fn is_person(clauses: &Clauses<'_>, chunk: usize) -> bool {
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

/// What might be, will be or should be is no claim; what was tried is no success. `false`
/// where nothing is left to claim.
fn settle_mood(draft: &mut Draft, clauses: &Clauses<'_>) -> bool {
    let Some(group) = clauses.verb(draft.verb) else {
        return false;
    };
    let unreal = |at: usize| is_unreal(clauses, at);
    if unreal(draft.verb) {
        return false;
    }
    let governing = draft
        .verb
        .checked_sub(1)
        .and_then(|from| clauses.governing(from));
    let Some(governing) = governing.filter(|_| group.mood == crate::clause::Mood::Infinitive)
    else {
        return true;
    };
    let lemma = clauses
        .verb(governing)
        .map_or("", |other| clauses.lemma(other));
    match lemma {
        "try" | "attempt" | "seek" if draft.relation == Relation::Compromised => {
            draft.relation = Relation::Targets;
            true
        }
        "plan" | "want" | "threaten" | "intend" | "hope" | "urge" | "ask" | "vow" | "tell"
        | "warn" | "advise" | "need" | "prepare" | "try" | "attempt" | "seek" | "agree" => false,
        _ => !unreal(governing),
    }
}

/// "could steal", "will target", "if hackers steal": not told as having happened. "May have
/// stolen" is, with a hedge.
fn is_unreal(clauses: &Clauses<'_>, verb: usize) -> bool {
    let chunk = &clauses.chunks[verb];
    let words = &clauses.tokens[chunk.first..=chunk.last];
    let modal = words.iter().any(|token| token.tag == Tag::Modal);
    let done = words
        .iter()
        .any(|token| matches!(token.lower.as_str(), "have" | "has"));
    // "could let an attacker run", "may try to get in and steal": what hangs on it is no more real.
    let group = clauses.verb(verb);
    let bare = !modal && matches!(words, [token] if token.tag == Tag::Verb(words::Form::Base));
    let coordinated = verb
        .checked_sub(1)
        .and_then(|at| clauses.word(at))
        .is_some_and(|token| matches!(token.tag, Tag::Conjunction | Tag::Adverb));
    let infinite = group.is_some_and(|group| group.mood == crate::clause::Mood::Infinitive);
    let by = group.is_some_and(|group| group.mood == crate::clause::Mood::Participle)
        && verb
            .checked_sub(1)
            .and_then(|at| clauses.word(at))
            .is_some_and(|token| token.lower == "by");
    if infinite || by || bare && coordinated {
        let governing = verb.checked_sub(1).and_then(|from| clauses.governing(from));
        if governing.is_some_and(|at| is_unreal(clauses, at) || is_enabling(clauses, at, verb)) {
            return true;
        }
    }
    let conditional = clauses.tokens[..chunk.first]
        .iter()
        .rev()
        .take_while(|token| !matches!(token.tag, Tag::Comma | Tag::Mark | Tag::Verb(_)))
        .any(|token| matches!(token.lower.as_str(), "if" | "unless" | "whether"));
    modal && !done || conditional
}

/// "allows attackers to run": what can be done, not what was; "allowed the thieves" was.
fn is_enabling(clauses: &Clauses<'_>, governing: usize, verb: usize) -> bool {
    let enables = clauses.verb(governing).is_some_and(|group| {
        matches!(
            clauses.lemma(group),
            "allow" | "enable" | "permit" | "let" | "help"
        )
    });
    let definite = clauses.subject(verb).is_some_and(|doer| {
        let first = &clauses.tokens[clauses.chunks[doer].first];
        matches!(
            first.lower.as_str(),
            "the" | "these" | "those" | "its" | "their"
        ) || first.tag == Tag::Proper
    });
    enables && !definite
}

/// "suspected of hacking", "charging two men with stealing": the force of the verb that lays it
/// at somebody's door.
fn accused_of(clauses: &Clauses<'_>, verb: usize) -> Option<Force> {
    let participle = clauses.verb(verb)?.mood == crate::clause::Mood::Participle;
    let from = verb.checked_sub(1)?;
    let governing = clauses.governing(from).filter(|_| participle)?;
    let leads = clauses
        .word(from)
        .is_some_and(|token| matches!(token.lower.as_str(), "of" | "with" | "for" | "and" | "or"));
    if !leads {
        return None;
    }
    match clauses.lemma(clauses.verb(governing)?) {
        "suspect" | "accuse" => Some(Force::Alleged),
        "charge" | "indict" => Some(Force::Charged),
        _ => accused_of(clauses, governing),
    }
}

/// "are thought to be based in": nobody stands behind it.
fn thought_to(clauses: &Clauses<'_>, verb: usize) -> Option<Force> {
    let infinitive = clauses.verb(verb)?.mood == crate::clause::Mood::Infinitive;
    let governing = clauses.verb(verb.checked_sub(1).filter(|_| infinitive)?)?;
    let lemma = clauses.lemma(governing);
    (governing.passive
        && matches!(
            lemma,
            "think" | "believe" | "say" | "suspect" | "understand" | "report" | "allege"
        ))
    .then_some(Force::Reported)
}

/// "denied that it had stolen": the theft is denied, and that is all there is to say.
fn drop_answered_denials(claims: &mut Vec<Claim>) {
    let acts: Vec<Span> = claims
        .iter()
        .filter(|claim| claim.relation != Relation::Denied && claim.force == Force::Denied)
        .filter_map(|claim| claim.object.as_ref().map(|object| object.span))
        .collect();
    claims.retain(|claim| {
        let denied = claim
            .object
            .as_ref()
            .filter(|_| claim.relation == Relation::Denied);
        !denied.is_some_and(|denied| acts.iter().any(|&act| denied.span.overlaps(act)))
    });
}

/// Relations whose subject did, or is said to have done, something hostile.
const fn is_hostile(relation: Relation) -> bool {
    matches!(
        relation,
        Relation::Targets
            | Relation::Compromised
            | Relation::Uses
            | Relation::Exploits
            | Relation::Conducts
            | Relation::Demanded
    )
}

const fn is_actor(kind: EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::IntrusionSet | EntityKind::Group | EntityKind::Country | EntityKind::Malware
    )
}

/// Advice to the reader ("Ensure that …", "your organization") tells nothing that happened.
fn is_advice(clauses: &Clauses<'_>) -> bool {
    let tokens = &clauses.tokens;
    let first = tokens
        .iter()
        .find(|token| !matches!(token.tag, Tag::Mark | Tag::Quote | Tag::Number));
    let imperative = first.is_some_and(|token| {
        words::VERB_FORMS
            .get(&token.lower)
            .is_some_and(|&(_, form)| form == words::Form::Base)
    }) && first.is_some_and(|token| {
        matches!(token.tag, Tag::Verb(_)) || !words::IS_NOUN_OR_VERB.contains(token.lower.as_str())
    });
    imperative
        || tokens
            .iter()
            .any(|token| matches!(token.lower.as_str(), "you" | "your"))
}

/// "Two people familiar with the matter": passed on, not put forward by anybody.
fn is_unnamed_source(words: &str) -> bool {
    let lower = words.to_lowercase();
    lower.split(' ').any(|word| {
        matches!(
            word,
            "people" | "person" | "sources" | "source" | "insiders"
        )
    }) && !lower.contains("prosecutor")
}

/// A phrase without the punctuation that a chunk may carry at its ends.
fn tidy(text: &str, span: Span) -> Span {
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
