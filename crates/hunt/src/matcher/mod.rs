//! All rules at once.
//!
//! Rules share their questions: each test of a field, however many rules ask for it, is one
//! predicate. The texts that decide or narrow predicates are looked for in one pass over each
//! field, with one automaton a field. A rule is gone through only where the rarest of what it
//! needs was found; for the few that need nothing that can be looked for, always. What cannot
//! be looked for (numbers, networks, absence) is asked when a rule that was picked comes to
//! it, once for each event.
//!
//! Logs repeat themselves, so what all that was asked of an event came to is remembered, and
//! serves the next event of which the same is asked and is the same.

mod ends;
mod grams;
mod lists;
mod literal;
mod memo;
mod program;
mod scope;
mod search;
mod sieve;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use daylight_model::{Decisive, Event, Value};
use foldhash::fast::RandomState;

use crate::evaluate::{View, places};
use crate::show::Shown;
use crate::sigma::compile::Slot;
use crate::{RuleSet, derive};
use lists::Lists;
use literal::{Anchor, Literal};
use memo::{Hit, Memo};
use program::{Node, Predicate, PredicateId, Questions};
use scope::{Plan, Scope, Scopes};
use search::{Search, fold_onto};

/// The rules of a set, made ready to be run together.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    predicates: Vec<Predicate>,
    programs: Vec<Program>,
    /// For each predicate, the rules to go through once it may hold.
    triggered: Lists<u32>,
    fields: HashMap<Slot, Searched, RandomState>,
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
    /// All fields that it asks for.
    asked: Vec<Slot>,
    /// What it looks for in the whole record.
    keywords: Vec<PredicateId>,
    /// Whether it asks more of the whole record.
    asks_record: bool,
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
                asked: Vec::new(),
                keywords: Vec::new(),
                asks_record: false,
            });
        }
        let mut triggered = vec![Vec::new(); questions.predicates.len()];
        let predicates = &questions.predicates;
        for (program, rule) in matcher.programs.iter_mut().zip(0_u32..) {
            program.note_slots(predicates);
            for trigger in program.triggers.iter().flatten() {
                if let Some(rules) = triggered.get_mut(*trigger as usize) {
                    rules.push(rule);
                }
            }
        }
        matcher.triggered = triggered.into();
        let mut known = HashMap::default();
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

impl Program {
    /// Notes what its condition asks, and of which fields.
    fn note_slots(&mut self, predicates: &[Predicate]) {
        let mut asked = BTreeSet::new();
        self.condition.each(&mut |id| asked.insert(id));
        for id in asked {
            let Some(predicate) = predicates.get(id as usize) else {
                continue;
            };
            self.asked.extend(predicate.slots());
            match predicate.slot {
                None if predicate.is_looked_for => self.keywords.push(id),
                None => self.asks_record = true,
                Some(_) => {}
            }
            if predicate.is_looked_for && !self.slots.contains(&predicate.slot) {
                self.slots.push(predicate.slot);
            }
        }
    }
}

type KnownLiterals = HashMap<(Option<Slot>, Anchor, String), usize, RandomState>;

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
    memo: Memo,
    answers: Answers,
    dismissed: Option<Arc<[Decisive]>>,
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
            memo: Memo::default(),
            answers: Answers::new(matcher),
            dismissed: None,
            folded: Vec::new(),
            joined: Vec::new(),
        }
    }

    /// Calls `hit` with the index of each rule that the event matches, in their order, with the
    /// event as the rules see it, and with the place for what is shown of it: it may have been
    /// filled for another event that shows the same.
    pub(crate) fn event(
        &mut self,
        event: &Event<'_>,
        mut hit: impl FnMut(usize, &View<'_>, &mut Option<Shown>),
    ) {
        self.dismissed = None;
        let Some((scope, plan)) = self.scopes.of(self.rules, self.matcher, event) else {
            self.dismissed = Some(Arc::default());
            return;
        };
        let decisive = plan.decisive_of_record.as_ref();
        // A message may be of a field that does not decide by itself.
        let decisive = decisive.filter(|_| event.text.is_none());
        let derived = derive::fields(event, plan.lacking);
        let derived_places = places(&derived, &self.rules.names);
        let view = View {
            fields: &event.fields,
            derived: &derived,
            places: &plan.places,
            derived_places: &derived_places,
            text: event.text.as_deref(),
        };
        let mut hit = |Hit { rule, shown }: &mut Hit| hit(*rule as usize, &view, shown);
        let key = self.memo.key(scope, plan, &view);
        if let Some(hits) = key.and_then(|key| self.memo.find(key)) {
            self.dismissed = decisive.filter(|_| hits.is_empty()).cloned();
            return hits.iter_mut().for_each(hit);
        }
        let (matcher, answers, folded) = (self.matcher, &mut self.answers, &mut self.folded);
        answers.begin();
        matcher.search(answers, folded, scope, plan, &view);
        let sees_keywords = scope.asks_keywords
            && matcher.search_record(answers, scope, &view, folded, &mut self.joined);
        answers.decide(matcher, scope, event, &view);
        let is_dismissed = answers.picked.is_empty() && key.is_some() && !sees_keywords;
        self.dismissed = decisive.filter(|_| is_dismissed).cloned();
        let hits = answers.picked.iter().map(|rule| {
            let mut found = Hit {
                rule: *rule,
                shown: None,
            };
            hit(&mut found);
            found
        });
        match key.filter(|_| !sees_keywords) {
            Some(key) => self.memo.put(key, hits),
            None => hits.for_each(drop),
        }
    }
}

impl Runner<'_> {
    /// Where no rule matched the last event, and none would match another of the same kind and
    /// with fields of the same names: what of these must be the same. Fields beyond the list do
    /// not matter.
    pub(crate) fn dismissed(&self) -> Option<&[Decisive]> {
        self.dismissed.as_deref()
    }
}

impl Matcher {
    /// Looks for the texts of each field that rules of the scope ask for.
    fn search(
        &self,
        answers: &mut Answers,
        folded: &mut Vec<u8>,
        scope: &Scope,
        plan: &Plan,
        view: &View<'_>,
    ) {
        let own = plan.scanned.iter().map(|place| (place, view.fields));
        let derived = view.derived_places.iter();
        let derived = derived
            .filter(|place| scope.scans(place.slot as usize))
            .map(|place| (place, view.derived));
        for (place, fields) in own.chain(derived) {
            if let Some(searched) = self.fields.get(&place.slot)
                && let Some(field) = fields.get(place.index as usize)
            {
                answers.search(self, searched, &field.value, folded);
            }
        }
    }

    /// Looks for keywords in the record's text or, where it has none, all its values; whether one
    /// may stand there.
    fn search_record(
        &self,
        answers: &mut Answers,
        scope: &Scope,
        view: &View<'_>,
        folded: &mut Vec<u8>,
        joined: &mut Vec<u8>,
    ) -> bool {
        let text = view.text.map(Value::from);
        let fields = view.fields.iter().filter(|_| text.is_none());
        let values = || text.iter().chain(fields.clone().map(|field| &field.value));
        let sieve = scope.sieve.as_ref();
        let may_stand = sieve.is_none_or(|sieve| sieve.holds(values(), joined));
        if may_stand {
            values().for_each(|value| answers.search(self, &self.record, value, folded));
        }
        may_stand
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

    /// Leaves of the rules that were picked, and of those that always are, the ones that match.
    fn decide(&mut self, matcher: &Matcher, scope: &Scope, event: &Event<'_>, view: &View<'_>) {
        let mut picked = std::mem::take(&mut self.picked);
        picked.retain(|rule| scope.rules.contains(*rule as usize));
        picked.extend(&scope.always);
        picked.sort_unstable();
        picked.retain(|rule| {
            let program = matcher.programs.get(*rule as usize);
            let mut ask = |predicate| self.ask(matcher, predicate, view);
            program.is_some_and(|program| program.condition.holds(&mut ask))
                && scope.admits(*rule, event)
        });
        self.picked = picked;
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
