//! Learns a network: the likelihood of whole sequences of labels, by Adam (Kingma and Ba, 2015).

use std::collections::BTreeMap;

use super::Chance;
use crate::chain::Chain;
use crate::network::{self, Member, Shape, active, add_times, dot, edge};

/// What is known of a form before learning.
#[derive(Debug, Clone, Default)]
pub struct FormInput {
    /// Its features.
    pub features: Vec<u64>,
    /// Its published vector; empty where it has none.
    pub published: Vec<f32>,
}

/// A sequence of words with their labels.
#[derive(Debug, Clone, Default)]
pub struct NetworkExample {
    /// What stands at the places around each word: place and form; no form is outside.
    pub words: Vec<Vec<(u8, Option<u32>)>>,
    /// What else is said of each word.
    pub contexts: Vec<Vec<(u16, f32)>>,
    /// What else is said of all words.
    pub shared: Vec<(u16, f32)>,
    /// The kinds that may be, sorted.
    pub kinds: Vec<usize>,
    /// The label of each word: 0 outside, `1 + 2k` and `2 + 2k` for kind `k`.
    pub labels: Vec<u16>,
}

/// How to learn.
#[derive(Debug, Clone)]
pub struct NetworkSettings {
    /// How large the network is.
    pub shape: Shape,
    /// How often all examples are gone through.
    pub epochs: usize,
    /// How large the first steps are; they shrink to nothing over time.
    pub rate: f32,
    /// How many examples make one step.
    pub batch: usize,
    /// The part of the features of forms that is hidden each time.
    pub hidden_features: f32,
    /// The part of the hidden layer that is hidden each time.
    pub hidden_units: f32,
    /// What large weights cost.
    pub decay: f32,
    /// How often a feature must be seen to get a vector.
    pub count_min: u32,
    /// One network is learnt for each seed.
    pub seeds: Vec<u64>,
}

/// Learns from sequences and gives the bytes of the model.
#[must_use]
pub fn train_network(
    forms: &[FormInput],
    examples: &[NetworkExample],
    kinds: &[&str],
    settings: &NetworkSettings,
) -> Vec<u8> {
    let features = frequent(forms, examples, settings.count_min);
    let rows: Vec<Vec<u32>> = forms
        .iter()
        .map(|form| {
            let rows = form
                .features
                .iter()
                .filter_map(|feature| features.binary_search(&(*feature as u32)).ok());
            rows.map(|row| row as u32).collect()
        })
        .collect();
    let data = Data {
        forms,
        rows: &rows,
        edge: features.binary_search(&(edge() as u32)).ok(),
    };
    let members: Vec<Member> = std::thread::scope(|scope| {
        let learners: Vec<_> = settings
            .seeds
            .iter()
            .map(|seed| {
                let (data, features) = (&data, &features);
                scope.spawn(move || {
                    let mut learner = Learner::new(features.clone(), kinds.len(), settings, *seed);
                    learner.learn_all(data, examples);
                    learner.member
                })
            })
            .collect();
        learners
            .into_iter()
            .filter_map(|learner| learner.join().ok())
            .collect()
    });
    network::write(settings.shape, kinds, &members)
}

/// The lower halves of the features that are seen often enough, sorted.
fn frequent(forms: &[FormInput], examples: &[NetworkExample], count_min: u32) -> Vec<u32> {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for example in examples {
        for form in example
            .words
            .iter()
            .flat_map(|word| word.first())
            .filter_map(|(_, form)| *form)
        {
            for feature in &forms[form as usize].features {
                *counts.entry(*feature as u32).or_default() += 1;
            }
        }
    }
    counts.insert(edge() as u32, count_min);
    counts
        .into_iter()
        .filter(|(_, count)| *count >= count_min)
        .map(|(feature, _)| feature)
        .collect()
}

/// What is less probable adds nothing to a gradient.
const GRADIENT_MIN: f32 = 1.0e-5;

struct Data<'a> {
    forms: &'a [FormInput],
    /// By form: the rows of its features.
    rows: &'a [Vec<u32>],
    edge: Option<usize>,
}

/// The gradients of one batch and what Adam remembers, for numbers side by side.
struct Memory {
    gradient: Vec<f32>,
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl Memory {
    fn new(size: usize) -> Self {
        Self {
            gradient: vec![0.0; size],
            mean: vec![0.0; size],
            square: vec![0.0; size],
        }
    }

    /// One step for some of the numbers; their gradients become nothing.
    fn step(&mut self, numbers: &mut [f32], at: std::ops::Range<usize>, step: Step) {
        let numbers = &mut numbers[at.clone()];
        let gradients = &mut self.gradient[at.clone()];
        let means = &mut self.mean[at.clone()];
        let squares = &mut self.square[at];
        for (((number, gradient), mean), square) in
            numbers.iter_mut().zip(gradients).zip(means).zip(squares)
        {
            *mean += 0.1 * (*gradient - *mean);
            *square += 0.01 * (*gradient * *gradient - *square);
            *number -= step.rate * (*mean / (square.sqrt() + 1.0e-6) + step.decay * *number);
            *gradient = 0.0;
        }
    }
}

#[derive(Clone, Copy)]
struct Step {
    rate: f32,
    decay: f32,
}

struct Learner<'s> {
    settings: &'s NetworkSettings,
    member: Member,
    vectors: Memory,
    first: Memory,
    context: Memory,
    second: Memory,
    labels: Memory,
    between: Memory,
    begin: Memory,
    end: Memory,
    /// Rows of `vectors` that have a gradient.
    touched: Vec<u32>,
    chance: Chance,
}

/// What was made of a batch: words repeat, so that each form is gone through once.
#[derive(Default)]
struct Pass {
    numbers: BTreeMap<Option<u32>, usize>,
    /// By form: its input and the rows it was made of.
    inputs: Vec<(Vec<f32>, Vec<u32>)>,
    /// By form and place: whether it is used.
    used: Vec<bool>,
    /// By form and place: what the first layer makes of it.
    products: Vec<f32>,
    /// By form and place: the gradient of that.
    downs: Vec<f32>,
}

impl<'s> Learner<'s> {
    fn new(features: Vec<u32>, kinds: usize, settings: &'s NetworkSettings, seed: u64) -> Self {
        let shape = settings.shape;
        let labels = 1 + 2 * kinds;
        let mut chance = Chance::new(seed);
        let mut random = |size: usize, spread: f32| -> Vec<f32> {
            (0..size)
                .map(|_| (2.0 * chance.fraction() - 1.0) * spread)
                .collect()
        };
        let first_spread = (3.0 / (shape.input() * shape.places) as f32).sqrt();
        let member = Member {
            vectors: random(features.len() * shape.learnt, 0.1),
            first: random(
                shape.places * shape.input() * shape.hidden,
                first_spread * 2.0,
            ),
            context: random(shape.context * shape.hidden, 0.05),
            second: random(
                shape.hidden * labels,
                (3.0 / shape.hidden as f32).sqrt() * 0.5,
            ),
            labels: vec![0.0; labels],
            chain: Chain::new(kinds),
            lanes: Vec::new(),
            features,
        };
        let chain = &member.chain;
        Self {
            settings,
            vectors: Memory::new(member.vectors.len()),
            first: Memory::new(member.first.len()),
            context: Memory::new(member.context.len()),
            second: Memory::new(member.second.len()),
            labels: Memory::new(labels),
            between: Memory::new(chain.between.len()),
            begin: Memory::new(labels),
            end: Memory::new(labels),
            touched: Vec::new(),
            chance,
            member,
        }
    }

    fn learn_all(&mut self, data: &Data<'_>, examples: &[NetworkExample]) {
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let batches = (examples.len().div_ceil(self.settings.batch) * self.settings.epochs).max(1);
        let mut done = 0;
        for _ in 0..self.settings.epochs {
            self.chance.shuffle(&mut order);
            for batch in order.chunks(self.settings.batch) {
                let mut pass = Pass::default();
                for one in batch {
                    self.learn(data, &examples[*one], &mut pass);
                }
                self.learn_first(&pass);
                let rate = self.settings.rate * (1.0 - done as f32 / batches as f32);
                self.step(rate);
                done += 1;
            }
        }
    }

    /// Changes all numbers a little, against their gradients.
    fn step(&mut self, rate: f32) {
        let member = &mut self.member;
        let step = Step {
            rate,
            decay: self.settings.decay,
        };
        let plain = Step { rate, decay: 0.0 };
        let size = self.settings.shape.learnt;
        self.touched.sort_unstable();
        self.touched.dedup();
        for row in self.touched.drain(..) {
            let at = row as usize * size;
            self.vectors.step(&mut member.vectors, at..at + size, step);
        }
        let all = |numbers: &mut Vec<f32>, memory: &mut Memory, step: Step| {
            let size = numbers.len();
            memory.step(numbers, 0..size, step);
        };
        all(&mut member.first, &mut self.first, step);
        all(&mut member.context, &mut self.context, step);
        all(&mut member.second, &mut self.second, step);
        all(&mut member.labels, &mut self.labels, plain);
        all(&mut member.chain.between, &mut self.between, plain);
        all(&mut member.chain.first, &mut self.begin, plain);
        all(&mut member.chain.last, &mut self.end, plain);
    }

    /// Adds the gradients of one example, but for those of the first layer.
    fn learn(&mut self, data: &Data<'_>, example: &NetworkExample, pass: &mut Pass) {
        if example.words.is_empty() {
            return;
        }
        let places = self.place(data, example, pass);
        let (hidden, scores) = self.forward(example, &places, pass);
        let gradient = self.chain_gradient(&scores, example);
        self.backward(example, &places, pass, &hidden, &gradient);
    }

    /// The products that each word of an example is made of, by number in the pass.
    fn place(
        &mut self,
        data: &Data<'_>,
        example: &NetworkExample,
        pass: &mut Pass,
    ) -> Vec<Vec<usize>> {
        let shape = self.settings.shape;
        let size = shape.hidden;
        let mut places = Vec::with_capacity(example.words.len());
        for word in &example.words {
            let mut list = Vec::with_capacity(word.len());
            for &(place, form) in word {
                let next = pass.inputs.len();
                let number = *pass.numbers.entry(form).or_insert(next);
                if number == next {
                    pass.inputs.push(self.input(data, form));
                    pass.used.resize((next + 1) * shape.places, false);
                    pass.products.resize((next + 1) * shape.places * size, 0.0);
                    pass.downs.resize((next + 1) * shape.places * size, 0.0);
                }
                let at = number * shape.places + usize::from(place);
                if !std::mem::replace(&mut pass.used[at], true) {
                    let weights = &self.member.first[usize::from(place) * shape.input() * size..];
                    let product = &mut pass.products[at * size..(at + 1) * size];
                    for (value, row) in pass.inputs[number].0.iter().zip(weights.chunks_exact(size))
                    {
                        add_times(row, *value, product);
                    }
                }
                list.push(at);
            }
            places.push(list);
        }
        places
    }

    fn input(&mut self, data: &Data<'_>, form: Option<u32>) -> (Vec<f32>, Vec<u32>) {
        let shape = self.settings.shape;
        let mut input = vec![0.0; shape.input()];
        let mut rows = Vec::new();
        let hidden = self.settings.hidden_features;
        let edge = [data.edge.unwrap_or_default() as u32];
        let all = match form {
            Some(form) => {
                let published = &data.forms[form as usize].published;
                input[..published.len().min(shape.published)].copy_from_slice(published);
                data.rows[form as usize].as_slice()
            }
            None => &edge,
        };
        for &row in all {
            if hidden > 0.0 && self.chance.fraction() < hidden {
                continue;
            }
            rows.push(row);
            let at = row as usize * shape.learnt;
            let vector = &self.member.vectors[at..at + shape.learnt];
            add_times(vector, 1.0 / (1.0 - hidden), &mut input[shape.published..]);
        }
        (input, rows)
    }

    /// The hidden layer and the scores of each word.
    fn forward(
        &mut self,
        example: &NetworkExample,
        places: &[Vec<usize>],
        pass: &Pass,
    ) -> (Vec<f32>, Vec<f32>) {
        let size = self.settings.shape.hidden;
        let count = self.member.chain.labels;
        let mut base = vec![0.0; size];
        for &(context, value) in &example.shared {
            add_times(
                &self.member.context[usize::from(context) * size..][..size],
                value,
                &mut base,
            );
        }
        let mut hidden = vec![0.0; places.len() * size];
        let mut scores = vec![0.0; places.len() * count];
        let keep = 1.0 - self.settings.hidden_units;
        for (word, hidden) in hidden.chunks_exact_mut(size).enumerate() {
            hidden.copy_from_slice(&base);
            for &(context, value) in &example.contexts[word] {
                add_times(
                    &self.member.context[usize::from(context) * size..][..size],
                    value,
                    hidden,
                );
            }
            for &at in &places[word] {
                add_times(&pass.products[at * size..(at + 1) * size], 1.0, hidden);
            }
            let scores = &mut scores[word * count..(word + 1) * count];
            scores.copy_from_slice(&self.member.labels);
            for (value, row) in hidden
                .iter_mut()
                .zip(self.member.second.chunks_exact(count))
            {
                let kept = *value > 0.0 && (keep >= 1.0 || self.chance.fraction() < keep);
                *value = if kept { *value / keep } else { 0.0 };
                if kept {
                    add_times(row, *value, scores);
                }
            }
        }
        (hidden, scores)
    }

    /// The gradient of the scores; those of the steps are added.
    fn chain_gradient(&mut self, scores: &[f32], example: &NetworkExample) -> Vec<f32> {
        let chain = &self.member.chain;
        let count = chain.labels;
        let active = active(&example.kinds);
        let ways = chain.odds().ways(scores, &active);
        let words = example.labels.len();
        let mut gradient = vec![0.0; scores.len()];
        for word in 0..words {
            for (number, &label) in active.iter().enumerate() {
                gradient[word * count + label] = ways.label(word, number);
            }
            gradient[word * count + usize::from(example.labels[word])] -= 1.0;
        }
        add_times(&gradient[..count], 1.0, &mut self.begin.gradient);
        add_times(
            &gradient[(words - 1) * count..],
            1.0,
            &mut self.end.gradient,
        );
        for word in 1..words {
            for (from, &before) in active.iter().enumerate() {
                if ways.label(word - 1, from) < GRADIENT_MIN {
                    continue;
                }
                for (to, &label) in active.iter().enumerate() {
                    self.between.gradient[before * count + label] += ways.step(word, from, to);
                }
            }
            let (before, label) = (
                usize::from(example.labels[word - 1]),
                usize::from(example.labels[word]),
            );
            self.between.gradient[before * count + label] -= 1.0;
        }
        gradient
    }

    fn backward(
        &mut self,
        example: &NetworkExample,
        places: &[Vec<usize>],
        pass: &mut Pass,
        hidden: &[f32],
        gradient: &[f32],
    ) {
        let size = self.settings.shape.hidden;
        let count = self.member.chain.labels;
        let keep = 1.0 - self.settings.hidden_units;
        let mut base = vec![0.0; size];
        let mut down = vec![0.0; size];
        for (word, places) in places.iter().enumerate() {
            let gradient = &gradient[word * count..(word + 1) * count];
            add_times(gradient, 1.0, &mut self.labels.gradient);
            for unit in 0..size {
                let value = hidden[word * size + unit];
                down[unit] = 0.0;
                if value > 0.0 {
                    let row = unit * count..(unit + 1) * count;
                    down[unit] = dot(&self.member.second[row.clone()], gradient) / keep;
                    add_times(gradient, value, &mut self.second.gradient[row]);
                }
            }
            add_times(&down, 1.0, &mut base);
            for &(context, value) in &example.contexts[word] {
                add_times(
                    &down,
                    value,
                    &mut self.context.gradient[usize::from(context) * size..][..size],
                );
            }
            for &at in places {
                add_times(&down, 1.0, &mut pass.downs[at * size..(at + 1) * size]);
            }
        }
        for &(context, value) in &example.shared {
            add_times(
                &base,
                value,
                &mut self.context.gradient[usize::from(context) * size..][..size],
            );
        }
    }

    /// Adds the gradients of the first layer and of the vectors of features.
    fn learn_first(&mut self, pass: &Pass) {
        let shape = self.settings.shape;
        let size = shape.hidden;
        let share = 1.0 / (1.0 - self.settings.hidden_features);
        let mut vector = vec![0.0; shape.learnt];
        for (number, (input, rows)) in pass.inputs.iter().enumerate() {
            vector.fill(0.0);
            for place in 0..shape.places {
                let at = number * shape.places + place;
                if !pass.used[at] {
                    continue;
                }
                let down = &pass.downs[at * size..(at + 1) * size];
                let first = place * shape.input() * size..(place + 1) * shape.input() * size;
                let gradients = self.first.gradient[first.clone()].chunks_exact_mut(size);
                for (value, row) in input.iter().zip(gradients) {
                    add_times(down, *value, row);
                }
                let weights = self.member.first[first]
                    .chunks_exact(size)
                    .skip(shape.published);
                for (sum, row) in vector.iter_mut().zip(weights) {
                    *sum += dot(row, down);
                }
            }
            for &row in rows {
                let at = row as usize * shape.learnt;
                add_times(
                    &vector,
                    share,
                    &mut self.vectors.gradient[at..at + shape.learnt],
                );
                self.touched.push(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Forms, Network, NetworkRows, Vocabulary, hash};

    const WORDS: [&str; 6] = ["they", "stole", "data", "paid", "a", "ransom"];
    const SENTENCES: [(&[u32], &[u16]); 2] =
        [(&[0, 1, 2], &[0, 1, 0]), (&[0, 3, 4, 5], &[0, 3, 4, 4])];

    fn features(form: &[u8]) -> Vec<u64> {
        vec![hash(form)]
    }

    /// Places: the word before, the word.
    fn places(words: &[u32], word: usize) -> Vec<(u8, Option<u32>)> {
        vec![
            (0, word.checked_sub(1).map(|at| words[at])),
            (1, Some(words[word])),
        ]
    }

    fn trained(seeds: Vec<u64>) -> Vec<u8> {
        let forms: Vec<FormInput> = WORDS
            .iter()
            .map(|word| FormInput {
                features: features(word.as_bytes()),
                published: vec![],
            })
            .collect();
        let examples: Vec<NetworkExample> = SENTENCES
            .iter()
            .map(|(words, labels)| NetworkExample {
                words: (0..words.len()).map(|word| places(words, word)).collect(),
                contexts: vec![vec![]; words.len()],
                shared: vec![(0, 1.0)],
                kinds: vec![0, 1],
                labels: labels.to_vec(),
            })
            .collect();
        let settings = NetworkSettings {
            shape: Shape {
                places: 2,
                published: 0,
                learnt: 8,
                hidden: 16,
                context: 1,
            },
            epochs: 200,
            rate: 0.01,
            batch: 2,
            hidden_features: 0.0,
            hidden_units: 0.1,
            decay: 0.0,
            count_min: 1,
            seeds,
        };
        train_network(&forms, &examples, &["theft", "payment"], &settings)
    }

    #[test]
    fn what_was_learnt_is_read_back() {
        let bytes = trained(vec![1, 2]);
        assert_eq!(
            bytes,
            trained(vec![1, 2]),
            "training twice gives the same bytes"
        );
        let network = Network::parse(&bytes).unwrap();
        let empty = crate::train::write_vocabulary(vec![]);
        let vocabulary = Vocabulary::parse(&empty).unwrap();
        let (mut forms, mut rows) = (Forms::default(), NetworkRows::new(&network));
        for (words, labels) in SENTENCES {
            let numbers: Vec<u32> = words
                .iter()
                .map(|word| forms.number(WORDS[*word as usize], &vocabulary))
                .collect();
            for &form in &numbers {
                rows.make(&network, form, &forms, &vocabulary, |facts, list| {
                    list.extend(features(facts.text.as_bytes()));
                });
            }
            let mut scores = vec![0.0; words.len() * network.labels()];
            for (word, scores) in scores.chunks_mut(network.labels()).enumerate() {
                let mut hidden = vec![0.0; network.width()];
                network.add_context(0, 1.0, &mut hidden);
                for (place, form) in places(&numbers, word) {
                    rows.add(form, usize::from(place), &mut hidden);
                }
                network.scores(&hidden, scores);
            }
            let found = network.stretches(&scores, &[0, 1], 0.5);
            assert_eq!(found.len(), 1, "{found:?}");
            let mut read = vec![0; labels.len()];
            read[found[0].start..found[0].end].fill(2 + 2 * found[0].kind as u16);
            read[found[0].start] -= 1;
            assert_eq!(read, labels);
            assert!(found[0].probability > 0.8, "{found:?}");
        }
    }

    #[test]
    fn a_network_that_is_cut_off_is_refused() {
        let bytes = trained(vec![1]);
        for length in (0..bytes.len()).step_by(7) {
            assert!(Network::parse(&bytes[..length]).is_err(), "{length} bytes");
        }
    }
}
