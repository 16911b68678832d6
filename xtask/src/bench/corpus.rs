//! What is measured on: one large event log made of the chunks of many small ones, the same
//! events as JSON lines, and a folder of rules.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use daylight_evidence::{Options, Sink};
use daylight_model::{Event, LogFamily, Value};
use serde_json::{Map, Number, Value as Json};

use super::evtx::{self, CHUNK_BYTES, Content};

/// The chunks of the shared samples, each once.
pub(crate) struct Samples {
    chunks: Vec<Chunk>,
    pub(crate) files: usize,
    /// Chunks that hold too little, or nothing.
    pub(crate) sparse: usize,
    pub(crate) damaged: usize,
}

struct Chunk {
    bytes: Vec<u8>,
    events: u64,
}

/// Event logs of a size asked for.
pub(crate) struct Log {
    /// A file, or a folder of files.
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) chunks: usize,
    pub(crate) events: u64,
}

/// Events as JSON, one a line.
pub(crate) struct Lines {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) events: u64,
}

impl Samples {
    /// Takes in every event log below the folders, and of it the chunks that records fill to
    /// so many hundredths.
    pub(crate) fn collect(folders: &[PathBuf], fill_percent: usize) -> Result<Self> {
        let bytes_min = CHUNK_BYTES * fill_percent / 100;
        let mut paths = Vec::new();
        for folder in folders {
            walk(folder, "evtx", &mut paths)?;
        }
        let mut samples = Self {
            chunks: Vec::new(),
            files: paths.len(),
            sparse: 0,
            damaged: 0,
        };
        for path in paths {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            for chunk in evtx::chunks(&bytes) {
                match evtx::check(chunk) {
                    Content::Damaged => samples.damaged += 1,
                    Content::Events { count, bytes } if count > 0 && bytes >= bytes_min => {
                        samples.chunks.push(Chunk {
                            bytes: chunk.to_vec(),
                            events: count,
                        });
                    }
                    Content::Events { .. } => samples.sparse += 1,
                }
            }
        }
        ensure!(
            !samples.chunks.is_empty(),
            "no chunk with events below {folders:?}: see benches/README.md"
        );
        Ok(samples)
    }

    /// How many chunks there are without repetition.
    pub(crate) fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    /// Writes one file of `chunk_count` chunks, starting with the chunk of number `start` and
    /// going round.
    pub(crate) fn write(&self, path: &Path, start: usize, chunk_count: usize) -> Result<Log> {
        let Ok(counted) = u16::try_from(chunk_count) else {
            bail!("an event log has at most {} chunks of 64 KiB", u16::MAX);
        };
        let file = File::create(path).with_context(|| path.display().to_string())?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        out.write_all(&evtx::file_header(counted))?;
        let mut events = 0;
        for chunk in self.chunks.iter().cycle().skip(start).take(chunk_count) {
            out.write_all(&chunk.bytes)?;
            events += chunk.events;
        }
        out.flush()?;
        Ok(Log {
            path: path.to_owned(),
            bytes: (evtx::FILE_HEADER_BYTES + chunk_count * CHUNK_BYTES) as u64,
            chunks: chunk_count,
            events,
        })
    }

    /// Writes the same chunks as [`Self::write`] does into a folder of `file_count` files.
    pub(crate) fn write_many(
        &self,
        folder: &Path,
        file_count: usize,
        chunk_count: usize,
    ) -> Result<Log> {
        fs::create_dir_all(folder)?;
        let mut all = Log {
            path: folder.to_owned(),
            bytes: 0,
            chunks: 0,
            events: 0,
        };
        let each = chunk_count.div_ceil(file_count.max(1)).max(1);
        for start in (0..chunk_count).step_by(each) {
            let path = folder.join(format!("{:06}.evtx", start / each));
            let log = self.write(
                &path,
                start % self.chunks.len(),
                each.min(chunk_count - start),
            )?;
            all.bytes += log.bytes;
            all.chunks += log.chunks;
            all.events += log.events;
        }
        Ok(all)
    }
}

/// Writes the events of a log as JSON lines, from the start again until there are enough.
pub(crate) fn write_lines(log: &Path, path: &Path, line_count: u64) -> Result<Lines> {
    let mut flat = Flat(Vec::new());
    daylight_evidence::read(&[log.to_owned()], &Options::default(), &mut flat);
    ensure!(!flat.0.is_empty(), "no event in {}", log.display());
    let mut out = BufWriter::new(File::create(path)?);
    let mut lines = Lines {
        path: path.to_owned(),
        bytes: 0,
        events: 0,
    };
    for line in flat.0.iter().cycle() {
        if lines.events >= line_count {
            break;
        }
        writeln!(out, "{line}")?;
        lines.bytes += line.len() as u64 + 1;
        lines.events += 1;
    }
    out.flush()?;
    Ok(lines)
}

/// Events as flat objects; a field that occurs more than once is an array.
struct Flat(Vec<String>);

impl Sink for Flat {
    fn event(&mut self, event: &Event<'_>) {
        // The reader also tells of the file itself.
        if event.family == LogFamily::FileListing {
            return;
        }
        let mut object = Map::new();
        for field in &event.fields {
            let value = json(&field.value);
            match object.get_mut(field.name.as_ref()) {
                None => {
                    object.insert(field.name.to_string(), value);
                }
                Some(Json::Array(values)) => values.push(value),
                Some(first) => *first = Json::Array(vec![first.take(), value]),
            }
        }
        self.0.push(Json::Object(object).to_string());
    }
}

fn json(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Integer(value) => Json::from(*value),
        Value::Float(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        other => Json::from(other.as_text()),
    }
}

/// Puts rules of several folders into one, since not every peer takes several, and says how
/// many files there are.
pub(crate) fn copy_rules(folders: &[PathBuf], target: &Path) -> Result<usize> {
    let mut paths = Vec::new();
    for folder in folders {
        walk(folder, "yml", &mut paths)?;
    }
    fs::create_dir_all(target)?;
    for (number, path) in paths.iter().enumerate() {
        fs::copy(path, target.join(format!("{number:05}.yml")))?;
    }
    Ok(paths.len())
}

/// Files with an extension, in the order of their names.
fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<PathBuf>, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, extension, found)?;
        } else if path
            .extension()
            .is_some_and(|found| found.eq_ignore_ascii_case(extension))
        {
            found.push(path);
        }
    }
    Ok(())
}
