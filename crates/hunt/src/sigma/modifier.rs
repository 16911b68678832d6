//! Modifiers: what stands behind `|` in a field's name, and what it does to values.

use super::pattern::Piece;
use super::time_part::TimePart;

/// One modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifier {
    Contains,
    StartsWith,
    EndsWith,
    All,
    Base64,
    Base64Offset,
    /// UTF-16, little endian.
    Wide,
    Utf16,
    Utf16Be,
    WinDash,
    Regex,
    IgnoreCase,
    Multiline,
    DotAll,
    Cidr,
    Cased,
    Exists,
    FieldReference,
    Compare(Comparison),
    NotEqual,
    /// `%name%` in the value stands for values given to the rule set.
    Expand,
    /// The field holds a time, of which a part is compared.
    Part(TimePart),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Modifier {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "contains" => Self::Contains,
            "startswith" => Self::StartsWith,
            "endswith" => Self::EndsWith,
            "all" => Self::All,
            "base64" => Self::Base64,
            "base64offset" => Self::Base64Offset,
            "wide" | "utf16le" => Self::Wide,
            "utf16" => Self::Utf16,
            "utf16be" => Self::Utf16Be,
            "windash" => Self::WinDash,
            "re" => Self::Regex,
            "i" | "ignorecase" => Self::IgnoreCase,
            "m" | "multiline" => Self::Multiline,
            "s" | "dotall" => Self::DotAll,
            "cidr" => Self::Cidr,
            "cased" => Self::Cased,
            "exists" => Self::Exists,
            "fieldref" => Self::FieldReference,
            "lt" => Self::Compare(Comparison::Less),
            "lte" => Self::Compare(Comparison::LessOrEqual),
            "gt" => Self::Compare(Comparison::Greater),
            "gte" => Self::Compare(Comparison::GreaterOrEqual),
            "neq" => Self::NotEqual,
            "expand" => Self::Expand,
            other => Self::Part(TimePart::parse(other)?),
        })
    }

    /// The group of which a field may carry one modifier only; `None` where it does not
    /// matter how many there are.
    fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::Contains | Self::StartsWith | Self::EndsWith => Kind::Place,
            Self::Regex => Kind::Regex,
            Self::IgnoreCase | Self::Multiline | Self::DotAll => Kind::RegexFlag,
            Self::Cidr => Kind::Network,
            Self::Exists => Kind::Exists,
            Self::FieldReference => Kind::Reference,
            Self::Compare(_) => Kind::Comparison,
            Self::Part(_) => Kind::Part,
            Self::Base64 | Self::Base64Offset => Kind::Base64,
            Self::Wide | Self::Utf16 | Self::Utf16Be => Kind::Utf16,
            Self::WinDash => Kind::WinDash,
            Self::Cased => Kind::Cased,
            Self::All | Self::NotEqual | Self::Expand => return None,
        })
    }
}

/// What modifiers do, as far as it decides which of them go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Place,
    Regex,
    RegexFlag,
    Network,
    Exists,
    Reference,
    Comparison,
    Part,
    Base64,
    Utf16,
    WinDash,
    Cased,
}

impl Kind {
    /// Whether two kinds can stand on one field, in any order.
    fn goes_with(self, other: Self) -> bool {
        use Kind::{
            Base64, Cased, Comparison, Exists, Network, Part, Place, Reference, Regex, RegexFlag,
            Utf16, WinDash,
        };
        match (self, other) {
            (Regex, RegexFlag) | (RegexFlag, Regex | RegexFlag) => true,
            (Part, Comparison) | (Comparison, Part) => true,
            (Reference, Place | Cased) | (Place | Cased, Reference) => true,
            (Exists | Network | Regex | RegexFlag | Part | Comparison | Reference, _)
            | (_, Exists | Network | Regex | RegexFlag | Part | Comparison | Reference) => false,
            (Place, Place) | (Utf16, Utf16) | (WinDash, WinDash) => false,
            (Place | Base64 | Utf16 | WinDash | Cased, _) => true,
        }
    }
}

/// Why these modifiers, as written, make no sense together (appendix on modifiers, and
/// pySigma's checks where it is silent).
pub(crate) fn check(words: &[(&str, Modifier)], has_field: bool) -> Result<(), String> {
    for (at, (word, modifier)) in words.iter().enumerate() {
        let before = words.get(..at).unwrap_or_default();
        if before.iter().any(|(_, other)| other == modifier) {
            return Err(format!("modifier `{word}` stands twice"));
        }
        let Some(kind) = modifier.kind() else {
            if *modifier == Modifier::Expand && before.iter().any(|(_, m)| encodes(*m)) {
                return Err(format!(
                    "`{word}` must stand before what encodes its values"
                ));
            }
            continue;
        };
        for (other_word, other) in before {
            if other.kind().is_some_and(|other| !kind.goes_with(other)) {
                return Err(format!("`{other_word}` and `{word}` cannot be combined"));
            }
        }
        if kind == Kind::RegexFlag && !before.iter().any(|(_, m)| *m == Modifier::Regex) {
            return Err(format!("`{word}` must stand behind `re`"));
        }
        if kind == Kind::Part
            && before
                .iter()
                .any(|(_, m)| matches!(m, Modifier::Compare(_)))
        {
            return Err(format!("`{word}` must stand before the comparison"));
        }
        let needs_field = matches!(
            kind,
            Kind::Exists | Kind::Network | Kind::Reference | Kind::Comparison | Kind::Part
        );
        if needs_field && !has_field {
            return Err(format!("`{word}` needs a field"));
        }
        if kind == Kind::Exists && words.len() > 1 {
            return Err(format!("`{word}` stands alone"));
        }
    }
    Ok(())
}

fn encodes(modifier: Modifier) -> bool {
    matches!(
        modifier.kind(),
        Some(Kind::Base64 | Kind::Utf16 | Kind::WinDash)
    )
}

/// A decimal or `0x` number; nothing else that Rust would read as one ("inf", "1e5").
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        // Sixteen hex digits are enough for any log field; the loss of precision above
        // 2^53 is the same on both sides of a comparison.
        #[expect(clippy::cast_precision_loss, reason = "see above")]
        return u64::from_str_radix(digits, 16)
            .ok()
            .map(|value| value as f64);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let decimal = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    decimal.then(|| text.parse().ok()).flatten()
}

/// Dashes that command lines take for one another.
const DASHES: [&str; 5] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"];
/// More variants than this come from no sensible rule.
const VARIANTS_MAX: usize = 4_096;

/// All forms of a value that a modifier stands for.
pub(crate) fn transform(modifier: Modifier, value: &[Piece]) -> Result<Vec<Vec<Piece>>, String> {
    let once = |value: Vec<Piece>| Ok(vec![value]);
    match modifier {
        Modifier::WinDash => dash_variants(value),
        Modifier::Wide => once(encode(value, |unit| unit.to_le_bytes())),
        Modifier::Utf16Be => once(encode(value, |unit| unit.to_be_bytes())),
        Modifier::Utf16 => {
            let mut marked = vec![Piece::Literal(vec![0xff, 0xfe])];
            marked.extend(encode(value, |unit| unit.to_le_bytes()));
            once(merge(marked))
        }
        Modifier::Base64 => {
            let bytes = literal(value, "base64")?;
            once(vec![Piece::Literal(base64(&bytes).into_bytes())])
        }
        Modifier::Base64Offset => {
            let bytes = literal(value, "base64offset")?;
            let variants = (0..3).map(|offset| vec![Piece::Literal(base64_at(&bytes, offset))]);
            Ok(variants.collect())
        }
        Modifier::Contains => once(around(value, true, true)),
        Modifier::StartsWith => once(around(value, false, true)),
        Modifier::EndsWith => once(around(value, true, false)),
        _ => once(value.to_vec()),
    }
}

fn around(value: &[Piece], before: bool, after: bool) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(value.len() + 2);
    pieces.extend(before.then_some(Piece::Many));
    pieces.extend_from_slice(value);
    pieces.extend(after.then_some(Piece::Many));
    pieces
}

fn merge(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (Some(Piece::Literal(bytes)), Piece::Literal(more)) => bytes.extend(more),
            (_, piece) => merged.push(piece),
        }
    }
    merged
}

fn encode(value: &[Piece], bytes_of: fn(u16) -> [u8; 2]) -> Vec<Piece> {
    let encoded = |bytes: &Vec<u8>| {
        let text = String::from_utf8_lossy(bytes);
        text.encode_utf16().flat_map(bytes_of).collect()
    };
    let pieces = value.iter().map(|piece| match piece {
        Piece::Literal(bytes) => Piece::Literal(encoded(bytes)),
        other => other.clone(),
    });
    pieces.collect()
}

fn literal(value: &[Piece], modifier: &str) -> Result<Vec<u8>, String> {
    match value {
        [] => Ok(Vec::new()),
        [Piece::Literal(bytes)] => Ok(bytes.clone()),
        _ => Err(format!("wildcards cannot be encoded by `{modifier}`")),
    }
}

/// Every dash that begins an option, in all its spellings.
fn dash_variants(value: &[Piece]) -> Result<Vec<Vec<Piece>>, String> {
    let mut variants: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in value {
        let Piece::Literal(bytes) = piece else {
            variants.iter_mut().for_each(|v| v.push(piece.clone()));
            continue;
        };
        let text = String::from_utf8_lossy(bytes);
        let mut start = 0;
        for (at, dash) in text.match_indices(['-', '/']) {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let after = text.get(at + dash.len()..).unwrap_or_default();
            let before = text.get(..at).unwrap_or_default();
            if before.ends_with(word) || !after.starts_with(word) {
                continue;
            }
            let plain = text.get(start..at).unwrap_or_default();
            start = at + dash.len();
            variants = variants
                .iter()
                .flat_map(|variant| DASHES.map(|dash| with(variant, &format!("{plain}{dash}"))))
                .collect();
            if variants.len() > VARIANTS_MAX {
                return Err("too many dashes for `windash`".into());
            }
        }
        let rest = text.get(start..).unwrap_or_default();
        variants = variants.iter().map(|v| with(v, rest)).collect();
    }
    Ok(variants.into_iter().map(merge).collect())
}

fn with(pieces: &[Piece], text: &str) -> Vec<Piece> {
    let mut pieces = pieces.to_vec();
    pieces.push(Piece::Literal(text.as_bytes().to_vec()));
    pieces
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let index = (bits >> (18 - 6 * at) & 63) as usize;
            let sign = ALPHABET.get(index).copied().unwrap_or(b'=');
            text.push(if at <= group.len() {
                char::from(sign)
            } else {
                '='
            });
        }
    }
    text
}

/// What is sure to appear in base64 of anything that holds `bytes` at this offset (mod 3).
fn base64_at(bytes: &[u8], offset: usize) -> Vec<u8> {
    let mut shifted = vec![b' '; offset];
    shifted.extend_from_slice(bytes);
    let text = base64(&shifted);
    // Signs that also carry bits of what stands before or after are left out.
    let start = [0, 2, 3].get(offset).copied().unwrap_or(0);
    let cut = [0, 3, 2].get(shifted.len() % 3).copied().unwrap_or(0);
    let end = text.len().saturating_sub(cut);
    text.get(start..end).unwrap_or_default().as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::super::pattern::pieces;
    use super::*;

    fn shown(value: &[Piece]) -> String {
        let show = |piece: &Piece| match piece {
            Piece::Literal(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Piece::One => "<?>".into(),
            Piece::Many => "<*>".into(),
        };
        value.iter().map(show).collect()
    }

    #[test]
    fn transformations() {
        let check = |modifier, value: &str, expected: &[&str]| {
            let found = match transform(modifier, &pieces(value)) {
                Ok(values) => values.iter().map(|value| shown(value)).collect(),
                Err(error) => vec![error],
            };
            assert_eq!(found, expected, "{modifier:?} {value}");
        };
        check(Modifier::Base64, "foobar", &["Zm9vYmFy"]);
        check(Modifier::Base64, "fooba", &["Zm9vYmE="]);
        check(Modifier::Base64, "foob", &["Zm9vYg=="]);
        check(
            Modifier::Base64,
            "a*",
            &["wildcards cannot be encoded by `base64`"],
        );
        check(
            Modifier::Base64Offset,
            "foobar",
            &["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"],
        );
        check(Modifier::Base64Offset, "IEX", &["SUVY", "lFW", "JRV"]);
        check(Modifier::Wide, "ab", &["a\0b\0"]);
        check(Modifier::Utf16Be, "ab", &["\0a\0b"]);
        check(
            Modifier::WinDash,
            " -f x",
            &[
                " -f x",
                " /f x",
                " \u{2013}f x",
                " \u{2014}f x",
                " \u{2015}f x",
            ],
        );
        check(Modifier::WinDash, "a-b c- d", &["a-b c- d"]);
        check(Modifier::Contains, "a?b", &["<*>a<?>b<*>"]);
    }

    #[test]
    fn numbers() {
        let check = |text: &str, expected: Option<f64>| {
            assert_eq!(number(text), expected, "{text}");
        };
        check("4688", Some(4688.0));
        check("-5", Some(-5.0));
        check("1.5", Some(1.5));
        check("0x3e7", Some(999.0));
        check(" 7 ", Some(7.0));
        check("inf", None);
        check("1e5", None);
        check("1.2.3", None);
        check("", None);
        check("0xzz", None);
        check("-", None);
    }
}
