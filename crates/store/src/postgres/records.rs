//! Hunts with their findings, and sources.

use ::postgres::{Client, Row, Transaction};
use daylight_model::Finding;
use serde_json::Value;

use super::copy::copy;
use super::{micros, text, time};
use crate::Error;
use crate::error::damaged;
use crate::records::{NewHunt, StoredHunt};

pub(super) fn add_hunt(
    transaction: &mut Transaction<'_>,
    hunt: &NewHunt<'_>,
) -> Result<i64, Error> {
    let number = transaction.query_one(
        "INSERT INTO hunts (at, command, body) VALUES ($1, $2, $3) RETURNING number",
        &[&micros(hunt.at), &hunt.command.as_bytes(), &hunt.body()],
    )?;
    let number: i64 = number.try_get(0)?;
    let bodies: Vec<String> = hunt
        .findings
        .iter()
        .map(|it| serde_json::to_string(it).map_err(|error| damaged("finding", &error)))
        .collect::<Result<_, _>>()?;
    copy(
        transaction,
        "COPY findings (hunt, number, body) FROM STDIN (FORMAT binary)",
        (0..).zip(bodies),
        |(place, body), fields| {
            fields.number(number);
            fields.number(place);
            fields.bytes(body.as_bytes());
        },
    )?;
    Ok(number)
}

pub(super) fn hunts(client: &mut Client) -> Result<Vec<StoredHunt>, Error> {
    let rows = client.query(
        "SELECT number, at, command, body,
             (SELECT count(*) FROM findings f WHERE f.hunt = h.number) FROM hunts h ORDER BY number",
        &[],
    )?;
    let hunt = |row: &Row| {
        let body: &str = row.try_get(3)?;
        Ok(StoredHunt {
            number: row.try_get(0)?,
            at: time(row.try_get(1)?),
            command: text(row, 2)?,
            body: serde_json::from_str(body).map_err(|error| damaged("hunt", &error))?,
            findings: row.try_get::<_, i64>(4)?.unsigned_abs(),
        })
    };
    rows.iter().map(hunt).collect()
}

pub(super) fn findings(client: &mut Client, hunt: i64) -> Result<Vec<Finding>, Error> {
    let query = "SELECT body FROM findings WHERE hunt = $1 ORDER BY number";
    let rows = client.query(query, &[&hunt])?;
    let finding = |row: &Row| {
        let body: &str = row.try_get(0)?;
        serde_json::from_str(body).map_err(|error| damaged("finding", &error))
    };
    rows.iter().map(finding).collect()
}

pub(super) fn sources(client: &mut Client) -> Result<Vec<(String, Value)>, Error> {
    let rows = client.query("SELECT name, body FROM sources ORDER BY name", &[])?;
    let source = |row: &Row| {
        let (name, body): (String, &str) = (text(row, 0)?, row.try_get(1)?);
        let body = serde_json::from_str(body).map_err(|error| damaged(&name, &error))?;
        Ok((name, body))
    };
    rows.iter().map(source).collect()
}

pub(super) fn put_source(client: &mut Client, name: &str, body: &Value) -> Result<(), Error> {
    client.execute(
        "INSERT INTO sources (name, body) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        &[&name.as_bytes(), &body.to_string()],
    )?;
    Ok(())
}

pub(super) fn change_source(client: &mut Client, name: &str, body: &Value) -> Result<bool, Error> {
    let changed = client.execute(
        "UPDATE sources SET body = $2 WHERE name = $1",
        &[&name.as_bytes(), &body.to_string()],
    )?;
    Ok(changed > 0)
}

pub(super) fn remove_source(client: &mut Client, name: &str) -> Result<bool, Error> {
    let removed = client.execute("DELETE FROM sources WHERE name = $1", &[&name.as_bytes()])?;
    Ok(removed > 0)
}
