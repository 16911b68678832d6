//! Evidence: files, folders and archives in, a stream of [`Event`]s and a [`Manifest`] out.
//!
//! What a file is, is decided by its first bytes, never by its name: [`kinds`] lists them. Zip,
//! 7z and tar archives and files packed by gzip, bzip2, xz and zstd may hold any of these. Each file also
//! yields one event of the family [`LogFamily::FileListing`] with its name, size and hashes.
//!
//! [`read`] never fails as a whole: what cannot be read is a
//! [`Problem`](daylight_model::Problem) with its path and offset, and the rest is still read.
//! Evidence is opened for reading only, in bounded memory, and nothing is written beside it.
//!
//! ```
//! use daylight_evidence::{Options, Sink, read};
//! use daylight_model::Event;
//!
//! struct Addresses(Vec<String>);
//! impl Sink for Addresses {
//!     fn event(&mut self, event: &Event<'_>) {
//!         self.0.extend(event.value("c-ip").map(|value| value.as_text().into_owned()));
//!     }
//! }
//!
//! let folder = tempfile::tempdir()?;
//! let log = "#Fields: date time cs-method cs-uri-stem c-ip\n\
//!            2021-03-03 06:30:11 GET /owa/ 203.0.113.9\n";
//! std::fs::write(folder.path().join("web.txt"), log)?;
//!
//! let mut seen = Addresses(Vec::new());
//! let manifest = read(&[folder.path().into()], &Options::default(), &mut seen);
//! assert_eq!(seen.0, ["203.0.113.9"]);
//! assert_eq!(manifest.sources[0].kind, "iis-w3c");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`LogFamily::FileListing`]: daylight_model::LogFamily::FileListing

mod access;
mod archive;
mod audit;
mod auth;
mod blocks;
mod clock;
mod cloud;
mod csv;
mod dhcp;
mod digest;
mod dns_debug;
mod evtx;
mod exchange;
mod json;
mod kinds;
mod lines;
mod local_headers;
mod packed;
mod pool;
mod recorder;
mod run;
mod sniff;
mod statistics;
mod stretch;
mod syslog;
mod table;
mod tally;
mod text;
mod time;
mod transcript;
mod triage;
mod value;
mod w3c;
mod walk;
mod windows;
mod xml;
mod zeek;

pub use kinds::{KindInfo, kinds};
pub use walk::FoundFile;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::thread;

use daylight_model::{Decisive, Event, Limits, Manifest, SourceRecord};

use pool::Pool;
use run::Run;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How much to take in before saying so and stopping.
    pub limits: Limits,
    /// Which hashes to take of each file.
    pub hashes: FileHashes,
    /// Also read what is left of older records in the unused parts of Windows event logs.
    pub slack: bool,
}

/// Hashes of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileHashes {
    /// SHA-256 alone, which the manifest holds.
    Sha256,
    /// MD5 and SHA-1 too, for indicators that are written so.
    #[default]
    All,
}

/// Where the events go.
pub trait Sink {
    /// One event; it borrows from the reader's buffer.
    fn event(&mut self, event: &Event<'_>);

    /// Asked after an event of which nothing came: where nothing comes either of any other of the
    /// same channel, provider and id with fields of the same names, what of these must be the same.
    /// Fields beyond the list do not matter. Such events may be left out from then on.
    fn dismissed(&self) -> Option<&[Decisive]> {
        None
    }

    /// Lines of text of an unknown product, before they become events. Who looks for little in
    /// them says in which it may be, by adding places in `text` to `places`, and that only those
    /// lines shall become events. `false`: all of them shall.
    fn skim(&mut self, _text: &[u8], _places: &mut Vec<usize>) -> bool {
        false
    }

    /// How many bytes [`Sink::content`] wants of a file of this kind.
    fn content_bytes_max(&self, _kind: &str) -> usize {
        0
    }

    /// What a file holds, whole or as far as was wanted, before the members of an archive that
    /// is read from its end. `listing` is the event that will list it, without hashes, and with
    /// the time of the last change where an archive keeps it; `kind` is what it was recognised
    /// as. Gives what is to be told of the file as its problems.
    fn content(&mut self, _listing: &Event<'_>, _kind: &str, _bytes: Vec<u8>) -> Vec<String> {
        Vec::new()
    }

    /// Bytes of the evidence taken in so far, out of what [`measure`] said; called often.
    fn progress(&mut self, _bytes_done: u64) {}

    /// A file or archive member is done; its record is complete and stands at `index` in the manifest.
    fn source(&mut self, _index: usize, _record: &SourceRecord) {}

    /// All events of a part of a file were passed on. Another thread may be waiting for that, to
    /// say that all of the file was read.
    fn part(&mut self) {}

    /// All of a file was read, with all members, by whichever threads, and nothing hindered it that
    /// may be gone the next time. It is the one with this number in [`Files::list`].
    fn file(&mut self, _number: usize, _file: &FoundFile) {}
}

/// How many bytes [`read`] has to take in, for a progress bar.
#[must_use]
pub fn measure(paths: &[PathBuf], options: &Options) -> u64 {
    Files::find(paths, options).size_bytes()
}

/// Reads everything there is at the paths, in the order given, folders in the order of names.
pub fn read(paths: &[PathBuf], options: &Options, sink: &mut dyn Sink) -> Manifest {
    let pool = Pool::new(options, Files::find(paths, options), false);
    Run::new(&pool, sink).work();
    pool.finish().0
}

/// The files that are to be read.
#[derive(Debug, Default)]
pub struct Files {
    found: walk::Found,
    /// Those that need not be read any more, and what was in them.
    known: BTreeSet<usize>,
    sources: BTreeMap<usize, SourceRecord>,
}

impl Files {
    /// Looks what there is at the paths, in the order given, folders in the order of names.
    #[must_use]
    pub fn find(paths: &[PathBuf], options: &Options) -> Self {
        Self {
            found: walk::list(paths, &options.limits),
            ..Self::default()
        }
    }

    /// All of them, by their numbers.
    #[must_use]
    pub fn list(&self) -> &[FoundFile] {
        &self.found.files
    }

    /// How many bytes there are to take in, for a progress bar.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.list().iter().map(|file| file.size_bytes).sum()
    }

    /// Leaves a file out that was read before; its sources go into the manifest by
    /// [`Self::add_source`].
    pub fn leave_out(&mut self, number: usize) {
        self.known.insert(number);
    }

    /// A source of a file that is left out, with the number that it is to have
    /// ([`Numbering::in_file`]).
    pub fn add_source(&mut self, number: usize, record: SourceRecord) {
        self.sources.insert(number, record);
    }
}

/// Reads with one thread for each sink: files, and stretches of large event logs, go to
/// whichever is free.
///
/// The manifest is the same as [`read`] gives, and [`Numbering`] says what of it the events
/// mean, which bear numbers in place of indices.
pub fn read_in_parallel<S: Sink + Send>(
    files: Files,
    options: &Options,
    sinks: &mut [S],
) -> (Manifest, Numbering) {
    let pool = Pool::new(options, files, true);
    thread::scope(|scope| {
        for sink in sinks {
            scope.spawn(|| Run::new(&pool, sink).work());
        }
    });
    let (manifest, numbers) = pool.finish();
    (manifest, Numbering(numbers))
}

/// What [`Event::source`] means where several threads read: numbers in the order of the
/// manifest, with gaps.
#[derive(Debug)]
pub struct Numbering(Vec<usize>);

impl Numbering {
    /// The index in [`Manifest::sources`] of the source with this number.
    #[must_use]
    pub fn index(&self, source: usize) -> Option<usize> {
        self.0.binary_search(&source).ok()
    }

    /// The number of the file, of [`Files::list`], that a source lies in.
    #[must_use]
    pub const fn file(source: usize) -> usize {
        source >> pool::MEMBER_BITS
    }

    /// The number of the same source where its file has this number.
    #[must_use]
    pub const fn in_file(source: usize, file: usize) -> usize {
        source & ((1 << pool::MEMBER_BITS) - 1) | file << pool::MEMBER_BITS
    }
}

/// Reads one file that is in memory already, as fuzzing needs it.
#[doc(hidden)]
pub fn read_bytes(name: &str, bytes: &[u8], options: &Options, sink: &mut dyn Sink) -> Manifest {
    let pool = Pool::new(options, Files::default(), false);
    Run::new(&pool, sink).read_bytes(name, bytes);
    pool.finish().0
}

/// Decodes the chunks of a Windows event log and nothing else, as measuring needs it.
#[doc(hidden)]
pub fn decode_chunks(chunks: &[u8], options: &Options, each: &mut dyn FnMut(&Event<'_>)) {
    evtx::decode(chunks, &options.limits, each);
}
