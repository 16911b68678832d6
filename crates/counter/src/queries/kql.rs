use super::{Language, any, listed, marked, quoted};
use crate::search::{Field, Log, Test};

/// Kusto's language, as Microsoft Sentinel and Defender XDR take it.
pub(super) struct Kql;

impl Language for Kql {
    const EXTENSION: &'static str = "kql";
    const EXPECTS: &'static str = "Expects the ASIM parsers for DNS, web and network sessions, and the tables of Defender XDR.";

    fn comments(lines: &[String]) -> String {
        marked("//", lines)
    }

    fn begin(log: Log) -> &'static str {
        match log {
            Log::Dns => "_Im_Dns",
            Log::Proxy => "_Im_WebSession",
            Log::Firewall => "_Im_NetworkSession",
            Log::Process => "DeviceProcessEvents",
            Log::Image => "DeviceImageLoadEvents",
            Log::File => "DeviceFileEvents",
            Log::Registry => "DeviceRegistryEvents",
        }
    }

    fn field(_: Log, field: Field) -> Option<&'static str> {
        Some(match field {
            Field::Query => "DnsQuery",
            Field::Host => "tostring(parse_url(Url).Host)",
            Field::Url => "Url",
            Field::Agent => "HttpUserAgent",
            Field::Source => "SrcIpAddr",
            Field::Destination => "DstIpAddr",
            Field::Md5 => "MD5",
            Field::Sha1 => "SHA1",
            Field::Sha256 => "SHA256",
            // These tables do not hold it.
            Field::Imphash => return None,
            Field::Path => "FolderPath",
            Field::Key => "RegistryKey",
        })
    }

    fn compare(field: &str, test: Test, values: &[&str]) -> String {
        let each = |operator: &str| {
            any(values
                .iter()
                .map(|value| format!("{field} {operator} {}", quoted(value))))
        };
        match test {
            Test::Is => format!("{field} in~ ({})", listed(values, quoted)),
            Test::Ends => each("endswith"),
            Test::Contains => each("contains"),
            Test::Within => any(values.iter().map(|value| {
                let version = if value.contains(':') { "ipv6" } else { "ipv4" };
                format!("{version}_is_in_range({field}, {})", quoted(value))
            })),
        }
    }
}
