//! Networks by their lengths, so that an address is looked up once for each length.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

/// Networks and the entries they stand for.
#[derive(Debug, Default)]
pub(super) struct Networks {
    lengths: BTreeSet<(bool, u32)>,
    entries: HashMap<(bool, u32, u128), Vec<u32>>,
}

impl Networks {
    /// Takes `198.51.100.0/24`; `false` where it is no network.
    pub(super) fn add(&mut self, text: &str, entry: u32) -> bool {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, bits.parse::<u32>().ok()),
            None => (text, Some(128)),
        };
        let (Ok(address), Some(bits)) = (address.trim().parse::<IpAddr>(), bits) else {
            return false;
        };
        let (is_v4, width, number) = number(address);
        if bits > width && text.contains('/') {
            return false;
        }
        let bits = bits.min(width);
        let key = (is_v4, bits, masked(number, width - bits));
        self.lengths.insert((is_v4, bits));
        self.entries.entry(key).or_default().push(entry);
        true
    }

    pub(super) fn has_v4(&self) -> bool {
        self.lengths.last().is_some_and(|(is_v4, _)| *is_v4)
    }

    /// The networks that hold an address.
    pub(super) fn of(&self, address: IpAddr) -> impl Iterator<Item = u32> {
        let (is_v4, width, number) = number(address.to_canonical());
        let lengths = self.lengths.range((is_v4, 0)..=(is_v4, width));
        lengths
            .filter_map(move |(_, bits)| {
                self.entries
                    .get(&(is_v4, *bits, masked(number, width - bits)))
            })
            .flatten()
            .copied()
    }

    pub(super) fn holds(&self, address: IpAddr) -> bool {
        self.of(address).next().is_some()
    }
}

/// Whether it is of version 4, how many bits it has, and these.
fn number(address: IpAddr) -> (bool, u32, u128) {
    match address {
        IpAddr::V4(address) => (true, 32, u128::from(address.to_bits())),
        IpAddr::V6(address) => (false, 128, address.to_bits()),
    }
}

fn masked(number: u128, low: u32) -> u128 {
    number.checked_shr(low).unwrap_or(0)
}
