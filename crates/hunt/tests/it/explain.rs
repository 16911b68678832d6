//! Why rules match events, or do not.

use daylight_hunt::{Error, Explainer, LogFit, QuestionKind, RuleSet, Step, Subject, Summary};
use daylight_model::{Event, Limits};
use serde_json::json;

use crate::support::event;

const RULE: &str = r"
title: Shell from a browser
id: 7f1d6c3a-shell
logsource: {product: windows, category: process_creation}
detection:
  selection_img:
    Image|endswith: [\cmd.exe, \powershell.exe]
  selection_cli:
    CommandLine|contains|all: [-enc, hidden]
  filter_main:
    ParentImage|endswith: \explorer.exe
  condition: all of selection_* and not filter_main
";

fn rules(texts: &[&str]) -> RuleSet {
    let mut rules = RuleSet::empty();
    for (text, number) in texts.iter().zip(0..) {
        rules.add_text(text, &format!("{number}.yml"), "test", &Limits::default());
    }
    rules
}

fn explainers<'r>(rules: &'r RuleSet, words: &str) -> Vec<Explainer<'r>> {
    match rules.look_up(words).unwrap() {
        Subject::Rules { explainers, .. } => explainers,
        other => panic!("{words}: {other:?}"),
    }
}

fn process(fields: serde_json::Value) -> Event<'static> {
    let mut all = json!({
        "family": "windows-sysmon",
        "channel": "Microsoft-Windows-Sysmon/Operational",
        "provider": "Microsoft-Windows-Sysmon",
        "event_id": 1,
    });
    let own = all.as_object_mut().unwrap();
    own.extend(fields.as_object().unwrap().clone());
    event(own)
}

/// A tree, one line a step: indented, with what holds and what was found.
fn drawn(step: &Step, depth: usize, lines: &mut Vec<String>) {
    let question = &step.question;
    let name = question.name.as_ref().map(|name| format!("{name}: "));
    let field = question.field.as_ref().map(|field| format!("{field} "));
    let found: Vec<String> = step
        .found
        .iter()
        .map(|found| {
            format!(
                " [{} = {} +{}]",
                found.field,
                found.values.join(" | "),
                found.more
            )
        })
        .collect();
    lines.push(format!(
        "{}{} {}{}{}{}",
        "  ".repeat(depth),
        if step.holds { "+" } else { "-" },
        name.unwrap_or_default(),
        field.unwrap_or_default(),
        question.asked,
        found.concat()
    ));
    for step in &step.steps {
        drawn(step, depth + 1, lines);
    }
}

#[track_caller]
fn check(rule: &str, event: &Event<'_>, expected: &[&str]) {
    let rules = rules(&[rule]);
    assert_eq!(rules.problems(), []);
    let id = rules.rules().next().unwrap().id.clone();
    let explanation = explainers(&rules, &id)[0].event(event);
    let mut lines = Vec::new();
    drawn(&explanation.condition, 0, &mut lines);
    assert_eq!(lines, expected);
    let matches = !rules.matches_by_definition(event).is_empty();
    assert_eq!(explanation.matches, matches);
}

fn detection(text: &str) -> String {
    format!("title: T\nlogsource: {{product: windows}}\ndetection:\n{text}")
}

#[test]
fn a_condition_is_a_tree_of_its_detections() {
    let seen = process(json!({
        "Image": r"C:\Windows\System32\cmd.exe",
        "CommandLine": "cmd /c powershell -Enc AAAA",
    }));
    check(
        RULE,
        &seen,
        &[
            "- all of",
            "  - all of",
            r"    + selection_img: Image ends with '\cmd.exe' or '\powershell.exe' [Image = C:\Windows\System32\cmd.exe +0]",
            "    - selection_cli: all of",
            "      + CommandLine contains '-enc' [CommandLine = cmd /c powershell -Enc AAAA +0]",
            "      - CommandLine contains 'hidden' [CommandLine = cmd /c powershell -Enc AAAA +0]",
            "  + not",
            r"    - filter_main: ParentImage ends with '\explorer.exe'",
        ],
    );
}

#[test]
fn every_kind_of_test_has_its_words() {
    let rule = detection(
        r"  a:
    A: [x, 'y*', '*z', '*in*', 'a*b?\*', '*']
  b:
    B|cased: [One, Two, Three, Four, Five, Six]
  c:
    C|re|i: ^a+$
    D|cidr: [10.0.0.0/8, 'fe80::/10']
    E: 7
    F|gte: 8
    G: null
    H|exists: true
    I|exists: false
    J|fieldref|endswith: A
    K|hour|lt: 6
    L|neq: l
  keywords: [needle, 'second needle']
  condition: a and 2 of (a, b, c) and keywords and c",
    );
    let rule = rule.replace("2 of (a, b, c)", "2 of them");
    let seen = event(
        json!({
            "family": "windows-system", "A": ["x", "y", "z", "w", "longer"], "D": "10.1.1.1", "E": 7,
            "F": "7", "G": null, "J": "suffix", "N": "a Needle",
        })
        .as_object()
        .unwrap(),
    );
    let mut a = r"a: A is 'x', or starts with 'y', or ends with 'z', or contains 'in', or is like 'a*b?\*', or has any value [A = x | y | z +2]".to_owned();
    a.insert_str(0, "+ ");
    check(
        &rule,
        &seen,
        &[
            "- all of",
            &format!("  {a}"),
            "  + at least 2 of",
            "    + a: as above",
            "    - b: B is 'One', 'Two', 'Three', 'Four' or one of 2 more (case counts)",
            "    - c: all of",
            "      - C matches /(?i)^a+$/",
            "      + D is in 10.0.0.0/8 or fe80::/10 [D = 10.1.1.1 +0]",
            "      + E is 7 [E = 7 +0]",
            "      - F is at least 8 [F = 7 +0]",
            "      + G is absent or without a value [G = (no value) +0]",
            "      - H is there",
            "      + I is absent",
            "      + J ends with the field a [J = suffix +0] [A = x | y | z +2]",
            "      - K has a time whose hour is less than 6",
            "      + not",
            "        - L is 'l'",
            "    + keywords: contains 'needle' or 'second needle' [N = a Needle +0]",
            "  + keywords: as above",
            "  - c: as above",
        ],
    );
}

#[test]
fn the_log_is_part_of_the_answer() {
    let rules = rules(&[RULE]);
    let explainer = &explainers(&rules, "Shell from a BROWSER")[0];
    let fit = |change: serde_json::Value| explainer.fit(&process(change));
    assert_eq!(fit(json!({})), LogFit::Fits);
    assert_eq!(fit(json!({"family": "iis"})), LogFit::OtherFamily);
    assert_eq!(fit(json!({"event_id": 3})), LogFit::OtherEventId);
    assert_eq!(fit(json!({"provider": "Other"})), LogFit::OtherChannel);
    let wanted = explainer.wanted();
    assert_eq!(wanted.len(), 2, "{wanted:?}");
    assert_eq!(wanted[1].source.event_ids, [1]);
    let registry = detection("  s: {Details: x}\n  condition: s").replace(
        "{product: windows}",
        "{product: windows, category: registry_add}",
    );
    let rules = self::rules(&[&registry]);
    let explainer = &explainers(&rules, "T")[0];
    let seen = process(json!({"event_id": 12, "EventType": "DeleteKey"}));
    assert_eq!(explainer.fit(&seen), LogFit::OtherEventType);
}

fn summary(rules: &RuleSet, words: &str, events: &[Event<'_>]) -> Summary {
    let explainers = explainers(rules, words);
    let mut tally = explainers[0].tally();
    events.iter().for_each(|event| tally.event(event));
    tally.summary()
}

#[test]
fn events_are_counted_part_by_part() {
    let rules = rules(&[RULE]);
    let cmd = r"C:\Windows\System32\cmd.exe";
    let mut events = vec![
        process(json!({"family": "iis"})),
        process(json!({"event_id": 5})),
        process(json!({"Image": "other.exe"})),
        process(json!({"Image": cmd, "record": 1})),
        process(json!({"Image": cmd, "CommandLine": "-enc"})),
        process(json!({"Image": cmd, "CommandLine": "-enc"})),
    ];
    for (event, record) in events.iter_mut().zip(1..) {
        event.record = record;
    }
    let found = summary(&rules, "7f1d", &events);
    assert_eq!((found.events, found.of_log, found.matched), (6, 4, 0));
    assert_eq!((found.other_family, found.other_event_id), (1, 1));
    let selections = &found.condition.steps[0].steps;
    assert_eq!(selections[0].held, 3);
    assert_eq!((selections[1].held, selections[1].steps[0].held), (0, 2));
    assert_eq!(
        (selections[1].steps[1].held, selections[1].steps[1].absent),
        (0, 2)
    );
    assert_eq!(
        found.closest.as_ref().unwrap().record,
        5,
        "the first that came closest"
    );

    events.push(process(json!({"Image": cmd, "CommandLine": "-enc hidden"})));
    events.push(process(
        json!({"Image": cmd, "CommandLine": "-enc hidden again"}),
    ));
    for (event, record) in events.iter_mut().zip(1..) {
        event.record = record;
    }
    let found = summary(&rules, "7f1d", &events);
    assert_eq!(found.matched, 2);
    let closest = found.closest.unwrap();
    assert!(closest.matches && closest.record == 7);
    assert!(
        serde_json::to_string(&closest)
            .unwrap()
            .contains(r#""asked":"contains '-enc'""#)
    );
}

#[test]
fn filters_bear_their_title() {
    let filter = "title: Our own tools\nlogsource: {product: windows}\nfilter:\n  rules: [7f1d6c3a-shell]\n  \
                  own: {User: admin}\n  condition: not own\n";
    let rules = rules(&[RULE, filter]);
    assert_eq!(rules.problems(), []);
    let found = summary(&rules, "7f1d", &[process(json!({"User": "admin"}))]);
    let mut lines = Vec::new();
    drawn(&found.closest.unwrap().condition, 0, &mut lines);
    let at = lines
        .iter()
        .position(|line| line.contains("Our own tools"))
        .unwrap();
    assert_eq!(lines[at], r#"  - filter "Our own tools": not"#);
    assert_eq!(
        lines[at + 1],
        "    + own: User is 'admin' [User = admin +0]"
    );
}

#[test]
fn rules_are_found_by_what_people_call_them() {
    let other = RULE.replace("7f1d6c3a-shell", "7f1e-other");
    let third = RULE
        .replace("7f1d6c3a-shell", "aaaa")
        .replace("Shell from", "Shells of");
    let broken = RULE
        .replace("7f1d6c3a-shell", "bbbb-broken")
        .replace("endswith", "wrong");
    let many = "title: Many\nid: many\ncorrelation:\n  type: event_count\n  rules: [aaaa, 7f1e-other]\n  \
                timespan: 5m\n  group-by: [User]\n  condition: {gte: 3}\n";
    let rules = rules(&[RULE, &other, &third, &broken, many]);
    let id = |words: &str| explainers(&rules, words)[0].rule().id.clone();
    assert_eq!(id("7f1d6c3a-shell"), "7f1d6c3a-shell");
    assert_eq!(id("7F1D"), "7f1d6c3a-shell");
    assert_eq!(id(" shells of a browser "), "aaaa");
    let members = explainers(&rules, "many");
    let ids: Vec<&str> = members.iter().map(|one| one.rule().id.as_str()).collect();
    assert_eq!(ids, ["aaaa", "7f1e-other"]);
    for words in ["7f1", "Shell from a browser"] {
        let Err(Error::SeveralRules {
            found, count: 2, ..
        }) = rules.look_up(words)
        else {
            panic!("{words}");
        };
        assert!(found[1].starts_with("7f1e-other"), "{found:?}");
    }
    let Err(Error::NoSuchRule { nearest, .. }) = rules.look_up("Shels of a browser") else {
        panic!();
    };
    assert_eq!(nearest[0], "aaaa  Shells of a browser");
    assert!(matches!(rules.look_up(""), Err(Error::NoSuchRule { .. })));
    assert!(matches!(rules.look_up("ä"), Err(Error::NoSuchRule { .. })));
    for words in ["bbbb-broken", "bbbb"] {
        let Ok(Subject::Unusable(problems)) = rules.look_up(words) else {
            panic!("{words}");
        };
        assert!(problems[0].reason.contains("wrong"), "{problems:?}");
    }
}

#[test]
fn rules_without_a_reader_say_what_they_wanted() {
    let other = RULE.replace("product: windows", "product: macos");
    let rules = rules(&[&other]);
    let explainer = &explainers(&rules, "7f1d")[0];
    assert_eq!(explainer.wanted(), []);
    assert_eq!(
        explainer.log_words(),
        "product: macos, category: process_creation"
    );
    assert_eq!(explainer.fit(&process(json!({}))), LogFit::OtherFamily);
}

/// A detection that is named a thousand times is shown once.
#[test]
fn explanations_are_no_larger_than_their_rules() {
    let values: Vec<String> = (0..1_000).map(|number| format!("v{number}")).collect();
    let names = vec!["s"; 1_000].join(" or ");
    let rule = detection(&format!(
        "  s:\n    A|contains|all: [{}]\n  condition: {names}",
        values.join(", ")
    ));
    let rules = rules(&[&rule]);
    assert_eq!(rules.problems(), []);
    let explanation = explainers(&rules, "T")[0].event(&process(json!({"A": "x".repeat(100_000)})));
    let steps = &explanation.condition.steps;
    assert_eq!(steps.len(), 1_000);
    assert_eq!(steps[0].steps.len(), 1_000);
    assert!(
        steps[1..]
            .iter()
            .all(|step| step.question.kind == QuestionKind::Again)
    );
    assert!(steps[0].steps[0].found[0].values[0].len() < 400);
}
