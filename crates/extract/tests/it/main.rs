//! Tests of reading as a whole.

mod advisory;
mod confidence;
mod gold;
mod habits;
mod indicators;
mod names;
mod sentences;
mod size;
mod story;
mod techniques;
