//! Wallets of crypto currencies, believed only where their checksum holds.

use sha2::Sha256;
use sha3::{Digest, Keccak256};

/// Whether a run of letters and digits is a Bitcoin or Ethereum address.
pub(super) fn is_wallet(run: &str) -> bool {
    is_base58_wallet(run) || is_segwit_wallet(run) || is_ethereum_wallet(run)
}

fn is_base58_wallet(run: &str) -> bool {
    if !(26..=35).contains(&run.len()) || !run.starts_with(['1', '3']) {
        return false;
    }
    let Ok(bytes) = bs58::decode(run).into_vec() else {
        return false;
    };
    let Some((payload, checksum)) = bytes.split_at_checked(21) else {
        return false;
    };
    let digest = Sha256::digest(Sha256::digest(payload));
    checksum.len() == 4 && digest.starts_with(checksum)
}

fn is_segwit_wallet(run: &str) -> bool {
    (42..=90).contains(&run.len())
        && run
            .get(..3)
            .is_some_and(|head| head.eq_ignore_ascii_case("bc1"))
        && bech32::segwit::decode(run).is_ok()
}

/// Mixed case must agree with EIP-55; an address in one case carries no checksum.
fn is_ethereum_wallet(run: &str) -> bool {
    let Some(digits) = run.strip_prefix("0x").filter(|digits| digits.len() == 40) else {
        return false;
    };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return false;
    }
    let lower = digits.to_ascii_lowercase();
    if lower
        .bytes()
        .collect::<std::collections::BTreeSet<_>>()
        .len()
        < 6
    {
        return false;
    }
    if digits == lower || digits == digits.to_ascii_uppercase() {
        return true;
    }
    let digest = Keccak256::digest(lower.as_bytes());
    digits
        .bytes()
        .zip(digest.iter().flat_map(|byte| [byte >> 4, byte & 15]))
        .all(|(digit, nibble)| {
            !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble > 7)
        })
}
