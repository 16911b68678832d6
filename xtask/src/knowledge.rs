use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use daylight_knowledge::{Knowledge, build};

pub(crate) fn run(mut arguments: impl Iterator<Item = OsString>) -> Result<()> {
    let data = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/knowledge/data"
    ));
    let pack = data.join("pack.json.gz");
    let bytes = match (arguments.next(), arguments.next(), arguments.next()) {
        (None, ..) => {
            let earlier = std::fs::read(&pack).with_context(|| pack.display().to_string())?;
            build::pack_with_curated(&earlier, data)?
        }
        (Some(flag), Some(folder), None) if flag == "--from" => {
            build::pack_from_sources(Path::new(&folder), data)?
        }
        _ => bail!("{}", crate::USAGE),
    };
    Knowledge::from_bytes(&bytes)?;
    std::fs::write(&pack, &bytes).with_context(|| pack.display().to_string())?;
    writeln!(
        std::io::stdout(),
        "{}: {} bytes",
        pack.display(),
        bytes.len()
    )?;
    Ok(())
}
