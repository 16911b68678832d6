use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

use crate::postgres::{Address, Postgres};
use crate::sqlite::Sqlite;
use crate::{Error, Store};

/// Where a store is.
#[derive(Debug, Clone)]
pub enum Location {
    /// In a file.
    File(PathBuf),
    /// In memory: it is gone when it is closed.
    Memory,
    /// In a database of PostgreSQL.
    Postgres(Address),
}

impl Location {
    /// Reads a path, or an address such as `postgres://user@host/database`.
    ///
    /// # Errors
    /// [`Error::Open`], where it is an address of something else, or not understood.
    pub fn parse(text: &OsStr) -> Result<Self, Error> {
        let scheme = text.to_str().and_then(|text| text.split_once("://"));
        match (scheme, text.to_str()) {
            (Some(("postgres" | "postgresql", _)), Some(text)) => {
                Ok(Self::Postgres(Address::parse(text)?))
            }
            (Some((scheme, _)), _) => Err(Error::Open {
                store: format!("{scheme}://…"),
                reason: "a store is a file or postgres://user@host/database".to_owned(),
            }),
            (None, _) => Ok(Self::File(text.into())),
        }
    }
}

/// Without the password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Memory => f.write_str("in memory"),
            Self::Postgres(address) => address.fmt(f),
        }
    }
}

/// Opens a store, and makes it where there is none.
///
/// # Errors
/// [`Error::Open`], where it is no store or cannot be opened; [`Error::Newer`].
pub fn open(location: &Location) -> Result<Box<dyn Store>, Error> {
    Ok(match location {
        Location::File(path) => Box::new(Sqlite::open(path)?),
        Location::Memory => Box::new(Sqlite::in_memory()?),
        Location::Postgres(address) => Box::new(Postgres::open(address)?),
    })
}

/// Opens a store, where there is one.
///
/// # Errors
/// As [`open`].
pub fn open_if_there(location: &Location) -> Result<Option<Box<dyn Store>>, Error> {
    match location {
        Location::File(path) if !path.exists() => Ok(None),
        Location::Postgres(address) => {
            let store = Postgres::open_if_there(address)?;
            Ok(store.map(|store| Box::new(store) as Box<dyn Store>))
        }
        _ => open(location).map(Some),
    }
}
