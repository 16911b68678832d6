use std::collections::HashMap;

use ::postgres::{Client, GenericClient, Row, Statement, Transaction};
use daylight_model::Timestamp;
use sha2::{Digest, Sha256};

use super::copy::copy;
use super::search::{Searched, Vector};
use super::{level, limit, micros, text, time};
use crate::batch::{self, Known};
use crate::records::{Added, Import, Kept, StoredImport};
use crate::{Error, Object, Role, Tlp, keys};

pub(super) fn begin_import(client: &mut impl GenericClient, import: &Import) -> Result<i64, Error> {
    let number = client.query_one(
        "INSERT INTO imports (source, kind, tlp, at) VALUES ($1, $2, $3, $4) RETURNING number",
        &[
            &import.source.as_bytes(),
            &import.kind,
            &import.tlp.map(Tlp::label),
            &micros(import.at),
        ],
    )?;
    Ok(number.try_get(0)?)
}

pub(super) fn end_import(
    client: &mut impl GenericClient,
    import: i64,
    outcome: &str,
    at: Timestamp,
) -> Result<(), Error> {
    client.execute(
        "UPDATE imports SET finished = $2, outcome = $3 WHERE number = $1",
        &[&import, &micros(at), &outcome],
    )?;
    Ok(())
}

pub(super) fn imports(client: &mut Client) -> Result<Vec<StoredImport>, Error> {
    let rows = client.query(
        "SELECT number, source, kind, tlp, at, finished, outcome FROM imports ORDER BY number",
        &[],
    )?;
    let import = |row: &Row| {
        Ok(StoredImport {
            number: row.try_get(0)?,
            import: Import {
                source: text(row, 1)?,
                kind: row.try_get(2)?,
                tlp: level(row, 3)?,
                at: time(row.try_get(4)?),
            },
            finished: row.try_get::<_, Option<i64>>(5)?.map(time),
            outcome: row.try_get(6)?,
        })
    };
    rows.iter().map(import).collect()
}

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    import: i64,
    objects: &[Object],
) -> Result<Added, Error> {
    let last = transaction.query_one("SELECT coalesce(max(row), 0) FROM objects", &[])?;
    let last: i64 = last.try_get(0)?;
    let held = held(transaction, objects)?;
    let (fresh, added) = batch::fresh(objects, |object| Ok(known(&held, object)))?;
    copy(
        transaction,
        "COPY objects (row, import, version, kind, id, body, words) FROM STDIN (FORMAT binary)",
        (last + 1..).zip(&fresh),
        |(row, object), fields| {
            let names = object.names.iter().map(String::as_str);
            let texts: Vec<&str> = names.chain([object.words.as_str()]).collect();
            fields.number(row);
            fields.number(import);
            fields.number(object.version);
            fields.bytes(object.kind.as_bytes());
            fields.bytes(object.id.as_bytes());
            fields.bytes(object.body.as_bytes());
            fields.bytes_if_any(Vector::of(&texts).as_ref().map(Vector::as_bytes));
        },
    )?;
    copy(
        transaction,
        "COPY keys (key, role, row) FROM STDIN (FORMAT binary)",
        batch::keys(&fresh, last + 1).into_iter(),
        |(key, role, row), fields| {
            fields.number(key);
            fields.number(role);
            fields.number(row);
        },
    )?;
    Ok(added)
}

/// The SHA-256 of each version that the store holds of objects, by their ids.
type Held = HashMap<Vec<u8>, Vec<Vec<u8>>>;

fn held(transaction: &mut Transaction<'_>, objects: &[Object]) -> Result<Held, Error> {
    // In order, so that neighbours are looked up one after another.
    let mut asked: Vec<(i64, &[u8])> = objects
        .iter()
        .map(|it| (keys::key_of(&it.id), it.id.as_bytes()))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let (keys, ids): (Vec<i64>, Vec<&[u8]>) = asked.into_iter().unzip();
    let rows = transaction.query(
        // OFFSET keeps PostgreSQL from looking through all keys rather than for those asked.
        "SELECT asked.id, held.hash
         FROM unnest($1::bigint[], $2::bytea[]) AS asked (key, id), LATERAL (
             SELECT sha256(o.body) AS hash FROM keys k JOIN objects o ON o.row = k.row
             WHERE k.key = asked.key AND k.role = 0 AND o.id = asked.id OFFSET 0) AS held",
        &[&keys, &ids],
    )?;
    let mut held = Held::new();
    for row in rows {
        let hashes = held.entry(row.try_get(0)?).or_default();
        hashes.push(row.try_get(1)?);
    }
    Ok(held)
}

fn known(held: &Held, object: &Object) -> Known {
    let Some(hashes) = held.get(object.id.as_bytes()) else {
        return Known::Not;
    };
    let hash = Sha256::digest(object.body.as_bytes());
    match hashes.iter().any(|it| it[..] == hash[..]) {
        true => Known::Exactly,
        false => Known::Otherwise,
    }
}

const COLUMNS: &str = "row, import, version, id, body";

fn kept(row: &Row) -> Result<Kept, Error> {
    Ok(Kept {
        row: row.try_get(0)?,
        import: row.try_get(1)?,
        version: row.try_get(2)?,
        id: text(row, 3)?,
        body: text(row, 4)?,
    })
}

/// What [`keyed`] asks.
pub(super) const KEYED: &str = "SELECT o.row, o.import, o.version, o.id, o.body
    FROM keys k JOIN objects o ON o.row = k.row
    WHERE k.key = $1 AND k.role = $2 AND k.row > $3 ORDER BY k.row LIMIT $4";

pub(super) fn keyed(
    client: &mut Client,
    statement: &Statement,
    role: Role,
    text: &str,
    after: i64,
    count: usize,
) -> Result<Vec<Kept>, Error> {
    let key = keys::key_of(text);
    let rows = client.query(statement, &[&key, &(role as i64), &after, &limit(count)])?;
    rows.iter().map(kept).collect()
}

pub(super) fn page(client: &mut Client, after: i64, count: usize) -> Result<Vec<Kept>, Error> {
    let query = format!("SELECT {COLUMNS} FROM objects WHERE row > $1 ORDER BY row LIMIT $2");
    let rows = client.query(&query, &[&after, &limit(count)])?;
    rows.iter().map(kept).collect()
}

pub(super) fn markings(client: &mut Client) -> Result<Vec<Kept>, Error> {
    let query = format!(
        "SELECT {COLUMNS} FROM objects WHERE kind = 'marking-definition'::bytea ORDER BY row"
    );
    let rows = client.query(&query, &[])?;
    rows.iter().map(kept).collect()
}

pub(super) fn search(
    client: &mut Client,
    question: &str,
    count: usize,
) -> Result<Vec<Kept>, Error> {
    let objects = Searched {
        table: "objects",
        number: "row",
        columns: COLUMNS,
    };
    objects.search(client, question, count, kept, |kept| {
        let object = kept.object()?;
        Ok(vec![object.names.join("\n"), object.words])
    })
}
