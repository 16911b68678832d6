//! The binary, as a person meets it: what it prints, writes and ends with.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says on standard output what it skips"
)]

mod counter;
mod explain;
mod hostile;
mod indicators;
mod investigate;
mod knowledge;
mod marking;
mod resume;
mod robust;
mod rules;
#[path = "../../../store/tests/it/schema.rs"]
mod schema;
mod server;
mod shared;
mod sources;
mod store;
mod timeline;
mod yara;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The workspace's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn example(path: &str) -> String {
    root().join("examples").join(path).display().to_string()
}

/// Runs the binary; no environment of the machine's leaks in.
fn daylight(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_daylight"))
        .args(arguments)
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[track_caller]
fn assert_exit(output: &Output, code: i32) {
    let told = format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{told}");
}

/// Standard output and standard error together.
fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
