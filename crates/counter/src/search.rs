//! What is looked for in which log, before any language writes it down.

use daylight_model::IndicatorKind;

use crate::{Chosen, Entry};

/// A kind of log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Log {
    Dns,
    Proxy,
    Firewall,
    Process,
    Image,
    File,
    Registry,
}

impl Log {
    pub(crate) const ALL: [Self; 7] = [
        Self::Dns,
        Self::Proxy,
        Self::Firewall,
        Self::Process,
        Self::Image,
        Self::File,
        Self::Registry,
    ];

    /// What a match is.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Dns => "Name looked up that a report gives",
            Self::Proxy => "Web request as a report gives it",
            Self::Firewall => "Connection to an address that a report gives",
            Self::Process => "Program started whose hash a report gives",
            Self::Image => "Library loaded whose hash a report gives",
            Self::File => "File written that a report names",
            Self::Registry => "Registry key changed that a report names",
        }
    }
}

/// A field of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Query,
    Host,
    Url,
    Agent,
    Source,
    Destination,
    Md5,
    Sha1,
    Sha256,
    Imphash,
    Path,
    Key,
}

/// How a field is compared with a value, whether letters are large or small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Test {
    Is,
    Ends,
    Contains,
    /// The value is a network.
    Within,
}

/// A comparison that tells a match.
#[derive(Debug, Clone)]
pub(crate) struct Term<'m> {
    pub(crate) field: Field,
    pub(crate) test: Test,
    pub(crate) value: String,
    pub(crate) entry: &'m Entry,
}

/// Everything that is looked for in a kind of log; any term is enough.
pub(crate) fn terms(chosen: &Chosen, log: Log) -> Vec<Term<'_>> {
    let mut terms = Vec::new();
    for entry in &chosen.entries {
        let found = of_entry(log, entry).into_iter();
        terms.extend(found.map(|(field, test, value)| Term {
            field,
            test,
            value,
            entry,
        }));
    }
    terms.sort_by_key(|term| (term.field, term.test));
    terms
}

fn of_entry(log: Log, entry: &Entry) -> Vec<(Field, Test, String)> {
    let value = entry.value.clone();
    let name = |field| {
        let below = format!(".{value}");
        vec![(field, Test::Is, value.clone()), (field, Test::Ends, below)]
    };
    // Intruders come from an address as well as they are called there.
    let both = |test| {
        let fields = [Field::Source, Field::Destination];
        fields.map(|field| (field, test, value.clone())).to_vec()
    };
    match (log, entry.kind) {
        (Log::Dns, IndicatorKind::Domain) => name(Field::Query),
        (Log::Proxy, IndicatorKind::Domain) => name(Field::Host),
        (Log::Proxy, IndicatorKind::Url) => vec![(Field::Url, Test::Contains, value)],
        (Log::Proxy, IndicatorKind::UserAgent) => vec![(Field::Agent, Test::Is, value)],
        (Log::Firewall, IndicatorKind::Ipv4 | IndicatorKind::Ipv6) => both(Test::Is),
        (Log::Firewall, IndicatorKind::Cidr) => both(Test::Within),
        (Log::Process | Log::Image, kind) => hash(kind)
            .map(|field| (field, Test::Is, value))
            .into_iter()
            .collect(),
        (Log::File, IndicatorKind::Filename) => {
            vec![(Field::Path, Test::Ends, format!("\\{value}"))]
        }
        (Log::File, IndicatorKind::FilePath) => {
            vec![(Field::Path, Test::Ends, without_variable(&value).to_owned())]
        }
        (Log::Registry, IndicatorKind::RegistryKey) => {
            vec![(Field::Key, Test::Contains, without_hive(&value))]
        }
        _ => Vec::new(),
    }
}

const fn hash(kind: IndicatorKind) -> Option<Field> {
    Some(match kind {
        IndicatorKind::Md5 => Field::Md5,
        IndicatorKind::Sha1 => Field::Sha1,
        IndicatorKind::Sha256 => Field::Sha256,
        IndicatorKind::Imphash => Field::Imphash,
        _ => return None,
    })
}

/// `\x.dll` of `%TEMP%\x.dll`: logs hold what the variable stands for.
fn without_variable(path: &str) -> &str {
    let rest = path.strip_prefix('%').and_then(|it| it.split_once('%'));
    match rest {
        Some((_, rest)) if rest.len() > 1 => rest,
        _ => path,
    }
}

/// `\SOFTWARE\X` of `HKLM\SOFTWARE\X`: logs write the hive in several ways.
fn without_hive(key: &str) -> String {
    match key.split_once('\\') {
        Some((hive, rest)) if hive.to_ascii_uppercase().starts_with("HK") && !rest.is_empty() => {
            format!("\\{rest}")
        }
        _ => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_keys_as_logs_hold_them() {
        assert_eq!(without_variable("%TEMP%\\x.dll"), "\\x.dll");
        assert_eq!(without_variable("C:\\a%b%\\x.dll"), "C:\\a%b%\\x.dll");
        assert_eq!(without_variable("%TEMP%"), "%TEMP%");
        assert_eq!(without_hive("HKLM\\SOFTWARE\\X"), "\\SOFTWARE\\X");
        assert_eq!(without_hive("SOFTWARE\\X"), "SOFTWARE\\X");
    }
}
