//! Whether two texts are one story: a sketch of each, small enough to compare with thousands.
//!
//! MinHash (Broder 1997): of the hashes of all runs of a few words, the least under each of
//! many orders. Two texts agree in as large a part of these as they share of their runs.

/// Words in a run.
const RUN_WORDS: usize = 4;
/// Orders, each giving one number of the sketch.
const ORDERS: usize = 128;
/// Texts of fewer words are not compared: short notes agree by chance.
const WORDS_MIN: usize = 40;
/// The part of the numbers in which reprints agree. A reprint loses its dateline and a few
/// paragraphs; two outlets writing of one event share hardly a run of four words.
const REPRINT_SHARE: f64 = 0.5;

/// The sketch of a text; empty where the text is too short.
pub(crate) fn sketch(text: &str) -> Vec<u8> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.len() < WORDS_MIN {
        return Vec::new();
    }
    let mut least = [u32::MAX; ORDERS];
    for run in words.windows(RUN_WORDS) {
        let first = hash(run);
        for (order, least) in least.iter_mut().enumerate() {
            *least = (*least).min(reorder(first, order as u64));
        }
    }
    least
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

/// Whether two sketches are of one story.
pub(crate) fn is_reprint(one: &[u8], other: &[u8]) -> bool {
    if one.is_empty() || one.len() != other.len() {
        return false;
    }
    let (ones, others) = (one.as_chunks::<4>().0, other.as_chunks::<4>().0);
    let equal = ones
        .iter()
        .zip(others)
        .filter(|(one, other)| one == other)
        .count();
    equal as f64 >= REPRINT_SHARE * ones.len() as f64
}

/// FNV-1a: the same in every version of every compiler, since sketches are kept.
fn hash(run: &[String]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for word in run {
        for byte in word.bytes().chain([b' ']) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

/// The finalizer of SplitMix64, another order for each number.
fn reorder(hash: u64, order: u64) -> u32 {
    let mut mixed = hash.wrapping_add((order + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(from: usize, words: usize) -> String {
        let word = |number: usize| format!("w{} ", number * 7_919 % 1_000);
        (from..from + words).map(word).collect()
    }

    #[test]
    fn reprints_and_other_stories() {
        let original = sketch(&story(0, 400));
        let check =
            |text: &str, expected| assert_eq!(is_reprint(&original, &sketch(text)), expected);
        check(&story(0, 400).to_uppercase().replace(' ', ",\n"), true);
        check(
            &format!("Dateline, Agency. {} Subscribe now!", story(0, 350)),
            true,
        );
        check(&story(400, 400), false);
        check(&story(300, 400), false);
        assert!(!is_reprint(&sketch("too short"), &sketch("too short")));
    }
}
