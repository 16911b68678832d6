//! The parts of the reader of incidents, each a model with what it remembers of forms.

use std::ops::Range;

use daylight_learn::{
    Classifier, Form, FormFacts, FormRows, Forms, ModelError, Network, NetworkRows, Stretch,
    Vocabulary, hash, mix,
};

use super::inputs::{
    self, Candidate, KINDS, Setting, form_features, kind_context, roles_of, sentence_context,
    window, word_context,
};
use super::words::{WordScores, role_features, trigger_features};
use crate::learned::Page;

/// Longer sentences are looked at piece by piece. Words.
const SENTENCE_WORDS_MAX: usize = 120;

/// A page with what is known of its forms.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Words and sentences.
    pub page: &'a Page,
    /// What is known of forms.
    pub forms: &'a Forms,
    /// What is known of words.
    pub vocabulary: &'a Vocabulary<'a>,
}

impl Text<'_> {
    /// The words of each sentence; long ones in pieces.
    #[must_use]
    pub fn sentences(&self) -> Vec<Range<usize>> {
        let mut pieces = Vec::with_capacity(self.page.sentences.len());
        for sentence in &self.page.sentences {
            let mut start = sentence.start;
            while sentence.end - start > SENTENCE_WORDS_MAX {
                pieces.push(start..start + SENTENCE_WORDS_MAX);
                start += SENTENCE_WORDS_MAX;
            }
            pieces.push(start..sentence.end);
        }
        pieces
    }

    /// The mean of the published vectors of some words.
    #[must_use]
    pub fn mean(&self, words: Range<usize>) -> Vec<f32> {
        let mut mean = vec![0.0; self.vocabulary.dimensions()];
        let share = 3.0 / words.len().max(1) as f32;
        for &form in &self.page.forms[words] {
            if let Some(word) = self.forms.facts(form).word {
                for (sum, part) in mean.iter_mut().zip(self.vocabulary.vector(word)) {
                    *sum += share * part;
                }
            }
        }
        mean
    }
}

/// Which kinds of incidents a document is about, judged by its words alone.
#[derive(Debug)]
pub struct DocumentKinds<'b> {
    classifier: Classifier<'b>,
    rows: FormRows,
}

impl<'b> DocumentKinds<'b> {
    /// Reads the model.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        Ok(Self {
            classifier: Classifier::parse(bytes)?,
            rows: FormRows::new(KINDS.len(), 1),
        })
    }

    /// The features of a form in a document.
    pub fn features(facts: &FormFacts, features: &mut Vec<u64>) {
        features.push(mix(hash(b"in document"), facts.lower));
        for (number, cluster) in facts.clusters.iter().enumerate().skip(1) {
            if *cluster > 0 {
                features.push(mix(number as u64 + 11, u64::from(*cluster)));
            }
        }
    }

    /// The distinct forms of a document, and how much each counts.
    #[must_use]
    pub fn forms(page: &Page) -> (Vec<Form>, f32) {
        let mut forms = page.forms.clone();
        forms.sort_unstable();
        forms.dedup();
        let share = 1.0 / (forms.len().max(1) as f32).sqrt();
        (forms, share)
    }

    /// For each kind the logarithm of the odds that the document has such incidents.
    pub fn odds(&mut self, text: Text<'_>) -> [f32; 5] {
        let mut sum = [0.0; KINDS.len()];
        let (distinct, share) = Self::forms(text.page);
        for form in distinct {
            self.rows.make(
                form,
                text.forms,
                self.classifier.weights(),
                |facts, _, list| Self::features(facts, list),
            );
            self.rows.add(form, 0, &mut sum);
        }
        let mut odds = [0.0; KINDS.len()];
        for ((odds, start), sum) in odds.iter_mut().zip(self.classifier.start()).zip(sum) {
            *odds = start + share * sum;
        }
        odds
    }
}

/// Which words are worth a closer look, judged by themselves and the words beside them.
#[derive(Debug)]
pub struct Gate<'b> {
    classifier: Classifier<'b>,
    rows: FormRows,
    start: f32,
}

impl<'b> Gate<'b> {
    /// Places from which forms are looked at, and the one of the word itself.
    pub const PLACES: usize = 5;
    const MIDDLE: usize = 2;

    /// Reads the model.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        let classifier = Classifier::parse(bytes)?;
        let start = classifier.start().first().copied().unwrap_or_default();
        Ok(Self {
            classifier,
            rows: FormRows::new(1, Self::PLACES),
            start,
        })
    }

    /// The features of a form beside a word; at each place they stand mixed with its number.
    pub fn features(facts: &FormFacts, features: &mut Vec<u64>) {
        features.push(mix(hash(b"beside"), facts.lower));
        for (number, cluster) in facts.clusters.iter().enumerate().skip(1) {
            if *cluster > 0 {
                features.push(mix(number as u64 + 21, u64::from(*cluster)));
            }
        }
    }

    /// The places around a word, and the words at them, in a sentence.
    pub fn places(word: usize, words: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..Self::PLACES).filter_map(move |place| {
            let at = (word + place).checked_sub(Self::MIDDLE)?;
            (at < words).then_some((place, at))
        })
    }

    /// For each word of a sentence the logarithm of the odds that it belongs to a trigger.
    pub fn odds(&mut self, text: Text<'_>, words: Range<usize>) -> Vec<f32> {
        let forms = &text.page.forms[words];
        for &form in forms {
            let weights = self.classifier.weights();
            self.rows.make(form, text.forms, weights, |facts, _, list| {
                Self::features(facts, list);
            });
        }
        let mut odds = vec![self.start; forms.len()];
        // What a word sees at a place, the word there adds to it.
        for (at, &form) in forms.iter().enumerate() {
            for (place, weight) in self.rows.of(form).iter().enumerate() {
                let word = (at + Self::MIDDLE).checked_sub(place);
                if let Some(sum) = word.and_then(|word| odds.get_mut(word)) {
                    *sum += weight;
                }
            }
        }
        odds
    }
}

/// A network with its linear companion, whose scores are averaged.
#[derive(Debug)]
struct Blended<'b> {
    network: Network,
    rows: NetworkRows,
    words: WordScores<'b>,
}

impl<'b> Blended<'b> {
    fn parse(network: &[u8], words: &'b [u8]) -> Result<Self, ModelError> {
        let words = WordScores::parse(words)?;
        let mut network = Network::parse(network)?;
        network.blend(words.tagger(), WORDS_SHARE);
        Ok(Self {
            rows: NetworkRows::new(&network),
            network,
            words,
        })
    }

    /// Leaves all but the first member of the network away.
    fn keep_first(&mut self) {
        self.network.keep_first();
        self.network.blend(self.words.tagger(), WORDS_SHARE);
        self.rows = NetworkRows::new(&self.network);
    }

    /// Makes the rows of forms, where they are not made yet.
    fn make_rows(&mut self, text: Text<'_>, forms: &[Form]) {
        for &form in forms {
            self.rows.make(
                &self.network,
                form,
                text.forms,
                text.vocabulary,
                form_features,
            );
        }
    }
}

/// Where the triggers of incidents may stand.
#[derive(Debug)]
pub struct Triggers<'b> {
    model: Blended<'b>,
    less_max: LessMax,
}

/// Words of a sentence that are looked at closer.
#[derive(Debug, Clone, Copy)]
struct Closer<'a> {
    /// The first, counted in the sentence.
    start: usize,
    /// Which of them may belong to triggers.
    looks: &'a [bool],
    /// What the linear companion says of them.
    linear: &'a [f32],
}

/// What the linear scores of words weigh beside those of the network.
const WORDS_SHARE: f32 = 0.5;

/// Who and what has which role.
#[derive(Debug)]
pub struct Roles<'b>(Blended<'b>);

/// A stretch that has a role in an incident of a kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoleFound {
    /// The kind of incident.
    pub kind: usize,
    /// Which role, by its number in [`inputs::ROLES`].
    pub role: usize,
    /// The first word, counted in the sentence.
    pub start: usize,
    /// The word after the last.
    pub end: usize,
    /// How probable it is.
    pub probability: f32,
}

impl<'b> Triggers<'b> {
    /// Reads the model: the network, and its companion.
    ///
    /// # Errors
    /// Where one of them is damaged.
    pub fn parse(network: &[u8], words: &'b [u8]) -> Result<Self, ModelError> {
        Ok(Self {
            model: Blended::parse(network, words)?,
            less_max: LESS_MAX,
        })
    }

    /// Leaves all but the first member of the network away, and does not follow what is
    /// unlikely.
    pub fn keep_first(&mut self) {
        self.less_max = LESS_MAX_QUICK;
        self.model.keep_first();
    }

    /// Stretches of a sentence that are triggers with at least some probability, among the
    /// words that are worth a look.
    pub fn candidates(
        &mut self,
        text: Text<'_>,
        words: Range<usize>,
        setting: &Setting<'_>,
        looks: &[bool],
        probability_min: f32,
    ) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        let mut base = None;
        for run in runs(looks) {
            let linear = self.model.words.scores(
                text,
                words.clone(),
                run.clone(),
                |word| looks[word],
                |forms, word, features| {
                    trigger_features(text.forms, forms, word, &setting.document, features);
                },
            );
            let labels = self.model.network.labels();
            let near = |less_max: f32| {
                let words = linear.chunks_exact(labels).zip(&looks[run.clone()]);
                words.map(move |(scores, looks)| {
                    *looks && is_near(&scores[1..], scores[0], less_max)
                })
            };
            if !near(self.less_max.run).any(|near| near) {
                continue;
            }
            let looks: Vec<bool> = near(self.less_max.word).collect();
            let base = base.get_or_insert_with(|| {
                let mut context = Vec::new();
                sentence_context(setting, &mut context);
                base_of(&self.model.network, &context)
            });
            for part in runs(&looks) {
                let start = run.start + part.start;
                let closer = Closer {
                    start,
                    looks: &looks[part.clone()],
                    linear: &linear[part.start * labels..part.end * labels],
                };
                let stretches = self.stretches(text, words.clone(), base, closer, probability_min);
                candidates.extend(stretches.into_iter().map(|one| Candidate {
                    kind: one.kind,
                    start: start + one.start,
                    end: start + one.end,
                    probability: one.probability,
                }));
            }
        }
        candidates
    }

    /// What network and companion make together of some words of a sentence.
    fn stretches(
        &mut self,
        text: Text<'_>,
        words: Range<usize>,
        base: &[f32],
        closer: Closer<'_>,
        probability_min: f32,
    ) -> Vec<Stretch> {
        let forms = &text.page.forms[words];
        let run = closer.start..closer.start + closer.looks.len();
        let around =
            run.start.saturating_sub(inputs::REACH)..forms.len().min(run.end + inputs::REACH);
        self.model.make_rows(text, &forms[around]);
        let mut scores = scores(
            &self.model.network,
            &self.model.rows,
            forms,
            run,
            base,
            |word| closer.looks[word - closer.start],
            |_, _, _| {},
        );
        blend(&mut scores, closer.linear);
        // What is not worth a look is outside.
        for (looks, scores) in closer
            .looks
            .iter()
            .zip(scores.chunks_exact_mut(self.model.network.labels()))
        {
            if !looks {
                scores[1..].fill(NEVER);
            }
        }
        let kinds = likely_kinds(&scores, self.less_max.kind);
        if kinds.is_empty() {
            return Vec::new();
        }
        self.model
            .network
            .stretches(&scores, &kinds, probability_min)
    }
}

/// What a label weighs that cannot be.
const NEVER: f32 = -1.0e4;

/// How much less than being outside a kind may weigh for it to be followed.
#[derive(Debug, Clone, Copy)]
struct LessMax {
    /// At a word, by the linear companion alone: else the network does not look at the word.
    word: f32,
    /// At some word of a run, by the linear companion alone.
    run: f32,
    /// At some word of a run, by both together.
    kind: f32,
}

const LESS_MAX: LessMax = LessMax {
    word: f32::INFINITY,
    run: f32::INFINITY,
    kind: 7.0,
};
const LESS_MAX_QUICK: LessMax = LessMax {
    word: 4.0,
    run: 1.0,
    kind: 1.0,
};

/// Runs of words with those that are worth a look, one more word on each side.
fn runs(looks: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for word in (0..looks.len()).filter(|word| looks[*word]) {
        let run = word.saturating_sub(1)..(word + 2).min(looks.len());
        match runs.last_mut() {
            Some(last) if run.start <= last.end => last.end = run.end,
            _ => runs.push(run),
        }
    }
    runs
}

/// The kinds that some word of a run may be of: those that weigh not much less than being
/// outside of all.
fn likely_kinds(scores: &[f32], less_max: f32) -> Vec<usize> {
    let labels = 1 + 2 * KINDS.len();
    let likely = |kind: &usize| {
        scores
            .chunks_exact(labels)
            .any(|word| is_near(&word[1 + 2 * kind..3 + 2 * kind], word[0], less_max))
    };
    (0..KINDS.len()).filter(likely).collect()
}

fn is_near(scores: &[f32], outside: f32, less_max: f32) -> bool {
    scores.iter().any(|score| *score >= outside - less_max)
}

impl<'b> Roles<'b> {
    /// Reads the model: the network, and its companion.
    ///
    /// # Errors
    /// Where one of them is damaged.
    pub fn parse(network: &[u8], words: &'b [u8]) -> Result<Self, ModelError> {
        Ok(Self(Blended::parse(network, words)?))
    }

    /// Leaves all but the first member of the network away.
    pub fn keep_first(&mut self) {
        self.0.keep_first();
    }

    /// Stretches of a sentence that have a role in incidents of a kind.
    pub fn find(
        &mut self,
        text: Text<'_>,
        words: Range<usize>,
        setting: &Setting<'_>,
        kind: usize,
        candidates: &[Candidate],
        probability_min: f32,
    ) -> Vec<RoleFound> {
        let forms = &text.page.forms[words.clone()];
        self.0.make_rows(text, forms);
        let mut context = Vec::new();
        sentence_context(setting, &mut context);
        kind_context(kind, candidates, &mut context);
        let base = base_of(&self.0.network, &context);
        let mut scores = scores(
            &self.0.network,
            &self.0.rows,
            forms,
            0..forms.len(),
            &base,
            |_| true,
            |word, context, places| {
                word_context(word, kind, candidates, context, places);
            },
        );
        let linear = self.0.words.scores(
            text,
            words,
            0..forms.len(),
            |_| true,
            |forms, word, features| {
                role_features(text.forms, forms, word, kind, candidates, features);
            },
        );
        blend(&mut scores, &linear);
        let stretches = self
            .0
            .network
            .stretches(&scores, &roles_of(kind), probability_min);
        let found = stretches.into_iter().map(|one| RoleFound {
            kind,
            role: one.kind,
            start: one.start,
            end: one.end,
            probability: one.probability,
        });
        found.collect()
    }
}

/// Takes the share of the linear scores into those of a network.
fn blend(scores: &mut [f32], linear: &[f32]) {
    for (score, linear) in scores.iter_mut().zip(linear) {
        *score += WORDS_SHARE * (linear - *score);
    }
}

/// What all words of a sentence share in the hidden layer.
fn base_of(network: &Network, shared: &[(u16, f32)]) -> Vec<f32> {
    let mut base = vec![0.0; network.width()];
    for &(context, value) in shared {
        network.add_context(usize::from(context), value, &mut base);
    }
    base
}

/// The scores of all labels for some words of a sentence, nothing for those that are not worth
/// a look.
fn scores(
    network: &Network,
    rows: &NetworkRows,
    forms: &[Form],
    words: Range<usize>,
    base: &[f32],
    looks: impl Fn(usize) -> bool,
    further: impl Fn(usize, &mut Vec<(u16, f32)>, &mut Vec<(u8, Option<usize>)>),
) -> Vec<f32> {
    let mut scores = vec![0.0; words.len() * network.labels()];
    let mut hidden = base.to_vec();
    let (mut context, mut places) = (Vec::new(), Vec::new());
    let all = words.zip(scores.chunks_exact_mut(network.labels()));
    for (word, scores) in all.filter(|(word, _)| looks(*word)) {
        hidden.copy_from_slice(base);
        context.clear();
        places.clear();
        further(word, &mut context, &mut places);
        for &(context, value) in &context {
            network.add_context(usize::from(context), value, &mut hidden);
        }
        for (place, at) in window(word, forms.len()).chain(places.iter().copied()) {
            rows.add(at.map(|at| forms[at]), usize::from(place), &mut hidden);
        }
        network.scores(&hidden, scores);
    }
    scores
}

/// How an incident is spoken of, as the annotation names it.
pub const REALIS: [&str; 3] = ["Actual", "Other", "Generic"];

/// Whether an incident happened.
#[derive(Debug)]
pub struct Realis<'b> {
    classifier: Classifier<'b>,
}

impl<'b> Realis<'b> {
    /// Reads the model.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        Ok(Self {
            classifier: Classifier::parse(bytes)?,
        })
    }

    /// The features of a trigger in its sentence.
    #[must_use]
    pub fn features(
        text: Text<'_>,
        words: Range<usize>,
        setting: &Setting<'_>,
        candidate: &Candidate,
    ) -> Vec<(u64, f32)> {
        let forms = &text.page.forms[words];
        let mut features = Vec::new();
        let mut push =
            |name: &[u8], value: u64, weight: f32| features.push((mix(hash(name), value), weight));
        push(b"kind", candidate.kind as u64, 1.0);
        for &form in &forms[candidate.start..candidate.end] {
            let facts = text.forms.facts(form);
            push(b"trigger", facts.lower, 1.0);
            push(b"trigger like", u64::from(facts.clusters[2]), 1.0);
            let lower = facts.text.to_lowercase();
            let end = lower.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
            push(b"trigger end", hash(&lower.as_bytes()[end..]), 0.5);
        }
        for (name, at) in [
            (&b"before 1"[..], candidate.start.checked_sub(1)),
            (b"before 2", candidate.start.checked_sub(2)),
            (b"before 3", candidate.start.checked_sub(3)),
            (b"after 1", Some(candidate.end)),
            (b"after 2", Some(candidate.end + 1)),
        ] {
            let facts = at
                .and_then(|at| forms.get(at))
                .map(|form| text.forms.facts(*form));
            push(name, facts.map_or(0, |facts| facts.lower), 1.0);
            push(
                name,
                facts.map_or(0, |facts| u64::from(facts.clusters[1]) + 1),
                0.5,
            );
        }
        let from = candidate.start.saturating_sub(10);
        for &form in &forms[from..candidate.start] {
            push(b"left", text.forms.facts(form).lower, 0.5);
        }
        for &form in forms {
            push(b"sentence", text.forms.facts(form).lower, 0.25);
        }
        for (kind, odds) in setting.document.iter().enumerate() {
            push(b"document", kind as u64, odds.clamp(-6.0, 6.0) / 4.0);
        }
        push(b"sentence number", setting.sentence.min(5) as u64, 1.0);
        features
    }

    /// How an incident is spoken of: the number in [`REALIS`].
    #[must_use]
    pub fn judge(&self, features: &[(u64, f32)]) -> usize {
        let mut scores = self.classifier.start();
        for &(feature, value) in features {
            self.classifier
                .weights()
                .add_times(feature, value, &mut scores);
        }
        let best = scores
            .iter()
            .enumerate()
            .max_by(|one, other| one.1.total_cmp(other.1));
        best.map_or(0, |(at, _)| at)
    }
}
