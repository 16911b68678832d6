//! Sponsors and seats that a phrase names without a verb.

use daylight_model::{Claim, EntityKind, Relation, Span, Speaker};

use super::{ClaimReader, Sentence};
use crate::clause::Clauses;
use crate::discourse::Discourse;
use crate::entities::{Entities, without_article};
use crate::relations::{Draft, Side, Sort};
use crate::tokens::Tag;
use crate::words;

impl ClaimReader<'_> {
    /// "Orange Rook, an arm of the ministry", "is a front for the bureau": whose part somebody is.
    pub(super) fn parts(
        &self,
        sentence: &Sentence<'_, '_>,
        entities: &Entities,
        discourse: &Discourse,
    ) -> Vec<Draft> {
        let clauses = sentence.clauses;
        let mut drafts = subordinates(clauses);
        let arms = (1..clauses.chunks.len()).filter(|&at| {
            clauses.is_noun(at)
                && words::IS_ARM_NOUN.contains(clauses.head(at).lower.as_str())
                && clauses
                    .word(at + 1)
                    .is_some_and(|token| matches!(token.lower.as_str(), "of" | "for" | "within"))
                && clauses.is_noun(at + 2)
        });
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
            // Behind "of" a phrase's root is the arm itself: the patron is told by its own head.
            let head = clauses.head(arm + 2);
            let patron = head.tag == Tag::Proper
                || words::IS_SPEAKER_NOUN.contains(head.lower.as_str())
                || matches!(
                    self.sort(sentence, arm + 2, entities, discourse),
                    Sort::Agent | Sort::Named
                );
            // Members of a gang are no arm of it.
            let members = clauses.head(arm).lower == "part"
                && entities
                    .named_in(clauses.span(arm + 2))
                    .iter()
                    .any(|named| entities.list[named.entity].kind == EntityKind::IntrusionSet);
            if let (Some(whole), Some(verb), true) = (whole, verb, patron && !members) {
                drafts.push(Draft {
                    relation: Relation::SponsoredBy,
                    subject: Side::Subject(whole),
                    object: Some(Side::Object(arm + 2)),
                    force: None,
                    // "which it described as an arm of"
                    speaker: described_as(clauses, arm).and_then(|_| clauses.subject(arm - 2)),
                    verb,
                });
            }
        }
        drafts
    }

    /// "PRC government-affiliated operators": a sponsor named inside a phrase.
    pub(super) fn affiliations(
        &self,
        sentence: &Sentence<'_, '_>,
        speakers: &[Option<Speaker>],
        entities: &mut Entities,
        discourse: &Discourse,
    ) -> Vec<Claim> {
        let mut claims = Vec::new();
        for at in 0..sentence.clauses.chunks.len() {
            if !sentence.clauses.is_noun(at) {
                continue;
            }
            let Some((relation, sponsor)) = self.affiliation(sentence, at, entities) else {
                continue;
            };
            let sort = self.sort(sentence, at, entities, discourse);
            if !matches!(sort, Sort::Agent | Sort::Named)
                && !is_firm(&sentence.clauses.head(at).lower)
            {
                continue;
            }
            let Some(verb) = clause_of(sentence.clauses, at) else {
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
    pub(super) fn affiliation(
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

/// "a unit subordinate to the ministry", "crews loyal to the army".
fn subordinates(clauses: &Clauses<'_>) -> Vec<Draft> {
    let below = |at: usize| {
        clauses.word(at).is_some_and(|token| {
            matches!(token.lower.as_str(), "subordinate" | "loyal" | "answerable")
        }) && clauses
            .word(at + 1)
            .is_some_and(|token| token.lower == "to")
            && clauses.is_noun(at + 2)
    };
    let draft = |at: usize| {
        let copula = clauses
            .verb(at - 1)
            .filter(|&group| clauses.lemma(group) == "be");
        let whole = copula
            .and_then(|_| clauses.subject(at - 1))
            .or_else(|| Some(at - 1).filter(|&noun| clauses.is_noun(noun)))?;
        Some(Draft {
            relation: Relation::SponsoredBy,
            subject: Side::Subject(whole),
            object: Some(Side::Object(at + 2)),
            force: None,
            speaker: None,
            verb: clause_of(clauses, whole)?,
        })
    };
    (1..clauses.chunks.len())
        .filter(|&at| below(at))
        .filter_map(draft)
        .collect()
}

/// "Tehran-based": the place, which may be no known one.
pub(super) fn own_place(tokens: &[crate::tokens::Token<'_>], at: usize, prefix: &str) -> Span {
    Span::new(tokens[at].span.start, tokens[at].span.start + prefix.len())
}

pub(super) fn is_firm(noun: &str) -> bool {
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
pub(super) fn described_as(clauses: &Clauses<'_>, arm: usize) -> Option<usize> {
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

/// The verb of the clause that a phrase stands in: the one it is the subject of, else the one
/// before it, else the one after.
fn clause_of(clauses: &Clauses<'_>, noun: usize) -> Option<usize> {
    let verbs = || clauses.verbs().map(|(verb, _)| verb);
    verbs()
        .find(|&verb| clauses.subject(verb) == Some(noun))
        .or_else(|| verbs().filter(|&verb| verb < noun).last())
        .or_else(|| verbs().next())
}
