//! Events made from the rules themselves. Recorded attacks meet few rules; these meet every
//! value of every rule, or miss it by a letter.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use daylight_model::{Event, Field, LogFamily, LogSource, Value};
use regex_syntax::hir::{Class, Hir, HirKind};
use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{Detection, DetectionItem, Modifier, SigmaRule, SigmaString, SigmaValue};

/// How an event is made from a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variant {
    /// Which of several values and alternatives.
    choice: usize,
    /// Also what the rule filters out.
    with_filters: bool,
    /// In capitals, which texts compare without regard to.
    in_capitals: bool,
    /// Numbers as text, and other dashes.
    is_odd: bool,
    /// Without the last letter of every text.
    is_near_miss: bool,
}

/// The ways events are made from each rule.
pub(crate) fn variants() -> Vec<Variant> {
    let plain = Variant {
        choice: 0,
        with_filters: false,
        in_capitals: false,
        is_odd: false,
        is_near_miss: false,
    };
    let mut variants: Vec<Variant> = (0..4)
        .map(|choice| Variant {
            choice,
            in_capitals: choice % 2 == 1,
            is_odd: choice % 2 == 1,
            ..plain
        })
        .collect();
    variants.push(Variant {
        with_filters: true,
        ..plain
    });
    variants.push(Variant {
        with_filters: true,
        is_odd: true,
        choice: 1,
        ..plain
    });
    variants.push(Variant {
        is_near_miss: true,
        ..plain
    });
    variants
}

/// What a field's value is put together from.
#[derive(Debug, Default)]
struct Parts {
    whole: Option<Value<'static>>,
    start: String,
    middle: Vec<String>,
    end: String,
    is_absent: bool,
}

impl Parts {
    fn value(self) -> Option<Value<'static>> {
        if self.is_absent {
            return None;
        }
        Some(self.whole.unwrap_or_else(|| {
            let middle = self.middle.join(" ");
            Value::Text(Cow::Owned(format!("{}{middle}{}", self.start, self.end)))
        }))
    }
}

/// An event of a log that the rule reads, with values that the rule asks for.
pub(crate) fn event(rule: &SigmaRule, source: &LogSource, variant: Variant) -> Event<'static> {
    let mut fields: BTreeMap<String, Parts> = BTreeMap::new();
    let mut names: Vec<&String> = rule.detection.named.keys().collect();
    // What is filtered out comes last, so that it does not take the place of what is looked for.
    names.sort_by_key(|name| (name.starts_with("filter"), *name));
    for name in names {
        if (variant.with_filters || !name.starts_with("filter"))
            && let Some(detection) = rule.detection.named.get(name)
        {
            add_detection(&mut fields, detection, variant);
        }
    }
    let kind = match rule.logsource.category.as_deref() {
        Some("registry_add") => Some("CreateKey"),
        Some("registry_delete") => Some("DeleteKey"),
        _ => None,
    };
    if let Some(kind) = kind {
        fields
            .entry("EventType".to_owned())
            .or_insert_with(|| Parts {
                whole: Some(Value::from(kind)),
                ..Parts::default()
            });
    }
    let fields: Vec<Field<'static>> = fields
        .into_iter()
        .filter_map(|(name, parts)| {
            Some(Field {
                name: Cow::Owned(name),
                value: parts.value()?,
            })
        })
        .collect();
    of_source(fields, rule, source, variant)
}

fn of_source(
    fields: Vec<Field<'static>>,
    rule: &SigmaRule,
    source: &LogSource,
    variant: Variant,
) -> Event<'static> {
    let text_of = |name: &str| {
        let field = fields.iter().find(|field| field.name == name)?;
        Some(field.value.as_text().into_owned())
    };
    let asked_id = text_of("EventID").and_then(|id| id.parse().ok());
    let ids = &source.event_ids;
    let known_id = ids.get(variant.choice % ids.len().max(1)).copied();
    let channel = match (rule.logsource.service.as_deref(), source.family) {
        (Some("ntlm"), _) => Some("Microsoft-Windows-NTLM/Operational"),
        (Some("lsa-server"), _) => Some("Microsoft-Windows-LSA/Operational"),
        (_, LogFamily::WindowsPowershell) if source.provider.is_none() => {
            Some("Microsoft-Windows-PowerShell/Operational")
        }
        _ => None,
    };
    Event {
        source: usize::MAX,
        family: source.family,
        time: None,
        host: None,
        channel: text_of("Channel")
            .or(channel.map(str::to_owned))
            .map(Cow::Owned),
        provider: text_of("Provider_Name")
            .or(source.provider.clone())
            .map(Cow::Owned),
        event_id: asked_id.or(known_id).or(Some(1)),
        record: variant.choice as u64,
        offset: 0,
        fields,
        text: None,
    }
}

fn add_detection(fields: &mut BTreeMap<String, Parts>, detection: &Detection, variant: Variant) {
    match detection {
        Detection::AllOf(items) => {
            for item in items {
                add_item(fields, item, variant);
            }
        }
        Detection::AnyOf(parts) => {
            if let Some(part) = parts.get(variant.choice % parts.len().max(1)) {
                add_detection(fields, part, variant);
            }
        }
        Detection::And(parts) => {
            for part in parts {
                add_detection(fields, part, variant);
            }
        }
        Detection::Keywords(values) => add_keywords(fields, values, false, variant),
        // Sigma 3's; SigmaHQ's rules have none.
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => {}
    }
}

fn add_keywords(
    fields: &mut BTreeMap<String, Parts>,
    values: &[SigmaValue],
    all: bool,
    variant: Variant,
) {
    let data = fields.entry("Data".to_owned()).or_default();
    for value in chosen(values, all, variant) {
        data.middle.push(text(value, &[], variant));
    }
}

/// One of the values, or all where all are needed.
fn chosen(values: &[SigmaValue], all: bool, variant: Variant) -> &[SigmaValue] {
    if all || values.is_empty() {
        return values;
    }
    let at = variant.choice % values.len();
    values.get(at..=at).unwrap_or_default()
}

fn add_item(fields: &mut BTreeMap<String, Parts>, item: &DetectionItem, variant: Variant) {
    let has = |modifier| item.field.has_modifier(modifier);
    let all = has(Modifier::All);
    let Some(name) = &item.field.name else {
        return add_keywords(fields, &item.values, all, variant);
    };
    if has(Modifier::FieldRef) {
        for value in &item.values {
            let SigmaValue::String(other) = value else {
                continue;
            };
            // Not in capitals: names of fields need not compare without regard to them.
            for name in [name, &other.original] {
                fields.entry(name.clone()).or_default().whole = Some(Value::from("same"));
            }
        }
        return;
    }
    let parts = fields.entry(name.clone()).or_default();
    for value in chosen(&item.values, all, variant) {
        add_value(parts, value, &item.field.modifiers, variant);
    }
}

fn add_value(parts: &mut Parts, value: &SigmaValue, modifiers: &[Modifier], variant: Variant) {
    let has = |modifier| modifiers.contains(&modifier);
    let mut whole = |value: Value<'static>| {
        parts.whole.get_or_insert(value);
    };
    let number = |number: i64| {
        if variant.is_odd {
            Value::Text(Cow::Owned(number.to_string()))
        } else {
            Value::Integer(number)
        }
    };
    match value {
        SigmaValue::Bool(expected) if has(Modifier::Exists) => {
            if *expected {
                whole(Value::from("x"));
            } else {
                parts.is_absent = true;
            }
        }
        SigmaValue::Null if variant.is_odd => whole(Value::Null),
        SigmaValue::Null => parts.is_absent = parts.whole.is_none(),
        SigmaValue::Integer(bound) if has(Modifier::Gt) => whole(number(bound + 1)),
        SigmaValue::Integer(bound) if has(Modifier::Lt) => whole(number(bound - 1)),
        SigmaValue::Integer(exact) => whole(number(*exact)),
        SigmaValue::Bool(flag) => whole(Value::from(if *flag { "true" } else { "false" })),
        _ => {
            let text = text(value, modifiers, variant);
            if has(Modifier::StartsWith) && parts.start.is_empty() {
                parts.start = text;
            } else if has(Modifier::EndsWith) && parts.end.is_empty() {
                parts.end = text;
            } else if has(Modifier::Contains) || has(Modifier::Re) {
                parts.middle.push(text);
            } else {
                whole(Value::Text(Cow::Owned(text)));
            }
        }
    }
}

/// A text that the value stands for.
fn text(value: &SigmaValue, modifiers: &[Modifier], variant: Variant) -> String {
    let has = |modifier| modifiers.contains(&modifier);
    let mut text = match value {
        SigmaValue::String(string) if has(Modifier::Re) => sample(&string.original, variant),
        SigmaValue::String(string) if has(Modifier::Cidr) => {
            let network = string.original.split('/').next();
            network.unwrap_or_default().to_owned()
        }
        SigmaValue::String(string) => without_wildcards(string),
        SigmaValue::Integer(number) => number.to_string(),
        SigmaValue::Float(number) => number.to_string(),
        SigmaValue::Bool(flag) => flag.to_string(),
        SigmaValue::Null => String::new(),
    };
    if has(Modifier::WindAsh) && variant.is_odd {
        text = text.replace('-', "\u{2014}");
    } else if has(Modifier::WindAsh) {
        text = text.replacen('-', "/", 1);
    }
    let is_encoded = has(Modifier::Base64) || has(Modifier::Base64Offset);
    if variant.is_near_miss {
        text.pop();
    }
    if variant.in_capitals && !is_encoded && !has(Modifier::Re) && !has(Modifier::Cased) {
        text = text.to_uppercase();
    }
    if is_encoded {
        text = encoded(
            &text,
            has(Modifier::Wide),
            has(Modifier::Base64Offset),
            variant,
        );
    }
    text
}

fn without_wildcards(string: &SigmaString) -> String {
    let part = |part: &StringPart| match part {
        StringPart::Plain(text) => text.clone(),
        StringPart::Special(SpecialChar::WildcardMulti) => "zz".to_owned(),
        StringPart::Special(SpecialChar::WildcardSingle) => "q".to_owned(),
    };
    string.parts.iter().map(part).collect()
}

fn encoded(text: &str, is_wide: bool, is_shifted: bool, variant: Variant) -> String {
    let bytes: Vec<u8> = if is_wide {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else {
        text.as_bytes().to_vec()
    };
    if !is_shifted {
        return STANDARD.encode(bytes);
    }
    let mut longer = vec![b'#'; variant.choice % 3];
    longer.extend(bytes);
    longer.extend(b"~~~");
    STANDARD.encode(longer)
}

/// A text that a regular expression matches, as a rule; both are asked in any case.
fn sample(pattern: &str, variant: Variant) -> String {
    let mut text = String::new();
    if let Ok(parsed) = regex_syntax::parse(pattern) {
        sample_into(&parsed, variant.choice, &mut text);
    }
    text
}

fn sample_into(hir: &Hir, choice: usize, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(letter_of(class)),
        HirKind::Repetition(repetition) => {
            let count = repetition
                .min
                .max(1)
                .min(repetition.max.unwrap_or(u32::MAX));
            for _ in 0..count {
                sample_into(&repetition.sub, choice, text);
            }
        }
        HirKind::Capture(capture) => sample_into(&capture.sub, choice, text),
        HirKind::Concat(parts) => {
            for part in parts {
                sample_into(part, choice, text);
            }
        }
        HirKind::Alternation(parts) => {
            if let Some(part) = parts.get(choice % parts.len().max(1)) {
                sample_into(part, choice, text);
            }
        }
    }
}

/// A letter where the class has one, else its first character.
fn letter_of(class: &Class) -> Option<char> {
    match class {
        Class::Unicode(class) => {
            let holds = |letter: &char| {
                let mut ranges = class.ranges().iter();
                ranges.any(|range| (range.start()..=range.end()).contains(letter))
            };
            let letter = ['a', 'A', '7', ' '].into_iter().find(holds);
            letter.or(class.ranges().first().map(|range| range.start()))
        }
        Class::Bytes(class) => class
            .ranges()
            .first()
            .map(|range| char::from(range.start())),
    }
}
