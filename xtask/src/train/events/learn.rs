//! What is learnt from some articles, and what comes of it for others.

use std::ops::Range;

use daylight_extract::training::events::inputs::{
    Candidate, KINDS, ROLES, kind_context, role_shape, roles_of, sentence_context, trigger_shape,
    window, word_context,
};
use daylight_extract::training::events::parts::{
    DocumentKinds, Gate, REALIS, Realis, RoleFound, Roles, Triggers,
};
use daylight_extract::training::events::words::{role_features, single_features, trigger_features};
use daylight_learn::train::{
    Example, FtrlSettings, NetworkExample, NetworkSettings, Objective, Sequence, train_classifier,
    train_network, train_tagger,
};
use daylight_learn::{Form, Shape, mix};

use super::set::{Set, Trigger};

/// Numbers in the vector that is learnt for each feature of a form.
const LEARNT: usize = 16;

/// Width of the hidden layers.
const HIDDEN: usize = 64;

/// From this probability on a stretch is a candidate.
pub(super) const CANDIDATE_MIN: f32 = 0.08;

pub(super) fn learn_documents(set: &Set<'_>, articles: &[usize]) -> Vec<u8> {
    let examples: Vec<Example> = articles
        .iter()
        .map(|&at| {
            let article = &set.articles[at];
            let (forms, share) = DocumentKinds::forms(&article.page);
            let mut features = Vec::new();
            for form in forms {
                let mut list = Vec::new();
                DocumentKinds::features(set.forms.facts(form), &mut list);
                features.extend(list.into_iter().map(|feature| (mix(feature, 0), share)));
            }
            let labels = (0..KINDS.len())
                .filter(|kind| article.gold.iter().any(|event| event.kind == *kind));
            Example {
                features,
                labels: labels.map(|kind| kind as u16).collect(),
                weight: 1.0,
            }
        })
        .collect();
    let settings = FtrlSettings {
        epochs: 30,
        rate: 0.5,
        l1: 0.02,
        hidden: 0.1,
        ..FtrlSettings::default()
    };
    train_classifier(&examples, &KINDS, Objective::Each, &settings)
}

fn network_settings(shape: Shape, epochs: usize, batch: usize, seeds: &[u64]) -> NetworkSettings {
    NetworkSettings {
        shape,
        epochs,
        rate: 0.002,
        batch,
        hidden_features: 0.4,
        hidden_units: 0.3,
        decay: 0.01,
        count_min: 5,
        seeds: seeds.to_vec(),
    }
}

pub(super) fn learn_gate(set: &Set<'_>, articles: &[usize]) -> Vec<u8> {
    let mut examples = Vec::new();
    for &at in articles {
        let article = &set.articles[at];
        let mut inside = vec![false; article.page.forms.len()];
        for one in &article.triggers {
            let start = article.sentences[one.sentence].start;
            inside[start + one.candidate.start..start + one.candidate.end].fill(true);
        }
        for words in &article.sentences {
            let forms = &article.page.forms[words.clone()];
            for word in 0..forms.len() {
                let mut features = Vec::new();
                for (place, at) in Gate::places(word, forms.len()) {
                    let mut list = Vec::new();
                    Gate::features(set.forms.facts(forms[at]), &mut list);
                    features.extend(
                        list.into_iter()
                            .map(|feature| (mix(feature, place as u64), 1.0)),
                    );
                }
                let labels = if inside[words.start + word] {
                    vec![0]
                } else {
                    vec![]
                };
                examples.push(Example {
                    features,
                    labels,
                    weight: 1.0,
                });
            }
        }
    }
    let settings = FtrlSettings {
        epochs: 2,
        rate: 0.05,
        l1: 1.0,
        hidden: 0.0,
        ..FtrlSettings::default()
    };
    train_classifier(&examples, &["trigger"], Objective::Each, &settings)
}

pub(super) fn learn_realis(set: &Set<'_>, articles: &[usize], odds: &[[f32; 5]]) -> Vec<u8> {
    let mut examples = Vec::new();
    for &at in articles {
        for one in &set.articles[at].triggers {
            examples.push(Example {
                features: realis_features(set, at, odds[at], one),
                labels: vec![one.realis as u16],
                weight: 1.0,
            });
        }
    }
    let settings = FtrlSettings {
        epochs: 10,
        rate: 0.05,
        l1: 0.5,
        ..FtrlSettings::default()
    };
    train_classifier(&examples, &REALIS, Objective::One, &settings)
}

fn realis_features(set: &Set<'_>, at: usize, odds: [f32; 5], trigger: &Trigger) -> Vec<(u64, f32)> {
    let article = &set.articles[at];
    let number = trigger.sentence;
    let setting = article.setting(number, odds);
    Realis::features(
        set.text(article),
        article.sentences[number].clone(),
        &setting,
        &trigger.candidate,
    )
}

/// How many triggers of an article are judged right, of how many.
pub(super) fn right_realis(
    set: &Set<'_>,
    model: &Realis<'_>,
    at: usize,
    odds: [f32; 5],
) -> (usize, usize) {
    let triggers = &set.articles[at].triggers;
    let right = |one: &&Trigger| model.judge(&realis_features(set, at, odds, one)) == one.realis;
    (triggers.iter().filter(right).count(), triggers.len())
}

pub(super) fn learn_triggers(
    set: &Set<'_>,
    articles: &[usize],
    odds: &[[f32; 5]],
    seeds: &[u64],
) -> Vec<u8> {
    let mut examples = Vec::new();
    for &at in articles {
        let article = &set.articles[at];
        for (number, words) in article.sentences.iter().enumerate() {
            let mut example = example(set, at, number, odds[at]);
            example.kinds = (0..KINDS.len()).collect();
            example.labels = trigger_labels(set, at, number);
            example.contexts = vec![Vec::new(); words.len()];
            examples.push(example);
        }
    }
    let shape = trigger_shape(set.vocabulary.dimensions(), LEARNT, HIDDEN);
    train_network(
        &set.inputs,
        &examples,
        &KINDS,
        &network_settings(shape, 10, 16, seeds),
    )
}

/// The linear companion of the network of triggers.
pub(super) fn learn_trigger_words(set: &Set<'_>, articles: &[usize], odds: &[[f32; 5]]) -> Vec<u8> {
    let mut sequences = Vec::new();
    for &at in articles {
        let article = &set.articles[at];
        for (number, words) in article.sentences.iter().enumerate() {
            let labels = trigger_labels(set, at, number);
            let forms = &article.page.forms[words.clone()];
            sequences.push(sequence(set, forms, labels, |word, features| {
                trigger_features(&set.forms, forms, word, &odds[at], features);
            }));
        }
    }
    train_words(&sequences, &KINDS)
}

/// The linear companion of the network of roles.
pub(super) fn learn_role_words(
    set: &Set<'_>,
    articles: &[usize],
    candidates: &[Vec<Vec<Candidate>>],
) -> Vec<u8> {
    let mut sequences = Vec::new();
    for (at, number, kind) in sentences_with_kinds(articles, candidates) {
        let article = &set.articles[at];
        let forms = &article.page.forms[article.sentences[number].clone()];
        let labels = role_labels(set, at, number, kind);
        sequences.push(sequence(set, forms, labels, |word, features| {
            role_features(
                &set.forms,
                forms,
                word,
                kind,
                &candidates[at][number],
                features,
            );
        }));
    }
    train_words(&sequences, &ROLES.map(|role| role.0))
}

/// Article, sentence, and each kind that it has candidates of.
fn sentences_with_kinds(
    articles: &[usize],
    candidates: &[Vec<Vec<Candidate>>],
) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for &at in articles {
        for (number, candidates) in candidates[at].iter().enumerate() {
            let has = |kind: &usize| candidates.iter().any(|one| one.kind == *kind);
            found.extend((0..KINDS.len()).filter(has).map(|kind| (at, number, kind)));
        }
    }
    found
}

fn sequence(
    set: &Set<'_>,
    forms: &[Form],
    labels: Vec<u16>,
    joint: impl Fn(usize, &mut Vec<u64>),
) -> Sequence {
    let features = |word: usize| {
        let mut features = Vec::new();
        single_features(&set.forms, forms, word, &mut features);
        joint(word, &mut features);
        features
    };
    Sequence {
        features: (0..forms.len()).map(features).collect(),
        labels,
    }
}

fn train_words(sequences: &[Sequence], kinds: &[&str]) -> Vec<u8> {
    let mut names = vec!["O".to_owned()];
    names.extend(
        kinds
            .iter()
            .flat_map(|kind| [format!("B-{kind}"), format!("I-{kind}")]),
    );
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let settings = FtrlSettings {
        epochs: 6,
        l1: 1.0,
        count_min: 3,
        hidden: 0.3,
        ..FtrlSettings::default()
    };
    train_tagger(sequences, &names, &settings)
}

/// The labels of what has a role in incidents of a kind in a sentence.
fn role_labels(set: &Set<'_>, at: usize, number: usize, kind: usize) -> Vec<u16> {
    let article = &set.articles[at];
    let mut labels = vec![0; article.sentences[number].len()];
    for one in article
        .triggers
        .iter()
        .filter(|one| one.candidate.kind == kind)
    {
        for (role, _, start, end) in one.roles.iter().filter(|role| role.1 == number) {
            if ROLES[*role].1 >> kind & 1 == 1 {
                label(&mut labels, *role, *start, *end);
            }
        }
    }
    labels
}

/// The labels of the triggers of a sentence.
fn trigger_labels(set: &Set<'_>, at: usize, number: usize) -> Vec<u16> {
    let article = &set.articles[at];
    let mut labels = vec![0; article.sentences[number].len()];
    for one in article.triggers.iter().filter(|one| one.sentence == number) {
        let Candidate {
            kind, start, end, ..
        } = one.candidate;
        label(&mut labels, kind, start, end);
    }
    labels
}

/// A sentence without labels.
fn example(set: &Set<'_>, at: usize, number: usize, odds: [f32; 5]) -> NetworkExample {
    let article = &set.articles[at];
    let words = &article.sentences[number];
    let forms = &article.page.forms[words.clone()];
    let mut example = NetworkExample {
        labels: vec![0; words.len()],
        ..NetworkExample::default()
    };
    sentence_context(&article.setting(number, odds), &mut example.shared);
    for word in 0..forms.len() {
        example.words.push(
            window(word, forms.len())
                .map(|(place, at)| (place, at.map(|at| forms[at])))
                .collect(),
        );
    }
    example
}

fn label(labels: &mut [u16], kind: usize, start: usize, end: usize) {
    if labels[start..end].iter().any(|label| *label != 0) {
        return;
    }
    labels[start..end].fill(2 + 2 * kind as u16);
    labels[start] = 1 + 2 * kind as u16;
}

pub(super) fn find_triggers(
    set: &Set<'_>,
    model: &mut Triggers<'_>,
    at: usize,
    odds: [f32; 5],
) -> Vec<Vec<Candidate>> {
    let article = &set.articles[at];
    let sentences = article.sentences.iter().enumerate();
    let find = |(number, words): (usize, &Range<usize>)| {
        let setting = article.setting(number, odds);
        model.candidates(
            set.text(article),
            words.clone(),
            &setting,
            &vec![true; words.len()],
            CANDIDATE_MIN,
        )
    };
    sentences.map(find).collect()
}

pub(super) fn learn_roles(
    set: &Set<'_>,
    articles: &[usize],
    odds: &[[f32; 5]],
    candidates: &[Vec<Vec<Candidate>>],
    seeds: &[u64],
) -> Vec<u8> {
    let mut examples = Vec::new();
    for (at, number, kind) in sentences_with_kinds(articles, candidates) {
        let article = &set.articles[at];
        let forms = &article.page.forms[article.sentences[number].clone()];
        let candidates = &candidates[at][number];
        let mut example = example(set, at, number, odds[at]);
        example.kinds = roles_of(kind);
        example.labels = role_labels(set, at, number, kind);
        kind_context(kind, candidates, &mut example.shared);
        for word in 0..forms.len() {
            let (mut context, mut places) = (Vec::new(), Vec::new());
            word_context(word, kind, candidates, &mut context, &mut places);
            example.contexts.push(context);
            let places = places
                .into_iter()
                .map(|(place, at)| (place, at.map(|at| forms[at])));
            example.words[word].extend(places);
        }
        examples.push(example);
    }
    let names: Vec<&str> = ROLES.iter().map(|role| role.0).collect();
    let shape = role_shape(set.vocabulary.dimensions(), LEARNT, HIDDEN);
    train_network(
        &set.inputs,
        &examples,
        &names,
        &network_settings(shape, 12, 8, seeds),
    )
}

pub(super) fn find_roles(
    set: &Set<'_>,
    model: &mut Roles<'_>,
    at: usize,
    odds: [f32; 5],
    candidates: &[Vec<Candidate>],
) -> Vec<Vec<RoleFound>> {
    let article = &set.articles[at];
    article
        .sentences
        .iter()
        .enumerate()
        .map(|(number, words)| {
            let mut found = Vec::new();
            for kind in 0..KINDS.len() {
                if candidates[number].iter().any(|one| one.kind == kind) {
                    found.extend(model.find(
                        set.text(article),
                        words.clone(),
                        &article.setting(number, odds),
                        kind,
                        &candidates[number],
                        0.1,
                    ));
                }
            }
            found
        })
        .collect()
}
