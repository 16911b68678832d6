//! Writing what an investigation found out.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Investigation};

impl Investigation {
    /// Writes the dossier and what machines take in to a folder, made where it is missing.
    /// Gives the files' paths, the dossier first.
    pub fn write(&self, directory: &Path) -> Result<Vec<PathBuf>, Error> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Write { path, source }
        };
        fs::create_dir_all(directory).map_err(failed(directory))?;
        let case = self.case();
        let json = |value: serde_json::Result<String>| value.map_err(std::io::Error::from);
        let texts: [(&str, std::io::Result<String>); 5] = [
            ("dossier.html", Ok(daylight_dossier::html(&case))),
            ("dossier.md", Ok(daylight_dossier::markdown(&case))),
            (
                "bundle.json",
                json(serde_json::to_string_pretty(
                    &daylight_dossier::stix_bundle(&case),
                )),
            ),
            (
                "coverage.json",
                json(serde_json::to_string_pretty(&self.coverage)),
            ),
            (
                "manifest.json",
                json(serde_json::to_string_pretty(&self.hunt.manifest)),
            ),
        ];
        let mut written = Vec::new();
        for (name, text) in texts {
            let path = directory.join(name);
            text.and_then(|text| fs::write(&path, text))
                .map_err(failed(&path))?;
            written.push(path);
        }
        let path = directory.join("findings.jsonl");
        let lines = |path: &Path| -> std::io::Result<()> {
            let mut file = BufWriter::new(File::create(path)?);
            daylight_dossier::findings_jsonl(&self.hunt.findings, &mut file)?;
            file.flush()
        };
        lines(&path).map_err(failed(&path))?;
        written.push(path);
        Ok(written)
    }
}

/// Refuses a folder for output that lies inside the evidence. Ask before the work, not after.
pub fn outside_evidence(out: &Path, evidence: &[PathBuf]) -> Result<(), Error> {
    let absolute = |path: &Path| {
        path.canonicalize()
            .or_else(|_| std::path::absolute(path))
            .unwrap_or_else(|_| path.to_owned())
    };
    let out_absolute = absolute(out);
    for path in evidence.iter().filter(|path| path.is_dir()) {
        if out_absolute.starts_with(absolute(path)) {
            return Err(Error::OutputInEvidence {
                out: out.to_owned(),
                evidence: path.clone(),
            });
        }
    }
    Ok(())
}
