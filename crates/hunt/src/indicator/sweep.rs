//! Looks through bytes for places that may hold an indicator, 64 at a time.
//!
//! Words are the only thing looked at, and of these only such as an indicator can begin to be
//! known by: those with a dot in them, and long ones. What is found is looked at again in full;
//! what is passed over holds none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aho_corasick::AhoCorasick;

use super::keys::{KeySet, key};
use super::networks::Networks;

/// A word of this length covers 16 bytes that begin at a multiple of 16.
pub(super) const LONG_BYTES_MIN: usize = 31;
/// The longest host name; names below a domain are looked up no further out.
pub(super) const DOMAIN_BYTES_MAX: usize = 253;

/// Keys that are looked up together.
const PENDING_MAX: usize = 32;

/// What there is to look for.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    pub(super) keys: KeySet,
    pub(super) looks_for: LooksFor,
    /// Texts that no word stands for.
    pub(super) odd: Option<AhoCorasick>,
}

/// Which kinds of words can be of interest at all.
#[derive(Debug, Default)]
pub(super) struct LooksFor {
    pub(super) dotted: bool,
    pub(super) long: bool,
    pub(super) domains: bool,
    pub(super) mails: bool,
    pub(super) ipv6: bool,
}

/// Whether a byte belongs to a word. Letters beyond ASCII do not: what is found is looked at
/// again by characters.
pub(super) const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// Which of 64 bytes belong to words, a bit for each.
#[inline]
fn words_in(block: &[u8; 64]) -> u64 {
    bits(block, |byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        let joint = byte.wrapping_sub(b'-') < 2;
        letter | digit | joint | (byte == b'_')
    })
}

/// For which of 64 bytes this holds. The loop becomes a few vector instructions.
#[inline]
fn bits(block: &[u8; 64], holds: impl Fn(u8) -> bool) -> u64 {
    let mut each = [0_u8; 64];
    for (out, byte) in each.iter_mut().zip(block) {
        *out = u8::from(holds(*byte));
    }
    gather(&each)
}

/// The lowest bits of 64 bytes as one number.
#[inline]
fn gather(bytes: &[u8; 64]) -> u64 {
    let (chunks, _) = bytes.as_chunks::<8>();
    let mut mask = 0;
    for (place, chunk) in chunks.iter().enumerate() {
        let spread = u64::from_le_bytes(*chunk).wrapping_mul(0x0102_0408_1020_4080);
        mask |= spread >> 56 << (8 * place);
    }
    mask
}

impl Sweep {
    /// Calls `found` with places in the order in which they stand, one for each word.
    pub(super) fn places(&self, text: &[u8], networks: &Networks, found: &mut dyn FnMut(usize)) {
        let mut pass = Pass {
            sweep: self,
            networks,
            text,
            run: None,
            pending: [(0, 0); PENDING_MAX],
            pending_count: 0,
            found,
        };
        let (blocks, rest) = text.as_chunks::<64>();
        for (number, block) in blocks.iter().enumerate() {
            pass.block(64 * number, block);
        }
        if !rest.is_empty() {
            let mut block = [0; 64];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            pass.block(text.len() - rest.len(), &block);
        }
        pass.run_ends(text.len());
        pass.look_up();
        if let Some(odd) = &self.odd {
            for hit in odd.find_iter(text) {
                found(hit.start());
            }
        }
    }
}

/// A word that goes over the end of a block.
struct Run {
    start: usize,
    is_dotted: bool,
}

/// One way through a text.
struct Pass<'s, 't, 'f> {
    sweep: &'s Sweep,
    networks: &'s Networks,
    text: &'t [u8],
    /// The word that the last block ended in.
    run: Option<Run>,
    /// Keys of words, and where these begin, to be looked up together.
    pending: [(u64, usize); PENDING_MAX],
    pending_count: usize,
    found: &'f mut dyn FnMut(usize),
}

impl Pass<'_, '_, '_> {
    #[inline]
    fn block(&mut self, at: usize, block: &[u8; 64]) {
        let mut word = words_in(block);
        let dots = bits(block, |byte| byte == b'.') & word;
        let head = word.trailing_ones();
        if let Some(run) = &mut self.run {
            run.is_dotted |= dots & low_bits(head) != 0;
            if head == 64 {
                return;
            }
            self.run_ends(at + head as usize);
            word &= !low_bits(head);
        }
        let tail = word.leading_ones();
        if tail > 0 {
            // What it is shows in the next block.
            word &= low_bits(64 - tail);
            self.run = Some(Run {
                start: at + 64 - tail as usize,
                is_dotted: dots & !low_bits(64 - tail) != 0,
            });
        }
        if self.sweep.looks_for.long {
            self.long_words(at, word);
        }
        if self.sweep.looks_for.dotted {
            self.dotted_words(at, word, dots);
        }
        if self.sweep.looks_for.ipv6 {
            let colons = bits(block, |byte| byte == b':');
            if colons != 0 {
                self.colons(at, colons);
            }
        }
    }

    /// A word that goes over the end of a block has come to its own.
    fn run_ends(&mut self, end: usize) {
        let Some(run) = self.run.take() else { return };
        if run.is_dotted {
            if self.sweep.looks_for.dotted {
                self.dotted(run.start, end);
            }
        } else if self.sweep.looks_for.long && end - run.start >= LONG_BYTES_MIN {
            self.long(run.start, end);
        }
    }

    /// Words with a dot between two parts, of those that lie within the block.
    #[inline]
    fn dotted_words(&mut self, at: usize, word: u64, dots: u64) {
        let mut dots = dots & word << 1 & word >> 1;
        while dots != 0 {
            let (start, end) = bounds(dots.trailing_zeros(), word);
            // All dots of the word.
            dots &= !low_bits(end);
            self.dotted(at + start as usize, at + end as usize);
        }
    }

    /// Words that cover a quarter of the block, of those that lie within it.
    #[inline]
    fn long_words(&mut self, at: usize, word: u64) {
        let mut done = 0;
        for quarter in [0, 16, 32, 48] {
            if word >> quarter & 0xffff == 0xffff && quarter >= done {
                let (start, end) = bounds(quarter, word);
                done = end;
                if (end - start) as usize >= LONG_BYTES_MIN {
                    self.long(at + start as usize, at + end as usize);
                }
            }
        }
    }

    fn long(&mut self, start: usize, end: usize) {
        let (start, end) = self.trimmed(start, end);
        let word = self.text.get(start..end).unwrap_or_default();
        // Those with dots in them come by themselves.
        if !word.contains(&b'.') {
            let key = key(word);
            self.ask(key, start);
        }
    }

    fn trimmed(&self, start: usize, end: usize) -> (usize, usize) {
        let word = self.text.get(start..end).unwrap_or_default();
        let is_edge = |byte: &u8| matches!(byte, b'.' | b'-');
        let before = word.iter().take_while(|byte| is_edge(byte)).count();
        let after = word.iter().rev().take_while(|byte| is_edge(byte)).count();
        (
            start + before,
            end.saturating_sub(after).max(start + before),
        )
    }

    #[inline]
    fn dotted(&mut self, start: usize, end: usize) {
        let (start, end) = self.trimmed(start, end);
        let Some(word) = self.text.get(start..end).filter(|word| word.len() > 2) else {
            return;
        };
        let own = key(word);
        self.ask(own, start);
        if self.sweep.looks_for.mails {
            self.mail(start, end);
        }
        if self.sweep.looks_for.domains {
            self.parents(word, start);
        }
        if self.networks.has_v4()
            && word.first().is_some_and(u8::is_ascii_digit)
            && let Some(address) = parse::<Ipv4Addr>(word)
            && self.networks.holds(address.into())
        {
            (self.found)(start);
        }
    }

    /// Asks for a key, together with others: while one is fetched from memory, so are they.
    #[inline]
    fn ask(&mut self, key: u64, start: usize) {
        if self.pending_count == PENDING_MAX {
            self.look_up();
        }
        if let Some(place) = self.pending.get_mut(self.pending_count) {
            *place = (key, start);
            self.pending_count += 1;
        }
    }

    fn look_up(&mut self) {
        for (key, start) in self.pending.iter().take(self.pending_count) {
            if self.sweep.keys.contains(*key) {
                (self.found)(*start);
            }
        }
        self.pending_count = 0;
    }

    /// The domains that a host lies below.
    #[inline]
    fn parents(&mut self, word: &[u8], start: usize) {
        let far = word.len().saturating_sub(DOMAIN_BYTES_MAX);
        let mut rest = word.get(far..).unwrap_or_default();
        let last_dot = rest.iter().rposition(|byte| *byte == b'.');
        let label = last_dot.and_then(|place| rest.get(place + 1));
        if label.is_none_or(u8::is_ascii_digit) {
            return;
        }
        while let Some(dot) = rest.iter().position(|byte| *byte == b'.') {
            rest = rest.get(dot + 1..).unwrap_or_default();
            if !rest.contains(&b'.') {
                return;
            }
            self.ask(key(rest), start);
        }
    }

    /// The mail address that a word is the host of.
    #[inline]
    fn mail(&mut self, start: usize, end: usize) {
        let before = self.text.get(..start).and_then(<[u8]>::split_last);
        let Some((b'@', before)) = before else {
            return;
        };
        let local = before.iter().rev().take_while(|byte| is_word_byte(**byte));
        let local = before.len() - local.count();
        let address = self.text.get(local..end).unwrap_or_default();
        let key = key(address);
        self.ask(key, start);
    }

    /// IPv6 addresses: two colons side by side, or many near to each other.
    #[cold]
    fn colons(&mut self, at: usize, colons: u64) {
        let mut near = colons & (colons << 1 | colons >> 1);
        for part in 0..8 {
            if (colons >> (8 * part) & 0xff).count_ones() >= 2 {
                near |= colons & 0xff << (8 * part);
            }
        }
        // A pair may lie across two blocks.
        near |= colons & (1 | 1 << 63);
        let mut done = 0;
        while near != 0 {
            let place = at + near.trailing_zeros() as usize;
            near &= near - 1;
            if place < done {
                continue;
            }
            let part = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
            // Longer than any address, so that the run shows itself to be none.
            const REACH: usize = 64;
            let before = self.text.get(..place).unwrap_or_default();
            let after = self.text.get(place..).unwrap_or_default();
            let start = place - before.iter().rev().take(REACH).take_while(part).count();
            let end = place + after.iter().take(REACH).take_while(part).count();
            done = end;
            let word = self.text.get(start..end).unwrap_or_default();
            let word = word.strip_suffix(b".").unwrap_or(word);
            if let Some(address) = parse::<Ipv6Addr>(word) {
                let address = IpAddr::V6(address).to_canonical();
                let known = self
                    .sweep
                    .keys
                    .contains(key(address.to_string().as_bytes()));
                if known || self.networks.holds(address) {
                    (self.found)(start);
                }
            }
        }
    }
}

/// As many ones, from the lowest.
#[inline]
fn low_bits(count: u32) -> u64 {
    1_u64.checked_shl(count).unwrap_or(0).wrapping_sub(1)
}

/// Where in a block the word begins and ends that holds this place.
#[inline]
fn bounds(place: u32, word: u64) -> (u32, u32) {
    let start = 64 - (!word & low_bits(place)).leading_zeros();
    let end = (!word & !low_bits(place)).trailing_zeros();
    (start, end)
}

fn parse<T: std::str::FromStr>(word: &[u8]) -> Option<T> {
    std::str::from_utf8(word).ok()?.parse().ok()
}
