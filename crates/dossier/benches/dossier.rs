//! How long a dossier of many findings takes to write, and how large it gets:
//! `cargo bench -p daylight-dossier -- [FINDINGS] [FILE.html]`. With a file, the page is written
//! there, to be opened in a browser.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic)]

#[path = "../tests/it/sample.rs"]
mod sample;

use std::time::{Duration, Instant};

const FINDINGS: u64 = 100_000;
const ROUNDS: usize = 5;

/// The quickest of some rounds, and what came of it.
fn measure(name: &str, mut make: impl FnMut() -> usize) {
    let round = |_| {
        let start = Instant::now();
        let bytes = make();
        (start.elapsed(), bytes)
    };
    let rounds: Vec<(Duration, usize)> = (0..ROUNDS).map(round).collect();
    let (best, bytes) = rounds.iter().min().copied().unwrap_or_default();
    println!(
        "  {name:<18}{:>9.1} ms{:>12.3} MB",
        best.as_secs_f64() * 1e3,
        bytes as f64 / 1e6
    );
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|it| it != "--bench");
    let count = arguments
        .next()
        .and_then(|it| it.parse().ok())
        .unwrap_or(FINDINGS);
    let sample = sample::many(count);
    let case = sample.case();
    println!("{count} findings on 60 machines, best of {ROUNDS} rounds");
    measure("dossier.html", || daylight_dossier::html(&case).len());
    measure("dossier.md", || daylight_dossier::markdown(&case).len());
    measure("summary", || {
        daylight_dossier::text_summary(&case, 100, false).len()
    });
    measure("bundle.json", || {
        daylight_dossier::stix_bundle(&case).to_string().len()
    });
    measure("findings.jsonl", || {
        let mut out = Vec::new();
        let _ = daylight_dossier::findings_jsonl(case.findings, &mut out);
        out.len()
    });
    match arguments.next() {
        Some(path) => std::fs::write(path, daylight_dossier::html(&case)),
        None => Ok(()),
    }
}
