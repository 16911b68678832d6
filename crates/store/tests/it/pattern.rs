//! Patterns; the suites of others run over them in CI (tests/stix_patterns).

use daylight_store::pattern::{Observations, Pattern};
use serde_json::{Value, json};

/// Two hosts, one second apart; the second was seen twice.
fn observed() -> Vec<Value> {
    let one = |second: u32, number: u64, objects: Value| {
        let time = format!("2021-03-01T00:00:0{second}Z");
        json!({ "type": "observed-data", "first_observed": time, "last_observed": time,
            "number_observed": number, "objects": objects })
    };
    vec![
        one(
            1,
            1,
            json!({
                "0": { "type": "file", "name": "a.exe", "size": 10, "hashes": { "MD5": "00" }, "content_ref": "1" },
                "1": { "type": "artifact", "payload_bin": "YWJj", "url": "http://a.example/" },
            }),
        ),
        one(
            2,
            2,
            json!({ "0": { "type": "ipv4-addr", "value": "192.0.2.7" } }),
        ),
    ]
}

#[track_caller]
fn check(pattern: &str, expected: Result<bool, &str>) {
    let observed = observed();
    let observations = Observations::of(&observed).unwrap();
    let found = Pattern::parse(pattern)
        .map_err(|error| error.to_string())
        .and_then(|pattern| Ok(pattern.find(&observations)?.is_some()));
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{pattern}"),
        (Err(reason), Err(part)) => assert!(reason.contains(part), "{pattern}: {reason}"),
        (found, expected) => panic!("{pattern}: {found:?}, not {expected:?}"),
    }
}

#[test]
fn what_holds_and_what_does_not() {
    for (pattern, holds) in [
        ("[file:name = 'a.exe' AND file:size > 9.5]", true),
        ("[file:name LIKE '%.e_e' AND file:hashes.MD5 = '00']", true),
        ("[file:name = 'a.exe' AND file:size NOT IN (9, 10)]", false),
        ("[EXISTS file:size] AND [NOT EXISTS ipv4-addr:number]", true),
        ("[EXISTS file:size] AND [file:size = 10]", false),
        ("[file:content_ref.payload_bin = h'616263']", true),
        ("[file:content_ref.payload_bin MATCHES '^a.c$']", true),
        (
            "[ipv4-addr:value ISSUBSET '192.0.2.0/24'] REPEATS 2 TIMES",
            true,
        ),
        (
            "[ipv4-addr:value ISSUBSET '192.0.2.0/24'] REPEATS 3 TIMES",
            false,
        ),
        ("[ipv4-addr:value ISSUPERSET '192.0.2.0/24']", false),
        (
            "[file:size = 10] FOLLOWEDBY [ipv4-addr:value = '192.0.2.7']",
            true,
        ),
        (
            "[ipv4-addr:value = '192.0.2.7'] FOLLOWEDBY [file:size = 10]",
            false,
        ),
        (
            "([file:size = 10] AND [ipv4-addr:value != 'x']) WITHIN 1 SECONDS",
            true,
        ),
        (
            "([file:size = 10] AND [ipv4-addr:value != 'x']) WITHIN .5 SECONDS",
            false,
        ),
        (
            "[file:size = 10] START t'2021-03-01T00:00:01Z' STOP t'2021-03-01T00:00:02Z'",
            true,
        ),
        (
            "[file:size = 10] START t'2021-03-01T00:00:00Z' STOP t'2021-03-01T00:00:01Z'",
            false,
        ),
        // `[a AND b]` asks for one object, `[a] AND [b]` for two observations.
        ("[file:size = 10 AND artifact:payload_bin = 'abc']", false),
        ("[file:size = 10 OR file:size = 11]", true),
    ] {
        check(pattern, Ok(holds));
    }
}

#[test]
fn what_is_no_pattern() {
    for (pattern, part) in [
        ("", "expected `[`"),
        ("[file:size = ]", "at byte 13: expected a constant"),
        ("[file:size = 1280", "expected `]`"),
        ("[file.size = 1]", "expected `:`"),
        ("[a:b-c = 1]", "in quotes"),
        ("[a:b = 'x]", "without its end"),
        ("[a:b = 'x\\y']", "backslash"),
        ("[a:b = b'====']", "no base64"),
        ("[a:b = t'2021-13-01T00:00:00Z']", "no time"),
        ("[a:b LIKE 5]", "cannot be compared so"),
        ("[a:b = 1] within 5 SECONDS", "end of the pattern"),
        (
            "[file:size = 10 AND file:name = t'2021-01-01T00:00:00Z']",
            "no point in time",
        ),
        ("[file:name MATCHES '(']", "regex parse error"),
        ("[file:size IN (1, 'a')]", "one kind"),
    ] {
        check(pattern, Err(part));
    }
    let deep = format!("{}[a:b = 1]{}", "(".repeat(10_000), ")".repeat(10_000));
    check(&deep, Err("nest deeper"));
    let long = vec!["[a:b = 1]"; 10_000].join(" AND ");
    check(&long, Err("more than 1000 observations"));
}

#[test]
fn what_the_grammar_allows_and_the_specification_does_not() {
    let problems = |pattern: &str| Pattern::parse(pattern).unwrap().problems();
    assert_eq!(
        problems("[file:hashes.'SHA-256' = 'f00']"),
        ["`f00` is no SHA-256"]
    );
    assert_eq!(
        problems("[a:b = 1] WITHIN 5 SECONDS WITHIN 6 SECONDS"),
        ["WITHIN stands there twice"]
    );
    assert!(problems("[file:hashes.MD5 LIKE 'f%'] REPEATS 2 TIMES WITHIN 6 SECONDS").is_empty());
}

/// Too many ways to fit are an error, not a wait without end.
#[test]
fn ways_are_counted() {
    let observed: Vec<Value> = (0..60)
        .map(|second| {
            json!({ "type": "observed-data", "number_observed": 1,
            "first_observed": format!("2021-03-01T00:00:{second:02}Z"),
            "last_observed": format!("2021-03-01T00:00:{second:02}Z"),
            "objects": { "0": { "type": "file", "size": 1 } } })
        })
        .collect();
    let pattern = Pattern::parse("[file:size = 1] REPEATS 30 TIMES WITHIN 5 SECONDS").unwrap();
    let found = pattern.find(&Observations::of(&observed).unwrap());
    assert!(found.unwrap_err().contains("ways to fit"));
}
