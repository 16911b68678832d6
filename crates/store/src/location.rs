use std::fmt;
use std::path::PathBuf;

use crate::sqlite::Sqlite;
use crate::{Error, Store};

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In a file.
    File(PathBuf),
    /// In memory: it is gone when it is closed.
    Memory,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Memory => f.write_str("in memory"),
        }
    }
}

/// Opens a store, and makes it where there is none.
///
/// # Errors
/// [`Error::Open`], where it is no store or cannot be opened; [`Error::Newer`].
pub fn open(location: &Location) -> Result<Box<dyn Store>, Error> {
    match location {
        Location::File(path) => Ok(Box::new(Sqlite::open(path)?)),
        Location::Memory => Ok(Box::new(Sqlite::in_memory()?)),
    }
}

/// Opens a store, where there is one.
///
/// # Errors
/// As [`open`].
pub fn open_if_there(location: &Location) -> Result<Option<Box<dyn Store>>, Error> {
    match location {
        Location::File(path) if !path.exists() => Ok(None),
        _ => open(location).map(Some),
    }
}
