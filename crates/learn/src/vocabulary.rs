//! What is known of common words before any model is trained: clusters of words that are used
//! alike, and a short vector for each.

use crate::weights::{ModelError, Reader};

/// The most clusterings a vocabulary may hold.
const CLUSTERINGS_MAX: usize = 8;
const MAGIC: &[u8; 4] = b"DLW1";

/// Words with the clusters they are in and their vectors, read where they lie.
///
/// The file: `DLW1`, then (u32, little-endian) words, clusterings and dimensions, then for each
/// word, in order of the hash of its lower-case form, that hash (u64); then for each word its
/// clusters (u16 each), then for each word its vector (i8 each).
#[derive(Debug, Clone, Copy)]
pub struct Vocabulary<'b> {
    words: usize,
    clusterings: usize,
    dimensions: usize,
    hashes: &'b [u8],
    clusters: &'b [u8],
    vectors: &'b [u8],
}

/// The number of a word in a [`Vocabulary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(u32);

impl<'b> Vocabulary<'b> {
    /// Reads a vocabulary.
    ///
    /// # Errors
    /// Where the bytes are no vocabulary, or cut off.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes, MAGIC)?;
        let words = reader.number()?;
        let clusterings = reader.number()?;
        let dimensions = reader.number()?;
        if clusterings > CLUSTERINGS_MAX {
            return Err(reader.wrong("the number of clusterings"));
        }
        Ok(Self {
            words,
            clusterings,
            dimensions,
            hashes: reader.bytes(words, 8)?,
            clusters: reader.bytes(words, 2 * clusterings)?,
            vectors: reader.bytes(words, dimensions)?,
        })
    }

    /// Finds a word by the [`hash`](crate::hash) of its lower-case form.
    #[must_use]
    pub fn find(&self, lower: u64) -> Option<Word> {
        // Hashes are spread evenly: guess the place, and look around it.
        let (mut from, mut to) = (0, self.words);
        while from < to {
            let middle = from + (to - from) / 2;
            match self.hash_at(middle).cmp(&lower) {
                std::cmp::Ordering::Equal => return u32::try_from(middle).ok().map(Word),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    fn hash_at(&self, word: usize) -> u64 {
        let bytes = self.hashes.get(8 * word..8 * word + 8);
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, u64::from_le_bytes)
    }

    /// How many words there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.words
    }

    /// Whether there is no word.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.words == 0
    }

    /// How long a vector is.
    #[must_use]
    pub const fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The clusters of a word, from the coarsest clustering to the finest.
    pub fn clusters(&self, word: Word) -> impl Iterator<Item = u16> + 'b {
        let from = 2 * self.clusterings * word.0 as usize;
        let bytes = self
            .clusters
            .get(from..from + 2 * self.clusterings)
            .unwrap_or_default();
        bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|bytes| u16::from_le_bytes(*bytes))
    }

    /// The vector of a word, a 127th part of its length each.
    pub fn vector(&self, word: Word) -> impl Iterator<Item = f32> + 'b {
        let from = self.dimensions * word.0 as usize;
        let bytes = self
            .vectors
            .get(from..from + self.dimensions)
            .unwrap_or_default();
        bytes
            .iter()
            .map(|byte| f32::from(byte.cast_signed()) / 127.0)
    }
}

/// Writes a vocabulary: of each word the hash of its lower-case form, its clusters and its vector.
#[must_use]
pub fn write_vocabulary(mut words: Vec<(u64, Vec<u16>, Vec<i8>)>) -> Vec<u8> {
    words.sort();
    words.dedup_by_key(|word| word.0);
    let (clusterings, dimensions) = words
        .first()
        .map_or((0, 0), |word| (word.1.len(), word.2.len()));
    let mut bytes = MAGIC.to_vec();
    for number in [words.len(), clusterings, dimensions] {
        bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }
    bytes.extend(words.iter().flat_map(|word| word.0.to_le_bytes()));
    bytes.extend(
        words
            .iter()
            .flat_map(|word| &word.1)
            .flat_map(|cluster| cluster.to_le_bytes()),
    );
    bytes.extend(
        words
            .iter()
            .flat_map(|word| &word.2)
            .map(|part| part.cast_unsigned()),
    );
    bytes
}
