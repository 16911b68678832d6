//! How fast a bundle goes into a store, how much memory that takes, and how soon the full
//! store answers. `cargo bench -p daylight-store [-- OBJECTS] [postgres://…]`; the schema that an
//! address leads to must be empty.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement fails by panicking and says what it measured"
)]

use std::io::Read;
use std::time::{Duration, Instant};

use daylight_model::Timestamp;
use daylight_store::{ImportOptions, Location, import, open, related};

fn main() {
    let count = std::env::args().filter_map(|word| word.parse().ok()).next();
    let count: u64 = count.unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let address = std::env::args().find(|word| word.contains("://"));
    let location = Location::parse(address.as_ref().map_or(path.as_ref(), AsRef::as_ref)).unwrap();
    let mut store = open(&location).unwrap();
    let options = ImportOptions::new("made", Timestamp::UNIX_EPOCH);
    let begun = Instant::now();
    let report = import(&mut *store, Bundle::new(count), &options, &mut |_| {}).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!((report.added.new, report.left_out), (count, 0));
    let megabytes = std::fs::metadata(&path).map_or(0, |file| file.len() >> 20);
    let speed = |seconds: f64| count as f64 / seconds;
    println!(
        "import           {:>9.0} objects/s ({seconds:.1} s, {megabytes} MB in the file)",
        speed(seconds)
    );
    // On a machine that others use too, this is the number that stays the same.
    println!("  by its own CPU {:>9.0} objects/s", speed(cpu_seconds()));
    println!("peak memory      {:>9} MB", peak_megabytes());
    drop(store);

    let store = open(&location).unwrap();
    let any =
        |round: u64, kind: Kind| id(kind, scatter(round) % count / PERIOD * PERIOD + kind as u64);
    measure("look-up", 10_000, |round| {
        let id = any(round, Kind::Indicator);
        assert_eq!(store.object(&id).unwrap().unwrap().id, id);
    });
    measure("name", 1_000, |round| {
        let name = format!(
            "Group {}",
            scatter(round) % count / PERIOD * PERIOD + Kind::Group as u64
        );
        assert_eq!(store.called(&name).unwrap().len(), 1);
    });
    measure("search, rare", 1_000, |round| {
        let words = format!("host{}", scatter(round) % count / PERIOD * PERIOD);
        assert!(!store.search(&words, 50).unwrap().is_empty());
    });
    measure("search, common", 100, |_| {
        assert_eq!(store.search("beacons example", 50).unwrap().len(), 50);
    });
    measure("search, none", 100, |_| {
        assert!(store.search("beacons ransom", 50).unwrap().is_empty());
    });
    let mut reached = 0;
    measure("related, depth 2", 1_000, |round| {
        let found = related(&*store, &any(round, Kind::Malware), 2, 1_000).unwrap();
        reached += found.related.len();
    });
    assert!(reached > 5_000);
}

/// Tells how long one round takes: in the middle, and at worst.
fn measure(what: &str, rounds: u64, mut round: impl FnMut(u64)) {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|number| {
            let begun = Instant::now();
            round(number);
            begun.elapsed()
        })
        .collect();
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let (middle, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "{what:<16} {:>9.3} ms, at worst {:.3} ms",
        milliseconds(middle),
        milliseconds(worst)
    );
}

/// How long processors have worked for this process, where the system tells.
fn cpu_seconds() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status
        .rsplit(") ")
        .next()
        .unwrap_or_default()
        .split_whitespace();
    // User and system time, in hundredths of a second.
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The most memory the process has held, where the system tells.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() >> 10
}

/// Of every twenty objects, which is what.
const PERIOD: u64 = 20;

#[derive(Clone, Copy)]
enum Kind {
    Indicator = 0,
    Malware = 8,
    Group = 9,
    Observable = 10,
    Relationship = 13,
}

const fn kind_of(number: u64) -> Kind {
    match number % PERIOD {
        0..8 => Kind::Indicator,
        8 => Kind::Malware,
        9 => Kind::Group,
        10..13 => Kind::Observable,
        _ => Kind::Relationship,
    }
}

/// Numbers in no order (SplitMix64).
const fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn id(kind: Kind, number: u64) -> String {
    let name = match kind {
        Kind::Indicator => "indicator",
        Kind::Malware => "malware",
        Kind::Group => "intrusion-set",
        Kind::Observable => "domain-name",
        Kind::Relationship => "relationship",
    };
    let (one, other) = (scatter(number), scatter(!number));
    format!(
        "{name}--{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        one >> 32,
        one >> 16 & 0xffff,
        one & 0xfff,
        other >> 52,
        other & 0xffff_ffff_ffff
    )
}

fn object(number: u64, count: u64) -> String {
    let kind = kind_of(number);
    let common = format!(
        r#""spec_version": "2.1", "id": "{}", "created": "2024-03-05T10:20:30.123Z", "modified": "2024-03-05T10:20:30.123Z""#,
        id(kind, number)
    );
    let other = |kind: Kind, of: u64| id(kind, scatter(of) % count / PERIOD * PERIOD + kind as u64);
    match kind {
        Kind::Indicator => format!(
            r#"{{"type": "indicator", {common}, "name": "host{number}.example beacons", "description": "Seen in traffic of a compromised host.", "indicator_types": ["malicious-activity"], "pattern": "[domain-name:value = 'host{number}.example']", "pattern_type": "stix", "valid_from": "2024-03-05T10:20:30Z"}}"#
        ),
        Kind::Malware => format!(
            r#"{{"type": "malware", {common}, "name": "Family {number}", "aliases": ["Fam-{number}"], "is_family": true, "malware_types": ["backdoor"]}}"#
        ),
        Kind::Group => format!(
            r#"{{"type": "intrusion-set", {common}, "name": "Group {number}", "aliases": ["Set {number}"], "description": "Uses ransom notes and phones home."}}"#
        ),
        Kind::Observable => format!(
            r#"{{"type": "domain-name", "spec_version": "2.1", "id": "{}", "value": "host{number}.example"}}"#,
            id(kind, number)
        ),
        Kind::Relationship if number.is_multiple_of(3) => format!(
            r#"{{"type": "relationship", {common}, "relationship_type": "uses", "source_ref": "{}", "target_ref": "{}"}}"#,
            other(Kind::Group, number),
            other(Kind::Malware, number / 2)
        ),
        Kind::Relationship => format!(
            r#"{{"type": "relationship", {common}, "relationship_type": "indicates", "source_ref": "{}", "target_ref": "{}"}}"#,
            other(Kind::Indicator, number),
            other(Kind::Malware, number / 2)
        ),
    }
}

/// A bundle that is made while it is read.
struct Bundle {
    next: u64,
    count: u64,
    waiting: Vec<u8>,
    at: usize,
}

impl Bundle {
    fn new(count: u64) -> Self {
        let head = "{\"type\": \"bundle\", \"id\": \"bundle--1\", \"objects\": [";
        Self {
            next: 0,
            count,
            waiting: head.into(),
            at: 0,
        }
    }

    fn make_more(&mut self) {
        self.waiting.clear();
        self.at = 0;
        while self.waiting.len() < 1 << 16 && self.next < self.count {
            let comma = if self.next == 0 { "" } else { "," };
            self.waiting.extend_from_slice(comma.as_bytes());
            self.waiting
                .extend_from_slice(object(self.next, self.count).as_bytes());
            self.next += 1;
            if self.next == self.count {
                self.waiting.extend_from_slice(b"]}");
            }
        }
    }
}

impl Read for Bundle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.waiting.len() {
            self.make_more();
        }
        let rest = &self.waiting[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}
