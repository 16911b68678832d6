//! The debug log of Windows' DNS server: a line a packet.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Value};

use crate::lines::{Line, TextInput};
use crate::recorder::Recorder;
use crate::{blocks, kinds, time};

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: TextInput<'_>) {
    recorder.times_are_local();
    blocks::read_lines(recorder, input, line);
}

/// Whether a line is one of a packet.
pub(crate) fn is_line(text: &str) -> bool {
    parse(text).is_some()
}

fn line(recorder: &mut Recorder<'_, '_>, line: &Line<'_>) {
    if line.text.trim().is_empty() {
        return;
    }
    let mut event = recorder.new_event(LogFamily::DnsServer, line.number, line.offset);
    event.text = Some(Cow::Borrowed(&line.text));
    match parse(&line.text) {
        Some(packet) => {
            event.time = time::windows_local(packet.time);
            packet.fields(&mut event);
        }
        // The key at the head, other kinds of records, and the packets in detail.
        None if line.text.contains(" PACKET ") => {
            let message = "a packet whose parts cannot be told";
            recorder.failed(Some(line.offset), Some(line.number), message);
        }
        None => {}
    }
    kinds::add_names(&mut event);
    recorder.event(&event, "time");
}

struct Packet<'t> {
    time: &'t str,
    /// By their places: thread, internal id, protocol, direction, address, id.
    words: [&'t str; 6],
    flags: &'t str,
    is_response: bool,
    kind: &'t str,
    name: Cow<'t, str>,
}

/// `3/3/2021 6:30:11 AM 0A1C PACKET  000001F2 UDP Rcv 10.0.0.5  0002   Q [0001   D   NOERROR] A
/// (3)www(7)example(3)com(0)`
fn parse(text: &str) -> Option<Packet<'_>> {
    let (before, after) = text.split_once(" PACKET ")?;
    let (time, thread) = before.trim_end().rsplit_once(' ')?;
    let (head, rest) = after.split_once('[')?;
    let (flags, question) = rest.split_once(']')?;
    let mut words = head.split_whitespace();
    let mut next = || words.next();
    let (id, protocol, direction, client, xid) = (next()?, next()?, next()?, next()?, next()?);
    if !matches!(protocol, "UDP" | "TCP") || !matches!(direction, "Rcv" | "Snd") {
        return None;
    }
    let is_response = next() == Some("R");
    let mut question = question.split_whitespace();
    let (kind, name) = (question.next()?, question.next()?);
    Some(Packet {
        time: time.trim(),
        words: [thread, id, protocol, direction, client, xid],
        flags,
        is_response,
        kind,
        name: name_of(name),
    })
}

/// `(3)www(7)example(3)com(0)` as `www.example.com`.
fn name_of(written: &str) -> Cow<'_, str> {
    if !written.starts_with('(') {
        return Cow::Borrowed(written);
    }
    let labels = written
        .split('(')
        .filter_map(|part| part.split_once(')').map(|(_, label)| label));
    let labels: Vec<&str> = labels.filter(|label| !label.is_empty()).collect();
    Cow::Owned(labels.join("."))
}

impl<'t> Packet<'t> {
    fn fields(self, event: &mut Event<'t>) {
        let mut add = |name: &'static str, value: Cow<'t, str>| {
            event.add(name, Value::Text(value));
        };
        let names = [
            "Thread",
            "PacketId",
            "Protocol",
            "Direction",
            "Client",
            "Xid",
        ];
        for (name, word) in names.into_iter().zip(self.words) {
            add(name, Cow::Borrowed(word));
        }
        let code = self.flags.split_whitespace().last().unwrap_or_default();
        add("ResponseCode", Cow::Borrowed(code));
        add(
            "Kind",
            Cow::Borrowed(if self.is_response {
                "response"
            } else {
                "query"
            }),
        );
        add("QuestionType", Cow::Borrowed(self.kind));
        add("QuestionName", self.name);
    }
}
