//! Claims: relations between phrases, resolved to who is meant, with who says so.

mod affiliation;
mod extent;
mod mood;
mod party;
mod speakers;

use daylight_model::{
    Claim, Document, EntityKind, Force, Party, Quantity, Relation, Span, Speaker, TimeExpression,
    derived_id,
};

use self::mood::{accused_of, is_advice, is_general, settle_mood, thought_to};
use self::party::name_beside;
use self::speakers::is_unnamed_source;
use crate::clause::Clauses;
use crate::discourse::Discourse;
use crate::entities::{Entities, without_article};
use crate::hedges;
use crate::lexicon::Lexicon;
use crate::relations::{self, Draft, Side};
use crate::speech::{Frame, FrameSpeaker, Stance};

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
        let voice = sentence.frames.iter().zip(&speakers).rfind(|(frame, _)| {
            !matches!(frame.speaker, FrameSpeaker::Quoted | FrameSpeaker::Same)
        });
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
                if let Some(claim) = &claim {
                    note_alias(claim, entities);
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
        if !settle_mood(&mut draft, sentence.clauses) || is_general(&draft, sentence.clauses) {
            return None;
        }
        let verb_span = sentence.clauses.span(draft.verb);
        let (subject, object) = self.parties(&mut draft, sentence, entities, discourse)?;
        // The frames around the verb, from the outside in; the relation's own verb is none.
        let around: Vec<usize> = (0..sentence.frames.len())
            .filter(|&at| {
                sentence.frames[at].scope.contains(verb_span)
                    && sentence.frames[at].verb != Some(draft.verb)
            })
            .collect();
        // "no evidence that links it to the worm that hit a port": the worm did.
        let aside = is_aside_on_known(sentence.clauses, draft.verb);
        let stands = |stance: Stance| {
            let stance_of = |&at: &usize| sentence.frames[at].stance;
            let mut stances = around.iter().map(stance_of);
            stances.any(|it| it == stance && !(aside && it == Stance::Negated))
        };
        if stands(Stance::Open) {
            return None;
        }
        let mut chain: Vec<Speaker> = self.outlet.to_vec();
        chain.extend(around.iter().filter_map(|&at| speakers[at].clone()));
        // An act of speech ("blamed", "charged", "denied") has a speaker of its own.
        let own = draft
            .speaker
            .filter(|&chunk| !self.is_own_text(chunk, sentence));
        chain.extend(own.map(|chunk| self.speaker(chunk, sentence, entities, discourse)));
        chain.dedup_by(|one, other| one.name == other.name);
        let group = sentence.clauses.verb(draft.verb)?;
        let negated = sentence.clauses.is_negated(draft.verb)
            || !aside && hedges::denied_before(&sentence.clauses.tokens, group.main)
            || hedges::nothing_to_do(&sentence.clauses.tokens, group.main);
        let innocent = self.is_nobodys_deed(&draft, sentence)
            || is_issuer(&draft, sentence, &around)
            || self.means_bystanders(&draft, sentence, entities, discourse)
            || self.may_be_speaker(&draft, sentence, entities, discourse);
        if innocent && !negated {
            return None;
        }
        let reach = self.reach(&draft, sentence);
        let denied_around = around
            .iter()
            .any(|&at| sentence.frames[at].force == Force::Denied);
        // "doubted that it had not": better nothing than the wrong way round.
        if negated && stands(Stance::Negated) {
            return None;
        }
        let force = if denied_around {
            Force::Denied
        } else {
            let innermost = around
                .last()
                .map(|&at| (&sentence.frames[at], &speakers[at]));
            self.force(&draft, sentence, innermost)
        };
        let yardstick = hedges::yardstick(&chain, |speaker| self.home(speaker, entities));
        Some(Claim {
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
            negated: negated || denied_around || stands(Stance::Negated),
            confidence: hedges::confidence(&self.document.text, sentence.span, reach, yardstick),
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
        })
    }

    /// The country that a speaker is or speaks for.
    fn home(&self, speaker: &Speaker, entities: &Entities) -> Option<String> {
        let country = speaker
            .entity
            .map(|entity| &entities.list[entity])
            .filter(|entity| entity.kind == EntityKind::Country)
            .and_then(|entity| entity.known_as.clone());
        country.or_else(|| self.lexicon.home(&speaker.name).map(str::to_owned))
    }

    /// Both sides of a claim; `None` where they are the same.
    fn parties(
        &self,
        draft: &mut Draft,
        sentence: &Sentence<'_, '_>,
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Option<(Party, Option<Party>)> {
        let clauses = sentence.clauses;
        let nobody_new = |side: Side| {
            let head = side
                .chunk()
                .map_or("", |chunk| clauses.head(clauses.root(chunk)).lower.as_str());
            matches!(
                head,
                "itself" | "themselves" | "himself" | "herself" | "none" | "nothing"
            )
        };
        if nobody_new(draft.subject) || draft.object.is_some_and(nobody_new) {
            return None;
        }
        draft.subject = name_beside(draft.subject, clauses);
        draft.object = draft.object.map(|side| name_beside(side, clauses));
        self.lift_subject(draft, sentence, entities, discourse);
        let mut subject = self.party(draft.subject, sentence, entities, discourse);
        self.settle_pronoun(&mut subject, draft, sentence, entities, discourse);
        let mut object = draft
            .object
            .map(|side| self.party(side, sentence, entities, discourse));
        // "based in Riga" says more than the country.
        if draft.relation == Relation::LocatedIn
            && let Some(place) = &mut object
        {
            without_article(&place.text).clone_into(&mut place.name);
        }
        let same = object
            .as_ref()
            .is_some_and(|object| object.name.eq_ignore_ascii_case(&subject.name));
        (!same).then_some((subject, object))
    }

    /// How a claim is put: by its verb, by the words beside it, or by whoever speaks.
    fn force(
        &self,
        draft: &Draft,
        sentence: &Sentence<'_, '_>,
        innermost: Option<(&Frame, &Option<Speaker>)>,
    ) -> Force {
        let clauses = sentence.clauses;
        let words = sentence.span.of(&self.document.text);
        let unnamed = [
            "condition of anonymity",
            "not to be named",
            "not to be identified",
        ]
        .iter()
        .any(|told| words.contains(told));
        let framed = innermost.map(|(frame, speaker)| match speaker {
            Some(speaker) if unnamed || is_unnamed_source(&speaker.text) => Force::Reported,
            _ => frame.force,
        });
        let beside = || hedges::force(&clauses.tokens, clauses.verb(draft.verb)?.main);
        draft
            .force
            .or_else(|| accused_of(clauses, draft.verb))
            .or_else(beside)
            .or(framed)
            .or_else(|| thought_to(clauses, draft.verb))
            .unwrap_or(Force::Asserted)
    }

    /// Whether "we", those who look into it, or just anybody are said to do something hostile:
    /// "We took the servers offline".
    fn is_nobodys_deed(&self, draft: &Draft, sentence: &Sentence<'_, '_>) -> bool {
        const OURS: &[&str] = &[
            "we",
            "us",
            "i",
            "investigators",
            "researchers",
            "authorities",
        ];
        const ANYBODY: &[&str] = &["anyone", "someone", "one", "everyone", "others", "nobody"];
        let head = draft
            .subject
            .chunk()
            .map(|chunk| sentence.clauses.head(chunk));
        head.is_some_and(|head| {
            let word = head.lower.as_str();
            ANYBODY.contains(&word) || OURS.contains(&word) && is_hostile(draft.relation)
        })
    }
}

/// Whether a verb is that of a relative clause on something definite, which holds whatever is said
/// of that thing.
fn is_aside_on_known(clauses: &Clauses<'_>, verb: usize) -> bool {
    let noun = verb.checked_sub(1).and_then(|at| clauses.told_of(at));
    noun.is_some_and(|noun| clauses.tokens[clauses.chunks[noun].first].lower == "the")
}

/// "The advisory, issued by CISA, said": who only says what others did.
fn is_issuer(draft: &Draft, sentence: &Sentence<'_, '_>, around: &[usize]) -> bool {
    let Some(chunk) = draft.subject.chunk().filter(|_| is_hostile(draft.relation)) else {
        return false;
    };
    let clauses = sentence.clauses;
    let root = clauses.root(chunk);
    let says = around.iter().any(|&at| {
        let frame = &sentence.frames[at];
        matches!(frame.speaker, FrameSpeaker::Chunk(speaker) if speaker == chunk || speaker == root)
            && frame.force != Force::Denied
    });
    let issues = root.checked_sub(2).is_some_and(|at| {
        clauses
            .word(at + 1)
            .is_some_and(|token| token.lower == "by")
            && clauses.verb(at).is_some_and(|group| {
                matches!(
                    clauses.lemma(group),
                    "issue" | "release" | "publish" | "write"
                )
            })
    });
    says || issues
}

/// "Acme tracks the group as Tin Crow": another name of the group.
fn note_alias(claim: &Claim, entities: &mut Entities) {
    let named = claim
        .object
        .as_ref()
        .and_then(|party| party.entity)
        .filter(|&entity| entities.list[entity].kind == EntityKind::IntrusionSet);
    if let Some(entity) = named.filter(|_| claim.relation == Relation::AliasOf && !claim.negated) {
        entities.alias(entity, &claim.subject.text);
    }
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
        // "dismissed allegations that it had stolen": these are the theft.
        !denied.is_some_and(|denied| {
            let told = crate::speech::doubt::are_claims(last_word(&denied.text));
            acts.iter()
                .any(|&act| denied.span.overlaps(act) || told && denied.span.end <= act.start)
        })
    });
}

fn last_word(words: &str) -> &str {
    words.rsplit(' ').next().unwrap_or_default()
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
