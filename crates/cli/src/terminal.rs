//! The terminal: width, colour, and the two streams.

use std::io::{self, IsTerminal, Write};

use daylight_dossier::visible;

/// Columns where the terminal does not tell.
const WIDTH_DEFAULT: usize = 100;

/// Whether to colour what goes to standard output: on a terminal, unless `NO_COLOR` is set
/// (<https://no-color.org>).
pub(crate) fn colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Columns to write in: the terminal's, else `COLUMNS`, else 100.
pub(crate) fn width() -> usize {
    let from_environment = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let from_terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    from_terminal
        .or(from_environment)
        .unwrap_or(WIDTH_DEFAULT)
        .clamp(40, 160)
}

/// Writes to standard output; a closed pipe is an error like any other.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Writes a line to standard error, names of files and what strangers wrote among it; nobody can
/// be told where that fails.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(line));
}

/// "1 file", "2 files".
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
