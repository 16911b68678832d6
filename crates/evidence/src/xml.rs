//! XML: Windows events as exported, those that Sysmon for Linux writes into syslog, and scheduled
//! tasks.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Timestamp, Value};
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event as Xml};

use crate::lines::{TextInput, text_of};
use crate::recorder::Recorder;
use crate::{kinds, time, windows};

/// What a document of exported events says it is.
const EVENT_SPACE: &str = "schemas.microsoft.com/win/2004/08/events/event";
const TASK_SPACE: &str = "schemas.microsoft.com/windows/2004/02/mit/task";

/// Whether a text begins as exported events.
pub(crate) fn begins_events(text: &str) -> bool {
    let is_xml = text.starts_with('<') || text.starts_with("Record ");
    is_xml && text.contains("<Event") && text.contains(EVENT_SPACE)
}

/// Whether a text is a scheduled task.
pub(crate) fn begins_task(text: &str) -> bool {
    text.starts_with('<') && text.contains("<Task") && text.contains(TASK_SPACE)
}

/// Reads events one after the other, whatever stands around them.
pub(crate) fn read_events(recorder: &mut Recorder<'_, '_>, mut input: TextInput<'_>) {
    let bytes_max = recorder.run.limits.record_bytes_max;
    let end = memmem::Finder::new("</Event>");
    let mut base = input.offset();
    let mut buffer: Vec<u8> = Vec::new();
    let (mut searched, mut number) = (0, 0);
    loop {
        let chunk = input.fill();
        if chunk.is_empty() {
            break;
        }
        let taken = chunk.len();
        buffer.extend_from_slice(chunk);
        input.consume(taken);
        let mut done = 0;
        while let Some(place) = end.find(buffer.get(searched..).unwrap_or_default()) {
            let stop = searched + place + "</Event>".len();
            let text = buffer.get(done..stop).unwrap_or_default();
            number += 1;
            let start = event_start(text);
            let gap = text.get(..start).unwrap_or_default();
            let offset = base + input.bytes_in_file(gap);
            let text_bytes = text.get(start..).unwrap_or_default();
            exported(recorder, &text_of(text_bytes), (number, offset));
            base += input.bytes_in_file(text);
            (done, searched) = (stop, stop);
        }
        buffer.drain(..done);
        // The end may have begun in what was read.
        searched = buffer.len().saturating_sub("</Event>".len());
        if buffer.len() > bytes_max {
            let message = format!("no event ends within {bytes_max} bytes; passed over");
            recorder.failed(Some(base), Some(number + 1), message);
            base += input.bytes_in_file(&buffer);
            buffer.clear();
            searched = 0;
        }
    }
    let rest = event_start(&buffer);
    if rest < buffer.len() {
        let offset = base + input.bytes_in_file(buffer.get(..rest).unwrap_or_default());
        recorder.failed(Some(offset), Some(number + 1), "the last event is cut off");
        let text = text_of(buffer.get(rest..).unwrap_or_default());
        recorder.raw_event(LogFamily::WindowsOther, number + 1, offset, &text);
    }
}

/// Where `<Event …>` begins, and not `<Events>`; the end where it does not.
fn event_start(text: &[u8]) -> usize {
    let starts = memmem::find_iter(text, "<Event");
    let is_event = |place: &usize| {
        matches!(
            text.get(place + 6),
            Some(b' ' | b'>' | b'\r' | b'\n' | b'\t')
        )
    };
    starts.into_iter().find(is_event).unwrap_or(text.len())
}

fn exported(recorder: &mut Recorder<'_, '_>, text: &str, (number, offset): (u64, u64)) {
    let mut event = recorder.new_event(LogFamily::WindowsOther, number, offset);
    if let Err(reason) = add_fields(recorder, &mut event, text) {
        recorder.failed(Some(offset), Some(number), reason);
        return recorder.raw_event(LogFamily::WindowsOther, number, offset, text);
    }
    let time_field = windows::identify(&mut event);
    recorder.event(&event, time_field);
}

/// An event that Sysmon for Linux wrote into syslog.
pub(crate) fn sysmon_linux(
    recorder: &mut Recorder<'_, '_>,
    text: &str,
    (number, offset): (u64, u64),
    host: &str,
    when: Option<Timestamp>,
) {
    let mut event = recorder.new_event(LogFamily::SysmonLinux, number, offset);
    if let Err(reason) = add_fields(recorder, &mut event, text) {
        recorder.failed(Some(offset), Some(number), reason);
        return recorder.raw_event(LogFamily::SysmonLinux, number, offset, text);
    }
    let time_field = windows::identify(&mut event);
    event.family = LogFamily::SysmonLinux;
    event.time = event.time.or(when);
    event.host = event
        .host
        .or((!host.is_empty()).then_some(Cow::Borrowed(host)));
    recorder.event(&event, time_field);
}

/// Fields by the innermost names, as rules speak of Windows events.
fn add_fields(
    recorder: &Recorder<'_, '_>,
    event: &mut Event<'_>,
    text: &str,
) -> Result<(), String> {
    let limits = recorder.run.limits;
    elements(text, limits.depth_max, |element| {
        if event.fields.len() >= limits.fields_max {
            return;
        }
        if element.name == "Data"
            && let Some(name) = element.attribute("Name")
        {
            let name = name.to_owned();
            return push(event, name, element.text);
        }
        for (name, value) in element.attributes {
            if !name.starts_with("xmlns") {
                push(event, format!("{}_{name}", element.name), value);
            }
        }
        if !element.has_children && !element.text.is_empty() {
            push(event, element.name, element.text);
        }
    })
}

fn push(event: &mut Event<'_>, name: String, value: String) {
    event.add(name, Value::Text(Cow::Owned(value)));
}

/// Reads a scheduled task, which is one event.
pub(crate) fn read_task(recorder: &mut Recorder<'_, '_>, mut input: TextInput<'_>) {
    let bytes_max = recorder.run.limits.record_bytes_max;
    let mut text = Vec::new();
    loop {
        let chunk = input.fill();
        if chunk.is_empty() {
            break;
        }
        let taken = chunk.len();
        if text.len() + taken > bytes_max {
            let message = format!("task is longer than {bytes_max} bytes; not read");
            return recorder.failed(Some(0), Some(1), message);
        }
        text.extend_from_slice(chunk);
        input.consume(taken);
    }
    let text = text_of(&text);
    let mut event = recorder.new_event(LogFamily::ScheduledTask, 1, 0);
    event.text = Some(Cow::Borrowed(&text));
    if let Err(reason) = add_task(recorder, &mut event, &text) {
        recorder.failed(Some(0), Some(1), reason);
    }
    event.time = event
        .value("Date")
        .and_then(|date| time::parse(&date.as_text()));
    kinds::add_names(&mut event);
    recorder.event(&event, "Date");
}

fn add_task(recorder: &Recorder<'_, '_>, event: &mut Event<'_>, text: &str) -> Result<(), String> {
    let limits = recorder.run.limits;
    let mut command = String::new();
    let mut arguments = String::new();
    elements(text, limits.depth_max, |element| {
        if event.fields.len() >= limits.fields_max {
            return;
        }
        if element.parent == "Triggers" {
            push(event, "Trigger".to_owned(), element.name.clone());
        }
        match element.name.as_str() {
            "Command" => command.clone_from(&element.text),
            "Arguments" => arguments.clone_from(&element.text),
            "Exec" => {
                let line = format!("{command} {arguments}");
                push(event, "CommandLine".to_owned(), line.trim().to_owned());
                command.clear();
                arguments.clear();
            }
            _ => {}
        }
        if !element.has_children && !element.text.is_empty() {
            push(event, element.name, element.text);
        }
    })
}

/// An element that has come to its end.
#[derive(Default)]
struct Element {
    name: String,
    parent: String,
    attributes: Vec<(String, String)>,
    text: String,
    has_children: bool,
}

impl Element {
    fn of(tag: &BytesStart<'_>, parent: &str) -> Self {
        let mut attributes = tag.attributes();
        // Whether a name stands there twice: a question that many names make too dear.
        attributes.with_checks(false);
        let attributes = attributes.flatten().map(|attribute| {
            let value = attribute.value.as_ref();
            let value = unescape(value).map_or_else(|_| value.to_owned(), Cow::into_owned);
            (attribute.key.into_inner().to_owned(), value)
        });
        Self {
            name: tag.local_name().into_inner().to_owned(),
            parent: parent.to_owned(),
            attributes: attributes.collect(),
            ..Self::default()
        }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Calls `each` with elements as they end, the inner ones first.
fn elements(text: &str, depth_max: usize, mut each: impl FnMut(Element)) -> Result<(), String> {
    let wrong = |error: quick_xml::Error| format!("not valid XML: {error}");
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let parsed = reader.read_event().map_err(wrong)?;
        let words: Cow<'_, str> = match &parsed {
            Xml::Eof if open.is_empty() => return Ok(()),
            Xml::Eof => return Err("not valid XML: it is cut off".to_owned()),
            Xml::Start(tag) | Xml::Empty(tag) => {
                let parent = open.last_mut();
                let element = match parent {
                    Some(parent) => {
                        parent.has_children = true;
                        Element::of(tag, &parent.name)
                    }
                    None => Element::of(tag, ""),
                };
                if matches!(parsed, Xml::Empty(_)) {
                    each(element);
                } else if open.len() >= depth_max {
                    return Err(format!("elements nested more than {depth_max} deep"));
                } else {
                    open.push(element);
                }
                continue;
            }
            Xml::End(_) => {
                if let Some(mut element) = open.pop() {
                    // Blanks around others are how the file is laid out; a value may end in one.
                    let is_value = element.name == "Data" && !element.has_children;
                    let trimmed = element.text.trim();
                    if !is_value && trimmed.len() < element.text.len() {
                        element.text = trimmed.to_owned();
                    }
                    each(element);
                }
                continue;
            }
            Xml::Text(words) => words.xml10_content(),
            Xml::CData(words) => words.xml10_content(),
            Xml::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().ok().flatten();
                let named = resolve_predefined_entity(reference).map(str::to_owned);
                Cow::Owned(letter.map(String::from).or(named).unwrap_or_default())
            }
            _ => continue,
        };
        if let Some(element) = open.last_mut() {
            element.text.push_str(&words);
        }
    }
}
