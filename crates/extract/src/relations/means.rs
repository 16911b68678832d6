//! Tools, flaws, and what else a deed is done with.

use daylight_model::Relation;

use super::ties::{is_hired, is_people};
use super::{Draft, Side, Sort, Verb};

/// Verbs for putting a tool to use.
const USES: &[&str] = &[
    "use",
    "deploy",
    "leverage",
    "utilize",
    "utilise",
    "install",
    "drop",
    "deliver",
    "spread",
    "distribute",
    "plant",
    "implant",
    "execute",
    "load",
    "upload",
    "inject",
    "employ",
    "abuse",
    "weaponize",
    "run",
    "send",
    "fetch",
];

/// Tools and flaws.
pub(super) fn means(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if verb.is(&["rely"])
        && let Some(tool) = verb
            .complements
            .after(&["on", "upon"])
            .filter(|_| verb.hostile_agent())
    {
        // "relied on a contractor": somebody who works, and no tool.
        let works = is_people(verb.clauses, tool) || is_hired(verb.clauses, tool);
        let relation = if works {
            Relation::WorksWith
        } else {
            Relation::Uses
        };
        found.push(verb.draft(verb.agent(), relation, Side::Object(tool)));
    }
    let uses = verb.is(USES) || verb.is(&["exploit"]);
    let Some(object) = verb.patient().filter(|_| uses) else {
        return found;
    };
    // "had installed the patch": a victim's care.
    let remedy = matches!(
        verb.patient_head(),
        "patch" | "patches" | "update" | "updates" | "fix" | "fixes"
    );
    if remedy && verb.is(&["install", "deploy", "use"]) {
        return found;
    }
    match verb.patient_sort() {
        Some(Sort::Flaw)
            if verb.is(&[
                "exploit",
                "use",
                "abuse",
                "leverage",
                "utilize",
                "weaponize",
            ]) =>
        {
            found.push(verb.draft(verb.agent(), Relation::Exploits, object));
        }
        Some(Sort::Product | Sort::Means | Sort::Named | Sort::Other) if verb.is(&["exploit"]) => {
            found.push(verb.draft(verb.agent(), Relation::Exploits, object));
        }
        Some(Sort::Other | Sort::Named | Sort::Product)
            if verb.is(&["use", "deploy", "install", "drop"])
                && verb.hostile_agent()
                && !matches!(
                    verb.patient_head(),
                    "opportunity" | "time" | "term" | "name" | "word" | "data" | "information"
                ) =>
        {
            found.push(verb.draft(verb.agent(), Relation::Uses, object));
        }
        Some(Sort::Means)
            if verb.is(USES)
                && (verb.is(&["use"])
                    || !matches!(verb.patient_head(), "code" | "command" | "commands"))
                && (verb.hostile_agent()
                    || verb
                        .agent()
                        .chunk()
                        .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named)) =>
        {
            found.push(verb.draft(verb.agent(), Relation::Uses, object));
        }
        _ => {}
    }
    found
}

/// How, not with what: "with ease".
const MANNER: &[&str] = &[
    "help",
    "aid",
    "use",
    "ease",
    "success",
    "impunity",
    "aim",
    "goal",
    "intent",
    "view",
    "purpose",
    "confidence",
    "care",
    "time",
    "hope",
    "way",
    "course",
    "name",
    "result",
];

/// Verbs whose means are worth telling.
const HARMS: &[&str] = &[
    "target",
    "attack",
    "hit",
    "strike",
    "compromise",
    "breach",
    "hack",
    "infiltrate",
    "penetrate",
    "infect",
    "encrypt",
    "deface",
    "wipe",
    "cripple",
    "paralyze",
    "paralyse",
    "steal",
    "disrupt",
    "destroy",
    "damage",
    "disable",
    "break",
    "get",
    "log",
    "enter",
    "make",
    "sabotage",
    "move",
    "spread",
    "gain",
    "obtain",
    "flood",
    "bombard",
    "follow",
    "shut",
    "knock",
];

/// What a deed is done with: "disabled four plants with malware", "in through a flaw in",
/// "with the help of a loader".
pub(super) fn instruments(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let clauses = verb.clauses;
    let hostile = || verb.hostile_agent() && verb.agent() != Side::Unstated;
    if !verb.is(HARMS) || !hostile() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (word, noun) in &verb.complements.prepositional {
        let head = clauses.head(*noun).lower.as_str();
        let helped = matches!(head, "help" | "aid" | "use")
            && clauses
                .word(noun + 1)
                .is_some_and(|token| token.lower == "of")
            && clauses.is_noun(noun + 2);
        let (tool, sort) = if helped {
            (noun + 2, verb.sort_of(noun + 2))
        } else {
            (*noun, verb.sort_of(*noun))
        };
        let relation = match (word.as_str(), sort) {
            ("through" | "via" | "by" | "with", Sort::Flaw) => Relation::Exploits,
            ("with" | "through" | "via", Sort::Means) => Relation::Uses,
            ("with", Sort::Other | Sort::Named) if helped => Relation::Uses,
            ("with", Sort::Other)
                if verb.is(&["target", "attack", "hit", "strike", "flood", "bombard"])
                    && !MANNER.contains(&head) =>
            {
                Relation::Uses
            }
            ("with", Sort::Named) if verb.is(&["follow"]) => Relation::Uses,
            _ => continue,
        };
        if relation == Relation::Uses && verb.is(&["make", "tamper"]) && !helped {
            continue;
        }
        found.push(verb.draft(verb.agent(), relation, Side::Object(tool)));
    }
    found
}
