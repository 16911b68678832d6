//! The measure of events: exact triggers with their kinds, arguments with kind and role, and
//! roles by document.

use std::collections::BTreeSet;
use std::fmt;

use daylight_extract::training::events::inputs::KINDS;
use serde_json::Value;

/// An event in bytes of the text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Event {
    pub(crate) kind: usize,
    pub(crate) realis: String,
    pub(crate) trigger: Option<(usize, usize)>,
    pub(crate) arguments: Vec<(String, usize, usize)>,
}

/// The events of a line of the set.
pub(crate) fn events(line: &Value) -> Vec<Event> {
    let text = line["text"].as_str().unwrap_or_default();
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let at =
        |value: &Value| bytes[(value.as_u64().unwrap_or_default() as usize).min(bytes.len() - 1)];
    let empty = Vec::new();
    line["events"]
        .as_array()
        .unwrap_or(&empty)
        .iter()
        .filter_map(|event| {
            let arguments = event["args"].as_array().unwrap_or(&empty).iter();
            Some(Event {
                kind: KINDS.iter().position(|kind| event["type"] == *kind)?,
                realis: event["realis"].as_str().unwrap_or_default().to_owned(),
                trigger: Some((at(&event["trigger"]["start"]), at(&event["trigger"]["end"]))),
                arguments: arguments
                    .map(|one| {
                        (
                            one["role"].as_str().unwrap_or_default().to_owned(),
                            at(&one["start"]),
                            at(&one["end"]),
                        )
                    })
                    .collect(),
            })
        })
        .collect()
}

/// How many are right, found and wanted.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Scored {
    right: usize,
    found: usize,
    wanted: usize,
}

impl Scored {
    fn add<T: Ord>(&mut self, gold: &BTreeSet<T>, found: &BTreeSet<T>) {
        self.right += gold.intersection(found).count();
        self.found += found.len();
        self.wanted += gold.len();
    }

    pub(crate) fn f1(self) -> f64 {
        2.0 * self.right as f64 / (self.found + self.wanted).max(1) as f64
    }
}

/// What is measured over all documents.
#[derive(Debug, Default)]
pub(crate) struct Measure {
    pub(crate) triggers: Scored,
    pub(crate) arguments: Scored,
    pub(crate) documents: Scored,
    /// Of triggers found with their kind, how many have the right realis.
    pub(crate) realis: (usize, usize),
}

impl Measure {
    /// Adds a document.
    pub(crate) fn add(&mut self, text: &str, gold_events: &[Event], found_events: &[Event]) {
        let triggers = |events: &[Event]| {
            events
                .iter()
                .filter_map(|one| Some((one.kind, one.trigger?)))
                .collect()
        };
        self.triggers
            .add::<(usize, (usize, usize))>(&triggers(gold_events), &triggers(found_events));
        let arguments = |events: &[Event]| -> BTreeSet<(usize, String, usize, usize)> {
            let all = events.iter().flat_map(|one| {
                one.arguments
                    .iter()
                    .map(|(role, start, end)| (one.kind, role.clone(), *start, *end))
            });
            all.collect()
        };
        let (gold, found) = (arguments(gold_events), arguments(found_events));
        self.arguments.add(&gold, &found);
        for one in found_events.iter().filter(|one| one.trigger.is_some()) {
            let is_it = |other: &&Event| (other.kind, other.trigger) == (one.kind, one.trigger);
            if let Some(other) = gold_events.iter().find(is_it) {
                self.realis.0 += usize::from(other.realis == one.realis);
                self.realis.1 += 1;
            }
        }
        let roles =
            |all: &BTreeSet<(usize, String, usize, usize)>| -> BTreeSet<(usize, String, String)> {
                all.iter()
                    .map(|(kind, role, start, end)| {
                        (*kind, role.clone(), normal(&text[*start..*end]))
                    })
                    .collect()
            };
        self.documents.add(&roles(&gold), &roles(&found));
    }
}

/// Lower case, without marks and without an article or possessor in front.
fn normal(text: &str) -> String {
    let kept = |c: char| {
        if c.is_alphanumeric() || "_$€£.%".contains(c) {
            c
        } else {
            ' '
        }
    };
    let plain: String = text.to_lowercase().chars().map(kept).collect();
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    if words.len() > 1
        && [
            "the", "a", "an", "its", "their", "his", "her", "our", "your",
        ]
        .contains(&words[0])
    {
        words.remove(0);
    }
    words.join(" ")
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, one) in [
            ("TRI-C", self.triggers),
            ("ARG-C", self.arguments),
            ("DOC role", self.documents),
        ] {
            let part = |of: usize| one.right as f64 / of.max(1) as f64;
            write!(
                formatter,
                "{name} {:.3}/{:.3} {:.4}  ",
                part(one.found),
                part(one.wanted),
                one.f1()
            )?;
        }
        let (right, of) = self.realis;
        write!(formatter, "realis {right} of {of}")
    }
}
