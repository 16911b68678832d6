//! Several models in one file.

use crate::weights::{ModelError, Reader};

/// A model that is a part of a file: the file begins with four bytes that name its kind; each
/// part is its length (u32) and its bytes.
#[derive(Debug)]
pub struct Part;

impl Part {
    /// The parts of a file.
    ///
    /// # Errors
    /// Where the file is of another kind, or cut off.
    pub fn all<'b>(
        bytes: &'b [u8],
        magic: &[u8; 4],
    ) -> Result<impl Iterator<Item = &'b [u8]> + use<'b>, ModelError> {
        let mut reader = Reader::new(bytes, magic)?;
        let mut parts = Vec::new();
        while !reader.is_empty() {
            let length = reader.number()?;
            parts.push(reader.bytes(1, length)?);
        }
        Ok(parts.into_iter())
    }

    /// Writes parts into one file.
    #[must_use]
    pub fn write(magic: &[u8; 4], parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
        let mut bytes = magic.to_vec();
        for part in parts {
            bytes.extend((part.len() as u32).to_le_bytes());
            bytes.extend(part);
        }
        bytes
    }
}
