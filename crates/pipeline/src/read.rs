use std::sync::{LazyLock, Mutex, PoisonError};

use daylight_extract::{KnownName, Lexicon, Models};
use daylight_knowledge::Knowledge;
use daylight_model::{Link, Reading};

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
    let knowledge = Knowledge::embedded();
    let document = daylight_report::read(source, &options.report)?;
    let mut reading =
        daylight_extract::read(document, &LEXICON, &|id| knowledge.technique(id).is_some());
    // Linked before any model adds to it: what a model reads leads to nothing by itself.
    let links = knowledge.link(&reading);
    if let Some(models) = &*MODELS {
        let mut models = models.lock().unwrap_or_else(PoisonError::into_inner);
        models.add_to(&mut reading);
    }
    Ok(LinkedReading { reading, links })
}

/// The models built in, made once for all reports. They are part of the program: where they
/// were damaged, so would be the rest, and tests see to it that they are not.
static MODELS: LazyLock<Option<Mutex<Models>>> =
    LazyLock::new(|| Models::embedded().ok().map(Mutex::new));

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
