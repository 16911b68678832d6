//! Claims of single sentences: who says it, in which direction, and whether it is so.

use daylight_extract::{Lexicon, read};

use crate::gold::anonymous;

/// Checks all claims of a text, each as "speaker: subject relation object (force)", with "not" before
/// the relation where it is negated.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let claims = read(anonymous(text), &Lexicon::new([]), &|_| true).claims;
    let found: Vec<String> = claims
        .iter()
        .map(|claim| {
            format!(
                "{}: {} {}{} {} ({})",
                claim.speakers.last().map_or("", |last| last.name.as_str()),
                claim.subject.name,
                if claim.negated { "not " } else { "" },
                claim.relation.as_str(),
                claim
                    .object
                    .as_ref()
                    .map_or("-", |party| party.name.as_str()),
                claim.force.as_str(),
            )
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_denial_that_wraps_the_accusation() {
    check(
        "The ministry dismissed what its spokesman described as wild allegations that its officers had hacked the port.",
        &["ministry: its officers not compromised port (denied)"],
    );
}

#[test]
fn proof_that_is_missing_speaks_for_nobody() {
    check(
        "The bureau said it had found no evidence tying Marlex to the theft.",
        &["bureau: theft not attributed-to Marlex (asserted)"],
    );
}

#[test]
fn who_is_not_meant_stands_aside() {
    check(
        "It was the vendor Ostra, not the bank, that blamed the breach on Russia.",
        &["vendor Ostra: breach attributed-to Russia (asserted)"],
    );
    check(
        "The thieves copied 40 files, not 400.",
        &["this report: thieves compromised 40 files (asserted)"],
    );
}

#[test]
fn what_was_said_wrongly_or_earlier_is_taken_back() {
    check(
        "The newspaper stated erroneously that hackers had stolen the plans.",
        &["newspaper: hackers not compromised plans (denied)"],
    );
    check(
        "A previous version of this article said that hackers had stolen the plans.",
        &[],
    );
}

#[test]
fn what_is_written_or_installed_is_no_speech_and_no_tool() {
    check(
        "Prosecutors said a student wrote the worm that the gang used.",
        &["Prosecutors: gang uses worm (asserted)"],
    );
    check(
        "Hackers had entered the network before it deployed the update.",
        &["this report: Hackers compromised network (asserted)"],
    );
}

#[test]
fn orders_are_taken_from_somebody() {
    check(
        "The crew receives instructions from the Russian army.",
        &["this report: crew sponsored-by Russian army (asserted)"],
    );
    check(
        "The hackers work for a hostile government.",
        &["this report: hackers sponsored-by hostile government (asserted)"],
    );
}

#[test]
fn causes_and_responsibility_in_the_passive() {
    check(
        "The disruption was caused by a broken cable.",
        &["this report: disruption attributed-to broken cable (asserted)"],
    );
    check(
        "Responsibility for the hack was claimed by a crew named Pale Oak.",
        &["Pale Oak: hack attributed-to Pale Oak (alleged)"],
    );
    check(
        "Russia said that it had nothing to do with the breach.",
        &["Russia: breach not attributed-to Russia (asserted)"],
    );
    check(
        "Six terminals were infected with a wiper.",
        &["this report: wiper compromised Six terminals (asserted)"],
    );
    check(
        "The raid was most likely conducted by a gang called Pale Oak.",
        &["this report: Pale Oak conducts raid (asserted)"],
    );
}

#[test]
fn speakers_at_the_end_in_the_present() {
    check(
        "Thieves have ransacked the museum of Riga, the mayor says.",
        &["mayor: Thieves compromised museum of Riga (asserted)"],
    );
    check(
        "Hackers stole the plans of a ferry, Ostra reports.",
        &["Ostra: Hackers compromised plans of a ferry (reported)"],
    );
}

#[test]
fn speakers_behind_asides() {
    check(
        "The diplomats, who asked not to be identified, said a gang known as Pale Oak had hacked the port.",
        &["diplomats: Pale Oak compromised port (reported)"],
    );
    check(
        "The gang, which says it copied the plans, demanded 3 million euros.",
        &[
            "this report: gang demanded 3 million euros (asserted)",
            "gang: gang compromised plans (asserted)",
        ],
    );
}

#[test]
fn who_uses_a_tool_does_what_it_is_for() {
    check(
        "The program was used by the Russian army to spy on farmers.",
        &[
            "this report: Russian army uses program (asserted)",
            "this report: Russian army targets farmers (asserted)",
        ],
    );
}
