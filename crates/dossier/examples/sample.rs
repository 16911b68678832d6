//! Writes the dossiers of a case made by hand, to look at: `cargo run --example sample -- DIR`.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../tests/it/sample.rs"]
mod sample;

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(
        env::args()
            .nth(1)
            .unwrap_or_else(|| "target/sample-dossier".into()),
    );
    let cases = [
        ("hit", sample::hit()),
        ("clean", sample::clean()),
        ("empty", sample::empty()),
        ("park", sample::park()),
        ("hostile", sample::hostile()),
    ];
    for (name, sample) in cases {
        let folder = folder.join(name);
        fs::create_dir_all(&folder)?;
        let case = sample.case();
        fs::write(folder.join("dossier.html"), daylight_dossier::html(&case))?;
        fs::write(folder.join("dossier.md"), daylight_dossier::markdown(&case))?;
        let bundle = serde_json::to_string_pretty(&daylight_dossier::stix_bundle(&case))?;
        fs::write(folder.join("bundle.json"), bundle)?;
        let reading =
            daylight_dossier::stix_reading(&case.readings[0], &case.links[0], case.generated);
        fs::write(
            folder.join("reading.json"),
            serde_json::to_string_pretty(&reading)?,
        )?;
        daylight_dossier::findings_csv(
            case.findings,
            &mut fs::File::create(folder.join("findings.csv"))?,
        )?;
        fs::write(
            folder.join("summary.txt"),
            daylight_dossier::text_summary(&case, 90, true),
        )?;
        fs::write(
            folder.join("table.txt"),
            daylight_dossier::table(case.findings, true, 110),
        )?;
        let reading = daylight_dossier::reading_text(&case.readings[0], &case.links[0], 90, true);
        fs::write(folder.join("reading.txt"), reading)?;
    }
    Ok(())
}
