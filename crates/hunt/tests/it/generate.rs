//! Rules and events made of choices, for the matcher to be compared with the definition: the
//! choices come from a generator of numbers here, and from the fuzzer in `fuzz/`, which takes
//! this file in.

use std::borrow::Cow;
use std::fmt::Write;

use daylight_hunt::{Hunter, IndicatorSet, Placeholders, RuleSet, Subject};
use daylight_model::{Event, Field, Limits, LogFamily, Native, Value, Wide};

/// Where choices come from.
pub(crate) struct Choices<'n> {
    next: &'n mut dyn FnMut() -> u32,
    /// Texts that rules and events share, so that something matches.
    pool: Vec<String>,
}

/// What a case came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) rules: usize,
    pub(crate) events: usize,
    pub(crate) matches: usize,
}

/// Makes rules and events, and panics where the hunter, the definition and the explanation do
/// not agree on them.
pub(crate) fn check(next: &mut dyn FnMut() -> u32, events: usize) -> Outcome {
    let mut choices = Choices::new(next);
    let text = choices.rules();
    let mut rules = RuleSet::empty();
    let values = vec![choices.word(), choices.word()];
    rules.set_placeholders(Placeholders::from_iter([("p".to_owned(), values)]));
    rules.add_text(&text, "generated.yml", "generated", &Limits::default());
    let ids: Vec<String> = rules.rules().map(|rule| rule.id.clone()).collect();
    let indicators = IndicatorSet::default();
    let mut hunter = Hunter::new(&rules, &indicators);
    let mut outcome = Outcome {
        rules: ids.len(),
        events,
        matches: 0,
    };
    for _ in 0..events {
        let owned = choices.event();
        let event = owned.event();
        let mut findings = Vec::new();
        hunter.event(&event, &mut findings);
        let fast: Vec<&str> = findings.iter().map(|one| one.rule.id.as_str()).collect();
        let places = rules.matches_by_definition(&event);
        let slow: Vec<&str> = places.iter().map(|place| ids[*place].as_str()).collect();
        assert_eq!(fast, slow, "{event:#?}\n{text}");
        for id in &ids {
            let Ok(Subject::Rules { explainers, .. }) = rules.look_up(id) else {
                panic!("{id} is not found\n{text}");
            };
            let explained = explainers[0].event(&event);
            let matches = slow.contains(&id.as_str());
            assert_eq!(explained.matches, matches, "{explained:#?}\n{text}");
        }
        outcome.matches += slow.len();
    }
    outcome
}

/// Letters whose lower case is of another length, in ASCII, or depends on what is beside them,
/// among plain ones.
const LETTERS: [char; 32] = [
    'a', 'a', 'a', 'b', 'b', 'A', 'B', 'c', 'k', 's', 'i', '1', '0', '7', '-', '/', '.', ' ', '\\',
    'x', '{', ':', 'é', 'É', '\u{212a}', 'İ', 'Σ', 'ς', 'ß', 'ſ', '😀', '\u{2013}',
];
const FIELDS: [&str; 12] = [
    "A",
    "A",
    "A",
    "B",
    "B",
    "Image",
    "User",
    "EventID",
    "Channel",
    "Provider_Name",
    "LongName",
    "ß",
];
const SOURCES: [&str; 6] = [
    "product: windows",
    "product: windows",
    "product: windows, service: security",
    "product: windows, service: system",
    "category: process_creation, product: windows",
    "category: registry_add, product: windows",
];
const MODIFIERS: [&str; 38] = [
    "",
    "",
    "",
    "",
    "|contains",
    "|contains",
    "|contains",
    "|startswith",
    "|endswith",
    "|contains|all",
    "|all",
    "|cased",
    "|contains|cased",
    "|endswith|cased|all",
    "|windash",
    "|contains|windash",
    "|base64",
    "|base64offset|contains",
    "|wide|base64offset|contains",
    "|utf16|base64",
    "|re",
    "|re|i",
    "|re|m",
    "|re|i|s",
    "|cidr",
    "|exists",
    "|fieldref",
    "|fieldref|contains",
    "|fieldref|startswith|cased",
    "|lt",
    "|gte",
    "|neq",
    "|contains|neq",
    "|all|neq",
    "|hour",
    "|year|gt",
    "|expand",
    "|contains|expand",
];
const CONDITIONS: [&str; 14] = [
    "s0",
    "s0 and s1",
    "s0 or s1",
    "s0 and not s1",
    "not s0",
    "not s0 and not s1",
    "1 of s*",
    "all of s*",
    "2 of them",
    "all of them",
    "not 1 of s*",
    "not all of them",
    "(s0 or s1) and not s2",
    "s2 and (s0 or not s1)",
];
const EXPRESSIONS: [&str; 16] = [
    ".*",
    "[ab]",
    "a+",
    "(?:ab|é)",
    "\\d+",
    "^",
    "$",
    "(?i)",
    "\\b",
    ".",
    "(a|b|c)?",
    "{2}",
    "[^a]",
    "(?:aa){1,3}",
    "\\\\",
    "|",
];

impl<'n> Choices<'n> {
    fn new(next: &'n mut dyn FnMut() -> u32) -> Self {
        let mut choices = Self {
            next,
            pool: Vec::new(),
        };
        for _ in 0..6 {
            let word = choices.fresh_word();
            choices.pool.push(word);
        }
        choices
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next)() as usize % count
    }

    fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }

    fn fresh_word(&mut self) -> String {
        let length = self.below(6);
        (0..length)
            .map(|_| LETTERS[self.below(LETTERS.len())])
            .collect()
    }

    /// A text of the pool, mostly: as it is, in another case, or beside another.
    fn word(&mut self) -> String {
        let known = self.below(self.pool.len());
        let word = self.pool[known].clone();
        match self.below(8) {
            0 => word.to_uppercase(),
            1 => word.to_lowercase(),
            2 => word + &self.fresh_word(),
            3 => self.fresh_word() + &word,
            4 => {
                let other = self.below(self.pool.len());
                word + &self.pool[other]
            }
            _ => word,
        }
    }

    fn rules(&mut self) -> String {
        let mut text = String::new();
        for number in 0..1 + self.below(4) {
            let source = self.one(&SOURCES);
            let condition = self.one(&CONDITIONS);
            let detections: String = (0..3)
                .map(|name| format!("  s{name}: {}\n", self.detection()))
                .collect();
            // Writing into a string does not fail.
            let _ = write!(
                text,
                "---\ntitle: Rule {number}\nid: rule-{number}\nlogsource: {{{source}}}\n\
                 detection:\n{detections}  condition: {condition}\n"
            );
        }
        text
    }

    /// In YAML's flow style, which needs no indentation.
    fn detection(&mut self) -> String {
        match self.below(8) {
            0 => {
                let words: Vec<String> = (0..1 + self.below(3)).map(|_| self.pattern()).collect();
                format!("[{}]", words.join(", "))
            }
            1 => format!("[{}, {}]", self.map(), self.map()),
            2 => format!("{{\"|all\": [{}, {}]}}", self.pattern(), self.pattern()),
            _ => self.map(),
        }
    }

    fn map(&mut self) -> String {
        let items: Vec<String> = (0..1 + self.below(2))
            .map(|at| {
                let field = self.one(&FIELDS);
                // A field may stand once with the same modifiers.
                let modifiers = if at == 0 {
                    self.one(&MODIFIERS)
                } else {
                    "|startswith"
                };
                let values: Vec<String> = (0..1 + self.below(3))
                    .map(|_| self.value(modifiers))
                    .collect();
                let values = match values.as_slice() {
                    [only] => only.clone(),
                    several => format!("[{}]", several.join(", ")),
                };
                format!("\"{field}{modifiers}\": {values}")
            })
            .collect();
        format!("{{{}}}", items.join(", "))
    }

    fn value(&mut self, modifiers: &str) -> String {
        let has = |word: &str| modifiers.split('|').any(|one| one == word);
        if has("re") {
            return quoted(&self.expression());
        }
        if has("cidr") {
            return self
                .one(&["10.0.0.0/8", "10.0.0.7/32", "::/0", "0.0.0.0/0"])
                .to_owned();
        }
        if has("exists") {
            return self.one(&["true", "false"]).to_owned();
        }
        if has("fieldref") {
            return quoted(self.one(&FIELDS));
        }
        if has("expand") {
            return quoted(&format!("{}%p%", self.fresh_word()));
        }
        if has("lt") || has("gte") || has("hour") || has("year") {
            return self.one(&["0", "1", "7", "10", "2021", "-1"]).to_owned();
        }
        match self.below(12) {
            0 => "null".to_owned(),
            1 => self.one(&["0", "1", "7", "4688", "-1", "1.5"]).to_owned(),
            2 => self.one(&["true", "false", "''"]).to_owned(),
            _ => self.pattern(),
        }
    }

    /// A text with wildcards in it, sometimes.
    fn pattern(&mut self) -> String {
        let word = self.word();
        quoted(&match self.below(12) {
            0 => format!("*{word}"),
            1 => format!("{word}*"),
            2 => format!("*{word}*"),
            3 => format!("{word}*{}", self.word()),
            4 => format!("{word}?{}", self.word()),
            5 => format!("*{word}?*{}*", self.word()),
            6 => self
                .one(&["*", "?", "?*", "**", "\\*", "*?*?", "é?"])
                .to_owned(),
            _ => word,
        })
    }

    fn expression(&mut self) -> String {
        (0..1 + self.below(5))
            .map(|_| match self.below(2) {
                0 => self.one(&EXPRESSIONS).to_owned(),
                _ => self.word().replace(['\\', '{', '?'], ""),
            })
            .collect()
    }

    fn event(&mut self) -> OwnedEvent {
        let (family, channel, provider, event_id) = [
            (
                LogFamily::WindowsSecurity,
                "Security",
                "Microsoft-Windows-Security-Auditing",
                4688,
            ),
            (
                LogFamily::WindowsSysmon,
                "Microsoft-Windows-Sysmon/Operational",
                "Microsoft-Windows-Sysmon",
                1,
            ),
            (
                LogFamily::WindowsSysmon,
                "Microsoft-Windows-Sysmon/Operational",
                "Microsoft-Windows-Sysmon",
                12,
            ),
            (
                LogFamily::WindowsSystem,
                "System",
                "Service Control Manager",
                7,
            ),
            (LogFamily::WindowsOther, "ForwardedEvents", "a", 1),
            (LogFamily::Iis, "", "", 0),
        ][self.below(6)];
        let names = [
            "A",
            "a",
            "A",
            "B",
            "b",
            "B",
            "Image",
            "NewProcessName",
            "Long Name",
            "EventID",
            "Channel",
            "EventType",
            "SubjectUserName",
            "SS",
            "ẞ",
            "ß",
        ];
        let given = |text: &'static str| (!text.is_empty()).then_some(text);
        OwnedEvent {
            family,
            channel: given(channel).filter(|_| self.below(8) > 0),
            provider: given(provider).filter(|_| self.below(8) > 0),
            event_id: (self.below(16) > 0).then_some(event_id),
            fields: (0..self.below(6))
                .map(|_| (self.one(&names), self.owned_value()))
                .collect(),
            text: (self.below(3) == 0).then(|| self.words()),
        }
    }

    fn words(&mut self) -> String {
        (0..self.below(4)).map(|_| self.word()).collect()
    }

    fn owned_value(&mut self) -> OwnedValue {
        let number = (self.next)();
        match self.below(16) {
            0 => OwnedValue::Null,
            1 => OwnedValue::Bool(number.is_multiple_of(2)),
            2 => OwnedValue::Integer([0, 1, 7, 10, 17, -1, i64::MIN, 4688][number as usize % 8]),
            3 => OwnedValue::Float(
                [0.0, 1.5, -1.0, f64::NAN, f64::INFINITY, 1e300][number as usize % 6],
            ),
            4 => OwnedValue::Guid([number.to_le_bytes(); 4].concat()),
            5 => OwnedValue::Sid(vec![1, 1, 0, 0, 0, 0, 0, 5, number as u8, 0, 0, 0]),
            6 => OwnedValue::FileTime(132_539_328_000_000_000 + u64::from(number) * 10_000_000),
            7 => OwnedValue::Hex(u64::from(number % 32)),
            8 => OwnedValue::Binary(self.words().into_bytes()),
            9 => OwnedValue::Text(
                self.one(&[
                    "10.0.0.7",
                    "::ffff:10.0.0.7",
                    "fe80::1",
                    " 10.1.1.1 ",
                    "0x7",
                    "2021-01-03 07:00:00",
                    "CreateKey",
                ])
                .to_owned(),
            ),
            10 | 11 => OwnedValue::Text(self.words()),
            _ => {
                let mut units: Vec<u16> = self.words().encode_utf16().collect();
                if self.below(8) == 0 {
                    let at = self.below(units.len() + 1);
                    units.insert(at, [0xd83d, 0xde00, 0][self.below(3)]);
                }
                OwnedValue::Wide(units.into_iter().flat_map(u16::to_le_bytes).collect())
            }
        }
    }
}

/// As YAML and JSON both read it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

struct OwnedEvent {
    family: LogFamily,
    channel: Option<&'static str>,
    provider: Option<&'static str>,
    event_id: Option<u32>,
    fields: Vec<(&'static str, OwnedValue)>,
    text: Option<String>,
}

enum OwnedValue {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Wide(Vec<u8>),
    Guid(Vec<u8>),
    Sid(Vec<u8>),
    FileTime(u64),
    Hex(u64),
    Binary(Vec<u8>),
}

impl OwnedEvent {
    fn event(&self) -> Event<'_> {
        let fields = self.fields.iter().map(|(name, value)| Field {
            name: Cow::Borrowed(*name),
            value: value.value(),
        });
        Event {
            source: 0,
            family: self.family,
            time: None,
            host: Some(Cow::Borrowed("PC1")),
            channel: self.channel.map(Cow::Borrowed),
            provider: self.provider.map(Cow::Borrowed),
            event_id: self.event_id,
            record: 1,
            offset: 0,
            fields: fields.collect(),
            text: self.text.as_deref().map(Cow::Borrowed),
        }
    }
}

impl OwnedValue {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Integer(number) => Value::Integer(*number),
            Self::Float(number) => Value::Float(*number),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Wide(bytes) => Value::Wide(Wide::new(bytes)),
            Self::Guid(bytes) => match bytes.as_slice().try_into() {
                Ok(bytes) => Value::Native(Native::Guid(bytes)),
                Err(_) => Value::Null,
            },
            Self::Sid(bytes) => Value::Native(Native::Sid(bytes)),
            Self::FileTime(ticks) => Value::Native(Native::FileTime(*ticks)),
            Self::Hex(number) => Value::Native(Native::Hex(*number)),
            Self::Binary(bytes) => Value::Native(Native::Binary(bytes)),
        }
    }
}
