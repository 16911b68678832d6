//! Phrases and clauses of a sentence: which words form a noun phrase or a verb group, what the
//! subject of a verb is and what it is complemented by.
//!
//! This is not a parser. It answers the three questions that the claim patterns ask and prefers
//! no answer to a wild one.

mod chunks;
mod phrases;
mod subject;

use daylight_model::Span;

use self::chunks::{hidden, noun_phrase, verb_group};
use crate::tokens::{Tag, Token};
use crate::words::Form;

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
            // "people briefed on the inquiry said": whoever says something is not said.
            let says = crate::speech::reporting_force(self.lemma(group)).is_some();
            if says && (self.is_noun(at + 1) || self.tag_at(at + 1) == Some(Tag::Subordinator)) {
                continue;
            }
            let before = (0..at)
                .rev()
                .find(|&before| !self.is_noun(before) && !self.is_preposition(before));
            // "the hackers who hit the bank in May stole records": what the hackers did.
            let of_relative = |verb: usize| self.closes_relative(verb + 1).is_some();
            if self.is_noun(at + 1) && before.is_some_and(of_relative) {
                continue;
            }
            // "in a report released on Monday,"
            let paper = crate::discourse::is_statement(&self.head(at - 1).lower)
                && at
                    .checked_sub(2)
                    .is_some_and(|before| self.is_preposition(before));
            let object_of = before.and_then(|before| self.verb(before)).filter(|other| {
                let lemma = self.lemma(*other);
                other.mood == Mood::Finite
                    && !other.passive
                    && crate::speech::reporting_force(lemma).is_none()
                    && !NAMING.contains(&lemma)
                    && !matches!(
                        lemma,
                        "know" | "fear" | "hope" | "hear" | "learn" | "see" | "show"
                    )
            });
            if paper || object_of.is_some() {
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
        let heads = |token: &&Token<'_>| {
            matches!(
                token.tag,
                Tag::Noun | Tag::Proper | Tag::Pronoun | Tag::Number
            )
        };
        let mut last = tokens.iter().rev().filter(heads);
        let head = last.next().unwrap_or(&tokens[tokens.len() - 1]);
        // "Unit 5566": its number is part of a name.
        if head.tag == Tag::Number
            && let Some(name) = last.next()
            && name.tag == Tag::Proper
        {
            return name;
        }
        head
    }

    fn tag_at(&self, chunk: usize) -> Option<Tag> {
        self.word(chunk).map(|token| token.tag)
    }

    fn is_preposition(&self, chunk: usize) -> bool {
        self.tag_at(chunk) == Some(Tag::Preposition)
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

    /// Whether a verb is denied, by itself or by the one that it hangs on: "not seen it use",
    /// "failed to steal".
    pub(crate) fn is_negated(&self, verb: usize) -> bool {
        const SEEING: &[&str] = &[
            "see", "observe", "watch", "find", "notice", "manage", "know",
        ];
        // "had not been used to breach"
        const PURPOSE: &[&str] = &[
            "use", "employ", "hire", "pay", "order", "direct", "help", "try", "attempt", "seek",
            "allow", "enable", "seem", "appear", "plan", "intend", "move",
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
                        let passes = SEEING.contains(&lemma)
                            || group.mood == Mood::Infinitive && PURPOSE.contains(&lemma);
                        lemma == "fail" || other.negated && passes
                    })
    }

    /// The first chunk that ends behind a place in the document.
    pub(crate) fn chunk_at(&self, place: usize) -> usize {
        self.chunks
            .partition_point(|chunk| self.tokens[chunk.last].span.end <= place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::plain_tokens;

    fn clauses(input: &str) -> Clauses<'_> {
        Clauses::new(plain_tokens(input))
    }

    fn verb(clauses: &Clauses<'_>, word: &str) -> usize {
        let found = clauses
            .verbs()
            .find(|&(_, group)| clauses.tokens[group.main].lower == word);
        found.unwrap_or_else(|| panic!("no verb {word}")).0
    }

    /// Checks the subject and the direct object of one verb of a sentence.
    #[track_caller]
    fn check(input: &str, word: &str, subject: &str, object: &str) {
        let clauses = clauses(input);
        let verb = verb(&clauses, word);
        let words = |chunk: Option<usize>| chunk.map_or("", |at| clauses.span(at).of(input));
        assert_eq!(words(clauses.subject(verb)), subject, "subject: {input}");
        let direct = clauses.complements(verb).direct;
        assert_eq!(words(direct), object, "object: {input}");
    }

    #[test]
    fn subjects_and_objects() {
        let input = "It copied the files, the bureau said, and deleted the logs.";
        check(input, "deleted", "It", "the logs");
        let input = "Grey Pine, which analysts at Ostra say sells access, attacked a port.";
        check(input, "attacked", "Grey Pine", "a port");
        let input = "Malware sold by Corvid, a company based in Riga, infected two phones.";
        check(input, "infected", "Malware", "two phones");
        let input = "The thieves used a stolen key to open the vault.";
        check(input, "open", "The thieves", "the vault");
        let input = "The ministry hired contractors to read the mail.";
        check(input, "read", "contractors", "the mail");
        let input = "Officials denied deleting the records.";
        check(input, "deleting", "Officials", "the records");
        let input = "Norsk Mail, based in Bergen, patched the bug.";
        check(input, "based", "Norsk Mail", "");
        let input = "They encrypted the disks using a free tool.";
        check(input, "using", "They", "a free tool");
        let input = "The firm released an update on Friday that closes the hole.";
        check(input, "closes", "an update", "the hole");
    }

    #[test]
    fn complements_reach_past_asides() {
        let input = "The agency blamed Red Elk, a crew in Minsk, for the theft.";
        let clauses = clauses(input);
        let after = clauses
            .complements(verb(&clauses, "blamed"))
            .after(&["for"]);
        assert_eq!(clauses.span(after.unwrap()).of(input), "the theft");
    }

    #[track_caller]
    fn beside(input: &str, description: &str, name: Option<&str>) {
        let clauses = clauses(input);
        let chunk = (0..clauses.chunks.len())
            .find(|&at| clauses.span(at).of(input) == description)
            .unwrap();
        let found = clauses.name_beside(chunk);
        assert_eq!(found.map(|at| clauses.span(at).of(input)), name, "{input}");
    }

    #[test]
    fn names_beside_descriptions() {
        let input = "Sanctions hit Marlex, a trader in Riga.";
        beside(input, "a trader", Some("Marlex"));
        let input = "Its maker, Corvid, fixed it.";
        beside(input, "Its maker", Some("Corvid"));
        beside("In Ohio, a spokesman said no.", "a spokesman", None);
    }

    #[track_caller]
    fn negated(input: &str, word: &str, expected: bool) {
        let clauses = clauses(input);
        assert_eq!(
            clauses.is_negated(verb(&clauses, word)),
            expected,
            "{input}"
        );
    }

    #[test]
    fn negation_reaches_the_verb_that_hangs_on_it() {
        negated("We have not seen it use a wiper.", "use", true);
        negated("The thieves failed to open the vault.", "open", true);
        negated("The thieves managed to open the vault.", "open", false);
    }
}
