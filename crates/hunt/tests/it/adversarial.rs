//! Rules and events made to take long. What matters is how the work grows: a machine that is
//! busy may be slow, but four times as much may not take sixteen times as long.

use std::time::{Duration, Instant};

use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
use daylight_model::{Event, Field, Limits, LogFamily, Value, Wide};

/// Four times as much may take this many times as long.
const GROWTH_MAX: u32 = 8;
/// Rounds of which one must be bounded.
const ROUNDS: usize = 4;
/// Times below this say more of the machine than of the work.
const FLOOR: Duration = Duration::from_millis(10);
const VALUE_BYTES: usize = 1 << 20;

fn rules(text: &str) -> RuleSet {
    let mut rules = RuleSet::empty();
    rules.add_text(text, "a.yml", "test", &Limits::default());
    assert_eq!(rules.problems(), []);
    rules
}

/// A rule with this detection in YAML's flow style.
fn rule(id: usize, detection: &str) -> String {
    format!(
        "---\ntitle: T\nid: rule-{id}\nlogsource: {{product: windows}}\ndetection:\n  \
         s: {detection}\n  condition: s\n"
    )
}

fn event(fields: Vec<Field<'_>>) -> Event<'_> {
    Event {
        source: 0,
        family: LogFamily::WindowsSystem,
        time: None,
        host: None,
        channel: None,
        provider: None,
        event_id: None,
        record: 1,
        offset: 0,
        fields,
        text: None,
    }
}

fn field<'v>(name: &'v str, value: Value<'v>) -> Field<'v> {
    Field {
        name: name.into(),
        value,
    }
}

/// Runs a hunter over an event, compares what it finds with the definition, and takes the
/// shortest of a few times. What is made once for all events is not counted.
#[track_caller]
fn time(rules: &RuleSet, event: &Event<'_>, matches: usize) -> Duration {
    let indicators = IndicatorSet::default();
    let mut hunter = Hunter::new(rules, &indicators);
    let mut found = Vec::new();
    hunter.event(event, &mut found);
    assert_eq!(found.len(), matches);
    assert_eq!(rules.matches_by_definition(event).len(), matches);
    let runs = (0..3).map(|_| {
        found.clear();
        let start = Instant::now();
        hunter.event(event, &mut found);
        start.elapsed()
    });
    runs.min().unwrap()
}

/// Checks how the time grows from a quarter of the size to the size. What else runs on the
/// machine may slow one round, or two; what is not bounded is slow in all.
#[track_caller]
fn assert_bounded(what: &str, size: usize, mut time: impl FnMut(usize) -> Duration) {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let (quarter, whole) = (time(size / 4), time(size));
        rounds.push((quarter, whole));
        if whole <= quarter.max(FLOOR) * GROWTH_MAX {
            println!("{what}: {rounds:?}");
            return;
        }
    }
    panic!("{what}: {rounds:?}");
}

/// One rule with this pattern or these values, over a field of so many bytes.
#[track_caller]
fn assert_value_bounded(what: &str, item: &str, unit: &str, matches: usize) {
    let rules = rules(&rule(0, &format!("{{{item}}}")));
    assert_bounded(what, VALUE_BYTES, |size| {
        let value = unit.repeat(size / unit.len());
        let event = event(vec![field("A", Value::from(value.as_str()))]);
        time(&rules, &event, matches)
    });
}

#[test]
fn wildcards() {
    let many = "ab*".repeat(10_000);
    let value = |pattern: &str| format!("A: '{pattern}'");
    assert_value_bounded("10,000 stars that match", &value(&many), "ab", 1);
    assert_value_bounded("that do not", &value(&format!("{many}z")), "ab", 0);
    assert_value_bounded(
        "that begin everywhere",
        &value(&format!("*{many}")),
        "aaab",
        1,
    );
    // The text that is looked for is there, so that the whole pattern is compared.
    let mixed = "*a?b".repeat(10_000);
    assert_value_bounded("stars and question marks", &value(&mixed), "ab", 0);
    let stretch = format!("*a{}b*", "?".repeat(500));
    let rules = rules(&rule(0, &format!("{{{}}}", value(&stretch))));
    // Each place is compared with the whole stretch, which is why its length is limited.
    assert_bounded("the longest stretch", 1 << 17, |size| {
        let value = format!("b{}", "a".repeat(size));
        let fields = vec![field("A", Value::from(value.as_str()))];
        time(&rules, &event(fields), 0)
    });
    for marks in ["?".repeat(513), format!("a{}", "?".repeat(513))] {
        let mut rules = RuleSet::empty();
        let text = rule(0, &format!("{{{}}}", value(&format!("*{marks}*"))));
        rules.add_text(&text, "a.yml", "test", &Limits::default());
        assert!(rules.problems()[0].reason.contains("between two `*`"));
    }
}

#[test]
fn expressions() {
    for (expression, unit) in [
        ("(a+)+b", "a"),
        ("(a|aa)+$b", "a"),
        ("(?:(?:a*)*)*c", "a"),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a"),
        ("(x+x+)+y", "x"),
        ("(?i)ab(.*)*ab[^b]{20}cd", "ab"),
    ] {
        assert_value_bounded(expression, &format!("A|re: '{expression}'"), unit, 0);
    }
}

/// Texts of one letter share all their grams; most are left to the automaton. No more than 1,400
/// fit into a rule file.
#[test]
fn texts_of_one_letter() {
    let texts = |count: usize| {
        let texts: Vec<String> = (1..=count).map(|length| "a".repeat(length)).collect();
        rules(&rule(0, &format!("{{A|contains: [{}]}}", texts.join(", "))))
    };
    let value = "a".repeat(VALUE_BYTES);
    assert_bounded("texts of one letter", 1_400, |count| {
        let fields = vec![field("A", Value::from(value.as_str()))];
        time(&texts(count), &event(fields), 1)
    });
    let some = texts(1_400);
    assert_bounded("a value of one letter", VALUE_BYTES, |size| {
        let fields = vec![field("A", Value::from(&value[..size]))];
        time(&some, &event(fields), 1)
    });
    // As long as each other, so that all differ in little: the last letters.
    let same: Vec<String> = (0..10_000)
        .map(|number| format!("{}{number:05}", "a".repeat(60)))
        .collect();
    let rules = rules(&rule(0, &format!("{{A|contains: [{}]}}", same.join(", "))));
    assert_bounded("10,000 texts with one beginning", VALUE_BYTES, |size| {
        let value = "a".repeat(size);
        time(
            &rules,
            &event(vec![field("A", Value::from(value.as_str()))]),
            0,
        )
    });
}

/// Each text is told, however many of them end at the same place.
#[test]
fn texts_that_end_in_others() {
    let texts = (1..200).map(|length| {
        let text = "a".repeat(length);
        rule(length, &format!("{{A|contains: {text}}}"))
    });
    let rules = rules(&texts.collect::<String>());
    for (value, matches) in [("a".repeat(150), 150), ("aab".repeat(50), 2)] {
        let fields = vec![field("A", Value::from(value.as_str()))];
        time(&rules, &event(fields), matches);
    }
    let both = format!("{}b{}", "a".repeat(99), "a".repeat(120));
    let fields = vec![field("A", Value::from(both.as_str()))];
    time(&rules, &event(fields), 120);
}

#[test]
fn many_fields() {
    let text = [
        rule(0, "{F1|contains: x}"),
        rule(1, "{F77777|startswith: x}"),
        rule(2, "[needle]"),
        rule(3, "{Absent: null}"),
    ];
    let rules = rules(&text.concat());
    let names: Vec<String> = (0..100_000).map(|number| format!("F{number}")).collect();
    for (value, matches) in [("value", 1), ("a needle", 2)] {
        assert_bounded("many fields", names.len(), |count| {
            let names = names.iter().take(count);
            let fields = names.map(|name| field(name, Value::from(value))).collect();
            time(&rules, &event(fields), matches)
        });
    }
}

#[test]
fn many_rules_of_one_text() {
    let sets = |count: usize| {
        let texts = (0..count).map(|id| {
            rule(
                id,
                &format!("{{A|contains: whoami, B|startswith: '{}'}}", id % 2),
            )
        });
        rules(&texts.collect::<String>())
    };
    let value = "whoami ".repeat(10_000);
    assert_bounded("rules that all match or nearly do", 2_000, |count| {
        let fields = vec![
            field("A", Value::from(value.as_str())),
            field("B", Value::from("0")),
        ];
        time(&sets(count), &event(fields), count / 2)
    });
}

/// Cut as a record may be: halves of pairs at both ends of each stretch.
fn broken_wide(bytes: usize) -> Vec<u8> {
    let units = [0xdc00_u16, u16::from(b'w'), 0xe9, u16::from(b'A'), 0xd83d];
    units
        .into_iter()
        .flat_map(u16::to_le_bytes)
        .cycle()
        .take(bytes)
        .collect()
}

#[test]
fn broken_utf_16() {
    let text: String = (0..20)
        .map(|id| match id % 4 {
            0 => rule(id, &format!("{{A|re: 'wéa{id}+x'}}")),
            1 => rule(id, &format!("{{A|contains|cased: 'wéA{id}'}}")),
            2 => rule(id, &format!("{{A: '*w?a*{id}*'}}")),
            _ => rule(id, &format!("[needle, 'wéa{id}']")),
        })
        .collect();
    let rules = rules(&(text + &rule(20, "['\u{fffd}wéa']")));
    assert_bounded("halves of pairs", VALUE_BYTES, |size| {
        let bytes = broken_wide(size);
        let event = event(vec![field("A", Value::Wide(Wide::new(&bytes)))]);
        time(&rules, &event, 1)
    });
}

#[test]
fn keywords_over_everything() {
    let text: String = (0..200)
        .map(|id| rule(id, &format!("['needle {id}', 'é{id}']")))
        .collect();
    let rules = rules(&text);
    assert_bounded("keywords over a long value", VALUE_BYTES, |size| {
        let value = "needle é".repeat(size / 9);
        time(
            &rules,
            &event(vec![field("A", Value::from(value.as_str()))]),
            0,
        )
    });
    assert_bounded("keywords over many values", 100_000, |count| {
        let fields = (0..count).map(|_| field("A", Value::from("needle é")));
        time(&rules, &event(fields.collect()), 0)
    });
}

#[test]
fn one_field_many_times() {
    let text = [
        rule(0, "{A|contains: '9', A|endswith: x}"),
        rule(1, "{A: null}"),
        rule(2, "{A|re: '^[0-9]+y$'}"),
        rule(3, "{A|contains|all: ['1', '2', value]}"),
    ];
    let rules = rules(&text.concat());
    let values: Vec<String> = (0..4_000).map(|number| format!("value {number}")).collect();
    assert_bounded("one field many times", values.len(), |count| {
        let values = values.iter().take(count);
        let fields = values
            .map(|value| field("A", Value::from(value.as_str())))
            .collect();
        time(&rules, &event(fields), 1)
    });
}

/// The number of fields that readers let an event have bounds it.
#[test]
#[ignore = "each value of one field is compared with each of the other"]
fn two_fields_many_times_that_refer_to_each_other() {
    let rules = rules(&rule(0, "{A|fieldref: B}"));
    let values: Vec<String> = (0..8_000).map(|number| format!("Value {number}")).collect();
    assert_bounded("references", 4_000, |count| {
        let fields = (0..count).flat_map(|at| {
            [
                field("A", Value::from(values[at].as_str())),
                field("B", Value::from(values[at + 4_000].as_str())),
            ]
        });
        time(&rules, &event(fields.collect()), 0)
    });
}
