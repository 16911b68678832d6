//! All rules at once.
//!
//! Rules share their questions: each test of a field, however many rules ask for it, is one
//! predicate. The texts that decide or narrow predicates are looked for in one pass over each
//! field, with one automaton a field. A rule is gone through only where the rarest of what it
//! needs was found; for the few that need nothing that can be looked for, always. What cannot
//! be looked for (numbers, networks, absence) is asked when a rule that was picked comes to
//! it, once for each event.

mod ends;
mod grams;
mod lists;
mod literal;
mod program;
mod scope;
mod search;
mod sieve;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use daylight_model::{Event, Value};

use crate::evaluate::{View, places};
use crate::sigma::compile::Slot;
use crate::{RuleSet, derive};
use lists::Lists;
use literal::{Anchor, Literal};
use program::{Node, Predicate, PredicateId, Questions};
use scope::Scopes;
use search::{Search, fold_onto};

/// The rules of a set, made ready to be run together.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    predicates: Vec<Predicate>,
    programs: Vec<Program>,
    /// For each predicate, the rules to go through once it may hold.
    triggered: Lists<u32>,
    fields: HashMap<Slot, Searched>,
    record: Searched,
}

/// A rule.
#[derive(Debug)]
struct Program {
    condition: Node,
    /// `None` where the rule is always gone through.
    triggers: Option<Vec<PredicateId>>,
    /// The fields in which its texts are looked for; `None` is the whole record.
    slots: Vec<Option<Slot>>,
    /// What it asks of the whole record.
    keywords: Vec<PredicateId>,
}

/// The texts that are looked for in one field.
#[derive(Debug, Default)]
struct Searched {
    literals: Vec<Literal>,
    /// For each text, what its being there says.
    meanings: Vec<Vec<Meaning>>,
    /// Predicates that ask for a value as it is written, and are looked for in lower case: asked
    /// wherever a value holds more than ASCII, as folding it may change more than letters.
    narrowed: Vec<PredicateId>,
    /// Whether one of the texts may stand in a value that is no text.
    concerns_numbers: bool,
    /// Made when the first such field is met: most rules never meet an event of theirs.
    ready: OnceLock<(Search, Lists<Meaning>)>,
}

/// What a text that was found says of a predicate.
#[derive(Debug, Clone, Copy)]
struct Meaning {
    predicate: PredicateId,
    decides: bool,
}

impl Matcher {
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let mut questions = Questions::default();
        let mut matcher = Self::default();
        for rule in &rules.rules {
            let condition = questions.program(&rule.expression);
            matcher.programs.push(Program {
                triggers: questions.necessary(&condition),
                condition,
                slots: Vec::new(),
                keywords: Vec::new(),
            });
        }
        let mut triggered = vec![Vec::new(); questions.predicates.len()];
        let predicates = &questions.predicates;
        for (program, rule) in matcher.programs.iter_mut().zip(0_u32..) {
            let (slots, keywords) = (&mut program.slots, &mut program.keywords);
            program.condition.note_slots(predicates, slots, keywords);
            for trigger in program.triggers.iter().flatten() {
                if let Some(rules) = triggered.get_mut(*trigger as usize) {
                    rules.push(rule);
                }
            }
        }
        matcher.triggered = triggered.into();
        let mut known = HashMap::new();
        let literals = std::mem::take(&mut questions.literals);
        for ((predicate, literals), id) in predicates.iter().zip(literals).zip(0..) {
            let searched = match predicate.slot {
                Some(slot) => matcher.fields.entry(slot).or_default(),
                None => &mut matcher.record,
            };
            if predicate.asks_beyond_ascii() {
                searched.narrowed.push(id);
            }
            searched.add(predicate.slot, id, literals, &mut known);
        }
        matcher.predicates = questions.predicates;
        matcher
    }
}

impl Node {
    /// The fields of questions that are looked for.
    fn note_slots(
        &self,
        predicates: &[Predicate],
        slots: &mut Vec<Option<Slot>>,
        keywords: &mut Vec<PredicateId>,
    ) {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                for part in parts {
                    part.note_slots(predicates, slots, keywords);
                }
            }
            Self::Not(part) => part.note_slots(predicates, slots, keywords),
            Self::Is(id) => {
                let predicate = predicates.get(*id as usize);
                let Some(predicate) = predicate.filter(|predicate| predicate.is_looked_for) else {
                    return;
                };
                if predicate.slot.is_none() {
                    keywords.push(*id);
                }
                if !slots.contains(&predicate.slot) {
                    slots.push(predicate.slot);
                }
            }
        }
    }
}

type KnownLiterals = HashMap<(Option<Slot>, Anchor, String), usize>;

impl Searched {
    fn add(
        &mut self,
        slot: Option<Slot>,
        predicate: PredicateId,
        literals: Vec<Literal>,
        known: &mut KnownLiterals,
    ) {
        for literal in literals {
            self.concerns_numbers |= sieve::may_stand_in_number(&literal.text);
            let decides = literal.decides;
            let key = (slot, literal.anchor, literal.text.clone());
            let at = *known.entry(key).or_insert_with(|| {
                self.literals.push(literal);
                self.meanings.push(Vec::new());
                self.literals.len() - 1
            });
            if let Some(meanings) = self.meanings.get_mut(at) {
                meanings.push(Meaning { predicate, decides });
            }
        }
    }

    /// The texts of some predicates.
    fn texts_of(&self, predicates: &HashSet<PredicateId>) -> impl Iterator<Item = &str> {
        let literals = self.literals.iter().zip(&self.meanings);
        literals
            .filter(|(_, meanings)| {
                let mut meanings = meanings.iter();
                meanings.any(|meaning| predicates.contains(&meaning.predicate))
            })
            .map(|(literal, _)| literal.text.as_str())
    }

    fn ready(&self) -> &(Search, Lists<Meaning>) {
        self.ready
            .get_or_init(|| (Search::new(&self.literals), self.meanings.clone().into()))
    }
}

/// Runs a matcher over events; one for each thread.
#[derive(Debug)]
pub(crate) struct Runner<'r> {
    rules: &'r RuleSet,
    matcher: &'r Matcher,
    scopes: Scopes,
    answers: Answers,
    /// The value that is being searched, and all of a record, in lower case; kept for their memory.
    folded: Vec<u8>,
    joined: Vec<u8>,
}

impl<'r> Runner<'r> {
    pub(crate) fn new(rules: &'r RuleSet) -> Self {
        let matcher = rules.matcher();
        Self {
            rules,
            matcher,
            scopes: Scopes::default(),
            answers: Answers::new(matcher),
            folded: Vec::new(),
            joined: Vec::new(),
        }
    }

    /// Calls `hit` with the index of each rule that the event matches, in their order, and
    /// with the event as the rules see it.
    pub(crate) fn event(&mut self, event: &Event<'_>, mut hit: impl FnMut(usize, &View<'_>)) {
        let Some((scope, plan)) = self.scopes.of(self.rules, self.matcher, event) else {
            return;
        };
        let derived = derive::fields(event, plan.lacking);
        let derived_places = places(&derived, &self.rules.names);
        let view = View {
            fields: &event.fields,
            derived: &derived,
            places: &plan.places,
            derived_places: &derived_places,
            text: event.text.as_deref(),
        };
        let answers = &mut self.answers;
        answers.begin();
        let matcher = self.matcher;
        let folded = &mut self.folded;
        let mut search = |searched: &Searched, value: &Value<'_>| {
            answers.search(matcher, searched, value, folded);
        };
        let own = plan.scanned.iter().map(|place| (place, view.fields));
        let derived = derived_places
            .iter()
            .filter(|place| scope.scans(place.slot as usize))
            .map(|place| (place, view.derived));
        for (place, fields) in own.chain(derived) {
            if let Some(searched) = matcher.fields.get(&place.slot)
                && let Some(field) = fields.get(place.index as usize)
            {
                search(searched, &field.value);
            }
        }
        if scope.asks_keywords {
            let text = view.text.map(Value::from);
            // The record's text or, where it has none, all its values.
            let fields = view.fields.iter().filter(|_| text.is_none());
            let values = || text.iter().chain(fields.clone().map(|field| &field.value));
            let sieve = scope.sieve.as_ref();
            if sieve.is_none_or(|sieve| sieve.holds(values(), &mut self.joined)) {
                values().for_each(|value| search(&matcher.record, value));
            }
        }
        answers
            .picked
            .retain(|rule| scope.rules.contains(*rule as usize));
        answers.picked.extend(&scope.always);
        answers.picked.sort_unstable();
        for place in 0..answers.picked.len() {
            let Some(&rule) = answers.picked.get(place) else {
                break;
            };
            let Some(program) = matcher.programs.get(rule as usize) else {
                continue;
            };
            let holds = program
                .condition
                .holds(&mut |predicate| answers.ask(matcher, predicate, &view));
            if holds && scope.admits(rule, event) {
                hit(rule as usize, &view);
            }
        }
    }
}

/// What is known of the event at hand.
#[derive(Debug)]
struct Answers {
    /// The number of the event; what bears another number is of an earlier one.
    serial: u32,
    /// For each predicate, serial and answer.
    predicates: Vec<(u32, Answer)>,
    /// For each rule, the serial of the event for which it was picked last.
    picked_for: Vec<u32>,
    picked: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    No,
    /// Something it needs was found: to be asked.
    Maybe,
    Yes,
}

impl Answers {
    fn new(matcher: &Matcher) -> Self {
        Self {
            serial: 0,
            predicates: vec![(0, Answer::No); matcher.predicates.len()],
            picked_for: vec![0; matcher.programs.len()],
            picked: Vec::new(),
        }
    }

    fn begin(&mut self) {
        self.picked.clear();
        self.serial = self.serial.wrapping_add(1);
        if self.serial == 0 {
            self.predicates.fill((0, Answer::No));
            self.picked_for.fill(0);
            self.serial = 1;
        }
    }

    /// Looks for all texts of a field in one of its values.
    fn search(
        &mut self,
        matcher: &Matcher,
        searched: &Searched,
        value: &Value<'_>,
        folded: &mut Vec<u8>,
    ) {
        let is_text = matches!(value, Value::Text(_) | Value::Wide(_) | Value::Null);
        if !is_text && !searched.concerns_numbers {
            return;
        }
        folded.clear();
        let is_ascii = fold_onto(value, folded);
        let (search, meanings) = searched.ready();
        search.run(folded, &mut |literal| {
            for meaning in meanings.get(literal) {
                self.found(matcher, meaning.predicate, meaning.decides);
            }
        });
        if !is_ascii {
            for predicate in &searched.narrowed {
                self.found(matcher, *predicate, false);
            }
        }
    }

    fn found(&mut self, matcher: &Matcher, predicate: PredicateId, decides: bool) {
        let Some((serial, answer)) = self.predicates.get_mut(predicate as usize) else {
            return;
        };
        let is_first = *serial != self.serial;
        if decides {
            (*serial, *answer) = (self.serial, Answer::Yes);
        } else if is_first {
            (*serial, *answer) = (self.serial, Answer::Maybe);
        }
        if !is_first {
            return;
        }
        for rule in matcher.triggered.get(predicate) {
            if let Some(picked_for) = self.picked_for.get_mut(*rule as usize)
                && *picked_for != self.serial
            {
                *picked_for = self.serial;
                self.picked.push(*rule);
            }
        }
    }

    /// The answer to a question, which is asked at most once for each event.
    fn ask(&mut self, matcher: &Matcher, id: PredicateId, view: &View<'_>) -> bool {
        let place = self.predicates.get_mut(id as usize);
        let predicate = matcher.predicates.get(id as usize);
        let (Some((serial, answer)), Some(predicate)) = (place, predicate) else {
            return false;
        };
        let known = *serial == self.serial;
        match *answer {
            Answer::Yes if known => true,
            Answer::No if known => false,
            _ if !known && predicate.is_looked_for => false,
            _ => {
                let holds = predicate.ask(view);
                (*serial, *answer) = (self.serial, if holds { Answer::Yes } else { Answer::No });
                holds
            }
        }
    }
}
