//! From what a rule says to what is run: fields become numbers, values become matchers.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use daylight_model::Limits;

use super::Fault;
use super::condition::{Condition, Quantity};
use super::lazy_regex::LazyRegex;
use super::modifier::{self, Comparison, Modifier};
use super::parse::{Detection, Item, ParsedRule, Scalar};
use super::pattern::{Pattern, Piece, lower, pieces};
use super::time_part::TimePart;

/// The number of a field that some rule asks for.
pub(crate) type Slot = u32;

/// Numbers for field names, which compare without regard to case.
#[derive(Debug, Default, Clone)]
pub(crate) struct FieldNames {
    slots: HashMap<String, Slot>,
}

impl FieldNames {
    fn number(&mut self, name: &str) -> Slot {
        let next = Slot::try_from(self.slots.len()).unwrap_or(Slot::MAX);
        *self.slots.entry(lower(name)).or_insert(next)
    }

    /// The name that a slot stands for, in lower case. Slow: for explanations.
    pub(crate) fn name_of(&self, slot: Slot) -> Option<&str> {
        let mut slots = self.slots.iter();
        let found = slots.find(|(_, other)| **other == slot);
        found.map(|(name, _)| name.as_str())
    }

    /// The slot of an event's field. Some providers put spaces into names ("Threat Name");
    /// rules never do.
    pub(crate) fn find(&self, name: &str) -> Option<Slot> {
        let name = lower(name);
        let found = self.slots.get(&name).copied();
        found.or_else(|| {
            let joined = name.contains(' ').then(|| name.replace(' ', ""))?;
            self.slots.get(&joined).copied()
        })
    }
}

/// What must hold of an event.
#[derive(Debug)]
pub(crate) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    AtLeast(usize, Vec<Expression>),
    Not(Box<Expression>),
    /// A named detection, which several parts of a condition may share; or a filter.
    Shared(Arc<str>, Arc<Expression>),
    Field {
        name: String,
        slot: Slot,
        test: Arc<Test>,
    },
    /// A search over the whole record.
    Keyword(Arc<Test>),
}

/// What must hold of one of a field's values.
#[derive(Debug)]
pub(crate) enum Test {
    /// One of the patterns.
    Text {
        patterns: Vec<Pattern>,
        cased: bool,
    },
    Regex(LazyRegex),
    Network(Vec<Network>),
    Number(f64),
    Compare(Comparison, f64),
    /// A part of the time that the field holds: equal to the number, or compared with it.
    Part {
        part: TimePart,
        comparison: Option<Comparison>,
        number: f64,
    },
    /// Absent or without a value.
    Null,
    Exists(bool),
    Reference {
        slot: Slot,
        how: Relation,
        cased: bool,
    },
}

/// How a field relates to the one it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Contains,
    StartsWith,
    EndsWith,
}

/// Addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: u128,
    bits: u32,
    is_v4: bool,
}

impl Network {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let is_v4 = address.is_ipv4();
        let width = if is_v4 { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then(|| Self {
            address: number_of(address),
            bits: bits + (128 - width),
            is_v4,
        })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let different = self.address ^ number_of(address);
        let shift = 128 - self.bits;
        address.is_ipv4() == self.is_v4 && different.checked_shr(shift).unwrap_or(0) == 0
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_v4 {
            let address = u32::try_from(self.address).unwrap_or(0);
            write!(f, "{}/{}", Ipv4Addr::from_bits(address), self.bits - 96)
        } else {
            write!(f, "{}/{}", Ipv6Addr::from_bits(self.address), self.bits)
        }
    }
}

fn number_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// A field may be compared with this many regular expressions.
const REGEX_COUNT_MAX: usize = 256;

/// Compiles the conditions of a rule; any of them is enough.
pub(crate) fn expression(
    rule: &ParsedRule,
    names: &mut FieldNames,
    limits: &Limits,
) -> Result<Expression, Fault> {
    let mut detections = Vec::with_capacity(rule.detections.len());
    for (name, detection) in &rule.detections {
        let compiled = compile_detection(detection, names, limits.depth_max)?;
        detections.push((Arc::from(name.as_str()), Arc::new(compiled)));
    }
    let mut alternatives = Vec::with_capacity(rule.conditions.len());
    for condition in &rule.conditions {
        let resolved = resolve(condition, &detections);
        alternatives.push(resolved.map_err(|reason| Fault::at(rule.line, reason))?);
    }
    Ok(Expression::Any(alternatives))
}

type Named = (Arc<str>, Arc<Expression>);

/// The parser has bounded how deep a condition can be.
fn resolve(condition: &Condition, detections: &[Named]) -> Result<Expression, String> {
    let each = |parts: &[Condition]| {
        let parts = parts.iter().map(|part| resolve(part, detections));
        parts.collect::<Result<Vec<_>, _>>()
    };
    Ok(match condition {
        Condition::All(parts) => Expression::All(each(parts)?),
        Condition::Any(parts) => Expression::Any(each(parts)?),
        Condition::Not(part) => Expression::Not(Box::new(resolve(part, detections)?)),
        Condition::Name(name) => {
            let found = detections.iter().find(|(other, _)| **other == **name);
            let (name, detection) =
                found.ok_or_else(|| format!("condition names `{name}`, which is not there"))?;
            Expression::Shared(Arc::clone(name), Arc::clone(detection))
        }
        Condition::Of(quantity, selector) => {
            let selected: Vec<Expression> = detections
                .iter()
                .filter(|(name, _)| selector.selects(name))
                .map(|(name, detection)| {
                    Expression::Shared(Arc::clone(name), Arc::clone(detection))
                })
                .collect();
            match quantity {
                _ if selected.is_empty() => {
                    return Err(format!("condition selects nothing: {selector:?}"));
                }
                Quantity::All => Expression::All(selected),
                Quantity::AtLeast(1) => Expression::Any(selected),
                Quantity::AtLeast(count) => Expression::AtLeast(*count, selected),
            }
        }
    })
}

fn compile_detection(
    detection: &Detection,
    names: &mut FieldNames,
    depth_left: usize,
) -> Result<Expression, Fault> {
    let mut each = |parts: &[Detection]| {
        let depth_left = depth_left.saturating_sub(1);
        let parts = parts
            .iter()
            .map(|part| compile_detection(part, names, depth_left));
        parts.collect::<Result<Vec<_>, _>>()
    };
    match detection {
        Detection::All(parts) => Ok(Expression::All(each(parts)?)),
        Detection::Any(parts) => Ok(Expression::Any(each(parts)?)),
        Detection::Item(item) => {
            compile_item(item, names).map_err(|reason| Fault::at(item.line, reason))
        }
    }
}

fn compile_item(item: &Item, names: &mut FieldNames) -> Result<Expression, String> {
    let has = |modifier| item.modifiers.contains(&modifier);
    let tests = if has(Modifier::Regex) {
        regex_tests(item)?
    } else if has(Modifier::Cidr) {
        vec![network_test(item)?]
    } else if has(Modifier::Exists) {
        vec![exists_test(item)?]
    } else if has(Modifier::FieldReference) {
        reference_tests(item, names)?
    } else if let Some(part) = item.modifiers.iter().find_map(time_part) {
        part_tests(item, part)?
    } else if let Some(comparison) = item.modifiers.iter().find_map(comparison) {
        comparison_tests(item, comparison)?
    } else {
        value_tests(item)?
    };
    let mut parts: Vec<Expression> = tests
        .into_iter()
        .map(|test| match &item.field {
            Some(name) => Expression::Field {
                name: name.clone(),
                slot: names.number(name),
                test: Arc::new(test),
            },
            None => Expression::Keyword(Arc::new(test)),
        })
        .collect();
    let expression = match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            if has(Modifier::All) {
                Expression::All(parts)
            } else {
                Expression::Any(parts)
            }
        }
    };
    Ok(if has(Modifier::NotEqual) {
        Expression::Not(Box::new(expression))
    } else {
        expression
    })
}

fn comparison(modifier: &Modifier) -> Option<Comparison> {
    match modifier {
        Modifier::Compare(comparison) => Some(*comparison),
        _ => None,
    }
}

fn time_part(modifier: &Modifier) -> Option<TimePart> {
    match modifier {
        Modifier::Part(part) => Some(*part),
        _ => None,
    }
}

/// One test for each number, so that `all` means what it says.
fn part_tests(item: &Item, part: TimePart) -> Result<Vec<Test>, String> {
    let comparison = item.modifiers.iter().find_map(comparison);
    let tests = item.values.iter().map(|value| match value {
        Scalar::Number(number, _) => Ok(Test::Part {
            part,
            comparison,
            number: *number,
        }),
        _ => Err("a part of a time is compared with a number".into()),
    });
    tests.collect()
}

fn texts(item: &Item) -> impl Iterator<Item = Result<&str, String>> {
    item.values.iter().map(|value| match value {
        Scalar::Text(text) | Scalar::Number(_, text) => Ok(text.as_str()),
        Scalar::Bool(_) | Scalar::Null => Err("this modifier needs a text".into()),
    })
}

fn regex_tests(item: &Item) -> Result<Vec<Test>, String> {
    let has = |modifier| item.modifiers.contains(&modifier);
    // Flags stand in the expression, so that it says all of itself.
    let flags: String = [
        (Modifier::IgnoreCase, 'i'),
        (Modifier::Multiline, 'm'),
        (Modifier::DotAll, 's'),
    ]
    .into_iter()
    .filter_map(|(modifier, flag)| has(modifier).then_some(flag))
    .collect();
    let compile = |text: &str| {
        let text = match flags.as_str() {
            "" => text.to_owned(),
            flags => format!("(?{flags}){text}"),
        };
        LazyRegex::new(text)
            .map(Test::Regex)
            .map_err(|error| format!("regular expression: {error}"))
    };
    if item.values.len() > REGEX_COUNT_MAX {
        return Err(format!("more than {REGEX_COUNT_MAX} regular expressions"));
    }
    texts(item).map(|text| compile(text?)).collect()
}

fn network_test(item: &Item) -> Result<Test, String> {
    let parse = |text: &str| Network::parse(text).ok_or_else(|| format!("`{text}` is no network"));
    let networks = texts(item).map(|text| parse(text?));
    Ok(Test::Network(networks.collect::<Result<_, _>>()?))
}

fn exists_test(item: &Item) -> Result<Test, String> {
    match item.values.as_slice() {
        [Scalar::Bool(expected)] => Ok(Test::Exists(*expected)),
        // Booleans of YAML 1.1, which pySigma reads.
        [Scalar::Text(word)] if word.eq_ignore_ascii_case("yes") => Ok(Test::Exists(true)),
        [Scalar::Text(word)] if word.eq_ignore_ascii_case("no") => Ok(Test::Exists(false)),
        _ => Err("`exists` needs true or false".into()),
    }
}

fn reference_tests(item: &Item, names: &mut FieldNames) -> Result<Vec<Test>, String> {
    let how = item.modifiers.iter().find_map(|modifier| match modifier {
        Modifier::Contains => Some(Relation::Contains),
        Modifier::StartsWith => Some(Relation::StartsWith),
        Modifier::EndsWith => Some(Relation::EndsWith),
        _ => None,
    });
    let tests = texts(item).map(|text| {
        Ok(Test::Reference {
            slot: names.number(text?),
            how: how.unwrap_or(Relation::Equal),
            cased: item.modifiers.contains(&Modifier::Cased),
        })
    });
    tests.collect()
}

fn comparison_tests(item: &Item, comparison: Comparison) -> Result<Vec<Test>, String> {
    let tests = item.values.iter().map(|value| match value {
        Scalar::Number(number, _) => Ok(Test::Compare(comparison, *number)),
        Scalar::Text(text) => modifier::number(text)
            .map(|number| Test::Compare(comparison, number))
            .ok_or_else(|| format!("`{text}` is no number to compare with")),
        Scalar::Bool(_) | Scalar::Null => Err("a number is needed to compare with".into()),
    });
    tests.collect()
}

/// Texts together in one test, or one test each where all must match; numbers and null one
/// test each.
fn value_tests(item: &Item) -> Result<Vec<Test>, String> {
    let shapes_text = item.modifiers.iter().any(|modifier| {
        !matches!(
            modifier,
            Modifier::All | Modifier::Cased | Modifier::NotEqual
        )
    });
    let cased = item.modifiers.contains(&Modifier::Cased);
    let all = item.modifiers.contains(&Modifier::All);
    let mut tests = Vec::new();
    let mut choice = Vec::new();
    for value in &item.values {
        let text = match value {
            Scalar::Null => {
                tests.push(Test::Null);
                continue;
            }
            Scalar::Number(number, _) if !shapes_text && item.field.is_some() => {
                tests.push(Test::Number(*number));
                continue;
            }
            Scalar::Bool(flag) => {
                if *flag {
                    "true"
                } else {
                    "false"
                }
            }
            Scalar::Number(_, text) | Scalar::Text(text) => text,
        };
        let patterns = variants(item, text)?
            .into_iter()
            .map(|variant| Pattern::new(variant, cased))
            .collect::<Result<Vec<_>, _>>()?;
        if all {
            tests.push(Test::Text { patterns, cased });
        } else {
            choice.extend(patterns);
        }
    }
    if !choice.is_empty() {
        let patterns = choice;
        tests.push(Test::Text { patterns, cased });
    }
    Ok(tests)
}

/// A value after all modifiers, each of which may leave several.
fn variants(item: &Item, text: &str) -> Result<Vec<Vec<Piece>>, String> {
    let mut variants = vec![pieces(text)];
    for modifier in &item.modifiers {
        let mut next = Vec::with_capacity(variants.len());
        for variant in &variants {
            next.extend(modifier::transform(*modifier, variant)?);
        }
        variants = next;
    }
    if item.field.is_none() {
        // A keyword may stand anywhere in the record.
        for variant in &mut variants {
            variant.insert(0, Piece::Many);
            variant.push(Piece::Many);
        }
    }
    Ok(variants)
}

impl Expression {
    /// Lets the expression hold only where the other, which bears a name, does too.
    pub(crate) fn narrow(&mut self, name: &Arc<str>, other: &Arc<Self>) {
        let other = Self::Shared(Arc::clone(name), Arc::clone(other));
        // Many filters stand side by side, not one inside the other.
        if let Self::All(parts) = self {
            parts.push(other);
        } else {
            let own = std::mem::replace(self, Self::All(Vec::new()));
            *self = Self::All(vec![own, other]);
        }
    }

    /// Whether it asks for a field.
    pub(crate) fn asks(&self, wanted: Slot) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                parts.iter().any(|part| part.asks(wanted))
            }
            Self::Not(part) => part.asks(wanted),
            Self::Shared(_, part) => part.asks(wanted),
            Self::Field { slot, .. } => *slot == wanted,
            Self::Keyword(_) => true,
        }
    }

    /// The values of which a field must have one for the expression to hold; `None`
    /// where it can hold without.
    pub(crate) fn required_values(&self, field: &str) -> Option<BTreeSet<String>> {
        match self {
            Self::All(parts) => {
                let required = parts.iter().filter_map(|part| part.required_values(field));
                required.reduce(|left, right| left.intersection(&right).cloned().collect())
            }
            Self::Any(parts) | Self::AtLeast(_, parts) => {
                let mut required = BTreeSet::new();
                for part in parts {
                    required.extend(part.required_values(field)?);
                }
                Some(required)
            }
            Self::Shared(_, part) => part.required_values(field),
            Self::Field { name, test, .. } if name.eq_ignore_ascii_case(field) => {
                test.exact_values()
            }
            Self::Not(_) | Self::Field { .. } | Self::Keyword(_) => None,
        }
    }

    /// Fields, in lower case, without which the expression cannot hold.
    pub(crate) fn required_fields(&self) -> BTreeSet<String> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::required_fields).collect(),
            Self::Any(parts) | Self::AtLeast(_, parts) => {
                let required = parts.iter().map(Self::required_fields);
                required
                    .reduce(|left, right| left.intersection(&right).cloned().collect())
                    .unwrap_or_default()
            }
            Self::Shared(_, part) => part.required_fields(),
            Self::Field { name, test, .. } if test.needs_value() => BTreeSet::from([lower(name)]),
            Self::Not(_) | Self::Field { .. } | Self::Keyword(_) => BTreeSet::new(),
        }
    }
}

impl Test {
    fn needs_value(&self) -> bool {
        !matches!(self, Self::Null | Self::Exists(false))
    }

    fn exact_values(&self) -> Option<BTreeSet<String>> {
        match self {
            Self::Number(number) => Some(BTreeSet::from([number.to_string()])),
            Self::Text { patterns, .. } => patterns
                .iter()
                .map(|pattern| match pattern {
                    Pattern::Exact(text) => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let check = |network: &str, address: &str, expected: bool| {
            let found = Network::parse(network).map(|n| n.contains(address.parse().unwrap()));
            assert_eq!(found, Some(expected), "{network} {address}");
        };
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("0.0.0.0/0", "1.2.3.4", true);
        check("0.0.0.0/0", "::1", false);
        check("::/0", "2001:db8::1", true);
        check("192.0.2.7", "192.0.2.7", true);
        check("192.0.2.7/32", "192.0.2.8", false);
        check("127.0.0.0/8", "::ffff:127.0.0.1", true);
        check("fe80::/10", "fe80::1", true);
        check("fe80::/10", "2001:db8::1", false);
        for bad in ["10.0.0.0/33", "10.0.0/8", "x", "", "1.2.3.4/-1"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
