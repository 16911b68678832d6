//! Tests of reading as a whole.

mod gold;
mod names;
mod sentences;
mod size;
mod story;
