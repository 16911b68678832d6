//! One row of comma-separated values.

use std::borrow::Cow;

/// What is wrong with a row, and where it begins to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A quote is opened and not closed.
    Unclosed,
    /// Text stands between a closing quote and the next comma.
    TextAfterQuote,
}

/// What is to be said of a row of so many cells under so many columns; nothing where it fits.
pub(crate) fn wrong(fault: Option<&Fault>, cells: usize, columns: usize) -> Option<String> {
    match fault {
        Some(Fault::Unclosed) => Some("a quote is opened and not closed".to_owned()),
        Some(Fault::TextAfterQuote) => Some("text follows a closing quote".to_owned()),
        None if cells == columns => None,
        None => Some(format!("row has {cells} cells; the header names {columns}")),
    }
}

/// Splits a row into cells; quotes inside quoted cells are doubled (RFC 4180). A cell that
/// does not begin with a quote is taken as it stands. Where the row is at fault, the cells
/// before the fault are still right.
pub(crate) fn split(row: &str) -> (Vec<Cow<'_, str>>, Option<Fault>) {
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => match quoted_cell(quoted) {
                Some((cell, after)) => (cell, after),
                None => return (cells, Some(Fault::Unclosed)),
            },
            None => {
                let end = memchr::memchr(b',', rest.as_bytes()).unwrap_or(rest.len());
                let (cell, after) = rest.split_at(end);
                (Cow::Borrowed(cell), after)
            }
        };
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => {
                cells.push(cell);
                return (cells, None);
            }
            None => return (cells, Some(Fault::TextAfterQuote)),
        }
        cells.push(cell);
    }
}

/// The cell whose opening quote was taken, and what follows its closing quote.
fn quoted_cell(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut doubled = false;
    let mut from = 0;
    loop {
        let at = from + memchr::memchr(b'"', text.as_bytes().get(from..)?)?;
        let after = text.get(at + 1..)?;
        if after.starts_with('"') {
            doubled = true;
            from = at + 2;
            continue;
        }
        let cell = text.get(..at)?;
        let cell = if doubled {
            Cow::Owned(cell.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(cell)
        };
        return Some((cell, after));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(row: &str, expected: &[&str], fault: Option<Fault>) {
        let (cells, found) = split(row);
        assert_eq!(cells, expected, "{row}");
        assert_eq!(found, fault, "{row}");
    }

    #[test]
    fn rows() {
        check("", &[""], None);
        check("a,b,,c", &["a", "b", "", "c"], None);
        check("a,", &["a", ""], None);
        check(r#""a,b",c"#, &["a,b", "c"], None);
        check(r#""say ""no""",c"#, &[r#"say "no""#, "c"], None);
        check(r#""""#, &[r#""#], None);
        check(r#"a"b,c"#, &[r#"a"b"#, "c"], None);
        check(r#"a,"b,c"#, &["a"], Some(Fault::Unclosed));
        check(r#"a,"b"c,d"#, &["a"], Some(Fault::TextAfterQuote));
        check(r#"é,"ü""ü"#, &["é"], Some(Fault::Unclosed));
    }
}
