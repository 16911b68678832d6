//! Zip, gzip and tar archives, opened in place, within limits.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek};
use std::rc::Rc;

use daylight_model::Timestamp;
use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;
use zip::extra_fields::ExtraField;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::local_headers;
use crate::recorder::Recorder;
use crate::run::{KeptBy, Modified, Nest};

/// A member may always unpack to this much: small files of zeros are no bombs.
const UNPACKED_BYTES_FREE: u64 = 1 << 20;
/// However small, a member counts for so much: there may be very many, in archives in archives.
const MEMBER_BYTES_MIN: u64 = 4 << 10;
/// The longest name a tar archive may give a member.
const TAR_NAME_BYTES_MAX: u64 = 64 << 10;

/// Reads what a gzip file holds.
pub(crate) fn gzip(recorder: &mut Recorder<'_, '_>, input: &mut dyn Read, nest: &Nest) {
    let Some(nest) = for_one(recorder, nest) else {
        return;
    };
    let (input, packed) = counted(input);
    let unpacked = MultiGzDecoder::new(input);
    let name = unpacked.header().and_then(|header| header.filename());
    let name = match name.map(String::from_utf8_lossy) {
        Some(name) if !name.is_empty() => name.into_owned(),
        _ => stem(&recorder.record.path),
    };
    member(recorder, &name, unpacked, Packed::Counted(packed), &nest);
}

/// Reads the members of a tar archive, one after another.
pub(crate) fn tar(recorder: &mut Recorder<'_, '_>, input: &mut dyn Read, nest: &Nest) {
    let Some(nest) = deeper(recorder, nest) else {
        return;
    };
    let mut archive = tar::Archive::new(input);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            return recorder.problem(None, None, format!("members cannot be read: {error}"));
        }
    };
    // Raw: the crate would take in names of any length.
    let mut long_name = None;
    for entry in entries.raw(true) {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let message = format!("the next member cannot be read: {error}");
                return recorder.failed(None, None, message);
            }
        };
        let kind = entry.header().entry_type();
        if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
            long_name = name_for_next(&mut entry, kind).or(long_name);
            continue;
        }
        let name = long_name
            .take()
            .unwrap_or_else(|| entry.path_bytes().into_owned());
        let name = String::from_utf8_lossy(&name);
        if !recorder.run.has_room(&recorder.record.path) {
            break;
        } else if kind.is_file() || kind.is_contiguous() {
            let bytes_left = entry.size();
            let changed = entry
                .header()
                .mtime()
                .ok()
                .and_then(|it| i64::try_from(it).ok());
            let changed = changed.and_then(|it| kept(it, KeptBy::Archive));
            let whole = Whole {
                inner: entry,
                bytes_left,
            };
            member(
                recorder,
                &name,
                whole,
                Packed::Known(bytes_left),
                &nest.changed(changed),
            );
        } else if entry.size() > 0 && !kind.is_pax_global_extensions() {
            // Folders and links hold nothing; what else holds something is not known here.
            recorder.failed(
                None,
                None,
                format!("member {name} is of a kind that cannot be read"),
            );
        }
    }
}

/// The name of the next member, where this one is there to hold it.
fn name_for_next(entry: &mut impl Read, kind: tar::EntryType) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    entry.take(TAR_NAME_BYTES_MAX).read_to_end(&mut data).ok()?;
    if kind.is_gnu_longname() {
        data.truncate(
            data.iter()
                .position(|&byte| byte == 0)
                .unwrap_or(data.len()),
        );
        return Some(data);
    }
    let mut extensions = tar::PaxExtensions::new(&data).filter_map(Result::ok);
    extensions
        .find(|extension| extension.key_bytes() == b"path")
        .map(|path| path.value_bytes().to_vec())
}

/// Reads the members of a zip archive.
pub(crate) fn zip(recorder: &mut Recorder<'_, '_>, input: impl Read + Seek, nest: &Nest) {
    let Some(nest) = deeper(recorder, nest) else {
        return;
    };
    let mut input = BufReader::new(input);
    let error = match ZipArchive::new(&mut input) {
        Ok(mut archive) => return members(recorder, &mut archive, &nest),
        Err(error) => error,
    };
    // The list of members stands at the end, so a truncated archive has lost it.
    let message = format!(
        "the list of members cannot be read ({error}); members are read as they follow each other"
    );
    recorder.problem(None, None, message);
    if input.rewind().is_ok() {
        local_headers::read(recorder, input, &nest);
    }
}

fn members(
    recorder: &mut Recorder<'_, '_>,
    archive: &mut ZipArchive<impl Read + Seek>,
    nest: &Nest,
) {
    for index in 0..archive.len() {
        if !recorder.run.has_room(&recorder.record.path) {
            break;
        }
        let (name, offset, size_bytes) = match archive.by_index_raw(index) {
            Ok(file) if file.is_dir() => continue,
            Ok(file) => (
                String::from_utf8_lossy(file.name_raw()).into_owned(),
                file.header_start(),
                file.size(),
            ),
            Err(error) => {
                recorder.failed(
                    None,
                    Some(index as u64 + 1),
                    format!("member cannot be read: {error}"),
                );
                continue;
            }
        };
        match archive.by_index(index) {
            Ok(file) => {
                let packed = Packed::Known(file.compressed_size());
                let nest = nest.changed(zip_time(&file));
                member(recorder, &name, file, packed, &nest);
            }
            Err(error) => {
                // The offset is where the member's header stands in the archive.
                let path = format!("{}!{name}", recorder.record.path);
                let mut recorder = Recorder::new(recorder.run, path);
                let (kind, reason) = why_closed(&error);
                recorder.record.kind = kind.to_owned();
                recorder.failed(Some(offset), None, reason);
                recorder.finish(size_bytes, None);
            }
        }
    }
}

fn kept(seconds: i64, by: KeptBy) -> Option<Modified> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(Modified { time, by })
}

/// When a member was changed last; many archives have it in UTC too.
fn zip_time(file: &ZipFile<'_, impl Read>) -> Option<Modified> {
    let mut fields = file.extra_data_fields();
    let utc = fields.find_map(|field| match field {
        ExtraField::ExtendedTimestamp(times) => times.mod_time(),
        _ => None,
    });
    if let Some(seconds) = utc {
        return kept(seconds.into(), KeptBy::Archive);
    }
    let time = file.last_modified().and_then(dos_time)?;
    let by = KeptBy::ArchiveWithoutZone;
    Some(Modified { time, by })
}

/// The time of a member, which is written without a zone.
fn dos_time(time: zip::DateTime) -> Option<Timestamp> {
    let (year, month, day) = (time.year(), time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    crate::time::parse(&format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    ))
}

/// What to call a member whose content cannot be got at, and why it cannot.
fn why_closed(error: &ZipError) -> (&'static str, String) {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => (
            "encrypted",
            "member is encrypted and cannot be read".to_owned(),
        ),
        _ => ("unknown", format!("member cannot be unpacked: {error}")),
    }
}

/// How large a member is packed.
pub(crate) enum Packed {
    /// As the archive says.
    Known(u64),
    /// As far as it was read.
    Counted(Rc<Cell<u64>>),
}

/// Reads a member through the limits.
pub(crate) fn member(
    recorder: &mut Recorder<'_, '_>,
    name: &str,
    unpacked: impl Read,
    packed: Packed,
    nest: &Nest,
) {
    let path = format!("{}!{name}", recorder.record.path);
    let limits = recorder.run.limits;
    let left = nest.unpacked_bytes_left.get();
    nest.unpacked_bytes_left
        .set(left.saturating_sub(MEMBER_BYTES_MIN));
    let bounded = Bounded {
        inner: unpacked,
        packed,
        bytes: 0,
        ratio_max: limits.unpack_ratio_max,
        total_max: nest.unpacked_bytes_max,
        bytes_left: Rc::clone(&nest.unpacked_bytes_left),
    };
    recorder
        .run
        .stream(path, Box::new(bounded), None, nest.clone());
}

/// One level further in, or a problem where that is too deep.
pub(crate) fn deeper(recorder: &mut Recorder<'_, '_>, nest: &Nest) -> Option<Nest> {
    let depth_max = recorder.run.limits.depth_max;
    if nest.depth >= depth_max {
        recorder.problem(
            None,
            None,
            format!("archives nested more than {depth_max} deep are not opened"),
        );
        return None;
    }
    Some(Nest {
        depth: nest.depth + 1,
        modified: nest.modified.map(|modified| Modified {
            by: KeptBy::Disk,
            ..modified
        }),
        ..nest.clone()
    })
}

/// A name for what a packed file without a name inside holds.
pub(crate) fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\', '!']).next().unwrap_or(path);
    let stem = name
        .rsplit_once('.')
        .map(|(stem, _)| stem)
        .filter(|stem| !stem.is_empty());
    stem.unwrap_or("content").to_owned()
}

/// One level further in, where there is room for the one member of a packed file.
pub(crate) fn for_one(recorder: &mut Recorder<'_, '_>, nest: &Nest) -> Option<Nest> {
    deeper(recorder, nest).filter(|_| recorder.run.has_room(&recorder.record.path))
}

/// A packed file, and how much of it has been read.
pub(crate) fn counted(input: &mut dyn Read) -> (CountedInput<'_>, Rc<Cell<u64>>) {
    let packed = Rc::new(Cell::new(0));
    let counted = Counted {
        inner: input,
        bytes: Rc::clone(&packed),
    };
    (BufReader::with_capacity(64 << 10, counted), packed)
}

/// See [`counted`].
pub(crate) type CountedInput<'i> = BufReader<Counted<&'i mut dyn Read>>;

/// Counts what passes.
pub(crate) struct Counted<R> {
    pub(crate) inner: R,
    pub(crate) bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

/// A member of known size: it is an error when the archive ends before it does.
pub(crate) struct Whole<R> {
    pub(crate) inner: R,
    pub(crate) bytes_left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes_left = self.bytes_left.saturating_sub(count as u64);
        if count == 0 && !buffer.is_empty() && self.bytes_left > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(count)
    }
}

/// Ends with an error where more comes out than the limits allow.
struct Bounded<R> {
    inner: R,
    packed: Packed,
    bytes: u64,
    ratio_max: u64,
    total_max: u64,
    bytes_left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)? as u64;
        self.bytes += count;
        let packed = match &self.packed {
            Packed::Known(bytes) => *bytes,
            Packed::Counted(bytes) => bytes.get(),
        };
        if self.bytes > UNPACKED_BYTES_FREE.max(packed.saturating_mul(self.ratio_max)) {
            let max = self.ratio_max;
            return Err(io::Error::other(format!(
                "unpacks to more than {max} times its packed size"
            )));
        }
        let Some(left) = self.bytes_left.get().checked_sub(count) else {
            let max = self.total_max;
            return Err(io::Error::other(format!(
                "the archive unpacks to more than {max} bytes"
            )));
        };
        self.bytes_left.set(left);
        Ok(count as usize)
    }
}
