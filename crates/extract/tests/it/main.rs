//! Tests of reading as a whole.

mod advisory;
mod claims;
mod confidence;
mod events;
mod gold;
mod habits;
mod indicators;
#[path = "../../../../xtask/src/train/measure.rs"]
mod measure;
mod names;
mod sentences;
mod size;
mod story;
mod techniques;
