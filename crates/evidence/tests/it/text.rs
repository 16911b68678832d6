//! IIS logs and lines of text.

use daylight_evidence::Options;
use daylight_model::LogFamily;

use crate::support::{problems, read_content, read_content_with};

const IIS: &str = "\
#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2021-03-03 06:30:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query cs-username c-ip cs(User-Agent) sc-status
2021-03-03 06:30:11 10.0.0.4 GET /owa/auth/logon.aspx url=a%20b - 203.0.113.9 Mozilla/5.0+(Windows+NT+10.0) 200
2021-03-03 06:30:12 10.0.0.4 POST /ecp/y.js - - 203.0.113.9 ExchangeServicesClient/0.0.0.0 241
#Date: 2021-03-04 00:00:00
#Fields: time c-ip cs-uri-stem s-computername
00:00:01 198.51.100.1 /aspnet_client/x.aspx MAIL01
00:00:02 198.51.100.1
";

#[test]
fn iis_with_fields_that_change() {
    let outcome = read_content(IIS);
    assert_eq!(outcome.record.kind, "iis-w3c");
    assert_eq!(outcome.record.hosts, ["MAIL01"]);
    let events = &outcome.events;
    assert!(events.iter().all(|event| event.family == LogFamily::Iis));
    let times: Vec<&str> = events.iter().map(|event| event.time.as_str()).collect();
    let expected = [
        "2021-03-03T06:30:11Z",
        "2021-03-03T06:30:12Z",
        "2021-03-04T00:00:01Z",
        "2021-03-04T00:00:02Z",
    ];
    assert_eq!(times, expected);
    assert_eq!(
        events[0].field("cs(User-Agent)"),
        "Mozilla/5.0+(Windows+NT+10.0)"
    );
    assert_eq!(events[0].field("cs-username"), "");
    assert_eq!(events[1].field("cs-uri-stem"), "/ecp/y.js");
    assert_eq!(events[2].field("cs-uri-stem"), "/aspnet_client/x.aspx");
    assert_eq!(
        (events[1].record, events[1].offset),
        (6, IIS.find("2021-03-03 06:30:12").unwrap() as u64)
    );
    assert!(events[1].text.contains("ExchangeServicesClient"));
    let last = IIS.find("00:00:02").unwrap();
    assert_eq!(
        problems(&outcome.record),
        [format!("{last}/10: line has 2 fields; #Fields names 4")]
    );
    let statistic = &outcome.record.statistics[0];
    assert_eq!((statistic.family, statistic.count), (LogFamily::Iis, 4));
    let days: Vec<_> = statistic
        .days
        .iter()
        .map(|(day, count)| (day.as_str(), *count))
        .collect();
    assert_eq!(days, [("2021-03-03", 2), ("2021-03-04", 2)]);
}

#[test]
fn other_w3c_logs_are_no_iis() {
    let outcome = read_content(
        "#Software: Microsoft HTTP API 2.0\n#Fields: date time c-ip s-reason\n2021-03-03 06:30:11 192.0.2.1 Timer\n",
    );
    assert_eq!(outcome.record.kind, "w3c");
    assert_eq!(outcome.events[0].family, LogFamily::Text);
    assert_eq!(outcome.events[0].field("s-reason"), "Timer");
}

#[test]
fn plain_lines() {
    let outcome = read_content("first line\n\n  \nlast \u{fffd}\n");
    let found: Vec<_> = outcome
        .events
        .iter()
        .map(|event| (event.record, event.offset, event.text.as_str()))
        .collect();
    assert_eq!(found, [(1, 0, "first line"), (4, 15, "last \u{fffd}")]);
    let latin = read_content(b"caf\xe9 one\ntwo\n");
    assert_eq!(latin.events[0].text, "caf\u{fffd} one");
    assert_eq!(latin.events[1].offset, 9);
}

#[test]
fn long_lines_are_passed_over_and_located() {
    let mut options = Options::default();
    options.limits.record_bytes_max = 1_000;
    let long = "x".repeat(300_000);
    let at_limit = "y".repeat(999);
    for content in [
        format!("{{\"n\":1}}\n{{\"n\":\"{long}\"}}\n{{\"n\":2}}\n"),
        format!("start\n{long}yyyyyyyy\n{at_limit}\n"),
        format!("[{{\"n\":1}},\n{{\"n\":\"{long}\"}},\n{{\"n\":2}}]\n"),
    ] {
        let outcome = read_content_with(&content, &options);
        assert_eq!(outcome.events.len(), 2, "{}", &content[..20]);
        assert_eq!(outcome.record.records_failed, 1);
        let problem = &outcome.record.problems[0];
        assert_eq!(problem.record, Some(2));
        let start = content.find('\n').unwrap() as u64 + 1;
        assert_eq!(problem.offset, Some(start));
        assert!(problem.message.contains("300"), "{}", problem.message);
        assert_eq!(outcome.record.sha256.len(), 64);
    }
}

/// A sparse file of zeros would be no text; this one is written, but never held whole.
#[test]
fn one_line_of_200_megabytes() {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let piece = vec![b'a'; 1 << 20];
    file.write_all(b"{\"n\":1}\n{\"n\":\"").unwrap();
    for _ in 0..200 {
        file.write_all(&piece).unwrap();
    }
    file.write_all(b"\"}\n{\"n\":2}\n").unwrap();
    file.flush().unwrap();
    let (keeper, manifest) =
        crate::support::read_paths(&[file.path().to_owned()], &Options::default());
    assert_eq!(keeper.events.len(), 2);
    assert_eq!(manifest.sources[0].records_failed, 1);
    assert!(keeper.progress.len() > 1);
}
