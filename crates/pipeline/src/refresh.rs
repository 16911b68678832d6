//! Facts as published, found in a folder or behind an address.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use daylight_knowledge::{FactKind, KnowledgeError, Published, Update};
use daylight_report::{Answer, Options, Validators, ask};

use crate::Error;

/// Far above any list of facts, which grow by a few megabytes a year, far below what would hurt.
const PUBLISHED_BYTES_MAX: u64 = 256 << 20;

/// What is asked for.
const MEDIA: &str = "application/json, */*;q=0.5";

/// ATT&CK for phones and for plants, which Daylight keeps no facts of.
const LEFT_OUT: [&str; 4] = [
    "mobile-attack.json",
    "mobile-attack/mobile-attack.json",
    "ics-attack.json",
    "ics-attack/ics-attack.json",
];

/// The facts that were found, and notes on what was not taken.
pub struct Found {
    /// One of a kind at most.
    pub facts: Vec<Published>,
    /// What lies there as well and is left out.
    pub left_out: Vec<String>,
}

/// Finds facts as published in a file, in a folder that holds any of them, or behind an address:
/// of one file, or, where it ends with a slash, of a folder.
///
/// # Errors
///
/// Where there are none, where one of them is damaged, or where an address may not or cannot be
/// asked.
pub fn published(from: &str, options: &Options) -> Result<Found, Error> {
    if from.starts_with("https://") || from.starts_with("http://") {
        return behind(from, options);
    }
    let path = Path::new(from);
    if !path.is_dir() {
        let facts = vec![Published::read(&bytes_of(path)?, from)?];
        let left_out = Vec::new();
        return Ok(Found { facts, left_out });
    }
    let mut facts = Vec::new();
    for kind in FactKind::ALL {
        let mut candidates = kind.published_as().iter().map(|name| path.join(name));
        if let Some(file) = candidates.find(|file| file.is_file()) {
            let read = Published::read(&bytes_of(&file)?, &file.display().to_string())?;
            facts.push(of_kind(read, kind)?);
        }
    }
    let others = LEFT_OUT.iter().filter(|name| path.join(name).is_file());
    let left_out = others.map(|name| (*name).to_owned()).collect();
    some(Found { facts, left_out }, from)
}

fn behind(address: &str, options: &Options) -> Result<Found, Error> {
    let mut options = options.clone();
    options.limits.report_bytes_max = PUBLISHED_BYTES_MAX;
    let mut facts = Vec::new();
    let left_out = Vec::new();
    if !address.ends_with('/') {
        let bytes = fetched(address, &options)?.ok_or_else(|| none(address))?;
        facts.push(Published::read(&bytes, address)?);
        return Ok(Found { facts, left_out });
    }
    for kind in FactKind::ALL {
        for name in kind.published_as() {
            let file = format!("{address}{name}");
            if let Some(bytes) = fetched(&file, &options)? {
                facts.push(of_kind(Published::read(&bytes, &file)?, kind)?);
                break;
            }
        }
    }
    some(Found { facts, left_out }, address)
}

/// What an address answers; `None` where there is nothing.
fn fetched(address: &str, options: &Options) -> Result<Option<Vec<u8>>, Error> {
    match ask(address, MEDIA, &Validators::default(), options)? {
        Answer::Page(page) => Ok(Some(page.bytes)),
        Answer::Refused {
            status: 404 | 410, ..
        } => Ok(None),
        Answer::Refused { status, .. } => Err(refused(address, status)),
        Answer::Unchanged => Err(refused(address, 304)),
    }
}

fn refused(address: &str, status: u16) -> Error {
    let address = address.to_owned();
    daylight_report::Error::Status { address, status }.into()
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| KnowledgeError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(PUBLISHED_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > PUBLISHED_BYTES_MAX {
        let expected_bytes_max = PUBLISHED_BYTES_MAX;
        return Err(KnowledgeError::TooLarge { expected_bytes_max }.into());
    }
    Ok(bytes)
}

/// A file that bears the name of one list and holds another is none of either.
fn of_kind(read: Published, kind: FactKind) -> Result<Published, Error> {
    let found = read.source();
    if found.kind == kind {
        return Ok(read);
    }
    Err(KnowledgeError::Malformed {
        path: found.from.as_deref().unwrap_or_default().into(),
        expected: kind.title(),
        found: found.kind.title().to_owned(),
    }
    .into())
}

fn some(found: Found, from: &str) -> Result<Found, Error> {
    if found.facts.is_empty() {
        return Err(none(from));
    }
    Ok(found)
}

fn none(from: &str) -> Error {
    let names: Vec<&str> = FactKind::ALL
        .iter()
        .filter_map(|kind| kind.published_as().first().copied())
        .collect();
    Error::NoFacts {
        from: from.to_owned(),
        names: names.join(", "),
    }
}

/// Puts an update where [`crate::Known::from_update`] takes it from; whoever reads the file
/// meanwhile has the old one or the new.
///
/// # Errors
///
/// Where it cannot be written.
pub fn write_update(update: &Update, path: &Path) -> Result<(), Error> {
    let bytes = update.to_bytes()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(&bytes)
        .and_then(|()| file.as_file().sync_all())
        .map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
