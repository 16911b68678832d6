//! SigmaHQ's rules, where they are at hand.

use std::collections::BTreeMap;
use std::time::Instant;

use daylight_hunt::RuleSet;
use daylight_model::Limits;

use crate::shared::shared;

#[test]
fn sigmahq_rules_compile() {
    let Some(folder) = shared("rules/sigma") else {
        return;
    };
    let mut rules = RuleSet::empty();
    let start = Instant::now();
    for part in ["rules", "rules-emerging-threats"] {
        rules
            .add_directory(&folder.join(part), &Limits::default())
            .unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    let compiled = rules.rules().count();
    let unread = rules.without_reader().count();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in rules.problems() {
        *reasons.entry(problem.reason.as_str()).or_default() += 1;
    }
    println!("{compiled} rules in {seconds:.2} s, {unread} without a reader, {reasons:#?}");
    assert!(compiled >= 3_612, "{compiled}");
    assert!(compiled - unread >= 2_700, "{unread}");
    assert!(rules.problems().len() <= 2, "{:#?}", rules.problems());
}
