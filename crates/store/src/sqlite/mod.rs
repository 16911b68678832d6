//! SQLite: one file, no service.

mod hunts;
mod objects;
mod open;
mod readings;
mod sources;

use daylight_model::{Finding, Timestamp};
use rusqlite::Connection;
use serde_json::Value;

use crate::records::{
    Added, ClaimQuery, Import, Kept, KeptReading, NewHunt, NewReading, StoredClaim, StoredDocument,
    StoredHunt, StoredImport, Telling,
};
use crate::words::{Asked, asked};
use crate::{Error, Object, Role, Store, stories};

/// A store in a file of SQLite.
#[derive(Debug)]
pub(crate) struct Sqlite {
    connection: Connection,
}

impl Store for Sqlite {
    fn begin_import(&mut self, import: &Import) -> Result<i64, Error> {
        objects::begin_import(&self.connection, import)
    }

    fn add_objects(&mut self, import: i64, objects: &[Object]) -> Result<Added, Error> {
        let transaction = self.connection.transaction()?;
        let added = objects::add(&transaction, import, objects)?;
        transaction.commit()?;
        Ok(added)
    }

    fn end_import(&mut self, import: i64, outcome: &str, at: Timestamp) -> Result<(), Error> {
        objects::end_import(&self.connection, import, outcome, at)
    }

    fn imports(&self) -> Result<Vec<StoredImport>, Error> {
        objects::imports(&self.connection)
    }

    fn keyed(&self, role: Role, text: &str, after: i64, limit: usize) -> Result<Vec<Kept>, Error> {
        objects::keyed(&self.connection, role, text, after, limit)
    }

    fn page(&self, after: i64, limit: usize) -> Result<Vec<Kept>, Error> {
        objects::page(&self.connection, after, limit)
    }

    fn markings(&self) -> Result<Vec<Kept>, Error> {
        objects::markings(&self.connection)
    }

    fn search(&self, words: &str, limit: usize) -> Result<Vec<Kept>, Error> {
        objects::search(&self.connection, words, limit)
    }

    fn add_reading(
        &mut self,
        reading: &NewReading<'_>,
        objects: &[Object],
    ) -> Result<KeptReading, Error> {
        let transaction = self.connection.transaction()?;
        let kept = stories::add(&mut readings::Shelf(&transaction), reading, objects)?;
        transaction.commit()?;
        Ok(kept)
    }

    fn documents(&self, story: Option<&str>) -> Result<Vec<StoredDocument>, Error> {
        readings::documents(&self.connection, story)
    }

    fn tellings(&self, document: i64) -> Result<Vec<Telling>, Error> {
        readings::tellings(&self.connection, document)
    }

    fn search_documents(&self, words: &str, limit: usize) -> Result<Vec<StoredDocument>, Error> {
        readings::search(&self.connection, words, limit)
    }

    fn claims(&self, query: &ClaimQuery) -> Result<Vec<StoredClaim>, Error> {
        readings::claims(&self.connection, query)
    }

    fn add_hunt(&mut self, hunt: &NewHunt<'_>) -> Result<i64, Error> {
        let transaction = self.connection.transaction()?;
        let number = hunts::add(&transaction, hunt)?;
        transaction.commit()?;
        Ok(number)
    }

    fn hunts(&self) -> Result<Vec<StoredHunt>, Error> {
        hunts::all(&self.connection)
    }

    fn findings(&self, hunt: i64) -> Result<Vec<Finding>, Error> {
        hunts::findings(&self.connection, hunt)
    }

    fn sources(&self) -> Result<Vec<(String, Value)>, Error> {
        sources::all(&self.connection)
    }

    fn put_source(&mut self, name: &str, body: &Value) -> Result<(), Error> {
        sources::put(&self.connection, name, body)
    }

    fn change_source(&mut self, name: &str, body: &Value) -> Result<bool, Error> {
        sources::change(&self.connection, name, body)
    }

    fn remove_source(&mut self, name: &str) -> Result<bool, Error> {
        sources::remove(&self.connection, name)
    }

    fn check(&self) -> Result<Vec<String>, Error> {
        open::check(&self.connection)
    }
}

/// Times are microseconds since 1970.
fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}

/// `LIMIT` takes no more than this.
fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// Words as FTS5 takes them: each is a phrase, and all must stand there.
fn phrases(words: &str) -> Option<String> {
    let phrase = |asked: Asked<'_>| {
        let star = if asked.begins { "*" } else { "" };
        format!("\"{}\"{star}", asked.text.replace('"', "\"\""))
    };
    let phrases: Vec<String> = asked(words).map(phrase).collect();
    (!phrases.is_empty()).then(|| phrases.join(" "))
}
