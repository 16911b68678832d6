//! What follows: charges, sanctions, demands, losses and remedies.

use daylight_model::{Force, Relation};

use super::ties::is_people;
use super::{Draft, Side, Sort, Verb};

/// Charges and sanctions, also by way of a noun: "announced charges against four men".
pub(super) fn law(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    let head = verb.patient_head();
    let against = verb.complements.after(&["against", "on", "upon"]);
    if verb.is(&["charge", "indict", "arraign", "prosecute", "sue"])
        && let Some(accused) = verb.patient().filter(|side| {
            side.chunk()
                .is_some_and(|chunk| matches!(verb.sort_of(chunk), Sort::Agent | Sort::Named))
        })
    {
        let accuser = verb.giver(
            verb.agent(),
            &["indictment", "complaint", "lawsuit", "suit"],
        );
        found.push(Draft {
            speaker: accuser.chunk(),
            ..verb.said_by_subject(accuser, Relation::Charged, accused, Some(Force::Charged))
        });
    }
    if matches!(
        head,
        "charges" | "charge" | "indictment" | "indictments" | "complaint"
    ) && verb.is(&[
        "announce", "unseal", "file", "bring", "return", "issue", "press", "reveal", "make",
    ]) && let Some(accused) = against
    {
        found.push(verb.said_by_subject(
            verb.agent(),
            Relation::Charged,
            Side::Object(accused),
            Some(Force::Charged),
        ));
    }
    if matches!(head, "charges")
        && verb.is(&["face"])
        && let Some(subject) = verb.subject
    {
        found.push(Draft {
            force: Some(Force::Charged),
            ..verb.draft(Side::Unstated, Relation::Charged, Side::Subject(subject))
        });
    }
    found.extend(sanctions(verb));
    found
}

/// "sanctioned a bank", "imposed sanctions on a bank".
fn sanctions(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if verb.is(&["sanction", "blacklist", "designate"])
        && let Some(target) = verb.patient().filter(|side| {
            side.chunk().is_some_and(|chunk| {
                let sort = verb.sort_of(chunk);
                matches!(sort, Sort::Agent | Sort::Named)
                    || verb.is(&["sanction"]) && sort == Sort::Other
            })
        })
    {
        found.push(verb.said_by_subject(
            verb.agent(),
            Relation::Sanctioned,
            target,
            Some(Force::Announced),
        ));
    }
    if is_sanction(verb)
        && verb.is(&[
            "impose", "announce", "levy", "place", "slap", "issue", "adopt",
        ])
    {
        let targets = verb.complements.prepositional.iter();
        let targets =
            targets.filter(|(word, _)| matches!(word.as_str(), "against" | "on" | "upon"));
        found.extend(targets.map(|&(_, target)| {
            let target = Side::Object(target);
            verb.said_by_subject(
                verb.agent(),
                Relation::Sanctioned,
                target,
                Some(Force::Announced),
            )
        }));
    }
    found
}

/// Whether the object is a sanction: "sanctions", "asset freezes", "a travel ban".
fn is_sanction(verb: &Verb<'_, '_>) -> bool {
    let told = |word: &str| {
        let phrase = verb
            .complements
            .direct
            .and_then(|at| verb.clauses.chunks.get(at));
        phrase.is_some_and(|chunk| {
            let tokens = &verb.clauses.tokens[chunk.first..=chunk.last];
            tokens.iter().any(|token| token.lower == word)
        })
    };
    match verb.patient_head() {
        "sanctions" => true,
        "freeze" | "freezes" => told("asset"),
        "ban" | "bans" => told("travel"),
        "measures" => told("restrictive"),
        _ => false,
    }
}

/// Ransom and other demands.
pub(super) fn demand(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if verb.is(&["demand", "extort"]) {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::Demanded, object)),
        );
    }
    let head = verb.patient_head();
    if verb.is(&["include", "involve", "make", "issue", "send", "have"])
        && matches!(head, "demand" | "demands")
        && let (Some(subject), Some(object)) = (verb.subject, verb.patient())
    {
        found.push(verb.draft(Side::Subject(subject), Relation::Demanded, object));
    }
    if verb.is(&["ask", "seek"])
        && let Some(ransom) = verb.complements.after(&["for"]).or(verb.complements.direct)
    {
        let phrase = verb.clauses.object_phrase(ransom);
        let says = |is_told: fn(&str) -> bool| {
            let mut tokens = verb.clauses.tokens.iter();
            tokens.any(|token| phrase.contains(token.span) && is_told(&token.lower))
        };
        if says(|word| word == "ransom") || says(is_money) && verb.hostile_agent() {
            found.push(verb.draft(verb.agent(), Relation::Demanded, Side::Object(ransom)));
        }
    }
    found
}

/// Whether a word tells of money: "$6", "euros", "bitcoin".
fn is_money(word: &str) -> bool {
    word.starts_with(['$', '€', '£'])
        || matches!(
            word,
            "dollars" | "euros" | "pounds" | "bitcoin" | "bitcoins" | "monero" | "cryptocurrency"
        )
}

/// Harm and cost.
pub(super) fn loss(verb: &Verb<'_, '_>) -> Vec<Draft> {
    let mut found = Vec::new();
    if verb.is(&["harm", "cost", "hurt"]) && !verb.group.passive {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::CausedLoss, object)),
        );
    }
    let head = verb.patient_head();
    // "an attack on a railway that cost millions": not the railway did.
    let attack = |subject: Side| {
        let victim = subject.chunk()?;
        let on = victim.checked_sub(1)?;
        let leads = verb
            .clauses
            .word(on)
            .is_some_and(|token| matches!(token.lower.as_str(), "on" | "against"));
        let deed = on
            .checked_sub(1)
            .filter(|&at| leads && verb.clauses.is_noun(at))?;
        (verb.sort_of(deed) == Sort::Attack).then_some(Side::Subject(deed))
    };
    for draft in &mut found {
        draft.subject = attack(draft.subject).unwrap_or(draft.subject);
    }
    // "was caused by a cable": whose fault it was.
    let blamed = verb.is(&["cause"]) && verb.group.passive;
    if verb.is(&["cause", "inflict", "incur", "generate"])
        && !blamed
        && matches!(
            head,
            "loss"
                | "losses"
                | "damage"
                | "damages"
                | "disruption"
                | "disruptions"
                | "outage"
                | "outages"
                | "harm"
                | "costs"
                | "billions"
                | "millions"
        )
    {
        let victim = verb
            .complements
            .after(&["to", "for", "on", "across", "at"])
            .map(Side::Object)
            .or_else(|| verb.patient());
        found.extend(victim.map(|victim| verb.draft(verb.agent(), Relation::CausedLoss, victim)));
    }
    found
}

/// "The patch, released by Acme, fixes": who released what stands as a subject.
fn released_by(verb: &Verb<'_, '_>, remedy: usize) -> Option<Side> {
    let clauses = verb.clauses;
    let mut between = clauses
        .verbs()
        .filter(|&(at, _)| remedy < at && at < verb.at);
    let (at, group) = between.next()?;
    let released = group.passive
        && matches!(
            clauses.lemma(group),
            "release" | "issue" | "publish" | "ship"
        );
    let by = clauses.complements(at).after(&["by"]).filter(|_| released);
    by.map(Side::Subject)
}

/// Patches.
pub(super) fn remedy(verb: &Verb<'_, '_>) -> Vec<Draft> {
    const REMEDIES: &[&str] = &[
        "patch", "patches", "update", "updates", "fix", "fixes", "hotfix", "hotfixes",
    ];
    let mut found = Vec::new();
    // "released an update that removes the backdoor": whoever released it.
    if verb.is(&["remove", "close", "plug", "fix", "address", "patch"])
        && let (Side::Subject(subject), Some(flaw)) = (verb.agent(), verb.patient())
        && REMEDIES.contains(&verb.clauses.head(subject).lower.as_str())
        && let giver =
            released_by(verb, subject).unwrap_or_else(|| verb.giver(verb.agent(), REMEDIES))
        && giver != verb.agent()
    {
        return vec![verb.draft(giver, Relation::Patched, flaw)];
    }
    let attacker = verb
        .agent()
        .chunk()
        .is_some_and(|chunk| is_people(verb.clauses, chunk));
    if verb.is(&["patch", "fix", "address", "remediate", "mitigate"])
        && !attacker
        && matches!(verb.patient_sort(), Some(Sort::Flaw | Sort::Product))
    {
        found.extend(
            verb.patient()
                .map(|object| verb.draft(verb.agent(), Relation::Patched, object)),
        );
    }
    if verb.is(&["release", "issue", "publish", "ship", "push"])
        && REMEDIES.contains(&verb.patient_head())
        && let Some(flaw) = verb
            .complements
            .after(&["for", "to", "addressing"])
            .or_else(|| verb.flaw_before())
        && (!verb.patient_head().starts_with("update")
            || matches!(verb.sort_of(flaw), Sort::Flaw | Sort::Means))
    {
        found.push(verb.draft(verb.agent(), Relation::Patched, Side::Object(flaw)));
    }
    found
}
