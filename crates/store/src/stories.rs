//! What becomes of a reading that is kept, whatever the database: which story it is of, whether
//! it is another version of it, and whom it repeats.

use daylight_model::{Claim, Document, Timestamp};

use crate::error::damaged;
use crate::records::{Import, KeptReading, NewReading, ReadingBody, Telling};
use crate::sketch::{is_reprint, sketch};
use crate::{Error, Object, Tlp, fold};

/// What the rules ask of a database, within one transaction.
pub(crate) trait Shelf {
    /// The newest version of a story.
    fn newest(&mut self, story: &str) -> Result<Option<Newest>, Error>;

    /// The body of a document.
    fn body(&mut self, document: i64) -> Result<String, Error>;

    /// The first document of another story that repeats none and whose sketch is so.
    fn first_like(
        &mut self,
        story: &str,
        is_so: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Option<i64>, Error>;

    /// Notes that a document was read again and was the same.
    fn see_again(&mut self, document: i64, at: Timestamp) -> Result<(), Error>;

    /// Adds a document, and gives its number.
    fn add_document(&mut self, document: &NewDocument<'_>) -> Result<i64, Error>;

    /// Adds the claims of a document.
    fn add_claims(&mut self, document: i64, claims: &[NewClaim<'_>]) -> Result<(), Error>;

    /// Adds objects, as an import that is complete.
    fn add_objects(&mut self, import: &Import, objects: &[Object]) -> Result<(), Error>;
}

/// The newest version of a story.
pub(crate) struct Newest {
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) sha256: String,
}

/// A document as a database is to hold it.
pub(crate) struct NewDocument<'a> {
    pub(crate) story: String,
    pub(crate) version: i64,
    pub(crate) document: &'a Document,
    pub(crate) at: Timestamp,
    pub(crate) tlp: Option<Tlp>,
    pub(crate) reprint_of: Option<i64>,
    pub(crate) sketch: Vec<u8>,
    /// Its words, without what stands around them.
    pub(crate) content: String,
    pub(crate) body: String,
}

impl NewDocument<'_> {
    pub(crate) fn title(&self) -> &str {
        self.document.title.as_deref().unwrap_or_default()
    }

    pub(crate) fn publisher(&self) -> &str {
        self.document.publisher.as_deref().unwrap_or_default()
    }
}

/// A claim as a database is to hold it.
pub(crate) struct NewClaim<'a> {
    pub(crate) claim: &'a Claim,
    /// Folded names of subject and object, for asking.
    pub(crate) about: String,
    /// Folded names of those who say it.
    pub(crate) by: String,
    pub(crate) body: String,
}

/// Puts a reading on the shelf, or finds that it is there.
pub(crate) fn add(
    shelf: &mut dyn Shelf,
    new: &NewReading<'_>,
    objects: &[Object],
) -> Result<KeptReading, Error> {
    let document = &new.reading.document;
    let story = story_of(document);
    let newest = shelf.newest(&story)?;
    if let Some(newest) = &newest
        && is_same(shelf, document, newest)?
    {
        shelf.see_again(newest.number, new.at)?;
        return Ok(KeptReading {
            number: newest.number,
            version: newest.version,
            new: false,
        });
    }
    let version = newest.map_or(1, |newest| newest.version + 1);
    let number = add_document(shelf, new, story, version)?;
    let claims: Vec<NewClaim<'_>> = new
        .reading
        .claims
        .iter()
        .map(claim)
        .collect::<Result<_, _>>()?;
    shelf.add_claims(number, &claims)?;
    let import = Import {
        source: document.source.clone(),
        kind: "reading".to_owned(),
        tlp: new.tlp,
        at: new.at,
    };
    shelf.add_objects(&import, objects)?;
    Ok(KeptReading {
        number,
        version,
        new: true,
    })
}

/// What ties the versions of a story together: its address without the place inside the page,
/// else where it is read from, else (from standard input) its own bytes.
fn story_of(document: &Document) -> String {
    let from = match (document.url.as_deref(), document.source.as_str()) {
        (Some(url), _) if !url.trim().is_empty() => url.split('#').next().unwrap_or(url),
        (_, "-") => &document.id,
        (_, source) => source,
    };
    from.to_owned()
}

/// A page may change where it says nothing: what it says is compared.
fn is_same(shelf: &mut dyn Shelf, document: &Document, newest: &Newest) -> Result<bool, Error> {
    if newest.sha256 == document.sha256 {
        return Ok(true);
    }
    let kept: ReadingBody = serde_json::from_str(&shelf.body(newest.number)?)
        .map_err(|error| damaged("document", &error))?;
    Ok(content(document) == content(&kept.reading.document))
}

/// The words of a report, without what stands around them.
pub(crate) fn content(document: &Document) -> String {
    let blocks = document.content();
    let blocks: Vec<&str> = blocks.map(|block| block.span.of(&document.text)).collect();
    blocks.join("\n")
}

fn add_document(
    shelf: &mut dyn Shelf,
    new: &NewReading<'_>,
    story: String,
    version: i64,
) -> Result<i64, Error> {
    let document = &new.reading.document;
    let content = content(document);
    let sketch = sketch(&content);
    let reprint_of = shelf.first_like(&story, &|other| is_reprint(&sketch, other))?;
    let body = ReadingBody {
        reading: new.reading.clone(),
        links: new.links.to_vec(),
    };
    let body = serde_json::to_string(&body).map_err(|error| damaged(&document.id, &error))?;
    shelf.add_document(&NewDocument {
        story,
        version,
        document,
        at: new.at,
        tlp: new.tlp,
        reprint_of,
        sketch,
        content,
        body,
    })
}

/// Between names that are searched for parts; in no folded name.
const BETWEEN: &str = "\n";

fn claim(claim: &Claim) -> Result<NewClaim<'_>, Error> {
    let parties = std::iter::once(&claim.subject).chain(&claim.object);
    let about: Vec<String> = parties.map(|party| fold(&party.name)).collect();
    let speakers = claim.speakers.iter();
    let by: Vec<String> = speakers.map(|speaker| fold(&speaker.name)).collect();
    let body = serde_json::to_string(claim).map_err(|error| damaged(&claim.id, &error))?;
    Ok(NewClaim {
        claim,
        about: about.join(BETWEEN),
        by: by.join(BETWEEN),
        body,
    })
}

/// A document that tells what another tells.
pub(crate) struct Teller {
    pub(crate) number: i64,
    pub(crate) story: String,
    pub(crate) originator: Option<String>,
}

/// The stories of those that tell what a document does, in order of their numbers, the document
/// itself among them. Of each story its latest version speaks.
pub(crate) fn tellings(tellers: Vec<Teller>, document: i64) -> Vec<Telling> {
    let asked = tellers.iter().find(|it| it.number == document);
    let asked = asked.map(|it| it.story.clone());
    let mut tellings: Vec<Telling> = Vec::new();
    for teller in tellers {
        match tellings.iter_mut().find(|it| it.story == teller.story) {
            Some(telling) => telling.originator = teller.originator,
            None => tellings.push(Telling {
                asked: asked.as_ref() == Some(&teller.story),
                story: teller.story,
                originator: teller.originator,
            }),
        }
    }
    tellings
}
