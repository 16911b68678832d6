use std::sync::Arc;

use daylight_model::{IndicatorKind, Reading, Timestamp};

use crate::escape::comment;

/// Reports named beside one line.
pub(crate) const SAID_MAX: usize = 3;

/// A report to take indicators from, and how far it may go.
#[derive(Debug, Clone, Copy)]
pub struct Report<'r> {
    /// What it says.
    pub reading: &'r Reading,
    /// Its marking as TLP 2.0 writes it.
    pub tlp: &'r str,
}

/// How many days a line holds, for each kind of thing; `None` without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Addresses, which change hands soon.
    pub address_days: Option<u16>,
    /// Names and addresses of the web.
    pub name_days: Option<u16>,
    /// Hashes, and what files and programs are called.
    pub file_days: Option<u16>,
}

impl Default for Validity {
    fn default() -> Self {
        Self {
            address_days: Some(90),
            name_days: Some(365),
            file_days: None,
        }
    }
}

impl Validity {
    /// The same for everything.
    #[must_use]
    pub const fn days(days: u16) -> Self {
        Self {
            address_days: Some(days),
            name_days: Some(days),
            file_days: Some(days),
        }
    }

    pub(crate) fn until(self, kind: IndicatorKind, now: Timestamp) -> Option<Timestamp> {
        let days = match kind {
            IndicatorKind::Ipv4 | IndicatorKind::Ipv6 | IndicatorKind::Cidr => self.address_days,
            IndicatorKind::Domain | IndicatorKind::Url => self.name_days,
            _ => self.file_days,
        }?;
        let span = jiff::SignedDuration::from_hours(i64::from(days) * 24);
        now.checked_add(span).ok()
    }
}

/// The report a line comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `report--<uuid>`.
    pub id: String,
    /// Headline, or where it was read where it has none.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// When.
    pub published: Option<Timestamp>,
    /// Its address, where known.
    pub url: Option<String>,
    /// Its marking.
    pub tlp: String,
}

/// Where a report gives an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which report.
    pub source: Arc<Source>,
    /// In which sentence.
    pub sentence: String,
}

impl Said {
    /// Marking, report, day and sentence in one harmless line.
    pub(crate) fn line(&self) -> String {
        let Source {
            title,
            publisher,
            published,
            tlp,
            ..
        } = self.source.as_ref();
        let publisher = publisher.as_deref().unwrap_or("publisher unknown");
        let published = published.map_or_else(|| "undated".to_owned(), day);
        let sentence = &self.sentence;
        comment(&format!(
            "{tlp} | {title} ({publisher}, {published}) | “{sentence}”"
        ))
    }
}

/// Something to block or to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: IndicatorKind,
    /// The value, checked against what its kind can be.
    pub value: String,
    /// `indicator--<uuid>`, the id that the STIX export gives it.
    pub id: String,
    /// Who gives it, and in which sentence; never empty.
    pub said: Vec<Said>,
    /// Until when a line with it holds.
    pub until: Option<Timestamp>,
}

impl Entry {
    /// Until when it holds, in words.
    pub(crate) fn until_in_words(&self) -> String {
        let until = self.until.map(|until| format!("until {}", day(until)));
        until.unwrap_or_else(|| "without end".to_owned())
    }

    /// Lines of comment: until when, and where it is said.
    pub(crate) fn comments(&self) -> Vec<String> {
        let said = self.said.iter().take(SAID_MAX);
        let until = self.until_in_words();
        let mut lines: Vec<String> = said
            .map(|said| format!("{until} | {}", said.line()))
            .collect();
        if self.said.len() > SAID_MAX {
            lines.push(format!("and {} more reports", self.said.len() - SAID_MAX));
        }
        lines
    }
}

/// An indicator that stands in no list, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is, or would be.
    pub kind: IndicatorKind,
    /// The value as the report gives it.
    pub value: String,
    /// Why it was left out, to be read after the value.
    pub reason: String,
    /// The report's title.
    pub report: String,
}

/// What is to be acted on, and what not.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Sorted by kind and value.
    pub entries: Vec<Entry>,
    /// In the order of the reports.
    pub left_out: Vec<LeftOut>,
    /// When it was chosen.
    pub now: Timestamp,
}

impl Chosen {
    pub(crate) fn of<'c>(&'c self, kinds: &'c [IndicatorKind]) -> impl Iterator<Item = &'c Entry> {
        let entries = self.entries.iter();
        entries.filter(|entry| kinds.contains(&entry.kind))
    }

    /// What stands at the head of every file, behind the sign of its comments.
    pub(crate) fn head(&self, sign: &str) -> String {
        let day = day(self.now);
        format!(
            "{sign} Written by Daylight on {day}.\n\
             {sign} Beside each line: until when it holds, marking, report, and its sentence.\n\
             {sign} What a report gives is a claim of its own: look at it before you block by it.\n"
        )
    }
}

/// The day of a time.
pub(crate) fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}
