//! What others publish, taken into the store.

mod galaxy;
mod kev;
mod list;
mod misp;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use daylight_model::{Limits, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::parts::{Part, PartLimits, Parts, Piece};
use crate::records::{Added, Import};
use crate::{Error, Object, Store, Tlp, made};

/// Bytes of objects that are added in one transaction.
const BATCH_BYTES_MAX: usize = 16 << 20;
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
            batch_objects: 10_000,
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
    input: impl Read,
    options: &ImportOptions,
    acknowledge: &mut dyn FnMut(u64),
) -> Result<ImportReport, Error> {
    let mut input = BufReader::with_capacity(WINDOW_BYTES, input);
    let first = first_character(&mut input, &options.source)?;
    let mut taker = Taker::new(store, options, acknowledge);
    match first {
        None => {}
        Some(b'{' | b'[') => take_json(input, &mut taker)?,
        Some(_) => list::take(input, &mut taker)?,
    }
    taker.finish()
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

fn take_json(input: impl BufRead, taker: &mut Taker<'_>) -> Result<(), Error> {
    let limits = &taker.options.limits;
    let limits = PartLimits {
        bytes_max: limits.record_bytes_max,
        depth_max: limits.depth_max,
    };
    let mut parts = Parts::new(input, limits);
    let mut head = Map::new();
    loop {
        let part = match parts.next() {
            Ok(Some(part)) => part,
            Ok(None) => return Ok(()),
            Err(error) => {
                taker.report.cut_short = Some(error.to_string());
                return Ok(());
            }
        };
        let (Part::Element(piece) | Part::Member(piece)) = &part;
        let text = match &piece.text {
            Ok(text) => text,
            Err(reason) => {
                taker.leave_out(&place(piece), reason);
                continue;
            }
        };
        match (&part, piece.key.as_str()) {
            (Part::Element(_), "objects") => {
                taker.kind("stix");
                stix(&place(piece), text, taker)?;
            }
            (Part::Element(_), "vulnerabilities") => kev::take(&place(piece), text, taker)?,
            (Part::Element(_), "values") => galaxy::take(&place(piece), text, &head, taker)?,
            (Part::Element(_), "response" | "") => event_or_object(&place(piece), text, taker)?,
            (Part::Member(_), "Event") => misp::take(&place(piece), text, taker)?,
            (Part::Element(_), _) if is_envelope(&piece.key) => {}
            (Part::Element(_), key) => {
                taker.leave_out(
                    &place(piece),
                    &format!("an element of `{key}`, which is not known"),
                );
            }
            (Part::Member(_), key) => {
                if !is_envelope(key) {
                    taker.leave_out(
                        &place(piece),
                        &format!("the member `{key}` beside the objects"),
                    );
                }
                let value = serde_json::from_str(text).unwrap_or(Value::Null);
                head.insert(key.to_owned(), value);
            }
        }
    }
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

fn place(piece: &Piece) -> String {
    format!("byte {}", piece.offset)
}

fn stix(place: &str, text: &str, taker: &mut Taker<'_>) -> Result<(), Error> {
    match Object::parse(text.to_owned()) {
        Ok(object) => {
            if object.kind == "x-mitre-collection" || object.kind == "x-mitre-matrix" {
                taker.published = true;
            }
            taker.add(object)
        }
        Err(reason) => {
            taker.leave_out(place, &format!("no STIX object: {reason}"));
            Ok(())
        }
    }
}

fn event_or_object(place: &str, text: &str, taker: &mut Taker<'_>) -> Result<(), Error> {
    let value: Map<String, Value> = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            taker.leave_out(place, &error.to_string());
            return Ok(());
        }
    };
    if value.contains_key("Event") {
        let event = value.get("Event").map(Value::to_string).unwrap_or_default();
        return misp::take(place, &event, taker);
    }
    taker.kind("stix");
    stix(place, text, taker)
}

/// Gathers objects into batches, and what is left out.
struct Taker<'a> {
    store: &'a mut dyn Store,
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
        store: &'a mut dyn Store,
        options: &'a ImportOptions,
        acknowledge: &'a mut dyn FnMut(u64),
    ) -> Self {
        Self {
            store,
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
        self.batch_bytes += object.body.len();
        self.batch.push(object);
        if self.batch.len() >= self.options.batch_objects || self.batch_bytes >= BATCH_BYTES_MAX {
            self.flush()?;
        }
        Ok(())
    }

    /// Adds an object that is made here, unless the store holds it with the same content.
    fn add_made(&mut self, value: Map<String, Value>) -> Result<(), Error> {
        match made::settle(self.store, value)? {
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
        self.report.added += self.store.add_objects(number, &self.batch)?;
        self.batch.clear();
        self.batch_bytes = 0;
        let added = self.report.added;
        (self.acknowledge)(added.new + added.versions + added.unchanged);
        Ok(())
    }

    fn begin(&mut self) -> Result<i64, Error> {
        let published = self.published.then_some(Tlp::Clear);
        let number = self.store.begin_import(&Import {
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
        if let Some(number) = self.report.number {
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
            self.store.end_import(number, &outcome, self.options.at)?;
        }
        Ok(self.report)
    }
}
