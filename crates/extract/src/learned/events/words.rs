//! Linear companions of the networks: they know single words and pairs of them better than a
//! network does, and the two together read better than either.

use std::ops::Range;

use daylight_learn::{Form, FormFacts, FormRows, Forms, ModelError, Tagger, hash, mix};

use super::inputs::{Candidate, KINDS, bucket, distance, form_features};
use super::parts::Text;

/// How many words on each side of a word are looked at.
const REACH: usize = 3;
/// The number of the place of the word itself.
const HERE: usize = REACH;
const PLACES: usize = 2 * REACH + 1;

/// Linear scores of labels for words.
#[derive(Debug)]
pub struct WordScores<'b> {
    tagger: Tagger<'b>,
    rows: FormRows,
}

impl<'b> WordScores<'b> {
    /// Reads the model.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        let tagger = Tagger::parse(bytes)?;
        let rows = FormRows::new(tagger.labels().len(), PLACES);
        Ok(Self { tagger, rows })
    }

    /// The tagger itself, for what it knows of labels that follow each other.
    #[must_use]
    pub const fn tagger(&self) -> &Tagger<'b> {
        &self.tagger
    }

    /// The scores of all labels for some words of a sentence, nothing for those that are not
    /// worth a look; `joint` names their features besides those of single forms.
    pub fn scores(
        &mut self,
        text: Text<'_>,
        sentence: Range<usize>,
        words: Range<usize>,
        looks: impl Fn(usize) -> bool,
        joint: impl Fn(&[Form], usize, &mut Vec<u64>),
    ) -> Vec<f32> {
        let forms = &text.page.forms[sentence];
        let weights = self.tagger.weights();
        let labels = self.tagger.labels().len();
        for &form in &forms[words.start.saturating_sub(REACH)..forms.len().min(words.end + REACH)] {
            self.rows.make(form, text.forms, weights, |facts, _, list| {
                form_features(facts, list);
            });
        }
        let mut scores = vec![0.0; words.len() * labels];
        let mut features = Vec::new();
        let all = words.zip(scores.chunks_exact_mut(labels));
        for (word, scores) in all.filter(|(word, _)| looks(*word)) {
            for (place, at) in places(word, forms.len()) {
                self.rows.add(forms[at], place, scores);
            }
            features.clear();
            joint(forms, word, &mut features);
            for &feature in &features {
                weights.add(feature, scores);
            }
        }
        scores
    }
}

/// The features of single forms around a word of a sentence, as [`WordScores`] adds them up.
pub fn single_features(forms: &Forms, sentence: &[Form], word: usize, features: &mut Vec<u64>) {
    let mut list = Vec::new();
    for (place, at) in places(word, sentence.len()) {
        list.clear();
        form_features(forms.facts(sentence[at]), &mut list);
        features.extend(list.iter().map(|feature| mix(*feature, place as u64)));
    }
}

fn places(word: usize, words: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..PLACES).filter_map(move |place| {
        let at = (word + place).checked_sub(HERE)?;
        (at < words).then_some((place, at))
    })
}

/// The features of two words together.
fn pair_features(forms: &Forms, sentence: &[Form], word: usize, features: &mut Vec<u64>) {
    let facts = |far: isize| {
        let form = sentence.get(word.checked_add_signed(far)?)?;
        Some(forms.facts(*form))
    };
    for (one, other) in [(-1, 0), (0, 1), (-1, 1), (-2, -1), (1, 2), (-2, 0), (0, 2)] {
        let name = mix(hash(b"pair"), ((one + 2) * 8 + other + 2) as u64);
        let (one, other) = (facts(one), facts(other));
        let lower = |facts: Option<&FormFacts>| facts.map_or(0, |facts| facts.lower);
        let cluster =
            |facts: Option<&FormFacts>| facts.map_or(0, |facts| u64::from(facts.clusters[1]) + 1);
        features.push(mix(mix(name, lower(one)), lower(other)));
        features.push(mix(mix(name, cluster(one)), cluster(other)));
    }
}

/// The features of a word and those beside it together with something that is so.
fn together_with(so: u64, forms: &Forms, sentence: &[Form], word: usize, features: &mut Vec<u64>) {
    let facts = |at: usize| sentence.get(at).map(|form| forms.facts(*form));
    let lower = |at: usize| facts(at).map_or(0, |facts| facts.lower);
    let fine = facts(word).map_or(0, |facts| u64::from(facts.clusters[2]));
    features.push(so);
    features.push(mix(so, lower(word)));
    features.push(mix(so, fine + 1));
    features.push(mix(so, mix(lower(word.wrapping_sub(1)), 1)));
    features.push(mix(so, mix(lower(word + 1), 2)));
}

/// What the scores of triggers know besides single forms: pairs, and what the document is about.
pub fn trigger_features(
    forms: &Forms,
    sentence: &[Form],
    word: usize,
    document: &[f32; 5],
    features: &mut Vec<u64>,
) {
    pair_features(forms, sentence, word, features);
    let mut about = 0;
    let mut most = 0;
    for kind in 0..KINDS.len() {
        about |= u64::from(document[kind] > 0.0) << kind;
        if document[kind] > document[most] {
            most = kind;
        }
    }
    together_with(mix(hash(b"about"), about), forms, sentence, word, features);
    together_with(
        mix(hash(b"most about"), most as u64),
        forms,
        sentence,
        word,
        features,
    );
}

/// What the scores of roles know besides single forms: pairs, the kind, and where the nearest
/// candidate of the kind stands.
pub fn role_features(
    forms: &Forms,
    sentence: &[Form],
    word: usize,
    kind: usize,
    candidates: &[Candidate],
    features: &mut Vec<u64>,
) {
    pair_features(forms, sentence, word, features);
    let of_kind = mix(hash(b"kind"), kind as u64);
    together_with(of_kind, forms, sentence, word, features);
    for one in candidates.iter().filter(|one| one.kind != kind) {
        if (one.start..one.end).contains(&word) {
            features.push(mix(hash(b"in another"), one.kind as u64));
        }
    }
    let own = candidates.iter().filter(|one| one.kind == kind);
    let Some(nearest) = own.min_by_key(|one| distance(word, one).unsigned_abs()) else {
        return;
    };
    let far = distance(word, nearest);
    let apart = mix(hash(b"apart"), u64::from(bucket(far)));
    features.push(mix(apart, of_kind));
    let side = mix(of_kind, far.signum() as u64);
    let last = sentence.get(nearest.end - 1).map(|form| forms.facts(*form));
    let last = last.map_or(0, |facts| facts.lower);
    features.push(mix(mix(side, last), 1));
    features.push(mix(mix(apart, last), 2));
    together_with(mix(side, 3), forms, sentence, word, features);
}
