//! A small network over words: what stands at some places around a word goes through one hidden
//! layer into scores of labels, and a chain weighs how labels follow each other.
//!
//! The first layer is linear in each form, so that its products are made once for each form
//! and place ([`NetworkRows`]), and reading a word adds up rows.

use crate::chain::{Chain, Odds, Stretch};
use crate::weights::{ModelError, Reader};
use crate::{Form, FormFacts, FormRows, Forms, Tagger, Vocabulary, hash};

pub(crate) const MAGIC: &[u8; 4] = b"DLN1";

/// So many scores are added up at a time.
const LANES: usize = 8;

/// The feature of what stands before the first and after the last word.
pub(crate) fn edge() -> u64 {
    hash(b"edge")
}

/// Networks that were trained alike but for the seed; their scores are averaged.
#[derive(Debug)]
pub struct Network {
    /// The kinds of stretches.
    kinds: Vec<String>,
    pub(crate) shape: Shape,
    members: Vec<Member>,
    chain: Chain,
    /// The chain as odds.
    odds: Odds,
}

/// How large the parts of a network are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Places around a word from which forms are looked at.
    pub places: usize,
    /// Numbers in the published vector of a word.
    pub published: usize,
    /// Numbers in the vector that is learnt for each feature of a form.
    pub learnt: usize,
    /// Width of the hidden layer.
    pub hidden: usize,
    /// What else may be said of a word or a sentence, numbered.
    pub context: usize,
}

impl Shape {
    pub(crate) const fn input(self) -> usize {
        self.published + self.learnt
    }
}

/// The numbers of one network.
#[derive(Debug, Clone, Default)]
pub(crate) struct Member {
    /// The lower halves of the features that have a vector, sorted.
    pub(crate) features: Vec<u32>,
    /// A vector for each.
    pub(crate) vectors: Vec<f32>,
    /// By place, number of the input vector, hidden.
    pub(crate) first: Vec<f32>,
    /// By number of the context, hidden.
    pub(crate) context: Vec<f32>,
    /// By hidden, label.
    pub(crate) second: Vec<f32>,
    /// The same in whole groups of lanes, for reading.
    pub(crate) lanes: Vec<[f32; LANES]>,
    /// What each label weighs by itself.
    pub(crate) labels: Vec<f32>,
    pub(crate) chain: Chain,
}

impl Network {
    /// Reads a network.
    ///
    /// # Errors
    /// Where the bytes are no network, or cut off.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes, MAGIC)?;
        let mut sizes = [0; 7];
        for size in &mut sizes {
            *size = reader.number()?;
            if *size > 1 << 16 {
                return Err(reader.wrong("a size"));
            }
        }
        let [
            places,
            published,
            learnt,
            hidden,
            context,
            kinds_count,
            members_count,
        ] = sizes;
        let shape = Shape {
            places,
            published,
            learnt,
            hidden,
            context,
        };
        let mut kinds = Vec::new();
        for _ in 0..kinds_count {
            let length = reader.number()?;
            let name = std::str::from_utf8(reader.bytes(1, length)?);
            kinds.push(
                name.map_err(|_| reader.wrong("a kind that is not UTF-8"))?
                    .to_owned(),
            );
        }
        let members: Vec<Member> = (0..members_count)
            .map(|_| Member::read(&mut reader, shape, kinds_count))
            .collect::<Result<_, _>>()?;
        let chain = average(kinds_count, &members);
        Ok(Self {
            kinds,
            shape,
            members,
            odds: chain.odds(),
            chain,
        })
    }

    /// Weighs how labels follow each other partly as a tagger with the same labels does: its
    /// share is from 0 to 1.
    pub fn blend(&mut self, tagger: &Tagger<'_>, share: f32) {
        let (chain, steps) = (&mut self.chain, &tagger.steps);
        for (own, other) in [
            (&mut chain.between, &steps.between),
            (&mut chain.first, &steps.first),
            (&mut chain.last, &steps.last),
        ] {
            for (own, other) in own.iter_mut().zip(other) {
                *own += share * (other - *own);
            }
        }
        self.odds = chain.odds();
    }

    /// Leaves all but the first member away: quicker, and a little worse. What was blended in
    /// before is forgotten.
    pub fn keep_first(&mut self) {
        self.members.truncate(1);
        self.chain = average(self.kinds.len(), &self.members);
        self.odds = self.chain.odds();
    }

    /// The kinds of stretches.
    #[must_use]
    pub fn kinds(&self) -> &[String] {
        &self.kinds
    }

    /// How many labels each word may have: outside, and for each kind its begin and its inside.
    #[must_use]
    pub fn labels(&self) -> usize {
        1 + 2 * self.kinds.len()
    }

    /// How large the hidden layers of all members are together.
    #[must_use]
    pub fn width(&self) -> usize {
        self.members.len() * self.shape.hidden
    }

    /// Adds what is said of a word or a sentence besides forms.
    pub fn add_context(&self, context: usize, value: f32, hidden: &mut [f32]) {
        let size = self.shape.hidden;
        for (member, hidden) in self.members.iter().zip(hidden.chunks_exact_mut(size)) {
            if let Some(row) = member.context.get(context * size..(context + 1) * size) {
                add_times(row, value, hidden);
            }
        }
    }

    /// Adds the scores of all labels that come from the hidden layer.
    pub fn scores(&self, hidden: &[f32], scores: &mut [f32]) {
        let groups = self.labels().div_ceil(LANES);
        let share = 1.0 / self.members.len().max(1) as f32;
        let mut sums = vec![[0.0; LANES]; groups];
        for (member, hidden) in self
            .members
            .iter()
            .zip(hidden.chunks_exact(self.shape.hidden))
        {
            add_times(&member.labels, share, scores);
            for (value, row) in hidden.iter().zip(member.lanes.chunks_exact(groups)) {
                if *value > 0.0 {
                    let value = value * share;
                    for (sum, weights) in sums.iter_mut().zip(row) {
                        for lane in 0..LANES {
                            sum[lane] += value * weights[lane];
                        }
                    }
                }
            }
        }
        for (score, sum) in scores.iter_mut().zip(sums.as_flattened()) {
            *score += sum;
        }
    }

    /// Stretches at least as probable as `probability_min`, the more probable of two that
    /// overlap, in order; `kinds` are those that may be.
    #[must_use]
    pub fn stretches(&self, scores: &[f32], kinds: &[usize], probability_min: f32) -> Vec<Stretch> {
        self.odds.stretches(scores, &active(kinds), probability_min)
    }
}

/// The labels of some kinds, and the one outside.
pub(crate) fn active(kinds: &[usize]) -> Vec<usize> {
    let mut labels = vec![0];
    labels.extend(kinds.iter().flat_map(|kind| [1 + 2 * kind, 2 + 2 * kind]));
    labels
}

fn average(kinds: usize, members: &[Member]) -> Chain {
    let mut chain = Chain::new(kinds);
    let share = 1.0 / members.len().max(1) as f32;
    for member in members {
        add_times(&member.chain.between, share, &mut chain.between);
        add_times(&member.chain.first, share, &mut chain.first);
        add_times(&member.chain.last, share, &mut chain.last);
    }
    chain
}

/// Adds a row times a number.
pub(crate) fn add_times(row: &[f32], value: f32, sum: &mut [f32]) {
    for (sum, weight) in sum.iter_mut().zip(row) {
        *sum += value * weight;
    }
}

/// The sum of products, in lanes that are added up at the end.
pub(crate) fn dot(one: &[f32], other: &[f32]) -> f32 {
    let (ones, one_rest) = one.as_chunks::<LANES>();
    let (others, other_rest) = other.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (one, other) in ones.iter().zip(others) {
        for lane in 0..LANES {
            lanes[lane] += one[lane] * other[lane];
        }
    }
    let rest: f32 = one_rest.iter().zip(other_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

impl Member {
    /// Numbers besides the vectors of features, in the order of the file.
    fn sizes(shape: Shape, kinds: usize) -> [usize; 7] {
        let labels = 1 + 2 * kinds;
        [
            shape.places * shape.input() * shape.hidden,
            shape.context * shape.hidden,
            shape.hidden * labels,
            labels,
            labels * labels,
            labels,
            labels,
        ]
    }

    fn read(reader: &mut Reader<'_>, shape: Shape, kinds: usize) -> Result<Self, ModelError> {
        let count = reader.number()?;
        let features = reader.bytes(count, 4)?.as_chunks::<4>().0;
        let features = features
            .iter()
            .map(|bytes| u32::from_le_bytes(*bytes))
            .collect();
        let scale = reader.floats(1)?.first().copied().unwrap_or_default();
        let vectors = reader.bytes(count, shape.learnt)?;
        let vectors = vectors
            .iter()
            .map(|byte| scale * f32::from(byte.cast_signed()))
            .collect();
        let [first, context, second, labels, between, begin, end] =
            Self::sizes(shape, kinds).map(|size| halves(reader, size));
        let second = second?;
        Ok(Self {
            features,
            vectors,
            first: first?,
            context: context?,
            lanes: in_lanes(&second, 1 + 2 * kinds),
            second,
            labels: labels?,
            chain: Chain {
                labels: 1 + 2 * kinds,
                between: between?,
                first: begin?,
                last: end?,
            },
        })
    }

    /// Writes the numbers of a network.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend((self.features.len() as u32).to_le_bytes());
        bytes.extend(
            self.features
                .iter()
                .flat_map(|feature| feature.to_le_bytes()),
        );
        let largest = self
            .vectors
            .iter()
            .fold(0.0_f32, |largest, part| largest.max(part.abs()));
        let scale = largest.max(f32::MIN_POSITIVE) / 127.0;
        bytes.extend(scale.to_le_bytes());
        bytes.extend(
            self.vectors
                .iter()
                .map(|part| ((part / scale).round() as i8).cast_unsigned()),
        );
        let chain = &self.chain;
        let parts = [
            &self.first,
            &self.context,
            &self.second,
            &self.labels,
            &chain.between,
            &chain.first,
            &chain.last,
        ];
        // The upper half of a number's bytes is precise to one part in 256.
        let half = |number: &f32| ((number.to_bits().saturating_add(0x8000)) >> 16) as u16;
        bytes.extend(
            parts
                .into_iter()
                .flatten()
                .flat_map(|number| half(number).to_le_bytes()),
        );
    }

    /// The input that a form is: its published vector, and the sum of those of its features.
    fn input(
        &self,
        shape: Shape,
        features: &[u64],
        published: impl Iterator<Item = f32>,
    ) -> Vec<f32> {
        let mut input: Vec<f32> = published.take(shape.published).collect();
        input.resize(shape.input(), 0.0);
        for feature in features {
            if let Ok(at) = self.features.binary_search(&(*feature as u32)) {
                let vector = &self.vectors[at * shape.learnt..(at + 1) * shape.learnt];
                add_times(vector, 1.0, &mut input[shape.published..]);
            }
        }
        input
    }
}

/// Rows of so many numbers, each filled up to whole groups.
fn in_lanes(rows: &[f32], width: usize) -> Vec<[f32; LANES]> {
    let filled = |part: &[f32]| {
        let mut lanes = [0.0; LANES];
        lanes[..part.len()].copy_from_slice(part);
        lanes
    };
    let rows = rows.chunks_exact(width);
    rows.flat_map(|row| row.chunks(LANES).map(filled)).collect()
}

fn halves(reader: &mut Reader<'_>, count: usize) -> Result<Vec<f32>, ModelError> {
    let bytes = reader.bytes(count, 2)?.as_chunks::<2>().0;
    Ok(bytes
        .iter()
        .map(|half| f32::from_bits(u32::from(u16::from_le_bytes(*half)) << 16))
        .collect())
}

/// Writes networks that were trained alike.
pub(crate) fn write(shape: Shape, kinds: &[&str], members: &[Member]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    let Shape {
        places,
        published,
        learnt,
        hidden,
        context,
    } = shape;
    for size in [
        places,
        published,
        learnt,
        hidden,
        context,
        kinds.len(),
        members.len(),
    ] {
        bytes.extend((size as u32).to_le_bytes());
    }
    for kind in kinds {
        bytes.extend((kind.len() as u32).to_le_bytes());
        bytes.extend(kind.as_bytes());
    }
    for member in members {
        member.write(&mut bytes);
    }
    bytes
}

/// The products of the first layer, by form and place.
#[derive(Debug)]
pub struct NetworkRows {
    rows: FormRows,
    /// The rows of what stands outside of a sentence.
    edge: Vec<f32>,
}

impl NetworkRows {
    /// No rows yet, of a network that stays as it is.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let places = network.shape.places;
        let mut edge_rows = vec![0.0; network.width() * places];
        add_products(network, &[edge()], &[], &mut edge_rows);
        Self {
            rows: FormRows::new(network.width(), places),
            edge: edge_rows,
        }
    }

    /// Makes the rows of a form, where they are not made yet. `features` names its features.
    pub fn make(
        &mut self,
        network: &Network,
        form: Form,
        forms: &Forms,
        vocabulary: &Vocabulary<'_>,
        features: impl FnOnce(&FormFacts, &mut Vec<u64>),
    ) {
        let Some(rows) = self.rows.new_rows(form, forms) else {
            return;
        };
        let facts = forms.facts(form);
        let mut list = Vec::new();
        features(facts, &mut list);
        let published: Vec<f32> = facts
            .word
            .map(|word| vocabulary.vector(word).collect())
            .unwrap_or_default();
        add_products(network, &list, &published, rows);
    }

    /// Adds the row of a form, or of what is outside of the sentence, at a place.
    pub fn add(&self, form: Option<Form>, place: usize, hidden: &mut [f32]) {
        match form {
            Some(form) => self.rows.add(form, place, hidden),
            None => self.rows.add_row(&self.edge, place, hidden),
        }
    }
}

/// Adds what the first layers make of a form at each place, place by place, member by member.
fn add_products(network: &Network, features: &[u64], published: &[f32], rows: &mut [f32]) {
    let shape = network.shape;
    let size = shape.hidden;
    for (number, member) in network.members.iter().enumerate() {
        let input = member.input(shape, features, published.iter().copied());
        for place in 0..shape.places {
            let start = place * network.width() + number * size;
            let weights = &member.first[place * shape.input() * size..];
            for (value, row) in input.iter().zip(weights.chunks_exact(size)) {
                if *value != 0.0 {
                    add_times(row, *value, &mut rows[start..start + size]);
                }
            }
        }
    }
}
