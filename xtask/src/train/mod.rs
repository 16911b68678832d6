//! `cargo xtask train`: makes the models of `crates/extract/models` from the evaluation sets.

mod attack;
mod data;
mod events;
mod measure;
mod names;
mod techniques;
mod words;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub(crate) fn run(mut arguments: impl Iterator<Item = OsString>) -> Result<()> {
    let model = arguments.next();
    let rest: Vec<OsString> = arguments.collect();
    match (
        model.as_deref().and_then(|model| model.to_str()),
        rest.as_slice(),
    ) {
        (Some("words"), [folder]) => write_model("words", &words::train(&PathBuf::from(folder))?),
        (Some("names"), [check]) if check == "--check" => {
            write!(std::io::stdout(), "{}", names::check()?)?;
            Ok(())
        }
        (Some("names"), []) => write_model("names", &names::train()?),
        (Some("techniques"), []) => write_model("techniques", &techniques::train(None)?),
        (Some("techniques"), [folder]) => {
            let folder = PathBuf::from(folder);
            write_model("techniques", &techniques::train(Some(&folder))?)
        }
        (Some("events"), []) => write_model("events", &events::train()?),
        _ => bail!("{}", crate::USAGE),
    }
}

/// Where the reader takes a model from.
fn model_path(name: &str) -> PathBuf {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/extract/models"
    ));
    folder.join(name).with_extension("bin")
}

/// Puts a model where the reader takes it from.
fn write_model(name: &str, bytes: &[u8]) -> Result<()> {
    let path = model_path(name);
    std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    writeln!(
        std::io::stdout(),
        "{}: {} bytes",
        path.display(),
        bytes.len()
    )?;
    Ok(())
}
