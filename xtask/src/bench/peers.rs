//! The programs Daylight is measured beside.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A program of others, at the version the numbers are about.
pub(crate) struct Peer {
    pub(crate) program: &'static str,
    package: &'static str,
    pub(crate) version: &'static str,
}

pub(crate) const EVTX_DUMP: Peer = Peer {
    program: "evtx_dump",
    package: "evtx",
    version: "0.15.1",
};
/// The last line that builds with the compiler of this workspace.
pub(crate) const RSIGMA: Peer = Peer {
    program: "rsigma",
    package: "rsigma",
    version: "0.21.0",
};

impl Peer {
    /// Where it is: in our own folder or on the path.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        let own = folder().join("bin");
        let path = env::var_os("PATH").unwrap_or_default();
        let mut places = std::iter::once(own).chain(env::split_paths(&path));
        places.find_map(|place| {
            let program = place.join(format!("{}{}", self.program, env::consts::EXE_SUFFIX));
            program.is_file().then_some(program)
        })
    }

    /// Why its numbers are not there.
    pub(crate) fn skipped(&self) -> String {
        format!(
            "skipped: {} is neither in target/peers/bin nor on the path; `cargo xtask bench --install` installs it",
            self.program
        )
    }
}

/// Installs every peer into our own folder.
pub(crate) fn install() -> Result<()> {
    for peer in [EVTX_DUMP, RSIGMA] {
        let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([
                "install",
                "--locked",
                peer.package,
                "--version",
                peer.version,
            ])
            .arg("--root")
            .arg(folder())
            .status()
            .context("cargo cannot be run")?;
        ensure!(status.success(), "{} could not be installed", peer.package);
    }
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers")
}
