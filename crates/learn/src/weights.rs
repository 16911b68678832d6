//! The table from features to weights, read where it lies.

use thiserror::Error;

/// The most labels a model may have: the number of a label is one byte.
const LABELS_MAX: usize = 256;

/// What is wrong with the bytes of a model.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file is something else.
    #[error("not a model of this kind: it begins with {found:?}, not {expected:?}")]
    Kind {
        /// The first four bytes.
        found: Vec<u8>,
        /// Those of the kind of model.
        expected: Vec<u8>,
    },
    /// The file ends too early.
    #[error("the model is cut off: byte {wanted} is wanted, there are {length}")]
    CutOff {
        /// The byte that is not there.
        wanted: usize,
        /// How many there are.
        length: usize,
    },
    /// A number that cannot be.
    #[error("wrong at byte {offset}: {what}")]
    Wrong {
        /// What is wrong.
        what: &'static str,
        /// Where it stands.
        offset: usize,
    },
}

/// Goes through the bytes of a model.
pub(crate) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8], magic: &[u8; 4]) -> Result<Self, ModelError> {
        if !bytes.starts_with(magic) {
            let found = bytes.get(..4).unwrap_or(bytes).to_vec();
            return Err(ModelError::Kind {
                found,
                expected: magic.to_vec(),
            });
        }
        Ok(Self { bytes, at: 4 })
    }

    pub(crate) fn bytes(&mut self, count: usize, size: usize) -> Result<&'b [u8], ModelError> {
        let end = count.saturating_mul(size).saturating_add(self.at);
        let taken = self.bytes.get(self.at..end);
        let length = self.bytes.len();
        self.at = end;
        taken.ok_or(ModelError::CutOff {
            wanted: end,
            length,
        })
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn number(&mut self) -> Result<usize, ModelError> {
        let bytes = self.bytes(1, 4)?;
        Ok(number(bytes, 0) as usize)
    }

    pub(crate) fn floats(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        let bytes = self.bytes(count, 4)?;
        Ok(bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect())
    }

    pub(crate) const fn wrong(&self, what: &'static str) -> ModelError {
        ModelError::Wrong {
            what,
            offset: self.at,
        }
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes
        .get(at..at + 4)
        .and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_le_bytes)
}

/// Weights of features for each of some labels.
///
/// In the file: (u32) labels, slots and entries, the largest weight (f32); the labels, each as
/// its length (u32) and UTF-8; the slots; the entries. A slot is the low half of a feature's
/// number, then (u32) where its entries begin times 256, plus how many there are; one in five
/// is empty. An entry is a label and a weight, one byte each; a weight's lower seven bits are
/// its size in twelfths of a power of two below the largest, its upper bit the sign.
#[derive(Debug, Clone)]
pub struct Weights<'b> {
    labels: Vec<&'b str>,
    sizes: Box<[f32; 256]>,
    slots: &'b [u8],
    slots_count: usize,
    entries: &'b [u8],
    /// One bit for each remainder of a feature's number that some feature has: most features of
    /// a text have no weight, and need not be looked for.
    had: Vec<u64>,
}

impl<'b> Weights<'b> {
    pub(crate) fn read(reader: &mut Reader<'b>) -> Result<Self, ModelError> {
        let labels_count = reader.number()?;
        let slots_count = reader.number()?;
        let entries = reader.number()?;
        let largest = reader.floats(1)?;
        if labels_count == 0 || labels_count > LABELS_MAX {
            return Err(reader.wrong("the number of labels"));
        }
        let mut labels = Vec::with_capacity(labels_count);
        for _ in 0..labels_count {
            let length = reader.number()?;
            let name = std::str::from_utf8(reader.bytes(1, length)?);
            labels.push(name.map_err(|_| reader.wrong("a label that is not UTF-8"))?);
        }
        let slots = reader.bytes(slots_count, 8)?;
        let mut had = vec![0_u64; (slots_count / 4).next_power_of_two()];
        for slot in slots.as_chunks::<8>().0 {
            if number(slot, 4) != 0 {
                let (word, bit) = bit_of(number(slot, 0), had.len());
                had[word] |= bit;
            }
        }
        Ok(Self {
            labels,
            had,
            sizes: Box::new(sizes(largest.first().copied().unwrap_or_default())),
            slots,
            slots_count,
            entries: reader.bytes(entries, 2)?,
        })
    }

    /// The labels, in the order of the scores.
    #[must_use]
    pub fn labels(&self) -> &[&'b str] {
        &self.labels
    }

    /// Adds the weights of a feature to the scores of the labels.
    pub fn add(&self, feature: u64, scores: &mut [f32]) {
        for entry in self.entries_of(feature).as_chunks::<2>().0 {
            if let Some(score) = scores.get_mut(usize::from(entry[0])) {
                *score += self.sizes[usize::from(entry[1])];
            }
        }
    }

    /// Adds the weights of a feature, times `value`.
    pub fn add_times(&self, feature: u64, value: f32, scores: &mut [f32]) {
        for entry in self.entries_of(feature).as_chunks::<2>().0 {
            if let Some(score) = scores.get_mut(usize::from(entry[0])) {
                *score += value * self.sizes[usize::from(entry[1])];
            }
        }
    }

    /// The entries of a feature; none where it has no weight.
    fn entries_of(&self, feature: u64) -> &'b [u8] {
        let (word, bit) = bit_of(feature as u32, self.had.len());
        if self.had.get(word).is_none_or(|had| had & bit == 0) {
            return &[];
        }
        let mut slot = slot_of(feature, self.slots_count);
        for _ in 0..self.slots_count {
            let place = number(self.slots, 8 * slot + 4);
            if place == 0 {
                break;
            }
            if number(self.slots, 8 * slot) == feature as u32 {
                let start = 2 * (place >> 8) as usize;
                let end = start + 2 * (place & 0xff) as usize;
                return self.entries.get(start..end).unwrap_or_default();
            }
            slot = (slot + 1) % self.slots_count;
        }
        &[]
    }
}

fn slot_of(feature: u64, slots: usize) -> usize {
    (((feature >> 32) * slots as u64) >> 32) as usize
}

/// Where the bit of a number stands among so many words, a power of two.
const fn bit_of(low: u32, words: usize) -> (usize, u64) {
    ((low >> 6) as usize & (words - 1), 1 << (low & 63))
}

/// What each byte of an entry weighs.
fn sizes(largest: f32) -> [f32; 256] {
    let mut sizes = [0.0; 256];
    for step in 1..128_u8 {
        let size = largest * (f32::from(step) - 127.0).mul_add(1.0 / 12.0, 0.0).exp2();
        sizes[usize::from(step)] = size;
        sizes[usize::from(step) + 128] = -size;
    }
    sizes
}

/// Writes labels and weights: of each feature the weights of all labels in order. Weights that
/// round to nothing are left out, and so are features without any.
pub(crate) fn write(labels: &[&str], features: &[(u64, Vec<f32>)], bytes: &mut Vec<u8>) {
    let largest = features
        .iter()
        .flat_map(|feature| &feature.1)
        .fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let mut entries: Vec<u8> = Vec::new();
    let mut placed: Vec<(u64, u32)> = Vec::new();
    for (feature, weights) in features {
        let start = entries.len() / 2;
        for (label, weight) in weights.iter().enumerate() {
            let step = byte_of(*weight, largest);
            if step & 0x7f > 0 {
                entries.extend([label as u8, step]);
            }
        }
        let count = entries.len() / 2 - start;
        if count > 0 {
            placed.push((*feature, (start as u32) << 8 | count as u32));
        }
    }
    let slots_count = placed.len() * 5 / 4 + 1;
    let mut slots = vec![(0_u32, 0_u32); slots_count];
    for (feature, place) in &placed {
        let mut slot = slot_of(*feature, slots_count);
        while slots[slot].1 != 0 {
            slot = (slot + 1) % slots_count;
        }
        slots[slot] = (*feature as u32, *place);
    }
    for number in [labels.len(), slots_count, entries.len() / 2] {
        bytes.extend((number as u32).to_le_bytes());
    }
    bytes.extend(largest.to_le_bytes());
    for label in labels {
        bytes.extend((label.len() as u32).to_le_bytes());
        bytes.extend(label.as_bytes());
    }
    for (low, place) in slots {
        bytes.extend(low.to_le_bytes());
        bytes.extend(place.to_le_bytes());
    }
    bytes.extend(entries);
}

/// The byte nearest to a weight.
fn byte_of(weight: f32, largest: f32) -> u8 {
    let step = ((weight.abs() / largest).log2() * 12.0 + 127.0).round();
    // Nothing at all is infinitely far below the largest, and the cast makes it 0.
    let size = step as u8;
    if size > 0 && weight < 0.0 {
        size | 0x80
    } else {
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(features: &[(u64, Vec<f32>)]) -> Vec<u8> {
        let mut bytes = b"TEST".to_vec();
        write(&["O", "B-X"], features, &mut bytes);
        bytes
    }

    #[test]
    fn weights_come_back_within_a_twenty_fifth() {
        let features: Vec<(u64, Vec<f32>)> = (0..1000_u64)
            .map(|n| {
                (
                    crate::hash(&n.to_le_bytes()),
                    vec![n as f32 / 100.0 + 0.1, -3.0],
                )
            })
            .collect();
        let bytes = written(&features);
        let weights = Weights::read(&mut Reader::new(&bytes, b"TEST").unwrap()).unwrap();
        assert_eq!(weights.labels(), ["O", "B-X"]);
        for (feature, expected) in &features {
            let mut scores = [0.0; 2];
            weights.add(*feature, &mut scores);
            for (score, expected) in scores.iter().zip(expected) {
                assert!(
                    (score - expected).abs() <= expected.abs() / 25.0,
                    "{score} {expected}"
                );
            }
        }
        let mut scores = [0.0; 2];
        weights.add(crate::hash(b"never seen"), &mut scores);
        assert_eq!(scores, [0.0; 2]);
    }

    #[test]
    fn a_model_that_is_cut_off_is_refused() {
        let bytes = written(&[(7, vec![1.0, 2.0])]);
        for length in 0..bytes.len() {
            let read = Reader::new(&bytes[..length], b"TEST")
                .and_then(|mut reader| Weights::read(&mut reader));
            assert!(read.is_err(), "{length} bytes");
        }
    }
}
