//! Constants of patterns against values of observations.

use std::cmp::Ordering;
use std::net::IpAddr;

use daylight_model::Timestamp;
use regex::{Regex, bytes};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::lex::{from_hex, is_time};
use super::{Constant, Operator, Test};

/// A value of an observation.
pub(super) enum Observed<'a> {
    /// As JSON has it.
    Json(&'a Value),
    /// Bytes, of a property whose name ends in `_hex` or `_bin`.
    Bytes(Vec<u8>),
}

impl<'a> Observed<'a> {
    /// The value under a name, which says whether it is bytes.
    pub(super) fn named(name: &str, value: &'a Value) -> Result<Self, String> {
        let decode: fn(&str) -> Option<Vec<u8>> = match name {
            _ if name.ends_with("_hex") => from_hex,
            _ if name.ends_with("_bin") => from_base64,
            _ => return Ok(Self::Json(value)),
        };
        match value.as_str() {
            Some(text) => decode(text)
                .map(Self::Bytes)
                .ok_or_else(|| format!("`{name}` of an observation holds no bytes")),
            None => Ok(Self::Json(value)),
        }
    }

    fn text(&self) -> Option<&'a str> {
        match self {
            Self::Json(value) => value.as_str(),
            Self::Bytes(_) => None,
        }
    }
}

/// A test made ready: what it compares with does not change from value to value.
pub(super) enum Ready<'a> {
    Compare(&'a [Constant], Operator),
    Text(Option<Regex>, Option<bytes::Regex>),
    Network(Option<Network>, Operator),
}

impl<'a> Ready<'a> {
    pub(super) fn new(test: &'a Test) -> Result<Self, String> {
        let text = match test.values.first() {
            Some(Constant::Text(text)) => text.as_str(),
            _ => "",
        };
        match test.operator {
            Operator::Like => Self::regex(&like(text)),
            Operator::Matches => Self::regex(text),
            Operator::IsSubset | Operator::IsSuperset => {
                Ok(Self::Network(Network::parse(text), test.operator))
            }
            Operator::In => {
                let mut kinds: Vec<_> = test.values.iter().map(kind).collect();
                kinds.dedup();
                if kinds.len() > 1 {
                    return Err("a set holds constants of one kind".to_owned());
                }
                Ok(Self::Compare(&test.values, test.operator))
            }
            operator => Ok(Self::Compare(&test.values, operator)),
        }
    }

    fn regex(text: &str) -> Result<Self, String> {
        let of_text: String = text.nfc().collect();
        let of_text = Regex::new(&of_text).map_err(|error| error.to_string())?;
        // A character beyond a byte is in no bytes.
        let of_bytes: Option<String> = text
            .chars()
            .map(|c| match u32::from(c) {
                0..0x80 => Some(c.to_string()),
                code @ 0x80..0x100 => Some(format!("\\x{code:02x}")),
                _ => None,
            })
            .collect();
        let of_bytes = of_bytes
            .map(|text| bytes::RegexBuilder::new(&text).unicode(false).build())
            .transpose()
            .map_err(|error| error.to_string())?;
        Ok(Self::Text(Some(of_text), of_bytes))
    }

    /// Whether the value is as asked; the test's NOT is not looked at.
    pub(super) fn holds(&self, value: &Observed<'_>) -> Result<bool, String> {
        match self {
            Self::Compare(constants, operator) => compare(constants, *operator, value),
            Self::Text(of_text, of_bytes) => Ok(match value {
                Observed::Bytes(bytes) => of_bytes.as_ref().is_some_and(|it| it.is_match(bytes)),
                Observed::Json(_) => value.text().is_some_and(|text| {
                    let text: String = text.nfc().collect();
                    of_text.as_ref().is_some_and(|it| it.is_match(&text))
                }),
            }),
            Self::Network(network, operator) => {
                let own = value.text().and_then(Network::parse);
                Ok(own
                    .zip(*network)
                    .is_some_and(|(own, other)| match operator {
                        Operator::IsSubset => other.contains(own),
                        _ => own.contains(other),
                    }))
            }
        }
    }
}

/// What may stand in one set.
const fn kind(constant: &Constant) -> u8 {
    match constant {
        Constant::Integer(_) | Constant::Float(_) => 0,
        Constant::Bool(_) => 1,
        Constant::Text(_) => 2,
        Constant::Hex(_) | Constant::Binary(_) => 3,
        Constant::Time(_) => 4,
    }
}

/// `%` and `_` as a regular expression for the whole of a text.
fn like(text: &str) -> String {
    let mut regex = "^".to_owned();
    for character in text.nfc() {
        match character {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    regex
}

fn compare(
    constants: &[Constant],
    operator: Operator,
    value: &Observed<'_>,
) -> Result<bool, String> {
    let order = |constant| order(value, constant);
    if operator == Operator::In {
        for constant in constants {
            if order(constant)? == Some(Ordering::Equal) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let Some(constant) = constants.first() else {
        return Ok(false);
    };
    let found = order(constant)?;
    Ok(match operator {
        Operator::Equal => found == Some(Ordering::Equal),
        Operator::NotEqual => found != Some(Ordering::Equal),
        Operator::Less => found.is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => found.is_some_and(Ordering::is_le),
        Operator::Greater => found.is_some_and(Ordering::is_gt),
        _ => found.is_some_and(Ordering::is_ge),
    })
}

/// How a value stands to a constant; `None` where they cannot be compared.
fn order(value: &Observed<'_>, constant: &Constant) -> Result<Option<Ordering>, String> {
    let bytes = match constant {
        Constant::Hex(bytes) => Some(bytes.clone()),
        Constant::Binary(text) => from_base64(text),
        Constant::Text(text) => latin(text),
        _ => None,
    };
    Ok(match (value, constant) {
        (Observed::Bytes(own), _) => bytes.map(|bytes| own.cmp(&bytes)),
        (Observed::Json(Value::Number(number)), Constant::Integer(other)) => {
            match number.as_i64() {
                Some(number) => Some(number.cmp(other)),
                None => number
                    .as_f64()
                    .and_then(|number| number.partial_cmp(&(*other as f64))),
            }
        }
        (Observed::Json(Value::Number(number)), Constant::Float(other)) => {
            number.as_f64().and_then(|number| number.partial_cmp(other))
        }
        (Observed::Json(Value::Bool(flag)), Constant::Bool(other)) => Some(flag.cmp(other)),
        (Observed::Json(Value::String(text)), Constant::Text(other)) => Some(text.cmp(other)),
        (Observed::Json(Value::String(text)), Constant::Time(other)) => {
            Some(time(text)?.cmp(&time(other)?))
        }
        (Observed::Json(Value::String(text)), _) => {
            latin(text).zip(bytes).map(|(own, bytes)| own.cmp(&bytes))
        }
        _ => None,
    })
}

/// A time; what is compared with a time and is none would else go unseen.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    let parsed = if is_time(text) {
        text.parse().ok()
    } else {
        None
    };
    parsed.ok_or_else(|| format!("`{text}` is no point in time"))
}

/// The bytes of a text whose characters are all bytes.
fn latin(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0_u32, 0);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// An address or a network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Network {
    address: u128,
    bits: u32,
    width: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let (address, width) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self {
            address,
            bits,
            width,
        })
    }

    fn contains(self, other: Self) -> bool {
        let host = self.width - self.bits;
        let prefix = |address: u128| address.checked_shr(host).unwrap_or(0);
        self.width == other.width
            && self.bits <= other.bits
            && prefix(self.address) == prefix(other.address)
    }
}
