//! The kinds of logs that are read, and by which names rules know their fields: one table that the
//! readers themselves go by.

use daylight_model::{Event, LogFamily};

/// A kind of log.
#[derive(Debug, Clone, Copy)]
pub struct KindInfo {
    /// As the manifest names it.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What its events count as.
    pub family: LogFamily,
    /// Names of the log beside those that Sigma's rules use for the same; events have both.
    pub fields: &'static [(&'static str, &'static [&'static str])],
}

const CONNECTION: &[(&str, &[&str])] = &[
    ("id.orig_h", &["src_ip", "c-ip"]),
    ("id.orig_p", &["src_port"]),
    ("id.resp_h", &["dst_ip"]),
    ("id.resp_p", &["dst_port"]),
    ("method", &["cs-method"]),
    ("host", &["cs-host", "r-dns"]),
    ("uri", &["c-uri", "cs-uri"]),
    ("referrer", &["cs-referer"]),
    ("user_agent", &["c-useragent", "cs-user-agent"]),
    ("status_code", &["sc-status"]),
    ("username", &["cs-username"]),
    ("qtype_name", &["record_type"]),
    ("answers", &["answer"]),
];

const SURICATA: &[(&str, &[&str])] = &[
    ("src_ip", &["c-ip"]),
    ("dest_ip", &["dst_ip"]),
    ("dest_port", &["dst_port"]),
    ("http.http_method", &["cs-method"]),
    ("http.hostname", &["cs-host", "r-dns"]),
    ("http.url", &["c-uri", "cs-uri"]),
    ("http.http_user_agent", &["c-useragent", "cs-user-agent"]),
    ("http.http_refer", &["cs-referer"]),
    ("http.status", &["sc-status"]),
    ("dns.rrname", &["query"]),
    ("dns.rrtype", &["record_type"]),
    ("dns.answers.rdata", &["answer"]),
    ("dns.rdata", &["answer"]),
];

const ACCESS: &[(&str, &[&str])] = &[
    ("client", &["c-ip", "src_ip"]),
    ("user", &["cs-username"]),
    ("method", &["cs-method"]),
    ("uri", &["cs-uri", "c-uri"]),
    ("path", &["cs-uri-stem"]),
    ("query", &["cs-uri-query", "c-uri-query"]),
    ("protocol", &["cs-version"]),
    ("status", &["sc-status"]),
    ("bytes", &["sc-bytes"]),
    ("referer", &["cs-referer", "cs(Referer)"]),
    ("agent", &["cs-user-agent", "c-useragent", "cs(User-Agent)"]),
    ("vhost", &["cs-host"]),
];

const MAIL: &[(&str, &[&str])] = &[
    ("client-ip", &["c-ip", "src_ip"]),
    ("server-ip", &["dst_ip"]),
    ("sender-address", &["sender"]),
    ("recipient-address", &["recipient"]),
    ("message-subject", &["subject"]),
];

/// All kinds, in the order in which people look for them.
const KINDS: &[KindInfo] = &[
    kind(
        "evtx",
        "Windows event log (EVTX)",
        LogFamily::WindowsOther,
        &[],
    ),
    kind(
        "windows-xml",
        "Windows event log exported as XML",
        LogFamily::WindowsOther,
        &[],
    ),
    kind(
        "json-lines",
        "JSON, an object a line: Windows events, Zeek, Suricata, CloudTrail, Microsoft 365, others",
        LogFamily::Json,
        &[],
    ),
    kind(
        "json",
        "JSON arrays and documents of the same",
        LogFamily::Json,
        &[],
    ),
    kind(
        "sysmon-linux",
        "Sysmon for Linux, in syslog",
        LogFamily::SysmonLinux,
        &[],
    ),
    kind("iis-w3c", "IIS, W3C extended", LogFamily::Iis, &[]),
    kind(
        "access-log",
        "Apache and nginx access log, common and combined",
        LogFamily::WebAccess,
        ACCESS,
    ),
    kind(
        "exchange-httpproxy",
        "Exchange HttpProxy",
        LogFamily::ExchangeHttpProxy,
        &[],
    ),
    kind(
        "exchange-ecp",
        "Exchange ECP Server",
        LogFamily::ExchangeEcp,
        &[],
    ),
    kind(
        "exchange-oab",
        "Exchange OABGeneratorLog",
        LogFamily::ExchangeOab,
        &[],
    ),
    kind(
        "exchange-message-tracking",
        "Exchange message tracking",
        LogFamily::ExchangeTracking,
        MAIL,
    ),
    kind(
        "exchange-log",
        "Exchange, other logs with `#Log-type`",
        LogFamily::Text,
        &[],
    ),
    kind(
        "windows-firewall",
        "Windows Firewall, pfirewall.log",
        LogFamily::WindowsFirewall,
        &[
            ("src-ip", &["src_ip"]),
            ("dst-ip", &["dst_ip"]),
            ("src-port", &["src_port"]),
            ("dst-port", &["dst_port"]),
        ],
    ),
    kind(
        "windows-dns-debug",
        "Windows DNS server, debug log",
        LogFamily::DnsServer,
        &[
            ("Client", &["c-ip", "src_ip"]),
            ("QuestionName", &["query", "QueryName"]),
            ("QuestionType", &["record_type"]),
        ],
    ),
    kind(
        "windows-dhcp",
        "Windows DHCP server, audit log",
        LogFamily::Dhcp,
        &[
            ("IP Address", &["src_ip"]),
            ("Host Name", &["hostname"]),
            ("MAC Address", &["src_mac"]),
        ],
    ),
    kind(
        "scheduled-task",
        "Windows scheduled task, XML",
        LogFamily::ScheduledTask,
        &[
            ("Command", &["Image"]),
            ("URI", &["TaskName"]),
            ("UserId", &["User"]),
        ],
    ),
    kind(
        "powershell-transcript",
        "PowerShell transcript",
        LogFamily::PowershellTranscript,
        &[
            ("Command", &["ScriptBlockText"]),
            ("Username", &["User"]),
            ("Host Application", &["HostApplication"]),
        ],
    ),
    kind(
        "syslog",
        "Syslog, RFC 3164 and 5424; Linux auth (sshd, sudo, su, cron) among it",
        LogFamily::Syslog,
        &[],
    ),
    kind(
        "auditd",
        "Linux audit",
        LogFamily::Auditd,
        &[
            ("exe", &["Image"]),
            ("proctitle", &["CommandLine"]),
            ("ppid", &["ParentProcessId"]),
            ("pid", &["ProcessId"]),
            ("cwd", &["CurrentDirectory"]),
        ],
    ),
    kind("zeek", "Zeek, tab-separated", LogFamily::Zeek, CONNECTION),
    kind("zeek-json", "Zeek, JSON", LogFamily::Zeek, CONNECTION),
    kind("suricata", "Suricata EVE", LogFamily::Suricata, SURICATA),
    kind(
        "cloudtrail",
        "AWS CloudTrail",
        LogFamily::CloudTrail,
        &[("sourceIPAddress", &["src_ip"])],
    ),
    kind(
        "m365-audit",
        "Microsoft 365 unified audit",
        LogFamily::M365Audit,
        &[
            ("ClientIP", &["src_ip"]),
            ("Operation", &["eventName"]),
            ("Workload", &["eventSource"]),
            ("ResultStatus", &["status"]),
            ("UserId", &["User"]),
        ],
    ),
    kind(
        "csv",
        "CSV with a header; EvtxECmd's and Microsoft 365's with what is in their cells",
        LogFamily::Text,
        &[],
    ),
    kind("text", "Text, line by line", LogFamily::Text, &[]),
];

const fn kind(
    name: &'static str,
    title: &'static str,
    family: LogFamily,
    fields: &'static [(&'static str, &'static [&'static str])],
) -> KindInfo {
    KindInfo {
        name,
        title,
        family,
        fields,
    }
}

/// Fields that one event gets besides its own; lists that are longer than that tell no more.
const NAMES_ADDED_MAX: usize = 256;

/// Gives an event's fields the names that rules use too, where it has none of that name.
pub(crate) fn add_names(event: &mut Event<'_>) {
    let Some(kind) = KINDS.iter().find(|kind| kind.family == event.family) else {
        return;
    };
    let own = event.fields.len();
    for place in 0..own {
        if event.fields.len() >= own + NAMES_ADDED_MAX {
            return;
        }
        let Some(field) = event.fields.get(place) else {
            return;
        };
        let Some((_, names)) = kind.fields.iter().find(|(own, _)| *own == field.name) else {
            continue;
        };
        for name in *names {
            let Some(value) = event.fields.get(place).map(|field| field.value.clone()) else {
                return;
            };
            if event.value(name).is_none() || is_repeated(event, place) {
                event.add(*name, value);
            }
        }
    }
}

/// Whether a field of this name stood before: lists have one for each item.
fn is_repeated(event: &Event<'_>, place: usize) -> bool {
    let name = event.fields.get(place).map(|field| &field.name);
    let before = event.fields.get(..place).unwrap_or_default();
    before.iter().any(|field| Some(&field.name) == name)
}

/// The table as people read it.
pub fn kinds() -> &'static [KindInfo] {
    KINDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_names_of_their_own() {
        for (place, kind) in KINDS.iter().enumerate() {
            assert!(
                KINDS[..place].iter().all(|other| other.name != kind.name),
                "{}",
                kind.name
            );
            // Those of one family share their fields, as the first is asked for all.
            let first = KINDS.iter().find(|other| other.family == kind.family);
            assert_eq!(
                first.map(|first| first.fields.len()),
                Some(kind.fields.len()),
                "{}",
                kind.name
            );
        }
    }
}
