//! The model of techniques in prose.
//!
//! Annotated phrases and the sentences they stand in, what ATT&CK says of the techniques, and
//! windows of the other sentences (as being about nothing) teach one linear model. Models that did not see a report score its sentences; from those scores is learnt how
//! likely a report describes a technique.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result};
use daylight_extract::training::{techniques as reader, vocabulary};
use daylight_learn::train::{
    Chance, Example, FtrlSettings, Objective, logistic, train_classifier, with_numbers,
};
use daylight_learn::{Classifier, Form, Forms, Vocabulary, cut};
use serde_json::Value;

use super::{attack, data};

const FOLDS: usize = 5;
const SETTINGS: FtrlSettings = FtrlSettings {
    epochs: 3,
    rate: 0.1,
    slowness: 1.0,
    l1: 0.2,
    l2: 0.0,
    count_min: 2,
    hidden: 0.1,
    seed: 1,
};
/// How much texts of ATT&CK count beside phrases of reports: examples of use, descriptions.
const EXAMPLE_WEIGHT: f32 = 0.5;
const DESCRIPTION_WEIGHT: f32 = 0.3;
/// How much a window about nothing counts, and which part of them is taken: some repeat what
/// was annotated elsewhere.
const NOTHING_WEIGHT: f32 = 0.3;
const NOTHING_PART: f32 = 0.3;
/// What the squares of the weights of numbers cost.
const NUMBERS_COST: f64 = 1.0;

/// One report.
struct Report {
    fold: usize,
    techniques: Vec<u16>,
    phrases: Vec<Example>,
    sentences: Vec<Sentence>,
}

struct Sentence {
    /// Its windows, as windows about nothing.
    windows: Vec<Example>,
    /// All of it, with its techniques.
    whole: Example,
}

/// What was held out of training, by the number of the report.
#[derive(Default)]
struct Held {
    gathered: BTreeMap<usize, reader::Gathered>,
    phrases: [usize; 3],
}

struct Training {
    labels: Vec<String>,
    reports: Vec<Report>,
    attack: Vec<Example>,
}

/// Makes the model; `packages` holds unpacked packages with texts of ATT&CK.
pub(crate) fn train(packages: Option<&Path>) -> Result<Vec<u8>> {
    let training = Training::read(packages)?;
    let labels: Vec<&str> = training.labels.iter().map(String::as_str).collect();
    let (gathered, phrases) = training.out_of_fold(&labels)?;
    let usual = training.usual(|_| true);
    let numbers = training.numbers(&gathered, &usual, |_| true);
    say(&training, &gathered, phrases)?;
    let model = train_classifier(
        &training.examples(|_| true),
        &labels,
        Objective::Hinge,
        &SETTINGS,
    );
    let stored: Vec<f32> = numbers.into_iter().chain(usual).collect();
    Ok(with_numbers(model, &stored))
}

impl Training {
    fn read(packages: Option<&Path>) -> Result<Self> {
        let list = std::fs::read(crate::shared_folder()?.join("eval/tram/labels50.json"))
            .context("tram/labels50.json")?;
        let labels: Vec<String> = serde_json::from_slice(&list)?;
        let mut encoder = Encoder {
            vocabulary: vocabulary()?,
            forms: Forms::default(),
        };
        let mut attack = Vec::new();
        for text in packages.map_or_else(|| Ok(Vec::new()), attack::texts)? {
            if let Some(label) = number(&text.id, &labels) {
                let weight = if text.example {
                    EXAMPLE_WEIGHT
                } else {
                    DESCRIPTION_WEIGHT
                };
                attack.push(encoder.example(&text.text, vec![label], weight));
            }
        }
        let mut reports = encoder.reports(&labels)?;
        let mut folds = 0..;
        for report in reports.values_mut() {
            report.fold = folds.next().unwrap_or_default() % FOLDS;
        }
        Ok(Self {
            labels,
            reports: reports.into_values().collect(),
            attack,
        })
    }

    /// What the reports of some folds and ATT&CK teach.
    fn examples(&self, folds: impl Fn(usize) -> bool) -> Vec<Example> {
        let mut chance = Chance::new(7);
        let mut examples = Vec::new();
        for report in self.reports.iter().filter(|report| folds(report.fold)) {
            examples.extend_from_slice(&report.phrases);
            for sentence in &report.sentences {
                if !sentence.whole.labels.is_empty() {
                    examples.push(sentence.whole.clone());
                    continue;
                }
                let taken = |_: &&Example| chance.fraction() < NOTHING_PART;
                examples.extend(sentence.windows.iter().filter(taken).cloned());
            }
        }
        examples.extend_from_slice(&self.attack);
        examples
    }

    /// The scores of each report's sentences by a model that did not see the report, and how
    /// such models do on phrases: right, told, annotated.
    fn out_of_fold(&self, labels: &[&str]) -> Result<(Vec<reader::Gathered>, [usize; 3])> {
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..FOLDS)
                .map(|fold| scope.spawn(move || self.one_fold(fold, labels)))
                .collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.collect()
        });
        let mut gathered = BTreeMap::new();
        let mut phrases = [0; 3];
        for result in results {
            let fold = result.map_err(|_| anyhow::anyhow!("a fold failed"))??;
            gathered.extend(fold.gathered);
            for (sum, count) in phrases.iter_mut().zip(fold.phrases) {
                *sum += count;
            }
        }
        Ok((gathered.into_values().collect(), phrases))
    }

    /// What a model that did not see one fold makes of it.
    fn one_fold(&self, fold: usize, labels: &[&str]) -> Result<Held> {
        let examples = self.examples(|other| other != fold);
        let bytes = train_classifier(&examples, labels, Objective::Hinge, &SETTINGS);
        let model = Classifier::parse(&bytes)?;
        let mut held = Held::default();
        let reports = self.reports.iter().enumerate();
        for (number, report) in reports.filter(|(_, report)| report.fold == fold) {
            held.gathered.insert(number, gather(&model, report));
            for phrase in &report.phrases {
                let scores = scores(&model, phrase);
                let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
                let right = best.is_some_and(|best| phrase.labels.contains(&(best as u16)));
                held.phrases[0] += usize::from(right);
                held.phrases[1] += 1;
                held.phrases[2] += phrase.labels.len();
            }
        }
        Ok(held)
    }

    /// The log odds that a report of some folds describes each technique.
    fn usual(&self, folds: impl Fn(usize) -> bool) -> Vec<f32> {
        let reports: Vec<&Report> = self.reports.iter().filter(|one| folds(one.fold)).collect();
        let odds = |label: usize| {
            let having = reports
                .iter()
                .filter(|one| one.techniques.contains(&(label as u16)));
            let having = having.count() as f32;
            ((having + 0.5) / (reports.len() as f32 - having + 0.5)).ln()
        };
        (0..self.labels.len()).map(odds).collect()
    }

    /// How the numbers of a document are weighed.
    fn numbers(
        &self,
        gathered: &[reader::Gathered],
        usual: &[f32],
        folds: impl Fn(usize) -> bool,
    ) -> Vec<f32> {
        let (mut rows, mut holds) = (Vec::new(), Vec::new());
        for (report, gathered) in self.reports.iter().zip(gathered) {
            if folds(report.fold) {
                for (label, usual) in usual.iter().enumerate() {
                    rows.push(gathered.numbers(label, *usual).to_vec());
                    holds.push(report.techniques.contains(&(label as u16)));
                }
            }
        }
        logistic(&rows, &holds, NUMBERS_COST)
    }
}

fn scores(model: &Classifier<'_>, example: &Example) -> Vec<f32> {
    let mut scores = model.start();
    for (feature, value) in &example.features {
        model.weights().add_times(*feature, *value, &mut scores);
    }
    scores
}

fn gather(model: &Classifier<'_>, report: &Report) -> reader::Gathered {
    let mut gathered = reader::Gathered::new(model.labels().len());
    for (number, Sentence { windows, .. }) in report.sentences.iter().enumerate() {
        let mut best = vec![f32::MIN; model.labels().len()];
        for window in windows {
            for (best, score) in best.iter_mut().zip(scores(model, window)) {
                *best = best.max(score);
            }
        }
        if !windows.is_empty() {
            gathered.add(number, &best);
        }
    }
    gathered
}

/// Cuts texts and names their features.
struct Encoder {
    vocabulary: Vocabulary<'static>,
    forms: Forms,
}

impl Encoder {
    fn example(&mut self, text: &str, labels: Vec<u16>, weight: f32) -> Example {
        let words = self.words(text, &cut(text));
        self.of_words(&words, labels, weight)
    }

    fn words(&mut self, text: &str, places: &[Range<usize>]) -> Vec<Form> {
        let number =
            |place: &Range<usize>| self.forms.number(&text[place.clone()], &self.vocabulary);
        places.iter().map(number).collect()
    }

    fn of_words(&self, words: &[Form], labels: Vec<u16>, weight: f32) -> Example {
        Example {
            features: reader::features(words, &self.forms),
            labels,
            weight,
        }
    }

    /// The reports by name.
    fn reports(&mut self, labels: &[String]) -> Result<BTreeMap<String, Report>> {
        let mut reports = BTreeMap::new();
        for line in data::lines("tram/docs.train")? {
            let report = Report {
                fold: 0,
                techniques: numbers(&line["techniques"], labels),
                phrases: Vec::new(),
                sentences: self.sentences(&line, labels),
            };
            reports.insert(name(&line), report);
        }
        for line in data::lines("tram/spans.train")? {
            let text = line["text"].as_str().unwrap_or_default();
            let phrase = self.example(text, numbers(&line["labels"], labels), 1.0);
            let report = reports
                .get_mut(&name(&line))
                .context("a phrase of no report")?;
            report.phrases.push(phrase);
        }
        Ok(reports)
    }

    /// The sentences of a report.
    fn sentences(&mut self, line: &Value, labels: &[String]) -> Vec<Sentence> {
        let text = line["text"].as_str().unwrap_or_default();
        let starts: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let mut sentences = Vec::new();
        for sentence in line["sentences"].as_array().into_iter().flatten() {
            let end = |at: usize| starts[sentence[at].as_u64().unwrap_or_default() as usize];
            let sentence_text = &text[end(0)..end(1)];
            let words = self.words(sentence_text, &cut(sentence_text));
            let labels = numbers(&sentence[2], labels);
            let windows = reader::windows(words.len())
                .map(|window| self.of_words(&words[window], Vec::new(), NOTHING_WEIGHT));
            sentences.push(Sentence {
                windows: windows.collect(),
                whole: self.of_words(&words, labels, 1.0),
            });
        }
        sentences
    }
}

/// The label of a technique, or of the one it is a kind of.
fn number(id: &str, labels: &[String]) -> Option<u16> {
    let parent = id.split('.').next().unwrap_or_default();
    let place = |id: &str| labels.iter().position(|label| label == id);
    place(id)
        .or_else(|| place(parent))
        .map(|place| place as u16)
}

fn numbers(ids: &Value, labels: &[String]) -> Vec<u16> {
    let ids = ids
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    ids.filter_map(|id| number(id, labels)).collect()
}

fn name(line: &Value) -> String {
    line["doc_id"].as_str().unwrap_or_default().to_owned()
}

/// Says how well it does on reports it did not see.
fn say(training: &Training, gathered: &[reader::Gathered], phrases: [usize; 3]) -> Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let [right, told, annotated] = phrases;
    let micro = 2.0 * right as f32 / (told + annotated) as f32;
    writeln!(out, "phrases, {FOLDS} folds: micro F1 {micro:.4}")?;
    let mut sum = 0.0;
    let mut count = 0;
    // By tenths of probability: how many, their probabilities, how many hold.
    let mut table = [(0_usize, 0.0_f32, 0_usize); 10];
    for fold in 0..FOLDS {
        let usual = training.usual(|other| other != fold);
        let mut stored = training.numbers(gathered, &usual, |other| other != fold);
        stored.extend(&usual);
        for (report, gathered) in training.reports.iter().zip(gathered) {
            if report.fold != fold {
                continue;
            }
            let probabilities = gathered.probabilities(&stored);
            for (label, probability) in probabilities.iter().enumerate() {
                let row = &mut table[((probability * 10.0) as usize).min(9)];
                row.0 += 1;
                row.1 += probability;
                row.2 += usize::from(report.techniques.contains(&(label as u16)));
            }
            if !report.techniques.is_empty() {
                let chosen = reader::choose(&probabilities);
                let holds = |one: &&usize| report.techniques.contains(&(**one as u16));
                let right = chosen.iter().filter(holds).count();
                sum += 2.0 * right as f32 / (chosen.len() + report.techniques.len()) as f32;
                count += 1;
            }
        }
    }
    writeln!(
        out,
        "reports, {FOLDS} folds: mean F1 {:.4}",
        sum / count as f32
    )?;
    writeln!(
        out,
        "| probability | how many | mean | hold |\n| --- | --- | --- | --- |"
    )?;
    for (tenth, (many, sum, hold)) in table.into_iter().enumerate() {
        let many_or_one = many.max(1) as f32;
        writeln!(
            out,
            "| {:.1} to {:.1} | {many} | {:.2} | {:.2} |",
            tenth as f32 / 10.0,
            (tenth + 1) as f32 / 10.0,
            sum / many_or_one,
            hold as f32 / many_or_one
        )?;
    }
    Ok(())
}
