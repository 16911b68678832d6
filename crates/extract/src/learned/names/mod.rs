//! Names that nobody listed, read by taggers.
//!
//! A text is read twice. What the first reading made of a word tells the second one what the
//! same word is elsewhere: a name that one sentence explains ("the Trojan called X") is known in
//! all others.

mod elsewhere;
mod features;
mod listed;
mod named;
mod pattern;
mod sentence;
mod stage;

use std::ops::Range;

use daylight_learn::{Forms, ModelError, Tag};
use daylight_model::Span;

use self::elsewhere::Elsewhere;
pub use self::listed::Listed;
pub(crate) use self::named::add_names;
pub use self::named::is_entity;
pub use self::sentence::{NameTable, Scope, Sentence};
use self::stage::Stage;
pub use self::stage::by_kind;
use super::Page;

static NAMES: &[u8] = include_bytes!("../../../models/names.bin");
const MAGIC: &[u8] = b"DLN1";
/// So many sentences are read twice before the next are looked at, so that memory is bounded.
pub const RUN_SENTENCES: usize = 512;
/// Longer sentences are read in parts of so many words.
const SENTENCE_WORDS_MAX: usize = 256;
/// Where no word of a sentence is as probably a name, there is no second reading.
const WORTH_A_LOOK: f32 = 0.03;

/// What annotators took for a name, and how they sorted names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// Reports on attackers, as APTNER has them: 21 kinds.
    Reports,
    /// Articles on malware, as CyNER has them: five kinds.
    Articles,
    /// As reports, but only the kinds that become entities, written as names are: fast.
    Entities,
}

impl Convention {
    /// Which words it looks at.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::Entities => Scope::Written,
            _ => Scope::All,
        }
    }
}

/// A name that a model read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NameRead {
    /// Where it stands.
    pub span: Span,
    /// What the convention calls its kind.
    pub kind: &'static str,
    /// How probable it is: that of its least probable word.
    pub probability: f32,
}

/// Reads names.
#[derive(Debug)]
pub(crate) struct Names {
    listed: Listed,
    table: NameTable,
    /// The first and the second reading of each convention.
    reports: [Stage; 2],
    articles: [Stage; 2],
    entities: [Stage; 2],
}

impl Names {
    /// The model that is built in.
    ///
    /// # Errors
    /// Where it is damaged.
    pub(crate) fn new() -> Result<Self, ModelError> {
        let [names, first_words, taggers @ ..] = parts(NAMES)?;
        let [
            reports_first,
            reports,
            articles_first,
            articles,
            entities_first,
            entities,
        ] = taggers;
        Ok(Self {
            listed: Listed::from_bytes(names, first_words),
            table: NameTable::default(),
            reports: [Stage::new(reports_first, 0.0)?, Stage::new(reports, 0.0)?],
            articles: [
                Stage::new(articles_first, 0.0)?,
                Stage::new(articles, ARTICLES_READINESS)?,
            ],
            entities: [Stage::new(entities_first, 0.0)?, Stage::new(entities, 0.0)?],
        })
    }

    /// The names on a page, in order.
    pub(crate) fn read(
        &mut self,
        page: &Page,
        forms: &Forms,
        convention: Convention,
    ) -> Vec<NameRead> {
        let parts: Vec<Range<usize>> = page.sentences.iter().flat_map(in_parts).collect();
        let mut found = Vec::new();
        for run in parts.chunks(RUN_SENTENCES) {
            let sentences: Vec<Sentence<'_>> = run
                .iter()
                .map(|words| {
                    let words = &page.forms[words.clone()];
                    Sentence::new(
                        words,
                        forms,
                        &mut self.table,
                        &self.listed,
                        convention.scope(),
                    )
                })
                .collect();
            let (tags, stage) = self.read_run(&sentences, forms, convention);
            for (words, tags) in run.iter().zip(&tags) {
                found.extend(names_of(tags, &page.spans[words.clone()], stage));
            }
        }
        found
    }

    /// The labels of the words of sentences, and the second reading, whose labels they are.
    fn read_run(
        &mut self,
        sentences: &[Sentence<'_>],
        forms: &Forms,
        convention: Convention,
    ) -> (Vec<Vec<Tag>>, &Stage) {
        let [reports_first, reports] = &mut self.reports;
        let [articles_first, articles] = &mut self.articles;
        let [entities_first, entities] = &mut self.entities;
        let (firsts, second): (&mut [&mut Stage], _) = match convention {
            Convention::Reports => (&mut [reports_first], reports),
            Convention::Entities => (&mut [entities_first], entities),
            Convention::Articles => (&mut [articles_first, reports_first], articles),
        };
        (twice(sentences, forms, firsts, second), second)
    }
}

/// How much more ready than it learnt to be the second reading of articles is to see a name: it
/// misses more than it makes up. Not so for the others, whose probabilities are believed as they are.
const ARTICLES_READINESS: f32 = 0.8;

/// Reads sentences for the first time by each of `firsts`, and again with what those made of
/// the same words elsewhere.
fn twice(
    sentences: &[Sentence<'_>],
    forms: &Forms,
    firsts: &mut [&mut Stage],
    second: &mut Stage,
) -> Vec<Vec<Tag>> {
    let mut more: Vec<Vec<Vec<u64>>> = sentences
        .iter()
        .map(|sentence| vec![Vec::new(); sentence.forms.len()])
        .collect();
    let mut wanted = vec![false; sentences.len()];
    for (source, first) in firsts.iter_mut().enumerate() {
        let probabilities: Vec<Vec<f32>> = sentences
            .iter()
            .map(|sentence| first.probabilities(sentence, forms))
            .collect();
        let found =
            add_second_features(sentences, &probabilities, first.kinds(), source, &mut more);
        wanted
            .iter_mut()
            .zip(found)
            .for_each(|(wanted, found)| *wanted |= found);
    }
    let none = Tag {
        label: 0,
        probability: 1.0,
    };
    let all = sentences.iter().zip(&more).zip(wanted);
    all.map(|((sentence, more), wanted)| {
        if wanted {
            second.tags(sentence, forms, more)
        } else {
            vec![none; sentence.forms.len()]
        }
    })
    .collect()
}

/// Adds to the features of each word those of the second reading. `source` tells first readings
/// apart: the convention's own is 0. Gives of each sentence whether it may hold a name at all.
pub fn add_second_features(
    sentences: &[Sentence<'_>],
    probabilities: &[Vec<f32>],
    kinds: usize,
    source: usize,
    lists: &mut [Vec<Vec<u64>>],
) -> Vec<bool> {
    let mut elsewhere = Elsewhere::new(kinds, source as u64);
    for (number, (sentence, probabilities)) in sentences.iter().zip(probabilities).enumerate() {
        elsewhere.add(number, sentence, probabilities);
    }
    let all = sentences.iter().zip(probabilities).zip(lists);
    all.enumerate()
        .map(|(number, ((sentence, probabilities), lists))| {
            let elsewhere = elsewhere.features(number, sentence, probabilities, lists);
            elsewhere || probabilities.iter().any(|one| *one >= WORTH_A_LOOK)
        })
        .collect()
}

/// A sentence in parts that are not too long.
fn in_parts(sentence: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
    let Range { start, end } = *sentence;
    (start..end)
        .step_by(SENTENCE_WORDS_MAX)
        .map(move |start| start..end.min(start + SENTENCE_WORDS_MAX))
}

/// The names that labels mark.
fn names_of(tags: &[Tag], spans: &[Span], stage: &Stage) -> Vec<NameRead> {
    let mut names: Vec<NameRead> = Vec::new();
    let mut before = 0;
    for (tag, span) in tags.iter().zip(spans) {
        // "O" is 0, "B-X" of the first kind 1, its "I-X" 2, and so on.
        let goes_on = tag.label > 0 && tag.label % 2 == 0;
        match names.last_mut() {
            Some(name) if goes_on && before > 0 => {
                name.span.end = span.end;
                name.probability = name.probability.min(tag.probability);
            }
            _ if tag.label > 0 => names.push(NameRead {
                span: *span,
                kind: stage.kind((tag.label - 1) / 2),
                probability: tag.probability,
            }),
            _ => {}
        }
        before = tag.label;
    }
    names
}

/// The bytes of a model of names: the list, then the taggers of reports, of
/// articles and of entities, each the first reading before the second.
#[must_use]
pub fn write_names(listed: &Listed, taggers: [[Vec<u8>; 2]; 3]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for part in listed.to_bytes().iter().chain(taggers.iter().flatten()) {
        bytes.extend((part.len() as u32).to_le_bytes());
        bytes.extend(part);
    }
    bytes
}

/// The parts of a model of names.
fn parts(bytes: &'static [u8]) -> Result<[&'static [u8]; 8], ModelError> {
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
        return Err(ModelError::Kind {
            found: bytes.iter().take(4).copied().collect(),
            expected: MAGIC.to_vec(),
        });
    };
    let mut parts: [&[u8]; 8] = [&[]; 8];
    for part in &mut parts {
        let cut_off = |wanted: usize| ModelError::CutOff {
            wanted: bytes.len() - rest.len() + wanted,
            length: bytes.len(),
        };
        let (length, after) = rest.split_first_chunk::<4>().ok_or(cut_off(4))?;
        let length = u32::from_le_bytes(*length) as usize;
        (*part, rest) = after.split_at_checked(length).ok_or(cut_off(4 + length))?;
    }
    Ok(parts)
}
