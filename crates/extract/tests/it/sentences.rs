//! Single sentences and short paragraphs, and the claims that must come out of them. All names
//! are invented.

use daylight_extract::{Lexicon, read};

use crate::gold::document;

/// Checks the claims of a text: `speaker | subject relation object (force[, not])`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let claims = read(
        document(text, "Outlet", "2024-01-01"),
        &Lexicon::new([]),
        &|_| true,
    )
    .claims;
    let found: Vec<String> = claims
        .iter()
        .map(|claim| {
            format!(
                "{} | {} {} {} ({}{})",
                claim.speakers.last().map_or("", |last| last.name.as_str()),
                claim.subject.name,
                claim.relation.as_str(),
                claim
                    .object
                    .as_ref()
                    .map_or("-", |party| party.name.as_str()),
                claim.force.as_str(),
                if claim.negated { ", not" } else { "" },
            )
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn deeds() {
    check(
        "The hackers broke into the port authority, the ministry said.",
        &["ministry | hackers compromised port authority (asserted)"],
    );
    check(
        "The attackers made off with 40 hard drives.",
        &["Outlet | attackers compromised 40 hard drives (asserted)"],
    );
    check(
        "The intruders tried to steal the payroll.",
        &["Outlet | intruders targets payroll (asserted)"],
    );
    check(
        "The gang disabled two plants with a wiper called Brinefall.",
        &[
            "Outlet | gang compromised two plants (asserted)",
            "Outlet | gang uses Brinefall (asserted)",
        ],
    );
}

#[test]
fn what_did_not_happen_is_no_claim() {
    check("The flaw could let attackers steal passwords.", &[]);
    check("Hackers may target banks next year.", &[]);
    check("If hackers steal the keys, the bank closes.", &[]);
    check("We took the servers offline.", &[]);
    check("The servers were encrypted.", &[]);
    check("Ensure that attackers have not stolen your keys.", &[]);
}

#[test]
fn denials() {
    check(
        "Marlex denied that it had hired hackers.",
        &["Marlex | Marlex employs hackers (denied, not)"],
    );
    check(
        "Marlex denied the accusations.",
        &["Marlex | Marlex denied the accusations (denied)"],
    );
    check(
        "The bureau found no evidence that the hackers stole designs.",
        &["bureau | hackers compromised designs (asserted, not)"],
    );
}

#[test]
fn ties_and_places() {
    check(
        "Corvid, a company based in Riga, hired hackers.",
        &[
            "Outlet | Corvid located-in Riga (asserted)",
            "Outlet | Corvid employs hackers (asserted)",
        ],
    );
    check(
        "Its members are thought to be based in Minsk.",
        &["Outlet | Its members located-in Minsk (reported)"],
    );
    check(
        "The hackers acted on behalf of Iran.",
        &["Outlet | hackers sponsored-by Iran (asserted)"],
    );
}

#[test]
fn law_and_remedies() {
    check(
        "Prosecutors charged two men with stealing designs.",
        &[
            "Prosecutors | Prosecutors charged two men (charged)",
            "Prosecutors | two men compromised designs (charged)",
        ],
    );
    check(
        "Corvid released an update on Friday that closes the backdoor.",
        &["Outlet | Corvid patched backdoor (asserted)"],
    );
}

#[test]
fn rejected_claims_are_not_the_outlets() {
    check(
        "Iran dismissed as baseless allegations that its hackers stole the designs.",
        &["Iran | its hackers compromised designs (denied, not)"],
    );
    check(
        "Iran disputed a claim by Israel that Iranian hackers attacked the port.",
        &[
            "Iran | Iran denied a claim by Israel (denied)",
            "Iran | Iranian hackers targets port (denied, not)",
        ],
    );
    check(
        "Iran rejected reports that its hackers had breached the utility and blamed Israel for the attack.",
        &[
            "Iran | its hackers compromised utility (denied, not)",
            "Iran | attack attributed-to Israel (asserted)",
        ],
    );
    check(
        "The bank said it was aware of reports that hackers had stolen its data.",
        &[],
    );
    check(
        "Iran rejected the claims its hackers had breached the port.",
        &["Iran | its hackers compromised port (denied, not)"],
    );
    check(
        "Corvid's claim that Russia hacked the ministry came late.",
        &["Corvid | Russia compromised ministry (alleged)"],
    );
}

#[test]
fn doubts_and_open_questions() {
    check(
        "Officials doubt that Russia hacked the ministry.",
        &["Officials | Russia compromised ministry (asserted, not)"],
    );
    check(
        "The bureau did not believe that hackers stole designs.",
        &["bureau | hackers compromised designs (asserted, not)"],
    );
    check(
        "It is not true that our hackers breached the port, the embassy said.",
        &["embassy | our hackers compromised port (asserted, not)"],
    );
    check(
        "Reports that Russian hackers breached the port are false, the embassy said.",
        &["embassy | Russian hackers compromised port (asserted, not)"],
    );
    check(
        "The ministry could not confirm that hackers had stolen the files.",
        &[],
    );
    check(
        "The firm would neither confirm nor deny that hackers had stolen the files.",
        &[],
    );
    check(
        "The firm declined to confirm that hackers stole files.",
        &[],
    );
    check("The firm did not say whether hackers stole files.", &[]);
}

#[test]
fn who_speaks() {
    check(
        "Russia falsely accused Ukraine of hacking the ministry.",
        &["Russia | Ukraine compromised ministry (alleged)"],
    );
    check(
        "The minister said Iran hacked a bank. The Washington Post reported that Russia hacked the ministry.",
        &[
            "minister | Iran compromised bank (asserted)",
            "Washington Post | Russia compromised ministry (reported)",
        ],
    );
    check(
        "Corvid, whose mail product was attacked, denied that hackers stole its data.",
        &["Corvid | hackers compromised its data (denied, not)"],
    );
    check(
        "The firm confirmed that parts of its network were breached by Clop but said hackers did not steal data.",
        &[
            "firm | Clop compromised parts of its network (asserted)",
            "firm | hackers compromised data (asserted, not)",
        ],
    );
}

#[test]
fn deeds_are_nobodys_on_a_guess() {
    check(
        "Corvid said its software had not been used to breach the port.",
        &["Corvid | its software compromised port (asserted, not)"],
    );
    check(
        "Clop attacked the port. The ministry said it was used to steal the plans.",
        &["Outlet | Clop targets port (asserted)"],
    );
    check(
        "If the hackers got in, they could have stolen the designs.",
        &[],
    );
    check(
        "Hackers stole the plans, U.S., British and Australian cyber agencies said.",
        &["U.S., British and Australian cyber agencies | Hackers compromised plans (asserted)"],
    );
}

#[test]
fn issuers_and_main_subjects() {
    check(
        "The advisory, issued by Corvid, said affiliates of Red Elk used the flaw, tracked as CVE-2023-4966 and known as Leaky Tap, to hijack sessions.",
        &[],
    );
    check(
        "Corvid said the hackers exploited the flaw, tracked as CVE-2023-4966, to breach banks.",
        &[
            "Corvid | hackers exploits CVE-2023-4966 (asserted)",
            "Corvid | hackers compromised banks (asserted)",
        ],
    );
    check(
        "China rejected claims that its hackers had breached the ministry, calling them baseless.",
        &[
            "China | China denied them (denied)",
            "China | its hackers compromised ministry (denied, not)",
        ],
    );
}
