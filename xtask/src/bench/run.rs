//! Runs programs beside one another and measures them.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// Ticks of CPU time in a second, as Linux tells them.
const TICKS_PER_SECOND: f64 = 100.0;
/// How often a running program is asked for its memory.
const POLL: Duration = Duration::from_millis(1);

/// Something to run.
pub(crate) struct Job {
    /// Whose program it is.
    pub(crate) name: &'static str,
    /// What it is given, where it is run on several things.
    pub(crate) part: String,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// The last exit code that is no failure: Daylight ends with 1 where it found something.
    pub(crate) exit_code_max: i32,
    /// Bytes that go in.
    pub(crate) bytes: u64,
    /// Events that go in.
    pub(crate) events: u64,
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// Of all threads.
    pub(crate) cpu_seconds: Option<f64>,
    pub(crate) peak_bytes: Option<u64>,
}

/// Runs every job in every round, one after the other so that none is alone in a good moment,
/// and keeps the quickest run of each with the highest memory of all.
pub(crate) fn best_of(jobs: &[Job], rounds: usize) -> Result<Vec<Measured>> {
    let mut best: Vec<Option<Measured>> = vec![None; jobs.len()];
    for _ in 0..rounds.max(1) {
        for (job, best) in jobs.iter().zip(&mut best) {
            let new = measure(job)?;
            *best = Some(best.map_or(new, |old| better(old, new)));
        }
    }
    Ok(best.into_iter().flatten().collect())
}

fn better(old: Measured, new: Measured) -> Measured {
    let quicker = if new.seconds < old.seconds { new } else { old };
    Measured {
        peak_bytes: old.peak_bytes.max(new.peak_bytes),
        ..quicker
    }
}

fn spawn(job: &Job, output: Stdio) -> Result<Child> {
    Command::new(&job.program)
        .args(&job.arguments)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| job.program.display().to_string())
}

fn measure(job: &Job) -> Result<Measured> {
    let cpu_before = cpu_of_children();
    let start = Instant::now();
    let mut child = spawn(job, Stdio::null())?;
    let process = child.id();
    let is_over = AtomicBool::new(false);
    let (status, seconds, peak_bytes) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(process, &is_over));
        let status = child.wait();
        let seconds = start.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        (status, seconds, watcher.join().ok().flatten())
    });
    let code = status?.code().unwrap_or(i32::MAX);
    ensure!(
        code <= job.exit_code_max,
        "{} ended with {code}: {} {:?}",
        job.name,
        job.program.display(),
        job.arguments
    );
    let cpu_seconds = cpu_of_children()
        .zip(cpu_before)
        .map(|(after, before)| after - before);
    Ok(Measured {
        seconds,
        cpu_seconds,
        peak_bytes,
    })
}

/// The highest resident memory of a process. The kernel keeps it, so that only what was added
/// in the last moment before the end can be missed. The last answer counts, not the largest:
/// the first may still be about us, before the new program took our place.
fn watch(process: u32, is_over: &AtomicBool) -> Option<u64> {
    let path = format!("/proc/{process}/status");
    let mut last = None;
    while !is_over.load(Ordering::Relaxed) {
        let status = fs::read_to_string(&path).unwrap_or_default();
        last = peak_in(&status).or(last);
        std::thread::sleep(POLL);
    }
    last
}

fn peak_in(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

/// CPU time of all children that have ended, in seconds.
fn cpu_of_children() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold blanks; it stands in brackets.
    let (_, after) = status.rsplit_once(')')?;
    let mut numbers = after.split_ascii_whitespace().skip(13);
    let user: f64 = numbers.next()?.parse().ok()?;
    let system: f64 = numbers.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

/// Runs a job once without measuring it and counts the lines it writes. It also brings the
/// input into the machine's cache, where it then is for everybody.
pub(crate) fn count_lines(job: &Job) -> Result<u64> {
    let mut child = spawn(job, Stdio::piped())?;
    let mut lines = 0;
    if let Some(mut out) = child.stdout.take() {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = out.read(&mut buffer)?;
            let part = buffer.get(..count).unwrap_or_default();
            if part.is_empty() {
                break;
            }
            lines += part.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
    }
    let code = child.wait()?.code().unwrap_or(i32::MAX);
    ensure!(
        code <= job.exit_code_max,
        "{} ended with {code}: {} {:?}",
        job.name,
        job.program.display(),
        job.arguments
    );
    Ok(lines)
}
