//! What Sigma's words mean, one small rule and one event at a time.

use daylight_hunt::RuleSet;
use daylight_model::{Level, Limits, LogFamily};
use serde_json::{Value, json};

use crate::support::{event, findings};

/// A rule with this detection section, for the System log.
fn rules(detection: &str) -> RuleSet {
    let detection: String = detection
        .lines()
        .map(|line| format!("  {line}\n"))
        .collect();
    let text = format!(
        "title: t\nlogsource:\n  product: windows\n  service: system\ndetection:\n{detection}"
    );
    let mut rules = RuleSet::empty();
    rules.add_text(&text, "test.yml", "test", &Limits::default());
    assert_eq!(rules.problems(), [], "{detection}");
    rules
}

fn fires(rules: &RuleSet, fields: &Value) -> bool {
    let mut object = fields.as_object().unwrap().clone();
    object.entry("family").or_insert(json!("windows-system"));
    object.entry("channel").or_insert(json!("System"));
    !findings(rules, &event(&object)).is_empty()
}

/// Checks one selection, written as YAML, against fields.
#[track_caller]
fn check(selection: &str, fields: Value, expected: bool) {
    let selection: String = selection
        .lines()
        .map(|line| format!("  {line}\n"))
        .collect();
    let rules = rules(&format!("selection:\n{selection}condition: selection"));
    assert_eq!(fires(&rules, &fields), expected, "{selection}{fields}");
}

#[test]
fn texts() {
    check("A: cmd.exe", json!({"A": "CMD.EXE"}), true);
    check("a: cmd.exe", json!({"A": "cmd.exe"}), true);
    check("A: cmd.exe", json!({"A": "cmd.exe "}), false);
    check("A: cmd.exe", json!({"B": "cmd.exe"}), false);
    check("A: 'c?d*'", json!({"A": "cmd.exe"}), true);
    check(r"A: 'c\?d'", json!({"A": "cmd"}), false);
    check(r"A: 'c\?d'", json!({"A": "c?d"}), true);
    check(
        r"A: '\\\\server\share'",
        json!({"A": r"\\server\share"}),
        true,
    );
    check(r"A: 'C:\Windows\\*'", json!({"A": r"c:\windows\x"}), true);
    check(r"A: 'C:\Windows\*'", json!({"A": r"c:\windows\x"}), false);
    check("A|contains: WHO", json!({"A": "xx whoami"}), true);
    check("A|startswith: 'C:\\'", json!({"A": r"c:\x"}), true);
    check(
        "A|endswith: '\\cmd.exe'",
        json!({"A": r"C:\x\CMD.exe"}),
        true,
    );
    check("A|endswith: '\\cmd.exe'", json!({"A": "cmd.exe"}), false);
    check("A|contains: 'a*c'", json!({"A": "xxabcxx"}), true);
    check("A|contains: 'ä?ü'", json!({"A": "xÄÖÜx"}), true);
    check("A|cased: Abc", json!({"A": "abc"}), false);
    check("A|contains|cased: Abc", json!({"A": "xAbcx"}), true);
    check("A: '*'", json!({"A": ""}), true);
    check("A: '?*'", json!({"A": ""}), false);
    check("A: '*'", json!({"B": "x"}), false);
    check("A: [x, y]", json!({"A": "y"}), true);
    check("A|contains|all: [x, y]", json!({"A": "yx"}), true);
    check("A|contains|all: [x, y]", json!({"A": "x"}), false);
    check("A|all: ['*x*', 'y*']", json!({"A": "yx"}), true);
    check("A|neq: x", json!({"A": "y"}), true);
    check("A|neq: x", json!({"A": "X"}), false);
    check("A: x\nB: y", json!({"A": "x", "B": "y"}), true);
    check("A: x\nB: y", json!({"A": "x", "B": "z"}), false);
    check("- A: x\n- B: y", json!({"B": "y"}), true);
    check("- A: x\n  B: y\n- C: z", json!({"A": "x", "C": "y"}), false);
    check("A: x", json!({"A": ["y", "x"]}), true);
    check("A|contains|all: [x, y]", json!({"A": ["ax", "by"]}), true);
}

#[test]
fn numbers_null_and_presence() {
    check("A: 5", json!({"A": 5}), true);
    check("A: 5", json!({"A": "5"}), true);
    check("A: '5'", json!({"A": 5}), true);
    check("A: 5", json!({"A": "55"}), false);
    check("A: 5", json!({"A": "x5"}), false);
    check("A: 999", json!({"A": "0x3e7"}), true);
    check("A: 0x3e7", json!({"A": "999"}), true);
    check("A: '0x3e7'", json!({"A": 999}), false);
    check("A: 1.5", json!({"A": 1.5}), true);
    check("A: [4, 5, '6']", json!({"A": 6}), true);
    check("A|contains: 4", json!({"A": "x4x"}), true);
    check("A|contains: 4", json!({"A": 145}), true);
    check("A|gt: 5", json!({"A": "6"}), true);
    check("A|gt: 5", json!({"A": 5}), false);
    check("A|gte: 5", json!({"A": 5}), true);
    check("A|lt: 0x10", json!({"A": "0xf"}), true);
    check("A|lte: 5", json!({"A": "many"}), false);
    check("A: true", json!({"A": true}), true);
    check("A: true", json!({"A": "True"}), true);
    check("A: 'false'", json!({"A": false}), true);
    check("A: null", json!({"A": null}), true);
    check("A: null", json!({"B": "x"}), true);
    check("A: null", json!({"A": ""}), false);
    check("A:", json!({"A": "x"}), false);
    check("A: 'null'", json!({"A": "null"}), true);
    check("A: ''", json!({"A": ""}), true);
    check("A: ''", json!({"A": "x"}), false);
    check("A: ''", json!({"B": "x"}), false);
    check("A: [null, '']", json!({"A": ""}), true);
    check("A|exists: true", json!({"A": null}), true);
    check("A|exists: true", json!({"B": 1}), false);
    check("A|exists: false", json!({"B": 1}), true);
}

#[test]
fn patterns_networks_and_references() {
    check("A|re: 'w[a-z]+i$'", json!({"A": "xwhoami"}), true);
    check("A|re: 'W[a-z]+i$'", json!({"A": "xwhoami"}), false);
    check("A|re|i: 'W[a-z]+i$'", json!({"A": "xwhoami"}), true);
    check("A|re: '^b$'", json!({"A": "a\nb"}), false);
    check("A|re|m: '^b$'", json!({"A": "a\nb"}), true);
    check("A|re: 'a.b'", json!({"A": "a\nb"}), false);
    check("A|re|s: 'a.b'", json!({"A": "a\nb"}), true);
    check("A|re|all: [a, b]", json!({"A": "ba"}), true);
    check("A|re|all: [a, c]", json!({"A": "ba"}), false);
    check("A|re: [a, c]", json!({"A": "ba"}), true);
    check("A|re: '\\d{3}'", json!({"A": 1234}), true);
    check("A|cidr: 10.0.0.0/8", json!({"A": "10.1.2.3"}), true);
    check(
        "A|cidr: [10.0.0.0/8, 'fe80::/10']",
        json!({"A": "fe80::1"}),
        true,
    );
    check("A|cidr: 10.0.0.0/8", json!({"A": "110.1.2.3"}), false);
    check("A|cidr: 10.0.0.0/8", json!({"A": "ten"}), false);
    check("A|fieldref: B", json!({"A": "x", "B": "X"}), true);
    check("A|fieldref: B", json!({"A": "x", "B": "y"}), false);
    check("A|fieldref: B", json!({"A": "x"}), false);
    check("A|fieldref|cased: B", json!({"A": "x", "B": "X"}), false);
    check(
        "A|fieldref|startswith: B",
        json!({"A": "xyz", "B": "XY"}),
        true,
    );
    check(
        "A|fieldref|endswith: B",
        json!({"A": "xyz", "B": "yz"}),
        true,
    );
    check(
        "A|fieldref|contains: B",
        json!({"A": "xyz", "B": "y"}),
        true,
    );
}

#[test]
fn encodings() {
    // "powershell" at the three offsets of base64, as `printf 'xxpowershell' | base64` has it.
    for text in ["cG93ZXJzaGVsbA==", "eHBvd2Vyc2hlbGw=", "eHhwb3dlcnNoZWxs"] {
        check(
            "A|base64offset|contains: powershell",
            json!({"A": text}),
            true,
        );
    }
    check(
        "A|base64offset|contains: powershell",
        json!({"A": "cG93ZXI="}),
        false,
    );
    check(
        "A|base64|contains: foobar",
        json!({"A": "xZm9vYmFyx"}),
        true,
    );
    let utf16 = "-enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAKQA=";
    check(
        "A|wide|base64offset|contains: New-Object",
        json!({"A": utf16}),
        true,
    );
    check(
        "A|utf16le|base64offset|contains: New-Object",
        json!({"A": utf16}),
        true,
    );
    check(
        "A|utf16be|base64|contains: IEX",
        json!({"A": "xAEkARQBYx"}),
        true,
    );
    check(
        "A|wide|base64|contains: IEX",
        json!({"A": "xAEkARQBYx"}),
        false,
    );
    check(
        "A|utf16|base64|contains: IEX",
        json!({"A": "//5JAEUAWAA="}),
        true,
    );
    for dash in ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"] {
        let line = format!("x {dash}urlcache {dash}f y");
        check(
            "A|windash|contains|all: [' -urlcache ', ' -f ']",
            json!({"A": line}),
            true,
        );
    }
    check(
        "A|windash|contains: ' -f -g '",
        json!({"A": "x /f -g y"}),
        true,
    );
    check("A|windash|contains: ' -f '", json!({"A": "x +f y"}), false);
    check("A|windash|contains: 'a-b'", json!({"A": "a/b"}), false);
}

#[test]
fn keywords() {
    check(
        "- alpha\n- beta",
        json!({"text": "an Alpha particle"}),
        true,
    );
    check("- alpha\n- beta", json!({"text": "gamma"}), false);
    check("'|all': [alpha, beta]", json!({"text": "beta alpha"}), true);
    check("'|all': [alpha, beta]", json!({"text": "alpha"}), false);
    check(
        "'|all': [alpha, beta]",
        json!({"A": "xalpha", "B": "beta"}),
        true,
    );
    check(
        "- alpha",
        json!({"A": "alpha", "text": "something else"}),
        false,
    );
    check("- 'al*ha'", json!({"text": "x al--ha y"}), true);
    check("'|re': 'a[lr]pha'", json!({"text": "an arpha"}), true);
    check("- 42", json!({"A": 142}), true);
    check("- alpha\n- A: x", json!({"A": "x"}), true);
    check("- alpha\n- A: x", json!({"text": "alpha"}), true);
}

#[test]
fn wildcards_and_escapes() {
    let check = |value: &str, text: &str, expected: bool| {
        check(&format!("A: '{value}'"), json!({ "A": text }), expected);
    };
    // The possibilities that the specification lists under "Escaping".
    check(r"a\b", r"a\b", true);
    check(r"a\\b", r"a\b", true);
    check(r"a\*b", "a*b", true);
    check(r"a\*b", r"a\xb", false);
    check(r"a\?b", "a?b", true);
    check(r"a\\*b", r"a\xxb", true);
    check(r"a\\*b", "axxb", false);
    check(r"a\\\*b", r"a\*b", true);
    check(r"a\\\*b", r"a\xb", false);
    check(r"a\\\\b", r"a\\b", true);
    check(r"a\\\b", r"a\\b", true);
    check(r"*\", r"x\", true);
    check(r"\\*", r"\x", true);
    check("??", "ab", true);
    check("??", "a", false);
    check("?", "ä", true);
    check("?", "", false);
    check("**", "", true);
    check("*?*", "", false);
    check("*?*", "x", true);
    check("a*b*c", "a b b c", true);
    check("[a-z]+", "[a-z]+", true);
    check("%a%", "%a%", true);
}

#[test]
fn parts_of_times() {
    let time = || json!({"T": "2021-01-03 14:40:07.345"});
    check("T|hour: 14", time(), true);
    check("T|hour: [13, 15]", time(), false);
    check("T|hour: [13, 14]", time(), true);
    check("T|minute: 40", time(), true);
    check("T|day: 3\nT|month: 1\nT|year: 2021", time(), true);
    check("T|week: 53", time(), true);
    check("T|hour|gte: 14", time(), true);
    check("T|hour|gt: 14", time(), false);
    check("T|hour|lt: 6", time(), false);
    check("T|hour|neq: 14", time(), false);
    check("T|hour|neq: 13", time(), true);
    check("T|hour: 14", json!({"T": "many"}), false);
    check("T|hour: 14", json!({"T": 14}), false);
    check("T|hour: 14", json!({"B": 1}), false);
    check(
        "T|hour: 22",
        json!({"T": "2021-01-03T23:30:00+01:00"}),
        true,
    );
}

#[test]
fn combinations_of_modifiers() {
    check("A|re|i|m|s: '^b.c$'", json!({"A": "a\nB\nC"}), true);
    check(
        "A|re|ignorecase|multiline|dotall: '^b.c$'",
        json!({"A": "a\nB\nC"}),
        true,
    );
    check("A|re|i|all: [A, b]", json!({"A": "aB"}), true);
    check("A|re|neq: '^a'", json!({"A": "ab"}), false);
    check("A|cidr|neq: 10.0.0.0/8", json!({"A": "10.1.1.1"}), false);
    check(
        "A|cidr: '2001:db8::/32'",
        json!({"A": "2001:DB8:1::1"}),
        true,
    );
    check("A|fieldref|neq: B", json!({"A": "x", "B": "y"}), true);
    check("A|fieldref|neq: B", json!({"A": "x", "B": "X"}), false);
    check(
        "A|fieldref|contains|cased: B",
        json!({"A": "xYz", "B": "y"}),
        false,
    );
    check(
        "A|fieldref: [B, C]",
        json!({"A": "x", "B": "y", "C": "x"}),
        true,
    );
    check(
        "A|fieldref|all: [B, C]",
        json!({"A": "x", "B": "y", "C": "x"}),
        false,
    );
    check("A|contains|neq: [x, y]", json!({"A": "a y"}), false);
    check("A|contains|all|neq: [x, y]", json!({"A": "a y"}), true);
    check("A|neq: [5, 6]", json!({"A": 6}), false);
    check("A|neq: 5", json!({"B": 6}), true);
    check("A|all: x", json!({"A": "x"}), true);
    check("A|exists: yes", json!({"A": ""}), true);
    check("A|exists: false", json!({"A": null}), false);
    check("A|gt: 0x10", json!({"A": 17}), true);
    check("A|lt: '0x10'", json!({"A": "0xf"}), true);
    check("A|gte: 1.5", json!({"A": 1.5}), true);
    check("A|cased|startswith: Ab", json!({"A": "Abc"}), true);
    check("A|cased|startswith: Ab", json!({"A": "abc"}), false);
    check(
        "A|windash|contains|cased: ' -F'",
        json!({"A": "x /f"}),
        false,
    );
    check("'|contains': alpha", json!({"text": "an alpha"}), true);
    check("'|cased': Alpha", json!({"text": "an alpha"}), false);
    check("- alpha\n- 7\n- A: x", json!({"text": "number 7"}), true);
    check("- - alpha\n  - beta\n- A: x", json!({"text": "beta"}), true);
}

#[test]
fn null_empty_and_missing() {
    // Null: absent or without a value. Empty: there, and without text; a value that is null
    // has none. `exists` asks for the field alone.
    let states = [
        json!({"A": null}),
        json!({"A": ""}),
        json!({"B": "x"}),
        json!({"A": "x"}),
    ];
    let check_all = |selection: &str, expected: [bool; 4]| {
        for (state, expected) in states.iter().zip(expected) {
            check(selection, state.clone(), expected);
        }
    };
    check_all("A: null", [true, false, true, false]);
    check_all("A:", [true, false, true, false]);
    check_all("A: ''", [true, true, false, false]);
    check_all("A: ['', null]", [true, true, true, false]);
    check_all("A|exists: true", [true, true, false, true]);
    check_all("A|exists: false", [false, false, true, false]);
    check_all("A: '*'", [true, true, false, true]);
    check_all("A: '?*'", [false, false, false, true]);
    check_all("A|neq: null", [false, true, false, true]);
}

#[test]
fn hostile_rules_and_values_take_little_time() {
    let start = std::time::Instant::now();
    let long = "ab".repeat(500_000);
    let stars = "a*".repeat(10_000);
    check(&format!("A: '{stars}c'"), json!({"A": long}), false);
    check(
        &format!("A: '{}'", "*?".repeat(10_000)),
        json!({"A": "x".repeat(9_999)}),
        false,
    );
    check(
        &format!("A|contains: '{}'", "x?y".repeat(150)),
        json!({"A": long}),
        false,
    );
    check(
        "A|re: '(((((a+)+)+)+)+)+$'",
        json!({"A": format!("{long}!")}),
        false,
    );
    check("A|re: '(a|aa|b)*c'", json!({"A": long}), false);
    check("A|contains|all: [x, y]", json!({"A": long}), false);
    check("A|cidr: 10.0.0.0/8", json!({"A": long}), false);
    check("A|hour: 1", json!({"A": long}), false);
    check("A|gt: 1", json!({"A": "9".repeat(1_000_000)}), true);
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds:.2} s");
    assert!(seconds < 20.0, "{seconds:.2} s");
}

#[test]
fn conditions() {
    let check = |condition: &str, fields: Value, expected: bool| {
        let detection = "a_1:\n  A: 1\na_2:\n  A: 2\nb:\n  B: 1\n_c:\n  C: 1";
        let rules = rules(&format!("{detection}\ncondition: {condition}"));
        assert_eq!(fires(&rules, &fields), expected, "{condition} {fields}");
    };
    check("a_1 or b", json!({"B": 1}), true);
    check("a_1 and not b", json!({"A": 1}), true);
    check("a_1 and not b", json!({"A": 1, "B": 1}), false);
    check("1 of a_*", json!({"A": 2}), true);
    check("all of a_*", json!({"A": [1, 2]}), true);
    check("all of a_*", json!({"A": 1}), false);
    check("2 of them", json!({"A": 1, "B": 1}), true);
    check("2 of them", json!({"A": 1}), false);
    check("1 of them", json!({"C": 1}), false);
    check("_c", json!({"C": 1}), true);
    check("not 1 of them", json!({"C": 1}), true);
    check("not (a_1 or b) and _c", json!({"C": 1}), true);
    check("[a_1, b]", json!({"B": 1}), true);
    check("[a_1, b]", json!({"C": 1}), false);
}

#[test]
fn what_an_event_is_counts_as_its_fields() {
    let own = json!({"event_id": 7045, "provider": "Service Control Manager", "host": "PC1"});
    check("EventID: 7045", own.clone(), true);
    check("EventID: '7045'", own.clone(), true);
    check("EventID: 7036", own.clone(), false);
    check("Provider_Name: service control manager", own.clone(), true);
    check("Channel: System\nComputer|startswith: pc", own, true);
    check("ThreatName: x", json!({"Threat Name": "x"}), true);
}

/// Where a rule of a log source is run, and over which events.
#[test]
fn log_sources() {
    let check = |source: &str, selection: &str, expected: &str| {
        let text = format!(
            "title: t\nlogsource: {{ {source} }}\ndetection:\n  s: {{ {selection} }}\n  condition: s"
        );
        let mut rules = RuleSet::empty();
        rules.add_text(&text, "test.yml", "test", &Limits::default());
        assert_eq!(rules.problems(), [], "{source}");
        let rule = rules.rules().next().unwrap();
        assert_eq!(rule.level, Level::Medium);
        let shown: Vec<String> = rule
            .log_sources
            .iter()
            .map(|one| {
                let provider = one.provider.as_deref().unwrap_or("-");
                format!("{:?} {provider} {:?}", one.family, one.event_ids)
            })
            .collect();
        assert_eq!(shown.join("; "), expected, "{source} {selection}");
        let unread = usize::from(expected.is_empty());
        assert_eq!(rules.without_reader().count(), unread, "{source}");
    };
    let windows = |category: &str| format!("product: windows, category: {category}");
    let service = |service: &str| format!("product: windows, service: {service}");
    let sysmon = |ids: &str| format!("WindowsSysmon Microsoft-Windows-Sysmon [{ids}]");
    let audit = |id: &str| format!("; WindowsSecurity Microsoft-Windows-Security-Auditing [{id}]");
    check(
        &windows("process_creation"),
        "Image: x",
        &(sysmon("1") + &audit("4688")),
    );
    check(&windows("process_creation"), "Hashes: x", &sysmon("1"));
    check(
        &windows("network_connection"),
        "DestinationIp: x",
        &(sysmon("3") + &audit("5156")),
    );
    check(
        &windows("network_connection"),
        "DestinationHostname: x",
        &sysmon("3"),
    );
    check(&windows("file_event"), "A: x", &sysmon("11"));
    check(&windows("file_delete"), "A: x", &sysmon("23, 26"));
    check(&windows("registry_event"), "A: x", &sysmon("12, 13, 14"));
    check(&windows("registry_event"), "EventID: 13", &sysmon("13"));
    check(&windows("pipe_created"), "A: x", &sysmon("17, 18"));
    check(&windows("wmi_event"), "A: x", &sysmon("19, 20, 21"));
    check(
        &windows("ps_script"),
        "A: x",
        "WindowsPowershell - [4104]; PowershellTranscript - []",
    );
    check(
        &windows("ps_classic_start"),
        "A: x",
        "WindowsPowershell PowerShell [400]",
    );
    check(
        &service("security"),
        "EventID: [4720, 4688]",
        "WindowsSecurity - [4688, 4720]",
    );
    check(&service("system"), "A: x", "WindowsSystem - []");
    check(
        &service("application"),
        "Provider_Name: MSExchange Common, EventID: 4999",
        "WindowsApplication MSExchange Common [4999]",
    );
    check(
        &service("msexchange-management"),
        "A: x",
        "ExchangeManagement - []",
    );
    check(
        &service("taskscheduler"),
        "EventID: 106",
        "WindowsOther Microsoft-Windows-TaskScheduler [106]",
    );
    check(
        "category: webserver",
        "cs-method: GET",
        "Iis - []; WebAccess - []; Zeek http []; Suricata http []",
    );
    check("product: iis", "A: x", "Iis - []");
    check(
        "product: apache, category: webserver",
        "A: x",
        "WebAccess - []",
    );
    check("service: nginx", "A: x", "WebAccess - []");
    check(
        "category: proxy",
        "c-uri: x",
        "Zeek http []; Suricata http []",
    );
    check(
        "category: dns",
        "query: x",
        "DnsServer - []; Zeek dns []; Suricata dns []",
    );
    check(
        "category: firewall",
        "dst_port: 53",
        "WindowsFirewall - []; Zeek conn []; Suricata flow []",
    );
    check(
        "product: zeek, service: smb_files",
        "A: x",
        "Zeek smb_files []",
    );
    check(
        "product: aws, service: cloudtrail",
        "A: x",
        "CloudTrail - []",
    );
    check("product: m365, service: audit", "A: x", "M365Audit - []");
    check(
        "product: exchange, service: messagetracking",
        "A: x",
        "ExchangeTracking - []",
    );
    let linux = "product: linux";
    check(linux, "A: x", "Syslog - []; Auditd - []; SysmonLinux - []");
    check("product: linux, service: auditd", "A: x", "Auditd - []");
    check("product: linux, service: auth", "A: x", "Syslog - []");
    check("product: linux, service: sudo", "A: x", "Syslog sudo []");
    check("product: linux, service: nothing", "A: x", "");
    check(
        "product: linux, category: file_event",
        "A: x",
        "SysmonLinux - [11]",
    );
    check(
        "product: linux, category: process_creation",
        "CommandLine: x",
        "SysmonLinux - [1]; Auditd EXECVE []",
    );
    check(
        "product: exchange, service: httpproxy",
        "A: x",
        "ExchangeHttpProxy - []",
    );
    check(
        "product: exchange, service: ecp",
        "A: x",
        "ExchangeEcp - []",
    );
    check(
        "product: exchange, service: oab",
        "A: x",
        "ExchangeOab - []",
    );
    check(
        "product: linux, category: process_creation",
        "ParentImage: x",
        "SysmonLinux - [1]",
    );
    check("category: antivirus", "A: x", "");
    let service_of = |category: &str, service: &str| {
        format!("product: windows, category: {category}, service: {service}")
    };
    check(
        &service_of("process_creation", "security"),
        "Image: x",
        "WindowsSecurity Microsoft-Windows-Security-Auditing [4688]",
    );
    check(
        &service_of("process_creation", "sysmon"),
        "Image: x",
        &sysmon("1"),
    );
    check(
        &service_of("ps_script", "powershell"),
        "A: x",
        "WindowsPowershell - [4104]",
    );
    check(&service_of("ps_script", "security"), "A: x", "");
    check(
        "product: windows",
        "A: x",
        "WindowsSecurity - []; WindowsSysmon - []; WindowsSystem - []; WindowsApplication - []; \
         WindowsPowershell - []; ExchangeManagement - []; WindowsOther - []",
    );
}

#[test]
fn events_meet_only_the_rules_for_their_log() {
    let text = "title: t\nlogsource: {product: windows, service: taskscheduler}\n\
                detection:\n  s: {A: x}\n  condition: s";
    let mut rules = RuleSet::empty();
    rules.add_text(text, "test.yml", "test", &Limits::default());
    let check = |fields: Value, expected: bool| {
        let object = fields.as_object().unwrap().clone();
        let found = findings(&rules, &event(&object));
        assert_eq!(!found.is_empty(), expected, "{fields}");
    };
    let channel = "Microsoft-Windows-TaskScheduler/Operational";
    check(
        json!({"family": "windows-other", "channel": channel, "A": "x"}),
        true,
    );
    check(
        json!({"family": "windows-other", "channel": "Setup", "A": "x"}),
        false,
    );
    check(json!({"family": "windows-other", "A": "x"}), false);
    let provider = "Microsoft-Windows-TaskScheduler";
    check(
        json!({"family": "windows-other", "provider": provider, "A": "x"}),
        true,
    );
    check(
        json!({"family": "windows-other", "provider": "Setup", "A": "x"}),
        false,
    );
    check(
        json!({"family": "windows-system", "channel": channel, "A": "x"}),
        false,
    );
    // Forwarded events are of whoever wrote them.
    let collected = "ForwardedEvents";
    check(
        json!({"family": "windows-other", "channel": collected, "provider": provider, "A": "x"}),
        true,
    );
    check(
        json!({"family": "windows-other", "channel": collected, "provider": "Setup", "A": "x"}),
        false,
    );
}

#[test]
fn collected_events_meet_the_rules_for_the_log_they_come_from() {
    let check = |selection: &str, channel: &str, provider: &str, expected: bool| {
        let text = format!(
            "title: t\nlogsource: {{product: windows, service: system}}\n\
             detection:\n  s: {{{selection}}}\n  condition: s"
        );
        let mut rules = RuleSet::empty();
        rules.add_text(&text, "test.yml", "test", &Limits::default());
        assert_eq!(rules.rules().next().unwrap().log_sources.len(), 1);
        let object = json!({
            "family": "windows-other", "channel": channel, "provider": provider,
            "event_id": 7045, "A": "x",
        });
        let found = findings(&rules, &event(object.as_object().unwrap()));
        assert_eq!(
            !found.is_empty(),
            expected,
            "{selection} {channel} {provider}"
        );
    };
    let full = "Provider_Name: Service Control Manager, EventID: 7045";
    check(full, "ForwardedEvents", "Service Control Manager", true);
    check(full, "ForwardedEvents", "Other", false);
    check(full, "Setup", "Service Control Manager", false);
    check(
        "EventID: 7045",
        "ForwardedEvents",
        "Service Control Manager",
        false,
    );
}

#[test]
fn one_event_id_of_sysmon_serves_several_categories() {
    let check = |category: &str, event_type: &str, expected: bool| {
        let text = format!(
            "title: t\nlogsource: {{product: windows, category: {category}}}\n\
             detection:\n  s: {{A: x}}\n  condition: s"
        );
        let mut rules = RuleSet::empty();
        rules.add_text(&text, "test.yml", "test", &Limits::default());
        let object = json!({
            "family": "windows-sysmon", "event_id": 12, "EventType": event_type, "A": "x",
        });
        let found = findings(&rules, &event(object.as_object().unwrap()));
        assert_eq!(!found.is_empty(), expected, "{category} {event_type}");
    };
    check("registry_add", "CreateKey", true);
    check("registry_add", "DeleteKey", false);
    check("registry_delete", "DeleteValue", true);
    check("registry_delete", "CreateKey", false);
    check("registry_event", "DeleteKey", true);
    check("registry_set", "CreateKey", false);
}

#[test]
fn long_values_are_shown_around_what_matched() {
    let rules = rules("s:\n  A|contains: needle\ncondition: s");
    let long = format!("{}NEEDLE{}", "x".repeat(5_000), "y".repeat(5_000));
    let object = json!({"family": "windows-system", "A": long});
    let found = findings(&rules, &event(object.as_object().unwrap()));
    let value = &found[0].matched[0].value;
    assert!(value.contains("NEEDLE") && value.len() < 320, "{value}");
}

#[test]
fn rules_and_indicators_can_be_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<RuleSet>();
    check::<daylight_hunt::IndicatorSet>();
    check::<daylight_hunt::Hunter<'_>>();
}

#[test]
fn findings_say_what_matched_and_where() {
    let rules = rules("s:\n  A|contains: b\n  EventID: 5\nf:\n  C: 1\ncondition: s and not f");
    let long = format!("{}b", "ä".repeat(500));
    let object = json!({
        "family": "windows-system", "channel": "System", "provider": "P", "event_id": 5,
        "host": "PC1", "a": long, "Image": "x.exe", "D": "unrelated",
    });
    let mut found = findings(&rules, &event(object.as_object().unwrap()));
    let mut finding = found.pop().unwrap();
    assert_eq!(finding.family, LogFamily::WindowsSystem);
    assert_eq!(finding.host.as_deref(), Some("PC1"));
    assert_eq!(
        (finding.channel.as_deref(), finding.provider.as_deref()),
        (Some("System"), Some("P"))
    );
    let names: Vec<&str> = finding
        .matched
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(names, ["a", "EventID"]);
    assert!(finding.matched[0].value.len() < 310);
    assert_eq!(finding.context[0].field, "Image");
    assert!(finding.id.is_empty() && finding.file.is_empty());

    let source = daylight_model::SourceRecord {
        path: "case.zip!System.evtx".into(),
        sha256: "00ff".into(),
        ..Default::default()
    };
    daylight_hunt::attach_source(&mut finding, &source);
    assert_eq!(finding.file, "case.zip!System.evtx");
    assert_eq!(finding.file_sha256, "00ff");
    let id = finding.id.clone();
    assert!(id.starts_with("sighting--"));
    finding.record += 1;
    daylight_hunt::attach_source(&mut finding, &source);
    assert_ne!(finding.id, id);
}

#[test]
fn the_audit_log_speaks_in_other_words() {
    let text = "title: t\nlogsource: {product: windows, category: process_creation}\n\
                detection:\n  s: {Image: c.exe, ParentImage: p.exe, User: 'NT AUTHORITY\\SYSTEM',\
                IntegrityLevel: System}\n  condition: s";
    let mut rules = RuleSet::empty();
    rules.add_text(text, "test.yml", "test", &Limits::default());
    assert_eq!(rules.problems(), []);
    let mut object = json!({
        "family": "windows-security", "event_id": 4688, "NewProcessName": "c.exe",
        "ParentProcessName": "p.exe", "SubjectUserSid": "S-1-5-18", "SubjectUserName": "PC1$",
        "SubjectDomainName": "D", "TargetUserSid": "S-1-0-0", "TargetUserName": "-",
        "MandatoryLabel": "S-1-16-16384",
    });
    assert_eq!(
        findings(&rules, &event(object.as_object().unwrap())).len(),
        1
    );
    object["TargetUserSid"] = json!("S-1-5-21-1-2-3-1105");
    object["TargetUserName"] = json!("jane");
    assert!(findings(&rules, &event(object.as_object().unwrap())).is_empty());
}

#[test]
fn user_agents_match_with_blanks_as_sent_and_as_logged() {
    let check = |condition: &str, expected: bool| {
        let text = format!(
            "title: t\nlogsource: {{category: webserver}}\n\
             detection:\n  s: {{{condition}}}\n  condition: s"
        );
        let mut rules = RuleSet::empty();
        rules.add_text(&text, "test.yml", "test", &Limits::default());
        assert_eq!(rules.problems(), []);
        let object = json!({
            "family": "iis", "cs(User-Agent)": "Mozilla/5.0+(Windows+NT+10.0)",
            "cs(Referer)": "a+b",
        });
        let found = findings(&rules, &event(object.as_object().unwrap()));
        assert_eq!(!found.is_empty(), expected, "{condition}");
    };
    check("cs-user-agent|contains: '(Windows NT'", true);
    check("cs-user-agent|contains: '(Windows+NT'", true);
    check("cs(User-Agent): 'Mozilla/5.0 (Windows NT 10.0)'", true);
    check("cs-user-agent: 'Mozilla/5.0 (Windows+NT 10.0)'", false);
    check("cs-referer: 'a b'", false);
}
