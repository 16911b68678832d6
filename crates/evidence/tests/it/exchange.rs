//! The logs of an Exchange server.

use daylight_model::LogFamily;

use crate::support::{Outcome, problems, read_content};

const PROXY_COLUMNS: &str = "DateTime,RequestId,UrlStem,AuthenticatedUser,AnchorMailbox,UserAgent,ServerHostName,HttpStatus,GenericErrors";

fn proxy(rows: &[&str]) -> String {
    let head = "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2176.002\r\n#Log-type: HttpProxy Logs\r\n#Date: 2021-03-03T06:00:00.000Z\r\n";
    format!(
        "{PROXY_COLUMNS}\r\n{head}#Fields: {PROXY_COLUMNS}\r\n{}\r\n",
        rows.join("\r\n")
    )
}

fn field(outcome: &Outcome, index: usize, name: &str) -> String {
    outcome.events[index].field(name)
}

#[test]
fn http_proxy() {
    let log = proxy(&[
        r#"2021-03-03T06:30:11.250Z,1,/ecp/y.js,,ServerInfo~a]@mail.example.test:444/autodiscover/autodiscover.xml?#,ExchangeServicesClient/0.0.0.0,MAIL01,200,"WebException=""401, no""; retry""#,
        r"2021-03-03T06:30:12.000Z,2,/owa/,EXAMPLE\alice,alice@example.test,Mozilla/5.0,MAIL01,200,",
    ]);
    let outcome = read_content(&log);
    assert_eq!(problems(&outcome.record), [""; 0]);
    assert_eq!(
        (outcome.record.kind.as_str(), outcome.events.len()),
        ("exchange-httpproxy", 2)
    );
    assert_eq!(outcome.events[0].family, LogFamily::ExchangeHttpProxy);
    assert_eq!(outcome.events[0].time, "2021-03-03T06:30:11.25Z");
    assert_eq!(outcome.record.hosts, ["MAIL01"]);
    assert_eq!(
        field(&outcome, 0, "AnchorMailbox"),
        "ServerInfo~a]@mail.example.test:444/autodiscover/autodiscover.xml?#"
    );
    assert_eq!(field(&outcome, 0, "AuthenticatedUser"), "");
    assert_eq!(
        field(&outcome, 0, "GenericErrors"),
        "WebException=\"401, no\"; retry"
    );
    assert_eq!(field(&outcome, 1, "AuthenticatedUser"), r"EXAMPLE\alice");
    assert!(outcome.events[0].text.contains("ServerInfo~"));
    // The same log without its bare first row.
    let without = log.split_once("\r\n").unwrap().1;
    assert_eq!(read_content(without).events.len(), 2);
    // And with nothing but that row above.
    let bare = format!("{PROXY_COLUMNS}\n2021-03-03T06:30:12.000Z,2,/owa/,,a,b,c,200,\n");
    let outcome = read_content(bare);
    assert_eq!(
        (outcome.record.kind.as_str(), outcome.events.len()),
        ("exchange-httpproxy", 1)
    );
}

#[test]
fn broken_quotes_cost_one_row() {
    let log = proxy(&[
        "2021-03-03T06:30:11.000Z,1,/ecp/a.js,,ServerInfo~x/y,agent,MAIL01,200,\"never closed",
        "2021-03-03T06:30:12.000Z,2,/owa/,,b,agent,MAIL01,200,fine",
        "2021-03-03T06:30:13.000Z,3,/owa/,,\"c\"d,agent,MAIL01,200,",
        "2021-03-03T06:30:14.000Z,4,/owa/,,e,agent,MAIL01,200,\"over",
        "two lines\"",
        "2021-03-03T06:30:15.000Z,5,/owa/,,f,agent,MAIL01,200,\"not closed",
        "stray \"text",
        "2021-03-03T06:30:16.000Z,6,/owa/,,g,agent,MAIL01,200,a,b",
        "2021-03-03T06:30:17.000Z,7,/owa/",
    ]);
    let outcome = read_content(&log);
    let ids: Vec<String> = (0..outcome.events.len())
        .map(|index| field(&outcome, index, "RequestId"))
        .collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "(none)", "6", "7"]);
    // What stands before the fault is right, and the whole line is there to be searched.
    assert_eq!(field(&outcome, 0, "AnchorMailbox"), "ServerInfo~x/y");
    assert!(outcome.events[0].text.ends_with("\"never closed"));
    assert_eq!(field(&outcome, 2, "AnchorMailbox"), "(none)");
    assert_eq!(field(&outcome, 3, "GenericErrors"), "over\ntwo lines");
    assert_eq!(outcome.events[5].text, "stray \"text");
    assert_eq!(field(&outcome, 6, "GenericErrors"), "a,b");
    assert_eq!(outcome.events[7].time, "2021-03-03T06:30:17Z");
    let at = |text: &str| log.find(text).unwrap();
    assert_eq!(
        problems(&outcome.record),
        [
            format!(
                "{}/7: a quote is opened and not closed",
                at("2021-03-03T06:30:11")
            ),
            format!(
                "{}/9: text follows a closing quote",
                at("2021-03-03T06:30:13")
            ),
            format!(
                "{}/12: a quote is opened and not closed",
                at("2021-03-03T06:30:15")
            ),
            format!("{}/13: line belongs to no record", at("stray")),
            format!(
                "{}/14: row has 10 cells; the header names 9",
                at("2021-03-03T06:30:16")
            ),
            format!(
                "{}/15: row has 3 cells; the header names 9",
                at("2021-03-03T06:30:17")
            ),
        ]
    );
    assert_eq!(outcome.record.records_failed, 6);
}

#[test]
fn a_stray_quote_before_many_lines_is_bounded() {
    let mut log = proxy(&["2021-03-03T06:30:11.000Z,1,/a,,b,c,d,200,\"open"]);
    for number in 0..1_000 {
        log.push_str(&format!("line {number} of something else\r\n"));
    }
    log.push_str("2021-03-03T06:30:12.000Z,2,/b,,b,c,d,200,\r\n");
    let outcome = read_content(log);
    assert_eq!(outcome.events.len(), 1_002);
    assert_eq!(field(&outcome, 1_001, "UrlStem"), "/b");
    assert_eq!(outcome.record.records_failed, 1_001);
    assert!(outcome.record.problems.len() <= 101);
    assert_eq!(
        outcome.record.problems.last().unwrap().message,
        "901 more problems are not listed"
    );
}

#[test]
fn ecp_server_log() {
    let log = "\u{feff}#Software: Microsoft Exchange Server\r\n#Version: 15.00.0.0\r\n#Log-type: ECP Server Log\r\n#Date: 2021-03-03T06:30:00.000Z\r\n#Fields: TimeStamp,ServerName,EventId,EventData\r\n2021-03-03T06:30:16.000Z,MAIL01,ECP.Request,\"S:TIME=120;S:URL=/ecp/DDI/DDIService.svc/SetObject?schema=OABVirtualDirectory;S:CMD=Set-OabVirtualDirectory.ExternalUrl='http://f/<script language=\"\"x\"\">a=1;b=2</script>';S:BLD=15.1.2176.2\"\r\n";
    let outcome = read_content(log);
    assert_eq!(problems(&outcome.record), [""; 0]);
    let event = &outcome.events[0];
    assert_eq!(
        (event.family, event.host.as_str()),
        (LogFamily::ExchangeEcp, "MAIL01")
    );
    assert_eq!(event.event_id, None);
    assert_eq!(
        event.field("URL"),
        "/ecp/DDI/DDIService.svc/SetObject?schema=OABVirtualDirectory"
    );
    assert_eq!(
        event.field("CMD"),
        "Set-OabVirtualDirectory.ExternalUrl='http://f/<script language=\"x\">a=1;b=2</script>'"
    );
    assert!(event.field("EventData").starts_with("S:TIME=120;"));
    assert_eq!(event.field("EventId"), "ECP.Request");
    assert_eq!(outcome.record.kind, "exchange-ecp");
}

#[test]
fn oab_and_other_exchange_logs() {
    let log = |kind: &str| {
        format!(
            "#Software: Microsoft Exchange Server\n#Log-type: {kind}\n#Fields: DateTime,ServerName,Message\n\
             2021-03-03T06:30:16.000Z,MAIL01,Download failed and temporary file 'C:\\x.aspx' needs to be removed\n"
        )
    };
    let oab = read_content(log("OABGenerator Log"));
    assert_eq!(
        (oab.events[0].family, oab.record.kind.as_str()),
        (LogFamily::ExchangeOab, "exchange-oab")
    );
    assert!(
        oab.events[0]
            .field("Message")
            .starts_with("Download failed")
    );
    let other = read_content(log("Rpc Client Access"));
    assert_eq!(
        (other.events[0].family, other.record.kind.as_str()),
        (LogFamily::Text, "exchange-log")
    );
    assert_eq!(other.events[0].field("ServerName"), "MAIL01");
    assert_eq!(other.record.hosts, ["MAIL01"]);
}
