//! Why a rule matches an event, or does not.
//!
//! Everything here is asked by definition, one question after the other, so that an explanation
//! is independent of how the hunter gets at its answers.

mod outline;
mod subject;
mod tally;
mod words;

use std::sync::Arc;

use daylight_model::{Event, LogFamily, LogSource, Rule, ShortText, Timestamp};
use serde::Serialize;

use crate::RuleSet;
use crate::evaluate;
use crate::rules::CompiledRule;
use crate::sigma::source::Target;

use self::outline::Outline;
pub use self::subject::Subject;
pub use self::tally::{Count, Summary, Tally};

/// Why a rule matches an event, or does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// Index into [`daylight_model::Manifest::sources`].
    pub source: usize,
    /// The log's own record number, or the line.
    pub record: u64,
    /// When, in UTC.
    pub time: Option<Timestamp>,
    /// The event's kind of log.
    pub family: LogFamily,
    /// The event's channel.
    pub channel: Option<String>,
    /// The event's provider.
    pub provider: Option<String>,
    /// The event's id.
    pub event_id: Option<u32>,
    /// Whether the rule reads such events at all.
    pub log: LogFit,
    /// Whether the rule matches: the log fits and the condition holds.
    pub matches: bool,
    /// The condition, step by step; asked even where the log does not fit.
    pub condition: Step,
}

/// Whether an event is from a log that a rule reads, or what first sets it apart from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFit {
    /// It is of another kind of log.
    OtherFamily,
    /// The kind of log fits, the event id does not.
    OtherEventId,
    /// Those fit, but the event is from another channel or provider.
    OtherChannel,
    /// All of that fits, but the event records another thing than the rule looks for.
    OtherEventType,
    /// The rule reads it.
    Fits,
}

/// A kind of event that a rule reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WantedLog {
    /// Family, provider and event ids.
    #[serde(flatten)]
    pub source: LogSource,
    /// The channels of which it must be; any where there are none.
    pub channels: Vec<&'static str>,
    /// The words of which `EventType`, where the event has it, must be one.
    pub event_types: Vec<&'static str>,
}

/// What a step of a condition asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Question {
    /// The detection's name, where the step is one; filters are called so too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What kind of step it is.
    pub kind: QuestionKind,
    /// The field it asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is asked, in words; many and long values are shortened.
    pub asked: String,
}

/// Kinds of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum QuestionKind {
    /// All of its steps must hold.
    All,
    /// One of its steps must hold.
    Any,
    /// Several of its steps must hold.
    AtLeast,
    /// Its one step must not hold.
    Not,
    /// A named detection that was shown before.
    Again,
    /// A test of a field.
    Field,
    /// A search over the whole record.
    Keyword,
}

/// A step of a condition, asked of one event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// Whether it holds.
    pub holds: bool,
    /// What the event has: of a field, nothing where it is absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<FoundField>,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// What an event has of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FoundField {
    /// As the event calls it.
    pub field: String,
    /// A few values, shortened.
    pub values: Vec<ShortText>,
    /// How many more there are.
    pub more: usize,
}

/// Explains one rule.
///
/// ```
/// use daylight_hunt::{RuleSet, Subject};
/// use daylight_model::{Event, Field, Limits, LogFamily};
///
/// let rule = "
/// title: Whoami
/// id: whoami
/// logsource: {product: windows, category: process_creation}
/// detection:
///   selection: {Image|endswith: \\whoami.exe, User: SYSTEM}
///   condition: selection";
/// let mut rules = RuleSet::empty();
/// rules.add_text(rule, "whoami.yml", "mine", &Limits::default());
///
/// let Subject::Rules { explainers, .. } = rules.look_up("who")? else {
///     unreachable!("the rule can be used");
/// };
/// let event = Event {
///     source: 0,
///     family: LogFamily::WindowsSysmon,
///     time: None,
///     host: None,
///     channel: None,
///     provider: None,
///     event_id: Some(1),
///     record: 7,
///     offset: 0,
///     fields: vec![Field {
///         name: "Image".into(),
///         value: r"C:\Windows\System32\whoami.exe".into(),
///     }],
///     text: None,
/// };
/// let explanation = explainers[0].event(&event);
/// assert!(!explanation.matches);
/// let [image, user] = explanation.condition.steps.as_slice() else {
///     unreachable!("two fields are asked for");
/// };
/// assert!(image.holds && !user.holds);
/// assert_eq!(user.question.asked, "is 'system'");
/// assert!(user.found.is_empty(), "the field is absent");
/// # Ok::<(), daylight_hunt::Error>(())
/// ```
#[derive(Debug)]
pub struct Explainer<'r> {
    rules: &'r RuleSet,
    compiled: &'r CompiledRule,
    targets: Vec<Arc<Target>>,
    outline: Outline<'r>,
}

impl<'r> Explainer<'r> {
    /// An explainer for the rule at a place in the set.
    pub(crate) fn new(rules: &'r RuleSet, rule: usize) -> Option<Self> {
        let compiled = rules.rules.get(rule)?;
        Some(Self {
            rules,
            compiled,
            targets: rules.targets_of(rule),
            outline: Outline::new(&compiled.expression, &rules.names),
        })
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &'r Arc<Rule> {
        &self.compiled.rule
    }

    /// The rule's own words for its logs: `product: windows, category: process_creation`.
    #[must_use]
    pub fn log_words(&self) -> String {
        self.compiled.source_in_words()
    }

    /// The events that the rule reads; none where Daylight has no reader for them.
    #[must_use]
    pub fn wanted(&self) -> Vec<WantedLog> {
        let wanted = self.targets.iter().map(|target| WantedLog {
            source: target.source.clone(),
            channels: target.channels().to_vec(),
            event_types: target.event_types().to_vec(),
        });
        wanted.collect()
    }

    /// Whether the rule reads such an event: the best that can be said for any of its logs.
    #[must_use]
    pub fn fit(&self, event: &Event<'_>) -> LogFit {
        let fit = |target: &Arc<Target>| {
            let ids = &target.source.event_ids;
            if target.source.family != event.family {
                LogFit::OtherFamily
            } else if !ids.is_empty() && !event.event_id.is_some_and(|id| ids.contains(&id)) {
                LogFit::OtherEventId
            } else if !target.admits_log(event) {
                LogFit::OtherChannel
            } else if !target.admits_type(event) {
                LogFit::OtherEventType
            } else {
                LogFit::Fits
            }
        };
        let fits = self.targets.iter().map(fit);
        fits.max().unwrap_or(LogFit::OtherFamily)
    }

    /// Why the rule matches the event, or does not.
    #[must_use]
    pub fn event(&self, event: &Event<'_>) -> Explanation {
        let owned = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
        let condition = evaluate::view(event, &self.rules.names, |view| {
            let answers = self.outline.answers(view);
            self.outline.explain(view, &answers)
        });
        let log = self.fit(event);
        Explanation {
            source: event.source,
            record: event.record,
            time: event.time,
            family: event.family,
            channel: owned(&event.channel),
            provider: owned(&event.provider),
            event_id: event.event_id,
            log,
            matches: log == LogFit::Fits && condition.holds,
            condition,
        }
    }

    /// Counts what holds of many events.
    #[must_use]
    pub fn tally(&self) -> Tally<'_> {
        Tally::new(self)
    }
}
