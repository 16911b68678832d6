//! Which rules events met lately matched.
//!
//! Logs repeat themselves: the same programs start the same programs, the same accounts log on. What
//! differs, times and numbers of processes above all, hardly any rule asks for. What decides which
//! rules match is written down as a key; an event with the key of an earlier one matches the same
//! rules.

use std::collections::HashMap;
use std::hash::BuildHasher;

use daylight_model::{Decisive, Native, Value};
use foldhash::fast::FixedState;

use super::scope::{Plan, Scope};
use crate::evaluate::View;
use crate::show::Shown;

/// Keys and rules that are remembered. When it is passed, all is forgotten. Bytes.
const BYTES_MAX: usize = 8 << 20;
/// Longer events seldom come again. Bytes.
const KEY_BYTES_MAX: usize = 16 << 10;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// By the hash of the key.
    known: HashMap<u64, Known, FixedState>,
    keys: Vec<u8>,
    hits: Vec<Hit>,
    /// What the texts of the hits take. Bytes.
    shown_bytes: usize,
    /// The key of the event at hand.
    key: Vec<u8>,
}

/// A rule that matches, and what is shown of the event for it, once that was asked for.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) rule: u32,
    pub(super) shown: Option<Shown>,
}

/// Where a key and its hits lie.
#[derive(Debug, Clone, Copy)]
struct Known {
    key: (u32, u32),
    hits: (u32, u32),
}

/// The hash of the key of the event at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(u64);

impl Memo {
    /// Makes the key of an event; `None` where it would not tell all that decides.
    pub(super) fn key(&mut self, scope: &Scope, plan: &Plan, view: &View<'_>) -> Option<Key> {
        let parts = plan.decisive.as_ref()?;
        let key = &mut self.key;
        key.clear();
        key.extend(plan.number.to_le_bytes());
        for (part, field) in parts.iter().zip(view.fields) {
            let is_told = match part {
                Decisive::Value => true,
                Decisive::Words => field.value.holds_words(),
                Decisive::Nothing => false,
            };
            // What is left out must not be taken for what is not.
            if !is_told {
                key.push(0);
            } else if !tell(&field.value, key) || key.len() > KEY_BYTES_MAX {
                return None;
            }
        }
        let derived = view.derived_places.iter();
        for place in derived.filter(|place| scope.asks(place.slot)) {
            let field = view.derived.get(place.index as usize)?;
            key.extend(place.slot.to_le_bytes());
            if !tell(&field.value, key) {
                return None;
            }
        }
        if let Some(text) = view.text {
            tell(&Value::from(text), key);
        }
        if key.len() > KEY_BYTES_MAX {
            return None;
        }
        Some(Key(FixedState::default().hash_one(key.as_slice())))
    }

    /// The rules that an event of this key, which is that of the event at hand, matched.
    pub(super) fn find(&mut self, key: Key) -> Option<&mut [Hit]> {
        let known = self.known.get(&key.0)?;
        let is_same = cut(&self.keys, known.key) == self.key;
        let (start, end) = known.hits;
        let hits = self.hits.get_mut(start as usize..end as usize);
        hits.filter(|_| is_same)
    }

    /// Remembers the rules that the event at hand matched.
    pub(super) fn put(&mut self, key: Key, hits: impl Iterator<Item = Hit>) {
        let held = self.keys.len() + self.hits.len() * size_of::<Hit>() + self.shown_bytes;
        if held + self.known.len() * size_of::<Known>() > BYTES_MAX {
            self.known.clear();
            self.keys.clear();
            self.hits.clear();
            self.shown_bytes = 0;
        }
        let start = self.hits.len();
        self.hits.extend(hits);
        let added = self.hits.get(start..).unwrap_or_default();
        let shown = added.iter().filter_map(|hit| hit.shown.as_ref());
        self.shown_bytes += shown.map(Shown::bytes).sum::<usize>();
        let known = Known {
            key: append(&mut self.keys, &self.key),
            hits: (start as u32, self.hits.len() as u32),
        };
        self.known.insert(key.0, known);
    }
}

/// Writes a value so that no other is written so; `false` where that is not known how.
fn tell(value: &Value<'_>, key: &mut Vec<u8>) -> bool {
    let number = |number: u64| number.to_le_bytes();
    // After its kind comes what is as long for every value of it, or a length.
    let mut put = |kind: u8, bytes: &[u8], rest: &[u8]| {
        key.push(kind);
        key.extend_from_slice(bytes);
        key.extend_from_slice(rest);
    };
    match value {
        Value::Null => put(1, &[], &[]),
        Value::Bool(value) => put(2, &[u8::from(*value)], &[]),
        Value::Integer(value) => put(3, &value.to_le_bytes(), &[]),
        Value::Float(value) => put(4, &number(value.to_bits()), &[]),
        Value::Native(Native::Guid(bytes)) => put(5, *bytes, &[]),
        Value::Native(Native::SystemTime(bytes)) => put(6, *bytes, &[]),
        Value::Native(Native::FileTime(ticks)) => put(7, &number(*ticks), &[]),
        Value::Native(Native::Hex(value)) => put(8, &number(*value), &[]),
        Value::Text(text) => put(9, &number(text.len() as u64), text.as_bytes()),
        Value::Wide(wide) => put(10, &number(wide.bytes().len() as u64), wide.bytes()),
        Value::Native(Native::Sid(bytes)) => put(11, &number(bytes.len() as u64), bytes),
        Value::Native(Native::Binary(bytes)) => put(12, &number(bytes.len() as u64), bytes),
        _ => return false,
    }
    true
}

/// Adds to a list that stays far below 4 GB, and tells where.
fn append(list: &mut Vec<u8>, added: &[u8]) -> (u32, u32) {
    let start = list.len() as u32;
    list.extend_from_slice(added);
    (start, list.len() as u32)
}

fn cut(list: &[u8], (start, end): (u32, u32)) -> &[u8] {
    list.get(start as usize..end as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use daylight_model::{Event, Field, LogFamily, Wide};

    use super::*;
    use crate::RuleSet;
    use crate::hunter::Hunter;
    use crate::indicator::IndicatorSet;

    #[test]
    fn no_two_values_are_told_the_same() {
        let guid = [7; 16];
        let values = [
            Value::Null,
            Value::Bool(true),
            Value::Bool(false),
            Value::Integer(7),
            Value::Float(7.0),
            Value::from(""),
            Value::from("7"),
            Value::Wide(Wide::new(b"7\0")),
            Value::from("7\0"),
            Value::Native(Native::Guid(&guid)),
            Value::Native(Native::SystemTime(&guid)),
            Value::Native(Native::FileTime(7)),
            Value::Native(Native::Hex(7)),
            Value::Native(Native::Sid(&guid)),
            Value::Native(Native::Binary(&guid)),
        ];
        // One after the other, so that none is the beginning of what another pair makes.
        let mut told = std::collections::HashSet::new();
        for (first, second) in values
            .iter()
            .flat_map(|one| values.iter().map(move |two| (one, two)))
        {
            let mut key = Vec::new();
            assert!(tell(first, &mut key) && tell(second, &mut key));
            assert!(told.insert(key), "{first:?} {second:?}");
        }
    }

    /// What rules ask for decides, however often the rest of an event was met.
    #[test]
    fn events_that_differ_match_different_rules() {
        const RULES: &str = "
title: A program
id: 11111111-1111-4111-8111-111111111111
logsource: { product: windows, category: process_creation }
detection:
  selection: { Image|endswith: \\evil.exe, ProcessId|gt: 9 }
  condition: selection
---
title: A word
id: 22222222-2222-4222-8222-222222222222
logsource: { product: windows, service: sysmon }
detection:
  keywords: [ sekurlsa ]
  condition: keywords
";
        let mut rules = RuleSet::empty();
        rules.add_text(RULES, "rules", "test", &daylight_model::Limits::default());
        assert_eq!(rules.problems(), &[]);
        let indicators = IndicatorSet::default();
        let mut hunter = Hunter::new(&rules, &indicators);
        let mut check = |image: &str, process: i64, note: &str, expected: &[&str]| {
            let field = |name: &'static str, value| Field {
                name: Cow::Borrowed(name),
                value,
            };
            let event = Event {
                source: 0,
                family: LogFamily::WindowsSysmon,
                time: None,
                host: None,
                channel: Some("Microsoft-Windows-Sysmon/Operational".into()),
                provider: Some("Microsoft-Windows-Sysmon".into()),
                event_id: Some(1),
                record: 1,
                offset: 0,
                fields: vec![
                    field(
                        "Channel",
                        Value::from("Microsoft-Windows-Sysmon/Operational"),
                    ),
                    field("Provider_Name", Value::from("Microsoft-Windows-Sysmon")),
                    field("Computer", Value::from("pc")),
                    field("EventID", Value::Integer(1)),
                    field("Image", Value::from(image)),
                    field("ProcessId", Value::Integer(process)),
                    field("Note", Value::from(note)),
                ],
                text: None,
            };
            let mut found = Vec::new();
            hunter.event(&event, &mut found);
            let titles: Vec<&str> = found.iter().map(|one| one.rule.title.as_str()).collect();
            assert_eq!(titles, expected, "{image} {process} {note}");
        };
        for _ in 0..3 {
            check("C:\\evil.exe", 10, "", &["A program"]);
            check("C:\\evil.exe", 10, "12:30", &["A program"]);
            check("C:\\evil.exe", 9, "", &[]);
            check("C:\\good.exe", 10, "12:30", &[]);
            check("C:\\evil.exe", 10, "sekurlsa", &["A program", "A word"]);
            check("C:\\good.exe", 10, "Sekurlsa::", &["A word"]);
        }
    }

    #[test]
    fn what_is_remembered_stays_bounded() {
        let mut memo = Memo::default();
        for number in 0..200_000_u64 {
            memo.key = number.to_le_bytes().repeat(20);
            let key = Key(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let hit = |rule| Hit { rule, shown: None };
            memo.put(key, (0..30).map(hit));
            let found = memo.find(key).map(|hits| hits.last().map(|hit| hit.rule));
            assert_eq!(found, Some(Some(29)));
            let held = memo.keys.len() + memo.hits.len() * size_of::<Hit>();
            assert!(held <= BYTES_MAX + KEY_BYTES_MAX);
        }
        // The same hash is not yet the same key.
        memo.key.push(1);
        let last = Key(199_999_u64.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert!(memo.find(last).is_none());
    }
}
