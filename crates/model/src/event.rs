use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, Value};

/// One record of a log or one file of a listing, borrowed from the reader's buffer.
///
/// Field names are Sigma's: `CommandLine`, `TargetFilename`, `cs-uri-stem`. A field that
/// occurs more than once stands more than once.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// Which file it came from: an index into [`crate::Manifest::sources`].
    pub source: usize,
    /// What kind of log.
    pub family: LogFamily,
    /// When, in UTC, by the log's own clock field.
    pub time: Option<Timestamp>,
    /// The machine it happened on.
    pub host: Option<Cow<'a, str>>,
    /// Windows: the channel, such as `Security`.
    pub channel: Option<Cow<'a, str>>,
    /// Windows: the provider, such as `Microsoft-Windows-Sysmon`.
    pub provider: Option<Cow<'a, str>>,
    /// Windows: the event id.
    pub event_id: Option<u32>,
    /// The log's own record number, or the number of the line, from 1.
    pub record: u64,
    /// Byte offset of the record in the (unpacked) file.
    pub offset: u64,
    /// Everything in the record.
    pub fields: Vec<Field<'a>>,
    /// The record as text for keyword searches, where the log has a line or a message.
    pub text: Option<Cow<'a, str>>,
}

impl<'a> Event<'a> {
    /// Adds a field after those that are there.
    pub fn add(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) {
        let (name, value) = (name.into(), value.into());
        self.fields.push(Field { name, value });
    }

    /// The values of a field, in order; names compare without regard to ASCII case.
    pub fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Value<'a>> {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| &field.value)
    }

    /// The first value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value<'a>> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| &field.value)
    }
}

/// A name and a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Field<'a> {
    /// Sigma's name of the field.
    pub name: Cow<'a, str>,
    /// What it holds.
    pub value: Value<'a>,
}

/// What of a field decides whether anything comes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decisive {
    /// Its value.
    Value,
    /// Its value where that [holds words](Value::holds_words).
    Words,
    /// Nothing but that it is there.
    Nothing,
}

/// Kinds of logs, as coverage speaks of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LogFamily {
    /// Windows event log, channel Security.
    WindowsSecurity,
    /// Windows event log, Sysmon.
    WindowsSysmon,
    /// Windows event log, channel System.
    WindowsSystem,
    /// Windows event log, channel Application.
    WindowsApplication,
    /// Windows event log, PowerShell (both classic and Operational).
    WindowsPowershell,
    /// Windows event log, channel MSExchange Management.
    ExchangeManagement,
    /// Windows event log, any other channel.
    WindowsOther,
    /// IIS W3C extended log.
    Iis,
    /// Exchange `Logging\HttpProxy`.
    ExchangeHttpProxy,
    /// Exchange `Logging\ECP\Server`.
    ExchangeEcp,
    /// Exchange `Logging\OABGeneratorLog`.
    ExchangeOab,
    /// The listing of files handed in: names, sizes, hashes.
    FileListing,
    /// JSON lines of an unknown product.
    Json,
    /// Text lines of an unknown product.
    Text,
    /// Access log of a web server: Apache, nginx.
    WebAccess,
    /// Zeek; the provider is which of its logs.
    Zeek,
    /// Suricata's EVE; the provider is the type of the event.
    Suricata,
    /// Syslog, and what Linux writes about authentication; the provider is the program.
    Syslog,
    /// Linux audit; the provider is the type of the record.
    Auditd,
    /// Sysmon for Linux.
    SysmonLinux,
    /// AWS CloudTrail; the provider is the service.
    CloudTrail,
    /// Microsoft 365 unified audit; the provider is the workload.
    M365Audit,
    /// Windows Firewall.
    WindowsFirewall,
    /// Debug log of Windows' DNS server.
    DnsServer,
    /// Audit log of Windows' DHCP server.
    Dhcp,
    /// Exchange message tracking.
    ExchangeTracking,
    /// Windows scheduled tasks, as files.
    ScheduledTask,
    /// PowerShell transcripts.
    PowershellTranscript,
}

impl LogFamily {
    /// The name people use for it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::WindowsSecurity => "Windows Security",
            Self::WindowsSysmon => "Sysmon",
            Self::WindowsSystem => "Windows System",
            Self::WindowsApplication => "Windows Application",
            Self::WindowsPowershell => "PowerShell",
            Self::ExchangeManagement => "MSExchange Management",
            Self::WindowsOther => "other Windows event logs",
            Self::Iis => "IIS W3C",
            Self::ExchangeHttpProxy => "Exchange HttpProxy",
            Self::ExchangeEcp => "Exchange ECP Server",
            Self::ExchangeOab => "Exchange OABGeneratorLog",
            Self::FileListing => "file listing",
            Self::Json => "other JSON",
            Self::Text => "other text",
            Self::WebAccess => "web access log",
            Self::Zeek => "Zeek",
            Self::Suricata => "Suricata EVE",
            Self::Syslog => "syslog",
            Self::Auditd => "Linux audit",
            Self::SysmonLinux => "Sysmon for Linux",
            Self::CloudTrail => "AWS CloudTrail",
            Self::M365Audit => "Microsoft 365 audit",
            Self::WindowsFirewall => "Windows Firewall",
            Self::DnsServer => "Windows DNS debug",
            Self::Dhcp => "Windows DHCP",
            Self::ExchangeTracking => "Exchange message tracking",
            Self::ScheduledTask => "scheduled task files",
            Self::PowershellTranscript => "PowerShell transcripts",
        }
    }
}

impl fmt::Display for LogFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// One kind of event that a rule needs: a log family and, on Windows, the event ids that
/// carry it. Empty `event_ids` means any event of the family.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogSource {
    /// The log family.
    pub family: LogFamily,
    /// Windows: the provider, where the family holds several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Windows: the event ids.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub event_ids: Vec<u32>,
}
