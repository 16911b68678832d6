//! Annotated articles as trainers want them.

use std::ops::Range;

use anyhow::{Context, Result};
use daylight_extract::training::Page;
use daylight_extract::training::events::inputs::{Candidate, ROLES, Setting, form_features};
use daylight_extract::training::events::parts::{REALIS, Text};
use daylight_learn::train::FormInput;
use daylight_learn::{Forms, Vocabulary, hash, mix};
use serde_json::Value;

use crate::train::measure::{self, Event};

/// Parts of the training set of which each is judged by what was learnt from the others.
pub(super) const FOLDS: usize = 4;

/// An annotated article.
pub(super) struct Article<'t> {
    pub(super) text: &'t str,
    pub(super) page: Page,
    pub(super) fold: usize,
    pub(super) sentences: Vec<Range<usize>>,
    pub(super) means: Vec<Vec<f32>>,
    pub(super) triggers: Vec<Trigger>,
    pub(super) gold: Vec<Event>,
}

impl Article<'_> {
    /// What one of its sentences is set in.
    pub(super) fn setting(&self, number: usize, odds: [f32; 5]) -> Setting<'_> {
        Setting {
            document: odds,
            sentence: number,
            sentences: self.sentences.len(),
            mean: &self.means[number],
        }
    }
}

/// An annotated trigger, in words of its sentence.
pub(super) struct Trigger {
    pub(super) sentence: usize,
    pub(super) candidate: Candidate,
    pub(super) realis: usize,
    /// Role, sentence, first word, word after the last.
    pub(super) roles: Vec<(usize, usize, usize, usize)>,
}

pub(super) struct Set<'t> {
    pub(super) articles: Vec<Article<'t>>,
    pub(super) forms: Forms,
    pub(super) vocabulary: Vocabulary<'t>,
    pub(super) inputs: Vec<FormInput>,
}

impl<'t> Set<'t> {
    /// An article with what is known of forms.
    pub(super) fn text<'a>(&'a self, article: &'a Article<'t>) -> Text<'a> {
        Text {
            page: &article.page,
            forms: &self.forms,
            vocabulary: &self.vocabulary,
        }
    }
}

pub(super) fn read<'t>(lines: &'t [Value], vocabulary: Vocabulary<'t>) -> Result<Set<'t>> {
    let mut forms = Forms::default();
    let mut pages = Vec::new();
    for line in lines {
        let text = line["text"].as_str().context("no text")?;
        pages.push((text, Page::of_plain(text, &mut forms, &vocabulary)));
    }
    let mut inputs = Vec::new();
    let last = pages
        .iter()
        .flat_map(|(_, page)| &page.forms)
        .max()
        .copied()
        .unwrap_or(0);
    for form in 0..=last {
        let facts = forms.facts(form);
        let mut features = Vec::new();
        form_features(facts, &mut features);
        let published = facts
            .word
            .map(|word| vocabulary.vector(word).collect())
            .unwrap_or_default();
        inputs.push(FormInput {
            features,
            published,
        });
    }
    let mut set = Set {
        articles: Vec::new(),
        forms,
        vocabulary,
        inputs,
    };
    for (line, (text, page)) in lines.iter().zip(pages) {
        let known = Text {
            page: &page,
            forms: &set.forms,
            vocabulary: &set.vocabulary,
        };
        let sentences = known.sentences();
        let means = sentences
            .iter()
            .map(|words| known.mean(words.clone()))
            .collect();
        let gold = measure::events(line);
        let group = line["group"].to_string();
        let fold = (mix(hash(group.as_bytes()), 7) % FOLDS as u64) as usize;
        let triggers = triggers(&page, &sentences, &gold);
        set.articles.push(Article {
            text,
            page,
            fold,
            sentences,
            means,
            triggers,
            gold,
        });
    }
    Ok(set)
}

/// Where a stretch of characters stands: sentence, first word, word after the last.
fn place(
    page: &Page,
    sentences: &[Range<usize>],
    start: usize,
    end: usize,
) -> Option<(usize, usize, usize)> {
    let from = page.spans.partition_point(|span| span.end <= start);
    let to = page.spans.partition_point(|span| span.start < end);
    let sentence = sentences.partition_point(|words| words.end <= from);
    let words = sentences.get(sentence)?;
    (from < to && to <= words.end).then(|| (sentence, from - words.start, to - words.start))
}

fn triggers(page: &Page, sentences: &[Range<usize>], gold: &[Event]) -> Vec<Trigger> {
    gold.iter()
        .filter_map(|event| {
            let (start, end) = event.trigger?;
            let (sentence, start, end) = place(page, sentences, start, end)?;
            let roles = event.arguments.iter().filter_map(|(role, start, end)| {
                let role = ROLES.iter().position(|one| one.0 == role)?;
                let (sentence, start, end) = place(page, sentences, *start, *end)?;
                Some((role, sentence, start, end))
            });
            Some(Trigger {
                sentence,
                candidate: Candidate {
                    kind: event.kind,
                    start,
                    end,
                    probability: 1.0,
                },
                realis: REALIS.iter().position(|one| *one == event.realis)?,
                roles: roles.collect(),
            })
        })
        .collect()
}
