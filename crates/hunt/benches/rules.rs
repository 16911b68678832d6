//! Events per second through Daylight's own rules, beside the limit: the same events gone
//! through field by field without any rule. Both in one run, so that their ratio means
//! something on any machine.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use daylight_hunt::{Hunter, IndicatorSet, RuleSet};
use daylight_model::{Event, Field, LogFamily, Value};

const EVENTS: usize = 20_000;
const ROUNDS: usize = 5;

fn main() {
    let events: Vec<Event<'static>> = (0..EVENTS).map(event).collect();
    let rules = RuleSet::embedded();
    let indicators = IndicatorSet::default();
    let mut hunter = Hunter::new(&rules, &indicators);
    let mut found = Vec::new();

    let limit = best(|| {
        for event in &events {
            for field in &event.fields {
                black_box((field.name.len(), field.value.as_text().len()));
            }
        }
    });
    let hunt = best(|| {
        found.clear();
        for event in &events {
            hunter.event(event, &mut found);
        }
    });

    println!(
        "{} rules, {EVENTS} events, {} findings, best of {ROUNDS} rounds",
        rules.rules().count(),
        found.len()
    );
    println!("rules  {:>12.0} events/s", per_second(hunt));
    println!("limit  {:>12.0} events/s", per_second(limit));
    println!("ratio  {:>12.1}", hunt.as_secs_f64() / limit.as_secs_f64());
}

fn best(mut round: impl FnMut()) -> Duration {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        round();
        start.elapsed()
    });
    rounds.min().unwrap_or_default()
}

fn per_second(time: Duration) -> f64 {
    EVENTS as f64 / time.as_secs_f64()
}

/// Events as a mail server's logs mix them; one in a thousand is an attack.
fn event(number: usize) -> Event<'static> {
    let attack = number % 1_000 == 999;
    match number % 5 {
        0 => windows(
            number,
            LogFamily::WindowsSysmon,
            "Microsoft-Windows-Sysmon",
            11,
            &[
                ("Image", r"C:\Windows\System32\svchost.exe"),
                ("TargetFilename", r"C:\inetpub\temp\appPools\APC17.tmp"),
                ("ProcessGuid", "{6AC0B7A2-5A16-A7D3-1817-24D37B77C88C}"),
            ],
        ),
        1 => windows(
            number,
            LogFamily::WindowsSysmon,
            "Microsoft-Windows-Sysmon",
            1,
            &[
                ("Image", r"C:\Windows\System32\netsh.exe"),
                ("CommandLine", "netsh interface tcp show global"),
                ("ParentImage", r"C:\Program Files\Example\agent.exe"),
                (
                    "ParentCommandLine",
                    r#""C:\Program Files\Example\agent.exe" -service"#,
                ),
                ("User", r"NT AUTHORITY\SYSTEM"),
                ("LogonId", "0x3e7"),
                ("IntegrityLevel", "System"),
            ],
        ),
        2 => windows(
            number,
            LogFamily::WindowsSecurity,
            "Microsoft-Windows-Security-Auditing",
            4688,
            &[
                ("NewProcessName", r"C:\Windows\System32\netsh.exe"),
                ("CommandLine", "netsh interface tcp show global"),
                ("ParentProcessName", r"C:\Program Files\Example\agent.exe"),
                ("SubjectUserSid", "S-1-5-18"),
                ("SubjectLogonId", "0x3e7"),
            ],
        ),
        3 => row(
            number,
            LogFamily::Iis,
            &[
                ("cs-method", "POST"),
                ("cs-uri-stem", "/mapi/emsmdb/"),
                (
                    "cs-uri-query",
                    "MailboxId=7de4ade6bba9458c@corp.example&CorrelationID=<empty>;",
                ),
                ("c-ip", "192.0.2.101"),
                (
                    "cs(User-Agent)",
                    "Microsoft+Office/16.0+(Windows+NT+10.0;+Pro)",
                ),
                ("sc-status", "200"),
            ],
        ),
        _ => row(
            number,
            LogFamily::ExchangeHttpProxy,
            &[
                ("Protocol", "Ecp"),
                (
                    "UrlStem",
                    if attack {
                        "/ecp/y.js"
                    } else {
                        "/ecp/default.aspx"
                    },
                ),
                (
                    "AnchorMailbox",
                    if attack {
                        "ServerInfo~a]@mail01.corp.example:444/mapi/emsmdb/?#"
                    } else {
                        "SMTP:jane@corp.example"
                    },
                ),
                ("UserAgent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"),
                ("ClientIpAddress", "192.0.2.5"),
                ("HttpStatus", "200"),
                ("BackEndStatus", "200"),
            ],
        ),
    }
}

fn windows(
    number: usize,
    family: LogFamily,
    provider: &'static str,
    event_id: u32,
    fields: &[(&'static str, &'static str)],
) -> Event<'static> {
    let mut event = row(number, family, fields);
    event.provider = Some(provider.into());
    event.event_id = Some(event_id);
    event
}

fn row(
    number: usize,
    family: LogFamily,
    fields: &[(&'static str, &'static str)],
) -> Event<'static> {
    let fields = fields.iter().map(|(name, value)| Field {
        name: (*name).into(),
        value: Value::from(*value),
    });
    Event {
        source: 0,
        family,
        time: None,
        host: Some("EX01".into()),
        channel: None,
        provider: None,
        event_id: None,
        record: number as u64,
        offset: 0,
        fields: fields.collect(),
        text: None,
    }
}
