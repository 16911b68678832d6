//! Windows events, however they were exported: which fields say what, and which log it is.

use std::borrow::Cow;

use daylight_model::{Event, Field, LogFamily, Timestamp, Value};

use crate::lines::Line;
use crate::recorder::Recorder;
use crate::value::{Flattener, Json, Naming};
use crate::{cloud, time};

/// Makes an event of a JSON record and passes it on. `json` is an object.
pub(crate) fn record(recorder: &mut Recorder<'_, '_>, json: Json<'_>, number: u64, offset: u64) {
    let limits = recorder.run.limits;
    let mut flattener = Flattener {
        fields: Vec::with_capacity(48),
        limits,
        left_out: None,
    };
    flatten(&mut flattener, json);
    if let Some(message) = flattener.left_out {
        recorder.problem(Some(offset), Some(number), message);
    }
    let mut event = recorder.new_event(LogFamily::Json, number, offset);
    event.fields = flattener.fields;
    let time_field = identify(&mut event);
    let time_field = match event.family {
        LogFamily::Json => cloud::identify(&mut event).unwrap_or(time_field),
        _ => time_field,
    };
    recorder.event(&event, time_field);
}

/// Makes an event of a row of a table and passes it on. What tools put into a cell as JSON, the
/// event's own data, is taken out of it.
pub(crate) fn row(
    recorder: &mut Recorder<'_, '_>,
    columns: &[String],
    cells: &[Cow<'_, str>],
    line: &Line<'_>,
) {
    let limits = recorder.run.limits;
    let mut flattener = Flattener {
        fields: Vec::with_capacity(48),
        limits,
        left_out: None,
    };
    let named = || columns.iter().map(String::as_str).zip(cells);
    // First, as columns around it may have the same names for something else.
    for (name, cell) in named() {
        match (name, serde_json::from_str(cell)) {
            // Microsoft 365.
            ("AuditData", Ok(json)) => flatten(&mut flattener, json),
            // EvtxECmd.
            ("Payload", Ok(Json::Object(members))) => flatten_event(&mut flattener, members),
            _ => {}
        }
    }
    for (name, cell) in named() {
        let value = if cell.is_empty() {
            Value::Null
        } else {
            Value::from(cell.as_ref())
        };
        flattener.push(rename(Cow::Borrowed(name)), value);
    }
    if let Some(message) = flattener.left_out {
        recorder.problem(Some(line.offset), Some(line.number), message);
    }
    let mut event = recorder.new_event(LogFamily::Json, line.number, line.offset);
    event.fields = flattener.fields;
    let mut time_field = identify(&mut event);
    if event.family == LogFamily::Json {
        time_field = cloud::identify(&mut event).unwrap_or(time_field);
    }
    if event.family == LogFamily::Json {
        event.family = LogFamily::Text;
        event.text = Some(Cow::Borrowed(&line.text));
    }
    recorder.event(&event, time_field);
}

/// Finds the shape of a record and spreads it out into fields with the names that rules use.
fn flatten<'a>(flattener: &mut Flattener<'_, 'a>, json: Json<'a>) {
    let Json::Object(members) = json else { return };
    let is_event = |members: &[(Cow<'_, str>, Json<'_>)]| {
        members
            .iter()
            .any(|(name, value)| name == "System" && value.is_object())
    };
    if is_event(&members) {
        return flatten_event(flattener, members);
    }
    for (name, value) in members {
        match (name.as_ref(), value) {
            // Search engines wrap the record they return.
            ("_source", value @ Json::Object(_)) => flatten(flattener, value),
            ("Event", Json::Object(event)) if is_event(&event) => flatten_event(flattener, event),
            ("Event_attributes", _) => {}
            // Most records are flat: their names are taken as they are.
            (_, Json::Scalar(value)) => flattener.push(rename(name), value),
            (_, value) => flatten_nested(flattener, name, value),
        }
    }
}

/// The members of `<Event>`.
fn flatten_event<'a>(flattener: &mut Flattener<'_, 'a>, members: Vec<(Cow<'a, str>, Json<'a>)>) {
    for (name, value) in members {
        match name.as_ref() {
            "System" | "EventData" | "UserData" | "RenderingInfo" | "ProcessingErrorData" => {
                flattener.add(name, value, Naming::Innermost, 0);
            }
            "#attributes" | "xmlns" | "@xmlns" => {}
            _ => flattener.add(name, value, Naming::Dotted, 0),
        }
    }
}

/// Nested objects get dotted names, of which Winlogbeat's become Sigma's.
fn flatten_nested<'a>(flattener: &mut Flattener<'_, 'a>, name: Cow<'a, str>, value: Json<'a>) {
    let start = flattener.fields.len();
    flattener.add(name, value, Naming::Dotted, 0);
    for field in flattener.fields.iter_mut().skip(start) {
        let name = std::mem::take(&mut field.name);
        field.name = rename(name);
    }
}

/// Winlogbeat's names as Sigma has them (before version 7 without `winlog.`); others stay.
fn rename(name: Cow<'_, str>) -> Cow<'_, str> {
    let inner = name.strip_prefix("winlog.").unwrap_or(&name);
    for prefix in ["event_data.", "user_data."] {
        if let Some(inner) = inner.strip_prefix(prefix) {
            return Cow::Owned(inner.to_owned());
        }
    }
    match name.as_ref() {
        "winlog.channel" => Cow::Borrowed("Channel"),
        "winlog.provider_name" => Cow::Borrowed("Provider_Name"),
        "winlog.event_id" => Cow::Borrowed("EventID"),
        "winlog.computer_name" => Cow::Borrowed("Computer"),
        "winlog.record_id" => Cow::Borrowed("EventRecordID"),
        _ => name,
    }
}

/// The best value seen so far for something that goes by several names.
#[derive(Default)]
struct Best {
    rank: u8,
    place: Option<usize>,
}

impl Best {
    /// Lower ranks win; of equals, the first.
    fn offer(&mut self, rank: u8, place: usize) {
        if self.place.is_none() || rank < self.rank {
            (self.rank, self.place) = (rank, Some(place));
        }
    }

    fn field<'e, 'a>(&self, event: &'e Event<'a>) -> Option<&'e Field<'a>> {
        event.fields.get(self.place?)
    }

    fn text<'a>(&self, event: &Event<'a>) -> Option<Cow<'a, str>> {
        match &self.field(event)?.value {
            Value::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    }
}

/// Fills in what the event is from its fields, adds the names that rules count on, and
/// says which field the time was taken from.
pub(crate) fn identify(event: &mut Event<'_>) -> &'static str {
    let (mut channel, mut provider, mut id) = (Best::default(), Best::default(), Best::default());
    let (mut host, mut message) = (Best::default(), Best::default());
    let mut time: (u8, &'static str, Option<Timestamp>) = (u8::MAX, "", None);
    for (place, field) in event.fields.iter().enumerate() {
        match field.name.as_ref() {
            "Channel" => channel.offer(0, place),
            "LogName" | "log_name" | "channel" => channel.offer(1, place),
            "Provider_Name" => provider.offer(0, place),
            "ProviderName" | "provider_name" => provider.offer(1, place),
            "SourceName" | "Provider" | "provider" | "source_name" => provider.offer(2, place),
            "EventID" => id.offer(0, place),
            "EventId" | "event_id" | "eventid" | "event.code" => id.offer(1, place),
            "Id" => id.offer(2, place),
            "Computer" => host.offer(0, place),
            "Hostname" | "ComputerName" | "MachineName" | "computer_name" => host.offer(1, place),
            "host.name" | "hostname" | "host" | "computer" => host.offer(2, place),
            "Message" => message.offer(0, place),
            "message" => message.offer(1, place),
            name => {
                if let Some((rank, name)) = time_rank(name)
                    && rank < time.0
                    && let Some(parsed) = time::of_value(&field.value)
                {
                    time = (rank, name, Some(parsed));
                }
            }
        }
    }
    event.time = time.2;
    event.channel = channel.text(event);
    event.provider = provider.text(event);
    event.event_id = id.field(event).and_then(|field| event_id(&field.value));
    event.host = host.text(event);
    event.text = message.text(event);
    // An id alone is no Windows event: many products number theirs.
    if event.event_id.is_none() || (event.channel.is_none() && event.provider.is_none()) {
        (event.channel, event.provider, event.event_id) = (None, None, None);
        return time.1;
    }
    event.family = family(
        event.channel.as_deref().unwrap_or(""),
        event.provider.as_deref().unwrap_or(""),
    );
    let names = [
        ("Channel", &channel),
        ("Provider_Name", &provider),
        ("EventID", &id),
        ("Computer", &host),
        ("Message", &message),
    ];
    for (name, best) in names {
        if let (1.., Some(value)) = (
            best.rank,
            best.field(event).map(|field| field.value.clone()),
        ) {
            event.add(name, value);
        }
    }
    time.1
}

/// Fields that hold the event's time, best first.
fn time_rank(name: &str) -> Option<(u8, &'static str)> {
    const NAMES: [&str; 16] = [
        "TimeCreated_SystemTime",
        "@timestamp",
        "TimeCreated",
        "SystemTime",
        "EventTime",
        "eventTime",
        "TimeGenerated",
        "UtcTime",
        "timestamp",
        "Timestamp",
        "time",
        "_time",
        "ts",
        "datetime",
        "date",
        "event.created",
    ];
    // Most names begin otherwise; the list is short.
    let rank = NAMES.iter().position(|known| *known == name)?;
    Some((u8::try_from(rank).ok()?, NAMES.get(rank)?))
}

pub(crate) fn event_id(value: &Value<'_>) -> Option<u32> {
    match value {
        Value::Integer(id) => u32::try_from(*id).ok(),
        Value::Text(_) | Value::Wide(_) => value.as_text().trim().parse().ok(),
        _ => None,
    }
}

/// Which log an event belongs to. Collectors put events of all logs into one channel, so a
/// provider that has a log to itself decides before the channel does.
pub(crate) fn family(channel: &str, provider: &str) -> LogFamily {
    let begins = |text: &str, start: &str| {
        text.get(..start.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(start))
    };
    let is = |text: &str, name: &str| text.eq_ignore_ascii_case(name);
    if is(provider, "Microsoft-Windows-Sysmon") || begins(channel, "Microsoft-Windows-Sysmon/") {
        LogFamily::WindowsSysmon
    } else if is(channel, "Security") || is(provider, "Microsoft-Windows-Security-Auditing") {
        LogFamily::WindowsSecurity
    } else if is(channel, "Windows PowerShell")
        || begins(channel, "Microsoft-Windows-PowerShell/")
        || begins(channel, "PowerShellCore/")
        || is(provider, "Microsoft-Windows-PowerShell")
        || is(provider, "PowerShell")
    {
        LogFamily::WindowsPowershell
    } else if is(channel, "MSExchange Management") || is(provider, "MSExchange CmdletLogs") {
        LogFamily::ExchangeManagement
    } else if is(channel, "System") {
        LogFamily::WindowsSystem
    } else if is(channel, "Application") {
        LogFamily::WindowsApplication
    } else {
        LogFamily::WindowsOther
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(channel: &str, provider: &str, expected: LogFamily) {
        assert_eq!(family(channel, provider), expected, "{channel} {provider}");
    }

    #[test]
    fn families() {
        check(
            "Security",
            "Microsoft-Windows-Eventlog",
            LogFamily::WindowsSecurity,
        );
        check(
            "ForwardedEvents",
            "Microsoft-Windows-Sysmon",
            LogFamily::WindowsSysmon,
        );
        check(
            "ForwardedEvents",
            "Microsoft-Windows-Security-Auditing",
            LogFamily::WindowsSecurity,
        );
        check(
            "Windows PowerShell",
            "PowerShell",
            LogFamily::WindowsPowershell,
        );
        check(
            "microsoft-windows-powershell/operational",
            "",
            LogFamily::WindowsPowershell,
        );
        check(
            "MSExchange Management",
            "MSExchange CmdletLogs",
            LogFamily::ExchangeManagement,
        );
        check(
            "System",
            "Service Control Manager",
            LogFamily::WindowsSystem,
        );
        check(
            "Application",
            "MSExchange Unified Messaging",
            LogFamily::WindowsApplication,
        );
        check(
            "Microsoft-Windows-WMI-Activity/Operational",
            "",
            LogFamily::WindowsOther,
        );
        check("é", "", LogFamily::WindowsOther);
    }
}
