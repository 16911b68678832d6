use std::sync::LazyLock;

use daylight_extract::{KnownName, Lexicon};
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
    let reading =
        daylight_extract::read(document, &LEXICON, &|id| knowledge.technique(id).is_some());
    let links = knowledge.link(&reading);
    Ok(LinkedReading { reading, links })
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
