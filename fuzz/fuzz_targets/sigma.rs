//! Any text as a rule file: it may give rules and problems, and nothing else may happen.
//! What it gives is run over an event, and its correlations over what that leaves.

#![no_main]

use daylight_hunt::{Hunter, IndicatorSet, Placeholders, RuleSet, correlate};
use daylight_model::{Event, Field, Limits, LogFamily, Timestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let limits = Limits::default();
    let mut rules = RuleSet::empty();
    let words = vec!["alpha".to_owned(), "b*".to_owned()];
    rules.set_placeholders(Placeholders::from_iter([("x".to_owned(), words)]));
    rules.add_text(text, "fuzz.yml", "fuzz", &limits);
    let _ = Placeholders::parse(text);

    let indicators = IndicatorSet::default();
    let mut hunter = Hunter::with_limits(&rules, &indicators, &limits);
    let mut findings = Vec::new();
    for record in 1..4 {
        let field = |name: &'static str, value: &'static str| Field {
            name: name.into(),
            value: value.into(),
        };
        let event = Event {
            source: 0,
            family: LogFamily::WindowsSystem,
            time: Timestamp::from_second(record).ok(),
            host: Some("PC1".into()),
            channel: Some("System".into()),
            provider: Some("Service Control Manager".into()),
            event_id: Some(7045),
            record: record.unsigned_abs(),
            offset: 0,
            fields: vec![field("A", "alpha"), field("B", "2021-01-03 14:40:07")],
            text: Some("an alpha particle".into()),
        };
        hunter.event(&event, &mut findings);
    }
    let _ = correlate(&rules, hunter.finish(), &|_| None, &limits);
});
