//! Tests of reading as a whole.

mod confidence;
mod gold;
mod habits;
mod sentences;
mod size;
mod story;
