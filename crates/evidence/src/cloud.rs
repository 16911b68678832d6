//! JSON records of services and sensors: told by what stands in them.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily};

use crate::{kinds, time};

/// Parameters of one record that get names of their own.
const PARAMETERS_MAX: usize = 128;

/// Recognises a record that is no Windows event, and says from where it took the time.
pub(crate) fn identify(event: &mut Event<'_>) -> Option<&'static str> {
    let has = |event: &Event<'_>, names: &[&str]| {
        names
            .iter()
            .all(|name| event.fields.iter().any(|field| field.name == *name))
    };
    let (family, provider, clock) = if has(event, &["eventSource", "eventName", "awsRegion"]) {
        (
            LogFamily::CloudTrail,
            text(event, "eventSource"),
            "eventTime",
        )
    } else if has(event, &["Workload", "Operation", "CreationTime"]) {
        (
            LogFamily::M365Audit,
            text(event, "Workload"),
            "CreationTime",
        )
    } else if has(event, &["event_type", "timestamp"])
        && (has(event, &["flow_id"]) || has(event, &["src_ip"]) || has(event, &["stats.uptime"]))
    {
        (LogFamily::Suricata, text(event, "event_type"), "timestamp")
    } else if has(event, &["ts"]) && (has(event, &["uid"]) || has(event, &["_path"])) {
        let path = text(event, "_path").or_else(|| Some(zeek_path(event)?.to_owned()));
        (LogFamily::Zeek, path, "ts")
    } else {
        return None;
    };
    event.family = family;
    event.provider = provider.map(Cow::Owned);
    if event.time.is_none() {
        let value = event.value(clock);
        event.time = value.and_then(|value| match family {
            LogFamily::Suricata => time::with_short_zone(&value.as_text()),
            _ => time::of_value(value),
        });
    }
    name_parameters(event);
    kinds::add_names(event);
    Some(clock)
}

fn text(event: &Event<'_>, name: &str) -> Option<String> {
    event.value(name).map(|value| value.as_text().into_owned())
}

/// Which of Zeek's logs a record is of, by a field that only this one has.
fn zeek_path(event: &Event<'_>) -> Option<&'static str> {
    const SIGNS: &[(&str, &str)] = &[
        ("conn_state", "conn"),
        ("rcode_name", "dns"),
        ("qtype_name", "dns"),
        ("query", "dns"),
        ("status_code", "http"),
        ("user_agent", "http"),
        ("uri", "http"),
        ("cipher", "ssl"),
        ("ja3", "ssl"),
        ("auth_attempts", "ssh"),
        ("fuid", "files"),
        ("named_pipe", "dce_rpc"),
        ("request_type", "kerberos"),
        ("mailfrom", "smtp"),
        ("certificate.subject", "x509"),
        ("share_type", "smb_mapping"),
        ("security_protocol", "rdp"),
        ("ntdomain", "ntlm"),
    ];
    let found = SIGNS.iter().find(|(field, _)| event.value(field).is_some());
    found.map(|(_, path)| *path)
}

/// Lists of `{"Name": …, "Value": …}` as fields of these names, as Microsoft 365 gives parameters.
fn name_parameters(event: &mut Event<'_>) {
    let mut found = Vec::new();
    for list in [
        "Parameters",
        "ExtendedProperties",
        "OperationProperties",
        "DeviceProperties",
    ] {
        let (name, value) = (format!("{list}.Name"), format!("{list}.Value"));
        let names = event
            .values(&name)
            .map(|value| value.as_text().into_owned());
        let values = event.values(&value).cloned();
        found.extend(names.zip(values).take(PARAMETERS_MAX));
    }
    for (name, value) in found {
        if !name.is_empty() && event.value(&name).is_none() {
            event.add(name, value);
        }
    }
}
