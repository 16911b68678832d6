//! The taggers of names, from sentences whose names people marked.

use std::collections::HashSet;
use std::fmt::Write;

use anyhow::{Context, Result};
use daylight_extract::training::{
    Convention, Listed, NameTable, RUN_SENTENCES, Sentence, add_second_features, by_kind,
    is_entity, write_names,
};
use daylight_knowledge::Knowledge;
use daylight_learn::train::{FtrlSettings, Sequence, train_tagger};
use daylight_learn::{Form, Forms, Tagger, Vocabulary, cut};
use daylight_model::EntityKind;
use serde_json::Value;

use super::data;

/// First readings that the second one learns from are made of sentences that the tagger was not
/// trained on: of each of so many parts by one trained on the others.
const PARTS: usize = 4;

/// Makes the model: for each convention a first and a second reading.
pub(crate) fn train() -> Result<Vec<u8>> {
    let words = std::fs::read(super::model_path("words"))?;
    let vocabulary = Vocabulary::parse(&words)?;
    let mut forms = Forms::default();
    let lines = one_style(data::lines("aptner/train")?);
    let reports = Set::new(&lines, &mut forms, &vocabulary, |_| true)?;
    let entities = Set::new(&lines, &mut forms, &vocabulary, is_entity)?;
    let lines = data::lines("cyner/train")?;
    let articles = Set::new(&lines, &mut forms, &vocabulary, |_| true)?;
    let listed = listed();
    let reports = Trained::new(&reports, &forms, &listed, Convention::Reports);
    let articles = Trained::new(&articles, &forms, &listed, Convention::Articles);
    let entities = Trained::new(&entities, &forms, &listed, Convention::Entities);
    let reports_second = reports.second(&[reports.jackknifed()?]);
    let articles_second =
        articles.second(&[articles.jackknifed()?, articles.read_by(&reports.first)?]);
    let entities_second = entities.second(&[entities.jackknifed()?]);
    let taggers = [
        [reports.first, reports_second],
        [articles.first, articles_second],
        [entities.first, entities_second],
    ];
    Ok(write_names(&listed, taggers))
}

/// The names of background knowledge, each with the kinds of what bears it.
fn listed() -> Listed {
    Listed::new(Knowledge::embedded().names().map(|name| {
        let kind = match name.kind {
            EntityKind::IntrusionSet => 1,
            EntityKind::Malware => 2,
            EntityKind::Tool => 4,
            EntityKind::Product => 32,
            _ => 8,
        };
        (name.text, kind | if name.ambiguous { 16 } else { 0 })
    }))
}

/// The sentences before the one where annotators began to mark common nouns ("the attackers")
/// as names: there is one such place, and it is where the share of names written in lower case
/// differs most between before and after.
fn one_style(sentences: Vec<Value>) -> Vec<Value> {
    let counts: Vec<(f64, f64)> = sentences.iter().map(lower_case_names).collect();
    let sum = |counts: &[(f64, f64)]| {
        counts
            .iter()
            .fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    };
    let all = sum(&counts);
    let mut before = (0.0, 0.0);
    let mut best = (f64::MIN, 0);
    for (at, one) in counts.iter().enumerate() {
        let fit = likelihood(before) + likelihood((all.0 - before.0, all.1 - before.1));
        if fit > best.0 {
            best = (fit, at);
        }
        before = (before.0 + one.0, before.1 + one.1);
    }
    sentences.into_iter().take(best.1).collect()
}

/// How many names of a sentence begin in lower case, and how many names it has. Those whose
/// form is given (addresses, hashes, files, times) do not count.
fn lower_case_names(sentence: &Value) -> (f64, f64) {
    const FORMAL: &[&str] = &[
        "FILE", "DOM", "IP", "MD5", "SHA1", "SHA2", "URL", "EMAIL", "TIME", "VULID",
    ];
    let text: Vec<char> = sentence["text"]
        .as_str()
        .unwrap_or_default()
        .chars()
        .collect();
    let names = sentence["entities"].as_array().into_iter().flatten();
    let mut counts = (0.0, 0.0);
    for name in names.filter(|name| !FORMAL.contains(&name["type"].as_str().unwrap_or_default())) {
        let start = name["start"].as_u64().unwrap_or_default() as usize;
        counts.0 += f64::from(u8::from(text.get(start).is_some_and(|c| c.is_lowercase())));
        counts.1 += 1.0;
    }
    counts
}

/// The logarithm of how likely so many of so many are, at their own share.
fn likelihood((some, all): (f64, f64)) -> f64 {
    if some <= 0.0 || some >= all {
        return 0.0;
    }
    some * (some / all).ln() + (all - some) * (1.0 - some / all).ln()
}

/// Sentences with their labels.
struct Set {
    words: Vec<Vec<Form>>,
    labels: Vec<Vec<u16>>,
    names: Vec<String>,
}

impl Set {
    fn new(
        lines: &[Value],
        forms: &mut Forms,
        vocabulary: &Vocabulary<'_>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        let kinds = lines
            .iter()
            .flat_map(|line| line["entities"].as_array().into_iter().flatten());
        let mut kinds: Vec<&str> = kinds
            .filter_map(|name| kind(name))
            .filter(|kind| is_wanted(kind))
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut set = Self {
            words: Vec::new(),
            labels: Vec::new(),
            names: vec!["O".to_owned()],
        };
        set.names.extend(
            kinds
                .iter()
                .flat_map(|kind| [format!("B-{kind}"), format!("I-{kind}")]),
        );
        for line in lines {
            let text = line["text"].as_str().context("a line without text")?;
            let words = cut(text);
            let mut labels = vec![0; words.len()];
            for name in line["entities"].as_array().into_iter().flatten() {
                let byte = |key: &str| {
                    let point = name[key].as_u64().unwrap_or_default() as usize;
                    text.char_indices()
                        .nth(point)
                        .map_or(text.len(), |(at, _)| at)
                };
                let (start, end) = (byte("start"), byte("end"));
                let place = kinds.iter().position(|one| kind(name) == Some(one));
                let Some(place) = place else { continue };
                let label = 1 + 2 * place as u16;
                let inside = (0..words.len())
                    .filter(|at| words[*at].start >= start && words[*at].end <= end);
                for (number, at) in inside.enumerate() {
                    labels[at] = label + u16::from(number > 0);
                }
            }
            let numbers = words
                .iter()
                .map(|at| forms.number(&text[at.clone()], vocabulary));
            set.words.push(numbers.collect());
            set.labels.push(labels);
        }
        Ok(set)
    }
}

/// The type of a name; two are misspelt in the set.
fn kind(name: &Value) -> Option<&str> {
    let kind = name["type"].as_str()?;
    Some(match kind {
        "MALn" => "MAL",
        _ => kind.split('/').next().unwrap_or(kind),
    })
}

/// A set and the first reading learnt from it.
struct Trained<'s> {
    set: &'s Set,
    labels: Vec<Vec<u16>>,
    sentences: Vec<Sentence<'s>>,
    features: Vec<Vec<Vec<u64>>>,
    first: Vec<u8>,
}

/// Labels without those of words that are skipped; what is left of a name is a name.
fn in_scope(sentence: &Sentence<'_>, labels: &[u16]) -> Vec<u16> {
    let mut before = 0;
    let all = labels.iter().enumerate();
    all.map(|(at, &label)| {
        let goes_on = label > 0 && label % 2 == 0;
        before = match label {
            _ if sentence.skips(at) => 0,
            _ if goes_on && before == 0 => label - 1,
            _ => label,
        };
        before
    })
    .collect()
}

/// Of each sentence, word by word, the probability of each kind of name; and how many kinds.
struct Reading {
    probabilities: Vec<Vec<f32>>,
    kinds: usize,
}

impl<'s> Trained<'s> {
    fn new(set: &'s Set, forms: &Forms, listed: &Listed, convention: Convention) -> Self {
        let mut table = NameTable::default();
        let scope = convention.scope();
        let sentences: Vec<Sentence<'_>> = set
            .words
            .iter()
            .map(|words| Sentence::new(words, forms, &mut table, listed, scope))
            .collect();
        let all = sentences.iter();
        let features: Vec<_> = all.map(|sentence| sentence.features(forms)).collect();
        let labels: Vec<_> = (sentences.iter().zip(&set.labels))
            .map(|(sentence, labels)| in_scope(sentence, labels))
            .collect();
        let first = learn(set, &labels, &features, |_| true);
        Self {
            set,
            labels,
            sentences,
            features,
            first,
        }
    }

    /// First readings by taggers that did not learn from what they read.
    fn jackknifed(&self) -> Result<Reading> {
        let count = self.features.len();
        let part_of = |at: usize| at * PARTS / count.max(1);
        let mut probabilities = vec![Vec::new(); count];
        let mut kinds = 0;
        for part in 0..PARTS {
            let bytes = learn(self.set, &self.labels, &self.features, |at| {
                part_of(at) != part
            });
            let tagger = Tagger::parse(&bytes)?;
            kinds = tagger.labels().len() / 2;
            for at in (0..count).filter(|at| part_of(*at) == part) {
                probabilities[at] = read_by(&tagger, &self.features[at]);
            }
        }
        Ok(Reading {
            probabilities,
            kinds,
        })
    }

    /// The reading by a tagger that learnt from another set.
    fn read_by(&self, tagger: &[u8]) -> Result<Reading> {
        let tagger = Tagger::parse(tagger)?;
        Ok(Reading {
            kinds: tagger.labels().len() / 2,
            probabilities: self
                .features
                .iter()
                .map(|words| read_by(&tagger, words))
                .collect(),
        })
    }

    /// The second reading, from first ones.
    fn second(&self, firsts: &[Reading]) -> Vec<u8> {
        learn(
            self.set,
            &self.labels,
            &self.second_features(firsts),
            |_| true,
        )
    }

    fn second_features(&self, firsts: &[Reading]) -> Vec<Vec<Vec<u64>>> {
        let mut features = self.features.clone();
        for (source, first) in firsts.iter().enumerate() {
            let runs = self
                .sentences
                .chunks(RUN_SENTENCES)
                .zip(first.probabilities.chunks(RUN_SENTENCES))
                .zip(features.chunks_mut(RUN_SENTENCES));
            for ((sentences, probabilities), features) in runs {
                add_second_features(sentences, probabilities, first.kinds, source, features);
            }
        }
        features
    }

    /// The names that second readings find in sentences they did not learn from, and the names
    /// that people marked.
    fn cross_validated(&self, firsts: &[Reading]) -> Result<[Vec<Name>; 2]> {
        let features = self.second_features(firsts);
        let count = features.len();
        let part_of = |at: usize| at * PARTS / count.max(1);
        let (mut found, mut marked) = (Vec::new(), Vec::new());
        for part in 0..PARTS {
            let bytes = learn(self.set, &self.labels, &features, |at| part_of(at) != part);
            let tagger = Tagger::parse(&bytes)?;
            for at in (0..count).filter(|at| part_of(*at) == part) {
                let tags = tagger.decode(&scores(&tagger, &features[at]));
                let tags = tags.iter().map(|tag| (tag.label, tag.probability));
                found.extend(names(at, tags));
                let right = self.labels[at].iter();
                marked.extend(names(at, right.map(|label| (usize::from(*label), 1.0))));
            }
        }
        Ok([found, marked])
    }
}

/// A name in a sentence: the words from one to another, its kind, and how probable it is.
struct Name {
    place: (usize, usize, usize, usize),
    probability: f32,
}

impl Name {
    const fn kind(&self) -> usize {
        self.place.3
    }
}

fn names(sentence: usize, labels: impl Iterator<Item = (usize, f32)>) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut before = 0;
    for (at, (label, probability)) in labels.enumerate() {
        match names.last_mut() {
            Some(name) if before > 0 && label > 0 && label % 2 == 0 => {
                name.place.2 = at + 1;
                name.probability = name.probability.min(probability);
            }
            _ if label > 0 => names.push(Name {
                place: (sentence, at, at + 1, (label - 1) / 2),
                probability,
            }),
            _ => {}
        }
        before = label;
    }
    names
}

/// Cross-validates the reading of entities on what it is trained on: of each kind of name,
/// precision and recall from several probabilities on.
pub(crate) fn check() -> Result<String> {
    let words = std::fs::read(super::model_path("words"))?;
    let vocabulary = Vocabulary::parse(&words)?;
    let mut forms = Forms::default();
    let lines = one_style(data::lines("aptner/train")?);
    let mut table = format!("{} sentences of reports are of one style\n", lines.len());
    let set = Set::new(&lines, &mut forms, &vocabulary, is_entity)?;
    let reports = Trained::new(&set, &forms, &listed(), Convention::Entities);
    let [found, marked] = reports.cross_validated(&[reports.jackknifed()?])?;
    let places: HashSet<_> = marked.iter().map(|name| name.place).collect();
    let kinds = reports.set.names.len() / 2;
    for kind in 0..=kinds {
        let is_of = |name: &&Name| kind == kinds || name.kind() == kind;
        let all = marked.iter().filter(is_of).count();
        let label = reports
            .set
            .names
            .get(2 * kind + 1)
            .map_or("all", |label| &label[2..]);
        write!(table, "{label:8} {all:5}")?;
        for least in [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95] {
            let sure = found
                .iter()
                .filter(is_of)
                .filter(|name| name.probability >= least);
            let right = sure
                .clone()
                .filter(|name| places.contains(&name.place))
                .count();
            let precision = right as f64 / sure.count().max(1) as f64;
            let recall = right as f64 / all.max(1) as f64;
            write!(table, "  {least:.2}: {precision:.2} {recall:.2}")?;
        }
        table.push('\n');
    }
    Ok(table)
}

fn read_by(tagger: &Tagger<'_>, words: &[Vec<u64>]) -> Vec<f32> {
    let labels = tagger.labels().len();
    by_kind(&tagger.marginals(&scores(tagger, words)), labels)
}

fn scores(tagger: &Tagger<'_>, words: &[Vec<u64>]) -> Vec<f32> {
    let labels = tagger.labels().len();
    let mut scores = vec![0.0; labels * words.len()];
    for (features, scores) in words.iter().zip(scores.chunks_exact_mut(labels)) {
        for feature in features {
            tagger.weights().add(*feature, scores);
        }
    }
    scores
}

fn learn(
    set: &Set,
    labels: &[Vec<u16>],
    features: &[Vec<Vec<u64>>],
    is_wanted: impl Fn(usize) -> bool,
) -> Vec<u8> {
    let sequences: Vec<Sequence> = (0..features.len())
        .filter(|at| is_wanted(*at))
        .map(|at| Sequence {
            features: features[at].clone(),
            labels: labels[at].clone(),
        })
        .collect();
    let names: Vec<&str> = set.names.iter().map(String::as_str).collect();
    let settings = FtrlSettings {
        epochs: 12,
        ..FtrlSettings::default()
    };
    train_tagger(&sequences, &names, &settings)
}
