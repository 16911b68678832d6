//! What the tagger of names sees of a word: the word itself, those around it, and pairs.

use daylight_learn::{FormFacts, hash, mix};

use super::listed::Listed;
use super::pattern::{Case, Pattern};

/// So many words before and after a word are looked at.
pub(crate) const REACH: usize = 3;
/// Places in the window around a word: those before it, itself, those after it.
pub(crate) const PLACES: usize = 2 * REACH + 1;

/// What is known of a form for finding names, beside its [`FormFacts`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameFacts {
    pub(crate) lower: u64,
    pub(crate) cluster: u64,
    pub(crate) case: Case,
    pub(crate) pattern: Pattern,
    /// Whether the vocabulary has the word.
    pub(crate) known: bool,
    /// The kinds of the listed names that the form is by itself, as bits.
    pub(crate) listed: u8,
    /// Whether listed names of several words begin with the form.
    pub(crate) begins: bool,
}

impl NameFacts {
    pub(crate) fn new(facts: &FormFacts, listed: &Listed) -> Self {
        Self {
            lower: facts.lower,
            cluster: u64::from(facts.clusters[2]),
            case: Case::of(&facts.text),
            pattern: Pattern::of(&facts.text),
            known: facts.word.is_some(),
            listed: listed.kinds(facts.lower),
            begins: listed.begins(facts.lower),
        }
    }

    /// Whether it may be a name, so that it is worth remembering.
    pub(crate) const fn is_candidate(&self) -> bool {
        !matches!(self.case, Case::None | Case::Lower)
    }
}

/// What stands beyond the ends of a sentence.
pub(crate) const OUTSIDE: NameFacts = NameFacts {
    lower: 0,
    cluster: 0,
    case: Case::None,
    pattern: Pattern::Mark,
    known: false,
    listed: 0,
    begins: false,
};

/// Which kind of feature a number is of: names, so that they never mix.
#[derive(Clone, Copy)]
enum Of {
    Lower = 1,
    Form,
    Shape,
    Pattern,
    Cluster,
    Prefix,
    Suffix,
    Length,
    Listed,
    ClusterCase,
    PairBefore,
    PairAfter,
    Around,
    ClustersBefore,
    ClustersAfter,
    Cases,
    ListedHere,
    Sentence,
}

fn of(kind: Of, value: u64) -> u64 {
    mix(kind as u64, value)
}

/// The features of a form at a place of the window.
pub(crate) fn form_features(
    facts: &FormFacts,
    names: &NameFacts,
    place: usize,
    list: &mut Vec<u64>,
) {
    let distance = place.abs_diff(REACH);
    list.push(of(Of::Lower, facts.lower));
    list.push(of(Of::Shape, names.case as u64));
    for (size, &cluster) in facts.clusters.iter().enumerate() {
        if distance < 2 || size == 1 || (size == 2 && distance == 2) {
            list.push(of(Of::Cluster, (size as u64) << 16 | u64::from(cluster)));
        }
    }
    if distance > 1 {
        return;
    }
    list.push(of(Of::Shape, facts.shape));
    list.push(of(Of::Pattern, names.pattern as u64));
    list.push(of(Of::Listed, u64::from(names.listed)));
    let lower = facts.text.to_lowercase();
    let ends: &[usize] = if distance == 0 {
        &[1, 2, 3, 4, 5]
    } else {
        &[3]
    };
    for &length in ends {
        if let Some((at, _)) = lower.char_indices().nth(length) {
            list.push(of(Of::Prefix, hash(&lower.as_bytes()[..at])));
        }
        if let Some((at, _)) = lower.char_indices().rev().nth(length - 1) {
            list.push(of(Of::Suffix, hash(&lower.as_bytes()[at..])));
        }
    }
    if distance > 0 {
        return;
    }
    list.push(of(Of::Form, facts.form));
    list.push(of(Of::Length, lower.chars().count().min(20) as u64));
    for size in [0, 1] {
        let cluster = (size as u64) << 16 | u64::from(facts.clusters[size]);
        list.push(of(Of::ClusterCase, mix(cluster, names.case as u64)));
    }
}

/// The features of a word that are of several words together.
pub(crate) fn joint_features(
    window: &[&NameFacts; PLACES],
    listed: [u8; 3],
    sentence: u64,
    list: &mut Vec<u64>,
) {
    let at = |place: usize| window[REACH + place - 1];
    let (before, here, after) = (at(0), at(1), at(2));
    list.push(of(Of::PairBefore, mix(before.lower, here.lower)));
    list.push(of(Of::PairAfter, mix(here.lower, after.lower)));
    list.push(of(Of::Around, mix(before.lower, after.lower)));
    let case = here.case as u64;
    list.push(of(
        Of::ClustersBefore,
        mix(mix(before.cluster, here.cluster), case),
    ));
    list.push(of(
        Of::ClustersAfter,
        mix(mix(here.cluster, after.cluster), case),
    ));
    let cases = window[1..PLACES - 1]
        .iter()
        .fold(0, |all, one| all * 8 + one.case as u64);
    list.push(of(Of::Cases, cases));
    list.push(of(Of::Sentence, mix(sentence, case)));
    if listed != [0; 3] {
        for (place, bits) in listed.iter().enumerate() {
            list.push(of(Of::ListedHere, (place as u64) << 8 | u64::from(*bits)));
        }
        list.push(of(
            Of::ListedHere,
            mix(
                mix(u64::from(listed[0]), u64::from(listed[1])),
                u64::from(listed[2]),
            ),
        ));
    }
}
