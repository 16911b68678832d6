use super::{Language, any, listed, marked, quoted};
use crate::search::{Field, Log, Test};

/// The language of Elasticsearch.
pub(super) struct Esql;

impl Language for Esql {
    const EXTENSION: &'static str = "esql";
    const EXPECTS: &'static str = "Expects fields of the Elastic Common Schema.";

    fn comments(lines: &[String]) -> String {
        marked("//", lines)
    }

    fn begin(_: Log) -> &'static str {
        "from logs-*"
    }

    fn field(log: Log, field: Field) -> Option<&'static str> {
        let library = log == Log::Image;
        Some(match field {
            Field::Query => "dns.question.name",
            Field::Host => "url.domain",
            Field::Url => "url.original",
            Field::Agent => "user_agent.original",
            Field::Source => "source.ip",
            Field::Destination => "destination.ip",
            Field::Md5 if library => "dll.hash.md5",
            Field::Md5 => "process.hash.md5",
            Field::Sha1 if library => "dll.hash.sha1",
            Field::Sha1 => "process.hash.sha1",
            Field::Sha256 if library => "dll.hash.sha256",
            Field::Sha256 => "process.hash.sha256",
            Field::Imphash if library => "dll.pe.imphash",
            Field::Imphash => "process.pe.imphash",
            Field::Path => "file.path",
            Field::Key => "registry.path",
        })
    }

    fn compare(field: &str, test: Test, values: &[&str]) -> String {
        let small = |value: &str| quoted(&value.to_lowercase());
        let lower = format!("to_lower({field})");
        match test {
            // An address is no text, and takes no case.
            Test::Is if field.ends_with(".ip") => {
                format!("cidr_match({field}, {})", listed(values, with_prefix))
            }
            Test::Within => format!("cidr_match({field}, {})", listed(values, quoted)),
            Test::Is => format!("{lower} in ({})", listed(values, small)),
            Test::Ends => any(values
                .iter()
                .map(|value| format!("ends_with({lower}, {})", small(value)))),
            Test::Contains => any(values
                .iter()
                .map(|value| format!("locate({lower}, {}) > 0", small(value)))),
        }
    }
}

/// An address as a network of its own.
fn with_prefix(address: &str) -> String {
    let bits = if address.contains(':') { 128 } else { 32 };
    quoted(&format!("{address}/{bits}"))
}
