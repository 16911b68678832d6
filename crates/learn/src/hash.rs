//! Numbers for features. They are kept in model files, so they must never change.

/// The number of some bytes: FNV-1a, stirred.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in bytes {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    stir(state)
}

/// The number of two things together, in this order.
#[must_use]
pub const fn mix(one: u64, other: u64) -> u64 {
    stir(one.rotate_left(23).wrapping_add(0x9e37_79b9_7f4a_7c15) ^ other)
}

/// Spreads what differs over all bits (the finisher of splitmix64).
const fn stir(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
