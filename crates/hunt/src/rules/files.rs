//! Rule files: which there are, and what they hold.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use daylight_model::Limits;

use super::{RuleProblem, RuleSet};
use crate::Error;
use crate::sigma::{Fault, yaml};

/// Bytes of one rule file; the largest of the big public collections have a third of it.
const RULE_FILE_BYTES_MAX: usize = 1 << 20;

/// Files that a thread reads together.
const FILES_TOGETHER: usize = 32;
/// Threads that read them while the rules of those before are added: half of the time that it
/// takes to start goes into YAML.
const READERS: usize = 4;
/// Readings of each thread that may wait.
const READ_AHEAD: usize = 2;

impl RuleSet {
    /// Adds the rules of a folder's `*.yml` and `*.yaml` files, or those of one file.
    ///
    /// What cannot be used becomes one of [`Self::problems`].
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read, or holds more files than `limits` allow.
    pub fn add_directory(&mut self, path: &Path, limits: &Limits) -> Result<(), Error> {
        self.unsettle();
        let added = self.add_files(path, limits);
        self.settle(limits);
        added
    }

    fn add_files(&mut self, path: &Path, limits: &Limits) -> Result<(), Error> {
        let mut files = Vec::new();
        let cannot_read = |source| Error::Read {
            path: path.to_owned(),
            source,
        };
        if fs::metadata(path).map_err(cannot_read)?.is_dir() {
            let mut walk = Walk::default();
            self.collect(path, &mut walk, limits, limits.depth_max)?;
            files = walk.files;
        } else {
            files.push(path.to_owned());
        }
        files.sort();
        read_all(&files, limits, |file, found| {
            let name = file.display().to_string();
            match found {
                Ok(found) => self.add_documents(found, &name, &name, limits),
                Err(reason) => self.problems.push(RuleProblem {
                    path: name,
                    line: None,
                    rule_id: None,
                    reason,
                }),
            }
        });
        Ok(())
    }

    fn collect(
        &mut self,
        folder: &Path,
        walk: &mut Walk,
        limits: &Limits,
        depth_left: usize,
    ) -> Result<(), Error> {
        let cannot_read = |source| Error::Read {
            path: folder.to_owned(),
            source,
        };
        if !walk
            .folders
            .insert(folder.canonicalize().map_err(cannot_read)?)
        {
            let reason = "leads to a folder that is read already".to_owned();
            let fault = Fault { line: None, reason };
            self.problem(&folder.display().to_string(), None, fault);
            return Ok(());
        }
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .map_err(cannot_read)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(cannot_read)?;
        entries.sort();
        for path in entries {
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() {
                let fault = if depth_left == 0 {
                    Some(format!("folders nest deeper than {}", limits.depth_max))
                } else {
                    let nested = self.collect(&path, walk, limits, depth_left - 1);
                    match nested {
                        Err(Error::Read { source, .. }) => Some(source.to_string()),
                        other => {
                            other?;
                            None
                        }
                    }
                };
                if let Some(reason) = fault {
                    let fault = Fault { line: None, reason };
                    self.problem(&path.display().to_string(), None, fault);
                }
            } else if matches!(extension, Some("yml" | "yaml")) {
                walk.files.push(path);
            }
            if walk.files.len() > limits.files_max {
                return Err(Error::TooMany {
                    path: folder.to_owned(),
                    what: "rule files",
                    expected: limits.files_max as u64,
                    found: walk.files.len() as u64,
                });
            }
        }
        Ok(())
    }
}

/// A folder of rules on the way.
#[derive(Default)]
struct Walk {
    files: Vec<PathBuf>,
    /// Without links, so that one that leads back is not followed for ever.
    folders: HashSet<PathBuf>,
}

/// Calls `each` with the documents of each file, in their order, or why it cannot be read.
/// Other threads read ahead.
fn read_all(
    files: &[PathBuf],
    limits: &Limits,
    mut each: impl FnMut(&Path, Result<yaml::Found, String>),
) {
    let documents = |path: &PathBuf| {
        let text = read(path, limits)?;
        Ok(yaml::documents(&text, limits.depth_max))
    };
    if files.len() < READERS {
        return files.iter().for_each(|path| each(path, documents(path)));
    }
    thread::scope(|scope| {
        // The threads take turns.
        let readers: Vec<_> = (0..READERS)
            .map(|turn| {
                let (sender, receiver) = sync_channel(READ_AHEAD);
                let own = files.chunks(FILES_TOGETHER).skip(turn).step_by(READERS);
                scope.spawn(move || {
                    for files in own {
                        let found: Vec<_> = files.iter().map(documents).collect();
                        if sender.send(found).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        for (files, reader) in files.chunks(FILES_TOGETHER).zip(readers.iter().cycle()) {
            let mut found = reader.recv().unwrap_or_default().into_iter();
            for path in files {
                let lost = || Err("cannot be read".to_owned());
                each(path, found.next().unwrap_or_else(lost));
            }
        }
    });
}

fn read(path: &Path, limits: &Limits) -> Result<String, String> {
    use std::io::Read;
    let limit = limits.record_bytes_max.min(RULE_FILE_BYTES_MAX) as u64;
    let plain = |error: std::io::Error| error.to_string();
    // A pipe would keep us waiting.
    if !fs::metadata(path).map_err(plain)?.is_file() {
        return Err("is no regular file".into());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(plain)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(plain)?;
    if bytes.len() as u64 > limit {
        return Err(format!("larger than the limit of {limit} bytes"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        format!("is not UTF-8 at byte {offset}")
    })
}
