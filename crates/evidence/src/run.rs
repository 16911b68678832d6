//! One thread's way through the evidence: opens what there is, recognises it, has it read.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::rc::Rc;

use daylight_model::{Limits, SourceRecord, Timestamp};

use crate::digest::HashingReader;
use crate::lines::{Lines, TextInput};
use crate::pool::{Pool, Work};
use crate::recorder::Recorder;
use crate::sniff::{self, Kind};
use crate::walk::FoundFile;
use crate::{
    FileHashes, Sink, access, archive, audit, dhcp, dns_debug, evtx, exchange, json, packed,
    syslog, table, text, transcript, w3c, xml, zeek,
};

/// How much of a file is looked at to recognise it.
const HEAD_BYTES: u64 = 64 << 10;
/// Progress is told in steps of at least this.
const PROGRESS_STEP_BYTES: u64 = 256 << 10;
/// An archive may always unpack to this much.
const UNPACKED_BYTES_FREE: u64 = 64 << 20;

/// One thread's part in reading the evidence.
pub(crate) struct Run<'a> {
    pub(crate) pool: &'a Pool<'a>,
    pub(crate) limits: &'a Limits,
    pub(crate) sink: &'a mut dyn Sink,
    /// Reads event logs, and learns from each for the next.
    pub(crate) chunks: evtx::ChunkReader,
    /// The number of the file that is being read, and how much of what is in it was met.
    file: usize,
    members: usize,
    /// Whether it could be read from the disk, and no part was lost with a thread that came to a
    /// bad end.
    pub(crate) is_whole: bool,
    /// How far in it we are. What is read twice counts once.
    progress: Rc<Cell<u64>>,
    progress_told: u64,
    size_bytes: u64,
}

/// Where in a nest of archives a file lies.
#[derive(Clone)]
pub(crate) struct Nest {
    pub(crate) depth: usize,
    /// Bytes that the outermost archive may unpack to.
    pub(crate) unpacked_bytes_max: u64,
    /// And how many are left, shared by all that is in it.
    pub(crate) unpacked_bytes_left: Rc<Cell<u64>>,
    /// When it was changed last.
    pub(crate) modified: Option<Modified>,
}

/// When a file was changed last, and who says so.
#[derive(Clone, Copy)]
pub(crate) struct Modified {
    pub(crate) time: Timestamp,
    pub(crate) by: KeptBy,
}

/// Who keeps the time of a file's last change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptBy {
    /// The disk it lies on, perhaps when it was copied; or what it is packed in keeps no times.
    Disk,
    /// The archive that it is a member of.
    Archive,
    /// One that writes down hours and no zone.
    ArchiveWithoutZone,
}

impl KeptBy {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Disk => "the disk, or what it is packed in",
            Self::Archive => "the archive",
            Self::ArchiveWithoutZone => "the archive, which names no zone",
        }
    }
}

impl Nest {
    /// The same place, for a member with a time of its own.
    pub(crate) fn changed(&self, modified: Option<Modified>) -> Self {
        Self {
            modified: modified.or(self.modified),
            ..self.clone()
        }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn new(pool: &'a Pool<'a>, sink: &'a mut dyn Sink) -> Self {
        Self {
            pool,
            limits: pool.limits,
            sink,
            chunks: evtx::ChunkReader::default(),
            file: 0,
            members: 0,
            is_whole: true,
            progress: Rc::default(),
            progress_told: 0,
            size_bytes: 0,
        }
    }

    /// Does what there is to do until all is done.
    pub(crate) fn work(&mut self) {
        while let Some(work) = self.pool.next() {
            match work {
                Work::File(number, file) => {
                    let _reading = self.pool.reading();
                    (self.file, self.members, self.is_whole) = (number, 0, true);
                    self.file(file);
                    self.sink.part();
                    if self.is_whole && !self.pool.is_full() {
                        self.sink.file(number, file);
                    }
                }
                Work::Stretch(stretch) => stretch.read(self),
            }
        }
        self.sink.progress(self.pool.progress(0));
    }

    pub(crate) fn read_bytes(&mut self, name: &str, bytes: &[u8]) {
        let nest = self.nest(bytes.len() as u64, None);
        self.stream(name.to_owned(), Box::new(bytes), None, nest);
    }

    /// The outermost place. Members that lie over each other, or archives in archives, come to more
    /// than any member may by itself: together, too, they may be so many times what there is.
    fn nest(&self, size_bytes: u64, modified: Option<Timestamp>) -> Nest {
        let fair = size_bytes.saturating_mul(self.limits.unpack_ratio_max);
        let unpacked_bytes_max = fair
            .max(UNPACKED_BYTES_FREE)
            .min(self.limits.unpacked_bytes_max);
        Nest {
            depth: 0,
            unpacked_bytes_max,
            unpacked_bytes_left: Rc::new(Cell::new(unpacked_bytes_max)),
            modified: modified.map(|time| Modified {
                time,
                by: KeptBy::Disk,
            }),
        }
    }

    /// Takes a place in the manifest for a file that is about to be read.
    pub(crate) fn reserve(&mut self, path: &str) -> usize {
        self.members += 1;
        self.pool.reserve(self.file, self.members - 1, path)
    }

    /// Fills the place that was taken.
    pub(crate) fn finish(&mut self, index: usize, record: SourceRecord) {
        self.sink.source(index, &record);
        self.pool.fill(index, record);
    }

    pub(crate) fn has_room(&mut self, path: &str) -> bool {
        self.pool.has_room(path)
    }

    pub(crate) fn report_progress(&mut self) {
        let done = self.progress.get().min(self.size_bytes);
        if done >= self.progress_told + PROGRESS_STEP_BYTES {
            self.tell_progress(done);
        }
    }

    fn tell_progress(&mut self, done: u64) {
        let total = self.pool.progress(done - self.progress_told);
        self.progress_told = done;
        self.sink.progress(total);
    }

    fn file(&mut self, found: &FoundFile) {
        let path = found.path.display().to_string();
        if !self.has_room(&path) {
            return;
        }
        self.progress.set(0);
        (self.progress_told, self.size_bytes) = (0, found.size_bytes);
        match File::open(&found.path) {
            Ok(file) => {
                let nest = self.nest(found.size_bytes, found.modified);
                // Archives are read a second time, from the same open file.
                let again = file.try_clone().ok();
                let counted = CountingReader {
                    inner: file,
                    bytes: Rc::clone(&self.progress),
                };
                // A log that is written on while it is read has an end all the same.
                let counted = counted.take(found.size_bytes);
                self.stream(path.clone(), Box::new(counted), again, nest);
                self.tell_change(&path, found);
            }
            Err(error) => {
                self.is_whole = false;
                let mut recorder = Recorder::new(self, path);
                recorder.record.kind = Kind::Unknown.name().to_owned();
                recorder.problem(None, None, format!("cannot be opened: {error}"));
                recorder.finish(found.size_bytes, None);
            }
        }
        // Whatever was skipped inside the file: now it is behind us.
        self.tell_progress(self.size_bytes.max(self.progress_told));
    }

    fn tell_change(&self, path: &str, found: &FoundFile) {
        let now = std::fs::metadata(&found.path).map(|metadata| metadata.len());
        if let Ok(now) = now
            && now != found.size_bytes
        {
            let before = found.size_bytes;
            let message = format!(
                "changed from {before} to {now} bytes while it was read; no more than {before} were read"
            );
            self.pool.problem(path, message);
        }
    }

    /// Reads a file or archive member to its end. `on_disk` is the same file where it is one
    /// that can be read at any place.
    pub(crate) fn stream(
        &mut self,
        path: String,
        input: Box<dyn Read + '_>,
        on_disk: Option<File>,
        nest: Nest,
    ) {
        let start = self.progress.get();
        let with_older = self.pool.options.hashes == FileHashes::All;
        let mut recorder = Recorder::new(self, path);
        recorder.modified = nest.modified;
        let mut hashing = HashingReader::new(input, with_older);
        let mut head = Vec::new();
        // Errors stay with the hashing reader, here and below.
        let _ = hashing.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
        let kind = sniff::recognise(&head);
        recorder.record.kind = kind.name().to_owned();
        hashing.keep(&head, recorder.run.sink.content_bytes_max(kind.name()));

        let mut input = io::Cursor::new(&head).chain(&mut hashing);
        match kind {
            Kind::Zip | Kind::SevenZip => {
                let opened = seekable(&mut input, on_disk);
                // Before its members, so that no more than one file is held in memory.
                hand_over(&mut recorder, &mut hashing);
                read_seekable(&mut recorder, kind, opened, start, &nest);
            }
            Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
                packed::read(&mut recorder, kind, &mut input, &nest);
            }
            Kind::Gzip => archive::gzip(&mut recorder, &mut input, &nest),
            Kind::Tar => archive::tar(&mut recorder, &mut input, &nest),
            Kind::Evtx => evtx::read(&mut recorder, &mut input),
            Kind::Empty | Kind::Unknown => {}
            _ => read_text(&mut recorder, kind, &head, &mut input),
        }
        drain(&mut recorder, &mut hashing);
        hand_over(&mut recorder, &mut hashing);

        let size_bytes = hashing.bytes;
        if let Some(error) = &hashing.error {
            recorder.run.is_whole &= nest.depth > 0;
            recorder.problem(
                Some(size_bytes),
                None,
                format!("cannot be read on: {error}"),
            );
        }
        recorder.finish(size_bytes, hashing.finish());
    }
}

/// Has a reader of text take in the input.
fn read_text(recorder: &mut Recorder<'_, '_>, kind: Kind, head: &[u8], input: &mut dyn Read) {
    let text = TextInput::new(head, input);
    match kind {
        Kind::JsonDocuments => json::read_documents(recorder, text),
        Kind::JsonLines => json::read_lines(recorder, Lines::new(text)),
        Kind::W3c => w3c::read(recorder, Lines::new(text)),
        Kind::Exchange => exchange::read(recorder, Lines::new(text)),
        Kind::Access => access::read(recorder, text),
        Kind::Syslog | Kind::SysmonLinux => syslog::read(recorder, text),
        Kind::Audit => audit::read(recorder, text),
        Kind::Zeek => zeek::read(recorder, Lines::new(text)),
        Kind::DnsDebug => dns_debug::read(recorder, text),
        Kind::Table => table::read(recorder, Lines::new(text)),
        Kind::Dhcp => dhcp::read(recorder, Lines::new(text)),
        Kind::WindowsXml => xml::read_events(recorder, text),
        Kind::Task => xml::read_task(recorder, text),
        Kind::Transcript => transcript::read(recorder, Lines::new(text)),
        _ => text::read(recorder, text),
    }
}

/// A zip or 7z is read from its end: from the disk where it lies there, else from a temporary file
/// in the system's folder for them, which has no name and goes when it is closed.
fn seekable(input: &mut dyn Read, on_disk: Option<File>) -> io::Result<File> {
    match on_disk {
        Some(mut file) => io::copy(input, &mut io::sink())
            .and_then(|_| file.rewind())
            .map(|()| file),
        None => spill(input),
    }
}

fn read_seekable(
    recorder: &mut Recorder<'_, '_>,
    kind: Kind,
    opened: io::Result<File>,
    progress_start: u64,
    nest: &Nest,
) {
    match opened {
        // On disk, hashing was the quick pass: progress is told for the second.
        Ok(file) if nest.depth == 0 => {
            recorder.run.progress.set(progress_start);
            let bytes = Rc::clone(&recorder.run.progress);
            open(recorder, kind, CountingReader { inner: file, bytes }, nest);
        }
        Ok(file) => open(recorder, kind, file, nest),
        Err(error) => recorder.problem(None, None, format!("archive cannot be unpacked: {error}")),
    }
}

fn open(recorder: &mut Recorder<'_, '_>, kind: Kind, file: impl Read + Seek, nest: &Nest) {
    if kind == Kind::SevenZip {
        packed::seven_zip(recorder, file, nest);
    } else {
        archive::zip(recorder, file, nest);
    }
}

fn spill(input: &mut dyn Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(input, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// Gives what was kept of the file to whoever wanted it.
fn hand_over(recorder: &mut Recorder<'_, '_>, hashing: &mut HashingReader<impl Read>) {
    let kept = hashing.take_kept();
    if !kept.is_empty() {
        recorder.content(kept, hashing.bytes);
    }
}

/// Reads what is left, so that the hash is that of the whole file.
fn drain(recorder: &mut Recorder<'_, '_>, input: &mut dyn Read) {
    let mut buffer = vec![0; 64 << 10];
    while input.read(&mut buffer).is_ok_and(|count| count > 0) {
        recorder.run.report_progress();
    }
}

/// Counts what is read from the disk.
struct CountingReader {
    inner: File,
    bytes: Rc<Cell<u64>>,
}

impl Read for CountingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

impl Seek for CountingReader {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(position)
    }
}
