//! What another version of a story says otherwise.

use daylight_model::{Claim, ConfidenceScale, ConfidenceWord, Force, Span};
use daylight_store::diff_claims;

use crate::readings::claim;

#[track_caller]
fn check(before: &[Claim], after: &[Claim], expected: &[&str]) {
    let changes: Vec<String> = diff_claims(before, after)
        .iter()
        .map(|it| {
            let force = |claim: &Option<Claim>| claim.as_ref().map_or("-", |it| it.force.as_str());
            let subject = it
                .after
                .as_ref()
                .or(it.before.as_ref())
                .map(|it| it.subject.name.clone());
            format!(
                "{} {:?}: {} to {}",
                subject.unwrap(),
                it.change,
                force(&it.before),
                force(&it.after)
            )
        })
        .collect();
    assert_eq!(changes, expected);
}

#[test]
fn added_dropped_hardened_softened_reversed() {
    let a = |speaker: &str, force| claim(speaker, "Group A", "City", force);
    let b = |force| claim("Police", "Group B", "City", force);
    check(&[], &[], &[]);
    check(&[a("X", Force::Alleged)], &[a("X", Force::Alleged)], &[]);
    check(&[], &[b(Force::Alleged)], &["Group B Added: - to alleged"]);
    check(
        &[b(Force::Alleged)],
        &[],
        &["Group B Dropped: alleged to -"],
    );
    check(
        &[a("Officials", Force::Alleged)],
        &[a("Prosecutors", Force::Charged)],
        &["Group A Hardened: alleged to charged"],
    );
    check(
        &[a("X", Force::Asserted)],
        &[a("X", Force::Reported)],
        &["Group A Softened: asserted to reported"],
    );
    check(
        &[a("X", Force::Alleged)],
        &[a("X", Force::Denied)],
        &["Group A Reversed: alleged to denied"],
    );
    // A second speaker of the same takes no partner away from the first.
    check(
        &[a("X", Force::Alleged)],
        &[a("Y", Force::Charged), a("X", Force::Alleged)],
        &["Group A Added: - to charged"],
    );
    let mut negated = a("X", Force::Asserted);
    negated.negated = true;
    check(
        &[a("X", Force::Asserted)],
        &[negated.clone()],
        &["Group A Reversed: asserted to asserted"],
    );
    check(&[negated], &[a("X", Force::Denied)], &[]);
}

#[test]
fn words_of_confidence_count() {
    let sure = |stix| {
        let mut claim = claim("X", "Group A", "City", Force::Asserted);
        claim.confidence.push(ConfidenceWord {
            text: "words".into(),
            span: Span::new(0, 1),
            scale: ConfidenceScale::AnalyticConfidence,
            stix,
        });
        claim
    };
    check(
        &[sure(Some(30))],
        &[sure(Some(85))],
        &["Group A Hardened: asserted to asserted"],
    );
    check(
        &[claim("X", "Group A", "City", Force::Asserted)],
        &[sure(None)],
        &["Group A Softened: asserted to asserted"],
    );
}
