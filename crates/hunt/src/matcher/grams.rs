//! Many texts that may stand anywhere in a value, looked for at once.
//!
//! Of each text a few letters side by side, a gram, stand for it: those that the fewest other
//! texts have. At each place of a value one look at a table of bits says whether a gram begins
//! there; only then are the texts compared that it stands for. The looks do not wait for one
//! another, as the steps of an automaton do, and the tables of all texts of a rule collection
//! fit in a processor's fastest cache, which its automata do not.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Texts with grams of `N` letters.
#[derive(Debug)]
pub(super) struct Grams<const N: usize> {
    /// Whether some gram has this hash.
    filter: Vec<u64>,
    filter_shift: u32,
    /// Where the entries of grams with this hash begin.
    buckets: Vec<u32>,
    bucket_shift: u32,
    /// Sorted by bucket.
    entries: Vec<Entry>,
    texts: Vec<u8>,
}

/// A text and the gram that stands for it.
#[derive(Debug, Clone, Copy)]
struct Entry {
    gram: u32,
    /// How far into the text the gram stands.
    offset: u32,
    /// Where in `texts` the text stands.
    start: u32,
    length: u32,
    id: u32,
}

/// Texts that one gram may stand for, and how long they may be: together they bound the work at
/// each place. Texts beyond it are left to an automaton.
const TEXTS_PER_GRAM_MAX: u32 = 16;
const TEXT_BYTES_MAX: usize = 256;
/// What stands in many values of Windows logs, and so tells nothing.
const COMMON: [&str; 12] = [
    r"c:\windows\system32\svchost.exe -k localservice -p -s windows\syswow64\winsxs\amd64_",
    r"c:\program files (x86)\microsoft office\root\office16\ common files\system\",
    r"c:\programdata\microsoft\windows defender\platform\",
    r"c:\users\user\appdata\local\temp\roaming\desktop\downloads\documents\administrator",
    r"hklm\software\microsoft\windows nt\currentversion\run hku\s-1-5-21- hkcu\software\classes\",
    r"hklm\system\currentcontrolset\services\control\ parameters enum\ software\wow6432node\",
    r"nt authority\system nt authority\network service local service microsoft-windows-",
    r"cmd.exe /c powershell.exe -noprofile -executionpolicy bypass -command -file .ps1 .dll",
    r"microsoft corporation operating system windows explorer host process security",
    r"sha1=0,md5=0,sha256=0,imphash=0 {00000000-0000-0000-0000-000000000000} 0x00000000",
    r"https://www.microsoft.com/ http://localhost 127.0.0.1 workgroup .local true false",
    r"function param( return $_. -object foreach-object where-object new-object system. [string]",
];
const COMMON_WEIGHT: u32 = 100;
/// Bits of the filter for each gram: few places pass that no gram begins at.
const FILTER_BITS_PER_GRAM: usize = 16;
/// An odd number whose bits are spread (2^32 divided by the golden ratio).
const SPREAD: u32 = 0x9e37_79b1;

impl<const N: usize> Grams<N> {
    /// The texts, which are no shorter than a gram, with their ids; `None` where there are none.
    /// Those that are not taken are left in the list.
    pub(super) fn new(texts: &mut Vec<(&[u8], u32)>) -> Option<Self> {
        let (chosen, left) = choose::<N>(texts);
        *texts = left;
        (!chosen.is_empty()).then(|| Self::of(&chosen))
    }

    fn of(chosen: &[Chosen<'_>]) -> Self {
        let bits = |count: usize| count.next_power_of_two().trailing_zeros();
        let filter_bits = bits(chosen.len() * FILTER_BITS_PER_GRAM).clamp(9, 19);
        let bucket_bits = bits(chosen.len()).clamp(4, 16);
        let mut grams = Self {
            filter: vec![0; 1 << (filter_bits - 6)],
            filter_shift: 32 - filter_bits,
            buckets: Vec::new(),
            bucket_shift: 32 - bucket_bits,
            entries: Vec::with_capacity(chosen.len()),
            texts: Vec::new(),
        };
        for (text, id, gram, offset) in chosen {
            let hash = gram.wrapping_mul(SPREAD) >> grams.filter_shift;
            if let Some(word) = grams.filter.get_mut(hash as usize / 64) {
                *word |= 1 << (hash % 64);
            }
            grams.entries.push(Entry {
                gram: *gram,
                offset: number(*offset),
                start: number(grams.texts.len()),
                length: number(text.len()),
                id: *id,
            });
            grams.texts.extend_from_slice(text);
        }
        let shift = grams.bucket_shift;
        let bucket = |entry: &Entry| (entry.gram.wrapping_mul(SPREAD) >> shift) as usize;
        grams
            .entries
            .sort_by_key(|entry| (bucket(entry), entry.gram));
        let mut end = 0;
        for index in 0..=1_usize << bucket_bits {
            let rest = grams.entries.get(end..).unwrap_or_default();
            grams.buckets.push(number(end));
            end += rest
                .iter()
                .take_while(|entry| bucket(entry) == index)
                .count();
        }
        grams
    }

    /// Calls `found` with the id of each text in the value, which is in lower case; with that of
    /// one that stands there more than once as often.
    pub(super) fn search(&self, value: &[u8], found: &mut impl FnMut(u32)) {
        for (at, window) in value.windows(N).enumerate() {
            let hash = gram(window).wrapping_mul(SPREAD);
            let bit = hash >> self.filter_shift;
            let word = self.filter.get(bit as usize / 64).copied().unwrap_or(0);
            if word >> (bit % 64) & 1 != 0 {
                self.compare(value, at, hash, found);
            }
        }
    }

    /// Compares the texts whose gram begins at a place.
    #[inline(never)]
    fn compare(&self, value: &[u8], at: usize, hash: u32, found: &mut impl FnMut(u32)) {
        let Some(window) = value.get(at..at + N).map(gram) else {
            return;
        };
        let bucket = (hash >> self.bucket_shift) as usize;
        let (Some(start), Some(end)) = (self.buckets.get(bucket), self.buckets.get(bucket + 1))
        else {
            return;
        };
        let entries = self.entries.get(*start as usize..*end as usize);
        for entry in entries.unwrap_or_default() {
            if entry.gram == window && self.stands(entry, value, at) {
                found(entry.id);
            }
        }
    }

    fn stands(&self, entry: &Entry, value: &[u8], at: usize) -> bool {
        let start = entry.start as usize;
        let text = self.texts.get(start..start + entry.length as usize);
        let place = at.checked_sub(entry.offset as usize);
        let rest = place.and_then(|place| value.get(place..));
        text.zip(rest)
            .is_some_and(|(text, rest)| rest.starts_with(text))
    }
}

/// A text, its id, the gram that stands for it, and where in it that stands.
type Chosen<'t> = (&'t [u8], u32, u32, usize);

/// For each text the gram that the fewest others have; and the texts that are not to be looked
/// for so.
fn choose<'t, const N: usize>(
    texts: &[(&'t [u8], u32)],
) -> (Vec<Chosen<'t>>, Vec<(&'t [u8], u32)>) {
    let mut counts: HashMap<u32, u32, RandomState> = HashMap::default();
    let common = COMMON.iter().map(|text| (text.as_bytes(), COMMON_WEIGHT));
    for (text, weight) in texts.iter().map(|(text, _)| (*text, 1)).chain(common) {
        for window in text.windows(N) {
            *counts.entry(gram(window)).or_default() += weight;
        }
    }
    let mut taken: HashMap<u32, u32, RandomState> = HashMap::default();
    let (mut chosen, mut left) = (Vec::new(), Vec::new());
    for (text, id) in texts {
        let grams = text.windows(N).map(gram).enumerate();
        let rarest = grams.min_by_key(|(_, gram)| counts.get(gram).copied());
        let room = rarest.filter(|(_, gram)| {
            let taken = taken.entry(*gram).or_default();
            *taken += 1;
            *taken <= TEXTS_PER_GRAM_MAX && text.len() <= TEXT_BYTES_MAX
        });
        match room {
            Some((at, gram)) => chosen.push((*text, *id, gram, at)),
            None => left.push((*text, *id)),
        }
    }
    (chosen, left)
}

fn gram(window: &[u8]) -> u32 {
    window
        .iter()
        .rev()
        .fold(0, |gram, letter| gram << 8 | u32::from(*letter))
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<const N: usize>(texts: &[&str], value: &str) -> Vec<u32> {
        let mut numbered: Vec<(&[u8], u32)> =
            texts.iter().map(|text| text.as_bytes()).zip(0..).collect();
        let mut found = Vec::new();
        let grams = Grams::<N>::new(&mut numbered);
        assert_eq!(numbered, []);
        grams
            .unwrap()
            .search(value.as_bytes(), &mut |id| found.push(id));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// All texts over a small alphabet in all values over it: as searching one by one finds.
    #[test]
    fn texts_are_found_where_they_stand() {
        let words = |length: usize| {
            let mut words = vec![String::new()];
            for _ in 0..length {
                let longer = words
                    .iter()
                    .flat_map(|word| ["a", "b"].map(|next| format!("{word}{next}")));
                words = longer.collect();
            }
            words
        };
        let texts: Vec<String> = (4..6).flat_map(words).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let short: Vec<String> = (2..4).flat_map(words).collect();
        let short: Vec<&str> = short.iter().map(String::as_str).collect();
        for value in (0..8).flat_map(words) {
            let expected = |texts: &[&str]| -> Vec<u32> {
                let numbered = texts.iter().zip(0..);
                numbered
                    .filter(|(text, _)| value.contains(**text))
                    .map(|(_, id)| id)
                    .collect()
            };
            assert_eq!(found::<4>(&texts, &value), expected(&texts), "{value}");
            assert_eq!(found::<2>(&short, &value), expected(&short), "{value}");
        }
    }

    #[test]
    fn many_texts() {
        let texts: Vec<String> = (0..20_000)
            .map(|number| format!("text {number} end"))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(
            found::<4>(&texts, "a text 1 end, text 19999 end, text 20000 end"),
            [1, 19_999]
        );
    }
}
