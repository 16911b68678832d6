//! Linux audit records, as auditd writes them.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Timestamp, Value};

use crate::lines::{Line, TextInput};
use crate::recorder::Recorder;
use crate::{blocks, kinds};

/// Between what the kernel wrote and what auditd put into words.
const ENRICHED: char = '\u{1d}';

/// Names of calls that rules ask for, by their numbers on x86-64 (Linux, `unistd_64.h`).
const CALLS: &[(&str, &str)] = &[
    ("41", "socket"),
    ("42", "connect"),
    ("49", "bind"),
    ("50", "listen"),
    ("56", "clone"),
    ("57", "fork"),
    ("59", "execve"),
    ("62", "kill"),
    ("82", "rename"),
    ("87", "unlink"),
    ("90", "chmod"),
    ("91", "fchmod"),
    ("92", "chown"),
    ("101", "ptrace"),
    ("105", "setuid"),
    ("165", "mount"),
    ("175", "init_module"),
    ("176", "delete_module"),
    ("227", "clock_settime"),
    ("257", "openat"),
    ("263", "unlinkat"),
    ("264", "renameat"),
    ("268", "fchmodat"),
    ("313", "finit_module"),
    ("316", "renameat2"),
    ("319", "memfd_create"),
    ("322", "execveat"),
];

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: TextInput<'_>) {
    blocks::read_lines(recorder, input, line);
}

fn line(recorder: &mut Recorder<'_, '_>, line: &Line<'_>) {
    if line.text.trim().is_empty() || line.text.starts_with("----") {
        return;
    }
    let Some(head) = head(&line.text) else {
        recorder.failed(Some(line.offset), Some(line.number), "not an audit record");
        return recorder.raw_event(LogFamily::Auditd, line.number, line.offset, &line.text);
    };
    let mut event = recorder.new_event(LogFamily::Auditd, line.number, line.offset);
    event.text = Some(Cow::Borrowed(&line.text));
    event.time = head.time;
    event.host = head.node.map(Cow::Borrowed);
    event.provider = Some(Cow::Borrowed(head.kind));
    event.add("type", head.kind);
    event.add("serial", head.serial);
    let fields_max = recorder.run.limits.fields_max;
    pairs(&mut event, head.rest, fields_max);
    if head.kind == "EXECVE" {
        add_command(&mut event);
    }
    kinds::add_names(&mut event);
    recorder.event(&event, "msg");
}

/// Whether a line is an audit record.
pub(crate) fn is_line(text: &str) -> bool {
    head(text).is_some()
}

struct Head<'t> {
    node: Option<&'t str>,
    kind: &'t str,
    time: Option<Timestamp>,
    serial: &'t str,
    rest: &'t str,
}

/// `node=web01 type=SYSCALL msg=audit(1614752411.123:456): …`
fn head(text: &str) -> Option<Head<'_>> {
    let (node, rest) = match text.strip_prefix("node=") {
        Some(rest) => {
            let (node, rest) = rest.split_once(' ')?;
            (Some(node), rest)
        }
        None => (None, text),
    };
    let (kind, rest) = rest.strip_prefix("type=")?.split_once(' ')?;
    let (stamp, rest) = rest.strip_prefix("msg=audit(")?.split_once("):")?;
    let (seconds, serial) = stamp.rsplit_once(':')?;
    let milliseconds = seconds
        .parse::<f64>()
        .ok()
        .map(|seconds| (seconds * 1e3).round() as i64);
    Some(Head {
        node,
        kind,
        time: milliseconds.and_then(|it| Timestamp::from_millisecond(it).ok()),
        serial,
        rest,
    })
}

/// `key=value`, `key="value"`, `msg='…'` with pairs in it, and hex for what has blanks in it.
fn pairs<'t>(event: &mut Event<'t>, text: &'t str, fields_max: usize) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('=') {
        if event.fields.len() >= fields_max {
            return;
        }
        let name = before.rsplit([' ', ENRICHED, ',']).next().unwrap_or(before);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let inner = quote.and_then(|quote| after.get(1..)?.split_once(quote));
        let (value, following) = match inner {
            Some(parts) => parts,
            None => after.split_once([' ', ENRICHED]).unwrap_or((after, "")),
        };
        rest = following;
        match (quote, name) {
            // What user space wrote: pairs again.
            (Some('\''), "msg") => pairs(event, value, fields_max),
            (None, "syscall") => {
                let call = CALLS.iter().find(|(number, _)| *number == value);
                event.add(name, call.map_or(value, |(_, call)| call));
            }
            (None, _) => match decoded(name, value, event.provider.as_deref()) {
                Some(text) => event.add(name, Value::Text(Cow::Owned(text))),
                None => event.add(name, value),
            },
            _ => event.add(name, value),
        }
    }
}

/// The text that hex stands for, in fields whose values are texts.
fn decoded(name: &str, value: &str, kind: Option<&str>) -> Option<String> {
    // Elsewhere the arguments are numbers.
    let is_argument = kind == Some("EXECVE")
        && name.strip_prefix('a').is_some_and(|rest| {
            let number = rest.split('[').next().unwrap_or(rest);
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
    let is_text = is_argument
        || matches!(
            name,
            "proctitle" | "cmd" | "name" | "exe" | "comm" | "cwd" | "data" | "acct"
        );
    let is_hex = value.len() >= 4 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_text || !is_hex || !value.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let bytes = value.as_bytes().as_chunks::<2>().0.iter();
    let bytes: Option<Vec<u8>> = bytes
        .map(|[a, b]| Some(digit(*a)? << 4 | digit(*b)?))
        .collect();
    let text = String::from_utf8(bytes?).ok()?;
    // Zeros set arguments apart.
    let text = text.trim_end_matches('\0').replace('\0', " ");
    (!text.chars().any(|c| c.is_control() && !c.is_whitespace())).then_some(text)
}

/// The arguments of a program in one piece.
fn add_command(event: &mut Event<'_>) {
    let mut arguments = Vec::new();
    for number in 0.. {
        match event.value(&format!("a{number}")) {
            Some(value) => arguments.push(value.as_text().into_owned()),
            None => break,
        }
    }
    if let Some(first) = arguments.first().filter(|first| first.starts_with('/')) {
        let image = Value::Text(Cow::Owned(first.clone()));
        event.add("Image", image);
    }
    event.add("CommandLine", Value::Text(Cow::Owned(arguments.join(" "))));
}
