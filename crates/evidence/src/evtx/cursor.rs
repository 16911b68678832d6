//! Reading bytes of a chunk in order, and what is said where that cannot be done.

use std::fmt;

/// What is wrong with a record, and where in its chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) what: &'static str,
    pub(super) at: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {} of the chunk", self.what, self.at)
    }
}

/// A place in a chunk. Offsets in BinXML count from the start of the chunk, and so do these.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    /// The chunk up to where reading must stop.
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Reads from `at` to `end` or the end of the data.
    pub(super) fn new(data: &'a [u8], at: usize, end: usize) -> Self {
        let data = data.get(..end).unwrap_or(data);
        Self { data, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.data.len()
    }

    pub(super) fn fault(&self, what: &'static str) -> Fault {
        Fault { what, at: self.at }
    }

    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> Result<&'a [u8], Fault> {
        let taken = self
            .at
            .checked_add(bytes)
            .and_then(|end| self.data.get(self.at..end));
        match taken {
            Some(taken) => {
                self.at += bytes;
                Ok(taken)
            }
            None => Err(self.fault("the data ends too early")),
        }
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.take(N)?;
        Ok(bytes.first_chunk::<N>().copied().unwrap_or([0; N]))
    }

    #[inline]
    pub(super) fn u8(&mut self) -> Result<u8, Fault> {
        self.array::<1>().map(|[byte]| byte)
    }

    #[inline]
    pub(super) fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_le_bytes)
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    #[inline]
    pub(super) fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn guid(&mut self) -> Result<[u8; 16], Fault> {
        self.array()
    }
}
