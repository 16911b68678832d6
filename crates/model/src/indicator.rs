use serde::{Deserialize, Serialize};

use crate::Span;

/// An observable written in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// What it is.
    pub kind: IndicatorKind,
    /// The value, fanged and normalised (`hxxp://a[.]b` becomes `http://a.b`; hosts and
    /// hashes in lower case).
    pub value: String,
    /// Where it stands.
    pub span: Span,
    /// As it is written there.
    pub as_written: String,
    /// It was written so that it cannot be clicked.
    pub defanged: bool,
    /// What it is there for.
    pub role: IndicatorRole,
}

impl Indicator {
    /// `indicator--<uuid>`, derived from kind and value: the rule that looks for it, and the
    /// STIX object that publishes it, carry the same id.
    #[must_use]
    pub fn stix_id(&self) -> String {
        let kind = format!("{:?}", self.kind).to_lowercase();
        crate::derived_id("indicator", &[&kind, &self.value.to_lowercase()])
    }
}

/// Kinds of observables. Names follow MISP attribute types where MISP has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum IndicatorKind {
    /// IPv4 address.
    Ipv4,
    /// IPv6 address.
    Ipv6,
    /// Network in CIDR notation.
    Cidr,
    /// Domain name.
    Domain,
    /// URL.
    Url,
    /// Mail address.
    Email,
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// CVE id.
    Cve,
    /// CWE id.
    Cwe,
    /// File name without a path.
    Filename,
    /// Path of a file or folder.
    FilePath,
    /// Windows registry key.
    RegistryKey,
    /// Autonomous system number, `AS64496`.
    Asn,
    /// Wallet of a crypto currency.
    CryptoAddress,
    /// ATT&CK technique, software, group, tactic, campaign or mitigation id.
    AttackId,
    /// ssdeep, a fuzzy hash.
    Ssdeep,
    /// Hash of a program's imports.
    Imphash,
    /// Name of a mutex.
    Mutex,
    /// User agent of a client, as it stands in the header.
    UserAgent,
    /// YARA rule: the value is its name, the words as written are the whole rule.
    YaraRule,
    /// Sigma rule: the value is its title, the words as written are the whole rule.
    SigmaRule,
}

impl IndicatorKind {
    /// The type and the category of a MISP attribute (MISP core format, section 2.4) that holds
    /// such a value; `None` where MISP has none.
    #[must_use]
    pub const fn misp_attribute(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Ipv4 | Self::Ipv6 | Self::Cidr => ("ip-dst", "Network activity"),
            Self::Domain => ("domain", "Network activity"),
            Self::Url => ("url", "Network activity"),
            Self::UserAgent => ("user-agent", "Network activity"),
            Self::Asn => ("AS", "Network activity"),
            Self::Email => ("email-src", "Payload delivery"),
            Self::Md5 => ("md5", "Payload delivery"),
            Self::Sha1 => ("sha1", "Payload delivery"),
            Self::Sha256 => ("sha256", "Payload delivery"),
            Self::Sha512 => ("sha512", "Payload delivery"),
            Self::Ssdeep => ("ssdeep", "Payload delivery"),
            Self::Imphash => ("imphash", "Payload delivery"),
            Self::Filename | Self::FilePath => ("filename", "Payload delivery"),
            Self::RegistryKey => ("regkey", "Persistence mechanism"),
            Self::Mutex => ("mutex", "Artifacts dropped"),
            Self::YaraRule => ("yara", "Payload delivery"),
            Self::SigmaRule => ("sigma", "Payload delivery"),
            Self::Cve => ("vulnerability", "External analysis"),
            Self::Cwe => ("weakness", "External analysis"),
            Self::CryptoAddress | Self::AttackId => return None,
        })
    }
}

/// What an observable is in the text for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum IndicatorRole {
    /// Points at the activity reported: hunt for it.
    Indicator,
    /// A link to further reading, the publisher's or the vendor's own site: never hunted.
    Reference,
}
