//! What a value of each kind can be; anything else is written into no file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use daylight_model::IndicatorKind;

use crate::escape::is_hidden;

/// Characters of a value that is free text.
const TEXT_CHARACTERS: std::ops::RangeInclusive<usize> = 3..=512;
/// Networks with fewer bits name so many machines that a report cannot mean all of them.
const BITS4_MIN: u8 = 16;
/// The same for IPv6.
const BITS6_MIN: u8 = 32;

/// A network: its first address and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Network {
    pub(crate) first: IpAddr,
    pub(crate) bits: u8,
}

impl Network {
    /// Reads an address or a network; bits behind the length are cleared.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse().ok()?)),
            None => (text.parse::<IpAddr>().ok()?.to_canonical(), None),
        };
        let whole = if address.is_ipv4() { 32 } else { 128 };
        Self::new(address, bits.unwrap_or(whole))
    }

    fn new(address: IpAddr, bits: u8) -> Option<Self> {
        let first = match address {
            IpAddr::V4(v4) => {
                let behind = 32_u32.checked_sub(bits.into())?;
                Ipv4Addr::from(u32::from(v4) & u32::MAX.checked_shl(behind).unwrap_or(0)).into()
            }
            IpAddr::V6(v6) => {
                let behind = 128_u32.checked_sub(bits.into())?;
                Ipv6Addr::from(u128::from(v6) & u128::MAX.checked_shl(behind).unwrap_or(0)).into()
            }
        };
        Some(Self { first, bits })
    }

    /// Whether all of the other lies in this one.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        other.bits >= self.bits && Self::new(other.first, self.bits) == Some(*self)
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = if self.first.is_ipv4() { 32 } else { 128 };
        if self.bits == whole {
            return write!(out, "{}", self.first);
        }
        write!(out, "{}/{}", self.first, self.bits)
    }
}

/// Networks whose addresses are everybody's own, or nobody's. Those set aside for
/// documentation are not among them: to block them harms nobody.
const RESERVED: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/96",
    "fc00::/7",
    "fe80::/9",
    "ff00::/8",
];

fn network(text: &str) -> Result<Network, String> {
    let network = Network::parse(text).ok_or("is no address")?;
    let least = if network.first.is_ipv4() {
        BITS4_MIN
    } else {
        BITS6_MIN
    };
    let mut reserved = RESERVED.iter().filter_map(|text| Network::parse(text));
    if reserved.any(|one| one.holds(&network) || network.holds(&one)) {
        return Err("is private or reserved".to_owned());
    }
    if network.bits < least {
        return Err(format!("names more addresses than a /{least} holds"));
    }
    Ok(network)
}

/// The value as every format may write it, or why there is none.
pub(crate) fn checked(kind: IndicatorKind, value: &str) -> Result<String, String> {
    let value = value.trim();
    match kind {
        IndicatorKind::Ipv4 | IndicatorKind::Ipv6 | IndicatorKind::Cidr => {
            network(value).map(|network| network.to_string())
        }
        IndicatorKind::Domain => domain(value),
        IndicatorKind::Url => url(value),
        IndicatorKind::Md5 | IndicatorKind::Imphash => hash(value, 32),
        IndicatorKind::Sha1 => hash(value, 40),
        IndicatorKind::Sha256 => hash(value, 64),
        IndicatorKind::Sha512 => hash(value, 128),
        IndicatorKind::Filename
        | IndicatorKind::FilePath
        | IndicatorKind::RegistryKey
        | IndicatorKind::Mutex
        | IndicatorKind::UserAgent => text(kind, value),
        _ => Err("is nothing that these lists and rules look for".to_owned()),
    }
}

fn hash(value: &str, digits: usize) -> Result<String, String> {
    let whole = value.len() == digits && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lower = whole.then(|| value.to_ascii_lowercase());
    lower.ok_or_else(|| format!("is not {digits} hexadecimal digits"))
}

/// A name in ASCII with a dot in it, as name servers are asked for it.
fn domain(value: &str) -> Result<String, String> {
    let name = value.trim_end_matches('.').to_ascii_lowercase();
    if !name.is_ascii() {
        return Err("is not in ASCII (xn--…), in which name servers are asked".to_owned());
    }
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(letter);
    let top = name.rsplit('.').next().unwrap_or_default();
    let is_number = top.bytes().all(|byte| byte.is_ascii_digit());
    // What a zone adds behind the name must fit as well.
    if name.len() > 230 || !name.contains('.') || is_number || !name.split('.').all(label) {
        return Err("is no full domain name".to_owned());
    }
    // Whoever blocks it blocks what everybody else has below it.
    if psl::suffix_str(&name) == Some(name.as_str()) {
        return Err("is a name below which anybody may have one".to_owned());
    }
    Ok(name)
}

/// The host of an address of the web, and what follows it.
pub(crate) fn parts_of_url(value: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = value.split_once("://")?;
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => host.split(':').next()?,
    };
    Some((host, path))
}

fn url(value: &str) -> Result<String, String> {
    let (host, _) = parts_of_url(value).ok_or("is no address of the web")?;
    if value.len() > 2_000 || value.chars().any(|c| !c.is_ascii_graphic()) {
        return Err("holds what no address of the web does, or is too long".to_owned());
    }
    match host.parse::<IpAddr>() {
        Ok(_) => drop(network(host)?),
        Err(_) => drop(domain(host)?),
    }
    Ok(value.to_owned())
}

fn text(kind: IndicatorKind, value: &str) -> Result<String, String> {
    // A name may hold a mark that turns its direction: that is why it was chosen.
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if value.chars().any(|c| is_hidden(c) && !turns(c)) {
        return Err("holds characters that are not seen".to_owned());
    }
    if !TEXT_CHARACTERS.contains(&value.chars().count()) {
        return Err("is too short or too long to look for".to_owned());
    }
    let is_browser = value.starts_with("Mozilla/5.0") && value.contains("AppleWebKit");
    if kind == IndicatorKind::UserAgent && is_browser {
        return Err("is what browsers send".to_owned());
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_kind_can_be() {
        let check = |kind, value: &str, expected: Option<&str>| {
            assert_eq!(checked(kind, value).ok().as_deref(), expected, "{value}");
        };
        check(IndicatorKind::Ipv4, "203.0.113.7", Some("203.0.113.7"));
        check(
            IndicatorKind::Ipv6,
            "::ffff:203.0.113.7",
            Some("203.0.113.7"),
        );
        check(IndicatorKind::Ipv6, "::ffff:10.0.0.1", None);
        check(
            IndicatorKind::Cidr,
            "203.0.113.7/24",
            Some("203.0.113.0/24"),
        );
        check(IndicatorKind::Cidr, "192.0.0.0/8", None);
        check(IndicatorKind::Cidr, "0.0.0.0/0", None);
        check(IndicatorKind::Cidr, "203.0.113.0/99", None);
        check(IndicatorKind::Domain, "Evil.Example.", Some("evil.example"));
        check(
            IndicatorKind::Domain,
            "evil.example\n0.0.0.0 x.example",
            None,
        );
        check(IndicatorKind::Domain, "evil.example; drop", None);
        check(IndicatorKind::Domain, "1.2.3.4", None);
        check(IndicatorKind::Domain, "co.uk", None);
        check(IndicatorKind::Domain, "github.io", None);
        check(IndicatorKind::Url, "http://10.0.0.1/a", None);
        check(
            IndicatorKind::Url,
            "http://a.example/$(id)",
            Some("http://a.example/$(id)"),
        );
        check(IndicatorKind::Url, "http://a.example/\nb", None);
        check(
            IndicatorKind::Md5,
            "d41d8cd98f00b204e9800998ecf8427e\"",
            None,
        );
        check(IndicatorKind::Mutex, "a\nb c", None);
        check(
            IndicatorKind::Filename,
            "x\u{202e}fdp.exe",
            Some("x\u{202e}fdp.exe"),
        );
    }
}
