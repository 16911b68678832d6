use daylight_knowledge::Knowledge;

#[test]
fn what_few_do_speaks_for_them_first() {
    let knowledge = Knowledge::embedded();
    let ids = ["T1059.001", "T1505.003", "T1114.002", "T9999"];
    let pattern = knowledge.pattern(&ids, 5);
    assert_eq!(pattern.unknown, ["T9999"]);
    assert_eq!(pattern.hypotheses.len(), 5);
    for pair in pattern.hypotheses.windows(2) {
        assert!(pair[0].score >= pair[1].score);
    }
    for one in &pattern.hypotheses {
        // What is observed either is said of a group or is not.
        assert_eq!(one.speaks_for.len() + one.speaks_against.len(), 3);
        let rarest_first = one
            .speaks_for
            .windows(2)
            .all(|pair| pair[0].groups <= pair[1].groups);
        assert!(
            rarest_first && one.score > 0.0 && one.score <= 1.0,
            "{one:?}"
        );
    }
}

#[test]
fn nothing_observed_gives_no_hypothesis() {
    let pattern = Knowledge::embedded().pattern(&["T9999"], 5);
    assert!(pattern.hypotheses.is_empty() && pattern.groups > 100);
}

#[test]
fn rarity_does_better_than_chance_on_campaigns() {
    let trial = Knowledge::embedded().pattern_trial();
    println!("{trial:?}");
    assert!(trial.campaigns > 10, "{trial:?}");
    assert!(
        f64::from(u32::try_from(trial.weighed.1).unwrap()) > 2.0 * trial.chance.1,
        "{trial:?}"
    );
    assert!(trial.weighed.0 <= trial.weighed.1 && trial.weighed.1 <= trial.campaigns);
}
