//! What was asked for on the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

pub(crate) struct Options {
    pub(crate) install: bool,
    pub(crate) gigabytes: f64,
    pub(crate) files: usize,
    pub(crate) fill_percent: usize,
    pub(crate) lines: u64,
    pub(crate) rounds: usize,
    pub(crate) memory: bool,
    pub(crate) daylight: Option<PathBuf>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) keep: bool,
    pub(crate) json: Option<PathBuf>,
    /// Only checks the checksums of a file: how the limit is run as a program of its own.
    pub(crate) limit: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Self> {
        let mut options = Self {
            install: false,
            gigabytes: 1.0,
            files: 0,
            fill_percent: 50,
            lines: 200_000,
            rounds: 3,
            memory: false,
            daylight: None,
            folder: None,
            keep: false,
            json: None,
            limit: None,
        };
        while let Some(flag) = arguments.next() {
            let flag = flag.to_string_lossy().into_owned();
            let mut value = || {
                let value = arguments.next();
                value.with_context(|| format!("{flag} needs a value"))
            };
            match flag.as_str() {
                "--install" => options.install = true,
                "--memory" => options.memory = true,
                "--keep" => options.keep = true,
                "--gigabytes" => options.gigabytes = number(&flag, value()?)?,
                "--files" => options.files = number(&flag, value()?)?,
                "--fill" => options.fill_percent = number(&flag, value()?)?,
                "--lines" => options.lines = number(&flag, value()?)?,
                "--rounds" => options.rounds = number(&flag, value()?)?,
                "--daylight" => options.daylight = Some(value()?.into()),
                "--dir" => options.folder = Some(value()?.into()),
                "--json" => options.json = Some(value()?.into()),
                "--limit" => options.limit = Some(value()?.into()),
                _ => bail!("no such option: {flag}\n\n{}", crate::USAGE),
            }
        }
        ensure!(
            options.gigabytes.is_finite() && options.gigabytes > 0.0,
            "--gigabytes must be more than 0"
        );
        Ok(options)
    }
}

fn number<T: std::str::FromStr>(flag: &str, value: OsString) -> Result<T> {
    let text = value.to_string_lossy();
    let parsed = text.parse().ok();
    parsed.with_context(|| format!("{flag} needs a number, not `{text}`"))
}
