//! Which files there are to read.

use std::fs;
use std::path::{Path, PathBuf};

use daylight_model::{Limits, Problem, Timestamp};

/// A regular file, as it was found before anything of it was read.
#[derive(Debug)]
pub struct FoundFile {
    /// As it was handed in, or below what was.
    pub path: PathBuf,
    /// How large it is.
    pub size_bytes: u64,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
}

/// What a walk over the paths came to.
#[derive(Debug, Default)]
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
    let mut pseudo = Pseudo::default();
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
        if pseudo.holds(&path, &metadata) {
            found.problem(&path, "on a file system of the kernel's, not read");
        } else if metadata.is_dir() {
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
        } else if is_hollow(&metadata) {
            let message = format!(
                "sparse: of its {} bytes hardly any are stored; not read",
                metadata.len()
            );
            found.problem(&path, message);
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

/// Which file systems are made up by the kernel: files in them have no end, or wait for one.
#[derive(Default)]
struct Pseudo {
    #[cfg(target_os = "linux")]
    devices: std::collections::HashMap<u64, bool>,
}

impl Pseudo {
    #[cfg(target_os = "linux")]
    fn holds(&mut self, path: &Path, metadata: &fs::Metadata) -> bool {
        use std::os::linux::fs::MetadataExt;
        /// Linux, `magic.h`: proc, sysfs, debugfs, tracefs, securityfs, cgroup and cgroup2, bpf,
        /// configfs, pstore.
        const KINDS: [u32; 10] = [
            0x9fa0,
            0x6265_6572,
            0x6462_6720,
            0x7472_6163,
            0x7363_6673,
            0x0027_e0eb,
            0x6367_7270,
            0xcafe_4a11,
            0x6265_6570,
            0x6165_676c,
        ];
        *self.devices.entry(metadata.st_dev()).or_insert_with(|| {
            let found = rustix::fs::statfs(path);
            found.is_ok_and(|found| KINDS.contains(&(found.f_type as u32)))
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn holds(&mut self, _: &Path, _: &fs::Metadata) -> bool {
        false
    }
}

/// Files of this size that are nearly all holes hold nothing worth the time it takes to read them.
const HOLLOW_BYTES_MIN: u64 = 4 << 30;

#[cfg(unix)]
fn is_hollow(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.len() >= HOLLOW_BYTES_MIN && metadata.blocks() * 512 < metadata.len() / 1_000
}

#[cfg(not(unix))]
fn is_hollow(metadata: &fs::Metadata) -> bool {
    metadata.len() > 1 << 40
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
