//! Whether an event is what a rule describes, by definition and one question at a time, and
//! what in it made it so.
//!
//! The matcher answers most questions for all rules at once; what it cannot look for it
//! asks here. All of it can be asked here, which is what the matcher is tested against.

use std::borrow::Cow;
use std::net::IpAddr;

use daylight_model::{Event, Field, MatchedField, ShortText, Value, Wide};

use crate::sigma::compile::{Expression, FieldNames, Relation, Slot, Test};
use crate::sigma::modifier;
use crate::sigma::pattern::lower;
use crate::{derive, show};

/// An event as rules see it.
pub(crate) struct View<'v> {
    pub(crate) fields: &'v [Field<'v>],
    pub(crate) derived: &'v [Field<'v>],
    /// Which of `fields` stand in which slot, sorted by slot.
    pub(crate) places: &'v [Place],
    /// Which of `derived` do, in any order.
    pub(crate) derived_places: &'v [Place],
    pub(crate) text: Option<&'v str>,
}

/// A field that rules ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) slot: Slot,
    pub(crate) index: u32,
}

/// The places of the fields that rules ask for, sorted by slot, then by their order.
pub(crate) fn places(fields: &[Field<'_>], names: &FieldNames) -> Vec<Place> {
    let indices = 0_u32..;
    let found = fields.iter().zip(indices);
    let mut places: Vec<Place> = found
        .filter_map(|(field, index)| {
            let slot = names.find(&field.name)?;
            Some(Place { slot, index })
        })
        .collect();
    places.sort_unstable();
    places
}

/// Calls `with` with the event as rules see it, prepared in the plainest way.
pub(crate) fn view<T>(
    event: &Event<'_>,
    names: &FieldNames,
    with: impl FnOnce(&View<'_>) -> T,
) -> T {
    let derived = derive::fields(event, derive::Lacking::of(&event.fields));
    with(&View {
        fields: &event.fields,
        derived: &derived,
        places: &places(&event.fields, names),
        derived_places: &places(&derived, names),
        text: event.text.as_deref(),
    })
}

impl<'v> View<'v> {
    /// The fields in a slot.
    pub(crate) fn in_slot(&self, slot: Slot) -> impl Iterator<Item = &'v Field<'v>> {
        let start = self.places.partition_point(|place| place.slot < slot);
        let own = self.places.get(start..).unwrap_or_default();
        let own = own.iter().take_while(move |place| place.slot == slot);
        let (fields, derived) = (self.fields, self.derived);
        let added = self.derived_places.iter();
        let added = added.filter(move |place| place.slot == slot);
        own.filter_map(|place| fields.get(place.index as usize))
            .chain(added.filter_map(|place| derived.get(place.index as usize)))
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
            Expression::Shared(_, part) => self.holds(part),
            Expression::Field { slot, test, .. } => self.field_holds(*slot, test),
            Expression::Keyword(test) => self.keyword_holds(test),
        }
    }

    /// Whether a test holds of the fields in a slot.
    pub(crate) fn field_holds(&self, slot: Slot, test: &Test) -> bool {
        let mut fields = self.in_slot(slot);
        match test {
            Test::Exists(expected) => fields.next().is_some() == *expected,
            Test::Null => fields.all(|field| field.value == Value::Null),
            Test::Reference {
                slot: other,
                how,
                cased,
            } => {
                let fold = |field: &'v Field<'v>| folded(field.value.as_text(), *cased);
                let others: Vec<Cow<'_, str>> = self.in_slot(*other).map(fold).collect();
                fields.any(|field| {
                    let text = fold(field);
                    others.iter().any(|other| relates(&text, other, *how))
                })
            }
            _ => fields.any(|field| value_holds(test, &field.value)),
        }
    }

    /// Searches the record's text or, where it has none, all its values.
    pub(crate) fn keyword_holds(&self, test: &Test) -> bool {
        match self.text {
            Some(text) => value_holds(test, &Value::from(text)),
            None => self
                .fields
                .iter()
                .any(|field| value_holds(test, &field.value)),
        }
    }

    /// The fields that made an expression hold, which it does, each once.
    pub(crate) fn explain(&self, expression: &Expression, matched: &mut Vec<MatchedField>) {
        match expression {
            Expression::All(parts) => parts.iter().for_each(|part| self.explain(part, matched)),
            Expression::Any(parts) if parts.len() == 1 => {
                parts.iter().for_each(|part| self.explain(part, matched));
            }
            Expression::Any(parts) | Expression::AtLeast(_, parts) => {
                for part in parts.iter().filter(|part| self.holds(part)) {
                    self.explain(part, matched);
                }
            }
            Expression::Shared(_, part) => self.explain(part, matched),
            Expression::Field { slot, test, .. } => {
                for field in self.in_slot(*slot) {
                    let text = field.value.as_text();
                    let at = place(test, &text).unwrap_or(0);
                    add(matched, &field.name, show::around(text, at));
                }
            }
            Expression::Keyword(test) => self.explain_keyword(test, matched),
            Expression::Not(_) => {}
        }
    }

    fn explain_keyword(&self, test: &Test, matched: &mut Vec<MatchedField>) {
        if let Some(text) = self.text {
            let at = place(test, text).unwrap_or(0);
            add(matched, "keywords", show::around(Cow::Borrowed(text), at));
            return;
        }
        for field in self.fields {
            let text = field.value.as_text();
            if let Some(at) = place(test, &text) {
                add(matched, &field.name, show::around(text, at));
            }
        }
    }
}

/// Whether a test that looks at one value holds of it.
pub(crate) fn value_holds(test: &Test, value: &Value<'_>) -> bool {
    match test {
        Test::Text { patterns, cased } => {
            let text = folded(value.as_text(), *cased);
            patterns.iter().any(|pattern| pattern.matches(&text))
        }
        Test::Regex(expression) => expression.is_match(&value.as_text()),
        Test::Network(networks) => {
            let address: Option<IpAddr> = value.as_text().trim().parse().ok();
            address.is_some_and(|address| networks.iter().any(|one| one.contains(address)))
        }
        Test::Number(wanted) => number(value) == Some(*wanted),
        Test::Compare(comparison, bound) => {
            number(value).is_some_and(|found| comparison.holds(found, *bound))
        }
        Test::Part {
            part,
            comparison,
            number,
        } => {
            let holds = |found: f64| match comparison {
                Some(comparison) => comparison.holds(found, *number),
                None => found == *number,
            };
            part.of(value).is_some_and(holds)
        }
        Test::Null | Test::Exists(_) | Test::Reference { .. } => false,
    }
}

/// A text as it is compared: in lower case unless case counts.
fn folded(text: Cow<'_, str>, cased: bool) -> Cow<'_, str> {
    let changes = |byte: u8| byte.is_ascii_uppercase() || !byte.is_ascii();
    if cased || !text.bytes().any(changes) {
        return text;
    }
    Cow::Owned(lower(&text))
}

/// Where in a text the first thing stands that a test looks for.
pub(crate) fn place(test: &Test, text: &str) -> Option<usize> {
    match test {
        Test::Text { patterns, cased } => {
            let text = folded(Cow::Borrowed(text), *cased);
            patterns.iter().find_map(|pattern| pattern.find(&text))
        }
        Test::Regex(expression) => expression.find(text).map(|found| found.start()),
        _ => None,
    }
}

/// Most fields a finding shows as those that matched. An event may have thousands of one name,
/// and each is compared with those before it.
const MATCHED_FIELDS_MAX: usize = 64;

fn add(matched: &mut Vec<MatchedField>, field: &str, value: ShortText) {
    if matched.len() >= MATCHED_FIELDS_MAX {
        return;
    }
    let field = field.into();
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
        Value::Wide(wide) => wide_number(*wide),
        _ => modifier::number(&value.as_text()),
    }
}

/// A number without a copy of the text: most that are compared are no numbers.
fn wide_number(wide: Wide<'_>) -> Option<f64> {
    let mut letters = [0; 40];
    let mut length = 0;
    for (letter, unit) in letters.iter_mut().zip(wide.units()) {
        *letter = u8::try_from(unit).ok().filter(u8::is_ascii)?;
        length += 1;
    }
    if length < wide.units().len() {
        return modifier::number(&wide.to_string());
    }
    modifier::number(std::str::from_utf8(letters.get(..length)?).ok()?)
}

fn relates(text: &str, other: &str, how: Relation) -> bool {
    match how {
        Relation::Equal => text == other,
        Relation::Contains => text.contains(other),
        Relation::StartsWith => text.starts_with(other),
        Relation::EndsWith => text.ends_with(other),
    }
}
