//! Rules and events made of any bytes: the hunter must find what the definition says, and the
//! explanation must say the same.

#![no_main]

#[allow(dead_code, reason = "the crate's own tests use more of it")]
#[path = "../../crates/hunt/tests/it/generate.rs"]
mod generate;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = bytes.iter().copied();
    // Once the bytes have run out, every choice is the first: cases stay small.
    let mut next = || u32::from(bytes.next().unwrap_or(0));
    generate::check(&mut next, 4);
});
