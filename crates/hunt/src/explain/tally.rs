//! How often the parts of a condition hold, over many events.

use daylight_model::Event;
use serde::Serialize;

use super::outline::{Answer, Outline};
use super::{Explainer, Explanation, LogFit, Question};
use crate::evaluate;

/// Counts what holds of many events, in memory that does not grow with them.
#[derive(Debug)]
pub struct Tally<'e> {
    explainer: &'e Explainer<'e>,
    events: u64,
    /// How many events stopped at which fit.
    fits: [u64; 5],
    matched: u64,
    /// For each part, by its number.
    counts: Vec<PartCount>,
    closest: Option<Closest>,
}

#[derive(Debug, Clone, Copy, Default)]
struct PartCount {
    held: u64,
    absent: u64,
}

/// The first match or, before there is one, the event of which most of the condition holds.
#[derive(Debug)]
struct Closest {
    matches: bool,
    share: f64,
    explanation: Explanation,
}

/// What a rule made of many events.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many events there were.
    pub events: u64,
    /// How many of them were of other kinds of logs.
    pub other_family: u64,
    /// How many of the others had another event id.
    pub other_event_id: u64,
    /// How many of the others came from another channel or provider.
    pub other_channel: u64,
    /// How many of the others record another thing.
    pub other_event_type: u64,
    /// How many the rule reads, which are those that are left.
    pub of_log: u64,
    /// How many it matches.
    pub matched: u64,
    /// On how many of those that it reads each part of its condition holds.
    pub condition: Count,
    /// The first match or, where there is none, the first of the events that came closest.
    pub closest: Option<Explanation>,
}

/// A part of a condition, asked of many events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// On how many events it holds.
    pub held: u64,
    /// How many events lack the field.
    pub absent: u64,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Count>,
}

impl<'e> Tally<'e> {
    pub(super) fn new(explainer: &'e Explainer<'e>) -> Self {
        Self {
            explainer,
            events: 0,
            fits: [0; 5],
            matched: 0,
            counts: Vec::new(),
            closest: None,
        }
    }

    /// Counts an event in.
    pub fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        let fit = self.explainer.fit(event);
        if let Some(count) = self.fits.get_mut(fit as usize) {
            *count += 1;
        }
        if fit != LogFit::Fits {
            return;
        }
        let outline = &self.explainer.outline;
        let names = &self.explainer.rules.names;
        let answers = evaluate::view(event, names, |view| outline.answers(view));
        self.counts.resize(answers.len(), PartCount::default());
        for (count, answer) in self.counts.iter_mut().zip(&answers) {
            count.held += u64::from(answer.holds);
            count.absent += u64::from(answer.is_absent);
        }
        let Answer { holds, share, .. } = outline.own(&answers);
        self.matched += u64::from(holds);
        let is_closer = self
            .closest
            .as_ref()
            .is_none_or(|closest| !closest.matches && (holds || share > closest.share));
        if is_closer {
            self.closest = Some(Closest {
                matches: holds,
                share,
                explanation: self.explainer.event(event),
            });
        }
    }

    /// What it comes to.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let of = |fit: LogFit| self.fits.get(fit as usize).copied().unwrap_or(0);
        Summary {
            events: self.events,
            other_family: of(LogFit::OtherFamily),
            other_event_id: of(LogFit::OtherEventId),
            other_channel: of(LogFit::OtherChannel),
            other_event_type: of(LogFit::OtherEventType),
            of_log: of(LogFit::Fits),
            matched: self.matched,
            condition: self.count(&self.explainer.outline),
            closest: self.closest.as_ref().map(|one| one.explanation.clone()),
        }
    }

    fn count(&self, part: &Outline<'_>) -> Count {
        let counts = self.counts.get(part.number()).copied().unwrap_or_default();
        Count {
            question: part.question.clone(),
            held: counts.held,
            absent: counts.absent,
            steps: part.parts.iter().map(|part| self.count(part)).collect(),
        }
    }
}
