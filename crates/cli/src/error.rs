//! Exit codes, and errors with a hint.

use std::process::ExitCode;

use daylight_pipeline::Error;

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

fn hint(error: &anyhow::Error) -> Option<&str> {
    match error.downcast_ref::<Error>()? {
        Error::OutputInEvidence { .. } => Some("name another folder with --out"),
        Error::Write { .. } => Some("name a folder that can be written to with --out"),
        Error::Report(report) => report.hint(),
        Error::Rules(_) => Some("--rules takes a folder with Sigma rules (*.yml)"),
        _ => None,
    }
}
