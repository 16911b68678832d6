//! A case made by hand: a story of our own about an attack on mail servers, and what a small
//! company's logs show. Shared with the example that writes it out.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::Arc;

use daylight_dossier::{Advice, Case, Fact, HeldBack, Subject, advise, coverage};
use daylight_model::*;

/// Everything a [`Case`] borrows.
pub(crate) struct Sample {
    pub(crate) readings: Vec<Reading>,
    pub(crate) links: Vec<Vec<Link>>,
    pub(crate) rules: Vec<Arc<Rule>>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) manifest: Manifest,
    pub(crate) coverage: Coverage,
    pub(crate) advice: Vec<Advice>,
}

impl Sample {
    pub(crate) fn case(&self) -> Case<'_> {
        Case {
            readings: &self.readings,
            links: &self.links,
            rules: &self.rules,
            rule_problems: 1,
            findings: &self.findings,
            manifest: &self.manifest,
            coverage: &self.coverage,
            advice: &self.advice,
            generated: at("2026-03-02T09:30:00Z"),
            tool_version: "0.1.0",
            command: Some("daylight investigate story.txt --evidence logs"),
            duration_seconds: 1.73,
            marking: None,
            held_back: HeldBack::default(),
        }
    }

    fn of(findings: Vec<Finding>, manifest: Manifest) -> Self {
        let rules = rules();
        let subjects = subjects();
        let source = Some("CISA KEV and public reporting".into());
        let coverage = coverage(
            &subjects,
            Some(window()),
            source,
            &rules,
            &findings,
            &manifest,
        );
        let advice = advise(&subjects, &findings, &coverage, &facts());
        Self {
            readings: vec![reading()],
            links: vec![links()],
            rules,
            findings,
            manifest,
            coverage,
            advice,
        }
    }
}

/// The flaw and the web shell show.
pub(crate) fn hit() -> Sample {
    let rules = rules();
    let mut findings = vec![
        finding(&rules[0], 0, "2021-03-02T01:40:10.250Z", Some(4), 811),
        finding(&rules[1], 0, "2021-03-02T01:40:12Z", Some(11), 830),
        finding(&rules[2], 0, "2021-03-02T01:40:16Z", Some(1), 902),
        finding(&rules[3], 0, "2021-03-04T11:02:00Z", Some(7045), 77),
        finding(&rules[4], 1, "2021-03-05T12:00:00Z", None, 12),
    ];
    findings[1].context = vec![
        field(
            "TargetFilename",
            r"C:\inetpub\wwwroot\aspnet_client\help.aspx",
        ),
        field("Image", "System"),
    ];
    findings[2].context = vec![
        field("CommandLine", "cmd.exe /c whoami"),
        field("Image", r"C:\Windows\System32\cmd.exe"),
    ];
    Sample::of(findings, manifest(true))
}

/// Logs that would show something, and do not.
pub(crate) fn clean() -> Sample {
    Sample::of(Vec::new(), manifest(true))
}

/// Two hundred machines, of which every fourth has logs of another time only.
pub(crate) fn park() -> Sample {
    let sources = (0..200).map(|number| {
        let day = if number % 4 == 0 {
            "2021-01-02"
        } else {
            "2021-03-02"
        };
        let mut file = file(&[&format!("ws{number:03}")], 11, &[day]);
        if number % 3 == 0 {
            let security = statistic(
                LogFamily::WindowsSecurity,
                None,
                Some(4688),
                &["2021-03-03"],
            );
            file.statistics.push(security);
        }
        file
    });
    let sources = sources.collect();
    Sample::of(
        Vec::new(),
        Manifest {
            sources,
            problems: vec![],
        },
    )
}

/// A file of one or several machines with Sysmon's events of one id on some days.
pub(crate) fn file(hosts: &[&str], event_id: u32, days: &[&str]) -> SourceRecord {
    SourceRecord {
        path: format!("{}.evtx", hosts.join("+")),
        events: 10,
        hosts: hosts.iter().map(|host| (*host).into()).collect(),
        statistics: vec![statistic(
            LogFamily::WindowsSysmon,
            None,
            Some(event_id),
            days,
        )],
        ..SourceRecord::default()
    }
}

/// No evidence at all.
pub(crate) fn empty() -> Sample {
    Sample::of(Vec::new(), Manifest::default())
}

/// Everything that can carry text carries an attack.
pub(crate) fn hostile() -> Sample {
    const EVIL: &str =
        "<script>alert(1)</script>\u{1b}]0;owned\u{7}\u{202e}gpj\" onload='x' =cmd|' /C calc'!A0";
    let mut sample = hit();
    let long = "A".repeat(3_000_000);
    for finding in &mut sample.findings {
        finding.host = Some(EVIL.into());
        finding.file = EVIL.into();
        finding.matched = vec![field(EVIL, EVIL), field("long", &long)];
        finding.context = vec![
            field("CommandLine", EVIL),
            field("TargetFilename", &format!("C:\\{EVIL}")),
        ];
        let mut rule = (*finding.rule).clone();
        rule.title = format!("=1+1 {EVIL}");
        rule.description = EVIL.into();
        rule.origin = EVIL.into();
        finding.rule = Arc::new(rule);
    }
    for reading in &mut sample.readings {
        reading.document.title = Some(EVIL.into());
        reading.document.publisher = Some(EVIL.into());
        for claim in &mut reading.claims {
            claim.sentence = EVIL.into();
            claim.subject.name = EVIL.into();
            claim.speakers[0].name = EVIL.into();
        }
        for entity in &mut reading.entities {
            entity.name = format!("{} {EVIL}", entity.name);
        }
    }
    for link in sample.links.iter_mut().flatten() {
        link.mention = EVIL.into();
        for candidate in &mut link.candidates {
            candidate.name = EVIL.into();
            candidate.reasons[0].text = EVIL.into();
        }
    }
    for file in &mut sample.manifest.sources {
        file.path = EVIL.into();
        file.problems = vec![Problem {
            path: EVIL.into(),
            offset: Some(7),
            record: Some(2),
            message: EVIL.into(),
        }];
    }
    sample
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn field(name: &str, value: &str) -> MatchedField {
    MatchedField {
        field: name.into(),
        value: value.into(),
    }
}

pub(crate) fn window() -> Interval {
    Interval {
        start: Some(at("2021-02-26T00:00:00Z")),
        end: Some(at("2021-03-10T00:00:00Z")),
    }
}

pub(crate) fn subjects() -> Vec<Subject> {
    let subject = |kind, id: &str, name: &str, why: &str| Subject {
        kind,
        id: id.into(),
        name: name.into(),
        why: why.into(),
        window: None,
        window_source: None,
    };
    use SubjectKind::{Indicators, Technique, Vulnerability};
    vec![
        subject(
            Vulnerability,
            "CVE-2021-26855",
            "Exchange server-side request forgery",
            "the operation begins with it",
        ),
        subject(
            Technique,
            "T1505.003",
            "Web Shell",
            "the operation leaves one",
        ),
        subject(
            Technique,
            "T1059.003",
            "Windows Command Shell",
            "commands run through the shell",
        ),
        subject(
            Technique,
            "T1114.001",
            "Local Email Collection",
            "the story speaks of stolen mail",
        ),
        subject(
            Indicators,
            "indicators",
            "2 indicators from the report",
            "the report gives them",
        ),
    ]
}

pub(crate) fn facts() -> Vec<Fact> {
    vec![Fact {
        id: "CVE-2021-26855".into(),
        text: "It is in the catalogue of flaws known to be exploited.".into(),
        due: Some("2021-04-16".into()),
        ransomware: true,
        source: "CISA KEV".into(),
    }]
}

pub(crate) fn rule(
    id: &str,
    title: &str,
    level: Level,
    tags: &[&str],
    log_sources: Vec<LogSource>,
) -> Arc<Rule> {
    Arc::new(Rule {
        id: id.into(),
        kind: FindingKind::Sigma,
        title: title.into(),
        description: "What it means is told here.".into(),
        level,
        tags: tags.iter().map(|tag| (*tag).into()).collect(),
        references: vec![format!("https://example.org/why/{id}")],
        false_positives: vec!["Administrators at work".into()],
        log_sources,
        origin: "embedded".into(),
    })
}

pub(crate) fn source(family: LogFamily, provider: Option<&str>, event_ids: &[u32]) -> LogSource {
    LogSource {
        family,
        provider: provider.map(Into::into),
        event_ids: event_ids.to_vec(),
    }
}

pub(crate) fn rules() -> Vec<Arc<Rule>> {
    use LogFamily::*;
    let mut indicator = (*rule(
        &indicator(IndicatorKind::Ipv4, "198.51.100.7", "198.51.100[.]7").stix_id(),
        "ipv4 198.51.100.7 from the report",
        Level::High,
        &[],
        vec![],
    ))
    .clone();
    indicator.kind = FindingKind::Indicator;
    indicator.origin = "indicators".into();
    vec![
        rule(
            "c0a1f0de-0001-4000-8000-000000000001",
            "Request to a back end named in a cookie",
            Level::Critical,
            &["attack.initial-access", "attack.t1190", "cve.2021-26855"],
            vec![
                source(ExchangeHttpProxy, None, &[]),
                source(WindowsApplication, Some("MSExchange Control Panel"), &[4]),
            ],
        ),
        rule(
            "c0a1f0de-0002-4000-8000-000000000002",
            "Script page written to a web folder",
            Level::High,
            &["attack.persistence", "attack.t1505.003"],
            vec![
                source(WindowsSysmon, None, &[11]),
                source(WindowsSecurity, None, &[5145]),
                source(Iis, None, &[]),
            ],
        ),
        rule(
            "c0a1f0de-0003-4000-8000-000000000003",
            "Shell started by the web server",
            Level::High,
            &["attack.t1505.003", "attack.t1059.003"],
            vec![
                source(WindowsSysmon, None, &[1]),
                source(WindowsSecurity, None, &[4688]),
            ],
        ),
        rule(
            "c0a1f0de-0004-4000-8000-000000000004",
            "New service with a random name",
            Level::Medium,
            &["attack.t1543.003"],
            vec![source(WindowsSystem, None, &[7045])],
        ),
        Arc::new(indicator),
    ]
}

pub(crate) fn finding(
    rule: &Arc<Rule>,
    source: usize,
    time: &str,
    event_id: Option<u32>,
    record: u64,
) -> Finding {
    let (family, provider) = match event_id {
        Some(4) => (
            LogFamily::WindowsApplication,
            Some("MSExchange Control Panel"),
        ),
        Some(7045) => (LogFamily::WindowsSystem, Some("Service Control Manager")),
        Some(_) => (LogFamily::WindowsSysmon, Some("Microsoft-Windows-Sysmon")),
        None => (LogFamily::Iis, None),
    };
    Finding {
        id: derived_id("sighting", &[&rule.id, &record.to_string()]),
        rule: rule.clone(),
        time: Some(at(time)),
        host: Some(if source == 0 { "EX01" } else { "EX02" }.into()),
        family,
        channel: None,
        provider: provider.map(Into::into),
        event_id,
        record,
        offset: record * 512,
        source,
        file: if source == 0 {
            "logs/ex01.evtx"
        } else {
            "logs/u_ex210305.log"
        }
        .into(),
        file_sha256: format!("{:064x}", source + 1),
        matched: vec![field("EventID", &event_id.unwrap_or_default().to_string())],
        context: vec![field("c-ip", "198.51.100.7")],
    }
}

pub(crate) fn statistic(
    family: LogFamily,
    provider: Option<&str>,
    event_id: Option<u32>,
    days: &[&str],
) -> EventStatistic {
    let days: BTreeMap<String, u64> = days.iter().map(|day| ((*day).into(), 10)).collect();
    EventStatistic {
        family,
        provider: provider.map(Into::into),
        event_id,
        count: 10 * days.len() as u64,
        first: days
            .keys()
            .next()
            .map(|day| at(&format!("{day}T06:00:00Z"))),
        last: days
            .keys()
            .last()
            .map(|day| at(&format!("{day}T18:00:00Z"))),
        days,
    }
}

fn manifest(clock_difference: bool) -> Manifest {
    use LogFamily::*;
    let week = [
        "2021-03-01",
        "2021-03-02",
        "2021-03-03",
        "2021-03-04",
        "2021-03-05",
    ];
    let sysmon = Some("Microsoft-Windows-Sysmon");
    let mut windows = SourceRecord {
        path: "logs/ex01.evtx".into(),
        size_bytes: 21_000_000,
        sha256: format!("{:064x}", 1),
        kind: "evtx".into(),
        events: 220,
        records_failed: 1,
        first: Some(at("2021-03-01T06:00:00Z")),
        last: Some(at("2021-03-05T18:00:00Z")),
        hosts: vec!["EX01".into()],
        statistics: vec![
            statistic(WindowsSysmon, sysmon, Some(1), &week),
            statistic(WindowsSysmon, sysmon, Some(11), &week),
            statistic(WindowsSecurity, None, Some(4624), &week),
            statistic(
                WindowsApplication,
                Some("MSExchange Control Panel"),
                Some(4),
                &week[1..2],
            ),
            statistic(
                WindowsApplication,
                Some("Application Error"),
                Some(1000),
                &week,
            ),
        ],
        problems: vec![Problem {
            path: "logs/ex01.evtx".into(),
            offset: Some(65_536),
            record: Some(128),
            message: "The record's length goes past its chunk.".into(),
        }],
        ..SourceRecord::default()
    };
    if clock_difference {
        windows.clock_differences = vec![ClockDifference {
            used: "@timestamp".into(),
            other: "UtcTime".into(),
            difference_seconds: 18_000,
            events: 100,
        }];
    }
    let web = SourceRecord {
        path: "logs/u_ex210305.log".into(),
        size_bytes: 180_000,
        sha256: format!("{:064x}", 2),
        kind: "iis-w3c".into(),
        events: 10,
        first: Some(at("2021-03-05T06:00:00Z")),
        last: Some(at("2021-03-05T18:00:00Z")),
        hosts: vec!["EX02".into()],
        statistics: vec![statistic(Iis, None, None, &week[4..])],
        ..SourceRecord::default()
    };
    Manifest {
        sources: vec![windows, web],
        problems: vec![],
    }
}

const TEXT: &str = "Four governments blame Norland for mail server attacks\n\n\
The White Cabinet said with high confidence that actors backed by the Norland Ministry of Order carried out the Harvest Mail operation against at least 30,000 mail servers.\n\n\
Prosecutors charged Ivo Lark, and allege that he worked with the Norland Ministry of Order.\n\n\
“In some cases” contract hackers have deployed the Millstone ransomware against private companies, the White Cabinet said.\n\n\
The Norland embassy denied that the Norland Ministry of Order had any part in it.\n\n\
The attackers used CVE-2021-26855 and left web shells (T1505.003); one called back to 198.51.100[.]7 and update.example[.]com.\n";

fn span(words: &str) -> Span {
    let start = TEXT
        .find(words)
        .unwrap_or_else(|| panic!("{words:?} is not in the text"));
    Span::new(start, start + words.len())
}

fn entities() -> Vec<Entity> {
    use EntityKind::*;
    [
        (GovernmentBody, "White Cabinet", None),
        (GovernmentBody, "Norland Ministry of Order", None),
        (Campaign, "Harvest Mail", None),
        (Person, "Ivo Lark", None),
        (Group, "contract hackers", None),
        (Malware, "Millstone", None),
        (Country, "Norland", None),
        (Vulnerability, "CVE-2021-26855", Some("CVE-2021-26855")),
        (Product, "mail servers", None),
        (Sector, "private companies", None),
        (GovernmentBody, "Norland embassy", None),
        (GovernmentBody, "Prosecutors", None),
    ]
    .into_iter()
    .map(
        |(kind, name, known_as): (EntityKind, &str, Option<&str>)| Entity {
            kind,
            name: name.into(),
            aliases: vec![],
            known_as: known_as.map(Into::into),
            read_by_model: None,
            mentions: vec![Mention {
                span: span(name),
                text: name.into(),
            }],
        },
    )
    .collect()
}

fn party(name: &str) -> Party {
    Party {
        name: name.into(),
        text: name.into(),
        span: span(name),
        entity: entities().iter().position(|entity| entity.name == name),
    }
}

fn claim(
    speaker: &str,
    subject: &str,
    relation: Relation,
    object: Option<&str>,
    force: Force,
    sentence: &str,
) -> Claim {
    let outlet = Speaker {
        name: "The Daily Lantern".into(),
        text: "The Daily Lantern".into(),
        span: None,
        entity: None,
    };
    let quoted = party(speaker);
    let quoted = Speaker {
        name: quoted.name,
        text: quoted.text,
        span: Some(quoted.span),
        entity: quoted.entity,
    };
    let span = span(sentence);
    Claim {
        id: derived_id(
            "relationship",
            &[
                subject,
                relation.as_str(),
                object.unwrap_or_default(),
                speaker,
            ],
        ),
        speakers: vec![outlet, quoted],
        subject: party(subject),
        relation,
        object: object.map(party),
        force,
        negated: false,
        confidence: vec![],
        scope: vec![],
        time: None,
        place: None,
        quantities: vec![],
        span,
        sentence: sentence.into(),
    }
}

fn claims() -> Vec<Claim> {
    use Relation::*;
    let line = |number: usize| {
        TEXT.lines()
            .filter(|line| !line.is_empty())
            .nth(number)
            .unwrap()
    };
    let (said, charged, ransom, denied) = (line(1), line(2), line(3), line(4));
    let cabinet = "White Cabinet";
    let ministry = "Norland Ministry of Order";
    let mut attribution = claim(
        cabinet,
        "Harvest Mail",
        AttributedTo,
        Some(ministry),
        Force::Asserted,
        said,
    );
    attribution.confidence = vec![ConfidenceWord {
        text: "high confidence".into(),
        span: span("high confidence"),
        scale: ConfidenceScale::AnalyticConfidence,
        stix: Some(85),
    }];
    let mut targets = claim(
        cabinet,
        "Harvest Mail",
        Targets,
        Some("mail servers"),
        Force::Asserted,
        said,
    );
    targets.quantities = vec![Quantity {
        span: span("at least 30,000 mail servers"),
        text: "at least 30,000 mail servers".into(),
        kind: QuantityKind::Count,
        at_least: Some(30_000.0),
        at_most: None,
        unit: Some("mail servers".into()),
    }];
    let mut uses = claim(
        cabinet,
        "contract hackers",
        Uses,
        Some("Millstone"),
        Force::Asserted,
        ransom,
    );
    uses.scope = vec!["In some cases".into()];
    let mut denial = claim(
        "Norland embassy",
        "Harvest Mail",
        AttributedTo,
        Some(ministry),
        Force::Denied,
        denied,
    );
    denial.negated = true;
    vec![
        attribution,
        targets,
        uses,
        claim(
            cabinet,
            "contract hackers",
            Targets,
            Some("private companies"),
            Force::Asserted,
            ransom,
        ),
        claim(
            "Prosecutors",
            "Prosecutors",
            Charged,
            Some("Ivo Lark"),
            Force::Charged,
            charged,
        ),
        claim(
            "Prosecutors",
            "Ivo Lark",
            WorksWith,
            Some(ministry),
            Force::Alleged,
            charged,
        ),
        denial,
    ]
}

fn indicator(kind: IndicatorKind, value: &str, as_written: &str) -> Indicator {
    Indicator {
        kind,
        value: value.into(),
        span: span(as_written),
        as_written: as_written.into(),
        defanged: true,
        role: IndicatorRole::Indicator,
    }
}

pub(crate) fn reading() -> Reading {
    let title = "Four governments blame Norland for mail server attacks";
    Reading {
        document: Document {
            id: derived_id("report", &["sample"]),
            source: "story.txt".into(),
            sha256: format!("{:064x}", 0xabc),
            media: MediaType::Text,
            title: Some(title.into()),
            published: Some(at("2021-07-19T11:54:41Z")),
            published_as_written: Some("19 July 2021, 7:54:41 EDT".into()),
            publisher: Some("The Daily Lantern".into()),
            authors: vec!["Ada Wick".into()],
            originator: Some(Originator {
                name: "Harbour Wire".into(),
                url: Some("https://wire.example/1".into()),
            }),
            url: Some("https://lantern.example/story".into()),
            tlp: Some("TLP:AMBER+STRICT".into()),
            text: TEXT.into(),
            blocks: vec![Block {
                span: span(title),
                kind: BlockKind::Title,
            }],
            diagnostics: vec![],
        },
        sentences: vec![],
        entities: entities(),
        claims: claims(),
        indicators: vec![
            indicator(IndicatorKind::Ipv4, "198.51.100.7", "198.51.100[.]7"),
            indicator(
                IndicatorKind::Domain,
                "update.example.com",
                "update.example[.]com",
            ),
        ],
        techniques: vec![TechniqueMention {
            id: "T1505.003".into(),
            text: "web shells (T1505.003)".into(),
            span: span("web shells (T1505.003)"),
            now: None,
            repaired: None,
        }],
        described: vec![DescribedTechnique {
            id: "T1071.001".into(),
            sentence: span("one called back to 198.51.100[.]7 and update.example[.]com."),
            words: vec!["called".into(), "back".into()],
            learnt_as: None,
            probability: 0.83,
        }],
        times: vec![],
        quantities: vec![],
        incidents: vec![incident()],
    }
}

fn incident() -> Incident {
    let words = "contract hackers";
    Incident {
        kind: IncidentKind::Ransom,
        realis: Realis::Possible,
        text: "ransom".into(),
        span: span("ransom"),
        sentence: span("ransom"),
        participants: vec![Participant {
            role: IncidentRole::Attacker,
            text: words.into(),
            span: span(words),
            entity: None,
            probability: Some(0.75),
        }],
        read_by: ReadBy::Model { probability: 0.5 },
    }
}

pub(crate) fn links() -> Vec<Link> {
    let reason = |text: &str, weight, source: Option<&str>| Reason {
        text: text.into(),
        weight,
        source: source.map(Into::into),
    };
    let candidate = |kind, id: &str, name: &str, score, via: Option<&str>, reasons| Candidate {
        kind,
        id: id.into(),
        name: name.into(),
        score,
        via: via.map(Into::into),
        reasons,
        window: via.is_none().then(window),
        leads_to: if via.is_none() {
            vec!["CVE-2021-26855".into(), "T1505.003".into()]
        } else {
            vec![]
        },
    };
    vec![Link {
        mention: "mail server attacks".into(),
        span: span("mail server attacks"),
        sentence: span("Four governments blame Norland for mail server attacks"),
        candidates: vec![
            candidate(
                CandidateKind::Operation,
                "exchange-2021",
                "Mass exploitation of mail servers, early 2021",
                0.86,
                None,
                vec![
                    reason(
                        "The story says “mail servers”; the operation is about a mail server.",
                        0.5,
                        Some("CISA KEV"),
                    ),
                    reason(
                        "The story is of July 2021; the operation ran in February and March 2021.",
                        0.36,
                        None,
                    ),
                ],
            ),
            candidate(
                CandidateKind::Vulnerability,
                "CVE-2021-26855",
                "Exchange server-side request forgery",
                0.8,
                Some("exchange-2021"),
                vec![reason(
                    "Listed since 2021-11-03 as exploited, by ransomware too; the remedy was due on 2021-04-16.",
                    0.3,
                    Some("CISA KEV"),
                )],
            ),
            candidate(
                CandidateKind::IntrusionSet,
                "G0125",
                "HAFNIUM",
                0.4,
                Some("exchange-2021"),
                vec![reason(
                    "Public reporting links it to the same flaw; others used the flaw too.",
                    0.1,
                    Some("MITRE ATT&CK 18.1"),
                )],
            ),
        ],
    }]
}

/// A machine park under attack: as many findings as asked for, of 120 rules on 60 machines in
/// the days of the operation, each with its own command line.
pub(crate) fn many(count: u64) -> Sample {
    let techniques = [
        "t1505.003",
        "t1059.003",
        "t1003.001",
        "t1021.002",
        "t1543.003",
    ];
    let levels = [Level::Low, Level::Medium, Level::High, Level::Critical];
    let many_rules: Vec<Arc<Rule>> = (0..120_usize)
        .map(|number| {
            rule(
                &format!("c0a1f0de-0100-4000-8000-{number:012}"),
                &format!("Behaviour number {number} of a process"),
                levels[number % levels.len()],
                &[&format!("attack.{}", techniques[number % techniques.len()])],
                vec![source(LogFamily::WindowsSysmon, None, &[1])],
            )
        })
        .collect();
    let begin = at("2021-02-27T00:00:00Z").as_second();
    let findings = (0..count)
        .map(|index| {
            let rule = &many_rules[usize::try_from(index * 7 % 120).unwrap()];
            let mut finding = finding(rule, 0, "2021-03-02T01:40:10Z", Some(1), index);
            let seconds = begin + i64::try_from(index * 9 % 900_000).unwrap();
            finding.time = Timestamp::from_second(seconds).ok();
            finding.host = Some(format!("ws{:02}.corp.example", index * 31 % 60));
            let command =
                format!("cmd.exe /c \"echo {index} & type <a&b> > C:\\temp\\out-{index}.txt\"");
            finding.context = vec![
                field("CommandLine", &command),
                field("Image", r"C:\Windows\System32\cmd.exe"),
                field("User", &format!("CORP\\user{}", index % 500)),
            ];
            finding
        })
        .collect();
    let mut sample = Sample::of(findings, manifest(true));
    sample.rules.extend(many_rules);
    sample.coverage = coverage(
        &subjects(),
        Some(window()),
        None,
        &sample.rules,
        &sample.findings,
        &sample.manifest,
    );
    sample
}
