use daylight_model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{limit, micros, phrases, time};
use crate::batch::{self, Known};
use crate::keys::key_of;
use crate::records::{Added, Import, Kept, StoredImport};
use crate::{Error, Object, Role, Tlp};

pub(super) fn begin_import(connection: &Connection, import: &Import) -> Result<i64, Error> {
    connection.execute(
        "INSERT INTO imports (source, kind, tlp, at) VALUES (?1, ?2, ?3, ?4)",
        params![
            import.source,
            import.kind,
            import.tlp.map(Tlp::label),
            micros(import.at)
        ],
    )?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn end_import(
    connection: &Connection,
    import: i64,
    outcome: &str,
    at: Timestamp,
) -> Result<(), Error> {
    connection.execute(
        "UPDATE imports SET finished = ?2, outcome = ?3 WHERE number = ?1",
        params![import, micros(at), outcome],
    )?;
    Ok(())
}

pub(super) fn imports(connection: &Connection) -> Result<Vec<StoredImport>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT number, source, kind, tlp, at, finished, outcome FROM imports ORDER BY number",
    )?;
    let rows = query.query_map([], |row| {
        Ok(StoredImport {
            number: row.get(0)?,
            import: Import {
                source: row.get(1)?,
                kind: row.get(2)?,
                tlp: row
                    .get::<_, Option<String>>(3)?
                    .as_deref()
                    .and_then(Tlp::parse),
                at: time(row.get(4)?),
            },
            finished: row.get::<_, Option<i64>>(5)?.map(time),
            outcome: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn add(
    connection: &Connection,
    import: i64,
    objects: &[Object],
) -> Result<Added, Error> {
    let last: i64 =
        connection.query_row("SELECT coalesce(max(row), 0) FROM objects", [], |row| {
            row.get(0)
        })?;
    let (fresh, added) = batch::fresh(objects, |object| known(connection, object))?;
    let mut object_in = connection.prepare_cached(
        "INSERT INTO objects (row, import, version, kind, id, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut words_in =
        connection.prepare_cached("INSERT INTO words (rowid, names, text) VALUES (?1, ?2, ?3)")?;
    for (row, object) in (last + 1..).zip(&fresh) {
        object_in.execute(params![
            row,
            import,
            object.version,
            object.kind,
            object.id,
            object.body
        ])?;
        if !(object.names.is_empty() && object.words.is_empty()) {
            words_in.execute(params![row, object.names.join("\n"), object.words])?;
        }
    }
    let mut key_in =
        connection.prepare_cached("INSERT INTO keys (key, role, row) VALUES (?1, ?2, ?3)")?;
    for key in batch::keys(&fresh, last + 1) {
        key_in.execute(key)?;
    }
    Ok(added)
}

/// What the store holds of an object.
fn known(connection: &Connection, object: &Object) -> Result<Known, Error> {
    let mut query = connection.prepare_cached(
        "SELECT o.body = ?3 FROM keys k JOIN objects o ON o.row = k.row
         WHERE k.key = ?1 AND k.role = 0 AND o.id = ?2 ORDER BY 1 DESC LIMIT 1",
    )?;
    let same: Option<bool> = query
        .query_row(params![key_of(&object.id), object.id, object.body], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(match same {
        None => Known::Not,
        Some(false) => Known::Otherwise,
        Some(true) => Known::Exactly,
    })
}

const COLUMNS: &str = "o.row, o.import, o.version, o.id, o.body";

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        row: row.get(0)?,
        import: row.get(1)?,
        version: row.get(2)?,
        id: row.get(3)?,
        body: row.get(4)?,
    })
}

/// Runs a query for objects; `rest` follows `SELECT … FROM`.
fn objects(
    connection: &Connection,
    rest: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Kept>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM {rest}"))?;
    let rows = query.query_map(values, kept)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn keyed(
    connection: &Connection,
    role: Role,
    text: &str,
    after: i64,
    count: usize,
) -> Result<Vec<Kept>, Error> {
    objects(
        connection,
        "keys k JOIN objects o ON o.row = k.row
         WHERE k.key = ?1 AND k.role = ?2 AND k.row > ?3 ORDER BY k.row LIMIT ?4",
        params![key_of(text), role as i64, after, limit(count)],
    )
}

pub(super) fn page(connection: &Connection, after: i64, count: usize) -> Result<Vec<Kept>, Error> {
    objects(
        connection,
        "objects o WHERE o.row > ?1 ORDER BY o.row LIMIT ?2",
        params![after, limit(count)],
    )
}

pub(super) fn markings(connection: &Connection) -> Result<Vec<Kept>, Error> {
    objects(
        connection,
        "objects o WHERE o.kind = 'marking-definition' ORDER BY o.row",
        [],
    )
}

/// The latest first: then a word that half the store has costs no more than a rare one.
pub(super) fn search(
    connection: &Connection,
    words: &str,
    count: usize,
) -> Result<Vec<Kept>, Error> {
    let Some(phrases) = phrases(words) else {
        return Ok(Vec::new());
    };
    objects(
        connection,
        "(SELECT rowid AS hit FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT ?2)
         JOIN objects o ON o.row = hit ORDER BY o.row DESC",
        params![phrases, limit(count)],
    )
}
