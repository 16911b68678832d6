//! JSON in the shapes that tools export Windows events in, and JSON of nobody we know.

use daylight_model::LogFamily;

use crate::support::{Kept, problems, read_content};

/// Reads one record and compares what it was taken for, then its fields.
fn check(
    json: &str,
    identity: (LogFamily, &str, &str, Option<u32>, &str, &str),
    fields: &[(&str, &str)],
) -> Kept {
    let outcome = read_content(json);
    assert_eq!(problems(&outcome.record), [""; 0], "{json}");
    assert_eq!(outcome.events.len(), 1, "{json}");
    let event = outcome.events.into_iter().next().expect("an event");
    let found = (
        event.family,
        event.channel.as_str(),
        event.provider.as_str(),
        event.event_id,
        event.host.as_str(),
        event.time.as_str(),
    );
    assert_eq!(found, identity, "{json}");
    for (name, expected) in fields {
        assert_eq!(event.field(name), *expected, "{name} in {json}");
    }
    event
}

#[test]
fn flat_windows_event() {
    let event = check(
        r#"{"SourceName":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"mail.example.test","@timestamp":"2021-03-03T06:30:11.250Z","EventID":11,"Message":"File created:\r\nImage: w3wp.exe","TargetFilename":"C:\\inetpub\\x.aspx"}"#,
        (
            LogFamily::WindowsSysmon,
            "Microsoft-Windows-Sysmon/Operational",
            "Microsoft-Windows-Sysmon",
            Some(11),
            "mail.example.test",
            "2021-03-03T06:30:11.25Z",
        ),
        &[
            ("TargetFilename", r"C:\inetpub\x.aspx"),
            ("Provider_Name", "Microsoft-Windows-Sysmon"),
            ("Computer", "mail.example.test"),
            ("EventID", "11"),
        ],
    );
    assert_eq!(event.text, "File created:\r\nImage: w3wp.exe");
    assert_eq!(event.text, event.field("Message"));
}

#[test]
fn cmdlet_with_a_message_and_no_fields() {
    let message = "Cmdlet succeeded. Cmdlet Get-OabVirtualDirectory, parameters -Server \"mail\".";
    let json = serde_json::json!({
        "ProviderName": "MSExchange CmdletLogs", "Channel": "MSExchange Management", "EventID": "1",
        "ComputerName": "mail", "TimeCreated": "2021-03-03 06:30:11", "Message": message,
    });
    let event = check(
        &json.to_string(),
        (
            LogFamily::ExchangeManagement,
            "MSExchange Management",
            "MSExchange CmdletLogs",
            Some(1),
            "mail",
            "2021-03-03T06:30:11Z",
        ),
        &[("Provider_Name", "MSExchange CmdletLogs")],
    );
    assert_eq!(event.text, message);
}

#[test]
fn winlogbeat_nested_and_dotted() {
    let identity = (
        LogFamily::WindowsSecurity,
        "Security",
        "Microsoft-Windows-Security-Auditing",
        Some(4688),
        "dc01.example.test",
        "2021-03-03T06:30:11.25Z",
    );
    let fields = [
        ("CommandLine", "cmd /c whoami"),
        ("EventID", "4688"),
        ("Channel", "Security"),
        ("Provider_Name", "Microsoft-Windows-Security-Auditing"),
        ("Message", "A new process."),
        ("host.name", "collector"),
    ];
    let nested = serde_json::json!({
        "@timestamp": "2021-03-03T06:30:11.250Z",
        "host": {"name": "collector"},
        "message": "A new process.",
        "winlog": {
            "channel": "Security", "provider_name": "Microsoft-Windows-Security-Auditing", "event_id": 4688,
            "computer_name": "dc01.example.test", "event_data": {"CommandLine": "cmd /c whoami"},
        },
    });
    check(&nested.to_string(), identity, &fields);
    check(
        &serde_json::json!({"_index": "x", "_source": nested}).to_string(),
        identity,
        &fields,
    );
    let dotted = serde_json::json!({
        "@timestamp": "2021-03-03T06:30:11.250Z", "host.name": "collector", "message": "A new process.",
        "winlog.channel": "Security", "winlog.provider_name": "Microsoft-Windows-Security-Auditing",
        "winlog.event_id": "4688", "winlog.computer_name": "dc01.example.test",
        "winlog.event_data.CommandLine": "cmd /c whoami",
    });
    check(&dotted.to_string(), identity, &fields);
    let version_6 = serde_json::json!({
        "@timestamp": "2021-03-03T06:30:11.250Z", "host": {"name": "collector"}, "message": "A new process.",
        "log_name": "Security", "source_name": "Microsoft-Windows-Security-Auditing", "event_id": 4688,
        "computer_name": "dc01.example.test", "event_data": {"CommandLine": "cmd /c whoami"},
    });
    check(&version_6.to_string(), identity, &fields);
}

fn system(id: &serde_json::Value, provider: (&str, &str)) -> serde_json::Value {
    serde_json::json!({
        provider.0: {"Name": "Service Control Manager"}, "EventID": id, "Channel": "System", "Computer": "web1",
        "Level": 4, provider.1: {"SystemTime": "2021-03-03T06:30:11.2500000Z"},
    })
}

#[test]
fn event_system_and_event_data() {
    let identity = (
        LogFamily::WindowsSystem,
        "System",
        "Service Control Manager",
        Some(7045),
        "web1",
        "2021-03-03T06:30:11.25Z",
    );
    let fields = [
        ("ServiceName", "updater"),
        ("ImagePath", r"C:\x.exe"),
        ("Provider_Name", "Service Control Manager"),
        ("EventID", "7045"),
        ("Level", "4"),
        ("Channel", "System"),
        ("xmlns", "(none)"),
    ];
    let data = serde_json::json!({"ServiceName": "updater", "ImagePath": r"C:\x.exe"});
    let data_as_xml = serde_json::json!({"Data": [
        {"@Name": "ServiceName", "#text": "updater"},
        {"#attributes": {"Name": "ImagePath"}, "#text": r"C:\x.exe"},
        {"@Name": "Empty"},
    ]});
    let plain = serde_json::json!(7045);
    let with_attributes = serde_json::json!({"#attributes": {"Qualifiers": 16384}, "#text": 7045});
    let separated = ("Provider_attributes", "TimeCreated_attributes");
    for (id, names) in [(&plain, separated), (&with_attributes, separated)] {
        let event = serde_json::json!({"Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": system(id, names), "EventData": data,
        }});
        check(&event.to_string(), identity, &fields);
    }
    let attributes = |value: &str| serde_json::json!({"#attributes": {value.split_once('=').expect("=").0: value.split_once('=').expect("=").1}});
    let event = serde_json::json!({
        "System": {
            "Provider": attributes("Name=Service Control Manager"), "EventID": plain, "Channel": "System",
            "Computer": "web1", "Level": 4, "TimeCreated": attributes("SystemTime=2021-03-03T06:30:11.25Z"),
        },
        "EventData": data_as_xml,
    });
    let event = check(&event.to_string(), identity, &fields);
    assert_eq!(event.field("Empty"), "");
}

#[test]
fn unnamed_data_and_user_data() {
    let provider = ("Provider_attributes", "TimeCreated_attributes");
    let identity = (
        LogFamily::WindowsSystem,
        "System",
        "Service Control Manager",
        Some(1),
        "web1",
        "2021-03-03T06:30:11.25Z",
    );
    let system = system(&serde_json::json!(1), provider);
    for data in [
        serde_json::json!({"Data": ["one", "two"]}),
        serde_json::json!({"Data": {"#text": ["one", "two"]}}),
        serde_json::json!({"Data": [{"#text": "one"}, {"#text": "two"}]}),
    ] {
        let event = serde_json::json!({"Event": {"System": system, "EventData": data}});
        check(&event.to_string(), identity, &[("Data", "one|two")]);
    }
    let event = serde_json::json!({"Event": {"System": system, "UserData": {
        "LogFileCleared": {"#attributes": {"xmlns": "x"}, "SubjectUserName": "admin", "Nested": {"Deep": 1}},
    }}});
    let fields = [
        ("SubjectUserName", "admin"),
        ("Deep", "1"),
        ("LogFileCleared_xmlns", "(none)"),
    ];
    check(&event.to_string(), identity, &fields);
}

#[test]
fn powershell_export() {
    check(
        r#"[{"Id":4624,"ProviderName":"Microsoft-Windows-Security-Auditing","LogName":"Security","MachineName":"web1","TimeCreated":"\/Date(1614753011250)\/","Properties":[{"Value":"a"},{"Value":"b"}]}]"#,
        (
            LogFamily::WindowsSecurity,
            "Security",
            "Microsoft-Windows-Security-Auditing",
            Some(4624),
            "web1",
            "2021-03-03T06:30:11.25Z",
        ),
        &[
            ("Channel", "Security"),
            ("EventID", "4624"),
            ("Properties.Value", "a|b"),
        ],
    );
}

#[test]
fn json_of_an_unknown_product() {
    check(
        r#"{"ts":1614753011.25,"id.orig_h":"192.0.2.7","http":{"host":"a.test","codes":[200,302]},"event_id":7,"none":null,"big":18446744073709551615,"ok":true,"half":0.5}"#,
        (LogFamily::Json, "", "", None, "", "2021-03-03T06:30:11.25Z"),
        &[
            ("id.orig_h", "192.0.2.7"),
            ("http.host", "a.test"),
            ("http.codes", "200|302"),
            ("none", ""),
            ("big", "18446744073709551615"),
            ("ok", "true"),
            ("half", "0.5"),
        ],
    );
}

#[test]
fn layouts_of_files() {
    let ids = |content: &str| {
        let outcome = read_content(content);
        let ids: Vec<String> = outcome
            .events
            .iter()
            .map(|event| event.field("n"))
            .collect();
        let offsets: Vec<u64> = outcome.events.iter().map(|event| event.offset).collect();
        let problems = problems(&outcome.record);
        (outcome.record.kind, ids.join(","), offsets, problems)
    };
    let check = |content: &str, kind: &str, expected: &str, offsets: &[u64]| {
        assert_eq!(
            ids(content),
            (
                kind.to_owned(),
                expected.to_owned(),
                offsets.to_vec(),
                vec![]
            ),
            "{content}"
        );
    };
    check("{\"n\":1}\n{\"n\":2}\n", "json-lines", "1,2", &[0, 8]);
    check("{\"n\":1}\r\n\r\n{\"n\":2}", "json-lines", "1,2", &[0, 11]);
    check(
        "\u{feff}{\"n\":1}\n{\"n\":2}\n",
        "json-lines",
        "1,2",
        &[3, 11],
    );
    check(
        "{\"n\":1}{\"n\":2}\n{\"n\":3}\n",
        "json-lines",
        "1,2,3",
        &[0, 0, 15],
    );
    check("[{\"n\":1},{\"n\":2}]", "json", "1,2", &[1, 9]);
    check(
        "[\n  {\"n\": \"}\\\"{\"},\n  {\"n\": 2}\n]\n",
        "json",
        "}\"{,2",
        &[4, 21],
    );
    check("{\n \"n\": 1\n}\n{\n \"n\": 2\n}", "json", "1,2", &[0, 12]);
    check("[]", "json", "", &[]);
}

#[test]
fn broken_records_are_located_and_still_seen() {
    let outcome =
        read_content("{\"n\":1}\n{\"n\":2, \"cmd\": \"whoami\n{\"n\":3}\n17\n{\"n\":4}\n{\"n\"");
    let found: Vec<String> = outcome
        .events
        .iter()
        .map(|event| format!("{}{}", event.field("n"), event.text))
        .collect();
    assert_eq!(
        found,
        [
            "1",
            "(none){\"n\":2, \"cmd\": \"whoami",
            "3",
            "4",
            "(none){\"n\""
        ]
    );
    assert_eq!(outcome.record.records_failed, 3);
    let places: Vec<_> = outcome
        .record
        .problems
        .iter()
        .map(|problem| (problem.offset, problem.record))
        .collect();
    assert_eq!(
        places,
        [(Some(8), Some(2)), (Some(39), Some(4)), (Some(50), Some(6))]
    );
}

#[test]
fn a_broken_object_in_an_array_costs_itself() {
    let check = |content: &str, expected: &[&str], failed: u64| {
        let outcome = read_content(content);
        let shown = |event: &Kept| {
            if event.text.is_empty() {
                event.field("n")
            } else {
                event.text.clone()
            }
        };
        let found: Vec<String> = outcome.events.iter().map(shown).collect();
        assert_eq!(found, expected, "{content}");
        assert_eq!(outcome.record.records_failed, failed, "{content}");
        assert_eq!(
            outcome.record.problems[0].offset,
            content.find("{\"n\":2").map(|at| at as u64)
        );
    };
    check(
        "[{\"n\":1},\n{\"n\":2,\"c\":\"x},\n{\"n\":3}]",
        &["1", "{\"n\":2,\"c\":\"x},", "3"],
        1,
    );
    check(
        "[{\"n\":1},\n{\"n\":2,\"c\":{\"x\":1},\n{\"n\":3},\n{\"n\":4}\n]",
        &["1", "{\"n\":2,\"c\":{\"x\":1},", "3", "4", "]"],
        1,
    );
    check("[{\"n\":1},\n{\"n\":2", &["1", "{\"n\":2"], 1);
}

#[test]
fn statistics_are_bounded() {
    let line = |number: u32| {
        format!("{{\"EventID\":{number},\"Channel\":\"C\",\"Computer\":\"host{number}\"}}\n")
    };
    let outcome = read_content((0..6_000).map(line).collect::<String>());
    assert_eq!(outcome.events.len(), 6_000);
    assert!(
        outcome.record.statistics.len() < 4_200,
        "{}",
        outcome.record.statistics.len()
    );
    assert_eq!(outcome.record.hosts.len(), 1_024);
}

#[test]
fn utf16_keeps_true_offsets() {
    for (mark, unit) in [
        ("\u{feff}", u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("\u{feff}", u16::to_be_bytes),
        ("", u16::to_le_bytes),
        ("", u16::to_be_bytes),
    ] {
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(unit).collect() };
        let start = wide(mark).len() as u64;
        let first = "{\"n\":\"plain ascii first\"}\r\n";
        let second = "{\"n\":\"é 日本 😀\"}\r\n";
        let third = "{\"n\":\"last\"}";
        let outcome = read_content(wide(&format!("{mark}{first}{second}{third}")));
        let found: Vec<_> = outcome
            .events
            .iter()
            .map(|event| (event.offset, event.field("n")))
            .collect();
        let after_first = start + wide(first).len() as u64;
        let after_second = after_first + wide(second).len() as u64;
        let expected = [
            (start, "plain ascii first"),
            (after_first, "é 日本 😀"),
            (after_second, "last"),
        ];
        assert_eq!(
            found,
            expected.map(|(offset, text)| (offset, text.to_owned()))
        );
    }
}

#[test]
fn clocks_that_disagree_are_measured() {
    let differences = |times: &[(&str, &str)]| {
        let line = |(time, other): &(&str, &str)| {
            format!(
                r#"{{"@timestamp":"{time}","UtcTime":"{other}","Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","EventID":1}}"#
            )
        };
        let lines: Vec<String> = times.iter().map(line).collect();
        let found = read_content(lines.join("\n")).record.clock_differences;
        found
            .into_iter()
            .map(|found| (found.used, found.difference_seconds, found.events))
            .collect::<Vec<_>>()
    };
    let late = [
        ("2021-03-14T01:39:30Z", "2021-03-14 06:39:29.500"),
        ("2021-03-14T01:39:31Z", "2021-03-14 06:39:31.000"),
        ("2021-03-14T01:39:32Z", "2021-03-14 06:39:32.000"),
    ];
    assert_eq!(differences(&late), [("@timestamp".to_owned(), 18_000, 3)]);
    assert_eq!(
        differences(&[("2021-03-14T01:39:30Z", "2021-03-14 01:39:29.500"); 4]),
        []
    );
    let unsteady = [
        ("2021-03-14T01:00:00Z", "2021-03-14 02:00:00"),
        ("2021-03-14T01:00:00Z", "2021-03-14 05:00:00"),
        late[0],
        late[1],
    ];
    assert_eq!(differences(&unsteady), []);
}
