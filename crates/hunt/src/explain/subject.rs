//! Which rule a person means.

use std::collections::HashSet;
use std::sync::Arc;

use daylight_model::Rule;

use super::Explainer;
use crate::rules::Part;
use crate::{Error, RuleProblem, RuleSet};

/// Most rules that are named where it is not clear which was meant.
const NAMED_MAX: usize = 5;
/// Longer words than this are no rule's; comparing them takes time.
const WORDS_MAX: usize = 256;

/// What a person's words for a rule mean.
#[derive(Debug)]
#[non_exhaustive]
pub enum Subject<'r> {
    /// A rule, or a correlation and the rules that it is made of.
    Rules {
        /// What was named.
        rule: &'r Arc<Rule>,
        /// Whether that is a correlation.
        is_correlation: bool,
        /// The rule itself or, one after the other, what the correlation is made of.
        explainers: Vec<Explainer<'r>>,
    },
    /// A rule that cannot be used, for these reasons.
    Unusable(Vec<&'r RuleProblem>),
}

impl RuleSet {
    /// The rule with this id, with the only id that begins so, or with this title.
    ///
    /// # Errors
    ///
    /// Where there is no such rule, or more than one.
    pub fn look_up(&self, words: &str) -> Result<Subject<'_>, Error> {
        let words = words.trim();
        let all = self.named();
        let same = |text: &str| text.eq_ignore_ascii_case(words);
        if let Some((part, _)) = all.iter().find(|(_, rule)| same(&rule.id)) {
            return Ok(self.subject(*part));
        }
        let unusable = |fits: &dyn Fn(&str) -> bool| -> Vec<&RuleProblem> {
            let fits = |problem: &&RuleProblem| problem.rule_id.as_deref().is_some_and(fits);
            self.problems().iter().filter(fits).collect()
        };
        let problems = unusable(&same);
        if !problems.is_empty() {
            return Ok(Subject::Unusable(problems));
        }
        let titled = all.iter().filter(|(_, rule)| same(rule.title.trim()));
        let mut found: Vec<&(Part, &Arc<Rule>)> = titled.collect();
        let begins = |id: &str| {
            let start = id.get(..words.len());
            !words.is_empty() && start.is_some_and(same)
        };
        if found.is_empty() {
            found.extend(all.iter().filter(|(_, rule)| begins(&rule.id)));
            let problems = unusable(&begins);
            let ids: HashSet<_> = problems.iter().map(|one| &one.rule_id).collect();
            if found.is_empty() && ids.len() == 1 {
                return Ok(Subject::Unusable(problems));
            }
        }
        match found.as_slice() {
            [(part, _)] => Ok(self.subject(*part)),
            [] => Err(Error::NoSuchRule {
                words: words.to_owned(),
                nearest: nearest(words, &all),
            }),
            several => Err(Error::SeveralRules {
                words: words.to_owned(),
                found: several
                    .iter()
                    .take(NAMED_MAX)
                    .map(|(_, rule)| named(rule))
                    .collect(),
                count: several.len(),
            }),
        }
    }

    /// Everything that has a name of its own.
    fn named(&self) -> Vec<(Part, &Arc<Rule>)> {
        let rules = self.rules.iter().enumerate();
        let rules = rules
            .filter(|(_, compiled)| !compiled.is_part)
            .map(|(at, compiled)| (Part::Rule(at), &compiled.rule));
        let correlations = self.correlations.iter().enumerate();
        let correlations =
            correlations.map(|(at, correlation)| (Part::Correlation(at), &correlation.rule));
        rules.chain(correlations).collect()
    }

    fn subject(&self, part: Part) -> Subject<'_> {
        let (mut rules, mut seen) = (Vec::new(), HashSet::new());
        self.add_rules_of(part, &mut rules, &mut seen);
        let explainers: Vec<Explainer<'_>> = rules
            .into_iter()
            .filter_map(|rule| Explainer::new(self, rule))
            .collect();
        let rule = match part {
            Part::Rule(at) => self.rules.get(at).map(|one| &one.rule),
            Part::Correlation(at) => self.correlations.get(at).map(|one| &one.rule),
        };
        match rule {
            Some(rule) => Subject::Rules {
                rule,
                is_correlation: matches!(part, Part::Correlation(_)),
                explainers,
            },
            None => Subject::Unusable(Vec::new()),
        }
    }

    /// Correlations of correlations nest no deeper than `rules::links` lets them.
    fn add_rules_of(&self, part: Part, rules: &mut Vec<usize>, seen: &mut HashSet<Part>) {
        if !seen.insert(part) {
            return;
        }
        match part {
            Part::Rule(rule) => rules.push(rule),
            Part::Correlation(at) => {
                let members = self.correlations.get(at).map(|one| &one.members);
                for part in members.into_iter().flatten().flat_map(|one| &one.parts) {
                    self.add_rules_of(*part, rules, seen);
                }
            }
        }
    }
}

fn named(rule: &Arc<Rule>) -> String {
    format!("{}  {}", rule.id, rule.title)
}

/// The rules in whose ids or titles something stands that is most like the words.
fn nearest(words: &str, all: &[(Part, &Arc<Rule>)]) -> Vec<String> {
    let letters = |text: &str| -> Vec<char> {
        let text = text.to_lowercase();
        text.chars().take(WORDS_MAX).collect()
    };
    let words = letters(words);
    // Of texts that have the words alike, the shorter says less besides.
    let distance = |text: &str| {
        let text = letters(text);
        (edits(&words, &text), text.len())
    };
    let mut ranked: Vec<((usize, usize), &Arc<Rule>)> = all
        .iter()
        .map(|(_, rule)| (distance(&rule.title).min(distance(&rule.id)), *rule))
        .collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    let nearest = ranked.iter().take(NAMED_MAX);
    nearest.map(|(_, rule)| named(rule)).collect()
}

/// How many letters must be added, taken away or changed for the words to stand in the text
/// (Sellers' algorithm).
fn edits(words: &[char], text: &[char]) -> usize {
    // What stands before costs nothing.
    let mut row = vec![0; text.len() + 1];
    for (at, letter) in words.iter().enumerate() {
        let (mut diagonal, mut left) = (at, at + 1);
        if let Some(first) = row.first_mut() {
            (diagonal, *first) = (*first, at + 1);
        }
        for (place, letter_of_text) in row.iter_mut().skip(1).zip(text) {
            let changed = diagonal + usize::from(letter != letter_of_text);
            diagonal = *place;
            left = changed.min(diagonal + 1).min(left + 1);
            *place = left;
        }
    }
    // Nor does what stands behind.
    row.into_iter().min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let check = |words: &str, text: &str, expected: usize| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            let found = edits(&letters(words), &letters(text));
            assert_eq!(found, expected, "{words} {text}");
        };
        check("", "", 0);
        check("", "abc", 0);
        check("abc", "", 3);
        check("whoami", "run whoami as admin", 0);
        check("whoamy", "run whoami as admin", 1);
        check("whoamii", "whoami", 1);
        check("kitten", "sitting", 2);
    }
}
