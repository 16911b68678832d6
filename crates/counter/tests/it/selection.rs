use daylight_counter::{Report, Validity, csv, hosts, left_out, nftables, select};
use daylight_model::{IndicatorKind, IndicatorRole};

use crate::sample::{chosen, now, organisation, reading};

#[test]
fn what_must_not_be_blocked_is_told() {
    let mut reading = reading(
        "Tide",
        &[
            (IndicatorKind::Ipv4, "10.1.2.3"),
            (IndicatorKind::Url, "http://192.168.0.9/a"),
            (IndicatorKind::Cidr, "8.0.0.0/6"),
            (IndicatorKind::Domain, "shared.example"),
            (IndicatorKind::Domain, "mail.harbourwatch.example"),
            (IndicatorKind::Domain, "portal.copper-line.example"),
            (IndicatorKind::Domain, "further.example"),
            (IndicatorKind::Domain, "drop.example"),
        ],
    );
    reading.entities.push(organisation("Copper Line Inc."));
    reading.indicators[6].role = IndicatorRole::Reference;
    let report = Report {
        reading: &reading,
        tlp: "TLP:CLEAR",
    };
    let warning = |_: IndicatorKind, value: &str| {
        (value == "shared.example").then(|| "is shared by very many users".to_owned())
    };
    let chosen = select(&[report], &warning, Validity::default(), now());
    let kept: Vec<&str> = chosen
        .entries
        .iter()
        .map(|one| one.value.as_str())
        .collect();
    assert_eq!(kept, ["drop.example"]);
    let told = left_out(&chosen);
    for reason in [
        "\"ipv4\",\"10.1.2.3\",\"is private or reserved\",\"Tide\"",
        "\"http://192.168.0.9/a\",\"is private or reserved\"",
        "\"8.0.0.0/6\",\"is private or reserved\"",
        "\"shared.example\",\"is shared by very many users\"",
        "\"mail.harbourwatch.example\",\"bears the name of ",
        "\"portal.copper-line.example\",\"bears the name of Copper Line Inc.,",
        "\"further.example\",\"stands there for reference",
    ] {
        assert!(told.contains(reason), "{reason} is not in:\n{told}");
    }
}

#[test]
fn lines_say_where_they_are_from_and_when_they_end() {
    let one = reading("Tide", &[(IndicatorKind::Ipv4, "203.0.113.7")]);
    let other = reading("Ebb", &[(IndicatorKind::Ipv4, "203.0.113.7")]);
    let reports = [
        Report {
            reading: &one,
            tlp: "TLP:GREEN",
        },
        Report {
            reading: &other,
            tlp: "TLP:CLEAR",
        },
    ];
    let select = |validity| select(&reports, &|_, _| None, validity, now());
    let text = nftables(&select(Validity::default()));
    let line = "# until 2026-04-01 | TLP:GREEN | Tide (Harbour Watch, 2026-01-01) | \
                “The intruders used 203.0.113.7”";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("TLP:CLEAR | Ebb"), "{text}");
    assert!(text.contains("203.0.113.7 timeout 7776000s"), "{text}");
    let rows = csv(&select(Validity::days(7)));
    assert_eq!(
        rows.matches("\"203.0.113.7\",\"2026-01-08\"").count(),
        2,
        "{rows}"
    );
}

#[test]
fn a_page_blocks_no_site_and_a_site_does() {
    let page = reading(
        "Tide",
        &[(IndicatorKind::Url, "https://hijacked.example/a.php")],
    );
    assert!(!hosts(&chosen(&page)).contains("0.0.0.0 hijacked.example"));
    let site = reading("Tide", &[(IndicatorKind::Url, "https://hijacked.example/")]);
    assert!(hosts(&chosen(&site)).contains("0.0.0.0 hijacked.example"));
}
