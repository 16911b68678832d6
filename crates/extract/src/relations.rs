//! What verbs say about the phrases around them, in the vocabulary of claims.
//!
//! One small function a group of verbs; each looks at a verb's lemma and gives drafts: phrases
//! and a relation, not yet resolved to anybody.

mod aftermath;
mod attacks;
mod attribution;
mod means;
mod ties;

use daylight_model::{Force, Relation, Span};

use crate::clause::{Clauses, Complements, Mood, VerbGroup};
use crate::tokens::Tag;
use crate::words;

/// A relation between two phrases of a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) relation: Relation,
    pub(crate) subject: Side,
    pub(crate) object: Option<Side>,
    /// The verb's own force, where it has one: "accused", "charged".
    pub(crate) force: Option<Force>,
    /// Who speaks by the verb itself: "the administration blamed".
    pub(crate) speaker: Option<usize>,
    /// The verb's chunk.
    pub(crate) verb: usize,
}

/// One side of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// A noun chunk, as subject.
    Subject(usize),
    /// A noun chunk, as object.
    Object(usize),
    /// Words of the sentence.
    Words(Span),
    /// The sentence does not say who.
    Unstated,
}

impl Side {
    /// The noun chunk behind it.
    pub(crate) fn chunk(self) -> Option<usize> {
        match self {
            Self::Subject(chunk) | Self::Object(chunk) => Some(chunk),
            Self::Words(_) | Self::Unstated => None,
        }
    }
}

/// Nouns after which "that" tells what they hold, and stands for nothing.
const CONTENT: &[&str] = &[
    "evidence",
    "sign",
    "indication",
    "proof",
    "fact",
    "reason",
    "belief",
    "chance",
    "possibility",
    "assessment",
    "conclusion",
    "statement",
    "news",
    "hint",
    "risk",
    "likelihood",
    "probability",
    "claim",
    "report",
    "view",
    "idea",
    "confidence",
    "doubt",
];

/// A verb with what stands around it.
struct Verb<'c, 't> {
    clauses: &'c Clauses<'t>,
    /// Tells what kind of noun a chunk is, names included.
    sort: &'c dyn Fn(usize) -> Sort,
    at: usize,
    group: VerbGroup,
    lemma: &'c str,
    subject: Option<usize>,
    complements: Complements,
}

/// What sort of thing a noun phrase speaks of, as far as a relation depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Attackers, people, groups, states, pronouns for them.
    Agent,
    /// Attacks, operations, campaigns.
    Attack,
    /// Malware, tools, lures, accounts.
    Means,
    /// Vulnerabilities.
    Flaw,
    /// Products.
    Product,
    /// Named, and not known to be any of these.
    Named,
    /// Anything else.
    Other,
}

/// The drafts of one verb.
pub(crate) fn drafts(clauses: &Clauses<'_>, at: usize, sort: &dyn Fn(usize) -> Sort) -> Vec<Draft> {
    let Some(group) = clauses.verb(at) else {
        return Vec::new();
    };
    let verb = Verb {
        clauses,
        sort,
        at,
        group,
        lemma: clauses.lemma(group),
        subject: clauses.subject(at),
        complements: clauses.complements(at),
    };
    let rules: &[fn(&Verb<'_, '_>) -> Vec<Draft>] = &[
        attribution::attribution,
        attribution::confession,
        attribution::accusation,
        attribution::naming,
        aftermath::law,
        ties::cooperation,
        attacks::attack,
        attacks::operation,
        means::means,
        means::instruments,
        aftermath::demand,
        aftermath::loss,
        aftermath::remedy,
        ties::place,
        attribution::denial,
    ];
    let mut found: Vec<Draft> = rules.iter().flat_map(|rule| rule(&verb)).collect();
    // "were compromised" with nobody behind it lays nothing at anybody's door.
    found.retain(|draft| {
        draft.object != Some(draft.subject)
            && (draft.subject != Side::Unstated
                || matches!(draft.relation, Relation::Charged | Relation::Sanctioned))
    });
    found
}

impl Verb<'_, '_> {
    fn is(&self, lemmas: &[&str]) -> bool {
        words::among(lemmas, self.lemma)
    }

    /// Whether a word follows the verb at once: "broke into", "carried out".
    fn followed_by(&self, words: &[&str]) -> bool {
        let next = self.clauses.tokens.get(self.group.main + 1);
        next.is_some_and(|token| words::among(words, &token.lower))
    }

    fn sort_of(&self, chunk: usize) -> Sort {
        (self.sort)(chunk)
    }

    /// Who does it: the subject, or in the passive the phrase after "by".
    fn agent(&self) -> Side {
        if self.group.passive {
            self.complements
                .after(&["by"])
                .map_or(Side::Unstated, Side::Object)
        } else {
            self.subject.map_or(Side::Unstated, Side::Subject)
        }
    }

    /// Whom it is done to: the object, or in the passive the subject.
    fn patient(&self) -> Option<Side> {
        if self.group.passive {
            self.subject.map(Side::Subject)
        } else {
            let relative = || {
                let opening = self.subject?.checked_sub(1)?;
                let word = self.clauses.word(opening)?;
                // "a flaw that Acme fixed": nothing else is left for it to fix.
                let that = word.tag == Tag::Subordinator && word.lower == "that";
                let noun = self.clauses.antecedent(opening)?;
                let head = self.clauses.head(noun).lower.as_str();
                let said = crate::speech::doubt::are_claims(head) || CONTENT.contains(&head);
                (word.tag == Tag::Relative && word.lower != "what" || that && !said).then_some(noun)
            };
            // "the tool they used"
            let contact = || {
                self.clauses
                    .contact(self.subject.filter(|&at| at + 1 == self.at)?)
            };
            let object = self.complements.direct.or_else(relative);
            object.or_else(contact).map(Side::Object)
        }
    }

    /// Whether a phrase says "its", "their" or the like: what belongs to somebody named before.
    fn is_own(&self, side: Side) -> bool {
        side.chunk().is_some_and(|chunk| {
            let chunk = &self.clauses.chunks[chunk];
            self.clauses.tokens[chunk.first..=chunk.last]
                .iter()
                .any(|token| token.tag == Tag::Possessive)
        })
    }

    fn patient_sort(&self) -> Option<Sort> {
        self.patient()
            .and_then(Side::chunk)
            .map(|chunk| self.sort_of(chunk))
    }

    /// The patient's head noun.
    fn patient_head(&self) -> &str {
        self.patient().and_then(Side::chunk).map_or("", |chunk| {
            self.clauses.head(self.clauses.root(chunk)).lower.as_str()
        })
    }

    /// Whether the doer is one who attacks, or is not named.
    fn hostile_agent(&self) -> bool {
        match self.agent().chunk() {
            Some(chunk) => {
                let head = self.clauses.head(self.clauses.root(chunk));
                match self.sort_of(chunk) {
                    Sort::Agent => !head.is(words::IS_BYSTANDER),
                    Sort::Attack => true,
                    // A server is used; malware acts.
                    Sort::Means => head.tag == Tag::Proper || head.is(words::IS_ACTING_MEANS),
                    _ => false,
                }
            }
            None => self.group.passive || self.group.mood == Mood::Participle,
        }
    }

    /// Who gave, filed or released the paper or the remedy that stands as a subject: "returned
    /// an indictment charging", "released an update that removes".
    fn giver(&self, subject: Side, papers: &[&str]) -> Side {
        let Some(paper) = subject
            .chunk()
            .map(|chunk| self.clauses.root(chunk))
            .filter(|&chunk| papers.contains(&self.clauses.head(chunk).lower.as_str()))
        else {
            return subject;
        };
        let gives = |&(at, group): &(usize, VerbGroup)| {
            at < self.at && !group.passive && self.clauses.complements(at).direct == Some(paper)
        };
        let giver = self.clauses.verbs().filter(gives).last();
        giver
            .and_then(|(at, _)| self.clauses.subject(at))
            .map_or(subject, Side::Subject)
    }

    /// "a flaw in Acme Mail, for which the vendor issued a patch".
    fn flaw_before(&self) -> Option<usize> {
        let clauses = self.clauses;
        let relative = (1..self.at).rev().find(|&at| {
            clauses.word(at).is_some_and(|token| token.lower == "which")
                && clauses
                    .word(at - 1)
                    .is_some_and(|token| token.lower == "for")
        })?;
        (0..relative)
            .rev()
            .find(|&at| clauses.is_noun(at) && self.sort_of(at) == Sort::Flaw)
    }

    fn draft(&self, subject: Side, relation: Relation, object: Side) -> Draft {
        Draft {
            relation,
            subject,
            object: Some(object),
            force: None,
            speaker: None,
            verb: self.at,
        }
    }

    /// A draft that the verb's own subject says.
    fn said_by_subject(
        &self,
        subject: Side,
        relation: Relation,
        object: Side,
        force: Option<Force>,
    ) -> Draft {
        // "has not sanctioned": an act that did not happen is no act of speech.
        let done = !self.group.negated;
        Draft {
            force: force.filter(|_| done),
            speaker: self.agent().chunk().filter(|&chunk| {
                // "proof that links them to it" says nothing.
                done && !CONTENT.contains(&self.clauses.head(chunk).lower.as_str())
                    && !matches!(self.sort_of(chunk), Sort::Means | Sort::Attack | Sort::Flaw)
            }),
            ..self.draft(subject, relation, object)
        }
    }
}
