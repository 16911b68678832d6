use super::{Constant, PatternError};

/// The smallest pieces of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A bracket, comma, colon, dot or star.
    Sign(char),
    /// A comparison: `=`, `!=`, `<` …
    Compare(&'static str),
    /// A name or a keyword.
    Word(String),
    /// A constant.
    Constant(Constant),
}

const COMPARISONS: [&str; 8] = ["==", "!=", "<>", "<=", ">=", "=", "<", ">"];

/// The pieces of a pattern, each with its place.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, PatternError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let offset = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        let (token, length) =
            token(rest, first).map_err(|reason| PatternError { offset, reason })?;
        tokens.push((offset, token));
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn token(rest: &str, first: char) -> Result<(Token, usize), String> {
    if let Some(sign) = COMPARISONS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Ok((Token::Compare(sign), sign.len()));
    }
    let second = rest.chars().nth(1);
    match (first, second) {
        ('\'', _) => {
            let (text, length) = quoted(rest)?;
            Ok((Token::Constant(Constant::Text(text)), length))
        }
        ('h' | 'b' | 't', Some('\'')) => {
            let (text, length) = quoted(&rest[1..])?;
            Ok((Token::Constant(special(first, text)?), length + 1))
        }
        ('-' | '+' | '0'..='9', _) => number(rest),
        ('.', Some('0'..='9')) => number(rest),
        ('[' | ']' | '(' | ')' | ',' | ':' | '.' | '*', _) => Ok((Token::Sign(first), 1)),
        _ if first.is_ascii_alphabetic() || first == '_' => {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
            let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            Ok((Token::Word(word.to_owned()), word.len()))
        }
        _ => Err(format!(
            "`{first}` begins nothing that may stand in a pattern"
        )),
    }
}

/// A text in quotes without its escapes, and how long it is as written.
fn quoted(rest: &str) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' => return Ok((text, at + 1)),
            '\\' => match characters.next() {
                Some((_, escaped @ ('\'' | '\\'))) => text.push(escaped),
                _ => return Err("a backslash stands before a quote or a backslash only".to_owned()),
            },
            other => text.push(other),
        }
    }
    Err("a text without its end".to_owned())
}

fn special(kind: char, text: String) -> Result<Constant, String> {
    match kind {
        'h' => {
            let bytes = from_hex(&text);
            bytes
                .map(Constant::Hex)
                .ok_or_else(|| format!("`{text}` is no pairs of hex digits"))
        }
        'b' if is_base64(&text) => Ok(Constant::Binary(text)),
        'b' => Err(format!("`{text}` is no base64")),
        _ if is_time(&text) => Ok(Constant::Time(text)),
        _ => Err(format!("`{text}` is no time such as 2021-07-19T10:00:00Z")),
    }
}

/// Bytes of pairs of hex digits.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|it| u8::try_from(it).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(
        digits
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[high, low]| high << 4 | low)
            .collect(),
    )
}

fn is_base64(text: &str) -> bool {
    let bare = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - bare.len() <= 2
        && bare
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// By its form; whether February has so many days is not asked.
pub(super) fn is_time(text: &str) -> bool {
    let Some(text) = text.strip_suffix('Z') else {
        return false;
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |from: usize, to: usize, most: u32| {
        let text = whole.get(from..to).unwrap_or_default();
        digits(text) && text.parse::<u32>().is_ok_and(|number| number <= most)
    };
    let sign = |at: usize, sign: u8| whole.as_bytes().get(at) == Some(&sign);
    let nonzero = |from: usize| whole.get(from..from + 2) != Some("00");
    whole.len() == 19
        && digits(fraction)
        && part(0, 4, 9_999)
        && part(5, 7, 12)
        && nonzero(5)
        && part(8, 10, 31)
        && nonzero(8)
        && part(11, 13, 23)
        && part(14, 16, 59)
        && part(17, 19, 60)
        && sign(4, b'-')
        && sign(7, b'-')
        && sign(10, b'T')
        && sign(13, b':')
        && sign(16, b':')
}

fn number(rest: &str) -> Result<(Token, usize), String> {
    let unsigned = rest.trim_start_matches(['-', '+']);
    let signs = rest.len() - unsigned.len();
    let end = unsigned
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(unsigned.len());
    let written = rest.get(..signs + end).unwrap_or_default();
    let wrong = || format!("`{written}` is no number");
    // A name may begin with no digit, and a number end in no letter.
    let glued = unsigned[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if signs > 1 || glued {
        return Err(wrong());
    }
    let constant = match written.contains('.') {
        true => Constant::Float(written.parse().map_err(|_| wrong())?),
        false => Constant::Integer(written.parse().map_err(|_| wrong())?),
    };
    Ok((Token::Constant(constant), written.len()))
}
