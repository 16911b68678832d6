//! Names, and what people say of those who bear them.

use daylight_store::{Error, Judgement, Store, bearers, is_contested, judge, judgements, resolve};

use crate::{at, bundle, named, take};

on_each!(
    a_contested_name_stays_with_all_who_bear_it,
    ratings_are_set_by_people_and_never_invented
);

const TIME: &str = "2021-01-01T00:00:00Z";

fn two_of_one_name(store: &mut dyn Store) {
    let by = |author: &str, alias: &str| {
        format!(",\"created_by_ref\":\"identity--{author}\",\"aliases\":[\"{alias}\"]")
    };
    take(
        store,
        "vendor feed",
        &bundle(&[
            &named("identity--a", "Vendor A", TIME, ""),
            &named("intrusion-set--1", "Grey Heron", TIME, &by("a", "EX 43")),
            &named("threat-actor--2", "EX-43", TIME, ""),
            &named("malware--3", "ex43", TIME, ""),
        ]),
    );
}

fn a_contested_name_stays_with_all_who_bear_it(store: &mut dyn Store) {
    two_of_one_name(store);
    let found = bearers(store, "Ex43").unwrap();
    let rows: Vec<_> = found
        .iter()
        .map(|it| {
            (
                it.title.as_str(),
                it.name.as_str(),
                it.alias,
                it.by.as_str(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("Grey Heron", "EX 43", true, "Vendor A"),
            ("EX-43", "EX-43", false, "vendor feed"),
            ("ex43", "ex43", false, "vendor feed"),
        ]
    );
    assert!(is_contested(&found));
    assert!(!is_contested(&found[..1]));
    assert!(
        !is_contested(&found[1..]),
        "an actor and a malware are no contest"
    );
    let error = resolve(store, "EX 43").unwrap_err();
    assert!(
        matches!(&error, Error::Ambiguous { ids, .. } if ids.len() == 3),
        "{error}"
    );
    assert!(matches!(resolve(store, "nobody"), Err(Error::Unknown(_))));
    assert_eq!(resolve(store, "grey heron").unwrap().id, "intrusion-set--1");

    // A person holds them for one; both stay, and the word can be taken back.
    let pair = ["threat-actor--2", "intrusion-set--1"];
    let mut say = |judgement: &Judgement, withdrawn, seconds| {
        judge(
            store,
            judgement,
            &pair,
            "Ada",
            "same tools",
            withdrawn,
            at(seconds),
        )
        .unwrap();
        bearers(store, "EX43").unwrap()
    };
    let found = say(&Judgement::SameAs, false, 1);
    assert_eq!(found.len(), 3);
    assert!(!is_contested(&found));
    assert_eq!(found[0].judgements[0].by, "Ada");
    assert_eq!(found[0].judgements[0].why, "same tools");
    assert!(is_contested(&say(&Judgement::SameAs, true, 2)));
    let found = say(&Judgement::NotTheSame, false, 3);
    assert!(is_contested(&found));
    assert_eq!(
        found[0].judgements.len(),
        1,
        "one word a person, the latest"
    );
    assert_eq!(found[0].judgements[0].judgement, Judgement::NotTheSame);
    let versions = store.versions(&found[0].judgements[0].id).unwrap();
    assert_eq!(versions.len(), 3, "what was said before is not forgotten");
    assert!(
        versions
            .windows(2)
            .all(|pair| pair[0].version < pair[1].version)
    );
}

fn ratings_are_set_by_people_and_never_invented(store: &mut dyn Store) {
    two_of_one_name(store);
    assert!(judgements(store, "identity--a").unwrap().is_empty());
    let rate = |store: &mut dyn Store, judgement, by: &str| {
        judge(store, &judgement, &["identity--a"], by, "", false, at(1)).unwrap()
    };
    rate(store, Judgement::Reliability('B'), "Ada");
    rate(store, Judgement::Reliability('D'), "Bo");
    rate(store, Judgement::Credibility(2), "Ada");
    let found = judgements(store, "identity--a").unwrap();
    let words: Vec<String> = found
        .iter()
        .map(|it| format!("{}: {}", it.by, it.judgement.words()))
        .collect();
    assert_eq!(
        words,
        [
            "Ada: source reliability B (usually reliable)",
            "Bo: source reliability D (not usually reliable)",
            "Ada: information credibility 2 (probably true)",
        ]
    );
    let error = judge(
        store,
        &Judgement::SameAs,
        &["identity--a", "x--1"],
        "Ada",
        "",
        false,
        at(1),
    );
    assert!(matches!(error, Err(Error::Unknown(id)) if id == "x--1"));
}
