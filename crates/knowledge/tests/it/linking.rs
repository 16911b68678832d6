//! What a report's words are linked to. Readings are made by hand: the words about time and
//! amounts that the reader of texts would find are given with their meaning.

use daylight_knowledge::Knowledge;
use daylight_model::{
    Block, BlockKind, Candidate, CandidateKind, Document, Entity, EntityKind, Interval, Link,
    MediaType, Mention, Quantity, QuantityKind, Reading, Span, TimeExpression, Timestamp,
};

/// A story of some sentences, published at noon on a day.
fn story(published: &str, sentences: &[&str]) -> Reading {
    let text = sentences.join("\n");
    let mut spans = Vec::new();
    for sentence in sentences {
        let start = spans.last().map_or(0, |span: &Span| span.end + 1);
        spans.push(Span::new(start, start + sentence.len()));
    }
    let document = Document {
        id: "report--0".to_owned(),
        source: "-".to_owned(),
        sha256: String::new(),
        media: MediaType::Text,
        title: None,
        published: (!published.is_empty()).then(|| instant(published)),
        published_as_written: None,
        publisher: None,
        authors: Vec::new(),
        originator: None,
        url: None,
        tlp: None,
        blocks: spans
            .iter()
            .map(|span| Block {
                span: *span,
                kind: BlockKind::Paragraph,
            })
            .collect(),
        text,
        diagnostics: Vec::new(),
    };
    Reading {
        document,
        sentences: spans,
        entities: Vec::new(),
        claims: Vec::new(),
        indicators: Vec::new(),
        techniques: Vec::new(),
        described: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        incidents: Vec::new(),
    }
}

fn instant(day: &str) -> Timestamp {
    format!("{day}T00:00:00Z").parse().expect("a day")
}

fn place(reading: &Reading, words: &str) -> Span {
    let start = reading.document.text.find(words).expect(words);
    Span::new(start, start + words.len())
}

/// Words about time, and the days they mean.
fn with_time(mut reading: Reading, words: &str, start: &str, end: &str) -> Reading {
    let interval = Some(Interval {
        start: Some(instant(start)),
        end: Some(instant(end)),
    });
    let span = place(&reading, words);
    reading.times.push(TimeExpression {
        span,
        text: words.to_owned(),
        interval,
        relative: true,
    });
    reading
}

/// Words for a count.
fn with_count(mut reading: Reading, words: &str, at_least: f64) -> Reading {
    let span = place(&reading, words);
    let (kind, text) = (QuantityKind::Count, words.to_owned());
    reading.quantities.push(Quantity {
        span,
        text,
        kind,
        at_least: Some(at_least),
        at_most: None,
        unit: None,
    });
    reading
}

fn with_entity(
    mut reading: Reading,
    words: &str,
    kind: EntityKind,
    known_as: Option<&str>,
) -> Reading {
    let mention = Mention {
        span: place(&reading, words),
        text: words.to_owned(),
    };
    reading.entities.push(Entity {
        kind,
        name: words.to_owned(),
        aliases: Vec::new(),
        known_as: known_as.map(str::to_owned),
        read_by_model: None,
        mentions: vec![mention],
    });
    reading
}

fn links(reading: &Reading) -> Vec<Link> {
    let links = Knowledge::embedded().link(reading);
    for link in &links {
        assert_eq!(link.span.of(&reading.document.text), link.mention);
        assert!(link.sentence.contains(link.span));
        assert!(!link.candidates.is_empty());
        assert!(link.candidates.is_sorted_by(|a, b| a.score >= b.score));
        for candidate in &link.candidates {
            assert!(
                candidate.score > 0.0 && candidate.score < 1.0,
                "{candidate:?}"
            );
            assert!(!candidate.reasons.is_empty(), "{candidate:?}");
        }
    }
    links
}

fn show(links: &[Link]) -> String {
    let mut lines = String::new();
    for link in links {
        lines += &format!("“{}”\n", link.mention);
        for candidate in link.candidates.iter().take(12) {
            lines += &format!(
                "  {:.2} {:?} {} via {:?}\n",
                candidate.score, candidate.kind, candidate.id, candidate.via
            );
            for reason in &candidate.reasons {
                lines += &format!("       {:+.2} {}\n", reason.weight, reason.text);
            }
        }
    }
    lines
}

/// The first candidate of the link with the highest score, with the least it must reach.
#[track_caller]
fn check(reading: &Reading, expected: Option<(&str, f64)>) -> Vec<Link> {
    let links = links(reading);
    let best = links
        .iter()
        .filter_map(|link| link.candidates.first())
        .max_by(|a, b| a.score.total_cmp(&b.score));
    let least = expected.map_or(0.0, |(_, least)| least);
    assert!(
        best.map(|best| best.id.as_str()) == expected.map(|(id, _)| id)
            && best.is_none_or(|best| best.score >= least),
        "expected {expected:?}:\n{}",
        show(&links)
    );
    links
}

fn find<'a>(links: &'a [Link], id: &str) -> Option<&'a Candidate> {
    links
        .iter()
        .flat_map(|link| &link.candidates)
        .filter(|c| c.id == id)
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

fn score(links: &[Link], id: &str) -> f64 {
    find(links, id).map_or(0.0, |candidate| candidate.score)
}

const EXCHANGE: &str = "The administration also blamed China for a hack of Microsoft Exchange email server software \
                        that compromised tens of thousands of computers around the world earlier this year.";

fn exchange_story() -> Reading {
    let reading = story(
        "2021-07-19",
        &[
            EXCHANGE,
            "China’s Ministry of State Security (MSS) has been using criminal contract hackers for their own profit.",
            "The Department of Justice on Monday has announced charges against four Chinese nationals, who prosecutors \
             allege were working with the MSS in a hacking campaign targeting entities in at least a dozen countries.",
        ],
    );
    let reading = with_time(reading, "earlier this year", "2021-01-01", "2021-07-19");
    let reading = with_time(reading, "on Monday", "2021-07-19", "2021-07-20");
    with_count(reading, "tens of thousands of computers", 10_000.0)
}

#[test]
fn the_exchange_hack_of_early_2021_leads_to_its_flaws_and_to_whom_somebody_links() {
    let links = links(&exchange_story());
    let link = links
        .iter()
        .find(|link| link.candidates[0].id == "proxylogon")
        .expect("linked");
    assert_eq!(link.mention, "Microsoft Exchange");
    for cve in [
        "CVE-2021-26855",
        "CVE-2021-26857",
        "CVE-2021-26858",
        "CVE-2021-27065",
    ] {
        let flaw = link
            .candidates
            .iter()
            .find(|candidate| candidate.id == cve)
            .expect(cve);
        assert_eq!(flaw.via.as_deref(), Some("proxylogon"));
        assert!(flaw.score > 0.6);
    }
    for cve in ["CVE-2021-34473", "CVE-2021-34523", "CVE-2021-31207"] {
        let weak = score(&links, cve);
        assert!(
            weak > 0.0 && weak < 0.3,
            "{cve} is known of only for days: {weak}"
        );
    }
    let operation = &link.candidates[0];
    assert!(operation.score >= 0.8, "{}", show(&links));
    assert!(
        operation.leads_to.iter().any(|id| id == "T1505.003")
            && operation.leads_to.iter().any(|id| id == "CVE-2021-26855")
    );
    assert_eq!(
        operation.window.and_then(|window| window.start),
        Some(instant("2021-01-03"))
    );
    let hafnium = link
        .candidates
        .iter()
        .find(|candidate| candidate.id == "G0125")
        .expect("linked by Microsoft");
    assert!(
        hafnium
            .reasons
            .iter()
            .any(|reason| reason.text.starts_with("Microsoft links HAFNIUM (G0125)"))
    );
    assert!(hafnium.score < operation.score);
    for other in ["G0027", "G0059", "G1022", "G1043"] {
        let group = link
            .candidates
            .iter()
            .find(|candidate| candidate.id == other)
            .expect(other);
        assert!(group.score < hafnium.score && group.reasons[0].text.contains("same flaws"));
    }
}

#[test]
fn a_court_case_in_the_same_article_stays_apart() {
    let links = links(&exchange_story());
    let case = links
        .iter()
        .find(|link| link.candidates[0].id == "case-hainan-2021")
        .expect("linked");
    assert!(
        case.sentence
            .of(&exchange_story().document.text)
            .contains("announced charges"),
        "{}",
        show(&links)
    );
    assert!(
        case.candidates
            .iter()
            .any(|candidate| candidate.id == "G0065"
                && candidate.via.as_deref() == Some("case-hainan-2021"))
    );
    for link in links
        .iter()
        .filter(|link| link.candidates[0].id == "proxylogon")
    {
        assert!(
            link.candidates
                .iter()
                .all(|candidate| candidate.id != "G0065" && !candidate.id.starts_with("case-"))
        );
    }
    // Without the sentence about charges nothing speaks of the case, or of APT40.
    let links = self::links(&story(
        "2021-07-19",
        &[EXCHANGE, "It named the Ministry of State Security (MSS)."],
    ));
    assert_eq!(
        (score(&links, "case-hainan-2021"), score(&links, "G0065")),
        (0.0, 0.0)
    );
}

#[test]
fn court_cases_are_told_apart() {
    let check = |published: &str, sentence: &str, expected: Option<(&str, f64)>| {
        drop(check(&story(published, &[sentence]), expected))
    };
    check(
        "2018-12-20",
        "The Justice Department charged two Chinese nationals tied to the Ministry of State Security.",
        Some(("case-apt10-2018", 0.6)),
    );
    check(
        "2020-07-22",
        "Two Chinese hackers working with the MSS were indicted.",
        Some(("case-li-dong-2020", 0.6)),
    );
    check(
        "2020-10-19",
        "Prosecutors unsealed an indictment of six Russian GRU officers.",
        Some(("case-gru-74455-2020", 0.6)),
    );
    check(
        "2020-02-11",
        "Four members of the Chinese military, the PLA, were charged with breaking in.",
        Some(("case-equifax-2020", 0.6)),
    );
    check(
        "2018-07-14",
        "A grand jury indicted 12 Russian military intelligence officers over the election.",
        Some(("case-gru-2018", 0.6)),
    );
    check(
        "2024-03-26",
        "Seven Chinese nationals were charged, among them Ni Gaobin.",
        Some(("case-apt31-2024", 0.8)),
    );
    check(
        "2021-07-19",
        "The museum charges four euros; Chinese guides are in charge of tours.",
        None,
    );
    check(
        "2021-07-19",
        "Three French bankers were indicted for fraud.",
        None,
    );
}

#[test]
fn known_operations_are_recognised_from_plain_words() {
    let check = |reading: Reading, id: &str, least: f64| drop(check(&reading, Some((id, least))));
    check(
        with_time(
            story(
                "2021-03-20",
                &["Russian spies were behind a breach of software maker SolarWinds last year."],
            ),
            "last year",
            "2020-01-01",
            "2021-01-01",
        ),
        "solarwinds",
        0.6,
    );
    check(
        story(
            "2020-12-15",
            &[
                "Hackers slipped a backdoor into SolarWinds Orion software updates, hitting government agencies.",
            ],
        ),
        "solarwinds",
        0.6,
    );
    check(
        story(
            "2023-06-16",
            &["A ransomware gang exploited a flaw in the file-transfer tool MOVEit to steal data."],
        ),
        "moveit",
        0.6,
    );
    check(
        story(
            "2021-12-14",
            &["Officials warned that attackers exploit a flaw in Log4j, a logging tool."],
        ),
        "log4shell",
        0.6,
    );
    check(
        story(
            "2021-05-10",
            &["Colonial Pipeline shut its fuel pipeline after a ransomware attack."],
        ),
        "colonial-pipeline",
        0.6,
    );
    check(
        with_time(
            story(
                "2019-05-12",
                &["It recalled the 2017 WannaCry attack on hospitals."],
            ),
            "2017",
            "2017-01-01",
            "2018-01-01",
        ),
        "wannacry",
        0.9,
    );
    check(
        story(
            "2022-02-25",
            &["A cyberattack knocked out Viasat modems across Europe."],
        ),
        "viasat",
        0.6,
    );
    check(
        story(
            "2017-09-08",
            &["Equifax said hackers stole the data of 143 million people."],
        ),
        "equifax",
        0.6,
    );
    check(
        story(
            "2021-07-05",
            &["The attack on Kaseya spread ransomware to hundreds of businesses."],
        ),
        "kaseya",
        0.6,
    );
    check(
        story(
            "2025-07-21",
            &["Hackers exploited a zero-day in on-premises SharePoint servers."],
        ),
        "toolshell",
        0.6,
    );
    check(
        story(
            "2024-01-12",
            &["Two zero-days in Ivanti Connect Secure VPN appliances are being exploited."],
        ),
        "ivanti-connect-secure-2024",
        0.6,
    );
    check(
        story(
            "2025-01-10",
            &["Hackers exploit a new zero-day in Ivanti Connect Secure VPN appliances."],
        ),
        "ivanti-connect-secure-2025",
        0.6,
    );
    check(
        story(
            "2023-11-22",
            &["LockBit hackers exploit Citrix Bleed in NetScaler devices."],
        ),
        "citrix-bleed",
        0.9,
    );
    check(
        story(
            "2024-10-24",
            &["A zero-day in FortiManager was exploited to break into firewalls."],
        ),
        "fortimanager-2024",
        0.6,
    );
    check(
        story(
            "2023-06-16",
            &["Chinese spies exploited Barracuda's Email Security Gateway for months."],
        ),
        "barracuda-esg-2023",
        0.6,
    );
    check(
        story(
            "2023-02-06",
            &["A wave of ransomware hits VMware ESXi servers."],
        ),
        "esxiargs",
        0.6,
    );
    check(
        story(
            "2024-06-03",
            &[
                "Hackers stole data of Ticketmaster from Snowflake accounts with stolen credentials.",
            ],
        ),
        "snowflake-2024",
        0.6,
    );
    check(
        story(
            "2024-02-29",
            &["The ransomware attack on Change Healthcare left pharmacies unable to work."],
        ),
        "change-healthcare",
        0.6,
    );
    check(
        story(
            "2016-05-20",
            &["Hackers stole money from Bangladesh Bank through SWIFT transfers."],
        ),
        "bangladesh-bank",
        0.6,
    );
    check(
        story(
            "2015-06-05",
            &[
                "Hackers breached the Office of Personnel Management, taking data on federal employees.",
            ],
        ),
        "opm",
        0.6,
    );
    check(
        story(
            "2022-09-30",
            &["Two zero-days in Microsoft Exchange servers are under attack."],
        ),
        "proxynotshell",
        0.6,
    );
    check(
        story(
            "2021-08-25",
            &["Attackers exploit ProxyShell flaws to put web shells on Exchange servers."],
        ),
        "proxyshell",
        0.9,
    );
}

#[test]
fn a_group_stands_for_an_operation_only_beside_what_that_one_did() {
    let check = |published: &str, sentence: &str, id: &str| {
        let links = links_of(published, sentence);
        let found = find(&links, id).filter(|candidate| candidate.kind == CandidateKind::Operation);
        assert!(
            found.is_some_and(|found| found.score >= 0.45),
            "{sentence}\n{}",
            show(&links)
        );
    };
    check(
        "2024-10-07",
        "Salt Typhoon hackers broke into telecom companies.",
        "salt-typhoon",
    );
    check(
        "2024-02-08",
        "Volt Typhoon compromised critical infrastructure.",
        "volt-typhoon",
    );
    check(
        "2023-11-10",
        "Sandworm attacked a power company in Ukraine.",
        "ukraine-power-2022",
    );
    for sentence in [
        "Volt Typhoon is a group of hackers.",
        "Lazarus Group attacked a shop.",
    ] {
        let links = links_of("2024-02-08", sentence);
        assert!(
            links
                .iter()
                .flat_map(|link| &link.candidates)
                .all(|c| c.kind != CandidateKind::Operation),
            "{}",
            show(&links)
        );
    }
}

#[test]
fn time_decides_between_operations_on_one_product() {
    let reading = story(
        "2021-08-30",
        &["Microsoft Exchange servers are under attack again."],
    );
    let links = check(&reading, Some(("proxyshell", 0.5)));
    assert!(score(&links, "proxylogon") < score(&links, "proxyshell"));
    let reading = story(
        "2022-10-05",
        &["In March 2021 hackers broke into Microsoft Exchange servers in a wave of attacks."],
    );
    let links = check(
        &with_time(reading, "March 2021", "2021-03-01", "2021-04-01"),
        Some(("proxylogon", 0.6)),
    );
    assert!(score(&links, "proxynotshell") < 0.3, "{}", show(&links));
    let links = links_of(
        "2019-03-01",
        "Hackers exploit a flaw in Microsoft Exchange servers.",
    );
    assert_eq!(score(&links, "proxylogon"), 0.0);
    assert_eq!(score(&links, "CVE-2021-26855"), 0.0);
    assert!(score(&links, "CVE-2018-8581") > 0.0, "{}", show(&links));
}

fn links_of(published: &str, sentence: &str) -> Vec<Link> {
    links(&story(published, &[sentence]))
}

#[test]
fn what_is_not_known_gives_no_link() {
    for (published, sentence) in [
        (
            "2021-07-19",
            "Hackers attacked the Zorbly payroll system and stole data.",
        ),
        (
            "2021-07-19",
            "The London Stock Exchange was hit by a cyberattack.",
        ),
        (
            "2021-07-19",
            "Shares fell on the Exchange after an attack on a tanker.",
        ),
        (
            "2021-07-19",
            "Microsoft said profits rose; the Tokyo Stock Exchange servers were attacked.",
        ),
        (
            "2021-07-19",
            "Protesters attacked the building and smashed its windows.",
        ),
        ("2021-07-19", "Microsoft Exchange is an email server."),
        (
            "2021-07-19",
            "The play was a royal success, and the hive will move to Cuba.",
        ),
        (
            "2021-07-19",
            "The net result was an attack by the Net Group.",
        ),
        ("2021-07-19", "The Post Office opened after the attack."),
        ("2021-07-19", "An orion nebula was found; a snowflake fell."),
        (
            "2021-07-19",
            "A cutting edge attack was played by the home side.",
        ),
        (
            "2021-07-19",
            "Microsoft said Windows Defender stops such attacks.",
        ),
        (
            "2024-05-01",
            "A report by Fortinet says that attacks doubled.",
        ),
        ("", "Hackers attacked the bank."),
        ("2021-07-19", ""),
    ] {
        let links = links_of(published, sentence);
        assert!(links.is_empty(), "{sentence}\n{}", show(&links));
    }
}

#[test]
fn what_every_attack_touches_points_to_no_operation() {
    for sentence in [
        "Attackers create accounts in Active Directory with malicious scripts.",
        "Microsoft says to disable RDP, which ransomware gangs exploit.",
        "Malware spreads on Windows computers.",
    ] {
        let links = links_of("2020-10-28", sentence);
        let mut candidates = links.iter().flat_map(|link| &link.candidates);
        assert!(
            candidates.all(
                |candidate| candidate.kind != CandidateKind::Operation && candidate.score < 0.4
            ),
            "{}",
            show(&links)
        );
    }
}

#[test]
fn exploitation_alone_never_yields_a_group() {
    let links = links_of("2022-08-15", "Attackers exploit a flaw in Zimbra.");
    assert!(!links.is_empty());
    assert!(
        links
            .iter()
            .flat_map(|link| &link.candidates)
            .all(|c| c.kind != CandidateKind::IntrusionSet),
        "{}",
        show(&links)
    );
    for reading in [
        exchange_story(),
        story("2023-06-16", &["A gang exploited MOVEit."]),
        story("2021-04-21", &["Hackers exploited Pulse Connect Secure."]),
    ] {
        for candidate in links_for(&reading)
            .iter()
            .filter(|c| c.kind == CandidateKind::IntrusionSet)
        {
            assert!(
                candidate.via.is_some() && candidate.reasons[0].text.contains(" links "),
                "{candidate:?}"
            );
        }
    }
}

fn links_for(reading: &Reading) -> Vec<Candidate> {
    links(reading)
        .into_iter()
        .flat_map(|link| link.candidates)
        .collect()
}

#[test]
fn named_things_are_linked_directly() {
    let check = |sentence: &str, id: &str, kind: CandidateKind| {
        let links = links_of("2024-05-01", sentence);
        let found = find(&links, id);
        assert!(
            found.is_some_and(|found| found.kind == kind
                && found.score >= 0.9
                && found.via.is_none()),
            "{sentence}\n{}",
            show(&links)
        );
    };
    check(
        "The actors used CVE-2021-34473.",
        "CVE-2021-34473",
        CandidateKind::Vulnerability,
    );
    check(
        "They used cve-2019-0001 as well.",
        "CVE-2019-0001",
        CandidateKind::Vulnerability,
    );
    check(
        "APT40 has been active.",
        "G0065",
        CandidateKind::IntrusionSet,
    );
    check(
        "Activity of Silk Typhoon was seen.",
        "G0125",
        CandidateKind::IntrusionSet,
    );
    check(
        "It dropped China Chopper.",
        "S0020",
        CandidateKind::Software,
    );
    check("They ran Mimikatz.", "S0002", CandidateKind::Software);
    check(
        "The group G0032 is active.",
        "G0032",
        CandidateKind::IntrusionSet,
    );
    check(
        "They left a web shell (T1505.003).",
        "T1505.003",
        CandidateKind::Technique,
    );
    check(
        "They used PowerShell (T1086).",
        "T1059.001",
        CandidateKind::Technique,
    );
    check(
        "Operation Dream Job lured engineers.",
        "C0022",
        CandidateKind::Operation,
    );
    let links = links_of("2024-05-01", "The actors used CVE-2021-26855.");
    assert_eq!(
        find(&links, "proxylogon").map(|candidate| candidate.kind),
        Some(CandidateKind::Operation)
    );
    assert!(find(&links, "G0125").is_some_and(|group| group.via.is_some()));
}

#[test]
fn names_that_several_bear_lead_to_each_of_them_and_everyday_words_only_where_taken_for_names() {
    let links = links_of("2024-05-01", "The Akira gang struck again.");
    assert!(
        find(&links, "G1024").is_some() && find(&links, "S1129").is_some(),
        "{}",
        show(&links)
    );
    assert!(
        links
            .iter()
            .flat_map(|link| &link.candidates)
            .all(|candidate| candidate.score < 0.5)
    );

    let reading = story("2024-05-01", &["Files were encrypted by Play last night."]);
    assert!(self::links(&reading).is_empty());
    let reading = with_entity(reading, "Play", EntityKind::IntrusionSet, None);
    assert!(find(&self::links(&reading), "G1040").is_some());

    let reading = with_entity(
        story("2024-05-01", &["He spoke of the panda."]),
        "panda",
        EntityKind::IntrusionSet,
        Some("G0009"),
    );
    assert!(find(&self::links(&reading), "G0009").is_some_and(|candidate| candidate.score >= 0.9));
}

#[test]
fn one_story_about_one_thing_gives_one_link() {
    let reading = story(
        "2021-03-08",
        &[
            "Hackers are exploiting flaws in Microsoft Exchange.",
            "The Exchange hack, in which ProxyLogon was used, hit tens of thousands of organizations.",
            "Microsoft released a patch for the Exchange vulnerabilities.",
        ],
    );
    let links = links(&with_count(
        reading,
        "tens of thousands of organizations",
        10_000.0,
    ));
    let operations: Vec<_> = links
        .iter()
        .filter(|link| link.candidates[0].kind == CandidateKind::Operation)
        .collect();
    assert_eq!(operations.len(), 1, "{}", show(&links));
    assert_eq!(operations[0].candidates[0].id, "proxylogon");
}

#[test]
fn linking_twice_gives_the_same() {
    assert_eq!(links(&exchange_story()), links(&exchange_story()));
}
