//! What is written, as the programs that read it see it. Those that are not installed are
//! said to be skipped.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says on standard output what it skips"
)]

mod hostile;
mod peers;
mod queries;
mod sample;
mod selection;
