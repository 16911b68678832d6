//! Tests of reading as a whole.

mod gold;
