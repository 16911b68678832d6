//! Targeting, getting in, doing harm.

use daylight_model::Relation;

use super::ties::BEHALF;
use super::{Draft, Side, Sort, Verb};
use crate::clause::Mood;
use crate::tokens::Tag;
use crate::words;

/// Targeting and getting in.
pub(super) fn attack(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found: Vec<Draft> = target(verb).into_iter().collect();
    found.extend(compromise(verb));
    found.extend(taking(verb));
    found.extend(entry(verb));
    found.extend(harm(verb));
    found
}

/// "targeted banks", "aimed at banks", "used the malware against a bank".
fn target(verb: &Verb<'_, '_>) -> Option<Draft> {
    let complements = &verb.complements;
    let object = if verb.is(&["use", "deploy", "turn", "wield"]) {
        complements.after(&["against"]).map(Side::Object)
    } else if verb.is(&["spy"]) {
        complements.after(&["on"]).map(Side::Object)
    } else if verb.is(&["aim"]) {
        complements.after(&["at"]).map(Side::Object)
    } else if verb.is(&[
        "target",
        "attack",
        "hit",
        "strike",
        "victimize",
        "affect",
        "impact",
    ]) {
        let head = verb.patient_head();
        // "It affects version 3": a flaw, more often than anybody.
        let affects = verb.is(&["affect", "impact"])
            && verb
                .agent()
                .chunk()
                .is_some_and(|chunk| verb.clauses.head(chunk).tag == Tag::Pronoun);
        let told = !affects && !words::IS_TIME_NOUN.contains(head);
        verb.patient()
            .filter(|_| told && verb.patient_sort() != Some(Sort::Attack))
    } else {
        None
    };
    // "Corland has never attacked its neighbours": a state that is in no list.
    let named = verb.is(&["attack"])
        && verb
            .agent()
            .chunk()
            .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named);
    object
        .filter(|_| named || verb.hostile_agent())
        .map(|object| verb.draft(verb.agent(), Relation::Targets, object))
}

/// Verbs that are attacks whoever does them.
const ATTACKING: &[&str] = &[
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
];

/// Verbs that are attacks when attackers do them.
const HARMING: &[&str] = &[
    "disrupt",
    "destroy",
    "damage",
    "leak",
    "intercept",
    "access",
];

/// "hacked the bank", "stole records from the bank".
fn compromise(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let harms = verb.is(HARMING);
    if !harms && !verb.is(ATTACKING) {
        return Vec::new();
    }
    let named = verb
        .agent()
        .chunk()
        .is_some_and(|chunk| verb.sort_of(chunk) == Sort::Named);
    let does = verb.hostile_agent() || named && !harms && !verb.is(&["encrypt", "wipe"]);
    if !does {
        return Vec::new();
    }
    // "had been infected with a worm": the worm did it.
    let by_itself = verb
        .complements
        .after(&["with", "by"])
        .filter(|&means| verb.group.passive && verb.sort_of(means) == Sort::Means);
    if let (Some(means), Some(patient)) = (by_itself, verb.patient())
        && verb.is(&["infect"])
    {
        let means = Side::Object(means);
        return vec![verb.draft(means, Relation::Compromised, patient)];
    }
    let victim = verb
        .complements
        .after(&["from"])
        .filter(|_| harms || verb.is(&["steal", "siphon", "exfiltrate"]))
        .map(Side::Object);
    let object = if verb.patient().is_none() || verb.followed_by(&["into"]) {
        let into = verb.complements.after(&["into", "in", "through"]);
        into.map(Side::Object)
    } else {
        verb.patient()
    };
    let taken = object.into_iter().chain(victim);
    taken
        .map(|object| verb.draft(verb.agent(), Relation::Compromised, object))
        .collect()
}

/// "copied records", "disabled substations".
fn taking(verb: &Verb<'_, '_>) -> Option<Draft> {
    const NOTHING_TAKEN: &[&str] = &[
        "access",
        "control",
        "place",
        "part",
        "advantage",
        "steps",
        "responsibility",
        "credit",
        "action",
        "aim",
        "measures",
        "effort",
        "efforts",
        "care",
        "hold",
        "note",
        "notice",
        "pains",
        "precautions",
        "shape",
        "time",
        "trip",
        "orders",
        "instructions",
        "direction",
        "cues",
        "decision",
        "decisions",
        "office",
        "position",
        "side",
        "sides",
        "view",
        "lead",
    ];
    // "It took the firm two days"
    let lasts = || {
        verb.clauses.tokens[verb.group.main..]
            .iter()
            .any(|token| token.tag == Tag::To || token.is(words::IS_TIME_NOUN))
    };
    if verb.is(&["take"])
        && verb
            .agent()
            .chunk()
            .is_some_and(|chunk| verb.clauses.head(chunk).lower == "it")
        && lasts()
    {
        return None;
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
    ]);
    let taken = takes
        && verb.hostile_agent()
        && verb.patient_sort() != Some(Sort::Means)
        && !NOTHING_TAKEN.contains(&verb.patient_head());
    // "published the records", "had been reading the mail"
    let bared = match verb.patient_head() {
        "mail" | "mails" | "email" | "emails" | "e-mails" | "messages" | "correspondence" => {
            verb.is(&["read", "monitor", "publish", "post", "dump"])
        }
        "records" | "data" | "files" | "documents" | "details" => {
            verb.is(&["publish", "post", "dump"])
        }
        _ => false,
    };
    let bared = bared && verb.hostile_agent() && verb.agent() != Side::Unstated;
    verb.patient()
        .filter(|_| taken || bared)
        .map(|object| verb.draft(verb.agent(), Relation::Compromised, object))
}

/// "broke into the network", "gained access to mailboxes".
fn entry(verb: &Verb<'_, '_>) -> Option<Draft> {
    let breaks = || verb.is(&["break"]) || verb.hostile_agent();
    let object = if verb.is(&["break", "get", "tap", "log", "burrow"])
        && verb.followed_by(&["into"])
        && breaks()
    {
        verb.complements.after(&["into"])
    } else if verb.is(&["gain", "obtain", "get", "maintain", "have"])
        && verb.patient_head() == "access"
        && verb.hostile_agent()
    {
        verb.complements.after(&["to", "into"])
    } else {
        None
    };
    object.map(|object| verb.draft(verb.agent(), Relation::Compromised, Side::Object(object)))
}

/// Ways to get in or do damage that a verb tells only with what stands behind it.
fn harm(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let complements = &verb.complements;
    let makes_off = verb.is(&["make", "walk", "run"]) && verb.followed_by(&["off"]);
    let object = if makes_off || verb.is(&["tamper", "meddle"]) {
        complements.after(&["with"]).map(Side::Object)
    } else if verb.is(&["set"]) && verb.patient_head() == "fire" {
        complements.after(&["to"]).map(Side::Object)
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
            .filter(|_| {
                verb.hostile_agent()
                    || named && verb.is(&["sever", "damage", "destroy", "burn", "torch"])
            })
            // "shut down its systems": a victim's own doing.
            .filter(|&side| !verb.is_own(side))
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
