//! Filters, rule collections and placeholders: what one document does to others.

use daylight_hunt::{Placeholders, RuleSet};
use daylight_model::Limits;
use serde_json::{Value, json};

use crate::support::{event, findings};

fn system_rule(id: &str, selection: &str) -> String {
    format!(
        "title: {id}\nid: {id}\nname: name-{id}\nlogsource: {{product: windows, service: system}}\n\
         detection:\n  s: {{{selection}}}\n  condition: s\n"
    )
}

fn filter(source: &str, rules: &str, rest: &str) -> String {
    format!("title: f\nid: f\nlogsource: {{{source}}}\nfilter:\n  rules: {rules}\n  {rest}\n")
}

fn fired(rules: &RuleSet, fields: &Value) -> Vec<String> {
    let mut object = fields.as_object().unwrap().clone();
    object.insert("family".into(), json!("windows-system"));
    let found = findings(rules, &event(&object));
    found.iter().map(|one| one.rule.id.clone()).collect()
}

fn set(texts: &[&str]) -> RuleSet {
    let mut rules = RuleSet::empty();
    for (number, text) in texts.iter().enumerate() {
        rules.add_text(text, &format!("{number}.yml"), "test", &Limits::default());
    }
    rules
}

#[test]
fn filters_narrow_the_rules_they_name() {
    let (one, two) = (system_rule("one", "A: x"), system_rule("two", "A: x"));
    let source = "product: windows";
    let without = "selection: {User|startswith: adm_}\n  condition: not selection";
    let check = |filter: &str, expected: &[&str]| {
        // Before the rules, between them and behind.
        for texts in [
            [filter, &one, &two],
            [&one, filter, &two],
            [&one, &two, filter],
        ] {
            let rules = set(&texts);
            assert_eq!(rules.problems(), [], "{filter}");
            assert_eq!(
                fired(&rules, &json!({"A": "x", "User": "jane"})),
                ["one", "two"]
            );
            let found = fired(&rules, &json!({"A": "x", "User": "ADM_jane"}));
            assert_eq!(found, expected, "{filter}");
        }
    };
    check(&filter(source, "[one]", without), &["two"]);
    check(&filter(source, "name-two", without), &["one"]);
    check(&filter(source, "[one, name-two]", without), &[]);
    check(&filter(source, "any", without), &[]);
    check(
        &filter("category: process_creation", "any", without),
        &["one", "two"],
    );
    check(
        &filter("product: windows, service: system", "all", without),
        &[],
    );
    let several = "a: {User: jane}\n  b: {User: joe}\n  condition: 1 of them";
    check(&filter(source, "[one]", several), &["two"]);
}

#[test]
fn filters_that_cannot_be_used() {
    let old = "title: old\nid: old\nlogsource: {product: windows, service: system}\n\
               detection: {s: {A: x}, condition: s | count() > 1}";
    let correlation = "title: C\nid: C\ncorrelation: {type: temporal, rules: [one], timespan: 1m}";
    let check = |filter: &str, reason: &str| {
        let rules = set(&[&system_rule("one", "A: x"), old, correlation, filter]);
        let [problem] = rules.problems() else {
            panic!("{filter}\n{:#?}", rules.problems());
        };
        assert!(problem.reason.contains(reason), "{problem:?}");
        assert_eq!(problem.path, "3.yml");
    };
    let source = "product: windows";
    let rest = "selection: {A: x}\n  condition: not selection";
    check(
        &filter(source, "[nobody]", rest),
        "there is no rule `nobody`",
    );
    check(
        &filter("service: security", "[one]", rest),
        "of another log source",
    );
    check(&filter(source, "[]", rest), "names no rule");
    check(&filter(source, "[C]", rest), "is a correlation");
    check(
        &filter(source, "[one]", "selection: {A: x}"),
        "`condition` is missing",
    );
    check(
        &filter(source, "[one]", "condition: selection"),
        "names `selection`",
    );
    check("title: f\nfilter: {rules: any}", "`condition` is missing");
    // A rule with an aggregation is filtered before anything is counted.
    let rules = set(&[old, &filter(source, "[old]", rest)]);
    assert_eq!(rules.problems(), []);
}

#[test]
fn many_filters_of_one_rule_do_not_nest() {
    let rules: String = (0..20_000)
        .map(|number| {
            format!(
                "title: f\nlogsource: {{product: windows}}\nfilter: {{rules: [one], s: {{U: {number}}}, condition: not s}}\n---\n"
            )
        })
        .collect();
    let rules = set(&[&system_rule("one", "A: x"), &rules]);
    assert_eq!(rules.problems(), []);
    assert_eq!(fired(&rules, &json!({"A": "x", "U": 20_000})), ["one"]);
    assert!(fired(&rules, &json!({"A": "x", "U": 19_999})).is_empty());
}

#[test]
fn rule_collections() {
    let check = |text: &str, fields: Value, expected: &[&str]| {
        let rules = set(&[text]);
        assert_eq!(rules.problems(), [], "{text}");
        assert_eq!(fired(&rules, &fields), expected, "{text}");
    };
    let global = "action: global\ntitle: g\nid: g\nlogsource: {product: windows, service: system}\n\
                  detection: {condition: s}\n---\n";
    let text = format!(
        "{global}detection: {{s: {{A: x}}}}\n---\nid: own\ndetection: {{s: {{B: x}}}}\n---\n\
         detection: {{s: {{A: x}}}}\n"
    );
    check(&text, json!({"A": "x", "B": "x"}), &["g", "own", "g-2"]);
    // Globals add up, what stands in a document comes before them, and reset forgets.
    let text = format!(
        "{global}action: global\ndetection: {{s: {{A: x}}}}\n---\ndetection: {{t: {{B: x}}, condition: s and t}}\n---\n\
         action: reset\n---\n{}",
        system_rule("plain", "A: x")
    );
    check(&text, json!({"A": "x"}), &["plain"]);
    check(&text, json!({"A": "x", "B": "x"}), &["g", "plain"]);
    let text = format!(
        "{}---\naction: repeat\nid: again\ndetection: {{s: {{A: y}}}}\n---\naction: repeat\ndetection: {{s: {{B: z}}}}\n",
        system_rule("first", "A: x")
    );
    check(&text, json!({"A": "x"}), &["first"]);
    check(&text, json!({"A": "y"}), &["again"]);
    check(&text, json!({"A": "y", "B": "z"}), &["again", "again-2"]);

    let problem = |text: &str, reason: &str| {
        let rules = set(&[text]);
        let [problem] = rules.problems() else {
            panic!("{text}\n{:#?}", rules.problems());
        };
        assert!(problem.reason.contains(reason), "{problem:?}");
    };
    problem("action: repeat\ntitle: x", "nothing stands before");
    problem("action: odd\ntitle: x", "`odd` is no action");
    let huge = format!(
        "action: global\nx: [{}]\n---\n{}",
        "1,".repeat(100_000),
        "{}\n---\n".repeat(1_000)
    );
    let rules = set(&[&huge]);
    let last = rules.problems().last().unwrap();
    assert!(last.reason.contains("grows beyond"), "{last:?}");
    assert!(rules.problems().len() < 20);
}

#[test]
fn placeholders_stand_for_given_values() {
    let text = |selection: &str| system_rule("one", selection);
    let list = |values: &[&str]| values.iter().map(|one| (*one).to_owned()).collect();
    let known: Placeholders = [
        ("Servers".to_owned(), list(&["srv*", "dc1"])),
        ("words".to_owned(), list(&["alpha", "beta"])),
    ]
    .into_iter()
    .collect();
    let check = |selection: &str, value: &str, expected: bool| {
        let mut rules = RuleSet::empty();
        rules.set_placeholders(known.clone());
        rules.add_text(&text(selection), "t.yml", "test", &Limits::default());
        assert_eq!(rules.problems(), [], "{selection}");
        let found = fired(&rules, &json!({"A": value}));
        assert_eq!(!found.is_empty(), expected, "{selection} {value}");
    };
    check("A|expand: '%Servers%'", "SRV7", true);
    check("A|expand: '%Servers%'", "xsrv7", false);
    check("A|expand: ['%Servers%', other]", "other", true);
    check("A: '%Servers%'", "dc1", false);
    check("A: '%Servers%'", "%Servers%", true);
    check("A|contains|expand: '\\%a%words%'", "x%aBetax", true);
    check("A|contains|all|expand: ['%words%', x]", "x beta", true);
    check("A|contains|all|expand: ['%words%', x]", "beta", false);
    check(
        "A|contains|all|expand: ['%words%', '%Servers%']",
        "alpha dc1",
        true,
    );
    check("A|neq|expand: '%words%'", "beta", false);
    check("A|neq|expand: '%words%'", "gamma", true);
    check("A|re|expand: '^%words%$'", "beta", true);
    check("A|expand|base64|contains: '%words%'", "YWxwaGE=", true);
}
