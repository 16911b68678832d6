//! Placeholders: `%name%` in a value with the modifier `expand` (rules specification,
//! "Placeholders").

use std::collections::BTreeMap;

use super::yaml::{self, Node};

/// A value may grow to this many by its placeholders.
const VALUES_MAX: usize = 10_000;

/// The values that placeholders stand for, by their names without `%`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Placeholders {
    values: BTreeMap<String, Vec<String>>,
}

impl Placeholders {
    /// Reads a YAML or JSON map from names to values or lists of values.
    ///
    /// # Errors
    ///
    /// Where the text is no such map, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A map of lists of values has no more levels.
        const DEPTH_MAX: usize = 4;
        let at = |line: usize, reason: &str| format!("line {line}: {reason}");
        let (documents, fault) = yaml::documents(text, DEPTH_MAX);
        if let Some(fault) = fault {
            return Err(at(fault.line.unwrap_or(1), &fault.reason));
        }
        let mut placeholders = Self::default();
        for document in &documents {
            if !document.is_mapping() {
                return Err(at(document.line, "a map from names to values was expected"));
            }
            for (name, values) in document.entries() {
                let texts = values.items().iter().map(|value| {
                    let text = value.text().map(str::to_owned);
                    text.ok_or_else(|| at(value.line, "a value was expected"))
                });
                let texts = texts.collect::<Result<Vec<_>, _>>()?;
                let name = Node::text(name).unwrap_or_default().trim_matches('%');
                placeholders.insert(name, texts);
            }
        }
        Ok(placeholders)
    }

    /// Adds values of a placeholder. They are Sigma texts: `*` and `?` are wildcards in them.
    pub fn insert(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = String>) {
        self.values.entry(name.into()).or_default().extend(values);
    }

    /// The values of a placeholder; none for one that is not known.
    #[must_use]
    pub fn values(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }
}

impl FromIterator<(String, Vec<String>)> for Placeholders {
    fn from_iter<I: IntoIterator<Item = (String, Vec<String>)>>(pairs: I) -> Self {
        let mut placeholders = Self::default();
        for (name, values) in pairs {
            placeholders.insert(name, values);
        }
        placeholders
    }
}

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// Splits a value; `\%` is a plain percent sign, and so is one that begins no name.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at(at);
        let after = after.get(1..).unwrap_or_default();
        if let Some(plain) = before.strip_suffix('\\') {
            parts.extend([Part::Text(plain), Part::Text("%")]);
            rest = after;
            continue;
        }
        parts.push(Part::Text(before));
        let name = after
            .split_once('%')
            .map(|(name, _)| name)
            .filter(|name| !name.is_empty() && !name.contains(char::is_whitespace));
        match name {
            Some(name) => {
                parts.push(Part::Name(name));
                rest = after.get(name.len() + 1..).unwrap_or_default();
            }
            None => {
                parts.push(Part::Text("%"));
                rest = after;
            }
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// All texts that a value with placeholders stands for.
pub(crate) fn expand(text: &str, placeholders: &Placeholders) -> Result<Vec<String>, String> {
    let mut expanded = vec![String::new()];
    for part in parts(text) {
        let values = match part {
            Part::Text(text) => {
                expanded.iter_mut().for_each(|one| one.push_str(text));
                continue;
            }
            Part::Name(name) => match placeholders.values(name) {
                [] => return Err(format!("placeholder `%{name}%` needs values")),
                values => values,
            },
        };
        if expanded.len().saturating_mul(values.len()) > VALUES_MAX {
            return Err(format!("placeholders give more than {VALUES_MAX} values"));
        }
        expanded = expanded
            .iter()
            .flat_map(|one| values.iter().map(move |value| format!("{one}{value}")))
            .collect();
    }
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_placeholders() {
        let parse = |text: &str| Placeholders::parse(text).map(|known| known.values("a").to_vec());
        assert_eq!(parse("a: [x, 5]\nb: y"), Ok(vec!["x".into(), "5".into()]));
        assert_eq!(parse("'%a%': x"), Ok(vec!["x".into()]));
        assert_eq!(parse(r#"{"a": ["x"]}"#), Ok(vec!["x".into()]));
        assert_eq!(parse(""), Ok(Vec::new()));
        assert!(parse("[a]").is_err());
        assert!(parse("a: {b: c}").is_err());
        assert!(parse("a: [").is_err());
    }

    #[test]
    fn placeholders_stand_for_their_values() {
        let list = |values: &[&str]| values.iter().map(|one| (*one).to_owned()).collect();
        let known: Placeholders = [
            ("Servers".to_owned(), list(&["srv*", "dc1"])),
            ("n".to_owned(), list(&["1", "2"])),
            ("none".to_owned(), Vec::new()),
        ]
        .into_iter()
        .collect();
        let check = |text: &str, expected: &[&str]| {
            let found = expand(text, &known).unwrap_or_else(|error| vec![error]);
            assert_eq!(found, expected, "{text}");
        };
        check("%Servers%", &["srv*", "dc1"]);
        check("a%n%b%n%", &["a1b1", "a1b2", "a2b1", "a2b2"]);
        check(r"\%plain%n%", &["%plain1", "%plain2"]);
        check("100% of %n%", &["100% of 1", "100% of 2"]);
        check("%", &["%"]);
        check("%%", &["%%"]);
        check("plain", &["plain"]);
        check("%servers%", &["placeholder `%servers%` needs values"]);
        check("%none%", &["placeholder `%none%` needs values"]);
        check(
            &"%n%".repeat(100),
            &["placeholders give more than 10000 values"],
        );
    }
}
