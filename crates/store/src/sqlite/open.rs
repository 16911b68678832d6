use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension};

use super::Sqlite;
use crate::Error;
use crate::checks::{CHECKS, wrong_row};

/// "dayl": says in the file's head that the file is a store.
const APPLICATION: i32 = 0x6461_796c;

/// What leads from one layout to the next; the first makes the store.
const MIGRATIONS: [&str; 2] = [
    include_str!("schema.sql"),
    include_str!("schema-2-sources.sql"),
];

/// How long to wait for another program that writes.
const PATIENCE: Duration = Duration::from_secs(30);

const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    -- What was acknowledged outlasts a loss of power too.
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
    -- KiB: the index of a million objects stays in memory while it is filled.
    PRAGMA cache_size = -131072;
    -- Pages: an import writes each page of the index once for many batches.
    PRAGMA wal_autocheckpoint = 16384;
";

impl Sqlite {
    /// Opens the store in a file, and makes it where there is none.
    ///
    /// # Errors
    /// [`Error::Open`], where it is no store or cannot be opened; [`Error::Newer`].
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let fail = |reason: String| Error::Open {
            store: path.display().to_string(),
            reason,
        };
        make_file(path).map_err(|error| fail(error.to_string()))?;
        let mut connection = Connection::open(path).map_err(|error| fail(error.to_string()))?;
        prepare(&mut connection, path).map_err(|error| match error {
            Error::Database(reason) => fail(reason),
            other => other,
        })?;
        Ok(Self { connection })
    }

    /// A store that is gone when it is closed.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn in_memory() -> Result<Self, Error> {
        let mut connection = Connection::open_in_memory()?;
        prepare(&mut connection, Path::new(":memory:"))?;
        Ok(Self { connection })
    }
}

/// The file belongs to its owner alone: what is marked red may be in it.
fn make_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn prepare(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    connection.busy_timeout(PATIENCE)?;
    let number = |connection: &Connection, name: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    };
    let application = number(connection, "application_id")?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != i64::from(APPLICATION) && tables > 0 {
        let reason = "it is a database of another program".to_owned();
        return Err(Error::Open {
            store: path.display().to_string(),
            reason,
        });
    }
    let layout = number(connection, "user_version")?;
    let found = u32::try_from(layout).unwrap_or(u32::MAX);
    let known = MIGRATIONS.len() as u32;
    if found > known {
        return Err(Error::Newer {
            store: path.display().to_string(),
            found,
            known,
        });
    }
    connection.execute_batch(SETTINGS)?;
    // A statement is planned once, whatever values are bound to it: otherwise SQLite plans
    // anew for each, which took more time than everything else together.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(connection)
}

/// Brings the layout up to date, all or nothing; another program may have done so meanwhile.
fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let layout: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (next, migration) in (1_u32..).zip(MIGRATIONS).skip(layout as usize) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", next)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
    }
    transaction.commit()?;
    Ok(())
}

/// SQLite's own check of its pages, and whether what refers to something finds it.
pub(super) fn check(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut wrong = Vec::new();
    let mut pages = connection.prepare("PRAGMA integrity_check(100)")?;
    for line in pages.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            wrong.push(line);
        }
    }
    for (what, query) in CHECKS {
        let found: Option<i64> = connection
            .query_row(query, [], |row| row.get(0))
            .optional()?;
        if let Some(row) = found {
            wrong.push(wrong_row(what, row));
        }
    }
    Ok(wrong)
}
