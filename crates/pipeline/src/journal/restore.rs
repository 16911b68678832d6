//! Reading a journal, whatever state it was left in.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use daylight_evidence::{Files, Numbering};
use daylight_hunt::Observations;
use daylight_model::Rule;

use super::{Entry, HEAD_BYTES, Identity, With, refused};
use crate::Error;
use crate::findings::{Collector, damaged};

/// What was found in the files that need not be read again.
#[derive(Debug, Default)]
pub(crate) struct Restored {
    pub(crate) collector: Collector,
    pub(crate) observations: Observations,
}

impl Restored {
    /// Takes over what is known of files that have not changed since, and cuts off a torn end.
    /// What is to follow goes behind.
    pub(super) fn take(
        &mut self,
        path: &Path,
        file: &mut File,
        with: &With<'_>,
        files: &mut Files,
    ) -> Result<(), Error> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::InvalidData => refused(path, "it is damaged, or of another version"),
            _ => Error::Write {
                path: path.to_owned(),
                source,
            },
        };
        let mut difference = None;
        let mut finished = Finished::new(files);
        let end = each_entry(file, |entry| {
            match entry {
                Entry::Run(before) => {
                    difference = difference.or(with.difference(&before));
                    finished.run += 1;
                }
                Entry::File(number, identity) => finished.add(number, &identity),
                _ => {}
            }
            Ok(())
        });
        let end = end.map_err(failed)?;
        if let Some(what) = difference {
            return Err(refused(path, &format!("it was begun with {what}")));
        }
        for number in finished.numbers.values() {
            files.leave_out(*number);
        }
        self.add(finished, file, files).map_err(failed)?;
        file.set_len(end).map_err(failed)?;
        file.seek(SeekFrom::Start(end)).map_err(failed)?;
        Ok(())
    }

    /// What was found in the files that were read to their end.
    fn add(
        &mut self,
        mut finished: Finished,
        file: &mut File,
        files: &mut Files,
    ) -> io::Result<()> {
        let mut rules: HashMap<usize, Arc<Rule>> = HashMap::new();
        finished.run = 0;
        each_entry(file, |entry| {
            match entry {
                Entry::Run(_) => {
                    finished.run += 1;
                    rules.clear();
                }
                Entry::Rule(number, text) => {
                    let rule = serde_json::from_str(&text).map_err(damaged)?;
                    rules.insert(number, Arc::new(rule));
                }
                Entry::Finding(mut row) => {
                    if let Some(source) = finished.source(row.9) {
                        row.9 = source;
                        let rule = rules.get(&row.0).ok_or(io::ErrorKind::InvalidData)?;
                        self.collector.add(&mut vec![row.finding(rule)]);
                    }
                }
                Entry::Observation(one) => {
                    if let Some(source) = finished.source(one.source) {
                        let mut one = one.into_owned();
                        one.source = source;
                        self.observations.restore(one);
                    }
                }
                Entry::LeftOut(source, count) => {
                    if finished.source(source).is_some() {
                        self.observations.leave_out(count);
                    }
                }
                Entry::Source(number, record) => {
                    if let Some(number) = finished.source(number) {
                        files.add_source(number, record.into_owned());
                    }
                }
                Entry::File(..) => {}
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// How many files were read to their end.
pub(super) fn finished_count(file: &mut File) -> io::Result<u64> {
    let mut count = 0;
    let whole = each_entry(file, |entry| {
        count += u64::from(matches!(entry, Entry::File(..)));
        Ok(())
    });
    match whole {
        // Of some other version: whatever it is, it is not ours to throw away.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(count.max(1)),
        other => other.map(|_| count),
    }
}

/// Files that were read to their end, by run and by number in it, with the numbers they have now.
struct Finished {
    run: usize,
    numbers: HashMap<(usize, usize), usize>,
    /// Files of now that are not among them yet.
    wanted: HashMap<Identity, Vec<usize>>,
}

impl Finished {
    fn new(files: &Files) -> Self {
        let mut wanted: HashMap<Identity, Vec<usize>> = HashMap::new();
        for (number, file) in files.list().iter().enumerate() {
            wanted.entry(file.into()).or_default().push(number);
        }
        Self {
            run: 0,
            numbers: HashMap::new(),
            wanted,
        }
    }

    fn add(&mut self, number: usize, identity: &Identity) {
        if let Some(now) = self.wanted.get_mut(identity).and_then(Vec::pop) {
            self.numbers.insert((self.run, number), now);
        }
    }

    /// The number that a source has now, where its file is among them.
    fn source(&self, before: usize) -> Option<usize> {
        let now = self.numbers.get(&(self.run, Numbering::file(before)))?;
        Some(Numbering::in_file(before, *now))
    }
}

/// Goes through the entries from the beginning, up to the first that is torn; gives where that
/// begins.
fn each_entry(
    file: &mut File,
    mut each: impl FnMut(Entry<'_>) -> io::Result<()>,
) -> io::Result<u64> {
    file.rewind()?;
    let mut left = file.metadata()?.len();
    let mut end = 0;
    let mut input = BufReader::new(file);
    let mut body = Vec::new();
    while left >= HEAD_BYTES as u64 {
        let mut head = [0; HEAD_BYTES];
        input.read_exact(&mut head)?;
        let head = u64::from_le_bytes(head);
        let (length, sum) = (head & u64::from(u32::MAX), (head >> 32) as u32);
        left -= HEAD_BYTES as u64;
        if length == 0 || length > left {
            break;
        }
        left -= length;
        body.resize(length as usize, 0);
        input.read_exact(&mut body)?;
        if crc32fast::hash(&body) != sum {
            break;
        }
        each(postcard::from_bytes(&body).map_err(damaged)?)?;
        end += HEAD_BYTES as u64 + length;
    }
    Ok(end)
}
