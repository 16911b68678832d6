//! A published news story, read from its file to its claims. The text is not ours to keep in
//! the repository: the test says plainly that it is skipped where the file is missing.

use std::path::{Path, PathBuf};

use daylight_extract::{Lexicon, read};
use daylight_model::{Claim, Force, Relation};
use daylight_report::Options;
use serde_json::Value;

pub(crate) fn shared(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("DAYLIGHT_SHARED")
        .map_or_else(|| root.join("../shared"), PathBuf::from)
        .join(path)
}

/// The lines of an annotated set, `aptner/dev` for instance; none, and said so, where it is
/// missing.
#[allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test, which says when it is skipped"
)]
pub(crate) fn annotated(set: &str) -> Option<Vec<Value>> {
    let path = shared("eval").join(format!("{set}.jsonl"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is missing", path.display());
        return None;
    };
    let lines = text.lines();
    Some(
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// Finds a claim by its relation and the words of speaker, subject and object.
#[track_caller]
fn find<'c>(claims: &'c [Claim], relation: Relation, who: [&str; 3]) -> &'c Claim {
    let [speaker, subject, object] = who;
    let found = claims.iter().find(|claim| {
        let last = claim.speakers.last().map_or("", |last| last.name.as_str());
        claim.relation == relation
            && last.contains(speaker)
            && claim.subject.name.contains(subject)
            && claim
                .object
                .as_ref()
                .is_some_and(|party| party.name.contains(object))
    });
    assert!(found.is_some(), "no claim {relation:?} {who:?}");
    found.expect("just asserted")
}

#[test]
fn a_story_about_an_accusation() {
    let path = shared("reports/newsweek-2021-07-19.txt");
    if !path.exists() {
        eprintln!("skipped: {} is missing", path.display());
        return;
    }
    let path = path.display().to_string();
    let document = daylight_report::read(&path, &Options::default()).unwrap();
    let claims = read(document, &Lexicon::new([]), &|_| true).claims;

    let claim = find(
        &claims,
        Relation::WorksWith,
        ["White House", "China", "criminal gangs"],
    );
    assert_eq!(claim.force, Force::Asserted);

    let who = [
        "Biden administration",
        "hack of Microsoft Exchange",
        "China",
    ];
    let claim = find(&claims, Relation::AttributedTo, who);
    assert_eq!(claim.quantities[0].text, "tens of thousands of computers");
    assert_eq!(claim.time.as_ref().unwrap().text, "earlier this year");

    let who = [
        "White House",
        "Ministry of State Security",
        "criminal contract hackers",
    ];
    find(&claims, Relation::Employs, who);
    let who = [
        "White House",
        "criminal contract hackers",
        "cyber operations",
    ];
    let claim = find(&claims, Relation::Conducts, who);
    assert!(
        claim
            .scope
            .iter()
            .any(|words| words.contains("for their own personal profit"))
    );

    let operators = "PRC government-affiliated cyber operators";
    for (relation, object) in [
        (Relation::Conducts, "ransomware operations"),
        (Relation::Targets, "private companies"),
        (Relation::Demanded, "millions of dollars"),
    ] {
        let claim = find(&claims, relation, ["White House", operators, object]);
        assert_eq!(claim.scope, ["In some cases"]);
    }

    let who = [
        "Department of Justice",
        "Department of Justice",
        "four Chinese nationals",
    ];
    assert_eq!(find(&claims, Relation::Charged, who).force, Force::Charged);
    let who = [
        "prosecutors",
        "four Chinese nationals",
        "Ministry of State Security",
    ];
    assert_eq!(
        find(&claims, Relation::WorksWith, who).force,
        Force::Alleged
    );
    let claim = find(
        &claims,
        Relation::Targets,
        ["prosecutors", "campaign", "governments"],
    );
    assert_eq!(
        claim.place.as_deref(),
        Some("in at least a dozen countries")
    );

    let claim = find(
        &claims,
        Relation::CausedLoss,
        ["White House", "China", "governments"],
    );
    assert_eq!(claim.quantities[0].text, "billions of dollars");
}
