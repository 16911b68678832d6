//! Many texts that stand at one end of a value, looked for at once.
//!
//! Texts are sorted by their length into classes, and a text of a class is found by as many
//! letters at its end of the value as the class has. So a value is looked up once for each class,
//! however many texts there are.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

/// Letters that texts are looked up by.
const CLASSES: [usize; 6] = [32, 16, 8, 4, 2, 1];

/// Which end of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Start,
    End,
}

/// A text to look for.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) text: Box<[u8]>,
    /// Whether it must be the whole value.
    pub(super) whole: bool,
    pub(super) id: u32,
}

/// Texts that stand at one end of a value.
#[derive(Debug)]
pub(super) struct Ends {
    end: End,
    classes: Vec<Class>,
    /// Texts without a letter.
    empty: Vec<Entry>,
}

/// Texts that are looked up by the same number of letters.
#[derive(Debug)]
struct Class {
    letters: usize,
    /// Whether some text has this hash.
    filter: Vec<u64>,
    /// With their hashes, by which they are sorted.
    entries: Vec<(u64, Entry)>,
}

/// Bits of the filter for each text.
const FILTER_BITS_PER_TEXT: usize = 16;

impl Ends {
    pub(super) fn new(end: End, entries: Vec<Entry>) -> Self {
        let (empty, entries): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.text.is_empty());
        let classes = CLASSES.iter().enumerate().filter_map(|(place, letters)| {
            let longer = place.checked_sub(1).and_then(|place| CLASSES.get(place));
            let fits = |entry: &&Entry| {
                let length = entry.text.len();
                length >= *letters && longer.is_none_or(|longer| length < *longer)
            };
            let entries: Vec<Entry> = entries.iter().filter(fits).cloned().collect();
            (!entries.is_empty()).then(|| Class::new(end, *letters, entries))
        });
        Self {
            end,
            classes: classes.collect(),
            empty,
        }
    }

    /// Calls `found` with the id of each text that the value, in lower case, begins or ends with.
    pub(super) fn search(&self, value: &[u8], found: &mut impl FnMut(u32)) {
        for entry in &self.empty {
            if !entry.whole || value.is_empty() {
                found(entry.id);
            }
        }
        for class in &self.classes {
            class.search(self.end, value, found);
        }
    }
}

impl Class {
    fn new(end: End, letters: usize, entries: Vec<Entry>) -> Self {
        let bits = (entries.len() * FILTER_BITS_PER_TEXT)
            .next_power_of_two()
            .clamp(512, 1 << 18);
        let mut class = Self {
            letters,
            filter: vec![0; bits / 64],
            entries: Vec::with_capacity(entries.len()),
        };
        for entry in entries {
            let hash = hash(edge(end, &entry.text, letters).unwrap_or_default());
            let bit = class.bit(hash);
            if let Some(word) = class.filter.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
            class.entries.push((hash, entry));
        }
        class.entries.sort_by_key(|(hash, _)| *hash);
        class
    }

    fn bit(&self, hash: u64) -> usize {
        // The number of bits is a power of two.
        hash as usize & (self.filter.len() * 64 - 1)
    }

    fn search(&self, end: End, value: &[u8], found: &mut impl FnMut(u32)) {
        let Some(letters) = edge(end, value, self.letters) else {
            return;
        };
        let hash = hash(letters);
        let bit = self.bit(hash);
        let word = self.filter.get(bit / 64).copied().unwrap_or(0);
        if word >> (bit % 64) & 1 == 0 {
            return;
        }
        let start = self.entries.partition_point(|(other, _)| *other < hash);
        let entries = self.entries.get(start..).unwrap_or_default();
        for (_, entry) in entries.iter().take_while(|(other, _)| *other == hash) {
            let stands = match end {
                End::Start => value.starts_with(&entry.text),
                End::End => value.ends_with(&entry.text),
            };
            if stands && (!entry.whole || entry.text.len() == value.len()) {
                found(entry.id);
            }
        }
    }
}

/// So many letters at an end of a text; `None` where it is shorter.
fn edge(end: End, text: &[u8], letters: usize) -> Option<&[u8]> {
    match end {
        End::Start => text.get(..letters),
        End::End => text.get(text.len().checked_sub(letters)?..),
    }
}

fn hash(letters: &[u8]) -> u64 {
    let mut hasher = BuildHasherDefault::<Mixer>::default().build_hasher();
    hasher.write(letters);
    hasher.finish()
}

/// Mixes eight letters at a time. Texts that fall together are compared, which their number in
/// the rules bounds; no value can make more of them.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, letters: &[u8]) {
        let (groups, rest) = letters.as_chunks::<8>();
        let rest = rest
            .iter()
            .fold(0, |sum, letter| sum << 8 | u64::from(*letter));
        for group in groups
            .iter()
            .map(|group| u64::from_le_bytes(*group))
            .chain([rest])
        {
            self.0 = (self.0 ^ group).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.0 ^= self.0 >> 29;
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_endings_and_wholes() {
        let long = "a".repeat(40);
        let texts = [
            ("", false),
            ("", true),
            ("a", false),
            ("ab", true),
            ("abc", false),
            ("b", true),
            ("ab", false),
            (long.as_str(), false),
        ];
        let check = |end, value: &str| {
            let entries = texts.iter().zip(0..).map(|((text, whole), id)| Entry {
                text: text.as_bytes().into(),
                whole: *whole,
                id,
            });
            let mut found = Vec::new();
            Ends::new(end, entries.collect()).search(value.as_bytes(), &mut |id| found.push(id));
            found.sort_unstable();
            let stands = |text: &str, whole: bool| match end {
                _ if whole => value == text,
                End::Start => value.starts_with(text),
                End::End => value.ends_with(text),
            };
            let numbered = texts.iter().zip(0_u32..);
            let expected: Vec<u32> = numbered
                .filter(|((text, whole), _)| stands(text, *whole))
                .map(|(_, id)| id)
                .collect();
            assert_eq!(found, expected, "{end:?} {value}");
        };
        let values = [
            "", "a", "ab", "abc", "abcd", "b", "bc", "x", "xa", "xabc", "ba",
        ];
        for end in [End::Start, End::End] {
            values.iter().for_each(|value| check(end, value));
            check(end, &format!("{long}b"));
            check(end, &format!("b{long}"));
        }
    }
}
