//! The same searches in other languages.

use daylight_counter::queries;
use daylight_model::IndicatorKind;

use crate::sample::{chosen, reading};

#[test]
fn queries_say_what_the_rules_say() {
    let values = [
        (IndicatorKind::Domain, "drop.tide-mail.net"),
        (IndicatorKind::Cidr, "198.18.5.0/24"),
        (IndicatorKind::RegistryKey, "HKLM\\SOFTWARE\\Tide\\Run"),
    ];
    let chosen = chosen(&reading("A report", &values));
    let files = queries(&chosen);
    let text = |end: &str| {
        let found = files.iter().find(|file| file.path.ends_with(end));
        found.map(|file| file.text.clone()).unwrap()
    };
    let kql = text(".kql");
    assert!(kql.contains(
        "_Im_Dns\n| where DnsQuery in~ (\"drop.tide-mail.net\")\n    or DnsQuery endswith \".drop.tide-mail.net\""
    ));
    assert!(kql.contains("RegistryKey contains \"\\\\SOFTWARE\\\\Tide\\\\Run\""));
    assert!(text(".spl").contains("like(lower(query), \"%.drop.tide-mail.net\")"));
    assert!(text(".esql").contains("to_lower(dns.question.name) in (\"drop.tide-mail.net\")"));
    assert!(
        text(".esql").contains("// without end | TLP:"),
        "{}",
        text(".esql")
    );
}
