//! Hashes taken while reading.

use std::io::{self, Read};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Passes bytes through, counts and hashes them, and remembers the first error.
///
/// Readers above treat an error as the end of the input; whoever owns this says why.
pub(crate) struct HashingReader<R> {
    inner: R,
    sha256: Sha256,
    /// Hashes of older kinds, where asked for: they take several times as long.
    older: Option<(Md5, Sha1)>,
    pub(crate) bytes: u64,
    pub(crate) error: Option<io::Error>,
}

/// Hashes in lower-case hex.
pub(crate) struct Hashes {
    pub(crate) sha256: String,
    /// MD5 and SHA-1.
    pub(crate) older: Option<(String, String)>,
}

impl<R: Read> HashingReader<R> {
    pub(crate) fn new(inner: R, with_older: bool) -> Self {
        Self {
            inner,
            sha256: Sha256::default(),
            older: with_older.then(Default::default),
            bytes: 0,
            error: None,
        }
    }

    /// The hashes, where the input was read to its end.
    pub(crate) fn finish(self) -> Option<Hashes> {
        let Self {
            sha256,
            older,
            error,
            ..
        } = self;
        error.is_none().then(|| Hashes {
            sha256: hex(&sha256.finalize()),
            older: older.map(|(md5, sha1)| (hex(&md5.finalize()), hex(&sha1.finalize()))),
        })
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(0);
        }
        loop {
            match self.inner.read(buffer) {
                Ok(count) => {
                    let read = buffer.get(..count).unwrap_or_default();
                    self.sha256.update(read);
                    if let Some((md5, sha1)) = &mut self.older {
                        md5.update(read);
                        sha1.update(read);
                    }
                    self.bytes += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error = Some(error);
                    return Ok(0);
                }
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    bytes
        .iter()
        .flat_map(|&byte| [digit(byte >> 4), digit(byte)])
        .collect()
}
