use daylight_model::Finding;
use rusqlite::{Connection, params};

use super::{micros, time};
use crate::Error;
use crate::error::damaged;
use crate::records::{NewHunt, StoredHunt};

pub(super) fn add(connection: &Connection, hunt: &NewHunt<'_>) -> Result<i64, Error> {
    connection.execute(
        "INSERT INTO hunts (at, command, body) VALUES (?1, ?2, ?3)",
        params![micros(hunt.at), hunt.command, hunt.body()],
    )?;
    let number = connection.last_insert_rowid();
    let mut finding_in = connection
        .prepare_cached("INSERT INTO findings (hunt, number, body) VALUES (?1, ?2, ?3)")?;
    for (place, finding) in hunt.findings.iter().enumerate() {
        let body = serde_json::to_string(finding).map_err(|error| damaged("finding", &error))?;
        finding_in.execute(params![
            number,
            i64::try_from(place).unwrap_or(i64::MAX),
            body
        ])?;
    }
    Ok(number)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<StoredHunt>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT number, at, command, body,
             (SELECT count(*) FROM findings f WHERE f.hunt = h.number) FROM hunts h ORDER BY number",
    )?;
    let mut rows = query.query([])?;
    let mut hunts = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(3)?;
        hunts.push(StoredHunt {
            number: row.get(0)?,
            at: time(row.get(1)?),
            command: row.get(2)?,
            body: serde_json::from_str(&body).map_err(|error| damaged("hunt", &error))?,
            findings: row.get::<_, i64>(4)?.unsigned_abs(),
        });
    }
    Ok(hunts)
}

pub(super) fn findings(connection: &Connection, hunt: i64) -> Result<Vec<Finding>, Error> {
    let mut query =
        connection.prepare_cached("SELECT body FROM findings WHERE hunt = ?1 ORDER BY number")?;
    let mut rows = query.query([hunt])?;
    let mut findings = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        findings.push(serde_json::from_str(&body).map_err(|error| damaged("finding", &error))?);
    }
    Ok(findings)
}
