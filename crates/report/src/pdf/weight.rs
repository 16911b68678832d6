//! How much the streams of a PDF unpack to, found out before the library unpacks them.
//!
//! The library unpacks whatever a stream holds into memory: 64 MB may become 64 GB, and a
//! chain of filters more. Here every stream that it might unpack is unpacked first, piece by
//! piece and only up to a limit.

use std::{
    cell::Cell,
    collections::HashMap,
    io::{Read, Write},
};

use flate2::read::{DeflateDecoder, ZlibDecoder};
use pdf_extract::{Document, Object, ObjectId, Stream};
use weezl::{BitOrder, decode::Decoder};

/// How many times its own limit in bytes a report may unpack to, all streams together.
const UNPACKED_RATIO_MAX: u64 = 8;
/// The part of its own limit in bytes that the operators of one page, or of one form drawn
/// on it, may take: reading `q q q …` was measured to cost the library 600 times its size.
const OPERATORS_DIVISOR: u64 = 16;
/// Most filters one stream goes through.
const FILTERS_MAX: usize = 4;

thread_local! {
    /// What streams of objects may still unpack to while the library loads: it takes a plain
    /// function for each object, which has nowhere else to count. Loading has its own thread.
    static LEFT_BYTES: Cell<u64> = const { Cell::new(0) };
    /// The first stream that was too heavy.
    static TOO_HEAVY: Cell<Option<ObjectId>> = const { Cell::new(None) };
}

/// A limit that was passed, and where.
pub(super) struct TooHeavy {
    pub(super) object: ObjectId,
    pub(super) bytes_max: u64,
}

/// Finds streams in the file that unpack to more than the limit, whatever says that they
/// are streams: the cross-reference table is unpacked before anything else is known.
pub(super) fn heavy_stream(bytes: &[u8], report_bytes_max: u64) -> Option<u64> {
    let bytes_max = report_bytes_max.saturating_mul(UNPACKED_RATIO_MAX / 2);
    let mut from = 0;
    let mut left = bytes_max.saturating_mul(UNPACKED_RATIO_MAX);
    while let Some(found) = bytes
        .get(from..)
        .and_then(|rest| rest.windows(6).position(|window| window == b"stream"))
    {
        let start = from + found + 6;
        from = start;
        let rest = bytes.get(start..).unwrap_or_default();
        let skipped = rest
            .iter()
            .take(2)
            .filter(|byte| byte.is_ascii_whitespace())
            .count();
        let data = rest.get(skipped..).unwrap_or_default();
        if !looks_deflated(data) {
            continue;
        }
        let limit = bytes_max.min(left);
        let mut counter = Counter(0);
        // Damaged streams are the library's to mend; what comes before the damage counts.
        let _ = std::io::copy(
            &mut ZlibDecoder::new(data).take(limit.saturating_add(1)),
            &mut counter,
        );
        let Counter(taken) = counter;
        if taken > limit {
            return u64::try_from(start).ok();
        }
        left -= taken;
    }
    None
}

/// The header of RFC 1950.
fn looks_deflated(data: &[u8]) -> bool {
    matches!(data, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31))
}

/// Loads a PDF without unpacking more objects than the limit allows.
pub(super) fn load(
    bytes: &[u8],
    report_bytes_max: u64,
) -> Result<Result<Document, pdf_extract::Error>, TooHeavy> {
    let bytes_max = report_bytes_max.saturating_mul(UNPACKED_RATIO_MAX);
    LEFT_BYTES.set(bytes_max);
    TOO_HEAVY.set(None);
    let options = pdf_extract::LoadOptions::with_filter(|id, object| {
        let Object::Stream(stream) = object else {
            return Some((id, object.clone()));
        };
        if stream.dict.has_type(b"ObjStm") {
            let left = LEFT_BYTES.get();
            match unpacked_bytes(stream, left) {
                Some(taken) => LEFT_BYTES.set(left - taken),
                None => {
                    TOO_HEAVY.set(TOO_HEAVY.get().or(Some(id)));
                    return None;
                }
            }
        }
        // Of a stream the library asks only whether to keep it.
        Some((id, Object::Null))
    });
    let document = Document::load_mem_with_options(bytes, options);
    match TOO_HEAVY.get() {
        Some(object) => Err(TooHeavy { object, bytes_max }),
        None => Ok(document),
    }
}

/// What each stream unpacks to that the library may unpack while it reads pages. Pictures it
/// leaves alone, and forms with too many operators are emptied.
pub(super) fn weigh(
    document: &mut Document,
    report_bytes_max: u64,
) -> Result<HashMap<ObjectId, u64>, TooHeavy> {
    let bytes_max = report_bytes_max.saturating_mul(UNPACKED_RATIO_MAX);
    let mut left = bytes_max;
    let mut weights = HashMap::new();
    for (id, object) in &mut document.objects {
        let Object::Stream(stream) = object else {
            continue;
        };
        let subtype = stream.dict.get(b"Subtype").and_then(Object::as_name);
        let is = |name: &[u8]| subtype.as_ref().is_ok_and(|subtype| *subtype == name);
        if is(b"Image") {
            continue;
        }
        let form = is(b"Form");
        let one_max = left.min(report_bytes_max);
        let Some(taken) = unpacked_bytes(stream, one_max) else {
            return Err(TooHeavy {
                object: *id,
                bytes_max: one_max,
            });
        };
        left -= taken;
        if form && taken > report_bytes_max / OPERATORS_DIVISOR {
            stream.set_plain_content(Vec::new());
        }
        weights.insert(*id, taken);
    }
    Ok(weights)
}

/// Whether the operators of a page are more than is read of one page, each stream counted as
/// often as the page names it.
pub(super) fn page_is_heavy(
    document: &Document,
    page: ObjectId,
    weights: &HashMap<ObjectId, u64>,
    report_bytes_max: u64,
) -> bool {
    let contents = document.get_page_contents(page);
    // What was not weighed is no stream of operators by its own account.
    let weight = |id: &ObjectId| weights.get(id).copied().unwrap_or(u64::MAX);
    let sum = contents
        .iter()
        .filter(|id| matches!(document.get_object(**id), Ok(Object::Stream(_))))
        .fold(0_u64, |sum, id| sum.saturating_add(weight(id)));
    sum > report_bytes_max / OPERATORS_DIVISOR
}

/// How many bytes the stream unpacks to, or `None` where that is more than `bytes_max` at
/// any step of its chain.
fn unpacked_bytes(stream: &Stream, bytes_max: u64) -> Option<u64> {
    let Ok(filters) = stream.filters() else {
        return u64::try_from(stream.content.len()).ok();
    };
    if filters.len() > FILTERS_MAX {
        return None;
    }
    let mut bytes = stream.content.clone();
    for filter in filters {
        bytes = match filter {
            b"FlateDecode" => inflate(&bytes, bytes_max)?,
            b"LZWDecode" => {
                let mut room = Room {
                    bytes: Vec::new(),
                    bytes_max,
                };
                let mut decoder = Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
                let _ = decoder.into_stream(&mut room).decode_all(bytes.as_slice());
                room.bytes
            }
            // Five signs to four bytes, or one to four: the library may do that by itself.
            b"ASCII85Decode" if u64::try_from(bytes.len()).ok()? <= bytes_max / 4 => {
                let mut dictionary = pdf_extract::Dictionary::new();
                dictionary.set("Filter", "ASCII85Decode");
                Stream::new(dictionary, bytes)
                    .decompressed_content()
                    .unwrap_or_default()
            }
            b"ASCII85Decode" => return None,
            // The library stops at filters that it does not know.
            _ => break,
        };
        if u64::try_from(bytes.len()).ok()? > bytes_max {
            return None;
        }
    }
    u64::try_from(bytes.len()).ok()
}

/// Damaged data gives what comes before the damage, without its header where that is broken.
fn inflate(bytes: &[u8], bytes_max: u64) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let limit = bytes_max.checked_add(1)?;
    let _ = ZlibDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut unpacked);
    if unpacked.is_empty() && bytes.len() > 2 {
        let raw = bytes.get(2..)?;
        let _ = DeflateDecoder::new(raw)
            .take(limit)
            .read_to_end(&mut unpacked);
    }
    Some(unpacked)
}

/// Keeps nothing of what it takes in.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self
            .0
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Takes bytes in until they are one too many.
struct Room {
    bytes: Vec<u8>,
    bytes_max: u64,
}

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if u64::try_from(self.bytes.len()).is_ok_and(|length| length > self.bytes_max) {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
