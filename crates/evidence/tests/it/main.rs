//! Evidence as it is met, good and bad, read through the crate's front door.
// Clippy lets tests unwrap and print, but not the functions they share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod archives;
mod bombs;
mod damaged;
mod exchange;
mod folders;
mod hostile;
mod json;
mod packed;
mod parallel;
mod quine;
mod readers;
mod shared;
mod support;
mod text;
