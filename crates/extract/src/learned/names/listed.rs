//! Names that background knowledge lists, as hashes.

use daylight_learn::{hash, mix};

/// Longer names are looked up by so many words.
const WORDS_MAX: usize = 4;

/// The hash of each listed name with the kinds of what bears it, in order, and the hashes of
/// the first words of those of several words.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    names: Vec<(u64, u8)>,
    first_words: Vec<u64>,
}

impl Listed {
    /// A list of names, each with its kinds as bits (the two highest are not to be used).
    #[must_use]
    pub fn new<'n>(names: impl IntoIterator<Item = (&'n str, u8)>) -> Self {
        let mut listed = Self::default();
        for (name, kinds) in names {
            let lower = name.to_lowercase();
            let words: Vec<u64> = daylight_learn::cut(&lower)
                .into_iter()
                .map(|at| hash(lower[at].as_bytes()))
                .collect();
            let Some((&first, rest)) = words.split_first() else {
                continue;
            };
            if words.len() > WORDS_MAX {
                continue;
            }
            if !rest.is_empty() {
                listed.first_words.push(first);
            }
            listed
                .names
                .push((rest.iter().fold(first, |all, word| mix(all, *word)), kinds));
        }
        listed.names.sort_unstable();
        listed.names.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 |= later.1;
            }
            same
        });
        listed.first_words.sort_unstable();
        listed.first_words.dedup();
        listed
    }

    /// The list as it stands in a model: its names, then its first words.
    #[must_use]
    pub fn to_bytes(&self) -> [Vec<u8>; 2] {
        let names = self.names.iter();
        [
            names
                .flat_map(|(name, kinds)| [&name.to_le_bytes()[..], &[*kinds]].concat())
                .collect(),
            self.first_words
                .iter()
                .flat_map(|word| word.to_le_bytes())
                .collect(),
        ]
    }

    pub(super) fn from_bytes(names: &[u8], first_words: &[u8]) -> Self {
        let number = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let names = names.as_chunks::<9>().0.iter();
        Self {
            names: names
                .filter_map(|entry| Some((number(entry.first_chunk()?), entry[8])))
                .collect(),
            first_words: first_words.as_chunks::<8>().0.iter().map(number).collect(),
        }
    }

    /// The kinds of a name, given as the hash of its words.
    pub(crate) fn kinds(&self, name: u64) -> u8 {
        self.names
            .binary_search_by_key(&name, |one| one.0)
            .map_or(0, |at| self.names[at].1)
    }

    pub(crate) fn begins(&self, word: u64) -> bool {
        self.first_words.binary_search(&word).is_ok()
    }

    /// The longest listed name of several words at the beginning of `words`: how many words it
    /// has, and its kinds.
    pub(crate) fn longest(&self, words: impl Iterator<Item = u64>) -> Option<(usize, u8)> {
        let mut name = 0;
        let mut longest = None;
        for (at, word) in words.take(WORDS_MAX).enumerate() {
            name = if at == 0 { word } else { mix(name, word) };
            if at > 0 {
                let kinds = self.kinds(name);
                if kinds != 0 {
                    longest = Some((at + 1, kinds));
                }
            }
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_listed_name_counts() {
        let listed = Listed::new([
            ("Tin", 2),
            ("Tin Crow", 1),
            ("Tin Crow Nest", 4),
            ("tin", 16),
        ]);
        let [names, first_words] = listed.to_bytes();
        let listed = Listed::from_bytes(&names, &first_words);
        let words = |text: &str| -> Vec<u64> {
            text.split(' ').map(|word| hash(word.as_bytes())).collect()
        };
        assert_eq!(listed.kinds(hash(b"tin")), 18);
        assert_eq!(listed.kinds(hash(b"crow")), 0);
        assert!(listed.begins(hash(b"tin")));
        assert!(!listed.begins(hash(b"crow")));
        let longest = |text: &str| listed.longest(words(text).into_iter());
        assert_eq!(longest("tin crow nest robbed"), Some((3, 4)));
        assert_eq!(longest("tin crow robbed"), Some((2, 1)));
        assert_eq!(longest("tin robbed"), None);
    }
}
