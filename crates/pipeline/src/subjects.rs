//! What a story leads to: which flaws, techniques and indicators to look for, and when.

use std::collections::HashSet;

use daylight_dossier::{Fact, Subject};
use daylight_hunt::IndicatorSet;
use daylight_knowledge::{Knowledge, OperationKind};
use daylight_model::{Candidate, CandidateKind, IndicatorKind, Interval, Link, SubjectKind};

use crate::LinkedReading;

/// From this score on a candidate is followed even where another one is better.
const FOLLOWED_SCORE_MIN: f64 = 0.5;

/// From this probability on a technique that a report only describes is followed, where nothing
/// better is known.
pub(crate) const DESCRIBED_PROBABILITY_MIN: f32 = 0.8;

/// Everything that the readings lead to, in the order flaws, techniques, indicators.
pub(crate) fn subjects(
    readings: &[LinkedReading],
    sets: &[IndicatorSet],
    knowledge: &Knowledge,
) -> Vec<Subject> {
    let mut gathered = Gathered {
        knowledge,
        subjects: Vec::new(),
        seen: HashSet::new(),
    };
    for (linked, set) in readings.iter().zip(sets) {
        named(linked, set, &mut gathered);
    }
    for (link, candidate) in followed(readings, knowledge) {
        follow(link, candidate, &mut gathered);
    }
    if gathered.seen_only_indicators() {
        described(readings, &mut gathered);
    }
    gathered.subjects.sort_by_key(|subject| subject.kind);
    gathered.subjects
}

/// The window of the operation that fits best, with where it comes from. What a court case
/// covers ended years before its story: it is no time to hunt in.
pub(crate) fn window(
    readings: &[LinkedReading],
    knowledge: &Knowledge,
) -> (Option<Interval>, Option<String>) {
    let best = followed(readings, knowledge)
        .map(|(_, candidate)| candidate)
        .filter(|candidate| {
            candidate.kind == CandidateKind::Operation
                && candidate.window.is_some()
                && !is_legal_case(knowledge, &candidate.id)
        })
        .max_by(|one, other| one.score.total_cmp(&other.score));
    match best {
        Some(operation) => (
            operation.window,
            Some(format!("{}, which fits the story best", operation.name)),
        ),
        None => (None, None),
    }
}

/// What background knowledge says of the flaws among the subjects.
pub(crate) fn facts(subjects: &[Subject], knowledge: &Knowledge) -> Vec<Fact> {
    subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Vulnerability)
        .filter_map(|subject| knowledge.vulnerability(&subject.id))
        .map(|flaw| Fact {
            id: flaw.cve.clone(),
            text: format!("{} {}: {}", flaw.vendor, flaw.product, flaw.name),
            due: Some(flaw.due.to_string()),
            ransomware: flaw.ransomware,
            source: "CISA KEV".to_owned(),
        })
        .collect()
}

struct Gathered<'k> {
    knowledge: &'k Knowledge,
    subjects: Vec<Subject>,
    seen: HashSet<String>,
}

impl Gathered<'_> {
    fn add(&mut self, id: &str, mut why: String) {
        let knowledge = self.knowledge;
        let (kind, id, name) = if id.starts_with("CVE-") {
            let name = knowledge
                .vulnerability(id)
                .map_or_else(|| id.to_owned(), |flaw| flaw.name.clone());
            (SubjectKind::Vulnerability, id.to_owned(), name)
        } else if let Some(technique) = knowledge.technique(id) {
            if technique.id != id {
                why = format!("{why}; {id} is {} today", technique.id);
            }
            (
                SubjectKind::Technique,
                technique.id.clone(),
                technique.name.clone(),
            )
        } else {
            return;
        };
        if self.seen.insert(id.clone()) {
            self.subjects.push(Subject {
                kind,
                id,
                name,
                why,
                window: None,
                window_source: None,
            });
        }
    }

    fn seen_only_indicators(&self) -> bool {
        let mut subjects = self.subjects.iter();
        subjects.all(|subject| subject.kind == SubjectKind::Indicators)
    }

    /// Sets when a subject is to be looked for; two operations that lead to it give the time
    /// from the first of the one to the last of the other.
    fn date(&mut self, id: &str, window: Interval, source: &str) {
        let known = |subject: &&mut Subject| subject.id == id;
        let Some(subject) = self.subjects.iter_mut().find(known) else {
            return;
        };
        let (joined, sources) = match (subject.window, subject.window_source.take()) {
            (Some(other), Some(sources)) if sources != source => {
                let joined = Interval {
                    start: other.start.min(window.start),
                    // An open end is later than any.
                    end: other.end.zip(window.end).map(|(one, two)| one.max(two)),
                };
                (joined, format!("{sources}; {source}"))
            }
            _ => (window, source.to_owned()),
        };
        subject.window = Some(joined);
        subject.window_source = Some(sources);
    }
}

/// What the report names itself: techniques, flaws, indicators.
fn named(linked: &LinkedReading, set: &IndicatorSet, gathered: &mut Gathered<'_>) {
    let reading = &linked.reading;
    for technique in &reading.techniques {
        gathered.add(
            &technique.id,
            format!("named in the report: “{}”", technique.text),
        );
    }
    for indicator in &reading.indicators {
        if indicator.kind == IndicatorKind::Cve {
            gathered.add(
                &indicator.value,
                format!("named in the report: “{}”", indicator.as_written),
            );
        }
    }
    // As many as the hunt takes: what a warning list holds is not looked for.
    let to_hunt = set.len();
    if to_hunt > 0 && gathered.seen.insert(reading.document.id.clone()) {
        gathered.subjects.push(Subject {
            kind: SubjectKind::Indicators,
            id: reading.document.id.clone(),
            name: match to_hunt {
                1 => "the indicator of the report".to_owned(),
                more => format!("{more} indicators of the report"),
            },
            why: "given in the report".to_owned(),
            window: None,
            window_source: None,
        });
    }
}

/// What reports describe without naming it, where it is likely enough.
fn described(readings: &[LinkedReading], gathered: &mut Gathered<'_>) {
    for linked in readings {
        let text = &linked.reading.document.text;
        let likely = linked.reading.described.iter();
        for technique in likely.filter(|one| one.probability >= DESCRIBED_PROBABILITY_MIN) {
            gathered.add(
                &technique.id,
                format!(
                    "described in the report, not named (probability {:.2}): “{}”",
                    technique.probability,
                    technique.sentence.of(text)
                ),
            );
        }
    }
}

/// The candidates that are worth looking for: operations, flaws and the like that fit well.
///
/// A group is followed only where the report names it and no operation is known: otherwise
/// everything that the group ever did would be laid at this story's door. A case before a
/// court is about deeds of years before; it is followed only where nothing else is told.
fn followed<'r>(
    readings: &'r [LinkedReading],
    knowledge: &'r Knowledge,
) -> impl Iterator<Item = (&'r Link, &'r Candidate)> {
    let is_legal_case = |id: &str| is_legal_case(knowledge, id);
    let all = || {
        readings
            .iter()
            .flat_map(|linked| &linked.links)
            .flat_map(|link| {
                link.candidates
                    .iter()
                    .map(move |candidate| (link, candidate))
            })
    };
    let fits = |candidate: &Candidate| candidate.score >= FOLLOWED_SCORE_MIN;
    let intrusion = all().any(|(_, candidate)| {
        fits(candidate)
            && candidate.kind == CandidateKind::Operation
            && !is_legal_case(&candidate.id)
    });
    let operation =
        all().any(|(_, candidate)| fits(candidate) && candidate.kind == CandidateKind::Operation);
    all().filter(move |(_, candidate)| {
        let of_case =
            is_legal_case(&candidate.id) || candidate.via.as_deref().is_some_and(&is_legal_case);
        let group = candidate.kind == CandidateKind::IntrusionSet;
        fits(candidate)
            && !(of_case && intrusion)
            && !(group && (operation || candidate.via.is_some()))
    })
}

fn is_legal_case(knowledge: &Knowledge, id: &str) -> bool {
    knowledge
        .operation(id)
        .is_some_and(|operation| operation.kind == OperationKind::LegalCase)
}

fn follow(link: &Link, candidate: &Candidate, gathered: &mut Gathered<'_>) {
    let why = format!(
        "“{}” fits {} (score {:.2})",
        link.mention, candidate.name, candidate.score
    );
    let ids = || std::iter::once(&candidate.id).chain(&candidate.leads_to);
    for id in ids() {
        gathered.add(id, why.clone());
    }
    let operation = match &candidate.via {
        Some(via) => link.candidates.iter().find(|other| &other.id == via),
        None => Some(candidate),
    };
    let dated = operation.filter(|operation| !is_legal_case(gathered.knowledge, &operation.id));
    if let Some((operation, window)) = dated.and_then(|it| Some((it, it.window?))) {
        for id in ids() {
            gathered.date(id, window, &operation.name);
        }
    }
}
