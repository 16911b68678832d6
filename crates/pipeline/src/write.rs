//! Writing what an investigation found out.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use daylight_model::Timestamp;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::{Error, Hunt, Investigation, VERSION};

/// What writes a file piece by piece.
type Stream<'a> = &'a dyn Fn(&mut dyn Write) -> std::io::Result<()>;

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
        let text = |value: serde_json::Result<String>| value.map_err(std::io::Error::from);
        let pretty = |value: &Value| text(serde_json::to_string_pretty(value));
        let texts: [(&str, std::io::Result<String>); 7] = [
            ("dossier.html", Ok(daylight_dossier::html(&case))),
            ("dossier.md", Ok(daylight_dossier::markdown(&case))),
            ("bundle.json", pretty(&daylight_dossier::stix_bundle(&case))),
            ("misp.json", pretty(&daylight_dossier::misp_event(&case))),
            (
                "attack-layer.json",
                pretty(&daylight_dossier::navigator_layer(&case)),
            ),
            (
                "coverage.json",
                text(serde_json::to_string_pretty(&self.coverage)),
            ),
            ("manifest.json", pretty(&self.record())),
        ];
        let mut written = Vec::new();
        for (name, text) in texts {
            let path = directory.join(name);
            text.and_then(|text| fs::write(&path, text))
                .map_err(failed(&path))?;
            written.push(path);
        }
        #[cfg(feature = "pdf")]
        {
            let path = directory.join("dossier.pdf");
            daylight_pdf::pdf(&daylight_dossier::outline(&case), self.generated)
                .map_err(std::io::Error::other)
                .and_then(|pages| fs::write(&path, pages))
                .map_err(failed(&path))?;
            written.push(path);
        }
        // Of these there may be many: they are written as they are gone through.
        let streams: [(&str, Stream<'_>); 3] = [
            ("findings.jsonl", &|out| {
                daylight_dossier::findings_jsonl(&self.findings, out)
            }),
            ("findings.sarif", &|out| {
                daylight_dossier::sarif(&case, &self.findings, out)
            }),
            ("timesketch.jsonl", &|out| {
                daylight_dossier::timesketch_jsonl(&self.findings, out).map(|_| ())
            }),
        ];
        for (name, stream) in streams {
            let path = directory.join(name);
            let write = || -> std::io::Result<()> {
                let mut file = BufWriter::new(File::create(&path)?);
                stream(&mut file)?;
                file.flush()
            };
            write().map_err(failed(&path))?;
            written.push(path);
        }
        self.hunt.settle()?;
        Ok(written)
    }
}

impl Hunt {
    /// Writes what was read, and with what, into a folder that what was found is written to
    /// already; with this, there is nothing to go on with any more.
    pub fn write_manifest(
        &self,
        directory: &Path,
        command: &str,
        generated: Timestamp,
    ) -> Result<PathBuf, Error> {
        let path = directory.join("manifest.json");
        let record = self.record(json!({
            "tool": { "name": "daylight", "version": VERSION },
            "command": command,
            "generated": generated,
        }));
        serde_json::to_string_pretty(&record)
            .map_err(std::io::Error::from)
            .and_then(|text| fs::write(&path, text))
            .map_err(|source| Error::Write {
                path: path.clone(),
                source,
            })?;
        self.settle()?;
        Ok(path)
    }

    fn settle(&self) -> Result<(), Error> {
        self.journal.as_ref().map_or(Ok(()), Journal::remove)
    }

    /// Adds what was read, and with what, to a record.
    fn record(&self, mut record: Value) -> Value {
        let rules = self.rules.iter().map(
            |rule| json!({ "id": rule.id, "title": rule.title, "level": rule.level, "origin": rule.origin }),
        );
        let rule_problems = self.rule_problems.iter().map(|problem| {
            json!({ "path": problem.path, "line": problem.line, "id": problem.rule_id, "reason": problem.reason })
        });
        let left_out = self.indicators_left_out.iter().map(|(indicator, reason)| {
            json!({ "kind": indicator.kind, "value": indicator.value, "reason": reason })
        });
        record["sources"] = json!(self.manifest.sources);
        record["problems"] = json!(self.manifest.problems);
        record["rules"] = rules.collect();
        record["rules_unusable"] = rule_problems.collect();
        record["indicators_left_out"] = left_out.collect();
        record
    }
}

impl Investigation {
    /// What was read and with what, so that a finding can be defended later.
    fn record(&self) -> Value {
        let reports = self.readings.iter().map(|reading| {
            let document = &reading.document;
            json!({ "source": document.source, "sha256": document.sha256, "title": document.title })
        });
        self.hunt.record(json!({
            "tool": { "name": "daylight", "version": self.tool_version },
            "command": self.command,
            "generated": self.generated,
            "duration_seconds": self.duration_seconds,
            "marking": self.marking,
            "held_back": self.held_back,
            "reports": reports.collect::<Vec<Value>>(),
        }))
    }
}

/// Refuses a folder for output that lies inside the evidence, or that is the very folder an
/// evidence file lies in. Ask before the work, not after.
pub fn outside_evidence(out: &Path, evidence: &[PathBuf]) -> Result<(), Error> {
    let out_absolute = real(out);
    for path in evidence {
        let inside = path.is_dir() && out_absolute.starts_with(real(path));
        let beside = path.is_file() && real(path).parent() == Some(&out_absolute);
        if inside || beside {
            return Err(Error::OutputInEvidence {
                out: out.to_owned(),
                evidence: path.clone(),
            });
        }
    }
    Ok(())
}

/// Where a path leads, links followed, also where its last parts are yet to be made.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = path
        .ancestors()
        .find_map(|ancestor| Some((ancestor, ancestor.canonicalize().ok()?)));
    let Some((ancestor, mut real)) = known else {
        return path;
    };
    for part in path
        .strip_prefix(ancestor)
        .unwrap_or(Path::new(""))
        .components()
    {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            part => real.push(part),
        }
    }
    real
}
