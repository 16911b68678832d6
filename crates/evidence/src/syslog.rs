//! Syslog in the shapes it is kept in: RFC 3164 as most Linux systems write it, with a date by ISO
//! 8601 instead, and RFC 5424. Sysmon for Linux writes its events into it.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Timestamp, Value};

use crate::lines::{Line, TextInput};
use crate::recorder::Recorder;
use crate::{auth, blocks, time, xml};

/// Who writes the events of Sysmon for Linux.
const SYSMON: &str = "sysmon";

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: TextInput<'_>) {
    let latest = recorder.modified.map(|modified| modified.time);
    blocks::read_lines(recorder, input, move |recorder, text| {
        line(recorder, text, latest)
    });
}

fn line(recorder: &mut Recorder<'_, '_>, line: &Line<'_>, latest: Option<Timestamp>) {
    if line.text.trim().is_empty() {
        return;
    }
    let Some(message) = parse(&line.text) else {
        recorder.failed(Some(line.offset), Some(line.number), "not a line of syslog");
        return recorder.raw_event(LogFamily::Syslog, line.number, line.offset, &line.text);
    };
    let when = message.time(latest);
    if message.program == SYSMON && message.text.trim_start().starts_with("<Event>") {
        let (number, offset) = (line.number, line.offset);
        let host = message.host;
        return xml::sysmon_linux(recorder, message.text.trim(), (number, offset), host, when);
    }
    let mut event = recorder.new_event(LogFamily::Syslog, line.number, line.offset);
    event.time = when;
    event.text = Some(Cow::Borrowed(&line.text));
    event.host = (!message.host.is_empty()).then_some(Cow::Borrowed(message.host));
    event.provider = (!message.program.is_empty()).then_some(Cow::Borrowed(message.program));
    message.fields(&mut event);
    auth::add_fields(&mut event, message.program, message.text);
    recorder.event(&event, "timestamp");
}

/// Whether a line is one of syslog.
pub(crate) fn is_line(text: &str) -> bool {
    parse(text).is_some()
}

/// Whether it is one of Sysmon for Linux.
pub(crate) fn is_sysmon(text: &str) -> bool {
    parse(text).is_some_and(|message| message.program == SYSMON && message.text.contains("<Event>"))
}

/// The parts of a line.
struct Message<'t> {
    priority: Option<u16>,
    stamp: Stamp<'t>,
    host: &'t str,
    program: &'t str,
    pid: &'t str,
    text: &'t str,
}

enum Stamp<'t> {
    /// `Mar  3 06:30:11`, without a year.
    Short(&'t str),
    Iso(&'t str),
}

impl<'t> Message<'t> {
    fn time(&self, latest: Option<Timestamp>) -> Option<Timestamp> {
        match self.stamp {
            Stamp::Short(text) => time::without_year(text, latest?),
            Stamp::Iso(text) => time::parse(text),
        }
    }

    fn fields(&self, event: &mut Event<'t>) {
        let mut add = |name: &'static str, value: Value<'t>| {
            event.add(name, value);
        };
        if let Some(priority) = self.priority {
            add("facility", Value::Integer(i64::from(priority / 8)));
            add("severity", Value::Integer(i64::from(priority % 8)));
        }
        for (name, text) in [
            ("host", self.host),
            ("program", self.program),
            ("pid", self.pid),
        ] {
            if !text.is_empty() {
                add(name, Value::from(text));
            }
        }
        add("message", Value::from(self.text));
    }
}

fn parse(text: &str) -> Option<Message<'_>> {
    let (priority, rest) = priority(text);
    if let Some(rest) = rest.strip_prefix("1 ").filter(|_| priority.is_some()) {
        return structured(priority, rest);
    }
    let (stamp, rest) = stamp(rest)?;
    let rest = rest.trim_start();
    let (host, rest) = rest.split_once(' ')?;
    // A program without a host in front, as relays write it.
    let (host, rest) = match host.strip_suffix(':') {
        Some(_) => ("", text.get(text.len() - rest.len() - host.len() - 1..)?),
        None => (host, rest),
    };
    let (tag, message) = rest.split_once(':').unwrap_or(("", rest));
    let (tag, message) = if tag.contains(' ') || tag.len() > 128 {
        ("", rest)
    } else {
        (tag, message)
    };
    let (program, pid) = match tag.split_once('[') {
        Some((program, pid)) => (program, pid.trim_end_matches(']')),
        None => (tag, ""),
    };
    Some(Message {
        priority,
        stamp,
        host,
        // `/usr/sbin/cron` and `cron` are one.
        program: program.rsplit('/').next().unwrap_or(program),
        pid,
        text: message.strip_prefix(' ').unwrap_or(message),
    })
}

/// `<34>` in front.
fn priority(text: &str) -> (Option<u16>, &str) {
    let inner = text.strip_prefix('<').and_then(|text| text.split_once('>'));
    match inner.and_then(|(number, rest)| Some((number.parse::<u16>().ok()?, rest))) {
        Some((number, rest)) if number <= 191 => (Some(number), rest),
        _ => (None, text),
    }
}

fn stamp(text: &str) -> Option<(Stamp<'_>, &str)> {
    if let Some((short, rest)) = text.split_at_checked(15)
        && time::is_without_year(short)
    {
        return Some((Stamp::Short(short), rest));
    }
    let (first, rest) = text.split_once(' ')?;
    let is_iso = first.as_bytes().get(10) == Some(&b'T') && time::parse(first).is_some();
    is_iso.then_some((Stamp::Iso(first), rest))
}

/// RFC 5424, without its version: time, host, program, process, message id, structured data.
fn structured(priority: Option<u16>, text: &str) -> Option<Message<'_>> {
    let mut parts = text.splitn(6, ' ');
    let stamp = parts.next()?;
    let mut part = || {
        let part = parts.next()?;
        Some(if part == "-" { "" } else { part })
    };
    let (host, program, pid) = (part()?, part()?, part()?);
    part()?;
    let rest = parts.next().unwrap_or_default();
    let message = match rest
        .strip_prefix("- ")
        .or_else(|| (rest == "-").then_some(""))
    {
        Some(message) => message,
        None => rest.get(data_end(rest)..)?.trim_start(),
    };
    if stamp != "-" && time::parse(stamp).is_none() {
        return None;
    }
    Some(Message {
        priority,
        stamp: Stamp::Iso(stamp),
        host,
        program: program.rsplit('/').next().unwrap_or(program),
        pid,
        text: message.trim_start_matches('\u{feff}'),
    })
}

/// Where structured data ends: `[id name="value"][…]`, in whose values `\]` and `\"` may stand.
fn data_end(text: &str) -> usize {
    let (mut quoted, mut escaped, mut end) = (false, false, 0);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b']' if !quoted => {
                end = place + 1;
                if text.as_bytes().get(end) != Some(&b'[') {
                    return end;
                }
            }
            _ => {}
        }
    }
    end
}
