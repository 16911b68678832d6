//! Which files there are to read.

use std::fs;
use std::path::{Path, PathBuf};

use daylight_model::{Limits, Problem, Timestamp};

/// A regular file.
pub(crate) struct FoundFile {
    pub(crate) path: PathBuf,
    pub(crate) size_bytes: u64,
    /// When it was changed last.
    pub(crate) modified: Option<Timestamp>,
}

/// What a walk over the paths came to.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) files: Vec<FoundFile>,
    pub(crate) problems: Vec<Problem>,
}

impl Found {
    fn problem(&mut self, path: &Path, message: impl Into<String>) {
        self.problems.push(Problem {
            path: path.display().to_string(),
            offset: None,
            record: None,
            message: message.into(),
        });
    }
}

/// Lists regular files: the paths in the order given, folders in the order of names.
///
/// A symbolic link is followed where it is handed in, and nowhere below: what it leads to
/// may lie outside the evidence, or lead back.
pub(crate) fn list(paths: &[PathBuf], limits: &Limits) -> Found {
    let mut found = Found::default();
    // A stack instead of recursion; what comes first lies on top.
    let mut pending: Vec<(PathBuf, usize)> =
        paths.iter().rev().map(|path| (path.clone(), 0)).collect();
    while let Some((path, depth)) = pending.pop() {
        let metadata = if depth == 0 {
            fs::metadata(&path)
        } else {
            fs::symlink_metadata(&path)
        };
        let metadata = match metadata {
            Ok(metadata) => metadata,
            Err(error) => {
                found.problem(&path, format!("cannot be opened: {error}"));
                continue;
            }
        };
        if metadata.is_dir() {
            if depth >= limits.depth_max {
                let message = format!("folder is more than {} levels deep", limits.depth_max);
                found.problem(&path, message);
            } else {
                let entries = entries(&path, &mut found);
                pending.extend(entries.into_iter().rev().map(|entry| (entry, depth + 1)));
            }
        } else if metadata.is_symlink() {
            found.problem(&path, "symbolic link, not followed");
        } else if !metadata.is_file() {
            found.problem(&path, "not a regular file");
        } else if found.files.len() >= limits.files_max {
            found.problem(&path, too_many_files(limits));
            break;
        } else {
            found.files.push(FoundFile {
                path,
                size_bytes: metadata.len(),
                modified: metadata
                    .modified()
                    .ok()
                    .and_then(|time| time.try_into().ok()),
            });
        }
    }
    found
}

/// The message for a run that meets more files than it may read.
pub(crate) fn too_many_files(limits: &Limits) -> String {
    format!(
        "more than {} files; this one and those after it are not read",
        limits.files_max
    )
}

/// What lies in a folder, in the order of names.
fn entries(folder: &Path, found: &mut Found) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                match entry {
                    Ok(entry) => paths.push(entry.path()),
                    Err(error) => {
                        found.problem(folder, format!("folder cannot be read on: {error}"));
                        break;
                    }
                }
            }
        }
        Err(error) => found.problem(folder, format!("folder cannot be read: {error}")),
    }
    paths.sort();
    paths
}
