//! Techniques compared with what is publicly said of groups.
//!
//! Groups share most of what they do, so that what few of them do weighs more: by how rare it
//! is among them. Several groups always stand side by side, each with what speaks for and
//! against it, and [`Knowledge::pattern_trial`] says how often such a comparison is right where
//! the answer is known. It is no attribution, and Daylight makes none.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{Group, Knowledge, Technique};

/// Groups with fewer techniques say nothing about how they work.
const TECHNIQUES_MIN: usize = 5;

/// A technique in a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shared {
    /// ATT&CK id.
    pub id: String,
    /// Name.
    pub name: String,
    /// How many of the groups compared are said to use it, or a part of it.
    pub groups: usize,
}

/// One group as a hypothesis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hypothesis {
    /// ATT&CK id.
    pub id: String,
    /// Name.
    pub name: String,
    /// From 0 to 1: an ordering, not a probability.
    pub score: f64,
    /// What of the observed is publicly said of the group too, rarest first.
    pub speaks_for: Vec<Shared>,
    /// What of the observed nobody says of the group, rarest first.
    pub speaks_against: Vec<Shared>,
    /// How many techniques are said of the group that were not observed: weak, since nobody
    /// sees all.
    pub not_observed: usize,
}

/// Observed techniques beside what is said of groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pattern {
    /// The techniques compared.
    pub observed: Vec<Shared>,
    /// Ids that ATT&CK does not have.
    pub unknown: Vec<String>,
    /// How many groups were compared.
    pub groups: usize,
    /// The nearest groups, nearest first.
    pub hypotheses: Vec<Hypothesis>,
}

/// How often a comparison puts the right group first, where ATT&CK says which it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trial {
    /// Campaigns tried.
    pub campaigns: usize,
    /// Groups to choose from.
    pub groups: usize,
    /// Weighed by rarity: how often a right group came first, and among the first five.
    pub weighed: (usize, usize),
    /// The same for shared techniques among all (Jaccard), each as good as another.
    pub plain: (usize, usize),
    /// The same for drawing lots, on average.
    pub chance: (f64, f64),
}

/// What is said of each group, and how many groups each technique is said of.
struct Profiles<'k> {
    groups: Vec<(&'k Group, BTreeSet<&'k str>)>,
    /// With the whole of each part: who uses T1059.001 uses T1059.
    wider: Vec<BTreeSet<&'k str>>,
    counts: BTreeMap<&'k str, usize>,
}

impl<'k> Profiles<'k> {
    /// From what ATT&CK says of groups and of their campaigns, but for one that is hidden.
    fn new(knowledge: &'k Knowledge, hidden: Option<&str>) -> Self {
        let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for group in knowledge
            .facts
            .groups
            .values()
            .filter(|group| !group.retired)
        {
            said.insert(&group.id, techniques(knowledge, &group.id).collect());
        }
        let campaigns = knowledge.facts.campaigns.values();
        for campaign in campaigns.filter(|campaign| Some(campaign.id.as_str()) != hidden) {
            for group in &campaign.groups {
                if let Some(said) = said.get_mut(group.as_str()) {
                    said.extend(techniques(knowledge, &campaign.id));
                }
            }
        }
        said.retain(|_, techniques| techniques.len() >= TECHNIQUES_MIN);
        let groups: Vec<_> = said
            .into_iter()
            .filter_map(|(id, said)| Some((knowledge.facts.groups.get(id)?, said)))
            .collect();
        let wider: Vec<_> = groups.iter().map(|(_, said)| widened(said)).collect();
        let mut counts = BTreeMap::new();
        for id in wider.iter().flatten() {
            *counts.entry(*id).or_default() += 1;
        }
        Self {
            groups,
            wider,
            counts,
        }
    }

    fn count(&self, id: &str) -> usize {
        self.counts.get(id).copied().unwrap_or(0)
    }

    /// The logarithm of how many groups there are for each that uses it.
    #[expect(clippy::cast_precision_loss, reason = "there are some hundred groups")]
    fn weight(&self, id: &str) -> f64 {
        ((self.groups.len() as f64 + 1.0) / (self.count(id) as f64 + 1.0)).ln()
    }

    fn weight_of<'t>(&self, ids: impl Iterator<Item = &'t &'t str>) -> f64 {
        ids.map(|id| self.weight(id).powi(2)).sum()
    }

    /// The cosine between observed techniques and each group's, each as long as it is rare.
    fn weighed(&self, observed: &BTreeSet<&str>) -> Vec<f64> {
        let observed = widened(observed);
        let whole = self.weight_of(observed.iter());
        let score = |said: &BTreeSet<&str>| {
            let length = (whole * self.weight_of(said.iter())).sqrt();
            let both = self.weight_of(said.intersection(&observed));
            if length > 0.0 { both / length } else { 0.0 }
        };
        self.wider.iter().map(score).collect()
    }

    /// Shared techniques among all.
    #[expect(
        clippy::cast_precision_loss,
        reason = "sets of some hundred techniques"
    )]
    fn plain(&self, observed: &BTreeSet<&str>) -> Vec<f64> {
        let score = |(_, said): &(_, BTreeSet<&str>)| {
            let all = said.union(observed).count().max(1);
            said.intersection(observed).count() as f64 / all as f64
        };
        self.groups.iter().map(score).collect()
    }

    /// Places of the groups, the nearest first.
    fn ranked(scores: &[f64]) -> Vec<usize> {
        let mut places: Vec<usize> = (0..scores.len()).collect();
        let score = |place: &usize| scores.get(*place).copied().unwrap_or(0.0);
        places.sort_by(|one, other| score(other).total_cmp(&score(one)));
        places
    }
}

/// The techniques that ATT&CK says somebody uses.
fn techniques<'k>(knowledge: &'k Knowledge, id: &str) -> impl Iterator<Item = &'k str> {
    knowledge
        .techniques_of(id)
        .map(|technique| technique.id.as_str())
}

/// With the whole of each part.
fn widened<'t>(ids: &BTreeSet<&'t str>) -> BTreeSet<&'t str> {
    let wholes = ids.iter().filter_map(|id| Some(id.split_once('.')?.0));
    ids.iter().copied().chain(wholes).collect()
}

impl Knowledge {
    /// Compares techniques with what is publicly said of groups, and gives the nearest ones.
    #[must_use]
    pub fn pattern(&self, techniques: &[&str], hypotheses_max: usize) -> Pattern {
        let profiles = Profiles::new(self, None);
        let known = techniques.iter().filter_map(|id| self.technique(id));
        let observed: BTreeSet<&str> = known.map(|technique| technique.id.as_str()).collect();
        let unknown = techniques.iter().filter(|id| self.technique(id).is_none());
        let scores = profiles.weighed(&observed);
        let nearest = Profiles::ranked(&scores).into_iter();
        let hypotheses = nearest.take(hypotheses_max).filter_map(|place| {
            let score = scores.get(place).copied().filter(|score| *score > 0.0)?;
            self.hypothesis(&profiles, place, &observed, score)
        });
        Pattern {
            hypotheses: hypotheses.collect(),
            observed: self.shared(&profiles, observed.iter()),
            unknown: unknown.map(|id| (*id).to_owned()).collect(),
            groups: profiles.groups.len(),
        }
    }

    fn hypothesis(
        &self,
        profiles: &Profiles<'_>,
        place: usize,
        observed: &BTreeSet<&str>,
        score: f64,
    ) -> Option<Hypothesis> {
        let (group, said) = profiles.groups.get(place)?;
        let wider = profiles.wider.get(place)?;
        let (shared, others): (Vec<&str>, Vec<&str>) =
            observed.iter().copied().partition(|id| wider.contains(id));
        Some(Hypothesis {
            id: group.id.clone(),
            name: group.name.clone(),
            score,
            speaks_for: self.shared(profiles, shared.iter()),
            speaks_against: self.shared(profiles, others.iter()),
            not_observed: said.difference(observed).count(),
        })
    }

    /// Techniques with how many groups use them, rarest first.
    fn shared<'t>(
        &self,
        profiles: &Profiles<'_>,
        ids: impl Iterator<Item = &'t &'t str>,
    ) -> Vec<Shared> {
        let shared = |technique: &Technique| Shared {
            id: technique.id.clone(),
            name: technique.name.clone(),
            groups: profiles.count(&technique.id),
        };
        let mut all: Vec<Shared> = ids
            .filter_map(|id| self.technique(id).map(shared))
            .collect();
        all.sort_by(|one, other| (one.groups, &one.id).cmp(&(other.groups, &other.id)));
        all
    }

    /// Tries the comparison on every campaign that ATT&CK lays at a group's door: the campaign
    /// is hidden, and with it what is said of the group by nothing else.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "some hundred groups and campaigns"
    )]
    pub fn pattern_trial(&self) -> Trial {
        let mut trial = Trial {
            campaigns: 0,
            groups: Profiles::new(self, None).groups.len(),
            weighed: (0, 0),
            plain: (0, 0),
            chance: (0.0, 0.0),
        };
        for campaign in self.facts.campaigns.values() {
            let profiles = Profiles::new(self, Some(&campaign.id));
            let observed: BTreeSet<&str> = techniques(self, &campaign.id).collect();
            let is_right = |place: &usize| {
                let group = profiles.groups.get(*place);
                group.is_some_and(|(group, _)| campaign.groups.contains(&group.id))
            };
            let right = (0..profiles.groups.len()).filter(is_right).count();
            if observed.is_empty() || right == 0 {
                continue;
            }
            trial.campaigns += 1;
            let rank = |scores: &[f64]| Profiles::ranked(scores).iter().position(&is_right);
            let count = |hits: &mut (usize, usize), rank: Option<usize>| {
                hits.0 += usize::from(rank == Some(0));
                hits.1 += usize::from(rank.is_some_and(|rank| rank < 5));
            };
            count(&mut trial.weighed, rank(&profiles.weighed(&observed)));
            count(&mut trial.plain, rank(&profiles.plain(&observed)));
            let (all, wrong) = (
                profiles.groups.len() as f64,
                (profiles.groups.len() - right) as f64,
            );
            trial.chance.0 += right as f64 / all;
            let none: f64 = (0..5)
                .map(|drawn| ((wrong - f64::from(drawn)) / (all - f64::from(drawn))).max(0.0))
                .product();
            trial.chance.1 += 1.0 - none;
        }
        trial
    }
}
