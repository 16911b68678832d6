//! One binary for all integration tests of the crate.

mod cases;
mod indicators;
mod problems;
mod recording;
mod semantics;
mod shared;
mod sigmahq;
mod support;
