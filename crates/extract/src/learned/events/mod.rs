//! Incidents with their roles: five kinds read by a model that was learnt from annotated news,
//! five by rules, mostly out of claims.
//!
//! The model goes from the whole to the part. The words of a document say which kinds of
//! incidents it is about; each word and those beside it, whether it is worth a closer look; a
//! network over words, where triggers stand; another one, who has which role in the incidents
//! of a kind in the sentence; a last classifier, whether it is said to have happened.

mod convert;
pub mod inputs;
pub mod parts;
mod rules;
pub mod words;

use std::ops::Range;

use daylight_learn::{ModelError, Part};

use self::inputs::{Candidate, Setting};
use self::parts::{DocumentKinds, Gate, Realis, RoleFound, Roles, Text, Triggers};

pub(crate) use self::convert::incidents;

/// What begins a file with all parts.
const MAGIC: &[u8; 4] = b"DLE1";

/// From where on something is taken for what it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Logarithm of the odds from which on a word gets a closer look when reading quickly.
    pub gate: f32,
    /// Probability from which on a stretch is a candidate that roles are looked for around.
    pub candidate: f32,
    /// Probability from which on a candidate is a trigger.
    pub trigger: f32,
    /// Probability from which on a stretch has a role.
    pub role: f32,
}

/// Reads incidents.
#[derive(Debug)]
pub struct Events<'b> {
    documents: DocumentKinds<'b>,
    gate: Gate<'b>,
    triggers: Triggers<'b>,
    roles: Roles<'b>,
    realis: Realis<'b>,
    thresholds: Thresholds,
    is_quick: bool,
}

/// A trigger with its roles. Words are counted in the page.
#[derive(Debug, Clone, PartialEq)]
pub struct EventFound {
    /// Which kind, by its number in [`inputs::KINDS`].
    pub kind: usize,
    /// Whether it happened, by its number in [`parts::REALIS`].
    pub realis: usize,
    /// The words of the trigger.
    pub words: Range<usize>,
    /// The words of its sentence.
    pub sentence: Range<usize>,
    /// How probable it is.
    pub probability: f32,
    /// Role by its number in [`inputs::ROLES`], words, and how probable it is.
    pub roles: Vec<(usize, Range<usize>, f32)>,
}

impl<'b> Events<'b> {
    /// Reads the model.
    ///
    /// # Errors
    /// Where the bytes are none, or damaged.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        let mut parts = Part::all(bytes, MAGIC)?;
        let mut next = || parts.next().unwrap_or_default();
        let numbers: Vec<f32> = next()
            .as_chunks::<4>()
            .0
            .iter()
            .map(|four| f32::from_le_bytes(*four))
            .collect();
        let number = |at: usize| numbers.get(at).copied().unwrap_or(f32::MAX);
        Ok(Self {
            thresholds: Thresholds {
                gate: number(0),
                candidate: number(1),
                trigger: number(2),
                role: number(3),
            },
            documents: DocumentKinds::parse(next())?,
            gate: Gate::parse(next())?,
            triggers: Triggers::parse(next(), next())?,
            roles: Roles::parse(next(), next())?,
            realis: Realis::parse(next())?,
            is_quick: false,
        })
    }

    /// Reads quickly from now on, and a little worse: one member of each network reads, only
    /// words that the gate lets through may be triggers, and roles are looked for only where
    /// there are triggers.
    #[must_use]
    pub fn quickly(mut self) -> Self {
        self.triggers.keep_first();
        self.roles.keep_first();
        self.thresholds.candidate = self.thresholds.trigger;
        self.is_quick = true;
        self
    }

    /// Puts the parts of a model together, in the order of reading.
    #[must_use]
    pub fn write(thresholds: Thresholds, parts: [Vec<u8>; 7]) -> Vec<u8> {
        let Thresholds {
            gate,
            candidate,
            trigger,
            role,
        } = thresholds;
        let numbers = [gate, candidate, trigger, role]
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        Part::write(MAGIC, std::iter::once(numbers).chain(parts))
    }

    /// Which words of a sentence may belong to triggers.
    fn looks(&mut self, text: Text<'_>, words: Range<usize>) -> Vec<bool> {
        if !self.is_quick {
            return vec![true; words.len()];
        }
        let odds = self.gate.odds(text, words);
        odds.iter()
            .map(|odds| *odds >= self.thresholds.gate)
            .collect()
    }

    /// The incidents a page speaks of that are at least as probable as `probability_min`, in
    /// order.
    pub fn read(&mut self, text: Text<'_>, probability_min: f32) -> Vec<EventFound> {
        let document = self.documents.odds(text);
        let sentences = text.sentences();
        let mut found = Vec::new();
        for (number, words) in sentences.iter().enumerate() {
            let looks = self.looks(text, words.clone());
            if !looks.contains(&true) {
                continue;
            }
            let mean = text.mean(words.clone());
            let setting = Setting {
                document,
                sentence: number,
                sentences: sentences.len(),
                mean: &mean,
            };
            let least = self.thresholds.candidate.max(probability_min);
            let candidates = self
                .triggers
                .candidates(text, words.clone(), &setting, &looks, least);
            let first = found.len();
            for candidate in candidates
                .iter()
                .filter(|one| one.probability >= self.thresholds.trigger.max(probability_min))
            {
                let features = Realis::features(text, words.clone(), &setting, candidate);
                found.push(EventFound {
                    kind: candidate.kind,
                    realis: self.realis.judge(&features),
                    words: words.start + candidate.start..words.start + candidate.end,
                    sentence: words.clone(),
                    probability: candidate.probability,
                    roles: Vec::new(),
                });
            }
            for kind in kinds_of(&candidates) {
                let roles = self.roles.find(
                    text,
                    words.clone(),
                    &setting,
                    kind,
                    &candidates,
                    self.thresholds.role.max(probability_min),
                );
                for role in roles {
                    give(role, words.start, &mut found, first);
                }
            }
        }
        found
    }
}

/// The kinds that candidates are of, each once.
fn kinds_of(candidates: &[Candidate]) -> Vec<usize> {
    let mut kinds: Vec<usize> = candidates.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Gives a role to the nearest incident of its kind in the sentence, whose incidents begin at
/// `first`; where there is none, to the last one of its kind before.
fn give(role: RoleFound, sentence_start: usize, found: &mut [EventFound], first: usize) {
    let words = sentence_start + role.start..sentence_start + role.end;
    let apart = |event: &&mut EventFound| {
        event
            .words
            .start
            .saturating_sub(words.end)
            .max(words.start.saturating_sub(event.words.end))
    };
    let (before, here) = found.split_at_mut(first);
    let nearest = here
        .iter_mut()
        .filter(|event| event.kind == role.kind)
        .min_by_key(apart);
    let event = nearest.or_else(|| {
        before
            .iter_mut()
            .rev()
            .find(|event| event.kind == role.kind)
    });
    if let Some(event) = event {
        event.roles.push((role.role, words, role.probability));
    }
}
