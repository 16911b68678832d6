//! Whether a sentence tells that something happened, or only that it might.

use daylight_model::{Force, Relation};

use crate::clause::{Clauses, Mood, VerbGroup};
use crate::relations::Draft;
use crate::tokens::Tag;
use crate::words;

/// What might be, will be or should be is no claim; what was tried is no success. `false`
/// where nothing is left to claim.
pub(super) fn settle_mood(draft: &mut Draft, clauses: &Clauses<'_>) -> bool {
    let Some(group) = clauses.verb(draft.verb) else {
        return false;
    };
    let unreal = |at: usize| is_unreal(clauses, at);
    if unreal(draft.verb) {
        return false;
    }
    let governing = draft
        .verb
        .checked_sub(1)
        .and_then(|from| clauses.governing(from));
    let Some(governing) = governing.filter(|_| group.mood == Mood::Infinitive) else {
        return true;
    };
    let lemma = clauses
        .verb(governing)
        .map_or("", |other| clauses.lemma(other));
    match lemma {
        "try" | "attempt" | "seek" if draft.relation == Relation::Compromised => {
            draft.relation = Relation::Targets;
            true
        }
        _ if UNDONE.contains(&lemma) => false,
        _ => !unreal(governing),
    }
}

/// Verbs after which an infinitive tells a plan, a wish, advice or a purpose, and no deed.
const UNDONE: &[&str] = &[
    "plan",
    "want",
    "threaten",
    "intend",
    "hope",
    "urge",
    "ask",
    "vow",
    "tell",
    "warn",
    "advise",
    "need",
    "prepare",
    "try",
    "attempt",
    "seek",
    "agree",
    "promise",
    "pledge",
    "offer",
    "propose",
    "design",
    "aim",
    "mean",
    "wish",
    "encourage",
    "expect",
];

/// Verbs after which a gerund tells none.
const WEIGHED: &[&str] = &[
    "recommend",
    "consider",
    "suggest",
    "advise",
    "encourage",
    "avoid",
    "propose",
    "risk",
];

/// Nouns for what somebody has in mind: "in order to steal", "the goal of stealing".
const MOTIVES: &[&str] = &[
    "order",
    "attempt",
    "attempts",
    "bid",
    "hope",
    "hopes",
    "aim",
    "goal",
    "intent",
    "intention",
    "purpose",
    "plan",
    "plans",
    "plot",
    "chance",
    "opportunity",
    "ability",
    "capability",
    "failure",
    "inability",
    "refusal",
    "possibility",
    "potential",
    "risk",
    "danger",
    "threat",
    "way",
    "ways",
];

/// "in order to steal", "recommend using", "has yet to fix", "makes it possible for thieves to
/// steal": what hangs on a motive, on advice or on what can be done.
fn is_undone(clauses: &Clauses<'_>, verb: usize, group: VerbGroup) -> bool {
    let Some(before) = verb.checked_sub(1).filter(|_| group.mood != Mood::Finite) else {
        return false;
    };
    let is_motive =
        |noun: usize| clauses.is_noun(noun) && MOTIVES.contains(&clauses.head(noun).lower.as_str());
    if group.mood == Mood::Infinitive {
        let opens = clauses.chunks[verb].first.checked_sub(1);
        let yet = opens.is_some_and(|at| {
            matches!(
                clauses.tokens[at].lower.as_str(),
                "yet" | "possible" | "impossible" | "easy" | "easier" | "hard" | "difficult"
            )
        });
        let for_whom = clauses.is_noun(before)
            && before
                .checked_sub(1)
                .and_then(|at| clauses.word(at))
                .is_some_and(|token| token.lower == "for");
        return yet || for_whom || is_motive(before);
    }
    let weighed = clauses
        .verb(before)
        .is_some_and(|other| WEIGHED.contains(&clauses.lemma(other)));
    let of = clauses
        .word(before)
        .is_some_and(|token| token.lower == "of");
    weighed || of && before.checked_sub(1).is_some_and(is_motive)
}

/// "Attackers often use", "an attacker who exploited it could", "ransomware is malware that":
/// anybody's habit, and nobody's deed.
pub(super) fn is_general(draft: &Draft, clauses: &Clauses<'_>) -> bool {
    const ANYBODY: &[&str] = &[
        "attacker",
        "attackers",
        "hacker",
        "hackers",
        "criminal",
        "criminals",
        "cybercriminal",
        "cybercriminals",
        "adversary",
        "adversaries",
        "intruder",
        "intruders",
        "actor",
        "actors",
        "scammers",
        "fraudsters",
        "thieves",
        "phishers",
    ];
    const HABITS: &[&str] = &[
        "often",
        "usually",
        "typically",
        "commonly",
        "frequently",
        "generally",
        "sometimes",
        "always",
        "normally",
        "regularly",
    ];
    if is_definition(clauses) {
        return true;
    }
    let Some(chunk) = draft.subject.chunk() else {
        return false;
    };
    if !ANYBODY.contains(&clauses.head(chunk).lower.as_str()) {
        return false;
    }
    let phrase = &clauses.tokens[clauses.chunks[chunk].first..=clauses.chunks[chunk].last];
    let verb = &clauses.chunks[draft.verb];
    if phrase
        .first()
        .is_some_and(|token| matches!(token.lower.as_str(), "a" | "an" | "any"))
    {
        let aside = draft
            .verb
            .checked_sub(1)
            .and_then(|at| clauses.word(at))
            .is_some_and(|token| token.tag == Tag::Relative)
            || clauses
                .verb(draft.verb)
                .is_some_and(|group| group.mood == Mood::Participle);
        return aside
            && clauses.tokens[verb.last..]
                .windows(2)
                .any(|pair| pair[0].tag == Tag::Modal && pair[1].lower != "have");
    }
    let bare = phrase.iter().rev().skip(1).all(|token| {
        matches!(
            token.lower.as_str(),
            "threat" | "cyber" | "malicious" | "many" | "some" | "most"
        )
    });
    let present = matches!(
        clauses.tokens[verb.last].tag,
        Tag::Verb(words::Form::Base | words::Form::Third)
    );
    bare && present
        && clauses.tokens[verb.first.saturating_sub(1)..=verb.last]
            .iter()
            .any(|token| HABITS.contains(&token.lower.as_str()))
}

/// "Ransomware is a kind of malware that": a word explained.
fn is_definition(clauses: &Clauses<'_>) -> bool {
    let Some(first) = (0..clauses.chunks.len()).find(|&at| clauses.is_noun(at)) else {
        return false;
    };
    let chunk = &clauses.chunks[first];
    let mass = matches!(
        clauses.head(first).lower.as_str(),
        "ransomware" | "malware" | "spyware" | "phishing" | "cryptojacking" | "adware"
    );
    let mut next = first + 1;
    while clauses
        .word(next)
        .is_some_and(|token| token.tag == Tag::Quote)
    {
        next += 1;
    }
    mass && chunk.first == chunk.last
        && clauses
            .verb(next)
            .is_some_and(|group| clauses.tokens[group.main].lower == "is" && !group.passive)
}

/// "could steal", "will target", "if hackers steal": not told as having happened. "May have
/// stolen" is, with a hedge.
pub(super) fn is_unreal(clauses: &Clauses<'_>, verb: usize) -> bool {
    let chunk = &clauses.chunks[verb];
    let words = &clauses.tokens[chunk.first..=chunk.last];
    let modal = words.iter().any(|token| token.tag == Tag::Modal);
    // "may have stolen" is told with a hedge, "could have stolen" is not told at all.
    let done = words
        .iter()
        .any(|token| matches!(token.lower.as_str(), "have" | "has"))
        && !words
            .iter()
            .any(|token| matches!(token.lower.as_str(), "could" | "would" | "should"));
    // "could let an attacker run", "may try to get in and steal": what hangs on it is no more real.
    let group = clauses.verb(verb);
    if group.is_some_and(|group| is_undone(clauses, verb, group)) {
        return true;
    }
    let main = words.last().map(|token| token.tag);
    let bare = main == Some(Tag::Verb(words::Form::Base))
        && words
            .iter()
            .rev()
            .skip(1)
            .all(|token| token.tag == Tag::Adverb);
    let present = matches!(
        main,
        Some(Tag::Verb(words::Form::Base | words::Form::Third))
    ) && !words
        .iter()
        .any(|token| matches!(token.tag, Tag::Auxiliary | Tag::To));
    let coordinated = verb
        .checked_sub(1)
        .and_then(|at| clauses.word(at))
        .is_some_and(|token| matches!(token.tag, Tag::Conjunction | Tag::Adverb));
    let infinite = group.is_some_and(|group| group.mood == Mood::Infinitive);
    let by = group.is_some_and(|group| group.mood == Mood::Participle)
        && verb
            .checked_sub(1)
            .and_then(|at| clauses.word(at))
            .is_some_and(|token| token.lower == "by");
    let governing = verb.checked_sub(1).and_then(|from| clauses.governing(from));
    let lets = governing
        .and_then(|at| clauses.verb(at))
        .is_some_and(|group| matches!(clauses.lemma(group), "let" | "help" | "make" | "have"));
    // "may be targeting and exploiting"
    let joined = coordinated && group.is_some_and(|group| group.mood == Mood::Participle);
    let hangs = infinite || by || joined || bare && (coordinated || lets);
    if hangs && governing.is_some_and(|at| is_unreal(clauses, at) || is_enabling(clauses, at, verb))
    {
        return true;
    }
    let conditional = clauses.tokens[..chunk.first]
        .iter()
        .rev()
        .take_while(|token| !matches!(token.tag, Tag::Comma | Tag::Mark | Tag::Verb(_)))
        .any(|token| {
            matches!(token.lower.as_str(), "if" | "unless" | "whether")
                || present && matches!(token.lower.as_str(), "once" | "when" | "whenever")
        });
    // "If …, they could have stolen"
    let supposed = modal
        && clauses.tokens[..chunk.first]
            .iter()
            .any(|token| matches!(token.lower.as_str(), "if" | "unless"));
    modal && !done || supposed || conditional
}

/// "allows attackers to run": what can be done, not what was; "allowed the thieves" was.
pub(super) fn is_enabling(clauses: &Clauses<'_>, governing: usize, verb: usize) -> bool {
    let enables = clauses.verb(governing).is_some_and(|group| {
        matches!(
            clauses.lemma(group),
            "allow" | "enable" | "permit" | "let" | "help"
        )
    });
    let definite = clauses.subject(verb).is_some_and(|doer| {
        let first = &clauses.tokens[clauses.chunks[doer].first];
        matches!(
            first.lower.as_str(),
            "the" | "these" | "those" | "its" | "their"
        ) || first.tag == Tag::Proper
    });
    enables && !definite
}

/// What somebody is accused of beside the deed itself.
const PLOTS: &[&str] = &["conspiracy", "conspiracies", "plot", "scheme"];

/// "suspected of hacking", "charging two men with stealing": the force of the verb that lays it
/// at somebody's door.
pub(super) fn accused_of(clauses: &Clauses<'_>, verb: usize) -> Option<Force> {
    let mut participle = clauses.verb(verb)?.mood == Mood::Participle;
    let mut from = verb.checked_sub(1)?;
    // "charged with conspiracy to commit fraud"
    if clauses.is_noun(from) && PLOTS.contains(&clauses.head(from).lower.as_str()) {
        participle = true;
        from = from.checked_sub(1)?;
    }
    let governing = clauses.governing(from).filter(|_| participle)?;
    let leads = clauses
        .word(from)
        .is_some_and(|token| matches!(token.lower.as_str(), "of" | "with" | "for" | "and" | "or"));
    if !leads {
        return None;
    }
    match clauses.lemma(clauses.verb(governing)?) {
        "suspect" | "accuse" => Some(Force::Alleged),
        "charge" | "indict" => Some(Force::Charged),
        _ => accused_of(clauses, governing),
    }
}

/// "are thought to be based in": nobody stands behind it.
pub(super) fn thought_to(clauses: &Clauses<'_>, verb: usize) -> Option<Force> {
    let infinitive = clauses.verb(verb)?.mood == Mood::Infinitive;
    let governing = clauses.verb(verb.checked_sub(1).filter(|_| infinitive)?)?;
    let lemma = clauses.lemma(governing);
    match lemma {
        _ if !governing.passive => None,
        "allege" => Some(Force::Alleged),
        "think" | "believe" | "say" | "suspect" | "understand" | "report" => Some(Force::Reported),
        _ => None,
    }
}

/// Advice to the reader ("Ensure that …", "your organization") tells nothing that happened.
pub(super) fn is_advice(clauses: &Clauses<'_>) -> bool {
    let tokens = &clauses.tokens;
    let first = tokens
        .iter()
        .find(|token| !matches!(token.tag, Tag::Mark | Tag::Quote | Tag::Number));
    let imperative = first.is_some_and(|token| {
        token
            .verb()
            .is_some_and(|(_, form)| form == words::Form::Base)
    }) && first.is_some_and(|token| {
        matches!(token.tag, Tag::Verb(_)) || !words::IS_NOUN_OR_VERB.contains(token.lower.as_str())
    });
    imperative
        || tokens
            .iter()
            .any(|token| matches!(token.lower.as_str(), "you" | "your"))
}
