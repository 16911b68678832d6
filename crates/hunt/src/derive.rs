//! Fields that an event has under another name, or only by what it is.

use std::borrow::Cow;

use daylight_model::{Event, Field, LogFamily, Value};

/// Which of the fields that every event has, in Sigma's words, a record does not have itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lacking {
    channel: bool,
    provider: bool,
    host: bool,
    id: bool,
}

impl Lacking {
    /// What these fields do not hold.
    pub(crate) fn of(fields: &[Field<'_>]) -> Self {
        let lacks = |name: &str| {
            !fields
                .iter()
                .any(|field| field.name.eq_ignore_ascii_case(name))
        };
        Self {
            channel: lacks("Channel"),
            provider: lacks("Provider_Name"),
            host: lacks("Computer"),
            id: lacks("EventID"),
        }
    }

    /// Whether the record has all of them.
    pub(crate) fn is_nothing(self) -> bool {
        !(self.channel || self.provider || self.host || self.id)
    }
}

/// The fields of a Windows event that each derived one rests on.
pub(crate) const SOURCES: &[(&str, &[&str])] = &[
    ("Image", &["Image", "NewProcessName", "Application"]),
    ("ParentImage", &["ParentImage", "ParentProcessName"]),
    ("ParentProcessId", &["ParentProcessId", "ProcessId"]),
    ("LogonId", &["LogonId", "SubjectLogonId"]),
    (
        "User",
        &[
            "User",
            "TargetUserSid",
            "TargetDomainName",
            "TargetUserName",
            "SubjectUserSid",
            "SubjectDomainName",
            "SubjectUserName",
        ],
    ),
    ("IntegrityLevel", &["MandatoryLabel"]),
    ("Initiated", &["Direction"]),
    ("SourceIp", CONNECTION),
    ("SourcePort", CONNECTION),
    ("DestinationIp", CONNECTION),
    ("DestinationPort", CONNECTION),
];
const CONNECTION: &[&str] = &[
    "Direction",
    "SourceAddress",
    "SourcePort",
    "DestAddress",
    "DestPort",
    "SourceIp",
    "DestinationIp",
    "DestinationPort",
];

/// What Sigma's rules may ask for and the record's own fields do not say.
pub(crate) fn fields<'e>(event: &'e Event<'_>, lacking: Lacking) -> Vec<Field<'e>> {
    let mut derived = Vec::new();
    let mut add = |lacks: bool, name: &'static str, value: Option<&'e str>| {
        let value = value.filter(|_| lacks);
        derived.extend(value.map(|value| field(name, Value::from(value))));
    };
    add(lacking.channel, "Channel", event.channel.as_deref());
    add(lacking.provider, "Provider_Name", event.provider.as_deref());
    add(lacking.host, "Computer", event.host.as_deref());
    if lacking.id
        && let Some(id) = event.event_id
    {
        derived.push(field("EventID", Value::Integer(i64::from(id))));
    }
    match (event.family, event.event_id) {
        (LogFamily::WindowsSecurity, Some(4688)) => audited_process(event, &mut derived),
        (LogFamily::WindowsSecurity, Some(5156)) => audited_connection(event, &mut derived),
        (LogFamily::Iis, _) => request(event, &mut derived),
        _ => {}
    }
    derived
}

fn field<'e>(name: &'static str, value: Value<'e>) -> Field<'e> {
    Field {
        name: Cow::Borrowed(name),
        value,
    }
}

/// Adds fields under Sigma's names, where the record does not use them itself.
fn rename<'e>(event: &'e Event<'_>, names: &[(&str, &'static str)], derived: &mut Vec<Field<'e>>) {
    for (own, sigma) in names {
        if let Some(value) = event.value(own)
            && event.value(sigma).is_none()
        {
            derived.push(field(sigma, value.borrowed()));
        }
    }
}

fn text_of<'e>(event: &'e Event<'_>, name: &str) -> Option<Cow<'e, str>> {
    let found = event
        .fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))?;
    let text = found.value.text()?;
    (!text.is_empty() && text != "-").then_some(text)
}

/// Security 4688 in the words of Sysmon 1.
fn audited_process<'e>(event: &'e Event<'_>, derived: &mut Vec<Field<'e>>) {
    const NAMES: &[(&str, &str)] = &[
        ("NewProcessName", "Image"),
        ("ParentProcessName", "ParentImage"),
        ("ProcessId", "ParentProcessId"),
        ("SubjectLogonId", "LogonId"),
    ];
    rename(event, NAMES, derived);
    if event.value("User").is_none() {
        // The process runs as the target, where the event names one, else as its creator.
        let user =
            account(event, "TargetUserSid", "TargetDomainName", "TargetUserName").or_else(|| {
                account(
                    event,
                    "SubjectUserSid",
                    "SubjectDomainName",
                    "SubjectUserName",
                )
            });
        derived.extend(user.map(|user| field("User", Value::Text(user))));
    }
    // Integrity levels are SIDs with well-known last parts ([MS-DTYP] 2.4.2.4).
    let level = match text_of(event, "MandatoryLabel").as_deref() {
        Some("S-1-16-4096") => "Low",
        Some("S-1-16-8192" | "S-1-16-8448") => "Medium",
        Some("S-1-16-12288") => "High",
        Some("S-1-16-16384") => "System",
        _ => return,
    };
    derived.push(field("IntegrityLevel", Value::from(level)));
}

/// `DOMAIN\name`, or the well-known name that Sysmon would give (the audit log names the
/// machine's account where LocalSystem is meant).
fn account<'e>(event: &'e Event<'_>, sid: &str, domain: &str, name: &str) -> Option<Cow<'e, str>> {
    match text_of(event, sid).as_deref() {
        Some("S-1-5-18") => return Some(Cow::Borrowed("NT AUTHORITY\\SYSTEM")),
        Some("S-1-5-19") => return Some(Cow::Borrowed("NT AUTHORITY\\LOCAL SERVICE")),
        Some("S-1-5-20") => return Some(Cow::Borrowed("NT AUTHORITY\\NETWORK SERVICE")),
        Some("S-1-0-0") => return None,
        _ => {}
    }
    let name = text_of(event, name)?;
    Some(match text_of(event, domain) {
        Some(domain) => Cow::Owned(format!("{domain}\\{name}")),
        None => name,
    })
}

/// Security 5156 in the words of Sysmon 3.
fn audited_connection<'e>(event: &'e Event<'_>, derived: &mut Vec<Field<'e>>) {
    const NAMES: &[(&str, &str)] = &[("Application", "Image")];
    rename(event, NAMES, derived);
    // Source and destination are those of the connection only when it goes out; when it
    // comes in, the audit log still writes the local side first.
    let outgoing = match text_of(event, "Direction").as_deref() {
        Some("%%14593") => true,
        Some("%%14592") => false,
        _ => return,
    };
    const OUT: &[(&str, &str)] = &[
        ("SourceAddress", "SourceIp"),
        ("SourcePort", "SourcePort"),
        ("DestAddress", "DestinationIp"),
        ("DestPort", "DestinationPort"),
    ];
    const IN: &[(&str, &str)] = &[
        ("DestAddress", "SourceIp"),
        ("SourceAddress", "DestinationIp"),
        ("SourcePort", "DestinationPort"),
    ];
    rename(event, if outgoing { OUT } else { IN }, derived);
    let initiated = if outgoing { "true" } else { "false" };
    derived.push(field("Initiated", Value::from(initiated)));
}

/// W3C's header fields in Sigma's words, and the address that was asked for in one piece.
fn request<'e>(event: &'e Event<'_>, derived: &mut Vec<Field<'e>>) {
    const NAMES: &[(&str, &str)] = &[
        ("cs(User-Agent)", "cs-user-agent"),
        ("cs(Referer)", "cs-referer"),
        ("cs(Cookie)", "cs-cookie"),
        ("cs(Host)", "cs-host"),
    ];
    rename(event, NAMES, derived);
    // IIS writes blanks as `+`; rules may have either.
    const AGENT: [&str; 2] = ["cs(User-Agent)", "cs-user-agent"];
    if let Some(agent) = AGENT.iter().find_map(|name| text_of(event, name))
        && agent.contains('+')
    {
        let decoded = agent.replace('+', " ");
        derived.extend(AGENT.map(|name| field(name, Value::Text(Cow::Owned(decoded.clone())))));
    }
    if event.value("cs-uri").is_none()
        && let Some(stem) = text_of(event, "cs-uri-stem")
    {
        let address = match text_of(event, "cs-uri-query") {
            Some(query) => Cow::Owned(format!("{stem}?{query}")),
            None => stem,
        };
        derived.push(field("cs-uri", Value::Text(address)));
    }
}

#[cfg(test)]
mod tests {
    use daylight_model::Event;

    use super::*;

    fn event(id: u32, fields: &[(&'static str, &'static str)]) -> Event<'static> {
        let mut event = Event {
            source: 0,
            family: LogFamily::WindowsSecurity,
            time: None,
            host: None,
            channel: None,
            provider: None,
            event_id: Some(id),
            record: 1,
            offset: 0,
            fields: Vec::new(),
            text: None,
        };
        for (name, value) in fields {
            event.add(*name, *value);
        }
        event
    }

    fn derived(event: &Event<'_>) -> Vec<(String, String)> {
        let fields = fields(event, Lacking::of(&event.fields));
        let shown = fields.iter().filter(|field| field.name != "EventID");
        shown
            .map(|field| (field.name.to_string(), field.value.as_text().into_owned()))
            .collect()
    }

    /// Changing a field changes no derived one that does not rest on it.
    #[test]
    fn sources_are_all_that_derived_fields_rest_on() {
        let process: &[(&str, &str)] = &[
            ("SubjectUserSid", "S-1-5-21-1"),
            ("SubjectUserName", "ada"),
            ("SubjectDomainName", "D"),
            ("SubjectLogonId", "0x3e7"),
            ("NewProcessId", "0x10"),
            ("NewProcessName", "a.exe"),
            ("ProcessId", "0x20"),
            ("CommandLine", "a.exe /x"),
            ("TargetUserSid", "S-1-0-0"),
            ("TargetUserName", "-"),
            ("TargetDomainName", "-"),
            ("ParentProcessName", "b.exe"),
            ("MandatoryLabel", "S-1-16-8192"),
        ];
        let connection: &[(&str, &str)] = &[
            ("ProcessID", "4"),
            ("Application", "a.exe"),
            ("Direction", "%%14593"),
            ("SourceAddress", "192.0.2.1"),
            ("SourcePort", "1"),
            ("DestAddress", "192.0.2.2"),
            ("DestPort", "2"),
            ("Protocol", "6"),
        ];
        for (id, sample) in [(4688, process), (5156, connection)] {
            let whole = derived(&event(id, sample));
            assert!(whole.len() >= 5, "{whole:?}");
            for changed in 0..sample.len() {
                for value in ["S-1-5-18", "%%14592", "else", ""] {
                    let mut fields = sample.to_vec();
                    fields[changed].1 = value;
                    let now = derived(&event(id, &fields));
                    let name = sample[changed].0;
                    for (derived, _) in SOURCES.iter().filter(|(_, own)| !own.contains(&name)) {
                        let of = |all: &[(String, String)]| {
                            all.iter().find(|(name, _)| name == derived).cloned()
                        };
                        assert_eq!(of(&now), of(&whole), "{name} = {value}");
                    }
                }
            }
            for (name, _) in &whole {
                let is_listed = SOURCES.iter().any(|(derived, _)| derived == name);
                assert!(is_listed, "{name}");
            }
        }
    }
}
