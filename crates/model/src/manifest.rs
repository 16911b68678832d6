use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{LogFamily, Timestamp};

/// What was read, so that a finding can be defended later.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Every file and archive member that was met, whether it could be read or not.
    pub sources: Vec<SourceRecord>,
    /// Problems that belong to no file: a path that is missing, a folder that is closed.
    pub problems: Vec<Problem>,
}

/// One file or archive member.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Path as handed in; members of archives as `archive.zip!member`.
    pub path: String,
    /// Size in bytes, unpacked.
    pub size_bytes: u64,
    /// SHA-256 of the (unpacked) bytes; empty where they could not be read to the end.
    pub sha256: String,
    /// What it was recognised as: `evtx`, `json-lines`, `iis-w3c`, `zip`, `unknown` …
    pub kind: String,
    /// How many events were read.
    pub events: u64,
    /// How many records could not be read.
    pub records_failed: u64,
    /// Time of the earliest event.
    pub first: Option<Timestamp>,
    /// Time of the latest event.
    pub last: Option<Timestamp>,
    /// Machines the events name.
    pub hosts: Vec<String>,
    /// What was seen of each kind of event.
    pub statistics: Vec<EventStatistic>,
    /// Clocks of the same events that disagree.
    pub clock_differences: Vec<ClockDifference>,
    /// What went wrong; detail is limited, `records_failed` counts all.
    pub problems: Vec<Problem>,
}

/// How often one kind of event was seen, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventStatistic {
    /// The log family.
    pub family: LogFamily,
    /// Windows: the provider.
    pub provider: Option<String>,
    /// Windows: the event id.
    pub event_id: Option<u32>,
    /// How many.
    pub count: u64,
    /// The earliest.
    pub first: Option<Timestamp>,
    /// The latest.
    pub last: Option<Timestamp>,
    /// How many events fell on each day (UTC, `YYYY-MM-DD`), so that gaps show.
    pub days: BTreeMap<String, u64>,
}

/// Two clock fields of the same events that differ by a steady amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockDifference {
    /// The field used as the event's time.
    pub used: String,
    /// The other field.
    pub other: String,
    /// `other` minus `used`, in seconds (the median).
    pub difference_seconds: i64,
    /// How many events show it.
    pub events: u64,
}

/// Something that could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file concerned.
    pub path: String,
    /// Byte offset in it, where known.
    pub offset: Option<u64>,
    /// Record or line number, where known.
    pub record: Option<u64>,
    /// What happened, in a sentence.
    pub message: String,
}
