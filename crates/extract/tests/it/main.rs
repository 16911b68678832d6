//! Tests of reading as a whole.

mod gold;
mod sentences;
mod size;
mod story;
