//! A rule's condition as it is shown: named detections once, and what needs no showing left out.

use std::collections::HashMap;
use std::sync::Arc;

use daylight_model::{Field, Value};

use super::{FoundField, Question, QuestionKind, Step, words};
use crate::evaluate::{self, View};
use crate::show;
use crate::sigma::compile::{Expression, FieldNames, Slot, Test};

/// Most values of a field that are shown.
const VALUES_SHOWN_MAX: usize = 3;

/// A condition, or a part of one. A detection that several parts share is taken apart once, so
/// that an outline is never larger than its rule.
#[derive(Debug)]
pub(super) struct Outline<'r> {
    pub(super) question: Question,
    test: Asked<'r>,
    /// Where its answer stands: parts stand behind the whole.
    number: usize,
    pub(super) parts: Vec<Outline<'r>>,
}

#[derive(Debug)]
enum Asked<'r> {
    Parts,
    AtLeast(usize),
    /// The answer to another part.
    Again(usize),
    Field(Slot, &'r Test),
    Keyword(&'r Test),
}

/// What a part comes to for an event.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answer {
    pub(super) holds: bool,
    /// Whether the event lacks the field.
    pub(super) is_absent: bool,
    /// How much of it holds, between 0 and 1.
    pub(super) share: f64,
}

/// What is known of the outline so far.
struct Builder<'r> {
    names: &'r FieldNames,
    /// Detections that have been taken apart, by where they lie.
    known: HashMap<*const Expression, usize>,
    count: usize,
}

impl<'r> Outline<'r> {
    pub(super) fn new(expression: &'r Expression, names: &'r FieldNames) -> Self {
        let mut builder = Builder {
            names,
            known: HashMap::new(),
            count: 0,
        };
        builder.outline(expression, None)
    }

    /// The answers to all parts, by their numbers.
    pub(super) fn answers(&self, view: &View<'_>) -> Vec<Answer> {
        let mut answers = Vec::new();
        self.answer(view, &mut answers);
        answers
    }

    /// As deep as the condition, which the parser has bounded.
    fn answer(&self, view: &View<'_>, answers: &mut Vec<Answer>) -> Answer {
        if answers.len() <= self.number {
            answers.resize(self.number + 1, Answer::default());
        }
        let parts: Vec<Answer> = self
            .parts
            .iter()
            .map(|part| part.answer(view, answers))
            .collect();
        let plain = |holds: bool| Answer {
            holds,
            is_absent: false,
            share: f64::from(u8::from(holds)),
        };
        let answer = match self.test {
            Asked::Parts => together(self.question.kind, &parts),
            Asked::AtLeast(count) => at_least(count, &parts),
            Asked::Again(number) => answers.get(number).copied().unwrap_or_default(),
            Asked::Field(slot, test) => Answer {
                is_absent: view.in_slot(slot).next().is_none(),
                ..plain(view.field_holds(slot, test))
            },
            Asked::Keyword(test) => plain(view.keyword_holds(test)),
        };
        if let Some(place) = answers.get_mut(self.number) {
            *place = answer;
        }
        answer
    }

    /// The answer to this part.
    pub(super) fn own(&self, answers: &[Answer]) -> Answer {
        answers.get(self.number).copied().unwrap_or_default()
    }

    /// Where its answer stands.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    pub(super) fn explain(&self, view: &View<'_>, answers: &[Answer]) -> Step {
        let holds = self.own(answers).holds;
        let found = match self.test {
            Asked::Field(slot, test) => found_fields(view, slot, test),
            Asked::Keyword(test) => found_anywhere(view, test, holds),
            _ => Vec::new(),
        };
        let steps = self.parts.iter().map(|part| part.explain(view, answers));
        Step {
            question: self.question.clone(),
            holds,
            found,
            steps: steps.collect(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "conditions have few parts")]
fn together(kind: QuestionKind, parts: &[Answer]) -> Answer {
    let shares = parts.iter().map(|part| part.share);
    let (holds, share) = match kind {
        QuestionKind::Not => {
            let holds = !parts.iter().any(|part| part.holds);
            (holds, f64::from(u8::from(holds)))
        }
        QuestionKind::Any => (
            parts.iter().any(|part| part.holds),
            shares.fold(0.0, f64::max),
        ),
        _ => (
            parts.iter().all(|part| part.holds),
            shares.sum::<f64>() / parts.len().max(1) as f64,
        ),
    };
    Answer {
        holds,
        is_absent: false,
        share,
    }
}

#[expect(clippy::cast_precision_loss, reason = "conditions have few parts")]
fn at_least(count: usize, parts: &[Answer]) -> Answer {
    let mut shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
    shares.sort_by(|one, other| other.total_cmp(one));
    let best: f64 = shares.iter().take(count).sum();
    Answer {
        holds: parts.iter().filter(|part| part.holds).count() >= count,
        is_absent: false,
        share: best / count.max(1) as f64,
    }
}

impl<'r> Builder<'r> {
    fn outline(&mut self, expression: &'r Expression, name: Option<&str>) -> Outline<'r> {
        match expression {
            Expression::Shared(name, shared) => return self.shared(name, shared),
            // The parser wraps much into lists of one.
            Expression::All(parts) | Expression::Any(parts) if parts.len() == 1 => {
                if let Some(only) = parts.first()
                    && (name.is_none() || !matches!(only, Expression::Shared(..)))
                {
                    return self.outline(only, name);
                }
            }
            _ => {}
        }
        let number = self.count;
        self.count += 1;
        let plain = |kind, asked: &str| (kind, None, asked.to_owned(), Asked::Parts);
        let (kind, field, asked, test) = match expression {
            Expression::All(_) => plain(QuestionKind::All, "all of"),
            Expression::Any(_) => plain(QuestionKind::Any, "any of"),
            Expression::Not(_) => plain(QuestionKind::Not, "not"),
            Expression::AtLeast(count, _) => (
                QuestionKind::AtLeast,
                None,
                format!("at least {count} of"),
                Asked::AtLeast(*count),
            ),
            Expression::Field { name, slot, test } => (
                QuestionKind::Field,
                Some(name.clone()),
                words::asked(test, self.names),
                Asked::Field(*slot, test),
            ),
            Expression::Keyword(test) => (
                QuestionKind::Keyword,
                None,
                words::asked(test, self.names),
                Asked::Keyword(test),
            ),
            Expression::Shared(..) => plain(QuestionKind::All, ""),
        };
        let parts = match expression {
            Expression::All(parts) | Expression::Any(parts) | Expression::AtLeast(_, parts) => {
                parts.iter().map(|part| self.outline(part, None)).collect()
            }
            Expression::Not(part) => vec![self.outline(part, None)],
            _ => Vec::new(),
        };
        Outline {
            question: Question {
                name: name.map(str::to_owned),
                kind,
                field,
                asked,
            },
            test,
            number,
            parts,
        }
    }

    fn shared(&mut self, name: &str, shared: &'r Arc<Expression>) -> Outline<'r> {
        let place = Arc::as_ptr(shared);
        let Some(first) = self.known.get(&place).copied() else {
            let outline = self.outline(shared, Some(name));
            self.known.insert(place, outline.number);
            return outline;
        };
        let number = self.count;
        self.count += 1;
        Outline {
            question: Question {
                name: Some(name.to_owned()),
                kind: QuestionKind::Again,
                field: None,
                asked: "as above".to_owned(),
            },
            test: Asked::Again(first),
            number,
            parts: Vec::new(),
        }
    }
}

/// What an event has of the fields that a test looks at.
fn found_fields(view: &View<'_>, slot: Slot, test: &Test) -> Vec<FoundField> {
    let own = found(view, slot, Some(test));
    let other = match test {
        Test::Reference { slot, .. } => found(view, *slot, None),
        _ => None,
    };
    own.into_iter().chain(other).collect()
}

fn found(view: &View<'_>, slot: Slot, test: Option<&Test>) -> Option<FoundField> {
    let name = view.in_slot(slot).next()?.name.to_string();
    let holds =
        |field: &&Field<'_>| test.is_some_and(|test| evaluate::value_holds(test, &field.value));
    // Of many values, those for which the test holds say more.
    let mut shown: Vec<&Field<'_>> = view
        .in_slot(slot)
        .filter(holds)
        .take(VALUES_SHOWN_MAX)
        .collect();
    let others = view.in_slot(slot).filter(|field| !holds(field));
    let room = VALUES_SHOWN_MAX - shown.len();
    shown.extend(others.take(room));
    let value = |field: &&Field<'_>| match &field.value {
        Value::Null => "(no value)".into(),
        value => {
            let text = value.as_text();
            let at = test.and_then(|test| evaluate::place(test, &text));
            show::around(text, at.unwrap_or(0))
        }
    };
    Some(FoundField {
        field: name,
        values: shown.iter().map(value).collect(),
        more: view.in_slot(slot).count() - shown.len(),
    })
}

/// Where a keyword stands or, where it does not, what was searched.
fn found_anywhere(view: &View<'_>, test: &Test, holds: bool) -> Vec<FoundField> {
    let record = |text: &str| FoundField {
        field: "record".to_owned(),
        values: vec![show::around(
            text.into(),
            evaluate::place(test, text).unwrap_or(0),
        )],
        more: 0,
    };
    if let Some(text) = view.text {
        return vec![record(text)];
    }
    let standing = view
        .fields
        .iter()
        .filter(|field| holds && evaluate::value_holds(test, &field.value));
    let standing = standing.take(VALUES_SHOWN_MAX).map(|field| {
        let text = field.value.as_text();
        FoundField {
            field: field.name.to_string(),
            ..record(&text)
        }
    });
    standing.collect()
}
