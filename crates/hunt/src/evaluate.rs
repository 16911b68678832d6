//! Whether an event is what a rule describes, and what in it made it so.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::IpAddr;

use daylight_model::{Event, Field, MatchedField, Value};

use crate::show;
use crate::sigma::compile::{Expression, Relation, Test};
use crate::sigma::modifier;
use crate::sigma::pattern::lower;

/// Stands for "no field".
const NONE: u32 = u32::MAX;

/// Which of an event's fields stand in which slot. Kept between events for its memory.
#[derive(Debug, Default)]
pub(crate) struct SlotTable {
    /// For each slot, the first field in it.
    heads: Vec<u32>,
    /// For each field, the next one in the same slot.
    next: Vec<u32>,
    /// Slots to empty again.
    used: Vec<usize>,
}

impl SlotTable {
    pub(crate) fn clear(&mut self, slots: usize) {
        for slot in self.used.drain(..) {
            if let Some(head) = self.heads.get_mut(slot) {
                *head = NONE;
            }
        }
        self.heads.resize(slots, NONE);
        self.next.clear();
    }

    /// Adds the next field of the event; later fields of a slot stand before earlier ones.
    pub(crate) fn push(&mut self, slot: Option<usize>) {
        let field = u32::try_from(self.next.len()).unwrap_or(NONE);
        let head = slot.and_then(|slot| self.heads.get_mut(slot));
        let before = match head {
            Some(head) => std::mem::replace(head, field),
            None => NONE,
        };
        self.used.extend(slot);
        self.next.push(before);
    }
}

/// An event as rules see it.
pub(crate) struct View<'v> {
    fields: &'v [Field<'v>],
    derived: &'v [Field<'v>],
    text: Option<&'v str>,
    slots: &'v SlotTable,
    lowered: Vec<OnceCell<Cow<'v, str>>>,
    lowered_text: OnceCell<String>,
}

impl<'v> View<'v> {
    pub(crate) fn new(
        event: &'v Event<'v>,
        derived: &'v [Field<'v>],
        slots: &'v SlotTable,
    ) -> Self {
        let count = event.fields.len() + derived.len();
        Self {
            fields: &event.fields,
            derived,
            text: event.text.as_deref(),
            slots,
            lowered: (0..count).map(|_| OnceCell::new()).collect(),
            lowered_text: OnceCell::new(),
        }
    }

    fn field(&self, index: usize) -> Option<&'v Field<'v>> {
        let derived = || self.derived.get(index.checked_sub(self.fields.len())?);
        self.fields.get(index).or_else(derived)
    }

    /// The fields in a slot.
    fn in_slot(&self, slot: usize) -> impl Iterator<Item = (usize, &'v Field<'v>)> {
        let mut at = self.slots.heads.get(slot).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let index = at as usize;
            let field = self.field(index)?;
            at = self.slots.next.get(index).copied().unwrap_or(NONE);
            Some((index, field))
        })
    }

    /// A field's text in lower case, made once per event.
    fn lowered(&self, index: usize, field: &'v Field<'v>) -> Cow<'_, str> {
        let make = || {
            let text = field.value.as_text();
            if text
                .bytes()
                .any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii())
            {
                Cow::Owned(lower(&text))
            } else {
                text
            }
        };
        match self.lowered.get(index) {
            Some(cell) => Cow::Borrowed(cell.get_or_init(make)),
            None => make(),
        }
    }

    fn lowered_text(&self, text: &str) -> &str {
        self.lowered_text.get_or_init(|| lower(text))
    }

    /// Whether the expression holds.
    pub(crate) fn holds(&self, expression: &Expression) -> bool {
        match expression {
            Expression::All(parts) => parts.iter().all(|part| self.holds(part)),
            Expression::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Expression::AtLeast(count, parts) => {
                let holding = parts.iter().filter(|part| self.holds(part));
                holding.take(*count).count() == *count
            }
            Expression::Not(part) => !self.holds(part),
            Expression::Shared(part) => self.holds(part),
            Expression::Field { slot, test, .. } => self.field_holds(*slot, test),
            Expression::Keyword(test) => self.keyword_holds(test),
        }
    }

    fn field_holds(&self, slot: usize, test: &Test) -> bool {
        let mut fields = self.in_slot(slot);
        match test {
            Test::Exists(expected) => fields.next().is_some() == *expected,
            Test::Null => fields.all(|(_, field)| field.value == Value::Null),
            Test::Text { sets, cased } => sets.iter().all(|set| {
                self.in_slot(slot).any(|(index, field)| {
                    if *cased {
                        set.matches(&field.value.as_text())
                    } else {
                        set.matches(&self.lowered(index, field))
                    }
                })
            }),
            Test::Regex { expressions, all } => {
                let found = |expression: &regex::Regex| {
                    self.in_slot(slot)
                        .any(|(_, field)| expression.is_match(&field.value.as_text()))
                };
                if *all {
                    expressions.iter().all(found)
                } else {
                    expressions.iter().any(found)
                }
            }
            Test::Network(networks) => fields.any(|(_, field)| {
                let address: Option<IpAddr> = field.value.as_text().trim().parse().ok();
                address.is_some_and(|address| networks.iter().any(|one| one.contains(address)))
            }),
            Test::Number(wanted) => fields.any(|(_, field)| number(&field.value) == Some(*wanted)),
            Test::Compare(comparison, bound) => fields.any(|(_, field)| {
                number(&field.value).is_some_and(|found| comparison.holds(found, *bound))
            }),
            Test::Part {
                part,
                comparison,
                number,
            } => fields.any(|(_, field)| {
                let holds = |found: f64| match comparison {
                    Some(comparison) => comparison.holds(found, *number),
                    None => found == *number,
                };
                part.of(&field.value).is_some_and(holds)
            }),
            Test::Reference {
                slot: other,
                how,
                cased,
            } => fields.any(|(index, field)| {
                self.in_slot(*other).any(|(other_index, other)| {
                    if *cased {
                        relates(&field.value.as_text(), &other.value.as_text(), *how)
                    } else {
                        let text = self.lowered(index, field);
                        relates(&text, &self.lowered(other_index, other), *how)
                    }
                })
            }),
        }
    }

    /// Searches the record's text or, where it has none, all its values.
    fn keyword_holds(&self, test: &Test) -> bool {
        match test {
            Test::Text { sets, cased } => {
                let folded = !*cased;
                sets.iter().all(|set| match self.text {
                    Some(text) if folded => set.matches(self.lowered_text(text)),
                    Some(text) => set.matches(text),
                    None => self.each_value(|index, field| {
                        if folded {
                            set.matches(&self.lowered(index, field))
                        } else {
                            set.matches(&field.value.as_text())
                        }
                    }),
                })
            }
            Test::Regex { expressions, all } => {
                let found = |expression: &regex::Regex| match self.text {
                    Some(text) => expression.is_match(text),
                    None => self.each_value(|_, field| expression.is_match(&field.value.as_text())),
                };
                if *all {
                    expressions.iter().all(found)
                } else {
                    expressions.iter().any(found)
                }
            }
            _ => false,
        }
    }

    fn each_value(&self, mut test: impl FnMut(usize, &'v Field<'v>) -> bool) -> bool {
        self.fields
            .iter()
            .enumerate()
            .any(|(index, field)| test(index, field))
    }

    /// The fields that made an expression hold, each once.
    pub(crate) fn explain(&self, expression: &Expression, matched: &mut Vec<MatchedField>) {
        match expression {
            Expression::All(parts) | Expression::Any(parts) | Expression::AtLeast(_, parts) => {
                for part in parts.iter().filter(|part| self.holds(part)) {
                    self.explain(part, matched);
                }
            }
            Expression::Shared(part) => self.explain(part, matched),
            Expression::Field { slot, test, .. } => {
                for (_, field) in self.in_slot(*slot) {
                    let text = field.value.as_text();
                    let at = place(test, &text).unwrap_or(0);
                    add(matched, &field.name, show::around(&text, at));
                }
            }
            Expression::Keyword(test) => self.explain_keyword(test, matched),
            Expression::Not(_) => {}
        }
    }

    fn explain_keyword(&self, test: &Test, matched: &mut Vec<MatchedField>) {
        if let Some(text) = self.text {
            let at = place(test, text).unwrap_or(0);
            add(matched, "keywords", show::around(text, at));
            return;
        }
        for field in self.fields {
            let text = field.value.as_text();
            if let Some(at) = place(test, &text) {
                add(matched, &field.name, show::around(&text, at));
            }
        }
    }
}

/// Where in a text the first thing stands that a test looks for.
fn place(test: &Test, text: &str) -> Option<usize> {
    match test {
        Test::Text { sets, cased: true } => sets.iter().find_map(|set| set.find(text)),
        Test::Text { sets, .. } => {
            let lowered = lower(text);
            sets.iter().find_map(|set| set.find(&lowered))
        }
        Test::Regex { expressions, .. } => {
            let mut found = expressions.iter().filter_map(|one| one.find(text));
            found.next().map(|found| found.start())
        }
        _ => None,
    }
}

fn add(matched: &mut Vec<MatchedField>, field: &str, value: String) {
    let field = field.to_owned();
    let new = MatchedField { field, value };
    if !matched.contains(&new) {
        matched.push(new);
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "rules compare small numbers")]
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Null | Value::Bool(_) => None,
        _ => modifier::number(&value.as_text()),
    }
}

fn relates(text: &str, other: &str, how: Relation) -> bool {
    match how {
        Relation::Equal => text == other,
        Relation::Contains => text.contains(other),
        Relation::StartsWith => text.starts_with(other),
        Relation::EndsWith => text.ends_with(other),
    }
}
