//! PowerShell transcripts: what was typed, and what came of it.

use std::borrow::Cow;

use daylight_model::{Event, LogFamily, Timestamp};

use crate::lines::Lines;
use crate::recorder::Recorder;
use crate::{kinds, time};

const RULE: &str = "**********************";
/// Output of one command that is kept with it.
const OUTPUT_BYTES_MAX: usize = 64 << 10;

/// Whether a text begins as a transcript.
pub(crate) fn begins(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.next() == Some(RULE)
        && lines
            .next()
            .is_some_and(|line| line.contains("PowerShell transcript start"))
}

/// Who typed, and where.
#[derive(Default)]
struct Session {
    fields: Vec<(String, String)>,
    host: Option<String>,
    time: Option<Timestamp>,
}

/// A command, or the head of a session, with the lines that follow it.
struct Entry {
    number: u64,
    offset: u64,
    time: Option<Timestamp>,
    command: Option<String>,
    text: String,
}

pub(crate) fn read(recorder: &mut Recorder<'_, '_>, mut lines: Lines<'_>) {
    recorder.times_are_local();
    let mut session = Session::default();
    let mut entry: Option<Entry> = None;
    let mut in_head = false;
    while let Some(line) = lines.next(recorder) {
        let text = line.text.trim_end();
        let begin = |command: Option<&str>, time| Entry {
            number: line.number,
            offset: line.offset,
            time,
            command: command.map(str::to_owned),
            text: text.to_owned(),
        };
        if text == RULE {
            in_head = false;
        } else if text.contains("PowerShell transcript start") {
            pass_on(recorder, &session, entry.take());
            session = Session::default();
            in_head = true;
            entry = Some(begin(None, None));
        } else if let Some(clock) = text.strip_prefix("Command start time: ") {
            session.time = time::compact(clock);
        } else if let Some(command) = prompt(text) {
            pass_on(recorder, &session, entry.take());
            entry = Some(begin(Some(command), session.time));
        } else {
            if in_head {
                session.take(text);
            }
            let entry = entry.get_or_insert_with(|| begin(None, session.time));
            entry.time = entry.time.or(session.time);
            if entry.text.len() + text.len() < OUTPUT_BYTES_MAX {
                entry.text.push('\n');
                entry.text.push_str(text);
            }
        }
    }
    pass_on(recorder, &session, entry);
}

/// What was typed at a prompt: `PS C:\> whoami`, `PS>whoami`, `[host]: PS C:\> whoami`.
fn prompt(line: &str) -> Option<&str> {
    let start = match line.split_once("]: PS") {
        Some((host, rest)) if host.starts_with('[') => rest,
        _ => line.strip_prefix("PS")?,
    };
    let (place, command) = start.split_once('>')?;
    let is_place = place.is_empty() || place.starts_with(' ');
    let command = command.trim_start_matches('>').trim();
    (is_place && !command.is_empty()).then_some(command)
}

impl Session {
    /// A line of the head: `Username: CORP\jane`.
    fn take(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(": ") else {
            return;
        };
        match name {
            "Start time" => self.time = time::compact(value),
            "Machine" => self.host = value.split(" (").next().map(str::to_owned),
            _ => {}
        }
        self.fields.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn pass_on(recorder: &mut Recorder<'_, '_>, session: &Session, entry: Option<Entry>) {
    let Some(entry) = entry else { return };
    let family = LogFamily::PowershellTranscript;
    let mut event: Event<'_> = recorder.new_event(family, entry.number, entry.offset);
    event.time = entry.time.or(session.time);
    event.host = session.host.as_deref().map(Cow::Borrowed);
    event.text = Some(Cow::Borrowed(&entry.text));
    for (name, value) in &session.fields {
        event.add(name, value.as_str());
    }
    if let Some(command) = &entry.command {
        event.add("Command", command.as_str());
    }
    kinds::add_names(&mut event);
    recorder.event(&event, "Start time");
}
