use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::records::Kept;
use crate::{Error, Object, Store};

/// Objects that are looked at around one; a hub such as a country has many more.
const NEIGHBOURS_MAX: usize = 1_000;

/// Something that is related to what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its name, else its id.
    pub title: String,
    /// How many steps away it is.
    pub depth: usize,
    /// The id of what it is next to, a step nearer.
    pub next_to: String,
    /// How the two are related, in STIX's words: `uses`, `targets`, `object_refs` …
    pub relation: String,
    /// It is the relation's target, or what is referred to.
    pub forward: bool,
    /// The relationship object, where one says so; it tells who does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
}

/// What is around something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Neighbourhood {
    /// Nearest first.
    pub related: Vec<Related>,
    /// There is more than was asked for.
    pub more: bool,
    /// What is referred to and not in the store.
    pub missing: Vec<String>,
}

#[derive(Deserialize)]
struct Relationship {
    relationship_type: String,
    source_ref: String,
    target_ref: String,
}

/// Goes from an object along relationships and references, `depth` steps far.
///
/// # Errors
/// What the store says.
pub fn related(
    store: &dyn Store,
    id: &str,
    depth: usize,
    limit: usize,
) -> Result<Neighbourhood, Error> {
    let mut found = Neighbourhood::default();
    let mut seen = HashSet::from([id.to_owned()]);
    let own = match store.object(id)? {
        Some(own) => own.object()?.references,
        None => Vec::new(),
    };
    let mut waiting = VecDeque::from([(id.to_owned(), own, 0)]);
    while let Some((from, references, far)) = waiting.pop_front() {
        if far >= depth {
            continue;
        }
        for step in steps(store, &from, references, &mut found.more)? {
            if !seen.insert(step.id.clone()) {
                continue;
            }
            let Some(kept) = store.object(&step.id)? else {
                found.missing.push(step.id);
                continue;
            };
            if found.related.len() >= limit {
                found.more = true;
                return Ok(found);
            }
            let object = kept.object()?;
            found.related.push(Related {
                kind: object.kind.clone(),
                title: object.title().to_owned(),
                depth: far + 1,
                next_to: from.clone(),
                relation: step.relation,
                forward: step.forward,
                relationship: step.relationship,
                id: step.id.clone(),
            });
            waiting.push_back((step.id, object.references, far + 1));
        }
    }
    Ok(found)
}

/// One way to go on.
struct Step {
    id: String,
    relation: String,
    forward: bool,
    relationship: Option<String>,
}

/// All ways to go on from an object that refers to others itself.
fn steps(
    store: &dyn Store,
    from: &str,
    references: Vec<String>,
    more: &mut bool,
) -> Result<Vec<Step>, Error> {
    let own = references.into_iter().map(|id| Step {
        id,
        relation: "refers-to".to_owned(),
        forward: true,
        relationship: None,
    });
    let mut steps: Vec<Step> = own.collect();
    let referring = store.referring(from, NEIGHBOURS_MAX)?;
    *more |= referring.len() >= NEIGHBOURS_MAX;
    for kept in referring {
        let object = kept.object()?;
        if !object.revoked {
            steps.push(across(from, &kept, &object));
        }
    }
    Ok(steps)
}

/// Over a relationship to its other end; anything else that refers to us is itself the end.
fn across(from: &str, kept: &Kept, object: &Object) -> Step {
    let relationship = (object.kind == "relationship")
        .then(|| serde_json::from_str::<Relationship>(&kept.body).ok())
        .flatten();
    match relationship {
        Some(it) if it.source_ref == from => Step {
            id: it.target_ref,
            relation: it.relationship_type,
            forward: true,
            relationship: Some(kept.id.clone()),
        },
        Some(it) if it.target_ref == from => Step {
            id: it.source_ref,
            relation: it.relationship_type,
            forward: false,
            relationship: Some(kept.id.clone()),
        },
        _ => Step {
            id: kept.id.clone(),
            relation: "refers-to".to_owned(),
            forward: false,
            relationship: None,
        },
    }
}
