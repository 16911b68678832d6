//! Hashes taken while reading.

use std::io::{self, Read};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Passes bytes through, counts and hashes them, and remembers the first error and, where asked
/// to, the bytes.
///
/// Readers above treat an error as the end of the input; whoever owns this says why.
pub(crate) struct HashingReader<R> {
    inner: R,
    sha256: Sha256,
    /// Hashes of older kinds, where asked for: they take several times as long.
    older: Option<(Md5, Sha1)>,
    pub(crate) bytes: u64,
    pub(crate) error: Option<io::Error>,
    kept: Vec<u8>,
    kept_bytes_max: usize,
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
            kept: Vec::new(),
            kept_bytes_max: 0,
        }
    }

    /// Keeps what was read so far, which is `head`, and goes on keeping up to so many bytes.
    pub(crate) fn keep(&mut self, head: &[u8], bytes_max: usize) {
        self.kept_bytes_max = bytes_max;
        self.kept = head.get(..bytes_max).unwrap_or(head).to_vec();
    }

    /// What was kept, which is kept no longer.
    pub(crate) fn take_kept(&mut self) -> Vec<u8> {
        self.kept_bytes_max = 0;
        std::mem::take(&mut self.kept)
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
                    let room = self.kept_bytes_max.saturating_sub(self.kept.len());
                    self.kept
                        .extend_from_slice(read.get(..room).unwrap_or(read));
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
