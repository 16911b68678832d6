//! What is no use to look for, however often reports name it.

use std::net::IpAddr;

use daylight_model::IndicatorKind;

use crate::indicator::canonical_key;
use crate::sigma::compile::Network;

/// Names shared by so many that meeting them says nothing; names below them count too.
const SHARED_DOMAINS: &[&str] = &[
    "amazonaws.com",
    "apple.com",
    "azure.com",
    "bing.com",
    "cloudflare.com",
    "facebook.com",
    "github.com",
    "githubusercontent.com",
    "gitlab.com",
    "google.com",
    "googleapis.com",
    "gstatic.com",
    "linkedin.com",
    "live.com",
    "microsoft.com",
    "microsoftonline.com",
    "mozilla.org",
    "office.com",
    "office365.com",
    "outlook.com",
    "twitter.com",
    "w3.org",
    "wikipedia.org",
    "windows.com",
    "windows.net",
    "windowsupdate.com",
    "x.com",
    "yahoo.com",
    "youtube.com",
];

/// Open resolvers of Google, Cloudflare, Quad9, OpenDNS and Level 3.
const RESOLVERS: &[&str] = &[
    "8.8.8.8",
    "8.8.4.4",
    "1.1.1.1",
    "1.0.0.1",
    "9.9.9.9",
    "149.112.112.112",
    "208.67.222.222",
    "208.67.220.220",
    "4.2.2.1",
    "4.2.2.2",
    "2001:4860:4860::8888",
    "2001:4860:4860::8844",
    "2606:4700:4700::1111",
    "2606:4700:4700::1001",
    "2620:fe::fe",
];

/// Networks that are everybody's own (IANA special-purpose registries). The networks set
/// aside for documentation are not among them: nobody's logs hold those by chance.
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/127",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Files that every Windows machine or web site has.
const COMMON_FILES: &[&str] = &[
    "at.exe",
    "cmd.exe",
    "conhost.exe",
    "csc.exe",
    "cscript.exe",
    "default.aspx",
    "desktop.ini",
    "error.aspx",
    "explorer.exe",
    "global.asax",
    "index.aspx",
    "index.html",
    "index.php",
    "install.exe",
    "license.txt",
    "logon.aspx",
    "lsass.exe",
    "mshta.exe",
    "net.exe",
    "net1.exe",
    "netsh.exe",
    "ntds.dit",
    "powershell.exe",
    "pwsh.exe",
    "readme.txt",
    "reg.exe",
    "regsvr32.exe",
    "rundll32.exe",
    "sc.exe",
    "schtasks.exe",
    "services.exe",
    "setup.exe",
    "svchost.exe",
    "taskhost.exe",
    "vssadmin.exe",
    "w3wp.exe",
    "web.config",
    "wevtutil.exe",
    "whoami.exe",
    "winword.exe",
    "wmic.exe",
    "wscript.exe",
];

/// Keys and values that every Windows machine has, below `HKLM` or `HKCU`; what is set below them
/// may tell something.
const COMMON_KEYS: &[&str] = &[
    "environment",
    "sam",
    "security",
    "software",
    "software\\classes",
    "software\\microsoft",
    "software\\microsoft\\windows",
    "software\\microsoft\\windows defender",
    "software\\microsoft\\windows nt",
    "software\\microsoft\\windows nt\\currentversion",
    "software\\microsoft\\windows nt\\currentversion\\image file execution options",
    "software\\microsoft\\windows nt\\currentversion\\profilelist",
    "software\\microsoft\\windows nt\\currentversion\\schedule\\taskcache",
    "software\\microsoft\\windows nt\\currentversion\\schedule\\taskcache\\tasks",
    "software\\microsoft\\windows nt\\currentversion\\schedule\\taskcache\\tree",
    "software\\microsoft\\windows nt\\currentversion\\svchost",
    "software\\microsoft\\windows nt\\currentversion\\windows",
    "software\\microsoft\\windows nt\\currentversion\\winlogon",
    "software\\microsoft\\windows nt\\currentversion\\winlogon\\shell",
    "software\\microsoft\\windows nt\\currentversion\\winlogon\\userinit",
    "software\\microsoft\\windows\\currentversion",
    "software\\microsoft\\windows\\currentversion\\app paths",
    "software\\microsoft\\windows\\currentversion\\explorer",
    "software\\microsoft\\windows\\currentversion\\explorer\\shell folders",
    "software\\microsoft\\windows\\currentversion\\explorer\\user shell folders",
    "software\\microsoft\\windows\\currentversion\\internet settings",
    "software\\microsoft\\windows\\currentversion\\policies",
    "software\\microsoft\\windows\\currentversion\\policies\\explorer",
    "software\\microsoft\\windows\\currentversion\\policies\\explorer\\run",
    "software\\microsoft\\windows\\currentversion\\policies\\system",
    "software\\microsoft\\windows\\currentversion\\run",
    "software\\microsoft\\windows\\currentversion\\runonce",
    "software\\microsoft\\windows\\currentversion\\uninstall",
    "software\\policies",
    "software\\policies\\microsoft",
    "system",
    "system\\currentcontrolset",
    "system\\currentcontrolset\\control",
    "system\\currentcontrolset\\control\\lsa",
    "system\\currentcontrolset\\control\\session manager",
    "system\\currentcontrolset\\control\\terminal server",
    "system\\currentcontrolset\\services",
];

/// Hashes of no bytes at all.
const EMPTY: &[&str] = &[
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Why an indicator, its value in lower case, is not looked for; `None` where it is.
pub(crate) fn reason(kind: IndicatorKind, value: &str) -> Option<String> {
    let reason = match kind {
        IndicatorKind::Cve | IndicatorKind::Cwe | IndicatorKind::Asn | IndicatorKind::AttackId => {
            "is a reference, not something that stands in logs"
        }
        IndicatorKind::YaraRule | IndicatorKind::SigmaRule => "is a rule, not a value",
        IndicatorKind::Ssdeep => "is compared, not looked for",
        IndicatorKind::RegistryKey if is_common_key(value) => "is on every machine",
        IndicatorKind::Ipv4 | IndicatorKind::Ipv6 => return address(value),
        IndicatorKind::Cidr => return address(value.split('/').next()?),
        IndicatorKind::Domain if is_shared(value) => "is shared by very many users",
        IndicatorKind::Domain if !value.contains('.') => "is no full domain name",
        IndicatorKind::Url | IndicatorKind::Email => return bare_shared(value),
        IndicatorKind::Filename if COMMON_FILES.contains(&value) => "is on every machine",
        IndicatorKind::Filename if !value.contains('.') => "is too short a name to tell",
        IndicatorKind::FilePath if value.ends_with(['\\', '/']) => "is a folder, not a file",
        IndicatorKind::FilePath if is_system_file(value) => "is on every machine",
        _ if EMPTY.contains(&value) => "is the hash of an empty file",
        _ => return None,
    };
    Some(reason.to_owned())
}

fn address(value: &str) -> Option<String> {
    let address: IpAddr = value.parse().ok()?;
    let special = SPECIAL.iter().filter_map(|network| Network::parse(network));
    if special.into_iter().any(|network| network.contains(address)) {
        return Some("is private or reserved".to_owned());
    }
    let resolver = RESOLVERS.contains(&value);
    resolver.then(|| "is a public DNS resolver".to_owned())
}

/// A common file where Windows has it; elsewhere, its name is a disguise.
fn is_system_file(path: &str) -> bool {
    let name = path.rsplit(['\\', '/']).next().unwrap_or(path);
    COMMON_FILES.contains(&name) && path.contains("\\windows\\")
}

/// A key, its value in lower case, that others are set below; 32-bit programs have their own.
fn is_common_key(value: &str) -> bool {
    let key = canonical_key(value).unwrap_or_else(|| value.trim_matches('\\').to_owned());
    let below = key.strip_prefix("hklm\\").or(key.strip_prefix("hkcu\\"));
    let below = below.unwrap_or(&key).replace("\\wow6432node", "");
    COMMON_KEYS.contains(&below.as_str())
}

fn is_shared(name: &str) -> bool {
    SHARED_DOMAINS.contains(&name.strip_prefix("www.").unwrap_or(name))
}

/// A URL or mail address tells something even on a shared host, unless it is the host.
fn bare_shared(value: &str) -> Option<String> {
    let host = value.split_once("://").map_or(value, |(_, rest)| rest);
    let host = host.strip_suffix('/').unwrap_or(host);
    is_shared(host).then(|| "is shared by very many users".to_owned())
}

/// Why something must not be blocked and is not worth a rule, its value in lower case; `None`
/// where nothing is known against it. The same lists as for the hunt, and networks that an
/// open resolver lies in.
#[must_use]
pub fn warned_of(kind: IndicatorKind, value: &str) -> Option<String> {
    match kind {
        IndicatorKind::Cidr => reason(kind, value).or_else(|| {
            let network = Network::parse(value)?;
            let resolvers = RESOLVERS
                .iter()
                .filter_map(|text| text.parse::<IpAddr>().ok());
            let holds = resolvers
                .into_iter()
                .any(|resolver| network.contains(resolver));
            holds.then(|| "holds a public DNS resolver".to_owned())
        }),
        _ => reason(kind, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_not_be_blocked() {
        let check = |kind, value: &str, warned: bool| {
            assert_eq!(warned_of(kind, value).is_some(), warned, "{value}");
        };
        check(IndicatorKind::Cidr, "8.8.8.0/24", true);
        check(IndicatorKind::Cidr, "203.0.113.0/24", false);
        check(IndicatorKind::Ipv4, "9.9.9.9", true);
        check(IndicatorKind::Domain, "github.com", true);
        check(IndicatorKind::RegistryKey, r"hklm\software\run\x", false);
    }
}
