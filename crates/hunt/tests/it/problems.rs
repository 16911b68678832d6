//! Rules that cannot be used are named, and the others still are.

use std::fs;
use std::path::Path;

use daylight_hunt::{Error, RuleSet};
use daylight_model::Limits;

/// What is wrong with a rule of this text: line and a part of the reason.
#[track_caller]
fn check(text: &str, line: Option<usize>, reason: &str) {
    let mut rules = RuleSet::empty();
    rules.add_text(text, "bad.yml", "test", &Limits::default());
    let [problem] = rules.problems() else {
        panic!("{text}\n{:#?}", rules.problems());
    };
    assert_eq!(problem.line, line, "{text}\n{problem:?}");
    assert!(problem.reason.contains(reason), "{text}\n{problem:?}");
    assert_eq!(rules.rules().count(), 0, "{text}");
}

fn rule(detection: &str) -> String {
    format!(
        "title: t\nid: an-id\nlogsource: {{product: windows, service: system}}\ndetection:\n{detection}"
    )
}

#[test]
fn unusable_rules() {
    check("", Some(1), "no rule");
    check("title: [", Some(2), "YAML");
    check("title: t\ntitle: u", Some(2), "twice");
    check("title: &a t\nid: *a", Some(2), "aliases");
    check("id: x", Some(1), "`detection` is missing");
    check(
        "title: t\ndetection: {a: {b: c}, condition: a}",
        Some(1),
        "`logsource` is missing",
    );
    check(&rule("  a: {A: 1}"), Some(5), "`condition` is missing");
    check(&rule("  a: {A: 1}\n  condition: b"), Some(5), "names `b`");
    check(
        &rule("  a: {A: 1}\n  condition: 1 of b*"),
        Some(5),
        "selects nothing",
    );
    check(
        &rule("  a: {A: 1}\n  condition: a | count() near b"),
        Some(6),
        "aggregation",
    );
    check(
        &rule("  a: {A: 1}\n  timeframe: 5x\n  condition: a | count() > 5"),
        Some(6),
        "no stretch of time",
    );
    check(
        &rule("  a: {A|expand: '%x%'}\n  condition: a"),
        Some(5),
        "placeholder `%x%` needs values",
    );
    check(
        &rule("  a: {A|odd: x}\n  condition: a"),
        Some(5),
        "modifier `odd` is not known",
    );
    check(
        &rule("  a:\n    B: x\n    A|re: '(?=x)y'\n  condition: a"),
        Some(7),
        "regular expression",
    );
    check(
        &rule("  a: {A|re: '(\\w{1000}){1000}'}\n  condition: a"),
        Some(5),
        "size limit",
    );
    let many = vec!["x"; 257].join(", ");
    check(
        &rule(&format!("  a: {{A|re: [{many}]}}\n  condition: a")),
        Some(5),
        "more than 256 regular expressions",
    );
    check(
        &rule("  a: {A|cidr: 10.0.0.0/99}\n  condition: a"),
        Some(5),
        "no network",
    );
    check(
        &rule("  a: {A|gt: many}\n  condition: a"),
        Some(5),
        "no number",
    );
    check(
        &rule("  a: {A|exists: perhaps}\n  condition: a"),
        Some(5),
        "true or false",
    );
    check(
        &rule("  a: {A|base64: 'x*'}\n  condition: a"),
        Some(5),
        "wildcards",
    );
    check(
        &rule("  a: {A|utf16: x}\n  condition: a"),
        Some(5),
        "base64",
    );
    check(&rule("  a: {A: []}\n  condition: a"), Some(5), "no values");
    check(&rule("  a: []\n  condition: a"), Some(5), "empty");
    check(
        &rule("  a: {A: {B: c}}\n  condition: a"),
        Some(5),
        "a value was expected",
    );
    check(
        &format!("{}\nlevel: dire", rule("  a: {A: 1}\n  condition: a")),
        Some(7),
        "no level",
    );
    let deep = |depth: usize| format!("a: {}1{}", "[".repeat(depth), "]".repeat(depth));
    check(&deep(100), Some(1), "nested deeper than 64");
    check(&deep(100_000), Some(1), "recursion limit");
    let nested = format!(
        "  a: {{A: 1}}\n  condition: {}a{}",
        "(".repeat(900),
        ")".repeat(900)
    );
    check(&rule(&nested), Some(6), "deeper");
}

#[test]
fn modifiers_that_make_no_sense() {
    let check = |key: &str, value: &str, reason: &str| {
        let detection = format!("  a: {{'{key}': {value}}}\n  condition: a");
        check(&rule(&detection), Some(5), reason);
    };
    check(
        "A|contains|startswith",
        "x",
        "`contains` and `startswith` cannot be combined",
    );
    check(
        "A|startswith|endswith",
        "x",
        "`startswith` and `endswith` cannot",
    );
    check("A|contains|contains", "x", "`contains` stands twice");
    check("A|re|contains", "x", "`re` and `contains` cannot");
    check("A|contains|re", "x", "`contains` and `re` cannot");
    check("A|re|cidr", "x", "`re` and `cidr` cannot");
    check("A|re|cased", "x", "`re` and `cased` cannot");
    check("A|base64|re", "x", "`base64` and `re` cannot");
    check("A|i", "x", "`i` must stand behind `re`");
    check("A|i|re", "x", "`i` must stand behind `re`");
    check(
        "A|cidr|contains",
        "10.0.0.0/8",
        "`cidr` and `contains` cannot",
    );
    check("A|exists|all", "true", "`exists` stands alone");
    check("A|all|exists", "true", "`exists` stands alone");
    check("A|exists|contains", "true", "`exists` stands alone");
    check("A|gt|lt", "5", "`gt` and `lt` cannot");
    check("A|gt|contains", "5", "`gt` and `contains` cannot");
    check("A|gt|hour", "5", "`hour` must stand before the comparison");
    check("A|hour|day", "5", "`hour` and `day` cannot");
    check("A|hour", "x", "compared with a number");
    check("A|hour|contains", "5", "`hour` and `contains` cannot");
    check("A|fieldref|re", "B", "`fieldref` and `re` cannot");
    check("A|fieldref|base64", "B", "`fieldref` and `base64` cannot");
    check("A|base64|expand", "x", "`expand` must stand before");
    check("A|wide|utf16be|base64", "x", "`wide` and `utf16be` cannot");
    check("A|re", "[x, null]", "needs a text");
    check("A|gt", "null", "a number is needed");
    check("A|exists", "[true, false]", "true or false");
    for (modifier, value) in [
        ("exists", "true"),
        ("cidr", "10.0.0.0/8"),
        ("gt", "5"),
        ("hour", "5"),
        ("fieldref", "B"),
    ] {
        check(&format!("|{modifier}"), value, "needs a field");
    }
    check("|all", "[x, null]", "null needs a field");
}

#[test]
fn one_bad_rule_costs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let good = rule("  a: {A: 1}\n  condition: a");
    let other = good.replace("an-id", "other-id");
    fs::create_dir(folder.path().join("deeper")).unwrap();
    fs::write(folder.path().join("a.yml"), "title: [").unwrap();
    fs::write(
        folder.path().join("b.yaml"),
        format!("{good}\n---\ntitle: x\n---\n{other}"),
    )
    .unwrap();
    fs::write(folder.path().join("deeper/c.yml"), &good).unwrap();
    fs::write(folder.path().join("d.yml"), [0xff, 0xfe, 0x00]).unwrap();
    fs::write(folder.path().join("notes.txt"), "no rule").unwrap();

    let mut rules = RuleSet::empty();
    rules
        .add_directory(folder.path(), &Limits::default())
        .unwrap();
    let ids: Vec<&str> = rules.rules().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["an-id", "other-id"]);
    let problems = rules.problems();
    let shown: Vec<String> = problems
        .iter()
        .map(|problem| {
            let file = problem.path.rsplit('/').next().unwrap();
            format!(
                "{file} {:?} {}",
                problem.line,
                problem.rule_id.as_deref().unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "a.yml Some(2) -",
            "b.yaml Some(8) -",
            "d.yml None -",
            "c.yml Some(1) an-id"
        ]
    );

    let missing = rules.add_directory(&folder.path().join("nowhere"), &Limits::default());
    let message = missing.unwrap_err().to_string();
    assert!(message.contains("nowhere"), "{message}");
    let mut limits = Limits::default();
    limits.files_max = 2;
    let many = RuleSet::empty().add_directory(folder.path(), &limits);
    assert!(matches!(many, Err(Error::TooMany { .. })));
}

/// What is wrong with a folder's files: name and reason.
fn problems_in(folder: &Path) -> (usize, Vec<String>) {
    let mut rules = RuleSet::empty();
    rules.add_directory(folder, &Limits::default()).unwrap();
    let problems = rules.problems().iter().map(|problem| {
        let name = problem.path.rsplit('/').next().unwrap();
        format!("{name}: {}", problem.reason)
    });
    (rules.rules().count(), problems.collect())
}

#[test]
fn hostile_folders_are_read_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let good = rule("  a: {A: 1}\n  condition: a");
    for number in 0..10_000 {
        let text = good.replace("an-id", &format!("id-{number}"));
        fs::write(path.join(format!("r{number}.yml")), text).unwrap();
    }
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\n";
    fs::write(path.join("x-bomb.yml"), bomb).unwrap();
    fs::write(path.join("x-bytes.yml"), b"title: \xff\n").unwrap();
    let large = fs::File::create(path.join("x-large.yml")).unwrap();
    large.set_len(50 << 20).unwrap();
    let keys: String = (0..60_000).map(|key| format!("k{key}: 1\n")).collect();
    fs::write(path.join("x-keys.yml"), keys).unwrap();
    let (rules, problems) = problems_in(path);
    assert_eq!(rules, 10_000);
    assert_eq!(
        problems,
        [
            "x-bomb.yml: YAML aliases are not accepted in rules",
            "x-bytes.yml: is not UTF-8 at byte 7",
            "x-keys.yml: `detection` is missing",
            "x-large.yml: larger than the limit of 1048576 bytes",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_are_not_followed_for_ever() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("deeper")).unwrap();
    for name in ["a", "b", "deeper/c", "deeper/d"] {
        symlink(path, path.join(name)).unwrap();
    }
    symlink(path.join("nowhere"), path.join("gone.yml")).unwrap();
    let good = rule("  a: {A: 1}\n  condition: a");
    fs::write(path.join("deeper/rule.yml"), good).unwrap();
    let (rules, problems) = problems_in(path);
    assert_eq!(rules, 1);
    let read_already = |name| format!("{name}: leads to a folder that is read already");
    assert_eq!(problems[..4], ["a", "b", "c", "d"].map(read_already));
    assert!(problems[4].starts_with("gone.yml: "), "{problems:?}");
    assert_eq!(problems.len(), 5);
}
