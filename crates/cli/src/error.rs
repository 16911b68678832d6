//! Exit codes, and errors with a hint.

use std::process::ExitCode;

use daylight_dossier::clean_line;
use daylight_pipeline::{Error, RulesError};

/// How a command ended. The numbers are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing was found, or there was nothing to find.
    Clear,
    /// A finding of level medium or above.
    Found,
    /// Rules that cannot be used are among those that were checked.
    Unusable,
    /// Nothing was found, and not everything asked for could be read.
    Incomplete,
}

impl Exit {
    /// What a hunt ends with; `exit_zero` is for scripts that take any code for a failure.
    pub(crate) const fn of(found: bool, exit_zero: bool) -> Self {
        if found && !exit_zero {
            Self::Found
        } else {
            Self::Clear
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clear => 0,
            Exit::Found | Exit::Unusable => 1,
            Exit::Incomplete => 2,
        })
    }
}

/// Tells the error on standard error, with its causes and a hint; the exit code is 2.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    // A reader that closed the pipe ("| head") has what it wanted.
    let closed = error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe);
    if closed {
        return ExitCode::SUCCESS;
    }
    // The pipeline's errors tell their cause themselves; of others the whole chain is told.
    let message = match error.downcast_ref::<Error>() {
        Some(error) => error.to_string(),
        None => format!("{error:#}"),
    };
    crate::terminal::complain(&format!("error: {message}"));
    if let Some(hint) = hint(error) {
        crate::terminal::complain(&format!("hint: {hint}"));
    }
    ExitCode::from(2)
}

fn hint(error: &anyhow::Error) -> Option<String> {
    let error = error.downcast_ref::<Error>()?;
    if let Error::Rules(rules) = error {
        return Some(rules_hint(rules));
    }
    let hint = match error {
        Error::OutputInEvidence { .. } => Some("name another folder with --out"),
        Error::WithoutYara => Some("build it with `cargo build --release --features yara`"),
        #[cfg(feature = "yara")]
        Error::Yara(_) => {
            Some("--yara takes a folder with YARA rules (*.yar, *.yara), or a file of them")
        }
        Error::Write { .. } => Some("name a folder that can be written to with --out"),
        Error::Unfinished { .. } => {
            Some("add --resume to go on with it, or remove that file to begin anew")
        }
        Error::Journal { .. } => {
            Some("hunt with the same as before, or remove that file to begin anew")
        }
        Error::Report(report) => report.hint(),
        _ => None,
    };
    hint.map(str::to_owned)
}

fn rules_hint(error: &RulesError) -> String {
    let (intro, rules) = match error {
        RulesError::NoSuchRule { nearest, .. } if !nearest.is_empty() => {
            ("the nearest are", nearest)
        }
        RulesError::SeveralRules { found, .. } => ("give more of the id, as in", found),
        _ => return "--rules takes a folder with Sigma rules (*.yml)".to_owned(),
    };
    let lines = rules.iter().map(|rule| format!("\n  {}", clean_line(rule)));
    format!("{intro}{}", lines.collect::<String>())
}
