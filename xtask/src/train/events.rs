//! The reader of incidents: documents' kinds, triggers, roles and realis, learnt from annotated
//! news.

mod learn;
mod set;

use std::io::Write;

use anyhow::{Context, Result, anyhow};
use daylight_extract::training::events::inputs::{Candidate, ROLES};
use daylight_extract::training::events::parts::{
    DocumentKinds, Gate, Realis, RoleFound, Roles, Triggers,
};
use daylight_extract::training::events::{Events, Thresholds};
use daylight_learn::Vocabulary;

use self::learn::{
    CANDIDATE_MIN, find_roles, find_triggers, learn_documents, learn_gate, learn_realis,
    learn_role_words, learn_roles, learn_trigger_words, learn_triggers, right_realis,
};
use self::set::{FOLDS, Set, read};
use super::data;
use super::measure::{Event, Measure};

/// One network is learnt for each.
const SEEDS: &[u64] = &[1, 2, 3, 4];

/// The part of the words of annotated triggers that may be lost for not being looked
/// at when reading quickly.
const GATE_LOSS: f32 = 0.1;

/// Makes the model; tells on the way how well what is learnt from three quarters of the articles
/// reads the others.
pub(crate) fn train() -> Result<Vec<u8>> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/extract/models/words.bin"
    );
    let words = std::fs::read(path).context(path)?;
    let lines = data::lines("casie/train")?;
    let set = read(&lines, Vocabulary::parse(&words)?)?;
    let all: Vec<usize> = (0..set.articles.len()).collect();
    let odds = held_out(&set, |learn, judge| judge_documents(&set, learn, judge))?;
    let gate_odds = held_out(&set, |learn, judge| judge_words(&set, learn, judge))?;
    let gate = gate_threshold(&set, &gate_odds);
    let candidates = held_out(&set, |learn, judge| {
        let bytes = learn_triggers(&set, learn, &odds, SEEDS);
        let words = learn_trigger_words(&set, learn, &odds);
        let mut model = Triggers::parse(&bytes, &words)?;
        let found = judge
            .iter()
            .map(|&at| find_triggers(&set, &mut model, at, odds[at]));
        Ok(found.collect())
    })?;
    choose(&set, &candidates, &[])?;
    // All that is left is independent of each other.
    let (roles, trigger_part, role_part) = std::thread::scope(|scope| {
        let triggers = scope.spawn(|| learn_triggers(&set, &all, &odds, SEEDS));
        let final_roles = scope.spawn(|| learn_roles(&set, &all, &odds, &candidates, SEEDS));
        let roles = held_out(&set, |learn, judge| {
            let bytes = learn_roles(&set, learn, &odds, &candidates, SEEDS);
            let words = learn_role_words(&set, learn, &candidates);
            let mut model = Roles::parse(&bytes, &words)?;
            let found = judge
                .iter()
                .map(|&at| find_roles(&set, &mut model, at, odds[at], &candidates[at]));
            Ok(found.collect())
        });
        (roles, triggers.join(), final_roles.join())
    });
    let roles = roles?;
    let broken = |_| anyhow!("a thread that learns broke down");
    let (trigger, role) = choose(&set, &candidates, &roles)?;
    tell_realis(&set, &odds)?;
    let parts = [
        learn_documents(&set, &all),
        learn_gate(&set, &all),
        trigger_part.map_err(broken)?,
        learn_trigger_words(&set, &all, &odds),
        role_part.map_err(broken)?,
        learn_role_words(&set, &all, &candidates),
        learn_realis(&set, &all, &odds),
    ];
    tell(&format!(
        "bytes of parts: {:?}",
        parts.each_ref().map(Vec::len)
    ))?;
    let candidate = CANDIDATE_MIN;
    Ok(Events::write(
        Thresholds {
            gate,
            candidate,
            trigger,
            role,
        },
        parts,
    ))
}

/// For each article to judge, the odds of the kinds of documents.
fn judge_documents(set: &Set<'_>, learn: &[usize], judge: &[usize]) -> Result<Vec<[f32; 5]>> {
    let bytes = learn_documents(set, learn);
    let mut model = DocumentKinds::parse(&bytes)?;
    let odds = judge
        .iter()
        .map(|&at| model.odds(set.text(&set.articles[at])));
    Ok(odds.collect())
}

/// For each article to judge, and each sentence, the odds of its words.
fn judge_words(set: &Set<'_>, learn: &[usize], judge: &[usize]) -> Result<ByWord<f32>> {
    let bytes = learn_gate(set, learn);
    let mut model = Gate::parse(&bytes)?;
    let odds = judge.iter().map(|&at| {
        let article = &set.articles[at];
        let sentences = article.sentences.iter();
        sentences
            .map(|words| model.odds(set.text(article), words.clone()))
            .collect()
    });
    Ok(odds.collect())
}

fn tell_realis(set: &Set<'_>, odds: &[[f32; 5]]) -> Result<()> {
    let judged = held_out(set, |learn, judge| {
        let bytes = learn_realis(set, learn, odds);
        let model = Realis::parse(&bytes)?;
        let right = judge
            .iter()
            .map(|&at| right_realis(set, &model, at, odds[at]));
        Ok(right.collect())
    })?;
    let right: usize = judged.iter().map(|one| one.0).sum();
    let of: usize = judged.iter().map(|one| one.1).sum();
    tell(&format!("realis: {right} of {of} right"))
}

fn tell(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// By article and sentence: what is known of each word.
type ByWord<T> = Vec<Vec<Vec<T>>>;

/// The odds that all but a few in a hundred words of annotated triggers are above.
fn gate_threshold(set: &Set<'_>, odds: &ByWord<f32>) -> f32 {
    let mut of_triggers: Vec<f32> = Vec::new();
    for (article, odds) in set.articles.iter().zip(odds) {
        for one in &article.triggers {
            of_triggers.extend(&odds[one.sentence][one.candidate.start..one.candidate.end]);
        }
    }
    of_triggers.sort_by(f32::total_cmp);
    let lost = of_triggers.len() as f32 * GATE_LOSS;
    of_triggers.get(lost as usize).copied().unwrap_or(f32::MIN)
}

/// The thresholds by which the articles are read best: the measure of triggers alone decides
/// the one of triggers, that of arguments the one of roles.
fn choose(
    set: &Set<'_>,
    candidates: &[Vec<Vec<Candidate>>],
    roles: &[Vec<Vec<RoleFound>>],
) -> Result<(f32, f32)> {
    let steps = || (4..24).map(|step| step as f32 / 40.0);
    let measure = |trigger_min: f32, role_min: f32| {
        let mut measure = Measure::default();
        for (at, article) in set.articles.iter().enumerate() {
            let found = events(
                set,
                at,
                &candidates[at],
                roles.get(at).map_or(&[], Vec::as_slice),
                trigger_min,
                role_min,
            );
            measure.add(article.text, &article.gold, &found);
        }
        measure
    };
    let best = |score: &dyn Fn(f32) -> f64| {
        steps()
            .max_by(|one, other| score(*one).total_cmp(&score(*other)))
            .unwrap_or(0.3)
    };
    let trigger = best(&|least| measure(least, 1.1).triggers.f1());
    let role = best(&|least| measure(trigger, least).arguments.f1());
    tell(&format!(
        "held out, triggers from {trigger}, roles from {role}: {}",
        measure(trigger, role)
    ))?;
    Ok((trigger, role))
}

/// What each article gets from what is learnt from the articles of other folds.
fn held_out<T: Send>(
    set: &Set<'_>,
    work: impl Fn(&[usize], &[usize]) -> Result<Vec<T>> + Sync,
) -> Result<Vec<T>> {
    let all: Vec<usize> = (0..set.articles.len()).collect();
    let parts: Vec<(Vec<usize>, Result<Vec<T>>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..FOLDS)
            .map(|fold| {
                let (work, all) = (&work, &all);
                scope.spawn(move || {
                    let (judge, learn): (Vec<usize>, Vec<usize>) =
                        all.iter().partition(|at| set.articles[**at].fold == fold);
                    let found = work(&learn, &judge);
                    (judge, found)
                })
            })
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    let mut by_article: Vec<Option<T>> = all.iter().map(|_| None).collect();
    for (judge, found) in parts {
        for (at, found) in judge.into_iter().zip(found?) {
            by_article[at] = Some(found);
        }
    }
    by_article
        .into_iter()
        .collect::<Option<Vec<T>>>()
        .context("an article that no fold has")
}

/// Events as the measure wants them.
fn events(
    set: &Set<'_>,
    at: usize,
    candidates: &[Vec<Candidate>],
    roles: &[Vec<RoleFound>],
    trigger_min: f32,
    role_min: f32,
) -> Vec<Event> {
    let article = &set.articles[at];
    let mut events = Vec::new();
    for (number, words) in article.sentences.iter().enumerate() {
        let place = |start: usize, end: usize| {
            (
                article.page.spans[words.start + start].start,
                article.page.spans[words.start + end - 1].end,
            )
        };
        for one in &candidates[number] {
            if one.probability >= trigger_min {
                events.push(Event {
                    kind: one.kind,
                    realis: String::new(),
                    trigger: Some(place(one.start, one.end)),
                    arguments: vec![],
                });
            }
        }
        for role in roles
            .get(number)
            .into_iter()
            .flatten()
            .filter(|role| role.probability >= role_min)
        {
            let (start, end) = place(role.start, role.end);
            events.push(Event {
                kind: role.kind,
                realis: String::new(),
                trigger: None,
                arguments: vec![(ROLES[role.role].0.to_owned(), start, end)],
            });
        }
    }
    events
}
