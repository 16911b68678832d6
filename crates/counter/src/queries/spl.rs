use super::{Language, any, listed};
use crate::search::{Field, Log, Test};

/// Splunk's language.
pub(super) struct Spl;

impl Language for Spl {
    const EXTENSION: &'static str = "spl";
    const EXPECTS: &'static str =
        "Expects the Common Information Model for DNS, web and network, and Sysmon for the rest.";

    /// Comments stand between three backticks.
    fn comments(lines: &[String]) -> String {
        lines
            .iter()
            .map(|line| format!("``` {} ```\n", line.replace('`', "'")))
            .collect()
    }

    fn begin(log: Log) -> &'static str {
        match log {
            Log::Dns => "index=* tag=network tag=resolution tag=dns",
            Log::Proxy => "index=* tag=web",
            Log::Firewall => "index=* tag=network tag=communicate",
            Log::Process => {
                "index=* source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=1"
            }
            Log::Image => {
                "index=* source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=7"
            }
            Log::File => {
                "index=* source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=11"
            }
            Log::Registry => {
                "index=* source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode IN (12, 13, 14)"
            }
        }
    }

    fn field(_: Log, field: Field) -> Option<&'static str> {
        Some(match field {
            Field::Query => "query",
            Field::Host => "url_domain",
            Field::Url => "url",
            Field::Agent => "http_user_agent",
            Field::Source => "src_ip",
            Field::Destination => "dest_ip",
            // All hashes of a file stand in one field.
            Field::Md5 | Field::Sha1 | Field::Sha256 | Field::Imphash => "Hashes",
            Field::Path => "TargetFilename",
            Field::Key => "TargetObject",
        })
    }

    fn compare(field: &str, test: Test, values: &[&str]) -> String {
        let like = |before: &str, after: &str| {
            any(values.iter().map(|value| {
                format!(
                    "like(lower({field}), \"{before}{}{after}\")",
                    pattern(value)
                )
            }))
        };
        match test {
            Test::Is if field == "Hashes" => like("%", "%"),
            Test::Is => like("", ""),
            Test::Ends => like("%", ""),
            Test::Contains => like("%", "%"),
            Test::Within => any(values.iter().map(|value| {
                format!(
                    "cidrmatch({}, {field})",
                    listed(&[value], |it| format!("\"{it}\""))
                )
            })),
        }
    }
}

/// A pattern of `like`. What ends a text, calls a macro or opens a search stands as `_`, which
/// is any one character: the search finds a little more, and cannot be led astray.
fn pattern(value: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || " .-:/?&=+~#@,;()".contains(c);
    let characters = value.chars().flat_map(char::to_lowercase);
    characters.map(|c| if safe(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_do_not_end_early() {
        assert_eq!(
            pattern("A\") | delete `x` [search *]$t$\\"),
            "a_) _ delete _x_ _search ___t__"
        );
    }
}
