//! Access logs of Apache and nginx: the common and the combined format, with or without the host
//! that was asked in front.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Timestamp, Value};

use crate::lines::{Line, TextInput};
use crate::recorder::Recorder;
use crate::{blocks, kinds, time};

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, input: TextInput<'_>) {
    blocks::read_lines(recorder, input, line);
}

fn line(recorder: &mut Recorder<'_, '_>, line: &Line<'_>) {
    if line.text.trim().is_empty() {
        return;
    }
    let Some(request) = parse(&line.text) else {
        recorder.failed(
            Some(line.offset),
            Some(line.number),
            "not a line of an access log",
        );
        return recorder.raw_event(LogFamily::WebAccess, line.number, line.offset, &line.text);
    };
    let mut event = recorder.new_event(LogFamily::WebAccess, line.number, line.offset);
    event.text = Some(Cow::Borrowed(&line.text));
    event.time = request.time;
    request.fields(&mut event);
    kinds::add_names(&mut event);
    recorder.event(&event, "time");
}

/// Whether a line is one of an access log.
pub(crate) fn is_line(text: &str) -> bool {
    parse(text).is_some()
}

/// The parts of a line, as they are written.
struct Request<'t> {
    vhost: Option<&'t str>,
    client: &'t str,
    user: &'t str,
    time: Option<Timestamp>,
    request: &'t str,
    status: &'t str,
    bytes: &'t str,
    /// Referer, agent, and what else stands in quotes.
    quoted: [Option<&'t str>; 2],
}

fn parse(text: &str) -> Option<Request<'_>> {
    let (before, rest) = text.split_once(" [")?;
    let (clock, rest) = rest.split_once("] \"")?;
    let mut names = before.split(' ');
    let (first, second) = (names.next()?, names.next()?);
    let (vhost, client, ident) = match names.clone().count() {
        // A host in front, as in Debian's `vhost_combined`.
        2.. if first.contains(':') => (Some(first), second, names.next()?),
        _ => (None, first, second),
    };
    let user = before.get(offset(before, ident) + ident.len()..)?.trim();
    let (request, rest) = quoted(rest)?;
    let mut numbers = rest.trim_start().splitn(3, ' ');
    let (status, bytes) = (numbers.next()?, numbers.next().unwrap_or("-"));
    if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut rest = numbers.next().unwrap_or_default();
    let mut next = || {
        let (text, after) = quoted(rest.trim_start().strip_prefix('"')?)?;
        rest = after;
        Some(text)
    };
    Some(Request {
        vhost,
        client,
        user,
        time: time::access_log(clock),
        request,
        status,
        bytes,
        quoted: [next(), next()],
    })
}

fn offset(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

/// What stands before the closing quote, and what follows it; `\"` closes nothing.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return Some((text.get(..place)?, text.get(place + 1..)?)),
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

impl<'t> Request<'t> {
    fn fields(&self, event: &mut Event<'t>) {
        let mut add = |name: &'static str, value: &'t str| {
            let value = if matches!(value, "" | "-") {
                Value::Null
            } else {
                Value::from(value)
            };
            event.add(name, value);
        };
        add("client", self.client);
        add("user", self.user);
        let mut words = self.request.splitn(2, ' ');
        let (method, rest) = (words.next().unwrap_or_default(), words.next());
        match rest {
            Some(rest) => {
                let (uri, protocol) = rest.rsplit_once(" HTTP/").unwrap_or((rest, ""));
                let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
                add("method", method);
                add("uri", uri);
                add("path", path);
                add("query", query);
                add("protocol", protocol);
            }
            // No request at all: bytes of another protocol, mostly.
            None => add("uri", self.request),
        }
        add("status", self.status);
        add("bytes", self.bytes);
        let [referer, agent] = self.quoted;
        add("referer", referer.unwrap_or_default());
        add("agent", agent.unwrap_or_default());
        if let Some(vhost) = self.vhost {
            add("vhost", vhost.split(':').next().unwrap_or(vhost));
        }
    }
}
