//! Rows as `COPY … (FORMAT binary)` takes them, which costs the server least.

use std::io::Write;

use ::postgres::Transaction;

use crate::Error;

/// How many bytes are handed to the server at once.
const CHUNK_BYTES: usize = 1 << 20;
/// The signature, flags and the length of an extension there is not.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// In place of a number of columns: nothing follows.
const END: i16 = -1;

/// Copies rows into a table; `statement` is `COPY table (columns) FROM STDIN (FORMAT binary)`.
pub(super) fn copy<R>(
    transaction: &mut Transaction<'_>,
    statement: &str,
    rows: impl Iterator<Item = R>,
    mut write: impl FnMut(R, &mut Fields<'_>),
) -> Result<(), Error> {
    let mut writer = transaction.copy_in(statement)?;
    let mut waiting = HEAD.to_vec();
    for row in rows {
        let begins = waiting.len();
        waiting.extend_from_slice(&[0; 2]);
        let mut fields = Fields {
            bytes: &mut waiting,
            count: 0,
        };
        write(row, &mut fields);
        let count = fields.count.to_be_bytes();
        waiting[begins..begins + 2].copy_from_slice(&count);
        if waiting.len() >= CHUNK_BYTES {
            writer.write_all(&waiting).map_err(failed)?;
            waiting.clear();
        }
    }
    waiting.extend_from_slice(&END.to_be_bytes());
    writer.write_all(&waiting).map_err(failed)?;
    writer.finish()?;
    Ok(())
}

/// The server's reason is inside the error of the stream.
fn failed(error: std::io::Error) -> Error {
    let inside = error.into_inner();
    match inside.map(|it| it.downcast::<::postgres::Error>()) {
        Some(Ok(error)) => (*error).into(),
        Some(Err(error)) => Error::Database(error.to_string()),
        None => Error::Database("the connection broke".to_owned()),
    }
}

/// The fields of one row.
pub(super) struct Fields<'a> {
    bytes: &'a mut Vec<u8>,
    count: i16,
}

impl Fields<'_> {
    pub(super) fn number(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count += 1;
        // No field nears 2 GiB: one object has 16 MiB at most.
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn bytes_if_any(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => {
                self.count += 1;
                self.bytes.extend_from_slice(&(-1_i32).to_be_bytes());
            }
        }
    }
}
