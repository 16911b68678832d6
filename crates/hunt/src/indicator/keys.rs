//! Words as numbers, and what is found by them: the same cost for a thousand and for a million.

/// A number for a word, the same however its ASCII letters are written.
pub(super) fn key(word: &[u8]) -> u64 {
    const START: u64 = 0x9e37_79b9_7f4a_7c15;
    let (chunks, rest) = word.as_chunks::<8>();
    let mut state = (word.len() as u64).wrapping_mul(START);
    for chunk in chunks {
        state = mix(state, u64::from_le_bytes(*chunk));
    }
    if rest.is_empty() {
        return state;
    }
    // The last bytes, of which some may have been taken before.
    let last = match (word.last_chunk::<8>(), word.first_chunk::<4>()) {
        (Some(last), _) => u64::from_le_bytes(*last),
        (None, Some(first)) => {
            let last = word.last_chunk::<4>().unwrap_or(first);
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        (None, None) => word
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    };
    mix(state, last)
}

/// Folds letters to one case (and some signs to others, which does no harm) and multiplies.
fn mix(state: u64, bytes: u64) -> u64 {
    const FACTOR: u128 = 0xd6e8_feb8_6659_fd93;
    let folded = state ^ (bytes | 0x2020_2020_2020_2020);
    let product = u128::from(folded ^ 0xa076_1d64_78bd_642f) * FACTOR;
    (product >> 64) as u64 ^ product as u64
}

/// Values by keys, several for one key where there are.
#[derive(Debug)]
pub(super) struct Index<T> {
    /// In order.
    entries: Vec<(u64, T)>,
    /// Where the entries begin whose keys begin with these bits.
    starts: Vec<u32>,
    shift: u32,
}

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<T> Index<T> {
    /// Keeps the order of those with the same key.
    pub(super) fn new(mut entries: Vec<(u64, T)>) -> Self {
        entries.sort_by_key(|(key, _)| *key);
        let bits = entries.len().next_power_of_two().ilog2().clamp(1, 31);
        let shift = 64 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for (key, _) in &entries {
            if let Some(count) = starts.get_mut((key >> shift) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self {
            entries,
            starts,
            shift,
        }
    }

    /// What stands under a key.
    pub(super) fn get(&self, key: u64) -> impl Iterator<Item = &T> {
        let place = (key >> self.shift) as usize;
        let bounds = self.starts.get(place).zip(self.starts.get(place + 1));
        let bucket = bounds
            .and_then(|(start, end)| self.entries.get(*start as usize..*end as usize))
            .unwrap_or_default();
        bucket
            .iter()
            .filter(move |(found, _)| *found == key)
            .map(|(_, value)| value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Which keys there are. Most of those that are not are told from a few bits.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    /// Each key sets three bits of one word.
    bits: Vec<u64>,
    keys: Index<()>,
}

impl KeySet {
    /// Bits for each key: few enough to stay in a cache, and one miss in thirty passes.
    const BITS_PER_KEY: usize = 12;

    pub(super) fn new(mut keys: Vec<u64>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        let words = (keys.len() * Self::BITS_PER_KEY / 64 + 1).next_power_of_two();
        let mut bits = vec![0; words];
        for key in &keys {
            let place = Self::place(*key, words);
            if let Some(word) = bits.get_mut(place) {
                *word |= Self::mask(*key);
            }
        }
        let keys = Index::new(keys.into_iter().map(|key| (key, ())).collect());
        Self { bits, keys }
    }

    fn place(key: u64, words: usize) -> usize {
        (key >> 18) as usize & (words - 1)
    }

    fn mask(key: u64) -> u64 {
        1 << (key & 63) | 1 << (key >> 6 & 63) | 1 << (key >> 12 & 63)
    }

    #[inline]
    pub(super) fn contains(&self, key: u64) -> bool {
        let mask = Self::mask(key);
        let word = self.bits.get(Self::place(key, self.bits.len().max(1)));
        word.is_some_and(|word| word & mask == mask) && self.is_certain(key)
    }

    #[cold]
    fn is_certain(&self, key: u64) -> bool {
        self.keys.get(key).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_without_case_and_nothing_else() {
        let words = [
            "a",
            "ab",
            "abc",
            "abcd",
            "abcde",
            "abcdefg",
            "abcdefgh",
            "abcdefghi",
            "abcdefghijklmnop",
            "abcdefghijklmnopq",
            "aaa",
            "aaaa",
            "aaaaaaaa",
            "aaaaaaaaa",
        ];
        for (place, word) in words.iter().enumerate() {
            assert_eq!(
                key(word.as_bytes()),
                key(word.to_uppercase().as_bytes()),
                "{word}"
            );
            for other in &words[..place] {
                assert_ne!(
                    key(word.as_bytes()),
                    key(other.as_bytes()),
                    "{word} {other}"
                );
            }
        }
    }

    #[test]
    fn what_is_in_is_found_and_nothing_else() {
        let numbers: Vec<u64> = (0..20_000).map(|n| key(n.to_string().as_bytes())).collect();
        let (inside, outside) = numbers.split_at(10_000);
        let set = KeySet::new(inside.to_vec());
        assert!(inside.iter().all(|key| set.contains(*key)));
        assert!(!outside.iter().any(|key| set.contains(*key)));
        let index = Index::new(
            inside
                .iter()
                .chain(inside)
                .zip(0..)
                .map(|(k, n)| (*k, n))
                .collect(),
        );
        assert_eq!(index.get(inside[7]).collect::<Vec<_>>(), [&7, &10_007]);
        assert_eq!(index.get(outside[7]).count(), 0);
        assert!(!KeySet::default().contains(0));
    }
}
