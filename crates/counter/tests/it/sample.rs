//! Readings made of indicators and a title, without a reader.

use daylight_counter::{Chosen, Report, Validity, select};
use daylight_model::{
    Block, BlockKind, Document, Entity, EntityKind, Indicator, IndicatorKind, IndicatorRole,
    MediaType, Mention, Reading, Span, Timestamp,
};

pub(crate) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// One report whose only sentence holds all the values.
pub(crate) fn reading(title: &str, values: &[(IndicatorKind, &str)]) -> Reading {
    let mut text = String::from("The intruders used");
    let mut indicators = Vec::new();
    for (kind, value) in values {
        text.push(' ');
        let start = text.len();
        text.push_str(value);
        indicators.push(Indicator {
            kind: *kind,
            value: (*value).to_owned(),
            span: Span::new(start, text.len()),
            as_written: (*value).to_owned(),
            defanged: true,
            role: IndicatorRole::Indicator,
        });
    }
    let all = Span::new(0, text.len());
    Reading {
        document: Document {
            id: format!("report--{title}"),
            source: "report.txt".to_owned(),
            sha256: String::new(),
            media: MediaType::Text,
            title: Some(title.to_owned()),
            published: Some(now()),
            published_as_written: None,
            publisher: Some("Harbour Watch".to_owned()),
            authors: Vec::new(),
            originator: None,
            url: Some("https://www.harbourwatch.example/reports/1".to_owned()),
            tlp: None,
            text,
            blocks: vec![Block {
                span: all,
                kind: BlockKind::Paragraph,
            }],
            diagnostics: Vec::new(),
        },
        sentences: vec![all],
        entities: Vec::new(),
        claims: Vec::new(),
        indicators,
        techniques: Vec::new(),
        described: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        incidents: Vec::new(),
    }
}

pub(crate) fn organisation(name: &str) -> Entity {
    Entity {
        kind: EntityKind::Organization,
        name: name.to_owned(),
        aliases: Vec::new(),
        known_as: None,
        read_by_model: None,
        mentions: vec![Mention {
            span: Span::new(0, 3),
            text: "The".to_owned(),
        }],
    }
}

pub(crate) fn chosen(reading: &Reading) -> Chosen {
    let report = Report {
        reading,
        tlp: "TLP:AMBER",
    };
    select(&[report], &|_, _| None, Validity::default(), now())
}

/// One of each kind, made up for the tests.
pub(crate) fn each_kind() -> Vec<(IndicatorKind, &'static str)> {
    vec![
        (IndicatorKind::Ipv4, "203.0.113.7"),
        (IndicatorKind::Ipv4, "198.51.100.9"),
        (IndicatorKind::Cidr, "198.51.100.0/24"),
        (IndicatorKind::Ipv6, "2001:db8::17"),
        (IndicatorKind::Domain, "drop.tide-mail.example"),
        (
            IndicatorKind::Url,
            "http://tide-mail.example:8080/in/box.php?a=1&b=%20;c",
        ),
        (IndicatorKind::Url, "https://whole-site.example/"),
        (IndicatorKind::Md5, "0123456789abcdef0123456789abcdef"),
        (
            IndicatorKind::Sha1,
            "0123456789abcdef0123456789abcdef01234567",
        ),
        (
            IndicatorKind::Sha256,
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ),
        (IndicatorKind::Imphash, "fedcba9876543210fedcba9876543210"),
        (IndicatorKind::Filename, "tidemark32.dll"),
        (IndicatorKind::FilePath, r"C:\ProgramData\Tide\mark*.exe"),
        (
            IndicatorKind::RegistryKey,
            r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run\TideMark",
        ),
        (IndicatorKind::Mutex, r"Global\TideMark-1"),
        (IndicatorKind::UserAgent, "TideMark/1.0 (\"x\"; y|z)"),
    ]
}
