//! What things are found by: short numbers made from ids and names.
//!
//! Ids are 50 bytes long and lie in no order; as 64 bits of their SHA-256 the index of a
//! million objects fits into memory. Two ids may share a number, so whoever looks something
//! up compares the text too.

use sha2::{Digest, Sha256};

/// Why an object is found under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It has this id.
    Is = 0,
    /// It refers to this id.
    RefersTo = 1,
    /// It bears this name, or is this value.
    Called = 2,
}

/// The number of a text.
pub(crate) fn key_of(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// A name as it is compared: `APT 43`, `apt-43` and `APT43` are one spelling.
#[must_use]
pub fn fold(name: &str) -> String {
    let folded: String = name
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect();
    if folded.is_empty() {
        return name.trim().to_lowercase();
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name() {
        for (name, expected) in [
            ("APT 43", "apt43"),
            ("apt-43", "apt43"),
            ("Éxample_Group", "éxamplegroup"),
            (" - ", "-"),
        ] {
            assert_eq!(fold(name), expected);
        }
        assert_ne!(key_of("a"), key_of("b"));
    }
}
