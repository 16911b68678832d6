//! One binary for all integration tests of the crate.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail and print as tests do"
)]

mod adversarial;
mod cases;
mod correlate;
mod differential;
mod exchange_logs;
mod explain;
mod filters;
mod generate;
mod indicators;
mod other_logs;
mod problems;
mod property;
mod recording;
mod semantics;
mod shared;
mod sigmahq;
mod support;
mod sweep;
