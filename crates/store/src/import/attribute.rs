//! Attributes of MISP that are none of the usual indicators, among STIX's observables.

use std::collections::BTreeMap;

use daylight_model::IndicatorKind;
use serde_json::{Map, Value, json};

use crate::made;
use crate::value::{quoted, spelled_out};

/// What an attribute tells of an observable.
pub(super) struct Seen {
    kind: &'static str,
    /// Where in the observable, and what stands there; `*` is any element of a list.
    properties: Vec<(Vec<&'static str>, Value)>,
    /// What STIX demands of such an observable besides; none where it demands what no attribute
    /// tells, so that a pattern is all there can be.
    besides: Option<Value>,
}

/// What an attribute of this type tells, where STIX has a place for it.
pub(super) fn seen(kind: &str, value: &str) -> Option<Seen> {
    let (first, second) = value.split_once('|').unwrap_or((value, ""));
    let text = || json!(value);
    if let Some(hash) = kind.strip_prefix("filename|").and_then(hash_path) {
        let properties = vec![(vec!["name"], json!(first)), (hash, json!(second))];
        return Some(pattern("file", properties));
    }
    if let Some(path) = hash_path(kind) {
        return Some(pattern("file", vec![(path, text())]));
    }
    Some(match kind {
        "AS" => {
            let number: u32 = value
                .trim_start_matches(['A', 'S', 'a', 's', ' '])
                .parse()
                .ok()?;
            whole("autonomous-system", &["number"], json!(number))
        }
        "mac-address" => whole("mac-addr", &["value"], json!(value.to_lowercase())),
        "mutex" => whole("mutex", &["name"], text()),
        "regkey|value" => Seen {
            besides: Some(json!({})),
            ..pattern(
                "windows-registry-key",
                vec![
                    (vec!["key"], json!(first)),
                    (vec!["values", "*", "data"], json!(second)),
                ],
            )
        },
        "x509-fingerprint-md5" => whole("x509-certificate", &["hashes", "MD5"], text()),
        "x509-fingerprint-sha1" => whole("x509-certificate", &["hashes", "SHA-1"], text()),
        "x509-fingerprint-sha256" => whole("x509-certificate", &["hashes", "SHA-256"], text()),
        "email-subject" => message(&["subject"], text()),
        "email-body" => message(&["body"], text()),
        "github-username" => account("github", value),
        "twitter-id" => account("twitter", value),
        "email-x-mailer" => header("X-Mailer", text()),
        "email-reply-to" => header("Reply-To", text()),
        "email-message-id" => message(&["message_id"], text()),
        "user-agent" => request(&["request_header", "User-Agent"], text()),
        "http-method" => request(&["request_method"], json!(value.to_lowercase())),
        "port" => {
            let port: u16 = value.parse().ok()?;
            pattern("network-traffic", vec![(vec!["dst_port"], json!(port))])
        }
        "size-in-bytes" => {
            let bytes: u64 = value.parse().ok()?;
            pattern("file", vec![(vec!["size"], json!(bytes))])
        }
        "mime-type" => pattern("file", vec![(vec!["mime_type"], text())]),
        "windows-service-name" => service("service_name", text()),
        "windows-service-displayname" => service("display_name", text()),
        _ => return None,
    })
}

/// The usual indicator that an attribute is one of by another name.
pub(super) fn usual(kind: &str, value: &str) -> Option<IndicatorKind> {
    Some(match kind {
        "link" if value.contains("://") => IndicatorKind::Url,
        "email-attachment" | "attachment" => IndicatorKind::Filename,
        "whois-registrant-email" | "dns-soa-email" => IndicatorKind::Email,
        "onion-address" => IndicatorKind::Domain,
        _ => return None,
    })
}

/// A hash that is none of the usual.
fn hash_path(kind: &str) -> Option<Vec<&'static str>> {
    if kind == "imphash" {
        return Some(vec!["extensions", "windows-pebinary-ext", "imphash"]);
    }
    let name = match kind {
        "ssdeep" => "SSDEEP",
        "tlsh" => "TLSH",
        "sha224" => "SHA-224",
        "sha384" => "SHA-384",
        "sha3-224" => "SHA3-224",
        "sha3-256" => "SHA3-256",
        "sha3-384" => "SHA3-384",
        "sha3-512" => "SHA3-512",
        "sha512/224" => "SHA-512_224",
        "sha512/256" => "SHA-512_256",
        "authentihash" => "AUTHENTIHASH",
        "cdhash" => "CDHASH",
        "impfuzzy" => "IMPFUZZY",
        "pehash" => "PEHASH",
        "telfhash" => "TELFHASH",
        "vhash" => "VHASH",
        _ => return None,
    };
    Some(vec!["hashes", name])
}

const fn pattern(kind: &'static str, properties: Vec<(Vec<&'static str>, Value)>) -> Seen {
    Seen {
        kind,
        properties,
        besides: None,
    }
}

/// What is an observable by itself.
fn whole(kind: &'static str, path: &[&'static str], value: Value) -> Seen {
    Seen {
        besides: Some(json!({})),
        ..pattern(kind, vec![(path.to_vec(), value)])
    }
}

fn message(path: &[&'static str], value: Value) -> Seen {
    Seen {
        besides: Some(json!({ "is_multipart": false })),
        ..pattern("email-message", vec![(path.to_vec(), value)])
    }
}

fn header(name: &'static str, value: Value) -> Seen {
    message(&["additional_header_fields", name], value)
}

fn account(kind: &'static str, login: &str) -> Seen {
    Seen {
        besides: Some(json!({})),
        ..pattern(
            "user-account",
            vec![
                (vec!["account_type"], json!(kind)),
                (vec!["account_login"], json!(login)),
            ],
        )
    }
}

fn request(path: &[&'static str], value: Value) -> Seen {
    let mut whole = vec!["extensions", "http-request-ext"];
    whole.extend(path);
    pattern("network-traffic", vec![(whole, value)])
}

fn service(name: &'static str, value: Value) -> Seen {
    pattern(
        "process",
        vec![(vec!["extensions", "windows-service-ext", name], value)],
    )
}

impl Seen {
    /// The pattern that looks for it.
    pub(super) fn pattern(&self) -> String {
        let tests = self.properties.iter().map(|(path, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), quoted);
            format!("{}:{} = {value}", self.kind, written(path))
        });
        format!("[{}]", tests.collect::<Vec<_>>().join(" AND "))
    }

    /// The observable it is; `None` where STIX demands more of one.
    pub(super) fn observable(&self) -> Option<Map<String, Value>> {
        let besides = self.besides.clone()?;
        let mut properties = BTreeMap::new();
        for (path, value) in &self.properties {
            let (first, rest) = path.split_first()?;
            let value = match (*first, value.as_str()) {
                ("key", Some(key)) => json!(spelled_out(key)),
                _ => value.clone(),
            };
            let nested = rest.iter().rev().fold(value, |inside, name| match *name {
                "*" => json!([inside]),
                name => json!({ name: inside }),
            });
            properties.insert((*first).to_owned(), nested);
        }
        let mut object = made::observable_of(self.kind, properties);
        made::add(&mut object, besides);
        Some(object)
    }
}

/// A path as patterns write it: a name with other characters than STIX's own in quotation marks.
fn written(path: &[&str]) -> String {
    let mut out = String::new();
    for name in path {
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match (*name, out.is_empty()) {
            ("*", _) => out.push_str("[*]"),
            (name, true) => out.push_str(name),
            (name, false) if plain => out.push_str(&format!(".{name}")),
            (name, false) => out.push_str(&format!(".'{name}'")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::seen;
    use crate::pattern::Pattern;

    #[test]
    fn patterns_and_observables() {
        let check = |kind: &str, value: &str, expected: &str, observable: Option<&str>| {
            let seen = seen(kind, value).expect(kind);
            let pattern = seen.pattern();
            assert_eq!(pattern, expected);
            assert!(Pattern::parse(&pattern).is_ok(), "{pattern}");
            let made = seen.observable().map(|mut made| {
                made.retain(|name, _| !matches!(name.as_str(), "id" | "type" | "spec_version"));
                serde_json::Value::Object(made).to_string()
            });
            assert_eq!(made.as_deref(), observable, "{kind}");
        };
        check(
            "AS",
            "AS64496",
            "[autonomous-system:number = 64496]",
            Some(r#"{"number":64496}"#),
        );
        check(
            "regkey|value",
            r"HKLM\Run|it's",
            r"[windows-registry-key:key = 'HKLM\\Run' AND windows-registry-key:values[*].data = 'it\'s']",
            Some(r#"{"key":"HKEY_LOCAL_MACHINE\\Run","values":[{"data":"it's"}]}"#),
        );
        check(
            "filename|tlsh",
            "a.exe|T1AB",
            "[file:name = 'a.exe' AND file:hashes.TLSH = 'T1AB']",
            None,
        );
        check("sha3-256", "ab", "[file:hashes.'SHA3-256' = 'ab']", None);
        check(
            "imphash",
            "ab",
            "[file:extensions.'windows-pebinary-ext'.imphash = 'ab']",
            None,
        );
        check(
            "email-subject",
            "Invoice",
            "[email-message:subject = 'Invoice']",
            Some(r#"{"subject":"Invoice","is_multipart":false}"#),
        );
        check("port", "8443", "[network-traffic:dst_port = 8443]", None);
        check(
            "email-x-mailer",
            "Reed 2",
            "[email-message:additional_header_fields.'X-Mailer' = 'Reed 2']",
            Some(r#"{"additional_header_fields":{"X-Mailer":"Reed 2"},"is_multipart":false}"#),
        );
        check(
            "github-username",
            "heron",
            "[user-account:account_type = 'github' AND user-account:account_login = 'heron']",
            Some(r#"{"account_login":"heron","account_type":"github"}"#),
        );
        assert!(seen("port", "many").is_none());
        assert!(seen("size-in-bytes", "many").is_none());
    }
}
