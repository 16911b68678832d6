//! What a dossier must say, and what it must never say.

// Test helpers may fail loudly; the switch in clippy.toml covers test functions only.
#![allow(clippy::unwrap_used, clippy::panic)]

mod coverage;
mod formats;
mod hosts;
mod machines;
mod people;
mod sample;
mod snapshots;
mod verdict;
mod windows;
