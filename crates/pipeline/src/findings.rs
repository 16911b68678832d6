//! Findings in order of time, of which only so many are held in memory.
//!
//! Each thread of a hunt collects its own. What is more than fits is sorted and put aside in a
//! temporary file, which has no name and goes when it is closed; all are merged when they are
//! gone through.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use daylight_evidence::Numbering;
use daylight_hunt::attach_source;
use daylight_model::{
    Finding, Level, LogFamily, Manifest, MatchedField, Rule, SourceRecord, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::once::{FindingsOnce, Repeated};

/// Bytes of findings that each thread holds.
const HELD_BYTES_MAX: usize = 8 << 20;
/// Bytes that are written to a file, or read from one, at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// Takes in the findings of one thread.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    /// Written down at once: so they take one piece of memory and not dozens.
    held: Held,
    aside: Vec<File>,
    rules: Rules,
    counts: [u64; 5],
    error: Option<io::Error>,
}

/// Findings written down one after the other.
#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    /// Where each begins and ends.
    rows: Vec<(Key, usize, usize)>,
}

impl Held {
    fn add(&mut self, finding: &Finding, rule: usize) -> io::Result<()> {
        if self.bytes.capacity() == 0 {
            // Growing step by step would move them again and again. What is not used is not taken.
            self.bytes.reserve(HELD_BYTES_MAX + BUFFER_BYTES);
        }
        let start = self.bytes.len();
        let bytes = std::mem::take(&mut self.bytes);
        self.bytes = postcard::to_extend(&Row::of(finding, rule), bytes).map_err(damaged)?;
        self.rows.push((key(finding), start, self.bytes.len()));
        Ok(())
    }

    fn size(&self) -> usize {
        self.bytes.len() + size_of_val(self.rows.as_slice())
    }

    fn sort(&mut self) {
        self.rows.sort_by_key(|(key, ..)| *key);
    }

    fn row(&self, start: usize, end: usize) -> &[u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }
}

/// Rules, so that findings that are put aside need no more than a number.
#[derive(Debug, Default)]
struct Rules {
    list: Vec<Arc<Rule>>,
    /// By their addresses, which stay as long as the list does.
    numbers: HashMap<usize, usize>,
}

impl Rules {
    fn number(&mut self, rule: &Arc<Rule>) -> usize {
        let address = Arc::as_ptr(rule).addr();
        *self.numbers.entry(address).or_insert_with(|| {
            self.list.push(Arc::clone(rule));
            self.list.len() - 1
        })
    }
}

impl Collector {
    /// What has been collected may go on growing where this says so; call it now and then.
    pub(crate) fn add(&mut self, found: &mut Vec<Finding>) {
        for finding in found.drain(..) {
            if let Some(count) = self.counts.get_mut(finding.rule.level as usize) {
                *count += 1;
            }
            let added = self.held.add(&finding, self.rules.number(&finding.rule));
            self.error = self.error.take().or(added.err());
        }
        if self.held.size() > HELD_BYTES_MAX && self.error.is_none() {
            self.error = self.put_aside().err();
        }
    }

    fn put_aside(&mut self) -> io::Result<()> {
        self.held.sort();
        let mut file = BufWriter::with_capacity(BUFFER_BYTES, tempfile::tempfile()?);
        for (_, start, end) in &self.held.rows {
            let row = self.held.row(*start, *end);
            let length = u32::try_from(row.len()).map_err(damaged)?;
            file.write_all(&length.to_le_bytes())?;
            file.write_all(row)?;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.aside.push(file);
        self.held.rows.clear();
        self.held.bytes.clear();
        Ok(())
    }
}

/// What findings are sorted by: those without a time come last.
type Key = (bool, Option<Timestamp>, usize, u64, u64, bool);

fn key(finding: &Finding) -> Key {
    (
        finding.time.is_none(),
        finding.time,
        finding.source,
        finding.record,
        finding.offset,
        // The file itself has the place of its first record.
        finding.family == LogFamily::FileListing,
    )
}

/// A finding that is written down, without what its rule and its file say.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row<'f>(
    /// The number of its rule.
    pub(crate) usize,
    /// Nanoseconds, which take less to write down and to read than a date does.
    Option<i128>,
    #[serde(borrow)] Option<Cow<'f, str>>,
    LogFamily,
    #[serde(borrow)] Option<Cow<'f, str>>,
    #[serde(borrow)] Option<Cow<'f, str>>,
    Option<u32>,
    u64,
    u64,
    /// Its source.
    pub(crate) usize,
    Cow<'f, [MatchedField]>,
    Cow<'f, [MatchedField]>,
);

impl<'f> Row<'f> {
    pub(crate) fn of(finding: &'f Finding, rule: usize) -> Self {
        let text = |text: &'f Option<String>| text.as_deref().map(Cow::Borrowed);
        Self(
            rule,
            finding.time.map(Timestamp::as_nanosecond),
            text(&finding.host),
            finding.family,
            text(&finding.channel),
            text(&finding.provider),
            finding.event_id,
            finding.record,
            finding.offset,
            finding.source,
            Cow::Borrowed(&finding.matched),
            Cow::Borrowed(&finding.context),
        )
    }

    pub(crate) fn finding(self, rule: &Arc<Rule>) -> Finding {
        Finding {
            id: String::new(),
            rule: Arc::clone(rule),
            time: self
                .1
                .and_then(|time| Timestamp::from_nanosecond(time).ok()),
            host: self.2.map(Cow::into_owned),
            family: self.3,
            channel: self.4.map(Cow::into_owned),
            provider: self.5.map(Cow::into_owned),
            event_id: self.6,
            record: self.7,
            offset: self.8,
            source: self.9,
            file: String::new(),
            file_sha256: String::new(),
            matched: self.10.into_owned(),
            context: self.11.into_owned(),
        }
    }
}

/// What was found, by time.
#[derive(Debug)]
pub struct Findings {
    runs: Vec<Run>,
    counts: [u64; 5],
    repeated: Repeated,
    numbering: Numbering,
}

pub(crate) fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Findings in order, and their rules.
#[derive(Debug)]
struct Run {
    rows: Rows,
    rules: Arc<[Arc<Rule>]>,
}

#[derive(Debug)]
enum Rows {
    /// And how many of them have been gone through.
    Held(Held, usize),
    /// And memory for one of them.
    Aside(BufReader<File>, Vec<u8>),
}

impl Findings {
    pub(crate) fn new(collectors: Vec<Collector>, numbering: Numbering) -> Result<Self, Error> {
        let mut findings = Self {
            runs: Vec::new(),
            counts: [0; 5],
            repeated: Repeated::default(),
            numbering,
        };
        for mut collector in collectors {
            if let Some(source) = collector.error {
                return Err(Error::Aside { source });
            }
            for (sum, count) in findings.counts.iter_mut().zip(collector.counts) {
                *sum += count;
            }
            let rules: Arc<[Arc<Rule>]> = collector.rules.list.into();
            collector.held.sort();
            let aside = collector.aside.into_iter();
            let aside = aside.map(|file| {
                let file = BufReader::with_capacity(BUFFER_BYTES, file);
                Rows::Aside(file, Vec::new())
            });
            let all = aside.chain([Rows::Held(collector.held, 0)]);
            findings.runs.extend(all.map(|rows| Run {
                rows,
                rules: Arc::clone(&rules),
            }));
        }
        Ok(findings)
    }

    /// Tells, when all have been gone through, how many of them repeat others and were left out.
    #[must_use]
    pub fn repeated(&self) -> Repeated {
        self.repeated.clone()
    }

    /// How many there are, those that repeat others among them.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many there are of this level and above.
    #[must_use]
    pub fn count_from(&self, level: Level) -> u64 {
        self.counts.iter().skip(level as usize).sum()
    }

    /// Goes through them, each completed with the file it was made in. The same event of another
    /// file is left out.
    pub fn each(self, sources: &[SourceRecord]) -> impl Iterator<Item = Result<Finding, Error>> {
        let numbering = self.numbering;
        let mut once = FindingsOnce::new(self.repeated, sources.len());
        let is_aside = |run: &Run| matches!(run.rows, Rows::Aside(..));
        let found: Box<dyn Iterator<Item = io::Result<Finding>>> = if self.runs.iter().any(is_aside)
        {
            Box::new(ahead(Merge::new(self.runs)))
        } else {
            Box::new(Merge::new(self.runs))
        };
        found.filter_map(move |finding| {
            let mut finding = match finding {
                Ok(finding) => finding,
                Err(source) => return Some(Err(Error::Aside { source })),
            };
            if let Some(index) = numbering.index(finding.source) {
                finding.source = index;
            }
            if let Some(source) = sources.get(finding.source) {
                attach_source(&mut finding, source);
            }
            once.is_first(&finding).then_some(Ok(finding))
        })
    }

    /// All of them in memory; at most `count_max`, and how many were left out.
    pub(crate) fn all(
        self,
        manifest: &Manifest,
        count_max: usize,
    ) -> Result<(Vec<Finding>, u64), Error> {
        let (count, repeated) = (self.count(), self.repeated());
        let found = self.each(&manifest.sources).take(count_max);
        let found: Vec<Finding> = found.collect::<Result<_, _>>()?;
        let told = found.len() as u64 + repeated.count_from(Level::Informational);
        Ok((found, count - told))
    }
}

/// Findings of several runs, in order.
struct Merge {
    runs: Vec<Run>,
    /// The key of the next finding of each run that has one.
    next: BinaryHeap<Reverse<(Key, usize)>>,
    /// And that finding.
    waiting: Vec<Option<Finding>>,
    failed: Option<io::Error>,
}

impl Merge {
    fn new(runs: Vec<Run>) -> Self {
        let mut merge = Self {
            waiting: runs.iter().map(|_| None).collect(),
            runs,
            next: BinaryHeap::new(),
            failed: None,
        };
        for index in 0..merge.runs.len() {
            merge.advance(index);
        }
        merge
    }

    fn advance(&mut self, index: usize) {
        let following = self.runs.get_mut(index).map_or(Ok(None), Run::next);
        let finding = following.unwrap_or_else(|error| {
            self.failed = Some(error);
            None
        });
        let key = finding.as_ref().map(key);
        self.next.extend(key.map(|key| Reverse((key, index))));
        if let Some(place) = self.waiting.get_mut(index) {
            *place = finding;
        }
    }
}

impl Iterator for Merge {
    type Item = io::Result<Finding>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            self.next.clear();
            return Some(Err(error));
        }
        let Reverse((_, index)) = self.next.pop()?;
        let finding = self.waiting.get_mut(index).and_then(Option::take)?;
        self.advance(index);
        Some(Ok(finding))
    }
}

/// Findings that are read ahead together, and how often.
const AHEAD_FINDINGS: usize = 256;
const AHEAD_TIMES: usize = 4;

/// Reads ahead in a thread of its own, which ends when nobody asks any more.
fn ahead(mut merge: Merge) -> impl Iterator<Item = io::Result<Finding>> {
    let (sender, receiver) = sync_channel(AHEAD_TIMES);
    thread::spawn(move || {
        loop {
            let found: Vec<_> = merge.by_ref().take(AHEAD_FINDINGS).collect();
            if found.is_empty() || sender.send(found).is_err() {
                break;
            }
        }
    });
    receiver.into_iter().flatten()
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Finding>> {
        let row = match &mut self.rows {
            Rows::Held(held, next) => {
                let Some((_, start, end)) = held.rows.get(*next) else {
                    return Ok(None);
                };
                *next += 1;
                held.row(*start, *end)
            }
            Rows::Aside(file, row) => {
                if file.fill_buf()?.is_empty() {
                    return Ok(None);
                }
                let mut length = [0; 4];
                file.read_exact(&mut length)?;
                row.resize(u32::from_le_bytes(length) as usize, 0);
                file.read_exact(row)?;
                row
            }
        };
        let row: Row<'_> = postcard::from_bytes(row).map_err(damaged)?;
        let rule = self.rules.get(row.0).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Some(row.finding(rule)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn finding(rule: &Arc<Rule>, seconds: i64, source: usize) -> Finding {
        Finding {
            id: String::new(),
            rule: Arc::clone(rule),
            time: Timestamp::from_second(seconds).ok(),
            host: Some("host".into()),
            family: LogFamily::WindowsSystem,
            channel: None,
            provider: None,
            event_id: Some(1),
            record: 1,
            offset: 2,
            source,
            file: String::new(),
            file_sha256: String::new(),
            matched: vec![MatchedField {
                field: "a".into(),
                value: "b".repeat(20_000).into(),
            }],
            context: Vec::new(),
        }
    }

    /// What is put aside comes back whole and in order, among what is held.
    #[test]
    fn more_than_memory_should_hold() {
        let set = daylight_hunt::RuleSet::embedded();
        let rules: Vec<&Arc<Rule>> = set.rules().take(2).collect();
        let mut collectors = Vec::new();
        for thread in 0..2_i64 {
            let mut collector = Collector::default();
            for number in 0..1_000 {
                let seconds = (number * 7_919) % 1_000 * 2 + thread;
                let rule = rules[usize::try_from(number % 2).unwrap()];
                collector.add(&mut vec![finding(rule, seconds, 0)]);
            }
            assert!(collector.aside.len() > 1 && !collector.held.rows.is_empty());
            collectors.push(collector);
        }
        let (manifest, numbering) = daylight_evidence::read_in_parallel::<Nothing>(
            Default::default(),
            &Default::default(),
            &mut [],
        );
        let findings = Findings::new(collectors, numbering).unwrap();
        assert_eq!(findings.count(), 2_000);
        let (found, left_out) = findings.all(&manifest, usize::MAX).unwrap();
        assert_eq!((found.len(), left_out), (2_000, 0));
        for (second, one) in found.iter().enumerate() {
            let expected = i64::try_from(second).unwrap();
            assert_eq!(one.time, Timestamp::from_second(expected).ok());
            assert_eq!(
                one.rule.id,
                rules[second / 2 * 719 % 1_000 % 2].id,
                "{second}"
            );
            assert_eq!(one.matched[0].value.len(), 20_000);
        }
    }

    /// Copies and second exports count once, two events of one file twice.
    #[test]
    fn the_same_event_counts_once() {
        let set = daylight_hunt::RuleSet::embedded();
        let rule = set.rules().next().unwrap();
        let of = |seconds, source, channel: Option<&str>, id: &str| {
            let mut one = finding(rule, seconds, source);
            (one.channel, one.id) = (channel.map(str::to_owned), id.to_owned());
            one
        };
        let repeated = Repeated::default();
        let mut once = FindingsOnce::new(repeated.clone(), 3);
        let mut check = |one: Finding, expected| {
            assert_eq!(
                once.is_first(&one),
                expected,
                "{:?} {}",
                one.time,
                one.source
            );
        };
        check(of(1, 0, Some("System"), "a"), true);
        check(of(1, 0, Some("System"), "b"), true);
        check(of(1, 1, Some("System"), "c"), false);
        check(of(1, 1, Some("Security"), "d"), true);
        check(of(2, 1, Some("System"), "e"), true);
        check(of(3, 0, None, "f"), true);
        check(of(3, 1, None, "g"), true);
        check(of(3, 2, None, "f"), false);
        // An export cuts times and lays values out anew.
        let matched = |values: [&str; 3], source, nanoseconds| {
            let mut one = of(4, source, Some("System"), "h");
            one.time = one
                .time
                .map(|time| time + Duration::from_nanos(nanoseconds));
            one.matched = ["A", "B", "C"]
                .into_iter()
                .zip(values)
                .map(|(field, value)| MatchedField {
                    field: field.into(),
                    value: value.into(),
                })
                .collect();
            one
        };
        check(matched(["a\r\n\tb", "", "c"], 0, 123_456_700), true);
        check(matched(["a\n\tb ", " ", "c"], 1, 123_000_000), false);
        check(matched(["a\n\tb", "", "d"], 1, 123_000_000), true);
        check(matched(["a\n\tb", "", "c"], 1, 124_000_000), true);
        let mut listed = of(3, 2, None, "f");
        listed.family = LogFamily::FileListing;
        check(listed, true);
        assert_eq!(repeated.count_from(rule.level), 3);
    }

    struct Nothing;
    impl daylight_evidence::Sink for Nothing {
        fn event(&mut self, _: &daylight_model::Event<'_>) {}
    }
}
