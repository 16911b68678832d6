//! Which objects of a batch are new to a store, whatever the database.

use std::collections::HashMap;

use crate::records::Added;
use crate::{Error, Object, Role};

/// What a store holds of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing.
    Not,
    /// Other bytes of the same id.
    Otherwise,
    /// These very bytes.
    Exactly,
}

/// The objects of a batch that are not there yet byte for byte, each once. `known` tells what
/// the store held of one before the batch.
pub(crate) fn fresh(
    objects: &[Object],
    mut known: impl FnMut(&Object) -> Result<Known, Error>,
) -> Result<(Vec<&Object>, Added), Error> {
    let mut added = Added::default();
    let mut fresh = Vec::with_capacity(objects.len());
    let mut of_id: HashMap<&str, Vec<&Object>> = HashMap::with_capacity(objects.len());
    for object in objects {
        let earlier = of_id.entry(object.id.as_str()).or_default();
        let held = match earlier.iter().any(|it| it.body == object.body) {
            true => Known::Exactly,
            false => known(object)?,
        };
        match held {
            Known::Exactly => {
                added.unchanged += 1;
                continue;
            }
            Known::Not if earlier.is_empty() => added.new += 1,
            Known::Not | Known::Otherwise => added.versions += 1,
        }
        earlier.push(object);
        fresh.push(object);
    }
    Ok((fresh, added))
}

/// What objects are found by that get the rows from `first` on: key, role and row, in order,
/// so that neighbours go into the same page of the index.
pub(crate) fn keys(fresh: &[&Object], first: i64) -> Vec<(i64, i64, i64)> {
    let mut keys = Vec::with_capacity(fresh.len() * 4);
    for (row, object) in (first..).zip(fresh) {
        let role = |role: Role| role as i64;
        keys.extend(object.keys.iter().map(|&(key, of)| (key, role(of), row)));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
