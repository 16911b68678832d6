//! PostgreSQL: a server that several people share.

mod copy;
mod objects;
mod open;
mod readings;
mod records;
mod search;

use std::cell::RefCell;

use ::postgres::{Client, Row, Statement};
use daylight_model::{Finding, Timestamp};
use serde_json::Value;

use crate::records::{
    Added, ClaimQuery, Import, Kept, KeptReading, NewHunt, NewReading, StoredClaim, StoredDocument,
    StoredHunt, StoredImport, Telling,
};
use crate::{Error, Object, Role, Store, Tlp, stories};

pub use open::Address;

/// A store in a schema of PostgreSQL.
pub(crate) struct Postgres {
    /// Reading needs the connection as much as writing; no call calls another meanwhile.
    client: RefCell<Client>,
    /// What is asked more often than anything else, planned once.
    keyed: Statement,
}

impl Store for Postgres {
    fn begin_import(&mut self, import: &Import) -> Result<i64, Error> {
        objects::begin_import(self.client.get_mut(), import)
    }

    fn add_objects(&mut self, import: i64, objects: &[Object]) -> Result<Added, Error> {
        let mut transaction = self.client.get_mut().transaction()?;
        wait_for_turn(&mut transaction)?;
        let added = objects::add(&mut transaction, import, objects)?;
        transaction.commit()?;
        Ok(added)
    }

    fn end_import(&mut self, import: i64, outcome: &str, at: Timestamp) -> Result<(), Error> {
        objects::end_import(self.client.get_mut(), import, outcome, at)
    }

    fn imports(&self) -> Result<Vec<StoredImport>, Error> {
        objects::imports(&mut self.client.borrow_mut())
    }

    fn keyed(&self, role: Role, text: &str, after: i64, limit: usize) -> Result<Vec<Kept>, Error> {
        let mut client = self.client.borrow_mut();
        objects::keyed(&mut client, &self.keyed, role, text, after, limit)
    }

    fn page(&self, after: i64, limit: usize) -> Result<Vec<Kept>, Error> {
        objects::page(&mut self.client.borrow_mut(), after, limit)
    }

    fn markings(&self) -> Result<Vec<Kept>, Error> {
        objects::markings(&mut self.client.borrow_mut())
    }

    fn search(&self, words: &str, limit: usize) -> Result<Vec<Kept>, Error> {
        objects::search(&mut self.client.borrow_mut(), words, limit)
    }

    fn add_reading(
        &mut self,
        reading: &NewReading<'_>,
        objects: &[Object],
    ) -> Result<KeptReading, Error> {
        let mut transaction = self.client.get_mut().transaction()?;
        wait_for_turn(&mut transaction)?;
        let kept = stories::add(&mut readings::Shelf(&mut transaction), reading, objects)?;
        transaction.commit()?;
        Ok(kept)
    }

    fn documents(&self, story: Option<&str>) -> Result<Vec<StoredDocument>, Error> {
        readings::documents(&mut self.client.borrow_mut(), story)
    }

    fn tellings(&self, document: i64) -> Result<Vec<Telling>, Error> {
        readings::tellings(&mut self.client.borrow_mut(), document)
    }

    fn search_documents(&self, words: &str, limit: usize) -> Result<Vec<StoredDocument>, Error> {
        readings::search(&mut self.client.borrow_mut(), words, limit)
    }

    fn claims(&self, query: &ClaimQuery) -> Result<Vec<StoredClaim>, Error> {
        readings::claims(&mut self.client.borrow_mut(), query)
    }

    fn add_hunt(&mut self, hunt: &NewHunt<'_>) -> Result<i64, Error> {
        let mut transaction = self.client.get_mut().transaction()?;
        let number = records::add_hunt(&mut transaction, hunt)?;
        transaction.commit()?;
        Ok(number)
    }

    fn hunts(&self) -> Result<Vec<StoredHunt>, Error> {
        records::hunts(&mut self.client.borrow_mut())
    }

    fn findings(&self, hunt: i64) -> Result<Vec<Finding>, Error> {
        records::findings(&mut self.client.borrow_mut(), hunt)
    }

    fn sources(&self) -> Result<Vec<(String, Value)>, Error> {
        records::sources(&mut self.client.borrow_mut())
    }

    fn put_source(&mut self, name: &str, body: &Value) -> Result<(), Error> {
        records::put_source(self.client.get_mut(), name, body)
    }

    fn change_source(&mut self, name: &str, body: &Value) -> Result<bool, Error> {
        records::change_source(self.client.get_mut(), name, body)
    }

    fn remove_source(&mut self, name: &str) -> Result<bool, Error> {
        records::remove_source(self.client.get_mut(), name)
    }

    fn check(&self) -> Result<Vec<String>, Error> {
        open::check(&mut self.client.borrow_mut())
    }
}

/// The driver says what failed, and only its causes say why.
impl From<::postgres::Error> for Error {
    fn from(error: ::postgres::Error) -> Self {
        Self::Database(reason(&error))
    }
}

fn reason(error: &::postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().to_owned();
    }
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason = format!("{reason}: {error}");
        cause = error.source();
    }
    reason
}

/// One writes at a time, so that rows are numbered in the order in which they appear, and what
/// one looks for is not added by another meanwhile. Nobody who reads waits.
fn wait_for_turn(transaction: &mut ::postgres::Transaction<'_>) -> Result<(), Error> {
    Ok(transaction.batch_execute("LOCK TABLE imports IN EXCLUSIVE MODE")?)
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

/// A text that is kept as bytes.
fn text(row: &Row, column: usize) -> Result<String, Error> {
    whole(row.try_get(column)?)
}

/// A text that is kept as bytes, where there is one.
fn text_if_any(row: &Row, column: usize) -> Result<Option<String>, Error> {
    let bytes: Option<Vec<u8>> = row.try_get(column)?;
    bytes.map(whole).transpose()
}

fn whole(bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| Error::Damaged(error.to_string()))
}

fn level(row: &Row, column: usize) -> Result<Option<Tlp>, Error> {
    let label: Option<&str> = row.try_get(column)?;
    Ok(label.and_then(Tlp::parse))
}
