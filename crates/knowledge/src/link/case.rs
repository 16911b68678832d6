use daylight_model::{Candidate, CandidateKind, Link, Span};

use super::sentence::{Document, Sentence};
use super::tally::Tally;
use crate::curated::midnight;
use crate::phrases::{Word, words};
use crate::{Case, Knowledge, Operation};

const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

/// What of a case a sentence speaks of.
struct Found {
    tally: Tally,
    span: Span,
    /// It names somebody or something, not only a number and a nationality.
    sure: bool,
}

impl Knowledge {
    /// The court cases that a sentence about charges may mean.
    pub(super) fn case_link(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
    ) -> Option<(String, Link)> {
        let legal = sentence.legal?;
        let mut covered = legal.span;
        let mut candidates = Vec::new();
        for operation in self.operations() {
            let Some(found) = operation
                .case
                .as_ref()
                .and_then(|case| compare(document, sentence, operation, case, legal))
            else {
                continue;
            };
            covered = covered.join(found.span);
            candidates.extend(self.case_candidates(document, operation, found.tally));
        }
        Some((
            "case".to_owned(),
            super::link(document, sentence, covered, candidates)?,
        ))
    }

    fn case_candidates(
        &self,
        document: &Document<'_>,
        operation: &Operation,
        tally: Tally,
    ) -> Vec<Candidate> {
        let score = tally.score();
        let mut candidate =
            tally.candidate(CandidateKind::Operation, &operation.id, &operation.name);
        candidate.window = operation.window();
        candidate.leads_to = operation.leads_to();
        let groups = operation
            .groups
            .iter()
            .map(|link| self.group_of(document, operation, link, score));
        std::iter::once(candidate).chain(groups).collect()
    }
}

fn compare(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    operation: &Operation,
    case: &Case,
    legal: Word<'_>,
) -> Option<Found> {
    let age = document.published.map(|published| {
        published
            .duration_since(midnight(operation.disclosed))
            .as_hours()
            .div_euclid(24)
    });
    // Papers are unsealed some days ahead of the release; before that nobody is charged.
    if age.is_some_and(|days| days < -7) {
        return None;
    }
    let mut found = wording(document, sentence, operation, case, legal);
    if found.sure && age.is_some_and(|days| days <= 60) {
        let day = operation.disclosed;
        let text = format!("the story was published about when the charges became public on {day}");
        found
            .tally
            .add(0.25, text, operation.sources.first().map(String::as_str));
    }
    found.sure.then_some(found)
}

/// What the sentence's words have in common with a case.
fn wording(
    document: &Document<'_>,
    sentence: &Sentence<'_>,
    operation: &Operation,
    case: &Case,
    legal: Word<'_>,
) -> Found {
    let mut found = Found {
        tally: Tally::default(),
        span: legal.span,
        sure: false,
    };
    found
        .tally
        .add(0.15, format!("“{}” speaks of charges", legal.text), None);
    let source = operation.sources.first().map(String::as_str);
    let mut add = |weight: f64, span: Span, what: &str, sure: bool| {
        let text = format!("“{}” {what} “{}”", span.of(document.text), operation.name);
        found.tally.add(weight, text, source);
        found.span = found.span.join(span);
        found.sure |= sure;
    };
    let met = |names: &[String]| names.iter().find_map(|name| phrase(&sentence.words, name));
    let nationality = met(&case.nationalities);
    let same_number = sentence
        .words
        .iter()
        .find(|word| number(word.text) == Some(case.defendants));
    if let Some(span) = met(&case.persons) {
        add(0.5, span, "is charged in", true);
    }
    if let Some(span) = met(&operation.targets) {
        add(0.3, span, "is named in", true);
    }
    if let Some(span) = met(&case.employers) {
        add(0.2, span, "is named in", nationality.is_some());
    }
    if let Some(span) = nationality {
        add(
            0.1,
            span,
            "fits the accused of",
            same_number.is_some() && sentence.attack.is_some(),
        );
        let other = before(&sentence.words, span).filter(|(_, count)| *count != case.defendants);
        if let (Some((word, _)), None) = (other, same_number) {
            add(
                -0.15,
                word.span,
                "is not the number of the accused in",
                false,
            );
        }
    }
    if let (Some(word), 2..) = (same_number, case.defendants) {
        add(0.2, word.span, "is the number of the accused in", false);
    }
    if let Some((_, span)) = sentence
        .effects
        .iter()
        .find(|(other, _)| other.id == operation.id)
    {
        add(0.1, *span, "is part of", false);
    }
    found
}

/// The number that stands at most two words before a place: "four (alleged) Chinese hackers".
fn before<'a>(words: &[Word<'a>], place: Span) -> Option<(Word<'a>, u32)> {
    let at = words
        .iter()
        .position(|word| word.span.start == place.start)?;
    let near = words.get(at.saturating_sub(2)..at)?;
    near.iter()
        .find_map(|word| Some((*word, number(word.text)?)))
}

/// Where a phrase stands among words, capitals aside.
fn phrase(among: &[Word<'_>], phrase: &str) -> Option<Span> {
    let wanted = words(phrase, 0);
    let same = |run: &&[Word<'_>]| {
        run.iter()
            .zip(&wanted)
            .all(|(word, wanted)| word.is(wanted.text))
    };
    let run = among.windows(wanted.len().max(1)).find(same)?;
    Some(run.first()?.span.join(run.last()?.span))
}

fn number(text: &str) -> Option<u32> {
    let spelled = NUMBERS
        .iter()
        .position(|number| text.eq_ignore_ascii_case(number));
    spelled
        .and_then(|number| u32::try_from(number).ok())
        .or_else(|| text.parse().ok())
}
