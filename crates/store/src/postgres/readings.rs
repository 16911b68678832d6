use ::postgres::{Client, Row, Transaction};
use daylight_model::{Force, Relation, Timestamp};

use super::copy::copy;
use super::search::{PAGE_ROWS, Searched, Vector};
use super::{level, limit, micros, objects, text, text_if_any, time};
use crate::error::damaged;
use crate::records::{ClaimQuery, Import, StoredClaim, StoredDocument, Telling};
use crate::stories::{self, NewClaim, NewDocument, Newest, Teller};
use crate::{Error, Object, Tlp, fold};

/// Where readings stand, within a transaction.
pub(super) struct Shelf<'s, 't>(pub(super) &'s mut Transaction<'t>);

impl stories::Shelf for Shelf<'_, '_> {
    fn newest(&mut self, story: &str) -> Result<Option<Newest>, Error> {
        let newest = self.0.query_opt(
            "SELECT number, version, sha256 FROM documents WHERE sha256(story) = sha256($1)
             ORDER BY version DESC LIMIT 1",
            &[&story.as_bytes()],
        )?;
        let newest = newest.map(|row| {
            Ok(Newest {
                number: row.try_get(0)?,
                version: row.try_get(1)?,
                sha256: text(&row, 2)?,
            })
        });
        newest.transpose()
    }

    fn body(&mut self, document: i64) -> Result<String, Error> {
        let query = "SELECT body FROM documents WHERE number = $1";
        Ok(self.0.query_one(query, &[&document])?.try_get(0)?)
    }

    fn first_like(
        &mut self,
        story: &str,
        is_so: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Option<i64>, Error> {
        let portal = self.0.bind(
            "SELECT number, sketch FROM documents
             WHERE story != $1 AND reprint_of IS NULL AND length(sketch) > 0 ORDER BY number",
            &[&story.as_bytes()],
        )?;
        loop {
            let rows = self.0.query_portal(&portal, PAGE_ROWS)?;
            for row in &rows {
                if is_so(row.try_get(1)?) {
                    return Ok(Some(row.try_get(0)?));
                }
            }
            if rows.is_empty() {
                return Ok(None);
            }
        }
    }

    fn see_again(&mut self, document: i64, at: Timestamp) -> Result<(), Error> {
        self.0.execute(
            "UPDATE documents SET seen = $2 WHERE number = $1",
            &[&document, &micros(at)],
        )?;
        Ok(())
    }

    fn add_document(&mut self, new: &NewDocument<'_>) -> Result<i64, Error> {
        let document = new.document;
        let originator = document.originator.as_ref();
        let number = self.0.query_one(
            "INSERT INTO documents (story, version, id, sha256, source, at, seen, title, publisher,
                 published, tlp, reprint_of, originator, sketch, body, words)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             RETURNING number",
            &[
                &new.story.as_bytes(),
                &new.version,
                &document.id.as_bytes(),
                &document.sha256.as_bytes(),
                &document.source.as_bytes(),
                &micros(new.at),
                &new.title().as_bytes(),
                &new.publisher().as_bytes(),
                &document.published.map(micros),
                &new.tlp.map(Tlp::label),
                &new.reprint_of,
                &originator.map(|it| it.name.as_bytes()),
                &new.sketch,
                &new.body,
                &Vector::of(&[new.title(), &new.content]),
            ],
        )?;
        Ok(number.try_get(0)?)
    }

    fn add_claims(&mut self, document: i64, claims: &[NewClaim<'_>]) -> Result<(), Error> {
        copy(
            self.0,
            "COPY claims (document, id, about, by, relation, force, body)
             FROM STDIN (FORMAT binary)",
            claims.iter(),
            |new, fields| {
                fields.number(document);
                fields.bytes(new.claim.id.as_bytes());
                fields.bytes(new.about.as_bytes());
                fields.bytes(new.by.as_bytes());
                fields.bytes(new.claim.relation.as_str().as_bytes());
                fields.bytes(new.claim.force.as_str().as_bytes());
                fields.bytes(new.body.as_bytes());
            },
        )
    }

    fn add_objects(&mut self, import: &Import, objects: &[Object]) -> Result<(), Error> {
        let number = objects::begin_import(self.0, import)?;
        objects::add(self.0, number, objects)?;
        objects::end_import(self.0, number, "read", import.at)
    }
}

const DOCUMENT: &str = "number, story, version, id, sha256, source, at, seen, title, publisher,
    published, tlp, reprint_of, body";

fn document(row: &Row) -> Result<StoredDocument, Error> {
    Ok(StoredDocument {
        number: row.try_get(0)?,
        story: text(row, 1)?,
        version: row.try_get(2)?,
        id: text(row, 3)?,
        sha256: text(row, 4)?,
        source: text(row, 5)?,
        at: time(row.try_get(6)?),
        seen: time(row.try_get(7)?),
        title: text(row, 8)?,
        publisher: text(row, 9)?,
        published: row.try_get::<_, Option<i64>>(10)?.map(time),
        tlp: level(row, 11)?,
        reprint_of: row.try_get(12)?,
        body: row.try_get(13)?,
    })
}

pub(super) fn documents(
    client: &mut Client,
    story: Option<&str>,
) -> Result<Vec<StoredDocument>, Error> {
    let query = format!(
        "SELECT {DOCUMENT} FROM documents WHERE $1::bytea IS NULL OR story = $1 ORDER BY number"
    );
    let rows = client.query(&query, &[&story.map(str::as_bytes)])?;
    rows.iter().map(document).collect()
}

pub(super) fn tellings(client: &mut Client, document: i64) -> Result<Vec<Telling>, Error> {
    let rows = client.query(
        "WITH firsts AS (SELECT coalesce(reprint_of, number) AS first FROM documents
             WHERE story = (SELECT story FROM documents WHERE number = $1))
         SELECT number, story, originator FROM documents
         WHERE number IN (SELECT first FROM firsts) OR reprint_of IN (SELECT first FROM firsts)
             OR number = $1
         ORDER BY number",
        &[&document],
    )?;
    let teller = |row: &Row| {
        Ok(Teller {
            number: row.try_get(0)?,
            story: text(row, 1)?,
            originator: text_if_any(row, 2)?,
        })
    };
    let tellers = rows.iter().map(teller).collect::<Result<_, Error>>()?;
    Ok(stories::tellings(tellers, document))
}

pub(super) fn search(
    client: &mut Client,
    question: &str,
    count: usize,
) -> Result<Vec<StoredDocument>, Error> {
    let documents = Searched {
        table: "documents",
        number: "number",
        columns: DOCUMENT,
    };
    documents.search(client, question, count, document, |document| {
        let content = stories::content(&document.reading()?.reading.document);
        Ok(vec![document.title.clone(), content])
    })
}

pub(super) fn claims(client: &mut Client, asked: &ClaimQuery) -> Result<Vec<StoredClaim>, Error> {
    let (about, by) = (asked.about.as_deref(), asked.by.as_deref());
    let rows = client.query(
        "SELECT c.body, d.number, d.id, d.story, d.version, d.title, d.published, d.tlp
         FROM claims c JOIN documents d ON d.number = c.document
         WHERE ($1::bytea IS NULL OR position($1 IN c.about) > 0)
           AND ($2::bytea IS NULL OR position($2 IN c.by) > 0)
           AND ($3::text IS NULL OR c.force = $3)
           AND ($4::text IS NULL OR c.relation = $4)
           AND ($5::bigint IS NULL OR coalesce(d.published, d.at) >= $5)
           AND ($6::bigint IS NULL OR coalesce(d.published, d.at) < $6)
           AND ($7::bigint IS NULL OR d.number = $7)
           AND ($8 OR d.version = (SELECT max(version) FROM documents x
                WHERE sha256(x.story) = sha256(d.story)))
         ORDER BY coalesce(d.published, d.at) DESC, d.number DESC, c.number LIMIT $9",
        &[
            &about.map(|name| fold(name).into_bytes()),
            &by.map(|name| fold(name).into_bytes()),
            &asked.force.map(Force::as_str),
            &asked.relation.map(Relation::as_str),
            &asked.since.map(micros),
            &asked.until.map(micros),
            &asked.document,
            &(asked.all_versions || asked.document.is_some()),
            &limit(asked.limit),
        ],
    )?;
    rows.iter().map(claim).collect()
}

fn claim(row: &Row) -> Result<StoredClaim, Error> {
    let body: &str = row.try_get(0)?;
    Ok(StoredClaim {
        claim: serde_json::from_str(body).map_err(|error| damaged("claim", &error))?,
        document: row.try_get(1)?,
        document_id: text(row, 2)?,
        story: text(row, 3)?,
        version: row.try_get(4)?,
        title: text(row, 5)?,
        published: row.try_get::<_, Option<i64>>(6)?.map(time),
        tlp: level(row, 7)?,
    })
}
