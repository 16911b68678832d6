//! Rules over the bytes of a file.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use daylight_model::{MatchedField, Rule};

use crate::compile::STACK_BYTES;
use crate::{Rules, show};

/// Places of one string that are counted; conditions that ask for more do not hold.
const PLACES_MAX: usize = 100_000;
/// Strings of one rule that a match shows.
const STRINGS_SHOWN_MAX: usize = 10;
/// How much longer than its own limit the engine is waited for.
const GRACE_SECONDS: u64 = 10;

/// A rule that a file's bytes fulfil.
#[derive(Debug, Clone)]
pub struct Match {
    /// The rule.
    pub rule: Arc<Rule>,
    /// Where the first of its strings stands; 0 where it has none.
    pub offset: u64,
    /// Its strings, where they stand and what stands there.
    pub matched: Vec<MatchedField>,
}

/// Why rules could not be run over a file to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// It took too long.
    #[error("the YARA rules were stopped after {seconds} seconds")]
    TooSlow {
        /// How long it may take.
        seconds: u64,
    },
    /// The engine failed at something it did not expect.
    #[error("the YARA engine gave up on what the file holds")]
    GaveUp,
}

/// Runs rules over one file after the other, on a thread of its own: what the engine keeps between
/// files may not go from thread to thread, one that does not come back is given up instead of
/// waited for, and executables may be made to break those who take them apart.
#[derive(Debug)]
pub struct Scanner {
    rules: Arc<Rules>,
    /// Started when it is needed first, and again after it was given up.
    engine: Option<Engine>,
}

impl Scanner {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        Self {
            rules,
            engine: None,
        }
    }

    /// The rules that what a file holds fulfils. Its path is for rules that ask for names.
    ///
    /// # Errors
    ///
    /// Where it takes too long, or the engine gives up.
    pub fn scan(&mut self, path: &str, bytes: Vec<u8>) -> Result<Vec<Match>, ScanError> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => Engine::start(&self.rules).ok_or(ScanError::GaveUp)?,
        };
        let seconds = self.rules.scan_seconds_max + GRACE_SECONDS;
        let answer = engine.scan(path, bytes, Duration::from_secs(seconds));
        let answer = answer.ok_or(ScanError::GaveUp)?;
        self.engine = Some(engine);
        answer
    }
}

type Answer = Result<Vec<Match>, ScanError>;

/// The thread of a scanner.
#[derive(Debug)]
struct Engine {
    files: SyncSender<(String, Vec<u8>)>,
    answers: Receiver<Answer>,
}

impl Engine {
    fn start(rules: &Arc<Rules>) -> Option<Self> {
        let (files, to_scan) = sync_channel::<(String, Vec<u8>)>(1);
        let (to_answer, answers) = sync_channel(1);
        let rules = Arc::clone(rules);
        let work = move || {
            let mut engine = yara_x::Scanner::new(&rules.compiled);
            engine
                .set_timeout(Duration::from_secs(rules.scan_seconds_max))
                .max_matches_per_pattern(PLACES_MAX);
            for (path, bytes) in to_scan {
                name(&mut engine, &path);
                // Whoever waited has given up if this fails.
                if to_answer
                    .send(matches(&rules, &mut engine, &bytes))
                    .is_err()
                {
                    break;
                }
            }
        };
        let thread = thread::Builder::new().name("yara".to_owned());
        thread.stack_size(STACK_BYTES).spawn(work).ok()?;
        Some(Self { files, answers })
    }

    /// `None` where there is no answer to be had.
    fn scan(&self, path: &str, bytes: Vec<u8>, time: Duration) -> Option<Answer> {
        self.files.send((path.to_owned(), bytes)).ok()?;
        self.answers.recv_timeout(time).ok()
    }
}

/// Tells the rules what the file is called.
fn name(engine: &mut yara_x::Scanner<'_>, path: &str) {
    let name = path.rsplit(['/', '\\', '!']).next().unwrap_or(path);
    let extension = name.rfind('.').and_then(|dot| name.get(dot..));
    let variables = [
        ("filename", name),
        ("filepath", path),
        ("extension", extension.unwrap_or_default()),
    ];
    for (variable, value) in variables {
        // Compiling has defined them as texts: none is refused.
        let _ = engine.set_global(variable, value);
    }
}

fn matches(rules: &Rules, engine: &mut yara_x::Scanner<'_>, bytes: &[u8]) -> Answer {
    let scanned = engine.scan(bytes).map_err(|error| match error {
        yara_x::ScanError::Timeout => ScanError::TooSlow {
            seconds: rules.scan_seconds_max,
        },
        _ => ScanError::GaveUp,
    })?;
    let found = scanned.matching_rules().filter_map(|found| {
        let (offset, matched) = strings(&found);
        Some(Match {
            rule: Arc::clone(rules.rule(&found)?),
            offset,
            matched,
        })
    });
    Ok(found.collect())
}

/// Where the first string stands, and what is shown of all.
fn strings(found: &yara_x::Rule<'_, '_>) -> (u64, Vec<MatchedField>) {
    let mut first: Option<usize> = None;
    let mut shown = Vec::new();
    for pattern in found.patterns() {
        let mut places = pattern.matches();
        let more = places.len().saturating_sub(1);
        let Some(place) = places.next() else { continue };
        let start = place.range().start;
        first = Some(first.map_or(start, |first| first.min(start)));
        if shown.len() < STRINGS_SHOWN_MAX {
            let more = if more == 0 {
                String::new()
            } else {
                format!(" and {more} more")
            };
            shown.push(MatchedField {
                field: pattern.identifier().into(),
                value: format!("byte {start}{more}: {}", show::bytes(place.data())).into(),
            });
        }
    }
    if shown.is_empty() {
        shown.push(MatchedField {
            field: "condition".into(),
            value: "holds for the file as a whole".into(),
        });
    }
    (first.unwrap_or_default() as u64, shown)
}
