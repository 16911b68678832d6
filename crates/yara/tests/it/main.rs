//! YARA rules as files and as matches, and our own rules over pages that must fire them and over
//! near misses that must not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod files;
mod own_rules;
mod scanning;

use std::path::Path;
use std::sync::Arc;

use daylight_yara::{Rules, Wanted, compile};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn compiled(path: &Path) -> Arc<Rules> {
    compile(Wanted {
        paths: vec![path.to_owned()],
        ..Wanted::default()
    })
    .unwrap()
}

/// The rules of one text.
fn rules(text: &str) -> Arc<Rules> {
    let folder = folder(&[("rules.yar", text)]);
    let rules = compiled(folder.path());
    assert_eq!(rules.problems(), []);
    rules
}
