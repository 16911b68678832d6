//! Where a rule's events are found: from Sigma's `logsource` to log families, event ids,
//! providers and channels.

use std::collections::BTreeSet;

use daylight_model::{Event, LogFamily, LogSource};

use super::compile::Expression;
use super::parse::{Detection, ParsedRule, Scalar};

/// One kind of event that a rule is run over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) source: LogSource,
    /// Channels that carry it; empty where the family is the channel.
    channels: &'static [&'static str],
    /// Sysmon's word for what was done, where one event id serves several categories.
    event_types: &'static [&'static str],
}

impl Target {
    /// Whether the events are those that a collector keeps for the log meant by the rule. What
    /// it holds depends on what it was told to collect, so nothing follows from its silence.
    pub(crate) fn is_collected(&self) -> bool {
        self.channels == [COLLECTED]
    }

    /// The same events where a collector has put them into its own channel, told by provider
    /// and event id.
    fn collected(&self) -> Option<Self> {
        let source = &self.source;
        let mixed = matches!(
            source.family,
            LogFamily::WindowsSystem | LogFamily::WindowsApplication
        );
        let told = source.provider.is_some() && !source.event_ids.is_empty();
        (mixed && told).then(|| Self {
            source: LogSource {
                family: LogFamily::WindowsOther,
                ..source.clone()
            },
            channels: &[COLLECTED],
            event_types: &[],
        })
    }

    /// Whether the event comes from a log in which the rule looks. Family and event id have
    /// been compared before.
    pub(crate) fn admits_log(&self, event: &Event<'_>) -> bool {
        let same = |left: &str, right: &str| left.eq_ignore_ascii_case(right);
        let provider_fits = || match (&self.source.provider, event.provider.as_deref()) {
            (Some(wanted), Some(provider)) => same(wanted, provider),
            // Where the family says it all, the provider may be missing.
            _ => self.channels.is_empty(),
        };
        match event.channel.as_deref() {
            // A collector's own channel says nothing of where the event was written.
            Some(channel) if !self.channels.is_empty() && !same(channel, COLLECTED) => {
                self.channels.iter().any(|one| same(one, channel))
            }
            _ => provider_fits(),
        }
    }

    /// The channels that carry it; none where the family is the channel.
    pub(crate) fn channels(&self) -> &'static [&'static str] {
        self.channels
    }

    /// Sysmon's words for what it is a record of; none where that does not matter.
    pub(crate) fn event_types(&self) -> &'static [&'static str] {
        self.event_types
    }

    /// Whether it matters what the event is a record of.
    pub(crate) fn looks_at_type(&self) -> bool {
        !self.event_types.is_empty()
    }

    /// Whether the event is a record of what the rule looks for.
    pub(crate) fn admits_type(&self, event: &Event<'_>) -> bool {
        self.event_types.is_empty()
            || event.value("EventType").is_none_or(|found| {
                let found = found.as_text();
                let same = |one: &&str| one.eq_ignore_ascii_case(&found);
                self.event_types.iter().any(same)
            })
    }
}

/// The channel of events that other machines have forwarded.
const COLLECTED: &str = "ForwardedEvents";
const SYSMON: &str = "Microsoft-Windows-Sysmon";
const AUDIT: &str = "Microsoft-Windows-Security-Auditing";
const POWERSHELL: &str = "Microsoft-Windows-PowerShell";
const POWERSHELL_CHANNELS: &[&str] = &[
    "Microsoft-Windows-PowerShell/Operational",
    "PowerShellCore/Operational",
];
const POWERSHELL_CLASSIC: &str = "PowerShell";
const POWERSHELL_CLASSIC_CHANNELS: &[&str] = &["Windows PowerShell"];

/// Sysmon's event ids for each of Sigma's categories.
const SYSMON_CATEGORIES: &[(&str, &[u32])] = &[
    ("process_creation", &[1]),
    ("file_change", &[2]),
    ("network_connection", &[3]),
    ("sysmon_status", &[4, 16]),
    ("process_termination", &[5]),
    ("driver_load", &[6]),
    ("image_load", &[7]),
    ("create_remote_thread", &[8]),
    ("raw_access_thread", &[9]),
    ("process_access", &[10]),
    ("file_event", &[11]),
    ("registry_event", &[12, 13, 14]),
    ("registry_add", &[12]),
    ("registry_delete", &[12]),
    ("registry_set", &[13]),
    ("registry_rename", &[14]),
    ("create_stream_hash", &[15]),
    ("pipe_created", &[17, 18]),
    ("wmi_event", &[19, 20, 21]),
    ("dns_query", &[22]),
    ("file_delete", &[23, 26]),
    ("file_delete_detected", &[26]),
    ("clipboard_capture", &[24]),
    ("clipboard_change", &[24]),
    ("process_tampering", &[25]),
    ("file_block_executable", &[27]),
    ("file_block_shredding", &[28]),
    ("file_executable_detected", &[29]),
    ("sysmon_error", &[255]),
];

/// PowerShell's event ids, for categories that have nothing to do with Sysmon.
const POWERSHELL_CATEGORIES: &[(&str, bool, u32)] = &[
    ("ps_module", false, 4103),
    ("ps_script", false, 4104),
    ("ps_classic_start", true, 400),
    ("ps_classic_provider_start", true, 600),
    ("ps_classic_script", true, 800),
];

/// Fields that the audit log's own process event has, in Sigma's words and its own,
/// in lower case. A rule that cannot do without another is not run over it.
const PROCESS_AUDIT_FIELDS: &[&str] = &[
    "image",
    "newprocessname",
    "commandline",
    "parentimage",
    "parentprocessname",
    "user",
    "integritylevel",
    "logonid",
    "parentprocessid",
    "processid",
    "newprocessid",
    "subjectusersid",
    "subjectusername",
    "subjectdomainname",
    "subjectlogonid",
    "targetusersid",
    "targetusername",
    "targetdomainname",
    "targetlogonid",
    "tokenelevationtype",
    "mandatorylabel",
    "eventid",
    "channel",
    "provider_name",
    "computer",
];

/// The same for connections.
const CONNECTION_AUDIT_FIELDS: &[&str] = &[
    "image",
    "application",
    "sourceip",
    "sourceport",
    "destinationip",
    "destinationport",
    "initiated",
    "sourceaddress",
    "destaddress",
    "destport",
    "direction",
    "processid",
    "eventid",
    "channel",
    "provider_name",
    "computer",
];

/// Sigma's Windows services that share a family with others: the provider, where it is one,
/// and the channels.
const OTHER_SERVICES: &[(&str, Option<&str>, &[&str])] = &[
    (
        "applocker",
        Some("Microsoft-Windows-AppLocker"),
        &[
            "Microsoft-Windows-AppLocker/EXE and DLL",
            "Microsoft-Windows-AppLocker/MSI and Script",
            "Microsoft-Windows-AppLocker/Packaged app-Deployment",
            "Microsoft-Windows-AppLocker/Packaged app-Execution",
        ],
    ),
    (
        "appmodel-runtime",
        Some("Microsoft-Windows-AppModel-Runtime"),
        &["Microsoft-Windows-AppModel-Runtime/Admin"],
    ),
    (
        "appxdeployment-server",
        Some("Microsoft-Windows-AppXDeploymentServer"),
        &["Microsoft-Windows-AppXDeploymentServer/Operational"],
    ),
    (
        "appxpackaging-om",
        Some("Microsoft-Windows-AppxPackagingOM"),
        &["Microsoft-Windows-AppxPackaging/Operational"],
    ),
    (
        "bitlocker",
        Some("Microsoft-Windows-BitLocker"),
        &["Microsoft-Windows-BitLocker/BitLocker Management"],
    ),
    (
        "bits-client",
        Some("Microsoft-Windows-Bits-Client"),
        &["Microsoft-Windows-Bits-Client/Operational"],
    ),
    (
        "capi2",
        Some("Microsoft-Windows-CAPI2"),
        &["Microsoft-Windows-CAPI2/Operational"],
    ),
    (
        "certificateservicesclient-lifecycle-system",
        Some("Microsoft-Windows-CertificateServicesClient-Lifecycle-System"),
        &["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"],
    ),
    (
        "codeintegrity-operational",
        Some("Microsoft-Windows-CodeIntegrity"),
        &["Microsoft-Windows-CodeIntegrity/Operational"],
    ),
    (
        "dhcp",
        Some("Microsoft-Windows-DHCP-Server"),
        &["Microsoft-Windows-DHCP-Server/Operational"],
    ),
    (
        "diagnosis-scripted",
        Some("Microsoft-Windows-Diagnosis-Scripted"),
        &["Microsoft-Windows-Diagnosis-Scripted/Operational"],
    ),
    (
        "dns-client",
        Some("Microsoft-Windows-DNS-Client"),
        &["Microsoft-Windows-DNS Client Events/Operational"],
    ),
    (
        "dns-server",
        Some("Microsoft-Windows-DNS-Server-Service"),
        &["DNS Server"],
    ),
    (
        "dns-server-analytic",
        Some("Microsoft-Windows-DNSServer"),
        &["Microsoft-Windows-DNS-Server/Analytical"],
    ),
    (
        "dns-server-audit",
        Some("Microsoft-Windows-DNSServer"),
        &["Microsoft-Windows-DNS-Server/Audit"],
    ),
    (
        "driver-framework",
        Some("Microsoft-Windows-DriverFrameworks-UserMode"),
        &["Microsoft-Windows-DriverFrameworks-UserMode/Operational"],
    ),
    (
        "firewall-as",
        Some("Microsoft-Windows-Windows Firewall With Advanced Security"),
        &["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"],
    ),
    (
        "hyper-v-worker",
        Some("Microsoft-Windows-Hyper-V-Worker"),
        &["Microsoft-Windows-Hyper-V-Worker"],
    ),
    (
        "iis-configuration",
        Some("Microsoft-IIS-Configuration"),
        &["Microsoft-IIS-Configuration/Operational"],
    ),
    (
        "kernel-event-tracing",
        Some("Microsoft-Windows-Kernel-EventTracing"),
        &["Microsoft-Windows-Kernel-EventTracing"],
    ),
    (
        "ldap",
        Some("Microsoft-Windows-LDAP-Client"),
        &["Microsoft-Windows-LDAP-Client/Debug"],
    ),
    (
        "ldap_debug",
        Some("Microsoft-Windows-LDAP-Client"),
        &["Microsoft-Windows-LDAP-Client/Debug"],
    ),
    ("lsa-server", None, &["Microsoft-Windows-LSA/Operational"]),
    (
        "microsoft-servicebus-client",
        Some("Microsoft-ServiceBus-Client"),
        &["Microsoft-ServiceBus-Client"],
    ),
    ("ntlm", None, &["Microsoft-Windows-NTLM/Operational"]),
    ("openssh", Some("OpenSSH"), &["OpenSSH/Operational"]),
    (
        "printservice-admin",
        Some("Microsoft-Windows-PrintService"),
        &["Microsoft-Windows-PrintService/Admin"],
    ),
    (
        "printservice-operational",
        Some("Microsoft-Windows-PrintService"),
        &["Microsoft-Windows-PrintService/Operational"],
    ),
    (
        "security-mitigations",
        Some("Microsoft-Windows-Security-Mitigations"),
        &[
            "Microsoft-Windows-Security-Mitigations/Kernel Mode",
            "Microsoft-Windows-Security-Mitigations/User Mode",
        ],
    ),
    (
        "sense",
        Some("Microsoft-Windows-SENSE"),
        &["Microsoft-Windows-SENSE/Operational"],
    ),
    (
        "shell-core",
        Some("Microsoft-Windows-Shell-Core"),
        &["Microsoft-Windows-Shell-Core/Operational"],
    ),
    (
        "smbclient-connectivity",
        Some("Microsoft-Windows-SmbClient"),
        &["Microsoft-Windows-SmbClient/Connectivity"],
    ),
    (
        "smbclient-security",
        Some("Microsoft-Windows-SmbClient"),
        &["Microsoft-Windows-SmbClient/Security"],
    ),
    (
        "smbserver-connectivity",
        Some("Microsoft-Windows-SMBServer"),
        &["Microsoft-Windows-SMBServer/Connectivity"],
    ),
    (
        "taskscheduler",
        Some("Microsoft-Windows-TaskScheduler"),
        &["Microsoft-Windows-TaskScheduler/Operational"],
    ),
    (
        "terminalservices-localsessionmanager",
        Some("Microsoft-Windows-TerminalServices-LocalSessionManager"),
        &["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"],
    ),
    (
        "vhdmp",
        Some("Microsoft-Windows-VHDMP"),
        &["Microsoft-Windows-VHDMP/Operational"],
    ),
    (
        "windefend",
        Some("Microsoft-Windows-Windows Defender"),
        &["Microsoft-Windows-Windows Defender/Operational"],
    ),
    (
        "wmi",
        Some("Microsoft-Windows-WMI-Activity"),
        &["Microsoft-Windows-WMI-Activity/Operational"],
    ),
];

const WINDOWS_FAMILIES: &[LogFamily] = &[
    LogFamily::WindowsSecurity,
    LogFamily::WindowsSysmon,
    LogFamily::WindowsSystem,
    LogFamily::WindowsApplication,
    LogFamily::WindowsPowershell,
    LogFamily::ExchangeManagement,
    LogFamily::WindowsOther,
];

/// Where the events of a rule are found; empty where no reader brings such events.
pub(crate) fn resolve(rule: &ParsedRule, expression: &Expression) -> Vec<Target> {
    let words = &rule.source;
    let product = words.product.as_deref();
    let category = words.category.as_deref();
    let service = words.service.as_deref();
    let found = match (product, category, service) {
        (Some("exchange"), None, Some(service)) => exchange(service),
        (Some("iis"), None | Some("webserver"), None | Some("iis"))
        | (Some("windows"), Some("webserver"), None | Some("iis"))
        | (None, Some("webserver"), Some("iis")) => {
            vec![target(LogFamily::Iis, None, &[], &[])]
        }
        (Some("daylight"), Some("file_listing"), None) => {
            vec![target(LogFamily::FileListing, None, &[], &[])]
        }
        (None, Some(category @ ("webserver" | "proxy" | "dns" | "firewall")), None) => {
            network_category(category)
        }
        (
            None | Some("apache" | "nginx"),
            None | Some("webserver"),
            None | Some("apache" | "nginx"),
        ) if [product, service].iter().flatten().next().is_some() => {
            vec![target(LogFamily::WebAccess, None, &[], &[])]
        }
        (Some("linux"), category, service) => {
            linux(category, service, &expression.required_fields())
        }
        (Some("zeek"), None, service) => {
            vec![target(LogFamily::Zeek, service, &[], &[])]
        }
        (Some("suricata"), None, service) => {
            vec![target(LogFamily::Suricata, service, &[], &[])]
        }
        (Some("aws"), None, None | Some("cloudtrail")) => {
            vec![target(LogFamily::CloudTrail, None, &[], &[])]
        }
        (Some("m365"), None, _) => vec![target(LogFamily::M365Audit, None, &[], &[])],
        // Anything that Windows logs: keywords, mostly.
        (Some("windows"), None, None) => WINDOWS_FAMILIES
            .iter()
            .map(|family| target(*family, None, &[], &[]))
            .collect(),
        (Some("windows"), None, Some(service)) => windows_service(service),
        (Some("windows") | None, Some(category), service) => {
            let mut found = windows_category(category, &expression.required_fields());
            if let Some(service) = service {
                let named = windows_service(service);
                found.retain(|one| named.iter().any(|n| n.source.family == one.source.family));
            }
            found
        }
        _ => Vec::new(),
    };
    narrow(found, rule, expression)
}

fn target(
    family: LogFamily,
    provider: Option<&str>,
    event_ids: &[u32],
    channels: &'static [&'static str],
) -> Target {
    Target {
        source: LogSource {
            family,
            provider: provider.map(str::to_owned),
            event_ids: event_ids.to_vec(),
        },
        channels,
        event_types: &[],
    }
}

/// Categories of no product: all logs that hold such events.
fn network_category(category: &str) -> Vec<Target> {
    let places: &[(LogFamily, Option<&str>)] = match category {
        "webserver" => &[
            (LogFamily::Iis, None),
            (LogFamily::WebAccess, None),
            (LogFamily::Zeek, Some("http")),
            (LogFamily::Suricata, Some("http")),
        ],
        "proxy" => &[
            (LogFamily::Zeek, Some("http")),
            (LogFamily::Suricata, Some("http")),
        ],
        "dns" => &[
            (LogFamily::DnsServer, None),
            (LogFamily::Zeek, Some("dns")),
            (LogFamily::Suricata, Some("dns")),
        ],
        _ => &[
            (LogFamily::WindowsFirewall, None),
            (LogFamily::Zeek, Some("conn")),
            (LogFamily::Suricata, Some("flow")),
        ],
    };
    let places = places.iter();
    places
        .map(|(family, provider)| target(*family, *provider, &[], &[]))
        .collect()
}

/// Event ids of Sysmon for Linux, which has a part of those of Windows.
const LINUX_CATEGORIES: &[(&str, u32)] = &[
    ("process_creation", 1),
    ("network_connection", 3),
    ("process_termination", 5),
    ("raw_access_thread", 9),
    ("file_event", 11),
    ("file_delete", 23),
];

/// What an audit record of a program's start tells. A rule that needs more is not run over it.
const EXECVE_FIELDS: &[&str] = &["image", "commandline"];

/// Programs that write what Sigma's services mean.
const LINUX_SERVICES: &[(&str, &[&str])] = &[
    ("sshd", &["sshd", "sshd-session"]),
    ("sudo", &["sudo"]),
    ("cron", &["CRON", "cron", "crond", "anacron"]),
    ("clamav", &["clamd", "clamav", "freshclam"]),
    ("vsftpd", &["vsftpd"]),
    ("guacamole", &["guacd", "guacamole"]),
];

fn linux(
    category: Option<&str>,
    service: Option<&str>,
    required: &BTreeSet<String>,
) -> Vec<Target> {
    let family = |family| vec![target(family, None, &[], &[])];
    match (category, service) {
        (Some(category), None) => {
            let known = LINUX_CATEGORIES.iter().find(|(name, _)| *name == category);
            let Some((_, id)) = known else {
                return Vec::new();
            };
            let mut found = vec![target(LogFamily::SysmonLinux, None, &[*id], &[])];
            let fits = |name: &String| EXECVE_FIELDS.contains(&name.as_str());
            if category == "process_creation" && required.iter().all(fits) {
                found.push(target(LogFamily::Auditd, Some("EXECVE"), &[], &[]));
            }
            found
        }
        (None, None) => [LogFamily::Syslog, LogFamily::Auditd, LogFamily::SysmonLinux]
            .map(|family| target(family, None, &[], &[]))
            .into(),
        (None, Some("auditd")) => family(LogFamily::Auditd),
        (None, Some("auth" | "syslog")) => family(LogFamily::Syslog),
        (None, Some("sysmon")) => family(LogFamily::SysmonLinux),
        (None, Some(service)) => {
            let programs = LINUX_SERVICES.iter().filter(|(name, _)| *name == service);
            let programs = programs.flat_map(|(_, programs)| *programs);
            programs
                .map(|program| target(LogFamily::Syslog, Some(program), &[], &[]))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn exchange(service: &str) -> Vec<Target> {
    let family = match service {
        "httpproxy" => LogFamily::ExchangeHttpProxy,
        "ecp" => LogFamily::ExchangeEcp,
        "oab" => LogFamily::ExchangeOab,
        "management" => LogFamily::ExchangeManagement,
        "messagetracking" => LogFamily::ExchangeTracking,
        _ => return Vec::new(),
    };
    vec![target(family, None, &[], &[])]
}

fn windows_service(service: &str) -> Vec<Target> {
    let family = match service {
        "security" => LogFamily::WindowsSecurity,
        "system" => LogFamily::WindowsSystem,
        "application" => LogFamily::WindowsApplication,
        "sysmon" => LogFamily::WindowsSysmon,
        "msexchange-management" => LogFamily::ExchangeManagement,
        "powershell" => {
            return vec![powershell(false, &[])];
        }
        "powershell-classic" => {
            return vec![powershell(true, &[])];
        }
        other => {
            let found = OTHER_SERVICES.iter().filter(|(name, ..)| *name == other);
            return found
                .map(|(_, provider, channels)| {
                    target(LogFamily::WindowsOther, *provider, &[], channels)
                })
                .collect();
        }
    };
    vec![target(family, None, &[], &[])]
}

fn powershell(classic: bool, event_ids: &[u32]) -> Target {
    let (provider, channels) = if classic {
        (POWERSHELL_CLASSIC, POWERSHELL_CLASSIC_CHANNELS)
    } else {
        (POWERSHELL, POWERSHELL_CHANNELS)
    };
    // PowerShell 7 has a provider of its own on the second channel; the channel decides.
    let mut target = target(LogFamily::WindowsPowershell, None, event_ids, channels);
    if classic {
        target.source.provider = Some(provider.to_owned());
    }
    target
}

fn windows_category(category: &str, required: &BTreeSet<String>) -> Vec<Target> {
    let mut targets = Vec::new();
    for (name, event_ids) in SYSMON_CATEGORIES {
        if *name == category {
            let family = LogFamily::WindowsSysmon;
            let mut sysmon = target(family, Some(SYSMON), event_ids, &[]);
            sysmon.event_types = match category {
                "registry_add" => &["CreateKey"],
                "registry_delete" => &["DeleteKey", "DeleteValue"],
                _ => &[],
            };
            targets.push(sysmon);
        }
    }
    for (name, classic, event_id) in POWERSHELL_CATEGORIES {
        if *name == category {
            targets.push(powershell(*classic, &[*event_id]));
        }
    }
    if category == "ps_script" {
        targets.push(target(LogFamily::PowershellTranscript, None, &[], &[]));
    }
    let (fields, event_id) = match category {
        "process_creation" => (PROCESS_AUDIT_FIELDS, 4688),
        "network_connection" => (CONNECTION_AUDIT_FIELDS, 5156),
        _ => return targets,
    };
    if required.iter().all(|name| fields.contains(&name.as_str())) {
        let audit = target(LogFamily::WindowsSecurity, Some(AUDIT), &[event_id], &[]);
        targets.push(audit);
    }
    targets
}

/// Takes in the event ids and providers that the rule itself asks for.
fn narrow(targets: Vec<Target>, rule: &ParsedRule, expression: &Expression) -> Vec<Target> {
    let asked_ids: Option<Vec<u32>> = expression
        .required_values("EventID")
        .map(|ids| ids.iter().filter_map(|id| id.parse().ok()).collect());
    let providers = expression.required_values("Provider_Name");
    let mut narrowed = Vec::with_capacity(targets.len());
    for mut target in targets {
        if let Some(asked) = &asked_ids {
            let known = std::mem::take(&mut target.source.event_ids);
            let fits = |id: &u32| known.is_empty() || known.contains(id);
            target.source.event_ids = asked.iter().copied().filter(fits).collect();
            target.source.event_ids.sort_unstable();
            if target.source.event_ids.is_empty() {
                continue;
            }
        }
        match &providers {
            Some(providers) if target.source.provider.is_none() => {
                narrowed.extend(providers.iter().map(|provider| {
                    let mut one = target.clone();
                    one.source.provider = Some(as_written(provider, rule));
                    one
                }));
            }
            _ => narrowed.push(target),
        }
    }
    let collected: Vec<Target> = narrowed.iter().filter_map(Target::collected).collect();
    narrowed.extend(collected);
    narrowed
}

/// A provider's name with its capitals, which comparing has no use for and people have.
fn as_written(provider: &str, rule: &ParsedRule) -> String {
    fn find(detection: &Detection, provider: &str) -> Option<String> {
        match detection {
            Detection::All(parts) | Detection::Any(parts) => {
                parts.iter().find_map(|part| find(part, provider))
            }
            Detection::Item(item) => item.values.iter().find_map(|value| match value {
                Scalar::Text(text) if text.to_lowercase() == provider => Some(text.clone()),
                _ => None,
            }),
        }
    }
    let mut detections = rule.detections.iter();
    detections
        .find_map(|(_, detection)| find(detection, provider))
        .unwrap_or_else(|| provider.to_owned())
}
