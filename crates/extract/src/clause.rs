//! Phrases and clauses of a sentence: which words form a noun phrase or a verb group, what the
//! subject of a verb is and what it is complemented by.
//!
//! This is not a parser. It answers the three questions that the claim patterns ask and prefers
//! no answer to a wild one.

use daylight_model::Span;

use crate::tokens::{Tag, Token};
use crate::words::{self, Form};

/// One sentence, cut into phrases.
#[derive(Debug)]
pub(crate) struct Clauses<'t> {
    pub(crate) tokens: Vec<Token<'t>>,
    pub(crate) chunks: Vec<Chunk>,
}

/// A phrase, or a word between phrases.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    pub(crate) kind: ChunkKind,
    /// First token.
    pub(crate) first: usize,
    /// Last token, inclusive.
    pub(crate) last: usize,
}

/// What a chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChunkKind {
    /// A noun phrase.
    Noun,
    /// A verb with its auxiliaries.
    Verb(VerbGroup),
    /// Anything else, one token each.
    Other,
}

/// How a verb stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VerbGroup {
    /// The full verb's token, or the last auxiliary's where there is none.
    pub(crate) main: usize,
    /// "was hacked", and "malware used by".
    pub(crate) passive: bool,
    /// "did not".
    pub(crate) negated: bool,
    /// Finite, infinitive or participle.
    pub(crate) mood: Mood,
}

/// Whether a verb carries a clause of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It does.
    Finite,
    /// "to steal".
    Infinitive,
    /// "stealing", "stolen by": it describes what stands before it.
    Participle,
}

/// What follows a verb.
#[derive(Debug, Default)]
pub(crate) struct Complements {
    /// The object: index of a noun chunk.
    pub(crate) direct: Option<usize>,
    /// Preposition and noun chunk.
    pub(crate) prepositional: Vec<(String, usize)>,
    /// Preposition and verb chunk: "of stealing", "for hacking".
    pub(crate) gerunds: Vec<(String, usize)>,
}

impl Complements {
    /// The noun chunk after one of the prepositions, the first of them that is there.
    pub(crate) fn after(&self, prepositions: &[&str]) -> Option<usize> {
        prepositions.iter().find_map(|wanted| {
            self.prepositional
                .iter()
                .find(|(word, _)| word == wanted)
                .map(|&(_, noun)| noun)
        })
    }
}

/// Verbs whose bare participle after a noun describes it: "a group based in", "hackers linked to".
const REDUCED: &[&str] = &[
    "base",
    "locate",
    "know",
    "dub",
    "call",
    "link",
    "tie",
    "affiliate",
    "associate",
    "connect",
    "headquarter",
    "back",
    "sponsor",
    "name",
    "track",
    "align",
    "register",
    "run",
    "lead",
    "own",
    "control",
    "direct",
    "employ",
    "design",
    "suspect",
    "accuse",
    "believe",
];

/// Verbs that name.
const NAMING: &[&str] = &["know", "track", "call", "dub", "name", "identify", "refer"];

/// Verbs after which an infinitive's subject is the object: "hired hackers to steal".
const OBJECT_CONTROL: &[&str] = &[
    "use", "hire", "pay", "order", "direct", "recruit", "instruct", "task", "enlist", "employ",
    "allow", "enable", "force", "ask", "permit", "help", "train", "send",
];

impl<'t> Clauses<'t> {
    /// Cuts a sentence's tokens into phrases.
    pub(crate) fn new(tokens: Vec<Token<'t>>) -> Self {
        let hidden = hidden(&tokens);
        let mut chunks = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            if hidden[at] {
                at += 1;
                continue;
            }
            let chunk = verb_group(&tokens, &hidden, at)
                .or_else(|| noun_phrase(&tokens, &hidden, at))
                .unwrap_or(Chunk {
                    kind: ChunkKind::Other,
                    first: at,
                    last: at,
                });
            at = chunk.last + 1;
            chunks.push(chunk);
        }
        let mut clauses = Self { tokens, chunks };
        clauses.reduce();
        clauses
    }

    /// "lures engineers with job offers sent over LinkedIn": a past form behind the object of a
    /// finite verb is no second one.
    fn reduce(&mut self) {
        for at in 1..self.chunks.len() {
            let Some(group) = self.verb(at) else { continue };
            let bare = self.chunks[at].first == group.main
                && self.tokens[group.main].tag == Tag::Verb(Form::Past)
                && group.mood == Mood::Finite;
            if !bare || !self.is_noun(at - 1) {
                continue;
            }
            let before = (0..at)
                .rev()
                .find(|&before| !self.is_noun(before) && !self.is_preposition(before));
            let object_of = before.and_then(|before| self.verb(before)).filter(|other| {
                let lemma = self.lemma(*other);
                other.mood == Mood::Finite
                    && !other.passive
                    && crate::speech::reporting_force(lemma).is_none()
                    && !matches!(
                        lemma,
                        "know" | "fear" | "hope" | "hear" | "learn" | "see" | "show"
                    )
            });
            if object_of.is_some() {
                let reduced = VerbGroup {
                    passive: true,
                    mood: Mood::Participle,
                    ..group
                };
                self.chunks[at].kind = ChunkKind::Verb(reduced);
            }
        }
    }

    pub(crate) fn verb(&self, chunk: usize) -> Option<VerbGroup> {
        match self.chunks.get(chunk)?.kind {
            ChunkKind::Verb(group) => Some(group),
            _ => None,
        }
    }

    pub(crate) fn is_noun(&self, chunk: usize) -> bool {
        self.chunks
            .get(chunk)
            .is_some_and(|chunk| chunk.kind == ChunkKind::Noun)
    }

    /// Indices of all verb groups, in order.
    pub(crate) fn verbs(&self) -> impl Iterator<Item = (usize, VerbGroup)> + '_ {
        (0..self.chunks.len()).filter_map(|chunk| self.verb(chunk).map(|group| (chunk, group)))
    }

    /// The base form of a verb group's verb.
    pub(crate) fn lemma(&self, group: VerbGroup) -> &str {
        self.tokens[group.main].lemma()
    }

    /// The token of a single-word chunk.
    pub(crate) fn word(&self, chunk: usize) -> Option<&Token<'t>> {
        let chunk = self.chunks.get(chunk)?;
        (chunk.kind == ChunkKind::Other).then(|| &self.tokens[chunk.first])
    }

    /// Where a chunk stands in the document.
    pub(crate) fn span(&self, chunk: usize) -> Span {
        let chunk = &self.chunks[chunk];
        self.tokens[chunk.first]
            .span
            .join(self.tokens[chunk.last].span)
    }

    /// The head of a noun phrase: its last noun, name, pronoun or number.
    pub(crate) fn head(&self, chunk: usize) -> &Token<'t> {
        let chunk = &self.chunks[chunk];
        let tokens = &self.tokens[chunk.first..=chunk.last];
        tokens
            .iter()
            .rev()
            .find(|token| {
                matches!(
                    token.tag,
                    Tag::Noun | Tag::Proper | Tag::Pronoun | Tag::Number
                )
            })
            .unwrap_or(&tokens[tokens.len() - 1])
    }

    fn tag_at(&self, chunk: usize) -> Option<Tag> {
        self.word(chunk).map(|token| token.tag)
    }

    fn is_preposition(&self, chunk: usize) -> bool {
        self.tag_at(chunk) == Some(Tag::Preposition)
    }

    /// The noun phrase that does, or in the passive suffers, what the verb says.
    pub(crate) fn subject(&self, verb: usize) -> Option<usize> {
        self.subject_within(verb, self.chunks.len())
    }

    /// `fuel` bounds how many verbs are followed back, so that no sentence can loop.
    fn subject_within(&self, verb: usize, fuel: usize) -> Option<usize> {
        let group = self.verb(verb)?;
        let fuel = fuel.checked_sub(1)?;
        let mut before = self.step_back(verb)?;
        match group.mood {
            Mood::Infinitive => return self.controller(before, fuel),
            Mood::Participle => {
                if self.is_noun(before) {
                    return Some(self.user_of(verb, before, fuel).unwrap_or(before));
                }
                // "Acme, based in Lima,": what stands before the comma.
                if group.passive
                    && self.tag_at(before) == Some(Tag::Comma)
                    && let Some(noun) = self.step_back(before).filter(|&noun| self.is_noun(noun))
                {
                    return Some(self.root(noun));
                }
                // "denied stealing"
                if self
                    .verb(before)
                    .is_some_and(|other| other.mood == Mood::Finite)
                {
                    return self.subject_within(before, fuel);
                }
                if self.is_preposition(before)
                    || self.tag_at(before) == Some(Tag::Conjunction)
                    || self.tag_at(before) == Some(Tag::Comma)
                {
                    return self.controller(before, fuel);
                }
                return None;
            }
            Mood::Finite => {}
        }
        loop {
            match (&self.chunks[before].kind, self.tag_at(before)) {
                (ChunkKind::Noun, _) => {
                    let governed = before.checked_sub(1).filter(|&at| self.is_preposition(at));
                    match governed {
                        // "hackers in Russia": the phrase before the preposition.
                        Some(preposition) => match self.step_back(preposition) {
                            Some(next) => before = next,
                            None => return None,
                        },
                        None => match before.checked_sub(1).filter(|&at| {
                            self.verb(at)
                                .is_some_and(|group| group.mood != Mood::Finite)
                        }) {
                            // "unwillingness to address crime": crime is that verb's object.
                            Some(other) => match self.step_back(other) {
                                Some(next) => before = next,
                                None => return None,
                            },
                            None => return Some(before),
                        },
                    }
                    continue;
                }
                (ChunkKind::Verb(other), _) => {
                    // "who prosecutors allege were working": what "who" stands for.
                    let speaker = (other.mood == Mood::Finite)
                        .then(|| self.subject_within(before, fuel))
                        .flatten();
                    let aside = speaker
                        .and_then(|noun| noun.checked_sub(1))
                        .filter(|&at| self.tag_at(at) == Some(Tag::Relative));
                    if let Some(relative) = aside {
                        return self.antecedent(relative);
                    }
                    let relative =
                        before.checked_sub(1).and_then(|at| self.tag_at(at)) == Some(Tag::Relative);
                    if other.mood == Mood::Finite && !relative {
                        return self.subject_within(before, fuel);
                    }
                    if relative {
                        before -= 1;
                    }
                }
                (_, Some(Tag::Relative)) => return self.antecedent(before),
                (_, Some(Tag::Conjunction)) => return self.coordinated(before, fuel),
                (_, Some(Tag::Comma)) => match self.before_aside(before) {
                    Some(noun) => return Some(noun),
                    None => return self.coordinated(before, fuel),
                },
                (_, Some(Tag::Subordinator)) => return None,
                _ => {}
            }
            before = self.step_back(before)?;
        }
    }

    /// "encrypted the disks using a tool": not the disks used it, but who encrypted them.
    fn user_of(&self, verb: usize, noun: usize, fuel: usize) -> Option<usize> {
        let group = self.verb(verb).filter(|group| !group.passive)?;
        let by_means = matches!(self.lemma(group), "use" | "leverage" | "abuse" | "exploit");
        let people = words::IS_PERSON_NOUN.contains(self.head(noun).lower.as_str())
            || self.head(noun).tag == Tag::Pronoun;
        if !by_means || people {
            return None;
        }
        let before = (0..noun)
            .rev()
            .find(|&at| !self.is_noun(at) && !self.is_preposition(at))?;
        let governing = self.verb(before).filter(|other| !other.passive)?;
        (governing.mood != Mood::Participle || self.lemma(governing) != "be")
            .then(|| self.subject_within(before, fuel))
            .flatten()
    }

    /// The chunk before, adverbs, quotation marks and the like left out.
    fn step_back(&self, chunk: usize) -> Option<usize> {
        let mut at = chunk.checked_sub(1)?;
        while matches!(
            self.tag_at(at),
            Some(Tag::Quote | Tag::Adverb | Tag::Negation)
        ) {
            at = at.checked_sub(1)?;
        }
        Some(at)
    }

    /// What a relative pronoun stands for: the root of the noun phrase before it, so that in
    /// "a hack of the software that compromised" it is the hack.
    pub(crate) fn antecedent(&self, relative: usize) -> Option<usize> {
        let mut noun = self.step_back(relative)?;
        if self.tag_at(noun) == Some(Tag::Comma) {
            noun = self.step_back(noun)?;
        }
        // "released an update on Monday that"
        if words::IS_TIME_NOUN.contains(self.head(noun).lower.as_str())
            && let Some(preposition) = noun.checked_sub(1).filter(|&at| self.is_preposition(at))
        {
            noun = self.step_back(preposition)?;
        }
        if !self.is_noun(noun) {
            return None;
        }
        Some(self.root(noun))
    }

    /// Follows "of" back: "a hack of Exchange" is rooted in "a hack".
    pub(crate) fn root(&self, noun: usize) -> usize {
        let mut root = noun;
        while root >= 2
            && self.word(root - 1).is_some_and(|token| token.lower == "of")
            && self.is_noun(root - 2)
        {
            root -= 2;
        }
        root
    }

    /// The subject that an infinitive or a participle borrows from the verb before it.
    fn controller(&self, from: usize, fuel: usize) -> Option<usize> {
        let governing = self.governing(from)?;
        let group = self.verb(governing)?;
        let direct = self.complements(governing).direct;
        let lemma = self.lemma(group);
        // "used hackers to steal", but "used a tool to steal".
        let people = direct
            .is_some_and(|noun| words::IS_PERSON_NOUN.contains(self.head(noun).lower.as_str()));
        let takes_object = OBJECT_CONTROL.contains(&lemma) && (lemma != "use" || people)
            || matches!(
                lemma,
                "accuse" | "blame" | "charge" | "suspect" | "sanction" | "indict" | "condemn"
            );
        if takes_object && !group.passive && direct.is_some() {
            return direct;
        }
        self.subject_within(governing, fuel)
    }

    /// The verb that an infinitive or a participle hangs on: the one before, unless that only
    /// names something ("a tool called Slate").
    pub(crate) fn governing(&self, from: usize) -> Option<usize> {
        // Behind a comma, a participle inside the phrase before it governs nothing.
        let set_off = self.tag_at(from) == Some(Tag::Comma);
        (0..=from).rev().find(|&at| {
            self.verb(at).is_some_and(|group| {
                !(group.passive && NAMING.contains(&self.lemma(group)))
                    && !(set_off && group.mood == Mood::Participle)
            })
        })
    }

    /// The subject of a verb after "and" or a comma: that of the finite verb before, but not
    /// of one that only says who speaks ("It used X, the agency said, and broke into Y").
    fn coordinated(&self, from: usize, fuel: usize) -> Option<usize> {
        let mut earlier = (0..from).rev().filter(|&at| {
            self.verb(at)
                .is_some_and(|group| group.mood == Mood::Finite)
        });
        let nearest = earlier.next()?;
        let verb = if self.is_inserted(nearest) {
            earlier.next().unwrap_or(nearest)
        } else {
            nearest
        };
        self.subject_within(verb, fuel)
    }

    /// Whether a verb is that of ", the agency said,".
    fn is_inserted(&self, verb: usize) -> bool {
        let closes = self.tag_at(verb + 1) == Some(Tag::Comma);
        let Some(before) = self.step_back(verb).filter(|&at| self.is_noun(at)) else {
            return false;
        };
        let opening = (0..before)
            .rev()
            .find(|&at| !self.is_noun(at) && !self.is_preposition(at));
        let opens =
            opening.is_some_and(|at| matches!(self.tag_at(at), Some(Tag::Comma | Tag::Quote)));
        let says = self
            .verb(verb)
            .is_some_and(|group| crate::speech::reporting_force(self.lemma(group)).is_some());
        closes && opens && says
    }

    /// "Hafnium, a group based in China, exploited": at the second comma, the phrase before
    /// the first.
    fn before_aside(&self, comma: usize) -> Option<usize> {
        let opening = (0..comma)
            .rev()
            .find(|&at| self.tag_at(at) == Some(Tag::Comma))?;
        let noun = self.step_back(opening)?;
        // "Moscow, a spokesman said, had": an aside may hold a verb of its own if it is one of
        // saying right before the comma.
        let is_relative = matches!(self.tag_at(opening + 1), Some(Tag::Relative));
        let finite_inside = !is_relative
            && (opening..comma).any(|at| {
                let after_relative = at > 0 && self.tag_at(at - 1) == Some(Tag::Relative);
                let says = at + 1 == comma
                    && self.verb(at).is_some_and(|group| {
                        crate::speech::reporting_force(self.lemma(group)).is_some()
                    });
                self.verb(at)
                    .is_some_and(|group| group.mood == Mood::Finite)
                    && !after_relative
                    && !says
            });
        (self.is_noun(noun) && !finite_inside).then(|| self.root(noun))
    }

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
                    at = self.end_of_list(at);
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
                        preposition = Some(self.tokens[self.chunks[at].first].lower.clone())
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

    /// Whether an "as" is followed by a phrase and no clause: "tracks the group as Tin Crow".
    fn leads_phrase(&self, at: usize) -> bool {
        self.word(at).is_some_and(|token| token.lower == "as")
            && self.is_noun(at + 1)
            && self
                .verb(self.end_of_list(at + 1) + 1)
                .is_none_or(|group| group.mood != Mood::Finite)
    }

    /// What follows an aside that opens with a comma: an apposition, a relative clause, or
    /// ", the agency said,".
    fn after_aside(&self, comma: usize) -> Option<usize> {
        const ASIDE_CHUNKS_MAX: usize = 24;
        let opening = self.chunks.get(comma + 1)?;
        let first = &self.tokens[opening.first];
        let closing = (comma + 2..self.chunks.len().min(comma + ASIDE_CHUNKS_MAX))
            .find(|&at| self.tag_at(at) == Some(Tag::Comma))?;
        let describes = first.tag == Tag::Relative
            || self.is_noun(comma + 1)
                && (matches!(first.lower.as_str(), "a" | "an" | "the")
                    || self.head(comma + 1).tag == Tag::Proper);
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
        (resumes && (says || describes && (plain || relative))).then_some(next)
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
    fn end_of_chain(&self, noun: usize) -> usize {
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
    fn start_of_list(&self, noun: usize) -> usize {
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
        if !NAMING.contains(&self.lemma(group)) {
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
        let is_name = |at: usize| self.is_noun(at) && self.head(at).tag == Tag::Proper;
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
    fn opens_clause(&self, noun: usize) -> bool {
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
    fn is_determined_list(&self, noun: usize) -> bool {
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

    /// Whether a verb is denied, by itself or by the one that it hangs on: "not seen it use",
    /// "failed to steal".
    pub(crate) fn is_negated(&self, verb: usize) -> bool {
        const SEEING: &[&str] = &[
            "see", "observe", "watch", "find", "notice", "manage", "know",
        ];
        let Some(group) = self.verb(verb) else {
            return false;
        };
        let bare = group.mood == Mood::Finite
            && matches!(self.tokens[group.main].tag, Tag::Verb(Form::Base))
            && self.chunks[verb].first == group.main;
        let hangs = bare || group.mood != Mood::Finite;
        group.negated
            || hangs
                && verb
                    .checked_sub(1)
                    .and_then(|from| self.governing(from))
                    .and_then(|at| self.verb(at))
                    .is_some_and(|other| {
                        let lemma = self.lemma(other);
                        lemma == "fail" || other.negated && SEEING.contains(&lemma)
                    })
    }

    /// Whether a chunk of the given phrase starts at or after a place in the document.
    pub(crate) fn chunk_at(&self, place: usize) -> usize {
        self.chunks
            .partition_point(|chunk| self.tokens[chunk.last].span.end <= place)
    }
}

/// Tokens that stand aside: in brackets, or between dashes where names are listed.
fn hidden(tokens: &[Token<'_>]) -> Vec<bool> {
    let mut hidden = vec![false; tokens.len()];
    let mut at = 0;
    while at < tokens.len() {
        let end = match tokens[at].text {
            "(" => tokens[at..].iter().position(|token| token.text == ")"),
            "[" => tokens[at..].iter().position(|token| token.text == "]"),
            "—" | "–"
                if tokens.get(at + 1).is_some_and(|next| {
                    matches!(
                        next.lower.as_str(),
                        "aka" | "a.k.a" | "also" | "known" | "including"
                    )
                }) =>
            {
                tokens[at + 1..]
                    .iter()
                    .position(|token| token.text == tokens[at].text)
                    .map(|offset| offset + 1)
            }
            _ => None,
        };
        if let Some(length) = end {
            hidden[at..=at + length].fill(true);
            at += length;
        }
        at += 1;
    }
    hidden
}

/// The verb group that starts at a token.
fn verb_group(tokens: &[Token<'_>], hidden: &[bool], first: usize) -> Option<Chunk> {
    let mut at = first;
    let (mut main, mut auxiliary, mut be, mut negated, mut to, mut modal) =
        (None, None, false, false, false, false);
    while let Some(token) = tokens.get(at).filter(|_| !hidden[at]) {
        match token.tag {
            Tag::Modal => modal = true,
            Tag::To => to = true,
            Tag::Negation => negated = true,
            Tag::Adverb => {}
            Tag::Auxiliary => {
                be = matches!(
                    token.lower.as_str(),
                    "is" | "are" | "was" | "were" | "be" | "been" | "being" | "'s" | "'re" | "am"
                );
                auxiliary = Some(at);
            }
            Tag::Verb(_) => {
                main = Some(at);
                break;
            }
            _ => break,
        }
        at += 1;
    }
    let last = main.or(auxiliary)?;
    if matches!(tokens[first].tag, Tag::Adverb | Tag::Negation) && !negated && main.is_none() {
        return None;
    }
    let form = match tokens[last].tag {
        Tag::Verb(form) => form,
        _ => Form::Third,
    };
    let past = matches!(form, Form::Past | Form::Participle) && main.is_some();
    let next = tokens
        .get(last + 1)
        .map(|token| token.lower.as_str())
        .unwrap_or_default();
    let reduced = past
        && auxiliary.is_none()
        && !modal
        && (form == Form::Participle && words::VERB_FORMS.get(&tokens[last].lower).is_some_and(|&(base, _)| base != "become") || next == "by" || (REDUCED.contains(&tokens[last].lemma()) && matches!(next, "in" | "to" | "with" | "as" | "at" | "from" | "of"))
        // "a backdoor called Silent Finch"
        || (matches!(tokens[last].lemma(), "call" | "dub" | "name") && tokens.get(last + 1).is_some_and(|token| matches!(token.tag, Tag::Proper | Tag::Quote))));
    let mood = if to {
        Mood::Infinitive
    } else if auxiliary.is_none() && !modal && (form == Form::Ing || reduced) {
        Mood::Participle
    } else {
        Mood::Finite
    };
    let group = VerbGroup {
        main: last,
        passive: past && (be && auxiliary.is_some() || reduced),
        negated,
        mood,
    };
    Some(Chunk {
        kind: ChunkKind::Verb(group),
        first,
        last,
    })
}

/// Whether "last", "next" and the like are followed by a word for time.
fn leads_time(tokens: &[Token<'_>], at: usize) -> bool {
    let next = tokens.get(at + 1);
    matches!(
        tokens[at].lower.as_str(),
        "last" | "next" | "early" | "late" | "earlier" | "later"
    ) && next.is_some_and(|next| {
        words::IS_TIME_NOUN.contains(next.lower.as_str()) || next.lower == "this"
    })
}

/// Whether a bracket holds one name, and a noun phrase goes on behind it.
fn short_name(tokens: &[Token<'_>], bracket: usize) -> bool {
    let Some([open, name, close, next]) = tokens.get(bracket..bracket + 4) else {
        return false;
    };
    open.text == "("
        && name.tag == Tag::Proper
        && close.text == ")"
        && matches!(next.tag, Tag::Adjective | Tag::Noun)
}

/// The noun phrase that starts at a token.
fn noun_phrase(tokens: &[Token<'_>], hidden: &[bool], first: usize) -> Option<Chunk> {
    let mut last = None;
    let mut at = first;
    while let Some(token) = tokens
        .get(at)
        .filter(|token| !hidden[at] || token.text == "(" && at > first)
    {
        let next = tokens.get(at + 1).map(|token| token.tag);
        match token.tag {
            Tag::Pronoun if at == first => {
                return Some(Chunk {
                    kind: ChunkKind::Noun,
                    first,
                    last: at,
                });
            }
            // "cost the company $90 million": the sum is a phrase of its own.
            Tag::Number if last.is_some() && token.text.starts_with(['$', '€', '£']) => break,
            // "hired three men last year": when, not whom.
            Tag::Adjective if last.is_some() && leads_time(tokens, at) => break,
            Tag::Noun | Tag::Proper | Tag::Number => last = Some(at),
            Tag::Determiner | Tag::Possessive
                if last.is_none() || tokens[at - 1].tag == Tag::PossessiveS => {}
            // "three other employees"
            Tag::Determiner if tokens[at - 1].tag == Tag::Number && token.lower == "other" => {}
            // "this month scammers": when, then who.
            _ if at > first
                && words::IS_TIME_NOUN.contains(tokens[at - 1].lower.as_str())
                && matches!(tokens[first].lower.as_str(), "this" | "last" | "next") =>
            {
                break;
            }
            Tag::PossessiveS if last.is_some() => {}
            Tag::Adjective => {}
            Tag::Adverb if matches!(next, Some(Tag::Adjective | Tag::Number)) => {}
            Tag::Quote
                if at > first
                    && matches!(next, Some(Tag::Noun | Tag::Adjective | Tag::Proper))
                    && !matches!(tokens[at].text, "”") => {}
            Tag::Conjunction | Tag::Comma
                if at > first
                    && tokens[at - 1].tag == Tag::Adjective
                    && next == Some(Tag::Adjective) => {}
            Tag::Mark if token.text == "%" && last.is_some() => {}
            // "Federal Security Service (FSB) hackers": the short name stands inside.
            Tag::Mark if last.is_some() && short_name(tokens, at) => at += 2,
            _ => break,
        }
        // "the group ‹it hacked›": a determiner after a full phrase starts a new one.
        at += 1;
    }
    // "the other", "the weak": no noun, and a phrase all the same.
    let bare = || {
        let opens = tokens.get(first).is_some_and(|token| token.lower == "the");
        let next = tokens.get(first + 1)?;
        let stands = next.tag == Tag::Adjective
            || matches!(next.lower.as_str(), "other" | "first" | "second" | "latter");
        (opens && stands && !hidden[first + 1]).then_some(first + 1)
    };
    Some(Chunk {
        kind: ChunkKind::Noun,
        first,
        last: last.or_else(bare)?,
    })
}
