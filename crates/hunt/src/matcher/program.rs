//! Rules as conditions over questions that they share.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::literal::{self, Literal};
use crate::evaluate::View;
use crate::sigma::compile::{Expression, Slot, Test};
use crate::sigma::pattern::Pattern;

/// The number of a question.
pub(super) type PredicateId = u32;

/// A question about an event.
#[derive(Debug)]
pub(super) struct Predicate {
    /// The field it is about; the whole record where there is none.
    pub(super) slot: Option<Slot>,
    test: Arc<Test>,
    /// Whether the automata look for it: then what is not found does not hold.
    pub(super) is_looked_for: bool,
    /// A guess at how often it holds.
    frequency: f32,
}

impl Predicate {
    /// Whether it is looked for in lower case though case may count for it.
    pub(super) fn asks_beyond_ascii(&self) -> bool {
        let as_written = matches!(
            self.test.as_ref(),
            Test::Regex(_) | Test::Text { cased: true, .. }
        );
        self.is_looked_for && as_written
    }

    /// The fields that decide it.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        let other = match self.test.as_ref() {
            Test::Reference { slot, .. } => Some(*slot),
            _ => None,
        };
        self.slot.into_iter().chain(other)
    }

    /// Asks it by definition.
    pub(super) fn ask(&self, view: &View<'_>) -> bool {
        match self.slot {
            Some(slot) => view.field_holds(slot, &self.test),
            None => view.keyword_holds(&self.test),
        }
    }
}

/// What must hold for a rule to match.
#[derive(Debug)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    AtLeast(usize, Vec<Node>),
    Not(Box<Node>),
    Is(PredicateId),
}

impl Node {
    /// Calls `with` for each question in it.
    pub(super) fn each<T>(&self, with: &mut impl FnMut(PredicateId) -> T) {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                parts.iter().for_each(|part| part.each(with));
            }
            Self::Not(part) => part.each(with),
            Self::Is(id) => drop(with(*id)),
        }
    }

    /// Whether it holds, given what each question comes to.
    pub(super) fn holds(&self, ask: &mut impl FnMut(PredicateId) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(ask)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(ask)),
            Self::AtLeast(count, parts) => {
                let mut left = *count;
                parts.iter().any(|part| {
                    left -= usize::from(part.holds(ask));
                    left == 0
                })
            }
            Self::Not(part) => !part.holds(ask),
            Self::Is(predicate) => ask(*predicate),
        }
    }
}

/// What tells two questions apart.
#[derive(PartialEq, Eq, Hash)]
enum Key<'r> {
    Text(Option<Slot>, bool, &'r [Pattern]),
    Other(Option<Slot>, String),
}

/// Takes rules apart into questions, of which each is kept once.
#[derive(Default)]
pub(super) struct Questions<'r> {
    pub(super) predicates: Vec<Predicate>,
    /// For each question, the texts to look for; none where it has to be asked.
    pub(super) literals: Vec<Vec<Literal>>,
    known: HashMap<Key<'r>, PredicateId, RandomState>,
}

impl<'r> Questions<'r> {
    pub(super) fn program(&mut self, expression: &'r Expression) -> Node {
        let node = match expression {
            Expression::All(parts) => Node::All(self.programs(parts)),
            Expression::Any(parts) => Node::Any(self.programs(parts)),
            Expression::AtLeast(count, parts) => Node::AtLeast(*count, self.programs(parts)),
            Expression::Not(part) => Node::Not(Box::new(self.program(part))),
            Expression::Shared(_, part) => self.program(part),
            Expression::Field { slot, test, .. } => Node::Is(self.question(Some(*slot), test)),
            Expression::Keyword(test) => Node::Is(self.question(None, test)),
        };
        self.settled(node)
    }

    fn programs(&mut self, parts: &'r [Expression]) -> Vec<Node> {
        parts.iter().map(|part| self.program(part)).collect()
    }

    /// Asks first what has been looked for already, and the rarest of that first.
    fn settled(&self, mut node: Node) -> Node {
        match &mut node {
            Node::All(parts) | Node::Any(parts) if parts.len() == 1 => {
                return parts.pop().unwrap_or(node);
            }
            // Numbers without a sign are in the order of their bits.
            Node::All(parts) => parts.sort_by_cached_key(|node| {
                (self.is_costly(node), self.frequency(node).abs().to_bits())
            }),
            Node::Any(parts) | Node::AtLeast(_, parts) => {
                parts.sort_by_key(|part| self.is_costly(part));
            }
            Node::Not(_) | Node::Is(_) => {}
        }
        node
    }

    /// Whether a question in it has to be asked.
    fn is_costly(&self, node: &Node) -> bool {
        match node {
            Node::All(parts) | Node::Any(parts) | Node::AtLeast(_, parts) => {
                parts.iter().any(|part| self.is_costly(part))
            }
            Node::Not(part) => self.is_costly(part),
            Node::Is(predicate) => {
                let predicate = self.predicates.get(*predicate as usize);
                predicate.is_none_or(|predicate| !predicate.is_looked_for)
            }
        }
    }

    fn frequency(&self, node: &Node) -> f32 {
        match self.necessary(node) {
            Some(predicates) => self.frequency_of(&predicates),
            None => 1.0,
        }
    }

    fn frequency_of(&self, predicates: &[PredicateId]) -> f32 {
        let found = predicates
            .iter()
            .filter_map(|id| self.predicates.get(*id as usize));
        found.map(|predicate| predicate.frequency).sum()
    }

    /// The rarest questions of which one must hold for the node to hold; `None` where it may
    /// hold though nothing was found.
    pub(super) fn necessary(&self, node: &Node) -> Option<Vec<PredicateId>> {
        match node {
            Node::All(parts) => {
                let choices = parts.iter().filter_map(|part| self.necessary(part));
                choices.min_by(|one, other| {
                    let (one, other) = (self.frequency_of(one), self.frequency_of(other));
                    one.total_cmp(&other)
                })
            }
            Node::Any(parts) | Node::AtLeast(_, parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.necessary(part)?);
                }
                Some(all)
            }
            Node::Not(_) => None,
            Node::Is(id) => {
                let predicate = self.predicates.get(*id as usize)?;
                predicate.is_looked_for.then(|| vec![*id])
            }
        }
    }

    fn question(&mut self, slot: Option<Slot>, test: &'r Arc<Test>) -> PredicateId {
        let key = match test.as_ref() {
            Test::Text { patterns, cased } => Key::Text(slot, *cased, patterns),
            other => Key::Other(slot, format!("{other:?}")),
        };
        let next = PredicateId::try_from(self.predicates.len()).unwrap_or(PredicateId::MAX);
        let id = *self.known.entry(key).or_insert(next);
        if id == next {
            let literals = literal::literals(test);
            self.predicates.push(Predicate {
                slot,
                test: Arc::clone(test),
                is_looked_for: literals.is_some(),
                frequency: literals.iter().flatten().map(Literal::frequency).sum(),
            });
            self.literals.push(literals.unwrap_or_default());
        }
        id
    }
}
