//! Words of confidence, and whose yardstick they stand on.

use daylight_extract::{Lexicon, read};
use daylight_model::ConfidenceScale::{
    self, AnalyticConfidence, EstimativeProbability, Everyday, Icd203, Phia,
};

use crate::gold::document;

/// Checks the words of confidence of the first claim of a text.
#[track_caller]
fn check(text: &str, expected: &[(&str, ConfidenceScale, Option<u8>)]) {
    let document = document(text, "Outlet", "2024-01-01");
    let claims = read(document, &Lexicon::new([]), &|_| true).claims;
    let found: Vec<_> = claims
        .first()
        .map(|claim| &claim.confidence)
        .into_iter()
        .flatten()
        .map(|word| (word.text.as_str(), word.scale, word.stix))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn the_words_decide() {
    let deed = "that the gang stole the files";
    for (words, scale, stix) in [
        ("It is highly likely", Phia, 85),
        ("It is highly unlikely", Phia, 15),
        ("There is a remote chance", Phia, 3),
        ("There is a realistic possibility", Phia, 45),
        ("It is very likely", Icd203, 85),
        ("It is very unlikely", Icd203, 15),
        ("There is almost no chance", Icd203, 5),
        ("There is a roughly even chance", Icd203, 50),
        ("It is improbable", Icd203, 30),
        ("It is nearly certain", Icd203, 95),
        ("It is almost certain", EstimativeProbability, 95),
        ("It is likely", EstimativeProbability, 70),
        ("It is unlikely", EstimativeProbability, 30),
    ] {
        let bare = words
            .trim_start_matches("It is ")
            .trim_start_matches("There is ")
            .trim_start_matches("a ");
        check(&format!("{words} {deed}."), &[(bare, scale, Some(stix))]);
    }
}

#[test]
fn the_speaker_decides() {
    check(
        "The FBI said the gang probably stole the files.",
        &[("probably", Icd203, Some(70))],
    );
    check(
        "The National Crime Agency said the gang probably stole the files.",
        &[("probably", Phia, Some(65))],
    );
    check(
        "The UK National Cyber Security Centre said the gang almost certainly stole the files.",
        &[("almost certainly", Phia, Some(97))],
    );
    check(
        "A U.S. official said it is unlikely that the gang stole the files.",
        &[("unlikely", Icd203, Some(30))],
    );
    // Neither yardstick is known to be Germany's or a vendor's.
    check(
        "The BSI said the gang probably stole the files.",
        &[("probably", EstimativeProbability, Some(70))],
    );
    check(
        "Ostra Labs said the gang probably stole the files.",
        &[("probably", EstimativeProbability, Some(70))],
    );
    // What only one yardstick has is that one's, whoever speaks.
    check(
        "The FBI said it is highly likely that the gang stole the files.",
        &[("highly likely", Phia, Some(85))],
    );
}

#[test]
fn other_scales() {
    check(
        "The FBI said with moderate confidence that the gang stole the files.",
        &[("with moderate confidence", AnalyticConfidence, Some(50))],
    );
    check(
        "The gang reportedly stole the files.",
        &[("reportedly", Everyday, None)],
    );
}
