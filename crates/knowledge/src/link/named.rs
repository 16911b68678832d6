use std::collections::BTreeSet;

use daylight_model::{Candidate, CandidateKind, EntityKind, Interval, Link, Span};

use super::sentence::{Document, Sentence};
use super::tally::Tally;
use crate::Knowledge;
use crate::curated::midnight;
use crate::index::Bearer;
use crate::phrases::Word;

/// A name that is one thing's alone, and a name that several bear.
const ALONE: f64 = 0.9;
const SHARED: f64 = 0.4;

impl Knowledge {
    /// Links of what the report calls by name or number: flaws, techniques, groups, software
    /// and campaigns, each where it is first named.
    pub(super) fn named_links(&self, document: &Document<'_>) -> Vec<(String, Link)> {
        let mut found = self.named_by_the_reader(document);
        for (at, sentence) in document.sentences.iter().enumerate() {
            let named = self.named_in(document, sentence).into_iter();
            found.extend(named.map(|(span, candidates)| (span, at, candidates)));
        }
        found.sort_by_key(|(span, ..)| span.start);
        let mut links = Vec::new();
        let mut seen = BTreeSet::new();
        for (span, at, candidates) in found {
            let key = candidates
                .first()
                .map(|first| (first.kind, first.id.clone()));
            if let Some(sentence) = document.sentences.get(at)
                && key.is_some_and(|key| seen.insert(key))
            {
                links.extend(super::link(document, sentence, span, candidates));
            }
        }
        links
            .into_iter()
            .map(|link| (String::new(), link))
            .collect()
    }

    /// What the reader of the text gave an id: techniques and entities.
    fn named_by_the_reader(&self, document: &Document<'_>) -> Vec<(Span, usize, Vec<Candidate>)> {
        let techniques = document.reading.techniques.iter();
        let techniques =
            techniques.map(|named| (named.span, named.text.as_str(), named.id.as_str()));
        let entities = document.reading.entities.iter().filter_map(|entity| {
            let mention = entity.mentions.first()?;
            Some((
                mention.span,
                mention.text.as_str(),
                entity.known_as.as_deref()?,
            ))
        });
        let mut found = Vec::new();
        for (span, text, id) in techniques.chain(entities) {
            let Some(at) = document.sentence_at(span) else {
                continue;
            };
            if let (true, Some(sentence)) = (id.starts_with("CVE-"), document.sentences.get(at)) {
                found.push((span, at, self.named_flaw(document, sentence, id)));
            } else if let Some(candidate) = self.by_id(id, text) {
                found.push((span, at, vec![candidate]));
            }
        }
        found
    }

    /// What a sentence names, whether the reader of the text saw it or not.
    fn named_in(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
    ) -> Vec<(Span, Vec<Candidate>)> {
        let mut found = Vec::new();
        for (cve, span) in &sentence.cves {
            found.push((*span, self.named_flaw(document, sentence, cve)));
        }
        for word in &sentence.words {
            let span = with_sub_technique(word, document.text);
            let text = span.of(document.text);
            found.extend(
                self.by_id(text, text)
                    .map(|candidate| (span, vec![candidate])),
            );
        }
        let bearers = &self.index().bearers;
        for alike in sentence.names.chunk_by(|a, b| a.span == b.span) {
            let bearing: Vec<&Bearer> = alike
                .iter()
                .filter_map(|met| bearers.get(met.meaning))
                .collect();
            let Some(span) = alike.first().map(|met| met.span) else {
                continue;
            };
            // An everyday word counts only where the reader of the text took it for a name.
            let taken = |bearer: &&Bearer| document.taken.contains(&(bearer.kind, span));
            if bearing.iter().all(|bearer| !bearer.ordinary) || bearing.iter().any(taken) {
                let text = span.of(document.text);
                let candidates = bearing
                    .iter()
                    .filter_map(|bearer| self.named_bearer(bearer, text));
                found.push((span, candidates.collect()));
            }
        }
        found
    }

    /// A flaw by its number, the operations that used it and who links which group to it.
    fn named_flaw(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
        cve: &str,
    ) -> Vec<Candidate> {
        let mut tally = Tally::default();
        tally.add(0.95, format!("the report names {cve}"), None);
        let known = self.vulnerability(cve);
        if let Some(flaw) = known {
            let text = format!(
                "CISA lists it as an exploited flaw of {} {} since {}",
                flaw.vendor, flaw.product, flaw.added
            );
            tally.add(0.03, text, Some("CISA KEV"));
        }
        let name = known.map_or(cve, |flaw| &flaw.name);
        let mut candidate = tally.candidate(CandidateKind::Vulnerability, cve, name);
        candidate.leads_to = vec![cve.to_owned()];
        let operations = self.operations_using(cve);
        let mut candidates = vec![candidate];
        candidates.extend(
            operations
                .flat_map(|operation| self.operation_candidates(document, sentence, operation)),
        );
        candidates
    }

    /// What bears an ATT&CK id.
    fn by_id(&self, id: &str, text: &str) -> Option<Candidate> {
        let digits = id.bytes().filter(u8::is_ascii_digit).count();
        if digits < 4 || !id.starts_with(['T', 'G', 'S', 'C']) {
            return None;
        }
        let bearer = |kind, name: &str, id: &str| Bearer {
            kind,
            id: id.to_owned(),
            canonical: name.to_owned(),
            ambiguous: false,
            ordinary: false,
            source: self.attack.clone(),
        };
        if let Some(technique) = self.technique(id) {
            let mut tally = Tally::default();
            tally.add(
                0.95,
                format!("“{text}” is {} ({})", technique.name, technique.id),
                Some(&self.attack),
            );
            let mut candidate =
                tally.candidate(CandidateKind::Technique, &technique.id, &technique.name);
            candidate.leads_to = vec![technique.id.clone()];
            return Some(candidate);
        }
        let group = self
            .group(id)
            .map(|group| bearer(EntityKind::IntrusionSet, &group.name, &group.id));
        let software = || {
            self.software(id)
                .map(|software| bearer(EntityKind::Malware, &software.name, &software.id))
        };
        let campaign = || {
            self.campaign(id)
                .map(|campaign| bearer(EntityKind::Campaign, &campaign.name, &campaign.id))
        };
        group
            .or_else(software)
            .or_else(campaign)
            .and_then(|bearer| self.named_bearer(&bearer, text))
    }

    fn named_bearer(&self, bearer: &Bearer, text: &str) -> Option<Candidate> {
        let kind = match bearer.kind {
            EntityKind::IntrusionSet => CandidateKind::IntrusionSet,
            EntityKind::Malware | EntityKind::Tool => CandidateKind::Software,
            // Operations of ours have been linked by then, with all that belongs to them.
            EntityKind::Campaign if self.operation(&bearer.id).is_none() => {
                CandidateKind::Operation
            }
            _ => return None,
        };
        let mut tally = Tally::default();
        let weight = if bearer.ambiguous { SHARED } else { ALONE };
        let reason = format!("“{text}” is a name of {} ({})", bearer.canonical, bearer.id);
        tally.add(weight, reason, Some(&bearer.source));
        let mut candidate = tally.candidate(kind, &bearer.id, &bearer.canonical);
        candidate.leads_to = self
            .techniques_of(&bearer.id)
            .map(|technique| technique.id.clone())
            .collect();
        candidate.window = self.campaign(&bearer.id).map(|campaign| Interval {
            start: Some(midnight(campaign.first_seen)),
            end: Some(midnight(campaign.last_seen)),
        });
        Some(candidate)
    }
}

/// The word, with the three digits behind a dot that make a technique's id a sub-technique's.
fn with_sub_technique(word: &Word<'_>, text: &str) -> Span {
    let longer = Span::new(word.span.start, word.span.end + 4);
    let tail = Span::new(word.span.end, longer.end)
        .of(text)
        .strip_prefix('.')
        .unwrap_or_default();
    let sub = tail.len() == 3 && tail.bytes().all(|byte| byte.is_ascii_digit());
    if sub && word.text.starts_with('T') {
        longer
    } else {
        word.span
    }
}
