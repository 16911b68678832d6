//! Prints what was read from the paths given: `show [--events N] PATH...`
#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::time::Instant;

use daylight_evidence::{Options, Sink, measure, read};
use daylight_model::{Event, LogFamily};

/// Prints the first events of each file and counts the bytes told as progress.
struct Printer {
    events_max: u64,
    source: usize,
    printed: u64,
    events: u64,
    fields: u64,
}

impl Sink for Printer {
    fn event(&mut self, event: &Event<'_>) {
        self.events += u64::from(event.family != LogFamily::FileListing);
        self.fields += event.fields.len() as u64;
        if event.source != self.source {
            (self.source, self.printed) = (event.source, 0);
        }
        if self.printed < self.events_max {
            self.printed += 1;
            println!("{event:#?}");
        }
    }
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut events_max = 0;
    if arguments
        .first()
        .is_some_and(|argument| argument == "--events")
    {
        events_max = arguments
            .get(1)
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        arguments.drain(..arguments.len().min(2));
    }
    let paths: Vec<PathBuf> = arguments.into_iter().map(PathBuf::from).collect();
    let options = Options::default();
    let mut printer = Printer {
        events_max,
        source: usize::MAX,
        printed: 0,
        events: 0,
        fields: 0,
    };
    let start = Instant::now();
    let manifest = read(&paths, &options, &mut printer);
    let seconds = start.elapsed().as_secs_f64();

    for record in &manifest.sources {
        println!(
            "{:10} {:6} events {:3} failed  {:12} {}  {:?}..{:?} {:?}",
            record.size_bytes,
            record.events,
            record.records_failed,
            record.kind,
            record.path,
            record.first,
            record.last,
            record.hosts,
        );
        for statistic in record
            .statistics
            .iter()
            .filter(|_| manifest.sources.len() < 10)
        {
            println!("    {statistic:?}");
        }
        for difference in &record.clock_differences {
            println!("    {difference:?}");
        }
        for problem in record.problems.iter().take(5) {
            println!(
                "    ! at {:?}, record {:?}: {}",
                problem.offset, problem.record, problem.message
            );
        }
    }
    for problem in &manifest.problems {
        println!("! {}: {}", problem.path, problem.message);
    }
    let unpacked: u64 = manifest
        .sources
        .iter()
        .map(|record| record.size_bytes)
        .sum();
    println!(
        "{} files, {} events, {} fields, {:.1} MB on disk, {:.1} MB in all, {seconds:.2} s, {:.0} MB/s",
        manifest.sources.len(),
        printer.events,
        printer.fields,
        measure(&paths, &options) as f64 / 1e6,
        unpacked as f64 / 1e6,
        unpacked as f64 / 1e6 / seconds,
    );
}
