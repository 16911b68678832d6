use std::sync::{LazyLock, Mutex, PoisonError};

use daylight_extract::{ModelError, Models};
use daylight_knowledge::Knowledge;
use daylight_model::{Document, Link, Reading};

use crate::{Error, Known};

/// How to read reports.
#[derive(Debug, Default)]
pub struct ReadOptions {
    /// How to get at them.
    pub report: daylight_report::Options,
    /// What is known before.
    pub known: Known,
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
    linked(
        daylight_report::read(source, &options.report)?,
        &options.known,
    )
}

/// Reads what a document says, and links it.
pub(crate) fn linked(document: Document, known: &Known) -> Result<LinkedReading, Error> {
    let knowledge = known.knowledge();
    let mut reading = daylight_extract::read(document, known.lexicon(), &|id| {
        knowledge.technique(id).is_some()
    });
    for named in &mut reading.techniques {
        let now = knowledge.renumbered(&named.id);
        named.now = now.map(|technique| technique.id.clone());
    }
    // Linked before any model adds to it: what a model reads leads to nothing by itself.
    let links = knowledge.link(&reading);
    add_models(&mut reading, knowledge)?;
    Ok(LinkedReading { reading, links })
}

/// Adds what the models see; they remember the words they met from one report to the next.
fn add_models(reading: &mut Reading, knowledge: &Knowledge) -> Result<(), Error> {
    static MODELS: LazyLock<Mutex<Result<Models, ModelError>>> =
        LazyLock::new(|| Mutex::new(Models::embedded()));
    let mut models = MODELS.lock().unwrap_or_else(PoisonError::into_inner);
    let models = models
        .as_mut()
        .map_err(|error| Error::Model(error.clone()))?;
    models.add_to(reading);
    drop_named(reading, knowledge);
    Ok(())
}

/// Follows renumbered techniques, and leaves out of those described what the report names.
fn drop_named(reading: &mut Reading, knowledge: &Knowledge) {
    for described in &mut reading.described {
        if let Some(technique) = knowledge.renumbered(&described.id) {
            let learnt = std::mem::replace(&mut described.id, technique.id.clone());
            described.learnt_as = Some(learnt);
        }
    }
    let named = &reading.techniques;
    let is_named = |id: &str| named.iter().any(|named| named.today() == id);
    reading
        .described
        .retain(|described| !is_named(&described.id));
}
