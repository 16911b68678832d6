use daylight_model::{Finding, Timestamp};
use serde_json::Value;

use crate::records::{
    Added, ClaimQuery, Import, Kept, KeptReading, NewHunt, NewReading, StoredClaim, StoredDocument,
    StoredHunt, StoredImport, Telling,
};
use crate::{Error, Object, Role, fold};

/// Something that keeps knowledge. Every call that writes is one transaction: when it returns,
/// all of it lasts; when the program dies before, nothing of it is there.
///
/// The calls below the line are made of those above it, so that another database has little
/// to bring.
pub trait Store {
    /// Notes that objects are about to come from somewhere, and gives the number to add them
    /// under.
    ///
    /// # Errors
    /// What the database says; so for all calls.
    fn begin_import(&mut self, import: &Import) -> Result<i64, Error>;

    /// Adds objects. Those that are there byte for byte stay once; another version, or other
    /// bytes of the same version, stand beside what was there.
    fn add_objects(&mut self, import: i64, objects: &[Object]) -> Result<Added, Error>;

    /// Notes that an import is complete.
    fn end_import(&mut self, import: i64, outcome: &str, at: Timestamp) -> Result<(), Error>;

    /// Every import, oldest first.
    fn imports(&self) -> Result<Vec<StoredImport>, Error>;

    /// What is found under a text in a role, in order of arrival, from after a row. May hold
    /// what only shares the text's number; the calls below leave that out.
    fn keyed(&self, role: Role, text: &str, after: i64, limit: usize) -> Result<Vec<Kept>, Error>;

    /// All objects in order of arrival, from after a row.
    fn page(&self, after: i64, limit: usize) -> Result<Vec<Kept>, Error>;

    /// Every marking definition.
    fn markings(&self) -> Result<Vec<Kept>, Error>;

    /// Objects in which all the words stand, the latest to arrive first.
    fn search(&self, words: &str, limit: usize) -> Result<Vec<Kept>, Error>;

    /// Adds a reading with the objects it becomes. The same bytes of the same story are no new
    /// version.
    fn add_reading(
        &mut self,
        reading: &NewReading<'_>,
        objects: &[Object],
    ) -> Result<KeptReading, Error>;

    /// Every document, or the versions of one story, oldest first.
    fn documents(&self, story: Option<&str>) -> Result<Vec<StoredDocument>, Error>;

    /// The stories that tell what a document does in nearly the same text, its own among them,
    /// the first met first.
    fn tellings(&self, document: i64) -> Result<Vec<Telling>, Error>;

    /// Documents in which all the words stand, the latest to arrive first.
    fn search_documents(&self, words: &str, limit: usize) -> Result<Vec<StoredDocument>, Error>;

    /// Claims, the latest published first.
    fn claims(&self, query: &ClaimQuery) -> Result<Vec<StoredClaim>, Error>;

    /// Adds a hunt, and gives its number.
    fn add_hunt(&mut self, hunt: &NewHunt<'_>) -> Result<i64, Error>;

    /// Every hunt, oldest first.
    fn hunts(&self) -> Result<Vec<StoredHunt>, Error>;

    /// What a hunt found.
    fn findings(&self, hunt: i64) -> Result<Vec<Finding>, Error>;

    /// What is known of each source that is asked again and again, by name.
    fn sources(&self) -> Result<Vec<(String, Value)>, Error>;

    /// Remembers a source, in place of what was known of it.
    fn put_source(&mut self, name: &str, body: &Value) -> Result<(), Error>;

    /// The same, unless there is no such source any more; gives whether there is.
    fn change_source(&mut self, name: &str, body: &Value) -> Result<bool, Error>;

    /// Forgets a source; `false` where there is none of that name.
    fn remove_source(&mut self, name: &str) -> Result<bool, Error>;

    /// What is wrong with the store: nothing, where it is whole.
    fn check(&self) -> Result<Vec<String>, Error>;

    // ---- made of the above ----

    /// Every version of an object, oldest first; the last is the one that holds.
    fn versions(&self, id: &str) -> Result<Vec<Kept>, Error> {
        let mut found = self.keyed(Role::Is, id, 0, VERSIONS_MAX)?;
        found.retain(|kept| kept.id == id);
        found.sort_by_key(|kept| (kept.version, kept.row));
        Ok(found)
    }

    /// The version of an object that holds.
    fn object(&self, id: &str) -> Result<Option<Kept>, Error> {
        Ok(self.versions(id)?.pop())
    }

    /// Objects that bear a name in any spelling, or are this value; in the version that holds.
    fn called(&self, name: &str) -> Result<Vec<Kept>, Error> {
        let folded = fold(name);
        let found = self.keyed(Role::Called, &folded, 0, BEARERS_MAX)?;
        holding(self, found, |object| {
            object.names.iter().any(|it| fold(it) == folded)
        })
    }

    /// Objects that refer to an id; in the version that holds.
    fn referring(&self, id: &str, limit: usize) -> Result<Vec<Kept>, Error> {
        let found = self.keyed(Role::RefersTo, id, 0, limit)?;
        holding(self, found, |object| {
            object.references.iter().any(|it| it == id)
        })
    }
}

/// Versions of one object that are looked at.
const VERSIONS_MAX: usize = 100_000;
/// Objects of one name that are looked at.
const BEARERS_MAX: usize = 10_000;

/// Those for which something is so, as long as no later version of them is there.
fn holding<S: Store + ?Sized>(
    store: &S,
    found: Vec<Kept>,
    is_so: impl Fn(&Object) -> bool,
) -> Result<Vec<Kept>, Error> {
    let mut holding = Vec::with_capacity(found.len());
    for kept in found {
        let latest = store.object(&kept.id)?.is_some_and(|it| it.row == kept.row);
        if latest && is_so(&kept.object()?) {
            holding.push(kept);
        }
    }
    Ok(holding)
}
