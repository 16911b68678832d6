use daylight_model::{Force, Relation, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{limit, micros, objects, phrases, time};
use crate::error::damaged;
use crate::records::{ClaimQuery, Import, StoredClaim, StoredDocument, Telling};
use crate::stories::{self, NewClaim, NewDocument, Newest, Teller};
use crate::{Error, Object, Tlp, fold};

/// Where readings stand, within a transaction.
pub(super) struct Shelf<'c>(pub(super) &'c Connection);

impl stories::Shelf for Shelf<'_> {
    fn newest(&mut self, story: &str) -> Result<Option<Newest>, Error> {
        let newest = self.0.query_row(
            "SELECT number, version, sha256 FROM documents WHERE story = ?1
             ORDER BY version DESC LIMIT 1",
            [story],
            |row| {
                Ok(Newest {
                    number: row.get(0)?,
                    version: row.get(1)?,
                    sha256: row.get(2)?,
                })
            },
        );
        Ok(newest.optional()?)
    }

    fn body(&mut self, document: i64) -> Result<String, Error> {
        let query = "SELECT body FROM documents WHERE number = ?1";
        Ok(self.0.query_row(query, [document], |row| row.get(0))?)
    }

    fn first_like(
        &mut self,
        story: &str,
        is_so: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Option<i64>, Error> {
        let mut query = self.0.prepare_cached(
            "SELECT number, sketch FROM documents
             WHERE story != ?1 AND reprint_of IS NULL AND length(sketch) > 0 ORDER BY number",
        )?;
        let mut rows = query.query([story])?;
        while let Some(row) = rows.next()? {
            if is_so(row.get_ref(1)?.as_blob().unwrap_or_default()) {
                return Ok(Some(row.get(0)?));
            }
        }
        Ok(None)
    }

    fn see_again(&mut self, document: i64, at: Timestamp) -> Result<(), Error> {
        self.0.execute(
            "UPDATE documents SET seen = ?2 WHERE number = ?1",
            params![document, micros(at)],
        )?;
        Ok(())
    }

    fn add_document(&mut self, new: &NewDocument<'_>) -> Result<i64, Error> {
        self.0.execute(
            "INSERT INTO documents (story, version, id, sha256, source, at, seen, title, publisher,
                 published, tlp, reprint_of, sketch, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                new.story,
                new.version,
                new.document.id,
                new.document.sha256,
                new.document.source,
                micros(new.at),
                new.title(),
                new.publisher(),
                new.document.published.map(micros),
                new.tlp.map(Tlp::label),
                new.reprint_of,
                new.sketch,
                new.body,
            ],
        )?;
        let number = self.0.last_insert_rowid();
        self.0.execute(
            "INSERT INTO document_words (rowid, title, text) VALUES (?1, ?2, ?3)",
            params![number, new.title(), new.content],
        )?;
        Ok(number)
    }

    fn add_claims(&mut self, document: i64, claims: &[NewClaim<'_>]) -> Result<(), Error> {
        let mut claim_in = self.0.prepare_cached(
            "INSERT INTO claims (document, id, about, by, relation, force, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for new in claims {
            claim_in.execute(params![
                document,
                new.claim.id,
                new.about,
                new.by,
                new.claim.relation.as_str(),
                new.claim.force.as_str(),
                new.body
            ])?;
        }
        Ok(())
    }

    fn add_objects(&mut self, import: &Import, objects: &[Object]) -> Result<(), Error> {
        let number = objects::begin_import(self.0, import)?;
        objects::add(self.0, number, objects)?;
        objects::end_import(self.0, number, "read", import.at)
    }
}
const DOCUMENT: &str = "d.number, d.story, d.version, d.id, d.sha256, d.source, d.at, d.seen,
    d.title, d.publisher, d.published, d.tlp, d.reprint_of, d.body";

fn document(row: &Row<'_>) -> rusqlite::Result<StoredDocument> {
    Ok(StoredDocument {
        number: row.get(0)?,
        story: row.get(1)?,
        version: row.get(2)?,
        id: row.get(3)?,
        sha256: row.get(4)?,
        source: row.get(5)?,
        at: time(row.get(6)?),
        seen: time(row.get(7)?),
        title: row.get(8)?,
        publisher: row.get(9)?,
        published: row.get::<_, Option<i64>>(10)?.map(time),
        tlp: level(row.get(11)?),
        reprint_of: row.get(12)?,
        body: row.get(13)?,
    })
}

fn level(label: Option<String>) -> Option<Tlp> {
    label.as_deref().and_then(Tlp::parse)
}

pub(super) fn documents(
    connection: &Connection,
    story: Option<&str>,
) -> Result<Vec<StoredDocument>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT {DOCUMENT} FROM documents d WHERE ?1 IS NULL OR d.story = ?1 ORDER BY d.number"
    ))?;
    let rows = query.query_map([story], document)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn tellings(connection: &Connection, document: i64) -> Result<Vec<Telling>, Error> {
    let mut query = connection.prepare_cached(
        "WITH firsts AS (SELECT coalesce(reprint_of, number) AS first FROM documents
             WHERE story = (SELECT story FROM documents WHERE number = ?1))
         SELECT number, story, json_extract(body, '$.reading.document.originator.name')
         FROM documents
         WHERE number IN (SELECT first FROM firsts) OR reprint_of IN (SELECT first FROM firsts)
             OR number = ?1
         ORDER BY number",
    )?;
    let rows = query.query_map([document], |row| {
        Ok(Teller {
            number: row.get(0)?,
            story: row.get(1)?,
            originator: row.get(2)?,
        })
    })?;
    Ok(stories::tellings(rows.collect::<Result<_, _>>()?, document))
}

pub(super) fn search(
    connection: &Connection,
    words: &str,
    count: usize,
) -> Result<Vec<StoredDocument>, Error> {
    let Some(phrases) = phrases(words) else {
        return Ok(Vec::new());
    };
    let mut query = connection.prepare_cached(&format!(
        "SELECT {DOCUMENT} FROM (SELECT rowid AS hit FROM document_words
             WHERE document_words MATCH ?1 ORDER BY rowid DESC LIMIT ?2)
         JOIN documents d ON d.number = hit ORDER BY d.number DESC"
    ))?;
    let rows = query.query_map(params![phrases, limit(count)], document)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn claims(
    connection: &Connection,
    asked: &ClaimQuery,
) -> Result<Vec<StoredClaim>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT c.body, d.number, d.id, d.story, d.version, d.title, d.published, d.tlp
         FROM claims c JOIN documents d ON d.number = c.document
         WHERE (?1 IS NULL OR instr(c.about, ?1) > 0)
           AND (?2 IS NULL OR instr(c.by, ?2) > 0)
           AND (?3 IS NULL OR c.force = ?3)
           AND (?4 IS NULL OR c.relation = ?4)
           AND (?5 IS NULL OR coalesce(d.published, d.at) >= ?5)
           AND (?6 IS NULL OR coalesce(d.published, d.at) < ?6)
           AND (?7 IS NULL OR d.number = ?7)
           AND (?8 OR d.version = (SELECT max(version) FROM documents x WHERE x.story = d.story))
         ORDER BY coalesce(d.published, d.at) DESC, d.number DESC, c.number LIMIT ?9",
    )?;
    let values = params![
        asked.about.as_deref().map(fold),
        asked.by.as_deref().map(fold),
        asked.force.map(Force::as_str),
        asked.relation.map(Relation::as_str),
        asked.since.map(micros),
        asked.until.map(micros),
        asked.document,
        asked.all_versions || asked.document.is_some(),
        limit(asked.limit),
    ];
    let mut rows = query.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(claim(row)?);
    }
    Ok(found)
}

fn claim(row: &Row<'_>) -> Result<StoredClaim, Error> {
    let body: String = row.get(0)?;
    let published: Option<Timestamp> = row.get::<_, Option<i64>>(6)?.map(time);
    Ok(StoredClaim {
        claim: serde_json::from_str(&body).map_err(|error| damaged("claim", &error))?,
        document: row.get(1)?,
        document_id: row.get(2)?,
        story: row.get(3)?,
        version: row.get(4)?,
        title: row.get(5)?,
        published,
        tlp: level(row.get(7)?),
    })
}
