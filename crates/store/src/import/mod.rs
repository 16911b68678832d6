//! What others publish, taken into the store.

mod attribute;
mod galaxy;
mod kev;
mod list;
mod listed;
mod misp;

pub use listed::{Listed, indicators};

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use daylight_model::{Limits, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::parts::{Part, PartLimits, Parts};
use crate::records::{Added, Import};
use crate::{Error, Object, Store, Tlp, made};

/// Bytes of objects that are added in one transaction.
const BATCH_BYTES_MAX: usize = 32 << 20;
/// Bytes that are read at once.
const WINDOW_BYTES: usize = 1 << 20;
/// Things left out that are listed one by one; the rest is counted.
const LEFT_OUT_LISTED_MAX: usize = 1_000;

/// How to import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The file or address, as it is to be remembered.
    pub source: String,
    /// The time, for what bears none of its own.
    pub at: Timestamp,
    /// What holds for that which bears no marking. Without it, what is published to everybody
    /// (ATT&CK, MISP galaxy, KEV) is clear and the rest unmarked.
    pub tlp: Option<Tlp>,
    /// How much to take in of one thing.
    pub limits: Limits,
    /// Objects that are added in one transaction.
    pub batch_objects: usize,
}

impl ImportOptions {
    /// The usual ones.
    #[must_use]
    pub fn new(source: impl Into<String>, at: Timestamp) -> Self {
        Self {
            source: source.into(),
            at,
            tlp: None,
            limits: Limits::default(),
            batch_objects: 20_000,
        }
    }
}

/// What an import took over, and what not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The import's number; `None` where there was nothing to take over.
    pub number: Option<i64>,
    /// What the input was recognised as.
    pub kind: String,
    /// What became of the objects.
    #[serde(flatten)]
    pub added: Added,
    /// How many things were left out.
    pub left_out: u64,
    /// What was left out, where it stands and why; the first thousand.
    pub left_out_list: Vec<LeftOut>,
    /// How many were left out for each reason.
    pub left_out_reasons: BTreeMap<String, u64>,
    /// Why the rest of the input was not read, where it was not.
    pub cut_short: Option<String>,
}

/// Something that could not be taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Where it stands: byte, line, or the id of what it belongs to.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Takes whatever `input` is into the store: STIX bundles, MISP events and galaxy clusters,
/// CISA's list of exploited flaws, lists of indicators.
///
/// Memory does not grow with the input. `acknowledge` is told after each batch how many
/// objects are safe: they outlast whatever happens next.
///
/// # Errors
/// Where the store fails, or nothing of the input can be read. A part that cannot be taken
/// over is no error: the report lists it.
pub fn import(
    store: &mut dyn Store,
    input: impl Read + Send,
    options: &ImportOptions,
    acknowledge: &mut dyn FnMut(u64),
) -> Result<ImportReport, Error> {
    let mut input = BufReader::with_capacity(WINDOW_BYTES, input);
    let first = first_character(&mut input, &options.source)?;
    let mut taker = Taker::new(Target::Store(store), options, acknowledge);
    take(first, input, &mut taker)?;
    taker.finish()
}

fn take(first: Option<u8>, input: impl BufRead + Send, taker: &mut Taker<'_>) -> Result<(), Error> {
    match first {
        None => Ok(()),
        Some(b'{' | b'[') => take_json(input, taker),
        Some(_) => list::take(input, taker),
    }
}

/// The first byte that says what the input is.
fn first_character(input: &mut impl BufRead, source: &str) -> Result<Option<u8>, Error> {
    let window = input
        .fill_buf()
        .map_err(|error| Error::input(source, error))?;
    let text = window.strip_prefix(b"\xef\xbb\xbf").unwrap_or(window);
    Ok(text
        .iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace()))
}

/// Things that are read ahead together, at most.
const AHEAD_THINGS: usize = 256;
/// Bytes that are read ahead together, unless one thing has more.
const AHEAD_BYTES: usize = 1 << 20;
/// How often that is done before the store has caught up.
const AHEAD_TIMES: usize = 4;

/// What a file holds, as the thread that reads it hands it over.
enum Found {
    /// An element of `objects`, taken apart, and where it stands.
    Object(u64, Result<Object, String>),
    /// Anything else.
    Other(Part),
    /// Nothing can follow, and why.
    End(io::Error),
}

/// One thread reads and takes apart, while the other writes.
fn take_json(input: impl BufRead + Send, taker: &mut Taker<'_>) -> Result<(), Error> {
    let limits = &taker.options.limits;
    let limits = PartLimits {
        bytes_max: limits.record_bytes_max,
        depth_max: limits.depth_max,
    };
    let parts = Parts::new(input, limits);
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(AHEAD_TIMES);
        scope.spawn(move || read_ahead(parts, &sender));
        let mut head = Map::new();
        receiver
            .into_iter()
            .flatten()
            .try_for_each(|found| match found {
                Found::Object(offset, object) => stix(offset, object, taker),
                Found::Other(part) => other(&part, &mut head, taker),
                Found::End(error) => {
                    taker.report.cut_short = Some(error.to_string());
                    Ok(())
                }
            })
    })
}

/// Ends with the file, or when nobody takes any more.
fn read_ahead(mut parts: Parts<impl BufRead>, sender: &SyncSender<Vec<Found>>) {
    loop {
        let mut ahead = Vec::with_capacity(AHEAD_THINGS);
        let mut bytes = 0;
        let mut more = true;
        while more && ahead.len() < AHEAD_THINGS && bytes < AHEAD_BYTES {
            match parts.next() {
                Ok(Some(Part::Element(piece))) if piece.key == "objects" => {
                    bytes += piece.text.as_ref().map_or(0, String::len);
                    ahead.push(Found::Object(
                        piece.offset,
                        piece.text.and_then(Object::parse),
                    ));
                }
                Ok(Some(part)) => {
                    bytes += part.piece().text.as_ref().map_or(0, String::len);
                    ahead.push(Found::Other(part));
                }
                Ok(None) => more = false,
                Err(error) => {
                    more = false;
                    ahead.push(Found::End(error));
                }
            }
        }
        if sender.send(ahead).is_err() || !more {
            return;
        }
    }
}

fn other(part: &Part, head: &mut Map<String, Value>, taker: &mut Taker<'_>) -> Result<(), Error> {
    let piece = part.piece();
    let text = match &piece.text {
        Ok(text) => text,
        Err(reason) => {
            taker.leave_out(&place(piece.offset), reason);
            return Ok(());
        }
    };
    let place = place(piece.offset);
    match (part, piece.key.as_str()) {
        (Part::Element(_), "vulnerabilities") => kev::take(&place, text, taker)?,
        (Part::Element(_), "values") => galaxy::take(&place, text, head, taker)?,
        (Part::Element(_), "response" | "") => event_or_object(piece.offset, text, taker)?,
        (Part::Member(_), "Event") => misp::take(&place, text, taker)?,
        (_, key) if is_envelope(key) => {
            let value = serde_json::from_str(text).unwrap_or(Value::Null);
            head.insert(key.to_owned(), value);
        }
        (Part::Element(_), key) => {
            taker.leave_out(
                &place,
                &format!("an element of `{key}`, which is not known"),
            );
        }
        (Part::Member(_), key) => {
            taker.leave_out(&place, &format!("the member `{key}` beside the objects"));
        }
    }
    Ok(())
}

/// What stands around the things themselves in STIX bundles, TAXII envelopes, KEV and
/// galaxies.
fn is_envelope(key: &str) -> bool {
    const KEYS: [&str; 18] = [
        "type",
        "id",
        "spec_version",
        "more",
        "next",
        "title",
        "catalogVersion",
        "dateReleased",
        "count",
        "name",
        "uuid",
        "version",
        "description",
        "source",
        "category",
        "authors",
        "kill_chain_order",
        "icon",
    ];
    KEYS.contains(&key)
}

fn place(offset: u64) -> String {
    format!("byte {offset}")
}

fn stix(offset: u64, object: Result<Object, String>, taker: &mut Taker<'_>) -> Result<(), Error> {
    taker.kind("stix");
    match object {
        Ok(object) => {
            let of_attack = matches!(
                object.kind.as_str(),
                "x-mitre-collection" | "x-mitre-matrix"
            );
            taker.published |= of_attack;
            taker.add(object)
        }
        Err(reason) => {
            taker.leave_out(&place(offset), &format!("no STIX object: {reason}"));
            Ok(())
        }
    }
}

fn event_or_object(offset: u64, text: &str, taker: &mut Taker<'_>) -> Result<(), Error> {
    let event = serde_json::from_str::<Map<String, Value>>(text)
        .ok()
        .and_then(|mut value| value.remove("Event"));
    match event {
        Some(event) => misp::take(&place(offset), &event.to_string(), taker),
        None => stix(offset, Object::parse(text.to_owned()), taker),
    }
}

/// Where what is taken over goes.
enum Target<'a> {
    Store(&'a mut dyn Store),
    /// Only the indicators are wanted.
    Listing(listed::Listing<'a>),
}

/// Gathers objects into batches, and what is left out.
struct Taker<'a> {
    target: Target<'a>,
    options: &'a ImportOptions,
    acknowledge: &'a mut dyn FnMut(u64),
    batch: Vec<Object>,
    batch_bytes: usize,
    /// It is published to everybody.
    published: bool,
    report: ImportReport,
}

impl<'a> Taker<'a> {
    fn new(
        target: Target<'a>,
        options: &'a ImportOptions,
        acknowledge: &'a mut dyn FnMut(u64),
    ) -> Self {
        Self {
            target,
            options,
            acknowledge,
            batch: Vec::new(),
            batch_bytes: 0,
            published: false,
            report: ImportReport::default(),
        }
    }

    /// Says what the input is; the first word counts.
    fn kind(&mut self, kind: &str) {
        if self.report.kind.is_empty() {
            kind.clone_into(&mut self.report.kind);
        }
    }

    fn leave_out(&mut self, place: &str, reason: &str) {
        let report = &mut self.report;
        report.left_out += 1;
        if report.left_out_list.len() < LEFT_OUT_LISTED_MAX {
            report.left_out_list.push(LeftOut {
                place: place.to_owned(),
                reason: reason.to_owned(),
            });
        }
        if report.left_out_reasons.len() < LEFT_OUT_LISTED_MAX
            || report.left_out_reasons.contains_key(reason)
        {
            *report
                .left_out_reasons
                .entry(reason.to_owned())
                .or_default() += 1;
        }
    }

    fn add(&mut self, object: Object) -> Result<(), Error> {
        if let Target::Listing(listing) = &mut self.target {
            listing.object(&object);
            self.report.added.new += 1;
            return Ok(());
        }
        self.batch_bytes += object.body.len();
        self.batch.push(object);
        if self.batch.len() >= self.options.batch_objects || self.batch_bytes >= BATCH_BYTES_MAX {
            self.flush()?;
        }
        Ok(())
    }

    /// Adds an object that is made here, unless the store holds it with the same content.
    fn add_made(&mut self, value: Map<String, Value>) -> Result<(), Error> {
        let settled = match &self.target {
            Target::Store(store) => made::settle(*store, value)?,
            Target::Listing(_) => {
                Some(Object::parse(Value::Object(value).to_string()).map_err(Error::Damaged)?)
            }
        };
        match settled {
            Some(object) => self.add(object),
            None => {
                self.report.added.unchanged += 1;
                Ok(())
            }
        }
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let number = match self.report.number {
            Some(number) => number,
            None => self.begin()?,
        };
        if let Target::Store(store) = &mut self.target {
            self.report.added += store.add_objects(number, &self.batch)?;
        }
        self.batch.clear();
        self.batch_bytes = 0;
        let added = self.report.added;
        (self.acknowledge)(added.new + added.versions + added.unchanged);
        Ok(())
    }

    fn begin(&mut self) -> Result<i64, Error> {
        let published = self.published.then_some(Tlp::Clear);
        let Target::Store(store) = &mut self.target else {
            return Ok(0);
        };
        let number = store.begin_import(&Import {
            source: self.options.source.clone(),
            kind: self.report.kind.clone(),
            tlp: self.options.tlp.or(published),
            at: self.options.at,
        })?;
        self.report.number = Some(number);
        Ok(number)
    }

    fn finish(mut self) -> Result<ImportReport, Error> {
        self.flush()?;
        if let (Some(number), Target::Store(store)) = (self.report.number, &mut self.target) {
            let Added {
                new,
                versions,
                unchanged,
            } = self.report.added;
            let outcome = format!(
                "{new} new, {versions} further versions, {unchanged} unchanged, {} left out{}",
                self.report.left_out,
                if self.report.cut_short.is_some() {
                    ", cut short"
                } else {
                    ""
                }
            );
            store.end_import(number, &outcome, self.options.at)?;
        }
        Ok(self.report)
    }
}
