//! Habits of misreading, each with a sentence that must not give the claim and a near
//! neighbour that must. All names are invented.

use daylight_extract::{Lexicon, read};
use daylight_model::EntityKind;

use crate::gold::document;

/// The claims of a text, each `subject relation object (force[, not])`.
fn claims(text: &str) -> Vec<String> {
    let document = document(text, "Outlet", "2024-01-01");
    let claims = read(document, &Lexicon::new([]), &|_| true).claims;
    let line = |claim: &daylight_model::Claim| {
        let object = claim.object.as_ref().map_or("-", |party| &party.name);
        let not = if claim.negated { ", not" } else { "" };
        let relation = claim.relation.as_str();
        let force = claim.force.as_str();
        format!("{} {relation} {object} ({force}{not})", claim.subject.name)
    };
    claims.iter().map(line).collect()
}

/// Checks that no claim of a text holds the words.
#[track_caller]
fn never(text: &str, words: &str) {
    let found = claims(text);
    let bad = found.iter().any(|claim| claim.contains(words));
    assert!(!bad, "{words:?} in {found:?} of {text:?}");
}

/// Checks that a claim of a text holds the words.
#[track_caller]
fn always(text: &str, words: &str) {
    let found = claims(text);
    let good = found.iter().any(|claim| claim.contains(words));
    assert!(good, "no {words:?} in {found:?} of {text:?}");
}

#[test]
fn no_evidence_is_no_tie() {
    never(
        "Police found no evidence they had acted for China.",
        "China (asserted)",
    );
    never(
        "There is nothing to suggest the hackers worked for Iran.",
        "Iran (asserted)",
    );
    never(
        "Analysts saw no sign the gang had stolen the drawings.",
        "drawings (asserted)",
    );
    always(
        "Police found evidence they had acted on behalf of China.",
        "sponsored-by China (asserted)",
    );
    always(
        "We saw no sign of ransomware, and the gang stole the drawings.",
        "gang compromised drawings (asserted)",
    );
    always(
        "We saw no sign of ransomware, but the gang stole the drawings.",
        "gang compromised drawings (asserted)",
    );
}

#[test]
fn based_on_is_not_based_in() {
    never(
        "The assessment by Corvid is based on reports from Riga.",
        "located-in",
    );
    never("Brinefall is based on code from Russia.", "located-in");
    always(
        "Corvid, based in Riga, makes locks.",
        "Corvid located-in Riga",
    );
    always("The gang is based in Riga.", "gang located-in Riga");
}

#[test]
fn advice_is_no_deed() {
    never(
        "The agencies recommend using version 5 or higher.",
        "uses version",
    );
    never("Owners should consider downloading the files.", "files");
    never("Corvid has promised to fix the flaw.", "patched");
    never("Corvid has yet to fix the flaw.", "patched");
    never(
        "A careful bank would have patched the flaw within days.",
        "patched",
    );
    always("Corvid has fixed the flaw.", "Corvid patched flaw");
    always(
        "The agencies said the gang is using stolen keys.",
        "gang uses stolen keys",
    );
}

#[test]
fn possibilities_are_no_deeds() {
    never(
        "An attacker who exploited the flaw could take over the server.",
        "exploits",
    );
    never(
        "The thieves could have reached the payroll system as well.",
        "payroll",
    );
    never(
        "The gang could get into the network and then steal the files.",
        "files",
    );
    never(
        "The bug makes it possible for hackers to steal passwords.",
        "passwords",
    );
    never(
        "They sought flaws that thieves may be targeting and exploiting.",
        "exploits",
    );
    never("It is also possible to use the bug to steal data.", "data");
    always(
        "The attacker exploited the flaw in May.",
        "attacker exploits flaw",
    );
    always(
        "The hackers may have stolen the files.",
        "hackers compromised files",
    );
    always(
        "Hackers were able to steal passwords.",
        "Hackers compromised passwords",
    );
}

#[test]
fn generalities_are_no_deeds() {
    never(
        "Attackers often use stolen passwords to move between networks.",
        "uses",
    );
    never(
        "Once attackers compromise an account, they sell it.",
        "compromised",
    );
    never(
        "Ransomware is a kind of malware that encrypts files and demands a ransom.",
        "demanded",
    );
    always(
        "It found a loader that attackers often used in May.",
        "attackers uses loader",
    );
    always(
        "The group often uses stolen passwords.",
        "group uses stolen passwords",
    );
    always(
        "Once the attackers compromised an account, they sold it.",
        "attackers compromised account",
    );
}

#[test]
fn motives_are_no_deeds() {
    never(
        "The gang registered domains in order to steal passwords.",
        "passwords",
    );
    never(
        "Hackers posed as clerks in an attempt to steal passwords.",
        "passwords",
    );
    never(
        "The group wrote a program designed to steal passwords.",
        "passwords",
    );
    never(
        "They sent letters with the goal of exploiting flaws.",
        "exploits",
    );
    always(
        "The gang used a stolen key to copy the records.",
        "gang compromised records",
    );
    always(
        "The hackers tried to steal passwords.",
        "hackers targets passwords",
    );
}

#[test]
fn names_that_hold_a_country_are_no_country() {
    let countries = |text: &str| {
        let document = document(text, "Outlet", "2024-01-01");
        let entities = read(document, &Lexicon::new([]), &|_| true).entities;
        let countries = entities
            .into_iter()
            .filter(|entity| entity.kind == EntityKind::Country);
        countries.map(|entity| entity.name).collect::<Vec<_>>()
    };
    for text in [
        "Hackers targeted DHL Germany in May.",
        "Michael Jordan hired hackers.",
        "The gang demanded money from Chad Miller.",
        "The clerk, Georgia Smith, told Police Scotland.",
    ] {
        assert_eq!(countries(text), [""; 0], "{text}");
    }
    assert_eq!(countries("Hackers targeted Germany."), ["Germany"]);
    assert_eq!(
        countries("In Jordan, Kenya and North Korea, it rained."),
        ["Jordan", "Kenya", "North Korea"]
    );
    assert_eq!(
        countries("Blaming Russia, Prime Minister Li left China."),
        ["Russia", "China"]
    );
}

#[test]
fn affiliations_stay_whole() {
    for hyphen in ["-", "‑", "–"] {
        always(
            &format!("Chinese government{hyphen}affiliated hackers targeted two banks."),
            "hackers targets two banks",
        );
        always(
            &format!("Chinese government{hyphen}backed hackers targeted two banks."),
            "sponsored-by Chin",
        );
    }
    never(
        "Chinese government-affiliated hackers targeted two banks.",
        "Chinese government targets",
    );
    always(
        "The Chinese government targeted two banks.",
        "Chinese government targets two banks",
    );
}

#[test]
fn association_needs_somebody() {
    never(
        "Three servers are known to be associated with this malicious activity.",
        "sponsored-by",
    );
    never(
        "The documents are connected to early designs.",
        "attributed-to",
    );
    never(
        "The site asked clerks to log in, then directed them to a fake page.",
        "sponsored-by",
    );
    never(
        "The researcher read the traffic on behalf of the phone.",
        "sponsored-by",
    );
    never(
        "Actors believed to be associated with the Brinefall malware began in May.",
        "sponsored-by",
    );
    always(
        "The hackers are associated with Iran.",
        "hackers sponsored-by Iran",
    );
    always(
        "Investigators connected the hackers to Iran.",
        "hackers attributed-to Iran",
    );
}

#[test]
fn time_is_no_victim() {
    never("The attack hit early Thursday morning.", "targets");
    never(
        "It took the firm two days to notice the breach.",
        "compromised",
    );
    never(
        "Days after thousands of databases were hit by a worm, it spread.",
        "targets Days",
    );
    always("The attack hit a hospital.", "attack targets hospital");
    always(
        "Last November thieves targeted a bank.",
        "thieves targets bank",
    );
    never("Last November thieves targeted a bank.", "November thieves");
    always(
        "After the bank was hit by a worm, it closed.",
        "worm targets bank",
    );
}

#[test]
fn pronouns_take_no_deed_to_bystanders() {
    never(
        "Customers are at risk because they use old software.",
        "uses",
    );
    never("None of that data was hit by the attack.", "targets");
    never(
        "The trick got victims to infect themselves.",
        "compromised themselves",
    );
    always(
        "The hackers got in because they used stolen keys.",
        "hackers uses stolen keys",
    );
}

#[test]
fn known_to_be_exploited() {
    always(
        "The office listed flaws known to be exploited by Tin Crow, a Russian gang.",
        "Tin Crow exploits flaws",
    );
    never(
        "The hackers targeted firms with flaws known to be exploited by Tin Crow, a gang.",
        "Tin Crow exploits hackers",
    );
}

#[test]
fn targets_in_a_place_are_not_the_place() {
    never(
        "The gang went after ministries in Belgium that were hit last year by a worm.",
        "worm targets Belgium",
    );
    always(
        "The gang went after ministries in Belgium that were hit last year by a worm.",
        "worm targets ministries",
    );
}

#[test]
fn nouns_that_look_like_verbs() {
    never(
        "We know that bank details were taken, and that hackers stole a laptop.",
        "bank",
    );
    never(
        "The ransomware shows fake login prompts as a lure while it encrypts disks.",
        "fake login compromised",
    );
    never(
        "A report on the Russian hacking published Friday named two officers.",
        "Russian compromised",
    );
    never("The malware uses scheduled tasks.", "uses scheduled (");
    always(
        "The malware uses scheduled tasks.",
        "malware uses scheduled tasks",
    );
}

#[test]
fn own_doings_are_no_attack() {
    never(
        "Norsk Mail shut down more than 2,000 computers.",
        "compromised",
    );
    always(
        "The hackers shut down more than 2,000 computers.",
        "hackers compromised",
    );
}

#[test]
fn platforms_are_no_malware() {
    never(
        "The Android malware was new. The malware hijacked two phones.",
        "Android compromised",
    );
    always(
        "The Brinefall malware was new. The malware hijacked two phones.",
        "Brinefall compromised two phones",
    );
}

#[test]
fn who_speaks_is_who_speaks() {
    always(
        "Corvid reported that it had fixed the flaw.",
        "Corvid patched flaw",
    );
    always(
        "The firm told its clients that hackers had stolen files.",
        "hackers compromised files",
    );
    never(
        "The lawyer denied that his client had stolen the files.",
        "denied that",
    );
    always(
        "The lawyer denied that his client had stolen the files.",
        "compromised files (denied, not)",
    );
}

#[test]
fn clauses_without_their_pronoun() {
    always(
        "The firm blamed Tin Crow, a group it links to Belarus.",
        "Tin Crow attributed-to Belarus",
    );
    always(
        "The firm blamed Tin Crow, a group it says works for Belarus.",
        "Tin Crow sponsored-by Belarus",
    );
    never(
        "The firm blamed Tin Crow, a group it says works for Belarus.",
        "it sponsored-by",
    );
}

#[test]
fn run_by_a_service() {
    always(
        "Tin Crow, a hacking group, is almost certainly operated by Belarus.",
        "Tin Crow sponsored-by Belarus",
    );
    always(
        "The freelancers carried out two of the intrusions.",
        "conducts two of the intrusions",
    );
    always(
        "Tin Crow, a gang, uses password spraying.",
        "Tin Crow uses password spraying",
    );
}
