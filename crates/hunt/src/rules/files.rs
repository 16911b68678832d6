//! Rule files: which there are, and what they hold.

use std::collections::HashSet;
use std::fs::{self, DirEntry, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use daylight_model::Limits;

use super::RuleSet;
use crate::Error;
use crate::sigma::{Fault, yaml};

/// Bytes of one rule file; the largest of the big public collections have a third of it.
const RULE_FILE_BYTES_MAX: usize = 1 << 20;

/// Files that a thread reads together.
const FILES_TOGETHER: usize = 32;
/// Threads that read them while the rules of those before are added: half of the time that it
/// takes to start goes into YAML.
const READERS: usize = 4;
/// Most rule files are smaller.
const FILE_BYTES: usize = 16 << 10;
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
        let cannot_read = |source| Error::Read {
            path: path.to_owned(),
            source,
        };
        let kind = fs::metadata(path).map_err(cannot_read)?.file_type();
        let mut walk = Walk::default();
        if kind.is_dir() {
            let canonical = path.canonicalize().map_err(cannot_read)?;
            self.collect(path, canonical, &mut walk, limits, limits.depth_max)?;
        } else {
            self.file(path.to_owned(), kind, &mut walk);
        }
        walk.files.sort();
        read_all(&walk.files, limits, |file, found| {
            let name = file.display().to_string();
            match found {
                Ok(found) => self.add_documents(found, &name, &name, limits),
                Err(reason) => self.no_rules(file, reason),
            }
        });
        Ok(())
    }

    /// `canonical` is the folder's path without links: it is known without asking for it, but
    /// where a link leads.
    fn collect(
        &mut self,
        folder: &Path,
        canonical: PathBuf,
        walk: &mut Walk,
        limits: &Limits,
        depth_left: usize,
    ) -> Result<(), Error> {
        let cannot_read = |source| Error::Read {
            path: folder.to_owned(),
            source,
        };
        if !walk.folders.insert(canonical.clone()) {
            self.no_rules(folder, "leads to a folder that is read already".to_owned());
            return Ok(());
        }
        let entries = fs::read_dir(folder).map_err(cannot_read)?;
        let mut entries: Vec<DirEntry> = entries.collect::<Result<_, _>>().map_err(cannot_read)?;
        entries.sort_by_cached_key(DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            match followed(&entry) {
                Ok((kind, linked)) if kind.is_dir() => {
                    let canonical = linked.unwrap_or_else(|| canonical.join(entry.file_name()));
                    let nested = match depth_left.checked_sub(1) {
                        Some(left) => self.collect(&path, canonical, walk, limits, left),
                        None => {
                            let reason = format!("folders nest deeper than {}", limits.depth_max);
                            self.no_rules(&path, reason);
                            Ok(())
                        }
                    };
                    match nested {
                        Err(Error::Read { source, .. }) => self.no_rules(&path, source.to_string()),
                        other => other?,
                    }
                }
                Ok((kind, _)) if is_rule_file(&path) => self.file(path, kind, walk),
                Err(error) if is_rule_file(&path) => self.no_rules(&path, error.to_string()),
                _ => {}
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

    fn file(&mut self, path: PathBuf, kind: FileType, walk: &mut Walk) {
        if kind.is_file() {
            walk.files.push(path);
        } else {
            // A pipe would keep us waiting.
            self.no_rules(&path, "is no regular file".to_owned());
        }
    }

    fn no_rules(&mut self, path: &Path, reason: String) {
        let fault = Fault { line: None, reason };
        self.problem(&path.display().to_string(), None, fault);
    }
}

/// What an entry is, or what it leads to; and, of a link, the path there.
fn followed(entry: &DirEntry) -> io::Result<(FileType, Option<PathBuf>)> {
    let kind = entry.file_type()?;
    if !kind.is_symlink() {
        return Ok((kind, None));
    }
    let linked = entry.path().canonicalize()?;
    Ok((fs::metadata(&linked)?.file_type(), Some(linked)))
}

fn is_rule_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yml" | "yaml"))
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
    if files.len() < READERS {
        let mut memory = Vec::new();
        for path in files {
            each(path, documents(path, limits, &mut memory));
        }
        return;
    }
    thread::scope(|scope| {
        // The threads take turns.
        let readers: Vec<_> = (0..READERS)
            .map(|turn| {
                let (sender, receiver) = sync_channel(READ_AHEAD);
                let own = files.chunks(FILES_TOGETHER).skip(turn).step_by(READERS);
                scope.spawn(move || {
                    let mut memory = Vec::with_capacity(FILE_BYTES);
                    for files in own {
                        let found = files.iter();
                        let found = found.map(|path| documents(path, limits, &mut memory));
                        let found: Vec<_> = found.collect();
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

/// `memory` takes the file's text, one after the other.
fn documents(path: &Path, limits: &Limits, memory: &mut Vec<u8>) -> Result<yaml::Found, String> {
    let limit = limits.record_bytes_max.min(RULE_FILE_BYTES_MAX) as u64;
    memory.clear();
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(memory))
        .map_err(|error| error.to_string())?;
    if memory.len() as u64 > limit {
        return Err(format!("larger than the limit of {limit} bytes"));
    }
    let text = str::from_utf8(memory)
        .map_err(|error| format!("is not UTF-8 at byte {}", error.valid_up_to()))?;
    Ok(yaml::documents(text, limits.depth_max))
}
