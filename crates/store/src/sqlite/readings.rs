use daylight_model::{Claim, Document, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{damaged, limit, micros, objects, phrases, time};
use crate::records::{
    ClaimQuery, Import, KeptReading, NewReading, ReadingBody, StoredClaim, StoredDocument, Telling,
};
use crate::sketch::{is_reprint, sketch};
use crate::{Error, Object, Tlp, fold};

/// What ties the versions of a story together: its address without the place inside the page,
/// else where it is read from, else (from standard input) its own bytes.
fn story_of(document: &daylight_model::Document) -> String {
    let from = match (document.url.as_deref(), document.source.as_str()) {
        (Some(url), _) if !url.trim().is_empty() => url.split('#').next().unwrap_or(url),
        (_, "-") => &document.id,
        (_, source) => source,
    };
    from.to_owned()
}

pub(super) fn add(
    connection: &Connection,
    new: &NewReading<'_>,
    stix: &[Object],
) -> Result<KeptReading, Error> {
    let document = &new.reading.document;
    let story = story_of(document);
    let latest: Option<(i64, i64, String)> = connection
        .query_row(
            "SELECT number, version, sha256 FROM documents WHERE story = ?1
             ORDER BY version DESC LIMIT 1",
            [&story],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    // A page may change where it says nothing: what it says is compared.
    if let Some((number, version, sha256)) = &latest
        && (*sha256 == document.sha256 || content(document) == kept_content(connection, *number)?)
    {
        connection.execute(
            "UPDATE documents SET seen = ?2 WHERE number = ?1",
            params![number, micros(new.at)],
        )?;
        return Ok(KeptReading {
            number: *number,
            version: *version,
            new: false,
        });
    }
    let version = latest.map_or(1, |(_, version, _)| version + 1);
    let number = add_document(connection, new, &story, version)?;
    add_claims(connection, number, &new.reading.claims)?;
    let import = Import {
        source: document.source.clone(),
        kind: "reading".to_owned(),
        tlp: new.tlp,
        at: new.at,
    };
    let import = objects::begin_import(connection, &import)?;
    objects::add(connection, import, stix)?;
    objects::end_import(connection, import, "read", new.at)?;
    Ok(KeptReading {
        number,
        version,
        new: true,
    })
}

/// The words of a report, without what stands around them.
fn content(document: &Document) -> String {
    let blocks = document.content();
    let blocks: Vec<&str> = blocks.map(|block| block.span.of(&document.text)).collect();
    blocks.join("\n")
}

/// The words of a document that is kept.
fn kept_content(connection: &Connection, number: i64) -> Result<String, Error> {
    let body: String = connection.query_row(
        "SELECT body FROM documents WHERE number = ?1",
        [number],
        |row| row.get(0),
    )?;
    let kept: ReadingBody =
        serde_json::from_str(&body).map_err(|error| damaged("document", &error))?;
    Ok(content(&kept.reading.document))
}

fn add_document(
    connection: &Connection,
    new: &NewReading<'_>,
    story: &str,
    version: i64,
) -> Result<i64, Error> {
    let document = &new.reading.document;
    let content = content(document);
    let sketch = sketch(&content);
    let reprint_of = original(connection, story, &sketch)?;
    let body = ReadingBody {
        reading: new.reading.clone(),
        links: new.links.to_vec(),
    };
    let body = serde_json::to_string(&body).map_err(|error| damaged(&document.id, &error))?;
    let title = document.title.as_deref().unwrap_or_default();
    connection.execute(
        "INSERT INTO documents (story, version, id, sha256, source, at, seen, title, publisher,
             published, tlp, reprint_of, sketch, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            story,
            version,
            document.id,
            document.sha256,
            document.source,
            micros(new.at),
            title,
            document.publisher.as_deref().unwrap_or_default(),
            document.published.map(micros),
            new.tlp.map(Tlp::label),
            reprint_of,
            sketch,
            body,
        ],
    )?;
    let number = connection.last_insert_rowid();
    connection.execute(
        "INSERT INTO document_words (rowid, title, text) VALUES (?1, ?2, ?3)",
        params![number, title, content],
    )?;
    Ok(number)
}

/// The first document of another story with nearly the same text.
fn original(connection: &Connection, story: &str, sketch: &[u8]) -> Result<Option<i64>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT number, sketch FROM documents
         WHERE story != ?1 AND reprint_of IS NULL AND length(sketch) > 0 ORDER BY number",
    )?;
    let mut rows = query.query([story])?;
    while let Some(row) = rows.next()? {
        if is_reprint(sketch, row.get_ref(1)?.as_blob().unwrap_or_default()) {
            return Ok(Some(row.get(0)?));
        }
    }
    Ok(None)
}

/// Between names that are searched for parts; in no folded name.
const BETWEEN: &str = "\n";

fn add_claims(connection: &Connection, document: i64, claims: &[Claim]) -> Result<(), Error> {
    let mut claim_in = connection.prepare_cached(
        "INSERT INTO claims (document, id, about, by, relation, force, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for claim in claims {
        let parties = std::iter::once(&claim.subject).chain(&claim.object);
        let about: Vec<String> = parties.map(|party| fold(&party.name)).collect();
        let by: Vec<String> = claim
            .speakers
            .iter()
            .map(|speaker| fold(&speaker.name))
            .collect();
        let body = serde_json::to_string(claim).map_err(|error| damaged(&claim.id, &error))?;
        claim_in.execute(params![
            document,
            claim.id,
            about.join(BETWEEN),
            by.join(BETWEEN),
            claim.relation.as_str(),
            claim.force.as_str(),
            body
        ])?;
    }
    Ok(())
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
    // Of each story its latest version speaks: that is the row of the greatest number.
    let mut query = connection.prepare_cached(
        "WITH firsts AS (SELECT coalesce(reprint_of, number) AS first FROM documents
             WHERE story = (SELECT story FROM documents WHERE number = ?1))
         SELECT story, json_extract(body, '$.reading.document.originator.name'),
             story = (SELECT story FROM documents WHERE number = ?1), max(number)
         FROM documents
         WHERE number IN (SELECT first FROM firsts) OR reprint_of IN (SELECT first FROM firsts)
             OR number = ?1
         GROUP BY story ORDER BY min(number)",
    )?;
    let rows = query.query_map([document], |row| {
        Ok(Telling {
            story: row.get(0)?,
            originator: row.get(1)?,
            asked: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
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
        asked.force.map(daylight_model::Force::as_str),
        asked.relation.map(daylight_model::Relation::as_str),
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
