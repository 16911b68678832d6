//! What verbs say about the phrases around them, in the vocabulary of claims.
//!
//! One small function a group of verbs; each looks at a verb's lemma and gives drafts: phrases
//! and a relation, not yet resolved to anybody.

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
        attribution,
        confession,
        accusation,
        naming,
        law,
        cooperation,
        attack,
        operation,
        means,
        instruments,
        demand,
        loss,
        remedy,
        place,
        denial,
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
        lemmas.contains(&self.lemma)
    }

    /// Whether a word follows the verb at once: "broke into", "carried out".
    fn followed_by(&self, words: &[&str]) -> bool {
        let next = self.clauses.tokens.get(self.group.main + 1);
        next.is_some_and(|token| words.contains(&token.lower.as_str()))
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
                (word.tag == Tag::Relative && word.lower != "what")
                    .then(|| self.clauses.antecedent(opening))
                    .flatten()
            };
            self.complements.direct.or_else(relative).map(Side::Object)
        }
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
                    Sort::Agent => !words::IS_BYSTANDER.contains(head.lower.as_str()),
                    Sort::Attack => true,
                    // A server is used; malware acts.
                    Sort::Means => {
                        head.tag == Tag::Proper
                            || words::IS_ACTING_MEANS.contains(head.lower.as_str())
                    }
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
            speaker: self.agent().chunk().filter(|_| done),
            ..self.draft(subject, relation, object)
        }
    }
}

/// "blamed China for a hack", "attributed the attack to Russia", "China was behind the attack".
fn attribution(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let mut found = Vec::new();
    if verb.is(&["blame"]) {
        let on = complements.after(&["on"]);
        let blamed = if verb.group.passive {
            verb.subject.map(Side::Subject)
        } else {
            complements.direct.map(Side::Object)
        };
        match (blamed, on, complements.after(&["for"])) {
            (Some(deed), Some(culprit), _) => found.push(verb.said_by_subject(
                deed,
                Relation::AttributedTo,
                Side::Object(culprit),
                None,
            )),
            (Some(culprit), None, Some(deed)) => found.push(verb.said_by_subject(
                Side::Object(deed),
                Relation::AttributedTo,
                culprit,
                None,
            )),
            _ => {}
        }
    }
    if verb.is(&[
        "attribute",
        "trace",
        "pin",
        "link",
        "tie",
        "connect",
        "ascribe",
    ]) && let (Some(deed), Some(culprit)) =
        (verb.patient(), complements.after(&["to", "on", "with"]))
        && deed.chunk().is_some_and(|chunk| {
            matches!(
                verb.sort_of(chunk),
                Sort::Attack | Sort::Agent | Sort::Means | Sort::Flaw | Sort::Named
            )
        })
    {
        found.push(verb.said_by_subject(deed, Relation::AttributedTo, Side::Object(culprit), None));
    }
    if verb.is(&["be", "stand", "lie", "sit"])
        && let Some(subject) = verb.subject
    {
        let responsible = verb.clauses.tokens[verb.group.main..]
            .iter()
            .take(4)
            .any(|token| {
                matches!(
                    token.lower.as_str(),
                    "responsible" | "culpable" | "accountable"
                )
            });
        let deed = complements
            .after(&["behind"])
            .or_else(|| responsible.then(|| complements.after(&["for"])).flatten());
        if let Some(deed) = deed.filter(|&deed| verb.sort_of(deed) != Sort::Other) {
            found.push(verb.draft(
                Side::Object(deed),
                Relation::AttributedTo,
                Side::Subject(subject),
            ));
        }
        // "was the work of a Russian group"
        if let Some(work) = complements
            .direct
            .filter(|&work| verb.clauses.head(work).lower == "work")
            && verb.clauses.is_noun(work + 2)
            && verb
                .clauses
                .word(work + 1)
                .is_some_and(|token| token.lower == "of")
        {
            found.push(verb.draft(
                Side::Subject(subject),
                Relation::AttributedTo,
                Side::Object(work + 2),
            ));
        }
    }
    found
}

/// "LockBit claimed responsibility for the attack": said of itself, and not proven.
fn confession(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let (Some(subject), Some(deed)) = (verb.subject, verb.complements.after(&["for"])) else {
        return Vec::new();
    };
    let claims = verb.is(&["claim", "take", "accept", "admit"])
        && matches!(verb.patient_head(), "responsibility" | "credit")
        && !verb.group.passive;
    if !claims {
        return Vec::new();
    }
    vec![verb.said_by_subject(
        Side::Object(deed),
        Relation::AttributedTo,
        Side::Subject(subject),
        Some(Force::Alleged),
    )]
}

/// "which calls the group Orange Rook", "tracks the activity as Orange Rook".
fn naming(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let clauses = verb.clauses;
    if !verb.is(&["call", "track", "dub", "name", "label"]) || verb.group.passive {
        return Vec::new();
    }
    let Some(group) = verb.complements.direct else {
        return Vec::new();
    };
    // "calls the group Orange Rook" is one noun phrase: its name is what ends it.
    let name = verb
        .complements
        .after(&["as"])
        .filter(|&name| clauses.head(name).tag == Tag::Proper);
    let chunk = &clauses.chunks[group];
    let split = (chunk.first..=chunk.last).find(|&at| {
        at > chunk.first
            && clauses.tokens[at].tag == Tag::Proper
            && words::IS_PERSON_NOUN.contains(clauses.tokens[at - 1].lower.as_str())
    });
    // "the same actor that Mandiant calls UNC9999": what the relative clause hangs on.
    let bare = clauses.head(group).tag == Tag::Proper && split.is_none() && name.is_none();
    if bare && verb.is(&["call", "dub"]) {
        let relative = verb
            .subject
            .and_then(|subject| subject.checked_sub(1))
            .filter(|&at| {
                clauses
                    .word(at)
                    .is_some_and(|token| matches!(token.tag, Tag::Relative | Tag::Subordinator))
            });
        let meant = relative
            .and_then(|at| at.checked_sub(1))
            .filter(|&noun| clauses.is_noun(noun) && verb.sort_of(noun) == Sort::Agent);
        let copula = meant.and_then(|noun| noun.checked_sub(1)).filter(|&at| {
            clauses
                .verb(at)
                .is_some_and(|group| clauses.lemma(group) == "be")
        });
        let meant = copula.and_then(|at| clauses.subject(at)).or(meant);
        return meant
            .map(|meant| verb.draft(Side::Object(group), Relation::AliasOf, Side::Subject(meant)))
            .into_iter()
            .collect();
    }
    match (name, split) {
        (Some(name), _) => {
            vec![verb.draft(Side::Object(name), Relation::AliasOf, Side::Object(group))]
        }
        (None, Some(at)) => {
            let described = clauses.tokens[chunk.first]
                .span
                .join(clauses.tokens[at - 1].span);
            let name = clauses.tokens[at]
                .span
                .join(clauses.tokens[chunk.last].span);
            vec![verb.draft(Side::Words(name), Relation::AliasOf, Side::Words(described))]
        }
        _ => Vec::new(),
    }
}

/// "accused Iran of a cyberattack". What is accused in a verb's form ("of hacking") is read
/// at that verb.
fn accusation(verb: &Verb<'_, '_>) -> Vec<Draft> {
    if !verb.is(&["accuse", "suspect"]) {
        return Vec::new();
    }
    let (Some(accused), Some(deed)) = (verb.patient(), verb.complements.after(&["of"])) else {
        return Vec::new();
    };
    if verb.sort_of(deed) != Sort::Attack {
        return Vec::new();
    }
    vec![verb.said_by_subject(
        Side::Object(deed),
        Relation::AttributedTo,
        accused,
        Some(Force::Alleged),
    )]
}

/// Charges and sanctions, also by way of a noun: "announced charges against four men".
fn law(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    let head = verb.patient_head();
    let against = verb.complements.after(&["against", "on", "upon"]);
    if verb.is(&["charge", "indict", "arraign", "prosecute", "sue"])
        && let Some(accused) = verb.patient().filter(|side| {
            side.chunk()
                .is_some_and(|chunk| matches!(verb.sort_of(chunk), Sort::Agent | Sort::Named))
        })
    {
        let accuser = verb.giver(
            verb.agent(),
            &["indictment", "complaint", "lawsuit", "suit"],
        );
        found.push(Draft {
            speaker: accuser.chunk(),
            ..verb.said_by_subject(accuser, Relation::Charged, accused, Some(Force::Charged))
        });
    }
    if matches!(
        head,
        "charges" | "charge" | "indictment" | "indictments" | "complaint"
    ) && verb.is(&[
        "announce", "unseal", "file", "bring", "return", "issue", "press", "reveal", "make",
    ]) && let Some(accused) = against
    {
        found.push(verb.said_by_subject(
            verb.agent(),
            Relation::Charged,
            Side::Object(accused),
            Some(Force::Charged),
        ));
    }
    if matches!(head, "charges")
        && verb.is(&["face"])
        && let Some(subject) = verb.subject
    {
        found.push(Draft {
            force: Some(Force::Charged),
            ..verb.draft(Side::Unstated, Relation::Charged, Side::Subject(subject))
        });
    }
    if verb.is(&["sanction", "blacklist", "designate"])
        && let Some(target) = verb.patient().filter(|side| {
            side.chunk().is_some_and(|chunk| {
                let sort = verb.sort_of(chunk);
                matches!(sort, Sort::Agent | Sort::Named)
                    || verb.is(&["sanction"]) && sort == Sort::Other
            })
        })
    {
        found.push(verb.said_by_subject(
            verb.agent(),
            Relation::Sanctioned,
            target,
            Some(Force::Announced),
        ));
    }
    if head == "sanctions"
        && verb.is(&[
            "impose", "announce", "levy", "place", "slap", "issue", "adopt",
        ])
        && against.is_some()
    {
        let targets = verb.complements.prepositional.iter();
        let targets =
            targets.filter(|(word, _)| matches!(word.as_str(), "against" | "on" | "upon"));
        found.extend(targets.map(|&(_, target)| {
            let target = Side::Object(target);
            verb.said_by_subject(
                verb.agent(),
                Relation::Sanctioned,
                target,
                Some(Force::Announced),
            )
        }));
    }
    found
}

/// Working together, hiring, backing.
fn cooperation(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let mut found = Vec::new();
    if verb.is(&[
        "work",
        "collaborate",
        "cooperate",
        "coordinate",
        "conspire",
        "partner",
        "team",
        "collude",
        "ally",
        "operate",
        "act",
    ]) && let Some(subject) = verb.subject
        && verb.sort_of(subject) != Sort::Product
    {
        if let Some(partner) = complements
            .after(&["with", "alongside"])
            .filter(|&partner| matches!(verb.sort_of(partner), Sort::Agent | Sort::Named))
        {
            found.push(verb.draft(
                Side::Subject(subject),
                Relation::WorksWith,
                Side::Object(partner),
            ));
        }
        // For a state it is backing, for a firm it is employment.
        let employer = complements.after(&["for"]).filter(|_| verb.is(&["work"]));
        let patron = employer.filter(|&patron| verb.sort_of(patron) == Sort::Agent);
        if let Some(firm) = employer.filter(|&firm| verb.sort_of(firm) == Sort::Named) {
            found.push(verb.draft(
                Side::Object(firm),
                Relation::Employs,
                Side::Subject(subject),
            ));
        }
        if let Some(patron) = patron {
            found.push(verb.draft(
                Side::Subject(subject),
                Relation::SponsoredBy,
                Side::Object(patron),
            ));
        }
    }
    let deeds = found.is_empty() || verb.is(&["work", "operate", "act"]);
    if let Some(patron) = behalf(verb).filter(|_| deeds)
        && let agent @ (Side::Subject(chunk) | Side::Object(chunk)) = verb.agent()
        && !matches!(verb.sort_of(chunk), Sort::Flaw | Sort::Product)
    {
        found.push(verb.draft(agent, Relation::SponsoredBy, Side::Object(patron)));
    }
    let hires = verb.is(&["hire", "recruit", "employ", "contract", "enlist", "task"]);
    if (hires || verb.is(&["use"]))
        && let Some(hired) = verb.patient()
        && hired.chunk().is_some_and(|chunk| {
            is_people(verb.clauses, chunk)
                || hires && is_hired(verb.clauses, chunk)
                || verb.is(&["hire", "recruit"]) && verb.sort_of(chunk) == Sort::Named
                || verb.is(&["employ"]) && verb.group.passive
        })
    {
        found.push(verb.draft(verb.agent(), Relation::Employs, hired));
    }
    if verb.is(&[
        "back",
        "sponsor",
        "direct",
        "control",
        "fund",
        "finance",
        "affiliate",
        "associate",
        "align",
        "oversee",
        "order",
        "run",
        "support",
        "command",
    ]) && (verb.group.passive || !verb.is(&["run", "support", "order"]))
        && let Some(backed) = verb.patient()
    {
        let patron = if verb.group.passive {
            complements.after(&["by", "with", "to"]).map(Side::Object)
        } else {
            verb.subject.map(Side::Subject)
        };
        // A firm is backed by investors, unless it is a state that backs it.
        let state = patron
            .and_then(Side::chunk)
            .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Agent);
        let led = backed
            .chunk()
            .is_some_and(|chunk| match verb.sort_of(chunk) {
                Sort::Agent => true,
                Sort::Named => state,
                // "the operation was run by": its leaders conduct it.
                Sort::Attack => !verb.is(&["run", "direct", "command"]),
                _ => false,
            });
        if let Some(patron) = patron.filter(|_| led) {
            found.push(verb.draft(backed, Relation::SponsoredBy, patron));
        }
    }
    found
}

/// Nouns behind which a patron stands.
const BEHALF: &[&str] = &[
    "behalf",
    "direction",
    "orders",
    "instructions",
    "command",
    "auspices",
    "control",
    "instruction",
    "order",
    "request",
    "behest",
];

/// "on behalf of the ministry", "on orders from Moscow": the patron.
fn behalf(verb: &Verb<'_, '_>) -> Option<usize> {
    let (_, noun) = verb.complements.prepositional.iter().find(|(word, noun)| {
        matches!(word.as_str(), "on" | "at" | "under")
            && BEHALF.contains(&verb.clauses.head(*noun).lower.as_str())
    })?;
    Some(noun + 2).filter(|&patron| verb.clauses.is_noun(patron))
}

/// Whether a phrase is somebody who can be hired: a firm, or "him".
fn is_hired(clauses: &Clauses<'_>, chunk: usize) -> bool {
    let head = clauses.head(clauses.root(chunk));
    matches!(head.lower.as_str(), "him" | "her" | "them")
        || matches!(
            head.lower.trim_end_matches('s'),
            "company" | "companie" | "firm" | "contractor" | "broker" | "lawyer" | "provider"
        )
}

/// Whether a phrase's head is a word for people ("hackers").
fn is_people(clauses: &Clauses<'_>, chunk: usize) -> bool {
    words::IS_PERSON_NOUN.contains(clauses.head(chunk).lower.as_str())
}

/// Targeting and getting in.
fn attack(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    let into = verb
        .complements
        .after(&["into", "in", "through"])
        .map(Side::Object);
    let targets = verb.is(&["target", "attack"])
        || verb.is(&["hit", "strike", "aim", "victimize", "affect", "impact"]);
    // "used the malware against a rail operator"
    if verb.is(&["use", "deploy", "turn", "wield"])
        && verb.hostile_agent()
        && let Some(target) = verb.complements.after(&["against"])
    {
        found.push(verb.draft(verb.agent(), Relation::Targets, Side::Object(target)));
    }
    if targets && verb.hostile_agent() {
        let object = if verb.is(&["aim"]) {
            verb.complements.after(&["at"]).map(Side::Object)
        } else {
            verb.patient()
        };
        if let Some(object) = object.filter(|_| !matches!(verb.patient_sort(), Some(Sort::Attack)))
        {
            found.push(verb.draft(verb.agent(), Relation::Targets, object));
        }
    }
    let strong = verb.is(&[
        "compromise",
        "breach",
        "hack",
        "infiltrate",
        "penetrate",
        "infect",
        "exfiltrate",
        "encrypt",
        "deface",
        "hijack",
        "wipe",
        "cripple",
        "paralyze",
        "paralyse",
        "sabotage",
        "ransack",
        "steal",
        "siphon",
    ]);
    let weak = verb.is(&[
        "disrupt",
        "destroy",
        "damage",
        "leak",
        "intercept",
        "access",
    ]);
    let named = verb
        .agent()
        .chunk()
        .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named);
    if (strong && (verb.hostile_agent() || named && !verb.is(&["encrypt", "wipe"])))
        || (weak && verb.hostile_agent())
    {
        let victim = verb
            .complements
            .after(&["from"])
            .filter(|_| weak || verb.is(&["steal", "siphon", "exfiltrate"]))
            .map(Side::Object);
        let object = if verb.patient().is_none() || verb.followed_by(&["into"]) {
            into
        } else {
            verb.patient()
        };
        found.extend(
            object
                .into_iter()
                .chain(victim)
                .map(|object| verb.draft(verb.agent(), Relation::Compromised, object)),
        );
    }
    let takes = verb.is(&[
        "take",
        "copy",
        "download",
        "disable",
        "delete",
        "obtain",
        "knock",
        "vandalize",
    ]) && verb.hostile_agent();
    if takes
        && verb.patient_sort() != Some(Sort::Means)
        && !matches!(
            verb.patient_head(),
            "access"
                | "control"
                | "place"
                | "part"
                | "advantage"
                | "steps"
                | "responsibility"
                | "credit"
                | "action"
                | "aim"
                | "measures"
        )
    {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::Compromised, object)),
        );
    }
    let enters = verb.is(&["break", "get", "tap", "hack", "log", "burrow"])
        && verb.followed_by(&["into"])
        && (verb.is(&["break", "hack"]) || verb.hostile_agent());
    if enters
        && !verb.is(&["hack"])
        && let Some(object) = into
    {
        found.push(verb.draft(verb.agent(), Relation::Compromised, object));
    }
    found.extend(harm(verb));
    if verb.is(&["gain", "obtain", "get", "maintain", "have"])
        && verb.patient_head() == "access"
        && let Some(object) = verb.complements.after(&["to", "into"]).map(Side::Object)
        && verb.hostile_agent()
    {
        found.push(verb.draft(verb.agent(), Relation::Compromised, object));
    }
    found
}

/// Ways to get in or do damage that a verb tells only with what stands behind it.
fn harm(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let object = if verb.is(&["tamper", "meddle"]) {
        complements.after(&["with"]).map(Side::Object)
    } else if verb.is(&["make"]) && verb.followed_by(&["off"]) {
        complements.after(&["with"]).map(Side::Object)
    } else if verb.is(&["enter", "reach"]) {
        verb.patient().filter(|_| {
            let head = verb.patient_head();
            words::IS_SYSTEM_NOUN.contains(head) && verb.hostile_agent()
        })
    } else if verb.is(&["shut", "knock", "bring", "take"])
        && verb.followed_by(&["down", "out", "offline"])
        || verb.is(&["sever", "damage", "destroy", "cut", "burn", "torch"])
    {
        let named = verb
            .agent()
            .chunk()
            .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named);
        verb.patient()
            .filter(|_| verb.hostile_agent() || named && !verb.is(&["take", "bring", "cut"]))
    } else {
        None
    };
    let mut found: Vec<Draft> = object
        .into_iter()
        .map(|object| verb.draft(verb.agent(), Relation::Compromised, object))
        .collect();
    if verb.is(&["set", "fix", "train"]) && verb.patient_head() == "sights" {
        let object = complements.after(&["on"]).map(Side::Object);
        found.extend(object.map(|object| verb.draft(verb.agent(), Relation::Targets, object)));
    }
    let aims = verb.is(&["be", "go"])
        && verb.followed_by(&["after"])
        && verb.subject.is_some_and(|chunk| {
            verb.sort_of(chunk) == Sort::Agent && verb.group.mood == Mood::Finite
        });
    if aims {
        let object = complements.after(&["after"]).map(Side::Object);
        found.extend(object.map(|object| verb.draft(verb.agent(), Relation::Targets, object)));
    }
    found
}

/// "conducted ransomware operations against private companies".
fn operation(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let deeds = [
        "conduct",
        "carry",
        "launch",
        "commit",
        "perpetrate",
        "wage",
        "mount",
        "engage",
        "run",
        "orchestrate",
        "execute",
        "stage",
        "undertake",
        "participate",
        "lead",
        "involve",
    ];
    if !verb.is(&deeds) {
        return Vec::new();
    }
    let object = match (verb.patient(), verb.lemma) {
        (_, "engage" | "participate" | "involve") => {
            verb.complements.after(&["in"]).map(Side::Object)
        }
        (patient, _) => patient,
    };
    let Some(deed) = object.filter(|side| {
        side.chunk()
            .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Attack)
    }) else {
        return Vec::new();
    };
    let agent = verb.agent();
    if agent
        .chunk()
        .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Other)
    {
        return Vec::new();
    }
    let mut found = vec![verb.draft(agent, Relation::Conducts, deed)];
    let target = verb.complements.after(&["against", "on", "targeting"]);
    let target = target.filter(|&noun| {
        let head = verb.clauses.head(noun).lower.as_str();
        !BEHALF.contains(&head) && !words::IS_TIME_NOUN.contains(head)
    });
    if let Some(target) = target {
        found.push(verb.draft(agent, Relation::Targets, Side::Object(target)));
    }
    found
}

/// Tools and flaws.
fn means(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if verb.is(&["rely"])
        && let Some(tool) = verb
            .complements
            .after(&["on", "upon"])
            .filter(|_| verb.hostile_agent())
    {
        found.push(verb.draft(verb.agent(), Relation::Uses, Side::Object(tool)));
    }
    let Some(object) = verb.patient() else {
        return found;
    };
    let uses = [
        "use",
        "deploy",
        "leverage",
        "utilize",
        "utilise",
        "install",
        "drop",
        "deliver",
        "spread",
        "distribute",
        "plant",
        "implant",
        "execute",
        "load",
        "upload",
        "inject",
        "employ",
        "abuse",
        "weaponize",
        "run",
    ];
    match verb.patient_sort() {
        Some(Sort::Flaw)
            if verb.is(&[
                "exploit",
                "use",
                "abuse",
                "leverage",
                "utilize",
                "weaponize",
            ]) =>
        {
            found.push(verb.draft(verb.agent(), Relation::Exploits, object));
        }
        Some(Sort::Product | Sort::Means | Sort::Named | Sort::Other) if verb.is(&["exploit"]) => {
            found.push(verb.draft(verb.agent(), Relation::Exploits, object));
        }
        Some(Sort::Other | Sort::Named | Sort::Product)
            if verb.is(&["use", "deploy"])
                && verb.hostile_agent()
                && !matches!(
                    verb.patient_head(),
                    "opportunity" | "time" | "term" | "name" | "word" | "data" | "information"
                ) =>
        {
            found.push(verb.draft(verb.agent(), Relation::Uses, object));
        }
        Some(Sort::Means)
            if verb.is(&uses)
                && !(matches!(verb.patient_head(), "code" | "command" | "commands")
                    && !verb.is(&["use"]))
                && (verb.hostile_agent()
                    || verb
                        .agent()
                        .chunk()
                        .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named)) =>
        {
            found.push(verb.draft(verb.agent(), Relation::Uses, object));
        }
        _ => {}
    }
    found
}

/// What a deed is done with: "disabled four plants with malware", "in through a flaw in",
/// "with the help of a loader".
fn instruments(verb: &Verb<'_, '_>) -> Vec<Draft> {
    const MANNER: &[&str] = &[
        "help",
        "aid",
        "use",
        "ease",
        "success",
        "impunity",
        "aim",
        "goal",
        "intent",
        "view",
        "purpose",
        "confidence",
        "care",
        "time",
        "hope",
        "way",
        "course",
        "name",
        "result",
    ];
    let clauses = verb.clauses;
    let hostile = verb.hostile_agent() && verb.agent() != Side::Unstated;
    let harms = verb.is(&[
        "target",
        "attack",
        "hit",
        "strike",
        "compromise",
        "breach",
        "hack",
        "infiltrate",
        "penetrate",
        "infect",
        "encrypt",
        "deface",
        "wipe",
        "cripple",
        "paralyze",
        "paralyse",
        "steal",
        "disrupt",
        "destroy",
        "damage",
        "disable",
        "break",
        "get",
        "enter",
        "make",
        "sabotage",
        "move",
        "spread",
        "gain",
        "flood",
        "bombard",
        "follow",
        "shut",
        "knock",
    ]);
    if !hostile || !harms {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (word, noun) in &verb.complements.prepositional {
        let head = clauses.head(*noun).lower.as_str();
        let helped = matches!(head, "help" | "aid" | "use")
            && clauses
                .word(noun + 1)
                .is_some_and(|token| token.lower == "of")
            && clauses.is_noun(noun + 2);
        let (tool, sort) = if helped {
            (noun + 2, verb.sort_of(noun + 2))
        } else {
            (*noun, verb.sort_of(*noun))
        };
        let relation = match (word.as_str(), sort) {
            ("through" | "via" | "by" | "with", Sort::Flaw) => Relation::Exploits,
            ("with" | "through" | "via", Sort::Means) => Relation::Uses,
            ("with", Sort::Other | Sort::Named) if helped => Relation::Uses,
            ("with", Sort::Other)
                if verb.is(&["target", "attack", "hit", "strike", "flood", "bombard"])
                    && !MANNER.contains(&head) =>
            {
                Relation::Uses
            }
            ("with", Sort::Named) if verb.is(&["follow"]) => Relation::Uses,
            _ => continue,
        };
        if relation == Relation::Uses && verb.is(&["make", "tamper"]) && !helped {
            continue;
        }
        found.push(verb.draft(verb.agent(), relation, Side::Object(tool)));
    }
    found
}

/// Ransom and other demands.
fn demand(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if verb.is(&["demand", "extort"]) {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::Demanded, object)),
        );
    }
    let head = verb.patient_head();
    if verb.is(&["include", "involve", "make", "issue", "send", "have"])
        && matches!(head, "demand" | "demands")
        && let (Some(subject), Some(object)) = (verb.subject, verb.patient())
    {
        found.push(verb.draft(Side::Subject(subject), Relation::Demanded, object));
    }
    if verb.is(&["ask", "seek"])
        && let Some(ransom) = verb.complements.after(&["for"]).or(verb.complements.direct)
        && verb.clauses.object_phrase(ransom).len() > 0
        && verb.clauses.tokens.iter().any(|token| {
            token.lower == "ransom" && verb.clauses.object_phrase(ransom).contains(token.span)
        })
    {
        found.push(verb.draft(verb.agent(), Relation::Demanded, Side::Object(ransom)));
    }
    found
}

/// Harm and cost.
fn loss(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if verb.is(&["harm", "cost", "hurt"]) && !verb.group.passive {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::CausedLoss, object)),
        );
    }
    let head = verb.patient_head();
    if verb.is(&["cause", "inflict", "incur", "generate"])
        && matches!(
            head,
            "loss"
                | "losses"
                | "damage"
                | "damages"
                | "disruption"
                | "disruptions"
                | "outage"
                | "outages"
                | "harm"
                | "costs"
                | "billions"
                | "millions"
        )
    {
        let victim = verb
            .complements
            .after(&["to", "for", "on", "across", "at"])
            .map(Side::Object)
            .or_else(|| verb.patient());
        found.extend(victim.map(|victim| verb.draft(verb.agent(), Relation::CausedLoss, victim)));
    }
    found
}

/// Patches.
fn remedy(verb: &Verb<'_, '_>) -> Vec<Draft> {
    const REMEDIES: &[&str] = &[
        "patch", "patches", "update", "updates", "fix", "fixes", "hotfix", "hotfixes",
    ];
    let mut found = Vec::new();
    // "released an update that removes the backdoor": whoever released it.
    if verb.is(&["remove", "close", "plug", "fix", "address", "patch"])
        && let (Side::Subject(subject), Some(flaw)) = (verb.agent(), verb.patient())
        && REMEDIES.contains(&verb.clauses.head(subject).lower.as_str())
        && let giver = verb.giver(verb.agent(), REMEDIES)
        && giver != verb.agent()
    {
        return vec![verb.draft(giver, Relation::Patched, flaw)];
    }
    let attacker = verb
        .agent()
        .chunk()
        .is_some_and(|chunk| is_people(verb.clauses, chunk));
    if verb.is(&["patch", "fix", "address", "remediate", "mitigate"])
        && !attacker
        && matches!(verb.patient_sort(), Some(Sort::Flaw | Sort::Product))
    {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::Patched, object)),
        );
    }
    if verb.is(&["release", "issue", "publish", "ship", "push"])
        && REMEDIES.contains(&verb.patient_head())
        && let Some(flaw) = verb
            .complements
            .after(&["for", "to", "addressing"])
            .or_else(|| verb.flaw_before())
        && (!verb.patient_head().starts_with("update")
            || matches!(verb.sort_of(flaw), Sort::Flaw | Sort::Means))
    {
        found.push(verb.draft(verb.agent(), Relation::Patched, Side::Object(flaw)));
    }
    found
}

/// Where a group sits, and from where an attack came.
fn place(verb: &Verb<'_, '_>) -> Vec<Draft> {
    if let (Some(subject), Some(origin)) = (verb.subject, verb.complements.after(&["from"]))
        && verb.complements.after(&["with"]).is_none()
        && verb.sort_of(subject) == Sort::Attack
        && verb.is(&[
            "undertake",
            "conduct",
            "launch",
            "carry",
            "originate",
            "emanate",
            "come",
            "direct",
        ])
    {
        return vec![verb.draft(
            Side::Subject(subject),
            Relation::LocatedIn,
            Side::Object(origin),
        )];
    }
    if verb.is(&["have", "keep", "maintain"])
        && matches!(verb.patient_head(), "headquarters" | "seat" | "base")
        && let (Some(subject), Some(place)) = (verb.subject, verb.complements.after(&["in", "at"]))
    {
        let subject = Side::Subject(subject);
        return vec![verb.draft(subject, Relation::LocatedIn, Side::Object(place))];
    }
    let seated = verb.is(&["base", "headquarter", "register"]) && verb.group.passive;
    let sits = seated
        || verb.is(&["locate"]) && verb.group.passive
        || verb.is(&["operate", "work", "reside"]) && !verb.group.passive;
    let (Some(subject), Some(place)) = (
        verb.subject,
        verb.complements.after(&["in", "from", "at", "out"]),
    ) else {
        return Vec::new();
    };
    let named = verb.clauses.tokens
        [verb.clauses.chunks[place].first..=verb.clauses.chunks[place].last]
        .iter()
        .any(|token| token.tag == Tag::Proper);
    let whose = verb.sort_of(subject);
    if !sits || !named || whose != Sort::Agent && !seated {
        return Vec::new();
    }
    vec![verb.draft(
        Side::Subject(subject),
        Relation::LocatedIn,
        Side::Object(place),
    )]
}

/// "denied the accusations", "rejected the claims".
fn denial(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let denies = verb.is(&["deny", "refute"]);
    let rejects = verb.is(&["reject", "dismiss", "dispute"])
        && matches!(
            verb.patient_head(),
            "accusation"
                | "accusations"
                | "allegation"
                | "allegations"
                | "claim"
                | "claims"
                | "charge"
                | "charges"
                | "attribution"
                | "findings"
                | "report"
                | "reports"
                | "responsibility"
                | "involvement"
                | "assertion"
                | "assertions"
                | "account"
                | "suspicion"
                | "suspicions"
                | "conclusion"
                | "conclusions"
                | "version"
                | "blame"
                | "idea"
                | "suggestion"
        );
    let calls = verb.is(&["call", "brand", "describe", "label", "dismiss"])
        && verb.clauses.tokens[verb.group.main..].iter().any(|token| {
            matches!(
                token.lower.as_str(),
                "baseless"
                    | "groundless"
                    | "absurd"
                    | "unfounded"
                    | "fabricated"
                    | "false"
                    | "nonsense"
                    | "ridiculous"
                    | "untrue"
                    | "fabrication"
                    | "fiction"
                    | "slander"
            )
        });
    if !(denies || rejects || calls) || verb.group.passive {
        return Vec::new();
    }
    let Some(subject) = verb.subject else {
        return Vec::new();
    };
    let rest = verb
        .clauses
        .tokens
        .get(verb.group.main + 1..)
        .unwrap_or_default();
    let words = match (
        rest.first(),
        rest.iter()
            .rev()
            .find(|token| token.tag != Tag::Mark && token.tag != Tag::Quote),
    ) {
        (Some(first), Some(last)) if first.span.start < last.span.end => {
            Side::Words(first.span.join(last.span))
        }
        _ => Side::Unstated,
    };
    let object = verb.complements.direct.map_or(words, |direct| {
        Side::Words(verb.clauses.object_with_complements(direct))
    });
    let mut draft = verb.said_by_subject(
        Side::Subject(subject),
        Relation::Denied,
        object,
        Some(Force::Denied),
    );
    if object == Side::Unstated {
        draft.object = None;
    }
    vec![draft]
}
