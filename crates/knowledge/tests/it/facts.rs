//! Look-ups.

use daylight_knowledge::{Knowledge, OperationKind};

fn knowledge() -> &'static Knowledge {
    Knowledge::embedded()
}

#[test]
fn techniques_are_found_by_old_present_and_new_numbers() {
    let check = |id: &str, expected: Option<(&str, &str)>| {
        let found = knowledge()
            .technique(id)
            .map(|technique| (technique.id.as_str(), technique.name.as_str()));
        assert_eq!(found, expected, "{id}");
    };
    check("T1505.003", Some(("T1505.003", "Web Shell")));
    check("T1100", Some(("T1505.003", "Web Shell"))); // revoked
    check("T1086", Some(("T1059.001", "PowerShell"))); // revoked
    check("T1685.005", Some(("T1070.001", "Clear Windows Event Logs"))); // ATT&CK 19
    check(
        "T1685",
        knowledge()
            .technique("T1562.001")
            .map(|technique| (technique.id.as_str(), technique.name.as_str())),
    );
    check("T9999", None);
    check("", None);
}

#[test]
fn groups_software_and_campaigns_are_found() {
    let knowledge = knowledge();
    let hafnium = knowledge.group("G0125").expect("in ATT&CK");
    assert_eq!(hafnium.name, "HAFNIUM");
    assert!(hafnium.aliases.iter().any(|alias| alias == "Silk Typhoon"));
    assert_eq!(
        knowledge.group("G0118").map(|group| group.id.as_str()),
        Some("G0016"),
        "revoked"
    );
    assert_eq!(
        knowledge
            .software("S0020")
            .map(|software| software.name.as_str()),
        Some("China Chopper")
    );
    assert_eq!(
        knowledge
            .campaign("C0024")
            .map(|campaign| campaign.groups.as_slice()),
        Some(&["G0016".to_owned()][..])
    );
    assert!(
        knowledge
            .groups_using("S0020")
            .any(|group| group.id == "G0125")
    );
    assert!(
        knowledge
            .techniques_of("G0125")
            .any(|technique| technique.id == "T1505.003")
    );
    assert_eq!(
        knowledge.tactic("persistence"),
        Some(("TA0003", "Persistence"))
    );
    assert!(
        knowledge
            .sources()
            .any(|(source, _)| source.cited() == "MITRE ATT&CK 18.1")
    );
}

#[test]
fn mitigations_have_ids_and_names() {
    let mitigations = knowledge().mitigations("T1190");
    assert!(
        mitigations.contains(&("M1051", "Update Software")),
        "{mitigations:?}"
    );
    assert!(knowledge().mitigations("T9999").is_empty());
}

#[test]
fn flaws_know_their_product_and_who_is_linked_to_them() {
    let flaw = knowledge()
        .vulnerability("CVE-2021-27065")
        .expect("on CISA's list");
    assert_eq!(
        (flaw.product.as_str(), flaw.added.to_string().as_str()),
        ("Exchange Server", "2021-11-03")
    );
    let groups: Vec<_> = knowledge()
        .groups_linked_to("CVE-2021-27065")
        .map(|(_, link)| link.group.as_str())
        .collect();
    for group in ["G0125", "G0027", "G0059", "G1022", "G1043"] {
        assert!(groups.contains(&group), "{group} in {groups:?}");
    }
    assert!(
        !groups.contains(&"G0065"),
        "the Hainan case is not about Exchange"
    );
}

#[test]
fn operations_take_over_what_attack_knows_of_them() {
    let operation = knowledge().operation("C0024").expect("curated");
    assert_eq!(
        (operation.id.as_str(), operation.kind),
        ("solarwinds", OperationKind::SupplyChain)
    );
    assert!(operation.techniques.iter().any(|id| id == "T1195.002"));
    assert!(operation.software.iter().any(|id| id == "S0559"));
    assert!(
        operation
            .groups
            .iter()
            .any(|link| link.group == "G0016" && link.by.starts_with("MITRE"))
    );
    let proxylogon = knowledge().operation("proxylogon").expect("curated");
    assert_eq!(
        proxylogon.windows.len(),
        2,
        "sources that disagree both stand"
    );
    let window = proxylogon.window().expect("dated");
    assert_eq!(
        window.start.map(|start| start.to_string()).as_deref(),
        Some("2021-01-03T00:00:00Z")
    );
    assert!(knowledge().operation("nothing").is_none());
}

#[test]
fn every_group_link_says_who_and_every_entry_has_public_sources() {
    for operation in knowledge().operations() {
        let links = operation.groups.iter().map(|link| (&link.by, &link.source));
        let said = operation
            .attributions
            .iter()
            .map(|said| (&said.by, &said.source));
        for (by, source) in links.chain(said) {
            assert!(
                !by.is_empty() && source.starts_with("https://"),
                "{}",
                operation.id
            );
        }
        assert!(
            operation
                .sources
                .iter()
                .all(|source| source.starts_with("https://")),
            "{}",
            operation.id
        );
        assert!(
            operation.kind == OperationKind::LegalCase || !operation.leads_to().is_empty(),
            "{}",
            operation.id
        );
        assert_eq!(
            operation.kind == OperationKind::LegalCase,
            operation.case.is_some(),
            "{}",
            operation.id
        );
    }
    assert!(knowledge().operations().len() >= 60);
    assert!(knowledge().products().len() >= 80);
}
