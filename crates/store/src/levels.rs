//! How far each object may go: its own markings, and those of everything it refers to.

use std::collections::{HashMap, HashSet};

use crate::keys::key_of;
use crate::records::Kept;
use crate::{Error, Object, Store, Tlp};

/// Objects that are read at once.
pub(crate) const PAGE: usize = 1_000;
/// Objects that are followed for the level of one.
const FOLLOWED_MAX: usize = 10_000;

/// What markings mean, and what holds for that which bears none.
pub struct Levels {
    definitions: HashMap<String, Tlp>,
    imports: HashMap<i64, Tlp>,
}

impl Levels {
    /// Reads the marking definitions and imports of a store.
    ///
    /// # Errors
    /// What the store says.
    pub fn of(store: &dyn Store) -> Result<Self, Error> {
        let mut definitions = HashMap::new();
        for kept in store.markings()? {
            if let Some(level) = Tlp::of_definition(&kept.body) {
                let known = definitions.entry(kept.id).or_insert(level);
                *known = level.max(*known);
            }
        }
        let imports = store.imports()?;
        let imports = imports
            .iter()
            .filter_map(|it| Some((it.number, it.import.tlp?)));
        Ok(Self {
            definitions,
            imports: imports.collect(),
        })
    }

    /// The level that an object's own markings set, of the whole or of any part of it; where
    /// there is none, that of the import; `None` where that has none either.
    #[must_use]
    pub fn own(&self, kept: &Kept, object: &Object) -> Option<Tlp> {
        let of_marking =
            |id: &String| Tlp::of_marking(id).or_else(|| self.definitions.get(id).copied());
        let marked = object.markings.iter().filter_map(of_marking).max();
        // Without the words that say what a marking means, nobody can keep to it.
        let explains = matches!(
            object.kind.as_str(),
            "marking-definition" | "extension-definition"
        );
        marked
            .or_else(|| self.imports.get(&kept.import).copied())
            .or_else(|| explains.then_some(Tlp::Clear))
    }

    /// The level that holds for an object: its own or, where that is stricter, the level of
    /// anything it refers to, however far away; and the id of that, where it is another's.
    ///
    /// # Errors
    /// What the store says.
    pub fn effective(
        &self,
        store: &dyn Store,
        kept: &Kept,
    ) -> Result<(Option<Tlp>, Option<String>), Error> {
        let object = kept.object()?;
        let (mut level, mut from) = (self.own(kept, &object), None);
        let mut waiting: Vec<String> = refers_to(&object).cloned().collect();
        let mut seen: HashSet<String> = HashSet::from([kept.id.clone()]);
        while let Some(id) = waiting.pop() {
            if seen.len() >= FOLLOWED_MAX || !seen.insert(id.clone()) {
                continue;
            }
            let Some(other) = store.object(&id)? else {
                continue;
            };
            let object = other.object()?;
            let other_level = self.own(&other, &object);
            if other_level.unwrap_or(Tlp::UNMARKED) > level.unwrap_or(Tlp::UNMARKED) {
                (level, from) = (other_level, Some(id));
            }
            waiting.extend(refers_to(&object).cloned());
        }
        Ok((level, from))
    }

    /// Which ids may not go beyond `max`, by their numbers: those that are marked so, and
    /// whatever refers to one of them. Two ids that share a number are both held back.
    pub(crate) fn held(
        &self,
        store: &dyn Store,
        max: Tlp,
        wanted: &dyn Fn(&Kept, &Object) -> Result<bool, Error>,
    ) -> Result<HashSet<i64>, Error> {
        let mut held = HashSet::new();
        each(store, &mut |kept, object| {
            let over = self.own(kept, object).unwrap_or(Tlp::UNMARKED) > max;
            if over && wanted(kept, object)? {
                held.insert(key_of(&kept.id));
            }
            Ok(())
        })?;
        // Whatever refers to what is held is held; what refers to that, in the next round.
        let mut more = !held.is_empty();
        while more {
            let before = held.len();
            each(store, &mut |kept, object| {
                let refers = refers_to(object).any(|id| held.contains(&key_of(id)));
                if refers && wanted(kept, object)? {
                    held.insert(key_of(&kept.id));
                }
                Ok(())
            })?;
            more = held.len() > before;
        }
        Ok(held)
    }
}

fn refers_to(object: &Object) -> impl Iterator<Item = &String> {
    object
        .references
        .iter()
        .chain(&object.author)
        .chain(&object.markings)
}

/// Goes through all versions of all objects in order of arrival.
pub(crate) fn each(
    store: &dyn Store,
    visit: &mut dyn FnMut(&Kept, &Object) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let page = store.page(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.row;
        for kept in &page {
            visit(kept, &kept.object()?)?;
        }
    }
}
