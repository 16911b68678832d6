//! Who is called this, and by whom. Nothing is merged: two that bear one name stay two.

use serde::Serialize;

use crate::judgement::{Judged, Judgement, judgements};
use crate::records::Kept;
use crate::{Error, Store, fold};

/// Something that bears a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bearer {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its first name.
    pub title: String,
    /// The name as written there.
    pub name: String,
    /// It is only another name for it.
    pub alias: bool,
    /// Who calls it so: the author, else where it came from.
    pub by: String,
    /// Where it came from.
    pub source: String,
    /// What people said of it: the same as another, or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub judgements: Vec<Judged>,
}

/// Everything that bears a name.
///
/// # Errors
/// What the store says.
pub fn bearers(store: &dyn Store, name: &str) -> Result<Vec<Bearer>, Error> {
    let folded = fold(name);
    let imports = store.imports()?;
    let mut found = Vec::new();
    for kept in store.called(name)? {
        let object = kept.object()?;
        let import = imports.iter().find(|it| it.number == kept.import);
        let source = import
            .map(|it| it.import.source.clone())
            .unwrap_or_default();
        // What a reading brings may be what its words may refer to: the story does not call it so.
        let read = import.is_some_and(|it| it.import.kind == "reading");
        let giver = if read {
            format!("Daylight, reading {source}")
        } else {
            source.clone()
        };
        let written = object
            .names
            .iter()
            .position(|it| fold(it) == folded)
            .unwrap_or_default();
        found.push(Bearer {
            by: author(store, object.author.as_deref())?.unwrap_or(giver),
            title: object.title().to_owned(),
            name: object.names.get(written).cloned().unwrap_or_default(),
            alias: written > 0,
            judgements: identity_judgements(store, &kept.id)?,
            id: kept.id,
            kind: object.kind,
            source,
        });
    }
    Ok(found)
}

fn identity_judgements(store: &dyn Store, id: &str) -> Result<Vec<Judged>, Error> {
    let mut judged = judgements(store, id)?;
    judged.retain(|it| matches!(it.judgement, Judgement::SameAs | Judgement::NotTheSame));
    Ok(judged)
}

/// The name of whose an object is.
fn author(store: &dyn Store, id: Option<&str>) -> Result<Option<String>, Error> {
    let Some(id) = id else {
        return Ok(None);
    };
    Ok(match store.object(id)? {
        Some(author) => Some(author.object()?.title().to_owned()),
        None => Some(id.to_owned()),
    })
}

/// What kinds of things a name tells apart: a group and a malware of one name are no contest.
fn family(kind: &str) -> &str {
    match kind {
        "intrusion-set" | "threat-actor" => "actor",
        "malware" | "tool" => "software",
        other => other,
    }
}

/// Whether several things of one kind bear the name and nobody holds all of them for one.
#[must_use]
pub fn is_contested(bearers: &[Bearer]) -> bool {
    let held_same = |one: &Bearer, other: &Bearer| {
        let says = |judged: &Judged| {
            !judged.withdrawn
                && judged.judgement == Judgement::SameAs
                && judged.about.contains(&other.id)
        };
        one.judgements.iter().any(says)
    };
    bearers.iter().enumerate().any(|(place, one)| {
        bearers
            .iter()
            .skip(place + 1)
            .any(|other| family(&one.kind) == family(&other.kind) && !held_same(one, other))
    })
}

/// The one object an id or a name means.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Ambiguous`] where several bear the name, of which none is
/// picked.
pub fn resolve(store: &dyn Store, text: &str) -> Result<Kept, Error> {
    if let Some(kept) = store.object(text)? {
        return Ok(kept);
    }
    let mut called = store.called(text)?;
    match called.len() {
        0 => Err(Error::Unknown(text.to_owned())),
        1 => Ok(called.swap_remove(0)),
        _ => Err(Error::Ambiguous {
            name: text.to_owned(),
            ids: called.into_iter().map(|kept| kept.id).collect(),
        }),
    }
}
