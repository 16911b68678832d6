use std::sync::{LazyLock, Mutex, PoisonError};

use daylight_extract::{KnownName, Lexicon, ModelError, Models};
use daylight_knowledge::Knowledge;
use daylight_model::{Document, Link, Reading};

use crate::Error;

/// How to read reports.
#[derive(Debug, Default)]
pub struct ReadOptions {
    /// How to get at them.
    pub report: daylight_report::Options,
}

/// A report, read and linked to background knowledge.
#[derive(Debug, Clone)]
pub struct LinkedReading {
    /// What it says.
    pub reading: Reading,
    /// What its words may refer to.
    pub links: Vec<Link>,
}

/// Reads one report: a path, `-` for standard input, or an address.
pub fn read(source: &str, options: &ReadOptions) -> Result<LinkedReading, Error> {
    linked(daylight_report::read(source, &options.report)?)
}

/// Reads what a document says, and links it.
pub(crate) fn linked(document: Document) -> Result<LinkedReading, Error> {
    let knowledge = Knowledge::embedded();
    let mut reading =
        daylight_extract::read(document, &LEXICON, &|id| knowledge.technique(id).is_some());
    // Linked before any model adds to it: what a model reads leads to nothing by itself.
    let links = knowledge.link(&reading);
    add_models(&mut reading)?;
    Ok(LinkedReading { reading, links })
}

/// Adds what the models see; they remember the words they met from one report to the next.
fn add_models(reading: &mut Reading) -> Result<(), Error> {
    static MODELS: LazyLock<Mutex<Result<Models, ModelError>>> =
        LazyLock::new(|| Mutex::new(Models::embedded()));
    let mut models = MODELS.lock().unwrap_or_else(PoisonError::into_inner);
    let models = models
        .as_mut()
        .map_err(|error| Error::Model(error.clone()))?;
    models.add_to(reading);
    drop_named(reading);
    Ok(())
}

/// Follows renumbered techniques, and leaves out of those described what the report names.
fn drop_named(reading: &mut Reading) {
    let knowledge = Knowledge::embedded();
    for described in &mut reading.described {
        if let Some(technique) = knowledge.technique(&described.id) {
            described.id.clone_from(&technique.id);
        }
    }
    let named: Vec<&str> = reading
        .techniques
        .iter()
        .filter_map(|named| Some(knowledge.technique(&named.id)?.id.as_str()))
        .collect();
    reading
        .described
        .retain(|described| !named.contains(&described.id.as_str()));
}

/// The names of background knowledge, as the reading takes them; made once for all reports.
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::new(Knowledge::embedded().names().map(|name| KnownName {
        text: name.text.to_owned(),
        kind: name.kind,
        id: Some(name.id.to_owned()),
        canonical: name.canonical.to_owned(),
        ambiguous: name.ambiguous,
    }))
});
