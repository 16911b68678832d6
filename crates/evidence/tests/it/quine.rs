//! An archive whose one member is the archive itself.
//!
//! The construction is that of Russ Cox, "Zip Files All The Way Down" (2010): a deflate stream of
//! stored blocks, which write what follows them, and of matches, which write again what was
//! written last, arranged so that what they write is the stream. The checksum, which is part of
//! what it is a checksum of, is the solution of a system of linear equations.

use std::io::Read;

/// Bytes of the member's header. With five more they can be repeated by an instruction of five.
const HEAD_BYTES: usize = 60;
const NAME: &[u8] = b"self.zip";

/// Writes bits from the lowest on, as deflate has them (RFC 1951, section 3.1.1).
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    fn number(&mut self, value: usize, bits: usize) {
        for bit in 0..bits {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << (self.count % 8);
            self.count += 1;
        }
    }

    /// Codes stand with the highest bit first.
    fn code(&mut self, value: usize, bits: usize) {
        (0..bits)
            .rev()
            .for_each(|bit| self.number(value >> bit & 1, 1));
    }

    /// A block with the fixed codes (section 3.2.6) of matches that reach `distance` back.
    fn block(&mut self, is_last: bool, lengths: &[usize], distance: usize) {
        self.number(usize::from(is_last), 1);
        self.number(1, 2);
        for length in lengths {
            let (symbol, base, extra) = symbol(*length - 3, 4);
            match symbol {
                ..23 => self.code(symbol + 1, 7),
                _ => self.code(0b1100_0000 + symbol - 23, 8),
            }
            self.number(length - 3 - base, extra);
            let (symbol, base, extra) = self::symbol(distance - 1, 2);
            self.code(symbol, 5);
            self.number(distance - 1 - base, extra);
        }
        self.code(0, 7);
    }
}

/// Symbol, least value and extra bits of a length (four symbols for each number of extra bits) or
/// of a distance (two), both from zero on (section 3.2.5).
fn symbol(value: usize, each: usize) -> (usize, usize, usize) {
    let all = (0_usize..30).map(|symbol| {
        let extra = (symbol / each).saturating_sub(1);
        let base = if symbol < each {
            symbol
        } else {
            (each + symbol % each) << extra
        };
        (symbol, base, extra)
    });
    all.take_while(|(_, base, _)| *base <= value)
        .last()
        .unwrap()
}

/// Writes the next so many bytes.
fn literal(bytes: usize) -> Vec<u8> {
    let [low, high] = u16::try_from(bytes).unwrap().to_le_bytes();
    vec![0, low, high, !low, !high]
}

/// Writes again the last so many bytes, in an instruction of five bytes.
fn repeat(bytes: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    if bytes == 20 {
        bits.block(false, &[10, 10], bytes);
    } else {
        bits.block(false, &[bytes], bytes);
        bits.block(false, &[], 1);
    }
    assert_eq!(bits.count, 40);
    bits.bytes
}

/// What the header of the member and the list at the end have in common.
fn facts(crc: u32, time: u16, packed: usize, bytes: usize) -> Vec<u8> {
    let mut facts = vec![20, 0, 0, 0, 8, 0];
    facts.extend(time.to_le_bytes());
    facts.extend([0x21, 0]);
    facts.extend(crc.to_le_bytes());
    facts.extend((packed as u32).to_le_bytes());
    facts.extend((bytes as u32).to_le_bytes());
    facts.extend((NAME.len() as u16).to_le_bytes());
    facts
}

fn with(crc: u32, time: u16, packed: usize, bytes: usize) -> (Vec<u8>, usize) {
    let facts = facts(crc, time, packed, bytes);
    let mut head = [b"PK\x03\x04", facts.as_slice()].concat();
    let filling = (HEAD_BYTES - 34 - NAME.len()) as u16;
    head.extend((filling + 4).to_le_bytes());
    head.extend(NAME);
    head.extend([0xfe, 0xca]);
    head.extend(filling.to_le_bytes());
    head.resize(HEAD_BYTES, 0);

    let mut end = [b"PK\x01\x02\x14\0", facts.as_slice(), &[0; 16], NAME].concat();
    let list_bytes = end.len();
    end.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    end.extend((list_bytes as u32).to_le_bytes());
    end.extend((bytes.saturating_sub(list_bytes + 22) as u32).to_le_bytes());
    end.extend([0, 0]);
    // The last instruction, which repeats itself and what follows it.
    let mut last = Bits::default();
    last.block(true, &[4 + end.len()], 4 + end.len());
    assert_eq!(last.bytes.len(), 4);
    let tail = [last.bytes, end].concat();

    let (l0, l5, l20) = (literal(0), literal(5), literal(20));
    let (lp, rp) = (literal(HEAD_BYTES + 5), repeat(HEAD_BYTES + 5));
    let (lt, r20) = (literal(tail.len()), repeat(20));
    let parts: [&[u8]; 30] = [
        &head, &lp, &head, &lp, &rp, &l5, &rp, &l5, &l5, &l20, &rp, &l5, &l5, &l20, &r20, &l20,
        &r20, &l20, &r20, &l20, &r20, &l20, &r20, &l0, &l0, &lt, &r20, &l0, &l0, &lt,
    ];
    let file = [parts.concat(), tail.clone(), tail].concat();
    (file, HEAD_BYTES + list_bytes + 22)
}

/// The archive.
pub(crate) fn archive() -> Vec<u8> {
    let (file, unpacked) = with(0, 0, 0, 0);
    let (bytes, packed) = (file.len(), file.len() - unpacked);
    let made = |crc, time| with(crc, time, packed, bytes).0;
    // Not every time of change has a checksum that fits.
    let crc = |time| fixed_point(&|crc| crc32fast::hash(&made(crc, time)));
    let (crc, time) = (0..).find_map(|time| Some((crc(time)?, time))).unwrap();
    made(crc, time)
}

/// The value that an affine function of bits maps to itself, where there is just one.
fn fixed_point(function: &dyn Fn(u32) -> u32) -> Option<u32> {
    let constant = function(0);
    // Each row: what of the value is added up, and what it must come to.
    let column = |bit: usize| function(1 << bit) ^ constant ^ 1 << bit;
    let columns: Vec<u32> = (0..32).map(column).collect();
    let row = |bit: usize| {
        let row = columns.iter().enumerate();
        let row = row.map(|(number, column)| u64::from(column >> bit & 1) << number);
        row.sum::<u64>() | u64::from(constant >> bit & 1) << 32
    };
    let mut rows: Vec<u64> = (0..32).map(row).collect();
    for number in 0..32 {
        let pivot = (number..32).find(|row| rows[*row] >> number & 1 == 1)?;
        rows.swap(number, pivot);
        for other in (0..32).filter(|other| *other != number) {
            if rows[other] >> number & 1 == 1 {
                rows[other] ^= rows[number];
            }
        }
    }
    let bits = rows.iter().enumerate();
    Some(bits.map(|(bit, row)| ((row >> 32) as u32 & 1) << bit).sum())
}

#[test]
fn the_archive_is_what_it_unpacks_to() {
    let archive = archive();
    let mut unpacked = Vec::new();
    flate2::read::DeflateDecoder::new(&archive[HEAD_BYTES..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, archive);
}
