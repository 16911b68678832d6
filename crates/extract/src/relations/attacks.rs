//! Targeting, getting in, doing harm.

use daylight_model::Relation;

use super::ties::BEHALF;
use super::{Draft, Side, Sort, Verb};
use crate::clause::Mood;
use crate::words;

/// Targeting and getting in.
pub(super) fn attack(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    let into = verb
        .complements
        .after(&["into", "in", "through"])
        .map(Side::Object);
    let targets = verb.is(&["target", "attack"])
        || verb.is(&["hit", "strike", "aim", "victimize", "affect", "impact"]);
    // "used the malware against a rail operator"
    if verb.is(&["use", "deploy", "turn", "wield"])
        && verb.hostile_agent()
        && let Some(target) = verb.complements.after(&["against"])
    {
        found.push(verb.draft(verb.agent(), Relation::Targets, Side::Object(target)));
    }
    if targets && verb.hostile_agent() {
        let object = if verb.is(&["aim"]) {
            verb.complements.after(&["at"]).map(Side::Object)
        } else {
            verb.patient()
        };
        if let Some(object) = object.filter(|_| !matches!(verb.patient_sort(), Some(Sort::Attack)))
        {
            found.push(verb.draft(verb.agent(), Relation::Targets, object));
        }
    }
    let strong = verb.is(&[
        "compromise",
        "breach",
        "hack",
        "infiltrate",
        "penetrate",
        "infect",
        "exfiltrate",
        "encrypt",
        "deface",
        "hijack",
        "wipe",
        "cripple",
        "paralyze",
        "paralyse",
        "sabotage",
        "ransack",
        "steal",
        "siphon",
    ]);
    let weak = verb.is(&[
        "disrupt",
        "destroy",
        "damage",
        "leak",
        "intercept",
        "access",
    ]);
    let named = verb
        .agent()
        .chunk()
        .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named);
    if (strong && (verb.hostile_agent() || named && !verb.is(&["encrypt", "wipe"])))
        || (weak && verb.hostile_agent())
    {
        let victim = verb
            .complements
            .after(&["from"])
            .filter(|_| weak || verb.is(&["steal", "siphon", "exfiltrate"]))
            .map(Side::Object);
        let object = if verb.patient().is_none() || verb.followed_by(&["into"]) {
            into
        } else {
            verb.patient()
        };
        found.extend(
            object
                .into_iter()
                .chain(victim)
                .map(|object| verb.draft(verb.agent(), Relation::Compromised, object)),
        );
    }
    let takes = verb.is(&[
        "take",
        "copy",
        "download",
        "disable",
        "delete",
        "obtain",
        "knock",
        "vandalize",
    ]) && verb.hostile_agent();
    if takes
        && verb.patient_sort() != Some(Sort::Means)
        && !matches!(
            verb.patient_head(),
            "access"
                | "control"
                | "place"
                | "part"
                | "advantage"
                | "steps"
                | "responsibility"
                | "credit"
                | "action"
                | "aim"
                | "measures"
        )
    {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::Compromised, object)),
        );
    }
    let enters = verb.is(&["break", "get", "tap", "hack", "log", "burrow"])
        && verb.followed_by(&["into"])
        && (verb.is(&["break", "hack"]) || verb.hostile_agent());
    if enters
        && !verb.is(&["hack"])
        && let Some(object) = into
    {
        found.push(verb.draft(verb.agent(), Relation::Compromised, object));
    }
    found.extend(harm(verb));
    if verb.is(&["gain", "obtain", "get", "maintain", "have"])
        && verb.patient_head() == "access"
        && let Some(object) = verb.complements.after(&["to", "into"]).map(Side::Object)
        && verb.hostile_agent()
    {
        found.push(verb.draft(verb.agent(), Relation::Compromised, object));
    }
    found
}

/// Ways to get in or do damage that a verb tells only with what stands behind it.
pub(super) fn harm(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let object = if verb.is(&["tamper", "meddle"]) {
        complements.after(&["with"]).map(Side::Object)
    } else if verb.is(&["make"]) && verb.followed_by(&["off"]) {
        complements.after(&["with"]).map(Side::Object)
    } else if verb.is(&["enter", "reach"]) {
        verb.patient().filter(|_| {
            let head = verb.patient_head();
            words::IS_SYSTEM_NOUN.contains(head) && verb.hostile_agent()
        })
    } else if verb.is(&["shut", "knock", "bring", "take"])
        && verb.followed_by(&["down", "out", "offline"])
        || verb.is(&["sever", "damage", "destroy", "cut", "burn", "torch"])
    {
        let named = verb
            .agent()
            .chunk()
            .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named);
        verb.patient()
            .filter(|_| verb.hostile_agent() || named && !verb.is(&["take", "bring", "cut"]))
    } else {
        None
    };
    let mut found: Vec<Draft> = object
        .into_iter()
        .map(|object| verb.draft(verb.agent(), Relation::Compromised, object))
        .collect();
    if verb.is(&["set", "fix", "train"]) && verb.patient_head() == "sights" {
        let object = complements.after(&["on"]).map(Side::Object);
        found.extend(object.map(|object| verb.draft(verb.agent(), Relation::Targets, object)));
    }
    let aims = verb.is(&["be", "go"])
        && verb.followed_by(&["after"])
        && verb.subject.is_some_and(|chunk| {
            verb.sort_of(chunk) == Sort::Agent && verb.group.mood == Mood::Finite
        });
    if aims {
        let object = complements.after(&["after"]).map(Side::Object);
        found.extend(object.map(|object| verb.draft(verb.agent(), Relation::Targets, object)));
    }
    found
}

/// "conducted ransomware operations against private companies".
pub(super) fn operation(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let deeds = [
        "conduct",
        "carry",
        "launch",
        "commit",
        "perpetrate",
        "wage",
        "mount",
        "engage",
        "run",
        "orchestrate",
        "execute",
        "stage",
        "undertake",
        "participate",
        "lead",
        "involve",
    ];
    if !verb.is(&deeds) {
        return Vec::new();
    }
    let object = match (verb.patient(), verb.lemma) {
        (_, "engage" | "participate" | "involve") => {
            verb.complements.after(&["in"]).map(Side::Object)
        }
        (patient, _) => patient,
    };
    let Some(deed) = object.filter(|side| {
        side.chunk()
            .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Attack)
    }) else {
        return Vec::new();
    };
    let agent = verb.agent();
    if agent
        .chunk()
        .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Other)
    {
        return Vec::new();
    }
    let mut found = vec![verb.draft(agent, Relation::Conducts, deed)];
    let target = verb.complements.after(&["against", "on", "targeting"]);
    let target = target.filter(|&noun| {
        let head = verb.clauses.head(noun).lower.as_str();
        !BEHALF.contains(&head) && !words::IS_TIME_NOUN.contains(head)
    });
    if let Some(target) = target {
        found.push(verb.draft(agent, Relation::Targets, Side::Object(target)));
    }
    found
}
