//! Values that point at hostile activity: what they are, the pattern that looks for them, the
//! observable they become.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use daylight_model::IndicatorKind;
use serde_json::{Map, Value, json};

use crate::made;

/// What a value written on its own is, and its usual spelling; `None` where it is nothing
/// known.
pub(crate) fn classify(written: &str) -> Option<(IndicatorKind, String)> {
    let value = refang(written.trim());
    let lower = value.to_lowercase();
    if is_registry_key(&lower) {
        return Some((IndicatorKind::RegistryKey, value));
    }
    if value.is_empty() || value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    if value.parse::<Ipv4Addr>().is_ok() {
        return Some((IndicatorKind::Ipv4, value));
    }
    if let Ok(address) = value.parse::<Ipv6Addr>() {
        return Some((IndicatorKind::Ipv6, address.to_string()));
    }
    if is_network(&value) {
        return Some((IndicatorKind::Cidr, lower));
    }
    if value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let kind = match value.len() {
            32 => IndicatorKind::Md5,
            40 => IndicatorKind::Sha1,
            64 => IndicatorKind::Sha256,
            128 => IndicatorKind::Sha512,
            _ => return None,
        };
        return Some((kind, lower));
    }
    if is_cve(&lower) {
        return Some((IndicatorKind::Cve, value.to_uppercase()));
    }
    if let Some((scheme, rest)) = value.split_once("://") {
        let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return (is_scheme && !rest.is_empty()).then_some((IndicatorKind::Url, value));
    }
    if let Some((name, host)) = lower.split_once('@') {
        return (!name.is_empty() && is_domain(host)).then_some((IndicatorKind::Email, lower));
    }
    if is_program(&lower) {
        return Some((IndicatorKind::Filename, value));
    }
    is_domain(&lower).then_some((IndicatorKind::Domain, lower))
}

/// A key below a root, which may have blanks in its names.
fn is_registry_key(lower: &str) -> bool {
    const ROOTS: [&str; 11] = [
        "hklm",
        "hkcu",
        "hkcr",
        "hkcc",
        "hku",
        "hkey_local_machine",
        "hkey_current_user",
        "hkey_classes_root",
        "hkey_current_config",
        "hkey_users",
        "registry",
    ];
    let parts = lower.trim_start_matches('\\').split_once('\\');
    parts.is_some_and(|(root, below)| {
        let is_root = ROOTS.contains(&root.trim_end_matches(':'));
        is_root && !below.is_empty() && !below.chars().any(char::is_control)
    })
}

/// A file name whose ending is no top-level domain.
fn is_program(lower: &str) -> bool {
    const ENDINGS: [&str; 23] = [
        "exe", "dll", "sys", "bat", "cmd", "ps1", "vbs", "hta", "lnk", "msi", "scr", "jar", "php",
        "asp", "aspx", "ashx", "asmx", "jsp", "jspx", "docm", "xlsm", "iso", "tmp",
    ];
    let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '$');
    lower.chars().all(name)
        && lower
            .rsplit_once('.')
            .is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending))
}

/// `hxxp://a[.]example` as it was meant.
fn refang(written: &str) -> String {
    let mut value = written.to_owned();
    for (from, to) in [
        ("[.]", "."),
        ("(.)", "."),
        ("[dot]", "."),
        ("[:]", ":"),
        ("[://]", "://"),
        ("[@]", "@"),
        ("[at]", "@"),
    ] {
        value = value.replace(from, to);
    }
    match value.get(..4).map(str::to_ascii_lowercase).as_deref() {
        Some("hxxp") => format!("http{}", &value[4..]),
        _ => value,
    }
}

fn is_network(value: &str) -> bool {
    let Some((address, bits)) = value.split_once('/') else {
        return false;
    };
    let bits: Option<u8> = bits.parse().ok();
    bits.is_some_and(|bits| {
        address.parse::<Ipv4Addr>().is_ok() && bits <= 32
            || address.parse::<Ipv6Addr>().is_ok() && bits <= 128
    })
}

fn is_cve(lower: &str) -> bool {
    let Some((year, number)) = lower.strip_prefix("cve-").and_then(|it| it.split_once('-')) else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    year.len() == 4 && number.len() >= 4 && digits(year) && digits(number)
}

fn is_domain(value: &str) -> bool {
    let labels: Vec<&str> = value.trim_end_matches('.').split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let named = |top: &&str| top.len() >= 2 && top.chars().any(char::is_alphabetic);
    labels.len() >= 2 && labels.iter().all(is_label) && labels.last().is_some_and(named)
}

/// Type and property path of the observable in STIX patterns.
fn path_of(kind: IndicatorKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        IndicatorKind::Ipv4 => ("ipv4-addr", "value"),
        IndicatorKind::Ipv6 => ("ipv6-addr", "value"),
        IndicatorKind::Domain => ("domain-name", "value"),
        IndicatorKind::Url => ("url", "value"),
        IndicatorKind::Email => ("email-addr", "value"),
        IndicatorKind::Md5 => ("file", "hashes.MD5"),
        IndicatorKind::Sha1 => ("file", "hashes.'SHA-1'"),
        IndicatorKind::Sha256 => ("file", "hashes.'SHA-256'"),
        IndicatorKind::Sha512 => ("file", "hashes.'SHA-512'"),
        IndicatorKind::Filename => ("file", "name"),
        IndicatorKind::RegistryKey => ("windows-registry-key", "key"),
        IndicatorKind::Mutex => ("mutex", "name"),
        _ => return None,
    })
}

/// The STIX pattern that looks for a value.
pub(crate) fn pattern(kind: IndicatorKind, value: &str) -> Option<String> {
    if kind == IndicatorKind::Cidr {
        let family = if value.contains(':') {
            "ipv6-addr"
        } else {
            "ipv4-addr"
        };
        return Some(format!("[{family}:value ISSUBSET {}]", quoted(value)));
    }
    let (object, path) = path_of(kind)?;
    Some(format!("[{object}:{path} = {}]", quoted(value)))
}

/// A text as STIX patterns write it.
pub(crate) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The observable that a value is.
pub(crate) fn observable(kind: IndicatorKind, value: &str) -> Option<Map<String, Value>> {
    let (object, path) = path_of(kind)?;
    Some(match path.strip_prefix("hashes.") {
        Some(hash) => {
            made::observable(object, "hashes", &json!({ hash.trim_matches('\''): value }))
        }
        None if kind == IndicatorKind::RegistryKey => {
            made::observable(object, path, &json!(spelled_out(value)))
        }
        None => made::observable(object, path, &json!(value)),
    })
}

/// A registry key with the name of its hive spelled out, as STIX wants it.
pub(crate) fn spelled_out(key: &str) -> Cow<'_, str> {
    const HIVES: [(&str, &str); 5] = [
        ("HKLM", "HKEY_LOCAL_MACHINE"),
        ("HKCU", "HKEY_CURRENT_USER"),
        ("HKCR", "HKEY_CLASSES_ROOT"),
        ("HKCC", "HKEY_CURRENT_CONFIG"),
        ("HKU", "HKEY_USERS"),
    ];
    let (hive, rest) = key.split_at(key.find('\\').unwrap_or(key.len()));
    let known = HIVES
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(hive));
    known.map_or(Cow::Borrowed(key), |(_, long)| {
        format!("{long}{rest}").into()
    })
}

/// The value that a pattern of one comparison looks for, and what it is.
pub(crate) fn of_pattern(pattern: &str) -> Option<(IndicatorKind, String)> {
    let inside = pattern.trim().strip_prefix('[')?.strip_suffix(']')?;
    let (left, right) = inside
        .split_once('=')
        .or_else(|| inside.split_once("ISSUBSET"))?;
    let right = right.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let mut value = String::new();
    let mut characters = right.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?),
            // A second comparison follows: that is more than one value.
            '\'' => return None,
            _ => value.push(character),
        }
    }
    let left = left.trim();
    let kinds = [
        IndicatorKind::Ipv4,
        IndicatorKind::Ipv6,
        IndicatorKind::Domain,
        IndicatorKind::Url,
        IndicatorKind::Email,
        IndicatorKind::Md5,
        IndicatorKind::Sha1,
        IndicatorKind::Sha256,
        IndicatorKind::Sha512,
        IndicatorKind::Filename,
        IndicatorKind::RegistryKey,
    ];
    let plain = |text: &str| text.replace('\'', "");
    let fits = |kind: &IndicatorKind| {
        path_of(*kind)
            .is_some_and(|(object, path)| plain(left) == plain(&format!("{object}:{path}")))
    };
    let kind = kinds.into_iter().find(fits)?;
    Some((
        if value.contains('/') && is_network(&value) {
            IndicatorKind::Cidr
        } else {
            kind
        },
        value,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_on_their_own() {
        let check = |written: &str, expected: Option<(IndicatorKind, &str)>| {
            let expected = expected.map(|(kind, value)| (kind, value.to_owned()));
            assert_eq!(classify(written), expected, "{written}");
        };
        check("192.0.2.7", Some((IndicatorKind::Ipv4, "192.0.2.7")));
        check("2001:DB8::1", Some((IndicatorKind::Ipv6, "2001:db8::1")));
        check("192.0.2.0/24", Some((IndicatorKind::Cidr, "192.0.2.0/24")));
        check(
            "Evil[.]Example",
            Some((IndicatorKind::Domain, "evil.example")),
        );
        check(
            "hxxps://evil[.]example/A",
            Some((IndicatorKind::Url, "https://evil.example/A")),
        );
        check(
            "x[@]evil.example",
            Some((IndicatorKind::Email, "x@evil.example")),
        );
        check(
            &"Ab".repeat(32),
            Some((IndicatorKind::Sha256, &"ab".repeat(32))),
        );
        check(
            "cve-2021-26855",
            Some((IndicatorKind::Cve, "CVE-2021-26855")),
        );
        check(
            "Supp0rt.aspx",
            Some((IndicatorKind::Filename, "Supp0rt.aspx")),
        );
        for nothing in [
            "",
            "hello",
            "two words",
            "1.2.3",
            "192.0.2.0/33",
            "abcdef",
            "a@b",
            "é",
            "hxx",
        ] {
            check(nothing, None);
        }
    }

    #[test]
    fn patterns_and_back() {
        for (kind, value) in [
            (IndicatorKind::Filename, r"it's\here"),
            (IndicatorKind::Sha1, "00"),
            (IndicatorKind::Cidr, "192.0.2.0/24"),
        ] {
            let pattern = pattern(kind, value).unwrap();
            assert_eq!(
                of_pattern(&pattern),
                Some((kind, value.to_owned())),
                "{pattern}"
            );
        }
        assert_eq!(
            pattern(IndicatorKind::Filename, "a'").as_deref(),
            Some(r"[file:name = 'a\'']")
        );
        assert_eq!(of_pattern("[a:b = 'c' OR a:b = 'd']"), None);
        for (key, expected) in [
            (r"HKLM\Software\Reed", r"HKEY_LOCAL_MACHINE\Software\Reed"),
            ("hku", "HKEY_USERS"),
            (r"HKEY_USERS\x", r"HKEY_USERS\x"),
            ("é", "é"),
        ] {
            assert_eq!(spelled_out(key), expected);
        }
        let domain = observable(IndicatorKind::Domain, "example.com").unwrap();
        assert_eq!(
            domain["id"],
            "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"
        );
    }
}
