//! What the words of a report may refer to.
//!
//! Every sentence is read by itself for products, names, victims and words of attack; each
//! thing it may mean is scored by what the sentence says, and the best sentence speaks for
//! all that mean the same.

mod case;
mod flaw;
mod named;
mod operation;
mod sentence;
mod tally;

use std::collections::BTreeSet;

use daylight_model::{Candidate, CandidateKind, Link, Reading, Span};

use crate::{Knowledge, Operation};
use sentence::{Document, Sentence};

/// From this score on, a second reading of the same product stands as a link of its own.
const CLEAR: f64 = 0.5;

/// A victim's or a group's name with a word of attack proves little; below this it is left
/// alone.
const INDIRECT_MIN: f64 = 0.45;

impl Knowledge {
    /// Resolves what a report speaks of to what is known: every candidate with its reasons,
    /// best first. What is not known at all gives no link.
    #[must_use]
    pub fn link(&self, reading: &Reading) -> Vec<Link> {
        let document = Document::read(self, reading);
        let mut links = Vec::new();
        for sentence in &document.sentences {
            links.extend(self.product_links(&document, sentence));
            links.extend(self.operation_links(&document, sentence));
            links.extend(self.case_link(&document, sentence));
        }
        let mut links = best_of_each(links);
        links.extend(self.named_links(&document));
        links.sort_by_key(|(_, link)| (link.span.start, link.span.end));
        links.into_iter().map(|(_, link)| link).collect()
    }

    /// A product that a sentence says is under attack.
    fn product_links(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
    ) -> Vec<(String, Link)> {
        let mut links = Vec::new();
        let mut seen = BTreeSet::new();
        for (product, span) in sentence
            .products
            .iter()
            .filter(|_| sentence.attack.is_some())
        {
            if !seen.insert(&product.id) {
                continue;
            }
            let mut candidates: Vec<Candidate> = Vec::new();
            for operation in self.operations() {
                if operation.products.contains(&product.id) {
                    candidates.extend(self.operation_candidates(document, sentence, operation));
                }
            }
            candidates.extend(self.flaw_candidates(document, sentence, product));
            let key = format!("product {}", product.id);
            links.extend(link(document, sentence, *span, candidates).map(|link| (key, link)));
        }
        links
    }

    /// An operation that a sentence names, or whose victim it names as attacked, or of which
    /// it tells together with a group that somebody links to it.
    fn operation_links(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
    ) -> Vec<(String, Link)> {
        let mut links = Vec::new();
        let mut done = BTreeSet::new();
        let attacked = sentence.attack.is_some();
        // A group's name stands for an operation only beside a word for what that one did.
        let did = |operation: &Operation| {
            sentence
                .effects
                .iter()
                .any(|(other, _)| other.id == operation.id)
        };
        let by_group = sentence
            .groups
            .iter()
            .filter(|(operation, ..)| attacked && did(operation));
        let by_group: Vec<_> = by_group
            .map(|(operation, _, span)| (*operation, *span))
            .collect();
        let struck = sentence.targets.iter().filter(|_| attacked);
        let all: Vec<_> = sentence
            .aliases
            .iter()
            .chain(struck)
            .chain(&by_group)
            .collect();
        for (_, span) in &all {
            // One name may stand for several: all of them are candidates of one link.
            let same = all
                .iter()
                .filter(|(operation, other)| other == span && operation.case.is_none());
            let candidates: Vec<_> = same
                .flat_map(|(operation, _)| self.operation_candidates(document, sentence, operation))
                .collect();
            let best = candidates
                .iter()
                .map(|candidate| candidate.score)
                .fold(0.0, f64::max);
            let by_name = sentence.aliases.iter().any(|(_, alias)| alias == span);
            if done.insert(*span) && (by_name || best >= INDIRECT_MIN) {
                let key = format!("name {}", span.of(document.text).to_lowercase());
                links.extend(link(document, sentence, *span, candidates).map(|link| (key, link)));
            }
        }
        links
    }
}

/// A link, its candidates sorted and each named once; none without candidates.
fn link(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    span: Span,
    candidates: Vec<Candidate>,
) -> Option<Link> {
    let candidates = sorted(candidates);
    (!candidates.is_empty()).then(|| Link {
        mention: span.of(document.text).to_owned(),
        span,
        sentence: sentence.span,
        candidates,
    })
}

/// Best first; a thing reached in several ways stays once, with the best way's reasons.
fn sorted(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    let mut seen = BTreeSet::new();
    candidates.retain(|candidate| seen.insert((candidate.kind, candidate.id.clone())));
    candidates
}

/// Of links that mean the same, the one with the best first candidate, earliest where equal.
fn best_of_each(links: Vec<(String, Link)>) -> Vec<(String, Link)> {
    let mut kept: Vec<(String, Link)> = Vec::new();
    for (key, link) in links {
        let (id, score) = top(&link);
        let rival = kept.iter_mut().find(|(other_key, other)| {
            let (other_id, other_score) = top(other);
            let operation = |link: &Link| {
                link.candidates
                    .first()
                    .is_some_and(|c| c.kind == CandidateKind::Operation)
            };
            let same_operation = other_id == id && operation(other);
            same_operation || *other_key == key && (score < CLEAR || other_score < CLEAR)
        });
        match rival {
            Some(rival) if top(&rival.1).1 < score => *rival = (key, link),
            Some(_) => {}
            None => kept.push((key, link)),
        }
    }
    kept
}

fn top(link: &Link) -> (&str, f64) {
    link.candidates.first().map_or(("", 0.0), |candidate| {
        (candidate.id.as_str(), candidate.score)
    })
}
