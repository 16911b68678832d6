//! A published advisory about one group. The text is not ours to keep in the repository: the test
//! says plainly that it is skipped where the file is missing.

use std::collections::BTreeSet;

use daylight_extract::{KnownName, Lexicon, read};
use daylight_model::{EntityKind, Force, IndicatorKind, Reading, Relation};
use daylight_report::Options;

use crate::story::shared;

const REPORT: &str = "reports/aa21200a.txt";

fn advisory() -> Option<Reading> {
    let path = shared(REPORT);
    if !path.exists() {
        return None;
    }
    let path = path.display().to_string();
    let document = daylight_report::read(&path, &Options::default()).expect("a readable text");
    // What background knowledge tells of the group, as the pack has it.
    let names = ["APT40", "Leviathan", "TEMP.Periscope", "Kryptonite Panda"];
    let known = names.map(|text| KnownName {
        text: text.into(),
        kind: EntityKind::IntrusionSet,
        id: Some("G0065".into()),
        canonical: "Leviathan".into(),
        ambiguous: false,
    });
    Some(read(document, &Lexicon::new(known), &|_| true))
}

#[test]
fn one_group_with_all_its_names() {
    let Some(reading) = advisory() else {
        eprintln!("skipped: {REPORT} is missing");
        return;
    };
    let groups: Vec<_> = reading
        .entities
        .iter()
        .filter(|entity| entity.known_as.as_deref() == Some("G0065"))
        .collect();
    assert_eq!(groups.len(), 1, "{groups:?}");
    let group = groups[0];
    let names: BTreeSet<String> = group
        .aliases
        .iter()
        .chain([&group.name])
        .map(|name| name.to_lowercase())
        .collect();
    for name in [
        "APT40",
        "BRONZE MOHAWK",
        "FEVERDREAM",
        "G0065",
        "Gadolinium",
        "GreenCrash",
        "Hellsing",
        "Kryptonite Panda",
        "Leviathan",
        "MUDCARP",
        "Periscope",
        "Temp.Periscope",
        "Temp.Jumper",
    ] {
        assert!(names.contains(&name.to_lowercase()), "{name} in {names:?}");
    }
}

#[test]
fn the_indictment_is_a_claim() {
    let Some(reading) = advisory() else {
        eprintln!("skipped: {REPORT} is missing");
        return;
    };
    let charge = reading
        .claims
        .iter()
        .find(|claim| claim.relation == Relation::Charged)
        .unwrap();
    assert_eq!(charge.subject.name, "Department of Justice");
    assert_eq!(charge.force, Force::Charged);
    let accused = charge.object.as_ref().unwrap();
    assert!(
        accused.name.contains("four APT40 cyber actors"),
        "{accused:?}"
    );
}

#[test]
fn nothing_to_look_for_is_lost() {
    let Some(reading) = advisory() else {
        eprintln!("skipped: {REPORT} is missing");
        return;
    };
    let distinct = |kind: IndicatorKind| -> BTreeSet<&str> {
        reading
            .indicators
            .iter()
            .filter(|one| one.kind == kind)
            .map(|one| one.value.as_str())
            .collect()
    };
    assert_eq!(distinct(IndicatorKind::Md5).len(), 462);
    let software: Vec<&str> = distinct(IndicatorKind::AttackId)
        .into_iter()
        .filter(|id| id.starts_with('S'))
        .collect();
    assert_eq!(software.len(), 10, "{software:?}");
    let techniques: BTreeSet<&str> = reading
        .techniques
        .iter()
        .map(|technique| technique.id.as_str())
        .collect();
    // Every id that the text writes out is among those read.
    let is_id = |word: &&str| {
        word.strip_prefix('T').is_some_and(|number| {
            number.len() >= 4
                && number
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.')
        })
    };
    let written: BTreeSet<&str> = reading
        .document
        .text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .map(|word| word.trim_matches('.'))
        .filter(is_id)
        .collect();
    assert!(!written.is_empty());
    assert!(
        written.is_subset(&techniques),
        "{written:?} in {techniques:?}"
    );
}

#[test]
fn misprinted_ids_are_repaired_and_said_so() {
    let Some(reading) = advisory() else {
        eprintln!("skipped: {REPORT} is missing");
        return;
    };
    for (written, id) in [("TA1505.003", "T1505.003"), ("1585.001", "T1585.001")] {
        assert!(reading.document.text.contains(written), "{written}");
        let repaired = reading
            .techniques
            .iter()
            .any(|technique| technique.id == id && technique.repaired.is_some());
        assert!(repaired, "{written}: {:?}", reading.techniques);
    }
}
