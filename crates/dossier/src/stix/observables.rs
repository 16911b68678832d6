//! Observables and indicator patterns.

use std::net::{Ipv4Addr, Ipv6Addr};

use daylight_model::{Indicator, IndicatorKind, IndicatorRole, Reading};
use serde_json::{Value, json};

use super::bundle::{Bundle, moment};
use super::{entities, ids};

/// Adds what a report gives to look for; addresses of further reading are left out.
pub(super) fn add(bundle: &mut Bundle, reading: &Reading, fallback_time: &str) {
    let valid_from = reading
        .document
        .published
        .map_or_else(|| fallback_time.to_owned(), moment);
    for indicator in reading
        .indicators
        .iter()
        .filter(|it| it.role == IndicatorRole::Indicator)
    {
        match indicator.kind {
            IndicatorKind::Cve => {
                entities::vulnerability(bundle, &indicator.value);
            }
            IndicatorKind::AttackId
                if indicator.value.starts_with('T') && !indicator.value.starts_with("TA") =>
            {
                entities::technique(bundle, &indicator.value, None);
            }
            _ => add_indicator(bundle, indicator, &valid_from),
        }
    }
}

fn add_indicator(bundle: &mut Bundle, indicator: &Indicator, valid_from: &str) {
    for object in observable(indicator.kind, &indicator.value)
        .into_iter()
        .flatten()
    {
        bundle.add(object);
    }
    // A rule of the report is a pattern as it stands.
    let own = match indicator.kind {
        IndicatorKind::YaraRule => Some("yara"),
        IndicatorKind::SigmaRule => Some("sigma"),
        _ => None,
    };
    let pattern = match own {
        Some(_) => Some(indicator.as_written.clone()),
        None => pattern(indicator.kind, &indicator.value),
    };
    let Some(pattern) = pattern else {
        return;
    };
    let daylight = bundle.daylight.clone();
    let description = match own {
        Some(_) => "Given in the report.".to_owned(),
        None => format!("Given in the report as “{}”.", indicator.as_written),
    };
    let mut properties = json!({
        "name": indicator.value,
        "description": description,
        "indicator_types": ["malicious-activity"],
        "pattern": pattern,
        "pattern_type": own.unwrap_or("stix"),
        "valid_from": valid_from,
    });
    if own.is_none() {
        properties["pattern_version"] = json!("2.1");
    }
    bundle.add_domain(
        "indicator",
        &indicator.stix_id(),
        Some(&daylight),
        properties,
    );
}

/// The observable of a value, after those it refers to; `None` where STIX has none or the
/// value does not fit its kind.
pub(super) fn observable(kind: IndicatorKind, value: &str) -> Option<Vec<Value>> {
    let simple = |name: &str| {
        Some(vec![ids::observable(
            name,
            json!({ "value": value }),
            &["value"],
        )])
    };
    if value.is_empty() {
        return None;
    }
    match kind {
        IndicatorKind::Ipv4 => simple("ipv4-addr"),
        IndicatorKind::Ipv6 => simple("ipv6-addr"),
        IndicatorKind::Cidr if value.contains(':') => simple("ipv6-addr"),
        IndicatorKind::Cidr => simple("ipv4-addr"),
        IndicatorKind::Domain => simple("domain-name"),
        // Without a scheme it is no URL in STIX's sense; the pattern still looks for it.
        IndicatorKind::Url if !value.contains("://") => None,
        IndicatorKind::Url => {
            let address = json!({ "value": ids::uri(value) });
            Some(vec![ids::observable("url", address, &["value"])])
        }
        IndicatorKind::Email => simple("email-addr"),
        IndicatorKind::Md5
        | IndicatorKind::Sha1
        | IndicatorKind::Sha256
        | IndicatorKind::Sha512
        | IndicatorKind::Ssdeep => Some(vec![file(None, Some((hash_name(kind)?, value)), None)]),
        IndicatorKind::Filename => Some(vec![file(Some(value), None, None)]),
        IndicatorKind::FilePath => file_at(value),
        IndicatorKind::RegistryKey => Some(vec![ids::observable(
            "windows-registry-key",
            json!({ "key": full_key(value) }),
            &["key", "values"],
        )]),
        IndicatorKind::Mutex => Some(vec![ids::observable(
            "mutex",
            json!({ "name": value }),
            &["name"],
        )]),
        IndicatorKind::Asn => {
            let number: u32 = value
                .trim_start_matches(['A', 'S', 'a', 's'])
                .parse()
                .ok()?;
            Some(vec![ids::observable(
                "autonomous-system",
                json!({ "number": number }),
                &["number"],
            )])
        }
        _ => None,
    }
}

/// An address as an observable, where the text is one.
pub(super) fn address(text: &str) -> Option<Value> {
    let kind = if text.parse::<Ipv4Addr>().is_ok() {
        IndicatorKind::Ipv4
    } else if text.parse::<Ipv6Addr>().is_ok() {
        IndicatorKind::Ipv6
    } else {
        return None;
    };
    observable(kind, text)?.pop()
}

/// A file with its folder, from a path of Windows or Unix.
pub(super) fn file_at(path: &str) -> Option<Vec<Value>> {
    let Some(split) = path.rfind(['\\', '/']) else {
        return (!path.is_empty()).then(|| vec![file(Some(path), None, None)]);
    };
    let (folder, name) = (path.get(..split)?, path.get(split + 1..)?);
    if folder.is_empty() && name.is_empty() {
        return None;
    }
    if folder.is_empty() {
        return Some(vec![file(Some(name), None, None)]);
    }
    let directory = ids::observable("directory", json!({ "path": folder }), &["path"]);
    if name.is_empty() {
        return Some(vec![directory]);
    }
    let directory_id = directory
        .get("id")
        .and_then(Value::as_str)
        .map(str::to_owned);
    Some(vec![
        directory,
        file(Some(name), None, directory_id.as_deref()),
    ])
}

pub(super) fn file(name: Option<&str>, hash: Option<(&str, &str)>, folder: Option<&str>) -> Value {
    let mut properties = serde_json::Map::new();
    if let Some((algorithm, hash)) = hash {
        properties.insert("hashes".into(), json!({ algorithm: hash }));
    }
    if let Some(name) = name {
        properties.insert("name".into(), json!(name));
    }
    if let Some(folder) = folder {
        properties.insert("parent_directory_ref".into(), json!(folder));
    }
    let contributing = ["hashes", "name", "extensions", "parent_directory_ref"];
    ids::observable("file", Value::Object(properties), &contributing)
}

const fn hash_name(kind: IndicatorKind) -> Option<&'static str> {
    match kind {
        IndicatorKind::Md5 => Some("MD5"),
        IndicatorKind::Sha1 => Some("SHA-1"),
        IndicatorKind::Sha256 => Some("SHA-256"),
        IndicatorKind::Sha512 => Some("SHA-512"),
        IndicatorKind::Ssdeep => Some("SSDEEP"),
        _ => None,
    }
}

/// The pattern that matches a value.
fn pattern(kind: IndicatorKind, value: &str) -> Option<String> {
    let text = literal(value);
    let of = |path: &str| Some(format!("[{path} = {text}]"));
    match kind {
        IndicatorKind::Ipv4 => of("ipv4-addr:value"),
        IndicatorKind::Ipv6 => of("ipv6-addr:value"),
        IndicatorKind::Cidr if value.contains(':') => {
            Some(format!("[ipv6-addr:value ISSUBSET {text}]"))
        }
        IndicatorKind::Cidr => Some(format!("[ipv4-addr:value ISSUBSET {text}]")),
        IndicatorKind::Domain => of("domain-name:value"),
        IndicatorKind::Url if !value.contains("://") => {
            let [plain, secure] =
                ["http", "https"].map(|scheme| literal(&format!("{scheme}://{value}")));
            Some(format!("[url:value IN ({plain}, {secure})]"))
        }
        IndicatorKind::Url => of("url:value"),
        IndicatorKind::Email => of("email-addr:value"),
        IndicatorKind::Md5
        | IndicatorKind::Sha1
        | IndicatorKind::Sha256
        | IndicatorKind::Sha512
        | IndicatorKind::Ssdeep => {
            let name = hash_name(kind)?;
            // Names with a hyphen stand in quotes.
            let name = if name.contains('-') {
                format!("'{name}'")
            } else {
                name.into()
            };
            of(&format!("file:hashes.{name}"))
        }
        IndicatorKind::Filename => of("file:name"),
        IndicatorKind::FilePath => {
            let split = value.rfind(['\\', '/']).filter(|split| *split > 0);
            let (folder, name) = (value.get(..split?)?, value.get(split? + 1..)?);
            if name.is_empty() {
                return Some(format!("[directory:path = {}]", literal(folder)));
            }
            Some(format!(
                "[file:name = {} AND file:parent_directory_ref.path = {}]",
                literal(name),
                literal(folder)
            ))
        }
        IndicatorKind::Mutex => of("mutex:name"),
        // STIX has no observable of a user agent alone, and none of a program whose kind is
        // not known; both can be looked for.
        IndicatorKind::UserAgent => {
            of("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'")
        }
        IndicatorKind::Imphash => of("file:extensions.'windows-pebinary-ext'.imphash"),
        IndicatorKind::RegistryKey => Some(format!(
            "[windows-registry-key:key = {}]",
            literal(&full_key(value))
        )),
        _ => None,
    }
}

/// A registry key with its hive spelled out, as STIX wants it.
fn full_key(key: &str) -> String {
    const HIVES: [(&str, &str); 5] = [
        ("HKLM", "HKEY_LOCAL_MACHINE"),
        ("HKCU", "HKEY_CURRENT_USER"),
        ("HKCR", "HKEY_CLASSES_ROOT"),
        ("HKU", "HKEY_USERS"),
        ("HKCC", "HKEY_CURRENT_CONFIG"),
    ];
    let (hive, rest) = key.split_once('\\').unwrap_or((key, ""));
    let full = HIVES
        .iter()
        .find(|(short, _)| hive.eq_ignore_ascii_case(short));
    full.map_or_else(|| key.to_owned(), |(_, full)| format!("{full}\\{rest}"))
}

/// A string of the pattern language.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: IndicatorKind, value: &str, expected: &str) {
        assert_eq!(pattern(kind, value).as_deref(), Some(expected));
    }

    #[test]
    fn patterns_quote_what_they_match() {
        check(
            IndicatorKind::Ipv4,
            "198.51.100.7",
            "[ipv4-addr:value = '198.51.100.7']",
        );
        check(
            IndicatorKind::Cidr,
            "198.51.100.0/24",
            "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
        );
        check(
            IndicatorKind::Url,
            "http://a.example/'x\\",
            r"[url:value = 'http://a.example/\'x\\']",
        );
        check(
            IndicatorKind::Url,
            "a.example/x",
            "[url:value IN ('http://a.example/x', 'https://a.example/x')]",
        );
        check(
            IndicatorKind::Sha256,
            "ab",
            "[file:hashes.'SHA-256' = 'ab']",
        );
        check(IndicatorKind::Md5, "ab", "[file:hashes.MD5 = 'ab']");
        check(
            IndicatorKind::FilePath,
            r"C:\a\b.aspx",
            r"[file:name = 'b.aspx' AND file:parent_directory_ref.path = 'C:\\a']",
        );
        check(
            IndicatorKind::Ssdeep,
            "3:a:b",
            "[file:hashes.SSDEEP = '3:a:b']",
        );
        check(
            IndicatorKind::Mutex,
            r"Global\x",
            r"[mutex:name = 'Global\\x']",
        );
        check(
            IndicatorKind::UserAgent,
            "Loader/1.0",
            "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Loader/1.0']",
        );
        check(
            IndicatorKind::Imphash,
            "ab",
            "[file:extensions.'windows-pebinary-ext'.imphash = 'ab']",
        );
        assert_eq!(pattern(IndicatorKind::CryptoAddress, "x"), None);
    }

    #[test]
    fn ids_are_the_ones_every_tool_computes() {
        // The expected ids were computed with OASIS's own library.
        use IndicatorKind::*;
        for (kind, value, expected) in [
            (
                Domain,
                "example.com",
                "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7",
            ),
            (
                Domain,
                "bücher.example",
                "domain-name--dbf3aff2-b3cd-57d2-9616-0ddfde9d01ad",
            ),
            (
                Ipv6,
                "2001:db8::1",
                "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26",
            ),
            (
                Url,
                "http://a.example/'x",
                "url--e2e33003-c25a-50a7-a890-864ff5a269a2",
            ),
            (
                RegistryKey,
                r"HKLM\Software\x",
                "windows-registry-key--f2a6a91b-59fa-5bb7-a7f9-937ea97b37c9",
            ),
            (
                Asn,
                "AS64496",
                "autonomous-system--9ad79ee3-2fde-5015-b0cc-7a96404effca",
            ),
            (
                Md5,
                "d41d8cd98f00b204e9800998ecf8427e",
                "file--02fff920-f614-527c-81d1-6353633a6d21",
            ),
            (
                Email,
                "a@b.example",
                "email-addr--20f95e88-019c-5ac7-a027-aba10fdcb3ca",
            ),
            (
                FilePath,
                r"C:\a\b.aspx",
                "file--d8f492ef-b761-581d-9588-43479e6dd8e2",
            ),
        ] {
            let objects = observable(kind, value).unwrap();
            assert_eq!(objects.last().unwrap()["id"], expected);
        }
    }
}
