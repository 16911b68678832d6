//! The matcher against the definition on rules and events that nobody wrote.

use daylight_hunt::RuleSet;
use daylight_model::Limits;
use serde_json::json;

use crate::generate::{Outcome, check};
use crate::support::{event, findings};

/// Numbers that look random and are the same each time (Marsaglia's xorshift).
fn numbers(mut state: u64) -> impl FnMut() -> u32 {
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    }
}

#[test]
fn generated_rules_match_as_their_definition_says() {
    // Rules take longer to make ready than to run: each set meets ten events.
    const SETS: u64 = 4_000;
    let mut all = Outcome::default();
    for seed in 1..=SETS {
        let mut next = numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let one = check(&mut next, 10);
        all.rules += one.rules;
        all.events += one.events;
        all.matches += one.matches;
    }
    println!("{all:?}");
    // Where nothing can be used or nothing matches, nothing is tested.
    assert!(all.rules > 4_000 && all.matches > 4_000, "{all:?}");
}

/// At one offset nothing of a single letter is left to look for: that is in any value, also
/// in an empty one.
#[test]
fn encoded_texts_of_one_letter() {
    let rule = "title: T\nid: t\nlogsource: {product: windows}\ndetection:\n  s:\n    \
                A|base64offset|contains: '7'\n  condition: s\n";
    let mut rules = RuleSet::empty();
    rules.add_text(rule, "t.yml", "test", &Limits::default());
    for (value, expected) in [("", 1), ("x", 1)] {
        let fields = json!({"family": "windows-system", "A": value});
        let event = event(fields.as_object().unwrap());
        assert_eq!(
            rules.matches_by_definition(&event).len(),
            expected,
            "{value}"
        );
        assert_eq!(findings(&rules, &event).len(), expected, "{value}");
    }
}
