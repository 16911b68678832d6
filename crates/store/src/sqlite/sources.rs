use rusqlite::{Connection, params};
use serde_json::Value;

use crate::Error;
use crate::error::damaged;

pub(super) fn all(connection: &Connection) -> Result<Vec<(String, Value)>, Error> {
    let mut query = connection.prepare_cached("SELECT name, body FROM sources ORDER BY name")?;
    let mut rows = query.query([])?;
    let mut sources = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, body): (String, String) = (row.get(0)?, row.get(1)?);
        let body = serde_json::from_str(&body).map_err(|error| damaged(&name, &error))?;
        sources.push((name, body));
    }
    Ok(sources)
}

pub(super) fn put(connection: &Connection, name: &str, body: &Value) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO sources (name, body) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        params![name, body.to_string()],
    )?;
    Ok(())
}

pub(super) fn change(connection: &Connection, name: &str, body: &Value) -> Result<bool, Error> {
    let changed = connection.execute(
        "UPDATE sources SET body = ?2 WHERE name = ?1",
        params![name, body.to_string()],
    )?;
    Ok(changed > 0)
}

pub(super) fn remove(connection: &Connection, name: &str) -> Result<bool, Error> {
    Ok(connection.execute("DELETE FROM sources WHERE name = ?1", [name])? > 0)
}
