//! Rule files: which there are, and what stands in them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use daylight_model::Limits;

use crate::Error;

/// Bytes of one rule file; the largest public collections come as one file of a third of it.
const RULE_FILE_BYTES_MAX: u64 = 64 << 20;

/// The rule files of a folder and the folders in it, in the order of their names; or the one
/// file. What cannot be listed is told through `problem`.
pub(crate) fn list(
    path: &Path,
    limits: &Limits,
    problem: &mut dyn FnMut(&Path, String),
) -> Result<Vec<PathBuf>, Error> {
    let cannot_read = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    if !fs::metadata(path).map_err(cannot_read)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    fs::read_dir(path).map_err(cannot_read)?;
    let mut files = Vec::new();
    let mut pending = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = pending.pop() {
        if depth > limits.depth_max {
            problem(
                &folder,
                format!("folders nest deeper than {}", limits.depth_max),
            );
            continue;
        }
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                problem(&folder, error.to_string());
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            // A link to a folder may lead back: it is not followed.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                pending.push((path, depth + 1));
            } else if is_rule_file(&path) {
                files.push(path);
            }
        }
        if files.len() > limits.files_max {
            return Err(Error::TooMany {
                path: path.to_owned(),
                expected: limits.files_max,
            });
        }
    }
    if files.is_empty() {
        return Err(Error::NoRules {
            path: path.to_owned(),
        });
    }
    files.sort();
    Ok(files)
}

fn is_rule_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|it| it.eq_ignore_ascii_case("yar") || it.eq_ignore_ascii_case("yara"))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let plain = |error: std::io::Error| error.to_string();
    // A pipe would keep us waiting.
    if !fs::metadata(path).map_err(plain)?.is_file() {
        return Err("is no regular file".into());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(plain)?;
    file.take(RULE_FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(plain)?;
    if bytes.len() as u64 > RULE_FILE_BYTES_MAX {
        return Err(format!(
            "larger than the limit of {RULE_FILE_BYTES_MAX} bytes"
        ));
    }
    Ok(bytes)
}
