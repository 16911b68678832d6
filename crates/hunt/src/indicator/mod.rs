//! Indicators of reports and lists, looked for in everything that is read.
//!
//! Three steps, each for the few that the one before it lets through: a sweep over bytes that
//! stops at words which may be of interest ([`sweep`]), a table of keys ([`keys`]), and the
//! comparison that decides ([`exact`]). None of them takes longer for more indicators.

mod build;
mod entries;
mod exact;
mod keys;
mod networks;
mod registry;
mod rule;
mod sweep;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use daylight_model::{
    Event, Finding, Indicator, IndicatorRole, LogFamily, MatchedField, Rule, Value,
};

pub use build::IndicatorSetBuilder;
pub(crate) use registry::canonical as canonical_key;
pub use rule::Giver;

use crate::hunter::finding;
use crate::show::{self, Shown};
use crate::sigma::pattern::lower;
use exact::Exact;
use sweep::Sweep;

/// Observables of reports and lists, ready to be looked for.
///
/// Addresses, hashes, URLs, mail addresses, file names and paths match exactly, as whole
/// words; a domain matches itself and every name below it, a key of the registry itself and every
/// key and value below it, whichever way its root is written.
#[derive(Debug, Default)]
pub struct IndicatorSet {
    sweep: Sweep,
    exact: Exact,
    givers: Vec<Giver>,
    left_out: Vec<(Indicator, String)>,
    left_out_more: u64,
    has_older_hashes: bool,
    /// What was found so far, by entry and whether it was late.
    rules: Mutex<HashMap<(u32, bool), Arc<Rule>>>,
}

impl IndicatorSet {
    /// Takes the indicators of a report that are worth looking for.
    #[must_use]
    pub fn new(report_id: &str, report_title: &str, indicators: &[Indicator]) -> Self {
        let giver = Giver {
            id: report_id.to_owned(),
            title: report_title.to_owned(),
            is_report: true,
            ..Giver::default()
        };
        let mut builder = IndicatorSetBuilder::default();
        for indicator in indicators {
            if indicator.role == IndicatorRole::Indicator {
                builder.add(
                    indicator.kind,
                    &indicator.value,
                    &indicator.as_written,
                    &giver,
                );
            }
        }
        builder.build()
    }

    /// How many indicators are looked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exact.entries.len()
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether files are to be found by their MD5 or SHA-1.
    #[must_use]
    pub fn has_older_hashes(&self) -> bool {
        self.has_older_hashes
    }

    /// Indicators that are not looked for, and why; the first ten thousand.
    #[must_use]
    pub fn left_out(&self) -> &[(Indicator, String)] {
        &self.left_out
    }

    /// How many are not looked for beside those of [`Self::left_out`].
    #[must_use]
    pub fn left_out_more(&self) -> u64 {
        self.left_out_more
    }

    /// A number that is another one for other indicators, or the same in another order.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.givers.hash(&mut hasher);
        self.exact.entries.hash_all(&mut hasher);
        hasher.finish()
    }

    /// Calls `found` with places in a text near which an indicator may stand; there is none
    /// elsewhere. Much quicker than asking for each line.
    pub fn skim(&self, text: &[u8], found: &mut dyn FnMut(usize)) {
        if !self.is_empty() {
            self.sweep.places(text, &self.exact.networks, found);
        }
    }

    pub(crate) fn event(&self, event: &Event<'_>, out: &mut Vec<Finding>) {
        if self.is_empty() {
            return;
        }
        let mut hits: Vec<(u32, MatchedField)> = Vec::new();
        for field in &event.fields {
            if let Some(text) = field.value.text() {
                let text = with_value_name(event, &field.name, text);
                self.search(&field.name, &text, &mut hits);
            }
        }
        if let Some(text) = &event.text
            && (event.fields.is_empty() || !repeats_fields(event.family))
        {
            self.search("keywords", text, &mut hits);
        }
        if hits.is_empty() {
            return;
        }
        hits.sort_by_key(|(entry, _)| *entry);
        let context = show::context(event);
        for group in hits.chunk_by(|(left, _), (right, _)| left == right) {
            let Some((entry, _)) = group.first() else {
                continue;
            };
            let shown = Shown {
                matched: group.iter().map(|(_, matched)| matched.clone()).collect(),
                context: context.clone(),
            };
            out.push(finding(event, self.rule(*entry, event), shown));
        }
    }

    /// Adds what a field holds; once for each field is enough, however often it stands there.
    fn search(&self, name: &str, text: &str, hits: &mut Vec<(u32, MatchedField)>) {
        let mut is_worth_it = false;
        self.skim(text.as_bytes(), &mut |_| is_worth_it = true);
        if !is_worth_it {
            return;
        }
        let mut seen = BTreeSet::new();
        self.exact.search(&lower(text), &mut |entry, at| {
            if seen.insert(entry) {
                let (field, value) = (name.into(), show::around(text.into(), at));
                hits.push((entry, MatchedField { field, value }));
            }
        });
    }

    /// The rule of an entry, one for all findings that rest on it.
    fn rule(&self, entry: u32, event: &Event<'_>) -> Arc<Rule> {
        let nobody = Giver::default();
        let giver = self
            .givers
            .get(self.exact.entries.giver(entry))
            .unwrap_or(&nobody);
        let late = event.time.zip(giver.valid_until);
        let is_late = late.is_some_and(|(time, until)| time > until);
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let rule = rules.entry((entry, is_late)).or_insert_with(|| {
            let indicator = self.exact.entries.indicator(entry);
            Arc::new(rule::rule_for(&indicator, giver, is_late))
        });
        Arc::clone(rule)
    }
}

/// Windows' event of a value that was written (4657) tells the key and the value's name apart.
fn with_value_name<'e>(event: &Event<'_>, field: &str, text: Cow<'e, str>) -> Cow<'e, str> {
    if event.event_id != Some(4657) || field != "ObjectName" {
        return text;
    }
    match event.value("ObjectValueName").and_then(Value::text) {
        Some(name) => format!("{text}\\{name}").into(),
        None => text,
    }
}

/// Whether the text of such an event repeats its fields.
fn repeats_fields(family: LogFamily) -> bool {
    matches!(
        family,
        LogFamily::Iis
            | LogFamily::ExchangeHttpProxy
            | LogFamily::WindowsSysmon
            | LogFamily::WindowsSecurity
            | LogFamily::WebAccess
            | LogFamily::Zeek
            | LogFamily::Syslog
            | LogFamily::Auditd
            | LogFamily::WindowsFirewall
            | LogFamily::Dhcp
            | LogFamily::ExchangeTracking
    )
}
