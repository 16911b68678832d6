//! Correlations: windows, bursts, groups, order, and what they tell.

use std::time::Instant;

use daylight_hunt::{Hunter, IndicatorSet, RuleProblem, RuleSet, Sha256Of, correlate};
use daylight_model::{Finding, Limits, Timestamp};
use serde_json::{Value, json};

use crate::support::event;

/// Rules `a`, `b` and `c`, which match events with that word in the field E.
fn base_rules() -> String {
    ["a", "b", "c"]
        .map(|name| {
            format!(
                "title: rule {name}\nname: {name}\nlogsource: {{product: windows, service: system}}\n\
                 detection:\n  s: {{E: {name}}}\n  condition: s\n---\n"
            )
        })
        .concat()
}

fn set(text: &str) -> RuleSet {
    let mut rules = RuleSet::empty();
    rules.add_text(text, "test.yml", "test", &Limits::default());
    rules
}

/// What hunting gives: findings of single events, then those of correlations.
fn hunt(rules: &RuleSet, events: &[(i64, Value)]) -> (Vec<Finding>, Vec<RuleProblem>) {
    hunt_within(rules, events, &Limits::default())
}

fn hunt_within(
    rules: &RuleSet,
    events: &[(i64, Value)],
    limits: &Limits,
) -> (Vec<Finding>, Vec<RuleProblem>) {
    let indicators = IndicatorSet::default();
    let mut hunter = Hunter::with_limits(rules, &indicators, limits);
    let mut findings = Vec::new();
    for (record, (seconds, fields)) in (1..).zip(events) {
        let mut object = fields.as_object().unwrap().clone();
        object.insert("family".into(), json!("windows-system"));
        let file = object.remove("file").and_then(|file| file.as_u64());
        let mut event = event(&object);
        event.record = record;
        event.source = usize::try_from(file.unwrap_or(0)).unwrap();
        event.time = (*seconds >= 0).then(|| Timestamp::new(*seconds, 0).unwrap());
        hunter.event(&event, &mut findings);
    }
    let (correlated, problems) = correlate(rules, hunter.finish(), &|_| None, limits);
    findings.extend(correlated);
    (findings, problems)
}

/// "title@second: field=value ...", without the times that the second tells.
fn shown(finding: &Finding) -> String {
    let matched = finding.matched.iter();
    let matched = matched.filter(|one| !["first", "last"].contains(&one.field.as_str()));
    let matched: Vec<String> = matched
        .map(|one| format!("{}={}", one.field, one.value.replace("1970-01-01T", "")))
        .collect();
    let second = finding.time.map_or(-1, Timestamp::as_second);
    format!("{}@{second}: {}", finding.rule.title, matched.join(", "))
}

/// Events from words such as `5a` or `7b:User=x,N=3`: the second, the rule that matches, and
/// fields. A file stands as `file=1`.
fn events(words: &str) -> Vec<(i64, Value)> {
    words
        .split_whitespace()
        .map(|word| {
            let (head, fields) = word.split_once(':').unwrap_or((word, ""));
            let at = head.find(char::is_alphabetic).unwrap();
            let mut object = json!({"E": &head[at..]});
            for pair in fields.split(',').filter(|pair| !pair.is_empty()) {
                let (name, value) = pair.split_once('=').unwrap();
                object[name] = match value.parse::<i64>() {
                    Ok(number) => json!(number),
                    Err(_) => json!(value),
                };
            }
            (head[..at].parse().unwrap(), object)
        })
        .collect()
}

/// Checks the findings of one correlation over events.
#[track_caller]
fn check(correlation: &str, words: &str, expected: &[&str]) {
    let section = correlation.replace("; ", "\n  ");
    let rules = set(&format!(
        "{}title: C\ncorrelation:\n  {section}",
        base_rules()
    ));
    assert_eq!(rules.problems(), [], "{correlation}");
    let (findings, _) = hunt(&rules, &events(words));
    let found = findings.iter().filter(|one| one.rule.title == "C");
    let found: Vec<String> = found.map(shown).collect();
    let expected: Vec<String> = expected.iter().map(|one| format!("C@{one}")).collect();
    assert_eq!(found, expected, "{correlation} {words}");
}

#[test]
fn counts_of_events() {
    let three = "type: event_count; rules: [a]; timespan: 10s; condition: {gte: 3}";
    check(three, "1a 2a", &[]);
    check(three, "1a 2a 3a", &["3: count=3"]);
    // Both ends belong to the window.
    check(three, "0a 5a 10a", &["10: count=3"]);
    check(three, "0a 5a 11a", &[]);
    check(three, "0a 1b 2c 3a", &[]);
    // One finding a burst, and another for the next.
    check(
        three,
        "1a 2a 3a 4a 5a",
        &["3: count=3, burst=5 matches until 00:00:05Z"],
    );
    check(
        three,
        "1a 2a 3a 14a 15a 16a",
        &["3: count=3", "16: count=3"],
    );
    check(
        three,
        "1a 2a 3a 13a 14a 15a",
        &["3: count=3", "15: count=3"],
    );
    // The order in which files are read does not matter.
    check(three, "9a 1a 5a", &["9: count=3"]);
    check(three, "3a 3a 3a", &["3: count=3"]);
    let more = "type: event_count; rules: [a]; timespan: 10s; condition: {gt: 2}";
    check(more, "1a 2a 3a", &["3: count=3"]);
    let two = "type: event_count; rules: [a, b]; timespan: 1m; condition: {gte: 2}";
    check(two, "1a 30b", &["30: count=2"]);
    check(two, "1a 62b", &[]);
}

#[test]
fn upper_bounds_are_judged_over_whole_windows() {
    let few = "type: event_count; rules: [a]; timespan: 10s; condition: {lt: 3}";
    check(few, "1a 2a", &["2: count=2"]);
    check(few, "1a 2a 3a", &[]);
    check(few, "1a 2a 3a 12a", &["12: count=1"]);
    let range = "type: event_count; rules: [a]; timespan: 10s; condition: {gt: 1, lte: 3}";
    check(range, "1a", &[]);
    check(range, "1a 2a 3a", &["3: count=3"]);
    check(range, "1a 2a 3a 4a", &[]);
    let two = "type: event_count; rules: [a]; timespan: 10s; condition: {eq: 2}";
    check(two, "1a 2a", &["2: count=2"]);
    check(two, "1a 2a 3a", &[]);
    let not_two = "type: event_count; rules: [a]; timespan: 10s; condition: {neq: 2}";
    check(not_two, "1a 2a 20a", &["20: count=1"]);
}

#[test]
fn groups() {
    let by_user =
        "type: event_count; rules: [a]; group-by: [User]; timespan: 10s; condition: {gte: 2}";
    check(by_user, "1a:User=x 2a:User=y", &[]);
    check(
        by_user,
        "1a:User=x 2a:User=y 3a:User=X",
        &["3: User=X, count=2"],
    );
    check(
        by_user,
        "1a:User=x 2a:User=y 3a:User=x 4a:User=y",
        &["3: User=x, count=2", "4: User=y, count=2"],
    );
    // What has no value is of no group.
    check(by_user, "1a 2a 3a", &[]);
    let both =
        "type: event_count; rules: [a]; group-by: [User, Host]; timespan: 10s; condition: {gte: 2}";
    check(both, "1a:User=x,Host=1 2a:User=x,Host=2", &[]);
    check(
        both,
        "1a:User=x,Host=1 2a:User=x,Host=1",
        &["2: User=x, Host=1, count=2"],
    );
    let word = "type: event_count; rules: a; group-by: User; timespan: 10s; condition: {gte: 2}";
    check(word, "1a:User=x 2a:User=x", &["2: User=x, count=2"]);
    let alias = "type: temporal; rules: [a, b]; group-by: [ip]; timespan: 10s; \
                 aliases: {ip: {a: Source, b: Target}}";
    check(alias, "1a:Source=x 2b:Target=x", &["2: ip=x, rules=2"]);
    check(alias, "1a:Source=x 2b:Target=y", &[]);
    check(alias, "1a:Target=x 2b:Source=x", &[]);
}

#[test]
fn values() {
    let different =
        "type: value_count; rules: [a]; timespan: 10s; condition: {field: User, gte: 2}";
    check(different, "1a:User=x 2a:User=X 3a:User=x", &[]);
    check(different, "1a:User=x 2a:User=y", &["2: different User=2"]);
    check(different, "1a:User=x 12a:User=y", &[]);
    check(different, "1a:User=x 2a", &[]);
    let pairs = "type: value_count; rules: [a]; timespan: 10s; condition: {field: [U, H], gte: 2}";
    check(pairs, "1a:U=x,H=1 2a:U=x,H=2", &["2: different U, H=2"]);
    check(pairs, "1a:U=x,H=1 2a:U=x,H=1", &[]);
    let sum = "type: value_sum; rules: [a]; timespan: 10s; condition: {field: N, gt: 10}";
    check(sum, "1a:N=5 2a:N=5", &[]);
    check(sum, "1a:N=5 2a:N=6", &["2: sum of N=11"]);
    check(sum, "1a:N=5 12a:N=6", &[]);
    check(sum, "1a:N=0x5 2a:N=many 3a:N=6", &["3: sum of N=11"]);
    let average = "type: value_avg; rules: [a]; timespan: 10s; condition: {field: N, gte: 4}";
    check(average, "1a:N=1 2a:N=5 3a:N=6", &["3: average of N=4"]);
    let low = "type: value_avg; rules: [a]; timespan: 10s; condition: {field: N, lt: 4}";
    check(low, "1a:N=1 2a:N=5 3a:N=6", &[]);
    check(low, "1a:N=1 2a:N=5", &["2: average of N=3"]);
    let median = "type: value_median; rules: [a]; timespan: 10s; condition: {field: N, gte: 5}";
    check(median, "1a:N=1 2a:N=8", &[]);
    check(median, "1a:N=1 2a:N=8 3a:N=5", &["3: median of N=5"]);
    let high = "type: value_percentile; rules: [a]; timespan: 1m; condition: {field: N, percentile: 90, gt: 8}";
    check(
        high,
        "1a:N=1 2a:N=2 3a:N=3 4a:N=4 5a:N=5 6a:N=6 7a:N=7 8a:N=8",
        &[],
    );
    check(high, "1a:N=1 2a:N=9", &["2: percentile 90 of N=9"]);
}

#[test]
fn rules_near_in_time() {
    let near = "type: temporal; rules: [a, b]; timespan: 10s";
    check(near, "1a 2a", &[]);
    check(near, "1b 2a", &["2: rules=2"]);
    check(near, "0a 10b", &["10: rules=2"]);
    check(near, "0a 11b", &[]);
    check(
        near,
        "1a 2b 3a 4b 30a 31b",
        &["2: rules=2, burst=4 matches until 00:00:04Z", "31: rules=2"],
    );
    let any_two = "type: temporal; rules: [a, b, c]; timespan: 10s; condition: {gte: 2}";
    check(any_two, "1a 2c", &["2: rules=2"]);
    check(any_two, "1a 2a", &[]);
    let words = "type: temporal; rules: [a, b, c]; timespan: 10s; condition: a AND (b or c)";
    check(words, "1b 2c", &[]);
    check(words, "1b 2a", &["2: rules=2"]);
    let without = "type: temporal; rules: [a, b]; timespan: 10s; condition: a and not b";
    check(without, "1a 2b", &[]);
    check(without, "1a 12b", &["1: rules=1"]);
    // Without a list, the condition names the rules.
    check(
        "type: temporal; timespan: 10s; condition: a and b",
        "1a 2b",
        &["2: rules=2"],
    );
}

#[test]
fn rules_one_after_the_other() {
    let ordered = "type: temporal_ordered; rules: [a, b]; timespan: 10s";
    check(ordered, "1a 2b", &["2: rules=2"]);
    check(ordered, "1b 2a", &[]);
    check(ordered, "0a 10b", &["10: rules=2"]);
    check(ordered, "0a 11b", &[]);
    check(ordered, "0a 8a 12b", &["12: rules=2"]);
    check(ordered, "1b 2a 3b", &["3: rules=2"]);
    check(
        ordered,
        "1a 2b 3a 4b 40a 41b",
        &["2: rules=2, burst=4 matches until 00:00:04Z", "41: rules=2"],
    );
    // At the same time, records of one file are in order, and of two files in either.
    check(ordered, "1a 1b", &["1: rules=2"]);
    check(ordered, "1b 1a", &[]);
    check(ordered, "1b 1a:file=1", &["1: rules=2"]);
    let three = "type: temporal_ordered; rules: [a, b, c]; timespan: 10s";
    check(three, "1a 2b 3c", &["3: rules=3"]);
    check(three, "1a 2c 3b", &[]);
    check(three, "1a 2b 3a 4c", &["4: rules=3"]);
    check(three, "0a 5b 9a 11c", &[]);
    check(three, "1c 1b:file=1 1a:file=2", &["1: rules=3"]);
    let two = "type: temporal_ordered; rules: [a, b, c]; timespan: 10s; condition: {gte: 2}";
    check(two, "1a 2c", &["2: rules=2"]);
    check(two, "1c 2b 3a", &[]);
    let words =
        "type: temporal_ordered; rules: [a, b, c]; timespan: 10s; condition: (a or b) and c";
    check(words, "1b 2c", &["2: rules=2"]);
    check(words, "1c 2b", &[]);
}

/// An export beside the log, and a copy of a log that names no channel.
#[test]
fn the_same_event_counts_once() {
    let three = "type: event_count; rules: [a]; timespan: 10s; condition: {gte: 3}";
    let windows = |second: u32, file: u32, event_id: u32| {
        format!("{second}a:host=H,channel=System,event_id={event_id},file={file}")
    };
    let twice = [
        windows(1, 0, 1),
        windows(2, 0, 1),
        windows(1, 1, 1),
        windows(2, 1, 1),
    ]
    .join(" ");
    check(three, &twice, &[]);
    check(
        three,
        &format!("{twice} {}", windows(3, 1, 1)),
        &["3: count=3"],
    );
    // At the same time in one file, or another event.
    check(
        three,
        &format!("{twice} {}", windows(2, 0, 1)),
        &["2: count=3"],
    );
    check(
        three,
        &format!("{twice} {}", windows(2, 1, 2)),
        &["2: count=3"],
    );
    let by_user = format!("{three}; group-by: [User]");
    let users = [
        "1a:{w},User=x",
        "2a:{w},User=x",
        "2a:{w},User=y,file=1",
        "3a:{w},User=x,file=1",
    ];
    let users = users
        .join(" ")
        .replace("{w}", "host=H,channel=System,event_id=1");
    check(&by_user, &users, &["3: User=x, count=3"]);

    let rules = set(&format!(
        "{}title: C\ncorrelation:\n  {}",
        base_rules(),
        three.replace("; ", "\n  ")
    ));
    let count = |sha256: &Sha256Of<'_>| {
        let indicators = IndicatorSet::default();
        let mut hunter = Hunter::new(&rules, &indicators);
        for (place, file) in [(1, 0), (2, 0), (1, 1), (2, 1)] {
            let mut event = event(
                json!({"family": "windows-system", "E": "a"})
                    .as_object()
                    .unwrap(),
            );
            event.time = Timestamp::new(1, 0).ok();
            (event.record, event.source) = (place, file);
            hunter.event(&event, &mut Vec::new());
        }
        correlate(&rules, hunter.finish(), sha256, &Limits::default())
            .0
            .len()
    };
    assert_eq!(count(&|_| None), 1);
    assert_eq!(count(&|source| ["x", "y"].get(source).copied()), 1);
    assert_eq!(count(&|_| Some("x")), 0);
}

#[test]
fn correlations_of_correlations() {
    let text = base_rules()
        + "title: many\nname: many\ncorrelation:\n  type: event_count\n  rules: [a]\n  \
           group-by: [Host]\n  timespan: 10s\n  condition: {gte: 3}\n---\n\
           title: then\ncorrelation:\n  type: temporal_ordered\n  rules: [many, b]\n  \
           group-by: [User]\n  timespan: 20s\n---\n\
           title: bursts\ncorrelation:\n  type: event_count\n  rules: [many]\n  \
           timespan: 1h\n  condition: {gte: 2}\n";
    let rules = set(&text);
    assert_eq!(rules.problems(), []);
    let check = |words: &str, expected: &[&str]| {
        let (findings, _) = hunt(&rules, &events(words));
        let found: Vec<String> = findings.iter().map(shown).collect();
        assert_eq!(found, expected, "{words}");
    };
    let many = "1a:User=x,Host=1 2a:User=y,Host=1 3a:User=x,Host=1";
    // Only the outer ones report, and c, which none names.
    check(many, &[]);
    check(&format!("{many} 5b:User=x"), &["then@5: User=x, rules=2"]);
    check(&format!("{many} 5b:User=y"), &[]);
    check(
        &format!("{many} 5b:User=x 6c"),
        &["rule c@6: E=c", "then@5: User=x, rules=2"],
    );
    // A burst that goes on is still there for what follows, and counts once.
    let long: String = (4..60).map(|at| format!(" {at}a:User=x,Host=1")).collect();
    check(
        &format!("{many}{long} 61b:User=x"),
        &["then@61: User=x, rules=2"],
    );
    let again = " 100a:User=z,Host=1 101a:User=z,Host=1 102a:User=z,Host=1";
    check(&format!("{many}{long}{again}"), &["bursts@102: count=2"]);
    let sources: Vec<usize> = rules.rules().map(|rule| rule.log_sources.len()).collect();
    assert_eq!(sources, [1, 1, 1]);
    assert_eq!(rules.silent_rules().count(), 3);
    assert_eq!(rules.correlations().count(), 3);
}

#[test]
fn rules_report_besides_where_the_correlation_says_so() {
    let section = |generate: &str| {
        base_rules()
            + "title: C\ncorrelation:\n  type: event_count\n  rules: [a]\n  timespan: 1m\n  condition: {gte: 2}\n"
            + generate
    };
    let check = |generate: &str, expected: usize| {
        let rules = set(&section(generate));
        assert_eq!(rules.problems(), []);
        assert_eq!(
            hunt(&rules, &events("1a 2a")).0.len(),
            expected,
            "{generate}"
        );
    };
    check("", 1);
    check("  generate: false", 1);
    check("  generate: true", 3);
    check("generate: true", 3);
}

#[test]
fn aggregations_of_sigma_1() {
    let check = |detection: &str, words: &str, expected: &[&str]| {
        let text = format!(
            "title: old\nid: old\nlogsource: {{product: windows, service: system}}\ndetection:\n  \
             s: {{E: a}}\n  t: {{E: b}}\n  u: {{E: c}}\n  {detection}"
        );
        let rules = set(&text);
        assert_eq!(rules.problems(), [], "{detection}");
        assert_eq!(rules.rules().count(), 1);
        let (findings, _) = hunt(&rules, &events(words));
        let found: Vec<String> = findings.iter().map(shown).collect();
        assert_eq!(found, expected, "{detection} {words}");
    };
    let count = "timeframe: 10s\n  condition: s | count() by User > 1";
    check(count, "1a:User=x 2a:User=x", &["old@2: User=x, count=2"]);
    check(count, "1a:User=x 2b:User=x", &[]);
    check(count, "1a:User=x 12a:User=x", &[]);
    check(
        "condition: s | count() by User > 1",
        "1a:User=x 99999a:User=x",
        &["old@99999: User=x, count=2"],
    );
    check(
        "condition: s | count(User) by H >= 2",
        "1a:User=x,H=1 2a:User=y,H=1",
        &["old@2: H=1, different User=2"],
    );
    check(
        "condition: s | count() by User",
        "1a:User=x 2a:User=x",
        &["old@1: User=x, count=1, burst=2 matches until 00:00:02Z"],
    );
    check(
        "condition: s | sum(N) > 4",
        "1a:N=2 2a:N=3",
        &["old@2: sum of N=5"],
    );
    check(
        "condition: s | max(N) > 4",
        "1a:N=2 2a:N=5",
        &["old@2: largest N=5"],
    );
    check(
        "condition: s | min(N) < 2",
        "1a:N=2 2a:N=1",
        &["old@2: smallest N=1"],
    );
    check(
        "condition: s | avg(N) > 2",
        "1a:N=2 2a:N=3",
        &["old@2: average of N=2.5"],
    );
    let near = "timeframe: 10s\n  condition: s | near t";
    check(near, "1a 2b", &["old@2: rules=2"]);
    check(near, "1a 12b", &[]);
    let near = "timeframe: 10s\n  condition: s | near t and not u";
    check(near, "1a 2b", &["old@2: rules=2"]);
    check(near, "1a 2b 3c", &[]);
    check("timeframe: 10s\n  condition: s", "1a", &["old@1: E=a"]);
}

#[test]
fn correlations_that_cannot_be_used() {
    let check = |correlation: &str, reason: &str| {
        let section = correlation.replace("; ", "\n  ");
        let rules = set(&format!(
            "{}title: C\nid: C\ncorrelation:\n  {section}",
            base_rules()
        ));
        let [problem] = rules.problems() else {
            panic!("{correlation}\n{:#?}", rules.problems());
        };
        assert!(
            problem.reason.contains(reason),
            "{correlation}\n{problem:?}"
        );
        assert_eq!(problem.rule_id.as_deref(), Some("C"));
        assert!(problem.line.is_some_and(|line| line > 18), "{problem:?}");
        assert_eq!(rules.rules().count(), 3);
    };
    check("rules: [a]; timespan: 1m", "`type` is missing");
    check(
        "type: odd; rules: [a]; timespan: 1m; condition: {gte: 1}",
        "no type of correlation",
    );
    check(
        "type: event_count; timespan: 1m; condition: {gte: 1}",
        "names no rule",
    );
    check(
        "type: event_count; rules: [a]; condition: {gte: 1}",
        "`timespan` is missing",
    );
    for span in [
        "1",
        "x",
        "1x",
        "0s",
        "-1s",
        "1.5h",
        "99999999999999999999s",
        "9999999999999999y",
    ] {
        let text =
            format!("type: event_count; rules: [a]; timespan: {span}; condition: {{gte: 1}}");
        check(&text, "no stretch of time");
    }
    check(
        "type: event_count; rules: [a]; timespan: 1m",
        "`condition` is missing",
    );
    check(
        "type: event_count; rules: [a]; timespan: 1m; condition: a",
        "needs a condition like",
    );
    check(
        "type: event_count; rules: [a]; timespan: 1m; condition: {field: x}",
        "needs one of",
    );
    check(
        "type: event_count; rules: [a]; timespan: 1m; condition: {gte: x}",
        "needs a number",
    );
    check(
        "type: event_count; rules: [a]; timespan: 1m; condition: {more: 1}",
        "`more` is no part",
    );
    check(
        "type: value_count; rules: [a]; timespan: 1m; condition: {gte: 1}",
        "needs a `field`",
    );
    check(
        "type: value_sum; rules: [a]; timespan: 1m; condition: {field: [x, y], gte: 1}",
        "takes one field",
    );
    check(
        "type: value_percentile; rules: [a]; timespan: 1m; condition: {field: x, gte: 1}",
        "needs a `percentile`",
    );
    check("type: temporal; rules: [a, a]; timespan: 1m", "named twice");
    check(
        "type: temporal; rules: [a, b]; timespan: 1m; condition: a",
        "`rules` names `b`",
    );
    check(
        "type: temporal; rules: [a]; timespan: 1m; condition: a and b",
        "condition names `b`",
    );
    check(
        "type: temporal; rules: [a]; timespan: 1m; condition: 1 of them",
        "`of` cannot stand",
    );
    check(
        "type: temporal_ordered; rules: [a, b]; timespan: 1m; condition: a and not b",
        "`not` cannot stand",
    );
    check(
        "type: temporal_ordered; rules: [a, b]; timespan: 1m; condition: {lt: 1}",
        "by gte, gt or eq",
    );
    check(
        "type: temporal_ordered; rules: [a, b]; timespan: 1m; condition: {gte: 3}",
        "by gte, gt or eq",
    );
    check(
        "type: temporal; rules: [a, nobody]; timespan: 1m",
        "there is no rule `nobody`",
    );
    check(
        "type: temporal; rules: [a, C]; timespan: 1m",
        "leads back here",
    );
    check(
        "type: temporal; rules: [a]; timespan: 1m; generate: perhaps",
        "true or false",
    );
    check(
        "type: temporal; rules: [a]; timespan: 1m; aliases: [x]",
        "`aliases` gives",
    );
    check(
        "type: temporal; rules: [a]; timespan: 1m; aliases: {x: {b: Y}}",
        "alias `x` names `b`",
    );
}

#[test]
fn names_are_found_in_any_order_and_file() {
    let correlation = "title: C\nid: C\ncorrelation: {type: event_count, rules: [base], timespan: 1m, condition: {gte: 2}}";
    let base = |name: &str| {
        format!(
            "title: {name}\nid: {name}\nname: base\nlogsource: {{product: windows, service: system}}\n\
             detection: {{s: {{E: a}}, condition: s}}"
        )
    };
    let limits = Limits::default();
    let mut rules = RuleSet::empty();
    rules.add_text(correlation, "c.yml", "test", &limits);
    assert_eq!(rules.problems().len(), 1);
    rules.add_text(
        "title: broken\nname: base\ndetection: {}",
        "x.yml",
        "test",
        &limits,
    );
    let reasons: Vec<&str> = rules
        .problems()
        .iter()
        .map(|one| one.reason.as_str())
        .collect();
    assert_eq!(
        reasons,
        [
            "`logsource` is missing",
            "correlation: `base` cannot be used: `logsource` is missing"
        ]
    );
    rules.add_text(&base("one"), "b.yml", "test", &limits);
    assert_eq!(rules.problems().len(), 1);
    assert_eq!(hunt(&rules, &events("1a 2a")).0.len(), 1);
    // A name that two other files use means neither.
    let mut rules = RuleSet::empty();
    rules.add_text(&base("one"), "1.yml", "test", &limits);
    rules.add_text(&base("two"), "2.yml", "test", &limits);
    rules.add_text(correlation, "c.yml", "test", &limits);
    assert!(
        rules.problems()[0].reason.contains("2 files have"),
        "{:?}",
        rules.problems()
    );
    assert_eq!(rules.rules().count(), 2);
}

#[test]
fn what_is_left_out_is_told() {
    let rules = set(&(base_rules()
        + "title: C\ncorrelation:\n  type: event_count\n  rules: [a]\n  group-by: [User]\n  \
           timespan: 1m\n  condition: {gte: 2}\n"));
    let mut all = events("1a:User=x 2a 3a 4a:User=x 5a:User=y 6a:User=y");
    all.push((-1, json!({"E": "a"})));
    let mut limits = Limits::default();
    let (found, problems) = hunt_within(&rules, &all, &limits);
    assert_eq!(found.len(), 2);
    let reasons: Vec<&str> = problems.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "1 matches of rules that correlations are made of have no time and were left out",
            "correlation \"C\": 2 matches without `User` were left out",
        ]
    );
    limits.observations_max = 4;
    let (found, problems) = hunt_within(&rules, &all, &limits);
    assert_eq!(found.len(), 1);
    assert!(
        problems[0].reason.starts_with("3 more matches"),
        "{problems:?}"
    );
}

#[test]
fn findings_stand_at_the_match_that_completes_them() {
    let rules = set(&(base_rules()
        + "title: C\nid: C\nlevel: critical\ntags: [attack.t1110]\ncorrelation:\n  type: temporal\n  \
           rules: [a, b]\n  group-by: [ComputerName]\n  timespan: 1m\n"));
    let events = [
        (10, json!({"E": "a", "host": "PC1", "file": 1})),
        (
            20,
            json!({"E": "b", "host": "pc1", "event_id": 7, "channel": "System"}),
        ),
    ];
    let (found, _) = hunt(&rules, &events);
    let [finding] = found.as_slice() else {
        panic!("{found:#?}");
    };
    assert_eq!((finding.source, finding.record), (0, 2));
    assert_eq!(finding.host.as_deref(), Some("pc1"));
    assert_eq!(finding.event_id, Some(7));
    assert_eq!(finding.rule.level, daylight_model::Level::Critical);
    assert_eq!(finding.rule.techniques().next().as_deref(), Some("T1110"));
    let fields: Vec<String> = finding
        .matched
        .iter()
        .chain(&finding.context)
        .map(|one| format!("{}={}", one.field, one.value))
        .collect();
    assert_eq!(
        fields,
        [
            "ComputerName=pc1",
            "rules=2",
            "first=1970-01-01T00:00:10Z",
            "last=1970-01-01T00:00:20Z",
            "rule=rule a (1)",
            "rule=rule b (1)"
        ]
    );
}

#[test]
fn many_matches_of_one_group_take_linear_time() {
    let measure = |correlation: &str, count: i64| {
        let section = correlation.replace("; ", "\n  ");
        let rules = set(&format!(
            "{}title: C\ncorrelation:\n  {section}",
            base_rules()
        ));
        assert_eq!(rules.problems(), []);
        let all: Vec<(i64, Value)> = (0..count)
            .map(|at| {
                let word = if at % 2 == 0 { "a" } else { "b" };
                (
                    at / 7,
                    json!({"E": word, "N": at * 7_919 % 10_007, "User": "x"}),
                )
            })
            .collect();
        let start = Instant::now();
        hunt(&rules, &all);
        start.elapsed().as_secs_f64()
    };
    for correlation in [
        "type: event_count; rules: [a]; group-by: [User]; timespan: 1d; condition: {gte: 100000000}",
        "type: value_count; rules: [a]; timespan: 1d; condition: {field: N, gte: 100000000}",
        "type: value_percentile; rules: [a]; timespan: 1d; condition: {field: N, percentile: 99, gte: 100000000}",
        "type: value_median; rules: [a]; timespan: 1h; condition: {field: N, gte: 1}",
        "type: temporal_ordered; rules: [a, b, c]; timespan: 1d",
        "type: temporal; rules: [a, b]; timespan: 1d",
    ] {
        let seconds = measure(correlation, 100_000);
        println!("{seconds:.2} s: {correlation}");
        assert!(seconds < 8.0, "{seconds:.2} s: {correlation}");
    }
}

#[test]
fn deep_and_wide_correlations_end() {
    // Each names the two before it: as many ways down as two to the 60th.
    let mut text = base_rules();
    let one = |name: &str, rules: &str| {
        format!(
            "title: {name}\nname: {name}\ncorrelation:\n  type: temporal\n  rules: [{rules}]\n  \
             group-by: [User]\n  timespan: 1m\n---\n"
        )
    };
    text += &one("x0", "a, b");
    text += &one("y0", "a, c");
    for level in 1..60 {
        let below = format!("x{0}, y{0}", level - 1);
        text += &one(&format!("x{level}"), &below);
        text += &one(&format!("y{level}"), &below);
    }
    let rules = set(&text);
    assert_eq!(rules.problems(), []);
    let (findings, _) = hunt(&rules, &events("1a:User=u 2b:User=u 3c:User=u"));
    assert_eq!(findings.len(), 2);
    // A chain that is too long ends where it is.
    let mut text = base_rules() + &one("z0", "a");
    for level in (1..200).rev() {
        text += &one(&format!("z{level}"), &format!("z{}", level - 1));
    }
    let rules = set(&text);
    assert_eq!(rules.correlations().count(), 64);
    assert_eq!(rules.problems().len(), 136);
    assert!(rules.problems()[0].reason.contains("nest deeper than 64"));
}
